"""Takes the UIS study through a mapping, gives relapse after discharge as counted elsewhere (R 4.2, survival 3.5), and how the clock matters."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import iop_outcomes as iop
from iop_outcomes.columns import Column, FirstEvent
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.logrank import log_rank
from iop_outcomes.stats.transform import transformed_interval
from tests.real import uis

DAYS = [30, 90, 180, 365]
FREE = {
    "short": [0.60207612, 0.36332180, 0.28373702, 0.19723183],
    "long": [0.62237762, 0.43706294, 0.32506441, 0.22135463],
}
AT_RISK = {"short": [174, 105, 82, 50], "long": [180, 125, 90, 49]}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The study, loaded from its files."""
    with iop.load(uis.write(tmp_path_factory.mktemp("uis"))) as data:
        yield data


@pytest.fixture(scope="module")
def found(data):
    """Relapse by track: estimates by level, name and day."""
    results = iop.relapse(data, definition="any_use", by="track").results
    return {(e.level, e.estimand, e.time): e for e in results}


def ends_by_track(data, clock):
    """How and when the episodes of each track ended, on one clock."""
    counts = data.count([FirstEvent("relapse", ("relapse",), clock=clock), Column("track")])
    return {track: Ends(part, "relapse_day", "relapse_outcome", ("event", "death")) for track, part in counts.split("track").items()}


@pytest.mark.parametrize("track", ["short", "long"])
def test_event_free_by_track(found, track):
    """Free of relapse 30, 90, 180 and 365 days after discharge."""
    assert [found[track, "event_free", day].value for day in DAYS] == pytest.approx(FREE[track], abs=5e-9)
    assert [found[track, "cumulative_incidence", day].value for day in DAYS] == pytest.approx([1 - s for s in FREE[track]], abs=5e-9)


def test_limits_are_log_log(found):
    """Short track at 90 days: R's log-log limits of the share free are 0.30814321 to 0.41861990, and of the error in them.

    Relapse is the only end, so the package takes the log-log of the share that relapsed, with R's error, and 1 minus it for the rest.
    """
    one, ended = found["short", "event_free", 90], found["short", "cumulative_incidence", 90]
    limits = [float(limit) for limit in transformed_interval(one.value, one.se, norm.ppf(0.975))]
    assert limits == pytest.approx((0.30814321, 0.41861990), abs=5e-9)
    own = [float(limit) for limit in transformed_interval(1 - FREE["short"][1], one.se, norm.ppf(0.975))]
    assert (ended.low, ended.high) == pytest.approx(own, abs=5e-9)
    assert (one.low, one.high) == pytest.approx((1 - ended.high, 1 - ended.low), abs=1e-12)
    assert one.method == ended.method == "log-log"


@pytest.mark.parametrize("track", ["short", "long"])
def test_at_risk_by_track(data, track):
    """Not yet gone before each of those days."""
    curve = ends_by_track(data, "discharge")[track].curve(np.array(DAYS), np.array(DAYS))
    assert curve.at_risk.tolist() == AT_RISK[track]
    assert curve.followed.tolist() == AT_RISK[track]
    assert 1 - curve.incidence == pytest.approx(FREE[track], abs=5e-9)


def test_the_table_under_the_curve(data):
    """On the days asked for: everyone is at risk on day 0, 71 people are back to use that day; at 90 days 105 and 125 are still at risk."""
    table = iop.relapse(data, definition="any_use", by="track", at=(0, 90)).at_risk.set_index(["level", "day"])
    assert sorted(set(table.index.get_level_values("day"))) == [0, 90]
    assert table.at_risk["All", 0] == 575
    assert table.events["All", 0] == 71
    assert (table.at_risk["short", 90], table.at_risk["long", 90]) == (105, 125)


@pytest.mark.parametrize("track", ["short", "long"])
def test_median(found, track):
    """Half have relapsed by day 60, in both tracks."""
    assert found[track, "median_days", None].value == 60


def test_log_rank_from_discharge(found):
    """1.57779037 on one degree of freedom."""
    assert found["All", "log_rank_chi_squared", None].value == pytest.approx(1.57779037, abs=1e-8)
    assert found["All", "log_rank_p", None].value == pytest.approx(0.2091, abs=5e-5)


def test_log_rank_from_admission_is_another_number(data):
    """The same people from admission: 6.52839530. The long track is longer, so the clock decides."""
    columns = [[], [], [], []]
    for place, ends in enumerate(ends_by_track(data, "admission").values()):
        table = ends.table
        for column, values in zip(
            columns, (np.full(len(table.n), place), table.days[table.cell_day], table.cell_cause, table.n), strict=True
        ):
            column.append(values)
    assert log_rank(*map(np.concatenate, columns), outcome=1).chi2 == pytest.approx(6.52839530, abs=1e-8)


def test_everyone_is_followed_and_nobody_throughout_by_a_column(found):
    """No follow_up_days in this study: the end stands beside the episode, so curves are known and simple rates are not."""
    assert (found["All", "event_free", 90].n, found["All", "event_free", 90].n_missing) == (575, 0)
    assert "not_assessable" in found["All", "fully_observed_rate", 90].flag


def by_history(*, stays):
    """Relapse of all 628 people by their history, on the clock of discharge or, told as stays of no days, on that of admission."""
    people = uis.everyone()
    frame = pd.DataFrame(people, columns=["relapse_day", "los_days", "relapse_observed", "iv"])
    frame["history"] = frame.pop("iv").map({1: "never", 2: "earlier", 3: "recent"})
    frame["los_days"] = frame["los_days"] if stays else 0
    frame = frame.assign(episode_id=[f"e{i}" for i in range(len(frame))], track="uis", discharge_reason="completed")
    with iop.load(frame, mapping={"data": {"class": "public"}, "covariates": {"history": "category"}}) as data:
        results = iop.relapse(data, definition="any_use", by="history").results
    return {(e.level, e.estimand, e.time): e for e in results}


@pytest.mark.parametrize(("stays", "chi2"), [(False, 14.71958694), (True, 15.15611629)])
def test_people_without_a_group_take_no_part_in_a_test(stays, chi2):
    """18 of 628 have no history recorded: R's survdiff leaves them out (14.71958694 from admission, 15.15611629 from discharge), and so do we.

    With them as a fourth group it would be another number on 3 degrees of freedom. They stay a row, and in everyone.
    """
    found = by_history(stays=stays)
    test, p = found["All", "log_rank_chi_squared", None], found["All", "log_rank_p", None]
    assert test.value == test.statistic == pytest.approx(chi2, abs=5e-9)
    assert (test.df, test.n, p.n) == (2, 610, 610)
    assert p.value == test.p == pytest.approx(math.exp(-chi2 / 2), rel=1e-7)  # chi-square on 2
    assert stays or round(p.value, 5) == 0.00064
    assert [found[level, "event_free", 90].n for level in ("All", "(missing)", "never", "earlier", "recent")] == [628, 18, 233, 115, 262]
    gray = found["All", "gray_chi_squared", None]
    assert (gray.df, gray.n) == (2, 610)
