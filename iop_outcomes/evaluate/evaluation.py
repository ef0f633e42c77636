"""Takes a measure and data, gives its results: tally, draft, errors, finish, and on request each group against the others."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from iop_outcomes.columns import Column, Request
from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.evaluate.contrasts import Against, Drafted, contrasts
from iop_outcomes.evaluate.groups import Divided, Group
from iop_outcomes.evaluate.rounding import rounded
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL, Contrast, Flag, Flags, flags
from iop_outcomes.measures import Measure
from iop_outcomes.progress import report_step
from iop_outcomes.results import Estimate, Results
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.intervals import Errors, errors_of, finish


def evaluate(
    measure: Measure,
    data: Data,
    *,
    by: str | None = None,
    classes: Callable[[Level], Level] | None = None,
    against: Against | None = None,
    grouped: str | None = None,
    conf_level: float = 0.95,
) -> Results:
    """Answer a measure's question.

    Parameters
    ----------
    measure : Measure
        The question.
    data : Data
        A loaded program.
    by : str, optional
        A column to group by; there is always a row for everyone, whose level is "All".
    classes : callable, optional
        From a level of that column, the class to group it under; `None` stands for "not recorded".
    against : Against, optional
        Which of the measure's numbers to compare between groups, and with whom.
    grouped : str, optional
        A column; episodes without a value of it are left out, so that every table of a page grouped by it rests on the same ones.
    conf_level : float
        Confidence level between 0 and 1.

    Returns
    -------
    Results
        Working numbers: one estimate for each level and estimand.

    Raises
    ------
    UsageError
        When the data cannot be grouped by that column.
    NotAssessableError
        When no end of follow-up is known, where one is needed.
    """
    report_step(f"answering {measure.name}")
    columns = dict.fromkeys(name for name in (by, grouped) if name)
    requests = requests_of(measure, data, by, grouped)
    counted = data.count(requests)
    if counted.total != data.episodes:
        raise AssertionError(f"{measure.name}: cells hold {counted.total} episodes of {data.episodes}")
    everyone = Group(counted, data.engine.patients(requests))
    if grouped is not None:
        everyone = everyone.where(~counted.is_in(grouped, [None]))
    unread = set(columns) - {name for request in measure.requests for name in request.keys}
    tallied = _Tallied(everyone, Divided.by(everyone, by, classes, unread) if by else None, unread)
    again = partial(evaluate, measure, data, by=by, classes=classes, against=against, grouped=by, conf_level=conf_level)
    ungrouped = MISSING_LEVEL in tallied.parts and grouped != by
    answered = partial(_answered, data=data, tallied=tallied, by=by, against=against, conf_level=conf_level)
    return replace(
        answered(measure),
        among_grouped=again if ungrouped else None,
        only_grouped=grouped is not None and everyone.counts.total < counted.total,
        coarser=None if measure.coarser is None else partial(_coarser, measure.coarser, tallied, answered),
    )


def requests_of(measure: Measure, data: Data, by: str | None, grouped: str | None) -> tuple[Request, ...]:
    """What has to be counted to answer a measure by a column, among the episodes with a value of another."""
    return (*measure.requests, *(Column(name) for name in dict.fromkeys(data.group(name) for name in (by, grouped) if name)))


@dataclass(frozen=True, eq=False)
class _Tallied:
    """What was counted once: every form of a measure is computed from it."""

    everyone: Group
    divided: Divided | None
    unread: Collection[str]

    @cached_property
    def parts(self) -> Mapping[str, Group]:
        """Everyone, then the episodes of each level by themselves."""
        return {ALL: self.everyone.without(self.unread)} | dict(self.divided.groups if self.divided is not None else {})


def _coarser(
    forms: Callable[[Mapping[str, Counts]], Iterator[Measure]], tallied: _Tallied, answered: Callable[[Measure], Results]
) -> Iterator[Results]:
    """The results of coarser forms of a measure, each computed when it is wanted."""
    return (answered(form) for form in forms({level: part.counts for level, part in tallied.parts.items()}))


def _answered(measure: Measure, *, data: Data, tallied: _Tallied, by: str | None, against: Against | None, conf_level: float) -> Results:
    """Draft, errors, finish, and the comparisons."""
    divided, parts, counts = tallied.divided, tallied.parts, tallied.everyone.counts
    if measure.refuses is not None and (reason := measure.refuses(counts)):
        raise NotAssessableError(f"{measure.title} is not assessable: {reason}")
    if measure.settled is not None:
        measure = replace(measure, draft=measure.settled(counts))
    drafts = _known_together(measure, [(level, draft) for level, part in parts.items() for draft in measure.draft(part.counts)])
    drafted = [(level, draft, errors_of(draft, parts[level].people, parts[level].counts.n)) for level, draft in drafts]
    if divided is not None and measure.across is not None:
        together = divided.together
        drafted += [(level, draft, errors_of(draft, together.people, together.counts.n)) for level, draft in measure.across(divided.tables)]
    assumed = flags(Flag.INDEPENDENCE_ASSUMED if data.facts.repeated is None else Flag.NONE)
    results = Results(
        measure.definition,
        by or ALL,
        tuple(_estimate(measure, by or ALL, each, conf_level, assumed) for each in drafted),
        {(level, draft.key): draft.population for level, draft, _ in drafted},
        data.provenance,
        {level: measure.curve(part.counts) for level, part in parts.items()} if measure.curve else {},
    )
    if against is not None and divided is not None:
        results = contrasts(measure, results, Drafted(divided, drafted), against, conf_level)
    return rounded(results)


def compare(
    measure: Measure, data: Data, *, by: str, estimand: str | None = None, pairwise: bool = False, conf_level: float = 0.95
) -> Results:
    """Answer a measure's question and set the groups against one another; the public function is `iop_outcomes.compare`."""
    names = [definition.name for definition in measure.estimands]
    if estimand is not None and estimand not in names:
        raise UsageError(f'{measure.name} has no number "{estimand}". {choices(estimand, names)}')
    _several_groups(data, by)
    chosen = () if estimand is None else (estimand, *measure.definition.estimand(estimand).compared_beside)
    results = evaluate(measure, data, by=by, against=Against(chosen, pairwise), conf_level=conf_level)
    compared = list(dict.fromkeys(estimate.estimand for estimate in results if estimate.contrast))
    if estimand is not None and estimand not in compared:
        raise UsageError(f'"{estimand}" is not compared between groups: it has no interval, or is standardised within a group.')
    return _drawn_as_comparison(results, compared[:1], pairwise=pairwise)


def _drawn_as_comparison(results: Results, compared: Sequence[str], *, pairwise: bool) -> Results:
    """The same, with the chart of differences; so in every coarser form."""
    chart = results.definition.chart if pairwise else "forest"
    forms = results.coarser
    return replace(
        results,
        definition=replace(results.definition, chart=chart, shown=(*compared,) or results.definition.shown),
        coarser=None if forms is None else lambda: (_drawn_as_comparison(form, compared, pairwise=pairwise) for form in forms()),
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


def _estimate(measure: Measure, group: str, drafted: tuple[str, Draft, Errors], conf_level: float, assumed: Flags) -> Estimate:
    level, draft, errors = drafted
    limits = finish(draft, errors, conf_level=conf_level)
    who = draft.population
    return Estimate(
        measure=measure.name,
        definition=measure.variant,
        group=group,
        level=level,
        group_2="",
        level_2="",
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
