"""Takes 1,000 random small programs, gives proof that the counted numbers are those of the slow row version, to the last one."""

import math
import random

import pandas as pd
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.columns import DISCHARGE_REASONS, EVENTS, Column, DuringCare, FirstEvent, ScoreAt
from tests.oracle import rows

PROGRAMS, EXAMPLES = 40, 25  # programs of one example are loaded together and told apart by their site
MEASURES = [
    ("completion", "discharged", rows.completion),
    ("completion", "teds_all", rows.completion),
    ("length_of_stay", "difference", rows.length_of_stay),
    ("length_of_stay", "inclusive", rows.length_of_stay),
    ("discharge_reasons", "grouped", rows.discharge_reasons),
    ("discharge_reasons", "each", rows.discharge_reasons),
]
SCORES = [ScoreAt(scale, moment) for scale in ("phq9", "gad7") for moment in ("admit", "discharge")]
SCORES += [ScoreAt("phq9", "admit", (-30, 0)), ScoreAt("phq9", "discharge", (0, 30))]
READMISSION = ("readmission_psychiatric", "readmission_other")
FIRST_EVENTS = [
    {"wanted": READMISSION, "from_day": 3, "planned_competes": True},
    {"wanted": READMISSION},
    {"wanted": ("relapse",), "competing": ("emergency_visit", "readmission_other", "death")},
    {"wanted": ("relapse",), "competing": (), "clock": "admission"},
    {"wanted": ("emergency_visit", "relapse"), "competing": ("death", "readmission_other"), "clock": "admission", "from_day": 5},
    {"wanted": ("death",), "competing": ()},
    {"wanted": ("relapse", "emergency_visit"), "kinds": ("any_use", "return_to_criteria"), "clock": "admission"},
]
DURING_CARE = [DuringCare(READMISSION), DuringCare(("relapse", "death")), DuringCare(("relapse",), ("any_use",))]


def episode(rng, blanks, wide):
    """One episode; each value may be blank, small numbers make ties."""

    def sometimes(value):
        return None if rng.random() < blanks else value

    reason = sometimes(rng.choice(DISCHARGE_REASONS))
    stay = None if reason == "active" else sometimes(rng.choice([0, 0, 1, 2, 3, 5, 8, rng.randrange(200)]))
    row = {
        "track": sometimes(rng.choice(["mh", "su", "dual"])),
        "patient_id": sometimes(rng.choice("abcdefgh")),
        "discharge_reason": reason,
        "los_days": stay,
        "planned_days": sometimes(rng.choice([0, 10, 42])),
        "observed_days": sometimes((stay or 0) + rng.choice([0, 9, 10, 42, 100])),
        "follow_up_days": sometimes(rng.choice([0, 1, 3, 5, 30, 365])),
    }
    if wide:
        row |= {"phq9_admit": sometimes(rng.randrange(28)), "gad7_discharge": sometimes(rng.randrange(22))}
        known = row["los_days"] is not None and row["follow_up_days"] is not None
        latest = row["los_days"] + row["follow_up_days"] if known else 30
        for kind in ("readmission_other", "death"):
            day = sometimes(min(rng.randrange(30), latest))
            row |= {f"{kind}_day": day, f"{kind}_observed": None if day is None else rng.randrange(2)}
        if outlived(row, row["readmission_other_day"], [row["death_day"]] if row["death_observed"] else []):
            row["readmission_other_observed"] = 0
    return row


def outlived(one, day, deaths):
    """Whether a day from admission is later than a death, or than a discharge that was one."""
    ends = [death for death in deaths if death is not None]
    ends += [one["los_days"]] if one["discharge_reason"] == "died" and one["los_days"] is not None else []
    return day is not None and any(day > end for end in ends)


def while_alive(one, events):
    """The events of an episode without those that come after a death, which no file may hold."""
    dead = [row for row in events if row["event"] == "death"]
    kept = []
    for row in events:
        late = False
        for clock in ("admission", "discharge"):
            day, ends = (rows.days_of(row, one["los_days"], clock), [rows.days_of(death, one["los_days"], clock) for death in dead])
            late |= day is not None and any(end is not None and day > end for end in ends)
        after = rows.days_of(row, one["los_days"], "discharge")
        died = one["discharge_reason"] == "died" and one["los_days"] is not None
        late |= died and row["event"] != "death" and after is not None and after > 0
        kept += [] if late else [row]
    return kept


def event(rng, one):
    """One event of an episode that keeps the rules: not before discharge on that clock, not after follow-up."""
    row = {"event": rng.choice(EVENTS), "day": None, "days_after_discharge": None, "planned": rng.choice([None, 0, 1])}
    row["kind"] = rng.choice([None, "any_use", "other"])
    latest = 40 if one["follow_up_days"] is None else one["follow_up_days"]
    after = min(rng.choice([0, 1, 2, 3, 4, rng.randrange(40)]), latest)
    if one["los_days"] is None or rng.random() < 0.5:
        return row | {"days_after_discharge": after}
    during_care = rng.random() < 0.2
    return row | {"day": rng.randint(-3, one["los_days"]) if during_care else one["los_days"] + after}


def score(rng, one):
    """One score around admission or around discharge; few days, so that ties are common."""
    start = 0 if rng.random() < 0.5 or one["los_days"] is None else one["los_days"]
    points = None if rng.random() < 0.1 else rng.randrange(22)
    return {"scale": rng.choice(["phq9", "gad7"]), "day": start + rng.randint(-9, 16), "score": points}


def program(site, size, blanks, wide, seed):
    """Episodes, scores and events of one program."""
    rng = random.Random(seed)
    episodes = [{"episode_id": f"{site}-{i:02}", "site": site, **episode(rng, blanks, wide)} for i in range(size)]
    scores = [{"episode_id": e["episode_id"], **score(rng, e)} for e in episodes for _ in range(rng.randrange(6))]
    found = [(e, [{"episode_id": e["episode_id"], **event(rng, e)} for _ in range(rng.randrange(4))]) for e in episodes]
    return episodes, scores, [row for one, events in found for row in while_alive(one, events)]


PLANS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([0.0, 0.1, 0.4, 1.0]), st.integers(0, 2**32 - 1)), min_size=PROGRAMS, max_size=PROGRAMS
)
ABSENT = st.sets(st.sampled_from(["patient_id", "planned_days", "observed_days", "follow_up_days"]))


def drawn(plans, absent, wide):
    """The tables of one example, one site for each program, with some columns not there at all."""
    episodes, scores, events = [], [], []
    for number, (size, blanks, seed) in enumerate(plans):
        parts = program(f"s{number:02}", size, blanks, wide, seed)
        for table, part in zip((episodes, scores, events), parts, strict=True):
            table += part
    return [{name: value for name, value in row.items() if name not in absent} for row in episodes], scores, events


def load(episodes, scores, events):
    """The tables through the real engine."""
    frames = {"episodes": episodes, "scores": scores, "events": events}
    return iop.load({name: pd.DataFrame(table) for name, table in frames.items() if table}, mapping={"data": {"class": "synthetic"}})


def same(left, right):
    """Whether two values agree to 1e-12, or both are missing."""
    return math.isclose(left, right, rel_tol=1e-12, abs_tol=1e-12) or (math.isnan(left) and math.isnan(right))


def levels_of(episodes, by):
    """The episodes of everyone, then of each level that has any."""
    groups = {"All": episodes}
    for one in episodes:
        groups.setdefault("(missing)" if one[by] is None else one[by], []).append(one)
    return groups


def assert_equal(results, episodes, by, slow):
    """Every level and estimand of the results is that of the row version, and none is missing or new."""
    groups = levels_of(episodes, by)
    found = {(e.level, e.estimand): e for e in results}
    expected = {(level, name): number for level, part in groups.items() for name, number in slow(part).items()}
    assert found.keys() == expected.keys()
    for key, number in expected.items():
        one = found[key]
        counted = {"n": one.n, "k": one.k, "n_missing": one.n_missing, "excluded": one.excluded}
        assert counted == {name: number[name] for name in counted}, key
        assert same(one.value, number["value"]), (key, one.value, number["value"])


def assert_requests_equal(data, episodes, scores, events):
    """Every score and first event of every episode is that of the row version."""
    for request in SCORES:
        counted = dict(cell for cell, _ in data.engine.tally([Column("episode_id"), request]))
        slow = {e["episode_id"]: rows.score_at(e, scores, request.scale, request.moment, request.window) for e in episodes}
        assert counted == slow, request
    for number, options in enumerate(FIRST_EVENTS):
        request = FirstEvent(f"first_{number}", options["wanted"], **{name: value for name, value in options.items() if name != "wanted"})
        counted = {cell[0]: cell[1:] for cell, _ in data.engine.tally([Column("episode_id"), request])}
        assert counted == {e["episode_id"]: rows.first_event(e, events, **options) for e in episodes}, request
    for request in DURING_CARE:
        counted = dict(cell for cell, _ in data.engine.tally([Column("episode_id"), request]))
        assert counted == {e["episode_id"]: rows.during_care(e, events, request.events, request.kinds) for e in episodes}, request


WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # the failing cell is named; shrinking a batch takes minutes


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=WITHOUT_SHRINKING)
@given(PLANS, ABSENT, st.booleans())
def test_counted_numbers_equal_the_row_version(plans, absent, wide):
    """Of 1,000 programs of 0 to 40 episodes every value, n, k, missing and excluded, for every level, is that of the rows."""
    assume(any(size for size, _, _ in plans))
    episodes, scores, events = drawn(plans, absent, wide)
    with load(episodes, scores, events) as data:
        scores, events = rows.by_episode(scores), rows.by_episode(events)
        for by in ("site", "track"):
            for name, definition, slow in MEASURES:
                answer = iop.measure(data, name, by=by, definition=definition)
                assert_equal(answer.results, episodes, by, lambda part, slow=slow, definition=definition: slow(part, definition))
        assert_equal(iop.measure(data, "recorded", by="track").results, episodes, "track", lambda part: rows.recorded(part, scores))
        assert_requests_equal(data, episodes, scores, events)


def test_the_row_version_has_a_median_of_type_2():
    """The oracle itself: the median of 10, 20, 30, 30 is 25, of 10, 20, 30 it is 20, and the first quartile of 1..8 is 2.5."""
    assert rows.quantile([10, 20, 30, 30], rows.Fraction(1, 2)) == 25
    assert rows.quantile([10, 20, 30], rows.Fraction(1, 2)) == 20
    assert rows.quantile([1, 2, 3, 4, 5, 6, 7, 8], rows.Fraction(1, 4)) == 2.5
