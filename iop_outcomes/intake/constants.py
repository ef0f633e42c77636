"""Takes a table as it came and the words that a mapping gives to every row of it, gives it with these columns.

A file of one program names no track, a list of readmissions says nowhere that its rows are readmissions: what is true of a whole file
stands in none of its rows.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

from iop_outcomes.columns import KINDS
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.errors import DataError
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.store import Store


def add_constants(store: Store, item: Input, mapping: Mapping) -> None:
    """Give a table, in the store, the columns that a mapping says are the same in every row.

    Parameters
    ----------
    store : Store
        Where the table is.
    item : Input
        The table.
    mapping : Mapping
        What its columns are called, and what every row is.

    Raises
    ------
    DataError
        When the file has such a column itself.
    """
    columns, named = store.raw.columns(item.table), mapping.columns.get(item.table, {})
    words = mapping.constants.get(item.table, {})
    for name in words:
        if name in named or name in columns:
            where = f"{mapping.name} [constants.{item.table}] {name}"
            raise DataError(f"{where}: {item.name} has the column {named.get(name, name)} for it. Take out one of the two.")
    if words:
        added = [f"CAST({literal(word)} AS VARCHAR) AS {quoted(name)}" for name, word in words.items()]
        store.raw.narrow(item.table, ", ".join([*map(quoted, columns), *added]), "")


def words_of_constants(constants: Dictionary[str, Dictionary[str, Any]]) -> tuple[str, ...]:
    """What every row of a table is taken to be, in words.

    Examples
    --------
    >>> words_of_constants({"events": {"event": "readmission_psychiatric"}})
    ('every row of events has event readmission_psychiatric, as declared',)
    """
    return tuple(
        f"every row of {table} has {name} {word}, as declared" for table in KINDS for name, word in constants.get(table, {}).items()
    )
