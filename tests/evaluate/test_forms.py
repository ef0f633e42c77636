"""Takes a measure with coarser forms, gives the results of each, computed anew only where their numbers are others."""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

import pytest

from iop_outcomes.evaluate.evaluation import evaluate
from iop_outcomes.evaluate.forms import coarser_forms
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.measures.measure import Finer


def draft(counts, *, day):
    """Of some day."""


@pytest.fixture(scope="module")
def exact(synthetic):
    """The stays by track."""
    return evaluate(look_up(synthetic, "length_of_stay"), synthetic, by="track")


def form(exact, name="m", *, day=30, digits=None, finer=None, coarser=None):
    """A form of a measure: its name and day are what its numbers depend on, its digits are not."""
    estimands = tuple(replace(each, digits=digits) for each in exact.definition.estimands)
    return SimpleNamespace(
        name=name,
        variant="",
        draft=partial(draft, day=day),
        settled=None,
        across=None,
        curve=None,
        together=frozenset(),
        selective=False,
        finer=finer,
        coarser=coarser,
        definition=replace(exact.definition, estimands=estimands),
    )


def forms_of(exact, *forms):
    """The results of these forms, and which of them were computed."""
    computed = []

    def answered(measure):
        computed.append(measure)
        return exact

    found = coarser_forms(form(exact, coarser=lambda divisions: forms), exact, list, answered)
    return found, computed


def test_a_measure_without_forms_has_none(exact):
    """And nothing is asked of the groups."""
    assert list(coarser_forms(form(exact), exact, pytest.fail, pytest.fail)) == []


def test_what_differs_by_its_digits_alone_is_rounded_and_not_computed(exact):
    """Of the exact numbers, not of those that were rounded before."""
    found, computed = forms_of(exact, form(exact, digits=1), form(exact, digits=0))
    one, none = found
    assert computed == []
    assert [row.value for row in none] == pytest.approx([float(int(row.value + 0.5)) for row in exact], nan_ok=True)
    assert [row.value for row in one] == pytest.approx([round(row.value, 1) for row in exact], nan_ok=True, abs=0.051)
    assert one.definition.estimands[0].digits == 1


def test_other_numbers_are_computed_once(exact):
    """By another name or another day of the same function; when they are wanted, and not before."""
    other = form(exact, day=90)
    found, computed = forms_of(exact, form(exact), other, form(exact, day=90, digits=0), form(exact, "n"))
    next(found)
    assert computed == []
    next(found)
    assert computed == [other]
    assert len(list(found)) == 2
    assert [each.name for each in computed] == ["m", "n"]


def test_a_form_that_repeats_a_finer_one(exact):
    """Lacks what is left out, with whom it speaks of, and the rest is as it was."""
    finer = form(exact)
    (results,), computed = (list(each) for each in forms_of(exact, form(exact, "n", finer=Finer(finer, frozenset({"los_mean"})))))
    assert computed == []
    assert list(results) == [row for row in exact if row.estimand != "los_mean"]
    assert {key.estimand for _, key in results.populations} == {key.estimand for _, key in exact.populations} - {"los_mean"}


def test_a_number_that_is_computed_in_another_way(exact):
    """Stands in the place of the finer one's."""
    anew, changed = (
        form(exact, "anew"),
        replace(exact, estimates=tuple(replace(row, value=-1.0) for row in exact if row.estimand == "los_q1")),
    )
    measure = form(exact, coarser=lambda divisions: [form(exact, "n", finer=Finer(form(exact), frozenset(), anew))])
    (results,) = coarser_forms(measure, exact, list, lambda asked: changed)
    assert [row.value for row in results if row.estimand == "los_q1"] == [-1.0] * len(changed.estimates)
    assert [row for row in results if row.estimand != "los_q1"] == [row for row in exact if row.estimand != "los_q1"]
