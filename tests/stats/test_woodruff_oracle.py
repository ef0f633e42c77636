"""Takes stays row by row with their patients, gives proof that quantiles and their intervals by patient are those of a slow loop."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t as student

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, flags
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.drafts import quantile_days
from iop_outcomes.stats.intervals import errors_of, finish

SHARES = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4))


# -- ours --------------------------------------------------------------------------------------------------------------


def ours(rows, share, conf_level):
    """Quantile and interval of (patient, days), through the counted table and the patients behind it."""
    days = sorted({day for _, day in rows})
    counts = Counts.from_cells(("days",), {(day,): sum(d == day for _, d in rows) for day in days})
    cells = {}
    for patient, day in rows:
        cells.setdefault(patient, []).append(days.index(day))
    several = [each for each in cells.values() if len(each) > 1]
    alone = np.bincount(np.array([each[0] for each in cells.values() if len(each) == 1], dtype=np.int64), minlength=len(days))
    flat = np.array([cell for each in several for cell in each], dtype=np.int64)
    start = np.cumsum([0, *map(len, several)])[:-1].astype(np.int64)
    people = Patients(alone, flat, start, np.ones(len(several), dtype=np.int64))
    draft = quantile_days("median", counts, "days", float(share), Population("x", {"in": len(rows)}, frozenset({"in"})))
    return draft.value, finish(draft, errors_of(draft, people, counts.n), conf_level=conf_level)


# -- row by row --------------------------------------------------------------------------------------------------------


def type_2(values, share):
    """The value at that share of the sorted rows; between two rows, their middle."""
    ordered, place = sorted(values), share * len(values)
    near = round(place)
    if abs(place - near) < 1e-9 and 0 < near < len(ordered):
        return (ordered[near - 1] + ordered[near]) / 2
    return float(ordered[min(max(math.ceil(place - 1e-9), 1), len(ordered)) - 1])


def woodruff(rows, share, conf_level):
    """Quantile, and the quantiles at the score limits of the share at or below it, as uncertain as its patients make it."""
    n, value = len(rows), type_2([day for _, day in rows], share)
    below = Fraction(sum(day <= value for _, day in rows), n)  # more than the share where many have the value
    sums, episodes = {}, {}
    for patient, day in rows:
        sums[patient] = sums.get(patient, 0) + (int(day <= value) - below)
        episodes[patient] = episodes.get(patient, 0) + 1
    m = Fraction(n * n, sum(w * w for w in episodes.values()))
    if m < 2:
        return value, (math.nan, math.nan)
    variance = sum(each**2 for each in sums.values()) / n**2
    known = min(Fraction(n), below * (1 - below) / variance) if variance else min(Fraction(n), m)
    q = float(student.ppf((1 + conf_level) / 2, float(m - 1)))
    # Those p at which the observed share lies q errors away: a quadratic in p.
    roots = np.roots([1 + q * q / float(known), -(2 * float(share) + q * q / float(known)), float(share) ** 2])
    return value, tuple(type_2([day for _, day in rows], limit) for limit in sorted(roots.real.tolist()))


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(0, 30)), min_size=2, max_size=40),
    st.sampled_from(SHARES),
    st.sampled_from([0.8, 0.95, 0.99]),
)
def test_quantiles_and_intervals_are_those_of_the_rows(rows, share, conf_level):
    """Median and quartiles by patient: value and both limits; nothing under two effective patients."""
    patients = [patient for patient, _ in rows]
    if len(set(patients)) == len(patients):
        rows = [*rows, rows[0]]
    value, limits = woodruff(rows, share, conf_level)
    found_value, found = ours(rows, share, conf_level)
    assert found_value == value
    assert (found.low, found.high) == pytest.approx(limits, nan_ok=True, abs=1e-9)
    assert found.method == "Woodruff, by patient"


def test_episodes_that_are_copies_of_each_other_tell_half_as_much():
    """Two equal stays each of 40 patients: the limits of 40 stays, also where 19 of 20 lie at or below the third quartile."""
    days = [3] * 24 + [9] * 14 + [30] * 2
    twice = [(patient, day) for patient, day in enumerate(days) for _ in range(2)]
    value, found = ours(twice, Fraction(3, 4), 0.95)
    quantile = float(student.ppf(0.975, 39))
    roots = np.roots([1 + quantile**2 / 40, -(1.5 + quantile**2 / 40), 0.75**2])
    assert value == 9
    assert (found.low, found.high) == tuple(type_2(days, limit) for limit in sorted(roots.real.tolist()))


def test_ten_stays_of_five_patients_by_hand():
    """Two equal stays each: V = 5 / 100, n_eff = 0.25 / V = 5, t on 4 = 2.7764; so limits at 0.1106 and 0.8894: the 2nd and 9th stay."""
    reach = 2.776445 / 2 / math.sqrt(5 + 2.776445**2)
    assert (0.5 - reach, 0.5 + reach) == pytest.approx((0.1106, 0.8894), abs=5e-5)
    rows = [(patient, 10 * patient + 10) for patient in range(5) for _ in range(2)]
    value, found = ours(rows, Fraction(1, 2), 0.95)
    assert (value, found.low, found.high) == (30.0, 10.0, 50.0)
    assert found.flags == flags(Flag.FEW_PATIENTS)
