"""Takes a pooled result of published studies, gives the funnel plot: each study's estimate over its standard error."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from iop_outcomes.show import theme
from iop_outcomes.show.chart_rows import coordinate
from iop_outcomes.show.studies import ShownPool
from iop_outcomes.units import MINUS

_Z = 1.959964  # of the lines between which 95% of studies of one true value lie
_HEIGHT_INCHES = 4.2
_ROUND = {
    "ratio": tuple(lead * 10.0**power for power in range(-6, 7) for lead in (1, 2, 5)),
    "share": (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99),
}


def funnel_of_studies(pooled: ShownPool, ax: Axes | None = None) -> Axes:
    """Estimates over standard errors, precise studies on top, with the lines between which 95% would lie if all had one true value.

    Parameters
    ----------
    pooled : ShownPool
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    value, error = pooled.studies.value, np.sqrt(pooled.studies.variance)
    lowest = float(error.max()) * 1.05
    with theme.style():
        drawn = ax or theme.new_figure(theme.width(), _HEIGHT_INCHES).add_subplot(axes_class=theme.ShownAxes)
        centre = coordinate(pooled.value)
        for side in (-1, 1):
            edge = coordinate(pooled.value + side * _Z * lowest)
            drawn.plot([centre, edge], [0, coordinate(lowest)], color=theme.MUTED, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
        drawn.plot([centre, centre], [0, coordinate(lowest)], color=theme.OCHRE, linewidth=1, zorder=1)
        drawn.plot([coordinate(x) for x in value], [coordinate(y) for y in error], "o", color=theme.NAVY, markersize=5, alpha=0.8, zorder=3)
        drawn.set_ylim(coordinate(lowest), 0)
        drawn.set_ylabel("Standard error")
        _axis(drawn, pooled)
    if isinstance(drawn, theme.ShownAxes):
        drawn.words = funnel_alt_text(pooled)
    return drawn


def _axis(ax: Axes, pooled: ShownPool) -> None:
    """Round numbers of what is shown, where they fall on the scale of pooling."""
    low, high = (float(end) for end in ax.get_xlim())
    if pooled.scale.words in _ROUND:
        grid = np.linspace(low, high, 4001)
        shown = np.array([pooled.scale.shown(float(x)) for x in grid])
        marks = [mark for mark in _ROUND[pooled.scale.words] if shown[0] < mark < shown[-1]]
        ticks = [float(np.interp(mark, shown, grid)) for mark in marks]
    else:
        ticks = [float(tick) for tick in ax.get_xticks() if low <= tick <= high]
        marks = [pooled.scale.shown(tick) for tick in ticks]
    ax.set_xlim(low, high)
    ax.set_xticks([coordinate(tick) for tick in ticks], [f"{round(mark, 6):g}".replace("-", MINUS) for mark in marks])
    ax.set_xlabel(pooled.scale.words.capitalize())


def funnel_alt_text(pooled: ShownPool) -> str:
    """What the funnel plot says, for those who do not see it."""
    value, error = pooled.studies.value, np.sqrt(pooled.studies.variance)
    inside = int((np.abs(value - pooled.value) <= _Z * error).sum())
    least, most = pooled.scale.shown(float(value.min())), pooled.scale.shown(float(value.max()))
    left = int((value < pooled.value).sum())
    return (
        f"Funnel plot of {pooled.k} published studies: estimates from {least:.3g} to {most:.3g} over standard errors from "
        f"{float(error.min()):.3g} to {float(error.max()):.3g}. {inside} of {pooled.k} lie where 95% would if all had one true value, "
        f"{math.ceil(pooled.k * 0.95)} or so; {left} lie below the pooled value and {pooled.k - left} at or above it."
    )
