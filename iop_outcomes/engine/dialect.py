"""Takes names, words and scores, gives the pieces of SQL that write them: what intake and the default engine share."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

ROW = (
    "iop_outcomes_row"  # the place of a row, or of its episode, in its file; a name no file has: a column of a site may well be called row_
)
CELL_SIZE = "iop_outcomes_n"  # how many episodes a row stands for, where the rows are the cells of a table of counts
NUMBER_TYPE = "DECIMAL(18,6)"  # exact: no rounding moves a score across a cut-off


def quoted(name: str) -> str:
    """An identifier for SQL, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A string for SQL. Only words of a mapping or of this package pass through here, never a row's values."""
    return "'" + text.replace("'", "''") + "'"


def numbers_held_twice(text: str, table: str) -> str:
    """SQL of the hashes that several rows of a table share: all texts that stand twice are among theirs, and by chance another.

    Sorted numbers take a third of the room of a table of the texts.
    """
    hashes = f"SELECT hash({text}) AS number FROM {table} WHERE {text} IS NOT NULL"
    ordered = f"SELECT number, lag(number) OVER (ORDER BY number) AS before FROM ({hashes}) AS hashes"
    return f"SELECT number FROM ({ordered}) AS ordered WHERE number = before"


@dataclass(frozen=True, slots=True)
class Steps:
    """How scores of a scale are kept where they are not whole numbers from 0 on: as whole steps from its lowest score, exactly.

    Parameters
    ----------
    low, step : int or Decimal
        The lowest score and the distance of two scores, in points.
    """

    low: int | Decimal
    step: int | Decimal

    def kept(self, points: str) -> str:
        """SQL for points as steps, halves up: twice the points over twice the step are exact where a quotient of decimals is not."""
        step = Fraction(self.step)
        return f"CAST(floor((({points} - ({self.low})) * {2 * step.denominator} + {step.numerator}) / {2 * step.numerator}) AS INTEGER)"

    def points(self, kept: str) -> str:
        """SQL for steps as points."""
        return f"CAST({self.low} + CAST({kept} AS INTEGER) * {self.step} AS {NUMBER_TYPE})"
