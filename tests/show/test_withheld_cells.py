"""Takes tables of which cells are withheld, gives them shorter: every number that was shown is shown still, in the table or a sentence."""

from itertools import product

import pytest

from iop_outcomes.show.tables import NOT_SHOWN, Table
from iop_outcomes.show.withheld_cells import without_withheld

HEADS = ("Track", "Episodes", "Better", "Worse")


def table(*patterns):
    """Rows whose cells are shown (1) or withheld (0), each cell of its own words."""
    rows = [("All episodes", "n0", "b0", "w0")]
    for place, pattern in enumerate(patterns, 1):
        rows.append((f"T{place}", *(f"{head}{place}" if shown else NOT_SHOWN for head, shown in zip("nbw", pattern, strict=True))))
    return Table("Change by track", HEADS, tuple(rows))


@pytest.mark.parametrize("patterns", list(product(product((0, 1), repeat=3), repeat=2))[::3])
def test_every_number_that_is_shown_is_shown_still(patterns):
    """And every row is named, whatever is withheld of it."""
    full = table(*patterns)
    short = without_withheld(full)
    said = " ".join([*short.notes, *(cell for row in short.rows for cell in row)])
    for row in full.rows:
        for cell in row[1:]:
            assert cell == NOT_SHOWN or cell in said
    hidden = [row[0] for row in full.rows[1:] if set(row[1:]) == {NOT_SHOWN}]
    assert all(name in said for name in hidden)


def test_a_table_of_which_all_is_shown_is_left_alone():
    """The same heads and rows, no note."""
    short = without_withheld(table((1, 1, 1), (1, 1, 1)))
    assert (short.heads, len(short.rows), short.notes) == (HEADS, 3, ())
