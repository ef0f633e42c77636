"""Takes a table as it came, gives it without the rows that are none: blank ones, sums such as "Grand total", and those that a mapping leaves out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iop_outcomes.columns import KINDS
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.casts import as_text, without_fraction
from iop_outcomes.intake.findings import Finding, fatal
from iop_outcomes.intake.inputs import Input, Places
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store

SUMS = "rows that are sums of others"
LEFT_OUT = "rows left out by a code, as declared"
_WORDS = ("total", "totals", "grand total", "grand totals", "subtotal", "sub-total", "sum", "overall total")
# Written out rather than in small letters: every row is asked.
_WRITTEN = tuple(
    dict.fromkeys(f"{way}{end}" for word in _WORDS for way in (word, word.capitalize(), word.title(), word.upper()) for end in ("", ":"))
)
_IDS = ("episode_id", "patient_id")  # a row that names one of these is a row, whatever else it says


def pass_over_sums(store: Store, item: Input, mapping: Mapping) -> None:
    """Leave out, in the store, rows that hold nothing and rows that sum up others, where neither an episode nor a patient is named.

    Parameters
    ----------
    store : Store
        Where the table is.
    item : Input
        The table; its notes, its places and what is passed over are kept there.
    mapping : Mapping
        What its columns are called.
    """
    if mapping.counts:  # a total among cells is an error of its own
        return
    columns = store.raw.columns(item.table)
    named = mapping.columns.get(item.table, {})
    text = {column: f"trim(CAST({quoted(column)} AS VARCHAR))" for column in columns}
    ids = [f"CAST({quoted(name)} AS VARCHAR)" for name in (named.get(each, each) for each in _IDS) if name in text]
    written = ", ".join(map(literal, _WRITTEN))
    blank = " AND ".join(f"coalesce({cell}, '') = ''" for cell in text.values())
    a_sum = " OR ".join(f"coalesce({cell} IN ({written}), FALSE)" for cell in text.values())
    # Without ids, a sum is a word and numbers: "Total" may be the name of a scale in a row that holds more.
    others = ids or [f"regexp_replace({cell}, '^[-+$]?[0-9.,]+ ?%?$', '')" for cell in text.values()]
    nobody = " AND ".join(f"({cell} IS NULL OR {cell} IN ('', {written}))" for cell in others)
    if ids and not store.raw.rows_where(item.table, nobody):  # as in most files: then nothing else is asked of its rows
        return
    none = store.raw.rows_where(item.table, f"({nobody}) AND ({blank})")
    sums = store.raw.rows_where(item.table, f"({nobody}) AND ({a_sum})")
    before = store.raw.rows(item.table)
    if (not none and not sums) or len(none) + len(sums) == before:
        return
    item.notes += _notes(item, none, sums)
    _keep(store, item, f"NOT (({nobody}) AND (({blank}) OR {a_sum}))")
    if sums:
        item.passed_over[SUMS] = len(sums)


def leave_out_rows(store: Store, item: Input, mapping: Mapping) -> None:
    """Leave out, in the store, the rows that the mapping says are not read, such as messages of a feed that are no admissions.

    Parameters
    ----------
    store, item, mapping
        As of `pass_over_sums`.

    Raises
    ------
    DataError
        When a column is not there, or no row is left of a table that may not be empty.
    """
    columns, named = store.raw.columns(item.table), mapping.columns.get(item.table, {})
    tests = []
    for name, codes in mapping.leave_out.get(item.table, {}).items():
        column = named.get(name, name)
        if column not in columns:
            where = f"{mapping.name} [leave_out.{item.table}] {name}"
            raise DataError(f"{where}: no column of {item.name} is called so. {choices(name, [*named, *columns])}")
        text = without_fraction(as_text(quoted(column), store.raw.type_of(item.table, column)))
        tests.append(f"coalesce({text} IN ({', '.join(map(literal, codes))}), FALSE)" if codes else "FALSE")
    if not tests:
        return
    left = " OR ".join(tests)
    n, before = len(store.raw.rows_where(item.table, left)), store.raw.rows(item.table)
    if n == before and not KINDS[item.table].may_be_empty:
        fatal("no_rows", item.name, "no row is left", f"Check [leave_out.{item.table}] in mapping.toml.")
    _keep(store, item, f"NOT ({left})")
    if n:
        item.passed_over[LEFT_OUT] = n


def _keep(store: Store, item: Input, condition: str) -> None:
    """Keep the rows that meet a condition, each with the place where it stood."""
    before, columns = store.raw.rows(item.table), store.raw.columns(item.table)
    whole = item.places or Places((replace(item, notes=[]),), np.arange(before, dtype=np.int64))
    kept = store.raw.narrow(item.table, ", ".join(map(quoted, columns)), condition)
    item.places = Places(whole.files, whole.rows[kept])


def _notes(item: Input, none: list[int], sums: list[int]) -> list[Finding]:
    findings = []
    for rows, rule, message, hint in (
        (none, "blank_lines", "rows without a value are passed over", "Nothing is missing unless rows were meant to stand there"),
        (
            sums,
            "sum_rows",
            "rows that are sums of others (Total and the like) are passed over",
            "Take them out of the file if they are meant to be read",
        ),
    ):
        for file, lines in item.lines.by_file(rows) if rows else []:
            findings.append(Finding(rule, "note", file.name, "", message, hint, lines, file.unit, len(lines)))
    return findings
