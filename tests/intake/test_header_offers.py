"""Where the names of the columns stand: behind titles and notes, in the first line, or nowhere."""

import pytest

from iop_outcomes.intake.header_offers import cells_of, lines_before_header, may_be_names
from iop_outcomes.intake.propose import propose
from tests.intake import books, sites

NAMES = ["episode_id", "track", "los_days"]


def known(cells):
    """How many of the three names are among them."""
    return len(set(NAMES) & set(cells))


@pytest.mark.parametrize(
    ("lines", "before"),
    [
        ([["Log of May"], [], NAMES, ["E1", "a", "9"]], 2),
        ([NAMES, ["E1", "a", "9"]], 0),
        ([["track", "", ""], NAMES], 0),  # a first line with a known name is the header
        ([["Log of May"], ["x", "y", "track"]], 0),  # one known name is chance
        ([["a", "b", "c", "d"], NAMES], 0),  # a title does not fill more cells than the header
        ([], 0),
    ],
)
def test_titles_are_passed_over(lines, before):
    """Only where a later line holds names that are known, and the first none."""
    assert lines_before_header(lines, known) == before


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["id_episodio", "programa", "PHQ9_alta"], True),
        (["Номер", "Программа", "Дата"], True),
        (["E1", "mood", "completed", "44"], False),
        (["E1", "mood", "2024-01-02"], False),
        (["E00012", "mood", "done"], False),
        (["a", "b"], False),
        (["a", "a", "b"], False),
    ],
)
def test_a_row_of_values_is_no_header(cells, names):
    """So that no value of a person is shown as a name."""
    assert may_be_names(cells) is names


def test_the_separator_is_the_one_that_a_line_has_most_of():
    """A name in quotes may hold another."""
    assert cells_of('id;"reason, of discharge"; los', (",", ";")) == (["id", "reason, of discharge", "los"], ";")


def test_a_text_with_titles_is_proposed_with_the_lines_before_its_header(tmp_path):
    """The mapping that comes out reads it."""
    rows = sites.text(sites.episodes(), ";")
    (tmp_path / "export.csv").write_text(f"Outcomes of the year\n\nDo not edit\n{rows}")
    text = propose(tmp_path).text
    assert "skip_rows = 3    # the columns are named in line 4" in text and 'delimiter = ";"' in text and 'episodes = "export.csv"' in text


def test_a_sheet_with_titles_is_proposed_so_too(tmp_path):
    """And days that it keeps as plain numbers are a format."""
    rows = [["Outcomes of the year"], [], *sites.dated()]
    rows[3:] = [[*row[:3], 45292 + place, 45352 + place, *row[5:]] for place, row in enumerate(rows[3:])]
    books.write(tmp_path / "log.xlsx", {"Sheet1": rows})
    text = propose(tmp_path).text
    assert "[text.episodes]\nskip_rows = 2" in text and 'date_format = "serial"' in text and 'episodes = "log.xlsx#Sheet1"' in text
