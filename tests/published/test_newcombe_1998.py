"""Takes the cases of Newcombe's two papers, gives the limits of shares and differences by every method they compare (PR01, PR02).

Newcombe RG (1998), Statistics in Medicine 17:857-872 and 17:873-890; limits as printed by R and in DescTools' tests.
"""

import pytest

import iop_outcomes as iop

SINGLE = {
    "wilson": [(0.2553, 0.3662), (0.0624, 0.1605), (0, 0.1611), (0.0061, 0.1718)],
    "clopper_pearson": [(0.2527, 0.3676), (0.0578, 0.1617), (0, 0.1684), (0.0009, 0.1776)],
    "wilson_continuity": [(0.2535, 0.3682), (0.0598, 0.1644), (0, 0.2005), (0.0018, 0.1963)],
}
PAIRS = {
    "wald": [(0.0575, 0.3425), (0.2605, 0.9395), (1, 1), (-0.1162, 0.0843)],
    "agresti_caffo": [(0.0525, 0.3358), (0.16, 0.84), (0.6922, 1), (-0.1168, 0.085)],
    "newcombe": [(0.0524, 0.3339), (0.1705, 0.809), (0.6791, 1), (-0.1177, 0.0851)],
    "miettinen_nurminen": [(0.0528, 0.3382), (0.17, 0.8406), (0.7156, 1), (-0.1191, 0.086)],
}


@pytest.mark.parametrize("interval", SINGLE)
def test_single_shares(interval):
    """Four shares, one of them 0 of 20."""
    for (k, n), ends in zip([(81, 263), (15, 148), (0, 20), (1, 29)], SINGLE[interval], strict=True):
        share = iop.effects.proportion(events=k, n=n, interval=interval)["proportion"]
        assert (share.low, share.high) == pytest.approx(ends, abs=1.5e-4)


@pytest.mark.parametrize("interval", PAIRS)
def test_differences(interval):
    """Four differences, one of them of 10 of 10 and 0 of 20."""
    for (k_1, n_1, k_2, n_2), ends in zip(
        [(56, 70, 48, 80), (9, 10, 3, 10), (10, 10, 0, 20), (84, 101, 89, 105)], PAIRS[interval], strict=True
    ):
        rd = iop.effects.proportions(events_1=k_1, n_1=n_1, events_2=k_2, n_2=n_2, interval=interval)["risk_difference"]
        assert (rd.low, rd.high) == pytest.approx(ends, abs=2e-4)


@pytest.mark.parametrize("cells", [(0, 20, 3, 20), (10, 10, 0, 20), (20, 20, 20, 20), (0, 20, 0, 20), (0, 20, 20, 20)])
def test_cells_of_a_small_readmission_table_have_limits(cells):
    """Where another library raises: every method that is not Wald's gives an interval with room, within -1 to 1, around the difference."""
    k_1, n_1, k_2, n_2 = cells
    for interval in ("newcombe", "miettinen_nurminen", "agresti_caffo"):
        rd = iop.effects.proportions(events_1=k_1, n_1=n_1, events_2=k_2, n_2=n_2, interval=interval)["risk_difference"]
        assert -1 <= rd.low <= rd.value <= rd.high <= 1 or interval == "agresti_caffo"
        assert rd.high - rd.low > 0.1
