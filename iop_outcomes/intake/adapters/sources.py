"""Takes frames, or a database, that hold tables of another system's layout, gives a folder of files that the layout's adapter reads."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import DataError, UsageError, choices
from iop_outcomes.intake.adapters.resource_frames import resource_lines
from iop_outcomes.intake.casts import as_text
from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.database_tables import Database, DatabaseTable
from iop_outcomes.intake.databases import copy_table, is_database, names_in
from iop_outcomes.intake.files import refuse_globs, refuse_path, shown
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.frames import add_frame, gathered, is_frame, with_index
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store

TABLES: Dictionary[str, tuple[str, ...]] = {  # which a layout may bring as frames, and OMOP from a database
    "omop": ("visit_occurrence", "visit_detail", "episode", "episode_event", "observation", "measurement", "person", "death", "concept"),
    "fhir": ("EpisodeOfCare", "Encounter", "Observation", "QuestionnaireResponse", "Patient"),
    "redcap": ("records",),
    "teds_d": ("discharges",),
}


def files_of_layout(store: Store, source: Any, mapping: Mapping, layout: str) -> Path:
    """The path that an adapter reads: the one given, or a private folder with a file for each table of frames or of a database.

    Parameters
    ----------
    store : Store
        Whose private folder is used.
    source : path, data frame, or dict of str to data frame
        What was given to `load`.
    mapping : Mapping
        `[adapter] database` names the database and schema, where the tables are in one.
    layout : str
        One of the layouts.

    Raises
    ------
    UsageError
        When frames are called what no table of the layout is called.
    DataError
        When there is no such path, or the database cannot be read.
    """
    if not isinstance(source, str | Path):
        return _frames_as_files(store, source, layout)
    path = Path(source)
    refuse_path(path)
    if mapping.adapter.database or (layout == "omop" and is_database(path)):
        return _database_as_files(store, path, mapping, layout)
    return path


def _folder(store: Store) -> Path:
    folder = store.connection.folder / "layout"
    folder.mkdir()
    return folder


def _frames_as_files(store: Store, source: Any, layout: str) -> Path:
    """Each frame as a file: REDCap's as the CSV it would export, FHIR's as NDJSON, the others as Parquet."""
    tables = TABLES[layout]
    frames = {name: gathered(frame) for name, frame in (source if isinstance(source, Dictionary) else {tables[0]: source}).items()}
    for name, frame in frames.items():
        if name not in tables:
            raise UsageError(f'load: no table of layout {layout} is called "{name}". {choices(str(name), tables)}')
        if not is_frame(frame):
            raise UsageError(f"load: {name} is no data frame of pandas, polars or Arrow.")
    folder = _folder(store)
    if layout == "fhir":
        for name, frame in frames.items():
            lines = "".join(f"{line}\n" for line in resource_lines(frame, name))
            (folder / f"{name}.ndjson").write_text(lines, encoding="utf-8")
        return folder
    for name, frame in frames.items():
        staged = Store()
        try:
            add_frame(staged, name, with_index(frame, ("record_id",)))
            columns = {column: quoted(column) for column in staged.raw.columns(name)}
            if layout == "redcap":
                columns = {column: as_text(text, staged.raw.type_of(name, column)) for column, text in columns.items()}
            select = ", ".join(f"{text} AS {quoted(column)}" for column, text in columns.items())
            file, form = ("csv", "csv, header") if layout == "redcap" else ("parquet", "parquet")
            target = folder / f"{name}.{file}"
            staged.connection.send(f"COPY (SELECT {select} FROM raw_{name}) TO {literal(str(target))} (FORMAT {form})")
        finally:
            staged.close()
    return folder if len(tables) > 1 else target


def _database_as_files(store: Store, path: Path, mapping: Mapping, layout: str) -> Path:
    """Each table of the layout that a schema holds, copied; nothing is written to the database."""
    if layout != "omop":
        raise DataError(f"{mapping.name} [adapter] database: tables of layout {layout} are read from files. Take it out.")
    database, schema = _named(path, mapping)
    here = {name.lower(): name for name in names_in(database, schema, store.connection.folder)}
    known = [table for table in TABLES[layout] if table in here]
    if not known:
        hint = 'Name the database and its schema in mapping.toml, as in [adapter] database = "warehouse.cdm".'
        fatal("no_such_table", database.name, "it holds no table of OMOP", hint)
    folder = _folder(store)
    for table in known:
        source = DatabaseTable(database, (*((schema,) if schema else ()), here[table]), "", f"{database.name} ({table})")
        copies = folder / table
        copies.mkdir()
        copy = copy_table(source, copies, CellText(".", ""))
        copy.rename(folder / f"{table}{copy.suffix}")
        copies.rmdir()
    return folder


def _named(path: Path, mapping: Mapping) -> tuple[Database, str]:
    """The database and its schema: what the mapping names, else the file that was given."""
    name, _, schema = mapping.adapter.database.partition(".")
    if not name:
        refuse_globs(path)
        return Database(shown(path), path), ""
    if name not in mapping.databases:
        raise DataError(f'{mapping.name} [adapter] database: none is called "{name}" under [databases]. {choices(name, mapping.databases)}')
    settings = mapping.databases[name]
    file = settings.get("file")
    return Database(name, (mapping.folder or path) / file if file else None, settings.get("url_env", "")), schema
