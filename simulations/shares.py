"""Takes shares from 5 to 95 %, gives scenarios of Wilson and Newcombe intervals."""

from __future__ import annotations

from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from iop_outcomes.counts import Counts
from iop_outcomes.stats.drafts import share
from iop_outcomes.stats.proportion import newcombe
from simulations.people import alone, part_of
from simulations.scenario import Codes, Quantity, Scenario

COMMON = np.arange(5, 96) / 100
RARE = np.concatenate((np.arange(1, 5), np.arange(96, 100))) / 100
PAIRS = tuple((p, q) for p in (0.1, 0.3, 0.5, 0.7, 0.9) for q in (0.1, 0.3, 0.5, 0.7, 0.9))


def scenarios() -> list[Scenario]:
    """Wilson at four sizes, Newcombe at one."""
    grid = slice(0, len(COMMON))
    quantities = (
        Quantity("share, Wilson: mean over p .05 to .95", (0.945, 0.96), grid),
        Quantity("share, Wilson: lowest p of .05 to .95", (0.90, 1.0), grid, "lowest"),
        Quantity("share, Wilson: lowest p of .01 to .04 and .96 to .99", None, slice(len(COMMON), None), "lowest"),
    )
    everyone = slice(0, len(PAIRS))
    difference = (
        Quantity("difference of shares, Newcombe: mean over p", (0.94, 0.96), everyone),
        Quantity("difference of shares, Newcombe: lowest p", (0.90, 1.0), everyone, "lowest"),
    )
    return [
        *(Scenario("shares", str(n), quantities, partial(_wilson, n)) for n in (12, 20, 50, 200)),
        Scenario("pairs of shares from .1 to .9", "20 + 30", difference, partial(_newcombe, 20, 30)),
    ]


@cache
def _limits(n: int) -> NDArray[np.float64]:
    """Limits for every number counted of n; shape (n + 1, 2)."""
    return np.array([_interval(k, n) for k in range(n + 1)])


def _interval(k: int, n: int) -> tuple[float, float]:
    parts = {part: number for part, number in (("hit", k), ("miss", n - k)) if number}
    counts = Counts.from_cells(("part",), {(part,): number for part, number in parts.items()})
    found = alone(share("share", counts, "part", part_of(counts)), counts.n)
    return found.low, found.high


def _wilson(n: int, generator: np.random.Generator, replicates: int) -> Codes:
    p = np.concatenate((COMMON, RARE))
    limits = _limits(n)[generator.binomial(n, p, (replicates, len(p)))]
    return ((limits[..., 0] <= p) & (p <= limits[..., 1])).astype(np.int8)


@cache
def _differences(n1: int, n2: int) -> NDArray[np.float64]:
    """Limits for every pair of numbers counted; shape (n1 + 1, n2 + 1, 2)."""
    return np.array([[newcombe(k1, n1, k2, n2) for k2 in range(n2 + 1)] for k1 in range(n1 + 1)])


def _newcombe(n1: int, n2: int, generator: np.random.Generator, replicates: int) -> Codes:
    p1, p2 = np.array(PAIRS).T
    k1, k2 = (generator.binomial(n, p, (replicates, len(PAIRS))) for n, p in ((n1, p1), (n2, p2)))
    limits = _differences(n1, n2)[k1, k2]
    return ((limits[..., 0] <= p1 - p2) & (p1 - p2 <= limits[..., 1])).astype(np.int8)
