"""Takes days to readmission of which some are transfers, gives scenarios of the measure itself: who leaves, and what the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

import numpy as np

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures import Measure
from iop_outcomes.measures.readmission import readmission
from iop_outcomes.stats.draft import Ints
from simulations.curves import DAY
from simulations.people import alone
from simulations.populations import FollowUps
from simulations.scenario import Quantity, Scenario, compare, repeat

SIZES = (100, 200)
TRANSFERRED = 0.1  # straight back to a hospital, beside those whom readmission finds there within two days
OF = FollowUps(0.3)
LAST_TRANSFER = 2  # day
WORDS = ("end_of_follow_up", "event", "death")


def scenarios() -> list[Scenario]:
    """Two sizes."""
    quantities = (
        Quantity("readmission: cumulative_incidence at 180, transfers left out", (0.935, 0.965), slice(0, 1)),
        Quantity("readmission: event_free at 180, transfers left out", (0.94, 0.96), slice(1, 2)),
        Quantity("readmission: transfer_0_2, Wilson", (0.93, 0.97), slice(2, 3)),
    )
    setting = f"{OF.ended:.0%} ended by day 180, {TRANSFERRED:.0%} and more returned on days 0 to 2"
    return [Scenario(setting, str(n), quantities, repeat(partial(_one, n))) for n in SIZES]


@cache
def measure() -> Measure:
    """Readmission by day 180."""
    return readmission(at=[DAY])


def truths() -> tuple[float, float, float]:
    """Incidence and event-free share among those not transferred, and the share transferred.

    Whoever dies on days 0 to 2 stays; whoever returns on them leaves, drawn apart or not.
    """
    soon, later = 1 - float(OF.event_free(LAST_TRANSFER)), float(OF.event_free(LAST_TRANSFER)) - float(OF.event_free(DAY))
    stay = 1 - (1 - OF.died) * soon
    return (1 - OF.died) * later / stay, float(OF.event_free(DAY)) / stay, 1 - (1 - TRANSFERRED) * stay


def table(day: Ints, cause: Ints) -> Counts:
    """Episodes as the engine counts them for the measure."""
    transfer = (day <= LAST_TRANSFER) & (cause == 1)
    cells, n = np.unique(np.column_stack((day, cause, transfer)), axis=0, return_counts=True)
    names = [key for request in measure().requests for key in request.keys]
    given: dict[str, Sequence[int | str]] = {
        STATUS: ["discharged"] * len(cells),
        "readmission_day": cells[:, 0].tolist(),
        "readmission_outcome": [WORDS[way] for way in cells[:, 1].tolist()],
        "transfer": cells[:, 2].tolist(),
    }
    return Counts.from_columns(names, [given.get(name, [0] * len(cells)) for name in names], n)


def _one(n: int, generator: np.random.Generator) -> list[int]:
    day, cause = OF.draw(generator, n)
    straight = generator.random(n) < TRANSFERRED
    day = np.where(straight, generator.integers(0, LAST_TRANSFER, n, endpoint=True), day)
    counts = table(day, np.where(straight, 1, cause))
    drafts = {draft.key: draft for draft in measure().draft(counts)}
    keys = (Key("cumulative_incidence", float(DAY)), Key("event_free", float(DAY)), Key("transfer_0_2"))
    found = [alone(drafts[key], counts.n) for key in keys]
    return [compare(each.low, each.high, truth) for each, truth in zip(found, truths(), strict=True)]
