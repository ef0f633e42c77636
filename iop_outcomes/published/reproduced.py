"""Takes printed figures with what was computed for each, gives them as rows, in words, and how many were reproduced."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING

from iop_outcomes.published.text_tables import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

    from iop_outcomes.published.beside import StudiesBeside

REPRODUCED, DIFFERS, LACKING = "reproduced", "not reproduced", "not enough printed"
RESULTS = (REPRODUCED, DIFFERS, LACKING)


@dataclass(frozen=True, slots=True)
class ReproducedFigure:
    """One printed figure and what the others of its study give for it.

    Attributes
    ----------
    study, figure, quantity : str
        Where it stands.
    printed : str
        As printed.
    computed, difference : float
        What follows, and computed minus printed (of effect sizes whose definition is not printed, by size); NaN where nothing does.
    result : {"reproduced", "not reproduced", "not enough printed"}
    definition : str
        What was computed: the effect size's name, or the calculation.
    note : str
        How they agree, what is lacking, or what a reader should know.
    verified : str
        Whether the printed figure was seen in the source.
    source : str
        Where it was read, with page or table.
    """

    study: str
    figure: str
    quantity: str
    printed: str
    computed: float
    difference: float
    result: str
    definition: str
    note: str
    verified: str
    source: str


@dataclass(frozen=True, slots=True)
class Reproduction:
    """Every printed figure of some studies, and whether it follows from what else they print.

    Attributes
    ----------
    rows : tuple of ReproducedFigure
    beside : StudiesBeside or None
        Their figures beside those of a program, where its data were given.
    """

    rows: tuple[ReproducedFigure, ...]
    beside: StudiesBeside | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many figures were reproduced, were not, or lack what they follow from."""
        return {result: sum(row.result == result for row in self.rows) for result in RESULTS}

    def sentence(self) -> str:
        """The three numbers, and which studies print a figure that does not follow."""
        counts, studies = self.counts, {row.study for row in self.rows}
        text = f"{len(self.rows)} {'figure' if len(self.rows) == 1 else 'figures'} of {len(studies)} {'study' if len(studies) == 1 else 'studies'}: "
        text += ", ".join(f"{count} {result}" for result, count in counts.items()) + "."
        wrong = list(dict.fromkeys(row.study for row in self.rows if row.result == DIFFERS))
        return f"{text} Not reproduced in: {', '.join(wrong)}." if wrong else text

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each printed figure and the attributes of `ReproducedFigure` as columns."""
        import pandas as pd

        return pd.DataFrame(self.to_records(), columns=[each.name for each in fields(ReproducedFigure)])

    def to_records(self) -> list[dict[str, object]]:
        """The rows as plain values; what could not be computed is None."""
        return [{name: None if value != value else value for name, value in asdict(row).items()} for row in self.rows]  # noqa: PLR0124 - NaN alone differs from itself

    def to_text(self) -> str:
        """The rows in columns of words, and the three numbers."""
        text = f"{text_table(_HEADS, _cells(self.rows))}\n\n{self.sentence()}"
        return text if self.beside is None else f"{text}\n\n{self.beside.to_text()}"

    def __repr__(self) -> str:
        return self.sentence()

    def _repr_html_(self) -> str:
        more = "" if self.beside is None else self.beside._repr_html_()
        return html_table(self.sentence(), _HEADS, _cells(self.rows)) + more


_HEADS = ("study", "figure", "quantity", "printed", "computed", "difference", "result", "definition", "note")


def _cells(rows: Iterable[ReproducedFigure]) -> list[tuple[str, ...]]:
    return [
        (
            row.study,
            row.figure,
            row.quantity,
            row.printed,
            _digits(row.computed),
            _digits(row.difference),
            row.result,
            row.definition,
            row.note,
        )
        for row in rows
    ]


def _digits(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"
