"""Takes a released measure, gives the chart and the sentence that its definition names, and words for those who do not see."""

from __future__ import annotations

from matplotlib.axes import Axes

from iop_outcomes.release import Released, require_released
from iop_outcomes.show import charts, theme
from iop_outcomes.show.change import dumbbell
from iop_outcomes.show.comparison import alt_text_of_differences, comparison_sentences, forest
from iop_outcomes.show.curves import alt_text_of_curves, cumulative
from iop_outcomes.show.words import change_sentence, sentence, stay_sentence


def draw(released: Released, ax: Axes | None = None) -> Axes:
    """Draw a measure as its definition says.

    Parameters
    ----------
    released : Released
        What to show.
    ax : Axes, optional
        Where to draw; new axes by default, which a notebook shows as an image.

    Returns
    -------
    Axes
    """
    require_released(released, "draw")
    drawn = _chart(released, ax)
    if isinstance(drawn, theme.ShownAxes):
        drawn.words = _words(released)
    return drawn


def _chart(released: Released, ax: Axes | None) -> Axes:
    shown, chart = released.definition.shown, released.definition.chart
    if chart == "stay_range":
        return charts.stay_range(released, stem=shown[0].rpartition("_")[0], ax=ax)
    if chart == "forest":
        return forest(released, shown[0], time=_first_time(released, shown[0]), ax=ax)
    if chart == "stacked_shares":
        return charts.stacked_shares(released, shown, ax=ax)
    if chart == "dumbbell":
        return dumbbell(released, ax=ax)
    if chart == "cumulative":
        return cumulative(released, ax=ax)
    return charts.dot_range(released, shown[0], ax=ax)


def _words(released: Released) -> str:
    """The chart in words, for those who do not see it."""
    shown, chart = released.definition.shown, released.definition.chart
    if chart == "cumulative":
        return alt_text_of_curves(released)
    if chart == "forest":
        return alt_text_of_differences(released, shown[0], time=_first_time(released, shown[0]))
    kinds = {"stay_range": "Range chart.", "stacked_shares": "Stacked bar chart.", "dumbbell": "Chart of two points for each group."}
    return charts.alt_text(released, shown if chart in kinds else shown[:1], kinds.get(chart, "Dot chart with ranges."))


def main_sentence(released: Released) -> str:
    """The sentence that answers a measure's question for everyone."""
    require_released(released, "main_sentence")
    shown, chart = released.definition.shown, released.definition.chart
    if chart == "forest":
        return " ".join(comparison_sentences(released, shown[0], time=_first_time(released, shown[0])))
    if chart == "stay_range":
        return stay_sentence(released, stem=shown[0].rpartition("_")[0])
    return change_sentence(released) if chart == "dumbbell" else sentence(released, shown[0])


def _first_time(released: Released, estimand: str) -> float | None:
    return next((estimate.time for estimate in released if estimate.estimand == estimand), None)
