"""Takes small cases with answers worked out by hand or printed in a paper, gives proof that the row version itself is right."""

from fractions import Fraction

import pytest

from tests.oracle import interval_rows, outcome_rows, programs, rows, score_rows

END = "end_of_follow_up"


def people(*ends):
    """Followed episodes, each as (day, end)."""
    return [{"day": day, "end": end, "patient": place} for place, (day, end) in enumerate(ends)]


@pytest.mark.parametrize(
    ("row", "cutoff", "status", "stay", "observed"),
    [
        ({"discharge_reason": "completed", "los_days": 9}, None, "discharged", 9, None),
        ({"discharge_reason": "completed"}, None, "discharged", None, None),
        ({"los_days": 9}, None, "discharged", 9, None),
        ({"discharge_reason": "active", "los_days": 9}, None, "active", None, 9),
        ({}, None, "not_known", None, None),
        ({"observed_days": 4}, None, "active", None, 4),
        ({}, "2025-01-01", "active", None, None),
        ({"admit_date": "2024-12-22"}, "2025-01-01", "active", None, 10),
    ],
)
def test_an_episode_has_one_status(row, cutoff, status, stay, observed):
    """Discharged by a reason or a stay; active by its reason, or where the data say until when they reach; else not known."""
    (one,) = rows.read([{"episode_id": "e", **row}], cutoff)
    assert (one["status"], one["stay"], one["observed_days"]) == (status, stay, observed)


def test_a_copy_counts_once():
    """A row that repeats another cell for cell, a blank being the same as no cell, is one row."""
    assert len(rows.without_copies([{"a": 1, "b": None}, {"a": 1}, {"a": 1, "b": 2}])) == 2


def test_quantiles_are_of_type_2():
    """The median of 10, 20, 30, 30 is 25, of 10, 20, 30 it is 20, and the first quartile of 1..8 is 2.5."""
    assert rows.quantile([10, 20, 30, 30], Fraction(1, 2)) == 25
    assert rows.quantile([10, 20, 30], Fraction(1, 2)) == 20
    assert rows.quantile([1, 2, 3, 4, 5, 6, 7, 8], Fraction(1, 4)) == 2.5


@pytest.mark.parametrize(
    ("stay", "scores", "wide", "pair"),
    [
        (40, [(-2, 15), (2, 12), (40, 6)], {}, (15, 6)),  # as near: the earlier
        (40, [(0, 15), (0, 12), (40, 6), (40, 9)], {}, (12, 9)),  # two on a day: the lower, the higher
        (2, [(1, 15)], {}, (15, None)),  # one score makes no pair
        (2, [(0, 15), (1, 9)], {}, (15, 9)),
        (0, [(3, 15), (-5, 9)], {}, (15, None)),  # the last is not later than the admission score
        (40, [(3, 11), (40, 6)], {"phq9_admit": 20}, (20, 6)),
        (5, [(3, 11)], {"phq9_admit": 20}, (20, None)),  # up to day 3 it could be the admission score itself
        (5, [(4, 11)], {"phq9_admit": 20}, (20, 11)),
        (40, [(0, 15), (40, 6)], {"phq9_discharge": 7}, (15, 7)),
        (8, [(1, 15), (-3, 9)], {"phq9_discharge": 7}, (9, 7)),  # from day 1 on it could be the discharge score itself
        (None, [(0, 15)], {"phq9_discharge": 7}, (None, 7)),
        (40, [(0, 15), (40, 6)], {"phq9_admit": 20, "phq9_discharge": 7}, (20, 7)),
    ],
)
def test_the_pair_of_an_episode(stay, scores, wide, pair):
    """Which score stands at admission and at discharge."""
    table = {"e": [{"scale": "phq9", "day": day, "score": score} for day, score in scores]}
    assert score_rows.pair_of({"episode_id": "e", "stay": stay, **wide}, table, "phq9") == pair


def test_a_curve_is_exact():
    """Ten people, readmitted on days 3, 5, 10 and 20, dead on 5 and 12: incidence 17/36, deaths 13/60, free 14/45."""
    ends = [
        (3, "event"),
        (5, "event"),
        (5, "death"),
        (8, END),
        (10, "event"),
        (12, "death"),
        (15, END),
        (20, "event"),
        (24, END),
        (30, END),
    ]
    last = outcome_rows.at(outcome_rows.aalen_johansen(people(*ends)), 30)
    assert (last["event"], last["death"], last["free"]) == (Fraction(17, 36), Fraction(13, 60), Fraction(14, 45))


def test_a_median_lies_midway_where_the_curve_stands_at_one_half():
    """At one half from day 9 to 20 it is 14.5; where the curve never falls below, the first day."""
    assert outcome_rows.half([(5, Fraction(3, 4)), (9, Fraction(1, 2)), (20, Fraction(1, 4))]) == 14.5
    assert outcome_rows.half([(5, Fraction(3, 4)), (9, Fraction(1, 2))]) == 9


@pytest.mark.parametrize(
    ("ends", "median"),
    [
        ([(3, "event")] * 6 + [(9, END)] * 5, (3, "")),  # eleven at risk that day
        ([(2, "event")] + [(3, "event")] * 5 + [(9, END)] * 5, (3, "")),  # ten at risk, but eleven episodes and nobody lost before
        ([(2, END)] + [(3, "event")] * 5 + [(9, END)] * 5, (float("nan"), "too_few_followed")),
        ([(3, "event")] * 10, (float("nan"), "too_few_followed")),
        ([(3, "event")] * 5 + [(9, END)] * 6, (float("nan"), "")),  # not reached
    ],
)
def test_a_median_needs_enough_people(ends, median):
    """At least eleven at risk that day, or eleven episodes of which nobody was lost before it."""
    followed = people(*ends)
    assert outcome_rows.median(outcome_rows.aalen_johansen(followed), followed) == pytest.approx(median, nan_ok=True)


def test_transfers_and_short_follow_up_leave_readmission():
    """Of seven: a transfer, one followed for two days, one dead on day 1, a planned return, a return, one free, one unknown."""
    given = [("a", 30), ("b", 2), ("c", 30), ("d", 30), ("e", 30), ("f", 30), ("g", None)]
    episodes = rows.read(
        [{"episode_id": name, "discharge_reason": "completed", "los_days": 5, "follow_up_days": days} for name, days in given]
    )
    events = [
        ("a", "readmission_other", 2, 1),
        ("c", "death", 1, None),
        ("d", "readmission_psychiatric", 9, 1),
        ("e", "readmission_psychiatric", 3, 0),
    ]
    table = score_rows.by_episode({"episode_id": e, "event": what, "days_after_discharge": day, "planned": p} for e, what, day, p in events)
    options = outcome_rows.OUTCOMES["readmission", "psychiatric"]
    found = outcome_rows.after_discharge(episodes, table, options, (2, 3, 30))
    assert [found["cumulative_incidence", 30][name] for name in ("value", "n", "k", "n_at_risk", "n_missing", "excluded")] == [
        0.25,
        4,
        1,
        1,
        1,
        2,
    ]
    assert [found["event_free", t][name] for t in (3, 30) for name in ("value", "k")] == [0.5, 2, 0.25, 1]
    assert [found["transfer_0_2", None][name] for name in ("value", "n", "k", "n_missing", "excluded")] == [0.2, 5, 1, 1, 1]
    assert found["cumulative_incidence", 2]["flag"] == "not_assessable"


def test_effective_patients():
    """Three patients with 4, 1 and 1 episodes: 36 / 18 = 2; nobody twice: as many as episodes."""
    assert interval_rows.effective("aaaabc") == 2
    assert interval_rows.effective("abcde") == 5


def test_intervals_printed_elsewhere():
    """Newcombe (1998): 81 of 263 by Wilson .2553 to .3662, 56/70 minus 48/80 .0524 to .3339; Clopper-Pearson 0 of 10 .3085."""

    def values(k, n):
        return [(place, int(place < k)) for place in range(n)]

    assert interval_rows.wilson(interval_rows.known_as_well(values(81, 263))) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    one, other = (interval_rows.known_as_well(values(*counts)) for counts in ((56, 70), (48, 80)))
    assert interval_rows.newcombe(one, other, 0.0, 0.05) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert interval_rows.exact(0, list(range(10))) == pytest.approx((0, 0.3085), abs=5e-5)


def test_word_and_range_come_from_one_level():
    """Of three groups: each range at the level .95^(1/3), each p at which the range touches 0, each word by that range."""
    groups = {"a": (30, 40), "b": (20, 40), "c": (20, 40), "d": (3, 10)}
    values = {name: [((name, place), int(place < k)) for place in range(n)] for name, (k, n) in groups.items()}
    pairs = [(name, own, [v for other, each in values.items() if other != name for v in each]) for name, own in values.items()]
    found = interval_rows.compared(len(groups), pairs)
    assert [found[name]["word"] for name in "abcd"] == ["higher", "no clear difference", "no clear difference", "too few"]
    assert found["a"]["conf_level"] == pytest.approx(0.95 ** (1 / 3))
    for one in (found[name] for name in "abc"):
        assert (one["p_adjusted"] < 0.05) == (one["word"] != "no clear difference")
        assert one["p_adjusted"] == pytest.approx(1 - (1 - one["p"]) ** 3)
    sides = interval_rows.known_as_well(pairs[0][1]), interval_rows.known_as_well(pairs[0][2]), 0.0
    assert interval_rows.newcombe(*sides, found["a"]["p"])[0] == pytest.approx(0, abs=1e-9)


def test_the_programs_hold_every_nasty_shape():
    """Each choice of a batch occurs, and each shape in each batch."""
    batches = [programs.batch(number) for number in programs.BATCHES]
    every = {name for one in batches for name in one.absent}
    assert every == {"planned_days", "observed_days", "follow_up_days"} and any(not one.absent for one in batches)
    assert {len(one.tracks) for one in batches} == {2, 3} and {one.cutoff for one in batches} == {None, programs.CUTOFF}
    assert {one.patients for one in batches} == {"none", "unique", "repeat", "shared"}
    assert {(one.dated, one.stops) for one in batches} == {(a, b) for a in (True, False) for b in (True, False)}
    assert all({getattr(one, name) for one in batches} == {True, False} for name in ("wide_events", "copies"))
    assert len({one.wide_scores for one in batches}) == 3
    assert 2 * len(programs.SHAPES) <= programs.TOGETHER
