"""What is read of stays, time observed, scores and events, in each way that a site may write them."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, FirstEvent, ScoreAt
from iop_outcomes.errors import DataError

DATES = {"admit_date": ["2024-01-01", "2024-02-28"], "discharge_date": ["2024-01-31", "2024-03-01"]}


def _frame(**columns):
    size = max(len(values) for values in columns.values())
    base = {"episode_id": [f"e{i}" for i in range(size)], "track": "mood", "discharge_reason": "completed"}
    return pd.DataFrame(base | columns)


def _answers(request, episodes, *, data=None, **tables):
    """What a request gives for each episode, in the order of the rows; one value, or a tuple for an event."""
    frames = {"episodes": episodes, **{name: pd.DataFrame(rows) for name, rows in tables.items()}}
    with iop.load(frames, mapping={"data": {"class": "synthetic"} | (data or {})}) as loaded:
        cells = {key[0]: key[1:] for key, _ in loaded.count([Column("episode_id"), request])}
    found = [cells[f"e{i}"] for i in range(len(episodes))]
    return [value[0] for value in found] if len(found[0]) == 1 else found


def _refused(match, episodes, *, data=None, **tables):
    with pytest.raises(DataError, match=match) as caught:
        _answers(Column("track"), episodes, data=data, **tables)
    assert sum(finding.severity == "error" for finding in caught.value.findings) == 1, str(caught.value)


# -- stays ---------------------------------------------------------------------------------------------------------


def test_the_stay_from_dates():
    """Discharge minus admission, leap days counted: 2024-02-28 to 2024-03-01 is 2 days."""
    assert _answers(Column("los_days"), _frame(**DATES)) == [30, 2]


def test_the_stay_from_the_discharge_day():
    """Admission is day 0, so the discharge day is the stay; a blank is one who is still in care."""
    assert _answers(Column("los_days"), _frame(discharge_day=[30, None, 0], discharge_reason=["completed", "active", "died"])) == [
        30,
        None,
        0,
    ]


@pytest.mark.parametrize(("convention", "stay"), [("difference", [30, 1]), ("inclusive", [29, 0]), ("last_contact", [30, 1])])
def test_the_convention_of_the_stay(convention, stay):
    """A file whose stays count both days declares it, and one day is taken off; the others are as they stand."""
    assert _answers(Column("los_days"), _frame(los_days=[30, 1]), data={"los_convention": convention}) == stay


def test_an_inclusive_stay_has_at_least_one_day():
    """0 days are impossible where both days count."""
    _refused(r":2: los_days: discharge_before_admission", _frame(los_days=[30, 0]), data={"los_convention": "inclusive"})


def test_the_convention_is_held_to_the_dates():
    """With dates beside it, a stay must be what the convention says; only last contact may differ from discharge."""
    assert _answers(Column("los_days"), _frame(**DATES, los_days=[30, 2])) == [30, 2]
    assert _answers(Column("los_days"), _frame(**DATES, los_days=[31, 3]), data={"los_convention": "inclusive"}) == [30, 2]
    assert _answers(Column("los_days"), _frame(**DATES, los_days=[25, 1]), data={"los_convention": "last_contact"}) == [25, 1]
    _refused(r"rows 1, 2", _frame(**DATES, los_days=[31, 3]))
    _refused(r"rows 1, 2", _frame(**DATES, los_days=[30, 2]), data={"los_convention": "inclusive"})


def test_a_stay_is_completed_from_what_else_is_there():
    """A blank stay is taken from the discharge day or the dates; a stay that is no number is never replaced in silence."""
    assert _answers(Column("los_days"), _frame(**DATES, los_days=[None, 2])) == [30, 2]
    assert _answers(Column("los_days"), _frame(los_days=[None, 2], discharge_day=[30, None])) == [30, 2]
    for wrong in ("30.5", "x"):
        _refused(r":1: los_days: not_whole_number", _frame(**DATES, los_days=[wrong, "2"]))
    _refused(r":1: los_days: stay_disagrees: .*the days", _frame(los_days=[30, 2], discharge_day=[31, 2]))
    _refused(r":1: discharge_day: stay_disagrees: .*the dates", _frame(**DATES, discharge_day=[31, 2]))


def test_who_has_no_stay_is_named():
    """Discharged without a discharge day is a warning; half a pair of dates is no stay."""
    for frame in (_frame(los_days=[30, None]), _frame(admit_date=["2024-01-01", ""], discharge_date=["2024-01-31", "2024-01-31"])):
        with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
            assert [(f.rule, f.severity, f.lines) for f in data.findings] == [("stay_missing", "warning", (2,))]
            assert data.episodes == 2


# -- time observed -------------------------------------------------------------------------------------------------


def test_days_observed_to_the_cutoff():
    """Admission to the cut-off; the file's own number stays where there is one."""
    frame = _frame(**DATES, observed_days=[None, 400])
    assert _answers(Column("observed_days"), frame, data={"cutoff": "2024-12-31"}) == [365, 400]
    assert _answers(Column("observed_days"), frame) == [None, 400]


def test_a_discharge_after_the_last_day_observed():
    """The stay cannot be longer than the time from admission to the cut-off."""
    assert _answers(Column("los_days"), _frame(los_days=[30], observed_days=[30])) == [30]
    _refused(r":1: observed_days: discharge_after_cutoff", _frame(los_days=[30], observed_days=[29]))


def test_the_period_of_discharge():
    """The quarter of the discharge date; the file's own period where it brings one."""
    frame = _frame(admit_date=["2023-12-01"] * 4, discharge_date=["2024-01-01", "2024-03-31", "2024-04-01", ""])
    assert _answers(Column("period"), frame) == ["2024-Q1", "2024-Q1", "2024-Q2", None]
    assert _answers(Column("period"), frame.assign(period=["a", "", "", "b"])) == ["a", "2024-Q1", "2024-Q2", "b"]


# -- scores --------------------------------------------------------------------------------------------------------


def test_scores_beside_the_episode():
    """Wide scores are taken as given, the end of the range included, a blank as none."""
    frame = _frame(los_days=[30, 30], phq9_admit=[27, None], phq9_discharge=[0, 4], gad7_admit=[21, 0])
    assert _answers(ScoreAt("phq9", "admit"), frame) == [27, None]
    assert _answers(ScoreAt("phq9", "discharge"), frame) == [0, 4]
    assert _answers(ScoreAt("gad7", "admit"), frame) == [21, 0]


def test_scores_in_a_table_of_their_own():
    """Closest to admission (the earlier on a tie), last around discharge."""
    days = [(-7, 1), (-2, 2), (2, 3), (4, 4), (22, 5), (23, 6), (44, 7), (45, 8)]
    rows = {"episode_id": ["e0"] * 8, "scale": ["phq9"] * 8, "day": [day for day, _ in days], "score": [score for _, score in days]}
    assert _answers(ScoreAt("phq9", "admit"), _frame(los_days=[30]), scores=rows) == [2]
    assert _answers(ScoreAt("phq9", "discharge"), _frame(los_days=[30]), scores=rows) == [7]


def _items(*rows, **more):
    """One row of PHQ-9 items for each episode, at admission."""
    columns = {f"phq9_{i + 1}": [row[i] for row in rows] for i in range(9)}
    return {"episode_id": [f"e{i}" for i in range(len(rows))], "scale": ["phq9"] * len(rows), "day": [0] * len(rows), **columns, **more}


def test_totals_of_items():
    """Nine items are added; with one blank the total is prorated and rounded half up; with two there is none."""
    full, one, half, two = [3] * 9, [3, None, *[1] * 7], [None, 2, 2, 2, 2, 1, 1, 1, 1], [None, None, *[1] * 7]
    frame = _frame(los_days=[30] * 4)
    # 10 of 8 items is 11.25 of 9; 12 of 8 is 13.5, rounded up.
    assert _answers(ScoreAt("phq9", "admit"), frame, scores=_items(full, one, half, two)) == [27, 11, 14, None]


def test_a_total_that_is_given_stays():
    """Items fill in only where the total is blank."""
    frame = _frame(los_days=[30] * 2)
    assert _answers(ScoreAt("phq9", "admit"), frame, scores=_items([1] * 9, [None, *[1] * 8], score=[None, 12])) == [9, 12]


def test_an_item_out_of_its_range():
    """An item of 4 is one fault of its column, not also one of the total."""
    rows = _items([4, *[3] * 8], score=[None])
    _refused(r"^scores \(data frame\):1: phq9_1: out_of_range", _frame(los_days=[30]), scores=rows)


def test_some_of_the_items_are_not_enough():
    """Without all nine columns there is no total, and the table says what it lacks."""
    rows = _items([1] * 9)
    del rows["phq9_9"]
    _refused(r"^scores \(data frame\): score \(or the items", _frame(los_days=[30]), scores=rows)


# -- events --------------------------------------------------------------------------------------------------------

RELAPSE = FirstEvent("relapse", ("relapse",))


def test_events_on_either_clock():
    """A day from admission and one from discharge are the same event; one before discharge is none of the curve."""
    rows = {"episode_id": ["e0", "e1", "e2"], "event": ["relapse"] * 3, "day": [40, None, 29], "days_after_discharge": [None, 10, None]}
    frame = _frame(los_days=[30] * 4, follow_up_days=[100, 100, 100, None])
    assert _answers(RELAPSE, frame, events=rows) == [(10, "event"), (10, "event"), (100, "end_of_follow_up"), (None, None)]


def test_events_beside_the_episode():
    """<event>_day from admission, with 1 for seen and 0 for not seen by then; a blank is unknown."""
    frame = _frame(los_days=[30] * 3, relapse_day=[40, 130, None], relapse_observed=[1, 0, None])
    assert _answers(RELAPSE, frame) == [(10, "event"), (100, "end_of_follow_up"), (None, None)]


def test_an_event_on_the_last_day_is_an_event():
    """The end of follow-up is the last in the order of a day, in a table and beside the episode."""
    rows = {"episode_id": ["e0"], "event": ["relapse"], "days_after_discharge": [100]}
    assert _answers(RELAPSE, _frame(los_days=[30], follow_up_days=[100]), events=rows) == [(100, "event")]
    wide = _frame(los_days=[30], follow_up_days=[100], relapse_day=[130], relapse_observed=[1])
    assert _answers(RELAPSE, wide) == [(100, "event")]


def test_events_beside_the_episode_that_cannot_be():
    """A seen event needs its day, a day needs to be said seen or not, both columns are needed, and none may be later than follow-up."""
    day = {"los_days": [30, 30], "follow_up_days": [100, 100]}
    _refused(r":2: relapse_day: event_without_day", _frame(**day, relapse_day=[40, None], relapse_observed=[1, 1]))
    _refused(r":2: relapse_observed: blank", _frame(**day, relapse_day=[40, 50], relapse_observed=[1, None]))
    _refused(r":2: relapse_day: event_after_follow_up", _frame(**day, relapse_day=[40, 131], relapse_observed=[1, 1]))
    _refused(r":2: relapse_observed: not_flag", _frame(**day, relapse_day=[40, 50], relapse_observed=[1, 2]))
    _refused(r"^episodes \(data frame\): relapse_observed: missing_column", _frame(**day, relapse_day=[40, 50]))
    _refused(r"^episodes \(data frame\): relapse_day: missing_column", _frame(**day, relapse_observed=[1, 0]))


def test_a_faulty_episode_does_not_blame_its_events():
    """A follow-up below 0 or a discharge before admission is one fault: the episode's."""
    rows = {"episode_id": ["e0"], "event": ["relapse"], "day": [40]}
    _refused(r"^episodes .*follow_up_days: out_of_range", _frame(los_days=[30], follow_up_days=[-5]), events=rows)
    frame = _frame(admit_date=["2024-06-01"], discharge_date=["2024-01-01"], follow_up_days=[100])
    _refused(r"^episodes .*discharge_date: discharge_before_admission", frame, events=rows)
