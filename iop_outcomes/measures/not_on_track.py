"""Takes scores of a scale over the weeks of care, gives how many go worse than the program's own people with their admission score do."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import Parts, not_ended, parts_of, portion, same
from iop_outcomes.measures.weekly_scores import (
    AT_OPTION,
    WEEK,
    WINDOWS,
    WORDS,
    WeeklyScores,
    family_of_week,
    no_week_scored,
    requests_until,
    whole_weeks,
)
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Draft, Floats, Mask
from iop_outcomes.stats.drafts import plain
from iop_outcomes.stats.proportion import normal_quantile

EVER, OFF_TRACK = "ever_not_on_track", "not_on_track"
_TOLERANCE = 0.80  # of those with an admission score, between the limits: a tenth is expected to be worse
_BASE = ("off_track", "on_track")
_PARTS = (*_BASE, *WORDS)
_AMONG = "discharged episodes with an admission score and a score in that week"
_AMONG_ANY = "discharged episodes with an admission score and a score in any week"


@dataclass(frozen=True, eq=False)
class ExpectedCourse:
    """What a score in a week is expected to be, from the admission score.

    Parameters
    ----------
    days : tuple of int
        Weeks that have one.
    start : float
        Mean admission score (points).
    means, slopes, spreads : float array, shape (days,)
        Mean in the week, what one more point at admission adds, and the standard deviation about that (points).
    """

    days: tuple[int, ...]
    start: float
    means: Floats
    slopes: Floats
    spreads: Floats

    @classmethod
    def of_everyone(cls, weeks: WeeklyScores) -> ExpectedCourse:
        """Of everybody: from the means and the covariance of the mixed model."""
        course = weeks.course
        if course is None:
            nothing = np.zeros(0)
            return cls((), math.nan, nothing, nothing, nothing)
        shared = course.covariance[1:, 0] / course.covariance[0, 0]
        spread = np.sqrt(np.maximum(np.diagonal(course.covariance)[1:] - shared * course.covariance[1:, 0], 0.0))
        return cls(weeks.modelled_days[1:], float(course.means[0]), course.means[1:], shared, spread)

    def worse(self, weeks: WeeklyScores, day: int) -> Mask:
        """Of those who began, whose score of a week is worse than the limit; shape (cells,)."""
        place = self.days.index(day)
        start, score = weeks.scores[:, 0], weeks.scores[:, day // WEEK]
        away = score - (self.means[place] + self.slopes[place] * (start - self.start))
        sign = 1.0 if weeks.scale.better == "lower" else -1.0
        return np.asarray(sign * away > normal_quantile(_TOLERANCE) * self.spreads[place], dtype=bool)


def _draft(counts: Counts, *, scale: Scale, at: Sequence[int], expected: ExpectedCourse | None = None) -> tuple[Draft, ...]:
    weeks = WeeklyScores(counts, scale, at[-1])
    known = ExpectedCourse.of_everyone(weeks) if expected is None else expected
    return (_ever(weeks, at, known), *(_of_week(weeks, day, known) for day in at))


def _ever(weeks: WeeklyScores, at: Sequence[int], expected: ExpectedCourse) -> Draft:
    """Share of those scored in any of the weeks that were not on track in one of them."""
    counts, known = weeks.counts, [day for day in at if day in expected.days]
    scored, off = (np.zeros(len(counts), dtype=bool) for _ in range(2))
    for day in known:
        scored[weeks.started] |= ~np.isnan(weeks.scores[:, day // WEEK])
        off[weeks.started] |= expected.worse(weeks, day)
    cases = {"no_admission_score": ~weeks.started, "not_scored": ~scored, "off_track": off}
    parts = parts_of(counts, {**not_ended(counts), **cases}, "on_track", order=_PARTS)
    return parts.share(EVER, f"{weeks.scale.name} ever on track", base=_BASE, hits=("off_track",), missing=("not_scored",))


def _of_week(weeks: WeeklyScores, day: int, expected: ExpectedCourse) -> Draft:
    parts = _parts(weeks, day, expected)
    family = _family(weeks.scale, day)
    if day not in expected.days:
        people = parts.population(family, base=_BASE, missing=("not_scored",))
        flag = Flag.TOO_FEW if people.n else Flag.NO_SCORES
        return plain(Key(OFF_TRACK, float(day)), math.nan, people, len(weeks.counts.origin), flag=flag)
    return parts.share(OFF_TRACK, family, base=_BASE, hits=("off_track",), missing=("not_scored",), time=float(day))


def _parts(weeks: WeeklyScores, day: int, expected: ExpectedCourse) -> Parts:
    """Every episode by whether its score of a week is worse than expected; of a week that has no expected score, none is."""
    counts = weeks.counts
    off = np.zeros(len(counts), dtype=bool)
    if day in expected.days:
        off[weeks.started] = expected.worse(weeks, day)
    blank = counts.is_in(f"{weeks.scale.name}_week_{day // WEEK}", [None])
    cases = {"no_admission_score": ~weeks.started, "not_scored": blank, "off_track": off}
    return parts_of(counts, {**not_ended(counts), **cases}, "on_track", order=_PARTS)


def _settled(counts: Counts, *, scale: Scale, at: Sequence[int]) -> Callable[..., tuple[Draft, ...]]:
    """The drafts by the expected course of everyone, whichever group they are of."""
    return partial(_draft, scale=scale, at=at, expected=ExpectedCourse.of_everyone(WeeklyScores(counts, scale, at[-1])))


def _family(scale: Scale, day: int) -> str:
    return f"{family_of_week(scale, day)}, on track"


def not_on_track(scale: Scale, at: Sequence[int] | None = None) -> Measure:
    """Declare who goes worse than expected from the program's own data: `<scale>_not_on_track`.

    Parameters
    ----------
    scale : Scale
        With a total score.
    at : sequence of int, optional
        Ends of weeks, in days.

    Returns
    -------
    Measure

    References
    ----------
    Finch AE, Lambert MJ, Schaalje BG (2001), doi:10.1002/cpp.286.
    """
    days, title = whole_weeks(at), scale.label
    counted = f"{title} worse than the limit that a tenth of the program's own people with the same admission score are expected to pass in that week"
    return Measure(
        name=f"{scale.name}_not_on_track",
        title=f"Not on track in {title}",
        asks=f"How many people go worse in {title} than the program's own people who began with the same score?",
        requests=requests_until(scale, days[-1]),
        among=_AMONG,
        excludes=WORDS,
        unit="share",
        better="lower",
        draft=partial(_draft, scale=scale, at=days),
        settled=partial(_settled, scale=scale, at=days),
        estimands=(
            EstimandDefinition(EVER, "Not on track in any week", counted, _AMONG_ANY, "95% Wilson score", "share"),
            EstimandDefinition(OFF_TRACK, "Not on track", counted, _AMONG, "95% Wilson score", "share", when="around day"),
        ),
        sources=("Finch AE, Lambert MJ, Schaalje BG (2001), doi:10.1002/cpp.286",),
        notes=(
            WINDOWS,
            (
                "The expected score of a week is that of everybody in these data, from the mixed model of the weekly course and the admission score; the "
                "limit lies 1.28 standard deviations on the worse side of it, so that about 10 % of everybody pass it. It says which groups go worse "
                "than the program as a whole, never whether the program does well."
            ),
            "The expected course is taken as it is: intervals are of the shares alone. A week with fewer than 11 scores of everybody has none.",
        ),
        refuses=partial(no_week_scored, scale=scale, last=days[-1]),
        inclusions=_inclusions(scale, days),
    )


def _inclusions(scale: Scale, days: Sequence[int]) -> tuple[Inclusion, ...]:
    """Those scored are the same as the weekly course counts."""
    return tuple(
        each
        for day in days
        for each in same(
            portion(_family(scale, day), "off_track", "on_track"), portion(family_of_week(scale, day), "scored", elsewhere=True)
        )
    )


def _declared(scale: Scale) -> Declaration:
    return Declaration(NOT_ON_TRACK.called(scale.name), partial(not_on_track, scale), (AT_OPTION,))


NOT_ON_TRACK = Family("not_on_track", "{scale}_not_on_track", _declared, (SCALE, AT_OPTION))
