"""Takes whole days to the event, to death or to the end of follow-up, gives scenarios of every interval of a curve."""

from __future__ import annotations

from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Draft, Ints, Population
from iop_outcomes.stats.interval import FEW_EVENTS, Errors, Interval, finish, variance_independent
from simulations.populations import FollowUps
from simulations.scenario import Quantity, Scenario, compare, repeat

DAY = 180
WAYS = ("end", "event", "death")


def scenarios() -> list[Scenario]:
    """Few and many ends at three sizes, and a median that is reached."""
    return [
        *(
            Scenario(f"{ended:.0%} ended by day 180, a fifth by death", str(n), _quantities(n), repeat(partial(_one, n, FollowUps(ended))))
            for ended in (0.1, 0.3)
            for n in (50, 100, 200)
        ),
        *(
            Scenario("60% ended by day 180, a fifth by death", str(n), _MEDIAN, repeat(partial(_median, n, FollowUps(0.6))))
            for n in (50, 100, 200)
        ),
    ]


_MEDIAN = (Quantity("median_days, inverted log-log band", None, slice(0, 1)),)


def _quantities(n: int) -> tuple[Quantity, ...]:
    """Shares with and without those flagged; incidence and mean days are promised from n = 100 on."""
    free, incidence = "event_free at 180, log-log", "cumulative_incidence at 180, log-log"
    narrow, wide, mean = (0.94, 0.96), (0.935, 0.965) if n >= 100 else None, (0.93, 0.96) if n >= 100 else None
    return (
        Quantity(f"{free}, all", narrow, slice(0, 1)),
        Quantity(f"{free}, 5 or more ends", narrow, slice(1, 2)),
        Quantity(f"{incidence}, all", wide, slice(2, 3)),
        Quantity(f"{incidence}, 5 or more events", wide, slice(3, 4)),
        Quantity("restricted_mean_days to 180, log-log", mean, slice(4, 5)),
    )


def _counted(day: Ints, cause: Ints) -> Counts:
    cells, number = np.unique(day * len(WAYS) + cause, return_counts=True)
    columns = [(cells // len(WAYS)).tolist(), [WAYS[way] for way in (cells % len(WAYS)).tolist()]]
    return Counts.from_columns(("day", "outcome"), columns, number)


def _ended(n: int, hits: int) -> Population:
    return Population("ends", {"ended": hits, "not": n - hits}, frozenset(("ended", "not")), frozenset({"ended"}))


def _finished(draft: Draft, counts: Counts) -> Interval:
    return finish(draft, Errors(variance_independent(draft.influence, counts.n)))


def _one(n: int, of: FollowUps, generator: np.random.Generator) -> list[int]:
    day, cause = of.draw(generator, n)
    counts = _counted(day, cause)
    ends = Ends(counts, "day", "outcome", WAYS[1:])
    events, deaths = (int(((cause == way) & (day <= DAY)).sum()) for way in (1, 2))
    codes = []
    for found, hits, truth in (
        (ends.event_free([DAY]), events + deaths, float(of.event_free(DAY))),
        (ends.incidence([DAY]), events, of.incidence(DAY)),
    ):
        interval = _finished(ends.at("share", found, [_ended(n, hits)])[0], counts)
        few = interval.flag == "fewer_than_5_events"
        if few != (hits < FEW_EVENTS):
            raise AssertionError(f"{hits} ends, flag {interval.flag!r}")
        codes += [compare(interval.low, interval.high, truth, flagged=flagged) for flagged in (False, few)]
    area = _finished(ends.restricted_mean("mean", float(DAY), _ended(n, events)), counts)
    return [*codes, compare(area.low, area.high, of.restricted_mean(DAY))]


def _median(n: int, of: FollowUps, generator: np.random.Generator) -> list[int]:
    counts = _counted(*of.draw(generator, n))
    found = _finished(Ends(counts, "day", "outcome", WAYS[1:]).median("median", _ended(n, 0)), counts)
    return [compare(found.low, found.high, float(of.median()))]
