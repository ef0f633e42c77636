"""Takes moments of scores before and after, known or in part, gives the effect sizes of change that they allow, one row each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from iop_outcomes.published.effect_size import PEOPLE, EffectSize, EffectSizes
from iop_outcomes.published.inputs import ASSUMED_R, two_sided
from iop_outcomes.stats import change
from iop_outcomes.stats.change import Effect, small_sample_factor
from iop_outcomes.stats.change_variances import Variance, equal_change_variance, equal_sd_variance
from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.noncentral import noncentral_t_limits
from iop_outcomes.stats.pairs import Better, PairMoments, Pairs
from iop_outcomes.stats.proportion import normal_quantile


@dataclass(frozen=True, slots=True)
class ChangeKind:
    """An effect size of change: its function, what divides the change, what it needs, where it is published, and how J counts."""

    find: Callable[[Pairs], Effect]
    words: str
    needs: str
    source: str
    by_change: bool = False
    df_per_pair: int = 0  # degrees of freedom of J = this times (n - 1); 0 where there is no J


_BONETT, _BECKER = "doi:10.1037/1082-989X.13.2.99", "doi:10.1111/j.2044-8317.1988.tb00901.x"
_GIBBONS, _LAKENS, _HEDGES = "doi:10.3102/10769986018003271", "doi:10.3389/fpsyg.2013.00863", "doi:10.3102/10769986006002107"
_KINDS = {
    "d_pre_sd": ChangeKind(change.d_pre_sd, "change / SD before", "the SD before", f"{_BECKER}; {_BONETT}"),
    "g_pre_sd": ChangeKind(
        change.g_pre_sd, "change / SD before, times exact J with df n - 1", "the SD before and n", f"{_BECKER}; {_HEDGES}", df_per_pair=1
    ),
    "d_av": ChangeKind(change.d_av, "change / arithmetic mean of the two SDs", "both SDs", f"{_LAKENS}; {_BONETT}"),
    "g_av": ChangeKind(
        change.g_av,
        "change / arithmetic mean of the two SDs, times exact J with df 2 (n - 1)",
        "both SDs and n",
        f"{_LAKENS}; {_HEDGES}",
        df_per_pair=2,
    ),
    "d_av_rms": ChangeKind(change.d_av_rms, "change / root mean square of the two SDs", "both SDs", _BONETT),
    "d_z": ChangeKind(change.d_z, "change / SD of the changes", "the SD of the changes, r, t, F or p", _GIBBONS, by_change=True),
    "g_z": ChangeKind(
        change.g_z,
        "change / SD of the changes, times exact J with df n - 1",
        "n, and the SD of the changes, r, t, F or p",
        f"{_GIBBONS}; {_HEDGES}",
        by_change=True,
        df_per_pair=1,
    ),
    "d_rm": ChangeKind(
        change.d_rm, "change / (SD of the changes / sqrt(2 (1 - r)))", "both SDs and r, t, F or p", "doi:10.1037/1082-989X.7.1.105"
    ),
}
TESTED = "d_z"
CHANGE_NAMES = ("mean_change", *_KINDS)
_VARIANCE_WORDS = {
    "unequal_sd": "variance with SDs that may differ",
    "LS": "variance with SDs alike, of this value (metafor LS)",
    "LS2": "variance with SDs alike, of d times J^2 (metafor LS2)",
    "borenstein": "variance 2 (1 - r) (1/n + d^2/2n), which metafor's source calls wrong",
}


@dataclass(frozen=True, slots=True)
class ChangeStyle:
    """How results are computed: the direction, the variance, the interval and its level."""

    better: Better
    variance: Variance
    interval: str
    conf_level: float


def with_r(m: PairMoments, r: float) -> PairMoments:
    """The moments with a correlation, and the SD of the changes that follows."""
    sd_change = math.sqrt(max(m.sd_pre**2 + m.sd_post**2 - 2 * r * m.sd_pre * m.sd_post, 0.0))
    return replace(m, r=r, sd_change=sd_change)


def assumed_table(moments: PairMoments, style: ChangeStyle, notes: list[str]) -> EffectSizes:
    """Everything once for each correlation that is assumed; once in all where neither value nor error depends on it."""
    every = []
    for r in ASSUMED_R:
        pairs = Pairs.from_moments(with_r(moments, r), better=style.better)
        every.append(rows_of(pairs, style, "; ".join([*notes, f"r = {r:g} assumed, none was given"])))
    first, last = every[0], every[-1]
    fixed = {one.estimand for one, other in zip(first, last, strict=True) if one.value == other.value and math.isnan(one.se)}
    once = tuple(replace(row, assumption="; ".join(notes), r=math.nan) for row in first if row.estimand in fixed)
    return EffectSizes((*once, *(row for table in every for row in table if row.estimand not in fixed)), first.missing)


def rows_of(pairs: Pairs, style: ChangeStyle, assumption: str, *, points: bool = True) -> EffectSizes:
    """Every effect size that the moments allow; without points where only the ratio of the change to its SD is known."""
    rows = list(_rows(pairs, style, assumption, points=points))
    there = {row.estimand for row in rows}
    lacking = {"mean_change": "the means, or the mean change", **{name: kind.needs for name, kind in _KINDS.items()}}
    if pairs.moments.n == 2:
        lacking |= {name: f"3 {PEOPLE}" for name, kind in _KINDS.items() if kind.df_per_pair == 1}
    return EffectSizes(tuple(rows), tuple((name, needs) for name, needs in lacking.items() if name not in there))


def _rows(pairs: Pairs, style: ChangeStyle, assumption: str, *, points: bool) -> Iterator[EffectSize]:
    m = pairs.moments
    known_n = m.n >= 2
    if points and not math.isnan(m.mean_change):
        yield _mean_row(pairs, style, assumption)
    standing = pairs if known_n else Pairs.from_moments(replace(m, n=2), better=pairs.better)
    for name, kind in _KINDS.items():
        if (kind.df_per_pair and not known_n) or not (points or kind.by_change):
            continue
        effect = kind.find(standing)
        if not math.isnan(effect.value):
            yield _standardised_row(name, kind, effect, m, style, assumption)


def _mean_row(pairs: Pairs, style: ChangeStyle, assumption: str) -> EffectSize:
    m = pairs.moments
    words = f"{'before - after' if style.better == 'lower' else 'after - before'}; Student t interval"
    row = EffectSize("mean_change", m.mean_change, method=words, assumption=assumption, conf_level=style.conf_level, r=m.r)
    if m.n < 2 or math.isnan(m.sd_change):
        return row
    se, df = math.sqrt(change.mean_change(pairs).variance), m.n - 1
    half = t_quantile(df, style.conf_level) * se
    t = m.mean_change / se if se > 0 else math.nan
    limits_and_n = replace(row, se=se, low=m.mean_change - half, high=m.mean_change + half, n=m.n)
    return replace(limits_and_n, statistic=t, df=df, p=two_sided(t, df))


def _standardised_row(name: str, kind: ChangeKind, effect: Effect, m: PairMoments, style: ChangeStyle, assumption: str) -> EffectSize:
    row = EffectSize(name, effect.value, assumption=assumption, source=kind.source, conf_level=style.conf_level, r=m.r)
    if m.n < 2:
        return replace(row, method=kind.words)
    factor = small_sample_factor(kind.df_per_pair * (m.n - 1)) if kind.df_per_pair else 1.0
    spread_known = effect.variance if style.variance == "unequal_sd" else _alike(kind, effect.value, factor, m, style.variance)
    se, words = math.sqrt(spread_known), f"{kind.words}; {_VARIANCE_WORDS[style.variance]}"
    if kind.by_change:
        words = f"{kind.words}; variance 1/n + d^2/2n"
    if name == TESTED:  # t is its size times the root of n: the paired test, also where a test is all that is printed
        t = effect.value * math.sqrt(m.n)
        row = replace(row, statistic=t, df=m.n - 1, p=two_sided(t, m.n - 1))
    if kind.by_change and style.interval == "noncentral_t":
        ends = noncentral_t_limits(effect.value / factor * math.sqrt(m.n), m.n - 1, conf_level=style.conf_level)
        low, high = (factor * end / math.sqrt(m.n) for end in ends)
        return replace(row, se=se, low=low, high=high, n=m.n, method=f"{words}; noncentral t interval")
    half = normal_quantile(style.conf_level) * se
    return replace(row, se=se, low=effect.value - half, high=effect.value + half, n=m.n, method=f"{words}; normal interval")


def _alike(kind: ChangeKind, value: float, factor: float, m: PairMoments, variance: Variance) -> float:
    """The variance of formulas that take the SDs as alike."""
    if kind.by_change:
        return equal_change_variance(variance, value=value, n=m.n, factor=factor)
    return equal_sd_variance(variance, value=value, r=m.r, n=m.n, factor=factor)
