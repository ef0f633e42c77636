"""Takes estimates and where they come from, gives `Results`: numbers with their definitions, which nothing here draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from iop_outcomes.columns import Column, ScoreAt
from iop_outcomes.keys import ALL, MISSING_LEVEL, Contrast, Flags, Key, Place, written
from iop_outcomes.stats.curves import Curve
from iop_outcomes.stats.draft import Population, Standardisation

if TYPE_CHECKING:
    import pandas as pd

Better = Literal["higher", "lower", "neither"]
Meaning = Literal["", "better", "no change", "worse"]
UNVERIFIED = "\u2020"  # the sign of a number that rests on a figure whose source was not seen

Role = Literal[
    "",
    "middle",
    "lower_quartile",
    "upper_quartile",
    "mean",
    "both_known",
    "before",
    "after",
    "change",
    "distance",
    "unrecorded",
    "left_early",
    "with_event",
    "free_of_ends",
    "observed",
    "modelled",
    "known_at_end",
    "expected",
    "tipping",
    "worst_end",
    "verdict",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with everything that must travel with it; the fields are the columns of every frame, in this order.

    `group` is the `by=` column and `level` its value ("All" for everyone); with two columns `group_2` and `level_2` are the second, blank
    otherwise; `contrast` says from whom a difference is taken, and
    `versus` names the level of "minus_level". `value`, `se`, `low` and `high` are in `unit`; NaN where the data allow none, and
    then `flag` says why. `p` belongs to contrasts and tests, `p_adjusted` to contrasts alone, `word` to contrasts and to the largest
    standardised difference, `statistic` and `df` to tests. `n` and `k` are this number's own denominator and numerator, `n_at_risk` the episodes followed to its day.
    """

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
    value: float
    se: float
    low: float
    high: float
    p: float
    p_adjusted: float
    word: str
    statistic: float
    df: float
    conf_level: float
    method: str
    n: int
    k: int | None
    n_at_risk: int | None
    n_missing: int
    excluded: int
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


def as_words(estimate: Any) -> dict[str, str]:
    """The cells of an estimate, released or not, that hold members of closed sets, as plain words."""
    return {
        "flag": written(estimate.flag),
        **{name: str(getattr(estimate, name)) for name in ("group", "level", "group_2", "level_2", "contrast", "versus", "word")},
    }


COLUMNS = tuple(item.name for item in fields(Estimate))


@dataclass(frozen=True, slots=True)
class EstimandDefinition:
    """What one number of a measure means, in words that a report prints.

    `sentence` and `headline` are templates; `none` follows a value of 0, and `missing` a base that
    is smaller because something is not known. `beside` names numbers that follow the sentence, each by its `aside`, or by its
    `aside_none` when there are none; nothing follows where that is empty; those of `compared_beside` are compared
    between groups wherever it is. The value is shown only where every number of the
    estimands it `rests_on` is, and never where it is `word_only`: its word stands without it; where it has `digits`, it and its
    limits are rounded to so many decimals, and no error stands beside them. `role` says what it is in a sentence
    or a chart that is about several numbers of one measure; `short` is its label under a heading that names the measure, `axis` the
    words of its axis, and `about` the column or score it speaks of, where it speaks of the data themselves. Means with one name of `total`
    are of the same sum over different episodes. `meaning` says what the part of a whole is that it counts, which gives it its colour everywhere;
    `unverified` names the figures behind it whose source was not seen: then it carries a sign wherever it is printed. `when` stands before
    its day, where it has one: what happens "by day 90" is over by then, what is seen "around day 28" is of those days. `better` says in
    which direction it is good, where that is not said by `meaning`, nor by the measure of the number that groups are compared by.
    A verdict `judges` another number, and holds it against a `bound`, in its unit: below 0 where lower is worse.
    """

    name: str
    label: str
    counted: str
    among: str
    interval: str
    unit: str
    sentence: str = ""
    headline: str = ""
    none: str = ""
    missing: str = ""
    beside: tuple[str, ...] = ()
    compared_beside: tuple[str, ...] = ()
    aside: str = ""
    aside_none: str = ""
    rests_on: tuple[str, ...] = ()
    word_only: bool = False
    digits: int | None = None
    role: Role = ""
    short: str = ""
    axis: str = ""
    about: Column | ScoreAt | None = None
    total: str = ""
    meaning: Meaning = ""
    unverified: str = ""
    when: str = "by day"
    better: Better | Literal[""] = ""
    judges: str = ""
    bound: float = math.nan

    def at(self, time: float | None) -> str:
        """Its day in words, where it has one.

        Examples
        --------
        >>> share = EstimandDefinition("share", "Share", "those counted", "everyone", "none", "share")
        >>> share.at(90.0), share.at(None)
        ('by day 90', '')
        """
        return "" if time is None or math.isnan(time) else f"{self.when} {time:g}"

    @property
    def marked_label(self) -> str:
        """Its label, with the sign of a number that rests on a figure whose source was not seen."""
        return f"{self.label}{UNVERIFIED}" if self.unverified else self.label


@dataclass(frozen=True, slots=True)
class Portion:
    """Episodes of some parts of one way of dividing.

    Parameters
    ----------
    way : str
        Name of the way (`Population.family`), or of a grouping column.
    parts : frozenset of str
        Some of its parts, or of the levels of the column.
    kind : {"measure", "elsewhere", "column"}
        Whether the way is one of the measure that speaks of it, of other measures, which all mean the same by it, or a column.

    Examples
    --------
    >>> print(Portion("discharges", frozenset({"completed", "transferred"})))
    discharges: completed, transferred
    """

    way: str
    parts: frozenset[str]
    kind: Literal["measure", "elsewhere", "column"] = "measure"

    def __str__(self) -> str:
        return f"{self.way}: {', '.join(sorted(self.parts))}"


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That no episode is in one portion and not in another, by what their parts mean.

    `guarded` says that both are printed, so that those who are in the outer alone may not be few; `besides` are more portions that lie
    in the outer one and share no episode with the inner one nor with each other.
    """

    inner: Portion
    outer: Portion
    guarded: bool = False
    besides: tuple[Portion, ...] = ()


@dataclass(frozen=True, slots=True)
class Definition:
    """What a measure means: the part of its declaration that travels with its numbers.

    `chart` names an entry of the registry of charts in `show`, `shown` the estimands that it draws; `subject` is what is measured,
    within a sentence, where that is not the title, and `coarse` says what was merged or rounded so that more can be shown, and why;
    `inclusions` say which of the parts that its numbers count hold episodes of which others, so that release knows it too; `adjustments`
    say of each name in the column `adjustment` what is allowed for, within a sentence.
    """

    measure: str
    title: str
    asks: str
    better: Better
    estimands: tuple[EstimandDefinition, ...]
    parts: Mapping[str, str]
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chart: str = "dot_range"
    shown: tuple[str, ...] = ()
    subject: str = ""
    coarse: str = ""
    inclusions: tuple[Inclusion, ...] = ()
    adjustments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def estimand(self, name: str) -> EstimandDefinition:
        """The definition of one of its estimands."""
        return next(item for item in self.estimands if item.name == name)

    def has_role(self, role: Role) -> bool:
        """Whether any of its estimands has a role."""
        return any(item.role == role for item in self.estimands)

    def in_role(self, role: Role) -> str:
        """The name of the estimand that has a role."""
        return next(item.name for item in self.estimands if item.role == role)

    def __str__(self) -> str:
        lines = [f"{self.title}. {self.asks}"]
        lines += [f"  {e.name}: {e.counted}, among {e.among}. Interval: {e.interval}. Unit: {e.unit}." for e in self.estimands]
        lines += [f"  Note: {note}" for note in self.notes]
        lines += [f"  Source: {source}" for source in self.sources]
        return "\n".join(lines)


def _strata_out(standard: Standardisation) -> str:
    if standard.strata_out == standard.strata:
        return f"in all {standard.strata} strata, none of which holds both sides: not assessable"
    return f"in {standard.strata_out} of {standard.strata} strata in which either side has too few"


CHOSEN = "outside "  # how the reason begins for which episodes are left out on purpose, by `Data.where`


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
    conditions: tuple[str, ...] = ()  # that the episodes were chosen by, as column and values
    part2_tracks: tuple[str, ...] = ()  # of substance use treatment, as the mapping names them and the data hold them


@dataclass(frozen=True, eq=False)
class Results:
    """A measure's estimates: working material, like rows, until they are released.

    With two columns they are those of everyone by the first, and `within` holds the same once more for each level of the second:
    whatever is computed, released or drawn by one column is so in each of these slices. Iterating goes over all of them.

    Parameters
    ----------
    definition : Definition
        What the numbers mean.
    group : str
        The first `by=` column, "All" when there is none.
    estimates : tuple of Estimate
        One for each level and estimand; the level "All" first.
    populations : dict of (level, Key of the estimate) to Population
        Who each estimate speaks of, for the flow and for disclosure control.
    provenance : Provenance
        Where they come from.
    curves : dict of level to Curve
        For measures of time: what is drawn, and the table of those still followed.
    among_grouped : callable, optional
        From a grouping column, the same results without the episodes that have no value of it, where there are any: what is
        shown when so few of them may not be.
    only_grouped : bool
        Whether they were left out.
    coarser : callable, optional
        Gives the same results in coarser forms, the least information lost first: release shows one of them where too much of
        a finer one could not be seen.
    group_2, level_2 : str
        The second `by=` column and the level of it whose episodes these are, "All" for every one; blank when there is no second.
    within : dict of level to Results
        For each other level of the second column, the results of its episodes.
    class_of : dict of str to str
        Where the groups are classes of the first column's levels, the class of each level.
    lined : bool
        Whether released curves come with the lines and limits that a figure draws.
    """

    definition: Definition
    group: str
    estimates: tuple[Estimate, ...]
    populations: Mapping[tuple[str, Key], Population]
    provenance: Provenance
    curves: Mapping[str, Curve] = field(default_factory=dict)
    among_grouped: Callable[[str], Results] | None = None
    only_grouped: bool = False
    coarser: Callable[[], Iterator[Results]] | None = None
    group_2: str = ""
    level_2: str = ""
    within: Mapping[str, Results] = field(default_factory=dict)
    class_of: Mapping[str, str] = field(default_factory=dict)
    lined: bool = False

    def with_lines(self) -> Results:
        """The same, whose released curves come with lines and limits; so in every form that release may choose."""
        forms, grouped = self.coarser, self.among_grouped
        return replace(
            self,
            lined=True,
            within={level: part.with_lines() for level, part in self.within.items()},
            coarser=None if forms is None else lambda: (form.with_lines() for form in forms()),
            among_grouped=None if grouped is None else lambda column: grouped(column).with_lines(),
        )

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels of the first column in the order of the estimates, "All" first."""
        return tuple(dict.fromkeys(estimate.level for estimate in self.estimates))

    @property
    def slices(self) -> tuple[Results, ...]:
        """The results of each level of the second column, those of every level first; these alone where there is no second."""
        return (replace(self, within={}), *self.within.values()) if self.within else (self,)

    @property
    def places(self) -> tuple[Place, ...]:
        """Every group that has estimates, everyone first."""
        return tuple(Place(level, part.level_2) for part in self.slices for level in part.levels)

    @cached_property
    def placed_populations(self) -> dict[tuple[Place, Key], Population]:
        """Who each estimate of every slice speaks of."""
        return {(Place(level, part.level_2), key): people for part in self.slices for (level, key), people in part.populations.items()}

    @property
    def ungrouped(self) -> dict[str, int]:
        """How many episodes have no value of a grouping column, for each that is not known of some."""
        columns = {self.group: Place(MISSING_LEVEL, self.level_2), self.group_2: Place(ALL, MISSING_LEVEL)}
        sizes = {place: sum(people.parts.values()) for (place, key), people in self.placed_populations.items() if not key.contrast}
        return {column: sizes[place] for column, place in columns.items() if place in sizes}

    @property
    def flow(self) -> tuple[Flow, ...]:
        """For everyone: rows in = used + excluded by reason, one for each estimand."""
        return (*(self._flow(str(key), self.populations[ALL, key]) for key in self.flowing), *self.left_out.values())

    @property
    def flowing(self) -> tuple[Key, ...]:
        """The numbers of which everyone's flow is given, in order: what is adjusted has that of the number as it stands."""
        return tuple(key for level, key in self.populations if level == ALL and not key.contrast and not key.adjustment)

    @property
    def left_out(self) -> Mapping[tuple[str, Key], Flow]:
        """For each adjusted comparison that leaves strata out: the episodes compared, and how many of them stand in these."""
        verdicts = {item.name for item in self.definition.estimands if item.role == "verdict"}
        return {
            (level, key): Flow(f"{key}, of {level}", standard.everyone, {_strata_out(standard): standard.out})
            for (level, key), people in self.populations.items()
            if key.contrast and key.estimand not in verdicts and (standard := people.standard) is not None and standard.strata_out
        }

    def _flow(self, estimand: str, population: Population) -> Flow:
        out = {part: n for part, n in population.parts.items() if part not in population.base}
        words = {self.definition.parts.get(part, part): n for part, n in out.items()}
        return Flow(estimand, sum(population.parts.values()), words)

    def __repr__(self) -> str:
        """What they are of, without a number: shown in a notebook or a log, everything they hold would be."""
        by = f" by {' and '.join(filter(None, (self.group, self.group_2)))}" if self.group else ""
        return f"Results: {self.definition.title}{by}, {len(list(self)):,} estimates; working material, to be handled like the data"

    def __iter__(self) -> Iterator[Estimate]:
        return (estimate for part in self.slices for estimate in part.estimates)

    def at_risk_to_frame(self) -> pd.DataFrame:
        """For measures of time: day, at risk, events and censored (both up to and including the day) in each group."""
        import pandas as pd

        rows = [
            (str(part.group), str(level), str(part.group_2), str(part.level_2), *row)
            for part in self.slices
            for level, curve in part.curves.items()
            for row in zip(curve.ticks.tolist(), curve.at_risk.tolist(), curve.events.tolist(), curve.censored.tolist(), strict=True)
        ]
        return pd.DataFrame(rows, columns=["group", "level", "group_2", "level_2", "day", "at_risk", "events", "censored"])

    def to_frame(self) -> pd.DataFrame:
        """The estimates as a data frame with the fixed columns; shares between 0 and 1, stays in days."""
        import pandas as pd

        rows = [asdict(estimate) | as_words(estimate) for estimate in self]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        floats = dict.fromkeys(("time", "value", "p", "p_adjusted", "statistic", "df"), "float64")
        return frame.astype({**floats, "k": "Int64", "n_at_risk": "Int64", "n": "int64"})
