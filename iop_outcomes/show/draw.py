"""Takes a released measure, gives the chart and the sentence that its definition names, from the registry of kinds of charts."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from iop_outcomes.release import Released, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.assumptions import ASSUMPTIONS
from iop_outcomes.show.change import DUMBBELL
from iop_outcomes.show.chart_kind import ChartKind
from iop_outcomes.show.curves import CUMULATIVE
from iop_outcomes.show.differences import FOREST
from iop_outcomes.show.dots import DOT_RANGE
from iop_outcomes.show.stacked_bars import STACKED_SHARES
from iop_outcomes.show.stays import STAY_RANGE
from iop_outcomes.show.weekly_course import WEEKLY_COURSE

CHARTS: Mapping[str, ChartKind] = {
    kind.name: kind for kind in (DOT_RANGE, STAY_RANGE, STACKED_SHARES, DUMBBELL, ASSUMPTIONS, CUMULATIVE, FOREST, WEEKLY_COURSE)
}


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
    kind = CHARTS[released.definition.chart]
    axes = kind.draw(released, ax=ax)
    if (figure := axes.get_figure(root=True)) is not None:
        theme.mark(figure, released.policy.mark)
    if isinstance(axes, theme.ShownAxes):
        axes.words = kind.alt_text(released)
    return axes


def main_sentence(released: Released) -> str:
    """The sentence that answers a measure's question for everyone."""
    require_released(released, "main_sentence")
    return CHARTS[released.definition.chart].sentence(released)
