"""Takes a measure, data and what groups are compared by, gives its results with each group set against the others, adjusted beside unadjusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from iop_outcomes.columns import Column
from iop_outcomes.counts import Level
from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.evaluation import By, evaluate, grouping_columns
from iop_outcomes.evaluate.margins import VERDICTS, Margin, definitions, margin_of
from iop_outcomes.evaluate.rounding import rounded
from iop_outcomes.evaluate.standardising import can_be_standardised
from iop_outcomes.evaluate.strata import Adjusting, adjusting_for
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.results import Definition, Results


def compare(
    measure: Measure,
    data: Data,
    *,
    by: By,
    estimand: str | None = None,
    pairwise: bool = False,
    adjust: Sequence[str] | None = None,
    margin: float | None = None,
    conf_level: float = 0.95,
) -> Results:
    """Answer a measure's question and set the groups against one another; the public function is `iop_outcomes.compare`."""
    names = [definition.name for definition in measure.estimands]
    if estimand is not None and estimand not in names:
        raise UsageError(f'{measure.name} has no number "{estimand}". {choices(estimand, names)}')
    columns = grouping_columns(data, by)
    limit = None if margin is None else margin_of(measure, estimand or measure.compared, margin)
    adjusting = None if adjust is None else adjusting_for(data, adjust, by=columns, measure=measure)
    _several_groups(data, columns[0])
    chosen = () if estimand is None else (estimand, *measure.definition.estimand(estimand).compared_beside)
    against = Against(chosen, pairwise, margin=limit)
    results = evaluate(measure, data, by=by, against=against, adjusting=adjusting, conf_level=conf_level)
    compared = [name for name in dict.fromkeys(each.estimand for each in results if each.contrast) if name not in VERDICTS]
    if estimand is not None and estimand not in compared:
        raise UsageError(f'"{estimand}" is not compared between groups: it has no interval, or is standardised within a group.')
    first = compared[:1] if limit is None else [limit.estimand]
    if adjusting is not None and first:
        _refuse_unadjusted(measure, data, results, estimand or first[0])
    return _Comparison(first, pairwise, limit, adjusting).described(results)


def _refuse_unadjusted(measure: Measure, data: Data, results: Results, estimand: str) -> None:
    """Refuse to adjust what is no sum over strata, where it is the number that is asked for; and name those that are."""
    if any(each.estimand == estimand and each.adjustment for each in results):
        return
    counts = data.count(measure.requests)
    drafts = measure.draft(counts) if measure.settled is None else measure.settled(counts)(counts)
    adjusted = dict.fromkeys(draft.key.estimand for draft in drafts if can_be_standardised(draft))
    fix = f"Compare one of these (estimand): {', '.join(adjusted)}." if adjusted else f"No number of {measure.name} is: leave adjust out."
    raise NotAssessableError(
        f'"{estimand}" cannot be adjusted: it is no weighted sum over strata, as shares, means and points of a curve are (a median of everyone is '
        f"no sum of medians). {fix}"
    )


@dataclass(frozen=True)
class _Comparison:
    """What a comparison adds to the definition of its measure: which chart and number, what is adjusted for, and the verdicts."""

    compared: Sequence[str]
    pairwise: bool
    margin: Margin | None
    adjusting: Adjusting | None

    def described(self, results: Results) -> Results:
        """The results with that definition; so in every form that release may choose."""
        forms, grouped = results.coarser, results.among_grouped
        definition = self._definition(results.definition)
        known = {item.name for item in definition.estimands}
        changed = replace(
            results,
            definition=definition,
            estimates=tuple(each for each in results.estimates if each.estimand in known),
            within={level: self.described(part) for level, part in results.within.items()},
            coarser=None if forms is None else lambda: (self.described(form) for form in forms()),
            among_grouped=None if grouped is None else lambda column: self.described(grouped(column)),
        )
        return changed if self.margin is None else rounded(changed)  # verdicts of a rounded number are rounded as it is

    def _definition(self, definition: Definition) -> Definition:
        chart = definition.chart if self.pairwise else "forest"
        more = [item for item in definition.estimands if self.margin is not None and item.name == self.margin.estimand]
        verdicts = tuple(each for item in more if self.margin is not None for each in definitions(item, self.margin))
        return replace(
            definition,
            chart=chart,
            shown=(*self.compared,) or definition.shown,
            estimands=(*definition.estimands, *verdicts),
            notes=(*definition.notes, *(() if self.adjusting is None else (_NOTE.format(name=self.adjusting.name),))),
            adjustments={} if self.adjusting is None else {self.adjusting.name: self.adjusting.words},
        )


_NOTE = (
    "Adjusted rows ({name}): each group's number in every stratum of these columns, weighted with the strata's shares of all episodes "
    "compared (direct standardisation); strata in which either side has nobody, or for a mean one episode, are left out and counted; a blank is "
    "a stratum of its own. What was not recorded is not allowed for: a difference that remains is no effect of a group."
)


def _several_groups(data: Data, by: str) -> None:
    """Refuse a column that does not divide the episodes, and name those that do."""
    groups = _groups(data, by)
    if len(groups) > 1:
        return
    other = [column for column in data.groups if column != "discharge_reason" and len(_groups(data, column)) > 1]  # an outcome itself
    what = "holds one group" if groups else "is blank in every episode"
    fix = f"choose another column with by (--by): {', '.join(other)}" if other else "no other column of the data holds several groups"
    raise NotAssessableError(f'"{by}" {what}, so that nothing can be compared; {fix}.')


def _groups(data: Data, by: str) -> list[Level]:
    """The levels of a column that are groups: a blank is none."""
    return [level for level in data.count([Column(data.group(by))]).levels(by) if level is not None]
