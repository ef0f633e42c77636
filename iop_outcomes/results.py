"""Takes estimates and where they come from, gives `Results`: numbers with their definitions, which nothing here draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Literal

from iop_outcomes.stats.curves import Curve
from iop_outcomes.stats.draft import Population, timed

if TYPE_CHECKING:
    import pandas as pd

Better = Literal["higher", "lower", "neither"]
Chart = Literal["dot_range", "stay_range", "stacked_shares", "dumbbell", "cumulative", "forest"]
ALL = "All"
MISSING_LEVEL = "(missing)"
OTHERS = "others"


def contrast_names(estimand: str, other: str = OTHERS) -> tuple[str, str, str]:
    """Names of a comparison: the difference, its p value, and its p value adjusted for being one of several.

    Examples
    --------
    >>> contrast_names("completion_strict")[0]
    'completion_strict_minus_others'
    """
    name = f"{estimand}_minus_{other}"
    return name, f"{name}_p", f"{name}_p_holm"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with everything that must travel with it; the fields are the columns of every frame, in this order.

    `group` is the `by=` column and `level` its value ("All" for everyone); `value`, `se`, `low` and `high` are in
    `unit`; NaN where the data allow none, and then `flag` says why.
    """

    measure: str
    group: str
    level: str
    estimand: str
    time: float | None
    value: float
    se: float
    low: float
    high: float
    conf_level: float
    method: str
    n: int
    k: int | None
    n_missing: int
    excluded: int
    unit: str
    flag: str

    @property
    def key(self) -> str:
        """Its estimand with its time."""
        return timed(self.estimand, self.time)


COLUMNS = tuple(item.name for item in fields(Estimate))


@dataclass(frozen=True, slots=True)
class EstimandDefinition:
    """What one number of a measure means, in words that a report prints.

    `against` names the level whose counts a comparison rests on beside its own.
    """

    name: str
    label: str
    counted: str
    among: str
    interval: str
    unit: str
    sentence: str = ""
    headline: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure means: the part of its declaration that travels with its numbers."""

    measure: str
    title: str
    asks: str
    better: Better
    estimands: tuple[EstimandDefinition, ...]
    parts: Mapping[str, str]
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chart: Chart = "dot_range"
    shown: tuple[str, ...] = ()

    def estimand(self, name: str) -> EstimandDefinition:
        """The definition of one of its estimands."""
        return next(item for item in self.estimands if item.name == name)

    def __str__(self) -> str:
        lines = [f"{self.title}. {self.asks}"]
        lines += [f"  {e.name}: {e.counted}, among {e.among}. Interval: {e.interval}. Unit: {e.unit}." for e in self.estimands]
        lines += [f"  Note: {note}" for note in self.notes]
        lines += [f"  Source: {source}" for source in self.sources]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Flow:
    """Rows in = used + excluded by reason.

    Examples
    --------
    >>> print(Flow("episodes", 10, {"still in care": 2, "died": 1}))
    episodes: 10 in = 7 used + 2 still in care + 1 died
    """

    what: str
    rows_in: int
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def used(self) -> int:
        """Rows that remain."""
        return self.rows_in - sum(self.excluded.values())

    def __str__(self) -> str:
        out = "".join(f" + {n:,} {reason}" for reason, n in self.excluded.items() if n)
        return f"{self.what}: {self.rows_in:,} in = {self.used:,} used{out}"


@dataclass(frozen=True, slots=True)
class Source:
    """One input: its name without its folder, its rows (None where a report withholds them) and the fingerprint of its bytes."""

    table: str
    name: str
    rows: int | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where numbers come from: versions, inputs, the class of the data and the day they were cut."""

    package: str
    versions: Mapping[str, str]
    sources: tuple[Source, ...]
    mapping_sha256: str
    data_class: str
    cutoff: str
    los_convention: str
    rules: tuple[str, ...] = ()  # in words, by which rows were made of others


@dataclass(frozen=True, eq=False)
class Results:
    """A measure's estimates: working material, like rows, until they are released.

    Parameters
    ----------
    definition : Definition
        What the numbers mean.
    group : str
        The `by=` column, "All" when there is none.
    estimates : tuple of Estimate
        One for each level and estimand; the level "All" first.
    populations : dict of (level, key of the estimate) to Population
        Who each estimate speaks of, for the flow and for disclosure control.
    provenance : Provenance
        Where they come from.
    curves : dict of level to Curve
        For measures of time: what is drawn, and the table of those still followed.
    """

    definition: Definition
    group: str
    estimates: tuple[Estimate, ...]
    populations: Mapping[tuple[str, str], Population]
    provenance: Provenance
    curves: Mapping[str, Curve] = field(default_factory=dict)

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels in the order of the estimates, "All" first."""
        return tuple(dict.fromkeys(estimate.level for estimate in self.estimates))

    @property
    def flow(self) -> tuple[Flow, ...]:
        """For everyone: rows in = used + excluded by reason, one for each estimand."""
        return tuple(self._flow(name, population) for (level, name), population in self.populations.items() if level == ALL)

    def _flow(self, estimand: str, population: Population) -> Flow:
        out = {part: n for part, n in population.parts.items() if part not in population.base}
        words = {self.definition.parts.get(part, part): n for part, n in out.items()}
        return Flow(estimand, sum(population.parts.values()), words)

    def __iter__(self) -> Iterator[Estimate]:
        return iter(self.estimates)

    def at_risk_to_frame(self) -> pd.DataFrame:
        """For measures of time: day, at risk, events and censored (both up to and including the day) at each level."""
        import pandas as pd

        rows = [
            (self.group, level, *row)
            for level, curve in self.curves.items()
            for row in zip(curve.ticks.tolist(), curve.at_risk.tolist(), curve.events.tolist(), curve.censored.tolist(), strict=True)
        ]
        return pd.DataFrame(rows, columns=["group", "level", "day", "at_risk", "events", "censored"])

    def to_frame(self) -> pd.DataFrame:
        """The estimates as a data frame with the fixed columns; shares between 0 and 1, stays in days."""
        import pandas as pd

        frame = pd.DataFrame([asdict(estimate) for estimate in self.estimates], columns=list(COLUMNS))
        return frame.astype({"time": "float64", "k": "Int64", "n": "int64", "value": "float64"})
