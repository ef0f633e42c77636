"""Takes elements made for it and small programs, gives each with its figure, who is in it and who is not, or what the data lack."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.blocks import TableBlock, Terms
from iop_outcomes.reporting.parts.specifications import Element, Quantity, answers, element_blocks, elements_part, not_computable
from tests.pages import page_of
from tests.reporting.parts.small import people, small


def asking(name, estimand="", time=None, **options):
    """A number of everyone."""
    return Quantity(lambda _program: [Ask(name, **options)], estimand, time)


FINISHED = Element("Finished", "who finished", "A payer", ("a reason",), (asking("completion", "completion_strict"),))
BACK = Element("Back", "who came back", "", ("table events", "column follow_up_days"), (asking("readmission", "cumulative_incidence", 90),))
NAMED = Element("Named", "which it is", "Somebody", ("column site",), words=lambda page: page.program.data.program)


def page(rows, *elements, policy="none", **mapping):
    """The table rows, the specifications and the figures of some elements."""
    part = elements_part("x", "X", elements, "Introduction.", first="Element")
    with small(rows, **mapping) as data:
        made = page_of(data, part, policy=policy)
        table, terms = element_blocks(elements, made, "Element")
        assert isinstance(table, TableBlock) and isinstance(terms, Terms)
        return table.table.rows, dict(terms.entries), [figure for element in elements for figure in answers(element, made)]


@pytest.mark.parametrize(
    ("needs", "words"), [(("column a",), "column a is"), (("a", "b"), "a and b are"), (("a", "b", "c"), "a, b and c are")]
)
def test_what_the_data_lack(needs, words):
    """One is, several are."""
    assert not_computable(Element("E", "", "", needs)) == f"not computable: {words} not in the data"


def test_a_figure_with_who_is_in_it_and_who_is_not():
    """12 of 19; one whose reason is not known is left out with its reason."""
    rows, terms, (figure,) = page([*people(12, 7), people(0, 1, start=50)[0] | {"discharge_reason": None}], FINISHED)
    assert rows == (("Finished", "Completed", "12 of 19", "41% to 81%", "12 of 19"),)
    assert figure.left_out == "discharge reason missing: 1"
    assert terms["Finished"][0] == "Asked: who finished." and "Source: A payer." in terms["Finished"]
    assert "Left out: discharge reason missing: 1." in terms["Finished"][1]


def test_small_numbers_that_are_withheld_are_said_to_be():
    """Neither 0 nor a blank, nor "of a number not shown"; and how many is not shown of who is left out."""
    rows, _, (figure,) = page([*people(40, 3), people(0, 1, start=50)[0] | {"discharge_reason": None}], FINISHED, policy="cms11")
    assert rows[0][2] == "not shown" and rows[0][4] == "of 43"
    hidden = figure.estimate.value  # withheld
    for k, words in ((40, "40; of how many, not shown"), (hidden, "not shown")):
        assert type(figure).counted.fget(SimpleNamespace(estimate=replace(figure.estimate, n=hidden, k=k), time=None)) == words
    assert figure.left_out.startswith("how many is not shown: ")


def test_no_number_has_its_reason_in_the_table_and_its_specification():
    """And a source where the element has one alone."""
    rows, terms, figures = page(people(12, 8), BACK)
    assert (rows, figures) == ((("Back", not_computable(BACK), "", "", ""),), [])
    assert terms["Back"] == ("Asked: who came back.", "Not computable: table events and column follow_up_days are not in the data.")


@pytest.mark.parametrize("name", ["Riverside", ""])
def test_an_answer_in_words_stands_in_the_place_of_a_number(name):
    """Where there are none, the element is not computable."""
    rows, terms, _ = page(people(2, 2), NAMED, **({"program": {"name": name}} if name else {}))
    assert rows == (("Named", name or not_computable(NAMED), "", "", ""),)
    assert any("Not computable" in line for line in terms["Named"]) is not bool(name)


def test_equal_asks_are_put_once():
    """Two elements of one number; the section holds the introduction first."""
    part = elements_part("x", "X", (FINISHED, FINISHED), "Introduction.", first="Element")
    assert len(part.asks(None)) == 1
    with small(people(3, 3)) as data:
        (section,) = part.sections(page_of(data, part, policy="none"))
    assert (section.id, section.title, section.blocks[0].words) == ("x", "X", "Introduction.")
