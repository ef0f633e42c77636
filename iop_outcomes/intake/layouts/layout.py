"""Takes the TOML file that describes an export, gives it checked: files, columns, codes, constants, and which rows are read as what.

The vocabulary is closed, and holds no expressions: a file of a stranger can name columns and words, and nothing else.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from iop_outcomes.columns import BY_PATIENT, KINDS, LAYOUTS, Field
from iop_outcomes.errors import DataError, UsageError, choices
from iop_outcomes.intake.layout_names import ENDING, layout_named, layout_names
from iop_outcomes.intake.mapping import Mapping, read_mapping
from iop_outcomes.intake.toml_files import parsed_toml
from iop_outcomes.intake.vocabulary import list_of_codes, one_of, only, section_of, texts

AS_IN_A_MAPPING = ("data", "codes", "missing", "covariates", "date_format", "text")
SECTIONS = ("title", "source", "files", "columns", "constants", "only", "words", "notes", *AS_IN_A_MAPPING)
OF_AN_EXPORT = ("date_format", "delimiter", "los_convention")  # keys of [data]; the others are of one program, and stand in its mapping
TESTS = ("is", "is_not", "starts_with", "blank")
MOST_LINES = 1_000  # of one list: more of them is a table of data, not a layout
MOST_LETTERS = 300
_FILE = re.compile(r"\w[\w .-]{0,80}")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}")


@dataclass(frozen=True)
class RowCondition:
    """What is true of a row.

    Parameters
    ----------
    columns : tuple of str
        Names that the column may have: the first that the file holds. Where it holds none, every cell is blank.
    test : {"is", "is_not", "starts_with", "blank"}
        What is asked of the cell, whatever its case.
    values : tuple of str
        What it is compared with; none of "blank".
    blank : bool
        Of "blank": whether the cell is to be blank.
    """

    columns: tuple[str, ...]
    test: str
    values: tuple[str, ...] = ()
    blank: bool = True


@dataclass(frozen=True)
class Chosen:
    """The word that a column has in the rows that meet every condition."""

    column: str
    word: str
    where: tuple[RowCondition, ...]


@dataclass(frozen=True)
class Remark:
    """What is said of the rows that meet every condition, or of the file where there is none."""

    words: str
    where: tuple[RowCondition, ...]


@dataclass(frozen=True)
class TableLayout:
    """How one table of an export becomes a canonical one.

    Parameters
    ----------
    files : tuple of str
        Names that the file may have, without an ending; the first that is there is read.
    columns : dict of str to tuple of str
        Canonical column, and the names that it may have in the export.
    constants : dict of str to str
        What a column holds in every row for which no line of `words` says otherwise.
    only : tuple of RowCondition
        What is true of every row that is read.
    words : tuple of Chosen
        The first line whose conditions a row meets gives its word.
    notes : tuple of Remark
        What a person who reads the numbers should know.
    """

    files: tuple[str, ...]
    columns: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Dictionary[str, str] = field(default_factory=dict)
    only: tuple[RowCondition, ...] = ()
    words: tuple[Chosen, ...] = ()
    notes: tuple[Remark, ...] = ()

    @property
    def filled(self) -> tuple[str, ...]:
        """Columns whose words the layout gives, and not the file."""
        return tuple(dict.fromkeys([*self.constants, *(line.column for line in self.words)]))

    @property
    def conditions(self) -> tuple[RowCondition, ...]:
        """Every condition of any line."""
        of_words = (condition for line in self.words for condition in line.where)
        return (*self.only, *of_words, *(condition for remark in self.notes for condition in remark.where))


@dataclass(frozen=True)
class Layout:
    """An export that a file describes.

    Parameters
    ----------
    name : str
        What mappings and messages call it.
    title, source : str, tuple of str
        What it is, and where its columns are described.
    tables : dict of table to TableLayout
        What it brings.
    mapping : Mapping
        What it says as a mapping does: codes, missing codes, covariates, how dates and text are written.
    sha256 : str
        Fingerprint of what was declared.
    """

    name: str
    title: str
    source: tuple[str, ...]
    tables: Dictionary[str, TableLayout]
    mapping: Mapping
    sha256: str


def find_layout(name: str, folder: Path) -> Layout:
    """Read a layout of this package, or the one that stands in a folder.

    Parameters
    ----------
    name : str
        As `[data] layout` has it.
    folder : Path
        That of the mapping.

    Raises
    ------
    UsageError
        When there is none of that name.
    DataError
        When the file cannot be read, or says something that the vocabulary does not hold; the message names file and key.

    Examples
    --------
    >>> list(find_layout("tuva_readmissions", Path()).tables)
    ['events']
    """
    if name.endswith(ENDING):
        path = folder / layout_named(name, "layout")
        given = parsed_toml(path, "layout")
        return _checked(given, path.name, path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    if name not in layout_names():
        known = (*LAYOUTS, *layout_names())
        raise UsageError(f'No layout is called "{name}". {choices(name, known)}')
    text = files(__package__).joinpath(f"{name}{ENDING}").read_text(encoding="utf-8")
    return _checked(tomllib.loads(text), name, f"{name}{ENDING}", hashlib.sha256(text.encode()).hexdigest())


def _checked(given: Dictionary[str, Any], name: str, where: str, sha256: str) -> Layout:
    only(given, SECTIONS, where, "section")
    only(section_of(given, "data", where), OF_AN_EXPORT, f"{where} [data]", "key of a layout")
    of_tables = {section: _by_table(given, section, where) for section in ("files", "columns", "constants", "only", "words", "notes")}
    if not of_tables["files"]:
        raise DataError(f'{where} [files]: names no table. Write one line for each, as in events = "encounter".')
    for section, tables in of_tables.items():
        only(tables, tuple(of_tables["files"]), f"{where} [{section}]", "table under [files]")
    shared = {section: given[section] for section in AS_IN_A_MAPPING if section in given}
    mapping = _as_mapping(shared, where)
    tables = {table: _table(table, of_tables, mapping, where) for table in of_tables["files"]}
    return Layout(name, _sentence(given.get("title"), f"{where} title"), _source(given, where), tables, mapping, sha256)


def _as_mapping(shared: Dictionary[str, Any], where: str) -> Mapping:
    """What a layout says as a mapping does, checked as one, in messages that name the layout."""
    try:
        return read_mapping(shared)
    except DataError as error:
        raise DataError(f"{where}{str(error).removeprefix('mapping')}") from error


def _by_table(given: Dictionary[str, Any], section: str, where: str) -> Dictionary[str, Any]:
    tables = section_of(given, section, where)
    only(tables, tuple(KINDS), f"{where} [{section}]", "table")
    return tables


def _source(given: Dictionary[str, Any], where: str) -> tuple[str, ...]:
    source = list_of_codes(given.get("source", []), f"{where} source")
    if not source:
        raise DataError(f'{where} source: must say where the columns are described, as in source = ["https://example.org/columns"].')
    return tuple(_sentence(each, f"{where} source") for each in source)


def _sentence(given: object, where: str) -> str:
    """A text of one line that may be shown."""
    if not isinstance(given, str) or not given.strip() or not given.isprintable() or len(given) > MOST_LETTERS:
        raise DataError(f"{where}: must be a text of one line, of 1 to {MOST_LETTERS} letters.")
    return given


def _table(table: str, sections: Dictionary[str, Dictionary[str, Any]], mapping: Mapping, where: str) -> TableLayout:
    columns = section_of(sections["columns"], table, f"{where} [columns")
    constants = section_of(sections["constants"], table, f"{where} [constants")
    made = TableLayout(
        _file_names(sections["files"][table], f"{where} [files] {table}"),
        {name: _names(given, f"{where} [columns.{table}] {name}") for name, given in columns.items()},
        {name: _word(table, name, given, mapping, f"{where} [constants.{table}] {name}") for name, given in constants.items()},
        tuple(_condition(line, f"{where} [[only.{table}]]") for line in _lines(sections["only"], table, "only", where)),
        tuple(_chosen(table, line, mapping, f"{where} [[words.{table}]]") for line in _lines(sections["words"], table, "words", where)),
        tuple(_remark(line, f"{where} [[notes.{table}]]") for line in _lines(sections["notes"], table, "notes", where)),
    )
    if twice := [name for name in made.filled if name in made.columns]:
        raise DataError(
            f"{where} [columns.{table}] {twice[0]}: is given by [constants.{table}] or [[words.{table}]] too. Keep one of them."
        )
    return made


def _file_names(given: object, where: str) -> tuple[str, ...]:
    names = _names(given, where)
    if not all(_FILE.fullmatch(name) for name in names):
        raise DataError(f'{where}: a file is named without its folder and its ending, as in "encounter".')
    return names


def _names(given: object, where: str) -> tuple[str, ...]:
    """One name, or several of which the first that is there holds."""
    names = list_of_codes(given, where)
    if not names:
        raise DataError(f"{where}: names nothing.")
    _refuse_many(names, where)
    return tuple(_sentence(name, where) for name in names)


def _refuse_many(lines: Sequence[object], where: str) -> None:
    if len(lines) > MOST_LINES:
        raise DataError(f"{where}: more than {MOST_LINES:,} entries. A layout is a short text.")


def _lines(section: Dictionary[str, Any], table: str, name: str, where: str) -> list[Dictionary[str, Any]]:
    """The lines that stand under [[name.table]]."""
    lines = section.get(table, [])
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise DataError(f"{where} {name}.{table}: must be a list of tables, as in [[{name}.{table}]].")
    _refuse_many(lines, f"{where} [[{name}.{table}]]")
    return lines


def _condition(given: Dictionary[str, Any], where: str) -> RowCondition:
    only(given, ("column", *TESTS), where, "key")
    tests = [test for test in TESTS if test in given]
    if "column" not in given or len(tests) != 1:
        raise DataError(f"{where}: needs column and one of {', '.join(TESTS)}.")
    columns, test = _names(given["column"], f"{where} column"), tests[0]
    if test == "blank":
        if not isinstance(given[test], bool):
            raise DataError(f"{where} blank: must be true or false.")
        return RowCondition(columns, test, blank=given[test])
    return RowCondition(columns, test, _names(given[test], f"{where} {test}"))


def _conditions(given: Dictionary[str, Any], where: str) -> tuple[RowCondition, ...]:
    lines = given.get("where", [])
    if not isinstance(lines, list) or not all(isinstance(line, dict) for line in lines):
        raise DataError(f'{where} where: must be a list, as in where = [{{ column = "type", is = ["inpatient"] }}].')
    _refuse_many(lines, f"{where} where")
    return tuple(_condition(line, f"{where} where") for line in lines)


def _chosen(table: str, given: Dictionary[str, Any], mapping: Mapping, where: str) -> Chosen:
    only(given, ("column", "word", "where"), where, "key")
    conditions = _conditions(given, where)
    column = texts({"column": given.get("column")}, where)["column"]
    if not conditions:
        raise DataError(f"{where}: needs where. What every row has stands under [constants.{table}].")
    return Chosen(column, _word(table, column, given.get("word"), mapping, f"{where} word"), conditions)


def _remark(given: Dictionary[str, Any], where: str) -> Remark:
    only(given, ("words", "where"), where, "key")
    return Remark(_sentence(given.get("words"), f"{where} words"), _conditions(given, where))


def _word(table: str, column: str, given: object, mapping: Mapping, where: str) -> str:
    """A word that a layout writes into a column: one of its list, a whole number of its range, or a short label; never an id or a date."""
    declared = _declared(table, column, mapping, where)
    if declared.kind == "code":
        return one_of(given, declared.allowed, where)
    if declared.kind == "flag":
        return one_of(str(given) if type(given) is int else given, ("0", "1"), where)
    if declared.kind == "integer":
        low, high = int(declared.low or 0), int(declared.high or 0)
        if type(given) is not int or not low <= given <= high:
            raise DataError(f"{where}: must be a whole number from {low} to {high}.")
        return str(given)
    if declared.kind != "category":
        raise DataError(f"{where}: {column} differs from row to row, and cannot be one word. Name its column under [columns.{table}].")
    if not isinstance(given, str) or not _LABEL.fullmatch(given):
        raise DataError(f"{where}: must be a short label of letters, digits, spaces, points, - and _.")
    return given


def _declared(table: str, column: str, mapping: Mapping, where: str) -> Field:
    kind = KINDS[table]
    fields: dict[str, Field] = {each.name: each for each in (*kind.fields, *(BY_PATIENT if kind.placing else ()))}
    if kind.covariates:
        fields |= {name: Field(name, "category", "covariate") for name, what in mapping.covariates.items() if what == "category"}
    only([column], fields, where, "column")
    return fields[column]
