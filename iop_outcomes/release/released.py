"""Takes nothing, gives `Released` and what it holds: numbers each of which may be withheld, made behind one door."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, InitVar, dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, final

from iop_outcomes.errors import ReleaseError
from iop_outcomes.keys import ALL, Contrast, Flags, Key, Place
from iop_outcomes.release.policy import Extent, Policy
from iop_outcomes.results import COLUMNS, Definition, Provenance, as_words

if TYPE_CHECKING:
    import pandas as pd


class Withheld(Enum):
    """The value that stands where a number is withheld; never 0, never blank."""

    SMALL = "suppressed"

    def __str__(self) -> str:
        return "not shown"


SUPPRESSED = Withheld.SMALL
Number = float | Withheld
Count = int | Withheld


@dataclass(frozen=True, slots=True)
class ReleasedEstimate:
    """An estimate that may be shown; each number may be withheld. The fields are those of `Estimate`."""

    measure: str
    definition: str
    group: str
    level: str
    group_2: str
    level_2: str
    estimand: str
    time: float | None
    contrast: Contrast
    versus: str
    adjustment: str
    value: Number
    se: Number
    low: Number
    high: Number
    p: Number
    p_adjusted: Number
    word: str
    statistic: Number
    df: Number
    conf_level: float
    method: str
    n: Count
    k: Count | None
    n_at_risk: Count | None
    n_missing: Count
    excluded: Count
    unit: str
    flag: Flags

    @property
    def place(self) -> Place:
        """Of which group it is."""
        return Place(self.level, self.level_2)

    @property
    def key(self) -> Key:
        """Which number it is."""
        return Key(self.estimand, self.time, self.contrast, self.versus, self.adjustment)

    @property
    def shown(self) -> bool:
        """Whether the value may be shown."""
        return not isinstance(self.value, Withheld)


@dataclass(frozen=True, slots=True)
class ReleasedFlow:
    """Rows in = used + excluded by reason, small counts withheld."""

    what: str
    rows_in: Count
    used: Count
    excluded: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class ReleasedLine:
    """A share along the days as a figure may draw it, with its limits; NaN on a day that is not drawn, or without a limit."""

    days: tuple[int, ...]
    shares: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ReleasedCurve:
    """A curve that may be drawn, as far as enough are followed, and the table under it.

    Parameters
    ----------
    days, incidence : tuple
        What is drawn: days, and shares, NaN on a day that is not drawn.
    ticks : tuple of int
        Days of the table.
    at_risk : tuple of Count
        Episodes still followed and free of every end at each tick.
    lines : pair of ReleasedLine, optional
        The share with the event and that free of every end, for a figure; where none was asked for, none.
    """

    days: tuple[int, ...]
    incidence: tuple[float, ...]
    ticks: tuple[int, ...]
    at_risk: tuple[Count, ...]
    lines: tuple[ReleasedLine, ReleasedLine] | None = None


DOOR = object()  # held by release() alone


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Released:
    """Results after disclosure control: the only thing that charts, tables, sentences and files accept.

    Made by `release` alone, which holds the key of the door; neither inherited nor changed. With two columns, those of everyone by
    the first, and `within` those of each level of the second, as in `Results`; iterating goes over all of them.
    """

    door: InitVar[object]
    _: KW_ONLY
    definition: Definition
    group: str
    estimates: tuple[ReleasedEstimate, ...]
    flow: tuple[ReleasedFlow, ...]
    policy: Policy
    provenance: Provenance
    curves: Mapping[str, ReleasedCurve] = field(default_factory=dict)
    only_grouped: bool = False  # whether the episodes without a group were left out, because they are too few to show
    group_2: str = ""
    level_2: str = ""
    levels_2: tuple[str, ...] = ()  # of the second column, for names that tell them apart
    within: Mapping[str, Released] = field(default_factory=dict)
    compared: int | None = None  # with how many earlier outputs of a ledger; None where there is no ledger
    audited: Extent = "none"  # how far it was audited, with everything it was released with
    levels: tuple[str, ...] = field(init=False)  # of the first column in the order of the estimates, "All" first
    _at: Mapping[tuple[str, str, str, str], list[ReleasedEstimate]] = field(init=False)

    def __post_init__(self, door: object) -> None:
        if door is not DOOR:
            raise ReleaseError("Released is made by release() alone: call answer.release(policy).")
        places: dict[tuple[str, str, str, str], list[ReleasedEstimate]] = {}
        for each in self.estimates:
            places.setdefault((each.estimand, each.level, each.contrast, each.versus), []).append(each)
        object.__setattr__(self, "_at", places)
        object.__setattr__(self, "levels", tuple(dict.fromkeys(each.level for each in self.estimates)))

    def __init_subclass__(cls) -> None:
        raise TypeError("Released is not inherited: what is shown comes from release() alone.")

    @property
    def slices(self) -> tuple[Released, ...]:
        """What each level of the second column shows, every level together first; these alone where there is no second."""
        return (replace(self, door=DOOR, within={}), *self.within.values()) if self.within else (self,)

    @property
    def withheld(self) -> int:
        """How many values are withheld."""
        return sum(not estimate.shown for estimate in self)

    def __iter__(self) -> Iterator[ReleasedEstimate]:
        return (estimate for part in self.slices for estimate in part.estimates)

    def estimate(self, estimand: str, level: str = ALL, time: float | None = None, adjustment: str = "") -> ReleasedEstimate:
        """The estimate of an estimand at a level, and at a time where it has several."""
        return next(
            e for e in self._at[estimand, level, Contrast.NONE, ""] if (time is None or e.time == time) and e.adjustment == adjustment
        )

    def contrast(
        self, estimand: str, level: str, *, time: float | None = None, versus: str = "", adjustment: str = ""
    ) -> ReleasedEstimate | None:
        """The difference of an estimand at a level from the others, or from one level; `None` where they are not compared."""
        kind = Contrast.MINUS_LEVEL if versus else Contrast.MINUS_OTHERS
        every = self._at.get((estimand, level, kind, versus), ())
        return next((e for e in every if (time is None or e.time == time) and e.adjustment == adjustment), None)

    def has(self, estimand: str) -> bool:
        """Whether there is any number of an estimand."""
        return any(e.estimand == estimand for e in self.estimates)

    def to_records(self) -> list[dict[str, Any]]:
        """The estimates as plain values with the fixed columns; a withheld or impossible number is None."""
        return [{name: _plain(getattr(e, name)) for name in COLUMNS} | as_words(e) for e in self]

    def to_frame(self) -> pd.DataFrame:
        """The estimates as a data frame with the fixed columns; a withheld number is missing and `flag` says suppressed."""
        import pandas as pd

        frame = pd.DataFrame(self.to_records(), columns=list(COLUMNS))
        counts = dict.fromkeys(("n", "k", "n_at_risk", "n_missing", "excluded"), "Int64")
        return frame.astype({**counts, **dict.fromkeys(("time", *NUMBERS), "float64")})


NUMBERS = ("value", "se", "low", "high", "p", "p_adjusted", "statistic", "df")


def _plain(value: object) -> object:
    """None for a withheld or impossible number."""
    if isinstance(value, Withheld):
        return None
    return None if isinstance(value, float) and math.isnan(value) else value


def require_released(given: object, what: str) -> Released:
    """Refuse anything but `Released` at run time; the type checker refuses it before.

    Raises
    ------
    ReleaseError
        When something else is given.
    """
    if not isinstance(given, Released):
        raise ReleaseError(f"{what} shows released results only, and was given {type(given).__name__}. Call answer.release(policy) first.")
    return given
