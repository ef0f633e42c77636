"""One program of 30 episodes as files of SAS, SPSS and Stata: the identical tables, dates as dates, missing values as blanks."""

import builtins
import subprocess
import sys
from datetime import date, datetime

import pandas as pd
import pyreadstat
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.errors import DataError
from iop_outcomes.intake.statistical import READERS, first_row, read_statistical
from tests.adapters import prepared, program

SYNTHETIC = {"data": {"class": "synthetic"}}
ROWS = {
    "episode_id": ["a", "b", "c"],
    "track": ["mh", "mh", "su"],
    "discharge_reason": ["completed", "other", "died"],
    "los_days": [10, 20, 30],
}
WRITERS = {
    "sav": pyreadstat.write_sav,
    "zsav": lambda frame, path, **options: pyreadstat.write_sav(frame, path, compress=True, **options),
    "dta": pyreadstat.write_dta,
    "xpt": lambda frame, path, **options: pyreadstat.write_xport(frame, path, file_format_version=8, **options),
}


def frame(**changes):
    """Three episodes with some columns replaced."""
    return pd.DataFrame({**ROWS, **changes})


def write(rows, path, **options):
    """Write a frame in the format that the path names."""
    WRITERS[path.suffix[1:]](rows, path, **options)
    return path


def levels(source, column, mapping=None):
    """The levels of a column with their counts."""
    with iop.load(source, mapping=mapping or SYNTHETIC) as data:
        return {cell[0]: n for cell, n in data.count([Column(column)])}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The program as CSV."""
    return prepared.csv_cells(tmp_path_factory.mktemp("csv"))


@pytest.mark.parametrize("kind", list(WRITERS))
@pytest.mark.parametrize("typed", [True, False])
def test_every_format_loads_to_the_identical_tables(kind, typed, expected, tmp_path):
    """Every cell of episodes, scores and events is the one of the CSV, with dates and numbers or as text."""
    for table, texts in program.tables().items():
        rows = pd.DataFrame(prepared.typed()[table] if typed else texts)
        blank = rows.select_dtypes("object").columns.difference(prepared.DATES if typed else ())
        write(rows.assign(**{name: rows[name].fillna("") for name in blank}), tmp_path / f"{table}.{kind}")
    assert prepared.cells_of(tmp_path) == expected


def test_a_single_file_is_found_by_its_path_and_by_the_mapping(tmp_path):
    """The file of episodes itself, in small letters or capitals, or a path under [tables]."""
    path = write(frame(), tmp_path / "export.sav")
    capital = path.rename(tmp_path / "EXPORT.SAV")
    assert levels(capital, "track") == {"mh": 2, "su": 1}
    assert levels(tmp_path, "track", {**SYNTHETIC, "tables": {"episodes": "EXPORT.SAV"}}) == {"mh": 2, "su": 1}


@pytest.mark.parametrize("kind", list(WRITERS))
def test_dates_come_out_as_dates(kind, tmp_path):
    """Each format counts days or seconds from a year of its own (1582, 1960): a leap day, a blank and a midnight are dates here."""
    days = [date(2024, 2, 29), None, date(1990, 1, 1)]
    rows = frame(admit_date=days, discharge_date=[datetime(2024, 3, 10), None, datetime(1990, 1, 31)]).drop(columns="los_days")
    read, unreadable = read_statistical(write(rows, tmp_path / f"a.{kind}"))
    assert unreadable == {}
    assert [value or None for value in read["admit_date"]] == ["2024-02-29", None, "1990-01-01"]
    assert levels(tmp_path / f"a.{kind}", "los_days") == {10: 1, 30: 1, None: 1}


def test_a_date_without_a_date_format_is_named(tmp_path):
    """A bare number of days is no date that anyone could be sure of: the column is an error."""
    path = write(frame(admit_date=[23_000, 23_001, 23_002], discharge_date=[23_010, 23_011, 23_012]), tmp_path / "a.dta")
    with pytest.raises(DataError, match="admit_date: invalid_date"):
        iop.load(path, mapping=SYNTHETIC)


def test_codes_stay_codes(tmp_path):
    """Value labels are not read: the mapping translates the codes, and says so where one is unknown."""
    labels = {"reason": {1.0: "Finished", 2.0: "Left early"}}
    rows = frame(reason=[1.0, 2.0, 1.0]).drop(columns="discharge_reason")
    path = write(rows, tmp_path / "a.sav", variable_value_labels=labels)
    named = {**SYNTHETIC, "columns": {"episodes": {"discharge_reason": "reason"}}}
    codes = {"codes": {"discharge_reason": {"1": "completed", "2": "dropped_out"}}}
    assert levels(path, "discharge_reason", {**named, **codes}) == {"completed": 2, "dropped_out": 1}
    with pytest.raises(DataError, match="unknown_code"):
        iop.load(path, mapping=named)


def test_values_declared_missing_are_blanks(tmp_path):
    """SPSS: codes 998 and 999, and a text; Stata: .a to .z."""
    rows = frame(los_days=[10.0, 998.0, 999.0], track=["mh", "mh", "NA"])
    path = write(rows, tmp_path / "a.sav", missing_ranges={"los_days": [{"lo": 998, "hi": 999}], "track": ["NA"]})
    assert levels(path, "los_days") == {10: 1, None: 2}
    assert levels(path, "track") == {"mh": 2, None: 1}
    rows = frame(los_days=pd.Series([10, "a", "b"], dtype=object))
    path = write(rows, tmp_path / "a.dta", missing_user_values={"los_days": ["a", "b"]})
    assert levels(path, "los_days") == {10: 1, None: 2}


@pytest.mark.parametrize("kind", list(WRITERS))
def test_padding_is_trimmed_and_numbers_are_whole(kind, tmp_path):
    """Text padded with blanks is the text; 10.0 is 10; a text id keeps its zeros; 12.5 days is an error."""
    path = write(frame(track=["mh  ", "mh", "su "], episode_id=["007", "008 ", "009"]), tmp_path / f"a.{kind}")
    assert levels(path, "track") == {"mh": 2, "su": 1}
    assert levels(path, "episode_id") == {"007": 1, "008": 1, "009": 1}
    assert levels(path, "los_days") == {10: 1, 20: 1, 30: 1}
    with pytest.raises(DataError, match="los_days: not_whole_number"):
        iop.load(write(frame(los_days=[12.5, 1, 2]), tmp_path / f"b.{kind}"), mapping=SYNTHETIC)


BEYOND = 1e15  # as a date, far beyond the year 9999 in every format
DATE_FORMATS = {"sav": "DATE11", "zsav": "DATE11", "dta": "%td", "xpt": "DATE9."}


def spoiled(kind, path, *, column, rows, **changes):
    """Three episodes with a date that nothing can hold in some rows of a column."""
    days = [BEYOND if place in rows else 12_000 if kind in ("dta", "xpt") else 1.36e10 for place in range(3)]
    return write(frame(**{column: days}, **changes), path / f"a.{kind}", variable_format={column: DATE_FORMATS[kind]})


@pytest.mark.parametrize("kind", list(WRITERS))
def test_a_date_that_cannot_be_read_stops_nothing_where_nobody_reads_it(kind, tmp_path):
    """The column is named as not read, like any other that is not declared, and so is the row."""
    path = spoiled(kind, tmp_path, column="when", rows=(1,))
    with iop.load(path, mapping=SYNTHETIC) as data:
        assert data.episodes == 3
        found = {(finding.rule, finding.severity, finding.lines): finding for finding in data.findings}
    assert "when" in found["not_read", "note", ()].message
    assert found["unreadable_value", "note", (2,)].column == "when"


@pytest.mark.parametrize("kind", list(WRITERS))
def test_a_date_that_cannot_be_read_is_an_error_where_it_is_needed(kind, tmp_path):
    """Row and column are named; without the row, the others are read as they are."""
    path = spoiled(kind, tmp_path, column="admit_date", rows=(0, 2))
    with pytest.raises(DataError, match=rf"a\.{kind}:1: admit_date: invalid_date: not a date written as 2024-03-31 \(rows 1, 3\)"):
        iop.load(path, mapping=SYNTHETIC)
    with iop.load(path, mapping=SYNTHETIC, on_error="exclude") as data:
        assert data.episodes == 1


def other_encoding(kind, path, column):
    """Three episodes with a text of another encoding in the second row of a column."""
    made = write(frame(**{column: ["x", "y\u00c4\u00d6", "z"]}), path / f"a.{kind}")
    made.write_bytes(made.read_bytes().replace("y\u00c4\u00d6".encode(), b"y\xff\xfe\xff\xfe"))
    return made


@pytest.mark.parametrize("kind", ["sav", "dta", "xpt"])
@pytest.mark.parametrize(("column", "needed"), [("remark", False), ("site", True)])
def test_a_text_of_another_encoding(kind, column, needed, tmp_path):
    """In a column that nobody reads it is a note; in one that is read, an error of its row."""
    path = other_encoding(kind, tmp_path, column)
    if needed:
        with pytest.raises(DataError, match=rf"a\.{kind}:2: site: control_character"):
            iop.load(path, mapping=SYNTHETIC)
    with iop.load(path, mapping=SYNTHETIC, on_error="exclude") as data:
        assert data.episodes == 3 - needed
        (found,) = (finding for finding in data.findings if finding.rule == "unreadable_value")
    assert (found.column, found.lines, found.unit, found.severity) == (column, (2,), "row", "note")


def test_many_values_that_cannot_be_read(tmp_path):
    """Each of 200 rows is named; beyond a limit of work, a whole stretch of rows is."""
    rows = pd.concat([frame(episode_id=[f"{part}{k}" for k in range(3)]) for part in range(200)], ignore_index=True)
    rows["admit_date"] = [BEYOND if place % 3 == 0 else 1.36e10 for place in range(len(rows))]
    path = write(rows, tmp_path / "a.sav", variable_format={"admit_date": "DATE11"})
    with iop.load(path, mapping=SYNTHETIC, on_error="exclude") as data:
        assert data.episodes == 400


def test_the_first_row_alone_of_a_file_with_a_date_that_cannot_be_read(tmp_path):
    """What tells the layout of a file is not stopped by it either."""
    assert first_row(spoiled("sav", tmp_path, column="when", rows=(0,)))["track"] == "mh"


def test_a_finding_names_the_row(tmp_path):
    """Rows of such files are counted from 1, as in Parquet."""
    path = write(frame(los_days=[10, -1, 30]), tmp_path / "a.sav")
    with pytest.raises(DataError, match=r"a\.sav:2: los_days: out_of_range"):
        iop.load(path, mapping=SYNTHETIC)


def test_the_fingerprint_is_of_the_bytes(tmp_path):
    """The provenance names the file and the hash of its bytes."""
    import hashlib

    path = write(frame(), tmp_path / "a.sav")
    with iop.load(path, mapping=SYNTHETIC) as data:
        source = data.provenance.sources[0]
    assert (source.name, source.rows, source.sha256) == ("a.sav", 3, hashlib.sha256(path.read_bytes()).hexdigest())


@pytest.mark.parametrize("suffix", list(READERS))
def test_a_file_that_is_none_is_refused(suffix, tmp_path):
    """Text under such a name: one line, no traceback."""
    path = tmp_path / f"a{suffix}"
    path.write_text("episode_id,track\na,mh\n")
    with pytest.raises(DataError, match=rf"a{suffix}: not_statistical"):
        iop.load(path, mapping=SYNTHETIC)


@pytest.mark.parametrize("kind", list(WRITERS))
def test_a_file_that_breaks_off_is_refused(kind, tmp_path):
    """Half of a file is not half of a program."""
    path = write(pd.concat([frame()] * 200), tmp_path / f"a.{kind}")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 - 7])  # within a record
    with pytest.raises(DataError):
        iop.load(path, mapping=SYNTHETIC)


def test_two_formats_of_one_table_are_refused(tmp_path):
    """episodes.csv beside episodes.sav: nobody could say which was meant."""
    write(frame(), tmp_path / "episodes.sav")
    frame().to_csv(tmp_path / "episodes.csv", index=False)
    with pytest.raises(DataError, match="table_twice"):
        iop.load(tmp_path, mapping=SYNTHETIC)


def test_without_the_library_the_message_says_what_to_install(tmp_path, monkeypatch):
    """The extra is named, and another way out."""
    path = write(frame(), tmp_path / "a.sav")
    real = builtins.__import__

    def imports(name, *arguments, **options):
        if name.split(".")[0] == "pyreadstat":
            raise ImportError(name)
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", imports)
    with pytest.raises(DataError, match=r"library_missing.+iop-outcomes\[formats\].+CSV"):
        iop.load(path, mapping=SYNTHETIC)


def test_the_command_line_reads_such_a_file(tmp_path):
    """`iop-outcomes summary` on a folder with episodes.dta and a mapping."""
    write(pd.concat([frame(episode_id=[f"{part}{i}" for i in range(3)]) for part in "abcdefgh"]), tmp_path / "episodes.dta")
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n')
    ran = subprocess.run(
        [sys.executable, "-m", "iop_outcomes", "summary", str(tmp_path), "--policy", "none"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "8 of 16" in ran.stdout


def test_csv_is_read_without_the_library():
    """Nothing of it is imported for other formats."""
    code = "import sys, iop_outcomes as iop\niop.load('data/synthetic').close()\nprint('pyreadstat' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"


def test_the_first_row_alone(tmp_path):
    """Names and values as text; of a file without rows, the names."""
    path = write(frame(admit_date=[date(2024, 1, 1)] * 3), tmp_path / "a.sav")
    assert first_row(path) == {
        "episode_id": "a",
        "track": "mh",
        "discharge_reason": "completed",
        "los_days": "10.0",
        "admit_date": "2024-01-01",
    }
    assert first_row(write(frame()[:0], tmp_path / "b.dta"))["track"] is None
    with pytest.raises(DataError, match="no_rows"):
        iop.load(tmp_path / "b.dta", mapping=SYNTHETIC)


def test_only_some_columns(tmp_path):
    """A wide file is read in part."""
    assert list(read_statistical(write(frame(), tmp_path / "a.sav"), ["track", "los_days"])[0]) == ["track", "los_days"]
