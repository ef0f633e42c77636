"""Takes what must not be true of a row, gives it as data: a rule, and the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass

from iop_outcomes.columns import KINDS

KEY = "episode_id"  # by which rows belong to one of another kind


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
    shared : tuple of str
        Pieces of the predicate that take long, and that other rules of the table may hold too: each is asked of a row once.
    """

    id: str
    table: str
    columns: tuple[str, ...]
    predicate: str
    message: str
    hint: str
    severity: str = "error"
    shared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows that break a rule: their positions in the file (0 is the first row of data), never their values."""

    rule: Rule
    rows: tuple[int, ...]


def unknown_key(table: str, column: str, text: str) -> str:
    """SQL of a text, but blank where it is the id of an episode that is known: the same text is looked at among the episodes.

    Examples
    --------
    >>> unknown_key("scores", "episode_id", "episode_id__text"), unknown_key("episodes", "episode_id", "episode_id__text")
    ('CASE WHEN episode_known IS NULL THEN episode_id__text END', 'episode_id__text')
    """
    return f"CASE WHEN episode_known IS NULL THEN {text} END" if KINDS[table].parent and column == KEY else text
