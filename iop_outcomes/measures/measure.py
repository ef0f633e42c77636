"""Takes what an outcome needs and how it is worded, gives a `Measure`: one frozen declaration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from iop_outcomes.columns import Request
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures.episode_column import EpisodeColumn
from iop_outcomes.results import Better, Definition, EstimandDefinition, Inclusion
from iop_outcomes.stats.curves import Curve
from iop_outcomes.stats.draft import Draft


@dataclass(frozen=True)
class Finer:
    """The form of a measure whose numbers a coarse form repeats, before they are rounded.

    Parameters
    ----------
    measure : Measure
        That form.
    left_out : frozenset of str
        Estimands of it that the coarse form lacks.
    anew : Measure, optional
        Draws up those estimands alone that the coarse form computes in another way.
    """

    measure: Measure
    left_out: frozenset[str] = frozenset()
    anew: Measure | None = None


@dataclass(frozen=True)
class Measure:
    """One question about the program.

    Parameters
    ----------
    name, title, asks : str
        Name in calls, title in reports, and the question in one sentence.
    requests : tuple
        What it needs of rows.
    among : str
        Its population, in words.
    excludes : dict of str to str
        Parts of the rows outside the population, each with the words a report prints; each is counted.
    unit : str
        Name of one of `units.UNITS`.
    better : {"higher", "lower", "neither"}
        Which direction is good.
    draft : callable
        A pure function of Counts; of the keys that are wanted too (`only`), where it is `selective`.
    estimands : tuple of EstimandDefinition
        Each number, with its words.
    sources, notes : tuple of str
        Where it comes from, and every place it differs from a usual definition, with how to switch.
    chart, shown : str, tuple of str
        Which chart shows it, of which estimands; the first estimand by default.
    across : callable, optional
        From the counts of every level, drafts that compare levels, each with the level it belongs to; their influences are of the
        cells of all levels, one level after the other.
    curve : callable, optional
        From counts, the curve to draw, for a measure of time.
    together : tuple of str
        Estimands that are given only where every level has them.
    settled : callable, optional
        From the counts of everyone, the `draft` as the whole file decides it, for what only the whole file tells.
    refuses : callable, optional
        From the counts of everyone, why the data cannot answer at all and what to do; "" when they can.
    main : str
        The number that groups are compared by; the first that is shown by default.
    variant : str
        Which of its named definitions this is; "" where it has one alone.
    subject : str
        What is measured, within a sentence, where that is not the title.
    selective : bool
        Whether `draft` takes `only`, the keys that are wanted: where each number by itself takes long.
    coarse : str
        What this form of a measure merges or rounds so that more of it can be shown, and why; "" for the finest form.
    coarser : callable, optional
        From the counts of every total and of the levels that it sums, everyone's first, coarser forms of this measure, the least
        information lost first: of fewer categories, or with rounded values. By one column there is one such division, by two also
        each level of either divided by the other. It knows nothing of what is withheld; release chooses among them.
    finer : Finer, optional
        For a coarse form: the form whose numbers it repeats, so that they need not be computed again.
    per_episode : callable, optional
        From the counts of everyone, what the measure makes of each episode: columns of the table with one row per episode, from the
        cells and parts that `draft` counts.
    between : frozenset of str
        Estimands that two groups make together and no group has by itself: they are given as comparisons alone.
    inclusions : tuple of Inclusion
        Which of the parts that `draft` counts hold episodes of which others, by their meaning: of other ways of dividing, or of other
        measures. Whoever reads a report knows it, so release must.
    needs_columns : tuple of str
        Columns that every table of rows brings, and without which data that came as counts cannot answer it.
    """

    name: str
    title: str
    asks: str
    requests: tuple[Request, ...]
    among: str
    excludes: Mapping[str, str]
    unit: str
    better: Better
    draft: Callable[..., tuple[Draft, ...]]
    estimands: tuple[EstimandDefinition, ...]
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    chart: str = "dot_range"
    shown: tuple[str, ...] = ()
    across: Callable[[Mapping[str, Counts]], list[tuple[str, Draft]]] | None = None
    curve: Callable[[Counts], Curve] | None = None
    together: tuple[str, ...] = ()
    settled: Callable[[Counts], Callable[..., tuple[Draft, ...]]] | None = None
    refuses: Callable[[Counts], str] | None = None
    main: str = ""
    variant: str = ""
    subject: str = ""
    selective: bool = False
    coarse: str = ""
    coarser: Callable[[Sequence[Mapping[str, Counts]]], Iterator[Measure]] | None = None
    finer: Finer | None = None
    per_episode: Callable[[Counts], tuple[EpisodeColumn, ...]] | None = None
    between: frozenset[str] = frozenset()
    inclusions: tuple[Inclusion, ...] = ()
    needs_columns: tuple[str, ...] = ()

    def drafts(self, counts: Counts, keys: Collection[Key]) -> tuple[Draft, ...]:
        """The drafts that have one of these keys."""
        drafts = self.draft(counts, only=frozenset(keys)) if self.selective else self.draft(counts)
        return tuple(draft for draft in drafts if draft.key in keys)

    @property
    def compared(self) -> str:
        """The number that groups are compared by unless another is named."""
        return self.main or (self.shown or (self.estimands[0].name,))[0]

    def better_of(self, estimand: str) -> Better:
        """Which direction of a number is good; "neither" where nothing says it."""
        number = self.definition.estimand(estimand)
        if number.better:
            return number.better
        if number.meaning in ("better", "worse"):
            return "higher" if number.meaning == "better" else "lower"
        return self.better if estimand == self.compared else "neither"

    @cached_property
    def definition(self) -> Definition:
        """The part that travels with the numbers."""
        return Definition(
            self.name,
            self.title,
            self.asks,
            self.better,
            self.estimands,
            self.excludes,
            self.sources,
            (*self.notes, *((self.coarse,) if self.coarse else ())),
            self.chart,
            self.shown or (self.estimands[0].name,),
            self.subject,
            self.coarse,
            self.inclusions,
        )
