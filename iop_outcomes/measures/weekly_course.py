"""Takes scores of a scale over the weeks of care, gives their mean week by week: of those scored, and of everybody by a mixed model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.weekly_scores import (
    AMONG,
    AT_OPTION,
    WEEK,
    WINDOWS,
    WORDS,
    WeeklyScores,
    family_of_week,
    inclusions_of,
    no_week_scored,
    requests_until,
    whole_weeks,
)
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.scales import Scale
from iop_outcomes.stats.draft import Draft, Floats, Population
from iop_outcomes.stats.drafts import mean
from iop_outcomes.stats.intervals import ModelledMean

START, OBSERVED, MODELLED, CHANGE, SCORED = "mean_at_start", "mean_scored", "mean_modelled", "mean_change_modelled", "scored_share"
_WHEN = "around day"
_MODEL = (
    "The modelled line is that of a mixed model for repeated measures, of everybody with an admission score, with a mean for each week: by maximum "
    "likelihood, so that it allows for people who leave, as far as their scores up to then say who leaves (missing at random). Where it lies "
    "apart from the plain weekly mean, those still scored differ from those who are not."
)
_COVARIANCE = (
    "The covariance of scores is unstructured where at least 11 episodes, and three for each week, were scored in both of every two weeks, else that of a random intercept "
    "and slope, in every group by itself; a week with fewer than 11 scores is not modelled. Errors are robust (sandwich), by patient where patients "
    "repeat."
)
_NOT_SEEN = "What somebody's scores would have been after discharge is not observed: the modelled line says how scores go on in care, for all who began."


def _draft(counts: Counts, *, scale: Scale, at: Sequence[int], last: int) -> tuple[Draft, ...]:
    weeks = WeeklyScores(counts, scale, last)
    first = weeks.parts(at[0]).population(family_of_week(scale, at[0]), base=("scored", "not_scored"), missing=("no_admission_score",))
    start = mean(START, weeks.people, weeks.scores[:, 0], first, none=Flag.NO_SCORES, one=Flag.ONE_SCORE)
    return (start, *(draft for day in at for draft in _of_week(weeks, day)))


def _of_week(weeks: WeeklyScores, day: int) -> tuple[Draft, ...]:
    """The numbers of one week."""
    parts, family = weeks.parts(day), family_of_week(weeks.scale, day)
    seen = ~np.isnan(weeks.scores[:, day // WEEK])
    scored = weeks.people.where(seen)
    of_scored = parts.population(family, base=("scored",), missing=("not_scored",))
    everyone = replace(
        of_scored, base=frozenset({"scored", "not_scored"}), missing=frozenset({"no_admission_score"}), revealed=of_scored.base
    )
    observed = mean(OBSERVED, scored, weeks.scores[seen, day // WEEK], of_scored, none=Flag.NO_SCORES, one=Flag.ONE_SCORE)
    share = parts.share(SCORED, family, base=("scored", "not_scored"), hits=("scored",), missing=("no_admission_score",), time=float(day))
    return (replace(observed, key=Key(OBSERVED, float(day))), *_modelled(weeks, day, everyone), share)


def _modelled(weeks: WeeklyScores, day: int, people: Population) -> tuple[Draft, Draft]:
    """The mean of everybody in a week and how far it is better than at admission, by the model."""
    sign = 1.0 if weeks.scale.better == "lower" else -1.0
    course, n = weeks.course, weeks.n_scored(day)
    if course is None or day not in weeks.modelled_days:
        flag = Flag.NO_SCORES if n == 0 else Flag.TOO_FEW if day not in weeks.modelled_days or n < 2 else Flag.NOT_ASSESSABLE
        nothing = np.zeros(len(weeks.people))
        return (
            _drafted(weeks, MODELLED, day, math.nan, nothing, people, flag),
            _drafted(weeks, CHANGE, day, math.nan, nothing, people, flag),
        )
    place = weeks.modelled_days.index(day)
    value, influence = float(course.means[place]), course.influence[:, place]
    change, of_change = sign * float(course.means[0] - course.means[place]), sign * (course.influence[:, 0] - course.influence[:, place])
    return (
        _drafted(weeks, MODELLED, day, value, influence, people, Flag.NONE),
        _drafted(weeks, CHANGE, day, change, of_change, people, Flag.NONE),
    )


def _drafted(weeks: WeeklyScores, name: str, day: int, value: float, influence: Floats, people: Population, flag: Flag) -> Draft:
    """A modelled number; its limits rest on as many values as there are scores of the week."""
    here = weeks.people
    course = weeks.course if flag == Flag.NONE else None
    shape = "" if course is None else "unstructured covariance" if course.unstructured else "random intercept and slope"
    interval = ModelledMean(float(weeks.n_scored(day)), flag=flag, shape=shape)
    return Draft(Key(name, float(day)), value, here.lift(influence), here.here(), people, interval)


def weekly_course(scale: Scale, at: Sequence[int] | None = None) -> Measure:
    """Declare the course of a scale over the weeks of care: `<scale>_weekly_course`.

    Parameters
    ----------
    scale : Scale
        With a total score.
    at : sequence of int, optional
        Ends of weeks, in days; the model has every week up to the last of them.

    Returns
    -------
    Measure
        Each week the mean of those scored and how many they are, and the mean of everybody with an admission score by the model.

    References
    ----------
    Mallinckrodt CH et al. (2008), doi:10.1177/009286150804200402.
    """
    days, title = whole_weeks(at), scale.label
    scored = "discharged episodes with an admission score and a score in that week"
    rows = (
        (START, "At admission", f"mean {title} at admission", AMONG, "95% Student t", "points"),
        (OBSERVED, "Mean of those scored", f"mean {title} of those scored in the week", scored, "95% Student t", "points"),
        (
            MODELLED,
            "Modelled mean of everybody",
            f"mean {title} in the week by a mixed model for repeated measures",
            AMONG,
            "95% Student t, robust errors",
            "points",
        ),
        (
            CHANGE,
            "Modelled change since admission",
            f"change in mean {title} since admission by that model, positive for improvement",
            AMONG,
            "95% Student t, robust errors",
            "points",
        ),
        (SCORED, "Scored that week", "episodes with a score in the week", AMONG, "95% Wilson score", "share"),
    )
    roles: dict[str, Role] = {START: "before", OBSERVED: "observed", MODELLED: "modelled", CHANGE: "change"}
    return Measure(
        name=f"{scale.name}_weekly_course",
        title=f"{title} week by week",
        asks=f"How does {title} go on over the weeks of care, of those scored and of everybody who began?",
        requests=requests_until(scale, days[-1]),
        among=AMONG,
        excludes=WORDS,
        unit="points",
        better="lower" if scale.better == "lower" else "higher",
        draft=partial(_draft, scale=scale, at=days, last=days[-1]),
        estimands=tuple(EstimandDefinition(*row, role=roles.get(row[0], ""), when=_WHEN) for row in rows),
        sources=(
            "Mallinckrodt CH et al. (2008), doi:10.1177/009286150804200402",
            "Kenward MG, Molenberghs G (1998), doi:10.1214/ss/1028905886",
        ),
        notes=(WINDOWS, _MODEL, _COVARIANCE, _NOT_SEEN),
        chart="weekly_course",
        shown=(MODELLED, OBSERVED),
        main=MODELLED,
        subject=title,
        refuses=partial(no_week_scored, scale=scale, last=days[-1]),
        inclusions=inclusions_of(scale, days),
    )


def _declared(scale: Scale) -> Declaration:
    return Declaration(WEEKLY_COURSE.called(scale.name), partial(weekly_course, scale), (AT_OPTION,))


WEEKLY_COURSE = Family("weekly_course", "{scale}_weekly_course", _declared, (SCALE, AT_OPTION))
