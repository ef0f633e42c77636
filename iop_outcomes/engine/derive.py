"""Takes requests, gives the SQL that answers them: a select list over episodes and the tables to join."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from iop_outcomes.columns import (
    OUTSIDE,
    WINDOWS,
    AnswersAt,
    BaselineTwice,
    ClassOf,
    Column,
    DaysInCare,
    EventWithin,
    FirstEvent,
    Known,
    LastCarried,
    Reached,
    Request,
    ScoreAt,
    ScoreWithin,
    SessionCount,
    Status,
    StopsAtEnd,
    Weeks,
)
from iop_outcomes.counts import Level
from iop_outcomes.engine.dialect import ROW, Steps, literal, quoted

PACK = 65_536  # room for a score beside its day in one whole number, so that first and last need min and max alone
SHIFT = 100_000  # lifts every day above 0 before packing
RANKS = 64  # room for the order of events on one day


@dataclass(frozen=True, slots=True)
class Pick:
    """What the rows of another table say of their episode: a column of a helper table with one row per episode.

    Parameters
    ----------
    source : str
        The FROM clause, each row of which has `ROW`, the place of its episode; those that share one are read together.
    condition : str
        SQL of which rows count.
    aggregate : str
        SQL of what they say together; NULL of none.
    """

    source: str
    condition: str
    aggregate: str

    @property
    def name(self) -> str:
        """A fingerprint of the question: two questions never share a column, whatever they are called."""
        return f"pick_{hashlib.sha256(repr(self).encode()).hexdigest()[:16]}"


def picked(picks: Sequence[Pick]) -> str:
    """The query of several that share a source: one scan, however many there are."""
    if len(picks) == 1:
        return f"SELECT {ROW}, {picks[0].aggregate} AS {picks[0].name} {picks[0].source} WHERE {picks[0].condition} GROUP BY {ROW}"
    cells = [f"{pick.aggregate} FILTER (WHERE {pick.condition}) AS {pick.name}" for pick in picks]
    conditions = " OR ".join(f"({pick.condition})" for pick in picks)
    return f"SELECT {ROW}, {', '.join(cells)} {picks[0].source} WHERE {conditions} GROUP BY {ROW}"


@dataclass(frozen=True, slots=True)
class Value:
    """What SQL says of each episode, as a whole number or as text.

    Parameters
    ----------
    sql : str
        Over episodes and helper tables.
    kind : str
        Its type: a whole number as small as it can be, or VARCHAR.
    words : tuple of str
        Where the number stands for a word of this package: the words, sorted.
    steps : Steps, optional
        Where the number is of steps, what they are in points.
    """

    sql: str
    kind: str
    words: tuple[str, ...] = ()
    steps: Steps | None = None

    def levels(self, numbers: Sequence[int]) -> list[Level]:
        """The levels that whole numbers stand for; both in the same order, so that the greater number is the later level."""
        if self.words:
            return [self.words[number] for number in numbers]
        if self.steps is None:
            return list(numbers)
        points = [self.steps.low + number * self.steps.step for number in numbers]
        return [int(point) if point == int(point) else Decimal(point).normalize() for point in points]

    def numbers(self, levels: Sequence[Level]) -> list[int]:
        """The whole numbers that levels are kept as."""
        if self.words:
            return [self.words.index(str(level)) for level in levels]
        if self.steps is None:
            return [int(level or 0) for level in levels]
        return [int((Decimal(level or 0) - self.steps.low) / self.steps.step) for level in levels]

    @property
    def written(self) -> str:
        """SQL for the level itself."""
        if self.words:
            return f"CASE {self.sql} {' '.join(f'WHEN {place} THEN {literal(word)}' for place, word in enumerate(self.words))} END"
        return self.sql if self.steps is None else self.steps.points(self.sql)


@dataclass(frozen=True, slots=True)
class Derivation:
    """What requests select: the values with their names, and the columns of helper tables that they need."""

    names: tuple[str, ...]
    values: tuple[Value, ...]
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What there is to ask of.

    Parameters
    ----------
    columns : dict of str to tuple of str
        Columns of each table; all of them also have `ROW`, the place of the episode.
    words : frozenset of str
        Columns of the episodes that hold text.
    given, filled : frozenset of str
        Tables that came, and those that hold any row.
    steps : dict of str to Steps
        Columns of a count that are kept as steps; they are given in points.
    scales : frozenset of str
        Scales that have a column of scores beside the episodes: "phq9" where phq9_admit is one.
    as_counts : bool
        Whether each row of the episodes stands for as many of them as its column `CELL_SIZE` says: it is a cell of a table of counts.
    lacking : frozenset of str
        Columns of the episodes that are there and blank throughout, because the counts do not bring them.
    unended : frozenset of str
        Events beside their episode of which only those that were seen have a day: the days of the others' last observation are not given.
    """

    columns: Mapping[str, tuple[str, ...]]
    words: Collection[str]
    given: Collection[str]
    filled: Collection[str]
    steps: Mapping[str, Steps]
    scales: Collection[str] = frozenset()
    as_counts: bool = False
    lacking: Collection[str] = frozenset()
    unended: Collection[str] = frozenset()

    @property
    def episodes(self) -> tuple[str, ...]:
        """Columns of the episodes."""
        return self.columns["episodes"]


def derive(requests: Sequence[Request], tables: Tables) -> Derivation:
    """Compile requests.

    Parameters
    ----------
    requests : sequence of requests
        What a measure asks; the same request twice counts once.
    tables : Tables
        What there is; a column that is not there is blank throughout.
    """
    names: list[str] = []
    values: list[Value] = []
    picks: list[Pick] = []
    for request in dict.fromkeys(requests):
        needed, answers = _answer(request, tables)
        picks += [pick for pick in needed if pick not in picks]
        names += request.keys
        values += answers
    return Derivation(tuple(names), tuple(values), tuple(picks))


def refuse_twice(requests: Sequence[Request]) -> None:
    """Refuse two requests for one column: later questions would get the wrong one of them."""
    names = [name for request in requests for name in request.keys]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two requests for one column: {', '.join(sorted(twice))}")


Answered = tuple[tuple[Pick, ...], tuple[Value, ...]]  # the helper tables a request needs, and the values that answer it
DAY, FLAG, SCORE, TEXT = "INTEGER", "UTINYINT", "USMALLINT", "VARCHAR"  # a score has room up to PACK
NOTHING, NEVER = Value("CAST(NULL AS INTEGER)", DAY), Value("0", FLAG)
CONSTANT = frozenset({NOTHING, NEVER})  # the same of every episode: neither kept nor grouped by


def _answer(request: Request, tables: Tables) -> Answered:
    """Answer a request."""
    if isinstance(request, FirstEvent | StopsAtEnd | EventWithin):
        return _of_events(request, tables)
    if isinstance(request, ScoreAt | ScoreWithin | AnswersAt | BaselineTwice | LastCarried):
        return _of_scores(request, tables)
    if isinstance(request, SessionCount):
        return _session_count(request, tables)
    return _of_row(request, tables)


def _of_events(request: FirstEvent | StopsAtEnd | EventWithin, tables: Tables) -> Answered:
    """What the events of the episode answer."""
    if isinstance(request, FirstEvent):
        return _first_event(request, tables)
    return _stops_at_end(request, tables) if isinstance(request, StopsAtEnd) else _event_within(request, tables)


def _of_scores(request: ScoreAt | ScoreWithin | AnswersAt | BaselineTwice | LastCarried, tables: Tables) -> Answered:
    """What the scores of the episode answer."""
    if isinstance(request, ScoreAt):
        return _score_at(request, tables)
    if isinstance(request, ScoreWithin):
        return _score_within(request, tables)
    if isinstance(request, LastCarried):
        return _last_carried(request, tables)
    return _answers_at(request, tables) if isinstance(request, AnswersAt) else _baseline_twice(request, tables)


def _of_row(request: Column | Known | Reached | Status | DaysInCare | ClassOf | Weeks, tables: Tables) -> Answered:
    """What the row of the episode answers."""
    if isinstance(request, Known):
        picks, (value,) = _answer(request.request, tables)
        if value == NOTHING:
            return (), (NEVER,)
        return picks, (Value(f"CAST({value.sql} IS NOT NULL AS {FLAG})", FLAG),)
    if isinstance(request, Status | DaysInCare):
        return (), (_status() if isinstance(request, Status) else _days_in_care(tables.episodes),)
    if isinstance(request, Reached | ClassOf | Weeks):
        return (), (_grouped(request, tables.episodes),)
    if request.name not in tables.episodes:
        return (), (NOTHING,)
    kind = TEXT if request.name in tables.words else DAY
    return (), (Value(f"episodes.{quoted(request.name)}", kind, steps=tables.steps.get(request.name)),)


def _status() -> Value:
    words = tuple(sorted((*OUTSIDE, "discharged")))
    cases = " ".join(f"WHEN {literal(reason)} THEN {words.index(reason)}" for reason in OUTSIDE)
    return Value(f"CAST(CASE episodes.discharge_reason {cases} ELSE {words.index('discharged')} END AS {FLAG})", FLAG, words)


def _days_in_care(columns: Collection[str]) -> Value:
    so_far = "episodes.observed_days" if "observed_days" in columns else "NULL"
    return Value(f"CAST(CASE episodes.discharge_reason WHEN 'active' THEN {so_far} ELSE episodes.los_days END AS {DAY})", DAY)


def _grouped(request: Reached | ClassOf | Weeks, columns: Collection[str]) -> Value:
    """A column in few values."""
    if isinstance(request, Reached):
        return _reached(request, columns)
    return _class_of(request, columns) if isinstance(request, ClassOf) else _weeks(request, columns)


def _reached(request: Reached, columns: Collection[str]) -> Value:
    if not request.columns <= set(columns):
        return NOTHING
    value, goal = (f"episodes.{quoted(side)}" if isinstance(side, str) else str(side) for side in (request.column, request.goal))
    if request.plus:
        value = f"({value} + episodes.{quoted(request.plus)})"
    return Value(f"CAST({value} >= {goal} AS {FLAG})", FLAG)


def _class_of(request: ClassOf, columns: Collection[str]) -> Value:
    if request.column not in columns:
        return NOTHING
    labels = tuple(sorted({request.rest, *(label for label, _ in request.classes)}))
    cases = " ".join(
        f"WHEN episodes.{quoted(request.column)} IN ({', '.join(map(literal, words))}) THEN {labels.index(label)}"
        for label, words in request.classes
    )
    return Value(f"CAST(CASE {cases} ELSE {labels.index(request.rest)} END AS {FLAG})", FLAG, labels)


def _weeks(request: Weeks, columns: Collection[str]) -> Value:
    if request.column not in columns:
        return NOTHING
    days = f"episodes.{quoted(request.column)}"
    return Value(f"CASE WHEN {days} < {7 * request.most} THEN {days} // 7 WHEN {days} IS NOT NULL THEN {request.most} END", SCORE)


# -- scores --------------------------------------------------------------------------------------------------------
#
# A column beside the episode is taken as given; where its cell is blank, a score of the table of scores stands in for it.


def _score_at(request: ScoreAt, tables: Tables) -> Answered:
    """Scores beside the episode first, then those of the table; blank throughout where there are neither."""
    name = request.keys[0]
    wide = f"episodes.{quoted(name)}" if request.column == "score" and name in tables.episodes else None
    if "scores" not in tables.filled:
        return (), (Value(wide, SCORE, steps=tables.steps.get(name)) if wide else NOTHING,)
    pick = _at_admission(request, tables) if request.moment == "admit" else _at_discharge(request, tables)
    points = f"CAST({pick.name} % {PACK} AS INTEGER)"
    sql = f"coalesce({wide}, {points})" if wide else points
    return (pick,), (Value(sql, SCORE, steps=tables.steps.get(name)),)


SCORED = f"FROM scores JOIN episodes USING ({ROW})"


def _scored(request: ScoreAt) -> str:
    """SQL that recognises scores of a scale, or answers to its safety item."""
    return f"scores.scale = {literal(request.scale)} AND scores.{request.column} IS NOT NULL"


def _at_admission(request: ScoreAt, tables: Tables) -> Pick:
    """Closest to day 0; the earlier, then the lower score, on a tie. Beside a discharge score of unknown day: before its window."""
    low, high = request.days
    distance = "(abs(scores.day) * 2 + CASE WHEN scores.day > 0 THEN 1 ELSE 0 END)"
    window = f"scores.day BETWEEN {low} AND {high}"
    other = f"{request.scale}_discharge"
    if request.column == "score" and other in tables.episodes:
        window += f" AND (episodes.{quoted(other)} IS NULL OR scores.day < episodes.los_days + {WINDOWS['discharge'][0]})"
    packed = f"min(CAST({distance} AS BIGINT) * {PACK} + scores.{request.column})"
    return Pick(SCORED, f"{_scored(request)} AND {window}", packed)


def _day_of_admission_score(packed: str) -> str:
    """SQL of the day that a packed admission score was given on."""
    far = f"({packed} // {PACK})"
    return f"CASE WHEN {far} % 2 = 1 THEN {far} // 2 ELSE -({far} // 2) END"


def _at_discharge(request: ScoreAt, tables: Tables) -> Pick:
    """Last around discharge, then the higher score; on a later day than the admission score, so that one score makes no pair.

    Beside an admission score of unknown day: after every day on which that may have been given.
    """
    low, high = request.days
    window = f"scores.day BETWEEN episodes.los_days + {low} AND episodes.los_days + {high}"
    admission = _at_admission(ScoreAt(request.scale, "admit", column=request.column), tables)
    later = f"scores.day > coalesce({_day_of_admission_score(admission.name)}, {-SHIFT})"
    if request.column == "score" and f"{request.scale}_admit" in tables.episodes:
        given = f"episodes.{quoted(request.scale + '_admit')} IS NOT NULL"
        later = f"CASE WHEN {given} THEN scores.day > {WINDOWS['admit'][1]} ELSE {later} END"
    packed = f"max(CAST(scores.day + {SHIFT} AS BIGINT) * {PACK} + scores.{request.column})"
    source = f"{SCORED} LEFT JOIN ({picked([admission])}) AS admission USING ({ROW})"
    return Pick(source, f"{_scored(request)} AND {window} AND {later}", packed)


def _score_within(request: ScoreWithin, tables: Tables) -> Answered:
    """The last of the days, then the higher score."""
    stays = "los_days" in tables.episodes
    if "scores" not in tables.filled or (request.clock == "discharge" and not stays):
        return (), (NOTHING,)
    after = "" if request.clock == "admission" else "episodes.los_days + "
    window = f"scores.day BETWEEN {after}{request.first} AND {after}{request.last}"
    if request.in_care and stays:
        window += " AND scores.day <= coalesce(episodes.los_days, scores.day)"
    packed = f"max(CAST(scores.day + {SHIFT} AS BIGINT) * {PACK} + scores.score)"
    pick = Pick(SCORED, f"{_scored(ScoreAt(request.scale, 'admit'))} AND {window}", packed)
    steps = tables.steps.get(ScoreAt(request.scale, "admit").keys[0])
    return (pick,), (Value(f"CAST({pick.name} % {PACK} AS INTEGER)", SCORE, steps=steps),)


def _last_carried(request: LastCarried, tables: Tables) -> Answered:
    """The last score in care where none stands at discharge: after the admission score, without which there is nothing to carry."""
    if "scores" not in tables.filled:
        return (), (NOTHING,)
    (pick, *_), (discharge,) = _score_at(ScoreAt(request.scale, "discharge"), tables)
    admission = _at_admission(ScoreAt(request.scale, "admit"), tables)
    later = f"scores.day > {_day_of_admission_score(admission.name)}"
    if f"{request.scale}_admit" in tables.episodes:
        given = f"episodes.{quoted(request.scale + '_admit')} IS NOT NULL"
        later = f"CASE WHEN {given} THEN scores.day > {WINDOWS['admit'][1]} ELSE {later} END"
    before = f"scores.day < episodes.los_days + {WINDOWS['discharge'][0]}"
    packed = f"max(CAST(scores.day + {SHIFT} AS BIGINT) * {PACK} + scores.score)"
    last = Pick(pick.source, f"{_scored(ScoreAt(request.scale, 'admit'))} AND {before} AND {later}", packed)
    sql = f"CASE WHEN {discharge.sql} IS NULL THEN CAST({last.name} % {PACK} AS INTEGER) END"
    return (pick, last), (Value(sql, SCORE, steps=tables.steps.get(request.keys[0])),)


def _answers_at(request: AnswersAt, tables: Tables) -> Answered:
    """The answers packed into one whole number, so that one minimum takes them from a form together."""
    if "scores" not in tables.filled or not {column for column, _, _ in request.items} <= set(tables.columns["scores"]):
        return (), tuple(NOTHING for _ in request.items)
    room = max(high - low for _, low, high in request.items) + 2  # 0 is a blank
    places = [room**place for place in reversed(range(len(request.items)))]
    kind = "BIGINT" if room ** len(request.items) < 2**62 else "HUGEINT"
    cells = [
        f"CAST(coalesce(scores.{quoted(column)} - {low - 1}, 0) AS {kind}) * {place}"
        for (column, low, _), place in zip(request.items, places, strict=True)
    ]
    admission = _at_admission(ScoreAt(request.scale, "admit"), tables)
    chosen = f"scores.day = {_day_of_admission_score(admission.name)} AND scores.score = {admission.name} % {PACK}"
    source = f"{SCORED} JOIN ({picked([admission])}) AS admission USING ({ROW})"
    pick = Pick(source, f"scores.scale = {literal(request.scale)} AND {chosen}", f"min({' + '.join(cells)})")
    answers = [f"nullif({pick.name} // {place} % {room}, 0) + {low - 1}" for (_, low, _), place in zip(request.items, places, strict=True)]
    return (pick,), tuple(Value(f"CAST({answer} AS SMALLINT)", "SMALLINT") for answer in answers)


def _baseline_twice(request: BaselineTwice, tables: Tables) -> Answered:
    """The first and the last day of the window, each packed with its lower score."""
    if "scores" not in tables.filled:
        return (), (NOTHING, NOTHING)
    low, high = WINDOWS["admit"]
    day = f"CAST(scores.day + {SHIFT} AS BIGINT) * {PACK}"
    within = f"{_scored(ScoreAt(request.scale, 'admit'))} AND scores.day BETWEEN {low} AND {high}"
    first = Pick(SCORED, within, f"min({day} + scores.score)")
    last = Pick(SCORED, within, f"max({day} + {PACK - 1} - scores.score)")
    twice = f"{first.name} // {PACK} < {last.name} // {PACK}"
    points = (f"{first.name} % {PACK}", f"{PACK - 1} - {last.name} % {PACK}")
    values = (f"CASE WHEN {twice} THEN CAST({each} AS INTEGER) END" for each in points)
    return (first, last), tuple(Value(sql, SCORE, steps=tables.steps.get(name)) for name, sql in zip(request.keys, values, strict=True))


def _wanted(events: Sequence[str], kinds: Sequence[str]) -> str:
    """SQL that recognises an outcome event."""
    test = f"events.event IN ({', '.join(literal(event) for event in events)})"
    return f"{test} AND events.kind IN ({', '.join(literal(kind) for kind in kinds)})" if kinds else test


# -- sessions ------------------------------------------------------------------------------------------------------


def _session_count(request: SessionCount, tables: Tables) -> Answered:
    """How many sessions have one of some statuses, or on how many days; not known where none has a status."""
    if "sessions" not in tables.filled:
        return (), (NOTHING,)
    if not request.statuses:
        pick = _attended("count(*) - count(status)")
        return (pick,), (Value(f"CAST({pick.name} AS INTEGER)", DAY),)
    if request.days:
        known, days = _attended_days(request.statuses)
        return (known, days), (Value(f"CASE WHEN {known.name} > 0 THEN CAST({days.name} AS INTEGER) END", DAY),)
    known = _attended("count(status)")
    each = [_attended(f"count(CASE WHEN status = {literal(status)} THEN 1 END)") for status in request.statuses]
    wanted = " + ".join(pick.name for pick in each)
    return (known, *each), (Value(f"CASE WHEN {known.name} > 0 THEN CAST({wanted} AS INTEGER) END", DAY),)


def _attended(aggregate: str) -> Pick:
    """A number of the sessions of each episode that has any."""
    return Pick("FROM sessions", "TRUE", aggregate)


def _attended_days(statuses: Sequence[str]) -> tuple[Pick, Pick]:
    """How many sessions of each episode have a status, and on how many days one has one of some statuses."""
    wanted = f"status IN ({', '.join(map(literal, statuses))})"
    source = f"FROM (SELECT {ROW}, day, count(status) AS known, count(*) FILTER ({wanted}) AS n FROM sessions GROUP BY {ROW}, day) AS daily"
    return Pick(source, "TRUE", "sum(known)"), Pick(source, "TRUE", "count(CASE WHEN n > 0 THEN 1 END)")


# -- events --------------------------------------------------------------------------------------------------------

EVENTS_OF_EPISODES = f"FROM events JOIN episodes USING ({ROW})"


def _event_within(request: EventWithin, tables: Tables) -> Answered:
    if "events" not in tables.filled:
        return (), (NEVER,)
    bounds = [(">=", request.first), ("<=", request.last)]

    def within(day: str) -> str:
        dated = " AND ".join(f"{day} {op} {bound}" for op, bound in bounds if bound is not None) or "TRUE"
        return f"({dated}{f' OR {day} IS NULL' if request.undated else ''})"

    if _stand_beside(tables):
        days = _days_beside(request.events, tables.episodes, after=request.clock == "discharge") if not request.kinds else {}
        tests = [f"coalesce({observed} = 1 AND {within(day)}, FALSE)" for observed, day in days.values()]
        return (), (Value(f"CAST({' OR '.join(tests)} AS {FLAG})", FLAG) if tests else NEVER,)
    day = "events.days_after_discharge" if request.clock == "discharge" else "events.day"
    condition = f"{_wanted(request.events, request.kinds)} AND {within(day)}"
    pick = Pick(EVENTS_OF_EPISODES, condition, "bool_or(TRUE)")
    return (pick,), (Value(f"CAST(coalesce({pick.name}, FALSE) AS {FLAG})", FLAG),)


def _first_event(request: FirstEvent, tables: Tables) -> Answered:
    """First event on or after the clock's day 0; for an episode without one, the end of follow-up that stands beside it."""
    end = _end_of_follow_up(request, tables, after=request.clock == "discharge")
    last = Value(f"CASE WHEN {end} >= 0 THEN {end} END", DAY)
    if not _is_recorded(request, tables):
        return (), (last, NOTHING)
    ways = (*(name for name, _ in _outcomes(request)), "end_of_follow_up")
    words = tuple(sorted(ways))
    if "events" not in tables.filled:
        return (), (last, Value(f"CAST(CASE WHEN {end} >= 0 THEN {words.index(ways[-1])} END AS {FLAG})", FLAG, words))
    picks, packed = _packed(request, tables)
    # An event beside the episode may end what is known before the clock starts: such an episode has no day.
    places = " ".join(f"WHEN {place} THEN {words.index(way)}" for place, way in enumerate(ways))
    values = (f"coalesce({packed} // {RANKS}, {end})", f"CASE coalesce({packed} % {RANKS}, {len(ways) - 1}) {places} END")
    return picks, (
        Value(f"CASE WHEN {end} >= 0 THEN CAST({values[0]} AS INTEGER) END", DAY),
        Value(f"CAST(CASE WHEN {end} >= 0 THEN {values[1]} END AS {FLAG})", FLAG, words),
    )


def _is_recorded(request: FirstEvent, tables: Tables) -> bool:
    """Whether the data say if the event happened."""
    return "events" in tables.given or any(f"{event}_observed" in tables.episodes for event in request.events)


def _packed(request: FirstEvent, tables: Tables) -> tuple[tuple[Pick, ...], str]:
    """The first event as one whole number, its day and then its rank, so that one minimum finds it; NULL of an episode without one."""
    after = request.clock == "discharge"
    end = _end_of_follow_up(request, tables, after=after)
    outcomes = _outcomes(request)
    if _stand_beside(tables):  # such an event has no kind, and is not planned
        names = [name for name, _ in outcomes]
        ranks = {event: names.index(event) for event in request.competing} | ({} if request.kinds else dict.fromkeys(request.events, 0))
        days = _days_beside(ranks, tables.episodes, after=after)
        packed = [
            f"CASE WHEN {observed} = 1 AND {day} >= 0 AND {day} <= {end} THEN CAST({day} AS BIGINT) * {RANKS} + {ranks[event]} END"
            for event, (observed, day) in days.items()
        ]
        return (), f"least({', '.join(packed)})" if packed else "CAST(NULL AS BIGINT)"
    day = "events.days_after_discharge" if after else "events.day"
    kinds = ", ".join(literal(event) for event in (*request.events, *request.competing))
    rank = " ".join(f"WHEN {test} THEN {position}" for position, (_, test) in enumerate(outcomes))
    within = f"events.event IN ({kinds}) AND {day} >= 0 AND {day} <= {end}"
    pick = Pick(EVENTS_OF_EPISODES, within, f"min(CAST({day} AS BIGINT) * {RANKS} + CASE {rank} END)")
    return (pick,), pick.name


def _stops_at_end(request: StopsAtEnd, tables: Tables) -> Answered:
    """Whether the day of the first event is the last day that the file says was observed."""
    if not _is_recorded(request.request, tables) or "events" not in tables.filled or "follow_up_days" not in tables.episodes:
        return (), (NOTHING,)
    picks, packed = _packed(request.request, tables)
    same = f"CAST({packed} // {RANKS} = episodes.follow_up_days AS {FLAG})"
    return picks, (Value(f"CASE WHEN {packed} IS NOT NULL AND episodes.follow_up_days IS NOT NULL THEN {same} END", FLAG),)


def _stand_beside(tables: Tables) -> bool:
    """Whether every event stands beside its episode, whose row then answers for itself."""
    return "events" not in tables.given


def _days_beside(events: Collection[str], columns: Collection[str], *, after: bool) -> dict[str, tuple[str, str]]:
    """For each event that has its columns beside the episode: SQL of whether it was observed, and of its day on the clock."""
    there = [event for event in events if {f"{event}_day", f"{event}_observed"} <= set(columns)]
    before = " - episodes.los_days" if after else ""
    return {event: (f"episodes.{quoted(event + '_observed')}", f"(episodes.{quoted(event + '_day')}{before})") for event in there}


def _outcomes(request: FirstEvent) -> list[tuple[str, str]]:
    """Names of the ways to end, in their order on one day, each with the SQL that recognises it."""
    wanted = _wanted(request.events, request.kinds)
    planned = "coalesce(events.planned, 0) = 1" if request.planned_competes else "FALSE"
    others = sorted(request.competing, key=lambda event: event == "death")
    return [
        ("event", f"{wanted} AND NOT ({planned})"),
        ("planned", f"{wanted} AND {planned}"),
        *((event, f"events.event = {literal(event)}") for event in others),
    ]


def _end_of_follow_up(request: FirstEvent, tables: Tables, *, after: bool) -> str:
    """Last day observed on the clock; a wide event brings its own. Without a stay nobody is in a curve, whatever is known of the time after.

    Where only those with the event have a day, it ends nobody's follow-up: a curve of them alone would reach 100 %.
    """
    columns = tables.episodes
    start = "0" if after else "episodes.los_days"
    ends = [f"{start} + episodes.follow_up_days"] if "follow_up_days" in columns else []
    wide = [f"{event}_day" for event in request.events if f"{event}_day" in columns and event not in tables.unended]
    ends += [f"episodes.{quoted(column)} - {'episodes.los_days' if after else '0'}" for column in wide]
    if not ends or "los_days" not in columns:
        return "CAST(NULL AS INTEGER)"
    return f"CASE WHEN episodes.los_days IS NOT NULL THEN coalesce({', '.join(ends)}) END"
