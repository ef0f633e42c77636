"""Takes a loaded engine and what was found on the way, gives `Data`: what every public function reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from iop_outcomes.columns import COUNTED, PERIODS, Column, Facts, Request
from iop_outcomes.counts import Counts, Level
from iop_outcomes.engine import Engine
from iop_outcomes.engine.narrowed import Condition, Narrowed
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.intake.dated_changes import DatedChange
from iop_outcomes.intake.findings import Finding
from iop_outcomes.intake.table import EpisodeTable
from iop_outcomes.intake.targets import Target
from iop_outcomes.progress import report_step
from iop_outcomes.results import CHOSEN, Flow, Provenance
from iop_outcomes.scales import Scale
from iop_outcomes.stats.periods import read_period

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Data:
    """A loaded program.

    Parameters
    ----------
    engine : Engine
        Holds the rows; they stay there.
    findings : tuple of Finding
        What is wrong with the data, and what was not read.
    flow : tuple of Flow
        For each table: rows in = used + excluded by rule.
    provenance : Provenance
        Inputs with their fingerprints, class, cut-off.
    scales : dict of str to Scale
        Scales in force.
    groups : tuple of str
        Columns that `by=` may name.
    cannot : dict of str to str
        What the layout of the files never brings and measures may need, each with the reason.
    tabulate : callable, optional
        Makes the table with one row per episode; `iop_outcomes.load` gives it.
    on_error : {"raise", "exclude"}
        Whether faulty rows were to be left out.
    narrowings : tuple of tuple of Condition
        How the episodes were chosen among all that were loaded, one step after the other.
    program : str
        What the program is called, where the mapping names it.
    primary : str
        The primary outcome in words, where the mapping names it.
    targets : tuple of Target
        What the program means to reach, where the mapping declares it.
    changes : tuple of DatedChange
        What the program began to do differently and when, where the mapping declares it.

    Notes
    -----
    Also a context manager: leaving it closes the engine and removes its private folder.
    """

    engine: Engine
    findings: tuple[Finding, ...]
    flow: tuple[Flow, ...]
    provenance: Provenance
    scales: Dictionary[str, Scale]
    groups: tuple[str, ...]
    cannot: Dictionary[str, str] = field(default_factory=dict)
    tabulate: Callable[[Data], EpisodeTable] | None = None
    on_error: str = "raise"
    narrowings: tuple[tuple[Condition, ...], ...] = ()
    program: str = ""
    primary: str = ""
    targets: tuple[Target, ...] = ()
    changes: tuple[DatedChange, ...] = ()

    @property
    def data_class(self) -> str:
        """The declared class: safe_harbor, limited_data_set, synthetic or public."""
        return self.provenance.data_class

    @property
    def episodes(self) -> int:
        """Episodes used."""
        return next(flow.used for flow in self.flow if flow.what == COUNTED)

    @property
    def facts(self) -> Facts:
        """What the data can answer."""
        return self.engine.facts()

    def count(self, requests: Sequence[Request]) -> Counts:
        """Count the episodes in each combination of what is asked: one table."""
        return self.engine.tally([requests])[0]

    def count_all(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        """Count several tables together, which takes fewer scans than one after the other."""
        return self.engine.tally(sets)

    def group(self, by: str) -> str:
        """Check a `by=` column.

        Raises
        ------
        UsageError
            When the data have no such column to group by.
        """
        if by not in self.groups:
            raise UsageError(f'by: the data have no column "{by}" to group by. {choices(by, self.groups)}')
        return by

    def where(self, /, **conditions: str | Sequence[Level]) -> Data:
        """The episodes that meet some conditions, as data like any other; the flow says how many are left out.

        Parameters
        ----------
        conditions : str, list or pair of str
            By column of groups: one value, a list of values any of which will do, or, for a column of periods, a tuple of the first
            and the last ("2024-Q1", "2024-Q4").

        Returns
        -------
        Data
            Of the same files; closing either closes both. Whether follow-up stops at the event is judged among these episodes.

        Raises
        ------
        UsageError
            When there is no such column, no such value in it, or no episode that meets them all.

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     one = data.where(track=["psychosis"], discharge_quarter=("2024-Q1", "2024-Q4"))
        ...     print(one.flow[0])
        episodes: 1,200 in = 28 used + 1,172 outside track psychosis and discharge_quarter 2024-Q1 to 2024-Q4
        """
        report_step("choosing episodes")
        added = tuple(self._condition(column, values) for column, values in conditions.items())
        if not added:
            return self
        base, before = (self.engine.engine, self.engine.conditions) if isinstance(self.engine, Narrowed) else (self.engine, ())
        engine = Narrowed(base, (*before, *added))
        used, words = engine.tally([[]])[0].total, " and ".join(str(condition) for condition in added)
        if not used:
            raise UsageError(f"where: no episode has {words}. Choose other values.")
        outside = f"{CHOSEN}{words}"  # the same condition may be asked for twice
        flow = tuple(
            replace(each, excluded={**each.excluded, outside: each.excluded.get(outside, 0) + each.used - used})
            if each.what == COUNTED
            else each
            for each in self.flow
        )
        rules = (*self.provenance.rules, f"only episodes with {words}")
        tracks = self.provenance.part2_tracks
        counts = engine.tally([[Column("track")]])[0] if tracks else None
        here = tuple(track for track in tracks if counts is not None and counts.n[counts.is_in("track", [track])].any())
        chosen_by = (*self.provenance.conditions, *(str(condition) for condition in added))
        provenance = replace(self.provenance, rules=rules, conditions=chosen_by, part2_tracks=here)
        return replace(self, engine=engine, flow=flow, provenance=provenance, narrowings=(*self.narrowings, added))

    def discharged(self, first: str, last: str) -> Data:
        """The episodes discharged from one period to another, both included.

        Parameters
        ----------
        first, last : str
            Two months ("2024-03"), two quarters ("2024-Q1") or two years ("2024") of the calendar.

        Returns
        -------
        Data
            As `where` gives it.

        Raises
        ------
        UsageError
            When these are no two periods of one kind, or the data do not say in which of them episodes were discharged.
        """
        kinds = [read_period(words) for words in (first, last)]
        frequencies = {kind.per_year for kind in kinds if kind is not None}
        if None in kinds or len(frequencies) > 1:
            raise UsageError(f'period: "{first}" and "{last}" are no two months (2024-03), quarters (2024-Q1) or years (2024).')
        per_year = frequencies.pop()
        ends = (first, last) if per_year > 1 else (f"{first}-Q1", f"{last}-Q4")
        column = "discharge_month" if per_year == 12 else "discharge_quarter"
        if column not in self.groups:
            column, ends = "period", (first, last)  # of a file without dates, in whatever kind of period it has
        if column not in self.groups:
            raise UsageError("period: the data do not say when episodes were discharged. Give discharge dates, or the column period.")
        return self.where(**{column: ends})

    def _condition(self, column: str, values: str | Sequence[Level]) -> Condition:
        """One condition, checked against the values that the column holds."""
        if column not in self.groups and column in PERIODS:
            if "period" in self.groups and not column.startswith("admit"):
                raise UsageError(
                    f'where: there is no "{column}", as the data have no discharge dates. They have the column period: choose by it.'
                )
            when = (
                "admitted. Give admission dates" if column.startswith("admit") else "discharged. Give discharge dates, or the column period"
            )
            raise UsageError(f'where: there is no "{column}", as the data do not say when episodes were {when}.')
        if column not in self.groups:
            raise UsageError(f'where: the data have no column "{column}" of groups. {choices(column, self.groups)}')
        if values is None or not isinstance(values, str | Collection):
            raise UsageError(
                f'where: give the value of "{column}", or a list of values, as texts. Episodes without a value cannot be chosen.'
            )
        if isinstance(values, tuple) and len(values) == 2 and column in PERIODS:
            first, last = (str(value) for value in values)
            if len({None if kind is None else kind.per_year for kind in (read_period(first), read_period(last))}) > 1:
                raise UsageError(f'where: {column} from "{first}" to "{last}" is of two kinds. Give two months, two quarters or two years.')
            if first > last:
                raise UsageError(f'where: {column} from "{first}" to "{last}": give the earlier first.')
            return Condition(column, between=(first, last))
        levels = (values,) if isinstance(values, str) else tuple(values)
        there = {str(level): level for level in self.count([Column(column)]).levels(column) if level is not None}
        if not levels or None in levels:
            raise UsageError(f'where: an empty list, or a blank in it, chooses nothing in "{column}". List the values to choose.')
        unknown = [str(level) for level in levels if str(level) not in there]
        if unknown:
            raise UsageError(f'where: no episode has {column} "{", ".join(unknown)}". Check the spelling against the codes of the mapping.')
        return Condition(column, tuple(there[str(level)] for level in levels))

    def episode_table(self) -> EpisodeTable:
        """One row per episode, with what every column says: what `to_frame`, `codebook` and files are made of."""
        if self.tabulate is None:
            raise UsageError("These data were not loaded by iop_outcomes.load, which says how a table of them is made.")
        return self.tabulate(self)

    def to_frame(self) -> pd.DataFrame:
        """One row per episode: every column of the episodes, and what the measures make of each. Working material, like the data.

        Returns
        -------
        DataFrame
            Scores at admission and discharge, change, reliable change, recovery, how the episode counts in completion, stay, day and kind
            of the first event after discharge, and whether it is followed. `codebook` says what each column means. Under class
            safe_harbor no date and no period is in it, ids are numbers that begin with 1, and rows are in no order of theirs.

        Notes
        -----
        An episode gets what its cell gets in the counts of a measure, so that the table summed over them gives the same counts.

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     frame = data.to_frame()
        >>> len(frame), int((frame.completion == "completed").sum()), int(frame.phq9_change.count())
        (1200, 642, 817)
        """
        return self.episode_table().to_frame()

    def codebook(self) -> pd.DataFrame:
        """One row for each column of `to_frame`: what it says, what is counted from it, its unit and words, and how many are blank.

        Returns
        -------
        DataFrame
            Columns column, words, definition, unit, source (canonical or derived), measure, values, blank, n and n_blank.

        Examples
        --------
        >>> import iop_outcomes as iop
        >>> with iop.load("data/synthetic") as data:
        ...     codebook = data.codebook().set_index("column")
        >>> codebook.loc["phq9_change", ["words", "unit", "source"]].tolist()
        ['change in PHQ-9, positive for improvement', 'points', 'derived']
        """
        return self.episode_table().codebook_to_frame()

    def close(self) -> None:
        """Close the engine and remove its private folder."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        lines = [
            f"Data: {self.episodes:,} episodes, class {self.data_class}; working material, to be handled like the data",
            *(f"  {flow}" for flow in self.flow),
        ]
        lines += [f"  {finding}" for finding in self.findings]
        return "\n".join(lines)
