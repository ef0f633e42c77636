"""Takes episodes of patients who return, divides them by a column, and compares each level and its others with the same made row by row."""

from collections import Counter

import numpy as np
import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.evaluate.groups import Divided, Group
from iop_outcomes.keys import MISSING_LEVEL
from iop_outcomes.patients import Patients


def drawn(seed, blanks=True):
    """Rows (track, ending, patient), some without a track and some without a patient."""
    rng = np.random.default_rng(seed)
    tracks = ["a", "b", "c", None] if blanks else ["a", "b", "c"]
    people = [None if rng.random() < 0.3 else int(rng.integers(0, 12)) for _ in range(40)]
    return [(tracks[rng.integers(len(tracks))], int(rng.integers(0, 2)), person) for person in people]


def group_of(rows):
    """The same as counts and patients."""
    cells = Counter((track, ending) for track, ending, _ in rows)
    counts = Counts.from_columns(["track", "ending"], [list(column) for column in zip(*cells, strict=True)], list(cells.values()))
    place = {cell: n for n, (cell, _) in enumerate(counts)}
    alone, combinations = np.zeros(len(counts), dtype=np.int64), Counter()
    of_person = {}
    for n, (track, ending, person) in enumerate(rows):
        of_person.setdefault(("nobody", n) if person is None else person, []).append(place[track, ending])
    for mine in of_person.values():
        if len(mine) == 1:
            alone[mine[0]] += 1
        else:
            combinations[tuple(sorted(mine))] += 1
    cell = [each for mine in combinations for each in mine]
    start = np.cumsum([0, *map(len, combinations)])[:-1]
    return Group(counts, Patients(alone, np.array(cell, dtype=np.int64), start, np.array(list(combinations.values()), dtype=np.int64)))


def variance(rows, value):
    """The sum over patients of the square of what their episodes are worth, row by row; one who is not known stands alone."""
    of_person = Counter()
    for n, (track, ending, person) in enumerate(rows):
        of_person[("nobody", n) if person is None else person] += value(track, ending)
    return sum(worth**2 for worth in of_person.values())


def worth(track, ending):
    """Some number for each cell."""
    return {"a": 1.5, "b": -0.5, "c": 2.0, None: 0.25}[track] + 3 * ending


def of_cells(counts, value):
    """What each cell is worth."""
    return np.array([value(*(dict(zip(counts.columns, cell, strict=True))[name] for name in ("track", "ending"))) for cell, _ in counts])


@pytest.mark.parametrize("seed", range(4))
def test_each_level_is_its_rows(seed):
    """Episodes, and the variance by patient; the blank level comes last."""
    rows = drawn(seed)
    divided = Divided.by(group_of(rows), "track", None, ())
    assert divided.names == ("a", "b", "c", MISSING_LEVEL) and divided.bounds[-1] == len(divided.together.counts)
    for name, group in divided.groups.items():
        mine = [row for row in rows if row[0] == (None if name == MISSING_LEVEL else name)]
        assert dict(group.counts) == Counter((track, ending) for track, ending, _ in mine)
        assert group.people.variance(of_cells(group.counts, worth)) == pytest.approx(variance(mine, worth))
    assert {name: dict(table) for name, table in divided.tables.items()} == {name: dict(g.counts) for name, g in divided.groups.items()}


@pytest.mark.parametrize("seed", range(4))
def test_a_level_beside_the_others(seed):
    """Together they are every episode with a level, and patients of both sides are one: what they are worth is added before it is squared."""
    rows = drawn(seed)
    known = [row for row in rows if row[0] is not None]
    divided = Divided.by(group_of(rows), "track", None, ("track",))
    for level in "abc":
        beside = divided.beside_others(level)
        others = [row for row in known if row[0] != level]
        assert beside.n[: beside.cells].sum() == len(known) - len(others)
        assert beside.others.total == len(others) == beside.n[beside.cells :].sum()
        mine = np.array([{0: 2.0, 1: -1.0}[ending] for (_, ending), _ in divided.groups[level].counts])
        rest = np.array([{(0,): 0.5, (1,): 4.0}[cell] for cell, _ in divided._known[1]])
        sides = [(track == level, ending, person) for track, ending, person in known]
        expected = variance(sides, lambda here, ending: (2.0, -1.0)[ending] if here else (0.5, 4.0)[ending])
        assert beside.people.variance(np.concatenate((mine, rest))) == pytest.approx(expected)


def test_two_levels_alone():
    """Of patients of both, what they have elsewhere is left out."""
    rows = drawn(7)
    divided = Divided.by(group_of(rows), "track", None, ())
    people, sizes = divided.two("c", "a")
    values = np.concatenate([of_cells(divided.groups[level].counts, worth) for level in "ca"])
    assert sum(sizes) == len(values)
    assert people.variance(values) == pytest.approx(variance([row for row in rows if row[0] in ("a", "c")], worth))


def test_classes_of_levels():
    """Levels under one name are one group; a class of None is not recorded."""
    rows = drawn(3, blanks=False)
    divided = Divided.by(group_of(rows), "track", lambda level: None if level == "c" else "early", ())
    assert divided.names == ("early", MISSING_LEVEL)
    assert divided.groups["early"].counts.total == sum(row[0] in ("a", "b") for row in rows)
    assert divided.beside_others("early").others.total == 0


def test_sums_over_columns_and_some_of_the_cells():
    """Patients stay who they are."""
    rows = drawn(5)
    group = group_of(rows)
    assert group.without(()) is group
    summed = group.without(["ending"])
    values = np.array([worth(track, 0) for (track,), _ in summed.counts])
    assert summed.people.variance(values) == pytest.approx(variance(rows, lambda track, _: worth(track, 0)))
    kept = group.where(group.counts.is_in("ending", [1]))
    mine = [row for row in rows if row[1] == 1]
    assert kept.counts.total == len(mine)
    assert kept.people.variance(of_cells(kept.counts, worth)) == pytest.approx(variance(mine, worth))
