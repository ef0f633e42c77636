"""Takes the shipped scales and those of a site, gives proof of their published scores, of how they are described, and of what a short file offers."""

from decimal import Decimal

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.scales import describe, get_scale, load_scales
from iop_outcomes.scales.describe import not_offered

# Scale, answers, score. Closed forms of the published rules, each with its source in the file of the scale.
SCORES = [
    ("dast10", [0] * 10, 1),  # "no" to item 3 counts
    ("dast10", [0, 0, 1, *[0] * 7], 0),
    ("cesd", [0] * 20, 12),  # four reversed items
    ("core10", [0] * 10, 8),
    ("core10", [None, 0, 0, *[1] * 7], 17),  # (4 + 4 + 7) / 9 x 10 = 16.67
    ("phq8", [3] * 8, 24),
    ("audit", [0, *[None] * 7, 0, 0], 0),  # nothing else is asked of who never drinks
    ("audit", [1, 0, 0, *[None] * 5, 2, 4], 7),
    ("audit", [1, 1, 0, *[None] * 5, 2, 4], None),
    ("auditc", [0, None, None], 0),
    ("wsas", [8] * 5, 40),
    ("wsas", [None, 8, 8, 8, 8], None),  # 0 to 32 is another score, and a scale of its own
    ("wsas_without_work", [8, 8, 8, 8], 32),
    ("wsas_without_work", [None, 8, 8, 8], None),
    ("isi", [4] * 7, 28),
    ("bsl23", [2] * 23, 2),
    ("bsl23", [1, *[0] * 22], Decimal("0.04")),  # 1 / 23 = 0.0435
    ("bsl23", [*[1] * 19, *[None] * 4], 1),
    ("bsl23", [*[1] * 18, *[None] * 5], None),
    ("edeq", [3] * 22, 3),
    # Items 1 to 5 of restraint at 6, all others 0: (6 + 0 + 0 + 0) / 4, where the mean of all items would be 1.36.
    ("edeq", [6] * 5 + [0] * 17, Decimal("1.5")),
    ("edeq_restraint", [6, 6, 5, None, None], Decimal("5.67")),
    ("edeq_restraint", [6, 6, None, None, None], None),
    ("whodas12", [4] * 12, 48),
    ("who5", [3] * 5, 60),
    ("barc10", [1] * 10, 10),
    ("barc10", [6] * 10, 60),
    ("psc17", [*[None] * 3, *[2] * 14], 28),  # blanks count 0
    ("psc17", [*[None] * 4, *[2] * 13], None),
    ("qids16", [3, 2, 1, 0, 1, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 2], 13),  # 3 + 1 + 2 + 5 + 2, where the sum of all is 18
    ("qids16", [3] * 16, 27),
    ("qids16", [None, None, None, 2, *[0] * 12], 2),
    ("qids16", [None] * 4 + [0] * 12, None),
    ("dass21_depression", [1] * 7, 14),
    ("dass21_depression", [3] * 7, 42),
    ("asrm", [1, 1, 1, 1, None], 5),
    ("asrm", [1, 1, 1, None, None], None),
    ("ybocs", [4] * 10, 40),
    ("ymrs", [4, 4, 4, 4, 8, 8, 4, 8, 8, 4, 4], 60),
    ("sdq_emotional", [2, 1, 1, None, None], 7),  # 4 on 3 items is 6.67
    ("sdq_conduct", [0, 0, 0, 0, 0], 2),  # item 7 is reversed
    ("sdq_prosocial", [2] * 5, 10),
    ("bam_use", [0, 0, 0], 0),
    ("bam_use", [0, 0, None], None),
    ("bam_protective", [4] * 6, 24),
    ("pcl5_avoidance", [4, 3], 7),
    ("crdpss_delusions", [3], 3),
    ("ders36", [3] * 36, 108),
    ("phq2", [3, 3], 6),
    ("gad2", [0, 3], 3),
]
BANDS = [
    ("bsl23", 1, "mild"),  # "moderate" under the edges before the correction of 2022
    ("bsl23", 2, "high"),
    ("dass21_depression", 14, "moderate"),
    ("dass21_anxiety", 20, "extremely severe"),
    ("core10", 26, "severe"),
    ("promis_dep", 59.9, "mild"),
    ("promis_dep", 60, "moderate"),
    ("qids16", 5, "none"),
    ("ybocs", 32, "extreme"),
]
CASES = [
    ("core10", "standard", 11, True),
    ("core10", "standard", 10, False),
    ("asrm", "standard", 5, False),
    ("who5", "standard", 52, False),
    ("who5", "standard", 48, True),
    ("epds", "possible", 9, False),
    ("epds", "probable", 13, True),
    ("ors", "standard", 25, True),
    ("ors", "standard", 25.1, False),
    ("bam_use", "va_style", 1, True),
    ("bam_protective", "va_style", 12, True),
    ("edeq", "clinical", Decimal("2.79"), False),
]
SITE = 'name = "grit"\ntitle = "Grit, as we ask it"\nrange = [0, 40]\nbetter = "higher"\nsource = "our clinic"\nverified = true\n'


@pytest.mark.parametrize(("name", "answers", "score"), SCORES)
def test_published_rules_give_these_scores(name, answers, score):
    """Reversed, weighted by range, highest of a domain, means, means of means, doubled, prorated or not."""
    assert get_scale(name).prorated_total(answers) == score


@pytest.mark.parametrize(("name", "score", "band"), BANDS)
def test_bands_of_the_new_scales(name, score, band):
    """Words of severity by the published edges."""
    assert get_scale(name).band(score) == band


@pytest.mark.parametrize(("name", "cutoff", "score", "case"), CASES)
def test_cut_offs_keep_their_operators(name, cutoff, score, case):
    """Never "cut-off 9" where the rule is 10 and more; and the other way where higher is better."""
    assert get_scale(name).is_case(score, cutoff) is case


def test_scales_without_a_total_have_none():
    """BAM, C-SSRS, CRDPSS and DASS-21 are never summed."""
    scales = load_scales()
    assert {name for name, scale in scales.items() if not scale.total} == {"bam", "cssrs_screen", "crdpss", "dass21"}
    with pytest.raises(UsageError, match="bam has no total; report its domains one by one: bam_use, bam_risk, bam_protective"):
        scales["bam"].prorated_total([0] * 15)


def test_words_of_items_say_which():
    """Gaps in the numbers of items, steps of answers, and groups that all need as many answers."""
    assert "items edeq_1 to edeq_12, edeq_19 to edeq_28\n" in describe(get_scale("edeq"))
    assert "item crdpss_3\n" in describe(get_scale("crdpss_disorganized_speech"))
    assert "9, 10 of 0 to 4 in steps of 2;" in describe(get_scale("audit"))
    assert "of each group at least 1 answered" in describe(get_scale("qids16"))


def test_no_item_text_is_shipped():
    """A file holds numbers and names: no sentence of a form, which would be a question or speak of "you" or "I"."""
    for scale in load_scales().values():
        words = " ".join((scale.title, scale.version, scale.note, *scale.domains)).lower().replace('"', " ").split()
        assert not {"i", "my", "you", "your", "me"} & set(words), scale.name
        assert "?" not in scale.note


@pytest.mark.parametrize("name", load_scales())
def test_what_was_not_checked_is_marked(name):
    """Every figure whose source was not seen is followed by "not checked", and every scale says what it does not offer."""
    scale = get_scale(name)
    lines = dict(line[2:].split("  ", 1) for line in describe(scale).splitlines()[1:])
    marked = {
        "reliable change": scale.profiles, "case": scale.case_cutoffs, "important change": scale.important_change, "norms": scale.norms,
        "reliability": scale.reliability,
    }  # fmt: skip
    for line, parts in marked.items():
        assert lines.get(line, "").count("(not checked)") == sum(not part.verified for part in parts)
    for line, part in (("response", scale.response), ("remission", scale.remission), ("about self-harm", scale.safety_item)):
        assert ("(not checked)" in lines.get(line, "")) == (part is not None and not part.verified)
    assert ("not checked" in lines.get("form", "")) == (not scale.verified)
    assert ("not offered" in lines) == bool(not_offered(scale))


def test_the_command_lists_and_describes(capsys, tmp_path):
    """`iop-outcomes scales` names them all, one a line; `scales NAME` describes one; a site's folder adds its own."""
    assert run(["scales"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == list(load_scales())
    assert run(["scales", "qids16"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("QIDS-SR16 (qids16): Quick Inventory of Depressive Symptomatology, self-report\n")
    assert "the highest of each group (1, 2, 3, 4 | 5 | 6, 7, 8, 9 |" in shown
    (tmp_path / "grit.toml").write_text(SITE, encoding="utf-8")
    assert run(["scales", "grit", "--folder", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    for words in ("severity words (no [bands])", "reliable change (no [profiles])", "scores from items", "recovery (no [case_cutoffs])"):
        assert words in shown
    assert run(["scales", "grit"]) == 2
    assert 'no scale "grit"' in capsys.readouterr().err


def test_six_lines_are_a_scale(tmp_path):
    """Name, title, range, better, and where they come from: its change is measured; what was left out is refused in words."""
    (tmp_path / "grit.toml").write_text(SITE, encoding="utf-8")
    assert SITE.count("\n") == 6
    episodes = pd.DataFrame({"episode_id": ["a", "b"], "track": "x", "discharge_reason": "completed", "los_days": 30})
    scores = pd.DataFrame({"episode_id": ["a", "a", "b", "b"], "scale": "grit", "day": [0, 30, 0, 30], "score": [10, 14, 20, 22]})
    with iop.load({"episodes": episodes, "scores": scores}, scales=tmp_path) as data:
        frame = iop.symptom_change(data, scale="grit").to_frame().set_index("estimand")
        assert frame.value["mean_change"] == 3  # more is better
        with pytest.raises(iop.NotAssessableError, match="Grit, as we ask it has no profile of reliable change"):
            iop.reliable_change(data, scale="grit")
        with pytest.raises(UsageError, match="grit has no published bands"):
            data.scales["grit"].band(10)
    with pytest.raises(DataError, match=r"scores.*: score: score_out_of_range"):
        iop.load({"episodes": episodes, "scores": scores.assign(score=41)}, scales=tmp_path)


ERRORS = [
    ("items = 3\n", "key item_range", "missing"),
    ("item_range = [0, 2]\n", "key items", "leave out what is said of items"),
    ("items = 3\nitem_range = [0, 2]\n", "key range", "items x item_range x step"),
    ('items = 3\nitem_range = [0, 2]\nscored_as = "mean"\nstep = 0.1\n', "key range", "mean of the items"),
    ("items = 20\nitem_range = [0, 2]\nnumbers = [1, 2]\n", "key numbers", "20 different item numbers"),
    ("items = 20\nitem_range = [0, 2]\nweights = [1]\n", "key weights", "one for each item"),
    ("items = 20\nitem_range = [0, 2]\nother_answers = [{ numbers = [21], item_range = [0, 4] }]\n", "key other_answers.numbers", "from 1 to 20"),
    ("items = 20\nitem_range = [0, 2]\nother_answers = [{ numbers = [2], item_range = [0, 4], step = 3 }]\n", "other_answers.step", "lead from"),
    ("items = 20\nitem_range = [0, 2]\nskips = [{ lowest = [1], not_asked = [1, 2] }]\n", "key skips", "both answered and not asked"),
    ("items = 20\nitem_range = [0, 2]\ntotal = false\n", "key domains", "give [subscales]"),
    ("items = 20\nitem_range = [0, 2]\n[subscales.a]\ntitle = 'A'\n", "key subscales.a.numbers", "the numbers of its items"),
    ("items = 20\nitem_range = [0, 2]\n[subscales.A]\ntitle = 'A'\nnumbers = [1]\n", "key subscales.A", "small letters"),
    ("items = 20\nitem_range = [0, 2]\n[subscales.a]\ntitle = 'A'\nnumbers = [1, 2]\n", "key range", "items x item_range x step"),
    ("counted = true\n", "key counted", "labelled by one word"),
    ('items = 2\nitem_range = [0, 2]\nweights = [1, 2]\n[groups]\nmembers = [[1, 2]]\neach = "sum"\nleast_answered = [1]\nsource = "s"\nverified = true\n',
     "key weights", "only as whole numbers"),
    ('items = 20\nitem_range = [0, 2]\n[groups]\nmembers = [[1, 2]]\neach = "sum"\nleast_answered = [1]\nsource = "s"\nverified = true\n',
     "groups.members", "every item"),
]  # fmt: skip


@pytest.mark.parametrize(("more", "where", "remedy"), ERRORS)
def test_a_wrong_file_says_what_to_do(tmp_path, more, where, remedy):
    """Each rule of the longer files names the key and the remedy."""
    (tmp_path / "grit.toml").write_text(SITE + more, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        load_scales(tmp_path)
    assert where in str(caught.value)
    assert remedy in str(caught.value)
