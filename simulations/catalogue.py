"""Takes a number of replicates, gives the rows of every scenario, the same on any number of processors."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from functools import partial

from simulations import changes, curves, days, shares
from simulations.scenario import Row, Scenario

REPLICATES = 4_000
TOLERANCE = 3  # Monte-Carlo errors

KNOWN: dict[tuple[str, str, str], str] = {}


def scenarios() -> list[Scenario]:
    """All of them, in the order of the table."""
    return [*shares.scenarios(), *days.scenarios(), *changes.scenarios(), *curves.scenarios()]


def rows_of(place: int, replicates: int) -> list[Row]:
    """Rows of the scenario at a place, which is what travels between processes."""
    return scenarios()[place].rows(replicates)


def run(replicates: int, processes: int) -> list[Row]:
    """Every row; each scenario has its own stream, so the division of work changes nothing."""
    places, task = range(len(scenarios())), partial(rows_of, replicates=replicates)
    if processes == 1:
        return [row for rows in map(task, places) for row in rows]
    with ProcessPoolExecutor(processes) as pool:
        return [row for rows in pool.map(task, places) for row in rows]


def unexpected(rows: list[Row], errors: float) -> list[Row]:
    """Rows outside their band that are not known to be."""
    return [row for row in rows if not row.reaches(errors) and row.key not in KNOWN]
