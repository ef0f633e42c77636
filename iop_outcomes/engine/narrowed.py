"""Takes an engine and conditions on columns of groups, gives an engine of the episodes that meet them: the counts, narrowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.columns import WINDOWS, Column, Facts, Request, ScoreAt
from iop_outcomes.counts import Counts, Level
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd

    from iop_outcomes.engine.protocol import Engine


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
    engine : Engine
        Of all episodes.
    conditions : tuple of Condition
        All must hold.
    """

    def __init__(self, engine: Engine, conditions: tuple[Condition, ...]) -> None:
        self.engine, self.conditions = engine, conditions
        self._facts: Facts | None = None

    def _wide(self, requests: Sequence[Request]) -> tuple[Request, ...]:
        return tuple(dict.fromkeys((*requests, *(Column(condition.column) for condition in self.conditions))))

    def _narrow(self, requests: Sequence[Request], counts: Counts) -> Counts:
        """The cells of a wider table that remain, each knowing the cells that it is made of."""
        kept = counts.where(np.logical_and.reduce([condition.holds(counts) for condition in self.conditions]))
        return kept.keep([name for request in dict.fromkeys(requests) for name in request.keys]).without_empty_levels()

    def refuses(self, requests: Sequence[Request]) -> str:
        """Why some requests cannot be counted together among these episodes."""
        return self.engine.refuses(self._wide(requests))

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        """Count the episodes in each combination of what is asked."""
        wider = self.engine.tally([self._wide(requests) for requests in sets])
        return [self._narrow(requests, counts).as_counted() for requests, counts in zip(sets, wider, strict=True)]

    def patients(self, requests: Sequence[Request]) -> Patients:
        """Count the patients behind a tally by the combination of cells their episodes stand in."""
        wide = self._wide(requests)
        narrow = self._narrow(requests, self.engine.tally([wide])[0])
        people = self.engine.patients(wide).within(narrow.here())
        alone = np.zeros(len(narrow), dtype=np.int64)
        np.add.at(alone, narrow.origin[narrow.here()], people.alone[narrow.here()])
        return Patients(alone, narrow.origin[people.cell], people.start, people.n)

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """The rows themselves, for models of repeated scores and the table of episodes alone."""
        frame = self.engine.rows(self._wide(requests))
        for condition in self.conditions:
            counts = self.engine.tally([[Column(condition.column)]])[0]
            levels = {cell[0] for (cell, _), holds in zip(counts, condition.holds(counts), strict=True) if holds}
            frame = frame[frame[condition.column].isin(levels)]
        return frame[[name for request in dict.fromkeys(requests) for name in request.keys]].reset_index(drop=True)

    def facts(self) -> Facts:
        """What these episodes can answer: their scores and their patients; that an event was recorded at all counts whoever it was of."""
        if self._facts is None:
            whole = self.engine.facts()
            repeated = None if whole.repeated is None else int(self.patients([]).n.sum())
            safety_items = self._answered(sorted(whole.safety_items), "safety_item")
            self._facts = replace(whole, scales=self._answered(sorted(whole.scales), "score"), safety_items=safety_items, repeated=repeated)
        return self._facts

    def _answered(self, scales: Sequence[str], column: Literal["score", "safety_item"]) -> frozenset[str]:
        """Scales of which any of these episodes has a score, or an answer to the safety item, in its windows."""
        counted = self.tally([[ScoreAt(scale, moment, column=column) for moment in WINDOWS] for scale in scales])
        filled = [any(level is not None for axis in counts.axes for level in axis.levels) for counts in counted]
        return frozenset(scale for scale, any_score in zip(scales, filled, strict=True) if any_score)

    def close(self) -> None:
        """Close the engine of all episodes."""
        self.engine.close()
