"""Takes an estimand, a time and a contrast, gives the `Key` that no other number of a measure at a level has; and the reserved labels."""

from __future__ import annotations

from dataclasses import dataclass, replace

ALL = "All"
MISSING_LEVEL = "(missing)"

HIGHER, LOWER, UNCLEAR, TOO_FEW = "higher", "lower", "no clear difference", "too few"  # the words of a contrast

MINUS_OTHERS = "minus_others"
MINUS_LEVEL = "minus_level"


@dataclass(frozen=True, slots=True)
class Key:
    """Which number of a measure.

    Parameters
    ----------
    estimand : str
        What is estimated.
    time : float or None
        Day it is for, where it has one.
    contrast : {"", "minus_others", "minus_level"}
        Empty for the number itself; else its difference from all the others together, or from one level.
    versus : str
        That level, for "minus_level".

    Examples
    --------
    >>> key = Key("cumulative_incidence", 90.0)
    >>> str(key), str(key.against_others)
    ('cumulative_incidence at 90', 'cumulative_incidence at 90 minus_others')
    """

    estimand: str
    time: float | None = None
    contrast: str = ""
    versus: str = ""

    @property
    def own(self) -> Key:
        """The number that a contrast compares."""
        return replace(self, contrast="", versus="")

    @property
    def against_others(self) -> Key:
        """Its difference from all the others together."""
        return replace(self, contrast=MINUS_OTHERS, versus="")

    def against(self, level: str) -> Key:
        """Its difference from one level."""
        return replace(self, contrast=MINUS_LEVEL, versus=level)

    def __str__(self) -> str:
        at = "" if self.time is None else f" at {self.time:g}"
        return f"{self.estimand}{at}{f' {self.contrast}' if self.contrast else ''}{f' {self.versus}' if self.versus else ''}"
