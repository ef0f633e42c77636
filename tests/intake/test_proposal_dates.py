"""Takes how many values each format fits, gives the lines of a mapping: written where one format is alone, asked where a person must say."""

from contextlib import closing

from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.date_offers import DateFits
from iop_outcomes.intake.dates import DATE_FORMATS
from iop_outcomes.intake.proposal_dates import date_lines, fits_of_columns

US, EU, ISO = "MM/DD/YYYY", "DD/MM/YYYY", "YYYY-MM-DD"


def fits(n, **of):
    """So many values of a column, of which formats (by US, EU, ISO) fit some."""
    return DateFits(
        n, 0, dict.fromkeys(DATE_FORMATS, 0) | {{"us": US, "eu": EU, "iso": ISO, "serial": "serial"}[name]: k for name, k in of.items()}
    )


def test_one_format_of_all_tables_is_one_line():
    """Known, so that nothing is asked."""
    (line,) = date_lines({"episodes": {"Adm": fits(9, us=9)}, "events": {"On": fits(4, us=4, eu=2)}, "scores": {}})
    assert (line.section, line.key, line.value, line.question) == (("data",), "date_format", US, None)
    assert line.note == 'the one format that fits every value of "Adm", "On"'


def test_tables_that_differ_have_a_line_each():
    """In a section of their own."""
    lines = date_lines({"episodes": {"Adm": fits(9, us=9)}, "events": {"On": fits(4, iso=4)}})
    assert [(line.section, line.key, line.value) for line in lines] == [
        (("date_format",), "episodes", US),
        (("date_format",), "events", ISO),
    ]


def test_another_column_of_the_table_decides():
    """Two formats fit one column, and one of them the other."""
    (line,) = date_lines({"episodes": {"Adm": fits(9, us=9, eu=9), "Dc": fits(9, us=3, eu=9)}})
    assert (line.value, line.question) == (EU, None)


def test_two_formats_are_asked_without_a_guess():
    """Read the other way round every day would be another."""
    (line,) = date_lines({"episodes": {"Adm": fits(9, us=9, eu=9)}})
    assert (line.value, line.question.allowed, line.question.guess) == ("", (US, EU), "")
    assert "because no day is above 12" in line.question.words


def test_no_format_is_asked_with_the_one_that_fits_most():
    """More than half of the values; else nothing is guessed."""
    for n, guess in ((5, US), (4, "")):
        (line,) = date_lines({"episodes": {"Adm": fits(8, us=n), "Dc": fits(0)}})
        assert (line.value, line.question.allowed, line.question.guess) == ("", DATE_FORMATS, guess)
        assert f'"Adm": {US} fits {n} of 8' in line.note
    (line,) = date_lines({"episodes": {"Adm": fits(8)}})
    assert '"Adm": no format fits any' in line.note


def test_day_numbers_of_a_spreadsheet_are_a_format():
    """Every value is a number of 5 digits: nothing is asked, and the note says how they count."""
    (line,) = date_lines({"episodes": {"Adm": fits(8, serial=8)}})
    assert (line.value, line.question) == ("serial", None) and "numbers of days, 45382 is 2024-03-31" in line.note


def test_nothing_to_say():
    """No column of dates, or none with a value."""
    assert date_lines({}) == date_lines({"episodes": {}}) == []


def test_words_that_mean_no_value_are_no_dates():
    """A column of days by its type needs no format, and a column without values says nothing."""
    with closing(Scratch()) as scratch:
        scratch.raw.add_select(
            "export", "SELECT * FROM (VALUES ('03/13/2024', DATE '2024-01-02', NULL), ('N/A', NULL, 'n.a.')) AS t(a, b, c)"
        )
        found = fits_of_columns(scratch, "export", ["a", "b", "c"])
    assert {column: (each.n, each.all) for column, each in found.items()} == {"a": (1, (US,))}
