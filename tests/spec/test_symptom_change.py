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
    found = change(f"los_days\n{stay}", scores=f"episode_id scale day score\n{text}")
    return found


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
    assert "no_reference" in found["expected_regression_to_mean"].flag


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
    assert dict(next(flow for flow in found.flow if flow.what == "mean_change").excluded) == {
        "no discharge score": 0,
        "no admission score": 0,
        "neither score": 0,
        "never started": 1,
        "still in care": 1,
    }


@pytest.mark.parametrize("reason", ["died", "dropped_out", "unknown", "."])
def test_everyone_else_who_was_discharged_counts(reason):
    """Deaths in care, drop-outs and blank reasons count: with a pair among the pairs, without among the missing."""
    text = "discharge_reason phq9_admit phq9_discharge\ncompleted 18 9\n{} 10 {}"
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


def test_expected_without_change_stands_beside():
    """PHQ-9: retest reliability 0.84 and the general population's mean 2.91 give 0.16 x (16 - 2.91) points."""
    assert change(FOUR)["expected_regression_to_mean"].value == pytest.approx(0.16 * (16 - 2.91), abs=1e-12)


def test_between_groups_the_difference_is_in_points():
    """Mean change of a track minus that of all others together, with Welch's limits; none for "All" or without by."""
    text = """
        track  phq9_admit  phq9_discharge
        mh     18          8
        mh     16          8
        su     15          12
        su     14          13
        dual   20          15
        dual   18          13
    """
    with loaded(text) as data:
        compared = iop.compare(data, measure="phq9_change", estimand="mean_change", by="track").results
    found = {e.level: e for e in compared if e.estimand == "mean_change_minus_others"}
    assert {level: e.value for level, e in found.items()} == {"dual": -0.5, "mh": 5.5, "su": -5.0}
    from scipy.stats import ttest_ind

    limits = ttest_ind([10, 8], [3, 1, 5, 5], equal_var=False).confidence_interval()
    assert (found["mh"].low, found["mh"].high) == pytest.approx((limits.low, limits.high), abs=1e-9)
    assert found["mh"].unit == "points"
    assert "mean_change_minus_others" not in change(text)


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
        assert found[name].flag.split("; ")[0] == (flag or "independence_assumed"), name
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
