"""Takes scores at admission, at discharge and on occasions after it, gives who answered, the mean on each, and the change between any two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np

from iop_outcomes.columns import STATUS, Reached, ScoreAt, ScoreWithin, Status
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, not_ended, parts_of, portion, same
from iop_outcomes.measures.symptom_change import family_of
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import Occasion, Scale
from iop_outcomes.stats.draft import Draft, Floats, Mask
from iop_outcomes.stats.drafts import mean

_ENDED = {**NOT_ENDED, "died": "died in care"}
_WORDS = {
    "not_answered": "followed that long, not scored",
    "not_followed": "followed for less",
    "unknown": "follow-up not known",
    "not_scored": "no score then",
    "first_alone": "scored at the first of both alone",
    "second_alone": "scored at the second of both alone",
    "neither": "scored at neither",
    **_ENDED,
}
_FOLLOWED = ("answered", "not_answered", "not_followed", "unknown", *_ENDED)
_SCORED = ("scored", "not_scored", *NOT_ENDED)
_BOTH = ("both", "first_alone", "second_alone", "neither", *NOT_ENDED)
_EVERYONE = "discharged episodes, deaths in care included, without those that never started"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time at which a score is taken.

    Parameters
    ----------
    name : str
        Such as "discharge".
    label : str
        Within a sentence: "discharge", "month 6".
    column : str
        Of its score in the count table.
    """

    name: str
    label: str
    column: str


def _moments(scale: Scale) -> tuple[Moment, ...]:
    """All of them, in the order of time."""
    at: tuple[tuple[str, ScoreAt], ...] = (("admission", ScoreAt(scale.name, "admit")), ("discharge", ScoreAt(scale.name, "discharge")))
    care = (Moment(name, name, request.keys[0]) for name, request in at)
    return (*care, *(Moment(each.name, each.label, _request(scale, each).keys[0]) for each in scale.occasions))


def _request(scale: Scale, occasion: Occasion) -> ScoreWithin:
    return ScoreWithin(scale.name, f"at_{occasion.name}", occasion.first, occasion.last, "discharge")


def _requests(scale: Scale) -> tuple[Status | ScoreAt | ScoreWithin | Reached, ...]:
    return (
        Status(),
        ScoreAt(scale.name, "admit"),
        ScoreAt(scale.name, "discharge"),
        *(_request(scale, each) for each in scale.occasions),
        *(_followed(each) for each in scale.occasions),
    )


def _followed(occasion: Occasion) -> Reached:
    return Reached("follow_up_days", occasion.last)


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    moments = _moments(scale)
    points = {moment.name: counts.numbers(moment.column, blank=math.nan) for moment in moments}
    return (
        *(_answered(counts, scale, occasion, points[occasion.name]) for occasion in scale.occasions),
        *(_mean(counts, scale, moment, points[moment.name]) for moment in moments),
        *(_change(counts, scale, pair, (points[pair[0].name], points[pair[1].name])) for pair in combinations(moments, 2)),
    )


def _answered(counts: Counts, scale: Scale, occasion: Occasion, points: Floats) -> Draft:
    """Of those followed to the end of the window, who has a score in it."""
    reached = _followed(occasion).keys[0]
    cases = {
        **not_ended(counts, *_ENDED),
        "unknown": counts.is_in(reached, [None]),
        "not_followed": counts.is_in(reached, [0]),
        "answered": ~np.isnan(points),
    }
    parts = parts_of(counts, cases, "not_answered", order=_FOLLOWED)
    family, base = f"{scale.name} {occasion.name} followed", ("answered", "not_answered")
    return parts.share(f"answered_{occasion.name}", family, base=base, hits=("answered",), missing=("unknown",))


def _mean(counts: Counts, scale: Scale, moment: Moment, points: Floats) -> Draft:
    """Mean of those scored then."""
    parts = parts_of(counts, {**not_ended(counts), "not_scored": np.isnan(points)}, "scored", order=_SCORED)
    seen = ~np.isnan(points) & _ended(counts)
    people = parts.population(_family(scale, moment), base=("scored",), missing=("not_scored",))
    return mean(f"mean_{moment.name}", counts.where(seen), points[seen], people, none=Flag.NO_SCORES, one=Flag.ONE_SCORE)


def _change(counts: Counts, scale: Scale, pair: tuple[Moment, Moment], points: tuple[Floats, Floats]) -> Draft:
    """Mean of the changes of those scored at both."""
    before, after = points
    blank = np.isnan(before), np.isnan(after)
    cases = {"neither": blank[0] & blank[1], "second_alone": blank[0], "first_alone": blank[1]}
    parts = parts_of(counts, {**not_ended(counts), **cases}, "both", order=_BOTH)
    seen = ~blank[0] & ~blank[1] & _ended(counts)
    sign = 1.0 if scale.better == "lower" else -1.0
    people = parts.population(_family(scale, *pair), base=("both",), missing=("first_alone", "second_alone", "neither"))
    return mean(_between(pair), counts.where(seen), sign * (before - after)[seen], people, none=Flag.NO_PAIRS, one=Flag.ONE_PAIR)


def _ended(counts: Counts) -> Mask:
    return np.asarray(~counts.is_in(STATUS, NOT_ENDED), dtype=bool)


def _between(pair: tuple[Moment, Moment]) -> str:
    return f"change_{pair[0].name}_to_{pair[1].name}"


def _family(scale: Scale, *moments: Moment) -> str:
    return " ".join((scale.name, " and ".join(moment.name for moment in moments), "scored"))


def _inclusions(scale: Scale) -> tuple[Inclusion, ...]:
    """Who is scored at both of two occasions is scored at each; admission and discharge are those of the change in care."""
    moments = _moments(scale)
    scores = partial(portion, family_of(scale.name), elsewhere=True)
    each = [
        inclusion
        for one, other in combinations(moments, 2)
        for inclusion in (
            *same(portion(_family(scale, one), "scored"), portion(_family(scale, one, other), "both", "first_alone")),
            *same(portion(_family(scale, other), "scored"), portion(_family(scale, one, other), "both", "second_alone")),
        )
    ]
    named = {moment.name: moment for moment in moments}
    answered = (
        Inclusion(portion(f"{scale.name} {occasion.name} followed", "answered"), portion(_family(scale, named[occasion.name]), "scored"))
        for occasion in scale.occasions
    )
    return (
        *each,
        *answered,
        *same(portion(_family(scale, named["admission"]), "scored"), scores("paired", "no_discharge_score")),
        *same(portion(_family(scale, named["discharge"]), "scored"), scores("paired", "no_admission_score")),
    )


def _refuses(counts: Counts, *, scale: Scale) -> str:
    """Without a score on any occasion there is nothing to say of the time after discharge."""
    columns = [moment.column for moment in _moments(scale)[2:]]
    if any((~counts.is_in(column, [None])).any() for column in columns):
        return ""
    days = ", ".join(f"{each.label} ({each.words})" for each in scale.occasions)
    return (
        f"the data hold no {scale.label} score on any occasion: {days}. Give a table of scores with episode_id and day, or say in mapping.toml under "
        "[occasions] when people are asked, as in month_6 = [120, 240]."
    )


def occasions(scale: Scale) -> Measure:
    """Declare scores on several occasions: `<scale>_occasions`.

    Parameters
    ----------
    scale : Scale
        With a total score; its `occasions` are those of the site, or the usual ones.

    Returns
    -------
    Measure
        Who answered, the mean on each occasion, and the change between every two, positive for improvement.
    """
    title, moments = scale.label, _moments(scale)
    windows = "; ".join(f"{each.label}: {each.words}" for each in scale.occasions)
    rows = [
        EstimandDefinition(
            f"answered_{each.name}",
            f"Answered at {each.label}",
            f"a {title} score on {each.words}",
            f"discharged episodes followed for {each.last} days, without those that died in care or never started",
            "95% Wilson score",
            "share",
            beside=tuple(f"answered_{other.name}" for other in scale.occasions[1:]) if each is scale.occasions[0] else (),
            aside=f"At {each.label}: {{share}}.",
            aside_none=f"At {each.label}: nobody.",
        )
        for each in scale.occasions
    ]
    rows += [
        EstimandDefinition(
            f"mean_{moment.name}",
            f"Mean at {moment.label}",
            f"mean {title} at {moment.label}",
            f"{_EVERYONE}, with that score",
            "95% Student t",
            "points",
        )
        for moment in moments
    ]
    rows += [
        EstimandDefinition(
            _between((one, other)),
            f"Change from {one.label} to {other.label}",
            f"mean change in {title} from {one.label} to {other.label}, positive for improvement",
            f"{_EVERYONE}, with both scores",
            "95% Student t",
            "points",
        )
        for one, other in combinations(moments, 2)
    ]
    last = moments[-1]
    return Measure(
        name=f"{scale.name}_occasions",
        title=f"{title} after discharge",
        asks=f"What became of {title} after discharge, on each occasion, and who answered?",
        requests=_requests(scale),
        among=_EVERYONE,
        excludes=_WORDS,
        unit="points",
        better="higher",
        draft=partial(_draft, scale=scale),
        estimands=tuple(rows),
        notes=(
            (
                f"Occasions: {windows}; the last score of a window counts, of two on that day the higher. Where a site declares none, month 6 has the days of "
                "the HEDIS depression measure (120 to 240) and month 12 those of CMS159 (12 months give or take 60 days), here counted from discharge; "
                "they are declared in mapping.toml under [occasions]."
            ),
            "Each change is of the people scored at both: changes between different occasions are of different people, and do not add up.",
            (
                "Who answers after discharge differs from who does not: the share that answered stands beside, among those followed to the end of the window "
                "(follow_up_days); where nobody's follow-up is known there is none."
            ),
        ),
        shown=tuple(row.name for row in rows[: len(scale.occasions)]),
        main=_between((moments[1], last)),
        subject=title,
        refuses=partial(_refuses, scale=scale),
        inclusions=_inclusions(scale),
    )


def _declared(scale: Scale) -> Declaration:
    return Declaration(OCCASIONS.called(scale.name), partial(occasions, scale))


OCCASIONS = Family("occasions", "{scale}_occasions", _declared, (SCALE,))
