"""Takes the UIS study through a mapping, gives relapse after discharge as counted elsewhere (R 4.2, survival 3.5), and how the clock matters."""

import numpy as np
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, FirstEvent
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.logrank import log_rank
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
    counts = data.engine.tally([FirstEvent("relapse", ("relapse",), clock=clock), Column("track")])
    return {track: Ends(part, "relapse_day", "relapse_outcome", ("event", "death")) for track, part in counts.split("track").items()}


@pytest.mark.parametrize("track", ["short", "long"])
def test_event_free_by_track(found, track):
    """Free of relapse 30, 90, 180 and 365 days after discharge."""
    assert [found[track, "event_free", day].value for day in DAYS] == pytest.approx(FREE[track], abs=5e-9)
    assert [found[track, "cumulative_incidence", day].value for day in DAYS] == pytest.approx([1 - s for s in FREE[track]], abs=5e-9)


def test_limits_are_log_log(found):
    """Short track at 90 days: 0.30814321 to 0.41861990."""
    one = found["short", "event_free", 90]
    assert (one.low, one.high) == pytest.approx((0.30814321, 0.41861990), abs=5e-9)
    assert one.method == "log-log"


@pytest.mark.parametrize("track", ["short", "long"])
def test_at_risk_by_track(data, track):
    """Not yet gone before each of those days."""
    curve = ends_by_track(data, "discharge")[track].curve(np.array(DAYS), np.array(DAYS))
    assert curve.at_risk.tolist() == AT_RISK[track]
    assert curve.followed.tolist() == AT_RISK[track]
    assert 1 - curve.incidence == pytest.approx(FREE[track], abs=5e-9)


def test_the_table_under_the_curve(data):
    """Everyone is at risk on day 0, and 71 people are back to use on that day; at 90 days 105 and 125 are still at risk."""
    table = iop.relapse(data, definition="any_use", by="track").at_risk.set_index(["level", "day"])
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
    assert log_rank(*map(np.concatenate, columns), of=1).chi2 == pytest.approx(6.52839530, abs=1e-8)


def test_everyone_is_followed_and_nobody_throughout_by_a_column(found):
    """No follow_up_days in this study: the end stands beside the episode, so curves are known and simple rates are not."""
    assert (found["All", "event_free", 90].n, found["All", "event_free", 90].n_missing) == (575, 0)
    assert "not_assessable" in found["All", "fully_observed_rate", 90].flag
