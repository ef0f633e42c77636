"""Takes paths and first lines, gives the REDCap export and its columns, or says that there is none or several."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake.adapters.redcap_file import find_export, read_header


def written(folder, text, name="export.csv"):
    """A file of this text."""
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_the_one_export_of_a_folder(tmp_path):
    """Whatever its ending's case, and whatever stands beside it; of none and of two the number is said."""
    with pytest.raises(DataError, match=r"0 CSV files in this folder.*Give the path of the export"):
        find_export(tmp_path)
    written(tmp_path, "", "mapping.toml")
    file = written(tmp_path, "record_id,x\n1,2\n", "Export.CSV")
    assert find_export(tmp_path) == find_export(file) == file
    written(tmp_path, "record_id,x\n1,2\n", "b.csv")
    with pytest.raises(DataError, match="2 CSV files"):
        find_export(tmp_path)
    assert find_export(file) == file


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("record_id,PHQ9_Total", ["record_id", "phq9_total"]),
        ('"Study_ID","x"', ["study_id", "x"]),
        ("\ufeffid,x", ["id", "x"]),
        ("record_id", ["record_id"]),
    ],
)
def test_the_columns_in_small_letters_the_record_first(tmp_path, line, expected):
    """Whatever the record is called."""
    assert read_header(written(tmp_path, f"{line}\n1,2\n"), ",") == expected


def test_other_separators_and_labels(tmp_path):
    """A declared separator is used; an export of labels changes with the language of the form, and is refused with what to do."""
    assert read_header(written(tmp_path, "id;x\n1;2\n"), ";") == ["id", "x"]
    with pytest.raises(DataError, match=r"export.csv:1: label_export.*raw data"):
        read_header(written(tmp_path, "id,Event Name\n1,2\n"), ",")
