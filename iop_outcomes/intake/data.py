"""Takes a loaded engine and what was found on the way, gives `Data`: what every public function reads."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from typing import Self

from iop_outcomes.engine.duckdb import DuckEngine
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.intake.findings import Finding
from iop_outcomes.results import Flow, Provenance
from iop_outcomes.scales import Scale


@dataclass(frozen=True, eq=False)
class Data:
    """A loaded program.

    Parameters
    ----------
    engine : DuckEngine
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

    Notes
    -----
    Also a context manager: leaving it closes the engine and removes its private folder.
    """

    engine: DuckEngine
    findings: tuple[Finding, ...]
    flow: tuple[Flow, ...]
    provenance: Provenance
    scales: Dictionary[str, Scale]
    groups: tuple[str, ...]
    cannot: Dictionary[str, str] = field(default_factory=dict)

    @property
    def data_class(self) -> str:
        """The declared class: safe_harbor, limited_data_set, synthetic or public."""
        return self.provenance.data_class

    @property
    def episodes(self) -> int:
        """Episodes used."""
        return next(flow.used for flow in self.flow if flow.what == "episodes")

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

    def close(self) -> None:
        """Close the engine and remove its private folder."""
        self.engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        lines = [f"Data: {self.episodes:,} episodes, class {self.data_class}", *(f"  {flow}" for flow in self.flow)]
        lines += [f"  {finding}" for finding in self.findings]
        return "\n".join(lines)
