"""Takes the first lines of a file whose first one names no column, gives which of them is the header, and whether a line may be one at all."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

FEWEST_NAMES = 2  # known ones that make a line a header
FEWEST_COLUMNS = 3
_VALUE = re.compile(r"\d{3}|\d[-/.]\d|^[^A-Za-z\u00aa-\uffff]*$")  # a number, a date, an id, or nothing: no name of a column


def lines_before_header(lines: Sequence[Sequence[str]], known: Callable[[Sequence[str]], int]) -> int:
    """How many lines stand before the names of the columns: titles and notes; 0 where the first line holds a known name, or none does.

    Parameters
    ----------
    lines : sequence of sequence of str
        The cells of the first lines, empty lines included.
    known : callable
        How many of some cells are names of columns that are known.

    Examples
    --------
    >>> lines_before_header([["Log of May"], [], ["Id", "Track", "LOS"]], lambda cells: len({"Track", "LOS"} & set(cells)))
    2
    """
    if not lines or known(lines[0]):
        return 0
    counts = [(known(cells), -place) for place, cells in enumerate(lines) if _filled(cells) > _filled(lines[0])]
    most, place = max(counts, default=(0, 0))
    return -place if most >= FEWEST_NAMES else 0


def may_be_names(cells: Sequence[str]) -> bool:
    """Whether a line may be one of names, none of which is known: enough of them, and none like a value that a row holds.

    Examples
    --------
    >>> may_be_names(["id_episodio", "fecha_alta", "PHQ9_alta"]), may_be_names(["E1", "mood", "completed", "44"])
    (True, False)
    """
    names = [cell for cell in cells if cell]
    return len(set(names)) == len(names) >= FEWEST_COLUMNS and not any(_VALUE.search(name) for name in names)


def cells_of(line: str, separators: Sequence[str]) -> tuple[list[str], str]:
    """The cells of one line of a text, and what stands between them: the one of some separators that it holds most of."""
    delimiter = max(separators, key=line.count)
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line), delimiter=delimiter), [])], delimiter


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell) for cell in cells)
