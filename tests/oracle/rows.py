"""Takes a program as plain dicts, one per episode, gives every number the slow and obvious way, one row after the other.

A blank is None or an absent key. Scores and events come as lists by episode. A number is a dict of value, n, k, n_missing and excluded. Nothing here is fast and nothing is shared
with the package: the two agree only when both follow the definitions.
"""

import math
from fractions import Fraction

TRANSFERS = ("transferred_step_down", "transferred_step_up", "transferred_lateral")
NOT_DISCHARGED = ("active", "not_started")


def reason(episode):
    """How an episode ended."""
    return episode.get("discharge_reason")


def share(hits, among, everyone, missing=()):
    """How many of how many, and where the others went."""
    return {
        "value": len(hits) / len(among) if among else math.nan,
        "n": len(among),
        "k": len(hits),
        "n_missing": len(missing),
        "excluded": len(everyone) - len(among) - len(missing),
    }


# -- completion --------------------------------------------------------------------------------------------------


def completion(episodes, denominator="discharged"):
    """Completion in each of its definitions; "teds_all" keeps deaths in care in the denominator."""
    deaths_count = denominator == "teds_all"
    ended = [e for e in episodes if reason(e) not in NOT_DISCHARGED and (deaths_count or reason(e) != "died")]
    known = [e for e in ended if reason(e) is not None]
    blank = [e for e in ended if reason(e) is None]
    completed = [e for e in known if reason(e) == "completed"]
    moved = [e for e in known if reason(e) in TRANSFERS]
    stayed = [e for e in known if reason(e) not in TRANSFERS]
    found = {
        "completion_strict": share(completed, known, episodes, blank),
        "completion_with_transfers": share(completed + moved, known, episodes, blank),
        "completion_excluding_transfers": share(completed, stayed, episodes, blank),
        "completion_strict_worst_case": share(completed, ended, episodes),
        "completion_strict_best_case": share(completed + blank, ended, episodes),
    }
    if deaths_count:
        return {f"{name}_teds_all": number for name, number in found.items()}
    return {**found, "completion_of_admitted": completion_of_admitted(episodes)}


def completion_of_admitted(episodes):
    """Completed among those observed for at least their planned length, people still in care included."""
    started = [e for e in episodes if reason(e) not in ("died", "not_started")]
    assessable = [e for e in started if e.get("observed_days") is not None and e.get("planned_days") is not None]
    unknown = [e for e in started if e.get("observed_days") is None or e.get("planned_days") is None]
    due = [e for e in assessable if e["observed_days"] >= e["planned_days"]]
    return share([e for e in due if reason(e) == "completed"], due, episodes, unknown)


# -- stay and reasons --------------------------------------------------------------------------------------------


def length_of_stay(episodes, definition="difference"):
    """Quartiles of type 2 and the mean of the stays of the discharged, deaths in care kept."""
    discharged = [e for e in episodes if reason(e) not in NOT_DISCHARGED]
    blank = [e for e in discharged if e.get("los_days") is None]
    extra = 1 if definition == "inclusive" else 0
    stays = sorted(e["los_days"] + extra for e in discharged if e.get("los_days") is not None)
    rest = {"n": len(stays), "k": None, "n_missing": len(blank), "excluded": len(episodes) - len(discharged)}
    stem = "los_inclusive" if extra else "los"
    values = {
        "median": quantile(stays, Fraction(1, 2)),
        "q1": quantile(stays, Fraction(1, 4)),
        "q3": quantile(stays, Fraction(3, 4)),
        "mean": sum(stays) / len(stays) if stays else math.nan,
    }
    return {f"{stem}_{name}": {"value": value, **rest} for name, value in values.items()}


def quantile(ordered, below):
    """Type 2: when exactly `below` of the people lie under a gap, its middle; else the first value that reaches `below`."""
    if not ordered:
        return math.nan
    place = below * len(ordered)
    if place.denominator == 1 and 0 < place < len(ordered):
        return (ordered[int(place) - 1] + ordered[int(place)]) / 2
    return float(ordered[min(max(math.ceil(place), 1), len(ordered)) - 1])


GROUPS = {
    "completed": ("completed",),
    "transferred": TRANSFERS,
    "dropped_out": ("dropped_out",),
    "ended_by_program": ("terminated_by_program", "authorization_ended"),
    "other": ("incarcerated", "other", "unknown", "died", None),
}
EACH = (
    "completed",
    *TRANSFERS,
    "dropped_out",
    "terminated_by_program",
    "authorization_ended",
    "incarcerated",
    "other",
    "unknown",
    "died",
    None,
)


def discharge_reasons(episodes, definition="grouped"):
    """The share of each group of reasons, or of each reason, among all who were discharged."""
    discharged = [e for e in episodes if reason(e) not in NOT_DISCHARGED]
    groups = GROUPS if definition == "grouped" else {word or "missing": (word,) for word in EACH}
    return {f"reason_{name}": share([e for e in discharged if reason(e) in words], discharged, episodes) for name, words in groups.items()}


RECORDED = ("discharge_reason", "los_days", "planned_days", "follow_up_days")
RECORDED_SCORES = (("phq9", "admit"), ("phq9", "discharge"), ("gad7", "admit"), ("gad7", "discharge"))


def recorded(episodes, scores):
    """In what share of the discharged each thing is known that a report rests on."""
    discharged = [e for e in episodes if reason(e) not in NOT_DISCHARGED]
    known = {column: [e for e in discharged if e.get(column) is not None] for column in RECORDED}
    for scale, moment in RECORDED_SCORES:
        known[f"{scale}_{moment}"] = [e for e in discharged if score_at(e, scores, scale, moment) is not None]
    return {f"recorded_{what}": share(episodes_with_it, discharged, episodes) for what, episodes_with_it in known.items()}


# -- scores and events -------------------------------------------------------------------------------------------


def by_episode(table):
    """The rows of a table, as a list for each episode."""
    found = {}
    for row in table:
        found.setdefault(row["episode_id"], []).append(row)
    return found


def score_at(episode, scores, scale, moment, window=None):
    """The score at admission or at discharge; a column beside the episode is taken as given."""
    if f"{scale}_{moment}" in episode:
        return episode[f"{scale}_{moment}"]
    low, high = window or ((-7, 3) if moment == "admit" else (-7, 14))
    start = 0 if moment == "admit" else episode.get("los_days")
    if start is None:
        return None
    own = [s for s in scores.get(episode["episode_id"], []) if s["scale"] == scale and s["score"] is not None]
    near = [s for s in own if low <= s["day"] - start <= high]
    if not near:
        return None
    if moment == "admit":
        nearest = min(abs(s["day"]) for s in near)
        day = min(s["day"] for s in near if abs(s["day"]) == nearest)
        return min(s["score"] for s in near if s["day"] == day)
    day = max(s["day"] for s in near)
    return max(s["score"] for s in near if s["day"] == day)


def days_of(row, stay, clock):
    """The day of an event on a clock, from whichever of the two days is given."""
    if clock == "discharge":
        if row.get("days_after_discharge") is not None:
            return row["days_after_discharge"]
        return None if row.get("day") is None or stay is None else row["day"] - stay
    if row.get("day") is not None:
        return row["day"]
    return None if row.get("days_after_discharge") is None or stay is None else row["days_after_discharge"] + stay


def own_events(episode, events):
    """Events of the table and those that stand beside the episode."""
    found = list(events.get(episode["episode_id"], []))
    for name, seen in episode.items():
        if name.endswith("_observed") and seen == 1:
            kind = name.removesuffix("_observed")
            found.append({"event": kind, "day": episode[f"{kind}_day"]})
    return found


def last_day(episode, wanted, clock):
    """Last day observed on a clock; a wanted event beside the episode brings its own when follow-up is not known."""
    stay, follow_up = episode.get("los_days"), episode.get("follow_up_days")
    if clock == "discharge" and follow_up is not None:
        return follow_up
    if clock == "admission" and follow_up is not None and stay is not None:
        return stay + follow_up
    for kind in wanted:
        if episode.get(f"{kind}_day") is not None:
            return days_of({"day": episode[f"{kind}_day"]}, stay, clock)
    return None


def is_wanted(row, wanted, kinds):
    """Whether an event is the outcome; named kinds leave out every other kind and the blank."""
    return row["event"] in wanted and (not kinds or row.get("kind") in kinds)


def during_care(episode, events, wanted, kinds=()):
    """1 when an outcome event happened before discharge, else 0."""
    days = [days_of(row, episode.get("los_days"), "discharge") for row in own_events(episode, events) if is_wanted(row, wanted, kinds)]
    return int(any(day is not None and day < 0 for day in days))


def first_event(episode, events, *, wanted, competing=("death",), clock="discharge", from_day=0, planned_competes=False, kinds=()):
    """Day and name of what came first, or the last day observed; (None, None) when follow-up is not known."""
    end = last_day(episode, wanted, clock)
    if end is None or end < 0:
        return None, None
    order = ["event", "planned", "early", *[c for c in competing if c != "death"], "death", "end_of_follow_up"]
    seen = [(end, order.index("end_of_follow_up"))]
    for row in own_events(episode, events):
        day = days_of(row, episode.get("los_days"), clock)
        if day is None or not 0 <= day <= end:
            continue
        if is_wanted(row, wanted, kinds):
            planned = planned_competes and row.get("planned") == 1
            seen.append((day, order.index("planned" if planned else "event" if day >= from_day else "early")))
        elif row["event"] in competing:
            seen.append((day, order.index(row["event"])))
    day, place = min(seen)
    return day, order[place]
