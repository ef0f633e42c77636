"""Takes what a measure makes of its cells, gives a column by episode: each cell's word or number, blanks where it counts nobody."""

import math

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import of_numbers, of_parts, of_words
from iop_outcomes.measures.parts import parts_of

CELLS = {("a", 3): 5, ("a", None): 2, ("b", 7): 1, ("b", 3): 4}
COUNTS = Counts.from_cells(("track", "day"), CELLS)


def of_cells(column):
    """What the column says of each cell; None for a blank."""
    words = list(column.words)
    said = [None if math.isnan(value) else words[int(value)] if words else value for value in column.cells]
    return dict(zip([cell for cell, _ in COUNTS], said, strict=True))


def test_every_episode_stands_in_a_part():
    """A part that has no words of its own reads as it is called."""
    parts = parts_of(COUNTS, {"no_day": COUNTS.is_in("day", [None])}, "stayed", order=("stayed", "no_day", "left_early"))
    column = of_parts("stay", "whether the day is known", parts, {"stayed": "day known"}, family="f")
    assert of_cells(column) == dict.fromkeys(CELLS, "stayed") | {("a", None): "no_day"}
    assert column.words == {"stayed": "day known", "no_day": "no day", "left_early": "left early"}
    assert column.family == "f"


def test_numbers_are_blank_for_those_that_are_not_counted():
    """A part of the table: the cells outside are blank, and two cells that were merged say the same."""
    known = COUNTS.where(~COUNTS.is_in("day", [None]))
    column = of_numbers("day", "day", known, known.numbers("day", blank=0.0), unit="days", blank="not known")
    assert of_cells(column) == {("a", 3): 3, ("a", None): None, ("b", 7): 7, ("b", 3): 3}
    merged = COUNTS.keep(["track"])
    column = of_numbers("n", "of the track", merged, merged.n.astype(float), unit="number", blank="", whole=False)
    assert of_cells(column) == {("a", 3): 7, ("a", None): 7, ("b", 7): 5, ("b", 3): 5}
    assert not column.whole


def test_words_of_the_engine_must_be_declared():
    """A blank is a blank; a word that was not declared stops whoever made the column."""
    column = of_words("track", "track", COUNTS, "track", {"b": "second", "a": "first"}, blank="no track")
    assert of_cells(column) == {cell: cell[0] for cell in CELLS}
    blank = of_words("day", "day", COUNTS, "day", {"3": "early", "7": "late"}, blank="no day")
    assert of_cells(blank)["a", None] is None
    with pytest.raises(ValueError, match="not in list"):
        of_words("track", "track", COUNTS, "track", {"a": "first"}, blank="")


def test_of_nobody_there_is_a_blank_for_every_cell():
    """No cell is counted."""
    none = COUNTS.where(np.zeros(len(COUNTS), dtype=bool))
    assert set(of_cells(of_numbers("x", "x", none, np.zeros(0), unit="days", blank="")).values()) == {None}
