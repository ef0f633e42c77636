"""Takes a measure and data, gives its results: tally, draft, errors, finish, and on request each group against the others, by one column or two."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np

from iop_outcomes.columns import PERIODS, Column, Request
from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.evaluate.contrasts import Against, Drafted, contrasts
from iop_outcomes.evaluate.forms import coarser_forms
from iop_outcomes.evaluate.groups import Divided, Group
from iop_outcomes.evaluate.lacking import refuse_not_counted
from iop_outcomes.evaluate.rounding import rounded
from iop_outcomes.evaluate.standardising import with_adjusted
from iop_outcomes.evaluate.strata import Adjusting
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL, Contrast, Flag, Flags, flags
from iop_outcomes.measures import Measure
from iop_outcomes.progress import report_step
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.curves import Curve, CurveLine
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals import Errors, errors_of, finish

By = str | Sequence[str]  # a grouping column, or two
MAX_GROUPS = 500  # of one column side by side: a measure of them takes seconds, a report minutes, and nobody reads more


def evaluate(
    measure: Measure,
    data: Data,
    *,
    by: By | None = None,
    classes: Callable[[Level], Level] | None = None,
    against: Against | None = None,
    grouped: By | None = None,
    adjusting: Adjusting | None = None,
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
    adjusting : Adjusting, optional
        What the numbers compared are adjusted for too: rows of their own, after those of the numbers as they stand.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Results
        Working numbers: one estimate for each level and estimand.

    Raises
    ------
    UsageError
        When the data cannot be grouped by these columns, or would fall into too many groups.
    NotAssessableError
        When no end of follow-up is known, where one is needed, or counts lack a column.
    """
    report_step(f"answering {measure.name}")
    columns, complete = grouping_columns(data, by), tuple(data.group(name) for name in _listed(grouped))
    requests = requests_of(measure, data, by, grouped)
    if adjusting is not None:
        requests = tuple(dict.fromkeys((*requests, *adjusting.requests)))
    refuse_not_counted(data, measure, requests)
    counted = data.count(requests)
    if counted.total != data.episodes:
        raise AssertionError(f"{measure.name}: cells hold {counted.total} episodes of {data.episodes}")
    _refuse_crowds(counted, columns)
    everyone = Group(counted, data.engine.patients(requests))
    if complete:
        everyone = everyone.where(~np.logical_or.reduce([counted.is_in(name, [None]) for name in complete]))
    read = {name for request in measure.requests for name in request.keys}
    strata = frozenset() if adjusting is None else adjusting.keys
    unread = {*columns, *complete, *strata} - read
    class_of = _class_of(everyone, columns, classes)
    answered = partial(_answered, data=data, against=against, adjusting=adjusting, conf_level=conf_level)

    def tallied() -> _Tallied:
        return _Tallied(columns, _slices(everyone, columns, classes, unread, strata), class_of)

    def coarser() -> Iterator[Results]:
        again = tallied()  # not kept until then: those of all the asks of a page would take most of its memory
        return coarser_forms(measure, exact, again.divisions, partial(answered, tallied=again))

    def among_grouped(column: str) -> Results:
        return evaluate(
            measure,
            data,
            by=by,
            classes=classes,
            against=against,
            grouped=(*complete, column),
            adjusting=adjusting,
            conf_level=conf_level,
        )

    exact = answered(measure, tallied=tallied())
    results = replace(
        rounded(exact),
        only_grouped=everyone.counts.total < counted.total,
        coarser=None if measure.coarser is None else coarser,
    )
    return replace(results, among_grouped=among_grouped) if set(results.ungrouped) - set(complete) else results


def _refuse_crowds(counted: Counts, columns: Sequence[str]) -> None:
    """Refuse more groups than anybody could read, before there is an estimate for each of them; periods stand one after another."""
    for column in (each for each in columns if each not in PERIODS):
        groups = len(counted.levels(column))
        if groups > MAX_GROUPS:
            raise UsageError(
                f'by: "{column}" has {groups:,} different values, and at most {MAX_GROUPS} groups stand side by side. Put them into groups in '
                f"mapping.toml under [codes.{column}], choose another column with by (--by), or narrow the data with where (--where)."
            )


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


def requests_of(measure: Measure, data: Data, by: By | None, grouped: By | None) -> tuple[Request, ...]:
    """What has to be counted to answer a measure by some columns, among the episodes with a value of others."""
    columns = (*grouping_columns(data, by), *(data.group(name) for name in _listed(grouped)))
    return (*measure.requests, *(Column(name) for name in dict.fromkeys(columns)))


@dataclass(frozen=True, eq=False)
class _Slice:
    """The episodes of one level of the second column, or all of them, and the same divided by the first column."""

    everyone: Group
    divided: Divided | None
    unread: Collection[str]
    by_strata: Divided | None = None  # once more, with what is adjusted for

    @cached_property
    def parts(self) -> Mapping[str, Group]:
        """All of them, then the episodes of each level of the first column by themselves."""
        return {ALL: self.everyone.without(self.unread)} | dict(self.divided.groups if self.divided is not None else {})

    @property
    def counts(self) -> Mapping[str, Counts]:
        """The same without the patients."""
        return {level: part.counts for level, part in self.parts.items()}


def _slices(
    everyone: Group, columns: Sequence[str], classes: Callable[[Level], Level] | None, unread: Collection[str], strata: Collection[str]
) -> dict[str, _Slice]:
    """Everyone by the first column, and with two the same within each level of the second; with the columns of strata where there are any."""
    first, second = (*columns, "", "")[:2]
    within = {"": everyone} if not second else {str(ALL): everyone} | dict(Divided.by(everyone, second, None, unread).groups)
    beside = set(unread) - {first}  # summed over before dividing: no two cells of a level are alike in all that is read

    def by_first(episodes: Group, without: Collection[str]) -> Divided | None:
        return Divided.by(episodes.without(without), first, classes, unread) if first else None

    return {
        level: _Slice(episodes, by_first(episodes, beside), unread, by_first(episodes, beside - set(strata)) if strata else None)
        for level, episodes in within.items()
    }


def _class_of(everyone: Group, columns: Sequence[str], classes: Callable[[Level], Level] | None) -> dict[str, str]:
    if classes is None or not columns:
        return {}
    return {str(level): str(classes(level)) for level in everyone.counts.levels(columns[0]) if level is not None}


@dataclass(frozen=True, eq=False)
class _Tallied:
    """What was counted once: every form of a measure is computed from it."""

    columns: tuple[str, ...]
    slices: Mapping[str, _Slice]
    class_of: Mapping[str, str]  # of the first column's levels, where they are grouped under classes

    @property
    def counts(self) -> Counts:
        """Of everyone."""
        return next(iter(self.slices.values())).everyone.counts

    def divisions(self) -> list[Mapping[str, Counts]]:
        """Every total that is printed with the groups it is the sum of: by the first column in each slice, and with two by the second too."""
        by_first = {level_2: part.counts for level_2, part in self.slices.items()}
        whole, *_ = by_first.values()
        if len(self.columns) < 2:
            return [whole]
        return [
            *by_first.values(),
            *({level_2: counts[level] for level_2, counts in by_first.items() if level in counts} for level in whole),
        ]


def _answered(
    measure: Measure, *, data: Data, tallied: _Tallied, against: Against | None, adjusting: Adjusting | None, conf_level: float
) -> Results:
    """Answer by the first column, with two columns among everyone and within each level of the second; nothing is rounded yet."""
    if measure.refuses is not None and (reason := measure.refuses(tallied.counts)):
        raise NotAssessableError(f"{measure.title} is not assessable: {reason}")
    if measure.settled is not None:
        measure = replace(measure, draft=measure.settled(tallied.counts))
    everyone, *within = (
        _by_first(measure, data, part, (*tallied.columns, "", "")[:2], level_2, against, adjusting, conf_level)
        for level_2, part in tallied.slices.items()
    )
    return replace(everyone, within={part.level_2: part for part in within}, class_of=tallied.class_of)


def _by_first(
    measure: Measure,
    data: Data,
    part: _Slice,
    columns: tuple[str, ...],
    level_2: str,
    against: Against | None,
    adjusting: Adjusting | None,
    conf_level: float,
) -> Results:
    """Draft, errors, finish, and the comparisons, by the first column within a slice."""
    divided, parts = part.divided, part.parts
    drafts = _known_together(measure, [(level, draft) for level, group in parts.items() for draft in measure.draft(group.counts)])
    drafted = [(level, draft, errors_of(draft, parts[level].people, parts[level].counts.n)) for level, draft in drafts]
    if divided is not None and measure.across is not None and level_2 != MISSING_LEVEL:
        together = divided.together
        drafted += [(level, draft, errors_of(draft, together.people, together.counts.n)) for level, draft in measure.across(divided.tables)]
    assumed = flags(Flag.INDEPENDENCE_ASSUMED if data.facts.repeated is None else Flag.NONE)
    group, group_2 = columns[0] or ALL, columns[1]
    results = Results(
        measure.definition,
        group,
        tuple(_estimate(measure, (group, group_2, level_2), each, conf_level, assumed) for each in drafted),
        {(level, draft.key): draft.population for level, draft, _ in drafted},
        data.provenance,
        {level: _curve_of(measure.curve(each.counts), each, conf_level) for level, each in parts.items()} if measure.curve else {},
        group_2=group_2,
        level_2=level_2,
    )
    if against is not None and divided is not None and level_2 != MISSING_LEVEL:
        results = contrasts(measure, results, Drafted(divided, drafted), against, conf_level)
        if adjusting is not None and part.by_strata is not None:
            results = with_adjusted(measure, results, part.by_strata, adjusting, against, conf_level)
    kept = (each for each in results.estimates if each.contrast or each.estimand not in measure.between)
    return replace(results, estimates=tuple(kept)) if measure.between else results


def _curve_of(curve: Curve, group: Group, conf_level: float) -> Curve:
    """The curve, which knows its limits when a figure asks for them: a page of tables never does."""
    return replace(curve, lines=partial(_lines_of, curve, Group(group.counts, group.people.put_away()), conf_level))


def _lines_of(curve: Curve, group: Group, conf_level: float) -> tuple[CurveLine, CurveLine]:
    if curve.along is None:
        raise ValueError("a curve without its drafts has no limits")
    with_outcome, free = (_line_of(drafts, group, conf_level) for drafts in curve.along())
    return with_outcome, free


def _line_of(drafts: Sequence[Draft], group: Group, conf_level: float) -> CurveLine:
    """Drafts of one share on several days, finished as any other number is."""
    limits = [finish(draft, errors_of(draft, group.people, group.counts.n), conf_level=conf_level) for draft in drafts]
    days = np.array([draft.key.time for draft in drafts], dtype=np.float64).astype(np.int64)
    low, high = (np.array([getattr(each, name) for each in limits], dtype=np.float64) for name in ("low", "high"))
    return CurveLine(days, np.array([draft.value for draft in drafts], dtype=np.float64), low, high)


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
