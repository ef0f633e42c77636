"""Takes pages under policies that round counts, gives proof that they say so where ranges would stand, and judge by what rounding leaves."""

import pytest

import iop_outcomes as iop


@pytest.fixture(scope="module", params=["round5", "nhs"])
def page(request, synthetic):
    """The page in words."""
    return " ".join(iop.report(synthetic, by="track", policy=request.param).to("txt").split())


def test_that_ranges_are_not_shown_is_said_once_above(page):
    """It said that ranges were 95 % intervals, and "55%; not shown"."""
    assert "Counts are rounded to the nearest 5; ranges would give them back, and are not shown." in page
    assert "95% interval" not in page.partition("2. Who is in each track")[0] and "with 95% ranges" not in page
    assert "%; not shown;" not in page and "%; not shown." not in page and "* Finished: 55%; of" in page
    assert (
        "(not shown)" not in page.partition("in full")[0] and "Completed (range)" not in page
    )  # no range in a cell, and no head that promises one


def test_what_is_told_of_groups_is_judged(page):
    """It said that nothing could be told, above words that told it."""
    first = page.partition("2. Who is in each track")[0]
    assert "nothing can be told" not in first and "Needs a look: fewer finished in Substance use than in the others" in first


def test_months_of_few_episodes_are_not_judged_once_rounded(page):
    """Two months seemed out of the ordinary that are not; the two that are did not."""
    assert (
        "Monthly completion cannot be judged: a month holds so few episodes that rounding its counts moves its share as chance does."
        in page
    )
    assert "above its expected range" not in page and "Limits take 12 points" not in page
