"""Takes a measure with its results, gives its coarser forms: computed anew only where their numbers are others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from iop_outcomes.counts import Counts
from iop_outcomes.evaluate.rounding import rounded
from iop_outcomes.measures.measure import Finer, Measure
from iop_outcomes.results import Results

Answering = Callable[[Measure], Results]  # of a measure, its results before they are rounded
Answers = list[tuple[Measure, Results]]

_COMPUTES = ("name", "variant", "draft", "settled", "across", "curve", "together", "selective")  # what numbers depend on


def coarser_forms(
    measure: Measure, exact: Results, divisions: Callable[[], Sequence[Mapping[str, Counts]]], answered: Answering
) -> Iterator[Results]:
    """The results of coarser forms of a measure, each computed when it is wanted.

    Parameters
    ----------
    measure : Measure
        In its finest form.
    exact : Results
        Its results before they are rounded.
    divisions : callable
        Gives every total that is printed with the groups it is the sum of.
    answered : callable
        Computes the results of a form.
    """
    known: Answers = [(measure, exact)]
    if measure.coarser is not None:
        yield from (rounded(_exact(form, known, answered)) for form in measure.coarser(divisions()))


def _exact(form: Measure, known: Answers, answered: Answering) -> Results:
    """The results of a form before they are rounded, from those of the forms before it where they have its numbers."""
    results = next((results for other, results in known if _computes_alike(form, other)), None)
    if results is None:
        results = answered(form) if form.finer is None else _repeated(form.finer, known, answered)
    results = _in_slices(results, lambda part: replace(part, definition=form.definition))
    known.append((form, results))
    return results


def _repeated(finer: Finer, known: Answers, answered: Answering) -> Results:
    """The numbers of the finer form, without those left out, and with those that are computed anew."""
    results = _exact(finer.measure, known, answered)
    anew = () if finer.anew is None else answered(finer.anew).slices
    by_level = {part.level_2: part for part in anew}

    def repeated(part: Results) -> Results:
        other = by_level.get(part.level_2)
        estimates = {} if other is None else {(estimate.level, estimate.key): estimate for estimate in other.estimates}
        populations = {} if other is None else other.populations
        return replace(
            part,
            estimates=tuple(
                estimates.get((estimate.level, estimate.key), estimate)
                for estimate in part.estimates
                if estimate.estimand not in finer.left_out
            ),
            populations={
                place: populations.get(place, people)
                for place, people in part.populations.items()
                if place[1].estimand not in finer.left_out
            },
        )

    return _in_slices(results, repeated)


def _in_slices(results: Results, change: Callable[[Results], Results]) -> Results:
    """The same change of the results of everyone and of those within each level of the second column."""
    return replace(change(results), within={level: change(part) for level, part in results.within.items()})


def _computes_alike(one: Measure, other: Measure) -> bool:
    """Whether two forms have the same numbers before they are rounded."""
    return all(_alike(getattr(one, name), getattr(other, name)) for name in _COMPUTES)


def _alike(one: object, other: object) -> bool:
    """Whether two values, or functions with some of their arguments, are the same."""
    if isinstance(one, partial) and isinstance(other, partial):
        return (
            one.func is other.func
            and one.keywords.keys() == other.keywords.keys()
            and len(one.args) == len(other.args)
            and all(map(_alike, one.args, other.args))
            and all(_alike(value, other.keywords[name]) for name, value in one.keywords.items())
        )
    return one is other or one == other
