"""Takes trends, gives their charts: shapes of signals by the direction that is better, labels of lines, dashed lines of changes."""

import math
from datetime import date

from matplotlib.markers import TICKDOWN

from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.show.control_chart import trend_chart
from tests.show.test_trend_words import trend


def markers(ax):
    """How many points have each shape."""
    return {
        line.get_marker(): len(line.get_xdata()) for line in ax.lines if line.get_linestyle() == "None" and line.get_marker() != TICKDOWN
    }


def test_signals_have_a_shape_by_whether_they_are_good_news():
    """Completion above its limits is an improvement; below, a concern."""
    assert markers(trend_chart(trend([20, 20, 23, 23] * 4 + [38]))) == {"^": 1, "o": 16}
    assert markers(trend_chart(trend([20, 20, 23, 23] * 4 + [2]))) == {"v": 1, "o": 16}


def test_lines_are_named_at_their_right_end():
    """Average and limits; a run chart has its median alone."""
    words = [text.get_text() for text in trend_chart(trend([20, 21] * 8)).texts]
    assert {"expected at most", "expected at least"} < set(words) and any(word.startswith("average ") for word in words)
    few = [text.get_text() for text in trend_chart(trend([20, 21] * 3)).texts]
    assert any(word.startswith("median ") for word in few) and "expected at most" not in few


def test_a_period_outside_the_limits_is_named():
    """By its short name and year."""
    assert "Q1 2024" in [text.get_text() for text in trend_chart(trend([20, 20, 23, 23] * 4 + [38])).texts]


def test_changes_within_the_chart_have_a_line_and_make_room():
    """One outside of it has none; the figure grows by what the words take."""
    plain = trend([20, 21] * 8)
    opened, old = (DatedChange(words, day, day) for words, day in (("Evenings opened", date(2021, 5, 1)), ("Moved", date(2015, 1, 1))))
    marked = trend([20, 21] * 8, changes=(old, opened))
    one, other = trend_chart(plain), trend_chart(marked)
    assert any("Evenings opened" in text.get_text() for text in other.texts)
    assert not any("Moved" in text.get_text() for text in other.texts)
    assert other.get_figure().get_size_inches()[1] > one.get_figure().get_size_inches()[1]
    assert not math.isnan(marked.place_of(opened)) and math.isnan(marked.place_of(old))
