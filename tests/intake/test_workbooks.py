"""One program as CSV, .xlsx, .xls and .ods: the identical tables; and what a sheet may hold that a text may not."""

import builtins
import csv
import hashlib
from datetime import date, datetime, timedelta

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_PARTIAL, DataError
from iop_outcomes.intake.propose import propose
from tests.adapters import prepared, program
from tests.intake import books, sites

SYNTHETIC = {"data": {"class": "synthetic"}}
KINDS = [".xlsx", ".xls", ".ods"]
HEAD = ["episode_id", "track", "discharge_reason", "los_days"]
ROWS = [HEAD, *([f"{i:05}", "mood", "completed", 20.0 + i] for i in range(24))]


def loaded(source, mapping=SYNTHETIC, **options):
    """A program, closed when the test ends."""
    return iop.load(source, mapping=mapping, **options)


def levels(source, column, mapping=SYNTHETIC, **options):
    """The levels of a column with their counts."""
    with loaded(source, mapping, **options) as data:
        return {cell[0]: n for cell, n in data.count([Column(column)])}


def notes(source, mapping=SYNTHETIC, **options):
    """Findings by rule."""
    with loaded(source, mapping, **options) as data:
        return {finding.rule: finding for finding in data.findings}


def typed_rows():
    """The 30-episode program as rows of cells: dates as dates, numbers as numbers, ids as text."""
    sheets = {}
    for table, columns in prepared.typed().items():
        sheets[table] = [list(columns), *map(list, zip(*columns.values(), strict=True))]
    return sheets


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The program as CSV."""
    return prepared.csv_cells(tmp_path_factory.mktemp("csv"))


# -- the same program --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", [True, False])
def test_one_workbook_loads_to_the_identical_tables(kind, typed, expected, tmp_path):
    """A folder that holds nothing but a workbook, with sheets called like tables; typed cells, or nothing but text."""
    texts = {table: [list(rows[0]), *(list(row.values()) for row in rows)] for table, rows in program.tables().items()}
    books.write(tmp_path / f"export{kind}", typed_rows() if typed else texts)
    assert prepared.cells_of(tmp_path) == expected


@pytest.mark.parametrize("typed", [True, False])
def test_parts_at_the_root_of_the_zip(typed, expected, tmp_path):
    """A workbook whose list of sheets stands beside its folders is the same workbook."""
    texts = {table: [list(rows[0]), *(list(row.values()) for row in rows)] for table, rows in program.tables().items()}
    books.at_the_root(books.write(tmp_path / "export.xlsx", typed_rows() if typed else texts))
    assert prepared.cells_of(tmp_path) == expected


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_for_each_table_loads_to_them_too(kind, expected, tmp_path):
    """episodes.xlsx, scores.xlsx and events.xlsx, the sheets of which are called as they like; the path itself may be given."""
    for table, rows in typed_rows().items():
        books.write(tmp_path / f"{table}{kind}", {"Sheet 1": rows})
    assert prepared.cells_of(tmp_path) == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("ending", [".XLSX", ".xls", ".ods"])
def test_a_workbook_is_what_it_holds(kind, ending, tmp_path):
    """Many a system writes one kind under the name of another."""
    books.write(tmp_path / f"a{kind}", {"A": ROWS}).rename(tmp_path / f"book{ending}")
    assert levels(tmp_path, "track") == {"mood": 24}


@pytest.mark.parametrize("kind", KINDS)
def test_days_counted_from_1904(kind, expected, tmp_path):
    """A workbook may count its days from another year; they are the same days."""
    books.write(tmp_path / f"export{kind}", typed_rows(), mac=True)
    assert prepared.cells_of(tmp_path / f"export{kind}") == expected


@pytest.mark.parametrize("kind", KINDS)
def test_blank_rows_and_columns_change_nothing(kind, expected, tmp_path):
    """Blank rows before, between and behind, a blank column at the left and one in the middle."""
    sheets = {}
    for table, rows in typed_rows().items():
        wide = [[None, *row[:2], None, *row[2:]] for row in rows]
        sheets[table] = [[], [], *wide[:3], [None] * 4, [], *wide[3:], [None], []]
    books.write(tmp_path / f"export{kind}", sheets)
    assert prepared.cells_of(tmp_path) == expected
    found = {finding.rule: finding for finding in iop.load(tmp_path, mapping=program.MAPPING).findings}
    assert (found["blank_lines"].lines, found["blank_lines"].unit) == ((6, 7), "row")


def test_what_stands_beside_it_in_csv_is_read_too(tmp_path):
    """episodes.xlsx beside scores.csv: the workbook is the table that it is called like."""
    sites.write(tmp_path, mapping=None, episodes=None, events=None)
    books.write(tmp_path / "episodes.xlsx", {"scores": [["x"], [1]], "episodes": sites.episodes()})
    with loaded(tmp_path) as data:
        assert [source.name for source in data.provenance.sources] == ["episodes.xlsx#episodes", "scores.csv"]


# -- which sheet -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_named_in_the_mapping(kind, tmp_path):
    """The sheet may have any name, blanks and a # among them; other sheets are named, hidden ones as such, and not read."""
    sheets = {"Cover": [["nothing"]], "Sheet #1": ROWS, "Lookup": [["x"], [1]], "Blank": []}
    path = books.write(tmp_path / f"book{kind}", sheets, hidden=["Lookup"])
    mapping = {**SYNTHETIC, "tables": {"episodes": f"book{kind}#Sheet #1"}}
    assert levels(tmp_path, "track", mapping) == {"mood": 24}
    note = notes(path, mapping)["sheets_not_read"]
    assert note.message == "sheets that are not read: Cover, Lookup (hidden)"


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_sheets_are_read_only_when_they_are_named(kind, tmp_path):
    """One sheet for all to see is the only one; a hidden one is read by name, and that is said."""
    books.write(tmp_path / f"book{kind}", {"A": ROWS, "old": ROWS[:13]}, hidden=["old"])
    assert levels(tmp_path, "track") == {"mood": 24}
    mapping = {**SYNTHETIC, "tables": {"episodes": f"book{kind}#old"}}
    assert levels(tmp_path, "track", mapping) == {"mood": 12}
    assert notes(tmp_path, mapping)["hidden_sheet"].file == f"book{kind}#old"


def test_several_sheets_and_none_called_like_a_table(tmp_path):
    """The message names the sheets and the line to write; that line works."""
    path = books.write(tmp_path / "book.xlsx", {"North": ROWS, "South": ROWS, "Old": ROWS}, hidden=["Old"])
    with pytest.raises(DataError) as caught:
        loaded(tmp_path)
    shown = str(caught.value)
    assert "which_sheet" in shown and "The sheets are: North, South, Old (hidden)" in shown
    assert '[tables] episodes = "book.xlsx#North"' in shown
    assert levels(path, "track", {**SYNTHETIC, "tables": {"episodes": "book.xlsx#North"}}) == {"mood": 24}


def test_a_sheet_that_is_not_there(tmp_path):
    """It is refused, and those that are there are named."""
    books.write(tmp_path / "book.xlsx", {"North": ROWS})
    with pytest.raises(DataError, match=r"book\.xlsx: no_such_sheet: .+ The sheets are: North"):
        loaded(tmp_path, {**SYNTHETIC, "tables": {"episodes": "book.xlsx#north"}})


def test_two_workbooks_and_no_table(tmp_path):
    """Nobody could say which was meant; neither the lock that Excel leaves beside an open one nor what Windows leaves is one."""
    books.write(tmp_path / "a.xlsx", {"North": ROWS})
    (tmp_path / "~$a.xlsx").write_bytes(b"lock")
    (tmp_path / "Thumbs.db").write_bytes(b"pictures")
    assert levels(tmp_path, "track") == {"mood": 24}
    books.write(tmp_path / "b.ods", {"North": ROWS})
    with pytest.raises(DataError, match=r"which_file: .+ a\.xlsx, b\.ods.+\[tables\] episodes"):
        loaded(tmp_path)


def test_sheets_of_contacts_stand_in_the_place_of_episodes(tmp_path):
    """A sheet called contacts is a table of contacts."""
    rows = [["patient_id", "track", "contact_date"], *([f"p{i}", "mood", date(2024, 1, 1 + i)] for i in range(20))]
    rows[0][2] = "date"
    books.write(tmp_path / "book.xlsx", {"contacts": rows})
    with loaded(tmp_path, {"data": {"class": "synthetic", "cutoff": "2024-12-31"}}) as data:
        assert data.episodes == 20


# -- cells -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_text_stays_text_and_whole_numbers_are_whole(kind, tmp_path):
    """00123 keeps its zeros; 15.0 is 15, and so is a number whose last digit the machine got wrong."""
    rows = [HEAD, ["00123", "mood", "completed", 15.0], ["123", "7", "completed", 14.999999999999998], [124, 7, "completed", 15]]
    books.write(tmp_path / f"book{kind}", {"A": rows})
    assert levels(tmp_path, "episode_id") == {"00123": 1, "123": 1, "124": 1}
    assert levels(tmp_path, "los_days") == {15: 3}
    assert levels(tmp_path, "track") == {"mood": 1, "7": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_a_moment_is_its_day_and_a_flag_a_flag(kind, tmp_path):
    """A date with a time of day is its day; TRUE is 1."""
    rows = [[*HEAD[:3], "admit_date", "discharge_date"]]
    rows += [[f"e{i}", "mood", "completed", datetime(2024, 1, 1 + i, 14, 30), date(2024, 2, 1 + i)] for i in range(5)]
    events = [
        ["episode_id", "event", "day", "planned"],
        ["e0", "readmission_psychiatric", 50, True],
        ["e1", "readmission_psychiatric", 50, False],
    ]
    books.write(tmp_path / f"book{kind}", {"episodes": rows, "events": events})
    with loaded(tmp_path) as data:
        ask = data.engine.connection.duckdb.execute
        assert ask("SELECT DISTINCT los_days FROM episodes").fetchall() == [(31,)]
        assert sorted(ask("SELECT planned FROM events").fetchall()) == [(0,), (1,)]


@pytest.mark.parametrize("date_format", ["MM/DD/YYYY", "DD/MM/YYYY", "DD.MM.YYYY", "DD-Mon-YYYY", "YYYYMMDD", "YYYY-MM-DD", "serial"])
def test_dates_and_texts_of_dates_in_one_column(date_format, tmp_path):
    """Where somebody typed a date that the spreadsheet took for text, the declared format reads both."""
    written = {
        "MM/DD/YYYY": "1/31/2024", "DD/MM/YYYY": "31/1/2024", "DD.MM.YYYY": "31.1.2024",
        "DD-Mon-YYYY": "31-jan-2024", "YYYYMMDD": "20240131", "YYYY-MM-DD": "2024-1-31", "serial": "45322",
    }[date_format]  # fmt: skip
    rows = [[*HEAD[:3], "admit_date", "discharge_date"]]
    rows += [[f"e{i}", "mood", "completed", [date(2024, 1, 31), written][i % 2], date(2024, 2, 29)] for i in range(4)]
    books.write(tmp_path / "book.xlsx", {"A": rows})
    assert levels(tmp_path, "los_days", {"data": {"class": "synthetic", "date_format": date_format}}) == {29: 4}


def test_numbers_beside_texts_with_a_decimal_comma(tmp_path):
    """The declared decimal mark is that of texts; numbers are numbers."""
    rows = [["episode_id", "scale", "day", "score"], ["00000", "gad7", 0, "12,0"], ["00001", "gad7", 0, 9.0]]
    books.write(tmp_path / "book.xlsx", {"episodes": ROWS, "scores": rows})
    with loaded(tmp_path, {**SYNTHETIC, "text": {"decimal": ","}}) as data:
        assert sorted(data.engine.connection.duckdb.execute("SELECT score FROM scores").fetchall()) == [(9,), (12,)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_formula_without_a_result(kind, tmp_path):
    """Workbook, sheet, row and column are named; where the column is read the row is an error, and it is never a blank or a value."""
    rows = [[*HEAD, "remark"], *([*row, "x"] for row in ROWS[1:])]
    rows[5][4] = "#REF!"
    books.write(tmp_path / f"book{kind}", {"A": rows})
    note = notes(tmp_path)["formula_error"]
    assert (note.file, note.column, note.lines, note.unit, note.severity) == (f"book{kind}#A", "remark", (6,), "row", "warning")
    rows[3][1] = rows[4][3] = "#N/A"
    books.write(tmp_path / f"book{kind}", {"A": rows})
    with pytest.raises(DataError) as caught:
        loaded(tmp_path)
    shown = str(caught.value)
    assert f"book{kind}#A:4: track: control_character" in shown
    assert f"book{kind}#A:5: los_days: not_whole_number" in shown
    assert levels(tmp_path, "track", on_error="exclude") == {"mood": 22}


def test_merged_cells_hold_for_the_rows_that_they_cover(tmp_path):
    """A track written once for its rows; not beyond them, not across columns, not over a value; ids would then be there twice."""
    openpyxl = books.library("openpyxl")
    path = tmp_path / "book.xlsx"
    books.write(path, {"A": ROWS})
    book = openpyxl.load_workbook(path)
    sheet = book["A"]
    for row in range(2, 26):
        sheet.cell(row, 2, "mood" if row < 14 else "dual")
    for cells in ("B2:B13", "B14:B24"):  # which leaves the last of the second one out
        sheet.merge_cells(cells)
    sheet["B25"] = None
    book.save(path)
    assert levels(path, "track") == {"mood": 12, "dual": 11, None: 1}
    assert (notes(path)["merged_cells"].lines, notes(path)["merged_cells"].severity) == ((2, 14), "warning")
    sheet.merge_cells("A5:A6")
    sheet.merge_cells("C8:D8")
    book.save(path)
    with pytest.raises(DataError, match=r"book\.xlsx#A:5: episode_id: duplicate_id") as caught:
        loaded(path)
    assert [finding.lines for finding in caught.value.findings if finding.rule == "merged_cells"] == [(2, 5, 14), (8,)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_title_and_two_header_rows(kind, tmp_path):
    """A title above is declared by skip_rows, a second row of names by header_rows; without them the message says so."""
    head = [["phq9 scores", None, None, None], [*HEAD[:3], None], [None, None, None, "los_days"]]
    path = books.write(tmp_path / f"book{kind}", {"A": [*head, *ROWS[1:]]})
    with pytest.raises(DataError, match=rf"book{kind}#A:1: blank_header: column B has no name .+ skip_rows = 1"):
        loaded(path)
    text = {"episodes": {"skip_rows": 1, "header_rows": 2}}
    assert sum(levels(path, "los_days", {**SYNTHETIC, "text": text}).values()) == 24
    faulty = [*head, *ROWS[1:5], ["e", "mood", "nobody knows", 3], *ROWS[6:]]
    books.write(path, {"A": faulty})
    with pytest.raises(DataError, match=rf"book{kind}#A:8: discharge_reason: unknown_code"):
        loaded(path, {**SYNTHETIC, "text": text})


def test_three_header_rows_of_qualtrics_are_recognised(tmp_path):
    """As in CSV: short names, questions, ids of the import."""
    ids = [f'{{"ImportId":"{name}"}}' for name in HEAD]
    books.write(tmp_path / "book.xlsx", {"A": [HEAD, ["Which?"] * 4, ids, *ROWS[1:]]})
    assert levels(tmp_path, "track") == {"mood": 24}
    assert "3 header rows" in notes(tmp_path)["header_rows"].message


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (["episode_id", "track", "track", "los_days"], r"A:1: duplicate_header"),
        (["episode_id", "track", None, "los_days"], r"A:1: blank_header: column C has no name"),
        (["episode_id;track;discharge_reason;los_days", "", "", ""], r"A:1: wrong_delimiter: .+Text to Columns"),
        (["a", "b", "c", "d"], r"A:1: no_known_column: .+\[columns\.episodes\]"),
        (["episode_id", "Track", "discharge_reason", "los_days"], r'A:1: Track: other_spelling: .+"track".+\[columns\.episodes\]'),
    ],
)
def test_headers_are_held_to_what_those_of_csv_are(head, words, tmp_path):
    """The same checks, under the name of the sheet and with its row."""
    rows = ROWS[1:] if all(head[:2]) else [[";".join(map(str, row))] for row in ROWS[1:]]
    books.write(tmp_path / "book.xlsx", {"A": [head, *rows]})
    with pytest.raises(DataError, match=words) as caught:
        loaded(tmp_path)
    assert {finding.unit for finding in caught.value.findings} == {"row"}


# -- around it ---------------------------------------------------------------------------------------------------------


def test_the_fingerprint_is_of_the_workbook(tmp_path):
    """The provenance names workbook and sheet and the hash of the file."""
    path = books.write(tmp_path / "book.xlsx", {"A": ROWS})
    with loaded(path) as data:
        source = data.provenance.sources[0]
    assert (source.name, source.rows, source.sha256) == ("book.xlsx#A", 24, hashlib.sha256(path.read_bytes()).hexdigest())


def test_rows_in_are_those_used_and_those_excluded(tmp_path):
    """Blank rows are no rows; a faulty one is counted."""
    rows = [*ROWS[:10], [], ["x", "mood", "nobody knows", 3], *ROWS[10:]]
    books.write(tmp_path / "book.xlsx", {"A": rows})
    with loaded(tmp_path, on_error="exclude") as data:
        flow = data.flow[0]
    assert (flow.rows_in, flow.used, flow.excluded) == (25, 24, {"rows with an error": 1})


def test_without_the_library_the_message_says_what_to_install(tmp_path, monkeypatch, capsys):
    """The extra is named, and another way out; the exit code is 3."""
    books.write(tmp_path / "book.xlsx", {"A": ROWS})
    real = builtins.__import__

    def imports(name, *arguments, **options):
        if name.split(".")[0] == "python_calamine":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", imports)
    assert run(["check", str(tmp_path)]) == EXIT_PARTIAL
    shown = capsys.readouterr().out
    assert "library_missing" in shown and 'pip install "iop-outcomes[formats]"' in shown and "CSV" in shown


def test_map_proposes_the_sheets(tmp_path):
    """Each sheet that anybody can see is a table it may be; the lines that it writes are read."""
    episodes = [["Enc ID", "Program", "discharge_reason", "los_days"], *ROWS[1:]]
    notes_of_nobody = [["some words"], ["more words"]]
    scores = [["Enc ID", "scale", "day", "score"], *([f"{i:05}", "gad7", 0, 9] for i in range(24))]
    books.write(tmp_path / "book.xlsx", {"Notes": notes_of_nobody, "Admissions": episodes, "gad": scores, "old": ROWS}, hidden=["old"])
    text = propose(tmp_path).text
    assert 'episodes = "book.xlsx#Admissions"' in text and 'scores = "book.xlsx#gad"' in text
    assert "files that are not read: book.xlsx#Notes" in text
    done = "\n".join(line.removeprefix("# to finish: ") for line in text.splitlines()).replace('class = ""', 'class = "synthetic"')
    (tmp_path / "mapping.toml").write_text(done, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.episodes == 24


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    """The text that a sheet is read by stands in the private folder alone, and goes with it."""
    books.write(tmp_path / "book.xlsx", {"A": ROWS})
    with loaded(tmp_path) as data:
        folder = data.engine.connection.folder
        assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
    assert not folder.exists()


def test_values_are_those_of_a_slow_reader(tmp_path):
    """What the other library, which reads cell by cell, makes of the same sheet."""
    openpyxl = books.library("openpyxl")
    rows = [["episode_id", "track", "discharge_reason", "los_days", "payer"]]
    rows += [[f"e{i}", "mood", "completed", i * 1.0, ["a", 'b "quoted", with comma', "c; d", "é ü"][i % 4]] for i in range(40)]
    path = books.write(tmp_path / "book.xlsx", {"A": rows})
    slow = [tuple(row) for row in openpyxl.load_workbook(path)["A"].iter_rows(min_row=2, values_only=True)]
    with loaded(tmp_path) as data:
        fast = data.engine.connection.duckdb.execute("SELECT episode_id, track, discharge_reason, los_days, payer FROM episodes").fetchall()
    assert sorted(fast) == sorted(slow)


def test_csv_text_is_never_mistaken(tmp_path):
    """A CSV with a # in its name is a file like any other."""
    path = tmp_path / "a#b.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(ROWS)
    assert levels(tmp_path, "track", {**SYNTHETIC, "tables": {"episodes": "a#b.csv"}}) == {"mood": 24}


def test_a_stay_counted_by_dates_is_exact(tmp_path):
    """Serial days over a leap day and the turn of a year."""
    pairs = [(date(2023, 12, 31), 1), (date(2024, 2, 28), 2), (date(1999, 12, 31), 366), (date(1990, 1, 1), 3)]
    rows = [[*HEAD[:3], "admit_date", "discharge_date"]]
    rows += [[f"e{i}", "mood", "completed", start, start + timedelta(days)] for i, (start, days) in enumerate(pairs)]
    for name, mac in (("a.xlsx", False), ("b.xlsx", True)):
        books.write(tmp_path / name, {"A": rows}, mac=mac)
        assert levels(tmp_path / name, "los_days") == {1: 1, 2: 1, 366: 1, 3: 1}
