"""Takes requests, gives the SQL that answers them: a select list over episodes and the tables to join."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from iop_outcomes.columns import Column, DuringCare, FirstEvent, Known, Reached, Request, ScoreAt
from iop_outcomes.engine.recipe import literal, quoted

PACK = 65_536  # room for a score beside its day in one whole number, so that first and last need min and max alone
SHIFT = 100_000  # lifts every day above 0 before packing
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


def derive(requests: Sequence[Request], columns: Collection[str], *, has_scores: bool) -> Derivation:
    """Compile requests.

    Parameters
    ----------
    requests : sequence of requests
        What a measure asks; the same request twice counts once.
    columns : collection of str
        Columns the episodes table has; any other `Column` is blank throughout.
    has_scores : bool
        Whether there is a table of scores.
    """
    names: list[str] = []
    expressions: list[str] = []
    picks: list[Pick] = []
    for request in dict.fromkeys(requests):
        pick, values = _answer(request, columns, has_scores=has_scores)
        if pick is not None and pick not in picks:
            picks.append(pick)
        names += request.keys
        expressions += values
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two requests for one column: {', '.join(sorted(twice))}")
    return Derivation(tuple(names), tuple(expressions), tuple(picks))


def _answer(request: Request, columns: Collection[str], *, has_scores: bool) -> tuple[Pick | None, tuple[str, ...]]:
    if isinstance(request, FirstEvent):
        pick = _first_event(request, columns)
        return pick, (f"{pick.name}.day", f"{pick.name}.outcome")
    if isinstance(request, Reached):
        values = [_whole(side, columns) for side in (request.column, request.goal)]
        return None, (f"CAST({values[0]} >= {values[1]} AS INTEGER)",)
    if isinstance(request, DuringCare):
        pick = _during_care(request)
        return pick, (f"coalesce({pick.name}.happened, 0)",)
    if isinstance(request, Known):
        of, (value,) = _answer(request.of, columns, has_scores=has_scores)
        return of, (f"CASE WHEN {value} IS NULL THEN 0 ELSE 1 END",)
    return _column_or_score(request, columns, has_scores=has_scores)


def _column_or_score(request: Column | ScoreAt, columns: Collection[str], *, has_scores: bool) -> tuple[Pick | None, tuple[str]]:
    """A column of episodes wins over the table of scores; what is in neither is blank throughout."""
    name = request.name if isinstance(request, Column) else request.keys[0]
    if name in columns:
        return None, (f"episodes.{quoted(name)}",)
    if isinstance(request, ScoreAt) and has_scores:
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


def _first_event(request: FirstEvent, columns: Collection[str]) -> Pick:
    """First event on or after the clock's day 0, packed as day and rank so that one minimum finds it."""
    outcomes = _outcomes(request)
    after = request.clock == "discharge"
    day = "events.days_after_discharge" if after else "events.day"
    kinds = ", ".join(literal(event) for event in (*request.events, *request.competing))
    rank = " ".join(f"WHEN {test.format(day=day)} THEN {position}" for position, (_, test) in enumerate(outcomes))
    packed = f"min(CAST({day} AS BIGINT) * {RANKS} + CASE {rank} END)"
    end = _end_of_follow_up(request, columns, after=after)
    first = (
        f"SELECT episodes.episode_id, any_value({end}) AS last_day, {packed} AS packed FROM episodes LEFT JOIN events"
        f" ON events.episode_id = episodes.episode_id AND events.event IN ({kinds}) AND {day} >= 0 AND {day} <= {end}"
        f" WHERE {end} >= 0 GROUP BY episodes.episode_id"  # an event beside the episode may end what is known before discharge
    )
    names = " ".join(f"WHEN {position} THEN {literal(name)}" for position, (name, _) in enumerate(outcomes))
    chosen = "CASE WHEN packed IS NULL THEN"
    select = (
        f"SELECT episode_id, CAST({chosen} last_day ELSE packed // {RANKS} END AS INTEGER) AS day,"
        f" {chosen} 'end_of_follow_up' ELSE CASE packed % {RANKS} {names} END END AS outcome FROM ({first}) AS first_event"
    )
    return Pick(select)


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
