"""Takes rows whose id no episode has, gives how many have it written otherwise, as 42.0 or 0042 for 42: said, and never joined unasked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iop_outcomes.engine.dialect import literal
from iop_outcomes.intake.checks import ORPHAN
from iop_outcomes.intake.rules import Fault
from iop_outcomes.intake.store import Store

WRITE_ALIKE = "Write the ids alike in both files: spreadsheets take leading zeros away, and a blank beside numbers makes 42.0 of 42"
_ROUNDED = r"^(\d+)\.0+$"


def written_otherwise(store: Store, table: str, column: str) -> int:
    """How many rows of a table hold an id that no episode has, but for leading zeros and .0 behind it.

    Parameters
    ----------
    store : Store
        Asked once; no id leaves it.
    table, column : str
        The table, and its episode_id or patient_id.
    """
    plain = f"ltrim(regexp_replace(CAST({column} AS VARCHAR), {literal(_ROUNDED)}, '\\1'), '0')"
    ids = f"SELECT {{}} FROM own_episodes WHERE {column} IS NOT NULL"
    other = f"{column} NOT IN ({ids.format(column)}) AND {plain} IN ({ids.format(plain)})"
    with store.connection.lock:
        return int(store.connection.one(f"SELECT count(*) FROM own_{table} WHERE {column} IS NOT NULL AND {other}"))


def say_written_otherwise(n: int) -> str:
    """That ids differ by how they are written alone.

    Examples
    --------
    >>> say_written_otherwise(1200)
    '1,200 of them have an id that an episode has, but for leading zeros or .0 behind it'
    """
    return f"{n:,} of them {'has' if n == 1 else 'have'} an id that an episode has, but for leading zeros or .0 behind it"


def offer_spellings(store: Store, faults: Sequence[Fault]) -> list[Fault]:
    """Say of rows without an episode how many would have one, were ids written alike."""
    return [_offered(store, fault) if fault.rule.id == ORPHAN else fault for fault in faults]


def _offered(store: Store, fault: Fault) -> Fault:
    n = written_otherwise(store, fault.rule.table, "episode_id")
    if not n:
        return fault
    return Fault(replace(fault.rule, message=f"{fault.rule.message}; {say_written_otherwise(n)}", hint=WRITE_ALIKE), fault.rows)
