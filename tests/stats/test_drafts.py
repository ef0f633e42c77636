"""Takes small tables of counts, gives drafts of shares, means and quantiles: every influence is the slope that one more episode shows."""

import math

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.drafts import mean, mean_days, plain, quantile_days, share, share_of_sums

REASONS = {("completed",): 6, ("dropped_out",): 3, ("died",): 1}
STAYS = {(10,): 3, (20,): 5, (45,): 2}


def of_reasons(cells):
    """Completed of completed and dropped out; deaths are outside."""
    counts = Counts.from_cells(("reason",), cells)
    parts = {reason: n for (reason,), n in cells.items()}
    return share("s", counts, "reason", Population("f", parts, frozenset({"completed", "dropped_out"}), frozenset({"completed"})))


def of_stays(find, cells, *more):
    """A number of stays, all of whom are counted."""
    counts = Counts.from_cells(("days",), cells)
    return find("d", counts, "days", *more, Population("f", {"all": counts.total}, frozenset({"all"})))


def test_a_share_and_what_one_more_episode_adds():
    """6 of 9; the influence is the derivative by how many a cell holds, 0 for who is not counted."""
    draft = of_reasons(REASONS)
    assert (draft.value, draft.n, draft.population.excluded) == (6 / 9, 9, {"died": 1})
    order = ["completed", "died", "dropped_out"]  # as Counts sorts them
    slopes = dict(zip(order, draft.influence, strict=True))
    for reason in order:
        step = 1e-6
        n = {name: REASONS[name,] + step * (name == reason) for name in order}
        assert slopes[reason] == pytest.approx((n["completed"] / (n["completed"] + n["dropped_out"]) - 6 / 9) / step, abs=1e-5)
    assert draft.among.tolist() == [True, False, True]


def test_nobody_in_the_denominator_is_flagged():
    """NaN, no influence, and the flag in the interval."""
    draft = of_reasons({("died",): 4})
    assert math.isnan(draft.value)
    assert draft.interval.flag is Flag.NO_EPISODES
    assert not draft.influence.any()


def test_sessions_of_episodes_are_shared_by_sums():
    """Missed of booked: 3 of 10 and 0 of 5, twice; episodes are clusters, whose influences sum to 0."""
    counts = Counts.from_cells(("missed", "booked"), {(3, 10): 1, (0, 5): 2})
    base, part = counts.numbers("booked", blank=0.0), counts.numbers("missed", blank=0.0)
    draft = share_of_sums("s", counts, part, base, Population("f", {"all": 3}, frozenset({"all"})))
    assert draft.value == 3 / 20
    assert counts.n @ draft.influence == pytest.approx(0, abs=1e-15)
    assert sorted(draft.influence) == pytest.approx([-5 * 0.15 / 20, (3 - 1.5) / 20])


@pytest.mark.parametrize(("cells", "flag"), [(STAYS, Flag.NONE), ({(7,): 1}, Flag.ONE_EPISODE), ({(7,): 9}, Flag.SD_ZERO)])
def test_the_variance_of_a_mean_is_that_of_the_rows(cells, flag):
    """Numpy on the episodes one by one; with one episode, or none that differ, a flag."""
    draft = of_stays(mean_days, cells)
    rows = np.repeat([days for (days,) in cells], list(cells.values()))
    assert draft.value == pytest.approx(rows.mean())
    assert np.array(list(cells.values())) @ draft.influence**2 == pytest.approx(rows.var() / len(rows))
    assert draft.interval.flag is flag


def test_a_mean_of_nobody_has_the_flag_that_was_asked_for():
    """Which flag stands for an empty population is the measure's to say."""
    empty = Counts.from_cells(("x",), {})
    assert (
        mean("m", empty, np.zeros(0), Population("f", {}, frozenset()), none=Flag.NO_PAIRS, one=Flag.ONE_PAIR).interval.flag
        is Flag.NO_PAIRS
    )


def test_a_median_of_an_even_number_lies_midway_where_the_ranks_do():
    """R type 2: 10 stays of which the fifth and the sixth are 20; of four, 10 10 20 20, it is 15."""
    assert of_stays(quantile_days, STAYS, 0.5).value == 20
    assert of_stays(quantile_days, {(10,): 2, (20,): 2}, 0.5).value == 15
    assert of_stays(quantile_days, {}, 0.5).interval.flag is Flag.NO_EPISODES


def test_a_number_given_as_it_is_has_no_cells():
    """Neither influence nor denominator of cells."""
    draft = plain(Key("p"), 3.0, Population("f", {"all": 5}, frozenset({"all"})), 4, word="w")
    assert (draft.value, draft.influence.tolist(), draft.among.any(), draft.interval.word) == (3.0, [0.0] * 4, False, "w")
