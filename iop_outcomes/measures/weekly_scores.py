"""Takes scores of a scale over the weeks of care, gives who was scored in which week, and the model of how scores go on: what several measures share."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral

import numpy as np

from iop_outcomes.columns import STATUS, ScoreAt, ScoreWithin, Status
from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.measures.options import Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of, portion, same
from iop_outcomes.measures.symptom_change import family_of
from iop_outcomes.results import Inclusion
from iop_outcomes.scales import Scale
from iop_outcomes.stats.balance import LEAST
from iop_outcomes.stats.draft import Floats, Mask
from iop_outcomes.stats.repeated import Course, course_of

WEEK = 7
AROUND = 3  # days before and after the end of a week: weeks then meet, and the first begins where the window of admission ends
MOST_WEEKS = 26
WEEKS = tuple(range(WEEK, 12 * WEEK + 1, WEEK))
AT_OPTION = Option("at", "days of care, each the end of a week", default=WEEKS)
WORDS = {"not_scored": "not scored that week", "no_admission_score": "no admission score", **NOT_ENDED}
PARTS = ("scored", *WORDS)
AMONG = "discharged episodes with an admission score, deaths in care included, without those that never started"
WINDOWS = (
    "Week k is around day 7k: from 3 days before it to 3 after, counted from admission and not after discharge; the last score of a week "
    "counts, of two on that day the higher. The admission score is that closest to day 0 within 7 days before to 3 after."
)
NO_WEEK = (
    "the data hold no score in care from day 4 after admission on. Give a table of scores with the day of each, beside those at admission; "
    "scores at admission and discharge alone, beside the episode, tell nothing of the weeks between."
)


def whole_weeks(at: Sequence[int] | None) -> tuple[int, ...]:
    """The ends of weeks asked for, in days, or the usual ones.

    Raises
    ------
    UsageError
        When a day is not the end of one of the first 26 weeks.
    """
    times: object = WEEKS if at is None else at
    days = [times] if isinstance(times, Integral) else list(times) if isinstance(times, Iterable) and not isinstance(times, str) else []
    if not days or not all(_is_week(day) for day in days):
        raise UsageError(
            f"at: must be days of care that end a week, {WEEK} to {MOST_WEEKS * WEEK} and whole weeks, as in at=(7, 14, 28) (--at 7,14,28)."
        )
    return tuple(sorted({int(day) for day in days}))


def _is_week(day: object) -> bool:
    return not isinstance(day, bool) and isinstance(day, Integral) and int(day) % WEEK == 0 and WEEK <= int(day) <= MOST_WEEKS * WEEK


def requests_until(scale: Scale, day: int) -> tuple[Status | ScoreAt | ScoreWithin, ...]:
    """The admission score and that of every week up to a day."""
    weeks = (ScoreWithin(scale.name, f"week_{end // WEEK}", end - AROUND, end + AROUND, in_care=True) for end in range(WEEK, day + 1, WEEK))
    return (Status(), ScoreAt(scale.name, "admit"), *weeks)


def family_of_week(scale: Scale, day: int) -> str:
    """What the way of dividing by whether a week was scored is called."""
    return f"{scale.name} week {day // WEEK}"


def inclusions_of(scale: Scale, days: Sequence[int]) -> tuple[Inclusion, ...]:
    """Those with an admission score are the same, whichever week is looked at, and as every measure of change divides them."""
    started = portion(family_of(scale.name), "paired", "no_discharge_score", elsewhere=True)
    return tuple(each for day in days for each in same(portion(family_of_week(scale, day), "scored", "not_scored"), started))


@dataclass(frozen=True, eq=False)
class WeeklyScores:
    """The episodes of a table with their scores over the weeks.

    Parameters
    ----------
    counts : Counts
        Every episode, with what `requests_until` asks.
    scale : Scale
    last : int
        End of the last week, in days.
    """

    counts: Counts
    scale: Scale
    last: int

    @cached_property
    def started(self) -> Mask:
        """Cells of discharged episodes with an admission score; shape (cells,)."""
        admitted = ~self.counts.is_in(ScoreAt(self.scale.name, "admit").keys[0], [None])
        return np.asarray(admitted & ~self.counts.is_in(STATUS, NOT_ENDED), dtype=bool)

    @cached_property
    def people(self) -> Counts:
        """Those alone."""
        return self.counts.where(self.started)

    @cached_property
    def scores(self) -> Floats:
        """Of those, points at admission and in each week, NaN where there are none; shape (cells, 1 + weeks)."""
        names = [request.keys[0] for request in requests_until(self.scale, self.last)[1:]]
        return np.column_stack([self.people.numbers(name, blank=math.nan) for name in names])

    @property
    def days(self) -> tuple[int, ...]:
        """Admission and the end of each week."""
        return tuple(range(0, self.last + 1, WEEK))

    def n_scored(self, day: int) -> int:
        """How many of those were scored in a week."""
        return int(self.people.n[~np.isnan(self.scores[:, day // WEEK])].sum())

    def parts(self, day: int) -> Parts:
        """Every episode by whether it was scored in a week."""
        blank = self.counts.is_in(f"{self.scale.name}_week_{day // WEEK}", [None])
        lacking = {"no_admission_score": ~self.started, "not_scored": blank}
        return parts_of(self.counts, {**not_ended(self.counts), **lacking}, "scored", order=PARTS)

    @cached_property
    def modelled_days(self) -> tuple[int, ...]:
        """Admission and the weeks with enough scores to model."""
        return tuple(day for day in self.days if self.n_scored(day) >= LEAST)

    @cached_property
    def course(self) -> Course | None:
        """The mixed model of admission and those weeks, of everybody with an admission score; `None` where the scores determine none."""
        days = self.modelled_days
        if len(days) < 2:
            return None
        columns = [day // WEEK for day in days]
        return course_of(self.scores[:, columns], self.people.n, tuple(map(float, days)), least=LEAST)


def no_week_scored(counts: Counts, *, scale: Scale, last: int) -> str:
    """Why the data cannot answer; "" where any week of any episode was scored."""
    names = [request.keys[0] for request in requests_until(scale, last)[2:]]
    return "" if any((~counts.is_in(name, [None])).any() for name in names) else NO_WEEK
