"""Takes pages, gives what stands over them, and their sections in order."""

from dataclasses import replace

from iop_outcomes.reporting.blocks import section
from iop_outcomes.reporting.document import SYNTHETIC
from tests.reporting.small_document import page_of_words, small_page


def test_the_words_of_the_policy_stand_before_those_of_the_data():
    """As a sentence; of public data under a policy without words there are none."""
    page = small_page("internal")
    assert page.banners == ["Contains small numbers: for people entitled to see this program's patients.", SYNTHETIC]
    assert small_page().banners == [SYNTHETIC]
    assert replace(small_page(), provenance=replace(small_page().provenance, data_class="public")).banners == []


def test_a_form_of_one_file_holds_the_page_then_its_appendix():
    """In their order; what the data cannot fill is no part of it."""
    page = small_page()
    assert [each.id for each in page.every_section] == ["completion", "completion_in_full", "flow"]
    lacking = replace(page_of_words(), without=(section("x", "X", ()),))
    assert [each.id for each in lacking.every_section] == ["words"]
