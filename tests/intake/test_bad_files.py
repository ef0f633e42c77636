"""One planted fault, one clear line: through the command line, with nothing written and no value of a patient shown."""

import gzip
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass

import pytest

from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_DONE, EXIT_USAGE
from tests.intake import sites

SECRET = "Zq7-secret"  # stands for what a patient's row holds: an id, a score, a date


@dataclass
class Bad:
    """A folder with one fault, and the line it must give: place, column ("" for the whole file), rule, what to do."""

    place: str
    column: str
    rule: str
    hint: str
    tables: dict
    mapping: str = sites.SYNTHETIC
    secret: str = SECRET


def _cell(table, row, column, value, rule, hint, *, named=None, secret=None):
    """A fault in one cell: row n stands on line n + 1."""
    rows = sites.planted(sites.TABLES[table](), row, column, value)
    return Bad(f"{table}.csv:{row + 1}", named or column, rule, hint, {table: rows}, secret=secret or (value if len(value) > 2 else SECRET))


def _date(row, column, value, rule, hint="Correct the file", *, named=None):
    rows = sites.planted(sites.dated(), row, column, value)
    return Bad(f"episodes.csv:{row + 1}", named or column, rule, hint, {"episodes": rows}, mapping=sites.DATED, secret=value)


def _whole(content, rule, hint, *, line=1, column="", table="episodes"):
    """A fault of the file: `line` None when it has no line."""
    place = f"{table}.csv" if line is None else f"{table}.csv:{line}"
    return Bad(place, column, rule, hint, {table: content})


def _xlsx():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as book:
        book.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def _line(table, row, change):
    """The text of a table with one line changed; row n stands on line n + 1."""
    lines = sites.text(sites.TABLES[table]()).splitlines()
    lines[row] = change(lines[row])
    return "\n".join(lines) + "\n"


TEXT = sites.text(sites.episodes())
NUMBERS = ("12.5", "1e3", "1_7", "9,5", "inf", "nan", "0x1f", "17*", "١٧", "12345678901234567890")

BAD = {
    "missing column": _whole(sites.without(sites.episodes(), "track"), "missing_column", "[columns.episodes]", line=None, column="track"),
    "no stay": _whole(sites.without(sites.episodes(), "los_days"), "missing_column", "Add it", line=None, column="los_days"),
    "missing column of scores": _whole(
        sites.without(sites.scores(), "score"), "missing_column", "[columns.scores]", line=None, column="score", table="scores"
    ),
    "missing day of events": _whole(
        [row[:2] for row in sites.events()], "missing_column", "[columns.events]", line=None, column="days_after_discharge", table="events"
    ),
    "wide score 99": _cell("episodes", 5, "phq9_admit", "99", "out_of_range", "[missing]"),
    "wide score -1": _cell("episodes", 5, "phq9_discharge", "-1", "out_of_range", "0 to 27"),
    "long score 99": _cell("scores", 6, "score", "99", "score_out_of_range", "[missing]"),
    "long score 22 is PHQ-9's, not GAD-7's": _cell("scores", 6, "score", "22", "score_out_of_range", "[missing]"),
    "stay below 0": _cell("episodes", 5, "los_days", "-4", "out_of_range", "0 to 36,500"),
    "duplicate id": Bad(
        "episodes.csv:8",
        "episode_id",
        "duplicate_id",
        "Correct the file",
        {
            "episodes": sites.planted(sites.planted(sites.episodes(), 7, "episode_id", SECRET), 24, "episode_id", SECRET),
            "scores": None,
            "events": None,
        },
    ),
    "short row": _whole(_line("episodes", 4, lambda line: line.rpartition(",")[0]), "missing_columns", "quote fields", line=5),
    "very short row": _whole(_line("episodes", 4, lambda _: SECRET), "missing_columns", "quote fields", line=5),
    "long row": _whole(_line("episodes", 4, lambda line: f"{line},{SECRET}"), "too_many_columns", "quote fields", line=5),
    "very long row": _whole(_line("episodes", 4, lambda line: f"{line},1,2,{SECRET}"), "too_many_columns", "quote fields", line=5),
    "short row of scores": _whole(
        _line("scores", 4, lambda _: f"{SECRET},gad7"), "missing_columns", "quote fields", line=5, table="scores"
    ),
    "semicolons": _whole(sites.text(sites.episodes(), ";"), "wrong_delimiter", 'delimiter = ";"'),
    "tabs": _whole(sites.text(sites.episodes(), "\t"), "wrong_delimiter", 'delimiter = "\\t"'),
    "empty file": _whole("", "empty_file", "Export it again", line=None),
    "blank lines only": _whole("\n \n\n", "empty_file", "Export it again", line=None),
    "header only": _whole(TEXT.splitlines()[0] + "\n", "no_rows", "Export it again", line=None),
    "no header": _whole(TEXT.partition("\n")[2].replace("e00", SECRET), "no_known_column", "[columns.episodes]"),
    "UTF-16": _whole(TEXT.encode("utf-16"), "not_utf8", "UTF-8"),
    "UTF-16 without its mark": _whole(TEXT.encode("utf-16-le"), "control_character", "UTF-8"),
    "NUL": _whole(TEXT.replace("e03", f"{SECRET}\0"), "control_character", "Export it again", line=5),
    "Windows-1252": _whole(TEXT.replace("e03", f"{SECRET}é").encode("cp1252"), "not_utf8", "UTF-8", line=5),
    "gzip": _whole(gzip.compress(TEXT.encode(), mtime=0), "not_csv", "Unpack", line=None),
    "xlsx": _whole(_xlsx(), "not_csv", "save it as CSV", line=None),
    "duplicate header": _whole(TEXT.replace("planned_days", "track", 1), "duplicate_header", "Rename"),
    "duplicate header in another case": _whole(TEXT.replace("planned_days", "Track", 1), "duplicate_header", "Rename"),
    "blank header": _whole(TEXT.replace("planned_days", "", 1), "blank_header", "Name it"),
    "unclosed quote": _whole(_line("episodes", 4, lambda line: f'{line[:3]},"{SECRET}{line[3:]}'), "open_quote", "close every", line=5),
    "unclosed quote before a megabyte": _whole(
        _line("episodes", 4, lambda line: f'{line[:3]},"{SECRET}{line[3:]}') + TEXT.partition("\n")[2] * 2000,
        "open_quote",
        "close every",
        line=5,
    ),
    "text after a quote": _whole(
        _line("episodes", 4, lambda line: f'{line[:3]},"{SECRET}"x{line[3:]}'), "open_quote", "close every", line=5
    ),
    "two kinds of line end": _whole(TEXT.replace("\n", "\r\n", 3), "mixed_line_ends", "line end", line=None),
    "unknown reason": _cell("episodes", 5, "discharge_reason", SECRET, "unknown_code", "[codes.discharge_reason]"),
    "unknown event": _cell("events", 5, "event", SECRET, "unknown_code", "[codes.event]"),
    "unknown scale": _cell("scores", 5, "scale", SECRET, "unknown_scale", "iop-outcomes scales lists those that are known"),
    "planned is neither 1 nor 0": _cell("events", 5, "planned", SECRET, "not_flag", "Correct the file"),
    "blank scale": _cell("scores", 5, "scale", "", "blank", "Correct the file"),
    "blank id": Bad(
        "episodes.csv:6", "episode_id", "blank", "Correct the file", {"episodes": sites.planted(sites.episodes(), 5, "episode_id", "")}
    ),
    "orphan score": _cell("scores", 5, "episode_id", SECRET, "no_such_episode", "Correct the id"),
    "orphan event": _cell("events", 5, "episode_id", SECRET, "no_such_episode", "Correct the id"),
    "day before discharge": _cell("events", 5, "days_after_discharge", "-7", "negative_day", "in the column day"),
    "event without a day": _cell("events", 5, "days_after_discharge", "", "event_without_day", "days_after_discharge", named="day"),
    "event after follow-up": _cell("events", 5, "days_after_discharge", "201", "event_after_follow_up", "follow_up_days"),
    "event after follow-up by its day": _cell("events", 12, "day", "232", "event_after_follow_up", "follow_up_days"),
    "event far out of range": _cell("events", 5, "days_after_discharge", "40000", "out_of_range", "36,500"),
    "follow-up below 0": _cell("episodes", 5, "follow_up_days", "-31", "out_of_range", "36,500"),
    "a label of 81 characters": _cell("episodes", 5, "track", "x" * 81, "label_too_long", "leave it out"),
    "a tab in a label": _cell("episodes", 5, "track", "mo\tod", "control_character", "Correct the file"),
    "active and discharged": Bad(
        "episodes.csv:6",
        "discharge_reason",
        "active_with_stay",
        "Correct the file",
        {
            "episodes": sites.planted(
                [[c.replace("los_days", "discharge_day") for c in row] for row in sites.episodes()], 5, "discharge_reason", "active"
            )
        },
    ),
    "discharge day before admission": Bad(
        "episodes.csv:6",
        "discharge_day",
        "discharge_before_admission",
        "Correct the file",
        {
            "episodes": sites.planted(
                [[c.replace("los_days", "discharge_day") for c in row] for row in sites.episodes()], 5, "discharge_day", "-31"
            )
        },
        secret="-31",
    ),
    "29 February 2023": _date(4, "discharge_date", "2023-02-29", "invalid_date"),
    "02/03/2024": _date(4, "discharge_date", "02/03/2024", "invalid_date"),
    "a date of admission that is none": _date(4, "admit_date", "13.01.2024", "invalid_date"),
    "a date in words": _date(4, "admit_date", "4 Jan 2024", "invalid_date"),
    "discharge before admission": _date(4, "discharge_date", "2023-12-30", "discharge_before_admission"),
    "discharge after the cut-off": _date(4, "discharge_date", "2025-03-01", "date_range"),
    "admission after the cut-off": _date(4, "admit_date", "2026-03-01", "date_range"),
    "a placeholder date": _date(4, "admit_date", "1900-01-01", "date_range"),
    "the year 9999": _date(4, "discharge_date", "9999-12-31", "date_range"),
    "stay and dates disagree": _date(4, "los_days", "61", "stay_disagrees", "los_convention"),
    "a stay that is no number, with dates beside it": _date(4, "los_days", "61.5", "not_whole_number"),
}
WHOLE_NUMBERS = {
    "stay": ("episodes", "los_days"),
    "follow-up": ("episodes", "follow_up_days"),
    "wide score": ("episodes", "phq9_admit"),
    "score": ("scores", "score"),
    "score day": ("scores", "day"),
    "event day": ("events", "days_after_discharge"),
}
for what, (table, column) in WHOLE_NUMBERS.items():
    BAD[f"{what} 12.5"] = _cell(table, 5, column, "12.5", "not_whole_number", "Correct the file")

STATEMENT = re.compile(r"^(?P<place>[^:\s]+(:\d+)?): ((?P<column>[^:]+): )?(?P<rule>[a-z_0-9]+): (?P<rest>.+)$")


def _digest(folder):
    """Names and bytes of everything under a folder."""
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def _commands(data, output):
    yield ["report", str(data), "--output", str(output)]
    yield ["summary", str(data), "--measure", "length_of_stay", "--by", "track"]


def _assert_named(line, bad):
    found = STATEMENT.match(line)
    assert found, line
    column = (found["column"] or "").split(" (")[0]
    assert (found["place"], column, found["rule"]) == (bad.place, bad.column, bad.rule)
    assert bad.hint in found["rest"]
    assert len(found["rest"]) > 30, "says what is wrong and what to do"


@pytest.mark.parametrize("command", ["report", "summary", "check"])
def test_the_good_program_has_no_fault(tmp_path, capsys, command):
    """Every fault below is the planted one: without it each command ends with 0."""
    for name, episodes, mapping in (("days", sites.episodes(), sites.SYNTHETIC), ("dates", sites.dated(), sites.DATED)):
        data = sites.write(tmp_path / name, episodes=episodes, mapping=mapping)
        options = ["--output", str(tmp_path / "out")] if command == "report" else []
        assert run([command, str(data), *options]) == EXIT_DONE
        assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", BAD)
def test_one_fault_is_one_line(tmp_path, capsys, name):
    """A report ends with 2 and one error line that names file, line, column, rule and remedy; nothing is written; `check` says the same."""
    bad = BAD[name]
    data = sites.write(tmp_path / "data", mapping=bad.mapping, **bad.tables)
    output = tmp_path / "out"
    assert run(["report", str(data), "--output", str(output)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: ") and shown.err.endswith("\n") and shown.err.count("\n") == 1, shown.err
    assert bad.secret not in shown.err and "Traceback" not in shown.err
    _assert_named(shown.err.removeprefix("error: ").rstrip("\n"), bad)
    assert not output.exists()
    assert run(["check", str(data)]) == EXIT_USAGE
    shown = capsys.readouterr()
    errors = [line.removeprefix("error: ") for line in shown.out.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1, shown.out
    _assert_named(errors[0], bad)
    assert bad.secret not in shown.out and shown.err == ""


@pytest.mark.parametrize("what", WHOLE_NUMBERS)
def test_what_is_no_whole_number(tmp_path, capsys, what):
    """Fractions, exponents, separators, decimal commas, infinities, other digits: each row is named, none is read as a number."""
    table, column = WHOLE_NUMBERS[what]
    rows = sites.TABLES[table]()
    for row, number in enumerate(NUMBERS, start=1):
        rows = sites.planted(rows, row, column, number)
    assert run(["check", str(sites.write(tmp_path, **{table: rows})), "--format", "json"]) == EXIT_USAGE
    shown = capsys.readouterr().out
    errors = [finding for finding in json.loads(shown) if finding["severity"] == "error"]
    assert [(finding["rule"], finding["column"], finding["lines"]) for finding in errors] == [
        ("not_whole_number", column, list(range(2, 12)))
    ]
    assert not any(f'"{number}"' in shown for number in NUMBERS)


def test_an_earlier_report_stays_as_it_was(tmp_path, capsys):
    """A failed report changes no byte of the folder it would have written to, and leaves nothing beside it."""
    output = tmp_path / "out"
    good = sites.write(tmp_path / "good")
    assert run(["report", str(good), "--output", str(output)]) == EXIT_DONE
    before = _digest(tmp_path)
    bad = sites.write(tmp_path / "bad", **BAD["wide score 99"].tables)
    assert run(["report", str(bad), "--output", str(output)]) == EXIT_USAGE
    after = {name: digest for name, digest in _digest(tmp_path).items() if not name.startswith("bad")}
    assert after == before
    capsys.readouterr()


def test_the_data_are_never_written_to(tmp_path, capsys):
    """Loading leaves the folder of data as it was, whether it can be used or not."""
    data = sites.write(tmp_path / "data", **BAD["wide score 99"].tables)
    before = _digest(tmp_path)
    for command in _commands(data, tmp_path / "out"):
        run(command)
    run(["check", str(data)])
    assert _digest(tmp_path) == before
    capsys.readouterr()


def test_every_fault_of_the_scan_is_named_not_only_the_first(tmp_path, capsys):
    """Three faults in three tables are three lines."""
    data = sites.write(
        tmp_path,
        episodes=sites.planted(sites.episodes(), 3, "phq9_admit", "99"),
        scores=sites.planted(sites.scores(), 9, "score", "x"),
        events=sites.planted(sites.events(), 2, "planned", "2"),
    )
    assert run(["summary", str(data)]) == EXIT_USAGE
    found = re.findall(r"(\w+\.csv:\d+: \w+: \w+):", capsys.readouterr().err)
    assert found == [
        "episodes.csv:4: phq9_admit: out_of_range",
        "scores.csv:10: score: not_whole_number",
        "events.csv:3: planned: not_flag",
    ]


def test_many_lines_of_one_fault_are_counted(tmp_path, capsys):
    """A rule that many rows break is one line with the first five of them and how many more."""
    rows = sites.episodes()
    for row in range(2, 24):
        rows = sites.planted(rows, row, "phq9_admit", "99")
    assert run(["summary", str(sites.write(tmp_path, episodes=rows))]) == EXIT_USAGE
    assert "(lines 3, 4, 5, 6, 7 and 17 more)" in capsys.readouterr().err


def test_the_site_reads_its_own_names(tmp_path, capsys):
    """A finding names the column as the file does."""
    rows = sites.planted(sites.episodes(), 5, "phq9_admit", "99")
    rows[0][rows[0].index("phq9_admit")] = "PHQ Start"
    data = sites.write(tmp_path, episodes=rows, mapping=sites.SYNTHETIC + '[columns.episodes]\nphq9_admit = "PHQ Start"\n')
    assert run(["summary", str(data)]) == EXIT_USAGE
    assert "episodes.csv:6: PHQ Start: out_of_range: " in capsys.readouterr().err


def test_what_is_not_there(tmp_path, capsys):
    """A path, a table and a table that stands twice are named by their file names, never by their folders."""
    folder = tmp_path / "private-folder"
    folder.mkdir()
    assert run(["summary", str(folder / "nothing")]) == EXIT_USAGE
    assert run(["summary", str(folder)]) == EXIT_USAGE
    sites.write(folder)
    (folder / "scores.parquet").write_bytes(b"PAR1")
    assert run(["summary", str(folder)]) == EXIT_USAGE
    (folder / "scores.csv").unlink()
    assert run(["summary", str(folder)]) == EXIT_USAGE
    lines = capsys.readouterr().err.splitlines()
    rules = [re.search(r": (no_such_file|no_episodes_table|table_twice|not_parquet): ", line)[1] for line in lines]
    assert rules == ["no_such_file", "no_episodes_table", "table_twice", "not_parquet"]
    assert str(tmp_path) not in "".join(lines)


@pytest.mark.parametrize("name", ["wide score 99", "unclosed quote", "UTF-16", "missing column"])
def test_in_a_process_of_its_own(tmp_path, name):
    """The same in a real process: exit code, one line on standard error, no traceback, no output folder."""
    bad = BAD[name]
    data = sites.write(tmp_path / "data", mapping=bad.mapping, **bad.tables)
    output = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "iop_outcomes", "report", str(data), "-o", str(output)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (EXIT_USAGE, "")
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    _assert_named(done.stderr.removeprefix("error: ").rstrip("\n"), bad)
    assert not output.exists()
