"""Takes cells of item answers or of pairs of scores, gives coefficients of reliability, each with what one more form would add to it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from iop_outcomes.keys import Flag
from iop_outcomes.stats.draft import Floats, Ints

FEWEST_ITEMS = 2  # for alpha
FEWEST_OF_A_FACTOR = 3  # items from which one factor is identified
NEAR_FIRST_AXIS = 0.9  # of its loadings: where the search for a factor begins
EM_STEPS, NEWTON_STEPS, HALVINGS = 400, 60, 40
FLAT = 1e-10  # of the steepest curve: what counts as no curve at all
GRADIENT = 1e-12  # at which the maximum is reached, of items scaled to variance 1
ROUNDING = 1e-12  # of the items' variances: a sum that varies by less does not vary, but for rounding
LEAST_UNIQUE = 1e-6  # share of an item's variance that must be its own for a factor model to stand


@dataclass(frozen=True, eq=False)
class Coefficient:
    """A coefficient of reliability.

    Attributes
    ----------
    value : float
        The estimate; NaN where the data allow none.
    influence : float array, shape (cells,)
        What one more form in a cell adds to `value` at a fixed number of forms; n-weighted it sums to 0.
    flag : Flag
        Why there is none.
    """

    value: float
    influence: Floats
    flag: Flag = Flag.NONE


def alpha(items: Floats, n: Ints) -> Coefficient:
    """Cronbach's alpha of complete forms: k / (k - 1) x (1 - sum of item variances / variance of the sum), of the items as they are scored.

    Parameters
    ----------
    items : float array, shape (cells, k)
        Answers as they count, reversed items turned.
    n : int64 array, shape (cells,)
        Forms in each cell.

    Returns
    -------
    Coefficient
        Flagged with fewer than 2 items or 2 forms, or where the sum does not vary.

    References
    ----------
    Cronbach LJ (1951), doi:10.1007/BF02310555.

    Examples
    --------
    >>> round(alpha(np.array([[1.0, 2], [2, 1], [3, 4], [4, 4]]), np.array([1, 1, 1, 1])).value, 6)
    0.86747
    """
    flag = _too_little(items, n, FEWEST_ITEMS)
    if flag:
        return Coefficient(math.nan, np.zeros(len(n)), flag)
    k, forms = items.shape[1], int(n.sum())
    centred = items - n @ items / forms
    squares, sums = np.square(centred).sum(axis=1), np.square(centred.sum(axis=1))
    of_items, of_sum = (float(n @ values) / (forms - 1) for values in (squares, sums))
    if of_sum <= ROUNDING * of_items:
        return Coefficient(math.nan, np.zeros(len(n)), Flag.SD_ZERO)
    slopes = [values / (forms - 1) - variance / forms for values, variance in ((squares, of_items), (sums, of_sum))]
    influence = k / (k - 1) * (of_items * slopes[1] / of_sum**2 - slopes[0] / of_sum)
    return Coefficient(k / (k - 1) * (1 - of_items / of_sum), influence)


def omega_total(items: Floats, n: Ints) -> Coefficient:
    """Omega of one common factor, by maximum likelihood: (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances).

    Loadings are those of the items as they are scored, not standardised, so that it is the reliability of their sum. Parameters and result as
    for `alpha`; it needs 3 items, all of which vary, and is flagged where an item would have no variance of its own (a Heywood case).

    References
    ----------
    McDonald RP (1999), Test Theory, ISBN 978-0-8058-3075-0; Joreskog KG (1967), doi:10.1007/BF02289658.

    Examples
    --------
    >>> answers = np.array([[0.0, 0, 0], [1, 1, 0], [2, 1, 2], [3, 3, 2], [1, 2, 1], [0, 1, 1]])
    >>> round(omega_total(answers, np.ones(6, dtype=np.int64)).value, 4)
    0.9019
    """
    flag = _too_little(items, n, FEWEST_OF_A_FACTOR)
    if flag:
        return Coefficient(math.nan, np.zeros(len(n)), flag)
    forms = int(n.sum())
    centred = items - n @ items / forms
    covariance = (centred * n[:, np.newaxis]).T @ centred / forms
    spread = np.sqrt(np.diag(covariance))
    if not (spread > 0).all():
        return Coefficient(math.nan, np.zeros(len(n)), Flag.SD_ZERO)
    factor = _one_factor(covariance / np.outer(spread, spread))
    if factor is None:
        return Coefficient(math.nan, np.zeros(len(n)), Flag.NOT_ASSESSABLE)
    loadings, unique = factor
    common, own_part = float(spread @ loadings), float(np.square(spread) @ unique)
    value = common**2 / (common**2 + own_part)
    slope = np.concatenate([2 * common * own_part * spread, -(common**2) * np.square(spread)]) / (common**2 + own_part) ** 2
    # The factor of items that are all made wider is the same made wider: what moves it may be read in any scale.
    return Coefficient(value, _of_factor(centred / spread, covariance / np.outer(spread, spread), loadings, unique, slope) / forms)


def retest(first: Floats, second: Floats, n: Ints) -> tuple[Coefficient, Coefficient, MeanSquares]:
    """Intraclass correlations of one score with another of the same person: ICC(A,1), of absolute agreement, and ICC(C,1), of consistency.

    Parameters
    ----------
    first, second : float array, shape (cells,)
        Both scores, in points.
    n : int64 array, shape (cells,)
        Pairs in each cell.

    Returns
    -------
    tuple of Coefficient, Coefficient and MeanSquares
        Agreement counts a shift between the two occasions as error, consistency does not. Flagged under 2 pairs, and where nothing varies.

    References
    ----------
    McGraw KO, Wong SP (1996), doi:10.1037/1082-989X.1.1.30.

    Examples
    --------
    >>> agreement, consistency, _ = retest(np.array([10.0, 14, 8]), np.array([12.0, 16, 10]), np.array([1, 1, 1]))
    >>> round(agreement.value, 6), round(consistency.value, 6)
    (0.823529, 1.0)
    """
    pairs = int(n.sum())
    if pairs < 2:
        nothing = Coefficient(math.nan, np.zeros(len(n)), Flag.ONE_PAIR if pairs else Flag.NO_PAIRS)
        return nothing, nothing, MeanSquares(pairs, math.nan, math.nan, math.nan)
    shift = float(n @ (first - second)) / pairs
    one, other = first - float(n @ first) / pairs, second - float(n @ second) / pairs
    crossed, squared = one * other, np.square(one) + np.square(other)
    together, spread = float(n @ crossed) / (pairs - 1), float(n @ squared) / (pairs - 1)
    squares = MeanSquares(pairs, spread / 2 + together, pairs * shift**2 / 2, spread / 2 - together)
    if spread <= 0:
        nothing = Coefficient(math.nan, np.zeros(len(n)), Flag.SD_ZERO)
        return nothing, nothing, squares
    of_together, of_spread = crossed / (pairs - 1) - together / pairs, squared / (pairs - 1) - spread / pairs
    consistency = Coefficient(2 * together / spread, 2 * (of_together * spread - together * of_spread) / spread**2)
    whole = spread + shift**2 - (spread - 2 * together) / pairs
    of_whole = of_spread + 2 * shift * (one - other) / pairs - (of_spread - 2 * of_together) / pairs
    return Coefficient(2 * together / whole, 2 * (of_together * whole - together * of_whole) / whole**2), consistency, squares


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """The two-way analysis of variance of pairs: mean squares between persons, between occasions, and of what is left."""

    pairs: int
    persons: float
    occasions: float
    error: float


def _too_little(items: Floats, n: Ints, fewest: int) -> Flag:
    forms = int(n.sum())
    if items.shape[1] < fewest:
        return Flag.NOT_ASSESSABLE
    return Flag.NO_EPISODES if forms == 0 else Flag.ONE_EPISODE if forms == 1 else Flag.NONE


def _one_factor(correlation: Floats) -> tuple[Floats, Floats] | None:
    """Loadings and unique variances of one factor: steps that always climb first, then Newton's to the maximum; none where there is none inside."""
    k = len(correlation)
    sizes, ways = np.linalg.eigh(correlation)
    loadings = NEAR_FIRST_AXIS * ways[:, -1] * math.sqrt(float(sizes[-1]))  # items of either sign, each below 1 in size
    unique = 1 - np.square(loadings)
    for _ in range(EM_STEPS):
        weights = loadings / unique / (1 + loadings @ (loadings / unique))  # regression of the factor on the items
        seen = correlation @ weights
        loadings = seen / (1 - weights @ loadings + weights @ seen)
        unique = np.maximum(1 - loadings * seen, LEAST_UNIQUE / 2)
    for _ in range(NEWTON_STEPS):
        gradient, hessian = _slopes(correlation, loadings, unique)
        if float(np.abs(gradient).max()) < GRADIENT:
            break
        step = _downhill(gradient, hessian)
        here = _misfit(correlation, loadings, unique)
        for _ in range(HALVINGS):  # a whole step of Newton's from afar may lead away, to factors without end
            tried = loadings - step[:k], np.maximum(unique - step[k:], LEAST_UNIQUE / 2)
            if _misfit(correlation, *tried) <= here + ROUNDING * abs(here):
                break
            step = step / 2
        loadings, unique = tried
    curved = float(np.linalg.eigvalsh(hessian)[0]) > 0  # a maximum, and the only one near
    if float(np.abs(gradient).max()) > 1e-8 or (unique < LEAST_UNIQUE).any() or not curved:
        return None
    return (loadings if loadings.sum() >= 0 else -loadings), unique


def _misfit(correlation: Floats, loadings: Floats, unique: Floats) -> float:
    """Log |Sigma| + trace(S Sigma^-1), which is least where the likelihood is greatest; of one factor both have a closed form."""
    shares = loadings / unique
    inside = 1 + float(loadings @ shares)
    trace = float((np.diag(correlation) / unique).sum() - shares @ correlation @ shares / inside)
    return float(np.log(unique).sum()) + math.log(inside) + trace


def _downhill(gradient: Floats, hessian: Floats) -> Floats:
    """Newton's step, to be taken off; where the misfit curves the other way, as far as it would be if it curved so."""
    curves, ways = np.linalg.eigh(hessian)
    least = FLAT * float(np.abs(curves).max())
    return np.asarray(ways @ ((ways.T @ gradient) / np.maximum(np.abs(curves), least)))


def _derivatives(loadings: Floats) -> Floats:
    """How the covariances move with each loading and each unique variance; shape (2k, k, k)."""
    k = len(loadings)
    moved = np.zeros((2 * k, k, k))
    for j in range(k):
        moved[j, j, :] += loadings
        moved[j, :, j] += loadings
        moved[k + j, j, j] = 1
    return moved


def _slopes(correlation: Floats, loadings: Floats, unique: Floats) -> tuple[Floats, Floats]:
    """Gradient and second derivatives of log |Sigma| + trace(S Sigma^-1) by loadings and unique variances."""
    k = len(loadings)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(unique))
    inside = inverse @ correlation @ inverse
    moved = _derivatives(loadings)
    gradient = np.einsum("ij,aij->a", inverse - inside, moved)
    one, other = inverse @ moved, inside @ moved
    hessian = 2 * np.einsum("aij,bji->ab", other, one) - np.einsum("aij,bji->ab", one, one)
    hessian = (hessian + hessian.T) / 2
    hessian[:k, :k] += 2 * (inverse - inside)  # of two loadings: the covariance of their items
    return gradient, hessian


def _of_factor(standard: Floats, correlation: Floats, loadings: Floats, unique: Floats, slope: Floats) -> Floats:
    """Influence, times the number of forms, of a function of the factor of the covariances with this slope in the loadings and unique variances.

    At the maximum the gradient stays 0, so that a small change of the covariances moves the factor by the inverse of the second derivatives.
    """
    _, hessian = _slopes(correlation, loadings, unique)
    inverse = np.linalg.inv(np.outer(loadings, loadings) + np.diag(unique))
    pull = np.linalg.solve(hessian, slope)  # of each derivative of the covariances on the function
    weights = standard @ inverse
    by_loading, by_unique = 2 * weights * (weights @ loadings)[:, np.newaxis], np.square(weights)
    moved = np.concatenate([by_loading, by_unique], axis=1) @ pull
    inside = inverse @ correlation @ inverse
    centre = float(np.einsum("ij,aij,a->", inside, _derivatives(loadings), pull))
    return np.asarray(moved - centre)
