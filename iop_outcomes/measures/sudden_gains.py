"""Takes scores of a scale over the weeks of care, gives how many people had a sudden gain between two of them, and how many kept it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family, Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of, portion
from iop_outcomes.measures.reliable_change import usual_profile
from iop_outcomes.measures.symptom_change import family_of
from iop_outcomes.measures.weekly_scores import WEEKS, WINDOWS, WeeklyScores, no_week_scored, requests_until
from iop_outcomes.results import EstimandDefinition, Inclusion
from iop_outcomes.scales import OPERATORS, Scale
from iop_outcomes.scales.scale import ReliableChangeProfile
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.sudden_gains import sudden_gains

GAINED, REVERSED = "sudden_gain", "sudden_gain_reversed"
_LAST = WEEKS[-1]
_WORDS = {"too_few_scores": "too few scores in successive weeks", "no_admission_score": "no admission score", **NOT_ENDED}
_PARTS = ("kept", "reversed", "none", *_WORDS)
_AMONG = "discharged episodes with an admission score and two successive scores in care, with at least two of three on either side"
_PROFILE = Option("profile", "the named profile whose points a gain must reach; by default nhs, or the first of a scale without it")


def _parts(counts: Counts, *, scale: Scale, profile: ReliableChangeProfile) -> Parts:
    """Every episode by whether it had a sudden gain."""
    weeks = WeeklyScores(counts, scale, _LAST)
    low, high = map(float, scale.range)
    scores = weeks.scores if scale.better == "lower" else -weeks.scores
    reached = partial(_reached, profile)
    gains = sudden_gains(scores, low if scale.better == "lower" else -high, reached)

    def everywhere(cells: np.ndarray) -> np.ndarray:
        spread = np.zeros(len(counts), dtype=bool)
        spread[weeks.started] = cells
        return spread

    cases = {
        "no_admission_score": ~weeks.started,
        "too_few_scores": everywhere(~gains.assessable),
        "reversed": everywhere(gains.reversed_),
        "kept": everywhere(gains.gained),
    }
    return parts_of(counts, {**not_ended(counts), **cases}, "none", order=_PARTS)


def _reached(profile: ReliableChangeProfile, points: np.ndarray) -> np.ndarray:
    return np.asarray(OPERATORS[profile.op](points, float(profile.points)), dtype=bool)


def _family(scale: Scale) -> str:
    return f"{scale.name} sudden gains"


def _draft(counts: Counts, *, scale: Scale, profile: ReliableChangeProfile) -> tuple[Draft, ...]:
    share = partial(_parts(counts, scale=scale, profile=profile).share, family=_family(scale))
    gained = ("kept", "reversed")
    return (
        share(GAINED, base=(*gained, "none"), hits=gained, missing=("too_few_scores",)),
        share(REVERSED, base=gained, hits=("reversed",)),
    )


def sudden_gains_measure(scale: Scale, definition: str) -> Measure:
    """Declare sudden gains on a scale: `<scale>_sudden_gains`.

    Parameters
    ----------
    scale : Scale
        With a total score and a named profile of reliable change.
    definition : str
        Name of one of its profiles, whose points a gain must reach.

    Returns
    -------
    Measure

    References
    ----------
    Tang TZ, DeRubeis RJ (1999), doi:10.1037/0022-006X.67.6.894.
    """
    profile = next(profile for profile in scale.profiles if profile.name == definition)
    points = f"a gain {profile.op} {profile.points} points between two successive weeks"
    rule = (
        f"{points}, at least a quarter of the score before it, and a clear difference of up to three scores before from up to three after"
    )
    unseen = "" if profile.verified else f"the {profile.points} points of reliable change on the {scale.label}"
    return Measure(
        name=f"{scale.name}_sudden_gains",
        title=f"Sudden gains in {scale.label}",
        asks=f"How many people had a sudden gain in {scale.label} from one week of care to the next?",
        requests=requests_until(scale, _LAST),
        among=_AMONG,
        excludes=_WORDS,
        unit="share",
        better="neither",
        draft=partial(_draft, scale=scale, profile=profile),
        estimands=(
            EstimandDefinition(GAINED, "Sudden gain", rule, _AMONG, "95% Wilson score", "share", unverified=unseen),
            EstimandDefinition(
                REVERSED,
                "Sudden gain, half of it lost again",
                "a later score in care that takes back half of the gain or more",
                "those with a sudden gain",
                "95% Wilson score",
                "share",
                unverified=unseen,
            ),
        ),
        sources=(
            "Tang TZ, DeRubeis RJ (1999), doi:10.1037/0022-006X.67.6.894",
            "Lutz W et al. (2013), doi:10.1080/10503307.2012.693837",
            profile.source,
        ),
        notes=(
            WINDOWS,
            (
                "The first criterion was 7 points of the BDI; here it is the reliable change of the scale. The third is Student's t test of two samples, "
                "two-sided at 5 %, with at least two scores on either side and its degrees of freedom; other software compares the difference with "
                "the spread of single scores, not with the error of the difference, and finds fewer."
            ),
            (
                "Gains are looked for in the first twelve weeks, between weeks that follow one another: where people are asked less often than every "
                "week, few can be assessed. Looked for at every step, some gains are chance."
            ),
        ),
        refuses=partial(no_week_scored, scale=scale, last=_LAST),
        inclusions=(
            Inclusion(
                portion(_family(scale), "kept", "reversed", "none", "too_few_scores"),
                portion(family_of(scale.name), "paired", "no_discharge_score", elsewhere=True),
            ),
        ),
    )


def _declared(scale: Scale) -> Declaration | None:
    usual = usual_profile(scale)
    if usual is None:
        return None
    option = replace(_PROFILE, allowed=tuple(profile.name for profile in scale.profiles), default=usual.name)
    return Declaration(SUDDEN_GAINS.called(scale.name), partial(sudden_gains_measure, scale), (option,))


SUDDEN_GAINS = Family("sudden_gains", "{scale}_sudden_gains", _declared, (SCALE, _PROFILE), lacks="profile of reliable change")
