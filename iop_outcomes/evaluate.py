"""Takes a measure and data, gives its results: tally, draft, covariance, finish."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from iop_outcomes.columns import Column
from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.results import ALL, MISSING_LEVEL, Estimate, Results
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.interval import finish, variance_independent

NOT_CLUSTERED = "not_clustered"
INDEPENDENCE = "independence_assumed"


def evaluate(measure: Measure, data: Data, *, by: str | None = None, conf_level: float = 0.95) -> Results:
    """Answer a measure's question.

    Parameters
    ----------
    measure : Measure
        The question.
    data : Data
        A loaded program.
    by : str, optional
        A column to group by; there is always a row for everyone, whose level is "All".
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
    """
    requests = (*measure.requests, *([Column(data.group(by))] if by else ()))
    counts = data.engine.tally(requests)
    if counts.total != data.episodes:
        raise AssertionError(f"{measure.name}: cells hold {counts.total} episodes of {data.episodes}")
    if measure.refuses is not None and (reason := measure.refuses(counts)):
        raise UsageError(f"{measure.name}: {reason}")
    parts = _levels(counts, by)
    drafts = [(level, draft) for level, part in parts.items() for draft in measure.draft(part)]
    drafts = _known_together(measure, drafts)
    if measure.across is not None and by:
        drafts += measure.across({level: part for level, part in parts.items() if level != ALL})
    flag = _independence_flag(data)
    estimates = tuple(_estimate(measure, by or ALL, level, draft, counts, conf_level, flag) for level, draft in drafts)
    populations = {(level, draft.key): draft.population for level, draft in drafts}
    curves = {level: measure.curve(part) for level, part in parts.items()} if measure.curve else {}
    return Results(measure.definition, by or ALL, estimates, populations, data.provenance, curves)


def _known_together(measure: Measure, drafts: Sequence[tuple[str, Draft]]) -> list[tuple[str, Draft]]:
    """Take back what some level lacks, where only levels that all have it may stand side by side; a level without anybody lacks nothing."""
    lacking = {draft.key for _, draft in drafts if draft.estimand in measure.together and math.isnan(draft.value) and draft.n}
    return [
        (level, replace(draft, value=math.nan, flag="not_followed_in_all_groups") if draft.key in lacking and not draft.flag else draft)
        for level, draft in drafts
    ]


def _levels(counts: Counts, by: str | None) -> dict[str, Counts]:
    """Everyone first, then each level with its episodes; a blank level under its own name."""
    parts = counts.split(by) if by else {}
    return {ALL: counts} | {MISSING_LEVEL if level is None else str(level): part for level, part in parts.items()}


def _independence_flag(data: Data) -> str:
    repeated = data.engine.repeated_patients
    if repeated is None:
        return INDEPENDENCE
    return NOT_CLUSTERED if repeated else ""


def _estimate(measure: Measure, group: str, level: str, draft: Draft, counts: Counts, conf_level: float, flag: str) -> Estimate:
    interval = finish(draft, variance_independent(draft.influence, counts.n), conf_level=conf_level)
    people = draft.population
    return Estimate(
        measure=measure.name,
        group=group,
        level=level,
        estimand=draft.estimand,
        time=draft.time,
        value=draft.value,
        se=interval.se,
        low=interval.low,
        high=interval.high,
        conf_level=conf_level,
        method=interval.method,
        n=people.n,
        k=people.k,
        n_missing=people.n_missing,
        excluded=sum(people.excluded.values()),
        unit=measure.definition.estimand(draft.estimand).unit,
        flag=_joined([draft.flag, interval.flag, flag]),
    )


def _joined(flags: Sequence[str]) -> str:
    return "; ".join(flag for flag in flags if flag)
