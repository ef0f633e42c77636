"""Takes the blocks of page one, gives how many lines they take on paper, by their words alone: what decides whether a strip fits too."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from iop_outcomes.reporting.blocks import Block, Bullets, Cards, Note, TableBlock, Text
from iop_outcomes.show.tables import Table


@dataclass(frozen=True, slots=True)
class FirstSheet:
    """A sheet of paper, A4 or Letter, whichever holds less, in lines of a sentence of page one.

    What a line holds is counted and not measured, so that a page is the same everywhere: letters are those of the wider font, that of the PDF.

    Parameters
    ----------
    lines : float
        Of the sheet, without what stands over every page one: banners, name, lead, heading.
    letters : int
        Of a line.
    name_letters, name_line : int, float
        Of a line of the heading, which the name of the program begins, and how high each further line of it is.
    card_letters : int
        Of a line of a card, five side by side.
    table_letters : int
        Of a line of a table, all its columns together.
    card_line, table_line, gap : float
        How high a line of a card, a line of a table, and the room around a block are, in lines of a sentence.
    strip, changes : float
        How high the trend as a strip is with the line that says what is shown, and how much higher where changes are declared.
    """

    lines: float
    letters: int
    name_letters: int
    name_line: float
    card_letters: int
    table_letters: int
    card_line: float
    table_line: float
    gap: float
    strip: float
    changes: float


SHEET = FirstSheet(
    lines=55,
    letters=102,
    name_letters=44,
    name_line=2,
    card_letters=19,
    table_letters=115,
    card_line=0.95,
    table_line=0.95,
    gap=0.35,
    strip=8.5,
    changes=1.5,
)


def has_room_for_strip(blocks: Sequence[Block], *, name: str = "", changes: bool = False) -> bool:
    """Whether the trend can be drawn under these blocks on the same sheet: where it cannot, its sentence stands alone.

    Examples
    --------
    >>> has_room_for_strip([Text("One line.")] * 30), has_room_for_strip([Text("One line.")] * 50)
    (True, False)
    """
    further = max(_wrapped(f"{name}: program quality report", SHEET.name_letters) - 1, 0) * SHEET.name_line
    return further + sum(map(_lines, blocks)) + SHEET.strip + SHEET.changes * changes <= SHEET.lines


def _lines(block: Block) -> float:
    if isinstance(block, Text | Note):
        return _wrapped(block.words, SHEET.letters) + SHEET.gap
    if isinstance(block, Bullets):
        return sum(_wrapped(words, SHEET.letters) for words in block.sentences) + SHEET.gap
    if isinstance(block, Cards):
        cards = ((card.name, card.range, card.base, *card.beside) for card in block.cards)
        return max(sum(_wrapped(words, SHEET.card_letters) for words in card) for card in cards) * SHEET.card_line + 2 + SHEET.gap
    if isinstance(block, TableBlock):
        below = sum(_wrapped(words, SHEET.letters) for words in block.below)
        return _table_lines(block.table) * SHEET.table_line + _wrapped(block.table.caption, SHEET.letters) + below + SHEET.gap
    raise TypeError(f"no height is known of a block of type {type(block).__name__}")


def _table_lines(table: Table) -> int:
    """Each row as high as its longest cell; columns are as wide as they need, all together as wide as the sheet."""
    rows = (table.heads, *table.rows)
    longest = [max(len(row[column]) for row in rows) for column in range(len(table.heads))]
    scale = max(sum(longest) / SHEET.table_letters, 1)
    widths = [max(length / scale, 8) for length in longest]
    return sum(max(_wrapped(cell, width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _wrapped(words: str, letters: float) -> int:
    return math.ceil(len(words) / letters)
