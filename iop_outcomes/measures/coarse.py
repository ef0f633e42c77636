"""Takes a measure, gives coarser forms of it: without some of its numbers, or with rounded ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from iop_outcomes.counts import Counts
from iop_outcomes.keys import ALL, Key
from iop_outcomes.measures.measure import Finer, Measure
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.balance import LEAST
from iop_outcomes.stats.draft import Draft

Drafting = Callable[..., tuple[Draft, ...]]  # of counts, and of the keys that are wanted where a measure is selective


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
        finer=Finer(measure, left_out=frozenset(names)),
    )


def _without(names: Collection[str], draft: Drafting, counts: Counts, **wanted: Collection[Key]) -> tuple[Draft, ...]:
    return tuple(each for each in draft(counts, **wanted) if each.key.estimand not in names)


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
    return replace(measure, estimands=estimands, coarse=f"{measure.coarse} {words}".strip(), coarser=None, finer=Finer(measure))


def _rounded(item: EstimandDefinition, digits: int, *, bare: bool) -> EstimandDefinition:
    counted = f"{item.counted}, rounded to {10.0**-digits:g}"
    return replace(item, digits=digits, counted=counted, interval="none" if bare else item.interval)


def digits_that_hide(divisions: Sequence[tuple[Sequence[Sequence[float]], int]]) -> int | None:
    """Decimals to which means may be shown of groups whose numbers of episodes are withheld.

    The mean of all is that of the groups weighted by those numbers. Moving one episode from one group to another changes the
    weighted sum by as much as their means lie apart; rounding the mean of all hides n times half a step of it. So that the
    numbers do not follow, a step must hide at least `_MARGIN` times as much as one episode moves, in every division.

    Parameters
    ----------
    divisions : sequence of (groups, n)
        Of each total that is shown: the same means and SDs of each of its groups, and the episodes of all of them together.

    Returns
    -------
    int or None
        1 or 0; `None` where not even whole numbers hide them.

    Examples
    --------
    >>> alike, apart = ([(15.2, 9.1), (14.0, 8.0)], 136), ([(15.2, 9.1), (6.0, 8.0)], 60)
    >>> digits_that_hide([alike]), digits_that_hide([apart]), digits_that_hide([alike, apart])
    (1, 0, 0)
    """
    spreads = [(max((max(column) - min(column) for column in zip(*groups, strict=True)), default=0.0), n) for groups, n in divisions]
    return next((digits for digits in (1, 0) if all(n * 10.0**-digits >= _MARGIN * spread for spread, n in spreads)), None)


_MARGIN = 4.0


def in_whole_days(measure: Measure, mean: str, words: str, divisions: Sequence[Mapping[str, Counts]]) -> Iterator[Measure]:
    """The same measure of days in whole ones, the mean without an interval, which beside the quartiles would tell of how many episodes it is.

    Parameters
    ----------
    measure : Measure
        The finer form; its last draft is the mean.
    mean : str
        The estimand that is the mean.
    words : str
        What is rounded, and why.
    divisions : sequence of dict of level to Counts
        Of every total and of the levels that it sums.
    """
    means = [_means({level: measure.draft(counts)[-1] for level, counts in levels.items()}) for levels in divisions]
    if digits_that_hide(means) is not None:
        yield rounded(measure, {item.name: 0 for item in measure.estimands}, words, bare=(mean,))


def _means(drafts: Mapping[str, Draft]) -> tuple[list[tuple[float]], int]:
    """The mean of each group that is large enough to show it, and the episodes of all."""
    return [(draft.value,) for level, draft in drafts.items() if level != ALL and draft.population.n >= LEAST], drafts[ALL].population.n
