"""Takes a released change in symptoms, gives its chart: from admission to discharge, one row for each group."""

from __future__ import annotations

from matplotlib.axes import Axes

from iop_outcomes.release import Released, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.charts import at, drawable, finish_rows, ordered_levels, withheld_words
from iop_outcomes.show.words import estimate_value, plain_range


def dumbbell(released: Released, *, ax: Axes | None = None) -> Axes:
    """Mean score at admission (open) and at discharge (filled), of the episodes with both.

    Parameters
    ----------
    released : Released
        A measure of change.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "dumbbell")
    levels = ordered_levels(released, "mean_change")
    notes = []
    with theme.style():
        drawn = ax or theme.new_axes(len(levels))
        for y, level in enumerate(levels):
            before, after, change = (released.of(name, level) for name in ("mean_admit", "mean_discharge", "mean_change"))
            if not (drawable(before) and drawable(after)):
                notes.append(withheld_words(change))
                continue
            drawn.plot([at(before.value), at(after.value)], [y, y], color=theme.NAVY, linewidth=2, alpha=0.45, zorder=2)
            drawn.plot(at(before.value), y, "o", markerfacecolor="white", markeredgecolor=theme.NAVY, markersize=7, zorder=3)
            drawn.plot(at(after.value), y, "o", color=theme.NAVY, markersize=7, zorder=3)
            notes.append(f"{estimate_value(before)} to {estimate_value(after)}; change {estimate_value(change)} ({plain_range(change)})")
        drawn.set_xlabel("Mean score: at admission (open) and at discharge (filled)")
        finish_rows(drawn, levels, notes, fit=ax is None)
    return drawn
