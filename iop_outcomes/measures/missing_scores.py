"""Takes admission and discharge scores of a scale, gives the mean change under each reading of the discharge scores that are missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

import numpy as np

from iop_outcomes.columns import STATUS, ClassOf, Column, LastCarried, Weeks
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.coarse import without
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.missing_scores_words import (
    AMONG,
    BEST,
    BETTER,
    BETTER_BEST,
    BETTER_WORST,
    CARRIED,
    EXPECTED,
    KNOWN,
    NOTES,
    OBSERVED,
    SHOWN,
    SOURCES,
    TIPPING,
    UNCHANGED,
    WEIGHTED,
    WORST,
    estimands,
)
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, PART, Parts, not_ended, parts_of, portion, same
from iop_outcomes.measures.reliable_change import operator_of, usual_profile
from iop_outcomes.measures.symptom_change import WORDS, family_of, pairs_on, requests, score_parts
from iop_outcomes.results import Inclusion
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scale import ReliableChangeProfile
from iop_outcomes.stats.covariates import Term, classes, number
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.drafts import mean, plain, share
from iop_outcomes.stats.intervals import Fieller, StudentT
from iop_outcomes.stats.missing import Estimated, SeenChanges, standardised_mean, weighted_mean
from iop_outcomes.stats.reliable import reliable_improvement

_ENDING = "ending"
_ENDINGS = (
    ("completed", ("completed",)),
    ("transferred", ("transferred_step_down", "transferred_step_up", "transferred_lateral")),
    ("ended_early", ("dropped_out", "terminated_by_program", "authorization_ended", "incarcerated")),
)
_TRACK = Column("track")
_STAY = Weeks("los_days", 13)  # a quarter of a year and more are alike
_PAIRED, _UNSEEN = ("improved", "not_improved"), ("could_improve", "could_not_improve")
_NO_START = ("no_admission_score", "no_score")
_SCORED, _UNSCORED = "paired", "no_discharge_score"  # of the means, which divide as the change itself does
_PARTS = (*_PAIRED, *_UNSEEN, *_NO_START, *NOT_ENDED)
_OUTSIDE = {**{part: WORDS[part] for part in _NO_START}, **NOT_ENDED}


def _excludes(profile: ReliableChangeProfile | None, *, room: bool) -> dict[str, str]:
    """Words for those outside the numbers; of the rates, where nobody asks who has room to improve, all without a discharge score are in one part."""
    if profile is None or not room:
        of_rates = {"could_improve": WORDS["no_discharge_score"]} if profile else {}
    else:
        able = {"could_improve": "could have improved reliably", "could_not_improve": "could not have improved reliably"}
        of_rates = {part: f"{WORDS['no_discharge_score']}, {words}" for part, words in able.items()}
    return {_UNSCORED: WORDS[_UNSCORED], **of_rates, **_OUTSIDE}


class _Admitted:
    """The discharged episodes with an admission score: their cells, and what is known of each."""

    def __init__(self, counts: Counts, scale: Scale) -> None:
        self.counts, self.scale = counts, scale
        no_start = counts.is_in(f"{scale.name}_admit", [None])
        self.here = counts.where(~no_start & ~counts.is_in(STATUS, NOT_ENDED))
        self.n = self.here.n
        self.pre, self.post = (self._points(f"{scale.name}_{moment}") for moment in ("admit", "discharge"))
        self.seen: Mask = ~np.isnan(self.post)
        self.sign = 1.0 if scale.better == "lower" else -1.0

    def _points(self, column: str) -> Floats:
        return self.here.numbers(column, blank=np.nan)

    def gained(self, end: Floats) -> Floats:
        """The change of each cell when those without a discharge score ended so."""
        return self.sign * (self.pre - np.where(self.seen, self.post, end))

    @cached_property
    def carried(self) -> Floats:
        """The last score in care of those without a discharge score; the admission score of who has no other."""
        last = self._points(LastCarried(self.scale.name).keys[0])
        return np.where(np.isnan(last), self.pre, last)

    @cached_property
    def ends(self) -> tuple[float, float]:
        """The worst and the best score that there is."""
        low, high = map(float, self.scale.range)
        return (high, low) if self.scale.better == "lower" else (low, high)

    @cached_property
    def changes(self) -> SeenChanges:
        """What was seen of them."""
        return SeenChanges(np.where(self.seen, self.gained(self.pre), 0.0), self.seen, self.n)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """What is known of them all, the most wanted first: admission score, how and when they left, track, and the score's square."""
        weeks = self._points(_STAY.keys[0])
        ending, track = self.here.codes_of(_ENDING), self.here.codes_of(_TRACK.name)
        left: Ints = np.where(np.isnan(weeks), len(self.here.levels(_ENDING)), ending)  # nobody knows when: a way to leave of its own
        return (
            number(self.pre, self.n),
            classes(left, self.n, self.seen),
            number(weeks, self.n),
            classes(track, self.n, self.seen),
            number(self.pre, self.n, power=2),
        )


def _parts(scored: _Admitted, profile: ReliableChangeProfile, *, room: bool) -> Parts:
    """Every episode by which scores are known, and of those with an admission score whether they did, or could, improve reliably.

    Without `room` everybody who has no discharge score could, whatever the admission score.
    """
    counts, scale = scored.counts, scored.scale
    pre, post = (counts.numbers(f"{scale.name}_{moment}", blank=np.nan) for moment in ("admit", "discharge"))
    lacking = {"no_score": np.isnan(pre) & np.isnan(post), "no_admission_score": np.isnan(pre)}
    better = np.zeros(len(counts), dtype=bool)
    known = ~np.isnan(pre)
    end = np.where(np.isnan(post), scored.ends[1], post)
    pairs = pairs_on(scale, pre[known], end[known], counts.n[known])
    better[known] = reliable_improvement(pairs, float(profile.points), operator_of(profile)).met
    better |= np.isnan(post) & (not room)
    unseen = np.isnan(post)
    cases = {
        **not_ended(counts),
        **lacking,
        "could_improve": unseen & better,
        "could_not_improve": unseen,
        "improved": better,
    }
    return parts_of(counts, cases, "not_improved", order=_PARTS)


def _draft(counts: Counts, *, scale: Scale, profile: ReliableChangeProfile | None, room: bool) -> tuple[Draft, ...]:
    scored = _Admitted(counts, scale)
    scores = score_parts(counts, scale)
    people = partial(scores.population, family_of(scale.name))
    known = people(base=(_SCORED, _UNSCORED), hits=(_SCORED,), missing=_NO_START)
    seen = people(base=(_SCORED,), missing=(_UNSCORED, *_NO_START))
    # with the mean of the pairs, which may stand rounded elsewhere, or the range of the scale, each tells how many were seen
    every = replace(known, hits=None, revealed=frozenset({_SCORED}))
    expected, weighted = (estimate(scored.changes, scored.terms) for estimate in (standardised_mean, weighted_mean))
    worst, best = scored.ends
    return (
        share(KNOWN, scores.table, PART, known),
        _of_pairs(scored, seen),
        _mean(CARRIED, scored, scored.carried, every),
        _mean(UNCHANGED, scored, scored.pre, every),
        _drafted(EXPECTED, scored, expected, every),
        _drafted(WEIGHTED, scored, weighted, every),
        _tipping(scored, expected, every),
        _mean(WORST, scored, np.full(len(scored.n), worst), every),
        _mean(BEST, scored, np.full(len(scored.n), best), every),
        *([] if profile is None else _better(scale, _parts(scored, profile, room=room))),
    )


def _of_pairs(scored: _Admitted, who: Population) -> Draft:
    """The mean change of those who were seen."""
    pairs = scored.here.where(scored.seen)
    return mean(OBSERVED, pairs, scored.changes.change[scored.seen], who, none=Flag.NO_PAIRS, one=Flag.ONE_PAIR)


def _mean(name: str, scored: _Admitted, end: Floats, who: Population) -> Draft:
    """The mean change when those without a discharge score ended so."""
    return mean(name, scored.here, scored.gained(end), who, none=Flag.NO_EPISODES, one=Flag.ONE_EPISODE)


def _drafted(name: str, scored: _Admitted, estimated: Estimated, who: Population) -> Draft:
    """An estimate of everybody with an admission score, with as many values as its model leaves."""
    variance = float(np.square(estimated.influence) @ scored.n) * estimated.inflation
    interval = StudentT(estimated.values, variance, flag=estimated.flag)
    return Draft(Key(name), estimated.value, scored.here.lift(estimated.influence), scored.here.here(), who, interval)


def _tipping(scored: _Admitted, expected: Estimated, who: Population) -> Draft:
    """By how many points those who were not seen would have had to end worse than expected for the mean change to be none."""
    changes, here = scored.changes, scored.here
    if expected.flag in (Flag.NO_EPISODES, Flag.NO_PAIRS) or not changes.unseen:
        return plain(Key(TIPPING), np.nan, who, len(here.origin), flag=expected.flag if not changes.pairs else Flag.NOT_REACHED)
    missing = changes.unseen / changes.total
    of_missing = (~scored.seen - missing) / changes.total
    value = expected.value / missing
    influence = (expected.influence - value * of_missing) / missing
    both = here.lift(expected.influence), here.lift(of_missing)
    interval = Fieller(expected.value, missing, both, expected.values, expected.inflation, flag=expected.flag)
    return Draft(Key(TIPPING), value, here.lift(influence), here.here(), who, interval)


def _better(scale: Scale, parts: Parts) -> list[Draft]:
    """The share reliably better of those seen, and of everybody when nobody unseen, or everybody with room for it, improved."""
    people, every = partial(parts.population, family_of_missing(scale.name), missing=_NO_START), (*_PAIRED, *_UNSEEN)
    of_pairs = parts.population(family_of_missing(scale.name), base=_PAIRED, hits=("improved",), missing=(*_UNSEEN, *_NO_START))
    return [
        share(BETTER, parts.table, PART, of_pairs),
        share(BETTER_WORST, parts.table, PART, people(base=every, hits=("improved",))),
        share(BETTER_BEST, parts.table, PART, people(base=every, hits=("improved", "could_improve"))),
    ]


def family_of_missing(scale: str) -> str:
    """What the way of dividing of this measure is called."""
    return f"{scale} missing scores"


def missing_scores(scale: Scale) -> Measure:
    """Declare the change on a scale with each reading of missing discharge scores: `<scale>_missing_scores`.

    Parameters
    ----------
    scale : Scale
        With a total score; bounds of reliable improvement where it has a profile of reliable change.

    Returns
    -------
    Measure

    References
    ----------
    National Research Council (2010), doi:10.17226/12955 (sensitivity analyses, tipping points); Horowitz JL, Manski CF (2000),
    doi:10.1080/01621459.2000.10473902 (bounds).
    """
    profile = usual_profile(scale)
    return Measure(
        name=f"{scale.name}_missing_scores",
        title=f"Change in {scale.label}, missing discharge scores allowed for",
        asks=f"How much does the change in {scale.label} depend on the discharge scores that are missing?",
        requests=(
            *requests(scale),
            LastCarried(scale.name),
            ClassOf(_ENDING, "discharge_reason", _ENDINGS, "otherwise"),
            _STAY,
            _TRACK,
        ),
        among=AMONG,
        excludes=_excludes(profile, room=True),
        unit="points",
        better="higher",
        draft=partial(_draft, scale=scale, profile=profile, room=True),
        estimands=estimands(scale, profile, room=True),
        sources=(*SOURCES, *([] if profile is None else [profile.source])),
        notes=(
            *NOTES,
            *([] if profile is None else [f"Reliable improvement, profile {profile.name}: {profile.op} {profile.points} points."]),
            *((f"Not verified in a primary source: {', '.join(scale.unverified)}.",) if scale.unverified else ()),
        ),
        chart="assumptions",
        shown=SHOWN,
        main=EXPECTED,
        subject=scale.label,
        coarser=None if profile is None else partial(_coarser, scale, profile),
        inclusions=_inclusions(scale),
    )


def _inclusions(scale: Scale) -> tuple[Inclusion, ...]:
    """Who was seen and who was not, as the means and every other measure of the scale divide them; those with room to improve are few or not."""
    way, scores = partial(portion, family_of_missing(scale.name)), partial(portion, family_of(scale.name), elsewhere=True)
    return (
        *same(way(*_PAIRED), scores(_SCORED)),
        *same(way(*_UNSEEN), scores(_UNSCORED)),
        Inclusion(way("improved"), way("improved", "could_improve"), guarded=True),
        Inclusion(way(*_PAIRED), way(*_PAIRED, *_UNSEEN), guarded=True),
    )


def _coarser(scale: Scale, profile: ReliableChangeProfile, _divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """First with a wider bound, for which those without a discharge score need not be divided; then without both bounds of the rate."""
    undivided = replace(
        missing_scores(scale),
        draft=partial(_draft, scale=scale, profile=profile, room=False),
        estimands=estimands(scale, profile, room=False),
        excludes=_excludes(profile, room=False),
        coarse=_UNDIVIDED,
        coarser=None,
    )
    yield undivided
    yield without(undivided, (BETTER_WORST, BETTER_BEST), _UNBOUNDED)


_UNDIVIDED = (
    "The upper bound of reliable improvement counts everybody without a discharge score, those too who had no room for it: it would tell how "
    "few they are."
)
_UNBOUNDED = "The bounds of reliable improvement are not given: beside the other numbers they would tell of few episodes."


def _declared(scale: Scale) -> Declaration:
    return Declaration(MISSING_SCORES.called(scale.name), partial(missing_scores, scale))


MISSING_SCORES: Family = Family("missing_scores", "{scale}_missing_scores", _declared, (SCALE,))
