"""Takes a correlation, or a test statistic and how many people it is of, gives the correlation with its interval."""

from __future__ import annotations

import math
from dataclasses import replace

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import PEOPLE, EffectSize, EffectSizes
from iop_outcomes.published.inputs import Given, level, needed_people, number, t_of, two_sided
from iop_outcomes.published.inputs import correlation as checked
from iop_outcomes.stats.proportion import normal_quantile


def correlation(
    *, n: int, r: Given = None, t: Given = None, f: Given = None, p: Given = None, z: Given = None, conf_level: float = 0.95
) -> EffectSizes:
    """Correlation with Fisher's interval, from itself or from a test.

    Parameters
    ----------
    n : int
        People (pairs of values), 4 or more for an interval.
    r : float
        The correlation.
    t, f, p : float
        Of its test, or of a test between two groups: r = t / sqrt(t^2 + df), df = n - 2.
    z : float
        Standard normal statistic of a rank test (Wilcoxon, Mann-Whitney): r = z / sqrt(n), which is no product-moment correlation
        and has a name of its own.
    conf_level : float
        Of the limits.

    Returns
    -------
    EffectSizes
        `correlation` and `fisher_z`, or `r_from_z` for a rank test.

    References
    ----------
    Fisher RA (1921), Metron 1:3-32; Rosenthal R (1991), Meta-Analytic Procedures for Social Research, doi:10.4135/9781412984997.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.correlation(r=0.66, n=117)["correlation"]
    correlation 0.66 (0.5436 to 0.7515)
    >>> round(iop.effects.correlation(z=6.42, n=74)["r_from_z"].value, 2)
    0.75
    """
    size = needed_people("n", n, least=2)
    if size == 2 and any(each is not None for each in (t, f, p)):
        raise UsageError("n = 2: a test of a correlation of two people has no degree of freedom, and gives none; give r, or look at n")
    if z is not None:
        if any(each is not None for each in (r, t, f, p)):
            raise UsageError("z is the statistic of a rank test: give it alone with n")
        value = number("z", z) / math.sqrt(size)
        words = "z of a rank test / sqrt(n); not a product-moment correlation, no interval"
        return EffectSizes(
            (EffectSize("r_from_z", value, n=size, method=words, source="doi:10.4135/9781412984997", conf_level=conf_level),)
        )
    value, how = checked("r", r), ""
    statistic = t_of(t=t, f=f, p=p, df=size - 2)
    if math.isnan(value):
        if math.isnan(statistic):
            raise UsageError("give r, or the t, f, p or z of a test, with n")
        value, how = statistic / math.sqrt(statistic**2 + size - 2), "r = t / sqrt(t^2 + n - 2)"
        how += "" if t is not None else ", its direction taken as positive"
    return _rows(value, size, how, level(conf_level))


def _rows(value: float, n: int, how: str, conf_level: float) -> EffectSizes:
    row = EffectSize("correlation", value, n=n, method="Fisher's interval", assumption=how, source="Fisher (1921)", conf_level=conf_level)
    if n < 4 or abs(value) == 1:
        why = f"4 {PEOPLE}" if n < 4 else "an r between -1 and 1"
        words = f"no error: it needs {why}"
        return EffectSizes((replace(row, method=words, assumption="; ".join(filter(None, [how, words]))),), (("fisher_z", why),))
    fisher, se = math.atanh(value), 1 / math.sqrt(n - 3)
    half = normal_quantile(conf_level) * se
    t = value * math.sqrt((n - 2) / (1 - value**2))
    row = replace(row, se=(1 - value**2) / math.sqrt(n - 1), low=math.tanh(fisher - half), high=math.tanh(fisher + half))
    row = replace(row, statistic=t, df=n - 2, p=two_sided(t, n - 2))
    on_scale = EffectSize(
        "fisher_z", fisher, se, fisher - half, fisher + half, n, "atanh(r); normal interval", how, "Fisher (1921)", conf_level
    )
    return EffectSizes((row, on_scale))
