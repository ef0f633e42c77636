"""Takes shares over time, gives proof of Laney's limits and of each rule: it fires, it just fails to fire, and a gap breaks it."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.stats.periods import calendar, read_period
from iop_outcomes.stats.trend import (
    RULES,
    ControlLimits,
    outside_limits,
    p_prime_limits,
    seven_on_one_side,
    seven_point_trend,
    signals,
    two_of_three_near_limit,
)

GAP = None
COUNTS = st.lists(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=40)
SHARES = st.lists(st.one_of(st.none(), st.integers(0, 20).map(lambda i: i / 20)), max_size=30)


def flat(points, centre=0.5, sigma=0.1):
    """Limits that are the same at every point."""
    return ControlLimits(centre, np.full(len(points), sigma), 1.0)


def marked(sides):
    """Sides as a list."""
    return [int(side) for side in sides]


# -- limits --------------------------------------------------------------------------------------------------------


def test_limits_by_hand():
    """Four points of 100: average .25; moving ranges .1, .2 and .2 of share; sigma is their mean over 1.128."""
    found = p_prime_limits([20, 30, 10, 40], [100] * 4)
    sigma = (0.1 + 0.2 + 0.3) / 3 / 1.128
    assert found.centre == pytest.approx(0.25, abs=1e-15)
    assert found.sigma == pytest.approx([sigma] * 4, rel=1e-12)
    assert found.sigma_z == pytest.approx(sigma / math.sqrt(0.25 * 0.75 / 100), rel=1e-12)
    assert found.low == pytest.approx([0.0] * 4, abs=1e-15)
    assert found.high == pytest.approx([0.25 + 3 * sigma] * 4, rel=1e-12)


@given(st.integers(1, 500), st.lists(st.floats(0, 1), min_size=3, max_size=30))
def test_of_equal_bases_they_are_the_limits_of_an_individuals_chart(n, parts):
    """Closed form: with one base throughout, p' limits are mean +- 3 mean moving range / 1.128 of the shares themselves."""
    k = [round(part * n) for part in parts]
    found = p_prime_limits(k, [n] * len(k))
    shares = np.array(k) / n
    spread = np.abs(np.diff(shares)).mean()
    if found.flag:
        assert spread == 0 or found.flag == "none_or_all"
        return
    half = 3 * spread / 1.128
    assert found.low == pytest.approx(np.clip(shares.mean() - half, 0, 1) * np.ones(len(k)), abs=1e-9)
    assert found.high == pytest.approx(np.clip(shares.mean() + half, 0, 1) * np.ones(len(k)), abs=1e-9)


def slow_limits(counts):
    """Laney's recipe, one number at a time; `None` where there are no limits."""
    known = [(k, n) for k, n in counts if n]
    if not known:
        return None
    centre = sum(k for k, _ in known) / sum(n for _, n in known)
    if centre in (0, 1):
        return None
    ranges = []
    for (k, n), (k2, n2) in pairwise(counts):
        if n and n2:
            z, z2 = ((a / b - centre) / math.sqrt(centre * (1 - centre) / b) for a, b in ((k, n), (k2, n2)))
            ranges.append(abs(z2 - z))
    if not ranges or sum(ranges) < 1e-9:
        return None
    spread = sum(ranges) / len(ranges) / 1.128
    return [
        (
            max(centre - 3 * spread * math.sqrt(centre * (1 - centre) / n), 0),
            min(centre + 3 * spread * math.sqrt(centre * (1 - centre) / n), 1),
        )
        if n
        else None
        for _, n in counts
    ]


@given(COUNTS)
def test_limits_equal_the_slow_recipe(counts):
    """Whatever the counts, empty periods among them: the limits of the recipe, or a flag where it has none."""
    k, n = zip(*counts, strict=True)
    found, expected = p_prime_limits(k, n), slow_limits(counts)
    if expected is None:
        assert found.flag
        assert np.isnan(found.sigma).all()
        return
    assert not found.flag
    for low, high, pair in zip(found.low, found.high, expected, strict=True):
        assert (math.isnan(low) and math.isnan(high)) if pair is None else (low, high) == pytest.approx(pair, abs=1e-9)
    known = ~np.isnan(found.sigma)
    assert (found.low[known] >= 0).all() and (found.high[known] <= 1).all()


@pytest.mark.parametrize(
    ("k", "n", "flag"),
    [
        ([], [], "no_episodes"),
        ([0, GAP], [0, GAP], "no_episodes"),
        ([0, 0, 0], [10, 12, 9], "none_or_all"),
        ([10, 12, 9], [10, 12, 9], "none_or_all"),
        ([4], [10], "one_period"),
        ([4, GAP, 6], [10, GAP, 10], "one_period"),
        ([4, 0, 6], [10, 0, 10], "one_period"),
        ([4, 8, 2], [10, 20, 5], "sd_zero"),
    ],
)
def test_what_has_no_limits_is_flagged(k, n, flag):
    """Nobody, no or every completion, one point, none in succession, no spread: flagged, without limits, warning or error."""
    found = p_prime_limits(k, n)
    assert found.flag == flag
    assert np.isnan(found.sigma).all() and len(found.sigma) == len(n)
    for sides in signals([np.nan] * len(n), found).values():
        assert not sides.any()


def test_no_moving_range_is_taken_across_a_gap():
    """The jump from .2 to .8 over an empty month is not between neighbours."""
    apart, side_by_side = p_prime_limits([20, 22, 0, 80, 78], [100, 100, 0, 100, 100]), p_prime_limits([20, 22, 80, 78], [100] * 4)
    assert apart.sigma_z == pytest.approx(0.02 / 1.128 / math.sqrt(0.25 / 100), rel=1e-12)
    assert side_by_side.sigma_z > 5 * apart.sigma_z


def test_a_plain_p_chart_when_chance_alone_moves_the_points():
    """Of binomial counts sigma_z is near 1; with months that truly differ it is well above."""
    random = np.random.default_rng(20240301)
    n = random.integers(30, 90, 4000)
    assert p_prime_limits(random.binomial(n, 0.6), n).sigma_z == pytest.approx(1, abs=0.05)
    assert p_prime_limits(random.binomial(n, np.clip(random.normal(0.6, 0.1, 4000), 0, 1)), n).sigma_z > 1.4


def test_false_signals_are_as_rare_as_reports_say():
    """Of stable charts about one in seven of 24 points and one in three of 48 points show a signal."""
    random = np.random.default_rng(20240302)
    for points, expected in ((24, 1 / 7), (48, 1 / 3)):
        alarms = 0
        for _ in range(600):
            k = random.binomial(50, 0.62, points)
            alarms += any(sides.any() for sides in signals(k / 50, p_prime_limits(k, [50] * points)).values())
        assert alarms / 600 == pytest.approx(expected, abs=0.065)


# -- the rules -----------------------------------------------------------------------------------------------------


def test_outside_limits():
    """Beyond a limit, up or down; exactly on it is inside; a gap is nowhere."""
    points = [0.8001, 0.8, 0.5, 0.2, 0.1999, GAP]
    assert marked(outside_limits(points, flat(points))) == [1, 0, 0, 0, -1, 0]


def test_limits_are_cut_at_0_and_1():
    """Trap Q6: where the limit is 1 or 0, a point at 1 or 0 is inside."""
    points = [1.0, 0.0]
    limits = flat(points, sigma=0.4)
    assert (limits.low.tolist(), limits.high.tolist()) == ([0, 0], [1, 1])
    assert marked(outside_limits(points, limits)) == [0, 0]


def test_seven_point_trend():
    """Seven points of six moves the same way fire; six points do not; one equal neighbour or a gap breaks the run."""
    rising = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    assert marked(seven_point_trend(rising)) == [1] * 7
    assert marked(seven_point_trend(rising[::-1])) == [-1] * 7
    assert marked(seven_point_trend(rising[:6])) == [0] * 6
    assert marked(seven_point_trend([*rising[:4], 0.4, *rising[4:]])) == [0] * 8
    assert marked(seven_point_trend([*rising[:6], GAP, 0.7])) == [0] * 8
    assert marked(seven_point_trend([0.9, *rising, 0.1])) == [0, *[1] * 7, 0]


def test_two_trends_share_their_turning_point():
    """Six moves up and six down: thirteen points are marked, the top with the first."""
    points = [*range(7), *range(5, -1, -1)]
    assert marked(seven_point_trend(points)) == [1] * 7 + [-1] * 6


def test_two_of_three_near_a_limit():
    """Two of three in the outer third on one side fire, the third being on that side; one, or two of four, do not."""

    def rule(*points):
        return marked(two_of_three_near_limit(points, flat(points)))

    assert rule(0.71, 0.71) == [0, 0]  # there are no three
    assert rule(0.71, 0.71, 0.51) == [1, 1, 0]
    assert rule(0.71, 0.51, 0.71) == [1, 0, 1]
    assert rule(0.29, 0.49, 0.29) == [-1, 0, -1]
    assert rule(0.71, 0.7, 0.51) == [0, 0, 0]  # on the line between the thirds
    assert rule(0.71, 0.51, 0.51, 0.71) == [0, 0, 0, 0]
    assert rule(0.71, 0.29, 0.71) == [0, 0, 0]  # across the centre
    assert rule(0.71, 0.5, 0.71) == [0, 0, 0]  # the third on the centre line
    assert rule(0.71, GAP, 0.71, 0.51) == [0, 0, 0, 0]
    assert rule(0.71, 0.51, 0.95) == [1, 0, 1]  # beyond the limit is near enough


def test_the_outer_third_is_that_of_the_limits_before_they_are_cut():
    """With an upper limit of 1.1 cut at 1 the outer third starts at .9, not where a third of what is left would."""
    points = [0.89, 0.89, 0.89]
    assert marked(two_of_three_near_limit(points, flat(points, sigma=0.2))) == [0, 0, 0]
    points = [0.91, 0.91, 0.89]
    assert marked(two_of_three_near_limit(points, flat(points, sigma=0.2))) == [1, 1, 0]


def test_seven_on_one_side():
    """Seven in a row fire, six do not; a point on the centre line is on neither side; a gap breaks the run."""
    assert marked(seven_on_one_side([0.6] * 7, 0.5)) == [1] * 7
    assert marked(seven_on_one_side([0.4] * 8, 0.5)) == [-1] * 8
    assert marked(seven_on_one_side([0.6] * 6, 0.5)) == [0] * 6
    assert marked(seven_on_one_side([0.6] * 6 + [0.5] + [0.6], 0.5)) == [0] * 8
    assert marked(seven_on_one_side([0.6] * 6 + [GAP] + [0.6] * 6, 0.5)) == [0] * 13
    assert marked(seven_on_one_side([0.6] * 7 + [0.4] * 7, 0.5)) == [1] * 7 + [-1] * 7


def slow_rules(points, centre, sigma):
    """Each rule by looking at every window of points."""
    out = {name: [0] * len(points) for name in RULES}
    for i, value in enumerate(points):
        low, high = max(centre - 3 * sigma, 0), min(centre + 3 * sigma, 1)
        if value is not None and (value > high + 1e-9 or value < low - 1e-9):
            out["outside_limits"][i] = 1 if value > centre else -1
    for i in range(len(points)):
        for size, name in ((7, "seven_point_trend"), (3, "two_of_three_near_limit"), (7, "seven_on_one_side")):
            window = points[i : i + size]
            if len(window) < size or None in window:
                continue
            for side in (1, -1):
                moved = [side * (b - a) > 1e-9 for a, b in pairwise(window)]
                above = [side * (value - centre) > 1e-9 for value in window]
                near = [side * (value - centre) > 2 * sigma + 1e-9 for value in window]
                if (name == "seven_point_trend" and all(moved)) or (name == "seven_on_one_side" and all(above)):
                    hit = [True] * size
                elif name == "two_of_three_near_limit" and all(above) and sum(near) >= 2:
                    hit = near
                else:
                    continue
                for j in range(size):
                    if hit[j] and not out[name][i + j]:
                        out[name][i + j] = side
    return out


@given(SHARES, st.sampled_from([0.3, 0.5, 0.62]), st.sampled_from([0.03, 0.1, 0.25]))
def test_rules_equal_a_look_at_every_window(points, centre, sigma):
    """Whatever the points and gaps, each rule marks what its windows hold."""
    values = [np.nan if value is None else value for value in points]
    found = signals(values, flat(points, centre, sigma))
    assert {name: marked(sides) for name, sides in found.items()} == slow_rules(points, centre, sigma)


@given(SHARES)
def test_mirrored_data_give_mirrored_signals(points):
    """Trap Q2: what is not completed signals where what is completed does, the other way."""
    values = np.array([np.nan if value is None else value for value in points])
    for name, sides in signals(values, flat(points)).items():
        assert marked(signals(1 - values, flat(points))[name]) == [-side for side in marked(sides)]


@given(COUNTS)
def test_mirrored_counts_have_mirrored_limits(counts):
    """Trap Q2 for the limits: those of n - k are 1 minus those of k."""
    k, n = (np.array(column) for column in zip(*counts, strict=True))
    found, mirrored = p_prime_limits(k, n), p_prime_limits(n - k, n)
    assert found.flag == mirrored.flag
    assert np.allclose(found.low, 1 - mirrored.high, atol=1e-9, equal_nan=True)


@given(SHARES, st.integers(0, 30))
def test_a_gap_makes_no_signal(points, place):
    """Trap Q1: taking a point away never marks a point that was not marked, nor the gap itself."""
    before = np.array([np.nan if value is None else value for value in points])
    after = before.copy()
    after[place : place + 1] = np.nan
    for name, sides in signals(after, flat(points)).items():
        was = signals(before, flat(points))[name]
        assert not ((sides != 0) & (was == 0)).any()
        assert not sides[np.isnan(after)].any()


# -- periods -------------------------------------------------------------------------------------------------------


def test_a_calendar_holds_what_nobody_named():
    """Months over the turn of a year, quarters and years, from the first to the last, in order."""
    assert [str(p) for p in calendar(["2024-02", "2023-11"])] == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert [str(p) for p in calendar(["2023-Q3", "2024-Q1"])] == ["2023-Q3", "2023-Q4", "2024-Q1"]
    assert [str(p) for p in calendar(["2022", "2024"])] == ["2022", "2023", "2024"]


@pytest.mark.parametrize("names", [[], ["spring"], ["2024-01", "spring"], ["2024-01", "2024-Q1"], ["2024-13"], ["2024-Q5"], ["24-01"]])
def test_names_without_an_order_in_time_have_no_calendar(names):
    """No names, other words, mixed kinds and months there are not."""
    assert calendar(names) == ()


@pytest.mark.parametrize(
    ("name", "first", "last", "words"),
    [
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
        ("2023-12", "2023-12-01", "2023-12-31", "December 2023"),
        ("2023-Q4", "2023-10-01", "2023-12-31", "the fourth quarter of 2023"),
        ("2024", "2024-01-01", "2024-12-31", "2024"),
    ],
)
def test_days_and_words_of_a_period(name, first, last, words):
    """A period knows its first and last day and how a sentence calls it."""
    period = read_period(name)
    assert (period.first_day.isoformat(), period.last_day.isoformat(), period.words) == (first, last, words)
