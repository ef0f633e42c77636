"""Takes the answers to the items of a scale, gives its total: one expression per rule, for Python's numbers and for SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, Protocol, TypeVar

from iop_outcomes.errors import DataError, UsageError

Number = int | Decimal


class Missing(Protocol):
    """What a scale does about items without an answer."""

    @property
    def most_items_missing(self) -> int:
        """Most items that may be missing."""

    @property
    def never_prorated(self) -> Sequence[int]:
        """Items that no others stand in for."""


class Items(Protocol):
    """What adding up the items of a scale reads of it; `Scale` says more of each."""

    @property
    def name(self) -> str:
        """Name in calls."""

    @property
    def total(self) -> bool:
        """Whether it has a total."""

    @property
    def domains(self) -> Sequence[str]:
        """Its parts, where it has none."""

    @property
    def item_scoring(self) -> bool:
        """Whether the total may be made from items."""

    @property
    def items(self) -> int:
        """How many."""

    @property
    def item_range(self) -> tuple[int, int]:
        """Lowest and highest answer."""

    @property
    def reversed_items(self) -> Sequence[int]:
        """Items that count from the other end."""

    @property
    def missing(self) -> Missing:
        """The rule for items without an answer."""

    @property
    def step(self) -> Number:
        """Points for each point of the items."""


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression in SQL that is added, subtracted, multiplied and divided like a whole number."""

    text: str

    def __str__(self) -> str:
        return self.text

    def __add__(self, other: Any) -> Sql:
        return Sql(f"({self} + {other})")

    def __sub__(self, other: Any) -> Sql:
        return Sql(f"({self} - {other})")

    def __rsub__(self, other: Any) -> Sql:
        return Sql(f"({other} - {self})")

    def __mul__(self, other: Any) -> Sql:
        return Sql(f"{self} * {other}")

    def __rmul__(self, other: Any) -> Sql:
        return Sql(f"{other} * {self}")

    def __floordiv__(self, other: Any) -> Sql:
        return Sql(f"({self} // ({other}))")


Term = TypeVar("Term", int, Sql)


def _turned(scale: Items, number: int, answer: Term) -> Term:
    """An answer as it is added up: reversed items count from the other end."""
    low, high = scale.item_range
    return (low + high) - answer if number in scale.reversed_items else answer


def _prorated(scale: Items, total: Term, answered: Term) -> Term:
    """Sum of all items where the answered ones stand in for the rest, halves up; a float may fall on either side of a half.

    Points are counted from the lowest answer: of numbers below 0 SQL rounds a quotient towards 0, and Python down.
    """
    low = scale.item_range[0]
    if low == 0:
        return (2 * total * scale.items + answered) // (2 * answered)
    return (2 * (total - low * answered) * scale.items + answered) // (2 * answered) + low * scale.items


def total_of(scale: Items, answers: Sequence[int | None]) -> Number | None:
    """Add up the answers of one form; `Scale.prorated_total` says more."""
    if not scale.total:
        raise UsageError(f"{scale.name} has no total; report its domains one by one: {', '.join(scale.domains)}.")
    if not scale.item_scoring:
        raise UsageError(f"{scale.name} is taken as a total only; bring the column of totals instead of the items.")
    if len(answers) != scale.items:
        raise UsageError(f"{scale.name} has {scale.items} items, {len(answers)} were given; give None for a missing answer.")
    low, high = scale.item_range
    scored = []
    for number, answer in enumerate(answers, start=1):
        if answer is None:
            continue
        if answer not in range(low, high + 1):
            raise DataError(f"{scale.name} item {number}: not a whole number from {low} to {high}; correct it, or leave it blank.")
        scored.append(_turned(scale, number, int(answer)))
    blank = {number for number, answer in enumerate(answers, start=1) if answer is None}
    if not scored or len(blank) > scale.missing.most_items_missing or blank & set(scale.missing.never_prorated):
        return None
    return _prorated(scale, sum(scored), len(scored)) * scale.step


def total_sql(scale: Items, columns: Sequence[str]) -> str:
    """SQL for the total, in points, of items in these columns (quoted, in the order of the form); NULL where there is none."""
    items = [_turned(scale, number, Sql(column)) for number, column in enumerate(columns, start=1)]
    total = reduce(lambda one, other: one + other, (Sql(f"coalesce({item}, 0)") for item in items))
    answered = Sql(f"({answered_sql(columns)})")
    needed = [f"{columns[number - 1]} IS NOT NULL" for number in scale.missing.never_prorated]
    enough = " AND ".join([f"{answered} >= {scale.items - scale.missing.most_items_missing}", *needed])
    return f"CASE WHEN {enough} THEN {_prorated(scale, total, answered) * scale.step} END"


def sum_sql(scale: Items, columns: Sequence[str]) -> str:
    """SQL for the total, in points, of items of which none is blank; NULL where one is."""
    items = (_turned(scale, number, Sql(column)) for number, column in enumerate(columns, start=1))
    return str(reduce(lambda one, other: one + other, items) * scale.step)


def answered_sql(columns: Sequence[str]) -> str:
    """SQL for how many of these columns hold an answer."""
    return " + ".join(f"CASE WHEN {column} IS NULL THEN 0 ELSE 1 END" for column in columns)
