"""Takes 320 random programs of nasty shapes, gives proof that readmission and relapse and their comparisons are those of the slow row version."""

import math

import pandas as pd
import pytest

import iop_outcomes as iop
from tests.oracle import checking, outcome_rows, programs

TIMES = (0, 1, 3, 30, 365)


@pytest.fixture(scope="module", params=programs.BATCHES)
def both(request):
    """A batch of 40 programs, as the package reads it and as the rows do."""
    batch = programs.batch(request.param)
    with checking.load(batch) as data:
        yield data, checking.Slow(batch)


def one_group(slow, options):
    """What gives the numbers of a group of episodes; whether follow-up stops at the end is said of the whole data set."""
    stops = outcome_rows.follow_up_stops(slow.episodes, slow.events, options)
    return lambda part: outcome_rows.after_discharge(part, slow.events, options, TIMES, dated=slow.batch.dated, stops=stops)


def timed(slow, by, options):
    """Every number at every level; a restricted mean only where every group has one, people without a group aside."""
    found = slow.numbers(by, one_group(slow, options))
    for t in TIMES:
        keys = [key for key in found if key[1:] == ("restricted_mean_days", t)]
        groups = [found[key] for key in keys if key[0] not in (checking.ALL, checking.MISSING)]
        if any(one["n"] and math.isnan(one["value"]) for one in groups):
            found |= {key: {**found[key], "value": math.nan} for key in keys}
    return found


@pytest.mark.parametrize(("measure", "definition"), outcome_rows.OUTCOMES)
def test_times_equal_the_row_version(both, measure, definition):
    """Every value, n, k, at risk, missing, excluded and limit at five days and at every level, and the comparisons of tracks."""
    data, slow = both
    options = outcome_rows.OUTCOMES[measure, definition]
    if not outcome_rows.known_anywhere(slow.episodes, slow.events, options):
        with pytest.raises(iop.UsageError, match="no end of follow-up"):
            iop.measure(data, measure, by="track", definition=definition, at=TIMES)
        return
    answer = iop.measure(data, measure, by="site", definition=definition, at=TIMES)
    checking.assert_equal(answer, timed(slow, "site", options))
    compared = iop.compare(data, measure=measure, by="track", definition=definition, at=TIMES)
    expected = timed(slow, "track", options)
    checking.assert_equal(compared, expected)
    checking.assert_compared(compared, expected)
    checking.assert_one_rule(compared, expected, slow.numbers_of_others("track", one_group(slow, options)))


def test_without_a_table_of_events_nothing_is_assessable():
    """Where nobody could have written an event down, no rate is 0: there is none."""
    episodes = [
        {"episode_id": f"e{place:02}", "track": "mh", "discharge_reason": "completed", "los_days": 9, "follow_up_days": 90}
        for place in range(20)
    ]
    with iop.load({"episodes": pd.DataFrame(episodes)}, mapping={"data": {"class": "synthetic"}}) as data:
        for answer in (iop.readmission(data, at=(30,)), iop.relapse(data, definition="any_use", at=(30,))):
            found = {row["estimand"]: row for row in checking.records(answer)}
            for name in ("cumulative_incidence", "fully_observed_rate"):
                assert found[name]["value"] is None
                assert "not_assessable" in found[name]["flag"]
