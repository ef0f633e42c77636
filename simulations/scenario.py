"""Takes one way to draw data and what it should reach, gives rows of coverage with their Monte-Carlo error and verdict."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Literal

import numpy as np
from numpy.typing import NDArray

SEED = 20_250_101
NOMINAL = 0.95

Codes = NDArray[np.int8]
Band = tuple[float, float]


class Found(IntFlag):
    """What one interval did; the sum of what holds."""

    MISSED = 0
    COVERED = 1
    OPEN = 2
    LEFT_OUT = 4


def compare(low: float, high: float, truth: float, *, flagged: bool = False) -> int:
    """Code of one interval: a side that is not given leaves it open; with no side at all, or flagged, it is left out.

    Examples
    --------
    >>> compare(0.2, 0.4, 0.3), compare(0.2, math.nan, 0.1), compare(math.nan, math.nan, 0.1)
    (1, 2, 4)
    """
    open_low, open_high = math.isnan(low), math.isnan(high)
    if flagged or (open_low and open_high):
        return int(Found.LEFT_OUT)
    covered = not truth < low and not truth > high
    return int(Found.COVERED) * covered + int(Found.OPEN) * (open_low or open_high)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One interval of a scenario.

    Parameters
    ----------
    name : str
        The estimate and its interval.
    band : (float, float) or None
        Coverage to reach; None where it is reported and nothing is promised.
    cells : slice
        Which columns of the scenario's codes speak of it.
    summary : {"mean", "lowest"}
        Of those columns.
    """

    name: str
    band: Band | None
    cells: slice
    summary: Literal["mean", "lowest"] = "mean"


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to draw data.

    Parameters
    ----------
    setting : str
        What is drawn, in words; with `n` its name, from which its seed comes.
    n : str
        Size of the sample.
    quantities : tuple of Quantity
        One row of the table each.
    run : callable
        Takes a generator and the number of replicates, gives codes of shape (replicates, cells).
    """

    setting: str
    n: str
    quantities: tuple[Quantity, ...]
    run: Callable[[np.random.Generator, int], Codes]

    @property
    def name(self) -> str:
        """Setting and size."""
        return f"{self.setting}, n = {self.n}"

    def generator(self) -> np.random.Generator:
        """A stream of its own, the same whatever else is run."""
        return np.random.default_rng(np.random.SeedSequence([SEED, *self.name.encode()]))

    def rows(self, replicates: int) -> list[Row]:
        """Draw, and count."""
        codes = self.run(self.generator(), replicates)
        return [_row(self, quantity, codes[:, quantity.cells]) for quantity in self.quantities]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes
    ----------
    quantity, setting, n : str
        Which interval, of which data.
    replicates : int
        Samples drawn.
    coverage, error : float
        Share of the intervals given that hold the truth, and its Monte-Carlo standard error.
    band : (float, float) or None
        Coverage to reach.
    left_out, open_sides : int
        Intervals that are flagged or not given, and those without a limit on one side (that side holds everything).
    """

    quantity: str
    setting: str
    n: str
    replicates: int
    coverage: float
    error: float
    band: Band | None
    left_out: int
    open_sides: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What names a row."""
        return (self.quantity, self.setting, self.n)

    def reaches(self, errors: float) -> bool:
        """Whether the coverage lies in its band widened by so many Monte-Carlo errors; True where nothing is promised."""
        if self.band is None:
            return True
        low, high = self.band
        return low - errors * self.error <= self.coverage <= high + errors * self.error


def repeat(one: Callable[[np.random.Generator], Sequence[int]]) -> Callable[[np.random.Generator, int], Codes]:
    """Make a scenario's `run` from one replicate."""

    def run(generator: np.random.Generator, replicates: int) -> Codes:
        return np.array([one(generator) for _ in range(replicates)], dtype=np.int8)

    return run


def _row(scenario: Scenario, quantity: Quantity, codes: Codes) -> Row:
    given = (codes & Found.LEFT_OUT) == 0
    number = np.maximum(given.sum(axis=0), 1)
    share = (((codes & Found.COVERED) > 0) & given).sum(axis=0) / number
    variance = share * (1 - share) / number
    if quantity.summary == "lowest":
        place = int(share.argmin())
        coverage, error = float(share[place]), math.sqrt(variance[place])
    else:
        coverage, error = float(share.mean()), math.sqrt(variance.sum()) / len(share)
    left_out, open_sides = int((~given).sum()), int(((codes & Found.OPEN) > 0).sum())
    return Row(quantity.name, scenario.setting, scenario.n, len(codes), coverage, error, quantity.band, left_out, open_sides)
