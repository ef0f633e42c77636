"""Takes tables of counts, gives proof that splitting, merging and finding the way back lose no episode and no influence."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.counts import Counts

NAMES = ("track", "reason", "days")
TRACK, REASON, DAYS = [None, "a", "b", "c"], [None, "completed", "died"], [None, 0, 1, 7, 30]
ROWS = st.lists(st.tuples(st.sampled_from(TRACK), st.sampled_from(REASON), st.sampled_from(DAYS)), min_size=1, max_size=60)
PLAIN = {"a": "mine", "b": "mine", "c": "theirs", None: None}


def counted(rows):
    """Rows counted into a table."""
    return Counts.from_cells(NAMES, Counter(rows))


def as_rows(counts):
    """A table written out as rows, in any order."""
    return Counter({cell: n for cell, n in counts})


def merged(track):
    """Classes of the tracks."""
    return PLAIN[track]


# -- cells -------------------------------------------------------------------------------------------------------


@given(ROWS)
def test_cells_are_the_rows_counted(rows):
    """Each combination once, with as many episodes as it has rows; together they are all of them."""
    counts = counted(rows)
    assert dict(counts) == Counter(rows)
    assert counts.total == len(rows)
    assert (counts.n > 0).all()


@given(ROWS, st.randoms())
def test_any_order_gives_the_same_table(rows, rng):
    """Cells given in another order make the same table, axis by axis and code by code."""
    cells = list(Counter(rows).items())
    rng.shuffle(cells)
    other, counts = Counts.from_cells(NAMES, dict(cells)), counted(rows)
    assert other.axes == counts.axes
    assert other.codes.tolist() == counts.codes.tolist()
    assert other.n.tolist() == counts.n.tolist()


@given(ROWS)
def test_levels_and_cells_are_sorted_blank_last(rows):
    """Numbers by size, words by letter, the blank last; cells in the order of their levels."""
    counts = counted(rows)
    for name, column in zip(NAMES, zip(*rows, strict=True), strict=True):
        known = sorted({value for value in column if value is not None})
        assert counts.levels(name) == (*known, *([None] if None in column else []))
    assert counts.codes.tolist() == sorted(counts.codes.tolist())


def test_numbers_sort_as_numbers():
    """Day 7 comes before day 30."""
    assert Counts.from_cells(("days",), {(30,): 1, (7,): 1, (None,): 1}).levels("days") == (7, 30, None)


@pytest.mark.parametrize("n", [0, -1])
def test_a_cell_holds_someone(n):
    """A count below 1 is a mistake."""
    with pytest.raises(ValueError, match="below 1"):
        Counts.from_cells(("track",), {("a",): n})


def test_a_cell_stands_once():
    """The same combination twice is a mistake."""
    with pytest.raises(ValueError, match="twice"):
        Counts.from_columns(("track",), [["a", "a"]], [1, 2])


def test_an_empty_table_and_a_table_without_columns():
    """Nobody, and everybody undivided, are tables too."""
    empty = Counts.from_cells(NAMES, {})
    assert (empty.total, len(empty), empty.split("track")) == (0, 0, {})
    assert empty.keep(["track"]).total == 0
    assert empty.recode("track", merged).total == 0
    assert empty.lift(np.empty(0)).tolist() == []
    everybody = Counts.from_cells((), {(): 7})
    assert everybody.total == 7
    assert dict(everybody) == {(): 7}


# -- splitting and merging ---------------------------------------------------------------------------------------


@given(ROWS)
def test_split_parts_are_the_rows_of_each_level(rows):
    """Every level that has episodes, in order, with its own rows and nobody else's."""
    parts = counted(rows).split("track")
    assert list(parts) == [level for level in (*TRACK[1:], None) if level in {row[0] for row in rows}]
    for level, part in parts.items():
        assert as_rows(part) == Counter(row for row in rows if row[0] == level)


@given(ROWS)
def test_recode_is_the_rows_recoded(rows):
    """Merging levels gives the table of the recoded rows, under the new name."""
    found = counted(rows).recode("track", merged, name="owner")
    assert found.columns == ("owner", "reason", "days")
    assert as_rows(found) == Counter((merged(track), reason, days) for track, reason, days in rows)


@given(ROWS)
def test_recode_to_one_class_sums_over_a_column(rows):
    """Everyone in one class is the sum over the column."""
    assert dict(counted(rows).recode("reason", lambda _: "any").keep(["track", "days"])) == dict(counted(rows).keep(["track", "days"]))


@given(ROWS)
def test_keep_sums_over_the_rest_in_the_order_asked(rows):
    """Columns named come in the order named; the others are summed over."""
    found = counted(rows).keep(["days", "track"])
    assert found.columns == ("days", "track")
    assert as_rows(found) == Counter((days, track) for track, _, days in rows)
    assert counted(rows).keep([]).total == len(rows)


@given(ROWS)
def test_classify_puts_each_cell_in_its_class(rows):
    """Classes chosen cell by cell, from several columns, in any order of the labels."""
    counts = counted(rows)
    labels = ("zero", "dead", "rest")
    choice = np.array([0 if cell[2] == 0 else 1 if cell[1] == "died" else 2 for cell, _ in counts])
    found = counts.classify("class", labels, choice)
    assert as_rows(found) == Counter(("zero" if days == 0 else "dead" if reason == "died" else "rest",) for _, reason, days in rows)


@given(ROWS, ROWS)
def test_tables_of_different_episodes_add(first, second):
    """Two programs together are the table of all their rows, levels that only one has included."""
    both = counted(first) + counted(second)
    assert dict(both) == dict(counted(first + second))
    assert both.axes == counted(first + second).axes


def test_tables_with_other_columns_do_not_add():
    """Adding tables of different columns is a mistake."""
    with pytest.raises(ValueError, match="columns differ"):
        Counts.from_cells(("track",), {("a",): 1}) + Counts.from_cells(("site",), {("a",): 1})


@given(ROWS)
def test_parts_of_a_split_add_up_to_the_whole(rows):
    """Splitting and adding again gives the table back."""
    first, *others = counted(rows).split("reason").values()
    for other in others:
        first = first + other
    assert dict(first) == dict(counted(rows))


@given(ROWS)
def test_a_value_for_each_cell(rows):
    """A number looked up by level, and whether a level is among some, come in the order of the cells."""
    counts = counted(rows)
    assert counts.each("days", lambda days: -1 if days is None else days * 2).tolist() == [
        -1 if c[2] is None else c[2] * 2 for c, _ in counts
    ]
    assert counts.is_in("track", ["a", None]).tolist() == [cell[0] in ("a", None) for cell, _ in counts]


# -- the way back ------------------------------------------------------------------------------------------------


def mean_of_days(counts):
    """Influences of the mean of known days over a table, cell by cell, computed where they stand."""
    known = np.array([cell[-1] is not None for cell, _ in counts])
    days = np.array([0 if cell[-1] is None else cell[-1] for cell, _ in counts], dtype=float)
    n = int(counts.n[known].sum())
    mean = float((days * counts.n)[known].sum()) / max(n, 1)
    return np.where(known, (days - mean) / max(n, 1), 0.0)


@given(ROWS)
def test_lifted_influences_are_those_computed_directly(rows):
    """After splitting by track and merging reasons, each raw cell gets the influence of the class it fell in, others 0."""
    counts = counted(rows)
    for track, part in counts.split("track").items():
        small = part.recode("reason", lambda _: "any").keep(["track", "days"])
        lifted = small.lift(mean_of_days(small))
        inside = [row for row in rows if row[0] == track]
        known = [row[2] for row in inside if row[2] is not None]
        for place, (cell, _) in enumerate(counts):
            direct = (cell[2] - sum(known) / len(known)) / len(known) if cell[0] == track and cell[2] is not None else 0.0
            assert lifted[place] == pytest.approx(direct, abs=1e-12)


@given(ROWS)
def test_lifted_influences_give_the_same_variance(rows):
    """The sum of squares over raw cells is the one over merged cells: merging loses no episode."""
    counts = counted(rows)
    for part in counts.split("reason").values():
        small = part.recode("track", merged).keep(["days"])
        influence = mean_of_days(small)
        assert (counts.n * small.lift(influence) ** 2).sum() == pytest.approx((small.n * influence**2).sum(), abs=1e-12)


@given(ROWS)
def test_origin_points_at_the_like_cell(rows):
    """Through any number of merges each raw cell knows its row, or that it has none."""
    counts = counted(rows)
    small = counts.where(counts.is_in("reason", ["completed", None])).recode("track", merged).keep(["track"])
    cells = [cell for cell, _ in small]
    for place, (cell, _) in enumerate(counts):
        kept = cell[1] in ("completed", None)
        assert small.origin[place] == (cells.index((merged(cell[0]),)) if kept else -1)


@given(ROWS)
def test_as_counted_starts_over(rows):
    """A sum may stand as if it had been counted so: one influence for each of its own cells."""
    small = counted(rows).keep(["track"]).as_counted()
    assert dict(small) == Counter((row[0],) for row in rows)
    assert small.lift(np.arange(len(small), dtype=float)).tolist() == list(range(len(small)))


def test_many_columns_sort_like_few():
    """Beyond what fits one whole number the cells are sorted all the same."""
    names = tuple(f"c{i}" for i in range(9))
    rng = np.random.default_rng(7)
    cells = {tuple(int(v) for v in row): 1 for row in rng.integers(0, 300, size=(400, 9))}
    counts = Counts.from_cells(names, cells)
    assert [cell for cell, _ in counts] == sorted(cells)
    assert dict(counts.keep(names[:2])) == Counter(cell[:2] for cell in cells)
