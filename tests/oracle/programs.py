"""Takes the number of a batch, gives the tables of 40 random programs of nasty shapes, told apart by their site; the same ones on every run.

Every rule of the front door is kept, so that a program loads: what is nasty is ties, blanks, day 0, death, repeats and groups of nobody.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

TOGETHER = 40  # programs of one batch are loaded together
BATCHES = (0, 2, 3, 4, 5, 7, 10, 11)  # each choice of a batch occurs in one of them: test_the_rows_by_hand.py
CUTOFF = "2025-01-01"
SHAPES = (
    *("ordinary", "ordinary", "one patient", "dead in care", "dead after", "ties", "day 0", "blanks", "in care", "no track"),
    *("no scores", "no events", "everybody", "nobody", "large", "tiny"),
)
REASONS = (
    *(
        "completed",
        "completed",
        "transferred_step_down",
        "transferred_step_up",
        "transferred_lateral",
        "dropped_out",
        "terminated_by_program",
    ),
    *("authorization_ended", "incarcerated", "other", "unknown", "died", "not_started", "active"),
)
EVENTS = (
    "readmission_psychiatric",
    "readmission_other",
    "emergency_visit",
    "death",
    "relapse",
    "relapse",
    "follow_up_contact",
    "next_level_of_care",
)
KINDS = (None, "any_use", "return_to_criteria")
ENDS = ("readmission_psychiatric", "readmission_other", "relapse", "death")


@dataclass(frozen=True)
class Batch:
    """What the programs of one batch share, and their tables."""

    number: int
    wide_scores: tuple = ()
    wide_events: bool = False
    patients: str = "none"
    dated: bool = False
    cutoff: str | None = None
    stops: bool = False
    copies: bool = False
    tracks: tuple = ("mh", "su", "dual")
    absent: frozenset = frozenset()
    episodes: list = field(default_factory=list)
    scores: list = field(default_factory=list)
    events: list = field(default_factory=list)


def batch(number):
    """One batch with its tables; each choice comes round at its own pace, so that they meet in many ways."""
    absent = (
        {"planned_days"}
        if number % 7 == 3
        else {"observed_days"}
        if number % 4 == 1
        else {"follow_up_days"}
        if number in (11, 12)
        else set()
    )
    wide = (), ("phq9_admit", "gad7_discharge"), (), ("phq9_admit", "phq9_discharge", "gad7_admit", "gad7_discharge")
    dated = number % 3 == 1
    found = Batch(
        number=number,
        wide_scores=wide[number % 4],
        wide_events=number % 5 == 2,
        patients=("none", "unique", "repeat", "shared", "repeat")[number % 5],
        dated=dated,
        cutoff=CUTOFF if dated or number % 6 == 2 else None,
        stops=(number % 4 == 3 and number % 5 != 2) or number in (10, 16),
        copies=number % 3 == 2,
        tracks=("mh", "su") if number % 6 == 0 else ("mh", "su", "dual"),
        absent=frozenset(absent),
    )
    rng = random.Random(number)
    for place in range(TOGETHER):
        program(rng, found, f"s{place:02}", SHAPES[(place + number) % len(SHAPES)])
    if found.copies:
        for table in (found.episodes, found.scores):
            table += [dict(row) for row in table if rng.random() < 0.1]
    return found


def program(rng, batch, site, shape):
    """Add one program to the tables of its batch."""
    size = {"tiny": rng.randrange(4), "large": 40, "one patient": 40}.get(shape, rng.randrange(41))
    for place in range(size):
        one = {"episode_id": f"{site}-{place:02}", "site": site, **episode(rng, batch, site, shape)}
        happened = [] if shape in ("no events", "nobody") else events_of(rng, one, shape)
        if batch.wide_events:
            one |= beside(rng, one, shape)
        happened = alive(one, happened)
        if batch.stops and rng.random() < 0.95:
            happened = stopped(one, happened)
        if batch.wide_scores:
            one |= {name: maybe(rng, 0.3, points(rng, name)) for name in batch.wide_scores}
        scores = [] if shape == "no scores" else scores_of(rng, one, shape)
        batch.episodes.append({name: value for name, value in one.items() if name not in batch.absent})
        batch.events.extend({"episode_id": one["episode_id"], **row} for row in happened)
        batch.scores.extend({"episode_id": one["episode_id"], **row} for row in scores)


def maybe(rng, blank, value):
    """The value, or now and then a blank."""
    return None if rng.random() < blank else value


# -- episodes ------------------------------------------------------------------------------------------------------


def episode(rng, batch, site, shape):
    """One episode; any of its values may be blank, and small numbers make ties."""
    blank = {"blanks": rng.choice([0.4, 1.0]), "large": 0.02}.get(shape, rng.choice([0.0, 0.1]))
    track = None if shape == "no track" and rng.random() < 0.7 else maybe(rng, blank, rng.choice(batch.tracks))
    reason = maybe(rng, blank, rng.choice(REASONS))
    if track == "mh" and rng.random() < 0.15 * (batch.number % 4):
        reason = "completed"  # so that tracks differ, here more and there less
    reason = {"dead in care": "died", "in care": rng.choice(["active", None, None, "completed"])}.get(shape, reason)
    stay = {"day 0": 0, "ties": 5}.get(shape, rng.choice([0, 1, 2, 3, 5, 8, 11, rng.randrange(200)]))
    if reason is None and rng.random() < 0.6:
        stay = None
    if reason == "active" and rng.random() < 0.5:
        stay = None
    stay = maybe(rng, blank / 2, stay)
    row = {"track": track, "discharge_reason": reason, "los_days": stay, "planned_days": maybe(rng, blank, rng.choice([0, 10, 42]))}
    row |= {"patient_id": patient(rng, batch, site, shape, blank)} if batch.patients != "none" else {}
    row |= dates(rng, row) if batch.dated else {"observed_days": observed(rng, row, blank)}
    return row | {"follow_up_days": follow_up(rng, row, shape, blank)}


def patient(rng, batch, site, shape, blank):
    """Who it is: nobody twice, eight people of one place, or people of every place."""
    if batch.patients == "unique":
        return maybe(rng, blank, f"{site}-{rng.random()}")
    if shape == "one patient":
        return f"{site}-x"
    return maybe(rng, blank, f"{site}-{rng.choice('abcdefgh')}" if batch.patients == "repeat" else f"p{rng.randrange(250)}")


def dates(rng, row):
    """Admission and discharge as dates beside the stay; days so far reach to the cut-off."""
    stay = row["los_days"]
    before = (stay or 0) + (0 if row["discharge_reason"] == "active" else rng.choice([0, 1, 3, 30, 90, 400]))
    admitted = date.fromisoformat(CUTOFF) - timedelta(days=before)
    left = None if stay is None or row["discharge_reason"] == "active" else (admitted + timedelta(days=stay)).isoformat()
    return {"admit_date": admitted.isoformat(), "discharge_date": left, "observed_days": before}


def observed(rng, row, blank):
    """Admission to data cut-off; of an episode still in care the days so far, where those are given."""
    if row["discharge_reason"] == "active" and row["los_days"] is not None:
        return maybe(rng, 0.5, row["los_days"])
    return maybe(rng, max(blank, 0.4), (row["los_days"] or 0) + rng.choice([0, 9, 10, 42, 100, 400]))


def follow_up(rng, row, shape, blank):
    """Days observed after discharge, not past the cut-off where that is known."""
    if not left_care(row):
        return None
    days = {"nobody": rng.choice([30, 400]), "everybody": 60, "day 0": rng.randrange(3), "ties": rng.choice([3, 3, 30])}
    long = days.get(shape, rng.choice([0, 1, 2, 3, 5, 30, 365, rng.randrange(400)]))
    if row["observed_days"] is not None and row["los_days"] is not None:
        long = min(long, row["observed_days"] - row["los_days"])
    return maybe(rng, blank, long)


def left_care(row):
    """Whether an episode is known to have ended."""
    return row["discharge_reason"] not in (None, "active") or (row["discharge_reason"] is None and row["los_days"] is not None)


# -- events --------------------------------------------------------------------------------------------------------


def latest(one, otherwise=40):
    """The last day after discharge on which something can have happened."""
    if one["follow_up_days"] is not None:
        return one["follow_up_days"]
    known = one["observed_days"] is not None and one["los_days"] is not None
    return min(otherwise, one["observed_days"] - one["los_days"]) if known else otherwise


def events_of(rng, one, shape):
    """The events of an episode: during care, or after it and no later than its follow-up."""
    if not left_care(one):
        days = one["observed_days"] or one["los_days"] or 0
        return [event(rng, rng.choice(EVENTS), day=rng.randint(0, days)) for _ in range(rng.randrange(2))]
    names = [rng.choice(EVENTS) for _ in range(rng.randrange(4))]
    names += {"dead after": ["death"], "everybody": ["readmission_psychiatric", "relapse"]}.get(shape, [])
    found = []
    for name in names:
        usual = rng.choice([0, 1, 2, 3, 4, rng.randrange(40), rng.randrange(300)])
        after = {"ties": 3, "day 0": 0, "everybody": rng.randint(3, 20)}.get(shape, usual)
        after = after if after <= latest(one) else rng.randint(0, latest(one))
        stay = one["los_days"]
        if stay is None or rng.random() < 0.5:
            found.append(event(rng, name, days_after_discharge=after))
        elif rng.random() < 0.15 and name != "death":
            found.append(event(rng, name, day=rng.randint(0, stay)))
        else:
            found.append(event(rng, name, day=stay + after))
    return found


def event(rng, name, day=None, days_after_discharge=None):
    """One row of events."""
    planned = rng.choice([None, 0, 0, 1]) if name.startswith("readmission") else None
    return {"event": name, "day": day, "days_after_discharge": days_after_discharge, "planned": planned, "kind": rng.choice(KINDS)}


def beside(rng, one, shape):
    """Readmission elsewhere and death as columns of the episode: seen on a day, or not seen up to a day."""
    found = dict.fromkeys(("readmission_other_day", "readmission_other_observed", "death_day", "death_observed"))
    if not left_care(one) or one["los_days"] is None or shape == "no events":
        return found
    for name in ("readmission_other", "death"):
        if rng.random() < 0.6:
            found |= {
                f"{name}_day": one["los_days"] + rng.randint(0, latest(one)),
                f"{name}_observed": int(shape != "nobody" and rng.random() < 0.4),
            }
    if one["discharge_reason"] == "died":
        return found | {
            "readmission_other_observed": found["readmission_other_observed"] and 0,
            "death_observed": found["death_observed"] and 0,
        }
    if found["death_observed"] and found["readmission_other_observed"] and found["readmission_other_day"] > found["death_day"]:
        found["readmission_other_observed"] = 0
    return found


def after_of(one, row):
    """The day of an event after discharge; None where it is not known."""
    if row["days_after_discharge"] is not None:
        return row["days_after_discharge"]
    return None if row["day"] is None or one["los_days"] is None or not left_care(one) else row["day"] - one["los_days"]


def alive(one, happened):
    """The events without those that come after a death, which no file may hold."""
    deaths = [after_of(one, row) for row in happened if row["event"] == "death"]
    deaths += [one["death_day"] - one["los_days"]] if one.get("death_observed") else []
    deaths += [0] if one["discharge_reason"] == "died" else []
    days = [day for day in deaths if day is not None]
    in_care = [row["day"] for row in happened if row["event"] == "death" and after_of(one, row) is None]
    kept = [row for row in happened if after_of(one, row) is None or after_of(one, row) <= min(days, default=1_000)]
    kept = [row for row in kept if row["day"] is None or row["day"] <= min(in_care, default=100_000)]
    # A death beside the episode and one of its events would be two; a person discharged by death dies once.
    two = one.get("death_observed") or one["discharge_reason"] == "died"
    readmitted = [one["readmission_other_day"] - one["los_days"]] if one.get("readmission_other_observed") else []
    late = [row for row in kept if row["event"] == "death" and any(day > (after_of(one, row) or 0) for day in readmitted)]
    return [row for row in kept if row not in late and not (two and row["event"] == "death")]


def stopped(one, happened):
    """Follow-up that ends on the day of the first end; what came later is not known of."""
    ends = [after_of(one, row) for row in happened if row["event"] in ENDS]
    ends = [day for day in ends if day is not None and day >= 0]
    if not ends or one["follow_up_days"] is None:
        return happened
    one["follow_up_days"] = min(ends)
    return [row for row in happened if after_of(one, row) is None or after_of(one, row) <= min(ends)]


# -- scores --------------------------------------------------------------------------------------------------------


def points(rng, name):
    """A total of a scale."""
    return rng.randrange(28 if name.startswith("phq9") else 22)


def scores_of(rng, one, shape):
    """A usual pair in half of the episodes, and scores around admission and discharge on few days, so that ties are common."""
    stay = one["los_days"] or 0
    found = []
    for scale in ("phq9", "gad7"):
        if rng.random() < 0.5:
            found += [score(rng, scale, day) for day in (0, stay)]
    for _ in range(rng.randrange(5)):
        start = rng.choice([0, stay])
        found.append(score(rng, rng.choice(["phq9", "gad7"]), start + (rng.randint(0, 1) if shape == "ties" else rng.randint(-9, 16))))
    return found


def score(rng, scale, day):
    """One row of scores."""
    return {"scale": scale, "day": day, "score": maybe(rng, 0.1, points(rng, scale))}
