"""Takes checked tables of rows, gives counts: six functions, and no row leaves through five of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from iop_outcomes.columns import Request
from iop_outcomes.counts import Counts, Floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from iop_outcomes.engine.recipe import Recipe
    from iop_outcomes.patients import Patients


@dataclass(frozen=True, slots=True)
class Rule:
    """A check as data: what must not be true of a row.

    Parameters
    ----------
    id : str
        Its short name, which findings and exit messages quote.
    table : str
        The table it reads.
    columns : tuple of str
        Canonical columns it speaks of; the finding points at the first.
    predicate : str
        SQL that is true of a faulty row. `x` is the value cast to its declared type, `x__text` what stood in the file.
    message, hint : str
        What is wrong, and what to do.
    severity : {"error", "warning", "note"}
        Whether the row can be used, can be used with care, or is as declared and only worth knowing.
    """

    id: str
    table: str
    columns: tuple[str, ...]
    predicate: str
    message: str
    hint: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows that break a rule: their positions in the file (0 is the first row of data), never their values."""

    rule: Rule
    rows: tuple[int, ...]


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

    def cluster_sums(self, requests: Sequence[Request], influences: Floats) -> Floats:
        """K x K sums over patients of products of their summed influences; shape (cells, K) in, (K, K) out."""

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """The rows themselves, for models of repeated scores alone."""
