"""Takes the scores beside episodes that came, gives the rules that count where a score of the table stands in for a blank one."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Dictionary

from iop_outcomes.columns import WINDOWS
from iop_outcomes.engine.dialect import ROW, literal, quoted
from iop_outcomes.intake.rules import Rule
from iop_outcomes.scales import Scale


def stand_in_rules(has: Collection[str], scales: Dictionary[str, Scale]) -> list[Rule]:
    """One rule for each column of scores beside the episode, where there is a table of scores as well.

    Parameters
    ----------
    has : collection of str
        The columns of episodes that came.
    scales : dict of str to Scale
        Which scales there are.
    """
    rules = []
    for scale in scales:
        if f"{scale}_admit" in has:
            rules.append(_rule(f"{scale}_admit", _admission(scale, f"{scale}_discharge" in has)))
        if f"{scale}_discharge" in has:
            rules.append(_rule(f"{scale}_discharge", _discharge(scale, f"{scale}_admit" in has)))
    return rules


def _rule(column: str, stand_ins: str) -> Rule:
    message = "blank, and a score of the table of scores stands in for it"
    hint = "Fill the column, or leave it out where the table holds every score"
    return Rule("score_stands_in", "episodes", (column,), f"{ROW} IN ({stand_ins})", message, hint, "note")


def _blank(column: str, other: str) -> str:
    """Episodes without this score beside them, with what is known of the other one."""
    return f"SELECT {ROW}, episode_id, los_days, {other} AS other FROM checked_episodes WHERE {quoted(column)} IS NULL"


def _scores(scale: str) -> str:
    return f"SELECT episode_id, day FROM checked_scores WHERE scale = {literal(scale)} AND score IS NOT NULL"


def _admission(scale: str, has_other: bool) -> str:  # noqa: FBT001 - private, one caller
    """Beside a discharge score, whose day nobody knows, only a score from before every day on which that may have been given."""
    first, last = WINDOWS["admit"]
    blank = _blank(f"{scale}_admit", quoted(f"{scale}_discharge") if has_other else "NULL")
    window = f"day BETWEEN {first} AND {last} AND (other IS NULL OR day < los_days + {WINDOWS['discharge'][0]})"
    return f"SELECT {ROW} FROM ({blank}) AS blank JOIN ({_scores(scale)}) AS scored USING (episode_id) WHERE {window}"


def _discharge(scale: str, has_other: bool) -> str:  # noqa: FBT001 - private, one caller
    """After every day on which an admission score of unknown day may have been given, or after the one of the table."""
    first, last = WINDOWS["discharge"]
    blank = _blank(f"{scale}_discharge", quoted(f"{scale}_admit") if has_other else "NULL")
    start, end = WINDOWS["admit"]
    closest = "arg_min(day, abs(day) * 2 + CASE WHEN day > 0 THEN 1 ELSE 0 END)"
    scores = _scores(scale)
    admission = f"SELECT episode_id, {closest} AS first FROM ({scores}) AS early WHERE day BETWEEN {start} AND {end} GROUP BY episode_id"
    later = f"CASE WHEN other IS NOT NULL THEN day > {end} ELSE first IS NULL OR day > first END"
    return (
        f"SELECT {ROW} FROM ({blank}) AS blank JOIN ({scores}) AS scored USING (episode_id) LEFT JOIN ({admission}) AS admission "
        f"USING (episode_id) WHERE day BETWEEN los_days + {first} AND los_days + {last} AND {later}"
    )
