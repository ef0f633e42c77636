"""Takes a released measure, gives the chart its definition names."""

from __future__ import annotations

from matplotlib.axes import Axes

from iop_outcomes.release import Released, require_released
from iop_outcomes.show import charts
from iop_outcomes.show.change import dumbbell
from iop_outcomes.show.curves import cumulative


def draw(released: Released, ax: Axes | None = None) -> Axes:
    """Draw a measure as its definition says.

    Parameters
    ----------
    released : Released
        What to show.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "draw")
    shown, chart = released.definition.shown, released.definition.chart
    if chart == "stay_range":
        return charts.stay_range(released, stem=shown[0].rpartition("_")[0], ax=ax)
    if chart == "stacked_shares":
        return charts.stacked_shares(released, shown, ax=ax)
    if chart == "dumbbell":
        return dumbbell(released, ax=ax)
    if chart == "cumulative":
        return cumulative(released, ax=ax)
    return charts.dot_range(released, shown[0], ax=ax)
