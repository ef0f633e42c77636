"""Takes windows of days after discharge, gives occasions in the order of time, or says which is wrong and what is allowed."""

from itertools import pairwise

import pytest

from iop_outcomes.scales.occasions import FIRST_DAY, FOLLOW_UPS, LAST_DAY, Occasion, read_occasions


def test_first_and_last_day_may_be_one_and_reach_both_ends():
    """The first day that is no discharge score, and ten years."""
    assert read_occasions({"end": [LAST_DAY, LAST_DAY], "start": (FIRST_DAY, FIRST_DAY)}) == (
        Occasion("start", 15, 15),
        Occasion("end", 3650, 3650),
    )
    assert Occasion("month_6", 120, 240).label == "month 6"


def test_those_that_come_with_the_package_could_be_declared():
    """In order, without a day of two of them, and none within reach of a discharge score."""
    assert read_occasions({each.name: [each.first, each.last] for each in reversed(FOLLOW_UPS)}) == FOLLOW_UPS
    assert all(one.last < other.first for one, other in pairwise(FOLLOW_UPS))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, r"0 occasions; give 1 to 8, as in month_6 = \[120, 240\]"),
        ({f"m{i}": [20 + 10 * i, 25 + 10 * i] for i in range(9)}, "9 occasions"),
        ({"Month 6": [120, 240]}, "called by small letters, digits and _"),
        ({"discharge": [120, 240]}, "not admission, discharge, admit"),
        ({"early": [14, 30]}, "early: must be its first and last day after discharge, from 15 to 3650"),
        ({"late": [3000, 3651]}, "late: must be"),
        ({"back": [60, 30]}, "back: must be"),
        ({"one": [30]}, "one: must be"),
        ({"word": ["30", "60"]}, "word: must be"),
        ({"truth": [True, 60]}, "truth: must be"),
        ({"half": [30.5, 60]}, "half: must be"),
        ({"days": 30}, "days: must be"),
        ({"later": [60, 90], "first": [30, 60]}, "first and later share days, so that one score would stand for both"),
    ],
)
def test_what_is_no_occasion_is_refused(given, words):
    """How many there may be, what they may be called, and which days they may have."""
    with pytest.raises(ValueError, match=words):
        read_occasions(given)
