"""Takes the tables of an export and the layout that describes it, gives them the canonical columns, words and rows, each row where it stood."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.casts import as_text, without_fraction
from iop_outcomes.intake.files import kind_at, shown
from iop_outcomes.intake.findings import Finding, fatal
from iop_outcomes.intake.headers import needed_columns
from iop_outcomes.intake.inputs import Input, Places
from iop_outcomes.intake.layouts.layout import Layout, RowCondition, TableLayout
from iop_outcomes.intake.locations import file_called
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import plan_table, refuse_unknown_names
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

NOT_READ = "rows that the layout does not read"


def with_files(mapping: Mapping, layout: Layout, source: Any) -> Mapping:
    """The mapping with what the layout says of its tables before they are opened: where they stand, how they are written, their headers.

    Parameters
    ----------
    mapping : Mapping
        The site's own, whose lines of [tables] and [columns] win.
    layout : Layout
        The export.
    source : path, data frame or dict of data frames
        As of `load`; files are looked for where it is a folder.

    Raises
    ------
    DataError
        When none of the tables of the layout is there.
    """
    tables = dict(mapping.tables)
    if isinstance(source, str | Path):
        tables |= _files_named(mapping, layout, Path(source))
    columns = {table: _first_names(each) | dict(mapping.columns.get(table, {})) for table, each in layout.tables.items()}
    headers = {table: _header_names(each, mapping.columns.get(table, {})) for table, each in layout.tables.items()}
    described = layout.mapping
    return replace(
        mapping,
        layout=layout.name,
        tables=tables,
        columns={**mapping.columns, **columns},
        headers=headers,
        date_formats={**mapping.date_formats, **{table: each for table, each in described.date_formats.items() if table in layout.tables}},
        text={
            **mapping.text,
            **({table: described.text_of(table) for table in layout.tables} if described.text or described.delimiter != "," else {}),
        },
        los_convention=described.los_convention
        if "episodes" in layout.tables and described.los_convention != "difference"
        else mapping.los_convention,
        covariates={**described.covariates, **mapping.covariates},
        codes=_both(described.codes, mapping.codes),
        missing={
            name: (*described.missing.get(name, ()), *mapping.missing.get(name, ())) for name in {**described.missing, **mapping.missing}
        },
        sha256=hashlib.sha256(f"{mapping.sha256}{layout.sha256}".encode()).hexdigest(),
    )


def _both(first: Dictionary[str, Dictionary[str, str]], then: Dictionary[str, Dictionary[str, str]]) -> dict[str, dict[str, str]]:
    return {name: {**first.get(name, {}), **then.get(name, {})} for name in {**first, **then}}


def _files_named(mapping: Mapping, layout: Layout, path: Path) -> dict[str, str]:
    """The files of a folder that the layout names, each with its whole path."""
    wanted = [table for table in layout.tables if table not in mapping.tables]
    files = {table: file for table in wanted if kind_at(path) == "folder" and (file := _file_of(path, layout.tables[table])) is not None}
    if not files and len(wanted) == len(layout.tables):
        names = "; ".join(f"{table} from a file called {' or '.join(layout.tables[table].files)}" for table in wanted)
        hint = f'Put it into the folder, or name it in mapping.toml, as in [tables] {wanted[0]} = "export.csv".'
        fatal("no_such_file", shown(path), f"layout {layout.name} reads {names}, and none is there", hint)
    for table, file in files.items():
        if (same := file_called(path, table)) is not None:
            hint = f"Name the one that is meant in mapping.toml under [tables] {table}, or take the other away."
            fatal(
                "table_twice",
                shown(same),
                f"layout {layout.name} reads {table} from {shown(file)}, and this file is there too",
                hint,
            )
    return {table: str(file.absolute()) for table, file in files.items()}


def _file_of(folder: Path, table: TableLayout) -> Path | None:
    return next((file for name in table.files if (file := file_called(folder, name)) is not None), None)


def _first_names(table: TableLayout) -> dict[str, str]:
    return {name: names[0] for name, names in table.columns.items()}


def _header_names(table: TableLayout, given: Dictionary[str, str]) -> tuple[str, ...]:
    """Every name that the layout or the mapping knows, in the cases in which databases export them."""
    named = [*(name for names in table.columns.values() for name in names), *(name for each in table.conditions for name in each.columns)]
    return tuple(dict.fromkeys(each for name in (*given.values(), *named) for each in (name, name.lower(), name.upper())))


def read_as(
    store: Store, inputs: Sequence[Input], mapping: Mapping, layout: Layout, scales: Dictionary[str, Scale], given: Mapping
) -> Mapping:
    """Give the tables of a layout, in the store, their columns and words, and leave out the rows that are not read; what is to be said is noted.

    Parameters
    ----------
    store, inputs
        The tables as they came; notes and places are put into the inputs.
    mapping : Mapping
        As `with_files` gives it.
    layout : Layout
        The export.
    scales : dict of str to Scale
        Those that are known.
    given : Mapping
        The site's own, whose columns win.

    Raises
    ------
    DataError
        When a file lacks what the layout needs, or the layout names a column that no table has.
    """
    raws = {item.table: store.raw.columns(item.table) for item in inputs}
    declared = replace(layout.mapping, name=layout.name, columns={table: _first_names(each) for table, each in layout.tables.items()})
    refuse_unknown_names(raws, declared, scales)
    for item in inputs:
        if item.table in layout.tables:
            mapping = _read_table(store, item, mapping, layout, scales, given.columns.get(item.table, {}))
    return mapping


def _read_table(
    store: Store, item: Input, mapping: Mapping, layout: Layout, scales: Dictionary[str, Scale], given: Dictionary[str, str]
) -> Mapping:
    table, raw = layout.tables[item.table], store.raw.columns(item.table)
    here = _by_small_letters(raw)
    if lacking := lacking_columns(item.table, table, raw, replace(mapping, columns={item.table: given}), scales):
        hint = f"Compare it with {layout.source[0]}; a column of another name is named in mapping.toml under [columns.{item.table}]."
        what = f"not the export that layout {layout.name} describes: it lacks {', '.join(lacking)}"
        fatal("not_this_layout", item.name, what, hint)
    columns = _columns_here(table, here)
    filled = {name: f"{name} (layout {layout.name})" for name in table.filled if name not in given}
    item.notes += _remarks(store, item, table, layout, mapping, here)
    conditional = {came for each in table.conditions if (came := _came(each.columns, here))} - {*columns.values(), *given.values()}
    cells = [quoted(name) for name in raw if name not in conditional]
    cells += [f"{_words(store, item.table, table, name, mapping, here)} AS {quoted(column)}" for name, column in filled.items()]
    where = " AND ".join(_sql(store, item.table, each, mapping, here) for each in table.only)
    mapping = replace(mapping, columns={**mapping.columns, item.table: {**columns, **filled, **given}})
    before = store.raw.rows(item.table)
    kept = store.raw.narrow(item.table, ", ".join(cells), where)
    if len(kept) < before:
        whole = item.places or Places((replace(item, notes=[]),), np.arange(before, dtype=np.int64))
        item.places = Places(whole.files, whole.rows[kept])
        item.passed_over[NOT_READ] = before - len(kept)
        if not len(kept):
            hint = f"Check the conditions under [[only.{item.table}]], or the export."
            fatal("no_rows", item.name, f"no row is one that layout {layout.name} reads", hint)
    return mapping


def _came(names: Sequence[str], here: Dictionary[str, str]) -> str:
    """The first name that the file holds, however it is written; "" where it holds none."""
    return next((here[name.casefold()] for name in names if name.casefold() in here), "")


def lacking_columns(name: str, table: TableLayout, raw: Sequence[str], mapping: Mapping, scales: Dictionary[str, Scale]) -> list[str]:
    """What a file lacks that its table needs, or that tells the rows that are read, as the layout calls it.

    Parameters
    ----------
    name, table
        The canonical table, and how the layout describes it.
    raw : sequence of str
        The columns of the file.
    mapping : Mapping
        The site's own, whose columns win.
    scales : dict of str to Scale
        Those that are known.
    """
    here, given = _by_small_letters(raw), mapping.columns.get(name, {})
    columns = {**_columns_here(table, here), **given}
    plan = plan_table(
        name, [*raw, *table.filled], replace(mapping, columns={name: {**columns, **{each: each for each in table.filled}}}), scales
    )
    needed = [each.partition(" ")[0] for each in needed_columns(name, plan, mapping)]
    if "episode_id" in needed:
        needed += ["patient_id", "date"]
    lacking = [" or ".join(table.columns[each]) for each in needed if each in table.columns and each not in columns]
    return list(dict.fromkeys([*lacking, *(" or ".join(each.columns) for each in table.only if not _came(each.columns, here))]))


def _columns_here(table: TableLayout, here: Dictionary[str, str]) -> dict[str, str]:
    return {name: came for name, names in table.columns.items() if (came := _came(names, here))}


def _by_small_letters(raw: Sequence[str]) -> dict[str, str]:
    return {name.casefold(): name for name in raw}


# -- conditions --------------------------------------------------------------------------------------------------------


def _cell(store: Store, table: str, condition: RowCondition, mapping: Mapping, here: Dictionary[str, str]) -> str:
    """SQL for the text of the cell that is conditional for, in small letters; NULL where it is blank or the column is not there."""
    column = _came(condition.columns, here)
    if not column:
        return "CAST(NULL AS VARCHAR)"
    text = without_fraction(as_text(quoted(column), store.raw.type_of(table, column)))
    blank = ", ".join(literal(code.lower()) for code in ("", *mapping.missing.get("all", ())))
    return f"CASE WHEN lower({text}) NOT IN ({blank}) THEN lower({text}) END"


def _sql(store: Store, table: str, condition: RowCondition, mapping: Mapping, here: Dictionary[str, str]) -> str:
    cell = _cell(store, table, condition, mapping, here)
    if condition.test == "blank":
        return f"({cell}) IS {'' if condition.blank else 'NOT '}NULL"
    if condition.test == "starts_with":
        return "coalesce(" + " OR ".join(f"starts_with({cell}, {literal(value.lower())})" for value in condition.values) + ", FALSE)"
    values = ", ".join(literal(value.lower()) for value in condition.values)
    return f"coalesce(({cell}) {'NOT ' if condition.test == 'is_not' else ''}IN ({values}), {'TRUE' if condition.test == 'is_not' else 'FALSE'})"


def _all(store: Store, table: str, where: Sequence[RowCondition], mapping: Mapping, here: Dictionary[str, str]) -> str:
    return " AND ".join(_sql(store, table, each, mapping, here) for each in where) or "TRUE"


def _words(store: Store, name: str, table: TableLayout, column: str, mapping: Mapping, here: Dictionary[str, str]) -> str:
    """SQL for the word of a column: that of the first line whose conditions a row meets, else the constant."""
    cases = "".join(
        f" WHEN {_all(store, name, line.where, mapping, here)} THEN {literal(line.word)}" for line in table.words if line.column == column
    )
    constant = literal(table.constants[column]) if column in table.constants else "NULL"
    return f"CASE{cases} ELSE CAST({constant} AS VARCHAR) END" if cases else f"CAST({constant} AS VARCHAR)"


def _remarks(store: Store, item: Input, table: TableLayout, layout: Layout, mapping: Mapping, here: Dictionary[str, str]) -> list[Finding]:
    """What the layout says of the file, and of the rows that are read and meet its conditions."""
    findings = []
    hint = f"Layout {layout.name}; see {layout.source[0]}"
    for remark in table.notes:
        if not remark.where:
            findings.append(Finding("layout_note", "note", item.name, "", remark.words, hint))
            continue
        rows = store.raw.rows_where(item.table, _all(store, item.table, (*table.only, *remark.where), mapping, here))
        for file, lines in item.lines.by_file(rows) if rows else []:
            findings.append(Finding("layout_note", "warning", file.name, "", remark.words, hint, lines, file.unit, len(lines)))
    return findings
