"""Takes a table wider than a page, gives parts that fit and lose nothing."""

from __future__ import annotations

from itertools import chain

from iop_outcomes.reporting.render.table_fit import fit_table
from iop_outcomes.show.tables import Table


def test_a_wide_table_is_cut_into_parts_that_fit_and_lose_nothing():
    """Each part has the names of the rows, its shades, and no more characters than the page."""
    heads = ("Track", *(f"Column{n}" for n in range(30)))
    rows = tuple((f"track {r}", *(f"{r}:{n}" for n in range(30))) for r in range(3))
    shades = tuple(tuple(f"shade-{r}-{n}" for n in range(30)) for r in range(3))
    parts = fit_table(Table("Wide", heads, rows, shades=shades), 100)
    assert len(parts) > 1 and all(sum(part.widths) <= 100 for part in parts)
    assert [part.table.caption for part in parts] == [f"Wide (part {n} of {len(parts)})" for n in range(1, len(parts) + 1)]
    for r, row in enumerate(rows):
        assert tuple(chain.from_iterable(part.table.rows[r][1:] for part in parts)) == row[1:]
        assert tuple(chain.from_iterable(part.table.shades[r] for part in parts)) == shades[r]
        assert {part.table.rows[r][0] for part in parts} == {row[0]}
    assert tuple(chain.from_iterable(part.table.heads[1:] for part in parts)) == heads[1:]
