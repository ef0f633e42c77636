"""Takes released shares, gives dots where the numbers are: nobody, everybody, withheld, words after ranges."""

import pytest

from iop_outcomes.show.dots import DOT_RANGE, dot_range
from tests.reporting.parts.small import people
from tests.show.made import released_of

ROWS = people(30, 10) + people(20, 20, track="b") + people(38, 2, track="c")


def dots(ax):
    """Where the dots stand."""
    points = (line for line in ax.lines if line.get_marker() not in ("None", "", None))
    return sorted((round(float(x), 6), float(y)) for line in points for x, y in zip(*line.get_data(), strict=True))


def test_a_dot_for_each_group_at_its_share():
    """Everyone first; words beside them say the same, and those that are given come after."""
    released = released_of(ROWS, "completion")
    ax = dot_range(released, "completion_strict", words=("", "higher", "lower", "x"))
    assert sorted(x for x, _ in dots(ax)) == [0.5, round(88 / 120, 6), 0.75, 0.95]
    notes = [text.get_text().replace("\n", " ") for text in ax.texts]
    assert sum(note.endswith((": higher", ": lower", ": x")) for note in notes) == 3
    assert any(note.startswith("50% (") for note in notes)


def test_what_is_withheld_has_no_dot_and_says_so():
    """38 of 40: two is too few, and another with it."""
    released = released_of(ROWS, "completion", policy="cms11")
    shown = [each for each in released if each.estimand == "completion_strict" and each.shown]
    ax = dot_range(released, "completion_strict")
    assert len(dots(ax)) == len(shown) < 4
    assert any("not shown" in text.get_text() for text in ax.texts)


@pytest.mark.parametrize(("done", "left", "at"), [(20, 0, 1.0), (0, 20, 0.0)])
def test_everybody_and_nobody(done, left, at):
    """At the end of the axis."""
    released = released_of(people(done, left), "completion")
    assert {x for x, _ in dots(dot_range(released, "completion_strict"))} == {at}
    assert DOT_RANGE.sentence(released).startswith(f"{done} of 20 discharged episodes ({at:.0%})")
    assert f"{at:.0%}" in DOT_RANGE.alt_text(released)
