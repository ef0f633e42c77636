"""Takes the words of an event, gives the definitions of its numbers: complete, distinct, and sentences that can be filled."""

from string import Formatter

import pytest

from iop_outcomes.measures.after_discharge_words import estimands
from iop_outcomes.units import UNITS

FIELDS = {"value", "low", "high", "time", "share", "verb", "k", "episodes", "have"}


def defined(*, transfers, **causes):
    """Those of a made-up event, by name."""
    each = estimands("returning to care", "returned", "first return to care", causes, transfers=transfers)
    assert len({item.name for item in each}) == len(each)
    return {item.name: item for item in each}


def test_transfers_are_a_number_of_their_own_only_where_they_leave():
    """Then they stand beside the rate, and are compared between groups wherever it is."""
    without, having = defined(transfers=False), defined(transfers=True)
    assert having.keys() - without.keys() == {"transfer_0_2"}
    assert having["cumulative_incidence"].beside == ("transfer_0_2", "events_without_follow_up")
    assert having["cumulative_incidence"].compared_beside == ("transfer_0_2",)
    assert without["cumulative_incidence"].beside == ("events_without_follow_up",)
    assert without["cumulative_incidence"].compared_beside == ()


def test_every_cause_is_an_end_with_its_own_words():
    """After the curve and before what is counted beside it."""
    names = list(defined(transfers=True, died_first="Died before", planned="Planned return"))
    assert defined(transfers=True, planned="Planned return")["planned"].label == "Planned return"
    assert names.index("fully_observed_rate") < names.index("died_first") < names.index("planned") < names.index("transfer_0_2")


@pytest.mark.parametrize("transfers", [False, True])
def test_the_words_of_the_event_stand_where_they_belong(transfers):
    """As a label, as something that happened, and as counted; every unit is known and every blank of a sentence has a name."""
    found = defined(transfers=transfers)
    assert found["cumulative_incidence"].label == "Returning to care"
    assert found["median_days"].label == "Days until half returned or ended otherwise"
    assert "An estimated {value} returned within {time} days" in found["cumulative_incidence"].sentence
    for item in found.values():
        assert item.unit in UNITS, item.name
        for template in (item.sentence, item.headline, item.aside):
            assert {name for _, name, _, _ in Formatter().parse(template) if name} <= FIELDS, item.name
