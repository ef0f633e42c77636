"""Takes what a paper prints of one group's scores, gives their mean and SD, and says how they were come by."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iop_outcomes.errors import UsageError
from iop_outcomes.published.inputs import Given, choice, level, limits, needed_people, number, people, spread
from iop_outcomes.stats.limits import t_quantile
from iop_outcomes.stats.quartiles import METHODS, SOURCES, FiveNumbers, mean_and_sd


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean and SD of one group's scores, ready for `pre_post` or `independent_groups`.

    Attributes
    ----------
    mean, sd : float
        In points.
    n : int or None
        People.
    assumption : str
        How they were come by where they were not printed, blank where they were.
    """

    mean: float
    sd: float
    n: int | None
    assumption: str = ""


def summary(
    *,
    n: int | None = None,
    mean: Given = None,
    sd: Given = None,
    se: Given = None,
    ci: Sequence[float] | None = None,
    median: Given = None,
    q1: Given = None,
    q3: Given = None,
    minimum: Given = None,
    maximum: Given = None,
    method: str = "wan",
    conf_level: float = 0.95,
) -> Summary:
    """Mean and SD of a group from its standard error, interval, or median with quartiles or range.

    Parameters
    ----------
    n : int
        People; needed for everything but a mean with its SD.
    mean, sd : float
        As printed.
    se, ci : float, pair of float
        Standard error or interval of the mean, where no SD is printed; Student's t with n - 1 degrees of freedom.
    median, q1, q3, minimum, maximum : float
        Where no mean is printed: the median with both quartiles, both ends of the range, or all four.
    method : {"wan", "luo", "mcgrath"}
        How mean and SD are estimated from a median: fixed weights (Wan), weights by n (Luo), or the nearest of four
        distributions (McGrath), which suits skewed scores such as days in care.
    conf_level : float
        Of `ci`.

    Returns
    -------
    Summary

    References
    ----------
    Wan X et al. (2014), doi:10.1186/1471-2288-14-135; Luo D et al. (2018), doi:10.1177/0962280216669183; McGrath S et al. (2020),
    doi:10.1177/0962280219889080.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> days = iop.effects.summary(median=41, q1=20, q3=74, n=114, method="luo")
    >>> round(days.mean, 1), round(days.sd, 1)
    (45.2, 40.5)
    >>> days.assumption
    'mean and SD estimated from the median (mean by Luo 2018, doi:10.1177/0962280216669183; SD by Wan 2014, doi:10.1186/1471-2288-14-135), quartile skewness 0.22'
    """
    choice("method", method, METHODS)
    if median is not None:
        if mean is not None or sd is not None:
            raise UsageError("give a mean with its SD, or a median with quartiles or range, not both")
        return _from_median(n, median, (q1, q3), (minimum, maximum), method)
    if mean is None:
        raise UsageError("give a mean (with sd, se or ci), or a median (with q1 and q3, minimum and maximum, or all four)")
    middle, out = number("mean", mean), spread("sd", sd)
    if not math.isnan(out):
        return Summary(middle, out, people("n", n))
    size = needed_people("n", n)
    if se is not None:
        return Summary(middle, spread("se", se) * math.sqrt(size), size, "SD = standard error x sqrt(n)")
    low, high = limits("ci", ci)
    if math.isnan(low):
        raise UsageError("a mean needs its sd, or its se or ci with n")
    if not low < middle < high:
        raise UsageError(f"the mean {middle:g} lies outside its interval ({low:g}, {high:g})")
    half = (high - low) / (2 * t_quantile(size - 1, level(conf_level)))
    return Summary(middle, half * math.sqrt(size), size, f"SD from the {conf_level * 100:g}% interval of the mean, Student t")


def _from_median(n: int | None, median: Given, quartiles: tuple[Given, Given], ends: tuple[Given, Given], method: str) -> Summary:
    """By the method named, in the order in which five numbers must stand."""
    size = needed_people("n", n)
    q1, q3 = (number(name, value) for name, value in zip(("q1", "q3"), quartiles, strict=True))
    low, high = (number(name, value) for name, value in zip(("minimum", "maximum"), ends, strict=True))
    if math.isnan(q1) != math.isnan(q3) or math.isnan(low) != math.isnan(high) or (math.isnan(q1) and math.isnan(low)):
        raise UsageError("a median needs both quartiles (q1 and q3), both ends of the range (minimum and maximum), or all four")
    five = FiveNumbers(number("median", median), size, q1, q3, low, high)
    order = [value for value in (low, q1, five.median, q3, high) if not math.isnan(value)]
    if order != sorted(order) or order[0] == order[-1]:
        raise UsageError("minimum, q1, median, q3 and maximum must not fall, and must differ: " + ", ".join(f"{each:g}" for each in order))
    mean, sd = mean_and_sd(five, next(each for each in METHODS if each == method))
    skewed = f", quartile skewness {(q1 - 2 * five.median + q3) / (q3 - q1):.2f}" if five.quartiles and q3 > q1 else ""
    return Summary(mean, sd, size, f"mean and SD estimated from the median ({SOURCES[method]}){skewed}")


def summary_of(name: str, scores: Summary | Iterable[float]) -> Summary:
    """The summary itself, or that of scores, none of which may be missing."""
    if isinstance(scores, Summary):
        return scores
    values = scores_of(name, scores)
    mean = math.fsum(values) / len(values)
    return Summary(mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1)), len(values))


def scores_of(name: str, scores: Iterable[float]) -> list[float]:
    """Scores as numbers: at least two, none missing."""
    given: object = scores
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise UsageError(f"{name} = {scores!r}: give the scores of people, as in [14, 9, 12], or what iop.effects.summary gave")
    try:
        values = [float(value) for value in scores]
    except (TypeError, ValueError):
        raise UsageError(f"{name}: a score is no number; leave these people out first, on both sides of a pair") from None
    missing = sum(not math.isfinite(value) for value in values)
    if missing:
        raise UsageError(f"{name}: {missing} of {len(values)} scores are missing; leave these people out first, on both sides of a pair")
    if len(values) < 2:
        raise UsageError(f"{name}: {len(values)} scores, and a standard deviation needs two")
    return values
