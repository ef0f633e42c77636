"""Takes what studies print and a program's released numbers, gives the two beside one another where both are the same quantity, else why not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from iop_outcomes.errors import UsageError
from iop_outcomes.published.calculations import calculated, quantity
from iop_outcomes.published.comparable import effect_as
from iop_outcomes.published.study import FORMULAS, NOT_PRINTED, PEOPLE, SCOPES, SHARES, STAYS, Study, StudyFigure
from iop_outcomes.published.text_tables import html_table, text_table
from iop_outcomes.scales import load_scales

if TYPE_CHECKING:
    import pandas as pd

PROGRAM_PEOPLE = ("pairs", "completers")
COMPLETERS: Mapping[str, Any] = {"discharge_reason": ["completed"]}
# What a paper prints of a change, and what it is called among the measures of a program.
_POINTS = {"mean_pre": "mean_admit", "sd_pre": "sd_admit", "mean_post": "mean_discharge"}
_EFFECTS = ("mean_change", "d_pre_sd", "g_pre_sd")
_MEASURES = {"completion": ("completion_strict", "completion_with_transfers", "completion_of_admitted"), "length_of_stay": tuple(STAYS)}


@dataclass(frozen=True, slots=True)
class ProgramMeasure:
    """One question to a program: a measure by its name, and the scale of a change."""

    name: str
    scale: str | None = None


@dataclass(frozen=True, slots=True)
class ProgramNumber:
    """A released number of a program; NaN where it is withheld or cannot be."""

    value: float
    low: float
    high: float
    n: float


NumbersByName = Mapping[str, ProgramNumber]
Asking = Callable[[ProgramMeasure], NumbersByName | str]


@dataclass(frozen=True, slots=True)
class FigureBeside:
    """A figure of a study beside the same of a program.

    Attributes
    ----------
    study, figure, quantity : str
        Where it stands, and what is compared.
    definition : str
        What both are.
    published : float
        The study's figure, computed from what it prints where needed.
    program, low, high, n : float
        The program's released number, its interval and its people; NaN where there is none.
    difference : float
        The program's minus the study's; NaN where they are not the same quantity.
    note : str
        Whom the study's figure is of, what was assumed, or why the two do not stand side by side.
    """

    study: str
    figure: str
    quantity: str
    definition: str
    published: float
    program: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan
    difference: float = math.nan
    note: str = ""


@dataclass(frozen=True, slots=True)
class StudiesBeside:
    """Figures of studies beside those of a program.

    Attributes
    ----------
    rows : tuple of FigureBeside
    policy : str
        What the policy of disclosure says of the program's numbers.
    """

    rows: tuple[FigureBeside, ...]
    policy: str

    def sentence(self) -> str:
        """How many stand side by side, and that the study's error is not in the interval."""
        there = sum(not math.isnan(row.difference) for row in self.rows)
        text = f"{there} of {len(self.rows)} figures stand beside the same of this program; intervals are of the program alone."
        return f"{text} {self.policy}"

    def to_records(self) -> list[dict[str, object]]:
        """The rows as plain values; what is not there is None."""
        return [
            {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in asdict(row).items()}
            for row in self.rows
        ]

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each figure and the attributes of `FigureBeside` as columns."""
        import pandas as pd

        return pd.DataFrame(self.to_records(), columns=[each.name for each in fields(FigureBeside)])

    def to_text(self) -> str:
        """The rows in columns of words."""
        return f"{text_table(_HEADS, self._cells())}\n\n{self.sentence()}"

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), _HEADS, self._cells())

    def _cells(self) -> list[tuple[str, ...]]:
        return [
            (
                row.study,
                row.figure,
                row.quantity,
                *map(_digits, (row.published, row.program, row.low, row.high, row.n, row.difference)),
                row.note,
            )
            for row in self.rows
        ]


_HEADS = ("study", "figure", "quantity", "published", "program", "from", "to", "n", "difference", "note")


def _digits(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def side_by_side(studies: Iterable[Study], asking: Asking, *, people: str, policy: str) -> StudiesBeside:
    """Every figure of the studies that a program has a measure for; `asking` gives its released numbers, or why there are none."""
    rows = [row for study in studies for figure in study.figures for row in _rows(study, figure, asking, people)]
    return StudiesBeside(tuple(rows), policy)


def _rows(study: Study, figure: StudyFigure, asking: Asking, people: str) -> Iterator[FigureBeside]:
    if figure.outcome == "change":
        yield from _change_rows(study, figure, asking, people)
    elif figure.outcome in _MEASURES:
        yield from _plain_rows(study, figure, asking)


def _change_rows(study: Study, figure: StudyFigure, asking: Asking, people: str) -> Iterator[FigureBeside]:
    if figure.scale not in load_scales():
        return
    numbers = asking(ProgramMeasure("symptom_change", figure.scale))
    if isinstance(numbers, str):
        yield _refused(study, figure, "", numbers)
        return
    if figure.people != people:
        whom = f"it is of {PEOPLE[figure.people]}" if figure.people != NOT_PRINTED else PEOPLE[NOT_PRINTED]
        yield _refused(study, figure, "change", f"{whom}; the program's is of {PEOPLE[people]}")
        return
    for name, measured in _POINTS.items():
        value = figure.given.get(name)
        if isinstance(value, int | Decimal):
            yield _beside(study, figure, name, measured, float(value), numbers, "")
    for name in _EFFECTS:
        effect = effect_as(study, figure, name, people=people, r=None)
        if isinstance(effect, str):
            yield _refused(study, figure, name, effect)
        else:
            yield _beside(study, figure, name, name, effect.value, numbers, effect.assumption)


def _plain_rows(study: Study, figure: StudyFigure, asking: Asking) -> Iterator[FigureBeside]:
    allowed = _MEASURES[figure.outcome]
    if figure.definition not in allowed:
        what = FORMULAS.get(figure.definition, figure.words or "how it is counted is not printed")
        yield _refused(study, figure, figure.outcome, f"{what}; the program counts {', '.join(FORMULAS[name] for name in allowed)}")
        return
    value = _value(figure)
    if math.isnan(value):
        yield _refused(study, figure, figure.definition, "it is not printed as a number")
        return
    numbers = asking(ProgramMeasure(figure.outcome))
    if isinstance(numbers, str):
        yield _refused(study, figure, figure.definition, numbers)
    else:
        yield _beside(study, figure, figure.definition, figure.definition, value, numbers, "")


def _value(figure: StudyFigure) -> float:
    """A share from its counts or percentage, a stay as printed; NaN where neither is a number."""
    if figure.definition in SHARES and figure.given:
        try:
            return quantity(calculated(figure.calculation, figure.given), "proportion")
        except UsageError:
            return math.nan
    printed = figure.printed.get({"los_mean": "mean", "los_median": "median"}.get(figure.definition, "percent"))
    if not isinstance(printed, int | Decimal):
        return math.nan
    return float(printed) / 100 if figure.definition in SHARES else float(printed)


def _beside(study: Study, figure: StudyFigure, name: str, measured: str, value: float, numbers: NumbersByName, note: str) -> FigureBeside:
    number = numbers.get(measured)
    label = f"{measured}: {FORMULAS[measured]}" if measured in FORMULAS else measured
    if number is None or math.isnan(number.value):
        why = "the program's number is not shown" if number is not None else f"the program has no {measured}"
        return FigureBeside(study.id, figure.name, name, label, value, note=why)
    notes = "; ".join(
        filter(None, [f"{SCOPES[study.scope]}, {PEOPLE[figure.people]}" if figure.outcome == "change" else SCOPES[study.scope], note])
    )
    ends = {"low": number.low, "high": number.high, "n": number.n, "difference": number.value - value}
    return FigureBeside(study.id, figure.name, name, label, value, number.value, **ends, note=notes)


def _refused(study: Study, figure: StudyFigure, name: str, reason: str) -> FigureBeside:
    return FigureBeside(study.id, figure.name, name, "", math.nan, note=f"not side by side: {reason}")
