"""Takes checked tables of rows, gives counts: what every engine does, and no row leaves through all but one of its functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from iop_outcomes.columns import Request
from iop_outcomes.counts import Counts
from iop_outcomes.engine.rules import Fault, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from iop_outcomes.engine.recipe import Recipe
    from iop_outcomes.patients import Patients


class Engine(Protocol):
    """What every engine does."""

    def prepare(self, recipes: Mapping[str, Recipe], excluded: Mapping[str, Sequence[int]]) -> None:
        """Make the typed tables that requests read, without the excluded rows."""

    def faults(self, rules: Sequence[Rule]) -> list[Fault]:
        """Rows that break each rule, found in one scan of a table."""

    def tally(self, requests: Sequence[Request]) -> Counts:
        """Count the episodes in each combination of what is asked."""

    def patients(self, requests: Sequence[Request]) -> Patients:
        """Count the patients behind a tally by the combination of cells their episodes stand in."""

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """The rows themselves, for models of repeated scores alone."""
