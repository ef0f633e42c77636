"""Takes changes that studies print, gives them as one effect size of one kind of people, or says why one cannot stand beside the others."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.published.calculations import arguments, calculated
from iop_outcomes.published.changes import CHANGE_NAMES
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import correlation
from iop_outcomes.published.study import BETWEEN, EFFECT, FORMULAS, NOT_PRINTED, PEOPLE, Argument, Study, StudyFigure

if TYPE_CHECKING:
    import pandas as pd

_BETWEEN_GROUPS = ("difference", "difference_in_change")
_BY_CHANGE = ("d_z",)
_BY_SCORES = ("d_pre_sd", "d_av", "d_av_rms", "d_rm")


@dataclass(frozen=True, slots=True)
class ComparableEffects:
    """Effect sizes of several studies that may stand side by side, and those that may not.

    Attributes
    ----------
    definition, people : str
        What all of them are, and of whom.
    studies : tuple of (str, str)
        Study and figure of each effect.
    effects : tuple of EffectSize
        In the same order; `.assumption` says what had to be assumed.
    refused : tuple of (str, str, str)
        Study, figure and reason.
    """

    definition: str
    people: str
    studies: tuple[tuple[str, str], ...]
    effects: tuple[EffectSize, ...]
    refused: tuple[tuple[str, str, str], ...]

    def sentence(self) -> str:
        """How many there are, and how many are refused for which reason."""
        text = f"{len(self.effects)} changes as {self.definition} ({FORMULAS[self.definition]}), {PEOPLE[self.people]}."
        reasons = [reason for _, _, reason in self.refused]
        if not reasons:
            return text
        counts = "; ".join(f"{reasons.count(reason)}: {reason}" for reason in dict.fromkeys(reasons))
        return f"{text} {len(reasons)} refused ({counts})."

    @property
    def table(self) -> dict[str, list[Any]]:
        """Those with an error, as `iop.pool_studies(effects.table, se="se", study="label")` takes them; `study` is the cluster for `.robust`."""
        rows = [(*pair, effect) for pair, effect in zip(self.studies, self.effects, strict=True) if not math.isnan(effect.se)]
        return {
            "study": [study for study, _, _ in rows],
            "label": [f"{study} {figure}" for study, figure, _ in rows],
            "value": [effect.value for *_, effect in rows],
            "se": [effect.se for *_, effect in rows],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row for each effect and for each refusal, with its reason."""
        import pandas as pd

        rows = [
            {"study": study, "figure": figure, **asdict(effect), "refused": ""}
            for (study, figure), effect in zip(self.studies, self.effects, strict=True)
        ]
        return pd.DataFrame(rows + [{"study": study, "figure": figure, "refused": reason} for study, figure, reason in self.refused])

    def __repr__(self) -> str:
        return self.sentence()


def comparable_effects(
    studies: Iterable[Study], definition: str, *, people: str | None, scale: str | None, r: float | None
) -> ComparableEffects:
    """The changes of the studies as one effect size; `StudyRegistry.effects` says what the arguments are."""
    if definition not in CHANGE_NAMES:
        raise UsageError(f'definition="{definition}" is no effect size of change. {choices(definition, CHANGE_NAMES)}')
    if people is not None and people not in PEOPLE:
        raise UsageError(f'people="{people}" does not exist. {choices(people, PEOPLE)}')
    correlation("r", r)
    figures = [
        (study, figure)
        for study in studies
        for figure in study.figures
        if figure.outcome in ("change", *_BETWEEN_GROUPS) and scale in (None, figure.scale)
    ]
    changes = [figure for _, figure in figures if figure.outcome == "change"]
    whom = people or _same_people(changes)
    rows, effects, refused = list[tuple[str, str]](), list[EffectSize](), list[tuple[str, str, str]]()
    for study, figure in figures:
        result = effect_as(study, figure, definition, people=whom, r=r)
        if isinstance(result, str):
            refused.append((study.id, figure.name, result))
        else:
            rows.append((study.id, figure.name))
            effects.append(result)
    return ComparableEffects(definition, whom, tuple(rows), tuple(effects), tuple(refused))


def _same_people(figures: Sequence[StudyFigure]) -> str:
    """Whom all figures are of; refused where they differ."""
    counts = {name: sum(figure.people == name for figure in figures) for name in PEOPLE}
    there = [name for name, count in counts.items() if count]
    if len(there) > 1:
        listed = ", ".join(f"{counts[name]} {name} ({PEOPLE[name]})" for name in there)
        raise UsageError(
            f"these changes are of different people and do not stand side by side: {listed}. Those who stay improve more than all who began; "
            f'choose with people="{there[0]}"'
        )
    return there[0] if there else NOT_PRINTED


def effect_as(study: Study, figure: StudyFigure, definition: str, *, people: str, r: float | None) -> EffectSize | str:
    """A figure's change as this effect size of these people, or the reason why it is not."""
    reason = _other_kind(study, figure, people)
    if reason:
        return reason
    computable = figure.calculation == "pre_post" and not figure.given.keys() <= {"z", "n"}
    return _computed(figure, definition, r) if computable else _converted(figure, definition, r)


def _other_kind(study: Study, figure: StudyFigure, people: str) -> str:
    """Why a figure is not a change of these people in one study; blank where it is."""
    if figure.outcome in _BETWEEN_GROUPS or figure.definition in BETWEEN:
        return "a difference between two groups is no change of one"
    if study.scope == "literature":
        return "it is pooled from many studies already"
    if figure.people == people:
        return ""
    return PEOPLE[NOT_PRINTED] if figure.people == NOT_PRINTED else f"it is of {PEOPLE[figure.people]}, not of {PEOPLE[people]}"


def _computed(figure: StudyFigure, definition: str, r: float | None) -> EffectSize | str:
    given = arguments(figure)
    try:
        result = _effects(calculated("pre_post", given))
    except UsageError as error:
        return str(error)
    rows = [row for row in result if row.estimand == definition]
    if len(rows) > 1:
        return _without_r(given, rows, definition, r)
    if rows:
        return rows[0]
    if "t" in given:
        return _from_change(next((row for row in result if row.estimand == "d_z"), EffectSize("d_z", math.nan)), definition, r)
    return f"it needs {dict(result.missing).get(definition, 'more figures')}, not printed"


def _without_r(given: Mapping[str, Argument], rows: Sequence[EffectSize], definition: str, r: float | None) -> EffectSize | str:
    """Where no correlation is printed: the value alone if it does not depend on one, else with the one that is assumed."""
    if r is not None:
        row = next(each for each in _effects(calculated("pre_post", {**given, "r": Decimal(str(r))})) if each.estimand == definition)
        return replace(row, assumption="; ".join(filter(None, [f"r = {r:g} assumed, none was printed", row.assumption])))
    if math.isclose(rows[0].value, rows[-1].value, rel_tol=1e-12):
        return replace(rows[0], se=math.nan, low=math.nan, high=math.nan, r=math.nan, assumption="no error: r is not printed; give r")
    return "it needs the correlation of scores before and after, which is not printed: give r to assume one"


def _effects(result: object) -> EffectSizes:
    if not isinstance(result, EffectSizes):
        raise TypeError("a change gives effect sizes")
    return result


def _converted(figure: StudyFigure, definition: str, r: float | None) -> EffectSize | str:
    """From the effect size alone, as far as its own definition is known."""
    printed = figure.printed.get(EFFECT, figure.printed.get(figure.definition))
    if not isinstance(printed, int | Decimal):
        return "no effect size and no means with SDs are printed"
    if figure.definition == NOT_PRINTED:
        return "which effect size it is is not printed"
    if figure.definition == definition:
        return EffectSize(definition, float(printed), method=FORMULAS[definition], assumption="as printed, without its error")
    if figure.definition in _BY_CHANGE:
        return _from_change(EffectSize("d_z", float(printed)), definition, r)
    return f"it is {figure.definition} ({FORMULAS[figure.definition]}), not {definition}, and the SDs to convert it are not printed"


def _from_change(d_z: EffectSize, definition: str, r: float | None) -> EffectSize | str:
    """Change over the SD of the changes as change over an SD of scores: d_z sqrt(2 (1 - r)) where the SDs are alike, its error by that factor."""
    if definition not in _BY_SCORES or math.isnan(d_z.value):
        return f"it is d_z (change / SD of the changes), not {definition}, and neither means and SDs nor r are printed"
    if r is None:
        return (
            f"it is d_z (change / SD of the changes), not {definition}; give r to convert it, which takes the SDs before and after as alike"
        )
    factor = math.sqrt(2 * (1 - r))
    assumption = f"converted from d_z with r = {r:g} assumed and the SDs before and after taken as alike"
    converted = EffectSize(
        definition, factor * d_z.value, method="d_z sqrt(2 (1 - r))", assumption=assumption, source="doi:10.1037/1082-989X.7.1.105", r=r
    )
    if math.isnan(d_z.se) or r == 1:
        return converted
    return replace(converted, se=factor * d_z.se, low=factor * d_z.low, high=factor * d_z.high, n=d_z.n)
