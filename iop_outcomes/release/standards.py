"""Takes the strata of a standardised number and a threshold, gives whether it may be shown, and who is left out of it as far as that may be said."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from iop_outcomes.release.policy import Policy
from iop_outcomes.release.protect import is_safe
from iop_outcomes.release.released import SUPPRESSED, Count, ReleasedFlow
from iop_outcomes.release.rounding import Rounding
from iop_outcomes.results import Flow
from iop_outcomes.stats.draft import Cell, Standardisation
from iop_outcomes.stats.proportion import normal_quantile, wilson_limits
from iop_outcomes.units import UNITS

MANY = 3  # strata with a small count, more unknowns than a reader has equations
FITTING = 5  # different counts that must fit
SPREAD = 0.5  # how far apart the shares that fit must lie
_ROUNDED = 10
_NEVER = -1.0


def may_be_shown(standard: Standardisation | None, threshold: int) -> bool:
    """Whether a standardised number gives no small count of a stratum back.

    Somebody may know the shares of the strata, a group's own counts, and from other pages every count of its strata that is not withheld
    there: two small strata at least, or one and another that hides it. The standardised share and its limits, to their printed digits, are
    then equations for what is withheld. It is shown where `MANY` strata have a small count (of episodes, of those counted, or of the rest),
    or where of every such stratum, beside any other with all the rest known, at least `FITTING` different counts fit what is printed, and
    among those of a stratum whose episodes are few shares that are `SPREAD` apart. A mean says nothing of how many it is of.

    Examples
    --------
    >>> light, heavy = (Standardisation((((600, 330), (4, 1)),), (1 - w, w), 0, 1200, 0, 2, 0) for w in (0.01, 0.4))
    >>> may_be_shown(light, 11), may_be_shown(heavy, 11), may_be_shown(heavy, 1), may_be_shown(None, 11)
    (True, False, True, True)
    """
    return standard is None or all(_is_hidden(side, standard.weights, threshold) for side in standard.sides)


def _is_hidden(side: Sequence[Cell], weights: Sequence[float], threshold: int) -> bool:
    cells = [(n, k) for n, k in side if k is not None]
    small = [place for place, (n, k) in enumerate(cells) if not all(is_safe(part, threshold) for part in (n, k, n - k))]
    if not small or len(small) >= MANY:
        return True
    return all(
        _many_fit(list(_fitting(cells, weights, place, other, threshold)), few=cells[place][0] < threshold)
        for place in small
        for other in range(len(cells))
        if other != place
    )


def _many_fit(fitting: Sequence[tuple[int, int]], *, few: bool) -> bool:
    if not few:  # how many episodes there are is known
        return len({k for _, k in fitting}) >= FITTING
    shares = [k / n for n, k in fitting]
    return len({n for n, _ in fitting}) >= FITTING and max(shares) - min(shares) >= SPREAD


def _fitting(
    cells: Sequence[tuple[int, int]], weights: Sequence[float], place: int, other: int, threshold: int
) -> Iterator[tuple[int, int]]:
    """Counts of a stratum that give what is printed, where another holds the rest of the group's own counts and everything else is known."""
    terms = [_terms(cell, weight) for cell, weight in zip(cells, weights, strict=True)]
    value, variance = (math.fsum(each[at] for at_place, each in enumerate(terms) if at_place not in (place, other)) for at in (0, 1))
    (n, k), (rest_n, rest_k) = cells[place], cells[other]

    def printed(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float, float]:
        both = _terms(first, weights[place]), _terms(second, weights[other])
        return _printed(value + both[0][0] + both[1][0], variance + both[0][1] + both[1][1])

    seen = printed((n, k), (rest_n, rest_k))
    for size in range(1, threshold) if n < threshold else (n,):
        for hits in range(size + 1):
            left = n + rest_n - size, k + rest_k - hits
            if left[0] >= 1 and 0 <= left[1] <= left[0] and printed((size, hits), left) == seen:
                yield size, hits


def _terms(cell: tuple[int, int], weight: float) -> tuple[float, float]:
    """What a stratum adds to the value and to its variance."""
    share = cell[1] / cell[0]
    return weight * share, weight**2 * share * (1 - share) / cell[0]


def _printed(value: float, variance: float) -> tuple[float, float, float]:
    """A share with its limits, as they are written."""
    unit, value = UNITS["share"], min(max(value, 0.0), 1.0)
    if not variance > 0:
        return unit.written(value), _NEVER, _NEVER
    low, high = wilson_limits(value, value * (1 - value) / variance, normal_quantile(0.95))
    return unit.written(value), unit.written(low, like=value), unit.written(high, like=value)


def release_left_out(flows: Sequence[Flow], policy: Policy) -> tuple[ReleasedFlow, ...]:
    """How many episodes stand in strata left out: up to the next ten where counts are withheld, as several comparisons leave almost the same out."""
    return tuple(_left_out(flow, policy) for flow in flows)


def _left_out(flow: Flow, policy: Policy) -> ReleasedFlow:
    if policy.base:
        rounding = Rounding(policy)
        excluded = {reason: rounding.printed(n) for reason, n in flow.excluded.items()}
        return ReleasedFlow(flow.what, rounding.printed(flow.rows_in), rounding.printed(flow.used), excluded)
    if policy.threshold <= 1:
        return ReleasedFlow(flow.what, flow.rows_in, flow.used, dict(flow.excluded))
    several: dict[str, Count] = {
        reason: -(-n // _ROUNDED) * _ROUNDED if is_safe(n, policy.threshold) else SUPPRESSED for reason, n in flow.excluded.items()
    }
    return ReleasedFlow(flow.what, SUPPRESSED, SUPPRESSED, several)
