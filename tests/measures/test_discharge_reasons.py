"""Takes tiny tables, gives the mix of discharge reasons: one test for each clause of its definition."""

import math

import pytest

from iop_outcomes.columns import DISCHARGE_REASONS
from tests.spec.tables import estimates, results

GROUP_OF = {
    "completed": "completed",
    "transferred_step_down": "transferred",
    "transferred_step_up": "transferred",
    "transferred_lateral": "transferred",
    "dropped_out": "dropped_out",
    "terminated_by_program": "ended_by_program",
    "authorization_ended": "ended_by_program",
    "incarcerated": "other",
    "other": "other",
    "unknown": "other",
    "died": "other",
}
EVERY_REASON = "discharge_reason los_days\n" + "\n".join(f"{reason} {'.' if reason == 'active' else 5}" for reason in DISCHARGE_REASONS)


@pytest.mark.parametrize(("reason", "group"), GROUP_OF.items())
def test_each_reason_is_in_its_group(reason, group):
    """Five groups hold every reason of a discharge."""
    found = estimates(f"discharge_reason\n{reason}\n", "discharge_reasons")
    assert {name for name, e in found.items() if e.k == 1} == {f"reason_{group}"}


def test_shares_of_the_discharged_sum_to_one():
    """Every discharged episode is in exactly one group; deaths are in, active and not_started are out and counted."""
    found = estimates(EVERY_REASON, "discharge_reasons")
    assert list(found) == [f"reason_{group}" for group in dict.fromkeys(GROUP_OF.values())]
    assert {(e.n, e.excluded, e.n_missing) for e in found.values()} == {(11, 2, 0)}
    assert sum(e.k for e in found.values()) == 11
    assert sum(e.value for e in found.values()) == pytest.approx(1, abs=1e-12)


def test_a_blank_reason_is_among_the_other():
    """A missing reason is shown, in the group of what is not known."""
    found = estimates("discharge_reason los_days\ncompleted 5\n. 5\n", "discharge_reasons")
    assert (found["reason_other"].k, found["reason_other"].n) == (1, 2)


def test_each_reason_by_itself():
    """definition="each": every reason of a discharge has its own share, a missing one too."""
    found = estimates(EVERY_REASON + "\n. 5", "discharge_reasons", definition="each")
    assert set(found) == {f"reason_{reason}" for reason in (*GROUP_OF, "missing")}
    assert {(e.k, e.n, e.excluded) for e in found.values()} == {(1, 12, 2)}


def test_shares_have_wilson_intervals():
    """None of 12 dropped out: 0 to 24.25 %."""
    dropped = estimates("discharge_reason\n" + "completed\n" * 12, "discharge_reasons")["reason_dropped_out"]
    assert (dropped.value, dropped.low) == (0, 0)
    assert dropped.high == pytest.approx(0.2425, abs=5e-5)


def test_nobody_discharged():
    """An empty program has no mix, and says so."""
    found = estimates("discharge_reason\nactive\n", "discharge_reasons")
    assert all(math.isnan(e.value) and "no_episodes" in e.flag for e in found.values())


def test_each_track_has_its_own_mix():
    """Grouped by track, the shares of each track sum to 1."""
    found = results("track discharge_reason\nmh completed\nmh died\nsu dropped_out\n. completed\n", "discharge_reasons", by="track")
    for level in ("All", "mh", "su", "(missing)"):
        assert sum(e.value for e in found if e.level == level) == pytest.approx(1, abs=1e-12)


def test_one_patient_has_no_interval():
    """Two episodes of one person tell nothing of other people: no limits, and the flag says why."""
    found = estimates("patient_id discharge_reason\np1 completed\np1 died\n", "discharge_reasons")
    assert {e.flag for e in found.values()} == {frozenset({"few_patients"})}
    assert all(e.low != e.low for e in found.values())
