"""Takes a path, gives the REDCap export that stands there and the names of its columns."""

from __future__ import annotations

from pathlib import Path

from iop_outcomes.intake.adapters.scratch import head_of
from iop_outcomes.intake.files import shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.preflight import preflight_csv

LABELS = ("event name", "repeat instrument", "repeat instance", "data access group", "record id")


def find_export(path: Path) -> Path:
    """The one export of a folder, or the file itself."""
    if path.is_file():
        return path
    files = sorted(file for file in path.iterdir() if file.suffix.lower() == ".csv")
    if len(files) != 1:
        fatal(
            "no_such_file", path.name, f"{len(files)} CSV files in this folder, and a REDCap export is one", "Give the path of the export."
        )
    return files[0]


def read_header(file: Path, delimiter: str) -> list[str]:
    """The columns in small letters, the record first.

    Raises
    ------
    DataError
        When it is an export of labels, which change with the language of the form.
    """
    header = [name.lower() for name in preflight_csv(file, delimiter, _first_names(file, delimiter))]
    if set(header) & set(LABELS):
        hint = 'Export again as "CSV / Microsoft Excel (raw data)", without labels.'
        fatal("label_export", shown(file), "this is an export of labels", hint, line=1)
    return header


def _first_names(path: Path, delimiter: str) -> list[str]:
    """The first column, whatever it is called: in a REDCap export it is the record."""
    text = (head_of(path).splitlines() or [b""])[0].decode("utf-8-sig", errors="replace")
    return [text.split(delimiter)[0].strip().strip('"')] if delimiter in text else ["record_id"]
