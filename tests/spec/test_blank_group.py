"""Takes programs in which some episodes have no group, gives proof that they change no verdict and are shown by each policy's rule."""

import math

import pytest

import iop_outcomes as iop
from tests.spec.after import PSYCHIATRIC, ask, each, events_of
from tests.spec.tables import loaded


def program(blank, *, completed=0):
    """Tracks a and b of 100, 60 and 75 completed, and some episodes without a track."""
    rows = [("a", i < 60) for i in range(100)] + [("b", i < 75) for i in range(100)] + [(".", i < completed) for i in range(blank)]
    return "track discharge_reason los_days\n" + "\n".join(f"{t} {'completed' if done else 'dropped_out'} 20" for t, done in rows)


def released(text, policy, *, compare=False):
    """Completion by track, released."""
    with loaded(text) as data:
        answer = iop.compare(data, measure="completion", by="track") if compare else iop.completion(data, by="track")
        return answer.release(policy)


def test_fewer_than_eleven_leave_every_number_of_cms11():
    """Ten without a track: no row of them, and everyone means everyone with a track, in value, n and flow."""
    found = released(program(10, completed=10), "cms11")
    assert found.only_grouped
    assert found.levels == ("All", "a", "b")
    everyone = found.estimate("completion_strict")
    assert (everyone.n, everyone.k, everyone.value) == (200, 135, 0.68)
    assert all(flow.rows_in == 200 for flow in found.flow)


def test_eleven_stay_as_a_row_of_cms11():
    """Eleven without a track are a row, and part of everyone."""
    found = released(program(11, completed=11), "cms11")
    assert not found.only_grouped
    assert found.levels == ("All", "a", "b", "(missing)")
    assert (found.estimate("completion_strict", "(missing)").n, found.estimate("completion_strict").n) == (11, 211)


@pytest.mark.parametrize("blank", [1, 10, 11])
def test_under_none_they_stay_at_any_size(blank):
    """One episode without a track is a row, and part of everyone."""
    found = released(program(blank, completed=blank), "none")
    assert not found.only_grouped
    assert (found.estimate("completion_strict", "(missing)").n, found.estimate("completion_strict").n) == (blank, 200 + blank)


def test_nobody_without_a_group_leaves_nothing_out():
    """A column without blanks: nothing is left out, and nothing says so."""
    found = released(program(0), "cms11")
    assert (found.only_grouped, found.levels, found.estimate("completion_strict").n) == (False, ("All", "a", "b"), 200)


def test_the_working_numbers_hold_them_whatever_is_released():
    """Before release everyone is everyone."""
    with loaded(program(10)) as data:
        results = iop.completion(data, by="track").results
    assert {e.level: e.n for e in results if e.estimand == "completion_strict"} == {"All": 210, "a": 100, "b": 100, "(missing)": 10}


@pytest.mark.parametrize("blank", [0, 3, 10, 11, 200])
def test_no_policy_and_no_blank_changes_a_verdict(blank):
    """However many have no track, all completed, under either policy: the contrasts of a and b are those without them, to the last bit or digit."""
    columns = ("value", "low", "high", "p", "p_adjusted", "conf_level", "word")
    for policy in ("none", "cms11"):
        found = released(program(blank, completed=blank), policy, compare=True)
        contrasts = {(e.level, e.estimand): [repr(getattr(e, name)) for name in columns] for e in found if e.contrast and e.shown}
        assert {level for level, _ in contrasts} == {"a", "b"}
        own = {key: value for key, value in contrasts.items() if key[1] == "completion_strict"}
        plain = released(program(0), policy, compare=True)
        assert own == {
            (e.level, e.estimand): [repr(getattr(e, name)) for name in columns]
            for e in plain
            if e.contrast and e.estimand == "completion_strict"
        }


def test_they_take_no_part_in_a_test():
    """Twenty without a track: log-rank and Gray's are of the other forty, on one degree of freedom."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * 20 + "b 20 90\n" * 20
    events = f"{each(range(12), PSYCHIATRIC, 10)}\n{each(range(20, 24), PSYCHIATRIC, 20)}"
    blank = f"{events}\n{each(range(40, 60), PSYCHIATRIC, 5)}"
    for name in ("log_rank_chi_squared", "log_rank_p", "gray_chi_squared", "gray_p"):
        one, other = (
            next(e for e in ask(*asked, by="track") if e.estimand == name) for asked in ((text, events), (text + ". 20 90\n" * 20, blank))
        )
        assert (one.value, one.df, one.p, one.n) == (other.value, other.df, other.p, other.n)
        assert (one.df, one.n, one.level) == (1, 40, "All")


def test_they_do_not_take_a_restricted_mean_from_the_others():
    """Nobody without a track was followed to day 60: the tracks, which were, keep their mean days."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * 12 + "b 20 90\n" * 12 + ". 20 30\n" * 12
    with loaded(text, events=events_of(f"e000 {PSYCHIATRIC} 10")) as data:
        found = {e.level: e for e in iop.readmission(data, by="track", at=[60]).results if e.estimand == "restricted_mean_days"}
    assert [math.isnan(found[level].value) for level in ("All", "a", "b", "(missing)")] == [False, False, False, True]
