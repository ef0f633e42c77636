"""Takes what must not be true of a row, gives it as data: a rule, and the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A check as data: what must not be true of a row.

    Parameters
    ----------
    id : str
        Its short name, which findings and exit messages quote.
    table : str
        The table it reads.
    columns : tuple of str
        Canonical columns it speaks of; the finding points at the first.
    predicate : str
        SQL that is true of a faulty row. `x` is the value cast to its declared type, `x__text` what stood in the file.
    message, hint : str
        What is wrong, and what to do.
    severity : {"error", "warning", "note"}
        Whether the row can be used, can be used with care, or is as declared and only worth knowing.
    """

    id: str
    table: str
    columns: tuple[str, ...]
    predicate: str
    message: str
    hint: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows that break a rule: their positions in the file (0 is the first row of data), never their values."""

    rule: Rule
    rows: tuple[int, ...]
