"""Takes words and tables, gives elements of a Word file: well formed, escaped, as wide as they are told."""

import pytest

from iop_outcomes.reporting.blocks import Card
from iop_outcomes.reporting.render.docx_xml import TWIPS, cards_xml, crop, element, field, run, table_xml, w
from iop_outcomes.reporting.render.table_fit import fit_table
from iop_outcomes.show.tables import Table

pytest.importorskip("docx")
WORDS = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def texts(made):
    """The words of an element."""
    return [each.text for each in made.iter(f"{WORDS}t")]


def values(made, name, attribute="val"):
    """An attribute of every element of a name."""
    return [each.get(f"{WORDS}{attribute}") for each in made.iter(f"{WORDS}{name}")]


@pytest.mark.parametrize("words", ["a < b & c", '"quoted"', " spaces ", "", "naïve – ≥ 6"])
def test_words_come_back_as_they_are(words):
    """Whatever they hold; spaces are kept."""
    assert "".join(each or "" for each in texts(element(run(words)))) == words


def test_elements_nest_and_carry_attributes():
    """A form stands before the words."""
    made = element(w("p", w("jc", val="right"), run("x", w("b"))))
    assert (values(made, "jc"), texts(made), len(list(made.iter(f"{WORDS}b")))) == (["right"], ["x"], 1)


def test_a_field_begins_is_parted_and_ends():
    """With what it shows until Word works it out."""
    made = element(w("p", *field("PAGE", run("1"))))
    assert values(made, "fldChar", "fldCharType") == ["begin", "separate", "end"]
    assert texts(made) == ["1"]


@pytest.mark.parametrize(("shown", "cut"), [((0.0, 1.0), ('t="0"', 'b="0"')), ((0.25, 0.5), ('t="25000"', 'b="50000"'))])
def test_a_picture_is_cut_above_and_below(shown, cut):
    """In thousandths of a percent of its height."""
    assert all(part in crop(*shown) for part in cut)


def test_a_table_is_as_wide_as_its_columns_and_repeats_its_head():
    """Numbers stand from the right; a row is never cut; the caption is for those who do not see it."""
    table = Table("Sizes & more", ("Track", "n"), (("All", "40"), ("A", "20")), shades=(("good",), ("",)))
    (part,) = fit_table(table, 80)
    made = element(table_xml(part, "Cell", 0.1))
    widths = [round(width * 0.1 * TWIPS) for width in part.widths]
    assert values(made, "gridCol", "w") == [str(width) for width in widths]
    assert values(made, "tblW", "w") == [str(sum(widths))]
    assert texts(made) == ["Track", "n", "All", "40", "A", "20"]
    assert len(list(made.iter(f"{WORDS}tblHeader"))) == 1 and len(list(made.iter(f"{WORDS}cantSplit"))) == 3
    assert values(made, "jc") == ["left", "right"] * 3
    assert values(made, "tblCaption") == ["Sizes & more"]


def test_cards_stand_side_by_side():
    """Their names as heads; a card that is bad news has a colour of its own."""
    cards = [Card("Finished", "50%", "40% to 60%", "of 40"), Card("Worse", "5%", "", "of 40", tone="worse")]
    made = element(cards_xml(cards, "Card", 1.5))
    assert texts(made)[:2] == ["Finished", "Worse"]
    assert len(set(values(made, "shd", "fill"))) == 2
    assert values(made, "gridCol", "w") == [str(round(1.5 * TWIPS))] * 2
