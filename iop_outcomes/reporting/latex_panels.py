r"""Takes a table of words, gives it in panels that a page of an article holds, by how wide and how long LaTeX sets their words.

Widths are in em: of the size of the letters. A page is the one of LaTeX's article on Letter; A4 has the same width and is longer. What fits fits at 10, 11
and 12 points, in Computer Modern; other fonts of journals are narrower.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from iop_outcomes.show.tables import Table

PAGES = ((9.0, 345.0), (10.0, 360.0), (10.95, 390.0))
r"""Letters of `\small` and the width of the text of an article of 10, 11 and 12 points, in points."""
BETWEEN = 12.0  # points that a column takes beside its words
LINES = 38  # of \small on the page of an article of 12 points, the shortest, less what a float leaves
_BOX = 1.03  # letters of 9 points: an em of theirs is more than 9 points

_WIDTHS = {
    character: width
    for width, characters in {
        0.29: "!',.:;`ijl[]|",
        0.35: " -fI\u00a0",
        0.41: "()rst",
        0.46: "cez",
        0.52: '"#$%&*/0123456789?@\\^_aogv\u2013',
        0.58: "bdhknpquxyJS~",
        0.66: "FLZ",
        0.74: "BCEPRT",
        0.80: "+<=>ADGHKNOQUVXYw\u2212\u2264\u2265\u00d7\u00b1",
        0.86: "m",
        0.95: "M",
        1.06: "W\u2014{}",
    }.items()
    for character in characters
} | {"%": 0.86, "$": 0.52, "#": 0.86, "&": 0.80, "@": 0.80}
_UNKNOWN = 1.06  # of a character of another script, where a font has it

NAMING_WIDEST = (
    20.0,
    16.0,
    13.0,
    10.0,
)  # words that name a row are broken into lines beyond one of these, whichever gives the fewest panels and lines
CELL_WIDEST = 12.0  # words of other cells beyond this
HEAD_NARROWEST = 5.0  # heads beyond this, if what stands under them is no wider


def words_width(words: str) -> float:
    """How wide words are, in em.

    Examples
    --------
    >>> round(words_width("42%"), 2)
    1.9
    """
    return sum(_character(character) for character in words)


def _character(character: str) -> float:
    """Width of a character; one with an accent is as wide as without."""
    return _WIDTHS.get(character) or _WIDTHS.get(unicodedata.normalize("NFD", character)[0], _UNKNOWN)


def broken(words: str, width: float) -> list[str]:
    """Words in lines of that width, broken at spaces alone.

    Examples
    --------
    >>> broken("Plausible range (completed)", 7)
    ['Plausible range', '(completed)']
    """
    lines: list[str] = []
    for word in words.split(" "):
        together = f"{lines[-1]} {word}" if lines else word
        if lines and words_width(together) <= width:
            lines[-1] = together
        else:
            lines.append(word)
    return lines


@dataclass(frozen=True, slots=True)
class SetColumn:
    """A column of a table and where its words are broken into lines.

    Parameters
    ----------
    head : str
        Stands above it.
    cells : tuple of str
        One for each row.
    right : bool
        Whether it stands from the right, as numbers do.
    widest, of_head : float
        Width in em beyond which words of a cell and of the head are broken; infinite where none is.
    """

    head: str
    cells: tuple[str, ...]
    right: bool
    widest: float = math.inf
    of_head: float = math.inf

    @property
    def width(self) -> float:
        """How wide it is set, in em."""
        return max([_set_width(self.head, self.of_head), *(_set_width(cell, self.widest) for cell in self.cells)])

    def at_most(self, widest: float) -> SetColumn:
        """The same, broken beyond a width, its head already where its cells are no wider; no word is broken."""
        of_cells = max([widest, *(_longest(cell) for cell in self.cells)])
        body = max([HEAD_NARROWEST, *(_set_width(cell, of_cells) for cell in self.cells)])
        return replace(self, widest=of_cells, of_head=max(body, _longest(self.head)))


def _longest(words: str) -> float:
    return max(words_width(word) for word in words.split(" "))


def _set_width(words: str, widest: float) -> float:
    width = words_width(words)
    return width if width <= widest else widest * _BOX


Panel = tuple[SetColumn, ...]


def lines_of(panel: Panel) -> float:
    """Lines of the page that columns take, one beside another, their rules included."""
    rows = zip(*(column.cells for column in panel), strict=True)
    widths = [column.widest for column in panel]
    return (
        _deepest([column.head for column in panel], [column.of_head for column in panel]) + sum(_deepest(row, widths) for row in rows) + 1.5
    )


def _deepest(cells: Sequence[str], widths: Sequence[float]) -> int:
    """Lines of the cell that has most."""
    return max(len(broken(cell, width)) if words_width(cell) > width else 1 for cell, width in zip(cells, widths, strict=True))


def fits(columns: Sequence[SetColumn]) -> bool:
    """Whether every page is wide enough for columns beside one another."""
    widths = [column.width for column in columns]
    return all(sum(widths) * size + BETWEEN * len(widths) <= room for size, room in PAGES)


def latex_panels(table: Table) -> list[Panel]:
    """A table in pieces as wide as a page, each beginning with the columns that name its rows; none is wider, unless a word is.

    Examples
    --------
    >>> long = Table("", ("", *(f"Number {n} of many" for n in range(12))), (("a", *("0.25 to 0.75",) * 12),))
    >>> [len(panel) for panel in latex_panels(long)]
    [6, 6, 3]
    """
    cells = zip(*table.rows, strict=True) if table.rows else (() for _ in table.heads)
    columns = [SetColumn(head, tuple(under), right) for head, under, right in zip(table.heads, cells, table.of_numbers, strict=True)]
    if fits(columns):
        return [tuple(columns)]
    ways = [_pieces(columns[: table.naming], columns[table.naming :], widest) for widest in NAMING_WIDEST]
    return min(ways, key=lambda pieces: (not all(map(fits, pieces)), len(pieces), sum(map(lines_of, pieces))))


def _pieces(naming: Sequence[SetColumn], others: Sequence[SetColumn], widest: float) -> list[Panel]:
    """As many columns as fit beside those that name a row, whose words are broken beyond a width; and so on with the rest."""
    names = tuple(column.at_most(widest) for column in naming)
    pieces: list[Panel] = []
    for column in (each.at_most(CELL_WIDEST) for each in others):
        if pieces and fits((*pieces[-1], column)):
            pieces[-1] = (*pieces[-1], column)
        else:
            pieces.append((*names, column))
    return pieces or [names]
