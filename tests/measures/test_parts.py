"""Takes cells of a table and cases, gives every episode in exactly one part: the first case that holds, counted one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.measures.parts import levels, not_ended, parts_by, parts_of, portion, same

CELLS = st.dictionaries(st.tuples(st.sampled_from(["completed", "active", "died", None]), st.integers(0, 3)), st.integers(1, 9), min_size=1)


@given(CELLS)
def test_each_episode_is_in_the_first_case_that_holds(cells):
    """Cases that overlap, in the order in which they are given; the rest together; sizes sum to the table."""
    counts = Counts.from_cells((STATUS, "x"), cells)
    cases = {"blank": counts.is_in(STATUS, [None]), "low": counts.is_in("x", [0, 1]), "active": counts.is_in(STATUS, ["active"])}
    parts = parts_of(counts, cases, "rest", order=("rest", "low", "active", "blank"))
    expected = dict.fromkeys(("rest", "low", "active", "blank"), 0)
    for (status, x), n in cells.items():
        expected["blank" if status is None else "low" if x < 2 else "active" if status == "active" else "rest"] += n
    assert parts.sizes == expected
    assert sum(parts.sizes.values()) == counts.total


def test_a_share_of_parts_with_who_is_missing_and_who_is_outside():
    """Completed of those whose reason is known."""
    counts = Counts.from_cells((STATUS,), {("completed",): 5, ("died",): 2, (None,): 3})
    parts = parts_of(
        counts, {"blank": counts.is_in(STATUS, [None]), **not_ended(counts, "died")}, "known", order=("known", "blank", "died")
    )
    draft = parts.share("s", "f", base=("known", "blank"), hits=("known",))
    assert (draft.value, draft.n, draft.population.excluded) == (5 / 8, 8, {"died": 2})
    population = parts.population("f", base=("known",), missing=("blank",))
    assert (population.k, population.n_missing) == (None, 3)
    assert np.asarray(draft.among).sum() == 2


def test_by_a_column_every_level_has_its_part():
    """A part that nobody is in has 0 and is there."""
    counts = Counts.from_cells(("days",), {(3,): 4, (40,): 1})
    parts = parts_by(counts, "days", lambda day: "long" if day > 30 else "short", order=("short", "long", "unknown"))
    assert parts.sizes == {"short": 4, "long": 1, "unknown": 0}


def test_what_is_declared_of_portions():
    """The same episodes, both ways; levels of a column are another kind."""
    one, other = portion("stays", "long"), portion("weeks", "2", elsewhere=True)
    assert [(each.inner, each.outer) for each in same(one, other)] == [(one, other), (other, one)]
    assert (one.kind, other.kind, levels("track", "a").kind) == ("measure", "elsewhere", "column")
    with pytest.raises(ValueError, match="not in"):
        parts_of(Counts.from_cells(("x",), {(1,): 1}), {}, "rest", order=("other",))
