"""Takes episodes from `rows.read` and their scores, gives symptom change and reliable change one row after the other."""

import math
from fractions import Fraction

from tests.oracle.rows import discharged, mean, number, share

# Points and cut-offs of profile nhs; remission is a score under five on both scales.
SCALES = {"phq9": {"points": 6, "case": 10}, "gad7": {"points": 4, "case": 8}}
REMISSION = 5


def by_episode(table):
    """The rows of a table, as a list for each episode."""
    found = {}
    for row in table:
        found.setdefault(row["episode_id"], []).append(row)
    return found


# -- which score ---------------------------------------------------------------------------------------------------


def pair_of(episode, scores, scale):
    """The scores at admission and at discharge, each None where there is none.

    A wide cell is taken as given. Where one is blank and the other is not, the stand-in is a score that cannot be the given one.
    """
    admit, discharge = episode.get(f"{scale}_admit"), episode.get(f"{scale}_discharge")
    own = [s for s in scores.get(episode["episode_id"], []) if s["scale"] == scale and s["score"] is not None]
    if admit is not None and discharge is not None:
        return admit, discharge
    if admit is not None:
        return admit, score_at_discharge(own, episode["stay"], later_than=3)[1]
    if discharge is not None:
        # When discharge was is not known of every episode: then no score is known to lie before it.
        before = -math.inf if episode["stay"] is None else episode["stay"] - 7
        return score_at_admission([s for s in own if s["day"] < before])[1], discharge
    day, admit = score_at_admission(own)
    return admit, score_at_discharge(own, episode["stay"], later_than=-math.inf if day is None else day)[1]


def score_at_admission(own):
    """Day and score: the closest to day 0 within -7..+3, the earlier on a tie, of two on one day the lower."""
    near = [s for s in own if -7 <= s["day"] <= 3]
    if not near:
        return None, None
    nearest = min(abs(s["day"]) for s in near)
    day = min(s["day"] for s in near if abs(s["day"]) == nearest)
    return day, min(s["score"] for s in near if s["day"] == day)


def score_at_discharge(own, stay, later_than):
    """Day and score: the last within -7..+14 of discharge and later than a day, of two on one day the higher."""
    if stay is None:
        return None, None
    near = [s for s in own if -7 <= s["day"] - stay <= 14 and s["day"] > later_than]
    if not near:
        return None, None
    day = max(s["day"] for s in near)
    return day, max(s["score"] for s in near if s["day"] == day)


def scored(episodes, scores, scale):
    """The discharged, each with its two scores."""
    pairs = [(e, pair_of(e, scores, scale)) for e in discharged(episodes)]
    return [{**e, "pre": pre, "post": post} for e, (pre, post) in pairs]


def both(people):
    """Those with both scores."""
    return [p for p in people if p["pre"] is not None and p["post"] is not None]


def not_both(people):
    """Those without."""
    return [p for p in people if p["pre"] is None or p["post"] is None]


RECORDED = ("discharge_reason", "planned_days", "follow_up_days")


def recorded(episodes, scores):
    """In what share of the discharged each thing is known that a report rests on."""
    ended = discharged(episodes)
    known = {column: [e for e in ended if e.get(column) is not None] for column in RECORDED}
    known["los_days"] = [e for e in ended if e["stay"] is not None]
    for scale in SCALES:
        people = scored(episodes, scores, scale)
        known[f"{scale}_admit"] = [p for p in people if p["pre"] is not None]
        known[f"{scale}_discharge"] = [p for p in people if p["post"] is not None]
    return {f"recorded_{what}": share(with_it, ended, episodes) for what, with_it in known.items()}


# -- symptom change ------------------------------------------------------------------------------------------------


def change(episodes, scores, scale):
    """Every number of `<scale>_change` for one group; lower is better on both scales, so improvement is pre minus post."""
    people = scored(episodes, scores, scale)
    pairs, unpaired = both(people), not_both(people)
    pre, post, gain = [p["pre"] for p in pairs], [p["post"] for p in pairs], [p["pre"] - p["post"] for p in pairs]
    spread = sd(pre)
    d = float(Fraction(sum(gain), len(gain))) / spread if spread > 0 else math.nan
    g = d * small_sample_factor(len(pairs) - 1) if len(pairs) > 2 else math.nan
    started = [p for p in people if p["pre"] is not None]
    unchanged = [0 if p["post"] is None else p["pre"] - p["post"] for p in started]
    return {
        "paired_rate": share(pairs, people, episodes),
        "mean_admit": mean(pre, pairs, episodes, unpaired),
        "mean_discharge": mean(post, pairs, episodes, unpaired),
        "sd_admit": number(spread, pairs, episodes, unpaired),
        "mean_change": mean(gain, pairs, episodes, unpaired),
        "d_pre_sd": number(d, pairs, episodes, unpaired),
        "g_pre_sd": number(g, pairs, episodes, unpaired),
        "mean_change_if_missing_unchanged": mean(unchanged, started, episodes, [p for p in people if p["pre"] is None]),
    }


def sd(values):
    """With divisor n - 1; NaN of fewer than two."""
    if len(values) < 2:
        return math.nan
    centre = Fraction(sum(values), len(values))
    return math.sqrt(sum((v - centre) ** 2 for v in values) / (len(values) - 1))


def small_sample_factor(df):
    """J of Hedges, exact."""
    return math.exp(math.lgamma(df / 2) - math.lgamma((df - 1) / 2)) / math.sqrt(df / 2)


# -- reliable change -----------------------------------------------------------------------------------------------


def reliable_change(episodes, scores, scale):
    """Every rate of `<scale>_reliable_change`, profile nhs."""
    points, case = SCALES[scale]["points"], SCALES[scale]["case"]
    people = scored(episodes, scores, scale)
    pairs, unpaired = both(people), not_both(people)
    better = [p for p in pairs if p["pre"] - p["post"] >= points]
    worse = [p for p in pairs if p["post"] - p["pre"] >= points]
    same = [p for p in pairs if abs(p["pre"] - p["post"]) < points]
    halved = [p for p in pairs if p["pre"] > 0 and 2 * p["post"] <= p["pre"]]
    below = [p for p in pairs if p["pre"] >= case and p["post"] < case]
    found = {
        "reliable_improvement": share(better, pairs, episodes, unpaired),
        "reliable_improvement_of_discharged": share(better, people, episodes),
        "no_reliable_change": share(same, pairs, episodes, unpaired),
        "reliable_deterioration": share(worse, pairs, episodes, unpaired),
        "reliable_deterioration_of_discharged": share(worse, people, episodes),
        "response_of_pairs": share(halved, pairs, episodes, unpaired),
    }
    at_case = {
        "recovery": below,
        "reliable_recovery": [p for p in below if p["pre"] - p["post"] >= points],
        "response": halved,
        "remission": [p for p in pairs if p["post"] < REMISSION],
    }
    for name, met in at_case.items():
        found |= among_started_at(name, met, people, episodes, case, and_all=True)
    return found | among_started_at("remission_from_5", at_case["remission"], people, episodes, REMISSION)


def among_started_at(name, met, people, episodes, least, *, and_all=False):
    """A rate among the pairs that start at a score or above; and of all who start there, a missing end as not met."""
    unknown = [p for p in people if p["pre"] is None]
    start = [p for p in people if p["pre"] is not None and p["pre"] >= least]
    ended = [p for p in start if p["post"] is not None]
    lacking = [p for p in start if p["post"] is None]
    hits = [p for p in met if p["pre"] >= least]
    found = {name: share(hits, ended, episodes, unknown + lacking)}
    return found | {f"{name}_of_discharged": share(hits, start, episodes, unknown)} if and_all else found
