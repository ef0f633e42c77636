"""Takes requests, gives the SQL that answers them: a select list over episodes and the tables to join."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from iop_outcomes.columns import OUTSIDE, Column, DuringCare, FirstEvent, Known, Reached, Request, ScoreAt, Status
from iop_outcomes.engine.recipe import Steps, literal, quoted

PACK = 65_536  # room for a score beside its day in one whole number, so that first and last need min and max alone
SHIFT = 100_000  # lifts every day above 0 before packing
NO_STEPS: Mapping[str, Steps] = MappingProxyType({})
RANKS = 64  # room for the order of events on one day


@dataclass(frozen=True, slots=True)
class Pick:
    """A small helper table, one row per episode: the SELECT that fills it, and a name that is its own."""

    select: str

    @property
    def name(self) -> str:
        """A fingerprint of the SELECT: two questions never share a helper table, whatever they are called."""
        return f"pick_{hashlib.sha256(self.select.encode()).hexdigest()[:16]}"


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a tally selects: the expressions with their names, and the helper tables they need."""

    names: tuple[str, ...]
    expressions: tuple[str, ...]
    picks: tuple[Pick, ...]

    @property
    def source(self) -> str:
        """The FROM clause."""
        joins = "".join(f" LEFT JOIN {pick.name} ON {pick.name}.episode_id = episodes.episode_id" for pick in self.picks)
        return f"FROM episodes{joins}"


def derive(
    requests: Sequence[Request], columns: Collection[str], *, tables: Collection[str], steps: Mapping[str, Steps] = NO_STEPS
) -> Derivation:
    """Compile requests.

    Parameters
    ----------
    requests : sequence of requests
        What a measure asks; the same request twice counts once.
    columns : collection of str
        Columns the episodes table has; any other `Column` is blank throughout.
    tables : collection of str
        Which of scores and events hold any row; what asks for another is blank, or has no event.
    steps : mapping of str to Steps, optional
        Columns that hold scores as steps; they are given in points.
    """
    names: list[str] = []
    expressions: list[str] = []
    picks: list[Pick] = []
    for request in dict.fromkeys(requests):
        pick, values = _answer(request, columns, tables=tables)
        if pick is not None and pick not in picks:
            picks.append(pick)
        names += request.keys
        expressions += [steps[key].points(value) if key in steps else value for key, value in zip(request.keys, values, strict=True)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two requests for one column: {', '.join(sorted(twice))}")
    return Derivation(tuple(names), tuple(expressions), tuple(picks))


def _answer(request: Request, columns: Collection[str], *, tables: Collection[str]) -> tuple[Pick | None, tuple[str, ...]]:
    """The helper table a request needs, if any, and the expressions that answer it."""
    if isinstance(request, FirstEvent):
        return _first_event(request, columns, tables)
    if isinstance(request, DuringCare):
        pick = _during_care(request) if "events" in tables else None
        return pick, (f"coalesce({pick.name}.happened, 0)" if pick else "0",)
    if isinstance(request, Known):
        of, (value,) = _answer(request.of, columns, tables=tables)
        return of, (f"CAST({value} IS NOT NULL AS UTINYINT)",)
    if isinstance(request, Status | Reached):
        return None, (_status() if isinstance(request, Status) else _reached(request, columns),)
    return _column_or_score(request, columns, tables=tables)


def _status() -> str:
    outside = ", ".join(literal(reason) for reason in OUTSIDE)
    return f"CASE WHEN episodes.discharge_reason IN ({outside}) THEN episodes.discharge_reason ELSE 'discharged' END"


def _reached(request: Reached, columns: Collection[str]) -> str:
    values = [_whole(side, columns) for side in (request.column, request.goal)]
    return f"CAST({values[0]} >= {values[1]} AS UTINYINT)"


def _column_or_score(request: Column | ScoreAt, columns: Collection[str], *, tables: Collection[str]) -> tuple[Pick | None, tuple[str]]:
    """A column of episodes wins over the table of scores; what is in neither is blank throughout."""
    name = request.name if isinstance(request, Column) else request.keys[0]
    if name in columns:
        return None, (f"episodes.{quoted(name)}",)
    if isinstance(request, ScoreAt) and "scores" in tables:
        pick = _score_at(request)
        return pick, (f"{pick.name}.score",)
    return None, ("CAST(NULL AS VARCHAR)",)


def _score_at(request: ScoreAt) -> Pick:
    """Closest to day 0 (the earlier, then the lower score, on a tie), or last around discharge (then the higher score)."""
    low, high = request.days
    scored = f"FROM scores JOIN episodes USING (episode_id) WHERE scores.scale = {literal(request.scale)} AND scores.score IS NOT NULL"
    if request.moment == "admit":
        distance = "(abs(scores.day) * 2 + CASE WHEN scores.day > 0 THEN 1 ELSE 0 END)"
        packed = f"min(CAST({distance} AS BIGINT) * {PACK} + scores.score)"
        window = f"scores.day BETWEEN {low} AND {high}"
    else:
        packed = f"max(CAST(scores.day + {SHIFT} AS BIGINT) * {PACK} + scores.score)"
        window = f"scores.day BETWEEN episodes.los_days + {low} AND episodes.los_days + {high}"
    return Pick(f"SELECT episode_id, CAST({packed} % {PACK} AS INTEGER) AS score {scored} AND {window} GROUP BY episode_id")


def _whole(side: str | int, columns: Collection[str]) -> str:
    """A column of whole numbers, blank throughout when the data lack it, or a number."""
    if isinstance(side, int):
        return str(side)
    return f"episodes.{quoted(side)}" if side in columns else "CAST(NULL AS INTEGER)"


def _wanted(events: Sequence[str], kinds: Sequence[str]) -> str:
    """SQL that recognises an outcome event."""
    test = f"events.event IN ({', '.join(literal(event) for event in events)})"
    return f"{test} AND events.kind IN ({', '.join(literal(kind) for kind in kinds)})" if kinds else test


def _during_care(request: DuringCare) -> Pick:
    test = f"{_wanted(request.events, request.kinds)} AND events.days_after_discharge < 0"
    return Pick(f"SELECT episode_id, 1 AS happened FROM events WHERE {test} GROUP BY episode_id")


def _first_event(request: FirstEvent, columns: Collection[str], tables: Collection[str]) -> tuple[Pick | None, tuple[str, str]]:
    """First event on or after the clock's day 0, packed as day and rank so that one minimum finds it.

    The helper table holds only episodes with an event; for the others the end of follow-up stands beside the episode.
    """
    outcomes = _outcomes(request)
    after = request.clock == "discharge"
    day = "events.days_after_discharge" if after else "events.day"
    kinds = ", ".join(literal(event) for event in (*request.events, *request.competing))
    rank = " ".join(f"WHEN {test.format(day=day)} THEN {position}" for position, (_, test) in enumerate(outcomes))
    end = _end_of_follow_up(request, columns, after=after)
    if "events" not in tables:
        return None, (f"CASE WHEN {end} >= 0 THEN {end} END", f"CASE WHEN {end} >= 0 THEN 'end_of_follow_up' END")
    pick = Pick(
        f"SELECT episode_id, min(CAST({day} AS BIGINT) * {RANKS} + CASE {rank} END) AS packed FROM events JOIN episodes USING (episode_id)"
        f" WHERE events.event IN ({kinds}) AND {day} >= 0 AND {day} <= {end} GROUP BY episode_id"
    )
    packed = f"{pick.name}.packed"
    names = " ".join(f"WHEN {position} THEN {literal(name)}" for position, (name, _) in enumerate(outcomes))
    # An event beside the episode may end what is known before the clock starts: such an episode has no day.
    values = (
        f"coalesce({packed} // {RANKS}, {end})",
        f"CASE WHEN {packed} IS NULL THEN 'end_of_follow_up' ELSE CASE {packed} % {RANKS} {names} END END",
    )
    return pick, (f"CASE WHEN {end} >= 0 THEN CAST({values[0]} AS INTEGER) END", f"CASE WHEN {end} >= 0 THEN {values[1]} END")


def _outcomes(request: FirstEvent) -> list[tuple[str, str]]:
    """Names of the ways to end, in their order on one day, each with the SQL that recognises it."""
    wanted = _wanted(request.events, request.kinds)
    planned = "coalesce(events.planned, 0) = 1" if request.planned_competes else "FALSE"
    others = sorted(request.competing, key=lambda event: event == "death")
    return [
        ("event", f"{wanted} AND NOT ({planned}) AND {{day}} >= {request.from_day}"),
        ("planned", f"{wanted} AND {planned}"),
        ("early", wanted),
        *((event, f"events.event = {literal(event)}") for event in others),
    ]


def _end_of_follow_up(request: FirstEvent, columns: Collection[str], *, after: bool) -> str:
    """Last day observed on the clock; a wide event brings its own."""
    start = "0" if after else "episodes.los_days"
    ends = [f"{start} + episodes.follow_up_days"] if "follow_up_days" in columns else []
    wide = [f"{event}_day" for event in request.events if f"{event}_day" in columns]
    ends += [f"episodes.{quoted(column)} - {'episodes.los_days' if after else '0'}" for column in wide]
    if not ends:
        return "CAST(NULL AS INTEGER)"
    return f"coalesce({', '.join(ends)})"
