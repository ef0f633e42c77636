"""Takes counts, gives the drafts that most measures are made of: a share, a mean and a quantile of a population."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from iop_outcomes.keys import Flag, Key
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population
from iop_outcomes.stats.duration import distribution, quantile_type2
from iop_outcomes.stats.intervals import NoInterval, OrderStatistics, StudentT, Wilson, WilsonOfSums

if TYPE_CHECKING:
    from iop_outcomes.counts import Counts


def share(estimand: str, counts: Counts, column: str, population: Population, *, time: float | None = None) -> Draft:
    """Draft of the share of a population that was counted.

    Parameters
    ----------
    estimand : str
        Its name.
    counts : Counts
        Every episode, with the part it belongs to.
    column : str
        The column that holds the parts.
    population : Population
        Which parts are the denominator and which the numerator.
    time : float, optional
        Day it is for.

    Returns
    -------
    Draft
        Value between 0 and 1 with influence (hit - value) / n; flag `no_episodes` when the denominator is empty.
    """
    n, k = population.n, population.k or 0
    inside = counts.is_in(column, population.base)
    among = counts.lift_cells(inside)
    key = Key(estimand, time)
    if n == 0:
        return Draft(key, math.nan, counts.lift(np.zeros(len(counts))), among, population, Wilson(0, flag=Flag.NO_EPISODES))
    value = k / n
    hit = counts.is_in(column, population.hits or ())
    influence = np.where(inside, (hit - value) / n, 0.0)
    return Draft(key, value, counts.lift(influence), among, population, Wilson(n))


def share_of_sums(estimand: str, counts: Counts, part: Floats, base: Floats, population: Population) -> Draft:
    """Draft of the share that one sum over episodes is of another, both of whole numbers, the one a part of the other.

    Parameters
    ----------
    estimand : str
        Its name.
    counts : Counts
        Every episode.
    part, base : float array, shape (cells,)
        What an episode of each cell brings to either sum.
    population : Population
        The episodes that bring anything to the base; its numerator are those that bring anything to the part.

    Returns
    -------
    Draft
        Value between 0 and 1 with influence (part - value x base) / sum of the base; flag `no_episodes` when the base is empty.

    References
    ----------
    Cochran WG (1977), Sampling Techniques, chapter 6, ISBN 978-0-471-16240-7.
    """
    whole, weights = float(base @ counts.n), counts.lift(base)
    among = counts.lift_cells(base > 0)
    if whole == 0:
        interval = WilsonOfSums(weights, 0.0, flag=Flag.NO_EPISODES)
        return Draft(Key(estimand), math.nan, np.zeros_like(weights), among, population, interval)
    value = float(part @ counts.n) / whole
    return Draft(Key(estimand), value, counts.lift((part - value * base) / whole), among, population, WilsonOfSums(weights, whole))


def mean(estimand: str, counts: Counts, values: Floats, population: Population, *, none: Flag, one: Flag) -> Draft:
    """Draft of a mean over `counts` (the population alone); influence (value - mean) / n.

    One episode, or values all alike, tell nothing of the spread: flagged, and without an interval.

    Parameters
    ----------
    estimand : str
        Its name.
    counts : Counts
        The population and nobody else.
    values : float array, shape (cells,)
        The value of each cell.
    population : Population
        Denominator, missing and excluded, for the record.
    none, one : Flag
        What is said of a mean of nobody, and of one.
    """
    n = counts.total
    if n == 0:
        return Draft(Key(estimand), math.nan, counts.lift(np.zeros(len(counts))), counts.here(), population, StudentT(0, flag=none))
    average = float(values @ counts.n) / n
    flag = one if n == 1 else Flag.SD_ZERO if (values == values[0]).all() else Flag.NONE
    influence = counts.lift((values - average) / n)
    return Draft(Key(estimand), average, influence, counts.here(), population, StudentT(population.n, flag=flag))


def mean_days(estimand: str, counts: Counts, column: str, population: Population) -> Draft:
    """Draft of a mean of whole numbers over `counts`; parameters as for `mean`, and the column that holds them, without a blank."""
    days = _whole(counts, column).astype(np.float64)
    return mean(estimand, counts, days, population, none=Flag.NO_EPISODES, one=Flag.ONE_EPISODE)


def quantile_days(estimand: str, counts: Counts, column: str, share_below: float, population: Population) -> Draft:
    """Draft of a quantile over `counts` (the population alone).

    Its influence is that of the share at or below it, which intervals for repeated patients invert.
    Parameters as for `mean_days`; `share_below` is 0.5 for the median.
    """
    n = counts.total
    values = distribution(counts, column)
    value = quantile_type2(values, share_below)
    below = _whole(counts, column) <= value
    influence = (below - float(below @ counts.n) / n) / n if n else np.zeros(len(counts))
    interval = OrderStatistics(values, share_below, flag=Flag.NONE if n else Flag.NO_EPISODES)
    return Draft(Key(estimand), value, counts.lift(influence), counts.here(), population, interval)


def plain(key: Key, value: float, population: Population, cells: int, *, flag: Flag = Flag.NONE, word: str = "") -> Draft:
    """Draft of a number that is given as it is, without an interval; of a table of so many cells as first counted."""
    return Draft(key, value, np.zeros(cells), no_cells(cells), population, NoInterval(flag=flag, word=word))


def no_cells(cells: int) -> Mask:
    """Of a table of so many cells as first counted, none: the denominator of a number whose patients are not looked at."""
    return np.zeros(cells, dtype=np.bool_)


def _whole(counts: Counts, column: str) -> Ints:
    return counts.numbers(column, blank=0.0).astype(np.int64)
