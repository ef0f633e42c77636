"""Takes nothing, gives what charts of published studies must know of a pooled result, whose numbers are public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from iop_outcomes.stats.limits import Floats


class ShownStudy(Protocol):
    """A row of a chart of studies."""

    @property
    def study(self) -> str:
        """What it is called."""

    @property
    def value(self) -> float:
        """Its estimate, as it is shown."""

    @property
    def low(self) -> float:
        """Its lower limit."""

    @property
    def high(self) -> float:
        """Its upper limit."""

    @property
    def weight(self) -> float:
        """Its weight in percent."""


class ShownScale(Protocol):
    """How values are shown."""

    @property
    def name(self) -> str:
        """Its name; "log" has a logarithmic axis."""

    @property
    def words(self) -> str:
        """What is shown."""

    @property
    def neutral(self) -> float:
        """What is shown where nothing differs."""

    @property
    def shown(self) -> Callable[[float], float]:
        """From a value to what is shown."""


class ShownEstimates(Protocol):
    """The studies on the scale they were pooled on."""

    @property
    def value(self) -> Floats:
        """Estimates."""

    @property
    def variance(self) -> Floats:
        """Their variances."""


class ShownPool(Protocol):
    """A pooled result."""

    @property
    def k(self) -> int:
        """Studies."""

    @property
    def value(self) -> float:
        """The mean on the scale it was pooled on."""

    @property
    def rows(self) -> Sequence[ShownStudy]:
        """The studies."""

    @property
    def shown(self) -> dict[str, float]:
        """Value, limits and prediction limits."""

    @property
    def scale(self) -> ShownScale:
        """How they are shown."""

    @property
    def studies(self) -> ShownEstimates:
        """The studies as they were pooled."""

    def sentence(self) -> str:
        """The result in words."""
