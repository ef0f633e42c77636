"""Takes a measure and data, gives its results: tally, draft, errors, finish, and on request each group against the others, by one column or two."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iop_outcomes.columns import Column
from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.evaluate.contrasts import Against, Drafted, contrasts
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL, Contrast, Flag, Flags, flags
from iop_outcomes.measures import Measure
from iop_outcomes.patients import Patients
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals import Errors, errors_of, finish

By = str | Sequence[str]  # a grouping column, or two


def evaluate(
    measure: Measure,
    data: Data,
    *,
    by: By | None = None,
    classes: Callable[[Level], Level] | None = None,
    against: Against | None = None,
    grouped: By | None = None,
    conf_level: float = 0.95,
) -> Results:
    """Answer a measure's question.

    Parameters
    ----------
    measure : Measure
        The question.
    data : Data
        A loaded program.
    by : str or two of them, optional
        A column to group by, or two; there is always a row for everyone, whose level is "All". With two, everything is done by the
        first among everyone, and once more within each level of the second.
    classes : callable, optional
        From a level of the first column, the class to group it under; `None` stands for "not recorded".
    against : Against, optional
        Which of the measure's numbers to compare between groups, and with whom.
    grouped : str or several of them, optional
        Columns; episodes without a value of one are left out, so that every table of a page grouped by it rests on the same ones.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Results
        Working numbers: one estimate for each level and estimand.

    Raises
    ------
    UsageError
        When the data cannot be grouped by these columns.
    NotAssessableError
        When no end of follow-up is known, where one is needed.
    """
    columns, complete = grouping_columns(data, by), tuple(data.group(name) for name in _listed(grouped))
    requests = (*measure.requests, *(Column(name) for name in dict.fromkeys((*columns, *complete))))
    counted = data.engine.tally(requests)
    if counted.total != data.episodes:
        raise AssertionError(f"{measure.name}: cells hold {counted.total} episodes of {data.episodes}")
    blank = [counted.is_in(name, [None]) for name in complete]
    counts = counted.where(~np.logical_or.reduce(blank)) if blank else counted
    if measure.refuses is not None and (reason := measure.refuses(counts)):
        raise NotAssessableError(f"{measure.title} is not assessable: {reason}")
    if measure.settled is not None:
        measure = replace(measure, draft=measure.settled(counts))
    people = data.engine.patients(requests)
    slices = {
        level_2: _by_first(
            measure,
            data,
            _Slice(counted, part, people if part is counted else people.within(part.here()), columns, level_2),
            classes=classes,
            against=against,
            conf_level=conf_level,
        )
        for level_2, part in (_levels(counts, columns[1]) if len(columns) > 1 else {"": counts}).items()
    }
    everyone, *within = slices.values()
    results = replace(everyone, within={part.level_2: part for part in within}, only_grouped=counts.total < counted.total)

    def among_grouped(column: str) -> Results:
        return evaluate(measure, data, by=by, classes=classes, against=against, grouped=(*complete, column), conf_level=conf_level)

    return replace(results, among_grouped=among_grouped) if set(results.ungrouped) - set(complete) else results


@dataclass(frozen=True, eq=False)
class _Slice:
    """The episodes of one level of the second column, or all of them: their cells, and the patients behind these."""

    counted: Counts
    counts: Counts
    people: Patients
    columns: tuple[str, ...]
    level_2: str


def _by_first(
    measure: Measure,
    data: Data,
    part: _Slice,
    *,
    classes: Callable[[Level], Level] | None,
    against: Against | None,
    conf_level: float,
) -> Results:
    """Answer by the first column within a slice, and compare its levels there."""
    group, group_2 = (*part.columns, "", "")[:2]
    parts: dict[str, Counts] = _levels(part.counts, group, classes) if group else {ALL: part.counts}
    drafts = [(level, draft) for level, counts in parts.items() for draft in measure.draft(counts)]
    drafts = _known_together(measure, drafts)
    if measure.across is not None and group and part.level_2 != MISSING_LEVEL:
        drafts += measure.across({level: counts for level, counts in parts.items() if level != ALL})
    seen = {level: part.people.within(counts.here()) for level, counts in parts.items() if level != ALL} | {ALL: part.people}
    drafted = [(level, draft, errors_of(draft, seen[level], part.counted.n)) for level, draft in drafts]
    assumed = flags(Flag.INDEPENDENCE_ASSUMED if data.engine.repeated_patients is None else Flag.NONE)
    names = (group or ALL, group_2, part.level_2)
    results = Results(
        measure.definition,
        group or ALL,
        tuple(_estimate(measure, names, each, conf_level, assumed) for each in drafted),
        {(level, draft.key): draft.population for level, draft in drafts},
        data.provenance,
        {level: measure.curve(counts) for level, counts in parts.items()} if measure.curve else {},
        group_2=group_2,
        level_2=part.level_2,
    )
    if against is None or not group or part.level_2 == MISSING_LEVEL:
        return results
    return contrasts(measure, results, Drafted(part.counted, part.people, parts, drafted), against, conf_level)


def _listed(by: By | None) -> tuple[str, ...]:
    """Columns as a tuple, however they are given."""
    names = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    if not all(isinstance(name, str) for name in names):
        raise UsageError('by: takes the name of a column, or two names, as in by="track" or by=("track", "modality").')
    return names


def grouping_columns(data: Data, by: By | None) -> tuple[str, ...]:
    """Check the columns to group by.

    Raises
    ------
    UsageError
        When they are more than two, the same twice, none in a list, or not there.
    """
    columns = tuple(data.group(name) for name in _listed(by))
    if by is not None and not columns:
        raise UsageError(f'by: an empty list names no column. Give one, as in by="{data.groups[0]}", or leave by out.')
    if len(columns) > 2:
        raise UsageError(
            f"by: takes one column or two, and was given {len(columns)}: {', '.join(columns)}. Choose two, and narrow the data to one value "
            "of the others with where (--where)."
        )
    if len(set(columns)) < len(columns):
        raise UsageError(f'by: "{columns[0]}" is given twice. Give two different columns, or this one once.')
    return columns


def compare(
    measure: Measure, data: Data, *, by: By, estimand: str | None = None, pairwise: bool = False, conf_level: float = 0.95
) -> Results:
    """Answer a measure's question and set the groups against one another; the public function is `iop_outcomes.compare`."""
    names = [definition.name for definition in measure.estimands]
    if estimand is not None and estimand not in names:
        raise UsageError(f'{measure.name} has no number "{estimand}". {choices(estimand, names)}')
    _several_groups(data, grouping_columns(data, by)[0])
    chosen = () if estimand is None else (estimand, *measure.definition.estimand(estimand).compared_beside)
    results = evaluate(measure, data, by=by, against=Against(chosen, pairwise), conf_level=conf_level)
    compared = list(dict.fromkeys(estimate.estimand for estimate in results if estimate.contrast))
    if estimand is not None and estimand not in compared:
        raise UsageError(f'"{estimand}" is not compared between groups: it has no interval, or is standardised within a group.')
    chart = results.definition.chart if pairwise else "forest"
    return replace(results, definition=replace(results.definition, chart=chart, shown=(*compared[:1],) or results.definition.shown))


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
    return [level for level in data.engine.tally([Column(data.group(by))]).levels(by) if level is not None]


def _known_together(measure: Measure, drafts: Sequence[tuple[str, Draft]]) -> list[tuple[str, Draft]]:
    """Take back what some level lacks, where only levels that all have it may stand side by side; a level without anybody lacks nothing."""
    lacking = {
        draft.key
        for level, draft in drafts
        if draft.key.estimand in measure.together and math.isnan(draft.value) and draft.n and level != MISSING_LEVEL
    }
    return [
        (level, draft.without_value(Flag.NOT_FOLLOWED_IN_ALL_GROUPS) if draft.key in lacking and not draft.interval.flag else draft)
        for level, draft in drafts
    ]


def _levels(counts: Counts, column: str, classes: Callable[[Level], Level] | None = None) -> dict[str, Counts]:
    """Everyone first, then each level with its episodes; a blank level under its own name."""
    parts: Mapping[Level, Counts] = (counts if classes is None else counts.recode(column, classes)).split(column)
    return {ALL: counts} | {MISSING_LEVEL if level is None else str(level): part for level, part in parts.items()}


def _estimate(
    measure: Measure, names: tuple[str, str, str], drafted: tuple[str, Draft, Errors], conf_level: float, assumed: Flags
) -> Estimate:
    """One row: `names` are both columns and the level of the second."""
    (group, group_2, level_2), (level, draft, errors) = names, drafted
    limits = finish(draft, errors, conf_level=conf_level)
    who = draft.population
    return Estimate(
        measure=measure.name,
        definition=measure.variant,
        group=group,
        level=level,
        group_2=group_2,
        level_2=level_2,
        estimand=draft.key.estimand,
        time=draft.key.time,
        contrast=Contrast.NONE,
        versus="",
        adjustment="",
        value=draft.value if limits.value is None else limits.value,
        se=limits.se,
        low=limits.low,
        high=limits.high,
        p=limits.p,
        p_adjusted=math.nan,
        word=draft.interval.word,
        statistic=limits.statistic,
        df=limits.df,
        conf_level=conf_level,
        method=limits.method,
        n=who.n,
        k=who.k,
        n_at_risk=draft.interval.at_risk,
        n_missing=who.n_missing,
        excluded=sum(who.excluded.values()),
        unit=measure.definition.estimand(draft.key.estimand).unit,
        flag=flags(draft.interval.flag) | limits.flags | assumed,
    )
