"""Takes small programs, gives proof of where page one draws its trend: with the chart of the section, and where the sheet has room."""

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Figure, Text
from iop_outcomes.reporting.parts import page_one
from iop_outcomes.reporting.parts.first_sheet import SHEET, has_room_for_strip
from iop_outcomes.reporting.parts.over_time import OVER_TIME, trend_of_page
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from tests.pages import page_of
from tests.show.test_trend import USUAL, frame


def over_time(page):
    """The block of the first page that tells of the trend."""
    return [
        block for block in PAGE_ONE.sections(page)[0].blocks if "Over time: " in getattr(block, "headline", getattr(block, "words", ""))
    ]


def test_the_trend_is_drawn_on_page_one_of_the_numbers_of_its_section():
    """The same results and the same sentence; without room its sentence alone."""
    with iop.load({"episodes": frame(USUAL)}, mapping={"data": {"class": "synthetic"}}) as data:
        page = page_of(data, OVER_TIME, PAGE_ONE)
        (strip,), (chart,) = over_time(page), [block for block in OVER_TIME.sections(page)[0].blocks if isinstance(block, Figure)]
        full = page_one.over_time(trend_of_page(page), [Text("One line.")] * int(SHEET.lines), "")
    assert strip.released is chart.released and strip.estimands == chart.estimands
    assert strip.headline == f"Over time: {chart.headline}"
    assert full == [Text(strip.headline)]


def test_a_chart_that_is_not_drawn_is_no_strip():
    """Every period withheld: the sentence alone."""
    few = dict.fromkeys(list(USUAL)[:4], (6, 4))
    with iop.load({"episodes": frame(few)}, mapping={"data": {"class": "synthetic"}}) as data:
        page = page_of(data, OVER_TIME, PAGE_ONE)
        blocks = [*OVER_TIME.sections(page)[0].blocks, *over_time(page)]
    assert not any(isinstance(block, Figure) for block in blocks) and any("Over time: " in block.words for block in blocks)


def test_room_is_counted_in_words():
    """A longer name, and changes, need room too; what room there is does not depend on the machine."""
    room = SHEET.lines - SHEET.strip
    lines = [Text("One line.")] * int(room / (1 + SHEET.gap))
    assert has_room_for_strip(lines) and not has_room_for_strip([*lines, Text("x" * 5 * SHEET.letters)])
    assert not has_room_for_strip(lines, name="A name " * 20) and not has_room_for_strip(lines, changes=True)
