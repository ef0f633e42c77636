"""Takes how many of how many in successive periods, gives Laney's p' limits and the points that each of four rules marks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from iop_outcomes.stats.draft import Floats

Sides = NDArray[np.int8]  # 1 where a rule marks a point upwards, -1 downwards, 0 elsewhere

RUN = 7  # points on one side, or in a trend, that make a signal
SIGMAS = 3.0  # how far the limits lie from the centre
NEAR = 2.0  # where the outer third begins
D2 = 1.128  # mean range of two normal values, in standard deviations
SAME = 1e-9  # values closer than this are equal: sums of shares miss each other by rounding


@dataclass(frozen=True, eq=False)
class ControlLimits:
    """The centre and the limits of a p' chart.

    Parameters
    ----------
    centre : float
        All episodes that count over all of their base; NaN when there are none.
    sigma : float array, shape (points,)
        Standard deviation of each point under common-cause variation; NaN at a gap, and everywhere when `flag` says why
        there are no limits.
    sigma_z : float
        Spread between periods relative to that of a binomial count: 1 is a plain p chart; NaN when it cannot be had.
    flag : str
        Empty, or why there are no limits: no_episodes, one_period (or no two in succession), none_or_all (a share of 0 or 1
        throughout), sd_zero (successive points do not differ at all).
    """

    centre: float
    sigma: Floats
    sigma_z: float
    flag: str = ""

    @property
    def low(self) -> Floats:
        """Lower limit of each point, not below 0."""
        return np.maximum(self.centre - SIGMAS * self.sigma, 0.0)

    @property
    def high(self) -> Floats:
        """Upper limit of each point, not above 1."""
        return np.minimum(self.centre + SIGMAS * self.sigma, 1.0)


def p_prime_limits(k: ArrayLike, n: ArrayLike) -> ControlLimits:
    """Laney's p' limits: those of a p chart, widened or narrowed by how much successive periods truly differ.

    Parameters
    ----------
    k, n : array_like, shape (points,)
        How many counted, and of how many, in each period; None, NaN or n = 0 for a gap, across which no moving range is taken.

    Returns
    -------
    ControlLimits
        Without limits, and with a flag, where the data allow none; nothing is raised.

    References
    ----------
    Laney DB (2002), Improved control charts for attributes, Quality Engineering 14(4), doi:10.1081/QEN-120006555.

    Examples
    --------
    >>> found = p_prime_limits([12, 20, 14, 18], [40, 40, 40, 40])
    >>> found.centre, round(found.sigma_z, 3), found.low.round(3).tolist(), found.high.round(3).tolist()
    (0.4, 1.717, [0.001, 0.001, 0.001, 0.001], [0.799, 0.799, 0.799, 0.799])
    """
    hits, base = _floats(k), _floats(n)
    known = np.isfinite(hits) & (base > 0)
    none = np.full(len(base), np.nan)
    if not known.any():
        return ControlLimits(np.nan, none, np.nan, "no_episodes")
    centre = float(hits[known].sum() / base[known].sum())
    if not 0 < centre < 1:
        return ControlLimits(centre, none, np.nan, "none_or_all")
    safe = np.where(known, base, np.nan)
    binomial = np.sqrt(centre * (1 - centre) / safe)
    ranges = np.abs(np.diff((hits / safe - centre) / binomial))
    ranges = ranges[np.isfinite(ranges)]
    if not len(ranges):
        return ControlLimits(centre, none, np.nan, "one_period")
    sigma_z = float(ranges.mean() / D2)
    if sigma_z < SAME:
        return ControlLimits(centre, none, 0.0, "sd_zero")
    return ControlLimits(centre, binomial * sigma_z, sigma_z)


def _floats(values: ArrayLike) -> Floats:
    """Values as floats, None as NaN."""
    return np.asarray(values, dtype=np.float64)


# -- the four rules ------------------------------------------------------------------------------------------------
#
# A gap (NaN) has no side and breaks every run. A point exactly on the centre line is on neither side, and two equal
# neighbours are no move: both break a run too, as in the National Health Service's own tools.


def outside_limits(values: ArrayLike, limits: ControlLimits) -> Sides:
    """Rule 1: a point outside the limits; one exactly on a limit is inside.

    Parameters
    ----------
    values : array_like, shape (points,)
        Shares in the order of time; None or NaN for a gap.
    limits : ControlLimits
        Of the same points.

    Returns
    -------
    int8 array, shape (points,)
        1 above the upper limit, -1 below the lower one, 0 elsewhere.

    References
    ----------
    NHS England, Making data count: rules of special-cause variation.

    Examples
    --------
    >>> limits = ControlLimits(0.5, np.full(3, 0.1), 1.0)
    >>> outside_limits([0.81, 0.8, 0.1], limits).tolist()
    [1, 0, -1]
    """
    return _beyond(_floats(values), limits.low, limits.high)


def seven_point_trend(values: ArrayLike) -> Sides:
    """Rule 2: seven points of which each is higher than the one before, or each lower: six successive moves the same way.

    Parameters and source as for `outside_limits`; a rising run is 1 and a falling one -1, whichever side of the centre.

    Examples
    --------
    >>> seven_point_trend([1, 2, 3, 4, 5, 6, 7, 5]).tolist()
    [1, 1, 1, 1, 1, 1, 1, 0]
    """
    shares = _floats(values)
    moves = np.diff(shares)
    sides = np.where(np.abs(moves) > SAME, np.sign(moves), 0.0)
    steps = runs_of(sides, RUN - 1)
    out = np.zeros(len(shares), dtype=np.int8)
    out[1:] = steps
    starts = np.flatnonzero((steps != 0) & (out[:-1] == 0))
    out[starts] = steps[starts]
    return out


def two_of_three_near_limit(values: ArrayLike, limits: ControlLimits) -> Sides:
    """Rule 3: of three successive points on one side of the centre, two or more in the outer third of the way to the limit.

    Marked are those in the outer third. A point beyond the limit counts as one, so that a more extreme value never takes a
    signal away. The outer third is that of the limits before they are cut at 0 and 1.

    Parameters and source as for `outside_limits`.

    Examples
    --------
    >>> limits = ControlLimits(0.5, np.full(4, 0.1), 1.0)
    >>> two_of_three_near_limit([0.72, 0.55, 0.75, 0.5], limits).tolist()
    [1, 0, 1, 0]
    """
    shares = _floats(values)
    near = _beyond(shares, limits.centre - NEAR * limits.sigma, limits.centre + NEAR * limits.sigma)
    sides = _sides_of(shares, limits.centre)
    out = np.zeros(len(shares), dtype=np.int8)
    for start in range(len(shares) - 2):
        three = slice(start, start + 3)
        if abs(sides[three].sum()) == 3 and np.count_nonzero(near[three]) >= 2:
            out[three] = np.where(near[three] != 0, near[three], out[three])
    return out


def seven_on_one_side(values: ArrayLike, centre: float) -> Sides:
    """Rule 4: seven or more successive points on one side of the centre; one exactly on it is on neither.

    Parameters and source as for `outside_limits`; `centre` is the share the line stands for.

    Examples
    --------
    >>> seven_on_one_side([0.6] * 7 + [0.5, 0.6], 0.5).tolist()
    [1, 1, 1, 1, 1, 1, 1, 0, 0]
    """
    return runs_of(_sides_of(_floats(values), centre), RUN)


def _beyond(shares: Floats, low: Floats, high: Floats) -> Sides:
    """Which points lie above, below or between two lines; comparison with NaN is false, so that a gap is between."""
    return (shares > high + SAME).astype(np.int8) - (shares < low - SAME).astype(np.int8)


def _sides_of(shares: Floats, centre: float) -> Sides:
    line = np.full(len(shares), centre)
    return _beyond(shares, line, line)


def runs_of(sides: Sequence[float] | Floats | Sides, length: int) -> Sides:
    """Keep the side of each entry that stands in a run of at least `length` of the same side; 0 and NaN end a run."""
    out = np.zeros(len(sides), dtype=np.int8)
    start = 0
    for place in range(1, len(sides) + 1):
        if place == len(sides) or sides[place] != sides[start]:
            if place - start >= length and sides[start] in (-1, 1):
                out[start:place] = int(sides[start])
            start = place
    return out


RULES: Mapping[str, Callable[[ArrayLike, ControlLimits], Sides]] = MappingProxyType(
    {
        "outside_limits": outside_limits,
        "seven_point_trend": lambda values, _: seven_point_trend(values),
        "two_of_three_near_limit": two_of_three_near_limit,
        "seven_on_one_side": lambda values, limits: seven_on_one_side(values, limits.centre),
    }
)


def signals(values: ArrayLike, limits: ControlLimits) -> dict[str, Sides]:
    """What each rule marks, by its name and in the order in which they are told.

    Examples
    --------
    >>> [name for name, sides in signals([0.6] * 7, ControlLimits(0.5, np.full(7, 0.1), 1.0)).items() if sides.any()]
    ['seven_on_one_side']
    """
    return {name: rule(values, limits) for name, rule in RULES.items()}
