"""Takes a comparison with its interval and a margin, gives its verdicts: non-inferior or not, and equivalent or not, both by that interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.keys import TOO_FEW
from iop_outcomes.measures import Measure
from iop_outcomes.results import EstimandDefinition, Estimate
from iop_outcomes.stats.draft import Difference
from iop_outcomes.units import UNITS

SUPERIOR, NON_INFERIOR, INFERIOR, INCONCLUSIVE = "superior", "non-inferior", "inferior", "inconclusive"
EQUIVALENT, DIFFERENT = "equivalent", "different by more than the margin"
NON_INFERIORITY, EQUIVALENCE = VERDICTS = ("non_inferiority", "equivalence")


@dataclass(frozen=True, slots=True)
class Margin:
    """By how much a group may do worse and still be as good.

    Parameters
    ----------
    estimand : str
        Which number is judged.
    size : float
        Above 0, in its unit: a share between 0 and 1, points, days.
    better : {"higher", "lower"}
        Which direction of it is good.
    """

    estimand: str
    size: float
    better: str


class At(Protocol):
    """The difference with its interval, and the p value at which that would touch a bound."""

    def __call__(self, *, bound: float) -> Difference:
        """Of a bound."""


def margin_of(measure: Measure, estimand: str, size: float) -> Margin:
    """Check a margin.

    Raises
    ------
    UsageError
        When it is not above 0, or so wide that a share could not pass it.
    NotAssessableError
        When it is not known which direction of the number is good.
    """
    unit = UNITS[measure.definition.estimand(estimand).unit]
    if not 0 < size < math.inf:
        raise UsageError(f"margin: give a number above 0 in the unit of {estimand} ({_unit(unit.name)}), not {size:g}: it has no default.")
    if unit.name == "share" and size >= 1:
        raise UsageError(
            f"margin: {size:g} is more than a share can differ by. Give a share between 0 and 1: 0.10 for ten percentage points."
        )
    better = measure.better_of(estimand)
    if better == "neither":
        known = [each.name for each in measure.estimands if measure.better_of(each.name) != "neither"]
        fix = f"Give one of which it is (estimand): {', '.join(known)}." if known else "Compare without a margin."
        raise NotAssessableError(
            f'"{estimand}" is not held against a margin: it is not known whether more or less of it is better, so that nothing says what '
            f"worse is. {fix}"
        )
    return Margin(estimand, float(size), better)


def _unit(name: str) -> str:
    return "a share between 0 and 1" if name == "share" else name


def verdicts(row: Estimate, margin: Margin, at: At | None, several: int) -> tuple[Estimate, Estimate]:
    """Both verdicts of a comparison, by its own simultaneous interval [low, high], turned so that higher is better.

    Non-inferiority: "superior" where low > 0, else "non-inferior" where low > -margin, "inferior" where high < -margin, else
    "inconclusive". Equivalence: "equivalent" where -margin < low and high < margin, "different by more than the margin" where the
    interval lies beyond a margin, else "inconclusive". p is one-sided: of non-inferiority half the error level at which the interval
    would touch -margin, of equivalence the larger of both sides; `p_adjusted` allows for the comparisons as the interval does, so that a
    verdict holds exactly where it is under (1 - conf_level) / 2 of one comparison: 0.025 at 95 %.

    Parameters
    ----------
    row : Estimate
        The comparison.
    margin : Margin
    at : callable or None
        Gives p values; None where the comparison is not judged.
    several : int
        Comparisons that the interval allows for.

    References
    ----------
    Piaggio G et al. (2012), doi:10.1001/jama.2012.87802 (CONSORT). Schuirmann DJ (1987), doi:10.1007/BF01068419.
    """
    method = f"{row.method}, margin {margin.size:g}" if at is not None else row.method
    if at is None:
        non_inferiority, equivalence = (replace(row, estimand=name, word=TOO_FEW, method=method) for name in VERDICTS)
        return non_inferiority, equivalence
    sign = 1.0 if margin.better == "higher" else -1.0
    value, low, high = sign * row.value, *sorted_limits(row, sign)
    worse, far = (_one_sided(at(bound=sign * bound).p, above=value > bound) for bound in (-margin.size, margin.size))
    both = max(worse, 1 - far)

    def judged(name: str, word: str, p: float) -> Estimate:
        return replace(row, estimand=name, word=word, p=p, p_adjusted=_adjusted(p, several), method=method)

    return (
        judged(NON_INFERIORITY, _non_inferiority(low, high, margin.size), worse),
        judged(EQUIVALENCE, _equivalence(low, high, margin.size), both),
    )


def sorted_limits(row: Estimate, sign: float) -> tuple[float, float]:
    """Its limits where higher is better."""
    return (row.low, row.high) if sign > 0 else (-row.high, -row.low)


def _non_inferiority(low: float, high: float, margin: float) -> str:
    if low > 0:
        return SUPERIOR
    if low > -margin:
        return NON_INFERIOR
    return INFERIOR if high < -margin else INCONCLUSIVE


def _equivalence(low: float, high: float, margin: float) -> str:
    if low > -margin and high < margin:
        return EQUIVALENT
    return DIFFERENT if low > margin or high < -margin else INCONCLUSIVE


def _one_sided(p: float, *, above: bool) -> float:
    """Of the claim that the value lies above a bound, from the two-sided p against it."""
    return p / 2 if above else 1 - p / 2


def _adjusted(p: float, several: int) -> float:
    """A one-sided p for being one of several, as two-sided intervals allow for it (Sidak)."""
    return -math.expm1(several * math.log1p(-2 * p)) / 2 if p < 0.5 else p


def definitions(judged: EstimandDefinition, margin: Margin) -> Sequence[EstimandDefinition]:
    """What both verdicts mean, in words that a report prints."""
    unit = UNITS[UNITS[judged.unit].difference]
    size = f"{unit.text(margin.size)}{unit.suffix(unit.text(margin.size))}"
    worse, sign = ("lower", -1) if margin.better == "higher" else ("higher", 1)
    verdict = replace(
        judged,
        sentence="",
        headline="",
        none="",
        missing="",
        beside=(),
        compared_beside=(),
        aside="",
        role="verdict",
        judges=judged.name,
        bound=sign * margin.size,
    )
    return (
        replace(
            verdict,
            name=NON_INFERIORITY,
            label=f"{judged.label}, non-inferior by {size}",
            short=f"Non-inferior by {size}",
            counted=f"no more than {size} {worse}, that is superior where the whole range of the difference is better than none, non-inferior "
            "where it is better than the margin, inferior where it is worse than the margin, else inconclusive",
        ),
        replace(
            verdict,
            name=EQUIVALENCE,
            label=f"{judged.label}, equivalent within {size}",
            short=f"Equivalent within {size}",
            counted=f"a difference of less than {size}, that is equivalent where the whole range of the difference lies within the margin, different "
            "where it lies beyond, else inconclusive",
        ),
    )
