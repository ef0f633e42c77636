"""Takes studies with what they print, gives for every printed figure whether it follows from the others: reproduced, not, or not enough printed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from iop_outcomes.errors import UsageError
from iop_outcomes.published.calculations import OpenCorrelationError, Quantities, arguments, calculated, quantity
from iop_outcomes.published.effect_size import EffectSizes
from iop_outcomes.published.identify import CUT, NOT, Identified, identify
from iop_outcomes.published.reproduced import DIFFERS, LACKING, REPRODUCED, ReproducedFigure, Reproduction
from iop_outcomes.published.study import EFFECT, FORMULAS, NOT_PRINTED, Argument, Number, PrintedValue, Study, StudyFigure

_SCORES = ("pre", "post", "group_1", "group_2", "days", "scores")  # of people, who are not rounded
_IDENTIFIED = ("mean_pre", "sd_pre", "mean_post", "sd_post", "n", "r", "t", "z")
R_OF_SCORES = (0.0, 0.95)  # correlations of scores before and after that are met with
_AS_CUT = "cut off, not rounded"
_AS_STATED = "within the tolerance that is stated"
_AS_GIVEN = "within what the rounding of the figures given allows"


def reproduce_studies(studies: Iterable[Study]) -> Reproduction:
    """Every printed figure of the studies, in their order; a study that prints none has one row that says so."""
    return Reproduction(tuple(row for study in studies for row in _study_rows(study)))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one printed figure."""

    result: str
    computed: float = math.nan
    difference: float = math.nan
    definition: str = ""
    note: str = ""


def _study_rows(study: Study) -> Iterator[ReproducedFigure]:
    if not any(figure.given or figure.printed for figure in study.figures):
        words = f"in words alone: {study.also_printed}" if study.also_printed else "no figure of its results was seen"
        yield _row(study, None, "", "", _Outcome(LACKING, note=words))
    shared = _shared_definitions(study)
    for figure in study.figures:
        result = _calculated(figure)
        if not figure.printed and figure.given:
            yield _row(study, figure, "", "", _Outcome(LACKING, note=f"no result is printed beside it{_follows(result)}"))
        for name, printed in figure.printed.items():
            yield _row(study, figure, name, str(printed), _reproduced(figure, result, name, printed, shared.get(figure.page, _Shared())))


def _row(study: Study, figure: StudyFigure | None, name: str, printed: str, outcome: _Outcome) -> ReproducedFigure:
    page = f"{study.source}, {figure.page}" if figure is not None and figure.page else study.source
    note = "; ".join(filter(None, [outcome.note, figure.note if figure is not None else ""]))
    label = "" if figure is None else figure.name
    values = (outcome.computed, outcome.difference, outcome.result, outcome.definition, note)
    return ReproducedFigure(study.id, label, name, printed, *values, ", ".join(study.verified), page)


def _calculated(figure: StudyFigure) -> Quantities | EffectSizes | UsageError | None:
    """What follows from what is given; none where nothing is, and the error where it contradicts itself."""
    if not figure.calculation or not figure.given:
        return None
    try:
        return calculated(figure.calculation, arguments(figure))
    except UsageError as error:
        return error


def _follows(result: Quantities | EffectSizes | UsageError | None) -> str:
    """What the figures give where no result is printed, as far as it needs no correlation that is not there."""
    if result is None or isinstance(result, UsageError):
        return f": {result}" if result else ""
    if isinstance(result, dict):
        values = result
    else:
        by_name = {name: {round(row.value, 12) for row in result if row.estimand == name} for name in result.names}
        values = {name: next(iter(each)) for name, each in by_name.items() if len(each) == 1}
    return f"; it would be {', '.join(f'{name} {value:.3g}' for name, value in values.items())}"


@dataclass(frozen=True, slots=True)
class _Shared:
    """Definitions that give every effect size that a table prints without its name, and how many those are."""

    names: tuple[str, ...] = ()
    count: int = 0


def _shared_definitions(study: Study) -> dict[str, _Shared]:
    """By page or table: one table holds one kind of effect size, so that its rows tell apart together what one row does not."""
    tables: dict[str, list[tuple[str, ...]]] = {}
    for figure in study.figures:
        printed = figure.printed.get(EFFECT)
        if figure.calculation == "pre_post" and figure.definition == NOT_PRINTED and isinstance(printed, int | Decimal):
            try:
                matches = _try(figure, printed).matches
            except UsageError:  # its own row says why
                continue
            tables.setdefault(figure.page, []).append(matches)
    return {page: _Shared(tuple(name for name in rows[0] if all(name in row for row in rows)), len(rows)) for page, rows in tables.items()}


def _reproduced(
    figure: StudyFigure, result: Quantities | EffectSizes | UsageError | None, name: str, printed: PrintedValue, shared: _Shared
) -> _Outcome:
    if name == EFFECT and figure.calculation == "pre_post" and not isinstance(printed, str):
        return _identified(figure, printed, shared)
    if result is None:
        return _Outcome(LACKING, note="the figures it follows from are not printed")
    if isinstance(result, UsageError):
        return _Outcome(LACKING, definition=figure.calculation, note=str(result))
    if isinstance(printed, str) and not printed.startswith("<"):
        return _Outcome(LACKING, note="printed in words")
    return _held_against(figure, result, name, printed)


def _held_against(figure: StudyFigure, result: Quantities | EffectSizes, name: str, printed: PrintedValue) -> _Outcome:
    """A printed number, or bound, beside the computed one, where it can be computed."""
    definition = _definition(figure, name)
    try:
        computed = quantity(result, name)
    except OpenCorrelationError as error:
        return _open(error.values, printed, definition)
    except UsageError as error:
        return _Outcome(LACKING, definition=definition, note=str(error))
    if math.isnan(computed):
        return _Outcome(LACKING, definition=definition, note="what is given does not determine it")
    return _below(printed, computed, definition) if isinstance(printed, str) else _agreed(figure, name, printed, computed, definition)


def _definition(figure: StudyFigure, name: str) -> str:
    """The effect size that a quantity belongs to, with its formula where it has one."""
    estimand = name.partition(".")[0]
    if estimand in FORMULAS:
        return f"{estimand}: {FORMULAS[estimand]}"
    if figure.definition != NOT_PRINTED and figure.definition in FORMULAS:
        return f"{figure.definition}: {FORMULAS[figure.definition]}"
    return figure.calculation


def _below(printed: str, computed: float, definition: str) -> _Outcome:
    """A printed bound, such as <0.001."""
    try:
        bound = float(printed.removeprefix("<"))
    except ValueError:
        return _Outcome(LACKING, note="printed in words")
    return _Outcome(REPRODUCED if computed < bound else DIFFERS, computed, math.nan, definition, "a bound is printed")


def _open(values: Mapping[float, float], printed: PrintedValue, definition: str) -> _Outcome:
    """What would be printed at the correlations that are tried, where none is known."""
    low, high = min(values.values()), max(values.values())
    note = f"r is not printed: {low:.3g} to {high:.3g} at r = {min(values):g} to {max(values):g}"
    if not isinstance(printed, str):
        nearest = min(values, key=lambda r: abs(values[r] - float(printed)))
        note += f", nearest at r = {nearest:g}" if low <= float(printed) <= high else ", none of which it is"
    return _Outcome(LACKING, definition=definition, note=note)


def _agreed(figure: StudyFigure, name: str, printed: Number, computed: float, definition: str) -> _Outcome:
    """Whether the printed figure is the computed one, rounded or cut, or differs by what the rounding of the figures given explains."""
    unit, value = _unit(printed), float(printed)
    difference, tiny = computed - value, 1e-9 * _unit(printed)
    if abs(difference) <= unit / 2 + tiny:
        return _Outcome(REPRODUCED, computed, difference, definition)
    if computed * value > 0 and 0 <= abs(computed) - abs(value) < unit:
        return _Outcome(REPRODUCED, computed, difference, definition, _AS_CUT)
    if abs(difference) <= unit / 2 + _reach(figure, name, computed) + tiny:
        return _Outcome(REPRODUCED, computed, difference, definition, _AS_GIVEN)
    if figure.tolerance is not None and abs(difference) <= figure.tolerance:
        return _Outcome(REPRODUCED, computed, difference, definition, _AS_STATED)
    return _Outcome(DIFFERS, computed, difference, definition)


def _unit(printed: Number) -> float:
    """One unit of the last place printed; a whole number's is 1."""
    exponent = printed.as_tuple().exponent if isinstance(printed, Decimal) else 0
    return 10.0**exponent if isinstance(exponent, int) else math.nan


def _reach(figure: StudyFigure, name: str, computed: float) -> float:
    """How far a quantity moves when each decimal given moves by half a unit of its last place, one after the other, added up."""
    total, given = 0.0, arguments(figure)
    for key, value in given.items():
        for moved in _moved(key, value):
            try:
                result = calculated(figure.calculation, {**given, key: moved})
                total += abs(quantity(result, name) - computed)
            except UsageError:
                return 0.0
    return total


def _moved(name: str, value: Argument) -> Iterator[Argument]:
    """The figure with half a unit more, or a list with each of its members so; whole numbers, people's scores and words are exact."""
    if name in _SCORES:
        return
    if isinstance(value, Decimal):
        yield value + Decimal(str(_unit(value))) / 2
    elif isinstance(value, tuple):
        for place, each in enumerate(value):
            if isinstance(each, Decimal):
                yield (*value[:place], each + Decimal(str(_unit(each))) / 2, *value[place + 1 :])


def _identified(figure: StudyFigure, printed: Number, shared: _Shared) -> _Outcome:
    """An effect size of change: by the definition that the paper names, else by one that gives all of its table, else by any that gives it."""
    try:
        tried = _try(figure, printed)
    except UsageError as error:
        return _Outcome(LACKING, note=str(error))
    value = abs(float(printed))
    named = [each for each in tried.candidates if each.definition == figure.definition]
    if figure.definition != NOT_PRINTED and not named:
        needs = dict(tried.lacking).get(figure.definition, "figures that are not printed")
        return _Outcome(LACKING, definition=_definition(figure, figure.definition), note=f"needs {needs}")
    pool = named or list(tried.candidates)
    matches = [each for each in pool if each.match != NOT]
    if not pool:
        return _Outcome(LACKING, note="no definition can be tried")
    if not matches:
        best = min(pool, key=lambda each: abs(abs(each.value) - value))
        note = f"{best.definition} is nearest of {len(pool)} definitions" if len(pool) > 1 else ""
        note, result = (tried.notes[0], LACKING) if not named and _plausible(figure, value) else (note, DIFFERS)
        return _Outcome(result, abs(best.value), abs(best.value) - value, _definition(figure, best.definition), note)
    together = [each for each in matches if each.definition in shared.names] or matches
    best = together[0]
    others = ", ".join(each.definition for each in together[1:])
    how = "the name is not printed; identified"
    how += f" by all {shared.count} of the table" if shared.count > 1 and best.definition in shared.names else ""
    notes = [f"also {others}" if others else "", _AS_CUT if best.match == CUT else "", "" if named else how]
    return _Outcome(
        REPRODUCED, abs(best.value), abs(best.value) - value, _definition(figure, best.definition), "; ".join(filter(None, notes))
    )


def _plausible(figure: StudyFigure, value: float) -> bool:
    """Whether change over the SD of the changes, which cannot be computed, would be the value at a correlation that scores have."""
    means_and_sds = [figure.given.get(name) for name in ("mean_pre", "mean_post", "sd_pre", "sd_post")]
    if "r" in figure.given or "t" in figure.given or not value or any(not isinstance(each, int | Decimal) for each in means_and_sds):
        return False
    pre, post, before, after = (float(each) for each in means_and_sds if isinstance(each, int | Decimal))
    r = (before**2 + after**2 - ((pre - post) / value) ** 2) / (2 * before * after)
    return R_OF_SCORES[0] <= r <= R_OF_SCORES[1]


def _try(figure: StudyFigure, printed: Number) -> Identified:
    given = {name: _written(figure.given.get(name)) for name in _IDENTIFIED}
    return identify(str(printed), **given, decimals=None)


def _written(value: Argument | None) -> str | None:
    """A figure as text, so that its zeros count."""
    return None if value is None or isinstance(value, tuple) else str(value)
