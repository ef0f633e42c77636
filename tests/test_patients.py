"""Takes patients written episode by episode, gives proof that their counted form adds up as a slow loop over people does."""

import doctest
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes import patients as module
from iop_outcomes.counts import Counts
from iop_outcomes.patients import Among, Patients

CELLS = 5
episodes = st.lists(st.tuples(st.integers(0, CELLS - 1), st.integers(0, 6)), min_size=1, max_size=25)
numbers = st.lists(st.floats(-5, 5), min_size=CELLS, max_size=CELLS).map(np.array)


def counted(people):
    """The counted form, made by hand: one combination for each distinct list of cells of patients with several episodes."""
    cells = defaultdict(list)
    for cell, patient in people:
        cells[patient].append(cell)
    alone, several = np.zeros(CELLS, dtype=np.int64), defaultdict(int)
    for held in cells.values():
        if len(held) == 1:
            alone[held[0]] += 1
        else:
            several[tuple(sorted(held))] += 1
    sizes = [len(held) for held in several]
    start = np.cumsum([0, *sizes])[:-1].astype(np.int64)
    return Patients(
        alone, np.array([c for held in several for c in held], dtype=np.int64), start, np.array([*several.values()], dtype=np.int64)
    )


def slow_sums(people, influence):
    """Each patient's influences, added one after the other."""
    sums = defaultdict(float)
    for cell, patient in people:
        sums[patient] += influence[cell]
    return sums


@given(episodes, numbers, numbers)
def test_sums_over_patients_are_those_of_a_loop(people, one, other):
    """Variance, covariance and all products: a loop over people says the same."""
    found = counted(people)
    first, second = slow_sums(people, one), slow_sums(people, other)
    covariance = math.fsum(first[p] * second[p] for p in first)
    assert found.covariance(one, other) == pytest.approx(covariance, abs=1e-9)
    assert found.variance(one) == pytest.approx(math.fsum(v * v for v in first.values()), abs=1e-9)
    both = found.products(np.column_stack([one, other]))
    assert both == pytest.approx(np.array([[found.variance(one), covariance], [covariance, found.variance(other)]]), abs=1e-9)


@given(episodes, st.lists(st.booleans(), min_size=CELLS, max_size=CELLS).map(np.array))
def test_patients_among_some_cells_are_those_of_a_loop(people, cells):
    """Effective patients of some cells, (sum of w) squared over the sum of w squared, and the largest w; asked twice, the same."""
    inside = [patient for cell, patient in people if cells[cell]]
    held = [inside.count(patient) for patient in set(inside)]
    effective = sum(held) ** 2 / sum(w * w for w in held) if held else 0
    found = counted(people)
    assert found.among(cells) == found.among(cells.copy()) == Among(pytest.approx(effective, rel=1e-12), max(held, default=0))


@given(episodes, numbers, st.lists(st.booleans(), min_size=CELLS, max_size=CELLS).map(np.array))
def test_patients_seen_in_some_cells_are_those_of_their_episodes_there(people, influence, cells):
    """Seen in some cells alone: the sums, the effective number and the most are those of a program of the episodes there and no others."""
    found = counted(people).within(cells)
    there = [(cell, patient) for cell, patient in people if cells[cell]]
    alone = counted(there)
    assert found.variance(influence) == pytest.approx(alone.variance(influence), abs=1e-9)
    assert found.among(np.ones(CELLS, dtype=bool)) == alone.among(np.ones(CELLS, dtype=bool))
    assert found.alone.tolist() == alone.alone.tolist()
    twice = counted(people).within(cells).within(cells)
    assert twice.variance(influence) == pytest.approx(found.variance(influence), abs=1e-12)


@given(episodes, numbers, st.sets(st.integers(0, CELLS), max_size=3))
def test_patients_of_stretches_are_those_seen_in_each_alone(people, influence, cuts):
    """Cut into stretches of cells: in each, the sums and effective patients of a program of the episodes there, numbered from 0."""
    bounds = np.array([0, *sorted(cuts - {0, CELLS}), CELLS])
    for found, start, end in zip(counted(people).slices(bounds), bounds[:-1], bounds[1:], strict=True):
        there = [(cell, patient) for cell, patient in people if start <= cell < end]
        sums = slow_sums(there, influence)
        assert found.variance(influence[start:end]) == pytest.approx(math.fsum(v * v for v in sums.values()), abs=1e-9)
        assert found.among(np.ones(end - start, dtype=bool)) == counted(there).among(np.ones(CELLS, dtype=bool))


@given(episodes, st.lists(st.integers(-1, 2), min_size=CELLS, max_size=CELLS).map(np.array))
def test_effective_patients_of_groups_are_those_among_their_cells(people, group):
    """All groups in one go, or the cells of each by themselves."""
    found = counted(people)
    assert found.effective_in(group, 3) == pytest.approx([found.among(group == place).effective for place in range(3)], rel=1e-12)


@given(episodes, numbers)
def test_combinations_by_themselves(people, influence):
    """Some combinations and nobody else: their sums alone."""
    found = counted(people)
    chosen = np.arange(0, len(found.n), 2)
    assert found.of_combinations(chosen).variance(influence) == pytest.approx(float((found.n * found.sums(influence) ** 2)[chosen].sum()))


@given(episodes, numbers)
def test_cells_put_together(people, influence):
    """Two cells that become one: the sums of an influence that is the same in both."""
    place = np.array([0, 1, 1, 2, 3])
    assert counted(people).renumbered(place, 4).variance(influence[:4]) == pytest.approx(
        counted(people).variance(influence[place]), abs=1e-9
    )


@given(episodes, numbers)
def test_names_and_order_of_patients_change_nothing(people, influence):
    """Other names, another order of episodes."""
    found, other = (counted(each).variance(influence) for each in (people, [(cell, -patient) for cell, patient in reversed(people)]))
    assert other == pytest.approx(found, abs=1e-12)


@given(episodes, numbers)
def test_every_episode_twice_doubles_every_sum(people, influence):
    """Told twice under the same patients, sums double: with an influence of 1/n, which halves, the variance stays as it was."""
    assert counted(people + people).variance(influence / 2) == pytest.approx(counted(people).variance(influence), abs=1e-9)


@given(episodes, numbers)
def test_when_all_are_different_variances_are_those_of_episodes(people, influence):
    """The sum of n times influence squared, and as many patients as episodes."""
    n = np.bincount([cell for cell, _ in people], minlength=CELLS)
    found, everyone = Patients.all_different(n), np.ones(CELLS, dtype=bool)
    assert found.variance(influence) == pytest.approx(float((n * influence**2).sum()), abs=1e-9)
    assert found.among(everyone) == (len(people), 1)


def test_forty_episodes_of_one_and_nine_of_nine_are_hardly_more_than_one_patient():
    """49 squared over 40 squared and 9: 1.49 effective patients."""
    found = counted([(0, 0)] * 40 + [(1, i) for i in range(1, 10)])
    assert found.among(np.ones(CELLS, dtype=bool)) == Among(pytest.approx(49**2 / (40**2 + 9)), 40)
    assert round(found.among(np.ones(CELLS, dtype=bool)).effective, 2) == 1.49


def test_the_counted_form_holds_every_episode_once():
    """Cells of the combinations and those of people who came once add to the table."""
    people = [(0, 1), (0, 1), (2, 1), (3, 2), (3, 3), (4, 3), (3, 4), (4, 4)]
    found = counted(people)
    assert found.n.tolist() == [1, 2]
    table = Counts.from_cells(("cell",), {("a",): 2, ("c",): 1, ("d",): 3, ("e",): 2})
    assert found.alone.sum() + found.n @ np.diff([*found.start, len(found.cell)]) == table.total


def test_examples():
    """The examples in the docstrings give what they show."""
    assert doctest.testmod(module).failed == 0


def test_places_take_half_the_room_and_no_sum_is_made_in_it():
    """Of 50,000 people who came twice, each to a group of their own: places times groups are more than four bytes hold."""
    many = 50_000
    cell = np.repeat(np.arange(many), 2)
    people = Patients(np.zeros(many, dtype=np.int64), cell, cell[::2] * 2, np.ones(many, dtype=np.int64))
    assert {people.cell.dtype, people.start.dtype, people.place.dtype} == {np.dtype(np.int32)}
    assert people.effective_in(np.arange(many), many).tolist() == [1.0] * many
