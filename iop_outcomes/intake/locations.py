"""Takes a path and a mapping, gives where each table stands: a file, a folder of parts, a sheet of a workbook, or a database."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from iop_outcomes.columns import COUNTED, KINDS, given_twice, rolled_kinds
from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.database_files import tables_of
from iop_outcomes.intake.database_tables import Database, DatabaseTable
from iop_outcomes.intake.databases import DATABASES, is_database
from iop_outcomes.intake.files import (
    MAPPING_NAME,
    PART_ENDINGS,
    SUFFIXES,
    WORKBOOKS,
    ending,
    kind_at,
    refuse_globs,
    refuse_path,
    refuse_what_is_no_file,
    shown,
    stem,
)
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.privacy import identifier_in_name
from iop_outcomes.intake.queries import query_of
from iop_outcomes.intake.workbook_limits import SHOWN_CHARACTERS, sheet_label
from iop_outcomes.intake.workbook_preflight import MACRO_WORKBOOKS
from iop_outcomes.intake.workbooks import Sheet, is_workbook, sheets_of

TABLE_SUFFIXES = (*SUFFIXES, *WORKBOOKS)
TEXTS = (".csv", ".tsv", ".txt", ".tab", ".dat")  # what programs call the text that they export
OFFERED_SUFFIXES = (*TABLE_SUFFIXES, *TEXTS[1:], *DATABASES)  # in which map looks for tables
PART = "#"  # between a workbook and its sheet, and a database and its table
MOST_PARTS = 3  # catalog, schema and table
_QUERY = re.compile(r"^(?:(?P<database>[A-Za-z_]\w*)\s+)?sql:\s*(?P<file>.+)$")
_HIDDEN = " (hidden)"


@dataclass(frozen=True)
class Location:
    """Where a table stands.

    Parameters
    ----------
    path : Path
        The file, or the folder of its parts.
    sheet : str
        Of a workbook; "" for any other file, and for a workbook of which no sheet is chosen yet.
    source : DatabaseTable or None
        Of a database, in the place of a path.
    further : tuple of Location
        Other files or sheets with rows of the same table.
    """

    path: Path
    sheet: str = ""
    source: DatabaseTable | None = None
    further: tuple[Location, ...] = ()

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.source is not None:
            return self.source.name
        return sheet_label(self.path, self.sheet) if self.sheet else shown(self.path)


def find_tables(path: Path, mapping: Mapping) -> dict[str, Location]:
    """Where the tables of a data set stand.

    Parameters
    ----------
    path : Path
        A folder, or the file of episodes.
    mapping : Mapping
        Paths it names win over names in the folder.

    Raises
    ------
    DataError
        When there is no table of episodes, a table stands there twice, or what is called like a table is no file.
    """
    refuse_path(path)
    tables, named = _by_name(path, mapping)
    by_name = list(tables)
    start = mapping.folder or (path.parent if kind_at(path) == "file" else path)
    for table, name in mapping.tables.items():
        location = _there(start, table, name, mapping)
        if table in mapping.further:
            location = replace(location, further=_further(location, start, table, mapping))
        if table != named or ((location.sheet or location.source) and location.path.resolve() == path.resolve()):
            tables[table] = location
    tables = {table: location for table, location in tables.items() if not _is_named_otherwise(table, location, tables, mapping)}
    tables = _with_sheets(tables, by_name, mapping)
    _refuse_sets(path, tables, mapping)
    return tables


def _there(start: Path, table: str, name: str, mapping: Mapping) -> Location:
    """The location that a line of [tables] names, where something stands."""
    location = named_location(start, table, name, mapping)
    if location.source is None and kind_at(location.path) not in ("file", "folder"):
        file = location.path.name
        fatal(
            "no_such_file",
            name if len(name) < 200 else shown(Path(file)),
            f"[tables] {table} names a file that is not there",
            "Correct the path in the mapping.",
        )
    return location


def _further(first: Location, start: Path, table: str, mapping: Mapping) -> tuple[Location, ...]:
    """The other files and sheets of a table that stands in several."""
    others = tuple(_there(start, table, name, mapping) for name in mapping.further[table])
    for each in (first, *others):
        if each.source is not None or kind_at(each.path) != "file" or (is_workbook(each.path) and not each.sheet):
            hint = (
                f'List files, and sheets as in ["book.xlsx{PART}2023", "book.xlsx{PART}2024"]; tables of a database are joined by a query.'
            )
            fatal("not_a_part", each.name, f"[tables] {table} lists what is neither a file nor a sheet", hint)
    return tuple(Location(each.path, _sheet_called(each)) if each.sheet else each for each in others)


def _is_named_otherwise(table: str, location: Location, tables: dict[str, Location], mapping: Mapping) -> bool:
    """Whether a file called like a table is named by the mapping as the one that brings the same rows in the place of the episodes."""
    other = tables.get(KINDS[table].in_place)
    if other is None or table in mapping.tables:
        return False
    return other.path.resolve() == location.path.resolve() and other.sheet in ("", location.sheet) and other.source == location.source


def _by_name(path: Path, mapping: Mapping) -> tuple[dict[str, Location], str]:
    """The tables that a path or the names in a folder bring, and the one that the path itself is."""
    rolled = rolled_kinds()
    if kind_at(path) == "file":
        if is_database(path):
            return _tables_alone(path, mapping), ""
        named = "contacts" if mapping.contacts else stem(path) if stem(path) in rolled else COUNTED
        return {named: Location(path)}, named
    tables = {table: Location(file) for table in KINDS if (file := file_called(path, table)) is not None}
    if not tables and not mapping.tables:
        books = _books(path)
        if len(books) == 1 and is_database(books[0]):
            return _tables_alone(books[0], mapping), ""
        if len(books) == 1:
            return {COUNTED: Location(books[0])}, ""
        if books:
            fatal(
                "which_file",
                shown(path),
                f"no table, and several workbooks or databases: {', '.join(map(shown, books[:10]))}",
                f'Name one in mapping.toml: [tables] episodes = "{shown(books[0])}{PART}<sheet or table>"',
            )
    return tables, ""


def _books(folder: Path) -> list[Path]:
    """The workbooks and databases in a folder; neither locks of open ones nor the pictures that Windows keeps of a folder."""
    try:
        files = sorted(folder.iterdir())
    except OSError as error:
        fatal("unreadable", shown(folder), f"the folder cannot be read ({error.strerror})", "Check its permissions.")
    endings = (*WORKBOOKS, *MACRO_WORKBOOKS, *DATABASES)
    named = [file for file in files if file.suffix.lower() in endings and not file.name.lower().startswith(("~$", ".", "thumbs.db"))]
    return [file for file in named if kind_at(file) == "file"]


def named_location(start: Path, table: str, name: str, mapping: Mapping) -> Location:
    """The location that a line of [tables] names: a path, a sheet of a workbook, a table of a database, or a query."""
    if match := _QUERY.match(name):
        database = _database(start, match["database"] or "", table, mapping)
        file = start / match["file"]
        return Location(file, source=DatabaseTable(database, (), query_of(file), f"{database.name} ({shown(file)})"))
    first, _, rest = name.partition(".")
    if rest and first in mapping.databases:
        return Location(start, source=_table_of(_database(start, first, table, mapping), rest, name))
    for place, character in enumerate(name):
        file = Path(name[:place])
        if character == PART and is_workbook(file):
            return Location(start / file, name[place + 1 :])
        if character == PART and is_database(file):
            return _of_file(start / file, name[place + 1 :])
    return _of_file(start / name, table) if is_database(Path(name)) else Location(start / name)


def named_database(start: Path, name: str, mapping: Mapping) -> Database:
    """A database that a mapping names, whose file, where it is one, is seen from a folder."""
    return _database(start, name, COUNTED, mapping)


def part_of_file(file: Path, part: str) -> Location:
    """A sheet of a workbook, a table of a database, or another file, which has no parts."""
    return _of_file(file, part) if is_database(file) else Location(file, part)


def _of_file(file: Path, table: str) -> Location:
    """A table of a database that is a file."""
    if kind_at(file) != "file":
        return Location(file)  # which is refused as any other path that leads nowhere
    return Location(file, source=_table_of(Database(shown(file), file), table, f"{shown(file)}{PART}{table}"))


def _table_of(database: Database, table: str, name: str) -> DatabaseTable:
    parts = tuple(table.split("."))
    if not all(parts) or len(parts) > MOST_PARTS:
        fatal("no_such_table", name, "[tables] names no table", 'Write it as in episodes = "warehouse.schema.table".')
    return DatabaseTable(database, parts, "", name)


def _database(start: Path, name: str, table: str, mapping: Mapping) -> Database:
    """The database of a name; the only one where none is named."""
    known = mapping.databases
    if not name and len(known) == 1:
        name = next(iter(known))
    if name not in known:
        where = f"{mapping.name} [tables] {table}"
        if not name:
            raise DataError(f'{where}: a query needs one database under [databases], or its name, as in "warehouse sql: {table}.sql".')
        raise DataError(f'{where}: no database is called "{name}" under [databases]. {choices(name, known)}')
    file = known[name].get("file")
    return Database(name, start / file if file else None, known[name].get("url_env", ""))


def find_mapping(path: Path) -> Path | None:
    """The mapping that stands beside the data, if one does.

    A folder or a pipe of that name is refused when it is read, and not passed over; a path that cannot be looked at has none.
    """
    try:
        beside = (path if path.is_dir() else path.parent) / MAPPING_NAME
        return beside if beside.is_symlink() or beside.exists() else None
    except OSError:
        return None  # `refuse_path` says why


def _refuse_sets(path: Path, tables: dict[str, Location], mapping: Mapping) -> None:
    """Refuse tables that cannot stand together, or that lack the one they all belong to."""
    rolled = rolled_kinds()
    if (twice := given_twice(tables)) and COUNTED not in tables:
        fatal("sessions_twice", tables[twice[0]].name, *both_given(*twice))
    for table in rolled:
        if table in tables and COUNTED in tables:
            hint = f"Keep one of them: {COUNTED} are built from {table} where there is no table of {COUNTED}"
            fatal("episodes_twice", tables[table].name, f"a table of {COUNTED} and a table of {table} are both there", hint)
    if mapping.contacts and "contacts" not in tables:
        hint = "Name the file contacts.csv or contacts.parquet, or give its path under [tables]."
        fatal("no_contacts_table", shown(path), f"{mapping.name} [contacts] speaks of contacts, and there is no table of them", hint)
    if not {COUNTED, *rolled} & set(tables):
        fatal(
            "no_episodes_table",
            shown(path),
            "no table of episodes in this folder",
            "Name the file episodes.csv or episodes.parquet, or give its path in mapping.toml under [tables]"
            + _texts_there(path)
            + "."
            + _in_its_place(tables),
        )


def _texts_there(folder: Path) -> str:
    """The line to write for the only text of a folder, whatever its name; nothing where there are several, or none."""
    texts = [file for file in _entries(folder) if file.suffix.lower() in TEXTS and kind_at(file) == "file"]
    return f', as in {COUNTED} = "{shown(texts[0])}"' if len(texts) == 1 else ""


def both_given(table: str, in_place: str) -> tuple[str, str]:
    """What is wrong where the same rows come beside the episodes and in their place, and what to do."""
    return (
        f"a table of {table} and a table of {in_place} are both there",
        f"Give {table} beside a table of {COUNTED}; or {in_place} alone, from which the {COUNTED} are built",
    )


def _in_its_place(tables: dict[str, Location]) -> str:
    """That episodes may be built from a table that is there, where it is one from which they can be."""
    kind = next((kind for kind in KINDS.values() if kind.in_place and kind.name in tables), None)
    return (
        ""
        if kind is None
        else f" Or build {COUNTED} from the {kind.name}: name their file in mapping.toml under [tables] as {kind.in_place}, not as {kind.name}."
    )


def file_called(folder: Path, table: str) -> Path | None:
    """The file of a folder that is called like a table, whatever its ending, or the folder of its parts; None where there is none.

    Raises
    ------
    DataError
        When there are several, or what is called so is no file.
    """
    names = [f"{table}{suffix}" for suffix in TABLE_SUFFIXES]
    files = [file for file in (folder / name for name in names) if kind_at(file) != "nothing" or file.is_symlink()]
    if not files:  # Episodes.csv is the same to most machines, and must not be another to the rest
        files = [file for file in _entries(folder) if file.name.casefold() in names]
    if len(files) > 1:
        fatal("table_twice", table, f"{' and '.join(file.name for file in files)} both stand in the folder", "Keep one.")
    for file in files:
        if kind_at(file) != "folder":  # of parts, perhaps
            refuse_what_is_no_file(file)
    bare = folder / table  # a split export; any other folder of this name is nobody's business
    return files[0] if files else bare if kind_at(bare) == "folder" and _holds_parts(bare) else None


def _entries(folder: Path) -> list[Path]:
    """What stands in a folder, by name; nothing where it cannot be listed."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _holds_parts(folder: Path) -> bool:
    """Whether any file in a folder could be a part of a table."""
    return any(ending(entry) in PART_ENDINGS for entry in _entries(folder))


def _tables_alone(file: Path, mapping: Mapping) -> dict[str, Location]:
    """The tables of a database that are called like ours."""
    refuse_globs(file)
    names = tables_of(file)
    called = {name.casefold(): name for name in names}
    tables = {table: _of_file(file, called[table]) for table in KINDS if table in called and table not in mapping.tables}
    if not {COUNTED, *rolled_kinds()} & {*tables, *mapping.tables}:
        listed = ", ".join(_shown_name(name) for name in names[:20]) or "none"
        hint = f'Say which one it is, in mapping.toml: [tables] {COUNTED} = "{file.name}{PART}<table>". The tables are: {listed}'
        fatal("which_table", shown(file), f"none of its tables is called {COUNTED}", hint)
    return tables


def _shown_name(name: str) -> str:
    return name if name.isprintable() and not identifier_in_name(name) and len(name) <= SHOWN_CHARACTERS else "(not shown)"


# -- workbooks ---------------------------------------------------------------------------------------------------------


def _with_sheets(tables: dict[str, Location], by_name: Sequence[str], mapping: Mapping) -> dict[str, Location]:
    """The tables with a sheet for each that is a workbook; a workbook that stands alone may bring several."""
    chosen = {}
    alone = len(by_name) == 1
    for table, location in tables.items():
        if location.source is not None or not is_workbook(location.path):
            chosen[table] = location
        elif location.sheet:
            chosen[table] = replace(location, sheet=_sheet_called(location))
        elif alone and table in by_name and table not in mapping.tables:
            chosen |= {name: place for name, place in _sheets_alone(table, location.path).items() if name not in mapping.tables}
        else:
            chosen[table] = Location(location.path, _sheet_for(table, location.path))
    return {table: chosen[table] for table in KINDS if table in chosen}


def _sheet_called(location: Location) -> str:
    """The sheet that a mapping names, hidden or not."""
    sheets = sheets_of(location.path)
    if location.sheet not in [sheet.name for sheet in sheets]:
        hint = f"Correct the name behind {PART} in mapping.toml. The sheets are: {_listed(location.path, sheets)}"
        fatal("no_such_sheet", shown(location.path), "[tables] names a sheet that the workbook does not have", hint)
    return location.sheet


def _sheets_alone(table: str, path: Path) -> dict[str, Location]:
    """The sheets of a workbook that are called like tables, or the only sheet there is."""
    sheets = [sheet for sheet in sheets_of(path) if not sheet.hidden and not sheet.blank]
    called = {sheet.name.strip().casefold(): sheet.name for sheet in sheets}
    named = {kind: Location(path, called[kind]) for kind in KINDS if kind in called}
    if named and {COUNTED, *rolled_kinds()} & set(named):
        return named
    return {table: Location(path, _sheet_for(table, path))}


def _sheet_for(table: str, path: Path) -> str:
    """The sheet called like a table, or the only one."""
    everything = sheets_of(path)
    sheets = [sheet for sheet in everything if not sheet.hidden and not sheet.blank]
    called = [sheet.name for sheet in sheets if sheet.name.strip().casefold() == table]
    if len(sheets) != 1 and not called:
        what = "no sheet that is not hidden holds anything" if not sheets else f"none of its sheets is called {table}"
        line = f'[tables] {table} = "{path.name}{PART}{_listed(path, [*sheets, *everything][:1]).removesuffix(_HIDDEN)}"'
        fatal(
            "which_sheet", shown(path), what, f"Say which one it is, in mapping.toml: {line}. The sheets are: {_listed(path, everything)}"
        )
    return called[0] if called else sheets[0].name


def _listed(path: Path, sheets: Sequence[Sheet]) -> str:
    """The sheets of a workbook as a message names them."""
    names = [sheet_label(path, sheet.name, sheet.place).partition(PART)[2] + (_HIDDEN if sheet.hidden else "") for sheet in sheets]
    return ", ".join(names[:20]) + (f" and {len(names) - 20} more" if len(names) > 20 else "")
