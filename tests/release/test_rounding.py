"""Takes counts that a policy rounds, gives what is printed of them and of the shares that follow."""

import pytest

from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.keys import Place
from iop_outcomes.measures import find
from iop_outcomes.release import POLICIES, SUPPRESSED, release
from iop_outcomes.release.rounding import Rounding, compared_with
from iop_outcomes.stats.draft import Population
from tests.spec.tables import loaded

NHS, ROUND5 = Rounding(POLICIES["nhs"]), Rounding(POLICIES["round5"])
YES, NO = frozenset({"yes"}), frozenset({"no"})


def people(yes, no, blank=0):
    """A group of three parts; its base are those known."""
    return Population("f", {"yes": yes, "no": no, "blank": blank}, YES | NO, YES, frozenset({"blank"}))


@pytest.mark.parametrize(
    ("n", "nhs", "round5"), [(0, 0, 0), (1, None, 0), (7, None, 5), (8, 10, 10), (12, 10, 10), (13, 15, 15), (500, 500, 500)]
)
def test_a_count_is_rounded_and_a_small_one_withheld(n, nhs, round5):
    """1 to 7 under the rule of the NHS; every count to the nearest five under both."""
    assert (NHS.printed(n), ROUND5.printed(n)) == (SUPPRESSED if nhs is None else nhs, round5)


def test_nothing_is_said_of_a_group_that_is_too_small():
    """Of 6 under round5 neither the group nor a part of it; of a group of 40 a part of 2 is 0, and none is 0 anywhere but as a group."""
    small, large = people(2, 4), people(2, 38)
    assert [ROUND5.count(small, Place("a"), parts) for parts in (YES, NO, small.base)] == [SUPPRESSED] * 3
    assert [ROUND5.count(large, Place("a"), parts) for parts in (YES, NO, large.base, None)] == [0, 40, 40, 0]
    assert ROUND5.count(people(0, 0), Place("a"), YES | NO) == 0
    assert ROUND5.count(people(2, 3, 60), Place("a"), YES | NO) is SUPPRESSED


def released(policy):
    """Completion of tracks of 41, 30 and 5, worked out and released."""
    rows = [("a", "completed", 23), ("a", "dropped_out", 18), ("b", "completed", 17), ("b", "dropped_out", 13), ("c", "completed", 5)]
    text = "\n".join(["track discharge_reason los_days", *(f"{track} {reason} 9" for track, reason, n in rows for _ in range(n))])
    with loaded(text) as data:
        results = evaluate(find("completion"), data, by="track", against=Against(("completion_strict",)))
        return results, release(results, policy)


@pytest.mark.parametrize("policy", ["round5", "nhs"])
def test_shares_are_of_the_rounded_counts_and_carry_nothing_else(policy):
    """25 of 40, as 63 %, and 15 of 30; no range, error or p of any share or difference of them."""
    _, shown = released(policy)
    values = {(e.level, str(e.contrast)): e for e in shown if e.estimand == "completion_strict"}
    assert (values["a", ""].value, values["b", ""].value) == (0.63, 0.5)
    assert (values["a", ""].k, values["a", ""].n) == (25, 40)
    assert not values["c", ""].shown and not values["c", "minus_others"].shown
    for e in values.values():
        assert [getattr(e, name) for name in ("se", "low", "high", "p", "p_adjusted")] == [SUPPRESSED] * 5
    assert values["b", "minus_others"].value == -0.17  # 15 of 30 less 30 of 45, which are 28 of 46


def test_from_whom_a_difference_is_taken():
    """All other groups added up, their own level left out; a number that is no difference is taken from nobody."""
    results, _ = released("internal")
    of = {(e.level, str(e.contrast)): e for e in results if e.estimand == "completion_strict"}
    (others,) = compared_with(of["a", "minus_others"], results)
    assert (others.k, others.n) == (17 + 5, 30 + 5)
    assert compared_with(of["a", ""], results) == []
