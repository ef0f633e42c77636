"""Takes conditions on periods of discharge, gives from which to which: one, several, none, and conditions on something else."""

import pytest

from iop_outcomes.engine.narrowed import Condition
from iop_outcomes.reporting.span import Span, span_of_conditions, without_periods
from iop_outcomes.stats.periods import read_period

QUARTERS = Condition("discharge_quarter", between=("2024-Q1", "2024-Q4"))


def span(first, last):
    """A span by the names of its ends."""
    return Span(read_period(first), read_period(last))


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ([], None),
        ([Condition("track", ("2024-Q1",))], None),  # a group that is called like a quarter is none
        ([Condition("period", ("spring",))], None),
        ([Condition("period", ("2024-Q1", "spring"))], None),
        ([QUARTERS], ("2024-Q1", "2024-Q4")),
        ([Condition("discharge_quarter", ("2024-Q3", "2024-Q1"))], ("2024-Q1", "2024-Q3")),
        ([QUARTERS, Condition("discharge_quarter", between=("2024-Q2", "2025-Q1"))], ("2024-Q2", "2024-Q4")),
        ([QUARTERS, Condition("discharge_month", ("2024-05",))], ("2024-05", "2024-05")),
    ],
)
def test_the_latest_beginning_and_the_earliest_end(conditions, found):
    """Of several conditions on periods; others say nothing of them."""
    assert span_of_conditions(conditions) == (None if found is None else span(*found))


def test_what_else_episodes_were_chosen_by():
    """In words, without the periods."""
    assert without_periods([QUARTERS, Condition("track", ("a",)), Condition("period", ("spring",))]) == {"track a", "period spring"}
    assert without_periods([]) == frozenset()


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (("2024-Q1", "2024-Q2"), ("2024-06", "2024-08"), True),
        (("2024-Q1", "2024-Q1"), ("2024-04", "2024-04"), False),
        (("2024", "2024"), ("2024-12", "2025-02"), True),
    ],
)
def test_a_day_in_both(one, other, both):
    """Whatever the length of the periods, and whichever is asked."""
    assert span(*one).overlaps(span(*other)) is both is span(*other).overlaps(span(*one))
