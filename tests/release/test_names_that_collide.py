"""Takes groups with the names that the package might have given itself, gives proof that no name is taken for another."""

import math

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.release import SUPPRESSED
from tests.reporting.test_edges_of_pages import episodes


def program(**tracks):
    """A program of such episodes, loaded."""
    return iop.load({"episodes": pd.DataFrame(episodes(**tracks))}, mapping={"data": {"class": "synthetic"}})


@pytest.mark.parametrize("pairwise", [False, True])
def test_a_group_called_others_is_withheld_like_any_other(pairwise):
    """8 episodes in a track of that name: no number of it, and no difference from it, can be read or worked out."""
    with program(others=(7, 1), a=(40, 20), b=(30, 30)) as data:
        answer = iop.compare(data, measure="completion", estimand="completion_strict", by="track", pairwise=pairwise)
        released = answer.release("cms11")
        rows = [row for row in released if "others" in (row.level, row.versus)]
        assert rows
        for row in rows:
            if row.level == "others":
                assert all(count in (SUPPRESSED, 0, None) for count in (row.n, row.k, row.n_missing, row.excluded)), row
            assert all(number is SUPPRESSED or math.isnan(number) for number in (row.value, row.low, row.high, row.p)), row
        frame = released.to_frame()
        shown = frame[(frame.level.isin(["All", "a", "b"])) & (frame.contrast == "")]
        assert shown[shown.estimand == "completion_strict"].n.isna().any()  # else 8 were All less a and b


@pytest.mark.parametrize("pairwise", [False, True])
def test_groups_whose_names_are_another_and_an_ending_do_not_collide(pairwise):
    """Tracks b and b_p, b_minus_others and minus_others: each difference is that of its own two groups."""
    tracks = {"b": (30, 30), "b_p": (50, 20), "b_minus_others": (20, 40), "minus_others": (25, 25)}
    rates = {name: done / (done + left) for name, (done, left) in tracks.items()}
    with program(**tracks) as data:
        frame = iop.compare(data, measure="completion", estimand="completion_strict", by="track", pairwise=pairwise).to_frame()
    compared = frame[(frame.contrast != "") & (frame.estimand == "completion_strict")]
    assert len(compared) == (6 if pairwise else 4)
    for row in compared.itertuples():
        if pairwise:
            other = rates[row.versus]
        else:
            rest = [tracks[name] for name in tracks if name != row.level]
            other = sum(done for done, _ in rest) / sum(done + left for done, left in rest)
        assert row.value == pytest.approx(rates[row.level] - other, abs=1e-12)
        assert 0 <= row.p <= 1


def test_labels_of_the_package_are_no_names_of_groups():
    """A track called All, or (missing), is refused when it is loaded."""
    for name in ("All", "(missing)"):
        with pytest.raises(iop.DataError, match="reserved_word"):
            program(**{name: (20, 10), "a": (20, 10)})
