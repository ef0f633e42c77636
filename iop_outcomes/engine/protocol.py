"""Takes checked tables of rows, gives counts: what every engine does, and no row leaves through all but one of its functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from iop_outcomes.columns import Facts, Request
from iop_outcomes.counts import Counts
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd


class Engine(Protocol):
    """What every engine does."""

    def facts(self) -> Facts:
        """What the data can answer, computed once."""

    def refuses(self, requests: Sequence[Request]) -> str:
        """Why some requests cannot be counted together, and what to do; "" where they can, as rows always can be."""

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        """Count the episodes in each combination of what each set of requests asks: one table for each, from as few scans as there may be.

        A blank is a level of its own, the same request twice counts once, and the cells of a table sum to the episodes.
        """

    def patients(self, requests: Sequence[Request]) -> Patients:
        """Count the patients behind a tally by the combination of cells their episodes stand in; a blank patient is one of their own."""

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """The rows themselves, for models of repeated scores alone."""

    def close(self) -> None:
        """Let go of the rows, and of whatever was kept of them."""
