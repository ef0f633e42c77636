"""Takes the answers to the items of a scale, gives its score: one expression for each rule, of Python's numbers and of SQL alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from operator import add, mul, sub
from typing import Any, Generic, Protocol, TypeVar

from iop_outcomes.errors import DataError, UsageError

Number = int | Decimal


class Missing(Protocol):
    """What a scale does about items without an answer."""

    @property
    def most_items_missing(self) -> int:
        """Most items that may be missing."""

    @property
    def rule(self) -> str:
        """Whether answered items stand in for missing ones ("prorate"), those count as the lowest answer ("lowest"), or neither ("none")."""

    @property
    def never_prorated(self) -> Sequence[int]:
        """Items that no others stand in for."""


class Skip(Protocol):
    """Items that a form does not ask after some answers."""

    @property
    def lowest(self) -> Sequence[int]:
        """Those that were answered with the lowest answer."""

    @property
    def not_asked(self) -> Sequence[int]:
        """Those that are then not asked, and count as the lowest answer."""


class Groups(Protocol):
    """Items that are scored together before the groups are."""

    @property
    def members(self) -> Sequence[Sequence[int]]:
        """The items of each group."""

    @property
    def each(self) -> str:
        """What a group counts as: its "highest" answer, its "mean", or its "sum"."""

    @property
    def least_answered(self) -> Sequence[int]:
        """How many items of each group must be answered."""

    @property
    def known_at_highest(self) -> bool:
        """Whether a group with an answer as high as any can be is known, however few are answered."""


class Items(Protocol):
    """What scoring reads of a scale; `Scale` says more of each."""

    @property
    def name(self) -> str:
        """Name in calls."""

    @property
    def total(self) -> bool:
        """Whether it has a total."""

    @property
    def parts(self) -> Sequence[str]:
        """What it is reported by, where it has none."""

    @property
    def item_scoring(self) -> bool:
        """Whether the score may be made from items."""

    @property
    def item_numbers(self) -> Sequence[int]:
        """Numbers of its items on the form."""

    def range_of(self, number: int) -> tuple[int, int]:
        """Lowest and highest answer to an item."""

    @property
    def reversed_items(self) -> Sequence[int]:
        """Items that count from the other end."""

    @property
    def weights(self) -> Sequence[Number]:
        """What each item counts; every one 1 where none are given."""

    @property
    def groups(self) -> Groups | None:
        """Items that are scored together first."""

    @property
    def skips(self) -> Sequence[Skip]:
        """Items that are not asked after some answers."""

    @property
    def scored_as(self) -> str:
        """Whether the score is the "sum" of items or groups, or their "mean"."""

    @property
    def missing(self) -> Missing:
        """The rule for items without an answer."""

    @property
    def range(self) -> tuple[Number, Number]:
        """Lowest and highest score."""

    @property
    def step(self) -> Number:
        """The distance of two scores; of a sum, the points for each point of the items."""


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

    def __and__(self, other: Sql) -> Sql:
        return Sql(f"{self} AND {other}")

    def __or__(self, other: Sql) -> Sql:
        return Sql(f"({self} OR {other})")

    def at_least(self, least: int) -> Sql:
        """Whether it is so much."""
        return Sql(f"{self} >= {least}")

    def equals(self, number: int) -> Sql:
        """Whether it is this."""
        return Sql(f"{self} = {number}")

    def given(self, condition: Sql) -> Sql:
        """It, where something holds; blank elsewhere."""
        return Sql(f"CASE WHEN {condition} THEN {self} END")

    def known(self) -> Sql:
        """1 where it is not blank, else 0."""
        return Sql(f"CASE WHEN {self} IS NULL THEN 0 ELSE 1 END")

    def otherwise(self, other: Any) -> Sql:
        """It, and another where it is blank."""
        return Sql(f"coalesce({self}, {other})")

    def larger(self, other: Sql) -> Sql:
        """The larger of two; the other where one is blank."""
        return Sql(f"greatest({self}, {other})")

    def constant(self, number: int) -> Sql:
        """A number."""
        return Sql(str(number))

    def wide(self) -> Sql:
        """The same with room for products."""
        return Sql(f"CAST({self} AS BIGINT)")


@dataclass(frozen=True, slots=True)
class Exact:
    """A whole number, or a blank that makes a blank of whatever it is added to: what `Sql` is in Python. A quotient of 0 is blank too."""

    number: int | None

    def _with(self, other: Any, operation: Callable[[int, int], int | None]) -> Exact:
        value = other.number if isinstance(other, Exact) else other
        return Exact(None if self.number is None or value is None else operation(self.number, value))

    def __add__(self, other: Any) -> Exact:
        return self._with(other, add)

    def __sub__(self, other: Any) -> Exact:
        return self._with(other, sub)

    def __rsub__(self, other: Any) -> Exact:
        return self._with(other, lambda one, two: two - one)

    def __mul__(self, other: Any) -> Exact:
        return self._with(other, mul)

    def __rmul__(self, other: Any) -> Exact:
        return self._with(other, mul)

    def __floordiv__(self, other: Any) -> Exact:
        return self._with(other, lambda one, two: one // two if two else None)

    def __and__(self, other: Exact) -> Exact:
        return self._with(other, mul)

    def __or__(self, other: Exact) -> Exact:
        return self if self.number else other

    def at_least(self, least: int) -> Exact:
        """Whether it is so much."""
        return self._with(least, lambda one, two: int(one >= two))

    def equals(self, number: int) -> Exact:
        """Whether it is this."""
        return self._with(number, lambda one, two: int(one == two))

    def given(self, condition: Exact) -> Exact:
        """It, where something holds; blank elsewhere."""
        return self if condition.number else Exact(None)

    def known(self) -> Exact:
        """1 where it is not blank, else 0."""
        return Exact(int(self.number is not None))

    def otherwise(self, other: Any) -> Exact:
        """It, and another where it is blank."""
        return self if self.number is not None else other if isinstance(other, Exact) else Exact(other)

    def larger(self, other: Exact) -> Exact:
        """The larger of two; the other where one is blank."""
        numbers = [each for each in (self.number, other.number) if each is not None]
        return Exact(max(numbers, default=None))

    def constant(self, number: int) -> Exact:
        """A number."""
        return Exact(number)

    def wide(self) -> Exact:
        """The same: there is room."""
        return self


Term = TypeVar("Term", Sql, Exact)


def _sum(terms: Sequence[Term]) -> Term:
    return reduce(lambda one, other: one + other, terms)


def _product(terms: Sequence[Term]) -> Term:
    return reduce(lambda one, other: one * other, terms)


def _every(conditions: Sequence[Term]) -> Term:
    return reduce(lambda one, other: one & other, conditions)


@dataclass(frozen=True)
class _Form(Generic[Term]):
    """One form of a scale: what each item counts above its lowest answer, blank where it has none."""

    scale: Items
    points: dict[int, Term]

    @classmethod
    def read(cls, scale: Items, answers: dict[int, Term]) -> _Form[Term]:
        """Answers as they count: what was not asked filled in, reversed items from the other end, everything from its lowest answer on."""
        points = {}
        for number, answer in answers.items():
            low, high = scale.range_of(number)
            above = high - answer if number in scale.reversed_items else answer - low if low else answer
            for skip in scale.skips:
                if number in skip.not_asked:
                    lowest = _every([answers[other].equals(scale.range_of(other)[0]) for other in skip.lowest])
                    above = above.otherwise(above.constant(high - low if number in scale.reversed_items else 0).given(lowest))
            points[number] = above
        return cls(scale, points)

    def answered(self, numbers: Sequence[int]) -> Term:
        """How many of some items are answered, or were not to be."""
        return _sum([self.points[number].known() for number in numbers])

    def some(self, numbers: Sequence[int]) -> Term:
        """The sum of what is known of some items."""
        weights = _whole(self.scale)[0]
        points = {number: self.points[number].otherwise(0) for number in numbers}
        return _sum([_times(points[number], weights[number]) for number in numbers])

    def share(self, numbers: Sequence[int]) -> tuple[Term, int]:
        """How much of the widest sum of some items is answered for, and how much there is: of items alike, how many of them."""
        weights = _whole(self.scale)[0]
        widths = {number: weights[number] * (self.scale.range_of(number)[1] - self.scale.range_of(number)[0]) for number in numbers}
        unit = gcd(*widths.values())
        parts = {number: width // unit for number, width in widths.items()}
        return _sum([_times(self.points[number].known(), part) for number, part in parts.items()]), sum(parts.values())

    def highest(self, numbers: Sequence[int]) -> Term:
        """The highest of some items."""
        weights = _whole(self.scale)[0]
        return reduce(lambda one, other: one.larger(other), [_times(self.points[number], weights[number]) for number in numbers])

    def as_high_as_any(self, numbers: Sequence[int]) -> Term:
        """Whether one of some items has the most that any of them can count."""
        weights, widths = _whole(self.scale)[0], {number: self.scale.range_of(number) for number in numbers}
        return self.highest(numbers).at_least(max(weights[number] * (high - low) for number, (low, high) in widths.items()))


def _whole(scale: Items) -> tuple[dict[int, int], int]:
    """What each item counts as a whole number, and how many of these make 1."""
    weights = [Fraction(weight) for weight in scale.weights] or [Fraction(1)] * len(scale.item_numbers)
    unit = lcm(*(weight.denominator for weight in weights))
    return {number: int(weight * unit) for number, weight in zip(scale.item_numbers, weights, strict=True)}, unit


def _times(term: Term, number: int) -> Term:
    return term if number == 1 else term * number


def _rounded(above: Term, below: Term | int) -> Term:
    """A quotient as a whole number, halves up; a float may fall on either side of a half. Neither is below 0."""
    if isinstance(below, int) and below == 1:
        return above
    return (above * 2 + below) // (below * 2)


def _steps(scale: Items, answers: dict[int, Term], *, complete: bool = False) -> Term:
    """How many steps the score lies above the lowest; blank where too much is missing, or, if only complete forms count, anything."""
    form = _Form.read(scale, answers)
    if scale.groups is not None:
        return _of_groups(form, scale.groups, complete=complete)
    numbers = scale.item_numbers
    needed = () if complete else scale.missing.never_prorated
    fewest = len(numbers) - (0 if complete else scale.missing.most_items_missing)
    enough = form.answered(numbers).at_least(max(fewest, 1))
    for number in needed:
        enough = enough & form.points[number].known().equals(1)
    above, below = form.some(numbers), _divisor(scale)
    if scale.missing.rule == "prorate" and not complete:
        known, whole = form.share(numbers)
        return _rounded(_times(above, whole * below.denominator), _times(known, below.numerator)).given(enough)
    return _rounded(_times(above, below.denominator), below.numerator).given(enough)


def _divisor(scale: Items) -> Fraction:
    """What the weighted sum of the items is divided by to give steps."""
    weights, unit = _whole(scale)
    return Fraction(unit) if scale.scored_as == "sum" else sum(weights.values()) * Fraction(scale.step)


def _of_groups(form: _Form[Term], groups: Groups, *, complete: bool) -> Term:
    """Groups first, then their sum or mean."""
    least = [len(members) if complete else fewest for members, fewest in zip(groups.members, groups.least_answered, strict=True)]
    each_known = [form.answered(members).at_least(fewest) for members, fewest in zip(groups.members, least, strict=True)]
    if groups.known_at_highest and not complete:
        each_known = [known | form.as_high_as_any(members) for known, members in zip(each_known, groups.members, strict=True)]
    enough = _every(each_known)
    divisor = Fraction(1) if form.scale.scored_as == "sum" else len(groups.members) * Fraction(form.scale.step)
    if groups.each == "mean":
        return _of_means(form, groups, divisor).given(enough)
    if groups.each == "highest":
        each = [form.highest(members) for members in groups.members]
    else:
        each = [_prorated(form, members) for members in groups.members]
    return _rounded(_times(_sum(each), divisor.denominator), divisor.numerator).given(enough)


def _prorated(form: _Form[Term], members: Sequence[int]) -> Term:
    """The sum of a group, in which the answered items stand in for the others."""
    known, whole = form.share(members)
    return _rounded(_times(form.some(members), whole), known)


def _of_means(form: _Form[Term], groups: Groups, divisor: Fraction) -> Term:
    """The sum of the means of groups, divided: over one denominator, so that it is rounded once."""
    if form.scale.scored_as == "sum":
        divisor = Fraction(form.scale.step)
    sums = [form.some(members).wide() for members in groups.members]
    known = [form.answered(members).wide() for members in groups.members]
    above = _sum([_beside(total, known, place) for place, total in enumerate(sums)])
    return _rounded(_times(above, divisor.denominator), _times(_product(known), divisor.numerator))


def _beside(total: Term, known: Sequence[Term], place: int) -> Term:
    """A sum times how many items of all other groups are answered."""
    for other, answered in enumerate(known):
        if other != place:
            total = total * answered
    return total


def total_of(scale: Items, answers: Sequence[int | None]) -> Number | None:
    """Score the answers of one form; `Scale.prorated_total` says more."""
    if not scale.total:
        raise UsageError(f"{scale.name} has no total; report its domains one by one: {', '.join(scale.parts)}.")
    if not scale.item_scoring:
        raise UsageError(f"{scale.name} is taken as a total only; bring the column of totals instead of the items.")
    if len(answers) != len(scale.item_numbers):
        raise UsageError(f"{scale.name} has {len(scale.item_numbers)} items, {len(answers)} were given; give None for a missing answer.")
    numbered = dict(zip(scale.item_numbers, answers, strict=True))
    for number, answer in numbered.items():
        low, high = scale.range_of(number)
        if answer is not None and answer not in range(low, high + 1):
            raise DataError(f"{scale.name} item {number}: not a whole number from {low} to {high}; correct it, or leave it blank.")
    steps = _steps(scale, {number: Exact(None if answer is None else int(answer)) for number, answer in numbered.items()}).number
    return None if steps is None else scale.range[0] + steps * scale.step


def total_sql(scale: Items, columns: Sequence[str], *, complete: bool = False) -> str:
    """SQL for the score, in points, of items in these columns (quoted, in the order of the form); NULL where there is none.

    With `complete`, of forms in which nothing is blank that was asked.
    """
    steps = _steps(scale, _columns(scale, columns), complete=complete)
    points = steps if scale.step == 1 else Sql(f"({steps})") * scale.step
    return str(points if scale.range[0] == 0 else points + f"({scale.range[0]})")


def answered_sql(scale: Items, columns: dict[int, str]) -> str:
    """SQL for how many of some items, by their numbers, hold an answer, or were not to be asked."""
    if len(columns) == len(scale.item_numbers):
        return str(_Form.read(scale, _columns(scale, list(columns.values()))).answered(scale.item_numbers))
    return str(_sum([Sql(column).known() for column in columns.values()]))


def _columns(scale: Items, columns: Sequence[str]) -> dict[int, Sql]:
    return {number: Sql(column) for number, column in zip(scale.item_numbers, columns, strict=True)}
