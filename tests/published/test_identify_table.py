"""Takes rows of a table with the effect sizes it reports, gives how many rows each definition explains, figures of a column printed alike."""

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

PRE, SD_PRE, POST, SD_POST = ["16.3", "12.0", "20.5"], ["4.6", "3.1", "6.0"], ["9.1", "9.5", "14.5"], ["5.1", "3.3", "7.0"]
FIGURES = {"mean_pre": PRE, "sd_pre": SD_PRE, "mean_post": POST, "sd_post": SD_POST}
BY_PRE = [f"{(float(a) - float(b)) / float(s):.2f}" for a, b, s in zip(PRE, POST, SD_PRE, strict=True)]


def test_the_definition_that_gives_every_row():
    """And of the others, how many."""
    found = iop.identify_effect_size(BY_PRE, **FIGURES)
    assert "d_pre_sd" in found.matches
    assert found.counts["d_pre_sd"] == 3
    assert found.counts["d_post_sd"] < 3
    assert list(found.counts.values()) == sorted(found.counts.values(), reverse=True)
    assert "d_pre_sd" in found.sentence()


def test_each_row_is_what_it_is_by_itself():
    """Numbers without their last zeros are printed as the column prints them."""
    found = iop.identify_effect_size(
        [float(each) for each in BY_PRE], **{name: list(map(float, column)) for name, column in FIGURES.items()}
    )
    alone = [iop.identify_effect_size(value, **{name: column[row] for name, column in FIGURES.items()}) for row, value in enumerate(BY_PRE)]
    assert [row.matches for row in found.rows] == [each.matches for each in alone]


@pytest.mark.parametrize(
    ("reported", "change", "words"),
    [
        ([], {}, "holds no value"),
        (["1.5", None, "1.2"], {}, "1 of 3 values are missing"),
        (["1.5", "1.2"], {}, "has 3 values and reported has 2"),
        (["1.5", "1,2", "1.0"], {}, "is not a number as a table prints it"),
        ("1.5", {}, "several values, and reported is one"),
    ],
)
def test_columns_that_do_not_go_together(reported, change, words):
    """By their lengths."""
    with pytest.raises(UsageError, match=words):
        iop.identify_effect_size(reported, **{**FIGURES, **change})
