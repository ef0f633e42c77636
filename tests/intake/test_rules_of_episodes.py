"""Who is still in care, who has left, and of whom it is not known: by the reason, the stay and how far the data reach."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import NOT_KNOWN, OUTSIDE, Column, Status
from iop_outcomes.errors import DataError

DATED = {"data": {"class": "synthetic", "cutoff": "2024-12-31"}}
OPEN = {"data": {"class": "synthetic"}}
STATES = ("discharge_reason", "los_days", "observed_days")


def frame(**columns):
    """Episodes with an id, a track and these columns."""
    size = max(len(values) for values in columns.values())
    return pd.DataFrame({"episode_id": [f"e{i}" for i in range(size)], "track": "mood", **columns})


def states(episodes, mapping=OPEN, **options):
    """Reason, stay and days observed of each episode, and what was found as (rule, severity, column, rows)."""
    with iop.load(episodes, mapping=mapping, **options) as data:
        cells = {cell[0]: cell[1:] for cell, _ in data.count([Column("episode_id"), *map(Column, STATES)])}
        return [cells[f"e{i}"] for i in range(len(cells))], [(f.rule, f.severity, f.column, f.lines) for f in data.findings]


def refused(episodes, mapping=OPEN):
    """The errors of what may not be loaded."""
    with pytest.raises(DataError) as caught:
        iop.load(episodes, mapping=mapping)
    return [(f.rule, f.column, f.lines) for f in caught.value.findings if f.severity == "error"]


def test_no_stay_and_no_reason_before_the_cutoff_is_active():
    """120 completed, 30 dropped out, 50 with an admission alone: 80 % of the 150 discharged completed."""
    ends = ["2024-03-01"] * 150 + [None] * 50
    reasons = ["completed"] * 120 + ["dropped_out"] * 30 + [None] * 50
    episodes = frame(discharge_reason=reasons, admit_date=["2024-02-01"] * 200, discharge_date=ends)
    with iop.load(episodes, mapping=DATED) as data:
        assert not data.findings
        assert dict(data.count([Status()])) == {("active",): 50, ("discharged",): 150}
        found = iop.measure(data, "discharge_reasons").to_frame().set_index("estimand").loc["reason_completed"]
        assert (found.value, found.n, found.k) == (0.8, 150, 120)


def test_without_a_cutoff_it_is_not_known():
    """Nothing says until when the data reach: not known whether discharged, a warning with its rows, and outside the discharged."""
    episodes = frame(discharge_reason=["completed", None], admit_date=["2024-02-01"] * 2, discharge_date=["2024-03-01", None])
    found, findings = states(episodes)
    assert found == [("completed", 29, None), (NOT_KNOWN, None, None)]
    assert findings == [("not_known_whether_discharged", "warning", "discharge_reason", (2,))]
    assert NOT_KNOWN in OUTSIDE
    with iop.load(episodes, mapping=OPEN) as data:
        assert dict(data.count([Status()])) == {("discharged",): 1, (NOT_KNOWN,): 1}


def test_days_observed_say_it_row_by_row():
    """Where observed_days is there the episode is active; where it is blank nothing is known."""
    episodes = frame(discharge_reason=["completed", None, None], los_days=[10, None, None], observed_days=[50, 50, None])
    assert [state[0] for state in states(episodes)[0]] == ["completed", "active", NOT_KNOWN]


@pytest.mark.parametrize(
    ("end", "reason"),
    [({"los_days": 5}, None), ({"discharge_day": 5}, None), ({"discharge_date": "2024-03-01"}, None), ({"los_code": 12}, None)],
    ids=["los_days", "discharge_day", "discharge_date", "los_code"],
)
def test_any_sign_of_an_end_is_a_discharge(end, reason):
    """A stay, a day, a date or a code: the episode has ended, and its blank reason is a missing one."""
    ((name, value),) = end.items()
    columns = {name: [value, None]} | ({} if name == "los_days" else {"los_days": [None, 7]})
    found, findings = states(frame(discharge_reason=[reason, "completed"], **columns), DATED)
    assert found[0][0] is None
    assert not [finding for finding in findings if finding[0] == "not_known_whether_discharged"]


def test_discharged_without_a_day_is_discharged():
    """A reason without a day: outside stays and curves, with a warning; so is a blank reason beside a discharge date of no admission."""
    found, findings = states(frame(discharge_reason=["completed", "dropped_out"], los_days=[None, 7]), DATED)
    assert found[0][:2] == ("completed", None)
    assert findings == [("stay_missing", "warning", "discharge_reason", (1,))]
    half = frame(discharge_reason=[None, "completed"], admit_date=[None, "2024-01-01"], discharge_date=["2024-03-01"] * 2)
    assert [finding[0] for finding in states(half, DATED)[1]] == ["stay_missing"]


def test_the_stay_of_one_who_is_active_is_days_so_far():
    """Reason active with los_days: read as days observed where they are blank, the stay becomes blank, and a note counts them."""
    episodes = frame(discharge_reason=["active", "active", "completed"], los_days=[20, 20, 20], observed_days=[None, 45, 45])
    found, findings = states(episodes)
    assert found == [("active", None, 20), ("active", None, 45), ("completed", 20, 45)]
    assert findings == [("days_so_far", "note", "los_days", (1, 2))]
    assert states(episodes.drop(columns="observed_days"))[0][0] == ("active", None, 20)
    inclusive = {"data": {"class": "synthetic", "los_convention": "inclusive"}}
    assert states(episodes, inclusive)[0][0] == ("active", None, 19)


@pytest.mark.parametrize("column", ["discharge_day", "discharge_date"])
def test_active_with_a_discharge_is_an_error(column):
    """Still in care and discharged on a day cannot both be."""
    value = 20 if column == "discharge_day" else "2024-03-01"
    columns = {"admit_date": ["2024-02-01"] * 2} if column == "discharge_date" else {}
    episodes = frame(discharge_reason=["active", "completed"], **columns, **{column: [value, value]})
    assert refused(episodes, DATED) == [("active_with_stay", "discharge_reason", (1,))]


def test_the_internal_word_may_not_be_brought():
    """A file says active, or nothing."""
    assert refused(frame(discharge_reason=[NOT_KNOWN, "completed"], los_days=[None, 7])) == [("unknown_code", "discharge_reason", (1,))]


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"admit_date": "2024-12-01", "los_days": 31}, "los_days"),
        ({"admit_date": "2024-12-01", "discharge_day": 31}, "discharge_day"),
        ({"admit_date": "2024-12-01", "discharge_date": "2025-01-01"}, "discharge_date"),
        ({"observed_days": 30, "los_days": 31}, "observed_days"),
        ({"admit_date": "2024-12-01", "observed_days": 60, "los_days": 31}, "observed_days"),
    ],
)
def test_a_discharge_after_the_cutoff_is_an_error(columns, column):
    """However the stay is written; on the cut-off itself it is none."""
    episodes = frame(discharge_reason=["completed"], **{name: [value] for name, value in columns.items()})
    assert [(found, lines) for _, found, lines in refused(episodes, DATED)] == [(column, (1,))]
    sooner = {"los_days": 30, "discharge_day": 30, "discharge_date": "2024-12-31"}
    allowed = episodes.assign(**{name: sooner[name] for name in columns if name in sooner})
    assert not [found for found in states(allowed, DATED)[1] if found[1] == "error"]


def test_days_so_far_past_the_cutoff_are_an_error():
    """Somebody who has been in care for longer than the data reach."""
    episodes = frame(discharge_reason=["active"], admit_date=["2024-12-01"], los_days=[31])
    assert [rule for rule, *_ in refused(episodes, DATED)] == ["discharge_after_cutoff"]
    assert states(episodes.assign(los_days=30), DATED)[0] == [("active", None, 30)]


def test_with_the_rule_of_the_stay():
    """[discharge_reason] rule: no stay is still in care where the data say how far they reach, else not known."""
    episodes = frame(los_days=[30, 5, None], planned_days=[28, 28, 28])
    rule = {"discharge_reason": {"rule": "stay_at_least_planned"}}
    assert [state[0] for state in states(episodes, DATED | rule)[0]] == ["completed", "dropped_out", "active"]
    assert [state[0] for state in states(episodes, OPEN | rule)[0]] == ["completed", "dropped_out", NOT_KNOWN]


def test_everything_blank():
    """No reason and no stay in any row: nobody is known to have left, and the measures say so and do not fail."""
    episodes = frame(discharge_reason=[None, None], los_days=pd.Series([None, None], dtype=object))
    with iop.load(episodes, mapping=OPEN) as data:
        assert {f.rule for f in data.findings} == {"not_known_whether_discharged", "all_blank"}
        for name in ("completion", "length_of_stay", "discharge_reasons"):
            iop.measure(data, name).to_frame()


def test_an_open_episode_overlaps_the_next():
    """A person who is still in care and was admitted again, with the reason inferred from the cut-off."""
    episodes = frame(
        patient_id=["p", "p"],
        discharge_reason=[None, "completed"],
        admit_date=["2024-02-01", "2024-03-01"],
        discharge_date=[None, "2024-04-01"],
    )
    assert [finding[0] for finding in states(episodes, DATED)[1]] == ["overlapping_episodes"]
    assert [finding[0] for finding in states(episodes)[1]] == ["not_known_whether_discharged"]
