"""Takes words, tables and figures, gives blocks that draw themselves: escaped, referring, folded, marked, without empty charts."""

import pytest

from iop_outcomes.reporting.blocks import (
    Bullets,
    Card,
    Cards,
    Figure,
    Note,
    SectionReference,
    TableBlock,
    Terms,
    Text,
    figure_block,
    folded_behind_charts,
    marked,
    numbered,
    section,
    without_empty_charts,
)
from iop_outcomes.show import theme
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, WHY_NOT_SHOWN
from tests.reporting.small_document import small_page

TABLE = Table("Sizes", ("Track", "n"), (("A", "5"),))
WILD = '<b>"x"&</b>'


@pytest.mark.parametrize("block", [Text(WILD), Note(WILD), Bullets((WILD,)), Cards((Card(WILD, WILD, WILD, WILD, (WILD,)),)), Terms(((WILD, (WILD,)),)), TableBlock(Table(WILD, (WILD,), ((WILD,),)))])  # fmt: skip
def test_words_stay_words(block):
    """Whatever they hold."""
    assert "<b>" not in block._repr_html_()
    assert "&lt;b&gt;" in block._repr_html_()


def test_references_have_the_numbers_of_the_page():
    """Sections that are on it alone; linked on a page, in words elsewhere."""
    there, absent = SectionReference("two"), SectionReference("nowhere")
    first, second = numbered(
        [section("one", "One", [Text("Words.", (there, absent)), Bullets(("A.", "B."), ((there,), ()))]), section("two", "Two", [])]
    )
    text, bullets = first.blocks
    assert (first.heading, second.heading) == ("1. One", "2. Two")
    assert text.full_words == "Words. See section 2."
    assert '<a class="see" href="#two">2</a>' in text._repr_html_()
    assert bullets.full_sentences == ("A. See section 2.", "B.")
    assert section("one", "One", []).heading == "One"


def test_a_table_says_why_something_is_not_shown():
    """Under it, once; a folded one shows its name first."""
    hidden = TableBlock(Table("Sizes", ("Track", "n"), (("A", NOT_SHOWN), ("B", NOT_SHOWN))))
    assert hidden._repr_html_().count(WHY_NOT_SHOWN) == 1
    assert WHY_NOT_SHOWN not in TableBlock(TABLE)._repr_html_()
    assert TableBlock(TABLE, folded=True)._repr_html_().startswith("<details><summary>Table: Sizes</summary>")


def test_the_words_of_the_policy_stand_on_charts_and_tables():
    """And on nothing else; where it has none, the section is as it was."""
    part = section("s", "S", [Text("Words."), TableBlock(TABLE)])
    text, table = marked(part, "small numbers").blocks
    assert (text, table.table.mark) == (Text("Words."), "small numbers")
    assert marked(part, "") is part


def chart(estimand="completion_strict"):
    """A chart of the small page's completion."""
    return figure_block(dot_range(small_page().released[0], estimand), "Headline", "Subtitle", "Words.")


def test_a_chart_knows_what_it_was_drawn_from():
    """Its numbers; axes of something else have none, and axes without a figure are refused."""
    figure = chart()
    assert (figure.released, figure.estimands) == (small_page().released[0], ("completion_strict",))
    bare = theme.new_figure(2, 2).add_subplot()
    assert figure_block(bare, "", "", "").released is None
    assert 'alt="Words."' in figure._repr_html_() and figure.image.startswith("data:image/svg+xml")
    bare.remove()
    with pytest.raises(ValueError, match="axes without a figure"):
        figure_block(bare, "", "", "")


def test_tables_are_folded_where_a_chart_says_the_same():
    """Without a chart they stand open."""
    alone, beside = section("s", "S", [TableBlock(TABLE)]), section("s", "S", [chart(), TableBlock(TABLE)])
    assert folded_behind_charts(alone) is alone
    assert folded_behind_charts(beside).blocks[1].folded


def test_a_chart_of_nothing_is_its_headline():
    """And a table without a number goes with it; one with a number stays, and so does a section of charts that have values."""
    released = small_page().released[0]
    empty = Figure("Headline", "Subtitle", "Words.", None, released=released, estimands=("completion_of_admitted",))
    nothing, something = TableBlock(Table("T", ("Track", "n"), (("A", "0"), ("B 2", "no data")))), TableBlock(TABLE)
    assert without_empty_charts(section("s", "S", [empty, nothing, something])).blocks == (Text("Headline"), something)
    whole = section("s", "S", [chart(), nothing])
    assert without_empty_charts(whole) is whole
