"""Takes a program as plain dicts, gives symptom change, reliable change, readmission and relapse one row after the other.

As in `rows`: slow, obvious, from the definitions alone. Shares are exact fractions until the last line, so that a sum that is
one is one. A number is a dict of value, n, k, n_missing and excluded; numbers at a time are named by (estimand, day).
"""

import math
from fractions import Fraction
from statistics import NormalDist

from tests.oracle.rows import NOT_DISCHARGED, during_care, first_event, reason, score_at, share

# Points and cut-offs of profile nhs; retest reliability, the mean of the general population and the SD of people in care.
SCALES = {
    "phq9": {"points": 6, "case": 10, "retest": 0.84, "population_mean": 2.91, "clinical_sd": 5.5},
    "gad7": {"points": 4, "case": 8, "retest": 0.83, "population_mean": 2.95, "clinical_sd": 4.5},
}
REMISSION = 5


def number(value, among, everyone, missing, k=None):
    """A number of some episodes, and where the others went."""
    out = len(everyone) - len(among) - len(missing)
    return {"value": float(value), "n": len(among), "k": k, "n_missing": len(missing), "excluded": out}


# -- scores ------------------------------------------------------------------------------------------------------


def scored(episodes, scores, scale):
    """The discharged, each with its two scores."""
    return [
        {"pre": score_at(e, scores, scale, "admit"), "post": score_at(e, scores, scale, "discharge")}
        for e in episodes
        if reason(e) not in NOT_DISCHARGED
    ]


def mean(values):
    """Exact; NaN of nothing."""
    return Fraction(sum(values), len(values)) if values else math.nan


def variance(values):
    """With divisor n - 1; NaN of fewer than two."""
    if len(values) < 2:
        return math.nan
    centre = mean(values)
    return sum((v - centre) ** 2 for v in values) / (len(values) - 1)


def sd(values):
    """Its root."""
    return math.sqrt(variance(values))


def small_sample_factor(df):
    """J of Hedges, exact."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


def gains(people):
    """Improvements of those with both scores: lower is better on both scales."""
    return [p["pre"] - p["post"] for p in people if p["pre"] is not None and p["post"] is not None]


def change(episodes, scores, scale):
    """Every number of `<scale>_change` for one group."""
    people = scored(episodes, scores, scale)
    pairs = [p for p in people if p["pre"] is not None and p["post"] is not None]
    unpaired = [p for p in people if p["pre"] is None or p["post"] is None]
    pre, post, gain = [p["pre"] for p in pairs], [p["post"] for p in pairs], gains(people)
    spread = len(pairs) > 1 and sd(pre) > 0
    d = float(mean(gain)) / sd(pre) if spread else math.nan
    g = d * small_sample_factor(len(pairs) - 1) if spread and len(pairs) > 2 else math.nan
    expected = (1 - SCALES[scale]["retest"]) * (float(mean(pre)) - SCALES[scale]["population_mean"])
    values = {
        "mean_admit": mean(pre),
        "mean_discharge": mean(post),
        "sd_admit": sd(pre),
        "mean_change": mean(gain),
        "d_pre_sd": d,
        "g_pre_sd": g,
        "expected_regression_to_mean": expected,
    }
    started = [p for p in people if p["pre"] is not None]
    unchanged = [0 if p["post"] is None else p["pre"] - p["post"] for p in started]
    return {
        "paired_rate": share(pairs, people, episodes),
        **{name: number(value, pairs, episodes, unpaired) for name, value in values.items()},
        "mean_change_if_missing_unchanged": number(mean(unchanged), started, episodes, [p for p in people if p["pre"] is None]),
    }


def minus_others(group, others, scores, scale):
    """Mean change of a group minus that of everyone else; not with fewer than two patients on a side, nor without any spread."""
    people = scored(group, scores, scale)
    one, rest = gains(people), gains(scored(others, scores, scale))
    possible = min(len(one), len(rest)) >= 2 and spread(group, others, scores, scale) > 1e-12 * (variance(one) + variance(rest))
    value = mean(one) - mean(rest) if possible else math.nan
    return number(value, one, group, [p for p in people if p["pre"] is None or p["post"] is None])


def spread(group, others, scores, scale):
    """Variance of the difference by patient, each side with its own small-sample factor; 0 when a side has a single patient."""
    sides = [by_patient(part, scores, scale) for part in (group, others)]
    if min(map(len, sides)) < 2:
        return 0.0
    factors = [len(side) / (len(side) - 1) for side in sides]
    own = sum(factor * sum(float(total) ** 2 for total in side.values()) for factor, side in zip(factors, sides, strict=True))
    shared = sum(float(total) * float(sides[1][patient]) for patient, total in sides[0].items() if patient in sides[1])
    return own - 2 * shared * math.sqrt(factors[0] * factors[1])


def by_patient(episodes, scores, scale):
    """What each patient adds to the mean change: the sum over the patient's pairs of (change - mean) / pairs; a blank is a patient of their own."""
    pairs = [(e, gain) for e in episodes for gain in gains(scored([e], scores, scale))]
    centre = mean([gain for _, gain in pairs])
    found = {}
    for place, (one, gain) in enumerate(pairs):
        patient = one.get("patient_id") or ("alone", id(episodes), place)
        found[patient] = found.get(patient, 0) + (gain - centre) / len(pairs)
    return found


def reliable_change(episodes, scores, scale):
    """Every number of `<scale>_reliable_change`, profile nhs, of the pairs and of all discharged."""
    points, case = SCALES[scale]["points"], SCALES[scale]["case"]
    people = scored(episodes, scores, scale)
    pairs = [p for p in people if p["pre"] is not None and p["post"] is not None]
    unpaired = [p for p in people if p["pre"] is None or p["post"] is None]
    better = [p for p in pairs if p["pre"] - p["post"] >= points]
    worse = [p for p in pairs if p["post"] - p["pre"] >= points]
    same = [p for p in pairs if abs(p["pre"] - p["post"]) < points]
    found = {
        "reliable_improvement": share(better, pairs, episodes, unpaired),
        "reliable_improvement_of_discharged": share(better, people, episodes),
        "no_reliable_change": share(same, pairs, episodes, unpaired),
        "reliable_deterioration": share(worse, pairs, episodes, unpaired),
        "reliable_deterioration_of_discharged": share(worse, people, episodes),
        "false_positive_rate": number(by_chance(scale), pairs, episodes, unpaired),
    }
    for name, met in (
        ("response", [p for p in pairs if p["pre"] > 0 and 2 * p["post"] <= p["pre"]]),
        ("remission", [p for p in pairs if p["post"] < REMISSION]),
    ):
        found |= {name: share(met, pairs, episodes, unpaired), f"{name}_of_discharged": share(met, people, episodes)}
    at_case = [p for p in people if p["pre"] is not None and p["pre"] >= case]
    ended = [p for p in at_case if p["post"] is not None]
    left = [p for p in ended if p["post"] < case]
    unknown = [p for p in people if p["pre"] is None]
    for name, met in (("recovery", left), ("reliable_recovery", [p for p in left if p["pre"] - p["post"] >= points])):
        lacking = unknown + [p for p in at_case if p["post"] is None]
        found |= {name: share(met, ended, episodes, lacking), f"{name}_of_discharged": share(met, at_case, episodes, unknown)}
    return found


def by_chance(scale):
    """Chance that a change without true change, normal and rounded to whole points, reaches the profile's points."""
    s_diff = SCALES[scale]["clinical_sd"] * math.sqrt(2 * (1 - SCALES[scale]["retest"]))
    return NormalDist().cdf(-(SCALES[scale]["points"] - 0.5) / s_diff)


# -- after discharge ---------------------------------------------------------------------------------------------

PSYCHIATRIC = ("readmission_psychiatric",)
ALL_CAUSE = (*PSYCHIATRIC, "readmission_other")
OUTCOMES = {
    ("readmission", "psychiatric"): {"wanted": PSYCHIATRIC, "from_day": 3, "planned_competes": True},
    ("readmission", "all_cause"): {"wanted": ALL_CAUSE, "from_day": 3, "planned_competes": True},
    ("readmission_from_day_0", "psychiatric"): {"wanted": PSYCHIATRIC, "planned_competes": True},
    ("readmission_from_day_0", "all_cause"): {"wanted": ALL_CAUSE, "planned_competes": True},
    ("relapse", "any_use"): {"wanted": ("relapse",)},
    ("relapse", "return_to_criteria"): {"wanted": ("relapse",), "kinds": ("return_to_criteria",)},
}
BESIDE = {
    "readmission": {"transfer_0_2": "early", "planned": "planned", "died_first": "death"},
    "readmission_from_day_0": {"planned": "planned", "died_first": "death"},
    "relapse": {"died_first": "death"},
}


def known_anywhere(episodes, events, measure, definition):
    """Whether the end of follow-up is known for anybody at all."""
    return any(first_event(e, events, **OUTCOMES[measure, definition])[0] is not None for e in episodes)


def after_discharge(episodes, events, measure, definition, times):
    """Every number of a measure of time after discharge for one group."""
    options = OUTCOMES[measure, definition]
    ended = [e for e in episodes if reason(e) not in (*NOT_DISCHARGED, "died")]
    firsts = [(e, *first_event(e, events, **options)) for e in ended]
    followed = [{"day": day, "outcome": outcome} for _, day, outcome in firsts if day is not None]
    unknown = [e for e, day, _ in firsts if day is None]
    steps = aalen_johansen(followed)
    found = {}
    for t in times:
        hit = [p for p in followed if p["outcome"] == "event" and p["day"] <= t]
        dead = [p for p in followed if p["outcome"] == "death" and p["day"] <= t]
        row, reached = at(steps, t), is_known(steps, t)
        incidence, free = (row["event"], 1 - row["event"] - row["death"]) if reached else (math.nan, math.nan)
        found["cumulative_incidence", t] = number(incidence, followed, episodes, unknown, len(hit))
        found["event_free", t] = number(free, followed, episodes, unknown, len(hit) + len(dead))
        found["restricted_mean_days", t] = number(area(steps, t) if reached else math.nan, followed, episodes, unknown)
        found["fully_observed_rate", t] = simple(firsts, episodes, t)
    found["median_days", None] = number(
        half([(s["day"], 1 - s["event"] - s["death"]) for s in steps if s["day"] is not None]), followed, episodes, unknown
    )
    found["median_follow_up_days", None] = number(half(still_followed(followed)), followed, episodes, unknown)
    for name, outcome in BESIDE[measure].items():
        found[name, None] = share([p for p in followed if p["outcome"] == outcome], followed, episodes, unknown)
    started = [e for e in episodes if reason(e) not in NOT_DISCHARGED]
    before = [e for e in started if during_care(e, events, options["wanted"], options.get("kinds", ()))]
    found["during_care", None] = share(before, started, episodes)
    return found


def simple(firsts, episodes, t):
    """Share with the event by day t among those whose follow-up reaches it."""
    long_enough = [(e, day, outcome) for e, day, outcome in firsts if e.get("follow_up_days") is not None and e["follow_up_days"] >= t]
    blank = [e for e, _, _ in firsts if e.get("follow_up_days") is None]
    return share([e for e, day, outcome in long_enough if outcome == "event" and day <= t], long_enough, episodes, blank)


def aalen_johansen(people):
    """Shares ended by the event and by death, and free of every end, before day 0 and just after each day."""
    now = {"day": None, "event": Fraction(0), "death": Fraction(0), "free": Fraction(1)}
    steps = [now]
    for day in sorted({p["day"] for p in people}):
        at_risk = sum(1 for p in people if p["day"] >= day)
        today = [p["outcome"] for p in people if p["day"] == day and p["outcome"] != "end_of_follow_up"]
        now = {
            "day": day,
            "event": now["event"] + now["free"] * Fraction(today.count("event"), at_risk),
            "death": now["death"] + now["free"] * Fraction(today.count("death"), at_risk),
            "free": now["free"] * Fraction(at_risk - len(today), at_risk),
        }
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
    """Days free of the event and of death up to day t, from one step to the next."""
    ends = [*[step["day"] for step in steps[1:]], t]
    days = [max(min(end, t) - (step["day"] or 0), 0) for step, end in zip(steps, ends, strict=True)]
    return sum(long * (1 - step["event"] - step["death"]) for long, step in zip(days, steps, strict=True))


def still_followed(people):
    """Share not yet lost just after each day, among those with no end of their own by then."""
    left, curve = Fraction(1), []
    for day in sorted({p["day"] for p in people}):
        here = [p for p in people if p["day"] > day or (p["day"] == day and p["outcome"] == "end_of_follow_up")]
        lost = sum(1 for p in here if p["day"] == day)
        left *= Fraction(len(here) - lost, len(here)) if here else 1
        curve.append((day, left))
    return curve


def half(curve):
    """First day on which a falling curve is at most one half; when it is one half, midway to the next day on which it falls."""
    low = [(day, value) for day, value in curve if value <= Fraction(1, 2)]
    if not low:
        return math.nan
    below = [day for day, value in low if value < Fraction(1, 2)]
    return (low[0][0] + below[0]) / 2 if low[0][1] == Fraction(1, 2) and below else float(low[0][0])
