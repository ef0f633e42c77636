"""Takes what programs record for Medicare, gives the share of those recorded and of all: none, all, blanks."""

import pytest

from iop_outcomes.reporting.parts.medicare_iop import ELEMENTS, MEDICARE_IOP
from tests.pages import page_of
from tests.reporting.parts.small import people, said

COVARIATES = {"hours_per_week": "integer", "certified": "category"}


@pytest.mark.parametrize(("hours", "of_recorded", "of_all"), [(9, "20 of 20", "20 of 24"), (8, "0 of 20", "0 of 24")])
def test_nine_hours_are_enough_and_eight_are_not(hours, of_recorded, of_all):
    """Twenty of whom it is recorded, and four of whom it is not."""
    rows = people(12, 12, hours_per_week=lambda i: None if i >= 20 else hours, certified="yes")
    words, _ = said(MEDICARE_IOP, rows, covariates=COVARIATES)
    table = words.partition("Asked:")[0]
    assert of_recorded in table and of_all in table
    assert "Certified" in table and "24 of 24" in table
    assert table.count("not computable: ") == 2  # certified again, and the code on the claim


def test_every_element_asks_for_one_column_and_says_who_asks():
    """Of everyone together: by group, small counts would withhold it."""
    for element in ELEMENTS:
        assert len(element.needs) == 1 and element.source
        assert all(ask.by is None for quantity in element.quantities for ask in quantity.asks(None))


def test_the_reason_of_whole_sentences_stands_over_it(synthetic):
    """Of data that hold none of these columns, each element is named with its column."""
    (section,) = MEDICARE_IOP.sections(page_of(synthetic, policy="none"))
    assert section.id == "medicare"
    assert [row[1] for row in section.blocks[1].table.rows] == [f"not computable: {each.needs[0]} is not in the data" for each in ELEMENTS]
