"""Takes dates that are not written as declared, gives the formats that would fit, said with the line to write and never used."""

import re
from contextlib import closing
from datetime import date

import pytest

from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_USAGE
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.date_offers import DateFits, count_fits, declare_hint
from iop_outcomes.intake.dates import DATE_FORMATS
from iop_outcomes.intake.propose import propose
from tests.intake import sites
from tests.intake.test_dates import ALIKE, WRITE, folder_of, written


def ambiguous():
    """The program with no day above 12."""
    rows = sites.dated()
    for number, row in enumerate(rows[1:]):
        row[3:6] = [f"{1 + number % 6:02}/{1 + number % 11:02}/2024", f"{7 + number % 5:02}/{1 + number % 12:02}/2024", ""]
    return rows


@pytest.mark.parametrize(
    "date_format", [pytest.param(name, marks=pytest.mark.long if name in ALIKE else ()) for name in DATE_FORMATS if name != "YYYY-MM-DD"]
)
def test_a_format_is_said_and_not_used(tmp_path, capsys, date_format):
    """Check names the format that fits every value, with the line to write; the data are refused until it is there."""
    rows = written(date_format)  # days run to 24
    path = folder_of(tmp_path, rows)
    assert run(["check", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr().out
    words = (
        "every value is a number of 5 digits, as a spreadsheet keeps days"
        if date_format == "serial"
        else f"a date written as {date_format}"
    )
    assert words in shown and f'[data] date_format = "{date_format}"' in shown
    assert rows[1][3] not in shown
    assert f'date_format = "{date_format}"    # the one format that fits every value' in propose(path).text


def test_two_formats_are_a_question(tmp_path, capsys):
    """Where no day is above 12 nothing is chosen: check and map give both with the reason."""
    path = folder_of(tmp_path, ambiguous())
    assert run(["check", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr().out
    assert shown.count("every value fits MM/DD/YYYY and DD/MM/YYYY, because no day is above 12") == 2 and "Ask who made the export" in shown
    text = propose(path).text
    assert '# to finish: date_format = ""' in text and "because no day is above 12" in text
    assert not re.search(r"^date_format", text, re.MULTILINE)


def test_another_column_of_the_file_decides(tmp_path, capsys):
    """One column fits two formats, and the other one of them: no declaration but that one reads the file."""
    rows = ambiguous()
    rows[9][4] = "13/10/2024"
    path = folder_of(tmp_path, rows)
    assert run(["check", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr().out
    assert "because no day is above 12; the other dates of the file are written as DD/MM/YYYY" in shown
    assert shown.count('[data] date_format = "DD/MM/YYYY"') == 2
    assert '\ndate_format = "DD/MM/YYYY"    # the one format' in propose(path).text


def test_formats_that_fit_some_values(tmp_path, capsys):
    """Half the values in another format: the lines are named, with the format that fits the most, and map asks."""
    rows = sites.dated()
    for row in rows[1:15]:
        row[3] = WRITE["DD.MM.YYYY"][0](date.fromisoformat(row[3]))
    path = folder_of(tmp_path, rows)
    assert run(["check", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr().out
    assert "episodes.csv:2: admit_date: invalid_date" in shown and "DD.MM.YYYY fits 14 of 24 values" in shown
    assert '# to finish: date_format = ""' in propose(path).text


def test_columns_written_in_two_ways(tmp_path, capsys):
    """No format reads both columns: that is said, and none is proposed."""
    rows = sites.dated()
    for row in rows[1:]:
        row[3] = WRITE["DD.MM.YYYY"][0](date.fromisoformat(row[3]))
    assert run(["check", str(folder_of(tmp_path, rows))]) == EXIT_USAGE
    assert "Other dates of the same file are written otherwise: export them alike" in capsys.readouterr().out


def test_serial_numbers_of_a_spreadsheet(tmp_path, capsys):
    """Day numbers are called what they are, and not one of them is shown."""
    rows = sites.dated()
    for number, row in enumerate(rows[1:]):
        row[3] = str(45292 + number)
    path = folder_of(tmp_path, rows, "MM/DD/YYYY")
    assert run(["check", str(path)]) == EXIT_USAGE
    shown = capsys.readouterr().out
    assert "every value is a number of 5 digits, as a spreadsheet keeps days (45382 is 2024-03-31); declared is MM/DD/YYYY" in shown
    assert "45292" not in shown


def test_a_declared_format_that_is_another(tmp_path, capsys):
    """The one declared and the one that fits are both named."""
    assert run(["check", str(folder_of(tmp_path, written("DD/MM/YYYY"), "MM/DD/YYYY"))]) == EXIT_USAGE
    assert "every value is a date written as DD/MM/YYYY; declared is MM/DD/YYYY" in capsys.readouterr().out


def test_values_are_counted_in_one_scan():
    """By column: those that are not blank, the plain ones, day numbers, and what each format reads."""
    cells = {"a": ["03/04/2024", "3/4/2024", "13/04/2024", None], "b": ["45382", "2024-03-31", "45382.5", "soon"], "c": [None] * 4}
    with closing(Scratch()) as scratch:
        scratch.fill("dates", tuple(cells), zip(*cells.values(), strict=True))
        first, second, third = count_fits(scratch, "dates", list(cells))
        assert count_fits(scratch, "dates", []) == []
    assert (first.n, first.plain) == (3, 0)
    assert {name: n for name, n in first.fits.items() if n} == {"MM/DD/YYYY": 2, "DD/MM/YYYY": 3}
    assert (second.n, second.plain, second.fits["serial"], second.fits["YYYY-MM-DD"]) == (4, 1, 2, 1)
    assert first.all == ("DD/MM/YYYY",) and second.all == third.all == ()
    assert third == DateFits(0, 0, dict.fromkeys(DATE_FORMATS, 0))


def test_how_to_declare_a_format():
    """One is declared, of two somebody must know, and none that all columns share is a fault of the export."""
    assert 'date_format = "MM/DD/YYYY" or "DD/MM/YYYY"' in declare_hint("events", ["MM/DD/YYYY", "DD/MM/YYYY"])
    assert '[date_format] events = "YYYYMMDD"' in declare_hint("events", ["YYYYMMDD"])
    assert "export them alike" in declare_hint("events", [])
