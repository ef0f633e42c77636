"""Takes small programs, gives what a part may ask of one: its words, its scales, what it can answer, and what is not there."""

import pytest

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import POLICIES
from iop_outcomes.reporting.blocks import TableBlock, Text
from iop_outcomes.reporting.parts.part import Part, Program, no_sections, nothing, words_or_table
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN
from tests.pages import page_of
from tests.reporting.parts.small import people, small

SCORED = people(3, 3, gad7_admit=9, gad7_discharge=5, phq9_admit=12, phq9_discharge=5, site=lambda i: None, modality="virtual")


@pytest.fixture(scope="module")
def data():
    """Two scales, a column of blanks, and no events."""
    with small(SCORED) as loaded:
        yield loaded


@pytest.mark.parametrize(
    ("by", "group", "groups"), [("track", "track", "tracks"), ("level_of_care", "level of care", "groups by level of care")]
)
def test_groups_are_named_within_a_sentence(data, by, group, groups):
    """Tracks are tracks; another column is read."""
    program = Program(data, by, POLICIES["none"])
    assert (program.group, program.groups) == (group, groups)


def test_the_scale_used_most_comes_first(data):
    """Whatever its place in the alphabet; a scale without a score is none."""
    assert Program(data, "track", POLICIES["none"]).scored == ["phq9", "gad7"]


def test_what_can_be_answered_and_what_has_values(data):
    """Scores, and no events; a column of blanks has no value, and one that is not there has none."""
    program = Program(data, "track", POLICIES["none"])
    asks = [Ask("completion"), Ask("symptom_change", scale="phq9"), Ask("symptom_change", scale="pcl5"), Ask("no_show_rate")]
    assert [program.can_answer(ask) for ask in asks] == [True, True, False, False]
    assert [program.has_values(column) for column in ("track", "modality", "site", "sex", "nonsense")] == [True, True, False, False, False]


def test_a_page_gives_what_was_released_and_nothing_else(data):
    """In the order asked; no ask, or one that was not answered, is none."""
    reasons, completion, missed = Ask("discharge_reasons"), Ask("completion"), Ask("no_show_rate")
    part = Part(lambda _program: [completion, missed, reasons], no_sections)
    page = page_of(data, part, policy="none")
    assert page.answered([reasons, missed, completion]) == [page[reasons], page[completion]]
    assert (page.get(None), page.get(missed)) == (None, None)
    assert "sessions" in page.unanswered[missed].reason
    assert (nothing(page.program), no_sections(page), part.appendix(page)) == ((), (), ())


def test_a_table_of_nothing_shown_becomes_words():
    """A table with its rows, folded or not; where all is withheld, no table without a number."""
    rows = (("All", "40%", "40"), ("A", "50%", "20"), ("B", "30%", "20"))
    (block,) = words_or_table(Table("T", ("Track", "Share", "Episodes"), rows), folded=True)
    assert isinstance(block, TableBlock) and block.folded and block.table.rows == rows
    hidden = tuple((name, NOT_SHOWN, NOT_SHOWN) for name in ("All", "A", "B"))
    assert all(isinstance(each, Text) for each in words_or_table(Table("T", ("Track", "Share", "Episodes"), hidden)))
