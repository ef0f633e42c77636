"""Takes the cells of a count table and what a measure makes of each, gives columns of the table with one row per episode."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from iop_outcomes.counts import Counts
from iop_outcomes.measures.parts import Parts
from iop_outcomes.stats.draft import Floats


@dataclass(frozen=True, eq=False)
class EpisodeColumn:
    """What a measure makes of an episode: the number, or the part, of each cell of the table that it counts.

    Parameters
    ----------
    name : str
        Of the column.
    means : str
        What it says, in words.
    cells : float array, shape (raw cells,)
        The number of each cell, or the place of its word in `words`; NaN for a blank.
    words : dict of str to str
        The words it holds, each with what it stands for; none where it holds numbers.
    unit : str
        Name of one of `units.UNITS`, of numbers.
    whole : bool
        Whether every number is a whole one.
    family : str
        The way of dividing (`Population.family`) whose parts the words are, so that the numbers counted from it are known.
    blank : str
        What a blank means.
    """

    name: str
    means: str
    cells: Floats
    words: Mapping[str, str]
    unit: str = ""
    whole: bool = True
    family: str = ""
    blank: str = ""


def of_parts(name: str, means: str, parts: Parts, words: Mapping[str, str], *, family: str) -> EpisodeColumn:
    """A column that says in which part an episode stands; every episode stands in one.

    Parameters
    ----------
    name, means, family : str
        As for `EpisodeColumn`.
    parts : Parts
        Those that the measure counts.
    words : dict of str to str
        What the parts stand for; one that is not named stands for itself.
    """
    order = list(parts.sizes)
    table = parts.table
    places = np.array([order.index(str(level)) for level in table.levels(table.columns[0])], dtype=np.float64)
    values = _lifted(table, places[table.codes_of(table.columns[0])])
    return EpisodeColumn(name, means, values, {part: words.get(part, part.replace("_", " ")) for part in order}, family=family)


def of_numbers(name: str, means: str, counts: Counts, values: Floats, *, unit: str, blank: str, whole: bool = True) -> EpisodeColumn:
    """A column of numbers, blank for every episode whose cell is not in `counts`; parameters as for `EpisodeColumn`."""
    return EpisodeColumn(name, means, _lifted(counts, values), {}, unit, whole=whole, blank=blank)


def of_words(name: str, means: str, counts: Counts, column: str, words: Mapping[str, str], *, blank: str) -> EpisodeColumn:
    """A column of words as the engine gives them; each must be one of `words`."""
    order = list(words)
    values = counts.each(column, lambda level: math.nan if level is None else float(order.index(str(level))))
    return EpisodeColumn(name, means, _lifted(counts, values), words, blank=blank)


def _lifted(counts: Counts, values: Floats) -> Floats:
    """One number for each cell of the table as first counted; NaN where a cell is not here."""
    return np.append(values, math.nan)[counts.origin]
