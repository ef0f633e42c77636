"""Takes trends, gives them as strips: the points of their chart and nothing else, changes in words where they fit, and what is said of them."""

from datetime import date

import numpy as np
import pytest

from iop_outcomes.errors import ReleaseError
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.show import theme
from iop_outcomes.show.control_chart import trend_chart
from iop_outcomes.show.trend_strip import HEIGHT_INCHES, strip_alt_text, strip_subtitle, trend_strip
from tests.show.test_trend_words import trend

DROPPED = [20, 20, 23, 23] * 4 + [2]


def drawn(ax):
    """Every line with what makes it look so."""
    return {
        (
            line.get_marker(),
            line.get_linestyle(),
            line.get_color(),
            *np.nan_to_num(np.column_stack(line.get_data()), nan=-1).ravel().tolist(),
        )
        for line in ax.lines
    }


@pytest.mark.parametrize("counts", [DROPPED, [20, 21] * 3, [20, 20, 23, 23] * 4 + [38]])
def test_a_strip_draws_what_the_chart_draws(counts):
    """Points, line, limits and signals at the same places with the same shapes and colours, on the same axis."""
    strip, chart = trend_strip(trend(counts)), trend_chart(trend(counts))
    assert drawn(strip) == drawn(chart)
    assert (strip.get_xlim(), strip.get_ylim()) == (chart.get_xlim(), chart.get_ylim())
    assert len(strip.patches) == len(chart.patches)  # the steps of the limits
    assert strip.released is chart.released or strip.estimands == chart.estimands


def test_changes_have_words_where_each_fits_on_a_line():
    """Two that do make the strip a line higher; a long one leaves dashed lines alone, whose words stand in the sentence above."""
    short = [DatedChange(words, day, day) for words, day in (("Evenings", date(2021, 5, 1)), ("New intake", date(2022, 9, 1)))]
    long = DatedChange("Everybody is asked at every visit and called at home afterwards", date(2021, 5, 1), date(2021, 5, 1))
    plain, named, bare = (trend_strip(trend([20, 21] * 8, changes=each)) for each in ((), tuple(short), (long,)))
    assert [text.get_text().split(" (")[0] for text in named.texts if "(" in text.get_text()] == ["New intake", "Evenings"]
    assert not any("Everybody" in text.get_text() for text in bare.texts)
    assert len(bare.lines) == len(plain.lines) + 1 and len(named.lines) == len(plain.lines) + 2
    heights = [ax.get_figure().get_figheight() for ax in (plain, named, bare)]
    assert heights[0] == heights[2] == HEIGHT_INCHES < heights[1] < HEIGHT_INCHES + 0.3
    assert all(theme.holds_all(ax.get_figure()) for ax in (plain, named, bare))


def test_the_words_of_a_policy_have_room_of_their_own():
    """Under the names of the periods, which they do not run into."""
    marked = trend([20, 21] * 8, policy="internal")
    ax = trend_strip(marked)
    figure = ax.get_figure()
    theme.mark(figure, marked.released.policy.mark)
    under = [label.get_window_extent().y0 for label in ax.get_xticklabels() if label.get_text()]
    assert figure.get_figheight() > HEIGHT_INCHES and min(under) > figure.texts[-1].get_window_extent().y1


def test_the_words_of_a_strip():
    """From when to when, its ends, its average, and each signal with its number; a run chart has a median and no range."""
    found = trend(DROPPED)
    words = strip_alt_text(found)
    first, last = (f"Q{each.period.part + 1} {each.period.year}" for each in (found.points[0], found.points[-1]))
    assert words.startswith(f"Line of points: quarterly completion from {first} to {last}, lowest ")
    assert words.split("Marked: ")[1] == f"{words.split('lowest ')[1].split(', highest')[0]}."
    assert "higher is better. Line: average. Dashed: range to be expected." in strip_subtitle(found)
    assert strip_subtitle(trend([20, 21] * 3)).endswith("Line: median.")
    with pytest.raises(ReleaseError, match="trend_strip shows a trend of released results only"):
        trend_strip(found.released)
