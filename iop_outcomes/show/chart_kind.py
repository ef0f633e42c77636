"""Takes functions of released results, gives a `ChartKind`, all that a chart needs to be one entry of the registry, and charts that keep their numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

from matplotlib.axes import Axes

from iop_outcomes.release import Released
from iop_outcomes.show.theme import ShownAxes

Chart = TypeVar("Chart", bound=Callable[..., Axes])


class Draw(Protocol):
    """Draws a measure, on axes that are given or on new ones."""

    def __call__(self, released: Released, *, ax: Axes | None) -> Axes:
        """Give the axes drawn on."""


@dataclass(frozen=True, slots=True)
class ChartKind:
    """A kind of chart.

    Parameters
    ----------
    name : str
        What `Definition.chart` calls it.
    draw : Draw
        The chart of a measure.
    alt_text : callable
        The chart in words and numbers, for those who do not see it.
    sentence : callable
        The answer that the chart shows, for everyone.
    """

    name: str
    draw: Draw
    alt_text: Callable[[Released], str]
    sentence: Callable[[Released], str]


def with_numbers(chart: Chart) -> Chart:
    """A chart that keeps, on axes of its own, which results it was drawn from, so that they can stand in a file beside it.

    They are the estimands that it was called with, or else those of its results that its measure shows.
    """

    @wraps(chart)
    def drawn(shown: Any, *given: Any, **options: Any) -> Axes:
        axes = chart(shown, *given, **options)
        if isinstance(axes, ShownAxes):
            axes.released = getattr(shown, "released", shown)  # a trend holds the results that it is of
            every = [name for name in axes.released.definition.shown if axes.released.has(name)]
            names = given[0] if given else getattr(shown, "estimand", every)
            axes.estimands = (names,) if isinstance(names, str) else tuple(names)
        return axes

    return cast("Chart", drawn)
