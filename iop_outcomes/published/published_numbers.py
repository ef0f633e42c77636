"""Takes what a study prints, gives the numbers of it that a program has a measure for, each with its interval, or why it has none."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from iop_outcomes.errors import UsageError
from iop_outcomes.published.calculations import calculated, quantity
from iop_outcomes.published.caveats import caveats_of
from iop_outcomes.published.comparable import effect_as
from iop_outcomes.published.effect_size import EffectSize
from iop_outcomes.published.pooling import interval_of
from iop_outcomes.published.reconstructed import ReconstructedCurve
from iop_outcomes.published.study import FORMULAS, NOT_PRINTED, PEOPLE, RATES, SCOPES, STAYS, Study, StudyFigure
from iop_outcomes.scales import load_scales
from iop_outcomes.stats.equivalence import KnownValue
from iop_outcomes.stats.proportion import wilson

# What a paper prints of a change, and what it is called among the measures of a program; the SD that gives the error of a mean.
_POINTS = {"mean_pre": ("mean_admit", "sd_pre"), "sd_pre": ("sd_admit", ""), "mean_post": ("mean_discharge", "sd_post")}
EFFECTS = ("mean_change", "d_pre_sd", "g_pre_sd")
_MEASURES = {
    "completion": ("completion_strict", "completion_with_transfers", "completion_of_admitted"),
    "length_of_stay": tuple(STAYS),
    "remission": ("nhs_recovery", "nhs_reliable_recovery"),
    "reliable_change": ("nhs_reliable_improvement",),
}
_ADAPTED = "adapted: the NHS counts courses that ended after two attended contacts or more, the program all who were discharged, a missing end as not met"
_ELSEWHERE = {
    "readmission": "a rate of readmission has a window, a hospital and a reason, and these are not printed as a program's own are; read its curve "
    "off the figure (iop.reconstruct_curve) to set it beside",
    "response": "what counts as a response, and of whom, differs by paper and is not printed as the program counts it",
    "abstinence": "abstinent since when, and of whom, differs by paper and is not printed as a program counts it",
    "dropout": "what dropping out is differs by paper; completion stands beside completion alone",
}
_CURVE, _INCIDENCE = "readmission", "cumulative_incidence"
QUANTITIES = (*_POINTS, *EFFECTS, *_MEASURES["completion"], *STAYS, *RATES, _INCIDENCE)
NO_ERROR = "no error is printed"
Measured = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class ProgramMeasure:
    """One question to a program: a measure by its name, with the scale of a change, the definition and the days of what happens after."""

    name: str
    scale: str | None = None
    definition: str | None = None
    at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PublishedNumber:
    """A number of a study.

    Attributes
    ----------
    study, name, figure, quantity : str
        Where it stands, how the study is called in short, and what it is.
    question, measured : ProgramMeasure, (str, int or None)
        What a program is asked, and the name of its number, with the day where it has several.
    label : str
        What both are.
    known : callable
        From a confidence level to the value with its limits; without limits where no error is printed.
    note : str
        What was assumed, and what is lacking for an interval.
    caveats : tuple of str
        Whom and what it is of, as far as a reader must know before he compares.
    """

    study: str
    name: str
    figure: str
    quantity: str
    question: ProgramMeasure
    measured: Measured
    label: str
    known: Callable[[float], KnownValue]
    note: str
    caveats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedNumber:
    """A number that does not stand beside a program's, and why; the question where the program itself decides."""

    study: str
    figure: str
    quantity: str
    reason: str
    question: ProgramMeasure | None = None


def published_numbers(study: Study, *, people: str, r: float | None) -> Iterator[PublishedNumber | RefusedNumber]:
    """Every figure of a study of a kind that a program has; `people` are whom the program's changes are of, `r` is assumed where none is printed."""
    for figure in study.figures:
        if figure.outcome == "change":
            yield from _changes(study, figure, people, r)
        elif figure.outcome in _MEASURES:
            yield _share_or_stay(study, figure)
        elif figure.outcome in _ELSEWHERE:
            yield RefusedNumber(study.id, figure.name, figure.outcome, _ELSEWHERE[figure.outcome])


# -- changes -------------------------------------------------------------------------------------------------------------


def _changes(study: Study, figure: StudyFigure, people: str, r: float | None) -> Iterator[PublishedNumber | RefusedNumber]:
    if figure.scale not in load_scales():
        return
    question = ProgramMeasure("symptom_change", figure.scale)
    if figure.people != people:
        whom = f"it is of {PEOPLE[figure.people]}" if figure.people != NOT_PRINTED else PEOPLE[NOT_PRINTED]
        yield RefusedNumber(study.id, figure.name, "change", f"{whom}; the program's is of {PEOPLE[people]}", question)
        return
    for name, (measured, sd) in _POINTS.items():
        if isinstance(figure.given.get(name), int | Decimal):
            yield _number(study, figure, name, question, measured, _point(figure, name, sd))
    for name in EFFECTS:
        effect = effect_as(study, figure, name, people=people, r=r)
        if isinstance(effect, str):
            yield RefusedNumber(study.id, figure.name, name, effect, question)
        else:
            yield _number(study, figure, name, question, name, _effect(effect), effect.assumption)


def _point(figure: StudyFigure, name: str, sd: str) -> Callable[[float], KnownValue]:
    """A printed mean with Student's interval from its SD and n, where they are there; an SD without one."""
    value, spread, n = (figure.given.get(key) for key in (name, sd, "n"))
    number = float(value) if isinstance(value, int | Decimal) else math.nan
    if isinstance(spread, int | Decimal) and isinstance(n, int | Decimal) and n > 1:
        size, error = float(n), float(spread) / math.sqrt(float(n))
        return lambda level: KnownValue(number, *interval_of(number, error, size - 1, level))
    return lambda _level: KnownValue(number)


def _effect(effect: EffectSize) -> Callable[[float], KnownValue]:
    """An effect size with its interval at any level: Student's of a mean change, normal of a standardised one; none where it has no error."""
    if math.isnan(effect.se) or math.isnan(effect.low):
        return lambda _level: KnownValue(effect.value)
    df = effect.n - 1 if effect.estimand == "mean_change" else math.inf
    return lambda level: KnownValue(effect.value, *interval_of(effect.value, effect.se, df, level))


# -- shares and stays ----------------------------------------------------------------------------------------------------


def _share_or_stay(study: Study, figure: StudyFigure) -> PublishedNumber | RefusedNumber:
    allowed = _MEASURES[figure.outcome]
    if figure.definition not in allowed:
        what = FORMULAS.get(figure.definition, figure.words or "how it is counted is not printed")
        reason = f"{what}; the program counts {', '.join(FORMULAS[name] for name in allowed)}"
        return RefusedNumber(study.id, figure.name, figure.outcome, reason)
    known = _stay(figure) if figure.definition in STAYS else _share(figure)
    if known is None:
        return RefusedNumber(study.id, figure.name, figure.definition, "it is not printed as a number")
    if figure.definition in RATES:
        return _number(study, figure, figure.definition, ProgramMeasure(figure.definition), figure.definition, known, _ADAPTED)
    return _number(study, figure, figure.definition, ProgramMeasure(figure.outcome), figure.definition, known)


def _share(figure: StudyFigure) -> Callable[[float], KnownValue] | None:
    """A share from its counts, with Wilson's interval, or from its percentage, without one."""
    events, n = figure.given.get("events"), figure.given.get("n")
    if figure.given:
        try:
            share = quantity(calculated(figure.calculation, figure.given), "proportion")
        except UsageError:
            return None
        if isinstance(events, int) and isinstance(n, int):
            return lambda level: KnownValue(share, *wilson(events, n, conf_level=level))
        return lambda _level: KnownValue(share)
    percent = figure.printed.get("percent")
    return _alone(float(percent) / 100) if isinstance(percent, int | Decimal) else None


def _stay(figure: StudyFigure) -> Callable[[float], KnownValue] | None:
    """A mean stay with Student's interval where SD and n are printed; a median without one."""
    name = "mean" if figure.definition == "los_mean" else "median"
    value = figure.printed.get(name, figure.given.get(name))
    if not isinstance(value, int | Decimal):
        return None
    number = float(value)
    spread, n = (figure.given.get(key, figure.printed.get(key)) for key in ("sd", "n"))
    if name == "mean" and isinstance(spread, int | Decimal) and isinstance(n, int) and n > 1:
        error, df = float(spread) / math.sqrt(n), n - 1.0
        return lambda level: KnownValue(number, *interval_of(number, error, df, level))
    return _alone(number)


def _alone(value: float) -> Callable[[float], KnownValue]:
    return lambda _level: KnownValue(value)


# -- curves --------------------------------------------------------------------------------------------------------------


def curve_numbers(
    curve: ReconstructedCurve, measure: str | None, definition: str | None, at: Sequence[int]
) -> Iterator[PublishedNumber | RefusedNumber]:
    """The share with the event by each day of a curve that was read off a figure."""
    name, question = curve.label or "curve", ProgramMeasure(measure or _CURVE, None, definition, tuple(at))
    note = "1 minus Kaplan-Meier, read off a figure; where other ends were censored it lies above the incidence that the program counts"
    for day in at:
        if day > curve.table.last_day:
            yield RefusedNumber(name, f"day {day}", _INCIDENCE, f"the curve ends on day {curve.table.last_day:g}", question)
            continue
        yield PublishedNumber(
            name,
            name,
            f"day {day}",
            _INCIDENCE,
            question,
            (_INCIDENCE, day),
            f"{_INCIDENCE}: share with the event by day {day}",
            _by_day(curve, day),
            note,
            ("read off a figure", "its window and what counts as the event are the paper's: compare them with the program's"),
        )


def _by_day(curve: ReconstructedCurve, day: int) -> Callable[[float], KnownValue]:
    def known(level: float) -> KnownValue:
        (at,) = curve.at([day], conf_level=level)
        return KnownValue(at.event, at.event_low, at.event_high)

    return known


def _number(
    study: Study,
    figure: StudyFigure,
    name: str,
    question: ProgramMeasure,
    measured: str,
    known: Callable[[float], KnownValue],
    assumption: str = "",
) -> PublishedNumber:
    label = f"{measured}: {FORMULAS[measured]}" if measured in FORMULAS else measured
    scope = f"{SCOPES[study.scope]}, {PEOPLE[figure.people]}" if figure.outcome == "change" else SCOPES[study.scope]
    lacking = "" if known(0.95).has_limits or "no error" in assumption else NO_ERROR
    note = "; ".join(filter(None, [scope, assumption, lacking]))
    return PublishedNumber(
        study.id, study.name, figure.name, name, question, (measured, None), label, known, note, caveats_of(study, figure)
    )
