"""Takes scores of scales on which lower, and higher, is better, gives sentences of change: which direction is better is said where it could be mistaken."""

import numpy as np
import pytest

import iop_outcomes as iop
from tests.measures.courses import program

WEEKS = np.random.default_rng(2).integers(10, 20, size=(40, 4))
FALLS = [[20 + 2 * (i % 2), *sorted(weeks.tolist(), reverse=True), 11 - 3 * (i % 2)] for i, weeks in enumerate(WEEKS)]
RISES = [row[::-1] for row in FALLS]


@pytest.mark.parametrize(
    ("scale", "rows", "words"),
    [
        ("phq9", FALLS, "fell from 21.0 to 9.5 "),
        ("phq9", RISES, "rose from 9.5 to 21.0 (lower is better) "),
        ("ors", RISES, "rose from 9.5 to 21.0 (higher is better) "),
        ("ors", FALLS, "fell from 21.0 to 9.5 (higher is better) "),
    ],
)
def test_which_direction_is_better(scale, rows, words):
    """An ORS that "fell from 21.0 to 9.5" read as an improvement."""
    with program(rows, 35, scale=scale) as data:
        change = iop.symptom_change(data, scale=scale)
        assert change.sentence().startswith(f"Average {change.definition.subject} {words}in the 40 episodes with both scores")
        course = iop.weekly_course(data, scale=scale, at=(7, 14, 21)).sentence()
    assert ("is better" in course) == ("is better" in words)
    assert ("higher is better" in course) == (scale == "ors")


def test_a_change_alone_says_what_positive_is():
    """Where the means stand without the share that has both scores, which is withheld, the change does not say which way it goes."""
    rows = [*RISES, *[[12] + [float("nan")] * 5] * 3]
    with program(rows, 35, scale="ors") as data:
        words = iop.symptom_change(data, scale="ors").sentence()
        said = str(iop.effect_sizes(data, scale="ors").methods())
    assert words.startswith("Mean change: ") and words.endswith("Positive is improvement.")
    assert "positive for improvement, with its paired t test" in said
