"""Takes people written out one by one and the known traps, gives proof that the curves are right."""

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path

import lifelines.datasets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iop_outcomes.stats.lifetable import at_risk_at, life_table, zero_events_upper
from iop_outcomes.stats.survival import event_free_at, incidence_at, restricted_mean
from iop_outcomes.stats.transform import transformed_interval
from tests.stats.textbook import greenwood_at, quantile_day, quantile_interval, restricted_mean_greenwood

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "survival.json").read_text())

VALUES = {name: entry["value"] for name, entry in ORACLE["values"].items()}

Z = 1.959963984540054

NAN = float("nan")

S1_DAY, S1_CAUSE = [7, 7, 7, 14, 14, 21, 21, 30, 30, 30], [1, 2, 0, 1, 2, 1, 0, 2, 1, 0]

some_people = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 2)), min_size=1, max_size=25)


def table_of(day, cause, causes=None):
    """A life table of people written out one by one, each a cell of one."""
    return life_table(np.asarray(day), np.asarray(cause), np.ones(len(day), dtype=int), causes=causes)


def counted(people):
    """People (day, cause) counted into cells."""
    cells = Counter(people)
    return [d for d, _ in cells], [c for _, c in cells], list(cells.values())


def slow_event_free(people, t):
    """Share free of every cause just after day t."""
    share = Fraction(1)
    for day in sorted({d for d, _ in people if d <= t}):
        risk = sum(1 for d, _ in people if d >= day)
        gone = sum(1 for d, cause in people if d == day and cause > 0)
        share *= 1 - Fraction(gone, risk)
    return share if share == 0 or t <= max(d for d, _ in people) else NAN


def slow_incidence(people, t, of):
    """Share ended by one cause up to and including day t."""
    share = Fraction(0)
    for day in sorted({d for d, _ in people if d <= t}):
        risk = sum(1 for d, _ in people if d >= day)
        gone = sum(1 for d, cause in people if d == day and cause == of)
        share += (slow_event_free(people, day - 1) if day else 1) * Fraction(gone, risk)
    return share if t <= max(d for d, _ in people) or slow_event_free(people, t) == 0 else NAN


def slow_median(people):
    """Midpoint between the first day with S <= 1/2 and, when it is exactly 1/2, the first day below."""
    days = range(max(d for d, _ in people) + 1)
    reached = [d for d in days if slow_event_free(people, d) <= Fraction(1, 2)]
    below = [d for d in days if slow_event_free(people, d) < Fraction(1, 2)]
    if not reached:
        return NAN
    return (reached[0] + (below[0] if below else reached[0])) / 2


@given(some_people)
def test_curves_equal_the_slow_version(people):
    """Event-free share, both incidences, area, median, at risk: cells against exact fractions over persons, at every day."""
    table = life_table(*counted(people), causes=2)
    days = range(12)
    free = [slow_event_free(people, t) for t in days]
    assert event_free_at(table, days).values == pytest.approx([float(s) for s in free], abs=1e-12, nan_ok=True)
    for of in (1, 2):
        slow = [float(slow_incidence(people, t, of)) for t in days]
        assert incidence_at(table, days, of).values == pytest.approx(slow, abs=1e-12, nan_ok=True)
    area = [float(sum(free[:t], Fraction(0))) if isinstance(free[t], Fraction) else NAN for t in days]
    assert restricted_mean(table, days).values == pytest.approx(area, abs=1e-11, nan_ok=True)
    assert quantile_day(table) == pytest.approx(slow_median(people), nan_ok=True)
    assert at_risk_at(table, days).at_risk.tolist() == [sum(1 for d, _ in people if d >= t) for t in days]


@given(some_people)
def test_influences_are_derivatives(people):
    """Adding a millionth of an episode to a cell moves each estimate by its influence: finite differences, cell by cell."""
    day, cause, n = counted(people)
    million, times = 10**6, [0, 3, 5.5, 9]

    def estimates(table):
        of = [incidence_at(table, times, cause) for cause in (1, 2)]
        return [event_free_at(table, times), *of, restricted_mean(table, times)]

    exact = estimates(life_table(day, cause, n, causes=2))
    for cell in range(len(n)):
        more, less = (np.array(n) * million + sign * (np.arange(len(n)) == cell) for sign in (1, -1))
        up, down = estimates(life_table(day, cause, more, causes=2)), estimates(life_table(day, cause, less, causes=2))
        for one, high, low in zip(exact, up, down, strict=True):
            slope = np.nan_to_num((high.values - low.values) * million / 2)
            assert one.influence[:, cell] == pytest.approx(slope, abs=1e-6)


@given(some_people)
def test_independent_errors_are_the_textbook_ones(people):
    """Without repeats the influence error of share and area is Greenwood's; influences balance out over the episodes."""
    table = life_table(*counted(people), causes=2)
    times = range(10)
    free = event_free_at(table, times)
    here = ~np.isnan(greenwood_at(table, times))
    assert free.se[here] == pytest.approx(greenwood_at(table, times)[here], abs=1e-12)
    assert (free.values[~here & ~np.isnan(free.values)] == 0).all()
    assert restricted_mean(table, times).se == pytest.approx(restricted_mean_greenwood(table, times), abs=1e-11, nan_ok=True)
    for found in (free, incidence_at(table, times, 1), restricted_mean(table, times)):
        assert found.influence @ found.n == pytest.approx(np.zeros(10), abs=1e-11)


@settings(max_examples=50)
@given(some_people)
def test_split_cells_give_the_same(people):
    """Cells that share day and cause, shuffled, and cells with nobody in them change neither estimate nor error."""
    day, cause, n = counted(people)
    whole, split = life_table(day, cause, n, causes=2), table_of(*zip(*reversed(people), strict=True), causes=3)
    empty = life_table([*day, 40], [*cause, 1], [*n, 0], causes=2)
    for table in (split, empty):
        for of in (1, 2):
            found, truth = incidence_at(table, [4, 9], of), incidence_at(whole, [4, 9], of)
            assert found.values == pytest.approx(truth.values, abs=1e-12, nan_ok=True)
            assert found.se == pytest.approx(truth.se, abs=1e-12, nan_ok=True)
        assert event_free_at(table, 20).values == pytest.approx(event_free_at(whole, 20).values, nan_ok=True)
        assert quantile_day(table) == pytest.approx(quantile_day(whole), nan_ok=True)


def test_incidence_with_ties_and_its_error():
    """S1, S13: exact Aalen-Johansen with ties; error .1780 (R survival, statsmodels), not Aalen's .2015 (cmprsk)."""
    found = incidence_at(table_of(S1_DAY, S1_CAUSE), [7, 14, 21, 30], cause=1)
    assert found.values == pytest.approx([0.1, 0.214286, 0.328571, 0.480952], abs=5e-7)
    assert found.se[-1] == pytest.approx(0.1780, abs=5e-5)
    aalen = VALUES["aalen/s1"]
    assert found.values == pytest.approx(aalen["est"][0], abs=1e-12)
    assert np.sqrt(aalen["var"][0][-1]) == pytest.approx(0.2015, abs=5e-5)


@pytest.mark.parametrize(
    ("day", "event", "median"),
    [
        ([10, 20, 30, 40], [1, 1, 1, 1], 25),
        ([10, 20, 30, 40], [1, 1, 0, 0], 20),
        ([10, 20, 30], [1, 0, 0], NAN),
        (np.repeat([10, 20, 30, 40, 50, 60], [2, 4, 4, 4, 3, 3]), [1] * 20, 35),
    ],
    ids=["midpoint", "plateau to the end", "not reached", "one half but for rounding"],
)
def test_median_rule(day, event, median):
    """S4: midpoint of the plateau at one half; its first day when it never ends (R prints the same); else not reached."""
    assert quantile_day(table_of(day, event)) == pytest.approx(median, nan_ok=True)


@pytest.mark.parametrize(("transform", "low"), [("log", 12), ("log_log", 5), ("plain", 12), ("logit", 8), ("arcsine", 12)])
def test_median_lower_limit_by_transform(transform, low):
    """S5: the median's lower limit follows from the transform's band; the upper one is not reached."""
    table = table_of([5, 8, 12, 12, 20, 25, 30, 33, 40, 45], [1, 1, 0, 1, 1, 0, 1, 0, 1, 0])
    assert quantile_day(table) == 30
    assert quantile_interval(table, Z, transform=transform) == pytest.approx((low, NAN), nan_ok=True)


def test_restricted_mean_of_waltons():
    """S6: lifelines' waltons data, miR-137 to 10 days: 9.7941 with error 0.1232 (lifelines' own error is .7186)."""
    data = lifelines.datasets.load_waltons().query("group == 'miR-137'")
    table = table_of(data["T"].astype(int), data["E"].astype(int))
    assert restricted_mean(table, 10).values[0] == pytest.approx(9.7941, abs=5e-5)
    assert [restricted_mean(table, 10).se[0], restricted_mean_greenwood(table, 10)[0]] == pytest.approx([0.1232] * 2, abs=5e-5)


def test_impossible_questions_are_refused():
    """A cause that does not exist, a negative time and a share outside (0, 1) are errors."""
    table = table_of(S1_DAY, S1_CAUSE)
    for ask in (
        lambda: incidence_at(table, 5, cause=0),
        lambda: incidence_at(table, 5, cause=3),
        lambda: event_free_at(table, -1),
        lambda: restricted_mean(table, NAN),
        lambda: quantile_day(table, 1.0),
        lambda: zero_events_upper(-1),
    ):
        with pytest.raises(ValueError, match=r"cause|time|gone|n must"):
            ask()


def test_no_events():
    """S11: without events the share is 1, its limits NaN (not [1, 1]), the median not reached, the bound exact."""
    table = life_table([30, 60, 90], [0, 0, 0], [4, 4, 4], causes=1)
    assert event_free_at(table, 60).values[0] == 1
    assert incidence_at(table, 60, 1).values[0] == 0
    assert np.isnan(transformed_interval(1.0, greenwood_at(table, 60), Z)).all()
    assert np.isnan([quantile_day(table), *quantile_interval(table, Z)]).all()
    assert zero_events_upper(12) == pytest.approx(0.2646, abs=5e-5)
    assert np.isnan(zero_events_upper(0))


def test_global_random_state_is_untouched():
    """S16: no call draws from numpy's global generator."""
    before = np.random.get_state()[1].copy()
    incidence_at(table_of(S1_DAY, S1_CAUSE), 30, 1)
    assert (np.random.get_state()[1] == before).all()
