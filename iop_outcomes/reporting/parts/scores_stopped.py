"""Takes a program, gives since when no discharge has both scores, where scores were collected before: asking stopped, or scores are not in the file."""

from __future__ import annotations

from iop_outcomes.columns import STATUS, Column, ScoreAt, Status
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate.ask import Ask, Classes
from iop_outcomes.measures.parts import NOT_ENDED
from iop_outcomes.release import Withheld
from iop_outcomes.reporting.parts.chart_periods import completion_by_period
from iop_outcomes.reporting.parts.part import Page, Program
from iop_outcomes.show.words import count, has_value, value_of
from iop_outcomes.stats.periods import Period, calendar

PAIRED = "paired_rate"
FEWEST_WITHOUT = 20  # discharges in a row without scores: where 3 of 10 give both, chance leaves none of 20 once in 1,250 times


def scores_stopped_ask(program: Program) -> Ask | None:
    """Who gave both scores since the last period in which anybody did, and before; none where scores go on, or few were discharged since.

    The periods are taken together in two classes of those that completion is followed by, so that no period is told apart.
    """
    return None if (stopped := _stopped(program)) is None else stopped[0]


def scores_stopped_words(page: Page) -> str:
    """Since when nobody has both scores, and of how many; nothing where that may not be told."""
    stopped = _stopped(page.program)
    released = None if stopped is None else page.get(stopped[0])
    if stopped is None or released is None or stopped[1] not in released.levels:
        return ""
    rate, scale = released.estimate(PAIRED, stopped[1]), page.program.data.scales[page.program.scored[0]]
    if not has_value(rate) or value_of(rate) or isinstance(rate.n, Withheld):
        return ""
    return f"None of the {count(rate.n)} episodes discharged {stopped[1]} has both {scale.label} scores."


def _stopped(program: Program) -> tuple[Ask, str] | None:
    """The ask, and what its class without scores is called."""
    by_period = completion_by_period(program)
    if by_period is None or by_period.by is None or not program.scored:
        return None
    column, scale = by_period.by, program.scored[0]
    try:
        since = _periods_without(program, column, scale)
    except NotAssessableError:  # a pool whose programs did not share their scores by period
        return None
    if not since:
        return None
    level = f"since {since[0].words}"
    classes = Classes(tuple((str(period), level) for period in since), "earlier periods")
    return Ask("symptom_change", scale=scale, by=column, classes=classes, estimands=(PAIRED,)), level


def _periods_without(program: Program, column: str, scale: str) -> list[Period]:
    """The periods after the last in which anybody gave both scores; none where few were discharged in them."""
    counts = program.data.count((Status(), ScoreAt(scale, "admit"), ScoreAt(scale, "discharge"), Column(column)))
    ended = counts.where(~counts.is_in(STATUS, NOT_ENDED))
    paired = ~ended.is_in(f"{scale}_admit", [None]) & ~ended.is_in(f"{scale}_discharge", [None])
    periods = calendar([str(level) for level in ended.levels(column) if level is not None])
    scored = [place for place, period in enumerate(periods) if (paired & ended.is_in(column, [str(period)])).any()]
    since = list(periods[scored[-1] + 1 :]) if scored else []
    left = int(ended.n[ended.is_in(column, map(str, since))].sum())
    return since if left >= FEWEST_WITHOUT else []
