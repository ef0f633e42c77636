"""Takes effect sizes by name, gives one of them, those of one assumed correlation, or a sentence that says what is lacking."""

import math

import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.published.effect_size import EffectSize, EffectSizes

ROWS = (EffectSize("mean_change", 5.0, 1.0, 3.0, 7.0, 20), *(EffectSize("d_z", 0.5 + r, r=r) for r in (0.2, 0.5)))
FOUND = EffectSizes(ROWS, (("d_av", "both SDs"), ("g_z", "3 people or more")))


def test_one_of_a_name_is_itself():
    """With limits and without; the variance is the square of the error."""
    assert FOUND["mean_change"] is ROWS[0]
    assert (ROWS[0].variance, repr(ROWS[0])) == (1.0, "mean_change 5 (3 to 7)")
    assert repr(ROWS[1]) == "d_z 0.7"
    assert FOUND.names == ("mean_change", "d_z")


def test_several_of_a_name_are_chosen_by_the_correlation():
    """What depends on none stays."""
    assert [row.estimand for row in FOUND.at(r=0.5).rows] == ["mean_change", "d_z"]
    assert FOUND.at(r=0.5)["d_z"].value == 1.0
    with pytest.raises(UsageError, match=r"r = 0\.3 was not computed\. There are: 0\.2, 0\.5\."):
        FOUND.at(r=0.3)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("d_z", "is there 2 times, once for each correlation"),
        ("d_av", '"d_av" needs both SDs, which was not given'),
        ("g_z", '"g_z" needs 3 people or more$'),
        ("d_zz", 'no effect size here. Did you mean "d_z"'),
    ],
)
def test_what_cannot_be_taken_by_its_name(name, words):
    """Each for its own reason."""
    with pytest.raises(UsageError, match=words):
        FOUND[name]


def test_a_frame_has_a_row_for_each():
    """Numbers as numbers."""
    frame = FOUND.to_frame()
    assert frame["estimand"].tolist() == ["mean_change", "d_z", "d_z"]
    assert frame["value"].tolist() == [5.0, 0.7, 1.0]
    assert math.isnan(frame["se"][1])
