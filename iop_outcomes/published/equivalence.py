"""Takes a mean, a difference, a pooled value or a correlation as papers print it and a margin, gives whether it is equivalent to none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from iop_outcomes.errors import UsageError
from iop_outcomes.published.inputs import Given, correlation, margin_of, needed_people, number, spread
from iop_outcomes.published.pooling import interval_of
from iop_outcomes.stats.equivalence import TwoOneSided, two_one_sided

EQUIVALENT, DIFFERENT, INCONCLUSIVE = "equivalent", "different by more than the margin", "inconclusive"
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class EquivalenceTest:
    """Two one-sided tests, and what they say.

    Attributes
    ----------
    value, se, df : float
        What is tested; of a correlation the transformed one has the error.
    low_bound, high_bound : float
        The margin to both sides.
    lower_statistic, lower_p, upper_statistic, upper_p, p : float
        Against a value under and over the bounds; `p` is the larger.
    low_90, high_90, low_95, high_95 : float
        The interval that lies within the bounds exactly when p < .05, and the usual one.
    verdict : {"equivalent", "different by more than the margin", "inconclusive"}
    assumption : str
    """

    value: float
    se: float
    df: float
    low_bound: float
    high_bound: float
    lower_statistic: float
    lower_p: float
    upper_statistic: float
    upper_p: float
    p: float
    low_90: float
    high_90: float
    low_95: float
    high_95: float
    verdict: str
    assumption: str = ""

    def figures(self) -> Mapping[str, float]:
        """Every number by its name."""
        return {name: value for name, value in asdict(self).items() if isinstance(value, float)}

    def __repr__(self) -> str:
        return (
            f"{self.verdict}: {self.value:.4g} ({self.low_90:.4g} to {self.high_90:.4g}, 90%) within {self.low_bound:.4g} to "
            f"{self.high_bound:.4g}, p {self.p:.3g}"
        )


def verdict_of(test: TwoOneSided, alpha: float = ALPHA) -> str:
    """Equivalent, different by more than the margin, or neither: that is its own verdict, and no finding of no difference."""
    if test.p < alpha:
        return EQUIVALENT
    return DIFFERENT if test.p_beyond < alpha else INCONCLUSIVE


def equivalence(
    *,
    margin: Given = None,
    margin_in_sd: Given = None,
    value: Given = None,
    se: Given = None,
    df: Given = None,
    mean: Given = None,
    mu: float = 0.0,
    sd: Given = None,
    mean_1: Given = None,
    sd_1: Given = None,
    mean_2: Given = None,
    sd_2: Given = None,
    n: int | None = None,
    r: Given = None,
) -> EquivalenceTest:
    """Test for equivalence (two one-sided tests) from printed figures; the margin has no default.

    Parameters
    ----------
    margin : float
        How far from none is still as good as none, in the unit of the value.
    margin_in_sd : float
        The same in SDs of `sd`, or of the paired differences.
    value, se, df : float
        A difference or pooled value with its error; with `df` Student's t, else normal.
    mean : float
        One mean, with `sd` and `n`.
    mu : float
        The value that it is held against.
    sd : float
        The SD of that mean's values.
    mean_1, sd_1, mean_2, sd_2 : float
        Two means of the same people and their SDs, with `r` and `n`.
    n : int
        How many people.
    r : float
        The correlation between the two; a correlation alone, with `n`, by Fisher's z.

    Returns
    -------
    EquivalenceTest

    References
    ----------
    Schuirmann DJ (1987), doi:10.1007/BF01068419. Lakens D (2017), doi:10.1177/1948550617697177.

    Examples
    --------
    >>> import iop_outcomes as iop
    >>> iop.effects.equivalence(value=0.12, se=0.09, margin=0.2)
    inconclusive: 0.12 (-0.02804 to 0.268, 90%) within -0.2 to 0.2, p 0.187
    """
    if (margin is None) == (margin_in_sd is None):
        raise UsageError(
            "give margin, or margin_in_sd: how far from none is still as good as none has no default, and no paper's will do for you"
        )
    if value is not None:
        return _tested(
            number("value", value), _needed("se", se), math.inf if df is None else number("df", df), _raw(margin, margin_in_sd, math.nan)
        )
    if mean is not None:
        size, spread_of = needed_people("n", n), _needed("sd", sd)
        limit = _raw(margin, margin_in_sd, spread_of)
        return _tested(number("mean", mean) - mu, spread_of / math.sqrt(size), size - 1.0, limit)
    if mean_1 is not None:
        return _paired((mean_1, sd_1, mean_2, sd_2), n, r, (margin, margin_in_sd))
    if r is not None:
        return _of_correlation(correlation("r", r), needed_people("n", n, least=4), _raw(margin, margin_in_sd, math.nan))
    raise UsageError("give value and se; mean, sd and n; two means with their SDs, r and n; or r and n")


def _needed(name: str, given: Given) -> float:
    if given is None:
        raise UsageError(f"{name} is missing: without it nothing is known of the error, and no test can be made (not enough printed)")
    return spread(name, given)


def _raw(margin: Given, in_sd: Given, sd: float) -> float:
    limit = margin_of("margin", margin) if in_sd is None else margin_of("margin_in_sd", in_sd) * sd
    if math.isnan(limit):
        raise UsageError("margin_in_sd needs an SD: give margin in the unit of the value here")
    return limit


def _paired(means: tuple[Given, ...], n: int | None, r: Given, margins: tuple[Given, Given]) -> EquivalenceTest:
    first, sd_1, second, sd_2 = means
    if second is None or r is None:
        raise UsageError(
            "two means of the same people need mean_2, and r between them: without r the error of their difference is not known"
        )
    one, other, size, shared = _needed("sd_1", sd_1), _needed("sd_2", sd_2), needed_people("n", n), correlation("r", r)
    sd = math.sqrt(one**2 + other**2 - 2 * shared * one * other)
    value = number("mean_1", first) - number("mean_2", second)
    return _tested(value, _needed("the SD of the differences", sd) / math.sqrt(size), size - 1.0, _raw(*margins, sd))


def _of_correlation(r: float, n: int, margin: float) -> EquivalenceTest:
    if not (abs(r) < 1 and margin < 1):
        raise UsageError("r and margin must lie between 0 and 1 in size")
    se = 1 / math.sqrt(n - 3)
    z = math.atanh(r)
    tested = two_one_sided(z, (se, se), (-math.atanh(margin), math.atanh(margin)))
    ends = [math.tanh(limit) for level in (1 - 2 * ALPHA, 1 - ALPHA) for limit in interval_of(z, se, math.inf, level)]
    return _made(r, se, math.inf, margin, tested, ends, "Fisher's z")


def _tested(value: float, se: float, df: float, margin: float) -> EquivalenceTest:
    tested = two_one_sided(value, (se, se), (-margin, margin), df=df)
    ends = [limit for level in (1 - 2 * ALPHA, 1 - ALPHA) for limit in interval_of(value, se, df, level)]
    return _made(value, se, df, margin, tested, ends, "")


def _made(value: float, se: float, df: float, margin: float, tested: TwoOneSided, ends: list[float], note: str) -> EquivalenceTest:
    figures = (tested.lower_statistic, tested.lower_p, tested.upper_statistic, tested.upper_p, tested.p)
    low_90, high_90, low_95, high_95 = ends
    return EquivalenceTest(value, se, df, -margin, margin, *figures, low_90, high_90, low_95, high_95, verdict_of(tested), note)
