"""Takes a code with the rows it stands in, gives whether it may be shown to a person who maps it: never one of few rows, nor an identifier."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from iop_outcomes.engine.dialect import quoted
from iop_outcomes.intake.identifiers import IDENTIFIERS
from iop_outcomes.intake.rules import Fault
from iop_outcomes.intake.store import Store

MAX_CODES = 50
FEWEST_ROWS = 11  # in which a code must stand to be shown, as for every count of the default policy
MOST_NAMED = 10  # in one message


def is_shown(code: str) -> bool:
    """Whether a code of enough rows may be shown: no label of its shape would be refused in any class.

    Examples
    --------
    >>> is_shown("TX COMPLETE"), is_shown("Roe, Jane")
    (True, False)
    """
    kinds = (kind for kind in IDENTIFIERS if "category" in kind.fields)
    return code.isprintable() and not any(
        re.search(kind.value, code) and not (kind.unless and re.search(kind.unless, code)) for kind in kinds
    )


def name_codes(store: Store, faults: Sequence[Fault]) -> list[Fault]:
    """Put the unknown codes of a column into the message of their fault: those of at least 11 rows by name, the others by how many differ.

    Parameters
    ----------
    store : Store
        Asked once more, of the faulty columns alone.
    faults : sequence of Fault
        What the scan found.
    """
    return [_named(store, fault) if fault.rule.id == "unknown_code" else fault for fault in faults]


def _named(store: Store, fault: Fault) -> Fault:
    rule = fault.rule
    codes = f"SELECT {quoted(rule.columns[0] + '__text')} AS code, count(*) AS n FROM own_{rule.table} WHERE {rule.predicate} GROUP BY 1"
    often = f"SELECT code, n FROM ({codes}) AS codes WHERE n >= {FEWEST_ROWS} ORDER BY n DESC, code LIMIT {MAX_CODES}"
    with store.connection.lock:
        total = store.connection.one(f"SELECT count(*) FROM ({codes}) AS codes")
        rows = store.connection.send(often).fetchall()
    named = [f'"{code}" ({n:,} rows)' for code, n in rows if is_shown(code)][:MOST_NAMED] if total <= MAX_CODES else []
    others = total - len(named)
    more = f"{others:,} {'other' if named else 'different'} {'code' if others == 1 else 'codes'}" if others else ""
    return Fault(replace(rule, message=f"{rule.message}: {' and '.join(filter(None, (', '.join(named), more)))}"), fault.rows)
