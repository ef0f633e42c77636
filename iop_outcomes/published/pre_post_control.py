"""Takes two arms with scores before and after, as a paper prints them, gives the difference of their changes over each named divisor."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import ASSUMED_R, Given, choice, correlation, level, needed_people, number, spread, two_sided
from iop_outcomes.stats.between import StandardisedDifference, corrected, d_between, pooled_sd_of
from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.pairs import Better
from iop_outcomes.stats.pre_post_control import Arm, d_ppc1, d_ppc2, d_ppc3, d_ppc_post
from iop_outcomes.stats.proportion import normal_quantile

_MORRIS, _BECKER = "doi:10.1177/1094428106291059", "doi:10.1111/j.2044-8317.1988.tb00901.x"


@dataclass(frozen=True, slots=True)
class _Divisor:
    """One divisor: its function, its words and its source."""

    find: Callable[[Arm, Arm], StandardisedDifference]
    words: str
    source: str


def _by_sd_of_changes(treated: Arm, control: Arm) -> StandardisedDifference:
    one, other = (math.sqrt(max(arm.variance_of_change, 0.0)) for arm in (treated, control))
    pooled = pooled_sd_of(one, treated.n, other, control.n)
    return corrected(d_between(treated.change, control.change, pooled, treated.n, control.n), treated.n, control.n)


_KINDS = {
    "d_ppc1": _Divisor(d_ppc1, "each arm's change / its own SD before, exact J with n - 1 each, their difference", f"{_BECKER}; {_MORRIS}"),
    "d_ppc2": _Divisor(d_ppc2, "difference of changes / pooled SD before, exact J; variance with SDs alike", _MORRIS),
    "d_ppc3": _Divisor(d_ppc3, "difference of changes / SD pooled of all four, exact J; variance by the delta method", _MORRIS),
    "d_ppc_post": _Divisor(d_ppc_post, "difference of changes / pooled SD after, exact J; variance by the delta method", ""),
    "g_change": _Divisor(
        _by_sd_of_changes,
        "difference of changes / pooled SD of the changes, exact J",
        "doi:10.3102/10769986006002107",
    ),
}


def pre_post_control(
    *,
    mean_pre_1: float,
    sd_pre_1: float,
    mean_post_1: float,
    sd_post_1: float,
    n_1: int,
    mean_pre_2: float,
    sd_pre_2: float,
    mean_post_2: float,
    sd_post_2: float,
    n_2: int,
    r: Given = None,
    r_1: Given = None,
    r_2: Given = None,
    sd_change_1: Given = None,
    sd_change_2: Given = None,
    better: Better = "lower",
    conf_level: float = 0.95,
) -> EffectSizes:
    """Effect sizes of how much more one arm improved than another, from means and SDs before and after.

    One study gives 2.606, 2.756 and 2.934 in three programs, which divide by the SD before, by all four SDs and by the SD after:
    here each has its name.

    Parameters
    ----------
    mean_pre_1, sd_pre_1, mean_post_1, sd_post_1, n_1 : float, int
        The treated arm, in points and people.
    mean_pre_2, sd_pre_2, mean_post_2, sd_post_2, n_2 : float, int
        The other.
    r, r_1, r_2 : float
        Correlation of scores before and after, in both arms or in each. Where none is there, nor the SDs of the changes, every
        result is computed for r = .2, .3, ..., .8.
    sd_change_1, sd_change_2 : float
        SDs of the changes, from which correlations are solved.
    better : {"lower", "higher"}
        Which direction is improvement.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `difference_in_change` in points, `d_ppc1`, `d_ppc2`, `d_ppc3`, `d_ppc_post` and `g_change`; positive where the treated arm
        improved more. All but the first carry the exact small-sample factor J.

    References
    ----------
    Morris SB (2008), doi:10.1177/1094428106291059; Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> arms = dict(mean_pre_1=3.34, sd_pre_1=1.76, mean_post_1=3.28, sd_post_1=2.07, n_1=34)
    >>> arms |= dict(mean_pre_2=3.81, sd_pre_2=1.79, mean_post_2=8.43, sd_post_2=0.83, n_2=34)
    >>> study = iop.effects.pre_post_control(**arms, r=0.5)
    >>> [round(study[name].value, 3) for name in ("d_ppc2", "d_ppc3", "d_ppc_post")]
    [2.606, 2.756, 2.934]
    """
    choice("better", better, ("lower", "higher"))
    sign = -1.0 if better == "lower" else 1.0
    arms, solved = [], []
    for name, pre, sd_pre, post, sd_post, n, its_r, sd_change in (
        ("1", mean_pre_1, sd_pre_1, mean_post_1, sd_post_1, n_1, r_1, sd_change_1),
        ("2", mean_pre_2, sd_pre_2, mean_post_2, sd_post_2, n_2, r_2, sd_change_2),
    ):
        before, after = spread(f"sd_pre_{name}", sd_pre), spread(f"sd_post_{name}", sd_post)
        people = needed_people(f"n_{name}", n)
        correlated, how = _correlation(name, before, after, r if its_r is None else its_r, sd_change)
        solved += how
        arms.append(
            Arm(sign * number(f"mean_pre_{name}", pre), sign * number(f"mean_post_{name}", post), before, people, correlated, after)
        )
    conf_level = level(conf_level)
    treated, control = arms
    if not math.isnan(treated.r + control.r):
        return EffectSizes(tuple(_rows(treated, control, "; ".join(solved), conf_level)))
    rows: list[EffectSize] = []
    for assumed in ASSUMED_R:
        one, other = (replace(arm, r=assumed) if math.isnan(arm.r) else arm for arm in arms)
        words = "; ".join([*solved, f"r = {assumed:g} assumed where none was given"])
        rows += _rows(one, other, words, conf_level, r=assumed)
    return EffectSizes(tuple(rows))


def _correlation(name: str, sd_pre: float, sd_post: float, r: Given, sd_change: Given) -> tuple[float, list[str]]:
    given, spread_of_changes = correlation(f"r_{name}", r), spread(f"sd_change_{name}", sd_change)
    if not math.isnan(given) or math.isnan(spread_of_changes):
        return given, []
    solved = (sd_pre**2 + sd_post**2 - spread_of_changes**2) / (2 * sd_pre * sd_post)
    if abs(solved) > 1:
        raise UsageError(f"the SDs of arm {name} would need a correlation of {solved:.2f}, which cannot be: look for a misprint")
    return solved, [f"r = {solved:.2f} in arm {name} solved from the three SDs"]


def _rows(treated: Arm, control: Arm, assumption: str, conf_level: float, *, r: float = math.nan) -> Iterator[EffectSize]:
    difference, n = treated.change - control.change, treated.n + control.n
    one, other = treated.variance_of_change / treated.n, control.variance_of_change / control.n
    se = math.sqrt(one + other)
    df = (one + other) ** 2 / (one**2 / (treated.n - 1) + other**2 / (control.n - 1)) if se > 0 else math.nan
    half = t_quantile(df, conf_level) * se if se > 0 else 0.0
    words = "treated change - other change, positive for improvement; Welch's interval"
    points = EffectSize("difference_in_change", difference, se, difference - half, difference + half, n, words, assumption, "", conf_level)
    t = difference / se if se > 0 else math.nan
    yield replace(points, statistic=t, df=df, p=two_sided(t, df), r=r)
    for name, kind in _KINDS.items():
        effect = kind.find(treated, control)
        if math.isnan(effect.value):
            continue
        error = math.sqrt(effect.variance)
        half = normal_quantile(conf_level) * error
        method = f"{kind.words}; normal interval"
        yield EffectSize(
            name, effect.value, error, effect.value - half, effect.value + half, n, method, assumption, kind.source, conf_level, r=r
        )
