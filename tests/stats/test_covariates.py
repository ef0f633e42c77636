"""Takes what is known of episodes, gives columns of a regression: as many as those who were seen can tell apart."""

import numpy as np
import pytest

from iop_outcomes.stats.covariates import FEWEST, classes, design, number


def test_a_number_is_from_its_mean_in_sds_and_a_blank_lies_on_it():
    """Of the known episodes alone; one that does not vary is 0, as is one that nobody knows."""
    values, n = np.array([4.0, 8.0, np.nan, 9.0]), np.array([2, 1, 5, 3])
    (column,) = number(values, n).columns
    rows = np.repeat(values[[0, 1, 3]], n[[0, 1, 3]])
    assert column[[0, 1, 3]] == pytest.approx((values[[0, 1, 3]] - rows.mean()) / rows.std())
    assert column[2] == 0
    assert number(values, n, power=2).columns[0] == pytest.approx(column**2)
    for nothing in (np.full(4, 7.0), np.full(4, np.nan)):
        assert not number(nothing, n).columns[0].any()


def test_rare_classes_are_one_and_join_the_largest_where_that_is_rare_too():
    """Of classes of 20, 9, 3, 2 and 1 that were seen, the last three are one of 6; with 3 and 1 alone they join the 20."""
    codes, every = np.arange(5), np.ones(5, dtype=bool)
    term = classes(codes, np.array([20, 9, 3, 2, 1]), every)
    assert [column.tolist() for column in term.columns] == [[0, 1, 0, 0, 0], [0, 0, 1, 1, 1]]
    assert term.thin.tolist() == [False, False, True, True, True]
    joined = classes(codes[:4], np.array([20, 9, 3, 1]), every[:4])
    assert [column.tolist() for column in joined.columns] == [[0, 1, 0, 0]]


def test_only_those_who_were_seen_make_a_class_large():
    """Six of a class of whom nobody was seen are rare."""
    term = classes(np.array([0, 0, 1, 1]), np.array([9, 1, 6, 0]), np.array([True, True, False, True]))
    assert term.columns == ()
    assert term.thin.tolist() == [False, False, True, True]


def test_a_design_takes_terms_in_turn_while_five_are_left_for_each_parameter():
    """20 observations pay for 4 parameters: the constant, a number, and two of classes; a term that does not fit whole is left out."""
    n = np.full(8, 10)
    one, two = number(np.arange(8.0), n), classes(np.array([0, 0, 0, 1, 1, 1, 2, 2]), n, np.ones(8, dtype=bool))
    assert design([one, two], n, 4 * FEWEST).shape == (8, 4)
    assert design([one, two], n, 4 * FEWEST - 1).shape == (8, 2)
    assert design([one, two], n, 0).tolist() == [[1.0]] * 8


def test_a_column_that_the_others_tell_is_left_out():
    """The same number in other units, and a constant; the rank is full."""
    n, values = np.full(6, 10), np.array([1.0, 5, 2, 8, 3, 9])
    matrix = design([number(values, n), number(values * 365.25 + 3, n), number(np.ones(6), n)], n, 1000)
    assert matrix.shape == (6, 2)
    assert np.linalg.matrix_rank(matrix) == 2
