"""Takes an engine and conditions on columns of groups, gives an engine of the episodes that meet them: the counts, narrowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.columns import WINDOWS, Column, Request, ScoreAt
from iop_outcomes.counts import Counts, Level
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd

    from iop_outcomes.engine.duckdb import DuckEngine


@dataclass(frozen=True, slots=True)
class Condition:
    """What a column of an episode must hold.

    Parameters
    ----------
    column : str
        A column of groups.
    levels : tuple
        Its values, any of which will do.
    between : tuple of str, optional
        For a column of periods: the first and the last.

    Examples
    --------
    >>> str(Condition("track", ("psychosis", "adolescent"))), str(Condition("discharge_quarter", between=("2024-Q1", "2024-Q4")))
    ('track psychosis or adolescent', 'discharge_quarter 2024-Q1 to 2024-Q4')
    """

    column: str
    levels: tuple[Level, ...] = ()
    between: tuple[str, str] | None = None

    def holds(self, counts: Counts) -> NDArray[np.bool_]:
        """Cells that meet it; shape (cells,)."""
        if self.between is None:
            return counts.is_in(self.column, self.levels)
        first, last = self.between  # periods of one kind sort as they are written
        return counts.each(self.column, lambda level: isinstance(level, str) and first <= level <= last).astype(bool)

    def __str__(self) -> str:
        words = " to ".join(self.between) if self.between else " or ".join(str(level) for level in self.levels)
        return f"{self.column} {words}"


class Narrowed:
    """Some of the episodes of an engine, counted by it; nothing but counts passes here either.

    Parameters
    ----------
    engine : DuckEngine
        Of all episodes.
    conditions : tuple of Condition
        All must hold.
    """

    def __init__(self, engine: DuckEngine, conditions: tuple[Condition, ...]) -> None:
        self.engine, self.conditions = engine, conditions
        self._several: int | None = None

    def _wide(self, requests: Sequence[Request]) -> tuple[Request, ...]:
        return tuple(dict.fromkeys((*requests, *(Column(condition.column) for condition in self.conditions))))

    def _narrow(self, requests: Sequence[Request]) -> Counts:
        """The cells that remain, each knowing the cells of the wider table that it is made of."""
        counts = self.engine.tally(self._wide(requests))
        kept = counts.where(np.logical_and.reduce([condition.holds(counts) for condition in self.conditions]))
        return kept.keep([name for request in dict.fromkeys(requests) for name in request.keys])

    def tally(self, requests: Sequence[Request]) -> Counts:
        """Count the episodes in each combination of what is asked."""
        return self._narrow(requests).as_counted()

    def patients(self, requests: Sequence[Request]) -> Patients:
        """Count the patients behind a tally by the combination of cells their episodes stand in."""
        narrow = self._narrow(requests)
        people = self.engine.patients(self._wide(requests)).within(narrow.here())
        alone = np.zeros(len(narrow), dtype=np.int64)
        np.add.at(alone, narrow.origin[narrow.here()], people.alone[narrow.here()])
        return Patients(alone, narrow.origin[people.cell], people.start, people.n)

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """The rows themselves, for models of repeated scores alone."""
        frame = self.engine.rows(self._wide(requests))
        for condition in self.conditions:
            counts = self.engine.tally([Column(condition.column)])
            levels = {cell[0] for (cell, _), holds in zip(counts, condition.holds(counts), strict=True) if holds}
            frame = frame[frame[condition.column].isin(levels)]
        return frame[[name for request in dict.fromkeys(requests) for name in request.keys]].reset_index(drop=True)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the episodes."""
        return self.engine.columns

    @property
    def repeated_patients(self) -> int | None:
        """Patients with more than one of these episodes; `None` when the data name no patients."""
        if self.engine.repeated_patients is None:
            return None
        if self._several is None:
            self._several = int(self.patients([]).n.sum())
        return self._several

    def has_scale(self, scale: str) -> bool:
        """Whether any of these episodes has a score of a scale in its windows."""
        if not self.engine.has_scale(scale):
            return False
        requests = [ScoreAt(scale, moment) for moment in WINDOWS]
        counts = self.tally(requests)
        return any(level is not None for request in requests for name in request.keys for level in counts.levels(name))

    def has_events(self, events: Sequence[str], kinds: Sequence[str] = ()) -> bool:
        """Whether the data bring any such event, of these episodes or of others: that it was recorded is what counts."""
        return self.engine.has_events(events, kinds)

    def close(self) -> None:
        """Close the engine of all episodes."""
        self.engine.close()
