"""Takes released stays, gives the middle stay and between what half of stays lie: spread, all alike, one, nobody."""

import pytest

from iop_outcomes.show.stays import STAY_RANGE, stay_quartiles, stay_range, stay_sentence, stay_short_table, stay_table
from tests.reporting.parts.small import people
from tests.show.made import released_of


def stays(n=20, days=lambda i: 10 + i, **given):
    """So many stays."""
    return released_of(people(n, 0, los_days=days), "length_of_stay", **given)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (lambda i: 10 + i, "Half of stays were between 15 and 25 days; the middle stay was 20 days."),
        (28, "At least half of stays lasted 28 days."),
        (1, "At least half of stays lasted 1 day."),
    ],
)
def test_half_of_stays(days, words):
    """In whole days; of stays that are all alike there is nothing between."""
    assert stay_sentence(stays(days=days)) == words


def test_a_group_is_named_and_nobody_has_no_stay():
    """Within its sentence; where nobody has a stay, no number is said."""
    assert stay_sentence(stays(), "a").startswith("A: half of stays were between")
    nobody = stays(days=None)
    assert "half of stays" not in stay_sentence(nobody).lower()
    assert not [line for line in stay_range(nobody).lines if line.get_marker() == "o"]


def test_tables_and_chart_hold_the_same_numbers():
    """Middle, quartiles and the base."""
    released = stays()
    middle, low, high = stay_quartiles(released)
    assert (middle.value, low.value, high.value) == (19.5, 14.5, 24.5)
    (everyone, *_) = stay_table(released, caption="c", first="Track").rows
    assert everyone[1] == "20" and everyone[3] == "15 to 25" and everyone[-1] == "20"
    (short, *_) = stay_short_table(released, caption="c", first="Track").rows
    assert short[1] == "20" and short[2].startswith("20 (") and short[3] == "15 to 25"
    assert "20" in STAY_RANGE.alt_text(released)
    assert stay_range(released).get_xlim()[0] == 0


def test_small_groups_show_nothing():
    """Under a policy that withholds."""
    hidden = stays(8, policy="cms11")
    assert "not shown" in stay_table(hidden, caption="c", first="Track").rows[0]
