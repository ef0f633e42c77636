"""Takes nothing, gives one program of 30 episodes as canonical tables: what every layout must load to, cell for cell.

Three people return, one episode is still open, one never started, one ended by death in care; reasons, scores and follow-up are missing
where they would be. GAD-7 stands as items, PHQ-9 as totals; some scores lie outside every window.
"""

from datetime import date, timedelta

CUTOFF = "2024-12-31"

# What a site's own systems call the tracks, the reasons, the places and the kinds of visit: adapters and mappings translate them.
TRACK_CODES = {"IOP-MH": "mental_health", "IOP-SUD": "substance_use", "IOP-PSY": "psychosis"}
REASON_CODES = {
    "COMP": "completed",
    "DOWN": "transferred_step_down",
    "UP": "transferred_step_up",
    "LAT": "transferred_lateral",
    "AMA": "dropped_out",
    "ADM": "terminated_by_program",
    "AUTH": "authorization_ended",
    "JAIL": "incarcerated",
    "OTH": "other",
    "EXP": "died",
    "NOSHOW": "not_started",
    "STILL": "active",
}
SITE_CODES = {"11": "north", "12": "south"}
EVENT_CODES = {"IP-PSY": "readmission_psychiatric", "ED": "emergency_visit", "PHP": "next_level_of_care"}

_EPISODES = """
1001 501 mental_health completed             2024-01-08 2024-02-26 north female
1002 502 mental_health completed             2024-01-09 2024-03-01 north male
1003 503 mental_health dropped_out           2024-01-15 2024-01-29 south female
1004 504 substance_use completed             2024-01-16 2024-03-18 north male
1005 505 substance_use transferred_step_up   2024-01-22 2024-02-05 south male
1006 506 psychosis     completed             2024-01-23 2024-04-16 north female
1007 507 mental_health transferred_step_down 2024-01-29 2024-03-11 south female
1008 508 substance_use dropped_out           2024-02-01 2024-02-15 north male
1009 509 substance_use completed             2024-02-05 2024-04-08 south female
1010 510 psychosis     terminated_by_program 2024-02-06 2024-03-05 north male
1011 511 mental_health died                  2024-02-12 2024-03-04 north female
1012 512 mental_health not_started           2024-02-13 -          south male
1013 513 substance_use authorization_ended   2024-02-19 2024-03-25 north female
1014 514 mental_health completed             2024-02-20 2024-04-09 south -
1015 515 psychosis     dropped_out           2024-02-26 2024-02-26 north male
1016 516 mental_health -                     2024-02-27 2024-04-02 south female
1017 517 substance_use completed             2024-03-04 2024-05-06 north male
1018 518 substance_use incarcerated          2024-03-05 2024-04-01 south male
1019 519 mental_health completed             2024-03-11 2024-04-29 north female
1020 520 psychosis     completed             2024-03-12 2024-06-03 south female
1021 521 mental_health transferred_lateral   2024-03-18 2024-04-15 -     male
1022 501 mental_health completed             2024-06-10 2024-07-29 north female
1023 505 substance_use completed             2024-04-01 2024-06-03 south male
1024 522 mental_health other                 2024-04-02 2024-05-07 north female
1025 523 substance_use dropped_out           2024-04-08 2024-04-22 south male
1026 524 psychosis     completed             2024-04-09 2024-07-02 north male
1027 525 mental_health completed             2024-04-15 2024-06-03 south female
1028 508 substance_use completed             2024-05-06 2024-07-08 north male
1029 526 mental_health completed             2024-11-04 2024-12-23 south female
1030 527 substance_use active                2024-12-02 -          north male
"""

# Person, day, what, planned: a person's later episodes do not end what is known of the earlier ones.
HAPPENED = (
    ("502", "2024-04-10", "readmission_psychiatric", "0"),
    ("503", "2024-02-20", "emergency_visit", "0"),
    ("504", "2024-05-02", "readmission_psychiatric", "1"),
    ("505", "2024-02-06", "next_level_of_care", "0"),
    ("505", "2024-08-19", "readmission_psychiatric", "0"),
    ("506", "2024-04-17", "readmission_psychiatric", "0"),
    ("508", "2024-03-20", "emergency_visit", "0"),
    ("510", "2024-06-06", "readmission_psychiatric", "0"),
    ("511", "2024-03-04", "death", "0"),
    ("517", "2024-09-30", "death", "0"),
    ("520", "2024-04-22", "emergency_visit", "0"),
    ("501", "2024-09-02", "readmission_psychiatric", "0"),
)


def episodes():
    """The episodes as dicts of text, dates as dates; None where a cell is blank."""
    names = ("episode_id", "patient_id", "track", "discharge_reason", "admit_date", "discharge_date", "site", "sex")
    rows = [dict(zip(names, line.split(), strict=True)) for line in _EPISODES.strip().splitlines()]
    return [{name: None if value == "-" else value for name, value in row.items()} for row in rows]


def scores():
    """The scores as dicts of text: PHQ-9 totals, GAD-7 items, days from admission; a GAD-7 item is blank now and then."""
    found = []
    for i, row in enumerate(episodes()):
        if row["discharge_reason"] == "not_started":
            continue
        start = 8 + (7 * i) % 18
        found.append(_total(row, 0 if i % 4 else -3, start))
        days = stay(row)
        if days and i % 5:
            found.append(_total(row, days - i % 3, max(0, start - (i * 5) % 13)))
        if i % 6 == 1:
            found.append(_total(row, (days or 0) + 60, 7))  # long after discharge: in no window
        if i % 7 == 2:
            found.append(_total(row, -5, 27))  # a second one before admission, further from day 0
        if i % 3 == 0:
            found.append(_items(row, 1, [(i + k) % 4 for k in range(7)]))
            if days:
                found.append(_items(row, days, [None if k == 2 and i % 2 else (i + k) % 3 for k in range(7)]))
    return found


def _total(row, day, score):
    return {"episode_id": row["episode_id"], "scale": "phq9", "day": str(day), "score": str(score), **dict.fromkeys(_ITEMS)}


def _items(row, day, answers):
    items = {name: None if answer is None else str(answer) for name, answer in zip(_ITEMS, answers, strict=True)}
    return {"episode_id": row["episode_id"], "scale": "gad7", "day": str(day), "score": None, **items}


_ITEMS = tuple(f"gad7_{number}" for number in range(1, 8))


def stay(row):
    """Days from admission to discharge, None where there is none yet."""
    if row["discharge_date"] is None:
        return None
    return (date.fromisoformat(row["discharge_date"]) - date.fromisoformat(row["admit_date"])).days


def events():
    """The events as dicts of text: what happened to a person counts for each of their episodes that had begun."""
    found = []
    for row in episodes():
        admission = date.fromisoformat(row["admit_date"])
        for person, day, event, planned in HAPPENED:
            after = (date.fromisoformat(day) - admission).days
            if person == row["patient_id"] and after >= 0:
                found.append({"episode_id": row["episode_id"], "event": event, "day": str(after), "planned": planned})
    return found


def on(row, day):
    """The date of a day of an episode, as text."""
    return (date.fromisoformat(row["admit_date"]) + timedelta(days=int(day))).isoformat()


def tables():
    """The three canonical tables by name, each a list of dicts with the same keys."""
    return {"episodes": episodes(), "scores": scores(), "events": events()}


MAPPING = {
    "data": {"class": "synthetic", "cutoff": CUTOFF},
    "follow_up_days": {"rule": "to_cutoff"},
}
