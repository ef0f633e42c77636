"""Takes an SD, a reliability and norms, gives thresholds of reliable change, cut-offs and how often chance meets them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.stats.pairs import Better
from iop_outcomes.stats.special import ndtr

Operator = Literal[">=", ">"]

ON_STEP = 1e-6  # scores and thresholds closer than this share of a step are equal: 0.3 and 0.1 + 0.2


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Jacobson-Truax cut-offs in points: a beyond the cases, b within the norm, c midway between the two."""

    a: float
    b: float
    c: float


def standard_error_of_measurement(sd: float, reliability: float) -> float:
    """SEM = SD sqrt(1 - reliability), in points.

    Raises
    ------
    ValueError
        When the SD is negative or the reliability outside 0 to 1.

    Examples
    --------
    >>> round(standard_error_of_measurement(7.5, 0.80), 4)
    3.3541
    """
    if not (sd >= 0 and 0 <= reliability <= 1):
        raise ValueError(f"SD {sd} is negative or reliability {reliability} is outside 0 to 1")
    return sd * math.sqrt(1 - reliability)


def s_diff(sd: float, reliability: float) -> float:
    """Standard error of the difference of two scores without true change: sqrt(2) SEM.

    Examples
    --------
    >>> round(s_diff(7.5, 0.80), 4)
    4.7434
    """
    return math.sqrt(2) * standard_error_of_measurement(sd, reliability)


def reliable_change_index(sd: float, reliability: float, *, z: float = 1.96) -> float:
    """Points beyond which a change is reliable: z S_diff.

    References
    ----------
    Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> round(reliable_change_index(4.5, 0.92), 2)
    3.53
    """
    return z * s_diff(sd, reliability)


def cutoffs(mean_case: float, sd_case: float, mean_norm: float, sd_norm: float, *, better: Better, sds: float = 2.0) -> Cutoffs:
    """Jacobson-Truax cut-offs between cases and norm, all in points.

    Parameters
    ----------
    mean_case, sd_case, mean_norm, sd_norm : float
        Of the clinical and of the normative sample as given, never of the pairs at hand.
    better : {"lower", "higher"}
        Which direction is improvement.
    sds : float
        Standard deviations for a and b: 2 as published; some programs use 1.96.

    References
    ----------
    Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> cutoffs(40, 7.5, 60, 7.5, better="higher")
    Cutoffs(a=55.0, b=45.0, c=50.0)
    """
    sign = -1 if better == "lower" else 1
    total = sd_norm + sd_case
    midway = (sd_norm * mean_case + sd_case * mean_norm) / total if total > 0 else math.nan
    return Cutoffs(mean_case + sign * sds * sd_case, mean_norm - sign * sds * sd_norm, midway)


def false_positive_rate(threshold: float, op: Operator, sd: float, reliability: float, *, step: float = 1.0) -> float:
    """Chance that someone without true change meets a rule for reliable improvement (as likely as for deterioration).

    The change without true change is taken as normal with SD S_diff, away from the floor and ceiling of the scale, and
    then rounded to the nearest whole step. So the chance is that of a normal change above the smallest step that meets the
    rule less half a step: 5.5 for ">= 6", 6.5 for "> 6".

    Parameters
    ----------
    threshold : float
        Points of improvement, above 0.
    op : {">=", ">"}
        At least, or more than.
    sd, reliability : float
        SD of scores in points, and test-retest reliability, of the same people.
    step : float
        What scores are whole multiples of.

    Raises
    ------
    ValueError
        When the threshold is not above 0, the SD is negative or the reliability outside 0 to 1.

    Examples
    --------
    >>> round(false_positive_rate(6, ">=", 5.5, 0.84), 4), round(false_positive_rate(6, ">", 5.5, 0.84), 4)
    (0.0385, 0.0183)
    """
    spread = s_diff(sd, reliability)
    check_rule(threshold, op)
    steps = threshold / step
    whole = round(steps)
    on_step = abs(steps - whole) < ON_STEP
    smallest = whole + int(op == ">") if on_step else math.ceil(steps)
    return float(ndtr(-(smallest - 0.5) * step / spread)) if spread > 0 else 0.0


def check_rule(threshold: float, op: str) -> None:
    """Refuse an operator other than ">=" and ">" and a threshold that is not above 0."""
    if op not in (">=", ">"):
        raise UsageError(f'The operator "{op}" does not exist here. {choices(op, (">=", ">"))}')
    if not threshold > 0:
        raise ValueError(f"threshold {threshold} is not above 0")
