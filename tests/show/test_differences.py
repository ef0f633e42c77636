"""Takes released comparisons, gives the chart of differences: mirrored, withheld, too few, of several columns, adjusted."""

import iop_outcomes as iop
from iop_outcomes.show.differences import FOREST, difference_alt_text, forest, forest_of_columns
from tests.reporting.parts.small import people
from tests.show.made import released_of

NAME = "completion_strict"
ROWS = people(30, 10, sex="female") + people(20, 20, track="b", sex="male")


def points(ax):
    """Where the differences stand."""
    return sorted(round(float(line.get_xdata()[0]), 9) for line in ax.lines if line.get_marker() == "o")


def test_two_groups_mirror_one_another_around_nought():
    """The axis reaches as far to both sides; everyone is not a row."""
    released = released_of(ROWS, "completion", compared=(NAME,))
    ax = forest(released, NAME)
    assert points(ax) == [-0.25, 0.25]
    low, high = ax.get_xlim()
    assert abs(low + high) < 1e-9
    assert difference_alt_text(released, NAME).count("difference") >= 2
    assert FOREST.alt_text(released) == difference_alt_text(released, NAME)


def test_few_and_withheld_have_no_point():
    """Five are too few; of forty of whom two dropped out nothing may be said."""
    few = released_of(people(30, 10) + people(3, 2, track="b"), "completion", compared=(NAME,))
    assert points(forest(few, NAME)) == []
    assert any("too few" in text.get_text() for text in forest(few, NAME).texts)
    hidden = released_of(people(38, 2) + people(20, 20, track="b"), "completion", compared=(NAME,), policy="cms11")
    assert points(forest(hidden, NAME)) == []


def test_columns_stand_one_after_another():
    """Each group under the name of its column, in the order given; a level that is not there has no row."""
    by_track, by_sex = (released_of(ROWS, "completion", by=by, compared=(NAME,)) for by in ("track", "sex"))
    ax = forest_of_columns([(by_sex, ["male", "female", "other"]), (by_track, ["a"])], NAME)
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["Sex: Male", "Sex: Female", "Track: A"]
    assert len(points(ax)) == 3


def test_adjusted_differences_stand_under_those_as_they_are_and_the_margin_is_dashed():
    """Each group has two dots, the open one adjusted; the line of the margin is on the side of worse, and words say all of it."""
    with iop.load("data/synthetic") as data:
        answer = iop.compare(data, estimand=NAME, by="modality", adjust=["sex"], margin=0.1)
    ax = forest(answer.release("none"), NAME)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["In person", "In person, adjusted", "Virtual", "Virtual, adjusted"]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True, False, True]
    assert [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "--"] == [-0.1]
    words = difference_alt_text(answer.release("none"), NAME)
    assert "Adjusted: after allowing for sex." in words
    assert (
        "Dashed line: the margin. Held against a margin of 10 percentage points: In person against the others together: non-inferior"
        in words
    )
