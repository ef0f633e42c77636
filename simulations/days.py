"""Takes skewed whole-day stays, gives scenarios of the t interval of their mean and of order-statistic intervals."""

from __future__ import annotations

from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.stats.drafts import mean_days, quantile_days
from simulations.people import alone, everybody
from simulations.populations import Stays
from simulations.scenario import Quantity, Scenario, compare, repeat

STAYS = Stays(23.5)
QUANTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}


def scenarios() -> list[Scenario]:
    """One for each size."""
    quantities = (
        Quantity("mean stay, Student t", (0.93, 0.96), slice(0, 1)),
        *(
            Quantity(f"{name} of stays, order statistics", (0.95, 1.0), slice(place, place + 1))
            for place, name in enumerate(QUANTILES, start=1)
        ),
    )
    return [Scenario("skewed whole-day stays", str(n), quantities, repeat(partial(_one, n))) for n in (20, 50, 200)]


def _one(n: int, generator: np.random.Generator) -> list[int]:
    days, number = np.unique(STAYS.draw(generator, n), return_counts=True)
    counts = Counts.from_columns(("days",), [days.tolist()], number)
    who = everybody(n)
    drafts = [(mean_days("mean", counts, "days", who), STAYS.mean)]
    drafts += [(quantile_days(name, counts, "days", at, who), float(STAYS.quantile(at))) for name, at in QUANTILES.items()]
    codes = []
    for draft, truth in drafts:
        found = alone(draft, counts.n)
        codes.append(compare(found.low, found.high, truth))
    return codes
