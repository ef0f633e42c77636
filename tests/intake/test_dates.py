"""Dates as a site writes them: one program in every format, and no format used that nobody declared."""

import re
from datetime import date, datetime

import pandas as pd
import pytest
from openpyxl.utils.datetime import from_excel

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, DataError
from iop_outcomes.intake.dates import DATE_FORMATS, day_sql
from tests.intake import sites

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# Each format as a person would write it, with and without leading zeros.
WRITE = {
    "YYYY-MM-DD": (lambda d: f"{d.year}-{d.month:02}-{d.day:02}", lambda d: f"{d.year}-{d.month}-{d.day}"),
    "MM/DD/YYYY": (lambda d: f"{d.month:02}/{d.day:02}/{d.year}", lambda d: f"{d.month}/{d.day}/{d.year}"),
    "DD/MM/YYYY": (lambda d: f"{d.day:02}/{d.month:02}/{d.year}", lambda d: f"{d.day}/{d.month}/{d.year}"),
    "DD.MM.YYYY": (lambda d: f"{d.day:02}.{d.month:02}.{d.year}", lambda d: f"{d.day}.{d.month}.{d.year}"),
    "DD-Mon-YYYY": (lambda d: f"{d.day:02}-{MONTHS[d.month - 1]}-{d.year}", lambda d: f"{d.day}-{MONTHS[d.month - 1].upper()}-{d.year}"),
    "YYYYMMDD": (lambda d: f"{d.year}{d.month:02}{d.day:02}", lambda d: f"{d.year}{d.month:02}{d.day:02}"),
    "YYYY/MM/DD": (lambda d: f"{d.year}/{d.month:02}/{d.day:02}", lambda d: f"{d.year}/{d.month}/{d.day}"),
    "MM-DD-YYYY": (lambda d: f"{d.month:02}-{d.day:02}-{d.year}", lambda d: f"{d.month}-{d.day}-{d.year}"),
    "DD-MM-YYYY": (lambda d: f"{d.day:02}-{d.month:02}-{d.year}", lambda d: f"{d.day}-{d.month}-{d.year}"),
    "MM/DD/YY": (lambda d: f"{d.month:02}/{d.day:02}/{d:%y}", lambda d: f"{d.month}/{d.day}/{d:%y}"),
    "DD/MM/YY": (lambda d: f"{d.day:02}/{d.month:02}/{d:%y}", lambda d: f"{d.day}/{d.month}/{d:%y}"),
    "DD.MM.YY": (lambda d: f"{d.day:02}.{d.month:02}.{d:%y}", lambda d: f"{d.day}.{d.month}.{d:%y}"),
    "DD-Mon-YY": (lambda d: f"{d.day:02}-{MONTHS[d.month - 1]}-{d:%y}", lambda d: f"{d.day}-{MONTHS[d.month - 1].upper()}-{d:%y}"),
    "Mon DD, YYYY": (lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}", lambda d: f"{MONTHS[d.month - 1].upper()} {d.day:02}, {d.year}"),
    "DD Mon YYYY": (lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}", lambda d: f"{d.day:02} {MONTHS[d.month - 1].upper()} {d.year}"),
    "serial": (lambda d: str((d - date(1899, 12, 30)).days), lambda d: f"{(d - date(1899, 12, 30)).days}.0"),
}
ALIKE = ("YYYY/MM/DD", "MM-DD-YYYY", "DD-MM-YYYY", "DD/MM/YY", "DD.MM.YY")  # ones of which another shows all that may differ
BEHIND = ("", " 09:30", "T23:30:00Z", " 23:59:59.123-05:00", "T00:00+0530", " 11:30 PM EST", " 12:00:00 AM")
NO_DATES = {
    "31/02/2024",
    "2024-02-30",
    "30.02.2024",
    "31-Feb-2024",
    "20240230",
    "3/31/24",
    "24-03-31",
    "45382",
    "20100",
    "23000",
    "45382.5",
    "2024-03-31 25:00",
    "03/31/2024 13:00 PM",
    "03/31/2024 noon",
    "31-Mai-2024",
    "2024-13-01",
    "13/13/2024",
    "2024/03/31",
    "03-31-2024",
    "March 31, 2024",
    "2024-03",
    "0/10/2024",
    "--",
}
COLUMNS = ("admit_date", "discharge_date")
REQUESTS = [Column("los_days"), Column("discharge_quarter"), Column("admit_month"), Column("track")]


def written(date_format, behind=("",), plain=0):
    """The dated program with its dates in a format, and something behind them in turn."""
    rows = sites.dated()
    places = [rows[0].index(column) for column in COLUMNS]
    for number, row in enumerate(rows[1:]):
        for place in places:
            row[place] = WRITE[date_format][plain](date.fromisoformat(row[place])) + behind[(number + place) % len(behind)]
    return rows


def counts(path, **more):
    """What the loaded program counts, and its findings."""
    with iop.load(path, **more) as data:
        return list(data.count(REQUESTS)), [(finding.rule, finding.severity) for finding in data.findings]


def folder_of(tmp_path, rows, date_format=None, **more):
    """A folder with these episodes, their format declared."""
    declared = f'date_format = "{date_format}"\n' if date_format else ""
    path = sites.write(tmp_path / "data", mapping=sites.DATED + declared, episodes=rows, scores=None, events=None)
    for table, extra in more.items():
        (path / f"{table}.csv").write_text(sites.text(extra))
    return path


@pytest.mark.parametrize("plain", [0, 1])
@pytest.mark.parametrize("date_format", [pytest.param(name, marks=pytest.mark.long if name in ALIKE else ()) for name in DATE_FORMATS])
def test_one_program_in_every_format(tmp_path, date_format, plain):
    """Declared, each format gives the counts and the findings of the same program in ISO dates, times and zones cut off."""
    expected = counts(sites.write(tmp_path / "iso", mapping=sites.DATED, episodes=sites.dated(), scores=None, events=None))
    others = {"YYYYMMDD": ("", "T1200", "T235959Z", "202359", "0900-0500", ".0"), "serial": ("", "75") if plain else ("", ".0", ".9999")}
    behind = others.get(date_format, BEHIND)
    assert counts(folder_of(tmp_path, written(date_format, behind, plain), date_format)) == expected


def _slow(text, date_format):
    """The day of a text, by the library for a date alone; None where there is none."""
    if date_format == "serial":  # as openpyxl reads a cell of Excel that is formatted as a date
        return from_excel(int(float(text))).date() if re.fullmatch(r"[345]\d{4}(\.\d+)?", text) and 33_000 <= float(text) < 55_000 else None
    words = {"YYYY": "%Y", "Mon": "%b", "MM": "%m", "DD": "%d", "YY": "%y"}
    pattern = re.sub("YYYY|YY|Mon|MM|DD", lambda match: words[match[0]], date_format)
    digits = re.sub(r"[^0-9]+", " ", text).split()
    text = re.sub(r"^March ", "Mar ", text)  # months in whole words
    try:
        day = datetime.strptime(text, pattern).date()
    except ValueError:
        return None
    whole = 2000 <= day.year < 2050 if "YYYY" not in date_format else any(len(part) >= 4 for part in digits)
    return day if whole and text.isascii() else None


@pytest.mark.parametrize("date_format", DATE_FORMATS)
def test_each_format_reads_what_the_library_reads(synthetic, date_format):
    """Every day of two years in every format, and what is no date, judged one by one."""
    days = [date.fromordinal(date(2023, 12, 1).toordinal() + n) for n in range(0, 500, 3)]
    texts = sorted({write(day) for day in days for writers in WRITE.values() for write in writers} | NO_DATES)
    for text, day in _days(texts, date_format):
        assert day == _slow(text, date_format), text


def _days(texts, date_format):
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE texts AS SELECT unnest(?) AS text", [list(texts)])
        return connection.execute(f"SELECT text, {day_sql('text', date_format)} FROM texts").fetchall()


def test_no_text_is_a_date_of_two_formats_but_those_of_the_slashes():
    """So that a format that fits every value is the only one, unless no day is above 12."""
    texts = sorted({write(date(2024, month, 9)) for month in range(1, 13) for writers in WRITE.values() for write in writers})
    by_format = {name: {text for text, day in _days(texts, name) if day} for name in DATE_FORMATS}
    for name, each in by_format.items():
        for other, others in by_format.items():
            assert name == other or not each & others or sorted(name) == sorted(other)  # day and month alone


# -- what is not declared ---------------------------------------------------------------------------------------------


# -- what is declared --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", sorted(NO_DATES))
def test_a_value_that_does_not_fit(tmp_path, capsys, value):
    """File, line, column and format are named; the value is not."""
    rows = sites.planted(written("MM/DD/YYYY"), 4, "discharge_date", value)
    assert run(["check", str(folder_of(tmp_path, rows, "MM/DD/YYYY"))]) == EXIT_USAGE
    shown = capsys.readouterr().out
    assert "error: episodes.csv:5: discharge_date: invalid_date: not a date written as MM/DD/YYYY (line 5)" in shown
    assert value not in shown


def test_a_format_for_one_table(tmp_path):
    """A table's own line wins over that of all tables."""
    declared = sites.DATED + 'date_format = "DD.MM.YYYY"\n[date_format]\nepisodes = "MM/DD/YYYY"\n'
    path = sites.write(tmp_path / "data", mapping=declared, episodes=written("MM/DD/YYYY"), scores=None, events=None)
    expected = counts(sites.write(tmp_path / "iso", mapping=sites.DATED, episodes=sites.dated(), scores=None, events=None))
    assert counts(path) == expected


@pytest.mark.parametrize("given", ["%m/%d/%Y", "mm/dd/yyyy", "MM/YY", "", 5, ["MM/DD/YYYY"]])
def test_a_format_outside_the_list(given):
    """What is allowed is said."""
    with pytest.raises(DataError, match=r"\[data\] date_format: .* is not allowed\..*YYYY-MM-DD"):
        iop.load(pd.DataFrame(sites.dated()[1:], columns=sites.dated()[0]), mapping={"data": {"class": "synthetic", "date_format": given}})


def test_contacts_with_their_dates(tmp_path):
    """Contacts are read in their format, and the episodes built from them are the same."""
    rows = [["patient_id", "track", "date"], *([f"p{i % 5}", "mood", f"2024-0{1 + i // 10}-{1 + i % 28:02}"] for i in range(40))]
    iso = sites.write(tmp_path / "iso", mapping=sites.DATED, episodes=None, scores=None, events=None)
    (iso / "contacts.csv").write_text(sites.text(rows))
    us = [rows[0], *([who, track, WRITE["MM/DD/YYYY"][0](date.fromisoformat(day))] for who, track, day in rows[1:])]
    path = folder_of(tmp_path, None, "MM/DD/YYYY", contacts=us)
    assert counts(path) == counts(iso)


def test_other_layouts_keep_theirs(tmp_path):
    """Their dates are ISO by definition: another format beside one is a slip."""
    with pytest.raises(DataError, match='date_format: "MM/DD/YYYY" with layout omop'):
        iop.load(tmp_path, layout="omop", mapping={"data": {"class": "synthetic", "date_format": "MM/DD/YYYY"}})


@pytest.mark.parametrize(
    "text",
    [
        write(date(2024, 3, 31)) + behind
        for name, each in WRITE.items()
        if name not in ("serial", *ALIKE)
        for write in each
        for behind in ("", " 09:30")
    ],
)
def test_dates_in_labels_are_seen(tmp_path, text):
    """Under the strictest class a date is refused in every format, where it stands in a column that is read."""
    rows = sites.planted(sites.episodes(), 4, "track", text)
    for row in rows[1:]:
        row[1] = text  # 8 digits are dates where enough of the rows have them
    with pytest.raises(DataError, match="track: dates_not_allowed") as refusal:
        iop.load(sites.write(tmp_path / "data", mapping='[data]\nclass = "safe_harbor"\n', episodes=rows, scores=None, events=None))
    assert text not in str(refusal.value)


def test_compact_times_are_dates_too(tmp_path):
    """A time stamp of HL7 in a label is a date."""
    rows = sites.episodes()
    for row in rows[1:]:
        row[1] = "202403310930"
    with pytest.raises(DataError, match="track: dates_not_allowed"):
        iop.load(sites.write(tmp_path / "data", mapping='[data]\nclass = "safe_harbor"\n', episodes=rows, scores=None, events=None))


def test_the_proposal_loads(tmp_path):
    """What map writes, with the class decided, is a mapping that reads the file."""
    path = folder_of(tmp_path, written("MM/DD/YYYY", BEHIND))
    (path / "mapping.toml").unlink()
    assert run(["map", str(path), "-o", str(path / "mapping.toml")]) == EXIT_FINDINGS
    text = (path / "mapping.toml").read_text()
    (path / "mapping.toml").write_text(re.sub(r'# to finish: class = ""', 'class = "synthetic"', text))
    assert run(["check", str(path)]) == EXIT_DONE
