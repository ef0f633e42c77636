"""Takes programs at the edges, gives the rates that payers ask for: all, none, and nothing to count."""

import pytest

from iop_outcomes.evaluate.lookup import declaration
from iop_outcomes.reporting.parts.accreditation import ELEMENTS as OF_ACCREDITATION
from iop_outcomes.reporting.parts.medicare_iop import ELEMENTS as OF_MEDICARE
from iop_outcomes.reporting.parts.rates import PAYER_RATES, RATES
from tests.pages import page_of
from tests.reporting.parts.small import people, said


@pytest.mark.parametrize("elements", [RATES, OF_ACCREDITATION, OF_MEDICARE])
def test_every_number_that_answers_is_one_of_its_measure(elements, synthetic):
    """At a day that is asked, where it has one; no element of no number and no words."""
    program = page_of(synthetic, policy="none").program
    for element in elements:
        assert element.quantities or element.words, element.name
        for quantity in element.quantities:
            for ask in quantity.asks(program):
                definition = declaration(ask, synthetic).definition
                name = quantity.estimand or definition.in_role("middle")
                assert name in {each.name for each in definition.estimands}, element.name


@pytest.mark.parametrize(("done", "left", "figure"), [(20, 0, "100%"), (0, 20, "0%")])
def test_everybody_and_nobody_finished(done, left, figure):
    """A share and how many of how many."""
    words, _ = said(PAYER_RATES, people(done, left, phq9_admit=16, phq9_discharge=lambda i: 4 if done else 16, follow_up_days=100))
    assert f"Completed treatment Completed {figure}" in words
    assert f"{done} of 20" in words
    assert f"Reliably better, PHQ-9 {figure}" in words
    assert f"Responded, PHQ-9 {figure}" in words
    assert "Follow-up known Follow-up after discharge 100%" in words


def test_one_episode_is_counted_and_has_no_range_of_days():
    """1 of 1, and a middle stay without limits."""
    words, _ = said(PAYER_RATES, people(1, 0))
    assert "Completed treatment Completed 1 of 1" in words
    assert "Middle stay 20 days of 1" in words
