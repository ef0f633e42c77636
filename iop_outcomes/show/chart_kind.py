"""Takes three functions of released results, gives a `ChartKind`: all that a chart needs to be one entry of the registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from matplotlib.axes import Axes

from iop_outcomes.release import Released


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
