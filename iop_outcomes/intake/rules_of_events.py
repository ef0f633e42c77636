"""Takes the columns of events that came, gives the rules over several of them: days, follow-up, death."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.rules import Rule
from iop_outcomes.intake.rules_of_episodes import AFTER_DEATH, AFTER_DEATH_HINT, LATE, LATE_HINT

_ROW_ID = "event_id"


def event_rules(has: Collection[str], episodes: Collection[str], mapping: Mapping) -> list[Rule]:
    """Rules over several columns of events.

    Parameters
    ----------
    has : collection of str
        The columns that came.
    episodes : collection of str
        Columns of the episodes they belong to, computed ones included.
    mapping : Mapping
        The convention of stays.
    """
    days = tuple(name for name in ("day", "days_after_discharge") if name in has)
    undated = " AND ".join(f"{name} IS NULL" for name in days)
    hint = "Give day (from admission) or days_after_discharge"
    rules = (
        [_rule("event_without_day", days, undated, "an event without a day", hint)] if "date" not in has else []
    )  # which may not be blank
    if "days_after_discharge" in has:
        hint = "Events during care are counted from admission, in the column day"
        rules.append(_rule("negative_day", ("days_after_discharge",), "days_after_discharge < 0", "a day before discharge", hint))
    # A stay or a follow-up below 0 is a fault of the episode, and named there.
    late = "event_days_after_discharge > episode_follow_up_days AND episode_follow_up_days >= 0 AND coalesce(episode_los_days, 0) >= 0"
    if "patient_id" not in has:  # an event of a person belongs to every episode that had begun, also to one that was followed for less long
        rules += _of_day("event_after_follow_up", days, late, LATE, LATE_HINT)
    rules += _after_death(days, episodes, mapping)
    if _ROW_ID in has:
        return [*rules, _twice(has)]
    same = ", ".join(name for name in ("episode_id", "event", "day", "days_after_discharge", "kind", "planned") if name in has)
    twice = f"count(*) OVER (PARTITION BY {same}) > 1"
    hint = "All of them are kept, and as a first event they count once; a column event_id, which names each row, would tell copies"
    rules.append(_rule("event_twice", ("event", "episode_id", *days), twice, "rows alike", hint, "warning"))
    return rules


def _twice(has: Collection[str]) -> Rule:
    """The identifier of a row names one row: what repeats it cell for cell is a copy, and anything else is not known."""
    columns = (_ROW_ID, *(name for name in has if name != _ROW_ID))
    predicate = f"{_ROW_ID} IN (SELECT {_ROW_ID} FROM own_events GROUP BY 1 HAVING count(*) > 1)"
    hint = "An event_id names one row of one person; leave out those that are one event, or number the rows"
    return _rule("event_id_twice", columns, predicate, "rows that differ have one event_id", hint)


def _rule(name: str, columns: Sequence[str], predicate: str, message: str, hint: str, severity: str = "error") -> Rule:
    return Rule(name, "events", tuple(columns), predicate, message, hint, severity)


def _of_day(name: str, days: Sequence[str], predicate: str, message: str, hint: str) -> list[Rule]:
    """A rule on the day of an event, that points at the column in which the day was given."""
    rules = []
    for day in days:
        others = "".join(f" AND {other} IS NULL" for other in days if other > day)
        rules.append(_rule(name, (day, *days), f"({predicate}) AND {day} IS NOT NULL{others}", message, hint))
    return rules


def _after_death(days: Sequence[str], episodes: Collection[str], mapping: Mapping) -> list[Rule]:
    """Nothing comes after a death among the events, or after a discharge that was one."""
    first = "min(CASE WHEN event = 'death' THEN {} END) OVER (PARTITION BY episode_id)"
    # On the clock of discharge too: where the stay is not known, the day from admission is not either.
    late = " OR ".join(f"{day} > {first.format(day)}" for day in ("event_day", "event_days_after_discharge"))
    rules = _of_day("event_after_death", days, late, AFTER_DEATH, AFTER_DEATH_HINT)
    if "discharge_reason" in episodes and mapping.los_convention != "last_contact":
        late = "event <> 'death' AND event_days_after_discharge > 0 AND episode_died"
        rules += _of_day("event_after_death", days, late, "later than a discharge by death", AFTER_DEATH_HINT)
    return rules
