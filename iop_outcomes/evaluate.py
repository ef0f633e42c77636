"""Takes a measure and data, gives its results: tally, draft, covariance, finish."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import Column
from iop_outcomes.counts import Counts
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import Measure
from iop_outcomes.results import ALL, MISSING_LEVEL, Estimate, Results
from iop_outcomes.stats.draft import Draft, Population
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
    flag = _independence_flag(data)
    estimates: list[Estimate] = []
    populations: dict[tuple[str, str], Population] = {}
    for level, part in _levels(counts, by):
        for draft in measure.draft(part):
            estimates.append(_estimate(measure, by or ALL, level, draft, counts, conf_level, flag))
            populations[level, draft.estimand] = draft.population
    return Results(measure.definition, by or ALL, tuple(estimates), populations, data.provenance)


def _levels(counts: Counts, by: str | None) -> list[tuple[str, Counts]]:
    """Everyone first, then each level with its episodes; a blank level under its own name."""
    parts = counts.split(by) if by else {}
    named = [(MISSING_LEVEL if level is None else str(level), part) for level, part in parts.items()]
    return [(ALL, counts), *named]


def _independence_flag(data: Data) -> str:
    repeated = data.engine.repeated_patients()
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
        unit=measure.unit,
        flag=_joined([draft.flag, interval.flag, flag]),
    )


def _joined(flags: Sequence[str]) -> str:
    return "; ".join(flag for flag in flags if flag)
