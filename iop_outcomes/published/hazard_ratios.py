"""Takes what a paper prints of a comparison of two curves, gives the hazard ratio with the error of its logarithm."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes
from iop_outcomes.published.inputs import Given, level, limits, number, p_value, spread
from iop_outcomes.published.scales_of_effects import ratio_of
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.special import ndtr, ndtri

_TIERNEY = "doi:10.1186/1745-6215-8-16"


def hazard_ratio(
    *,
    hr: Given = None,
    se: Given = None,
    ci: Sequence[float] | None = None,
    p: Given = None,
    observed_1: Given = None,
    expected_1: Given = None,
    observed_2: Given = None,
    expected_2: Given = None,
    variance: Given = None,
    events: Given = None,
    n_1: int | None = None,
    n_2: int | None = None,
    conf_level: float = 0.95,
) -> EffectSizes:
    """Hazard ratio, and the error of its logarithm that pooling needs, from whichever figures a paper prints.

    Parameters
    ----------
    hr : float
        The hazard ratio, first group over second.
    se : float
        Standard error of its logarithm.
    ci : pair of float
        Its interval.
    p : float
        Two-sided p of its test; gives the error where no interval is printed.
    observed_1, expected_1, observed_2, expected_2 : float
        Events and expected events of a log-rank table: alone, the ratio is (O1/E1) / (O2/E2).
    variance : float
        Variance of O1 - E1: the ratio is then exp((O1 - E1) / V), and its error 1 / sqrt(V).
    events : float
        Events in all, with `p` and the direction of `hr`, or with `hr` alone (and `n_1`, `n_2`, else taken as groups of one size).
    n_1, n_2 : int
        People, for the share of events to expect in each group.
    conf_level : float
        Of `ci` and of the limits.

    Returns
    -------
    EffectSizes
        `hazard_ratio` (`se` is that of its logarithm) and `log_hazard_ratio`.

    References
    ----------
    Parmar MKB et al. (1998), doi:10.1002/(SICI)1097-0258(19981230)17:24<2815::AID-SIM110>3.0.CO;2-8; Tierney JF et al. (2007),
    doi:10.1186/1745-6215-8-16.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.hazard_ratio(hr=1.36, ci=(1.10, 1.68))["log_hazard_ratio"].se.__round__(3)
    0.108
    >>> iop.effects.hazard_ratio(observed_1=14, expected_1=22.48, observed_2=28, expected_2=19.52)["hazard_ratio"]
    hazard_ratio 0.4342 (0.2368 to 0.7961); error of the log-rank estimate: sqrt(1/E1 + 1/E2)
    """
    level(conf_level)
    table = [number(name, value) for name, value in (("observed_1", observed_1), ("observed_2", observed_2))]
    expected = [spread(name, value) for name, value in (("expected_1", expected_1), ("expected_2", expected_2))]
    if variance is not None:
        if math.isnan(table[0] - expected[0]):
            raise UsageError("variance is that of O1 - E1: give observed_1 and expected_1 with it")
        v = spread("variance", variance)
        return _both((table[0] - expected[0]) / v, 1 / math.sqrt(v), "log-rank: (O1 - E1) / V", "", conf_level)
    if hr is None and observed_2 is not None:
        return _from_log_rank(table, expected, conf_level)
    ends = limits("ci", ci)
    if ends[0] <= 0:
        raise UsageError(f"the interval of a hazard ratio lies above 0, and ci begins at {ends[0]:g}: is it that of the logarithm?")
    if hr is None:
        if math.isnan(ends[0]):
            raise UsageError("give hr with se, ci, p or events; ci alone; or observed and expected events")
        middle = math.sqrt(ends[0] * ends[1])
        return _both(
            math.log(middle), _from_limits(ends, conf_level), "middle of the interval on the logarithm", "hr from its interval", conf_level
        )
    ratio = spread("hr", hr)
    if not math.isnan(ends[0]) and not ends[0] <= ratio <= ends[1]:
        raise UsageError(f"hr = {ratio:g} lies outside its interval ({ends[0]:g}, {ends[1]:g})")
    se_and_how = _error(math.log(ratio), (spread("se", se), ends, p_value("p", p)), spread("events", events), (n_1, n_2), conf_level)
    return _both(math.log(ratio), *se_and_how, conf_level)


def _error(
    value: float,
    printed: tuple[float, tuple[float, float], float],
    events: float,
    people: tuple[int | None, int | None],
    conf_level: float,
) -> tuple[float, str, str]:
    """The error of the logarithm from the first of error, interval, p and events that is there; and how."""
    se, ends, p = printed
    if not math.isnan(se):
        return se, "as printed", ""
    if not math.isnan(ends[0]):
        return _from_limits(ends, conf_level), "as printed", "error from the interval"
    if p < 1 and value != 0:
        return abs(value) / -float(ndtri(p / 2)), "as printed", "error from p taken as exact"
    if not math.isnan(events):
        one, other = people
        share, alike = (one / (one + other), "") if one and other else (0.5, ", groups taken as of one size")
        return 1 / math.sqrt(events * share * (1 - share)), "as printed", f"error from the events{alike}"
    return math.nan, "as printed", "no error: not enough printed"


def _from_limits(ends: tuple[float, float], conf_level: float) -> float:
    return (math.log(ends[1]) - math.log(ends[0])) / (2 * normal_quantile(conf_level))


def _from_log_rank(observed: list[float], expected: list[float], conf_level: float) -> EffectSizes:
    if any(map(math.isnan, (*observed, *expected))) or min(observed) <= 0:
        raise UsageError("observed_1, expected_1, observed_2 and expected_2 are needed together, observed ones above 0")
    value = math.log(observed[0] / expected[0] / (observed[1] / expected[1]))
    se = math.sqrt(1 / expected[0] + 1 / expected[1])
    return _both(value, se, "(O1/E1) / (O2/E2)", "error of the log-rank estimate: sqrt(1/E1 + 1/E2)", conf_level)


def _both(value: float, se: float, words: str, assumption: str, conf_level: float) -> EffectSizes:
    z = normal_quantile(conf_level)
    low, high = value - z * se, value + z * se
    p = 2 * float(ndtr(-abs(value / se)))
    method = f"{words}; normal interval of the logarithm"
    ratio = EffectSize(
        "hazard_ratio",
        ratio_of(value),
        se,
        ratio_of(low),
        ratio_of(high),
        math.nan,
        f"{method}, whose error se is",
        assumption,
        _TIERNEY,
        conf_level,
    )
    log = EffectSize("log_hazard_ratio", value, se, low, high, math.nan, method, assumption, _TIERNEY, conf_level, value / se, math.nan, p)
    return EffectSizes((ratio, log))
