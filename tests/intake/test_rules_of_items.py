"""Totals made from items: the step of the scale, what may not be added up, and what is prorated or cannot be made."""

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.errors import DataError
from iop_outcomes.scales import get_scale, load_scales

SYNTHETIC = {"data": {"class": "synthetic"}}
FORM = 'source = "doi:10.0/form"\nverified = true\n'


def scale_file(
    folder,
    name="who5",
    *,
    items=5,
    item_range="[0, 5]",
    low=0,
    high=100,
    step="4",
    missing="most_items_missing = 0\nrule = 'none'",
    more="",
):
    """A folder with one scale of a site: the WHO-5 unless told otherwise, a well-being index that is better the higher it is."""
    folder.mkdir(exist_ok=True)
    form = f'name = "{name}"\ntitle = "{name}"\nversion = "1"\nitems = {items}\nitem_range = {item_range}\nrange = [{low}, {high}]\n'
    form += f'step = {step}\nbetter = "higher"\ntotal = true\nreversed_items = []\n{more}{FORM}\n[missing]\n{missing}\n{FORM}'
    (folder / f"{name}.toml").write_text(form, encoding="utf-8")
    return folder


def rows(scale, *answers, day=0, **more):
    """One row of items for each episode."""
    cells = {f"{scale}_{i + 1}": [row[i] for row in answers] for i in range(len(answers[0]))}
    return pd.DataFrame({"episode_id": [f"e{i}" for i in range(len(answers))], "scale": scale, "day": day, **cells, **more})


def episodes(n, **more):
    """So many episodes of 30 days, all completed."""
    return pd.DataFrame(
        {"episode_id": [f"e{i}" for i in range(n)], "track": "mood", "discharge_reason": "completed", "los_days": 30, **more}
    )


def scored(scale, scores, scales=None):
    """The admission score of each episode, and the findings as (rule, severity, column, rows)."""
    with iop.load({"episodes": episodes(len(scores)), "scores": scores}, mapping=SYNTHETIC, scales=scales) as data:
        cells = {cell[0]: cell[1] for cell, _ in data.count([Column("episode_id"), ScoreAt(scale, "admit")])}
        found = [(f.rule, f.severity, f.column, f.lines) for f in data.findings]
    return [cells[f"e{i}"] for i in range(len(scores))], found


def test_a_total_is_the_sum_times_the_step(tmp_path):
    """WHO-5 as 0 to 100: five items of 3 are 60, of 5 are 100; a total that is given must be the same."""
    folder = scale_file(tmp_path / "scales")
    assert scored("who5", rows("who5", [3] * 5, [5] * 5, [0, 1, 0, 0, 0]), folder) == ([60, 100, 4], [])
    assert scored("who5", rows("who5", [3] * 5, score=[60]), folder) == ([60], [])
    with pytest.raises(DataError, match="item_sum"):
        scored("who5", rows("who5", [3] * 5, score=[16]), folder)


def test_a_score_between_two_steps_is_none(tmp_path):
    """61 is no score of the WHO-5, in the table and beside the episode."""
    folder = scale_file(tmp_path / "scales")
    table = pd.DataFrame({"episode_id": ["e0"], "scale": "who5", "day": 0, "score": [61]})
    with pytest.raises(DataError, match=r"score: score_between_steps: between two scores of who5, which has steps of 4"):
        scored("who5", table, folder)
    with pytest.raises(DataError, match=r":2: who5_admit: score_between_steps"):
        iop.load(episodes(2, who5_admit=[60, 61]), mapping=SYNTHETIC, scales=folder)


def test_prorated_totals_keep_to_the_step(tmp_path):
    """Four answers of five give 3 * 5 / 4 = 3.75 of the items, 4 of them, and 16 points; the finding counts them."""
    folder = scale_file(tmp_path / "scales", missing="most_items_missing = 1\nrule = 'prorate'")
    assert scored("who5", rows("who5", [1, 1, 1, 0, None], [1] * 5), folder) == ([16, 4 * 5], [("total_prorated", "note", "who5_1", (1,))])


def test_scales_that_are_not_scored_from_items():
    """21 items of the BDI-II make no total, and the finding says so; beside a column of totals they are not read."""
    answers = [1] * 21
    with pytest.raises(DataError, match=r"bdi2_1: items_not_added: .*BDI-II is taken as a total only"):
        scored("bdi2", rows("bdi2", answers))
    scores, found = scored("bdi2", rows("bdi2", answers, answers, score=[None, 9]))
    assert scores == [None, 9]
    assert [finding[:3] for finding in found] == [
        ("score_blank", "note", "score"),
        ("not_read", "note", ""),
        ("items_not_added", "warning", "bdi2_1"),
    ]


def test_domains_are_not_added_up():
    """The eight domains of the CRDPSS have no total, so that none is made; each is a scale of its own, and a blank one is blank alone."""
    answers = rows("crdpss", [1, 2, 3, 4, 0, 1, 2, None], [0, 4, 0, 0, 0, 0, 0, 3])
    assert scored("crdpss", answers) == ([None, None], [])
    assert scored("crdpss_hallucinations", answers) == ([1, 0], [])
    assert scored("crdpss_delusions", answers)[0] == [2, 4]
    assert scored("crdpss_mania", answers)[0] == [None, 3]


def test_what_is_prorated_and_what_cannot_be_is_counted():
    """PHQ-9: one blank item is prorated; the ninth never is; two are too many; nine are a row without a score."""
    one, ninth, two, none = [None, *[1] * 8], [*[1] * 8, None], [None, None, *[1] * 7], [None] * 9
    scores, found = scored("phq9", rows("phq9", one, ninth, two, none, [2] * 9))
    assert scores == [9, None, None, None, 18]
    assert found == [
        ("total_not_made", "warning", "phq9_1", (3,)),
        ("total_not_made", "warning", "phq9_9", (2,)),
        ("total_prorated", "note", "phq9_1", (1,)),
        ("score_blank", "note", "phq9_1", (4,)),
    ]
    given = rows("phq9", one, ninth, two, score=[9, 8, None])
    assert scored("phq9", given)[1] == [("total_not_made", "warning", "phq9_1", (3,))]


def test_items_without_a_column():
    """Eight columns of nine, as of a PHQ-8: no total is made, and the rows that lack one are counted."""
    given = rows("phq9", [1] * 9, [1] * 9, [None] * 9, score=[None, 9, None]).drop(columns="phq9_9")
    scores, found = scored("phq9", given)
    assert scores == [None, 9, None]
    assert found == [("total_not_made", "warning", "phq9_1", (1,)), ("score_blank", "note", "score", (3,))]


def test_no_count_stands_in_the_words(tmp_path):
    """A report withholds small counts: a message never holds one."""
    with iop.load({"episodes": episodes(2), "scores": rows("phq9", [None, *[1] * 8], [1] * 9)}, mapping=SYNTHETIC) as data:
        assert [f.message for f in data.findings] == ["a total of PHQ-9 is prorated: the items answered stand in for the blank ones"]


# -- scores with decimals --------------------------------------------------------------------------------------------


@pytest.fixture
def tenths(tmp_path):
    """A scale of a site in tenths of a point, taken as a total."""
    return scale_file(tmp_path / "scales", "mood", items=10, item_range="[0, 1]", high="10.0", step="0.1", more="item_scoring = false\n")


@pytest.mark.parametrize("as_text", [False, True])
def test_scores_with_one_decimal(tenths, as_text):
    """1.3 and 2.4 at admission, 2.3 and 3.6 at discharge: they load, print as they are, and the mean change is 1.1."""
    table = pd.DataFrame({"episode_id": ["e0", "e1"] * 2, "scale": "mood", "day": [0, 0, 30, 30], "score": [1.3, 2.4, 2.3, 3.6]})
    if as_text:
        table["score"] = table["score"].astype(str)
    with iop.load({"episodes": episodes(2), "scores": table}, mapping=SYNTHETIC, scales=tenths) as data:
        assert not data.findings
        counts = data.count([ScoreAt("mood", "admit"), ScoreAt("mood", "discharge")])
        assert [tuple(map(str, cell)) for cell, _ in counts] == [("1.3", "2.3"), ("2.4", "3.6")]
        frame = iop.symptom_change(data, scale="mood").to_frame().set_index("estimand")
        assert frame.value["mean_change"] == pytest.approx(1.1, abs=1e-12)
        assert frame.value["mean_admit"] == pytest.approx(1.85, abs=1e-12)


def test_wide_scores_with_one_decimal(tenths):
    """The same beside the episode; a whole score is a whole number."""
    frame = episodes(3, patient_id=["p", "p", "q"], mood_admit=[1.3, 2.4, 3], mood_discharge=["2.3", "3.60", None])
    with iop.load(frame, mapping=SYNTHETIC, scales=tenths) as data:
        counts = data.count([ScoreAt("mood", "admit"), ScoreAt("mood", "discharge")])
        assert counts.levels("mood_admit") == (Decimal("1.3"), Decimal("2.4"), 3)
        assert counts.levels("mood_discharge") == (Decimal("2.3"), Decimal("3.6"), None)
        assert iop.symptom_change(data, scale="mood").to_frame().set_index("estimand").value["mean_change"] == pytest.approx(1.1, abs=1e-12)


def test_scores_as_floats_are_written(tenths):
    """Tenths that were computed, and a mean of 23 items, are the numbers that they are but for the last places of a float; they were refused as no numbers."""
    table = pd.DataFrame({"episode_id": ["e0", "e0"], "scale": "mood", "day": [0, 40], "score": [1.1 + 2.2, 3.7 - 1.4]})
    assert [str(score) for score in table["score"]] == ["3.3000000000000003", "2.3000000000000003"]
    with iop.load({"episodes": episodes(1), "scores": table}, mapping=SYNTHETIC, scales=tenths) as data:
        counts = data.count([ScoreAt("mood", "admit"), ScoreAt("mood", "discharge")])
        assert [tuple(map(str, cell)) for cell, _ in counts] == [("3.3", "2.3")]
        assert not data.findings
    means = pd.DataFrame({"episode_id": ["e0", "e0"], "scale": "bsl23", "day": [0, 40], "score": [36 / 23, 1.5]})
    with iop.load({"episodes": episodes(1), "scores": means}, mapping=SYNTHETIC) as data:
        assert [tuple(map(str, cell)) for cell, _ in data.count([ScoreAt("bsl23", "admit")])] == [("1.57",)]
        assert [finding.rule for finding in data.findings] == ["score_rounded"]


def test_scores_that_are_none_of_such_a_scale(tenths):
    """Half a tenth, more than the highest, and a fraction of a scale without any beside it in one column."""
    for score, scale, rule in (
        (1.35, "mood", "score_between_steps"),
        (10.1, "mood", "score_out_of_range"),
        (12.5, "phq9", "not_whole_number"),
    ):
        table = pd.DataFrame({"episode_id": ["e0"], "scale": scale, "day": 0, "score": [score]})
        with pytest.raises(DataError, match=rf"^scores \(data frame\):1: score: {rule}"):
            scored(scale, table, tenths)
    both = pd.DataFrame({"episode_id": ["e0", "e0"], "scale": ["phq9", "mood"], "day": 0, "score": [12.5, 1.3]})
    with pytest.raises(DataError, match=r"^scores \(data frame\):1: score: score_between_steps: between two scores of PHQ-9"):
        scored("phq9", both, tenths)
    with pytest.raises(DataError, match=r":1: score: not_number"):
        scored("mood", pd.DataFrame({"episode_id": ["e0"], "scale": "mood", "day": 0, "score": ["x"]}), tenths)


def test_scores_below_zero(tmp_path):
    """A scale from -5 to 5: the score closest to admission and the last at discharge, whatever their sign."""
    folder = scale_file(tmp_path / "scales", "mood", items=1, item_range="[-5, 5]", low=-5, high=5, step="1")
    table = pd.DataFrame({"episode_id": "e0", "scale": "mood", "day": [-2, -7, 30, 25], "score": [-3, 4, -1, 5]})
    with iop.load({"episodes": episodes(1), "scores": table}, mapping=SYNTHETIC, scales=folder) as data:
        assert list(data.count([ScoreAt("mood", "admit"), ScoreAt("mood", "discharge")])) == [((-3, -1), 1)]


# -- one expression for both -----------------------------------------------------------------------------------------

_answers = st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=9, max_size=9)


@settings(max_examples=25)
@given(forms=st.lists(_answers, min_size=1, max_size=12))
def test_the_engine_adds_up_as_the_scale_does(forms):
    """Any answers: the total of the engine is that of `prorated_total`."""
    scores, _ = scored("phq9", rows("phq9", *forms).astype("object"))
    assert scores == [get_scale("phq9").prorated_total(form) for form in forms]


def test_items_of_a_decimal_step(tmp_path):
    """Four items of 0 to 3 in steps of half a point: 1.5 of three, exactly."""
    folder = scale_file(tmp_path / "scales", "mood", items=4, item_range="[0, 3]", high=6, step="0.5")
    assert load_scales(folder)["mood"].prorated_total([1, 1, 1, 0]) == Decimal("1.5")
    assert scored("mood", rows("mood", [1, 1, 1, 0], [3] * 4), folder) == ([Decimal("1.5"), 6], [])


def test_what_a_form_does_not_ask_is_not_missing():
    """AUDIT: after item 1 = 0 items 2 to 8 are blank by design; a blank that was asked makes none; 1 is no answer to item 9."""
    never, some, blank = [0, *[None] * 7, 2, 0], [1, 1, 0, *[0] * 5, 2, 4], [1, 1, 0, *[None] * 5, 0, 0]
    totals, found = scored("audit", rows("audit", never, some, blank))
    assert totals == [2, 8, None]
    assert found == [("total_not_made", "warning", "audit_1", (3,))]
    with pytest.raises(DataError, match=r"audit_9: score_between_steps: between two answers to the item, which has steps of 2"):
        scored("audit", rows("audit", [*some[:8], 1, 0]))


def test_means_are_rounded_and_compared_so():
    """BSL-23: a mean with more decimals is rounded to hundredths, halves up, and said so; one that is not what its items make is an error."""
    answers = [[3, *[0] * 22], [2] * 23, [1, 1, *[0] * 21]]
    means, found = scored("bsl23", rows("bsl23", *answers, score=[0.130435, 2, 0.085]))
    assert means == [Decimal("0.13"), 2, Decimal("0.09")]
    assert found == [("score_rounded", "note", "score", (1, 3))]
    with pytest.raises(DataError, match=r"item_sum: the total is not what its items make"):
        scored("bsl23", rows("bsl23", answers[1], score=[1.9]))
    with pytest.raises(DataError, match="score_out_of_range"):  # the sum in the place of the mean
        scored("bsl23", rows("bsl23", answers[1], score=[46]))


def test_a_given_score_is_held_against_the_rule_of_its_scale():
    """QIDS: the sum of all sixteen items is no score of it, the nine domains are."""
    answers = [3, 2, 1, 0, 1, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 2]
    assert scored("qids16", rows("qids16", answers, score=[13])) == ([13], [])
    with pytest.raises(DataError, match="item_sum: the total is not what its items make"):
        scored("qids16", rows("qids16", answers, score=[18]))


def test_subscales_are_made_of_the_rows_of_their_form():
    """EDE-Q: the global score and four subscales from one row; prorated and unmade ones are counted for each; no row is added to the flow."""
    numbers = [*range(1, 13), *range(19, 29)]
    full, gaps = [3] * 22, [6] * 22
    gaps[0] = gaps[1] = gaps[2] = None  # restraint has 2 of 5 answers: none, and no global score
    gaps[6] = None  # item 7: eating concern has 4 of 5
    frame = pd.DataFrame([full, gaps], columns=[f"edeq_{n}" for n in numbers], dtype="Int64").assign(
        episode_id=["e0", "e1"], scale="edeq", day=0
    )
    asked = {name: scored(name, frame)[0] for name in ("edeq", "edeq_restraint", "edeq_eating_concern", "edeq_weight_concern")}
    assert asked == {"edeq": [3, None], "edeq_restraint": [3, None], "edeq_eating_concern": [3, 6], "edeq_weight_concern": [3, 6]}
    with iop.load({"episodes": episodes(2), "scores": frame}, mapping=SYNTHETIC) as data:
        assert data.flow[1].used == 2
        found = {(f.rule, f.message.partition(":")[0]) for f in data.findings}
    assert ("total_not_made", "no total of EDE-Q can be made") in found
    assert ("total_not_made", "no total of EDE-Q restraint can be made") in found
    assert ("total_prorated", "a total of EDE-Q eating concern is prorated") in found


def test_several_forms_side_by_side_with_their_subscales():
    """One row of a survey with the items of PHQ-9 and DASS-21: each form is a row of scores, each subscale a score."""
    survey = pd.DataFrame(
        [[1] * 9 + [2] * 21, [2] * 9 + [None] * 21],
        columns=[*(f"phq9_{i}" for i in range(1, 10)), *(f"dass21_{i}" for i in range(1, 22))],
        dtype="Int64",
    ).assign(episode_id=["e0", "e1"], day=0)
    assert scored("phq9", survey)[0] == [9, 18]
    assert scored("dass21_stress", survey)[0] == [28, None]
    assert scored("dass21", survey)[0] == [None, None]


def test_scales_that_did_not_come_change_nothing():
    """Whole points stay whole numbers, however many scales with decimals are known."""
    frame = pd.DataFrame({"episode_id": ["e0"], "scale": "phq9", "day": 0, "score": [12]})
    with iop.load({"episodes": episodes(1), "scores": frame}, mapping=SYNTHETIC) as data:
        kinds = data.engine.connection.send("SELECT column_type FROM (DESCRIBE scores) WHERE column_name = 'score'").fetchall()
    assert kinds == [("INTEGER",)]
