"""Takes numbers with the (patient, value) of each episode of their denominators, gives intervals and comparisons, formula by formula.

Whole numbers and fractions as long as a formula allows, then floats; an error level is one minus a confidence level.
"""

import math
from fractions import Fraction
from functools import cache
from statistics import NormalDist

from scipy.stats import t as student

ENOUGH, ENOUGH_PATIENTS = 11, 10
Z_MOST = 8.2  # beyond it a confidence level is 1 in floating point
NONE = (math.nan, math.nan)


# -- patients ------------------------------------------------------------------------------------------------------


def effective(patients):
    """Effective patients: (sum of w)^2 / sum of w^2, w the episodes of each patient."""
    w = {}
    for one in patients:
        w[one] = w.get(one, 0) + 1
    return Fraction(sum(w.values()) ** 2, sum(each**2 for each in w.values())) if w else Fraction(0)


def repeats(patients):
    """Whether any patient has more than one episode."""
    return len(set(patients)) < len(patients)


def by_patient(values):
    """What each patient adds to a mean, times n squared: the sum over the patient's episodes of n x - total."""
    n, total = len(values), sum(x for _, x in values)
    found = {}
    for patient, x in values:
        found[patient] = found.get(patient, 0) + n * x - total
    return found


def variance(values):
    """Variance of a mean by patient: the sum of the squares of what each patient adds; exact."""
    return Fraction(sum(each**2 for each in by_patient(values).values()), len(values) ** 4)


# -- quantiles -----------------------------------------------------------------------------------------------------


def z_of(error):
    """Two-sided normal quantile."""
    return -NormalDist().inv_cdf(error / 2)


@cache
def t_of(error, df):
    """Two-sided quantile of Student's t."""
    return -float(student.ppf(error / 2, df))


# -- intervals -----------------------------------------------------------------------------------------------------


def known_as_well(values):
    """A share with the number of independent episodes that would know it as well, and degrees of freedom (None: normal); None without an interval."""
    n, k, patients = len(values), sum(x for _, x in values), [patient for patient, _ in values]
    if n == 0:
        return None
    if not repeats(patients):
        return k / n, n, None
    m = effective(patients)
    if m < 2:
        return None
    v = variance(values)
    n_eff = m if v == 0 else min(Fraction(n), Fraction(k * (n - k), n * n) / v)
    return k / n, float(n_eff), float(m - 1)


def wilson(share, error=0.05):
    """Wilson's score limits of what `known_as_well` gives."""
    if share is None:
        return NONE
    p, n, df = share
    q = z_of(error) if df is None else t_of(error, df)
    middle, wide = p + q * q / (2 * n), q * math.sqrt(p * (1 - p) / n + q * q / (4 * n * n))
    return (middle - wide) / (1 + q * q / n), (middle + wide) / (1 + q * q / n)


def of_mean(values, error=0.05):
    """Student's t on n - 1; where a patient repeats, the variance by patient times m / (m - 1) on m - 1, m effective patients."""
    n, patients = len(values), [patient for patient, _ in values]
    m = effective(patients) if repeats(patients) else Fraction(n)
    if n < 2 or m < 2 or variance(values) == 0:
        return NONE
    value = sum(x for _, x in values) / n
    wide = t_of(error, float(m - 1)) * math.sqrt(variance(values) * m / (m - 1))
    return value - wide, value + wide


def exact(value, patients, error=0.05):
    """Clopper-Pearson at 0 % or 100 %; n the episodes whose state is known, effective patients where patients repeat."""
    m = effective(patients)  # n where nobody repeats
    if repeats(patients) and m < 2:
        return NONE
    reach = (error / 2) ** (1 / float(m))
    return (0.0, 1 - reach) if value == 0 else (reach, 1.0)


def interval(one, error=0.05):
    """The limits of a number where this oracle has them, else None."""
    if one.get("rate"):
        return wilson(known_as_well(one["values"]), error)
    if one.get("mean"):
        return of_mean(one["values"], error)
    if "state_known" not in one:
        return None
    everyone = one["denominator"]
    if repeats(everyone) and effective(everyone) < 2:
        return math.nan, math.nan  # hardly more than one patient, whatever is known of when
    return exact(one["value"], one["state_known"], error)


# -- comparisons ---------------------------------------------------------------------------------------------------


def compared(groups, pairs, error=0.05):
    """Rates set against one another at the level that allows for how many comparisons there are; two groups are one, seen twice.

    `groups` is how many there are, `pairs` a list of (key, values of one side, values of the other).
    """
    able = [key for key, one, other in pairs if enough(one) and enough(other)]
    several = 1 if groups == 2 else max(len(able), 1)
    joint = 1 - (1 - error) ** (1 / several)
    found = {}
    for key, one, other in pairs:
        found[key] = {"value": rate(one) - rate(other), "word": "too few"}
        if key in able:
            sides = known_as_well(one), known_as_well(other), correlation(one, other)
            low, high = newcombe(*sides, joint)
            p = touching(*sides)
            word = "higher" if low > 0 else "lower" if high < 0 else "no clear difference"
            found[key] |= {"low": low, "high": high, "conf_level": 1 - joint, "p": p, "p_adjusted": 1 - (1 - p) ** several, "word": word}
    return found


def rate(values):
    """A share."""
    return sum(x for _, x in values) / len(values) if values else math.nan


def enough(values):
    """Whether a side has 11 episodes and, where patients repeat, 10 effective patients, with which it has an interval."""
    patients = [patient for patient, _ in values]
    return len(patients) >= ENOUGH and not (repeats(patients) and effective(patients) < ENOUGH_PATIENTS)


def newcombe(one, other, r, error):
    """Newcombe's limits of a difference of shares; patients on both sides bring their correlation in."""
    a, b = one[0], other[0]
    (l1, u1), (l2, u2) = wilson(one, error), wilson(other, error)
    down = math.sqrt(max((a - l1) ** 2 + (u2 - b) ** 2 - 2 * r * (a - l1) * (u2 - b), 0))
    up = math.sqrt(max((u1 - a) ** 2 + (b - l2) ** 2 - 2 * r * (u1 - a) * (b - l2), 0))
    return a - b - down, a - b + up


def correlation(one, other):
    """Of two shares, through the patients that both have."""
    first, second = by_patient(one), by_patient(other)
    together = sum(x * second[patient] for patient, x in first.items() if patient in second)
    size = sum(x * x for x in first.values()) * sum(x * x for x in second.values())
    return together / math.sqrt(size) if size else 0.0


def touching(one, other, r):
    """The error level at which the interval touches 0, by halving on the normal scale."""
    if one[0] == other[0]:
        return 1.0
    outside_of_it, around_it = 0.0, Z_MOST
    for _ in range(45):
        z = (outside_of_it + around_it) / 2
        low, high = newcombe(one, other, r, 2 * NormalDist().cdf(-z))
        outside_of_it, around_it = (z, around_it) if low > 0 or high < 0 else (outside_of_it, z)
    return 2 * NormalDist().cdf(-outside_of_it)
