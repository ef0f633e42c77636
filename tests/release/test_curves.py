"""Takes cohorts of known people, gives proof that a released curve shows no person's day and nothing that is withheld beside it."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.release import POLICIES, release_curve
from iop_outcomes.show.curves import NONE_DRAWN, cumulative, curve_alt_text, curve_subtitle, is_drawn
from iop_outcomes.stats.curves import Curve

CMS11 = POLICIES["cms11"]
DAYS = np.arange(0, 361, 10)


def cohort(seed, n, *, censored=True, deaths=True, hazard=500.0):
    """Days and ways of leaving, one for each person: 1 the event, 2 a death, 0 the end of follow-up."""
    rng = np.random.default_rng(seed)
    event = np.ceil(rng.exponential(hazard, n))
    death = np.ceil(rng.exponential(5000, n)) if deaths else np.full(n, 10_000)
    end = rng.integers(60, 500, n) if censored else np.full(n, 361)
    day = np.minimum(np.minimum(event, death), end).astype(int)
    way = np.where(event <= np.minimum(death, end), 1, np.where(death <= end, 2, 0))
    return day, way


def curve_of(day, way):
    """The exact curve, row by row."""
    exits = np.array([[int(((way == kind) & (day <= d)).sum()) for d in range(361)] for kind in (1, 2, 0)])
    shares, left = slow_shares(exits, len(day))
    at = np.array([int((day >= d).sum()) for d in DAYS])
    none = np.zeros(0, dtype=np.int64)
    return Curve(DAYS, np.where(at > 0, shares[DAYS], np.nan), at, none, none, none, none, exits), left


def slow_shares(exits, n):
    """Aalen-Johansen day by day, and how many are left before each day."""
    free, share, shares, left = 1.0, 0.0, [], []
    for d in range(exits.shape[1]):
        before = exits[:, d - 1] if d else np.zeros(len(exits))
        here = n - before.sum()
        new = exits[:, d] - before
        left.append(here)
        if here > 0:
            gone = min(new[:-1].sum() / here, 1.0)
            share += free * min(new[0] / here, gone)
            free *= 1 - gone
        shares.append(min(share, 1.0))
    return np.array(shares), np.array(left)


def six(count):
    """The middle of its six, in words of a loop."""
    return 0 if count == 0 else next(middle for middle in range(3, 10**6, 6) if middle - 2 <= count <= middle + 3)


@pytest.mark.parametrize("seed", range(6))
def test_the_curve_is_that_of_counts_rounded_to_sixes(seed):
    """Each way of leaving rounded by itself on each day, 1 to 12 who left otherwise as none; drawn only where events are none or at least thirteen."""
    day, way = cohort(seed, int(np.random.default_rng(seed).integers(40, 900)))
    curve, _ = curve_of(day, way)
    rounded = np.vectorize(six)(curve.exits)
    rounded[1:] = np.where(curve.exits[1:] <= 12, 0, rounded[1:])
    shares, left = slow_shares(rounded, len(day))
    released = release_curve(curve, CMS11)
    for d, share in zip(released.days, released.incidence, strict=True):
        if not math.isnan(share):
            assert share == pytest.approx(shares[d], abs=1e-12)
            assert left[d] >= 11
            assert (day >= d).sum() >= 11
            assert curve.exits[0][d] >= 13 or not ((way == 1) & (day <= max(released.days))).any()


@pytest.mark.parametrize("seed", range(15))
def test_nobody_reads_a_small_count_from_it(seed):
    """Where nobody is lost the share times n is the rounded count: what it may be, and what was added since, is never inside 1 to 10."""
    n = int(np.random.default_rng(seed).integers(40, 400))
    day, way = cohort(seed, n, censored=False, deaths=False, hazard=[200.0, 500.0, 3000.0][seed % 3])
    released = release_curve(curve_of(day, way)[0], CMS11)
    read = [round(share * n) for share in released.incidence if not math.isnan(share)]
    low = [0 if each == 0 else each - 2 for each in read]
    high = [0 if each == 0 else each + 3 for each in read]
    for a, b in zip(low, high, strict=True):
        assert not (a >= 1 and b <= 10)
        assert a == 0 or a >= 13  # who knows the rule learns nothing from it
    for i in range(len(read) - 1):
        least, most = max(low[i + 1] - high[i], 0), high[i + 1] - low[i]
        assert not (least >= 1 and most <= 10), (read[i], read[i + 1])


@pytest.mark.parametrize("seed", range(10))
def test_it_stays_within_its_own_interval(seed):
    """Of 100 to 1,000 people: half of the 95% interval at most, on average a fifth of it."""
    n = [100, 200, 400, 1000][seed % 4]
    curve, _ = curve_of(*cohort(seed, n))
    exact, released = release_curve(curve, POLICIES["internal"]), release_curve(curve, CMS11)
    share = dict(zip(exact.days, exact.incidence, strict=True))
    apart = []
    for d, drawn in zip(released.days, released.incidence, strict=True):
        if not math.isnan(drawn) and share[d] > 0:
            half = 1.96 * math.sqrt(share[d] * (1 - share[d]) / max((curve.followed[d // 10] + n) / 2, 1))
            apart.append(abs(drawn - share[d]) / half)
    assert apart and np.mean(apart) < 0.4 and np.max(apart) < 1


@pytest.mark.parametrize("policy", ["internal", "none"])
def test_where_nothing_is_withheld_the_curve_is_exact(policy):
    """Every tenth day."""
    curve, _ = curve_of(*cohort(3, 60))
    released = release_curve(curve, POLICIES[policy], {30: True, 90: True})
    assert list(released.incidence) == curve.incidence[: len(released.days)].tolist()
    assert released.days[0] == 0


def test_a_stretch_beside_a_withheld_day_is_not_drawn():
    """From the printed day before it to the printed day after it."""
    curve, _ = curve_of(*cohort(5, 600, hazard=300.0))
    whole = release_curve(curve, CMS11, {30: True, 90: True, 180: True, 365: True})
    part = release_curve(curve, CMS11, {30: True, 90: False, 180: True, 365: True})
    shown = {d for d, share in zip(part.days, part.incidence, strict=True) if not math.isnan(share)}
    assert shown == {d for d in whole.days if d <= 30 or d >= 180}
    last = release_curve(curve, CMS11, {30: True, 90: True, 180: True, 365: False})
    assert max(last.days) == 180
    assert release_curve(curve, CMS11, dict.fromkeys((30, 90, 180, 365), False)).days == ()


def test_of_fewer_than_forty_nothing_is_drawn():
    """Their table has the figures."""
    assert release_curve(curve_of(*cohort(1, 39, hazard=100.0))[0], CMS11).days == ()
    assert release_curve(curve_of(*cohort(1, 60, hazard=100.0))[0], CMS11).days != ()


def test_where_nobody_had_the_event_the_line_is_drawn_at_nought():
    """None is no small count."""
    released = release_curve(curve_of(*cohort(2, 80, hazard=1e9))[0], CMS11)
    assert set(released.incidence) == {0.0}
    assert released.days[0] == 0


def frame(n, events, tracks=1):
    """Episodes of which the first so many return, on days 40, 41, ..."""
    return pd.DataFrame(
        {
            "episode_id": [f"e{i}" for i in range(n)],
            "track": [f"t{i % tracks}" for i in range(n)],
            "discharge_reason": "completed",
            "los_days": 30,
            "follow_up_days": 400,
            "readmission_psychiatric_day": [70 + i % 300 if i < events else None for i in range(n)],
            "readmission_psychiatric_observed": [int(i < events) for i in range(n)],
        }
    )


def test_a_page_without_a_curve_says_why_and_keeps_its_headline():
    """Seven of 60 return: no figure with an empty chart, and a chart asked for by itself says so too."""
    with iop.load(frame(60, 7), mapping={"data": {"class": "safe_harbor"}}) as data:
        released = iop.readmission(data, by="track").release()
        assert not is_drawn(released)
        assert cumulative(released).get_title(loc="left").startswith(NONE_DRAWN)
        section = iop.report(data, by="track").section("readmission")._repr_html_()
    assert "<img" not in section
    assert NONE_DRAWN in section


@pytest.mark.parametrize("policy", ["cms11", "internal"])
def test_words_say_what_is_drawn(policy):
    """Rounded under a policy that withholds, exact under one that does not; grey only where everyone is drawn in grey."""
    with iop.load(frame(900, 500, tracks=5), mapping={"data": {"class": "safe_harbor"}}) as data:
        released = iop.readmission(data, by="track").release(policy)
    words, subtitle = curve_alt_text(released), curve_subtitle(released, "track")
    assert ("about " in words) == ("rounded to sixes" in subtitle) == (policy == "cms11")
    assert subtitle.endswith("Grey: all episodes together.")
