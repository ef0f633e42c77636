"""Takes changes that were seen of some episodes and what is known of all, gives the mean change of all: standardised, and weighted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from iop_outcomes.keys import Flag
from iop_outcomes.stats.covariates import Term, design
from iop_outcomes.stats.draft import Floats, Ints, Mask
from iop_outcomes.stats.special import expit

CARE = 0.1  # of those not seen: so many in classes that hardly anybody was seen of, and an estimate is read with care
_ROUNDS, _STEP = 30, 1e-10  # of Newton's method
_SURE = 12.0  # a logit beyond it, where the method does not settle, is a chance of 0 or 1


@dataclass(frozen=True, eq=False)
class SeenChanges:
    """The change of every episode of some, where it was seen.

    Parameters
    ----------
    change : float array, shape (cells,)
        Points of improvement; 0 where it was not seen.
    seen : bool array, shape (cells,)
        Cells whose change was seen.
    n : int64 array, shape (cells,)
        Episodes in each cell.
    """

    change: Floats
    seen: Mask
    n: Ints

    @property
    def total(self) -> int:
        """All episodes."""
        return int(self.n.sum())

    @property
    def pairs(self) -> int:
        """Those whose change was seen."""
        return int(self.n[self.seen].sum())

    @property
    def unseen(self) -> int:
        """Those whose change was not."""
        return self.total - self.pairs

    @property
    def flag(self) -> Flag:
        """Why a mean of them is impossible, or has no interval."""
        if not self.total:
            return Flag.NO_EPISODES
        if self.pairs < 2:
            return Flag.ONE_PAIR if self.pairs else Flag.NO_PAIRS
        seen = self.change[self.seen]
        return Flag.SD_ZERO if bool((seen == seen[0]).all()) else Flag.NONE


@dataclass(frozen=True, eq=False)
class Estimated:
    """A mean change of everybody.

    Attributes
    ----------
    value : float
        In points; NaN where the data allow none.
    influence : float array, shape (cells,)
        What one more episode in each cell adds to it, the terms of the fitted model included.
    values : float
        How many values it is worth, less the parameters of the model but one: its degrees of freedom and one.
    inflation : float
        What the variance is multiplied by for the parameters of the model.
    flag : Flag
        Why there is no value or no interval, or NO_OVERLAP.
    """

    value: float
    influence: Floats
    values: float
    inflation: float
    flag: Flag = Flag.NONE


def standardised_mean(changes: SeenChanges, terms: Sequence[Term]) -> Estimated:
    """The mean of the changes that a linear model of those seen predicts of everybody.

    Unbiased when whether somebody is seen depends on the terms alone (missing at random) and the model is right. Its influence is
    (prediction - value) / total, and for the seen m' inv(X'X) x residual more, m being the mean of x over everybody.

    Parameters
    ----------
    changes : SeenChanges
        Of everybody.
    terms : sequence of Term
        What is known of everybody, the most wanted first.

    References
    ----------
    Robins JM (1986), doi:10.1016/0270-0255(86)90088-6; Stefanski LA, Boos DD (2002), doi:10.1198/000313002753631330 (stacked equations).

    Examples
    --------
    >>> changes = SeenChanges(np.array([2.0, 8.0, 0.0]), np.array([True, True, False]), np.array([30, 10, 20]))
    >>> group = Term((np.array([0.0, 1.0, 1.0]),), np.zeros(3, dtype=bool))
    >>> standardised_mean(changes, [group]).value, standardised_mean(changes, []).value
    (5.0, 3.5)
    """
    if changes.flag in (Flag.NO_EPISODES, Flag.NO_PAIRS):
        return _none(changes, changes.flag)
    if not changes.unseen or changes.flag:
        return _plain(changes)
    n, seen = changes.n, changes.seen
    fitted = np.where(seen, n, 0)
    x = design(terms, fitted, changes.pairs)
    inverse = np.linalg.inv((x.T * fitted) @ x)
    predicted = x @ (inverse @ (x.T @ (fitted * changes.change)))
    value = float(predicted @ n) / changes.total
    pull = x @ (inverse @ (x.T @ n)) / changes.total  # of each cell's residual on the value
    residual = np.where(seen, changes.change - predicted, 0.0)
    influence = (predicted - value) / changes.total + pull * residual
    return _modelled(changes, terms, value, influence, float(changes.pairs), x.shape[1])


def weighted_mean(changes: SeenChanges, terms: Sequence[Term]) -> Estimated:
    """The mean of the changes seen, each weighted by one over the chance of being seen that a logistic model gives.

    Unbiased when whether somebody is seen depends on the terms alone and that model is right. Its influence is that of a weighted mean
    plus the term of the fitted model. Who is like nobody unseen has a chance of 1; who is like nobody seen leaves no value (NO_OVERLAP).

    Parameters
    ----------
    changes : SeenChanges
        Of everybody.
    terms : sequence of Term
        What is known of everybody, the most wanted first.

    References
    ----------
    Robins JM, Rotnitzky A, Zhao LP (1995), doi:10.1080/01621459.1995.10476493; Albert A, Anderson JA (1984), doi:10.1093/biomet/71.1.1
    (separation); Lunceford JK, Davidian M (2004), doi:10.1002/sim.1903 (variance); Kish L (1965), ISBN 978-0-471-48900-9.

    Examples
    --------
    >>> changes = SeenChanges(np.array([2.0, 8.0, 0.0]), np.array([True, True, False]), np.array([30, 10, 20]))
    >>> group = Term((np.array([0.0, 1.0, 1.0]),), np.zeros(3, dtype=bool))
    >>> round(weighted_mean(changes, [group]).value, 9)
    5.0
    """
    if changes.flag in (Flag.NO_EPISODES, Flag.NO_PAIRS):
        return _none(changes, changes.flag)
    if not changes.unseen or changes.flag:
        return _plain(changes)
    n, seen = changes.n, changes.seen
    model = _response(terms, changes)
    if model is None:
        return _none(changes, Flag.NO_OVERLAP)
    weight = np.where(seen, 1 / model.chance, 0.0)
    whole = float(weight @ n)
    value = float((weight * changes.change) @ n) / whole
    apart = np.where(seen, changes.change - value, 0.0)
    slope = -(model.columns.T @ (n * weight * (1 - model.chance) * apart)) / whole
    influence = weight * apart / whole + (model.columns @ (model.inverse @ slope)) * (seen - model.chance)
    values = whole**2 / float(np.square(weight) @ n)
    return _modelled(changes, terms, value, influence, values, model.columns.shape[1])


@dataclass(frozen=True, eq=False)
class _Response:
    """A logistic model of who was seen: columns, the inverse of the information, and the chance of each cell, with no part of those surely seen."""

    columns: Floats
    inverse: Floats
    chance: Floats


def _response(terms: Sequence[Term], changes: SeenChanges) -> _Response | None:
    """Fit it to everybody; who is surely seen is set aside, as the likelihood does in the limit. `None` where somebody surely is not."""
    seen, unsure = changes.seen, np.ones(len(changes.n), dtype=np.bool_)
    while (changes.n * (seen & unsure)).any():
        n = np.where(unsure, changes.n, 0)
        x = design(terms, n, min(int(n[seen].sum()), changes.unseen)) * unsure[:, np.newaxis]
        logits, inverse = _newton(x, n, seen)
        if inverse is not None:
            return _Response(x, inverse, np.where(unsure, expit(logits), 1.0))
        sure = unsure & (logits > _SURE)
        if not sure.any() or (sure & ~seen).any():
            return None
        unsure = unsure & ~sure
    return None


def _newton(x: Floats, n: Ints, seen: Mask) -> tuple[Floats, Floats | None]:
    """Logits, and the inverse of the information where the method settles."""
    beta = np.zeros(x.shape[1])
    share = float(n[seen].sum()) / float(n.sum())
    if not 0 < share < 1:
        return np.full(len(n), math.inf if share else -math.inf), None
    beta[0] = math.log(share / (1 - share))
    for _ in range(_ROUNDS):
        logits = x @ beta
        chance = expit(logits)
        information = (x.T * (n * chance * (1 - chance))) @ x
        if np.linalg.cond(information) > 1 / _STEP:
            return logits, None
        step = np.linalg.solve(information, x.T @ (n * (seen - chance)))
        beta = beta + step
        if float(np.abs(step).max()) < _STEP * (1 + float(np.abs(beta).max())):
            chance = expit(x @ beta)
            return x @ beta, np.linalg.inv((x.T * (n * chance * (1 - chance))) @ x)
    return x @ beta, None


def _plain(changes: SeenChanges) -> Estimated:
    """The mean of those seen: of nobody else there is anything to say, or nothing to fit."""
    pairs, seen = changes.pairs, changes.seen
    value = float((changes.change * seen) @ changes.n) / pairs
    return Estimated(value, np.where(seen, changes.change - value, 0.0) / pairs, pairs, pairs / max(pairs - 1, 1), changes.flag)


def _none(changes: SeenChanges, flag: Flag) -> Estimated:
    return Estimated(math.nan, np.zeros(len(changes.n)), 0.0, 1.0, flag)


def _modelled(changes: SeenChanges, terms: Sequence[Term], value: float, influence: Floats, values: float, parameters: int) -> Estimated:
    thin = np.logical_or.reduce([term.thin for term in terms]) if terms else np.zeros(len(changes.n), dtype=np.bool_)
    flag = Flag.NO_OVERLAP if int(changes.n[thin & ~changes.seen].sum()) > CARE * changes.unseen else Flag.NONE
    return Estimated(value, influence, values - (parameters - 1), changes.pairs / max(changes.pairs - parameters, 1), flag)
