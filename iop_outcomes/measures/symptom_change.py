"""Takes admission and discharge scores of a scale, gives how much symptoms changed, and who is missing a score."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import numpy as np

from iop_outcomes.columns import STATUS, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.keys import ALL, Flag, Key
from iop_outcomes.measures.coarse import digits_that_hide, rounded
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family
from iop_outcomes.measures.parts import NOT_ENDED, PART, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition, Role
from iop_outcomes.scales import Scale
from iop_outcomes.stats import change
from iop_outcomes.stats.balance import LEAST
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.drafts import mean, plain, share
from iop_outcomes.stats.intervals import Normal, StudentT
from iop_outcomes.stats.pairs import Better, Pairs
from iop_outcomes.units import half_up

PARTS = ("paired", "no_discharge_score", "no_admission_score", "no_score", *NOT_ENDED)
WORDS = {
    "no_discharge_score": "no discharge score",
    "no_admission_score": "no admission score",
    "no_score": "neither score",
    **NOT_ENDED,
}
_PAIR_WORDS = {"paired": "both scores known", **WORDS}
DISCHARGED = PARTS[:4]
_WINDOWS = (
    "admission score closest to day 0 within 7 days before to 3 after; discharge score the last within 7 days before to 14 after discharge, "
    "on a later day than the admission score"
)


def requests(scale: Scale) -> tuple[Status | ScoreAt, ...]:
    """What every measure of change needs of rows."""
    return (Status(), ScoreAt(scale.name, "admit"), ScoreAt(scale.name, "discharge"))


def score_parts(counts: Counts, scale: Scale) -> Parts:
    """Put every episode in one of `PARTS`."""
    admission, discharge = (counts.is_in(f"{scale.name}_{moment}", [None]) for moment in ("admit", "discharge"))
    return parts_without(counts, admission, discharge)


def family_of(scale: str) -> str:
    """What the way of dividing by the scores of a scale is called, in every measure."""
    return f"{scale} scores"


def parts_without(counts: Counts, admission: Mask, discharge: Mask) -> Parts:
    """Put every episode in one of `PARTS`, by the cells that lack each score."""
    lacking = {"no_score": admission & discharge, "no_admission_score": admission, "no_discharge_score": discharge}
    return parts_of(counts, {**not_ended(counts), **lacking}, "paired", order=PARTS)


def pairs_of(counts: Counts, scale: Scale) -> tuple[Counts, Pairs]:
    """The episodes in the population with both scores, and their pairs."""
    known = [~counts.is_in(f"{scale.name}_{moment}", [None]) for moment in ("admit", "discharge")]
    paired = counts.where(known[0] & known[1] & ~counts.is_in(STATUS, NOT_ENDED))
    pre, post = (paired.numbers(f"{scale.name}_{moment}", blank=0.0) for moment in ("admit", "discharge"))
    return paired, pairs_on(scale, pre, post, paired.n)


def pairs_on(scale: Scale, pre: Floats, post: Floats, n: Ints) -> Pairs:
    """Pairs of scores on a scale, which knows its direction and step."""
    return Pairs.from_cells(pre, post, n, better="lower" if scale.better == "lower" else "higher", step=float(scale.step))


def _people(scale: Scale, parts: Parts, base: tuple[str, ...], hits: tuple[str, ...] | None = None) -> Population:
    return parts.population(family_of(scale.name), base=base, hits=hits, missing=tuple(p for p in DISCHARGED if p not in base))


def _draft(counts: Counts, *, scale: Scale) -> tuple[Draft, ...]:
    parts = score_parts(counts, scale)
    paired, pairs = pairs_of(counts, scale)
    who = _people(scale, parts, ("paired",))
    moments = pairs.moments
    return (
        share("paired_rate", parts.table, PART, _people(scale, parts, DISCHARGED, ("paired",))),
        *(_mean(paired, name, values, who) for name, values in (("mean_admit", pairs.pre), ("mean_discharge", pairs.post))),
        _given(paired, "sd_admit", moments.sd_pre, who, Flag.ONE_PAIR if moments.n else Flag.NO_PAIRS),
        _change(paired, change.mean_change(pairs), who),
        *(_standardised(paired, find(pairs), who) for find in (change.d_pre_sd, change.g_pre_sd)),
        _if_unchanged(counts, scale, _people(scale, parts, ("paired", "no_discharge_score"))),
        *_expected(scale, paired, moments.mean_pre, who),
    )


def _change(paired: Counts, effect: change.Effect, who: Population) -> Draft:
    return Draft(Key(effect.estimand), effect.value, paired.lift(effect.influence), paired.here(), who, StudentT(who.n, flag=effect.flag))


def _standardised(paired: Counts, effect: change.Effect, who: Population) -> Draft:
    interval = Normal(effect.variance, flag=effect.flag)
    return Draft(Key(effect.estimand), effect.value, paired.lift(effect.influence), paired.here(), who, interval)


def _mean(paired: Counts, name: str, values: Floats, who: Population) -> Draft:
    return mean(name, paired, values, who, none=Flag.NO_PAIRS, one=Flag.ONE_PAIR)


def _given(paired: Counts, name: str, value: float, who: Population, flag: Flag) -> Draft:
    return plain(Key(name), value, who, len(paired.origin), flag=flag if math.isnan(value) else Flag.NONE)


def _if_unchanged(counts: Counts, scale: Scale, who: Population) -> Draft:
    """Mean change when everyone without a discharge score is taken as unchanged."""
    here, gained = _gained_if_unchanged(counts, scale)
    return mean(_IF_UNCHANGED, here, gained, who, none=Flag.NO_EPISODES, one=Flag.ONE_EPISODE)


def _gained_if_unchanged(counts: Counts, scale: Scale) -> tuple[Counts, Floats]:
    """The discharged with an admission score, and the change of each cell, 0 where the discharge score is missing."""
    here = counts.where(~counts.is_in(f"{scale.name}_admit", [None]) & ~counts.is_in(STATUS, NOT_ENDED))
    sign = 1.0 if scale.better == "lower" else -1.0
    pre = here.numbers(f"{scale.name}_admit", blank=0.0)
    post = here.numbers(f"{scale.name}_discharge", blank=math.nan)
    return here, sign * (pre - np.where(np.isnan(post), pre, post))


def _per_episode(counts: Counts, *, scale: Scale) -> tuple[EpisodeColumn, ...]:
    """Both scores, who has them, and the change."""
    title, (paired, pairs), (here, gained) = scale.label, pairs_of(counts, scale), _gained_if_unchanged(counts, scale)
    scores = {
        moment: of_numbers(
            f"{scale.name}_{moment}",
            f"{title} at {words}",
            counts,
            counts.numbers(f"{scale.name}_{moment}", blank=math.nan),
            unit="points",
            blank=f"no score at {words}",
            whole=scale.whole,
        )
        for moment, words in (("admit", "admission"), ("discharge", "discharge"))
    }
    changed, unchanged = f"change in {title}, positive for improvement", "where the discharge score is missing taken as 0"
    outside = "outside: a score missing, or not ended"
    return (
        *scores.values(),
        of_parts(
            f"{scale.name}_pair", f"which {title} scores are known", score_parts(counts, scale), _PAIR_WORDS, family=family_of(scale.name)
        ),
        of_numbers(f"{scale.name}_change", changed, paired, pairs.change, unit="points", blank=outside, whole=scale.whole),
        of_numbers(
            f"{scale.name}_change_if_unchanged",
            f"{changed}, {unchanged}",
            here,
            gained,
            unit="points",
            blank="outside: no admission score, or not ended",
            whole=scale.whole,
        ),
    )


def _expected(scale: Scale, paired: Counts, mean_pre: float, who: Population) -> tuple[Draft, ...]:
    """Regression to the mean, where somebody has declared the mean of those who are referred, and retest reliability is known."""
    retest = _retest(scale)
    if scale.referral_mean is None or retest is None:
        return ()
    better: Better = "lower" if scale.better == "lower" else "higher"
    value = math.nan
    if not math.isnan(mean_pre):
        value = change.expected_regression_to_mean(mean_pre, scale.referral_mean, retest, better=better)
    return (_given(paired, "expected_regression_to_mean", value, who, Flag.NO_PAIRS),)


def _retest(scale: Scale) -> float | None:
    return next((r.value for r in scale.reliability if r.kind == "test-retest"), None)


def symptom_change(scale: Scale) -> Measure:
    """Declare symptom change on a scale: `<scale>_change`.

    Parameters
    ----------
    scale : Scale
        With a total score.

    Returns
    -------
    Measure
        Change is positive for improvement, whichever way the scale runs.
    """
    both = "discharged episodes with both scores, deaths in care included, without those that never started"
    every = "discharged episodes, deaths in care included, without those that never started"
    title = scale.label
    rows = (
        ("paired_rate", "Both scores known", f"admission and discharge {title} known", every, "95% Wilson score", "share"),
        ("mean_admit", "At admission", f"mean {title} at admission", both, "95% Student t", "points"),
        ("mean_discharge", "At discharge", f"mean {title} at discharge", both, "95% Student t", "points"),
        ("sd_admit", "SD at admission", f"standard deviation of {title} at admission", both, "none", "points"),
        ("mean_change", "Mean change", f"mean change in {title}, positive for improvement", both, "95% Student t", "points"),
        ("d_pre_sd", "Change per SD", "mean change divided by the SD of the admission scores of the same pairs", both, _HETERO, "SD"),
        (
            "g_pre_sd",
            "Change per SD, small-sample",
            "d_pre_sd times the exact J (gamma functions) with n - 1 degrees of freedom",
            both,
            _HETERO,
            "SD",
        ),
        (
            "mean_change_if_missing_unchanged",
            "Mean change, missing as unchanged",
            f"mean change in {title}, 0 where the discharge score is missing",
            "discharged episodes with an admission score",
            "95% Student t",
            "points",
        ),
        *_expected_row(scale, both),
    )
    return Measure(
        name=f"{scale.name}_change",
        title=f"Change in {title}",
        asks=f"By how much did {title} change from admission to discharge?",
        requests=requests(scale),
        among=both,
        excludes=WORDS,
        unit="points",
        better="higher",
        draft=partial(_draft, scale=scale),
        estimands=tuple(EstimandDefinition(*row, role=_ROLES.get(row[0], ""), total=_TOTALS.get(row[0], "")) for row in rows),
        sources=(
            "Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x",
            "Bonett DG (2008), doi:10.1037/1082-989X.13.2.99",
            *dict.fromkeys(r.source for r in scale.reliability if r.kind == "test-retest"),
        ),
        notes=(
            f"Windows: {_WINDOWS}; scores beside the episode are taken as given, and where one is blank a score of the table stands in.",
            "A change within a group is not the work of the program alone: people come when they feel most unwell, and high scores fall back by themselves.",
            "d is given within a group only; between groups, differences are in points.",
            *((f"Not verified in a primary source: {', '.join(scale.unverified)}.",) if scale.unverified else ()),
        ),
        chart="dumbbell",
        shown=("mean_admit", "mean_discharge", "mean_change"),
        main="mean_change",
        subject=title,
        coarser=partial(_coarser, scale),
        per_episode=partial(_per_episode, scale=scale),
    )


_ROUNDED = (
    "Means and changes are rounded, and how many episodes they are of is not always shown: some groups lack so few scores that the exact "
    "numbers would tell how few."
)
_IF_UNCHANGED = "mean_change_if_missing_unchanged"
_ONE_ROUNDED = (
    "The mean change with missing scores as unchanged is rounded, and how many episodes it is of is not always shown: some groups lack so "
    "few admission scores that the exact number would tell how few."
)
_BOTH_KNOWN = "paired_rate"
_RATE_ROUNDED = (
    "The share with both scores is in whole percents, and of how many episodes is not always shown: beside the other totals of the page "
    "it would tell how few died in care, or have no reason given."
)
_BARE = (
    _BOTH_KNOWN,
    "mean_admit",
    "d_pre_sd",
    "g_pre_sd",
    _IF_UNCHANGED,
)  # with the SD, or the change of the pairs, their intervals would give their number


def _coarser(scale: Scale, divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """First one number rounded, of those with an admission score, then every mean; each as finely as hides what it must."""
    measure = symptom_change(scale)
    one = {} if (digits := _digits_if_unchanged(scale, divisions)) is None else {_IF_UNCHANGED: digits}
    yield rounded(measure, {_BOTH_KNOWN: 2}, _RATE_ROUNDED, bare=(_BOTH_KNOWN,))
    if one:
        yield rounded(measure, {_BOTH_KNOWN: 2, **one}, f"{_RATE_ROUNDED} {_ONE_ROUNDED}", bare=(_BOTH_KNOWN, *one))
    points = digits_that_hide([_summaries(levels, scale) for levels in divisions])
    if points is not None:
        every = {item.name: points if item.unit == "points" else 1 for item in measure.estimands if item.name != _IF_UNCHANGED}
        yield rounded(measure, {**every, _BOTH_KNOWN: 2, **one}, f"{_RATE_ROUNDED} {_ROUNDED}", bare=_BARE)


def _summaries(levels: Mapping[str, Counts], scale: Scale) -> tuple[list[tuple[float, ...]], int]:
    """The summary of each group that has one, and the pairs of all."""
    groups = [summary for level, counts in levels.items() if level != ALL and (summary := _summary(counts, scale))]
    return groups, pairs_of(levels[ALL], scale)[0].total


def _summary(counts: Counts, scale: Scale) -> tuple[float, ...]:
    """The numbers of a group that everyone's are made of by weight; nothing of too few pairs to be given."""
    pairs = pairs_of(counts, scale)[1]
    moments = pairs.moments
    return () if moments.n < LEAST else (moments.mean_pre, moments.mean_post, moments.sd_pre)


def _digits_if_unchanged(scale: Scale, divisions: Sequence[Mapping[str, Counts]]) -> int | None:
    """Decimals of the change with missing scores as unchanged; `None` where not even whole points hide how many lack an admission score.

    It is the change of the pairs divided by all with an admission score, so that a reader who knows pairs, change and discharged
    episodes can try each number from 1 to 10 of those who lack one: at least `_FITTING` must give what is printed.
    """
    totals = [_change_and_discharged(counts, scale) for levels in divisions for counts in levels.values()]
    return next((digits for digits in (1, 0) if all(_fitting(*total, digits) >= _FITTING for total in totals if total[2])), None)


_FITTING = 3


def _change_and_discharged(counts: Counts, scale: Scale) -> tuple[float, int, int]:
    """The sum of changes of the pairs, all discharged episodes, and those of them without an admission score, where these are few."""
    _, pairs = pairs_of(counts, scale)
    sizes = score_parts(counts, scale).sizes
    lacking = sizes["no_admission_score"] + sizes["no_score"]
    discharged = sum(sizes[part] for part in DISCHARGED)
    few = 0 < lacking < LEAST <= discharged - lacking
    return (pairs.moments.mean_change * pairs.moments.n if pairs.moments.n else 0.0), discharged, lacking if few else 0


def _fitting(total: float, discharged: int, lacking: int, digits: int) -> int:
    """How many numbers of those who lack a score give the same rounded mean."""
    printed = half_up(total / (discharged - lacking), digits)
    return sum(half_up(total / (discharged - few), digits) == printed for few in range(1, LEAST) if few < discharged)


_ROLES: Mapping[str, Role] = {"paired_rate": "both_known", "mean_admit": "before", "mean_discharge": "after", "mean_change": "change"}
_TOTALS = {
    "mean_admit": "admission",
    "mean_discharge": "discharge",
    "mean_change": "change",
    _IF_UNCHANGED: "change",
}  # who lacks a score adds 0
_HETERO = "95%, normal, heteroscedastic variance"


def _expected_row(scale: Scale, among: str) -> tuple[tuple[str, str, str, str, str, str], ...]:
    retest = _retest(scale)
    if scale.referral_mean is None or retest is None:
        return ()
    counted = (
        f"(1 - retest reliability {retest:g}) times the distance of the admission mean from {scale.referral_mean:g}, "
        "the mean of all who are referred, as declared: an assumption"
    )
    return (
        ("expected_regression_to_mean", "Expected without change, if the declared referral mean holds", counted, among, "none", "points"),
    )


def _declared(scale: Scale) -> Declaration:
    return Declaration(SYMPTOM_CHANGE.called(scale.name), partial(symptom_change, scale))


SYMPTOM_CHANGE = Family("symptom_change", "{scale}_change", _declared, (SCALE,))
