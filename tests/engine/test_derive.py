"""Takes small programs with scores and events around their windows, gives proof that each request is answered by the rule of its definition."""

import pandas as pd
import pytest

from iop_outcomes.columns import Column, EventWithin, FirstEvent, Known, ScoreAt, StopsAtEnd
from tests.engine.test_duckdb import loaded


def score_of(scores, request, los_days=40, wide=None):
    """The score found for one episode that has these scores, and these beside it."""
    rows = [{"episode_id": "e1", "scale": "phq9", "day": day, "score": score} for day, score in scores]
    rows.append({"episode_id": "e2", "scale": "phq9", "day": 0, "score": 27})  # another episode, never found
    rows.append({"episode_id": "e1", "scale": "gad7", "day": 0, "score": 21})  # another scale, never found
    episodes = [{"episode_id": name, "track": "mh", "discharge_reason": "completed", "los_days": los_days} for name in ("e1", "e2")]
    episodes[0] |= wide or {}
    with loaded({"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(rows)}) as data:
        return dict(cell for cell, _ in data.count([Column("episode_id"), request]))["e1"]


@pytest.mark.parametrize(
    ("scores", "expected", "why"),
    [
        ([(0, 15)], 15, "on the day"),
        ([(-2, 11), (1, 12)], 12, "the closest to day 0"),
        ([(-1, 11), (1, 12)], 11, "the earlier on a tie"),
        ([(0, 15), (0, 12)], 12, "the lower of one day"),
        ([(-7, 9)], 9, "seven days before is inside"),
        ([(-8, 9)], None, "eight days before is outside"),
        ([(3, 9)], 9, "three days after is inside"),
        ([(4, 9)], None, "four days after is outside"),
        ([(0, None), (2, 8)], 8, "a blank score is none"),
        ([(0, 0)], 0, "zero points are a score"),
        ([], None, "no score at all"),
    ],
)
def test_score_at_admission(scores, expected, why):
    """The admission score: closest to day 0 within -7..+3, earlier on a tie, lower on one day."""
    assert score_of(scores, ScoreAt("phq9", "admit")) == expected, why


@pytest.mark.parametrize(
    ("scores", "expected", "why"),
    [
        ([(40, 5)], 5, "on the day of discharge"),
        ([(36, 9), (39, 6)], 6, "the last one"),
        ([(40, 5), (50, 7)], 7, "the last one may come after discharge"),
        ([(40, 5), (40, 8)], 8, "the higher of one day"),
        ([(33, 4)], 4, "seven days before is inside"),
        ([(32, 4)], None, "eight days before is outside"),
        ([(54, 4)], 4, "fourteen days after is inside"),
        ([(55, 4)], None, "fifteen days after is outside"),
        ([(39, 6), (41, None)], 6, "a blank score is none"),
    ],
)
def test_score_at_discharge(scores, expected, why):
    """The discharge score: the last within -7..+14 of discharge, higher on one day."""
    assert score_of(scores, ScoreAt("phq9", "discharge")) == expected, why


@pytest.mark.parametrize(
    ("stay", "scores", "expected", "why"),
    [
        (7, [(0, 15)], (15, None), "one score makes no pair"),
        (7, [(1, 15)], (15, None), "nor does one after admission"),
        (7, [(0, 15), (1, 9)], (15, 9), "the next day is later"),
        (7, [(0, 15), (0, 9)], (9, None), "two on one day are one day"),
        (0, [(3, 9), (-5, 15)], (9, None), "what lies in both windows is the admission score where it is the closest"),
        (0, [(0, 15), (3, 9)], (15, 9), "a stay of no day may have both"),
        (10, [(4, 9)], (None, 9), "without an admission score nothing has to be earlier"),
        (7, [(0, None), (2, 9)], (9, None), "a blank one is no admission score"),
    ],
)
def test_the_discharge_score_is_of_a_later_day(stay, scores, expected, why):
    """The discharge score lies on a later day than the admission score."""
    assert tuple(score_of(scores, ScoreAt("phq9", moment), stay) for moment in ("admit", "discharge")) == expected, why


def test_no_discharge_day_no_discharge_score():
    """Without a stay there is no window around discharge."""
    assert score_of([(40, 5)], ScoreAt("phq9", "discharge"), los_days=None) is None


def test_a_window_can_be_named():
    """A site may ask for another window; its ends belong to it."""
    assert score_of([(-14, 9)], ScoreAt("phq9", "admit", (-14, 0))) == 9
    assert score_of([(1, 9)], ScoreAt("phq9", "admit", (-14, 0))) is None


GIVEN = {"phq9_admit": 20}, {"phq9_discharge": 7}


@pytest.mark.parametrize(
    ("stay", "scores", "wide", "expected", "why"),
    [
        (40, [(0, 15), (40, 6)], {"phq9_admit": 20, "phq9_discharge": 7}, (20, 7), "given ones win over the table"),
        (40, [(0, 15), (40, 6)], {"phq9_admit": None, "phq9_discharge": None}, (15, 6), "where both are blank the table is all there is"),
        (7, [(0, 15)], {"phq9_admit": None, "phq9_discharge": None}, (15, None), "and one score makes no pair there either"),
        (40, [(0, 15), (40, 6)], GIVEN[0], (20, 6), "a score of the table stands in at discharge"),
        (5, [(3, 11)], GIVEN[0], (20, None), "up to day 3 it may be the admission score itself"),
        (5, [(4, 11)], GIVEN[0], (20, 11), "from day 4 on it cannot"),
        (40, [(32, 11)], GIVEN[0], (20, None), "a stand-in lies in the window"),
        (40, [(0, 15), (40, 6)], GIVEN[1], (15, 7), "a score of the table stands in at admission"),
        (8, [(1, 15)], GIVEN[1], (None, 7), "from 7 days before discharge on it may be the discharge score itself"),
        (8, [(0, 15)], GIVEN[1], (15, 7), "before that it cannot"),
        (8, [(1, 15), (-3, 9)], GIVEN[1], (9, 7), "the closest of those that stay"),
        (None, [(0, 15)], GIVEN[1], (None, 7), "without a stay nothing is known to lie before it"),
    ],
)
def test_a_score_of_the_table_stands_in_for_a_blank_beside_the_episode(stay, scores, wide, expected, why):
    """A column beside the episode is taken as given; where it is blank, a score of the table that cannot be the other one stands in."""
    assert tuple(score_of(scores, ScoreAt("phq9", moment), stay, wide) for moment in ("admit", "discharge")) == expected, why


def test_known_reads_the_stand_in_too():
    """Whether a score is known is asked of what stands in."""
    episodes = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "track": "mh", "discharge_reason": "completed", "los_days": 40})
    episodes["phq9_admit"] = [20, None, None]
    scores = pd.DataFrame({"episode_id": ["e1", "e2"], "scale": "phq9", "day": 0, "score": 10})
    with loaded({"episodes": episodes, "scores": scores}) as data:
        assert dict(data.count([ScoreAt("phq9", "admit")])) == {(20,): 1, (10,): 1, (None,): 1}
        assert dict(data.count([Known(ScoreAt("phq9", "admit"))])) == {(1,): 2, (0,): 1}


def first_of(events, follow_up=100, *, stay=40, wide=None, **options):
    """Day and outcome found for one episode with these events (event, days after discharge[, planned])."""
    request = FirstEvent("first", ("readmission_psychiatric",), **options)
    episode = {"episode_id": "e1", "track": "mh", "discharge_reason": "completed", "los_days": stay, "follow_up_days": follow_up}
    tables = {"episodes": pd.DataFrame([episode | (wide or {})])}
    if events is not None:
        rows = [(*event, None)[:3] for event in events] or [("next_level_of_care", 0, None)]  # a table of events that holds none of these
        tables["events"] = pd.DataFrame(rows, columns=["event", "days_after_discharge", "planned"]).assign(episode_id="e1")
    with loaded(tables) as data:
        ((cell, _),) = data.count([request])
    return cell


BACK, AWAY, DEATH = "readmission_psychiatric", "emergency_visit", "death"

COMPETING = {"competing": ("death", "emergency_visit")}


@pytest.mark.parametrize(
    ("events", "options", "expected", "why"),
    [
        ([(BACK, 30)], {}, (30, "event"), "the event on its day"),
        ([(BACK, 60), (BACK, 30)], {}, (30, "event"), "the first of two"),
        ([], {}, (100, "end_of_follow_up"), "nothing until the last day observed"),
        ([(BACK, 100)], {}, (100, "event"), "an event on the last day observed is an event"),
        ([(BACK, 0)], {}, (0, "event"), "day 0 counts"),
        ([(AWAY, 5)], {}, (100, "end_of_follow_up"), "an event nobody asked for changes nothing"),
        ([(DEATH, 30), (BACK, 30)], {}, (30, "event"), "on one day the event comes before death"),
        ([(AWAY, 30), (BACK, 30)], COMPETING, (30, "event"), "on one day the event comes before a competing one"),
        ([(DEATH, 30), (AWAY, 30)], COMPETING, (30, AWAY), "on one day another event comes before death, in whatever order they are named"),
        ([(DEATH, 100)], {}, (100, "death"), "on one day death comes before the end of follow-up"),
        ([(AWAY, 20), (BACK, 30)], COMPETING, (20, AWAY), "what comes first in time wins"),
        ([(BACK, 2)], {}, (2, "event"), "the measure, not the engine, takes a return on day 2 for a transfer"),
        (None, {}, (100, None), "without a table of events nobody can tell, though the last day observed is known"),
        ([(BACK, 9, 1)], {"planned_competes": True}, (9, "planned"), "a planned event competes under its name"),
        ([(BACK, 9, 0)], {"planned_competes": True}, (9, "event"), "not planned"),
        ([(BACK, 9)], {"planned_competes": True}, (9, "event"), "a blank is not planned"),
        ([(BACK, 9, 1)], {}, (9, "event"), "planned events are events unless asked otherwise"),
        ([(BACK, 9, 1), (BACK, 9, 0)], {"planned_competes": True}, (9, "event"), "on one day the event comes before a planned one"),
        ([(BACK, 30)], {"clock": "admission"}, (70, "event"), "days from admission"),
        ([], {"clock": "admission"}, (140, "end_of_follow_up"), "observed from admission: the stay and the follow-up"),
    ],
)
def test_first_event(events, options, expected, why):
    """Day and kind of the first event; on one day: event, other competing event, death, end of follow-up."""
    assert first_of(events, **options) == expected, why


def test_unknown_follow_up_is_blank():
    """Whoever is not known to have been observed is in no curve, an event or not."""
    assert first_of([(BACK, 30)], follow_up=None) == (None, None)


@pytest.mark.parametrize("wide", [None, {"readmission_psychiatric_day": 70, "readmission_psychiatric_observed": 0}])
def test_without_a_stay_nobody_is_in_a_curve(wide):
    """A reason without a day: when the time after discharge began is not known, whatever is known of its length."""
    assert first_of([(BACK, 30)], stay=None, wide=wide) == (None, None)
    assert first_of([(BACK, 30)], stay=None, wide=wide, clock="admission") == (None, None)


def test_an_event_during_care_is_not_part_of_the_curve():
    """A day before discharge is not after it; on the admission clock it counts."""
    episode = {"episode_id": "e1", "track": "mh", "discharge_reason": "completed", "los_days": 40, "follow_up_days": 100}
    during = pd.DataFrame({"episode_id": ["e1"], "event": ["relapse"], "day": [10]})
    with loaded({"episodes": pd.DataFrame([episode]), "events": during}) as data:
        assert dict(data.count([FirstEvent("after", ("relapse",))])) == {(100, "end_of_follow_up"): 1}
        assert dict(data.count([FirstEvent("within", ("relapse",), clock="admission")])) == {(10, "event"): 1}


@pytest.mark.parametrize(
    ("day", "observed", "follow_up", "expected", "why"),
    [
        (70, 1, None, (30, "event"), "an event beside the episode, its day from admission"),
        (70, 0, None, (30, "end_of_follow_up"), "not seen until then"),
        (70, 1, 100, (30, "event"), "follow-up known as well"),
        (70, 0, 100, (100, "end_of_follow_up"), "follow-up that is known wins"),
        (40, 1, None, (0, "event"), "on the day of discharge"),
        (10, 1, None, (None, None), "during care: nothing is known of the time after"),
        (10, 0, None, (None, None), "last seen during care: nothing is known of the time after"),
        (None, None, None, (None, None), "blank"),
    ],
)
def test_wide_events(day, observed, follow_up, expected, why):
    """An event beside its episode brings its own last day observed, and needs no table of events."""
    wide = {"readmission_psychiatric_day": day, "readmission_psychiatric_observed": observed}
    for events in ([], None):
        assert first_of(events, follow_up=follow_up, wide=wide) == expected, why


def test_a_column_of_another_event_does_not_say_whether_this_one_happened():
    """Deaths beside the episode tell nothing of readmissions: their kind is blank; a death is still not taken for one."""
    wide = {"death_day": 70, "death_observed": 0}
    assert first_of(None, wide=wide) == (100, None)


@pytest.mark.parametrize(
    ("bounds", "expected", "why"),
    [
        ((None, -1), ("before",), "before discharge"),
        ((0, None), ("after", "second day", "third day"), "from discharge on"),
        ((0, 2), ("second day",), "both ends belong to it"),
        ((3, 3), ("third day",), "one day"),
        ((None, None), ("after", "before", "second day", "third day"), "no bound"),
    ],
)
def test_event_within(bounds, expected, why):
    """Whether an event happened between two days after discharge: 1 or 0, for every episode."""
    days = {"before": 39, "second day": 42, "third day": 43, "after": 130, "another event": 42}  # from admission, 40 days before discharge
    episodes = pd.DataFrame({"episode_id": [*days, "never"], "track": "mh", "discharge_reason": "completed", "los_days": 40})
    events = pd.DataFrame({"episode_id": [*days], "event": "relapse", "day": [*days.values()]})
    events.loc[events.episode_id == "another event", "event"] = "emergency_visit"
    with loaded({"episodes": episodes, "events": events}) as data:
        found = data.count([Column("episode_id"), EventWithin("within", ("relapse",), first=bounds[0], last=bounds[1])])
    assert sorted(name for (name, flag), _ in found if flag) == sorted(expected), why
    assert all(flag in (0, 1) for (_, flag), _ in found)


def test_event_within_asks_for_kinds():
    """Named kinds leave out every other kind and the blank."""
    episodes = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "track": "mh", "discharge_reason": "completed", "los_days": 40})
    events = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "event": "relapse", "days_after_discharge": 9, "kind": ["a", "b", None]})
    with loaded({"episodes": episodes, "events": events}) as data:
        found = data.count([Column("episode_id"), EventWithin("within", ("relapse",), ("b",))])
    assert dict(found) == {("e1", 0): 1, ("e2", 1): 1, ("e3", 0): 1}


@pytest.mark.parametrize(
    ("events", "follow_up", "expected", "why"),
    [
        ([(BACK, 30)], 30, 1, "follow-up stops at the event"),
        ([(BACK, 30)], 90, 0, "follow-up runs on past it"),
        ([(DEATH, 30)], 30, 1, "a death is an end too"),
        ([(BACK, 10), (DEATH, 30)], 30, 0, "the first end decides"),
        ([], 30, None, "nobody ended"),
        ([(BACK, 30)], None, None, "follow-up not known"),
    ],
)
def test_whether_follow_up_stops_at_the_end(events, follow_up, expected, why):
    """1 where `follow_up_days` is the day of the first event, 0 where it is another day, blank without either."""
    episode = {"episode_id": "e1", "track": "mh", "discharge_reason": "completed", "los_days": 40, "follow_up_days": follow_up}
    rows = [{"episode_id": "e1", "event": name, "days_after_discharge": day} for name, day in events or [("next_level_of_care", 0)]]
    with loaded({"episodes": pd.DataFrame([episode]), "events": pd.DataFrame(rows)}) as data:
        ((cell, _),) = data.count([StopsAtEnd(FirstEvent("first", (BACK,)))])
    assert cell == (expected,), why
