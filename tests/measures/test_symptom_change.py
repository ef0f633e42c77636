"""Takes tiny tables, gives what symptom change says of them: one test for each clause of its definition."""

import json
import math

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from tests.spec.tables import episodes, loaded

WELLBEING = """
name = "wellbeing"
title = "Wellbeing of one site"
version = "site form"
items = 10
item_range = [0, 3]
range = [0, 30]
step = 1
better = "higher"
total = true
source = "form of the site"
verified = true

[missing]
most_items_missing = 0
rule = "none"
source = "form of the site"
verified = true
"""


def ask(text, *, scale="phq9", by=None, scores=None):
    """The results of symptom change on a table."""
    with loaded(text, scores=scores) as data:
        return iop.symptom_change(data, scale=scale, by=by).results


def change(text, *, level="All", **options):
    """The estimates of one level by name."""
    return {e.estimand: e for e in ask(text, **options) if e.level == level}


def taken(scores, *, stay=40):
    """Which admission and discharge score is taken of one person's; NaN for none."""
    text = "\n".join(f"e000 phq9 {day} {score}" for day, score in scores)
    return change(f"los_days\n{stay}", scores=f"episode_id scale day score\n{text}")


# -- which scores ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scores", "admission"),
    [
        ([(-1, 11), (2, 12)], 11),  # closest
        ([(-2, 11), (1, 12)], 12),  # closest, after admission
        ([(-2, 11), (2, 12)], 11),  # a tie: the earlier
        ([(-7, 11), (9, 12)], 11),  # seven days before is in
        ([(3, 13), (-5, 14)], 13),  # three days after is in
    ],
)
def test_the_admission_score_is_the_closest_within_its_window(scores, admission):
    """Closest to day 0 within 7 days before to 3 after; of two as close, the earlier."""
    found = taken([*scores, (40, 6)])
    assert (found["mean_admit"].value, found["mean_change"].value) == (admission, admission - 6)


@pytest.mark.parametrize("day", [-8, 4])
def test_a_score_outside_the_admission_window_is_none(day):
    """Eight days before or four after admission is no admission score: no pair."""
    found = taken([(day, 15), (40, 6)])
    assert (found["paired_rate"].k, found["paired_rate"].n) == (0, 1)
    assert math.isnan(found["mean_change"].value)


@pytest.mark.parametrize(
    ("scores", "discharge"),
    [
        ([(38, 5), (41, 6)], 6),  # the last
        ([(40, 5), (54, 6)], 6),  # fourteen days after is in
        ([(40, 5), (55, 6)], 5),  # fifteen is out
        ([(33, 5), (32, 6)], 5),  # seven days before is in
    ],
)
def test_the_discharge_score_is_the_last_within_its_window(scores, discharge):
    """The last within 7 days before to 14 after the day of discharge."""
    assert taken([(0, 20), *scores])["mean_discharge"].value == discharge


def test_a_score_before_the_discharge_window_is_none():
    """Eight days before discharge is no discharge score: the person is counted as without one."""
    found = taken([(0, 20), (32, 6)])
    assert (found["mean_change"].n, found["mean_change"].n_missing) == (0, 1)


def test_scores_beside_the_episode_are_taken_as_given():
    """Wide columns need no stay and no window, and win over the table of scores."""
    found = change("phq9_admit phq9_discharge\n18 9\n", scores="episode_id scale day score\ne000 phq9 0 27")
    assert (found["mean_admit"].value, found["mean_change"].value) == (18, 9)


def test_one_score_never_makes_a_pair():
    """Twenty stays of 7 days with one PHQ-9 on the day of admission, inside both windows: an admission score each, and no pair."""
    scores = "episode_id scale day score\n" + "\n".join(f"e{i:03} phq9 0 {10 + i % 5}" for i in range(20))
    found = change("los_days\n" + "7\n" * 20, scores=scores)
    assert (found["paired_rate"].value, found["paired_rate"].k, found["paired_rate"].n) == (0, 0, 20)
    assert math.isnan(found["mean_change"].value)
    assert (found["mean_change_if_missing_unchanged"].value, found["mean_change_if_missing_unchanged"].n) == (0, 20)


def test_of_two_scores_in_both_windows_the_later_is_the_discharge_score():
    """A stay of 5 days, scored on day 0 and day 3: 15 at admission, 9 at discharge."""
    found = taken([(0, 15), (3, 9)], stay=5)
    assert (found["paired_rate"].k, found["mean_admit"].value, found["mean_change"].value) == (1, 15, 6)


def test_scores_of_the_table_stand_in_where_those_beside_the_episode_are_blank():
    """10 of 40 have both scores beside the episode, the other 30 both in the table of scores: 40 pairs."""
    text = "los_days phq9_admit phq9_discharge\n" + "40 20 10\n" * 10 + "40 . .\n" * 30
    scores = "episode_id scale day score\n" + "\n".join(
        f"e{i:03} phq9 {day} {score}" for i in range(10, 40) for day, score in ((0, 16), (40, 10))
    )
    found = change(text, scores=scores)
    assert (found["paired_rate"].k, found["paired_rate"].n) == (40, 40)
    assert found["mean_change"].value == (10 * 10 + 30 * 6) / 40


@pytest.mark.parametrize(
    ("beside", "scores", "pair"),
    [
        ("20 .", [(3, 11)], (20, None)),  # up to day 3 the admission score itself
        ("20 .", [(3, 11), (4, 12)], (20, 12)),
        (". 7", [(1, 15)], (None, 7)),  # from 7 days before discharge on the discharge score itself
        (". 7", [(1, 15), (0, 14)], (14, 7)),
    ],
)
def test_a_stand_in_cannot_be_the_score_it_stands_beside(beside, scores, pair):
    """One of both scores beside the episode of 8 days, the other blank: what stands in was given on a day on which that was not."""
    table = "\n".join(f"e000 phq9 {day} {score}" for day, score in scores)
    found = change(f"los_days phq9_admit phq9_discharge\n8 {beside}", scores=f"episode_id scale day score\n{table}")
    assert found["paired_rate"].k == int(None not in pair)
    if None not in pair:
        assert (found["mean_admit"].value, found["mean_discharge"].value) == pair


# -- which direction ---------------------------------------------------------------------------------------------


def test_positive_is_improvement_where_lower_is_better():
    """PHQ-9 from 18 to 9 is +9; from 9 to 18 is -9."""
    assert change("phq9_admit phq9_discharge\n18 9")["mean_change"].value == 9
    assert change("phq9_admit phq9_discharge\n9 18")["mean_change"].value == -9


def test_positive_is_improvement_where_higher_is_better(tmp_path):
    """A scale of one's own, higher is better: from 10 to 16 is +6, and so is the change with a missing score as unchanged."""
    (tmp_path / "wellbeing.toml").write_text(WELLBEING, encoding="utf-8")
    frame = episodes("wellbeing_admit wellbeing_discharge\n10 16\n12 20\n8 .")
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}, scales=tmp_path) as data:
        found = {e.estimand: e for e in iop.symptom_change(data, scale="wellbeing").results}
        assert iop.measure(data, "wellbeing_change").results.estimates[4].value == 7
    assert (found["mean_change"].value, found["mean_change"].n) == (7, 2)
    assert found["mean_change_if_missing_unchanged"].value == 14 / 3
    assert found["d_pre_sd"].value == pytest.approx(7 / math.sqrt(2))
    assert "expected_regression_to_mean" not in found


# -- whose change ------------------------------------------------------------------------------------------------


def test_still_in_care_and_not_started_are_out_and_counted():
    """Active and not_started have no change, whatever scores they have; each is counted under its own words."""
    found = ask("""
        discharge_reason  phq9_admit  phq9_discharge
        completed         18          9
        active            20          2
        not_started       20          2
    """)
    one = next(e for e in found if e.estimand == "mean_change")
    assert (one.value, one.n, one.excluded, one.n_missing) == (9, 1, 2, 0)
    flow = next(flow for flow in found.flow if flow.what == "mean_change")
    assert {reason: n for reason, n in flow.excluded.items() if n} == {"never started": 1, "still in care": 1}


@pytest.mark.parametrize("reason", ["died", "dropped_out", "unknown", "."])
def test_everyone_else_who_was_discharged_counts(reason):
    """Deaths in care, drop-outs and blank reasons count: with a pair among the pairs, without among the missing."""
    text = "discharge_reason los_days phq9_admit phq9_discharge\ncompleted 30 18 9\n{} 20 10 {}"
    assert change(text.format(reason, 7))["mean_change"].value == 6
    without = change(text.format(reason, "."))
    assert (without["mean_change"].n, without["mean_change"].n_missing) == (1, 1)
    assert (without["paired_rate"].k, without["paired_rate"].n, without["paired_rate"].value) == (1, 2, 0.5)


def test_the_paired_rate_comes_first():
    """Before any change: in how many episodes it is known."""
    assert ask("phq9_admit phq9_discharge\n18 9").estimates[0].estimand == "paired_rate"


def test_missing_as_unchanged():
    """Without a discharge score the change is 0; without an admission score a person is out and counted."""
    found = change("""
        phq9_admit  phq9_discharge
        18          8
        20          .
        .           5
        .           .
    """)["mean_change_if_missing_unchanged"]
    assert (found.value, found.n, found.n_missing) == (5, 2, 2)


def test_by_discharge_reason_shows_who_is_missing_a_score():
    """by="discharge_reason": the paired rate of each way to leave."""
    found = ask(
        """
        discharge_reason  phq9_admit  phq9_discharge
        completed         18          9
        completed         15          9
        dropped_out       20          .
        dropped_out       17          9
        """,
        by="discharge_reason",
    )
    assert {e.level: e.value for e in found if e.estimand == "paired_rate"} == {"All": 0.75, "completed": 1, "dropped_out": 0.5}


# -- which numbers -----------------------------------------------------------------------------------------------

FOUR = "phq9_admit phq9_discharge\n10 6\n14 8\n18 9\n22 15\n"


def test_d_is_the_change_by_the_sd_of_the_same_pairs():
    """Mean change 6.5 over the SD 5.16398 of 10, 14, 18 and 22; an admission score without a pair plays no part."""
    found = change(FOUR + "27 .\n")
    assert found["mean_change"].value == 6.5
    assert found["sd_admit"].value == pytest.approx(math.sqrt(80 / 3), abs=1e-12)
    assert found["d_pre_sd"].value == pytest.approx(6.5 / math.sqrt(80 / 3), abs=1e-12)


def test_g_is_d_times_the_exact_factor():
    """J with 3 degrees of freedom, by gamma functions: 0.7236."""
    found = change(FOUR)
    factor = math.gamma(1.5) / (math.sqrt(1.5) * math.gamma(1))
    assert found["g_pre_sd"].value == pytest.approx(factor * found["d_pre_sd"].value, abs=1e-12)


def test_regression_to_the_mean_is_never_stated_as_expected():
    """No scale that comes with the package knows who is referred: no number, whatever the norms."""
    assert "expected_regression_to_mean" not in change(FOUR)
    assert "expected_regression_to_mean" not in change("gad7_admit gad7_discharge\n10 6\n14 8", scale="gad7")


@pytest.mark.parametrize(("retest", "better", "expected"), [(True, "lower", 0.3), (True, "higher", -0.3), (False, "lower", None)])
def test_with_a_declared_referral_mean_it_is_an_assumption(tmp_path, retest, better, expected):
    """Retest reliability .8, referral mean 9.5, admission mean 11: .2 x 1.5 points better without any effect; not without a retest."""
    known = (
        '[reliability.retest]\nkind = "test-retest"\nvalue = 0.8\nsample = "40 people"\nsource = "form"\nverified = true\n'
        if retest
        else ""
    )
    head, rest = WELLBEING.split("\n[missing]")
    head = head.replace('better = "higher"', f'better = "{better}"')
    (tmp_path / "wellbeing.toml").write_text(f"{head}referral_mean = 9.5\n\n[missing]{rest}\n{known}", encoding="utf-8")
    frame = episodes("wellbeing_admit wellbeing_discharge\n10 6\n12 8")
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}, scales=tmp_path) as data:
        answer = iop.symptom_change(data, scale="wellbeing")
    found = {e.estimand: e for e in answer.results}
    if expected is None:
        assert "expected_regression_to_mean" not in found
        return
    assert found["expected_regression_to_mean"].value == pytest.approx(expected, abs=1e-12)
    said = answer.definition.estimand("expected_regression_to_mean")
    assert "9.5" in said.counted
    assert "assumption" in said.counted


def test_between_groups_the_difference_is_in_points():
    """Mean change of a track minus that of all others together, with Welch's limits at the joint level of three; none for "All"."""
    text = "track phq9_admit phq9_discharge\n" + "mh 18 8\nmh 16 8\n" * 6 + "su 15 12\nsu 14 13\n" * 6 + "dual 20 15\ndual 18 13\n" * 6
    with loaded(text) as data:
        compared = iop.compare(data, measure="phq9_change", estimand="mean_change", by="track").results
    found = {e.level: e for e in compared if e.contrast}
    assert {level: e.value for level, e in found.items()} == {"dual": -0.5, "mh": 5.5, "su": -5.0}
    from scipy.stats import ttest_ind

    limits = ttest_ind([10, 8] * 6, [3, 1, 5, 5] * 6, equal_var=False).confidence_interval(0.95 ** (1 / 3))
    assert (found["mh"].low, found["mh"].high) == pytest.approx((limits.low, limits.high), abs=1e-9)
    assert (found["mh"].unit, found["mh"].estimand, found["mh"].word) == ("points", "mean_change", "higher")
    assert not [e for e in ask(text, by="track") if e.contrast]


# -- few people --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("10 .", dict.fromkeys(["mean_admit", "mean_change", "sd_admit", "d_pre_sd", "g_pre_sd"], "no_pairs")),
        ("10 6", dict.fromkeys(["mean_admit", "mean_change", "sd_admit", "d_pre_sd", "g_pre_sd"], "one_pair")),
        ("10 6\n12 6", {"mean_admit": "", "mean_discharge": "sd_zero", "d_pre_sd": "", "g_pre_sd": "two_pairs"}),
        ("10 6\n10 5\n10 4", {"mean_admit": "sd_zero", "sd_admit": "", "mean_change": "", "d_pre_sd": "sd_zero", "g_pre_sd": "sd_zero"}),
        ("10 4\n12 6", {"mean_change": "sd_zero", "mean_admit": ""}),
    ],
)
def test_too_few_pairs_are_flagged(text, flags):
    """No, one or two pairs, or no spread: rows with a flag that says why, no interval, never an exception."""
    found = change(f"phq9_admit phq9_discharge\n{text}")
    for name, flag in flags.items():
        assert found[name].flag == {"independence_assumed", *([flag] if flag else [])}, name
        assert math.isnan(found[name].low) == (bool(flag) or name == "sd_admit"), name


def test_no_scores_at_all():
    """A program without this scale: rate 0 of those discharged, the rest flagged."""
    found = change("track\nmh\nsu\n")
    assert (found["paired_rate"].value, found["paired_rate"].k, found["paired_rate"].n) == (0, 0, 2)
    assert "no_pairs" in found["mean_admit"].flag


def test_a_scale_without_a_total_has_no_change():
    """Domains are never summed; the message says so."""
    with loaded("track\nmh") as data, pytest.raises(iop.UsageError, match="no total"):
        iop.symptom_change(data, scale="crdpss")


def test_an_unknown_scale_is_named():
    """A wrong name is answered with the nearest."""
    with loaded("track\nmh") as data, pytest.raises(iop.UsageError, match="phq9"):
        iop.symptom_change(data, scale="phq")


def test_on_the_command_line(tmp_path, capsys):
    """Summary --measure phq9_change prints the same numbers."""
    episodes("phq9_admit phq9_discharge\n18 9\n20 10").to_csv(tmp_path / "episodes.csv", index=False)
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    assert run(["summary", str(tmp_path), "--measure", "phq9_change", "--policy", "none", "--json"]) == 0
    printed = {record["estimand"]: record["value"] for record in json.loads(capsys.readouterr().out)}
    assert printed["mean_change"] == 9.5
