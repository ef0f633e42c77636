"""Takes what studies print and a program's released numbers, gives the two beside one another where both are the same quantity, else why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.published.beside import FigureBeside, StudiesBeside, YardstickBeside
from iop_outcomes.published.equivalence import ALPHA, verdict_of
from iop_outcomes.published.inputs import margin_of
from iop_outcomes.published.published_numbers import (
    EFFECTS,
    QUANTITIES,
    Measured,
    ProgramMeasure,
    PublishedNumber,
    RefusedNumber,
    curve_numbers,
    published_numbers,
)
from iop_outcomes.published.reconstructed import ReconstructedCurve
from iop_outcomes.published.study import Study
from iop_outcomes.published.yardsticks import yardsticks_of
from iop_outcomes.stats.equivalence import KnownValue, difference_of, from_limits

PROGRAM_PEOPLE = ("pairs", "completers")
COMPLETERS: Mapping[str, Any] = {"discharge_reason": ["completed"]}
LEVEL, TEST_LEVEL = 0.95, 1 - 2 * ALPHA
NOT_ENOUGH = "not enough printed"
_YARDSTICK = "d_pre_sd"


@dataclass(frozen=True, slots=True)
class ProgramNumber:
    """A released number of a program; NaN where it is withheld or cannot be, and why in words."""

    value: float
    low: float
    high: float
    n: float
    why: str = "not shown"


NumbersByName = Mapping[Measured, ProgramNumber]
Asking = Callable[[ProgramMeasure, float], NumbersByName | str]


@dataclass(frozen=True, slots=True)
class Margins:
    """How far apart two numbers may lie and still be equivalent: by quantity, or one for the only quantity there is; none by default."""

    by_quantity: Mapping[str, float] = field(default_factory=dict)
    only: float | None = None

    def for_quantity(self, quantity: str) -> float:
        """The margin of a quantity; NaN where none is given."""
        return self.by_quantity.get(quantity, math.nan) if self.only is None else self.only

    @property
    def given(self) -> bool:
        """Whether there is any."""
        return self.only is not None or bool(self.by_quantity)


def margins_of(margin: float | Mapping[str, float] | None) -> Margins:
    """Margins as they are given, checked."""
    if margin is None:
        return Margins()
    if not isinstance(margin, Mapping):
        return Margins(only=margin_of("margin", margin))
    for name in margin:
        if name not in QUANTITIES:
            raise UsageError(f'margin: "{name}" is nothing that a program and a study are compared in. {choices(name, QUANTITIES)}')
    return Margins({name: margin_of(f"margin of {name}", value) for name, value in margin.items()})


def quantities_of(quantity: str | Iterable[str] | None) -> tuple[str, ...]:
    """Names of quantities, checked; all by default."""
    names = QUANTITIES if quantity is None else (quantity,) if isinstance(quantity, str) else tuple(quantity)
    for name in names:
        if name not in QUANTITIES:
            raise UsageError(f'quantity="{name}" is nothing that a program and a study are compared in. {choices(name, QUANTITIES)}')
    return names


def numbers_of(
    studies: Iterable[Study],
    curves: Iterable[tuple[ReconstructedCurve, str | None, str | None, tuple[int, ...]]] = (),
    *,
    people: str,
    r: float | None,
) -> list[PublishedNumber | RefusedNumber]:
    """Every number of some studies and curves of a kind that a program has."""
    rows = [row for study in studies for row in published_numbers(study, people=people, r=r)]
    return rows + [row for curve in curves for row in curve_numbers(*curve)]


def side_by_side(
    numbers: Iterable[PublishedNumber | RefusedNumber],
    asking: Asking,
    *,
    policy: str,
    margins: Margins | None = None,
    quantities: Iterable[str] = QUANTITIES,
    chosen: bool = False,
    conf_level: float = LEVEL,
    scales: Iterable[str] = (),
) -> StudiesBeside:
    """Each number beside the program's; `asking` gives its released numbers at a confidence level, or why there are none.

    `chosen` quantities alone are shown: what is refused in others goes unsaid. Yardsticks are those of the `scales`, and of every scale that
    a number is of.
    """
    named = tuple(quantities)
    rows = [row for row in numbers if not chosen or row.quantity in named or row.quantity not in QUANTITIES]
    margins = margins or Margins()
    if margins.only is not None:
        _refuse_several(row.quantity for row in rows if isinstance(row, PublishedNumber))
    beside = dict.fromkeys(
        _refused(row, asking, conf_level) if isinstance(row, RefusedNumber) else _beside(row, asking, margins, conf_level) for row in rows
    )
    every = dict.fromkeys(row.question.scale for row in rows if row.question is not None and row.question.scale)
    return StudiesBeside(
        tuple(beside), policy, tuple(row for scale in dict.fromkeys((*scales, *every)) for row in _yardsticks(scale, asking, conf_level))
    )


def _refuse_several(quantities: Iterable[str]) -> None:
    names = list(dict.fromkeys(quantities))
    if len(names) > 1:
        raise UsageError(
            f"one margin cannot be that of {', '.join(names)}: say of which, as in margin={{'{names[0]}': ...}} (--margin {names[0]}=...), or choose "
            f"one with quantity= (--quantity)"
        )


def _refused(row: RefusedNumber, asking: Asking, conf_level: float) -> FigureBeside:
    """Why it does not stand beside; that the program has no such scores comes before what the paper lacks."""
    answered = asking(row.question, conf_level) if row.question is not None else ""
    reason = answered if isinstance(answered, str) and answered else row.reason
    quantity = "" if isinstance(answered, str) and answered else row.quantity
    return FigureBeside(row.study, row.figure, quantity, "", math.nan, note=f"not side by side: {reason}")


def _beside(row: PublishedNumber, asking: Asking, margins: Margins, conf_level: float) -> FigureBeside:
    numbers = asking(row.question, conf_level)
    if isinstance(numbers, str):
        return FigureBeside(
            row.study, row.figure, "" if row.question.scale else row.quantity, "", math.nan, note=f"not side by side: {numbers}"
        )
    published, number = row.known(conf_level), numbers.get(row.measured)
    if number is None or math.isnan(number.value):
        why = f"the program's number is {number.why}" if number is not None else f"the program has no {row.measured[0]}"
        return FigureBeside(row.study, row.figure, row.quantity, row.label, published.value, published.low, published.high, note=why)
    program = KnownValue(number.value, number.low, number.high)
    apart = difference_of(program, published)
    return FigureBeside(
        row.study,
        row.figure,
        row.quantity,
        row.label,
        published.value,
        published.low,
        published.high,
        number.value,
        number.low,
        number.high,
        number.n,
        apart.value,
        apart.low,
        apart.high,
        _interval_words(program, published),
        **_tested(row, asking, margins.for_quantity(row.quantity)),
        note=row.note,
        caveats="; ".join(row.caveats),
        question=row.question,
        measured=row.measured,
        name=row.name,
    )


def _interval_words(program: KnownValue, published: KnownValue) -> str:
    if not program.has_limits:
        return ""
    return "of both" if published.has_limits else "of this program alone"


def _tested(row: PublishedNumber, asking: Asking, margin: float) -> dict[str, Any]:
    """The equivalence test at the level of two one-sided tests; none without a margin, nor where the paper prints no error."""
    if math.isnan(margin):
        return {}
    numbers, published = asking(row.question, TEST_LEVEL), row.known(TEST_LEVEL)
    if not published.has_limits:
        return {"margin": margin, "verdict": NOT_ENOUGH}
    number = None if isinstance(numbers, str) else numbers.get(row.measured)
    program = KnownValue(math.nan) if number is None else KnownValue(number.value, number.low, number.high)
    if not program.has_limits:
        return {"margin": margin, "verdict": "the program's interval is not shown"}
    test = from_limits(difference_of(program, published), margin, TEST_LEVEL)
    return {"margin": margin, "p_equivalence": test.p, "verdict": verdict_of(test)}


def _yardsticks(scale: str, asking: Asking, conf_level: float) -> Iterator[YardstickBeside]:
    numbers = asking(ProgramMeasure("symptom_change", scale), conf_level)
    number = None if isinstance(numbers, str) else numbers.get((_YARDSTICK, None))
    if number is None or math.isnan(number.value):
        return
    for each in yardsticks_of(scale):
        yield YardstickBeside(
            each.study, each.name, scale, each.words, each.value, each.low, each.high, number.value, number.low, number.high, each.note
        )


def is_standardised(quantity: str) -> bool:
    """Whether a yardstick, which is in SDs, goes with a quantity."""
    return quantity in EFFECTS[1:]
