"""Takes the report of the synthetic program, gives proof that its page is short, whole, plain and free of what belongs to the file of methods."""

from __future__ import annotations

import re
from html import unescape

import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Bullets, Figure, Note, TableBlock, Text
from iop_outcomes.results import UNVERIFIED
from iop_outcomes.show.tables import Table
from iop_outcomes.show.withheld_cells import without_withheld
from iop_outcomes.show.words import NOT_SHOWN
from tests.pages import both_files
from tests.readability import grade, sentences
from tests.reporting.test_page import PACKAGE, literals

MOST_WORDS, MOST_WITHHELD, MOST_OPEN = 2500, 25, 8
WHOLE_PAGE, ONE_SENTENCE = 8, 13  # grades: what health agencies ask of texts for everyone, and the first year of college
NOT_FOR_READERS = ("middle half", "simple rate", "neither with the event nor gone otherwise")


def words_of(html):
    """What a page says, descriptions of charts included, without what only machines read."""
    html = re.sub(r"<style.*?</style>|<title.*?</title>|<footer>.*?</footer>", "", html, flags=re.DOTALL)
    described = " ".join(re.findall(r'alt="([^"]*)"', html))
    return unescape(re.sub(r"<[^>]+>", " ", html)), unescape(described)


@pytest.fixture(scope="module")
def report(usual_report):
    """The report of the synthetic program as it is passed on."""
    return usual_report


@pytest.fixture(scope="module")
def inside(synthetic):
    """The same for the committee."""
    return iop.report(synthetic, by="track", policy="internal")


def test_the_page_is_short(report):
    """Words, cells of folded tables included; tables that are open; and what is not shown, descriptions of charts included."""
    html = report.to_html()
    seen, described = words_of(html)
    assert len(seen.split()) <= MOST_WORDS
    assert len(re.findall(NOT_SHOWN, f"{seen} {described}", re.IGNORECASE)) <= MOST_WITHHELD
    tables = [block for part in report.sections for block in part.blocks if isinstance(block, TableBlock)]
    assert sum(not block.folded for block in tables) <= MOST_OPEN and any(block.folded for block in tables)


def test_nothing_is_withheld_within(inside):
    """Under `internal` no word says so, in either file."""
    assert NOT_SHOWN not in " ".join(words_of(both_files(inside))).lower()


def test_an_outcome_has_at_most_two_tables_and_a_headline(report):
    """Behind page one: a chart or a sentence first, then its tables, folded."""
    for part in report.sections[2:]:
        tables = [block for block in part.blocks if isinstance(block, TableBlock)]
        assert len(tables) <= 2, part.id
        assert not isinstance(part.blocks[0], TableBlock)
        if any(isinstance(block, Figure) for block in part.blocks):
            assert all(block.folded for block in tables)


def test_a_folded_table_is_named_where_it_is_folded(report):
    """The words that are seen are those of its caption."""
    html = report.to_html()
    folded = re.findall(r"<details><summary>Table: (.*?)</summary><div[^>]*><table[^>]*><caption>(.*?)</caption>", html)
    assert len(folded) == html.count("<details") > 4
    assert all(summary == caption for summary, caption in folded)


def test_no_word_of_the_program_is_on_the_page(report, inside):
    """No name with an underscore, no option, no state of our checking; and in neither file words that nobody says."""
    for each in (report, inside):
        page = " ".join(words_of(each.to_html()))
        assert re.findall(r"\b\w+_\w+\b|\bby=|not checked|not verified", page) == []
        both = " ".join(words_of(both_files(each))).lower()
        assert [words for words in NOT_FOR_READERS if words in both] == []


def test_a_figure_without_a_source_is_marked_and_explained_once(report):
    """The retest reliability of the PHQ-9 was not seen in a first source: its sign on page one, its meaning once at the end."""
    page = words_of(report.to_html())[0]
    assert f"3.9%{UNVERIFIED}" in page
    assert re.findall(rf"{UNVERIFIED} This figure rests on ([^.]*),", page) == ["the retest reliability of the PHQ-9"]
    methods = words_of(report.files("html")["program_quality_methods.html"].decode("utf-8"))[0]
    assert f"The sign {UNVERIFIED}" in methods and f"Responded{UNVERIFIED}" in methods  # on the GAD-7


# -- nothing is lost -----------------------------------------------------------------------------------------------------


def test_what_leaves_a_table_stands_under_it():
    """Rows and columns of which most is withheld, in sentences; every number that was there is there still."""
    rows = [("All episodes", "50", "9%", "3%", "1%"), ("A", "20", "8%", NOT_SHOWN, NOT_SHOWN), ("B", NOT_SHOWN, "7%", NOT_SHOWN, NOT_SHOWN)]
    rows += [("C", "30", NOT_SHOWN, "4%", NOT_SHOWN), ("D", *[NOT_SHOWN] * 4)]
    short = without_withheld(Table("Back", ("Track", "Episodes", "Day 30", "Day 90", "Day 180"), tuple(rows)))
    assert short.heads == ("Track", "Episodes", "Day 30")
    assert [row[0] for row in short.rows] == ["All episodes", "A", "B", "C"]
    assert short.notes == (
        "Day 90: all episodes 3%; C 4%; the others are withheld to protect small numbers.",
        "Day 180: all episodes 1%; the others are withheld to protect small numbers.",
        "D: withheld to protect small numbers.",
    )
    said = " ".join([*short.notes, *(cell for row in short.rows for cell in row)])
    assert all(cell in said for row in rows for cell in row if cell != NOT_SHOWN)


def test_a_table_of_which_nothing_can_be_compared_becomes_words():
    """Only everyone is left, or nobody."""
    heads = ("Track", "Died")
    short = without_withheld(Table("Deaths", heads, (("All episodes", "2%"), ("A", NOT_SHOWN), ("B", NOT_SHOWN))))
    assert (short.rows, short.notes) == ((), ("All episodes: died 2%.", "A and B: withheld to protect small numbers."))
    counted = (("All episodes", "50", "2%"), ("A", "20", NOT_SHOWN), ("B", "30", NOT_SHOWN))
    short = without_withheld(Table("Deaths", ("Track", "Episodes", "Died"), counted))
    assert short.rows == () and "Died: all episodes 2%; the others are withheld to protect small numbers." in short.notes
    assert "Episodes: all episodes 50; A 20; B 30." in short.notes
    whole = Table("Deaths", heads, (("All episodes", "2%"), ("A", "1%"), ("B", "3%")))
    assert without_withheld(whole) == whole


def test_the_numbers_of_a_folded_table_stand_in_full_in_the_other_file(report):
    """Each value of each group on the page is in a table of the file of methods, or behind its chart."""
    methods = words_of(report.files("html")["program_quality_methods.html"].decode("utf-8"))[0]
    tables = [block.table for part in report.sections[2:] for block in part.blocks if isinstance(block, TableBlock)]
    in_full = [table for table in tables if table.caption.startswith(("Completion", "Reliable change", "Readmission", "Relapse"))]
    assert len(in_full) >= 4
    for table in in_full:
        for value in re.findall(r"\d+(?:\.\d+)?%", " ".join(cell for row in table.rows for cell in row)):
            assert value in methods


# -- plain words ---------------------------------------------------------------------------------------------------------


def prose(report):
    """The sentences of the page: paragraphs, lists, notes, headlines and what stands under them."""
    texts = []
    for part in report.sections:
        for block in part.blocks:
            if isinstance(block, (Text, Note)):
                texts.append(block.words)
            elif isinstance(block, Bullets):
                texts += block.sentences
            elif isinstance(block, Figure):
                texts += [block.headline, block.subtitle]
            elif isinstance(block, TableBlock):
                texts += [block.table.caption, *block.table.notes]
    return texts


def test_the_page_reads_as_plainly_as_a_text_for_everyone(report, inside):
    """All of it at the level of eighth grade, and no sentence above the first year of college."""
    for each in (report, inside):
        texts = prose(each)
        assert grade(" ".join(text if text.endswith((".", ":")) else f"{text}." for text in texts)) <= WHOLE_PAGE
        hard = [(round(grade(one), 1), one) for text in texts for one in sentences(text) if len(one.split()) > 5]
        assert [pair for pair in hard if pair[0] > ONE_SENTENCE] == []


@pytest.mark.parametrize("room", ["reporting/parts", "show"])
def test_so_does_every_template_of_a_sentence(room):
    """Also those that the synthetic program does not bring out; what stands in braces counts as one short word."""
    hard = []
    for path in sorted((PACKAGE / room).glob("*.py")):
        for text in literals(path):
            if path.name in IN_METHODS or not text[:1].isupper() or not re.search(r"\w\.( |$)", text):
                continue
            said = re.sub(r"\{[^}]*\}", "ten", text)
            hard += [
                (path.name, round(grade(one), 1), one) for one in sentences(said) if len(one.split()) > 5 and grade(one) > ONE_SENTENCE
            ]
    assert hard == []


IN_METHODS = ("methods.py", "comparison.py", "data_quality.py", "forest_of_studies.py", "funnel_of_studies.py", "studies.py")


def test_a_hard_sentence_would_be_seen():
    """The measure itself, on the kind of sentence that it is there to find."""
    assert (
        grade("Multidimensional heterogeneity considerations necessitate individualised interpretation of longitudinal trajectories.") > 20
    )
    assert grade("Half of the people stayed for six weeks or less.") < 4
