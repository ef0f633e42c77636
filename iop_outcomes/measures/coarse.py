"""Takes a measure, gives coarser forms of it: without some of its numbers, or with rounded ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial

from iop_outcomes.counts import Counts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft

Drafting = Callable[[Counts], tuple[Draft, ...]]


def without(measure: Measure, names: Collection[str], words: str) -> Measure:
    """The same measure without some of its numbers.

    Parameters
    ----------
    measure : Measure
        The finer form.
    names : collection of str
        Estimands that are left out.
    words : str
        Which, and why.
    """
    settled = measure.settled
    return replace(
        measure,
        draft=partial(_without, names, measure.draft),
        settled=None if settled is None else partial(_settled_without, names, settled),
        estimands=tuple(item for item in measure.estimands if item.name not in names),
        coarse=f"{measure.coarse} {words}".strip(),
        coarser=None,
    )


def _without(names: Collection[str], draft: Drafting, counts: Counts) -> tuple[Draft, ...]:
    return tuple(each for each in draft(counts) if each.key.estimand not in names)


def _settled_without(names: Collection[str], settled: Callable[[Counts], Drafting], counts: Counts) -> Drafting:
    return partial(_without, names, settled(counts))


def rounded(measure: Measure, digits: Mapping[str, int], words: str, *, bare: Collection[str] = ()) -> Measure:
    """The same measure with rounded numbers.

    For a page on which the number of episodes with a value, set beside the number asked, would tell how few lack one: an exact
    mean gives its own number of episodes away, a rounded one does not, so that it can be shown while that number is withheld.

    Parameters
    ----------
    measure : Measure
        The finer form.
    digits : dict of str to int
        Decimals of each estimand that is rounded.
    words : str
        Which, and why.
    bare : collection of str
        Those of them that are given without limits: beside the other numbers, these would give the number of episodes.
    """
    estimands = tuple(
        _rounded(item, digits[item.name], bare=item.name in bare) if item.name in digits else item for item in measure.estimands
    )
    return replace(measure, estimands=estimands, coarse=f"{measure.coarse} {words}".strip(), coarser=None)


def _rounded(item: EstimandDefinition, digits: int, *, bare: bool) -> EstimandDefinition:
    counted = f"{item.counted}, to {10.0**-digits:g}"
    return replace(item, digits=digits, counted=counted, interval="none" if bare else item.interval)
