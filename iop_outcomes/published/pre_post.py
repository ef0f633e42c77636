"""Takes scores before and after of one group, as scores or as a paper prints them, gives every effect size of change, by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iop_outcomes.errors import UsageError
from iop_outcomes.published.changes import ChangeStyle, assumed_table, rows_of, with_r
from iop_outcomes.published.effect_size import EffectSizes
from iop_outcomes.published.inputs import Given, choice, correlation, level, limits, number, people, spread, t_of
from iop_outcomes.published.summaries import Summary, scores_of
from iop_outcomes.stats.change_variances import VARIANCES
from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.pairs import Better, PairMoments, Pairs

INTERVALS = ("normal", "noncentral_t")
_CONTRADICTION = 0.05  # correlations further apart than rounding of printed figures explains


def pre_post(
    *,
    mean_pre: Given = None,
    sd_pre: Given = None,
    mean_post: Given = None,
    sd_post: Given = None,
    n: int | None = None,
    r: Given = None,
    mean_change: Given = None,
    sd_change: Given = None,
    se_change: Given = None,
    ci_change: Sequence[float] | None = None,
    t: Given = None,
    f: Given = None,
    p: Given = None,
    pre: Summary | Iterable[float] | None = None,
    post: Summary | Iterable[float] | None = None,
    better: Better = "lower",
    variance: str = "unequal_sd",
    interval: str = "normal",
    conf_level: float = 0.95,
) -> EffectSizes:
    """Effect sizes of the change of one group, from what a paper prints or from its scores.

    Parameters
    ----------
    mean_pre, sd_pre, mean_post, sd_post : float
        Means and SDs of the same people before and after, in points.
    n : int
        Pairs. Without it there are values and no errors.
    r : float
        Correlation of scores before and after. Where neither it nor anything that gives it is there, every result is computed
        for r = .2, .3, ..., .8: nothing is assumed silently.
    mean_change, sd_change, se_change, ci_change : float, pair of float
        Of the changes, where they are printed; a positive change is an improvement.
    t, f, p : float
        Of the paired test: t, F with 1 degree of freedom, two-sided p.
    pre, post : scores, or Summary
        In place of means and SDs: the scores of each person in the same order, or what `summary` gave from medians.
    better : {"lower", "higher"}
        Which direction is improvement: change is before - after, or after - before.
    variance : {"unequal_sd", "LS", "LS2", "borenstein"}
        Of standardised changes. The first lets the two SDs differ; the others are for reproducing other programs' errors.
    interval : {"normal", "noncentral_t"}
        Of d_z and g_z; the others are normal. That of the mean change is Student's t.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `mean_change`, `d_pre_sd`, `g_pre_sd`, `d_av`, `g_av`, `d_av_rms`, `d_z`, `g_z` and `d_rm`, as far as what was given allows.

    Raises
    ------
    UsageError
        When figures cannot be, or contradict one another.

    References
    ----------
    Becker BJ (1988), doi:10.1111/j.2044-8317.1988.tb00901.x; Bonett DG (2008), doi:10.1037/1082-989X.13.2.99; Lakens D (2013),
    doi:10.3389/fpsyg.2013.00863; Morris SB, DeShon RP (2002), doi:10.1037/1082-989X.7.1.105.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> study = iop.effects.pre_post(mean_pre=16.3, sd_pre=4.63, mean_post=9.12, sd_post=5.09, n=604, r=0.5)
    >>> study["d_pre_sd"]
    d_pre_sd 1.551 (1.429 to 1.672)
    >>> unknown = iop.effects.pre_post(mean_pre=15.4, sd_pre=5.5, mean_post=9.4, sd_post=6.4)
    >>> [round(unknown.at(r=each)["d_z"].value, 2) for each in (0.3, 0.5)]
    [0.85, 1.0]
    """
    choice("better", better, ("lower", "higher"))
    kind = next(each for each in VARIANCES if each == choice("variance", variance, VARIANCES))
    choice("interval", interval, INTERVALS)
    style = ChangeStyle(better, kind, interval, level(conf_level))
    if pre is not None or post is not None:
        if pre is None or post is None:
            raise UsageError("give pre and post together: the scores, or the summaries, of both moments")
        if any(each is not None for each in (mean_pre, sd_pre, mean_post, sd_post)):
            raise UsageError("give pre and post, or means and SDs, not both")
        if not isinstance(pre, Summary) and not isinstance(post, Summary):
            return rows_of(_pairs_of(scores_of("pre", pre), scores_of("post", post), better), style, "")
        return _from_summaries(
            _as_summary("pre", pre), _as_summary("post", post), n, style, _Changes(r, mean_change, sd_change, se_change, ci_change, t, f, p)
        )
    before, after = (
        Summary(number(f"mean_{moment}", mean), spread(f"sd_{moment}", sd), None)
        for moment, mean, sd in (("pre", mean_pre, sd_pre), ("post", mean_post, sd_post))
    )
    return _from_summaries(before, after, n, style, _Changes(r, mean_change, sd_change, se_change, ci_change, t, f, p))


@dataclass(frozen=True, slots=True)
class _Changes:
    """What was given of the changes."""

    r: Given
    mean: Given
    sd: Given
    se: Given
    ci: Sequence[float] | None
    t: Given
    f: Given
    p: Given


def _pairs_of(pre: list[float], post: list[float], better: Better) -> Pairs:
    if len(pre) != len(post):
        raise UsageError(f"pre has {len(pre)} scores and post {len(post)}: give those of the same people, in the same order")
    return Pairs.from_scores(pre, post, better=better)


def _as_summary(name: str, given: Summary | Iterable[float]) -> Summary:
    if not isinstance(given, Summary):
        raise UsageError(f"{name} holds scores and the other moment a summary: give the same kind for both")
    return given


def _from_summaries(before: Summary, after: Summary, n: int | None, style: ChangeStyle, given: _Changes) -> EffectSizes:
    size = people("n", _common_n(before.n, after.n, n))
    notes = [f"{moment}: {each.assumption}" for moment, each in (("before", before), ("after", after)) if each.assumption]
    mean = _mean_change(before, after, given, style.better)
    sd, more = _sd_of_changes(mean, size, given, style.conf_level)
    r, how = _correlation(before.sd, after.sd, sd, correlation("r", given.r))
    notes += [*more, *([how] if how else [])]
    moments = PairMoments(size or 0, before.mean, after.mean, before.sd, after.sd, r, mean, sd)
    if math.isnan(mean):
        return _from_test(moments, style, given, notes)
    if size and number("t", given.t) == 0 and abs(mean) * math.sqrt(size) > (before.sd + after.sd) / 2:
        raise UsageError(f"t = 0 and a change of {abs(mean):g} contradict one another with these SDs, whatever r is; leave one out")
    if math.isnan(r) and math.isnan(sd) and not math.isnan(before.sd + after.sd):
        return assumed_table(moments, style, notes)
    if math.isnan(sd) and not math.isnan(r):
        moments = with_r(moments, r)
    return rows_of(Pairs.from_moments(moments, better=style.better), style, "; ".join(notes))


def _from_test(moments: PairMoments, style: ChangeStyle, given: _Changes, notes: list[str]) -> EffectSizes:
    """Where neither means nor their change is known, a test alone gives d_z = t / sqrt(n)."""
    n = moments.n
    t = t_of(t=given.t, f=given.f, p=given.p, df=n - 1 if n else math.nan)
    if math.isnan(t):
        raise UsageError("give both means, or the mean change, or the t, f or p of the paired test with n")
    if not n:
        raise UsageError("a test gives an effect size only with n")
    name = _test_name(given)
    how = "d_z = t / sqrt(n)" + ("" if name == "t" else f", t from {name}, its direction taken as an improvement")
    none = math.nan
    ratio = PairMoments(n, none, none, none, none, none, t / math.sqrt(n), 1.0)
    return rows_of(Pairs.from_moments(ratio, better=style.better), style, "; ".join([*notes, how]), points=False)


def _test_name(given: _Changes) -> str:
    return "t" if given.t is not None else "F" if given.f is not None else "p"


def _common_n(*given: int | None) -> int | None:
    there = {each for each in given if each is not None}
    if len(there) > 1:
        raise UsageError(
            f"n is given as {' and '.join(map(str, sorted(there)))}: a change is of the people seen twice; give their number as n"
        )
    return there.pop() if there else None


def _mean_change(before: Summary, after: Summary, given: _Changes, better: Better) -> float:
    """From the two means, else as given; where both are there they must agree to what rounding explains."""
    printed = number("mean_change", given.mean)
    between = before.mean - after.mean if better == "lower" else after.mean - before.mean
    if not math.isnan(printed) and not math.isnan(between) and abs(printed - between) > 0.11 + 0.02 * abs(between):
        raise UsageError(
            f"mean_change = {printed:g} and the means, whose change is {between:g} where {better} is better, contradict one another: "
            "a positive change is an improvement; look at `better`, and leave one out"
        )
    return printed if math.isnan(between) else between


def _sd_of_changes(mean: float, n: int | None, given: _Changes, conf_level: float) -> tuple[float, list[str]]:
    """The SD of the changes as far as it is known without the correlation, and how."""
    df = n - 1 if n else math.nan
    sd, se, (low, high) = spread("sd_change", given.sd), spread("se_change", given.se), limits("ci_change", given.ci)
    t = t_of(t=given.t, f=given.f, p=given.p, df=df)
    if not math.isnan(sd):
        return sd, []
    if all(map(math.isnan, (se, low, t))):
        return math.nan, []
    if n is None:
        raise UsageError("an error, an interval or a test of the changes gives an effect size only with n")
    if not math.isnan(se):
        return se * math.sqrt(n), ["SD of the changes = their standard error x sqrt(n)"]
    if not math.isnan(low):
        return (high - low) / (2 * t_quantile(df, conf_level)) * math.sqrt(n), [
            f"SD of the changes from their {conf_level * 100:g}% interval"
        ]
    if math.isnan(mean) or t == 0 or mean == 0:
        return math.nan, []
    name = _test_name(given)
    how = {"t": "", "F": ", t from F", "p": ", t from p taken as exact"}[name]
    return abs(mean) * math.sqrt(n) / abs(t), [f"SD of the changes = change x sqrt(n) / t{how}"]


def _correlation(sd_pre: float, sd_post: float, sd_change: float, given: float) -> tuple[float, str]:
    """As given, else solved from the three SDs."""
    if math.isnan(sd_pre + sd_post + sd_change):
        return given, ""
    solved = (sd_pre**2 + sd_post**2 - sd_change**2) / (2 * sd_pre * sd_post)
    if abs(solved) > 1:
        raise UsageError(
            f"the SDs before ({sd_pre:g}) and after ({sd_post:g}) and of the changes ({abs(sd_change):.4g}) would need a correlation of "
            f"{solved:.2f}, which cannot be: look for a misprint, or for a test that is not the paired one"
        )
    if not math.isnan(given):
        if abs(solved - given) > _CONTRADICTION:
            raise UsageError(f"r = {given:g} contradicts the other figures, which give r = {solved:.2f}; leave one out")
        return given, ""
    return solved, f"r = {solved:.2f} solved from the three SDs"
