"""Takes the rows of a printed table with the effect sizes it reports, gives how many rows each definition explains."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from iop_outcomes.errors import UsageError
from iop_outcomes.published.definitions import DEFINITIONS
from iop_outcomes.published.identify import Figure, Identified, identify

if TYPE_CHECKING:
    import pandas as pd

_TABLE = ("mean_pre", "sd_pre", "mean_post", "sd_post")


@dataclass(frozen=True, slots=True)
class IdentifiedTable:
    """Every row of a table, and how many of them each definition explains.

    Attributes
    ----------
    rows : tuple of Identified
        In the order given.
    """

    rows: tuple[Identified, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows each definition that was tried gives to rounding, most first."""
        tried = {candidate.definition for row in self.rows for candidate in row.candidates}
        counts = {each.name: sum(each.name in row.matches for row in self.rows) for each in DEFINITIONS if each.name in tried}
        return dict(sorted(counts.items(), key=lambda pair: -pair[1]))

    @property
    def matches(self) -> tuple[str, ...]:
        """Definitions that give every row."""
        return tuple(name for name, count in self.counts.items() if count == len(self.rows))

    def sentence(self) -> str:
        """What the table holds, and how the other definitions fare."""
        n, formulas = len(self.rows), {each.name: each.formula for each in DEFINITIONS}
        others = ", ".join(f"{name} {count}" for name, count in self.counts.items() if name not in self.matches)
        begin = " or ".join(f"{name}: {formulas[name]}" for name in self.matches)
        if not self.matches:
            return f"No definition gives all {n} rows. Rows that each gives: {others}."
        return f"The {n} values are {begin} (all {n} rows)." + (f" Rows that others give: {others}." if others else "")

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each definition: how many rows of the table it gives."""
        import pandas as pd

        formulas = {each.name: each.formula for each in DEFINITIONS}
        rows = [(name, formulas[name], count, len(self.rows)) for name, count in self.counts.items()]
        return pd.DataFrame(rows, columns=["definition", "formula", "matches", "rows"])

    def __repr__(self) -> str:
        return self.sentence()


Figures = Figure | Iterable[Figure]


def identify_any(reported: Figures, figures: Mapping[str, Figures], decimals: int | None) -> Identified | IdentifiedTable:
    """One value, or those of every row of a table."""
    if reported is None:
        raise UsageError("reported is missing: the effect size as it is printed")
    if _is_one(reported):
        several = [name for name, figure in figures.items() if not _is_one(figure)]
        if several:
            raise UsageError(f"{', '.join(several)}: several values, and reported is one; give one value of each, or a list of all")
        (value,), one = _column("reported", reported, 1), {name: _column(name, figure, 1)[0] for name, figure in figures.items()}
        return identify(value, **one, decimals=decimals)
    return identify_table(_values("reported", reported), figures, decimals)


def identify_table(values: list[Figure], columns: Mapping[str, Figures], decimals: int | None) -> IdentifiedTable:
    """Each row by itself, figures of a column printed alike: to as many decimals as the one with most."""
    if not values:
        raise UsageError("reported holds no value")
    missing = sum(value is None for value in values)
    if missing:
        raise UsageError(f"reported: {missing} of {len(values)} values are missing; leave these rows out of every column")
    lists = {name: _column(name, column, len(values)) for name, column in columns.items()}
    places = {name: _places(column) for name, column in lists.items()}
    places |= dict.fromkeys(_TABLE, max(places[name] for name in _TABLE))
    shown, rows = _places(values) if decimals is None else decimals, []
    for i, value in enumerate(values):
        figures = {name: _written(column[i], places[name]) for name, column in lists.items()}
        rows.append(identify(_written(value, shown), **figures, decimals=None))
    return IdentifiedTable(tuple(rows))


def _is_one(figure: Figures) -> bool:
    """One value, not a list or a column of them."""
    return figure is None or isinstance(figure, str) or not hasattr(figure, "__iter__")


def _values(name: str, figures: Any) -> list[Figure]:
    """Values as text or Python's own numbers; None where there is none."""
    return [each if isinstance(each, str) else _number(name, each) for each in figures]


def _number(name: str, figure: Any) -> float | None:
    if figure is None:
        return None
    try:
        value = float(figure)
    except (TypeError, ValueError):
        kind = type(figure).__name__
        raise UsageError(f"{name}: a value of the kind {kind} is not a number as a table prints it, such as 12.5 or '12.50'") from None
    return None if math.isnan(value) else value


def _column(name: str, column: Any, length: int) -> list[Figure]:
    if _is_one(column):
        return _values(name, [column]) * length
    values = _values(name, column)
    if len(values) != length:
        raise UsageError(f"{name} has {len(values)} values and reported has {length}: give one for each row, or one for all")
    return values


def _places(column: Iterable[Figure]) -> int:
    """Decimals of the figure that has most."""
    try:
        written = [
            Decimal(figure) if isinstance(figure, str) else Decimal(str(figure)).normalize() for figure in column if figure is not None
        ]
    except InvalidOperation:
        raise UsageError("a figure is not a number as a table prints it, such as 12.5 or '12.50'") from None
    exponents = [each.as_tuple().exponent for each in written]
    return max([0, *(-exponent for exponent in exponents if isinstance(exponent, int))])


def _written(figure: Figure, places: int) -> Figure:
    """A number as the table prints it."""
    return figure if figure is None or isinstance(figure, str) else f"{figure:.{places}f}"
