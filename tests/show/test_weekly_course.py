"""Takes courses of scores, gives their sentence and their lines: falling, unchanged, nobody scored."""

import numpy as np
import pytest

import iop_outcomes as iop
from iop_outcomes.show.weekly_course import course_alt_text, course_sentence, weekly_course
from tests.measures.courses import program


def course(fall, n=60, policy="none"):
    """Three weeks in which everybody falls by so much each week, give or take."""
    random = np.random.default_rng(2)
    start = random.integers(12, 24, (n, 1)).astype(float)
    scores = np.clip(np.round(start - fall * np.arange(4) + random.integers(-1, 2, (n, 4))), 0, 27)
    with program(scores, np.full(n, 24)) as data:
        return iop.weekly_course(data, scale="phq9", at=(7, 14, 21)).release(policy)


@pytest.mark.parametrize(("fall", "words"), [(3, "fell from"), (-1, "rose from")])
def test_which_way_the_average_went(fall, words):
    """To the last week with a model, of all with an admission score; those scored stand beside."""
    said = course_sentence(course(fall))
    assert said.startswith(f"Average PHQ-9 {words} ")
    assert "by week 3 (" in said and "of all 60 with an admission score" in said
    assert "The 60 scored that week average" in said


def test_two_lines_over_the_weeks():
    """One by the model and one of those scored; how many were scored stands under the axis."""
    released = course(3)
    ax = weekly_course(released)
    lines = [line for line in ax.lines if line.get_label() in ("Everybody, by the model", "Those scored that week")]
    assert [list(line.get_xdata()) for line in lines] == [[0, 1, 2, 3]] * 2
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0\n60", "1\n60", "2\n60", "3\n60"]
    assert "week 3" in course_alt_text(released) and "(n 60)" in course_alt_text(released)


def test_too_few_are_not_drawn():
    """Eight people have no model, and under a policy that withholds no number."""
    few = course(3, n=8, policy="cms11")
    assert "fell" not in course_sentence(few)
    assert "not shown" in course_alt_text(few) or "not drawn" in course_alt_text(few)
