"""Takes episodes from `rows.read` and their events, gives readmission and relapse after discharge one row after the other.

Shares are exact fractions until the last line, so that a sum that is one is one. Numbers at a time are named by (estimand, day). ANY stands where the definitions name no count.
"""

import math
from fractions import Fraction
from unittest.mock import ANY

from tests.oracle.rows import discharged, number, reason, share

HOSPITAL = ("readmission_psychiatric", "readmission_other")
PSYCHIATRIC, ALL_CAUSE = HOSPITAL[:1], HOSPITAL
OUTCOMES = {
    ("readmission", "psychiatric"): {"wanted": PSYCHIATRIC, "planned_competes": True, "from_day_3": True},
    ("readmission", "all_cause"): {"wanted": ALL_CAUSE, "planned_competes": True, "from_day_3": True},
    ("readmission_from_day_0", "psychiatric"): {"wanted": PSYCHIATRIC, "planned_competes": True},
    ("readmission_from_day_0", "all_cause"): {"wanted": ALL_CAUSE, "planned_competes": True},
    ("relapse", "any_use"): {"wanted": ("relapse",)},
    ("relapse", "return_to_criteria"): {"wanted": ("relapse",), "kinds": ("return_to_criteria",)},
}
ENDS = ("event", "planned", "death")  # the order on one day; the end of follow-up comes last
ENOUGH = 11


# -- events --------------------------------------------------------------------------------------------------------


def own_events(episode, events):
    """Events of the table and those that stand beside the episode, each with its day after discharge where that is known."""
    found = list(events.get(episode["episode_id"], []))
    for name, seen in episode.items():
        if name.endswith("_observed") and seen == 1:
            kind = name.removesuffix("_observed")
            found.append({"event": kind, "day": episode[f"{kind}_day"]})
    return [{**row, "after": days_after(row, episode["stay"])} for row in found]


def days_after(row, stay):
    """The day of an event after discharge, from whichever of the two days is given."""
    if row.get("days_after_discharge") is not None:
        return row["days_after_discharge"]
    return None if row.get("day") is None or stay is None else row["day"] - stay


def is_wanted(row, options):
    """Whether an event is the outcome; named kinds leave out every other kind and the blank."""
    kinds = options.get("kinds", ())
    return row["event"] in options["wanted"] and (not kinds or row.get("kind") in kinds)


def last_day(episode, wanted):
    """Last day observed after discharge; where follow-up is blank, a wanted event beside the episode brings its own."""
    if episode["stay"] is None:
        return None  # a reason without a day is outside curves
    if episode.get("follow_up_days") is not None:
        return episode["follow_up_days"]
    beside = [episode[f"{kind}_day"] - episode["stay"] for kind in wanted if episode.get(f"{kind}_day") is not None]
    return beside[0] if beside and beside[0] >= 0 else None


def first_end(episode, events, options):
    """Day and name of what came first after discharge, or the last day observed; (None, None) when follow-up is not known."""
    end = last_day(episode, options["wanted"])
    if end is None:
        return None, None
    seen = [(end, len(ENDS))]
    for row in own_events(episode, events):
        if row["after"] is None or not 0 <= row["after"] <= end:
            continue
        if is_wanted(row, options):
            planned = options.get("planned_competes") and row.get("planned") == 1
            seen.append((row["after"], ENDS.index("planned" if planned else "event")))
        elif row["event"] == "death":
            seen.append((row["after"], ENDS.index("death")))
    day, place = min(seen)
    return day, (*ENDS, "end_of_follow_up")[place]


def was_transfer(episode, events):
    """In any hospital again on days 0 to 2, planned or not, under every definition."""
    return any(row["event"] in HOSPITAL and row["after"] in (0, 1, 2) for row in own_events(episode, events))


def during_care(episode, events, options):
    """Whether an outcome event happened before discharge."""
    return any(is_wanted(row, options) and row["after"] is not None and row["after"] < 0 for row in own_events(episode, events))


# -- who is followed -----------------------------------------------------------------------------------------------


def population(episodes, events, options):
    """The discharged without deaths in care, each with its first end, in four parts: followed, unknown, transfers, short."""
    people = [
        {**e, **dict(zip(("day", "end"), first_end(e, events, options), strict=True))} for e in discharged(episodes) if reason(e) != "died"
    ]
    parts = {"unknown": [p for p in people if p["day"] is None], "transfers": [], "short": []}
    known = [p for p in people if p["day"] is not None]
    if options.get("from_day_3"):
        parts["transfers"] = [p for p in known if was_transfer(p, events)]
        stayed = [p for p in known if not was_transfer(p, events)]
        parts["short"] = [p for p in stayed if p["end"] == "end_of_follow_up" and p["day"] < 3]
        known = [p for p in stayed if not (p["end"] == "end_of_follow_up" and p["day"] < 3)]
    return {**parts, "followed": known}


def has_end(episode, events, options):
    """Whether an event or a death is recorded, after discharge as far as is known, of an episode whose follow-up is not: then no 0 % is printed."""
    recorded = [row for row in own_events(episode, events) if row["after"] is None or row["after"] >= 0]
    return any(is_wanted(row, options) or row["event"] == "death" for row in recorded)


def known_anywhere(episodes, events, options):
    """Whether the end of follow-up is known for anybody at all."""
    return any(first_end(e, events, options)[0] is not None for e in discharged(episodes))


def follow_up_stops(episodes, events, options):
    """Whether `follow_up_days` is taken to stop at the end: it does in more than half of the episodes with an event or death."""
    ended = [
        p
        for p in population(episodes, events, options)["followed"]
        if p["end"] in ("event", "death") and p.get("follow_up_days") is not None
    ]
    return 2 * sum(p["follow_up_days"] == p["day"] for p in ended) > len(ended)


# -- every number --------------------------------------------------------------------------------------------------


def after_discharge(episodes, events, options, times, *, dated=False, stops=False):
    """Every number of a measure of time after discharge for one group; `stops` is said of the whole data set."""
    parts = population(episodes, events, options)
    followed, unknown, transfers = parts["followed"], parts["unknown"], parts["transfers"]
    steps = aalen_johansen(followed)
    found = {}
    for t in times:
        found |= at_a_time(followed, unknown, episodes, steps, t)
        found["fully_observed_rate", t] = simple(followed, unknown, episodes, t, dated=dated, stops=stops)
        if any(has_end(p, events, options) for p in unknown):
            found |= {key: {**one, "no_zero": True} for key, one in found.items() if key[1] == t}
        if options.get("from_day_3") and t < 3:
            found |= {key: not_assessable(one) for key, one in found.items() if key[1] == t}
    value, flag = median(steps, followed)
    found["median_days", None] = number(value, followed, episodes, unknown) | {"flag": flag}
    for name, end in {"planned": "planned", "died_first": "death"}.items():
        if name != "planned" or options.get("planned_competes"):
            found[name, None] = share([p for p in followed if p["end"] == end], followed, episodes, unknown)
    if options.get("from_day_3"):
        found["transfer_0_2", None] = share(transfers, transfers + followed, episodes, unknown)
    if any(has_end(p, events, options) for p in unknown):
        found |= {key: {**one, "no_zero": True} for key, one in found.items() if key[0] in ("planned", "died_first", "transfer_0_2")}
    found["events_without_follow_up", None] = share([p for p in unknown if has_end(p, events, options)], unknown, episodes)
    started = discharged(episodes)
    found["during_care", None] = share([e for e in started if during_care(e, events, options)], started, episodes)
    return found


def at_a_time(followed, unknown, episodes, steps, t):
    """Incidence, event-free share and mean days at a time, with everyone not yet gone before it."""
    hit = [p for p in followed if p["end"] == "event" and p["day"] <= t]
    ended = [p for p in followed if p["end"] != "end_of_follow_up" and p["day"] <= t]
    free = [p for p in followed if (p["day"] >= t and p["end"] == "end_of_follow_up") or p["day"] > t]
    row, reached = at(steps, t), is_known(steps, t)
    at_risk = {"n_at_risk": sum(1 for p in followed if p["day"] >= t)}
    event_free = 1 - sum(row[end] for end in ENDS)
    # At 0 % limits are exact, and at 100 % where nobody was lost before the last end.
    whole = [0] if lost_before_the_last_end(followed, t) else [0, 1]
    exactly = {"state_known": [p["patient"] for p in ended + free], "denominator": [p["patient"] for p in followed]}
    return {
        ("cumulative_incidence", t): number(row["event"] if reached else math.nan, followed, episodes, unknown, len(hit))
        | at_risk
        | (exactly if reached and row["event"] in whole else {}),
        ("event_free", t): number(event_free if reached else math.nan, followed, episodes, unknown, len(free))
        | at_risk
        | (exactly if reached and 1 - event_free in whole else {}),
        ("restricted_mean_days", t): number(area(steps, t) if reached else math.nan, followed, episodes, unknown),
    }


def lost_before_the_last_end(followed, t):
    """Whether anybody's follow-up ended before the last end by t."""
    ends = [p["day"] for p in followed if p["end"] != "end_of_follow_up" and p["day"] <= t]
    return any(p["end"] == "end_of_follow_up" and p["day"] < max(ends, default=0) for p in followed)


def not_assessable(one):
    """A number that has no value; what it would have counted is left open."""
    return {
        **one,
        "value": math.nan,
        "n": ANY,
        "k": ANY,
        "n_missing": ANY,
        "excluded": ANY,
        "n_at_risk": ANY,
        "flag": "not_assessable",
        "rate": False,
    }


def simple(followed, unknown, episodes, t, *, dated, stops):
    """Share with the event by day t among those whose follow-up, or potential follow-up where it stops at the end, reaches t; a loss before t leaves."""
    reach = "potential" if stops else "follow_up_days"
    blank = [p for p in followed if p.get(reach) is None]
    lost = [p for p in followed if p["end"] == "end_of_follow_up" and p["day"] < t]
    long_enough = [p for p in followed if p.get(reach) is not None and p[reach] >= t and p not in lost]
    one = share([p for p in long_enough if p["end"] == "event" and p["day"] <= t], long_enough, episodes, unknown + blank)
    return not_assessable(one) if stops and not dated else one


# -- curves --------------------------------------------------------------------------------------------------------


def aalen_johansen(people):
    """Shares ended in each way and free of every end, before day 0 and just after each day."""
    now = {"day": None, "free": Fraction(1), **dict.fromkeys(ENDS, Fraction(0))}
    steps = [now]
    for day in sorted({p["day"] for p in people}):
        at_risk = sum(1 for p in people if p["day"] >= day)
        today = [p["end"] for p in people if p["day"] == day and p["end"] != "end_of_follow_up"]
        ended = {end: now[end] + now["free"] * Fraction(today.count(end), at_risk) for end in ENDS}
        now = {"day": day, "free": now["free"] * Fraction(at_risk - len(today), at_risk), **ended}
        steps.append(now)
    return steps


def at(steps, t):
    """The step in force on day t."""
    return [s for s in steps if s["day"] is None or s["day"] <= t][-1]


def is_known(steps, t):
    """Whether anybody was followed to day t, or nobody was left to follow."""
    last = steps[-1]
    return last["day"] is not None and (t <= last["day"] or last["free"] == 0)


def area(steps, t):
    """Days free of every end up to day t, from one step to the next."""
    ends = [*[step["day"] for step in steps[1:]], t]
    days = [max(min(end, t) - (step["day"] or 0), 0) for step, end in zip(steps, ends, strict=True)]
    return sum(long * step["free"] for long, step in zip(days, steps, strict=True))


def median(steps, followed):
    """The median of the event-free curve and its flag: only where enough are at risk that day, or enough episodes and nobody lost before it."""
    curve = [(step["day"], step["free"]) for step in steps[1:]]
    low = [day for day, free in curve if free <= Fraction(1, 2)]
    if not low:
        return math.nan, ""
    at_risk = sum(1 for p in followed if p["day"] >= low[0])
    lost = [p for p in followed if p["end"] == "end_of_follow_up" and p["day"] < low[0]]
    if at_risk >= ENOUGH or (len(followed) >= ENOUGH and not lost):
        return half(curve), ""
    return math.nan, "too_few_followed"


def half(curve):
    """First day on which a falling curve is at most one half; when it is one half, midway to the next day on which it falls."""
    low = [(day, value) for day, value in curve if value <= Fraction(1, 2)]
    if not low:
        return math.nan
    below = [day for day, value in low if value < Fraction(1, 2)]
    return (low[0][0] + below[0]) / 2 if low[0][1] == Fraction(1, 2) and below else float(low[0][0])
