"""Takes tables as texts, gives every fault of them: each rule once more, slowly, a row at a time, without the engine.

Only for the columns that `HEADS` names, a declared cut-off and stays as differences of days. A fault is (rule, table, column, row), rows from 0.
"""

import re
import unicodedata
from collections import Counter
from datetime import date, timedelta

from iop_outcomes.columns import DISCHARGE_REASONS, EVENTS

HEADS = {
    "episodes": (
        *("episode_id", "patient_id", "track", "site", "discharge_reason", "admit_date", "discharge_date", "los_days", "planned_days"),
        *("follow_up_days", "phq9_admit", "relapse_day", "relapse_observed", "death_day", "death_observed"),
    ),
    "scores": ("episode_id", "scale", "day", "score", "instrument_version"),
    "events": ("episode_id", "event", "day", "days_after_discharge", "planned"),
}
NEEDED = {"episodes": ("episode_id",), "scores": ("episode_id", "scale", "day"), "events": ("episode_id", "event")}
RANGES = {
    "episodes": {name: (0, 36_500) for name in ("los_days", "planned_days", "follow_up_days", "relapse_day", "death_day")}
    | {"phq9_admit": (0, 27)},
    "scores": {"day": (-36_500, 36_500)},
    "events": {"day": (-36_500, 36_500), "days_after_discharge": (-36_500, 36_500)},
}
NUMBERS = {table: tuple(ranges) for table, ranges in RANGES.items()} | {"scores": ("day", "score")}
FLAGS = {"episodes": ("relapse_observed", "death_observed"), "scores": (), "events": ("planned",)}
LABELS = {
    "episodes": ("episode_id", "patient_id", "track", "site"),
    "scores": ("episode_id", "scale", "instrument_version"),
    "events": ("episode_id",),
}
SCALES = {"auditc": 12, "bdi2": 63, "gad7": 21, "pcl5": 80, "phq9": 27, "phqa": 27}
HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
FIRST, LAST = date(1990, 1, 1), date(2025, 1, 1)
ALIKE = {"о": "o", "а": "a", "е": "e", "р": "p", "с": "c"}


def _text(cell):
    stripped = (cell or "").strip(" \t\r\n\u00a0")
    return stripped or None


def _cell(table, column, cell):
    """What stands in a cell; 15.0 of a number is 15."""
    text = _text(cell)
    numeric = column in NUMBERS[table] or column in FLAGS[table]
    return re.sub(r"^([+-]?[0-9]+)\.0+$", r"\1", text) if text and numeric else text


def _whole(text):
    return int(text) if text is not None and re.fullmatch(r"[+-]?[0-9]{1,9}", text) else None


def _day(text):
    try:
        return date.fromisoformat(text) if text is not None and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else None
    except ValueError:
        return None


def _plain(label):
    letters = "".join(c for c in unicodedata.normalize("NFD", label.lower()) if not unicodedata.combining(c))
    return re.sub(r"[\s_-]+", " ", "".join(ALIKE.get(c, c) for c in letters)).strip()


def faults(tables):
    """Every fault of a program given as {table: rows of texts}; the header is not among the rows."""
    rows = {
        table: [{column: _cell(table, column, cell) for column, cell in zip(HEADS[table], row, strict=True)} for row in found]
        for table, found in tables.items()
    }
    found = set()
    for table, own in rows.items():
        found |= {(rule, table, column, place) for place, row in enumerate(own) for rule, column in _of_cells(table, row)}
        found |= _blank_columns(table, own) | _similar(table, own)
    episodes = [_episode(row) for row in rows["episodes"]]
    found |= (
        {(*fault, place) for place, row in enumerate(episodes) for fault in _of_episode(row)}
        | _twice("episodes", rows)
        | _overlaps(episodes)
    )
    found |= _of_scores(rows["scores"], episodes) | _stand_ins(rows["scores"], episodes) if "scores" in rows else set()
    found |= _of_events(rows["events"], episodes) if "events" in rows else set()
    return found | _no_readmission(rows, episodes)


def _of_cells(table, row):
    for column, text in row.items():
        if text is None:
            if column in NEEDED[table]:
                yield "blank", column
            continue
        if column in NUMBERS[table]:
            number, limits = _whole(text), RANGES[table].get(column)
            if number is None:
                yield "not_whole_number", column
            elif limits and not limits[0] <= number <= limits[1]:
                yield "out_of_range", column
        if column in FLAGS[table] and text not in ("0", "1"):
            yield "not_flag", column
        if column.endswith("_date"):
            if _day(text) is None:
                yield "invalid_date", column
            elif not FIRST <= _day(text) <= LAST:
                yield "date_range", column
        if column in LABELS[table]:
            if len(text) > 80:
                yield "label_too_long", column
            if HIDDEN.search(text):
                yield "control_character", column
            if text in ("All", "(missing)"):
                yield "reserved_word", column
        if (column == "discharge_reason" and text not in DISCHARGE_REASONS) or (column == "event" and text not in EVENTS):
            yield "unknown_code", column


def _blank_columns(table, rows):
    optional = [column for column in HEADS[table] if column not in NEEDED[table]]
    return {("all_blank", table, column, 0) for column in optional if rows and all(row[column] is None for row in rows)}


def _similar(table, rows):
    found = set()
    for column in ("track", "site") if table == "episodes" else ():
        seen = Counter(row[column] for row in rows if row[column] is not None)
        for place, row in enumerate(rows):
            label = row[column]
            others = [other for other in seen if label is not None and _plain(other) == _plain(label)]
            if others and min(others, key=lambda other: (-seen[other], other)) != label:
                found.add(("similar_label", table, column, place))
    return found


def _episode(row):
    """A row with its values: dates, numbers, the stay as given or as the dates have it, and who is still in care."""
    numbers = {name: _whole(row[name]) for name in (*NUMBERS["episodes"], *FLAGS["episodes"])}
    admit, discharge = _day(row["admit_date"]), _day(row["discharge_date"])
    los, reason = numbers["los_days"], row["discharge_reason"]
    if reason == "active":  # what is given is days so far
        los = None
    if los is None and admit and discharge:
        los = (discharge - admit).days
    if reason is None and los is None and discharge is None:
        reason = "active"
    given = {"so_far": numbers["los_days"], "los_text": row["los_days"]}
    return {**row, **numbers, **given, "admit": admit, "discharge": discharge, "los": los, "discharge_reason": reason}


def _of_episode(row):
    los, reason, admit, discharge = row["los"], row["discharge_reason"], row["admit"], row["discharge"]

    def broken(rule, column, *, when):
        return [(rule, "episodes", column)] if when else []

    found = broken("discharge_before_admission", "discharge_date", when=admit and discharge and discharge < admit)
    found += broken("stay_disagrees", "los_days", when=admit and discharge and los != (discharge - admit).days)
    found += broken("discharge_before_admission", "los_days", when=los is not None and los < 0)
    found += broken("active_with_stay", "discharge_reason", when=reason == "active" and discharge is not None)
    found += broken("days_so_far", "los_days", when=reason == "active" and row["los_text"] is not None)
    days = row["so_far"] if los is None else los
    found += broken("discharge_after_cutoff", "los_days", when=admit and days is not None and days > (LAST - admit).days)
    found += broken("stay_missing", "discharge_reason", when=reason not in ("active", "not_started") and los is None)
    found += broken("reason_missing", "discharge_reason", when=reason is None and los is not None)
    found += broken("track_blank", "track", when=row["track"] is None)
    found += broken("planned_days_zero", "planned_days", when=row["planned_days"] == 0)
    for event in ("relapse", "death"):
        day, seen = row[f"{event}_day"], row[f"{event}_observed"]
        found += broken("event_without_day", f"{event}_day", when=seen == 1 and day is None)
        found += broken("blank", f"{event}_observed", when=seen is None and day is not None)
        end = None if los is None or row["follow_up_days"] is None else los + row["follow_up_days"]
        found += broken("event_after_follow_up", f"{event}_day", when=seen == 1 and day is not None and end is not None and day > end)
    if row["relapse_observed"] == 1 and row["relapse_day"] is not None:
        died = [row["death_day"]] if row["death_observed"] == 1 else []
        died += [los] if reason == "died" else []
        found += broken("event_after_death", "relapse_day", when=any(day is not None and row["relapse_day"] > day for day in died))
    return found


def _twice(table, rows):
    seen = Counter(row["episode_id"] for row in rows[table])
    return {
        ("duplicate_id", table, "episode_id", place)
        for place, row in enumerate(rows[table])
        if row["episode_id"] is not None and seen[row["episode_id"]] > 1
    }


def _span(row):
    """First and last day of an episode, where both can be believed."""
    if row["admit"] is None or not FIRST <= row["admit"] <= LAST:
        return None
    if row["discharge_reason"] == "active" and row["los"] is None:  # one with a stay is a fault of its own
        return row["admit"], date.max
    if row["discharge"] is not None and row["admit"] <= row["discharge"] <= LAST:
        return row["admit"], row["discharge"]
    if row["los"] is not None and 0 <= row["los"] <= 36_500:
        return row["admit"], row["admit"] + timedelta(days=row["los"])
    return None


def _overlaps(rows):
    found = set()
    for place, row in enumerate(rows):
        for other, second in enumerate(rows):
            first, last = _span(row), _span(second)
            if other == place or not first or not last or row["patient_id"] is None or row["patient_id"] != second["patient_id"]:
                continue
            if first[0] < last[1] and last[0] < first[1]:
                found.add(("overlapping_episodes" if row["track"] == second["track"] else "overlapping_tracks", place))
    same = {place for rule, place in found if rule == "overlapping_episodes"}
    return {(rule, "episodes", "admit_date", place) for rule, place in found if rule == "overlapping_episodes" or place not in same}


def _stand_ins(rows, episodes):
    """Episodes without an admission PHQ-9 beside them and with one in the table, 7 days before to 3 after."""
    scored = {
        row["episode_id"]
        for row in rows
        if row["scale"] == "phq9"
        and _whole(row["score"]) is not None
        and -7 <= (-99 if _whole(row["day"]) is None else _whole(row["day"])) <= 3
    }
    return {
        ("score_stands_in", "episodes", "phq9_admit", place)
        for place, row in enumerate(episodes)
        if row["phq9_admit"] is None and row["episode_id"] is not None and row["episode_id"] in scored
    }


def _parent(episodes, name):
    own = [row for row in episodes if row["episode_id"] == name]
    return own, own[0] if len(own) == 1 else {"los": None, "follow_up_days": None}


def _unasked(after):
    return after > 14 and not any(first <= after <= last for first, last in ((15, 59), (60, 119), (120, 240), (305, 425)))


def _of_scores(rows, episodes):
    found = set()
    for place, row in enumerate(rows):
        own, parent = _parent(episodes, row["episode_id"])
        scale, day, score = row["scale"], _whole(row["day"]), _whole(row["score"])
        pair = [other for other in rows if (other["episode_id"], other["scale"]) == (row["episode_id"], scale)]
        rules = {
            ("no_such_episode", "episode_id"): row["episode_id"] is not None and not own,
            ("unknown_scale", "scale"): scale is not None and scale not in SCALES,
            ("score_out_of_range", "score"): scale in SCALES and score is not None and not 0 <= score <= SCALES[scale],
            ("score_blank", "score"): row["score"] is None,
            ("score_twice", "day"): sum(_whole(other["day"]) == day for other in pair) > 1,
            ("version_changed", "instrument_version"): row["instrument_version"] is not None
            and any(other["instrument_version"] not in (None, row["instrument_version"]) for other in pair),
            ("score_outside_windows", "day"): day is not None
            and (day < -7 or (parent["los"] is not None and parent["los"] >= 0 and _unasked(day - parent["los"]))),
        }
        found |= {(rule, "scores", column, place) for (rule, column), broken in rules.items() if broken}
    return found


def _of_events(rows, episodes):
    found, timed = set(), []
    for row in rows:
        own, parent = _parent(episodes, row["episode_id"])
        day, after, los = _whole(row["day"]), _whole(row["days_after_discharge"]), parent["los"]
        from_admission = day if day is not None or after is None or los is None else after + los
        from_discharge = after if after is not None or day is None or los is None else day - los
        timed.append((row, own, parent, day, after, from_admission, from_discharge))
    for place, (row, own, parent, day, after, from_admission, from_discharge) in enumerate(timed):
        column = "days_after_discharge" if after is not None else "day"
        los, followed = parent["los"], parent["follow_up_days"]
        late = from_discharge is not None and followed is not None and from_discharge > followed >= 0 and (los or 0) >= 0
        family = [other for other in timed if other[0]["episode_id"] == row["episode_id"]]
        deaths = [(other[5], other[6]) for other in family if other[0]["event"] == "death"]
        dead = any(
            mine is not None and (firsts := [death[clock] for death in deaths if death[clock] is not None]) and mine > min(firsts)
            for clock, mine in enumerate((from_admission, from_discharge))
        )
        died = any(
            parent_row["discharge_reason"] == "died" and (parent_row["los"] is not None and parent_row["los"] >= 0) for parent_row in own
        )
        dead |= died and row["event"] not in (None, "death") and from_discharge is not None and from_discharge > 0
        same = [other for other in timed if (other[0]["episode_id"], other[0]["event"], other[3], other[4], _whole(other[0]["planned"])) == (
            row["episode_id"], row["event"], day, after, _whole(row["planned"]))]  # fmt: skip
        rules = {
            ("no_such_episode", "episode_id"): row["episode_id"] is not None and not own,
            ("event_without_day", "day"): day is None and after is None,
            ("negative_day", "days_after_discharge"): after is not None and after < 0,
            ("event_after_follow_up", column): late,
            ("event_after_death", column): dead,
            ("event_twice", "event"): len(same) > 1,
        }
        found |= {(rule, "events", where, place) for (rule, where), broken in rules.items() if broken}
    return found


def _no_readmission(rows, episodes):
    """Events that joined no episode; nothing is asked of readmissions, because relapse and death stand beside the episodes."""
    names = {row["episode_id"] for row in episodes if row["episode_id"] is not None}
    joined = any(row["episode_id"] in names for row in rows.get("events", ()))
    return {("no_readmission", "events", "event", 0)} if "events" in rows and not joined else set()
