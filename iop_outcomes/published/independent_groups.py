"""Takes two separate groups, as scores or as a paper prints them, gives the difference of their means and its effect sizes, by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import Given, choice, level, limits, number, people, spread, t_of, two_sided
from iop_outcomes.published.summaries import Summary, summary_of
from iop_outcomes.stats.between import LARGE_SAMPLE, LargeSample, StandardisedDifference, corrected, d_between, d_control_sd, pooled_sd_of
from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.noncentral import noncentral_t_limits
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr

_HEDGES = "doi:10.3102/10769986006002107"
_NEEDS = {
    "mean_difference": "both means, with the SDs, their error or interval",
    "d_control_sd": "both means and SDs with n_1 and n_2",
}


def independent_groups(
    *,
    mean_1: Given = None,
    sd_1: Given = None,
    n_1: int | None = None,
    mean_2: Given = None,
    sd_2: Given = None,
    n_2: int | None = None,
    n: int | None = None,
    sd_pooled: Given = None,
    difference: Given = None,
    se: Given = None,
    ci: Sequence[float] | None = None,
    t: Given = None,
    f: Given = None,
    p: Given = None,
    group_1: Summary | Iterable[float] | None = None,
    group_2: Summary | Iterable[float] | None = None,
    variance: str = "LS",
    interval: str = "normal",
    conf_level: float = 0.95,
) -> EffectSizes:
    """Effect sizes of the difference between two separate groups, from what a paper prints or from their scores.

    Parameters
    ----------
    mean_1, sd_1, n_1, mean_2, sd_2, n_2 : float, int
        Means and SDs in points, and people, of both groups. Changes and their SDs may stand in their place.
    n : int
        People in both together, where only that is printed: the groups are taken as of one size.
    sd_pooled : float
        In place of the two SDs.
    difference, se, ci : float, pair of float
        Difference of the means (first minus second) with its standard error or interval, where these are printed.
    t, f, p : float
        Of the test between the groups: t, F with 1 degree of freedom, two-sided p.
    group_1, group_2 : scores, or Summary
        In place of means and SDs: the scores, or what `summary` gave from medians.
    variance : {"LS", "LS2"}
        Of g: with g in the large-sample formula, or that of d times J^2, as metafor names them. Both are alike for d.
    interval : {"normal", "noncentral_t"}
        Of d_s and g_s.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `mean_difference`, `d_s`, `g_s`, `d_control_sd` and `probability_of_superiority`, as far as what was given allows; positive
        where the first mean is larger.

    References
    ----------
    Hedges LV (1981), doi:10.3102/10769986006002107; Borenstein M et al. (2009), doi:10.1002/9780470743386; Bonett DG (2008),
    doi:10.1037/1082-989X.13.2.99; McGraw KO, Wong SP (1992), doi:10.1037/0033-2909.111.2.361.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.independent_groups(mean_1=103, sd_1=5.5, n_1=50, mean_2=100, sd_2=4.5, n_2=50)["d_s"]
    d_s 0.597 (0.1964 to 0.9977)
    >>> round(iop.effects.independent_groups(t=1.74, n_1=6, n_2=6)["d_s"].value, 4)
    1.0046
    """
    choice("interval", interval, ("normal", "noncentral_t"))
    kind = next(each for each in LARGE_SAMPLE if each == choice("variance", variance, LARGE_SAMPLE))
    sizes, notes = _sizes(n_1, n_2, n)
    one = _group("1", mean_1, sd_1, sizes[0], group_1)
    other = _group("2", mean_2, sd_2, sizes[1], group_2)
    sizes = (one.n or sizes[0], other.n or sizes[1])
    if sizes[0] is None or sizes[1] is None:
        raise UsageError("say how many people there are: n_1 and n_2, or n of both together")
    notes += [f"group {name}: {each.assumption}" for name, each in (("1", one), ("2", other)) if each.assumption]
    groups = _Groups(one.mean, one.sd, sizes[0], other.mean, other.sd, sizes[1])
    between = one.mean - other.mean if not math.isnan(one.mean + other.mean) else number("difference", difference)
    style = _BetweenStyle(kind, interval, level(conf_level))
    pooled, how = _pooled_sd(groups, between, spread("sd_pooled", sd_pooled), spread("se", se), limits("ci", ci), (t, f, p), style)
    rows = list(_rows(groups, between, pooled, "; ".join([*notes, *how]), style))
    there = {row.estimand for row in rows}
    return EffectSizes(tuple(rows), tuple((name, needs) for name, needs in _NEEDS.items() if name not in there))


@dataclass(frozen=True, slots=True)
class _Groups:
    """Both groups; NaN where a mean or SD is not known."""

    mean_one: float
    sd_one: float
    n_one: float
    mean_other: float
    sd_other: float
    n_other: float

    @property
    def df(self) -> float:
        return self.n_one + self.n_other - 2


@dataclass(frozen=True, slots=True)
class _BetweenStyle:
    """How results are computed."""

    variance: LargeSample
    interval: str
    conf_level: float


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A difference over its pooled SD of which only the ratio is known, from a test."""

    d: float


def _sizes(n_1: int | None, n_2: int | None, n: int | None) -> tuple[tuple[float | None, float | None], list[str]]:
    one, other, both = people("n_1", n_1), people("n_2", n_2), people("n", n, least=4)
    if both is None:
        return (one, other), []
    if one is None and other is None:
        return (both / 2, both / 2), ["groups taken as of one size"]
    one, other = (both - (other or 0) if one is None else one), (both - (one or 0) if other is None else other)
    if one + other != both or min(one, other) < 2:
        raise UsageError(f"n_1 + n_2 = {one + other} and n = {both} contradict one another; leave one out")
    return (one, other), []


def _group(name: str, mean: Given, sd: Given, n: float | None, scores: Summary | Iterable[float] | None) -> Summary:
    if scores is None:
        return Summary(number(f"mean_{name}", mean), spread(f"sd_{name}", sd), None)
    if mean is not None or sd is not None:
        raise UsageError(f"give group_{name}, or its mean and SD, not both")
    summary = summary_of(f"group_{name}", scores)
    if n is not None and summary.n is not None and n != summary.n:
        raise UsageError(f"n_{name} = {n:g}, and group_{name} is of {summary.n}")
    return summary


def _pooled_sd(
    g: _Groups,
    difference: float,
    sd_pooled: float,
    se: float,
    ends: tuple[float, float],
    test: tuple[Given, Given, Given],
    style: _BetweenStyle,
) -> tuple[float | _Ratio, list[str]]:
    """The pooled SD, or the ratio that a test gives, and how it was come by where it was not printed."""
    root = math.sqrt(1 / g.n_one + 1 / g.n_other)
    t = t_of(t=test[0], f=test[1], p=test[2], df=g.df)  # also where it is not needed: figures that contradict one another are refused
    if not math.isnan(sd_pooled):
        return sd_pooled, []
    if not math.isnan(g.sd_one + g.sd_other):
        return pooled_sd_of(g.sd_one, round(g.n_one), g.sd_other, round(g.n_other)), []
    if not math.isnan(se):
        return se / root, ["pooled SD from the standard error of the difference"]
    if not math.isnan(ends[0]):
        half = (ends[1] - ends[0]) / (2 * t_quantile(g.df, style.conf_level))
        return half / root, [f"pooled SD from the {style.conf_level * 100:g}% interval of the difference"]
    if math.isnan(t):
        raise UsageError("give both means and SDs, or the difference with its se or ci, or the t, f or p of the test between the groups")
    name = "t" if test[0] is not None else "F" if test[1] is not None else "p taken as exact"
    if math.isnan(difference):
        direction = "" if name == "t" else ", its direction taken as positive"
        return _Ratio(t * root), [f"d = t sqrt(1/n1 + 1/n2){'' if name == 't' else f', t from {name}'}{direction}"]
    return _Ratio(math.copysign(abs(t) * root, difference)), [f"d = t sqrt(1/n1 + 1/n2){'' if name == 't' else f', t from {name}'}"]


def _rows(g: _Groups, difference: float, pooled: float | _Ratio, assumption: str, style: _BetweenStyle) -> Iterator[EffectSize]:
    if isinstance(pooled, _Ratio):
        d = d_between(pooled.d, 0.0, 1.0, g.n_one, g.n_other)
        sd = difference / pooled.d if pooled.d and not math.isnan(difference) else math.nan
    elif math.isnan(difference):
        raise UsageError("give both means, or their difference")
    else:
        d, sd = d_between(difference, 0.0, pooled, g.n_one, g.n_other), pooled
    if not math.isnan(sd):
        yield _in_points(g, difference, sd, assumption, style)
    first = _standardised("d_s", d, g, 1.0, "difference / pooled SD", assumption, style)
    yield first
    if g.df >= 2:
        hedges = corrected(d, g.n_one, g.n_other, variance=style.variance)
        words = f"difference / pooled SD, times exact J with df {g.df:g}; variance {style.variance}"
        yield _standardised("g_s", hedges, g, hedges.value / d.value if d.value else 1.0, words, assumption, style)
    if not math.isnan(g.sd_one + g.sd_other + g.mean_one + g.mean_other):
        glass = d_control_sd(g.mean_one, g.sd_one, round(g.n_one), g.mean_other, g.sd_other, round(g.n_other))
        plain = replace(style, interval="normal")
        yield _standardised("d_control_sd", glass, g, 1.0, "difference / SD of the second group (Glass)", assumption, plain)
    yield _superiority(first, assumption)


def _in_points(g: _Groups, difference: float, pooled: float, assumption: str, style: _BetweenStyle) -> EffectSize:
    """Welch's interval where both SDs are known, else the pooled one."""
    df, se = g.df, pooled * math.sqrt(1 / g.n_one + 1 / g.n_other)
    words = "first mean - second; pooled SD, Student t interval"
    if not math.isnan(g.sd_one + g.sd_other):
        one, other = g.sd_one**2 / g.n_one, g.sd_other**2 / g.n_other
        df, se = (one + other) ** 2 / (one**2 / (g.n_one - 1) + other**2 / (g.n_other - 1)), math.sqrt(one + other)
        words = "first mean - second; Welch's interval, which lets the SDs differ"
    half = t_quantile(df, style.conf_level) * se
    row = EffectSize("mean_difference", difference, se, difference - half, difference + half, g.n_one + g.n_other, words, assumption)
    return replace(row, conf_level=style.conf_level, statistic=difference / se, df=df, p=two_sided(difference / se, df))


def _standardised(
    name: str, d: StandardisedDifference, g: _Groups, factor: float, words: str, assumption: str, style: _BetweenStyle
) -> EffectSize:
    se, root = math.sqrt(d.variance), math.sqrt(1 / g.n_one + 1 / g.n_other)
    t = d.value / factor / root
    if style.interval == "noncentral_t":
        low, high = (factor * end * root for end in noncentral_t_limits(t, g.df, conf_level=style.conf_level))
        how = "noncentral t interval"
    else:
        half = normal_quantile(style.conf_level) * se
        low, high, how = d.value - half, d.value + half, "normal interval"
    source = "doi:10.1037/1082-989X.13.2.99" if name == "d_control_sd" else _HEDGES
    row = EffectSize(name, d.value, se, low, high, g.n_one + g.n_other, f"{words}; {how}", assumption, source, style.conf_level)
    return replace(row, statistic=t, df=g.df, p=two_sided(t, g.df)) if name == "d_s" else row


def _superiority(d: EffectSize, assumption: str) -> EffectSize:
    """How often one of the first group lies above one of the second, for normal scores with SDs alike."""
    value, low, high = (float(ndtr(each / math.sqrt(2))) for each in (d.value, d.low, d.high))
    words = "chance that one of the first group scores higher than one of the second: normal share of d_s / sqrt(2)"
    taken = "; ".join(filter(None, [assumption, "normal scores with SDs alike"]))
    source = "doi:10.1037/0033-2909.111.2.361"
    return EffectSize("probability_of_superiority", value, math.nan, low, high, d.n, words, taken, source, d.conf_level)
