"""Takes a table as it came, gives it without the rows that are no rows: blank ones, and sums such as "Grand total" below or between them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.findings import Finding
from iop_outcomes.intake.inputs import Input, Places
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store

SUMS = "rows that are sums of others"
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
    columns = store.raw_columns(item.table)
    named = mapping.columns.get(item.table, {})
    text = {column: f"trim(CAST({quoted(column)} AS VARCHAR))" for column in columns}
    ids = [text[name] for name in (named.get(each, each) for each in _IDS) if name in text]
    written = ", ".join(map(literal, _WRITTEN))
    blank = " AND ".join(f"coalesce({cell}, '') = ''" for cell in text.values())
    a_sum = " OR ".join(f"coalesce({cell} IN ({written}), FALSE)" for cell in text.values())
    # Without ids, a sum is a word and numbers: "Total" may be the name of a scale in a row that holds more.
    others = ids or [f"regexp_replace({cell}, '^[-+$]?[0-9.,]+ ?%?$', '')" for cell in text.values()]
    nobody = " AND ".join(f"coalesce({cell}, '') IN ('', {written})" for cell in others)
    none = store.rows_where(item.table, f"({nobody}) AND ({blank})")
    sums = store.rows_where(item.table, f"({nobody}) AND ({a_sum})")
    before = store.raw_rows(item.table)
    if (not none and not sums) or len(none) + len(sums) == before:
        return
    item.notes += _notes(item, none, sums)
    whole = item.places or Places((replace(item, notes=[]),), np.arange(before, dtype=np.int64))
    kept = store.narrow(item.table, ", ".join(map(quoted, columns)), f"NOT (({nobody}) AND (({blank}) OR {a_sum}))")
    item.places = Places(whole.files, whole.rows[kept])
    if sums:
        item.passed_over[SUMS] = len(sums)


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
