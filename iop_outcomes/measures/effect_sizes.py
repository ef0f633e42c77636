"""Takes admission and discharge scores of a scale, gives every effect size of their change, each under its own name."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import SCALE, Declaration, Family, Option
from iop_outcomes.measures.parts import NOT_ENDED, PART, Parts, not_ended, parts_of, portion, same
from iop_outcomes.measures.symptom_change import DISCHARGED, WORDS, family_of, pairs_of, requests, score_parts
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.scales import Scale
from iop_outcomes.scales.scale import Norm
from iop_outcomes.stats import change
from iop_outcomes.stats.draft import Draft, Interval, Population
from iop_outcomes.stats.drafts import mean, plain, share
from iop_outcomes.stats.intervals import FisherZ, Normal, PairedT, SignedRank, StudentT, Walsh, WilsonOfScores
from iop_outcomes.stats.pairs import PairMoments, Pairs
from iop_outcomes.stats.ranks import WalshAverages, probability_of_superiority, rank_biserial, signed_rank
from iop_outcomes.stats.severity import severity_adjusted_change

_DIRECTIONS = ("improved_at_all", "no_change", "worse_at_all")
_PARTS = (*_DIRECTIONS, *DISCHARGED[1:], *NOT_ENDED)
_BY_SD = (
    change.d_pre_sd, change.g_pre_sd, change.d_av, change.g_av, change.d_av_rms, change.d_z, change.g_z, change.d_rm,
)  # fmt: skip


def directions(scale: str) -> str:
    """What the way of dividing by the direction of the change is called."""
    return f"{scale} direction of change"


def norm_of(scale: Scale, name: str | None) -> Norm | None:
    """A published group with a mean and an SD, by its name; none where the scale has none."""
    return next((norm for norm in scale.norms if norm.name == name), None)


def usual_norm(scale: Scale) -> str | None:
    """The published group that holds where none is named: the first clinical one with an SD, else the first with one."""
    known = [norm for norm in scale.norms if norm.sd is not None]
    return next((norm.name for norm in sorted(known, key=lambda norm: norm.population != "clinical")), None)


def _draft(counts: Counts, *, scale: Scale, norm: Norm | None) -> tuple[Draft, ...]:
    parts = score_parts(counts, scale)
    paired, pairs = pairs_of(counts, scale)
    who = parts.population(family_of(scale.name), base=("paired",), missing=DISCHARGED[1:])
    rated = parts.population(family_of(scale.name), base=DISCHARGED, hits=("paired",))
    moments, gained = pairs.moments, change.mean_change(pairs)
    return (
        share("paired_rate", parts.table, PART, rated),
        *(
            mean(name, paired, values, who, none=Flag.NO_PAIRS, one=Flag.ONE_PAIR)
            for name, values in (("mean_admit", pairs.pre), ("mean_discharge", pairs.post))
        ),
        *moments_of(paired, moments, who),
        _drafted(paired, gained, who, PairedT(who.n, flag=gained.flag)),
        *(_drafted(paired, effect, who, Normal(effect.variance, flag=effect.flag)) for effect in (find(pairs) for find in _BY_SD)),
        *_by_reference(paired, pairs, who, norm),
        *_by_ranks(counts, scale, paired, pairs, who),
    )


def moments_of(paired: Counts, moments: PairMoments, who: Population) -> list[Draft]:
    """What effect sizes are made of beside the means: three SDs and the correlation of both scores."""
    spread = {"sd_admit": moments.sd_pre, "sd_discharge": moments.sd_post, "sd_change": moments.sd_change, "r_pre_post": moments.r}
    few = Flag.ONE_PAIR if moments.n == 1 else Flag.SD_ZERO if moments.n else Flag.NO_PAIRS
    return [
        plain(Key(name), value, who, len(paired.origin), flag=few if math.isnan(value) else Flag.NONE) for name, value in spread.items()
    ]


def _drafted(paired: Counts, effect: change.Effect, who: Population, interval: Interval) -> Draft:
    return Draft(Key(effect.estimand), effect.value, paired.lift(effect.influence), paired.here(), who, interval)


def _by_reference(paired: Counts, pairs: Pairs, who: Population, norm: Norm | None) -> list[Draft]:
    """By a published SD, and at a published mean: comparable between programs that admit at different scores."""
    mean_ref, sd = (math.nan, math.nan) if norm is None or norm.sd is None else (norm.mean, norm.sd)
    lacking = Flag.NO_REFERENCE if math.isnan(sd) else Flag.NONE
    gained = change.mean_change(pairs)
    adjusted = severity_adjusted_change(pairs, mean_ref)
    if lacking:
        gained, adjusted = (replace(effect, value=math.nan, flag=lacking) for effect in (gained, adjusted))
    values = max(who.n - 1, 0)  # a line has one degree of freedom less
    return [
        _scaled(paired, "d_reference_sd", gained, sd, who, StudentT(who.n, flag=gained.flag)),
        _scaled(paired, "severity_adjusted_change", adjusted, 1.0, who, StudentT(values, adjusted.variance, flag=adjusted.flag)),
        _scaled(paired, "d_severity_adjusted", adjusted, sd, who, StudentT(values, adjusted.variance / sd**2, flag=adjusted.flag)),
    ]


def _scaled(paired: Counts, name: str, effect: change.Effect, by: float, who: Population, interval: StudentT) -> Draft:
    known = not math.isnan(effect.value)
    influence = effect.influence / by if known else np.zeros(len(effect.influence))
    return Draft(Key(name), effect.value / by, paired.lift(influence), paired.here(), who, interval)


def _by_ranks(counts: Counts, scale: Scale, paired: Counts, pairs: Pairs, who: Population) -> list[Draft]:
    """Who changed in which direction, and what rests on that and on ranks."""
    parts, family, missing = _moved(counts, scale), directions(scale.name), DISCHARGED[1:]
    several = parts.population(family, base=("improved_at_all", "worse_at_all"), missing=missing)
    changed = paired.where(np.rint(pairs.change / pairs.step) != 0)
    test, correlation, averages = signed_rank(pairs), rank_biserial(pairs), WalshAverages.of_pairs(pairs)
    no_change = changed.lift(np.zeros(len(changed)))
    return [
        *(parts.share(name, family, base=_DIRECTIONS, hits=(name,), missing=missing) for name in _DIRECTIONS),
        _drafted(paired, probability_of_superiority(pairs), who, WilsonOfScores(flag=probability_of_superiority(pairs).flag)),
        Draft(Key("signed_rank_v"), test.v, no_change, changed.here(), several, SignedRank(test, "v", flag=test.flag)),
        Draft(Key("signed_rank_p"), test.p, no_change, changed.here(), several, SignedRank(test, "p", flag=test.flag)),
        replace(_drafted(paired, correlation, several, FisherZ(flag=correlation.flag)), among=changed.here()),
        Draft(Key("hodges_lehmann"), averages.median, paired.lift(np.zeros(len(paired))), paired.here(), who, _walsh(averages)),
    ]


def _walsh(averages: WalshAverages) -> Walsh:
    return Walsh(averages, flag=Flag.NONE if averages.pairs else Flag.NO_PAIRS)


def _moved(counts: Counts, scale: Scale) -> Parts:
    """Every episode by whether its scores differ and in which direction."""
    before, after = (counts.numbers(f"{scale.name}_{moment}", blank=math.nan) for moment in ("admit", "discharge"))
    steps = np.rint((before - after if scale.better == "lower" else after - before) / float(scale.step))
    admission, discharge = np.isnan(before), np.isnan(after)
    lacking = {"no_score": admission & discharge, "no_admission_score": admission, "no_discharge_score": discharge}
    classes = {"improved_at_all": steps > 0, "worse_at_all": steps < 0}
    return parts_of(counts, {**not_ended(counts), **lacking, **classes}, "no_change", order=_PARTS)


def effect_sizes(scale: Scale, definition: str | None = None) -> Measure:
    """Declare every effect size of the change on a scale: `<scale>_effect_sizes`.

    Parameters
    ----------
    scale : Scale
        With a total score.
    definition : str, optional
        The published group whose SD and mean `d_reference_sd` and the severity-adjusted change rest on; none where the scale has none.

    Returns
    -------
    Measure
        Positive is improvement, whichever way the scale runs.
    """
    norm, title = norm_of(scale, definition), scale.label
    return Measure(
        name=EFFECT_SIZES.called(scale.name),
        title=f"Effect sizes of the change in {title}",
        variant=definition or "",
        asks=f"How large is the change in {title} from admission to discharge, by each definition of an effect size?",
        requests=requests(scale),
        among=_BOTH,
        excludes={"no_change": "no change at all", **WORDS},
        unit="SD",
        better="higher",
        draft=partial(_draft, scale=scale, norm=norm),
        estimands=_estimands(scale, norm),
        sources=_SOURCES,
        notes=_notes(scale, norm),
        chart="dumbbell",
        shown=("mean_admit", "mean_discharge", "mean_change"),
        main="mean_change",
        subject=title,
        inclusions=same(portion(directions(scale.name), *_DIRECTIONS), portion(family_of(scale.name), "paired", elsewhere=True)),
    )


_BOTH = "discharged episodes with both scores, deaths in care included, without those that never started"
_CHANGED = "discharged episodes with both scores that differ"
_HETERO, _DELTA = "95%, normal, heteroscedastic variance", "95%, normal, delta method"
_T = "95% Student t"


def _estimands(scale: Scale, norm: Norm | None) -> tuple[EstimandDefinition, ...]:
    title = scale.label
    every = "discharged episodes, deaths in care included, without those that never started"
    rows = [
        EstimandDefinition(
            "paired_rate", "Both scores known", f"admission and discharge {title} known", every, _WILSON, "share", role="both_known"
        ),
        EstimandDefinition("mean_admit", "At admission", f"mean {title} at admission", _BOTH, _T, "points", role="before"),
        EstimandDefinition("mean_discharge", "At discharge", f"mean {title} at discharge", _BOTH, _T, "points", role="after"),
        EstimandDefinition("sd_admit", "SD at admission", f"standard deviation of {title} at admission", _BOTH, "none", "points"),
        EstimandDefinition("sd_discharge", "SD at discharge", f"standard deviation of {title} at discharge", _BOTH, "none", "points"),
        EstimandDefinition("sd_change", "SD of the changes", f"standard deviation of the changes in {title}", _BOTH, "none", "points"),
        EstimandDefinition("r_pre_post", "Correlation of both scores", "Pearson's r of both scores", _BOTH, "none", "ratio"),
        EstimandDefinition(
            "mean_change",
            "Mean change",
            f"mean change in {title}, positive for improvement, with its paired t test",
            _BOTH,
            _T,
            "points",
            role="change",
        ),
        *(EstimandDefinition(name, label, counted, _BOTH, interval, "SD") for name, label, counted, interval in _DIVIDED),
        *_reference_rows(title, norm),
        *(EstimandDefinition(name, label, counted, _BOTH, _WILSON, "share") for name, label, counted in _MOVED),
    ]
    return (*rows, *_rank_rows(title))


_WILSON = "95% Wilson score"
_DIVIDED = (
    ("d_pre_sd", "By the SD at admission", "mean change divided by the SD of the admission scores of the same pairs", _HETERO),
    ("g_pre_sd", "By the SD at admission, small-sample", "d_pre_sd times the exact J (gamma functions) with n - 1 degrees of freedom", _HETERO),
    ("d_av", "By the mean of both SDs", "mean change divided by the arithmetic mean of the SDs at admission and discharge", _DELTA),
    ("g_av", "By the mean of both SDs, small-sample", "d_av times the exact J with 2 (n - 1) degrees of freedom", _DELTA),
    ("d_av_rms", "By the root mean square of both SDs", "mean change divided by the root mean square of both SDs", _DELTA),
    ("d_z", "By the SD of the changes", "mean change divided by the SD of the changes, which is t / sqrt(n)", _DELTA),
    ("g_z", "By the SD of the changes, small-sample", "d_z times the exact J with n - 1 degrees of freedom", _DELTA),
    ("d_rm", "By the SD of the changes, for repeated measures", "d_z times sqrt(2 (1 - r)), r the correlation of both scores", _DELTA),
)  # fmt: skip
_MOVED = (
    ("improved_at_all", "Better by any amount", "discharge score better than the admission score"),
    ("no_change", "The same score twice", "discharge score equal to the admission score"),
    ("worse_at_all", "Worse by any amount", "discharge score worse than the admission score"),
)


def _reference_rows(title: str, norm: Norm | None) -> list[EstimandDefinition]:
    whose = "a published SD, which the scale lacks" if norm is None else f"the published SD {norm.sd:g} ({norm.name}: {norm.group})"
    where = "a published mean, which the scale lacks" if norm is None else f"an admission score of {norm.mean:g} ({norm.name})"
    unseen = "" if norm is None or norm.verified else f"the mean and SD of {norm.name} on the {title}"
    rows = (
        ("d_reference_sd", "By a reference SD", f"mean change divided by {whose}", _T, "SD"),
        ("severity_adjusted_change", "Change at the reference mean", f"mean change in {title} at {where}, {_LINE}", _HC, "points"),
        ("d_severity_adjusted", "The same by the reference SD", f"severity_adjusted_change divided by {whose}", _HC, "SD"),
    )
    return [EstimandDefinition(name, label, counted, _BOTH, kind, unit, unverified=unseen) for name, label, counted, kind, unit in rows]


_LINE = "from the line of the changes on the admission scores"
_HC = "95% Student t, HC1"


def _rank_rows(title: str) -> list[EstimandDefinition]:
    rows = (
        (
            "probability_of_superiority",
            "Probability of superiority",
            f"share with a better {title} at discharge, with half of those without a change",
            _BOTH,
            "95% Wilson score of the effective n",
            "share",
        ),
        ("signed_rank_v", "Wilcoxon V", "sum of the midranks of the improved, among all who changed", _CHANGED, "none", "rank sum"),
        ("signed_rank_p", "Wilcoxon p", "p value of Wilcoxon's signed rank test, continuity-corrected", _CHANGED, "none", "p"),
        (
            "rank_biserial",
            "Rank-biserial correlation",
            "ranks of the improved less those of the worsened, of all ranks",
            _CHANGED,
            "95%, normal, Fisher's z",
            "ratio",
        ),
        (
            "hodges_lehmann",
            "Hodges-Lehmann change",
            "median of the means of every two changes, those of 0 included",
            _BOTH,
            "95%, signed rank test",
            "points",
        ),
    )
    return [
        replace(EstimandDefinition(*row), rests_on=() if row[0] == "hodges_lehmann" else _DIRECTIONS) for row in rows
    ]  # the others would give back how few moved in one direction


_OF_RANKS = (
    "Wilcoxon's test, the rank-biserial correlation and the Hodges-Lehmann change take every pair for another person's: where a patient has "
    "several, they are not assessable (patients_repeat). Changes of 0 are dropped from the test and counted; R's pseudomedian drops them too, "
    "the Hodges-Lehmann change here does not."
)


def _notes(scale: Scale, norm: Norm | None) -> tuple[str, ...]:
    reference = (
        f"The {scale.label} has no published mean with an SD here: d_reference_sd and the severity-adjusted change are not given; a scale file "
        "of your own (scales=) can bring one."
        if norm is None
        else f"Reference: {norm.name}, {norm.group}, mean {norm.mean:g}, SD {norm.sd:g} ({norm.source}). The severity-adjusted change is given "
        "where that mean lies among the admission scores."
    )
    return (
        "g_pre_sd is the only g by the admission SD; docs/guide/effect_sizes.md says which number a paper most likely means.",
        reference,
        _OF_RANKS,
        "A change within a group is not the work of the program alone: people come when they feel most unwell, and high scores fall back.",
    )


_SOURCES = (
    "Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x",
    "Bonett DG (2008), doi:10.1037/1082-989X.13.2.99",
    "Gibbons RD, Hedeker DR, Davis JM (1993), doi:10.3102/10769986018003271",
    "Grissom RJ, Kim JJ (2012), Effect Sizes for Research, ISBN 978-0-415-87769-5",
    "Hollander M, Wolfe DA, Chicken E (2014), doi:10.1002/9781119196037",
    "Kerby DS (2014), doi:10.2466/11.IT.3.1",
    "Lakens D (2013), doi:10.3389/fpsyg.2013.00863",
    "Morris SB, DeShon RP (2002), doi:10.1037/1082-989X.7.1.105",
    "Wilcoxon F (1945), doi:10.2307/3001968",
)

REFERENCE = Option(
    "definition", "the published group of a scale whose SD and mean the effect sizes by a reference take", called="reference"
)


def _declared(scale: Scale) -> Declaration:
    """With the published groups that have an SD, if any."""
    known, name = tuple(norm.name for norm in scale.norms if norm.sd is not None), EFFECT_SIZES.called(scale.name)
    options = (replace(REFERENCE, allowed=known, default=usual_norm(scale)),) if known else ()
    return Declaration(name, partial(effect_sizes, scale), options)


EFFECT_SIZES = Family("effect_sizes", "{scale}_effect_sizes", _declared, (SCALE, REFERENCE))
