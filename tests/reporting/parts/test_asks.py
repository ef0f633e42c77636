"""Takes what small programs hold, gives the asks that parts share: what is asked where, and what is not."""

import pytest

from iop_outcomes.release import POLICIES
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Program
from tests.pages import page_of
from tests.reporting.parts.small import people, small


@pytest.fixture(scope="module")
def full():
    """Two scales and characteristics."""
    columns = {"phq9_admit": 12, "phq9_discharge": 5, "gad7_admit": 9, "gad7_discharge": 5, "sex": "female", "modality": "virtual"}
    with small(people(6, 6, **columns)) as data:
        yield data


@pytest.fixture(scope="module")
def bare():
    """Reasons, and no stay."""
    with small(people(6, 6, los_days=None)) as data:
        yield data


def of(data, *, by="track", policy="none"):
    """The program of a page."""
    return Program(data, by, POLICIES[policy])


def test_the_scale_used_most_is_asked_for_whether_it_is_there_or_not(full, bare):
    """So that a page can say that it is missed; who gave both scores is compared on the first scale alone."""
    assert list(asks.changes(of(full))) == ["phq9", "gad7"]
    assert [ask.against.estimands for ask in asks.changes(of(full)).values()] == [("mean_change", "paired_rate"), ("mean_change",)]
    assert {name: ask.against.estimands for name, ask in asks.changes(of(bare)).items()} == {"phq9": ("mean_change",)}


def test_better_and_worse_are_compared_on_the_first_scale_alone(full, bare):
    """Both or neither; without scores nothing is asked."""
    compared = [None if ask.against is None else ask.against.estimands for ask in asks.reliable(of(full)).values()]
    assert compared == [("reliable_improvement", "reliable_deterioration"), None]
    assert (asks.reliable(of(bare)), asks.severity(of(bare)), asks.people(of(bare))) == ({}, None, [])


def test_who_people_are_is_not_asked_of_the_column_that_divides_them(full):
    """Of the others that have a value, and of severity by the first scale."""
    columns = [ask.column or ask.scale for ask in asks.people(of(full))]
    assert columns == ["sex", "modality", "phq9"]
    assert [ask.column or ask.scale for ask in asks.people(of(full, by="sex"))] == ["modality", "phq9"]


@pytest.mark.parametrize("policy", ["none", "cms11"])
def test_when_who_leaves_is_asked_under_every_policy(full, policy):
    """And by the same levels as who is missing a score, so that both are protected together."""
    stays, scores = asks.stay_by_reason(of(full, policy=policy)), asks.by_reason("phq9")
    assert (stays.by, stays.classes) == (scores.by, scores.classes) == ("discharge_reason", None)


def test_the_first_of_what_there_is(full, bare):
    """Of a page that answered nothing of it, none."""
    page = page_of(full, policy="none")
    assert (asks.first_change(page), asks.first_after_discharge(page), asks.judged(page)) == (None, None, [])
    assert not asks.safety_items(of(full))  # totals tell of no item
    assert len(asks.after_discharge(of(bare))) == 2
