"""Takes a seed, gives tables as a store hands them to an engine, of one odd shape or another, and the engines that take them."""

import random
from dataclasses import dataclass, field
from decimal import Decimal

from iop_outcomes.columns import (
    BASELINES,
    CARRIED,
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
    ScoreAt,
    ScoreWithin,
    SessionCount,
    Status,
    StopsAtEnd,
    Weeks,
)
from iop_outcomes.engine.connection import Connection
from iop_outcomes.engine.derive import Tables
from iop_outcomes.engine.dialect import ROW, Steps, quoted
from iop_outcomes.engine.duckdb import DuckEngine
from tests.engine.plain import PlainEngine

ITEMS = ("mood_1", "mood_2", "mood_3")
SCORES = ("episode_id", "scale", "day", "score", "safety_item", *ITEMS)
EVENTS = ("episode_id", "event", "day", "days_after_discharge", "planned", "kind")
SESSIONS = ("episode_id", "day", "status")
STATUSES = ("attended", "missed", "cancelled_by_person", "cancelled_by_program", "excused", None)
TEXT = {"status", "episode_id", "patient_id", "track", "discharge_reason", "site", "odd name", "scale", "event", "kind"}
REASONS = (
    "completed", "completed", "dropped_out", "transferred_step_up", "died", "not_started", "active", "not_known", None,
)  # fmt: skip
STEPS = {"mood": (Decimal("-1.5"), Decimal("0.5"))}
NAMES = ("readmission_psychiatric", "relapse", "death", "emergency_visit")
SIZES = {"no episodes": 0, "one episode": 1, "few": 5, "some": 40}
WHERE = ("nowhere", "beside", "table", "both", "an empty table")


@dataclass
class Handed:
    """What a store made."""

    columns: list
    episodes: list
    scores: list = field(default_factory=list)
    events: list = field(default_factory=list)
    sessions: list = field(default_factory=list)
    given: set = field(default_factory=lambda: {"episodes"})


def handed(seed, size="some", scores="both", events="both", patients="repeated", sessions="table"):
    """Tables of one shape; blanks, ties and odd days in all of them."""
    rng = random.Random(seed)

    def sometimes(value):
        return None if rng.random() < 0.15 else value

    n = SIZES[size]
    made = Handed(["episode_id", "track", "discharge_reason", "los_days", "observed_days", "planned_days", "site", "odd name"], [])
    followed = rng.random() < 0.8
    people = {"repeated": max(n // 2, 1), "often": max(n // 8, 1), "different": 10**6, "blank": 1, "none": 1}[patients]
    made.columns += (["follow_up_days"] if followed else []) + ([] if patients == "none" else ["patient_id"])
    beside = ("phq9", "mood") if scores in ("beside", "both") else ()
    made.columns += [f"{scale}_{moment}" for scale in beside for moment in ("admit", "discharge") if rng.random() < 0.8]
    wide = [name for name in NAMES if rng.random() < 0.6] if events in ("beside", "both") else []
    made.columns += [f"{name}_{half}" for name in wide for half in ("day", "observed")]
    for i in range(n):
        stay = sometimes(rng.choice([0, 5, 8, 30]))
        values = {
            "episode_id": f"e{i}",
            "track": sometimes(rng.choice(["mh", "su", "ü 'x'"])),
            "discharge_reason": rng.choice(REASONS),
            "los_days": stay,
            "observed_days": sometimes(rng.choice([20, 40])),
            "planned_days": sometimes(rng.choice([30, 40])),
            "site": None,
            "odd name": sometimes(rng.choice(["a", "A", " "])),
            "follow_up_days": sometimes(rng.choice([0, 2, 30, 36_500])),
            "patient_id": None if patients == "blank" else sometimes(f"p{rng.randrange(people)}"),
            **{
                f"{scale}_{moment}": sometimes(rng.randrange(0, 5))
                for scale in ("phq9", "mood")
                for moment in ("admit", "discharge", *BASELINES)
            },
            **{f"{name}_day": sometimes((stay or 0) + rng.choice([-5, 0, 2, 30])) for name in NAMES},
            **{f"{name}_observed": sometimes(rng.randrange(2)) for name in NAMES},
        }
        made.episodes.append({name: values[name] for name in made.columns})
    if scores in ("table", "both", "an empty table"):
        made.given.add("scores")
    if scores in ("table", "both"):
        made.scores = [score_row(rng, e) for e in made.episodes for _ in range(rng.randrange(4))]
    if events in ("table", "both", "an empty table"):
        made.given.add("events")
    if events in ("table", "both"):
        made.events = [event_row(rng, e) for e in made.episodes for _ in range(rng.randrange(4))]
    for e in made.episodes:
        for name in wide:
            if e[f"{name}_observed"] == 1:
                day = e[f"{name}_day"]
                after = None if day is None or e["los_days"] is None else day - e["los_days"]
                made.events.append(dict(zip(EVENTS, (e["episode_id"], name, day, after, None, None), strict=True)))
    if sessions != "nowhere":
        made.given.add("sessions")
    if sessions == "table":
        of_each = [(e, rng.choice([0, 0, 1, 3, 9])) for e in made.episodes]
        made.sessions = [
            {"episode_id": e["episode_id"], "day": rng.randrange(3), "status": rng.choice(STATUSES)} for e, n in of_each for _ in range(n)
        ]
    return made


def score_row(rng, e):
    """A score near admission or discharge, or of nobody knows when."""
    stay = 30 if e["los_days"] is None else e["los_days"]
    day = rng.choice([0, 0, 1, -1, 3, 4, -7, -8, stay, stay - 7, stay - 8, stay + 14, stay + 15])
    score = None if rng.random() < 0.1 else rng.randrange(0, 4)
    scale = rng.choice(["phq9", "phq9", "mood", "gad7"])
    item = rng.choice([None, 0, 1, 3]) if scale == "phq9" else None
    answers = [rng.choice([None, -1, 0, 2]) for _ in ITEMS] if scale == "mood" else [None] * len(ITEMS)
    return dict(zip(SCORES, (e["episode_id"], scale, day, score, item, *answers), strict=True))


def event_row(rng, e):
    """An event on a clock or on both."""
    after, stay = rng.choice([-3, 0, 0, 1, 2, 2, 29, 30, None]), e["los_days"]
    day = None if after is None or stay is None else after + stay
    if stay is None and rng.random() < 0.5:
        day, after = rng.choice([3, 9]), None
    cells = (e["episode_id"], rng.choice(NAMES), day, after, rng.choice([None, 0, 1]), rng.choice([None, "a", "b"]))
    return dict(zip(EVENTS, cells, strict=True))


# -- requests ------------------------------------------------------------------------------------------------------

READMITTED = FirstEvent("readmission", ("readmission_psychiatric",), planned_competes=True)
KINDS = FirstEvent("relapse", ("relapse",), competing=("death", "emergency_visit"), kinds=("a",))
IN_CARE = FirstEvent("inside", ("relapse", "emergency_visit"), clock="admission", competing=())
REQUESTS = (
    *map(Column, ("track", "discharge_reason", "los_days", "site", "odd name", "patient_id", "payer", "follow_up_days", "death_day")),
    *(ScoreAt(scale, moment) for scale in ("phq9", "mood", "gad7", "pcl5") for moment in ("admit", "discharge")),
    ScoreAt("bdi2", "admit", (-30, 0)),
    *(ScoreAt(scale, moment, column="safety_item") for scale in ("phq9", "gad7") for moment in ("admit", "discharge")),
    AnswersAt("mood", tuple((column, -1, 2) for column in ITEMS)),
    AnswersAt("gad7", tuple((column, -1, 2) for column in ITEMS)),
    AnswersAt("phq9", (("phq9_1", 0, 3),)),
    *(BaselineTwice(scale) for scale in ("phq9", "mood", "pcl5")),
    *(ScoreWithin(scale, "early", 1, 27, in_care=True) for scale in ("phq9", "mood", "pcl5")),
    ScoreWithin("phq9", "later", -7, 40),
    *(ScoreWithin(scale, "after", 0, 15, "discharge") for scale in ("phq9", "mood")),
    *(LastCarried(scale) for scale in ("phq9", "mood", "gad7", "pcl5")),
    ClassOf("ending", "discharge_reason", (("well", ("completed",)), ("early", ("dropped_out", "terminated_by_program"))), "otherwise"),
    ClassOf("paid", "payer", (("public", ("a",)),), "other"),
    Weeks("los_days", 4),
    Weeks("payer_days", 4),
    Known(Column("track")),
    Known(ScoreAt("phq9", "admit")),
    Known(ScoreAt("mood", "discharge")),
    *(Reached(*sides) for sides in (("observed_days", "planned_days"), ("follow_up_days", 30), ("observed_days", 40), ("payer", 5))),
    Reached("follow_up_days", 60, plus="los_days"),
    Status(),
    DaysInCare(),
    *(READMITTED, KINDS, IN_CARE, StopsAtEnd(READMITTED), StopsAtEnd(KINDS)),
    EventWithin("during", ("relapse",), last=-1),
    EventWithin("undated", ("relapse", "death"), first=0, last=2, undated=True),
    EventWithin("by day 30", ("relapse", "death"), last=30, clock="admission"),
    EventWithin("ever", ("readmission_psychiatric",)),
    SessionCount("sessions missed", ("missed",)),
    SessionCount("sessions scheduled", ("attended", "missed", "cancelled_by_person")),
    SessionCount("sessions without a status"),
    SessionCount("days attended", ("attended",), days=True),
    EventWithin("of a kind", ("emergency_visit",), ("b",), first=0),
)


def sets_of(seed, n=6):
    """Sets of requests that a page might ask: nothing at all, one, several, and one that another holds."""
    rng = random.Random(seed)
    some = [rng.sample(REQUESTS, rng.randrange(1, 6)) for _ in range(n - 2)]
    return [[], *some, some[-1][:1]]


# -- engines -------------------------------------------------------------------------------------------------------


def plain(made):
    """The plain engine of these tables."""
    return PlainEngine(made.columns, made.episodes, made.scores, made.events, made.given, STEPS, made.sessions)


def duck(made):
    """The default engine of these tables."""
    connection = Connection(threads=2)
    places = {e["episode_id"]: 3 * place for place, e in enumerate(made.episodes)}  # rows between them were left out
    tables = {"episodes": (made.columns, made.episodes), "events": (EVENTS, made.events)}
    if "scores" in made.given:
        tables["scores"] = (SCORES, made.scores)
    if "sessions" in made.given:
        tables["sessions"] = (SESSIONS, made.sessions)
    for name, (columns, rows) in tables.items():
        cells = [f"unnest(CAST(? AS {'VARCHAR' if column in TEXT else 'INTEGER'}[])) AS {quoted(column)}" for column in (*columns, ROW)]
        lists = [*([row[column] for row in rows] for column in columns), [places[row["episode_id"]] for row in rows]]
        connection.send(f"CREATE TABLE {name} AS SELECT {', '.join(cells)}", lists)
    words = frozenset(column for column in made.columns if column in TEXT)
    filled = frozenset(name for name, (_, rows) in tables.items() if rows)
    steps = {
        f"{scale}_{moment}": Steps(*of_scale) for scale, of_scale in STEPS.items() for moment in ("admit", "discharge", *BASELINES, CARRIED)
    }
    scales = {column.rpartition("_")[0] for column in made.columns if column.endswith(("_admit", "_discharge"))}
    columns = {name: tuple(columns) for name, (columns, _) in tables.items()}
    return DuckEngine(connection, Tables(columns, words, frozenset(made.given), filled, steps, frozenset(scales)))


ENGINES = {"plain": plain, "duckdb": duck}
