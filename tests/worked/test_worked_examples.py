"""Takes examples worked out in print, gives the same figures through the package's own measures.

Where only a table was printed, through the effect sizes of a table; where people were printed, through the front door. Weeks
and months count as days here, and half points are doubled: files hold whole numbers.
"""

import math

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.stats.change import g_pre_sd, g_z
from iop_outcomes.stats.lifetable import life_table
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.pairs import Pairs
from iop_outcomes.stats.thresholds import cutoffs, reliable_change_index
from iop_outcomes.stats.transform import transformed_interval

# -- effect sizes from a table -----------------------------------------------------------------------------------

# Morris SB (2008), doi:10.1177/1094428106291059, table 5, p. 382: five studies, the arms treated and not.
# mean before, mean after, SD before, SD after, people; the correlation is given per study.
R = [0.47, 0.64, 0.77, 0.89, 0.44]
TREATED = [
    (30.6, 38.5, 15.0, 11.6, 20),
    (23.5, 26.8, 3.1, 4.1, 50),
    (0.5, 0.7, 0.1, 0.1, 9),
    (53.4, 75.9, 14.5, 4.4, 10),
    (35.6, 36.0, 4.7, 4.6, 14),
]
UNTREATED = [
    (23.1, 19.7, 13.8, 14.8, 20),
    (24.9, 25.3, 4.1, 3.3, 42),
    (0.6, 0.6, 0.2, 0.2, 9),
    (55.7, 60.7, 17.3, 17.9, 11),
    (34.8, 33.4, 3.1, 6.9, 14),
]


def effects(arm, find):
    """An effect size of each of the five studies."""
    studies = [
        Pairs.from_summary(n=n, mean_pre=pre, mean_post=post, sd_pre=sd_pre, sd_post=sd_post, r=r, better="higher")
        for (pre, post, sd_pre, sd_post, n), r in zip(arm, R, strict=True)
    ]
    return [find(study) for study in studies]


def test_morris_change_by_the_sd_before():
    """Becker's g of both arms as printed, and their difference, d_ppc1."""
    treated, untreated = ([one.value for one in effects(arm, g_pre_sd)] for arm in (TREATED, UNTREATED))
    assert treated == pytest.approx([0.5056, 1.0481, 1.8054, 1.4181, 0.0801], abs=5.1e-5)
    assert untreated == pytest.approx([-0.2365, 0.0958, 0, 0.2667, -0.4250], abs=5.1e-5)
    difference = [one - other for one, other in zip(treated, untreated, strict=True)]
    assert difference == pytest.approx([0.7421, 0.9524, 1.8054, 1.1514, 0.5050], abs=5.1e-5)


def test_morris_change_by_the_sd_of_the_changes():
    """The same studies by the SD of the changes (metafor's SMCC, test_analysis_example_morris2008.r): up to 0.86 apart."""
    printed = {
        "treated": ([0.5417, 1.0198, 2.6619, 1.9088, 0.0765], [0.0573, 0.0304, 0.5048, 0.2822, 0.0716]),
        "untreated": ([-0.2213, 0.1219, 0, 0.5575, -0.2126], [0.0512, 0.0240, 0.1111, 0.1050, 0.0730]),
    }
    for arm, (values, variances) in zip((TREATED, UNTREATED), printed.values(), strict=True):
        found = effects(arm, g_z)
        assert [one.value for one in found] == pytest.approx(values, abs=5.1e-5)
        assert [one.variance for one in found] == pytest.approx(variances, abs=5.1e-5)


# -- reliable change ---------------------------------------------------------------------------------------------

DYADIC = """
name = "das"
title = "Dyadic Adjustment Scale, doubled"
version = "couple, half points doubled"
items = 32
item_range = [0, 5]
range = [0, 302]
step = 1
better = "higher"
total = true
item_scoring = false
source = "Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12"
verified = true

[missing]
most_items_missing = 0
rule = "none"
source = "totals only"
verified = true

[case_cutoffs.cut]
op = "<"
value = {cutoff}
source = "Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12"
verified = true

[profiles.cut]
op = ">"
points = {points}
case_cutoff = "cut"
source = "Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12"
verified = true
"""

# Jacobson and Truax (1991), table 2: dyadic adjustment of 30 couples before and after marital therapy.
BEFORE = """90.5 74.0 97.0 73.5 61.0 66.5 68.5 86.5 88.5 68.5 98.0 80.5 89.5 91.5 83.5 60.5 83.0 88.0 98.5 78.5 99.5 79.5 84.5 92.5 93.0
85.0 64.0 61.0 80.0 82.5"""
AFTER = """97.0 124.0 97.5 88.0 96.5 62.5 112.5 103.5 90.0 82.5 105.0 99.5 112.5 101.0 99.5 79.5 88.0 100.5 119.0 116.0 116.0 129.0
113.0 118.0 92.0 114.0 68.0 52.0 60.5 104.5"""


def couples(folder, before, after, *, points, cutoff):
    """Change and reliable change of couples, by name; points and cut-off in points of the scale."""
    (folder / "das.toml").write_text(DYADIC.format(points=2 * points, cutoff=2 * cutoff), encoding="utf-8")
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(len(before))],
            "track": "couples",
            "discharge_reason": "completed",
            "los_days": 100,
            "das_admit": [round(2 * score) for score in before],
            "das_discharge": [round(2 * score) for score in after],
        }
    )
    with iop.load(frame, mapping={"data": {"class": "public"}}, scales=folder) as data:
        answers = [iop.symptom_change(data, scale="das"), iop.reliable_change(data, scale="das", profile="cut")]
        return {e.estimand: e for answer in answers for e in answer.results}


def test_thirty_couples(tmp_path):
    """Reliability .88 (Spanier 1976) and cut-off 104: 11 recovered, 8 improved only, 10 unchanged, 1 worse; d by the SD before 1.39."""
    before, after = ([float(score) for score in text.split()] for text in (BEFORE, AFTER))
    points = round(reliable_change_index(pd.Series(before).std(), 0.88), 6)
    assert points == pytest.approx(11.355, abs=5e-4)
    found = couples(tmp_path, before, after, points=points, cutoff=104)
    assert found["reliable_recovery"].k == 11
    assert found["reliable_improvement"].k - found["reliable_recovery"].k == 8
    assert (found["no_reliable_change"].k, found["reliable_deterioration"].k) == (10, 1)
    assert found["mean_admit"].value / 2 == pytest.approx(81.583333, abs=5e-7)
    assert found["mean_discharge"].value / 2 == pytest.approx(98.05, abs=5e-7)
    assert found["sd_admit"].value / 2 == pytest.approx(11.825661, abs=5e-7)
    assert found["d_pre_sd"].value == pytest.approx(1.3924521, abs=5e-8)
    assert found["mean_change"].value / found["mean_change"].se == pytest.approx(5.4438944, abs=5e-7)  # the paired t


@pytest.mark.parametrize(("kind", "recovered"), [("a", 0), ("b", 1), ("c", 0)])
def test_the_example_couple(tmp_path, kind, recovered):
    """32.5 to 47.5, SDs 7.5, means 40 and 60, reliability .80: reliably better by any cut-off, recovered by b = 45 alone."""
    cutoff = getattr(cutoffs(40, 7.5, 60, 7.5, better="higher"), kind)
    assert cutoff == {"a": 55, "b": 45, "c": 50}[kind]
    points = round(reliable_change_index(7.5, 0.80), 6)
    assert points == pytest.approx(9.297, abs=5e-4)
    found = couples(tmp_path, [32.5], [47.5], points=points, cutoff=int(cutoff))
    assert (found["reliable_improvement"].k, found["recovery"].k, found["reliable_recovery"].k) == (1, recovered, recovered)


# -- curves ------------------------------------------------------------------------------------------------------


def median_day(table):
    """The day by which half have ended."""
    return crossing_day(table.days, table.survival)


def relapses(groups, at):
    """Relapse by track of people written as days, a + behind those whose follow-up ended; by level, name and day."""
    people = [(group, word) for group, text in groups.items() for word in text.split()]
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(len(people))],
            "track": [group for group, _ in people],
            "discharge_reason": "completed",
            "los_days": 0,
            "relapse_day": [int(word.rstrip("+")) for _, word in people],
            "relapse_observed": [int(not word.endswith("+")) for _, word in people],
        }
    )
    with iop.load(frame, mapping={"data": {"class": "public"}}) as data:
        results = iop.relapse(data, definition="any_use", by="track", at=at).results
    return {(e.level, e.estimand, e.time): e for e in results}


def table_of(text):
    """The life table of people written as for `relapses`."""
    days, ended = zip(*((int(word.rstrip("+")), not word.endswith("+")) for word in text.split()), strict=True)
    return life_table(days, [int(one) for one in ended], [1] * len(days))


# Freireich EJ et al. (1963), Blood 21:699-716; Gehan EA (1965), doi:10.1093/biomet/52.1-2.203: weeks in remission of leukemia.
LEUKEMIA = {
    "6mp": "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+",
    "placebo": "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23",
}


def test_leukemia_in_remission():
    """Kaplan-Meier with Greenwood's error at every relapse, medians 23 and 8 weeks, log-rank 16.7929 (R survival 3.5)."""
    weeks = (6, 7, 10, 13, 16, 22, 23)
    found = relapses(LEUKEMIA, weeks)
    free = [found["6mp", "event_free", week] for week in weeks]
    assert [one.value for one in free] == pytest.approx(
        [0.8571429, 0.8067227, 0.7529412, 0.6901961, 0.627451, 0.5378151, 0.4481793], abs=5e-8
    )
    assert [one.se for one in free] == pytest.approx(
        [0.0763604, 0.0869353, 0.0963497, 0.1068147, 0.1140539, 0.1282338, 0.1345915], abs=5e-8
    )
    assert [median_day(table_of(LEUKEMIA[arm])) for arm in ("6mp", "placebo")] == [23, 8]
    treated, untreated = (found[arm, "median_days", None] for arm in ("6mp", "placebo"))
    assert (untreated.value, untreated.flag) == (8, {"independence_assumed"})  # 12 at risk that week, and nobody lost before
    assert math.isnan(treated.value)  # 6 at risk in week 23, after losses: not printed
    assert "too_few_followed" in treated.flag
    assert found["All", "log_rank_chi_squared", None].value == pytest.approx(16.792941, abs=5e-7)
    assert found["All", "log_rank_p", None].value == pytest.approx(4.1688e-5, rel=1e-4)


# Miller RG (1981), Survival Analysis, p. 49: weeks in remission of acute myeloid leukemia with and without maintenance.
MAINTENANCE = {
    "maintained": "9 13 13+ 18 23 28+ 31 34 45+ 48 161+",
    "not_maintained": "5 5 8 8 12 16+ 23 27 30 33 43 45",
}


def test_maintenance_of_remission():
    """Kaplan-Meier at every relapse, the log-log limits at 18 weeks, log-rank 3.39639 (R survival 3.5).

    R's limits are of the share left. With relapse as the only end the package takes the log-log of the share that relapsed, so that
    both shares have one interval.
    """
    weeks = (9, 13, 18, 23, 31, 34, 48)
    found = relapses(MAINTENANCE, weeks)
    free = [found["maintained", "event_free", week].value for week in weeks]
    assert free == pytest.approx([0.9090909, 0.8181818, 0.7159091, 0.6136364, 0.4909091, 0.3681818, 0.1840909], abs=5e-8)
    at_18 = found["maintained", "event_free", 18]
    limits = [float(limit) for limit in transformed_interval(at_18.value, at_18.se, 1.959964)]
    assert (at_18.se, *limits) == pytest.approx((0.139665, 0.350190, 0.899024), abs=5e-7)
    relapsed, half = 1 - 0.7159091, 1.959964 * 0.139665
    reach = math.exp(half / (relapsed * abs(math.log(relapsed))))
    assert (at_18.low, at_18.high) == pytest.approx((1 - relapsed ** (1 / reach), 1 - relapsed**reach), abs=1e-6)
    ended = found["maintained", "cumulative_incidence", 18]
    assert (at_18.low, at_18.high) == pytest.approx((1 - ended.high, 1 - ended.low), abs=1e-12)
    assert found["All", "log_rank_chi_squared", None].value == pytest.approx(3.3963887, abs=5e-8)
    assert found["All", "log_rank_p", None].value == pytest.approx(0.065339322, abs=5e-9)


def test_ten_people_by_hand():
    """Readmitted on days 3, 5, 10 and 20, dead on 5 and 12, lost on 8, 15, 24 and 30: 17/36 readmitted, not the 5/9 of 1 - KM."""
    readmitted, dead, lost = (3, 5, 10, 20), (5, 12), (8, 15, 24, 30)
    ends = [*((day, "readmission_psychiatric") for day in readmitted), *((day, "death") for day in dead), *((day, None) for day in lost)]
    names = [f"e{i}" for i in range(len(ends))]
    frames = {
        "episodes": pd.DataFrame(
            {"episode_id": names, "track": "a", "discharge_reason": "completed", "los_days": 20, "follow_up_days": [day for day, _ in ends]}
        ),
        "events": pd.DataFrame(
            [
                {"episode_id": name, "event": event, "days_after_discharge": day}
                for name, (day, event) in zip(names, ends, strict=True)
                if event
            ]
        ),
    }
    with iop.load(frames, mapping={"data": {"class": "synthetic"}}) as data:
        results = iop.readmission(data, at=(3, 5, 10, 12, 20, 30)).results
    found = {(e.estimand, e.time): e for e in results}
    steps = [1 / 10, 1 / 5, 19 / 60, 19 / 60, 17 / 36, 17 / 36]
    assert [found["cumulative_incidence", day].value for day in (3, 5, 10, 12, 20, 30)] == pytest.approx(steps, abs=1e-14)
    assert found["event_free", 30].value == pytest.approx(1 - 17 / 36 - 13 / 60, abs=1e-14)
    assert (found["cumulative_incidence", 30].k, found["died_first", None].k, found["transfer_0_2", None].k) == (4, 2, 0)
    days = [*readmitted, *dead, *lost]
    assert median_day(life_table(days, [1] * 4 + [2] * 2 + [0] * 4, [1] * 10)) == 12
    assert math.isnan(found["median_days", None].value)  # ten people are too few for one that is printed
    assert "too_few_followed" in found["median_days", None].flag
    assert math.isclose(found["restricted_mean_days", 3].value, 3)
