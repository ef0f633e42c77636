"""Takes published numbers and a program's, gives them beside one another: differences, margins, and each reason why not."""

import math

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.published.published_numbers import ProgramMeasure, PublishedNumber, RefusedNumber
from iop_outcomes.published.side_by_side import NOT_ENOUGH, ProgramNumber, is_standardised, margins_of, quantities_of, side_by_side
from iop_outcomes.stats.equivalence import KnownValue

QUESTION = ProgramMeasure("completion")


def published(value=0.5, low=0.45, high=0.55, quantity="completion_strict", question=QUESTION):
    """A published number."""
    return PublishedNumber(
        "s", "S", "row", quantity, question, (quantity, None), quantity, lambda _level: KnownValue(value, low, high), "", ()
    )


def program(value=0.6, low=0.5, high=0.7):
    """What a program answers."""
    return lambda _question, _level: {("completion_strict", None): ProgramNumber(value, low, high, 100)}


def beside(row, asking=None, **options):
    """The only row."""
    found = side_by_side([row], asking or program(), policy="", **options)
    (one,) = found.rows
    return one


def test_a_difference_holds_the_error_of_both():
    """Newcombe's, the squares of both distances added; of the program alone where the paper prints none."""
    both = beside(published())
    assert both.difference == pytest.approx(0.1)
    assert both.difference_high == pytest.approx(0.1 + math.hypot(0.1, 0.05))
    assert both.interval == "of both"
    alone = beside(published(low=math.nan, high=math.nan))
    assert (alone.difference_high, alone.interval) == (pytest.approx(0.2), "of this program alone")


def test_a_number_that_is_not_shown_is_not_set_beside():
    """Withheld, not there, and a program that cannot answer; what is published stays."""
    hidden = beside(published(), program(math.nan, math.nan, math.nan))
    assert (hidden.note, hidden.published, math.isnan(hidden.difference)) == ("the program's number is not shown", 0.5, True)
    assert beside(published(quantity="los_mean")).note == "the program has no los_mean"
    refused = beside(published(), lambda *_: "the program has no scores of phq9")
    assert refused.note == "not side by side: the program has no scores of phq9"


def test_what_a_program_lacks_comes_before_what_a_paper_lacks():
    """Of a number that is refused anyway."""
    row = RefusedNumber("s", "row", "change", "no SD is printed", QUESTION)
    assert beside(row, lambda *_: "the program has no scores").note == "not side by side: the program has no scores"
    assert beside(row).note == "not side by side: no SD is printed"


@pytest.mark.parametrize(("margin", "verdict"), [(0.3, "equivalent"), (0.1, "not shown to be equivalent"), (0.01, None)])
def test_a_margin_is_judged_at_its_own_level(margin, verdict):
    """Wide, too narrow, far too narrow; without a margin there is no verdict."""
    row = beside(published(), margins=margins_of(margin))
    assert row.margin == margin and 0 <= row.p_equivalence <= 1
    assert (row.verdict == "equivalent") is (verdict == "equivalent")
    assert math.isnan(beside(published()).margin)
    assert beside(published(low=math.nan, high=math.nan), margins=margins_of(margin)).verdict == NOT_ENOUGH
    assert (
        beside(published(), program(0.6, math.nan, math.nan), margins=margins_of(margin)).verdict == "the program's interval is not shown"
    )


def test_one_margin_is_of_one_quantity():
    """Two of them need a name each."""
    rows = [published(), published(quantity="los_mean")]
    with pytest.raises(UsageError, match="one margin cannot be that of completion_strict, los_mean"):
        side_by_side(rows, program(), policy="", margins=margins_of(0.1))
    side_by_side(rows, program(), policy="", margins=margins_of({"los_mean": 5}))


def test_names_and_margins_are_checked():
    """Those that there are, and above 0."""
    assert margins_of(None).given is False and margins_of(0.1).for_quantity("los_mean") == 0.1
    assert math.isnan(margins_of({"los_mean": 5}).for_quantity("sd_pre"))
    assert quantities_of("los_mean") == ("los_mean",) and len(quantities_of(None)) > 8
    for call in (margins_of, quantities_of):
        with pytest.raises(UsageError, match="is nothing that a program and a study are compared in"):
            call({"stay": 3})
    with pytest.raises(UsageError, match="margin"):
        margins_of(-0.1)
    assert [is_standardised(name) for name in ("mean_change", "d_pre_sd", "g_pre_sd", "los_mean")] == [False, True, True, False]


def test_chosen_quantities_alone_are_shown():
    """What is refused in others goes unsaid; what is no quantity is always said."""
    rows = [published(), published(quantity="los_mean"), RefusedNumber("s", "row", "dropout", "differs by paper")]
    found = side_by_side(rows, program(), policy="", quantities=("completion_strict",), chosen=True)
    assert [row.quantity for row in found.rows] == ["completion_strict", "dropout"]


def test_a_margin_of_nothing_is_refused_with_what_a_margin_is():
    """Of one quantity and of several."""
    for margin in (0, -0.1, {"completion_strict": 0}):
        with pytest.raises(UsageError, match="must be above 0: it says how far apart"):
            margins_of(margin)
