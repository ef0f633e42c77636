"""Takes a public-use file of TEDS-D, gives its discharges as episodes: codes in words, stays as the codes they are.

One record is one discharge from one service; the service at discharge is the track, the year the period, the state the site.
Layouts of 2006-2014, 2015-2016 and 2017-2019 (SAMHSA's codebooks), as CSV whatever its separator, Parquet, SAS, SPSS or Stata.
What a person is followed for, no file of this kind can tell: readmission and relapse are refused.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from iop_outcomes.columns import COUNTED, FOLLOW_UP
from iop_outcomes.intake.adapters.adapter import Adapted
from iop_outcomes.intake.files import MAPPING_NAME, SUFFIXES, refuse_globs, shown
from iop_outcomes.intake.findings import Finding, fatal
from iop_outcomes.intake.inputs import open_file
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.preflight import SEPARATORS
from iop_outcomes.intake.statistical import first_row, is_statistical
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

NEEDED = ("episode_id", "track", "discharge_reason", "los_code")
LAST_YEAR = 2019  # of the codebooks that the codes were checked with
_TEXT = (".csv", ".tsv", ".txt")
_HEAD_BYTES = 1 << 16
_MARK = "\u00ef\u00bb\u00bf"  # the mark of UTF-8, read as latin-1
_NOBODY_FOLLOWED = (
    "TEDS-D counts discharges and not people. A record's number belongs to one discharge and nobody is followed after it, so that a return "
    "cannot be told from another person's admission. Ask a program's own data, with patient_id and follow_up_days."
)
CANNOT = {FOLLOW_UP: _NOBODY_FOLLOWED}


@dataclass(frozen=True)
class Book:
    """The codebook: candidates for each column, and the words of the codes in force.

    Parameters
    ----------
    columns, covariates : dict of str to list of str
        Canonical column, and the variables that may fill it, the first that the file holds.
    codes : dict of str to dict of str to str
        For each column, code and word.
    missing : tuple of str
        Codes without a value.
    """

    columns: Dictionary[str, Sequence[str]]
    covariates: Dictionary[str, Sequence[str]]
    codes: Dictionary[str, Dictionary[str, str]]
    missing: tuple[str, ...]


@cache
def book(*, until_2014: bool = False) -> Book:
    """The codebook of the files from 2015 on, or of those until 2014.

    Examples
    --------
    >>> book().codes["age_group"]["2"], book(until_2014=True).codes["age_group"]["2"]
    ('15-17', '12-14')
    """
    given: dict[str, Any] = tomllib.loads(files(__package__).joinpath("teds_d.toml").read_text(encoding="utf-8"))
    codes = given["codes"] | (given["codes_until_2014"] if until_2014 else {})
    return Book(given["columns"], given["covariates"], codes, tuple(given["missing"]))


def adapt(store: Store, path: Path, mapping: Mapping, _scales: Dictionary[str, Scale]) -> Adapted:
    """Put the discharges of a file into the store.

    Parameters
    ----------
    store : Store
        Where they go.
    path : Path
        A file of TEDS-D, or a folder that holds one.
    mapping : Mapping
        The site's own: further variables as covariates, or another variable for a column.

    Raises
    ------
    DataError
        When there is no such file or several, or it is not TEDS-D, or holds labels in the place of codes.
    """
    file = _one_file(path, mapping)
    first, delimiter = _first_row(file)
    names = {name.upper(): name for name in first}
    codebook = book(until_2014="SERVSETD" in names)
    _refuse_others(file, names, codebook)
    _refuse_labels(file, first.get(names["REASON"]))
    completed = _completed(mapping, names, codebook, delimiter)
    wanted = [*completed.columns[COUNTED].values(), *(name for name in completed.covariates if name in first)]
    item = open_file(store, COUNTED, file, completed, tuple(dict.fromkeys(wanted)))
    return Adapted((item,), completed, (*_findings(file, names, first), *item.notes), CANNOT)


def _one_file(path: Path, mapping: Mapping) -> Path:
    if path.is_file():
        return path
    if COUNTED in mapping.tables:
        named = (mapping.folder or path) / mapping.tables[COUNTED]
        if not named.is_file():
            fatal("no_such_file", shown(named), "[tables] episodes names a file that is not there", "Correct the path in the mapping.")
        return named
    known = (*SUFFIXES, *_TEXT)
    files = [file for file in sorted(path.iterdir()) if file.suffix.lower() in known and file.name != MAPPING_NAME]
    if len(files) != 1:
        what = "no file of TEDS-D stands in this folder" if not files else f"{len(files)} files stand in this folder"
        fatal("no_episodes_table", shown(path), what, "Give the path of one file: each is loaded by itself.")
    return files[0]


def _first_row(path: Path) -> tuple[dict[str, str | None], str]:
    """Names and first values, and the separator of a text: bundles of 2015-2019 that are called tsv are separated by commas."""
    refuse_globs(path)
    if is_statistical(path):
        return first_row(path), ","
    if path.suffix.lower() == ".parquet":
        return _first_of_parquet(path), ","
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).decode("latin-1").removeprefix(_MARK)
    except OSError as error:
        fatal("unreadable", shown(path), f"the file cannot be read ({error.strerror})", "Check its permissions.")
    lines = [*re.split(r"\r\n|\r|\n", head, maxsplit=2), ""][:2]
    delimiter = max(SEPARATORS, key=lines[0].count)
    header, values = ([cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])] for line in lines)
    return dict(zip(header, [*values, *[None] * len(header)], strict=False)), delimiter


def _first_of_parquet(path: Path) -> dict[str, str | None]:
    try:
        with duckdb.connect() as connection:
            cursor = connection.execute("SELECT * FROM read_parquet(?) LIMIT 1", [str(path)])
            names = [str(column[0]) for column in cursor.description or ()]
            values = cursor.fetchone() or (None,) * len(names)
    except duckdb.Error:
        fatal("not_parquet", shown(path), "the file is not readable as Parquet", "Export it again.")
    return {name: None if value is None else str(value) for name, value in zip(names, values, strict=True)}


def _refuse_others(file: Path, names: Dictionary[str, str], codebook: Book) -> None:
    lacking = [codebook.columns[name][0] for name in NEEDED if not any(variable in names for variable in codebook.columns[name])]
    if lacking:
        what = f"not a file of TEDS-D: it lacks {', '.join(lacking)}"
        hint = "Give the discharge file (TEDS-A holds admissions), unpacked, with its header of variable names."
        fatal("not_teds_d", shown(file), what, hint, line=1)


def _refuse_labels(file: Path, reason: str | None) -> None:
    """The CSV of 2021 holds words in the place of codes."""
    if reason and not _is_number(reason):
        hint = "Give the file with codes: the one for SAS, SPSS or Stata, or another year's CSV."
        fatal("labels_not_codes", shown(file), "the values are labels in the place of codes", hint, column="REASON")


def _is_number(text: str) -> bool:
    return text.strip().removeprefix("-").removesuffix(".0").isdigit()


def _completed(mapping: Mapping, names: Dictionary[str, str], codebook: Book, delimiter: str) -> Mapping:
    """The site's mapping with what the layout declares; what the site says of a column wins."""
    site_columns = mapping.columns.get(COUNTED, {})
    candidates = {**codebook.columns, **codebook.covariates}
    variables = {name: next((names[each] for each in choices if each in names), None) for name, choices in candidates.items()}
    columns = {name: variable for name, variable in variables.items() if variable is not None and name not in site_columns}
    covariates = {name: "category" for name in codebook.covariates if name in columns}
    codes = {name: words for name, words in codebook.codes.items() if name in columns}
    return replace(
        mapping,
        data_class=mapping.data_class if mapping.declared else "public",
        declared=True,
        los_convention="teds_codes",
        layout="teds_d",
        delimiter=delimiter,
        tables={},
        columns={**mapping.columns, COUNTED: columns | dict(site_columns)},
        codes=codes | dict(mapping.codes),
        missing={**mapping.missing, "all": (*codebook.missing, *mapping.missing.get("all", ()))},
        covariates=covariates | dict(mapping.covariates),
    )


def _findings(file: Path, names: Dictionary[str, str], first: Dictionary[str, str | None]) -> list[Finding]:
    years = "2006-2014" if "SERVSETD" in names else "2017-2019" if "SERVICES" in names else "2015-2016"
    message = f"read by the layout of {years}; REASON does not say to which level of care a transfer went, so that all count as lateral"
    findings = [Finding("teds_layout", "note", shown(file), "", message, "Completion counts every transfer alike")]
    year = first.get(names.get("DISYR", "")) or ""
    if _is_number(year) and int(float(year)) > LAST_YEAR:
        message = f"a file later than {LAST_YEAR}, whose codes were not checked against its codebook"
        findings.append(
            Finding("year_not_checked", "warning", shown(file), "DISYR", message, "Compare the counts of each code with the codebook")
        )
    return findings
