"""Takes the columns of sessions that came, gives the rules over several of them: days outside care, rows alike, sessions without a status."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.engine.dialect import quoted
from iop_outcomes.intake.placing import LAST_DAY
from iop_outcomes.intake.rules import Rule

_ROW_ID = "session_id"


def session_rules(has: Sequence[str]) -> list[Rule]:
    """Rules over several columns of sessions.

    Parameters
    ----------
    has : sequence of str
        The columns that came.
    """
    unused = "A session counts from admission to discharge, or to the last day observed: this row is counted, and not used"
    unknown = "Such sessions are in no rate, and counted; give their status where it is known"
    rules = [
        _rule("session_before_admission", ("day", "episode_id"), "day < 0", "a day before admission", unused, "warning"),
        _rule(
            "session_after_discharge",
            ("day", "episode_id"),
            f"day > {LAST_DAY}",
            "a day after discharge, or after the last day observed",
            unused,
            "warning",
        ),
        _rule("session_without_status", ("status",), "status IS NULL", "a session whose status is not known", unknown, "note"),
    ]
    return [*rules, _twice(has) if _ROW_ID in has else _alike(has)]


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str, severity: str = "error") -> Rule:
    return Rule(name, "sessions", tuple(columns), predicate, message, hint, severity)


def _twice(has: Sequence[str]) -> Rule:
    """The identifier of a row names one row: what repeats it cell for cell is a copy, and anything else is not known."""
    columns = (_ROW_ID, *(name for name in has if name != _ROW_ID))
    predicate = f"{_ROW_ID} IN (SELECT {_ROW_ID} FROM own_sessions GROUP BY 1 HAVING count(*) > 1)"
    hint = "A session_id names one row of one person; what names the group belongs in group_id"
    return _rule("session_twice", columns, predicate, "rows that differ have one session_id", hint)


def _alike(has: Sequence[str]) -> Rule:
    """Two sessions of one kind on one day are common, so that without an identifier nobody can tell a copy."""
    cells = f"hash({', '.join(map(quoted, has))})"  # of 64 bits: that two rows share one by chance is a warning too many in a million files
    alike = f"{cells} IN (SELECT {cells} FROM own_sessions GROUP BY 1 HAVING count(*) > 1)"
    hint = "All of them are kept; a column session_id, which names each row, would tell copies from sessions"
    return _rule("session_alike", ("day", "episode_id"), alike, "rows alike", hint, "warning")
