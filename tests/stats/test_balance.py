"""Takes closed forms and a slow version with a pseudo-inverse, gives proof of the standardised differences between groups."""

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.stats.balance import LEAST, WORDS, Largest, farthest_pairs, largest_difference, of_categories, of_means, word

COUNTS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=6)


def by_pseudo_inverse(n_one, n_other):
    """Yang and Dalton as written, over all categories: the covariance of the shares is singular, its pseudo-inverse is not."""
    p, q = (np.array(n) / sum(n) for n in (n_one, n_other))
    covariance = [np.diag(share) - np.outer(share, share) for share in (p, q)]
    return math.sqrt((p - q) @ np.linalg.pinv((covariance[0] + covariance[1]) / 2, rcond=1e-10) @ (p - q))


def of_shares(one, other):
    """Two shares, which are two categories of a thousand people."""
    return of_categories([1000 * one, 1000 * (1 - one)], [1000 * other, 1000 * (1 - other)])


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3).filter(any), min_size=2, max_size=9))
def test_the_largest_is_among_the_farthest_pairs(groups):
    """Of the farthest pairs alone the largest difference is the same, to the last bit, as of every pair; empty categories too."""
    sized = [(LEAST, sizes) for sizes in groups]
    assert repr(largest_difference(sized, of_categories, pairs=farthest_pairs)) == repr(largest_difference(sized, of_categories))


# -- means and shares --------------------------------------------------------------------------------------------------


def test_means_by_hand():
    """SDs of 3 and 4 have the root mean square sqrt(12.5): 5 points are sqrt(2) of it."""
    assert of_means(10, 3, 5, 4) == pytest.approx(math.sqrt(2), abs=1e-14)
    assert of_means(5, 4, 10, 3) == of_means(10, 3, 5, 4)


def test_shares_by_hand():
    """0.5 against 0.2: variances 0.25 and 0.16, so 0.3 / sqrt(0.205)."""
    assert of_shares(0.5, 0.2) == pytest.approx(0.3 / math.sqrt(0.205), abs=1e-14)


def test_shares_are_means_of_0_and_1():
    """A share is the mean of zeros and ones, whose SD (over n) is sqrt(p (1 - p))."""
    assert of_shares(0.7, 0.4) == pytest.approx(of_means(0.7, math.sqrt(0.21), 0.4, math.sqrt(0.24)), abs=1e-14)


@pytest.mark.parametrize(("function", "apart", "alike"), [(of_means, (3, 0, 4, 0), (3, 0, 3, 0)), (of_shares, (0, 1), (1, 1))])
def test_without_spread_there_is_no_number(function, apart, alike):
    """Apart without spread is infinitely far; alike without spread is no difference that can be standardised."""
    assert math.isinf(function(*apart))
    assert math.isnan(function(*alike))


# -- categories --------------------------------------------------------------------------------------------------------


def test_three_categories_by_hand():
    """(0.3, 0.5, 0.2) against its mirror: the difference is an eigenvector of the covariance with value 0.245, so sqrt(0.02 / 0.245)."""
    assert of_categories([30, 50, 20], [20, 50, 30]) == pytest.approx(2 / 7, abs=1e-14)


def test_three_categories_by_the_inverse_of_two_by_two():
    """(0.5, 0.3, 0.2) against (0.2, 0.3, 0.5) of other sizes, with the inverse of the 2 x 2 covariance written out."""
    a, b, c = (0.25 + 0.16) / 2, 0.21, -(0.15 + 0.06) / 2
    expected = math.sqrt(0.3 * 0.3 * b / (a * b - c * c))
    assert of_categories([50, 30, 20], [2, 3, 5]) == pytest.approx(expected, abs=1e-14)


# R 4.2: S <- ((diag(p) - p %o% p) + (diag(q) - q %o% q)) / 2; sqrt(mahalanobis(p[-1], q[-1], S[-1, -1]))
R = [
    ([41, 71, 70, 10], [88, 159, 149, 29], 0.07170129171741266),
    ([49, 48, 0, 40, 0, 11, 33], [46, 82, 93, 18, 69, 0, 0], 1.806686110040466),
    ([50, 25, 17, 2], [57, 123, 108, 20], 0.7916231952803574),
]


@pytest.mark.parametrize(("one", "other", "expected"), R)
def test_it_is_the_mahalanobis_distance_of_r(one, other, expected):
    """Two tracks of the synthetic program in age and in referral source, two others in age."""
    assert of_categories(one, other) == pytest.approx(expected, abs=1e-12)


@given(COUNTS)
def test_it_is_the_pseudo_inverse_where_groups_overlap(cells):
    """Empty categories and the one left out change nothing."""
    one, other = zip(*cells, strict=True)
    if any(a and b for a, b in cells) and sum(a + b > 0 for a, b in cells) > 1:
        assert of_categories(one, other) == pytest.approx(by_pseudo_inverse(one, other), rel=1e-7, abs=1e-9)


def test_groups_without_a_common_category_are_infinitely_far_apart():
    """The pseudo-inverse would give a small number here: 0.68 on these counts, less than for groups that overlap a little."""
    one, other = [40, 60, 0, 0], [0, 0, 30, 70]
    assert math.isinf(of_categories(one, other))
    assert by_pseudo_inverse(one, other) == pytest.approx(0.681385, abs=1e-6)
    assert by_pseudo_inverse(one, other) < by_pseudo_inverse([40, 59, 1, 0], [0, 1, 29, 70])


@given(COUNTS, st.randoms(use_true_random=False))
def test_the_order_of_categories_changes_no_digit(cells, random):
    """Shuffled categories give the same number bit for bit, so that a report has the same bytes."""
    shuffled = list(cells)
    random.shuffle(shuffled)
    first, second = (of_categories(*zip(*order, strict=True)) for order in (cells, shuffled))
    assert first == second or (math.isnan(first) and math.isnan(second))


@given(COUNTS, st.integers(2, 9))
def test_it_is_even_and_knows_no_size(cells, times):
    """The groups may change places, and one may be counted several times over."""
    one, other = zip(*cells, strict=True)
    expected = of_categories(one, other)
    assert of_categories(other, one) == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)
    assert of_categories([n * times for n in one], other) == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


@given(COUNTS)
def test_merging_categories_brings_groups_no_further_apart(cells):
    """So a difference with withheld categories taken as one never says too much."""
    one, other = zip(*cells, strict=True)
    whole, merged = of_categories(one, other), of_categories([one[0] + one[1], *one[2:]], [other[0] + other[1], *other[2:]])
    assert math.isnan(whole) or math.isnan(merged) or merged <= whole + 1e-9


def test_an_empty_group_or_a_single_category_has_no_difference():
    """NaN, and no warning of a division."""
    assert math.isnan(of_categories([0, 0], [3, 4]))
    assert math.isnan(of_categories([5, 0, 0], [9, 0, 0]))


# -- largest -----------------------------------------------------------------------------------------------------------


def test_the_largest_is_over_all_pairs_in_any_order():
    """The furthest apart are the 2nd and the 4th, wherever they stand."""
    groups = [(50, 0.4), (40, 0.1), (30, 0.5), (20, 0.7)]
    for order in permutations(groups):
        assert largest_difference(order, of_shares).value == pytest.approx(of_shares(0.1, 0.7), abs=1e-14)


def test_groups_under_11_are_not_compared():
    """Ten members are too few and eleven are not."""
    assert LEAST == 11
    groups = [(50, 0.4), (40, 0.5)]
    assert largest_difference([*groups, (10, 0.9)], of_shares) == largest_difference(groups, of_shares)
    assert largest_difference([*groups, (11, 0.9)], of_shares) == Largest(of_shares(0.4, 0.9))


@pytest.mark.parametrize(
    ("groups", "flag"),
    [
        ([], "one_group"),
        ([(99, 0.5), (10, 0.4)], "one_group"),
        ([(50, 0.0), (40, 0.0)], "no_spread"),
        ([(50, 0.0), (40, 1.0), (30, 0.5)], "no_overlap"),
    ],
)
def test_why_there_is_no_number(groups, flag):
    """No number is NaN with a flag, never infinity and never 0."""
    found = largest_difference(groups, of_shares)
    assert math.isnan(found.value)
    assert found.flag == flag


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "similar"), (0.0999, "similar"), (0.1, "differs a little"), (0.2499, "differs a little"), (0.25, "differs"), (7.0, "differs")],
)
def test_words(value, expected):
    """0.10 and 0.25 belong to the words above them."""
    assert word(value) == expected
    assert [bound for bound, _ in WORDS] == [0.10, 0.25, math.inf]


@pytest.mark.parametrize("value", [-0.1, math.nan])
def test_what_is_no_difference_has_no_word(value):
    """A negative number or none at all is refused."""
    with pytest.raises(ValueError, match="at least 0"):
        word(value)
