"""Takes on how many days each episode had an attended session, gives the median, the quartiles and the mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from iop_outcomes.columns import SessionCount, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.coarse import in_whole_days
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration
from iop_outcomes.measures.parts import NOT_ENDED, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import mean_days, quantile_days

_DAYS = SessionCount("attended_days", ("attended",), days=True)
_PARTS = ("discharged", "died", "no_sessions", *NOT_ENDED)
_QUARTILES = {"attended_days_median": 0.5, "attended_days_q1": 0.25, "attended_days_q3": 0.75}
_MEAN = "attended_days_mean"


def _draft(counts: Counts) -> tuple[Draft, ...]:
    """The four numbers over every episode of the table."""
    out, blank = not_ended(counts), counts.is_in(_DAYS.name, [None])
    parts = parts_of(counts, {**out, "no_sessions": blank, **not_ended(counts, "died")}, "discharged", order=_PARTS)
    who = parts.population("attended_days", base=("discharged", "died"), missing=("no_sessions",))
    attended = counts.where(~np.logical_or.reduce([*out.values(), blank]))
    quartiles = [quantile_days(name, attended, _DAYS.name, share, who) for name, share in _QUARTILES.items()]
    return (*quartiles, mean_days(_MEAN, attended, _DAYS.name, who))


def _per_episode(counts: Counts) -> tuple[EpisodeColumn, ...]:
    """The days of those who are counted."""
    attended = counts.where(~np.logical_or.reduce(list(not_ended(counts).values())))
    days = attended.numbers(_DAYS.name, blank=math.nan)
    blank = "never started, still in care, not known, or no session with a known status"
    return (of_numbers("attended_days", "days in care with at least one attended session", attended, days, unit="days", blank=blank),)


_ROUNDED = (
    "Days are whole, and how many episodes they are of is not always shown: beside the other totals of the page it would tell how few died in "
    "care, or have no session recorded."
)


def _coarser(divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """The same in whole days, the mean without an interval, which beside the quartiles would tell of how many episodes it is."""
    yield from in_whole_days(attended_days(), _MEAN, _ROUNDED, divisions)


def attended_days() -> Measure:
    """Declare on how many days people attended.

    Returns
    -------
    Measure
    """
    rows: tuple[tuple[str, Role, str, str, str], ...] = (
        ("attended_days_median", "middle", "Middle number of attended days", "median (type 2)", _RANKS),
        ("attended_days_q1", "lower_quartile", "Quarter of episodes with fewer than", "first quartile (type 2)", _RANKS),
        ("attended_days_q3", "upper_quartile", "Quarter of episodes with more than", "third quartile (type 2)", _RANKS),
        (_MEAN, "mean", "Mean attended days", "mean", "95% Student t"),
    )
    return Measure(
        name="attended_days",
        title="Attended days",
        asks="On how many days of their stay did people attend?",
        requests=(Status(), _DAYS),
        among="discharged episodes with a session whose status is known",
        excludes={**NOT_ENDED, "no_sessions": "no session with a known status", "died": "died in care (kept)"},
        unit="days",
        better="neither",
        draft=_draft,
        per_episode=_per_episode,
        estimands=tuple(_number(*row) for row in rows),
        shown=("attended_days_median",),
        coarser=_coarser,
        notes=(
            "An attended day is a day in care with at least one attended session, however many there were.",
            "Nobody who attended nothing is left out: 0 days where sessions are recorded and none was attended; an episode without any recorded session is not known.",
        ),
    )


_RANKS = "order statistics, at least 95%"


def _number(name: str, role: Role, label: str, statistic: str, interval: str) -> EstimandDefinition:
    """The definition of one number; the middle one is the one that is said."""
    is_middle = role == "middle"
    return EstimandDefinition(
        name,
        label,
        f"{statistic} of the days with at least one attended session",
        "discharged episodes with a session whose status is known, deaths in care included, without those that never started",
        interval,
        "days",
        "The middle number of attended days was {value}; the plausible range is {low} to {high}." if is_middle else "",
        "The middle number of attended days was {value}" if is_middle else "",
        missing="Of {more}, no session with a known status is recorded." if is_middle else "",
        role=role,
        axis="Days attended",
    )


ATTENDED_DAYS = Declaration("attended_days", attended_days)
