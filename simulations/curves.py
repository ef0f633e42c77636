"""Takes whole days to the event, to death or to the end of follow-up, gives scenarios of every interval of a curve."""

from __future__ import annotations

from functools import partial

import numpy as np

from iop_outcomes.keys import Flag, flags, written
from iop_outcomes.stats.intervals import FEW_EVENTS
from simulations.people import alone, ends_of, free_at, incidence_at, mean_days_to, median_of
from simulations.populations import FollowUps
from simulations.scenario import Quantity, Scenario, compare, repeat

DAY = 180
MEAN = f"restricted_mean_days to {DAY}, log-log"


def scenarios() -> list[Scenario]:
    """Few and many ends at three sizes, a median that is reached, and mean days of few episodes."""
    return [
        *(
            Scenario(_setting(ended), str(n), _quantities(n), repeat(partial(_one, n, FollowUps(ended))))
            for ended in (0.1, 0.3)
            for n in (50, 100, 200)
        ),
        *(Scenario(_setting(0.6), str(n), _MEDIAN, repeat(partial(_median, n, FollowUps(0.6)))) for n in (50, 100, 200)),
        *(Scenario(_setting(0.5), str(n), _few(n), repeat(partial(_mean, n, FollowUps(0.5)))) for n in (6, 8, 10, 12, 40)),
    ]


_MEDIAN = (Quantity("median_days, inverted log-log band", None, slice(0, 1)),)


def _setting(ended: float) -> str:
    return f"{ended:.0%} ended by day 180, a fifth by death"


def _quantities(n: int) -> tuple[Quantity, ...]:
    """Shares with and without those flagged; incidence and mean days are promised from n = 100 on."""
    free, incidence = "event_free at 180, log-log", "cumulative_incidence at 180, log-log"
    narrow, wide, mean = (0.94, 0.96), (0.935, 0.965) if n >= 100 else None, (0.93, 0.96) if n >= 100 else None
    return (
        Quantity(f"{free}, all", narrow, slice(0, 1)),
        Quantity(f"{free}, 5 or more ends", narrow, slice(1, 2)),
        Quantity(f"{incidence}, all", wide, slice(2, 3)),
        Quantity(f"{incidence}, 5 or more events", wide, slice(3, 4)),
        Quantity(MEAN, mean, slice(4, 5)),
    )


def _few(n: int) -> tuple[Quantity, ...]:
    """Mean days of few episodes: promised from 40 on."""
    return (Quantity(MEAN, (0.93, 0.96) if n >= 40 else None, slice(0, 1)),)


def _one(n: int, of: FollowUps, generator: np.random.Generator) -> list[int]:
    day, cause = of.draw(generator, n)
    ends, _ = ends_of(day, cause)
    events, deaths = (int(((cause == way) & (day <= DAY)).sum()) for way in (1, 2))
    codes = []
    for draft, hits, truth in (
        (free_at(ends, DAY), events + deaths, float(of.event_free(DAY))),
        (incidence_at(ends, DAY), events, of.incidence(DAY)),
    ):
        found = alone(draft, ends.counts.n)
        few = found.flags == flags(Flag.FEWER_THAN_5_EVENTS)
        if few != (hits < FEW_EVENTS):
            raise AssertionError(f"{hits} ends, flags {written(found.flags)!r}")
        codes += [compare(found.low, found.high, truth, flagged=flagged) for flagged in (False, few)]
    area = alone(mean_days_to(ends, DAY), ends.counts.n)
    return [*codes, compare(area.low, area.high, of.restricted_mean(DAY))]


def _median(n: int, of: FollowUps, generator: np.random.Generator) -> list[int]:
    ends, _ = ends_of(*of.draw(generator, n))
    found = alone(median_of(ends), ends.counts.n)
    return [compare(found.low, found.high, float(of.median()))]


def _mean(n: int, of: FollowUps, generator: np.random.Generator) -> list[int]:
    ends, _ = ends_of(*of.draw(generator, n))
    found = alone(mean_days_to(ends, DAY), ends.counts.n)
    return [compare(found.low, found.high, of.restricted_mean(DAY))]
