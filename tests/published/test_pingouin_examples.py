"""Takes scores and tests that pingouin checks against R and a spreadsheet, gives the same d, g and conversions (ES11, ES12)."""

import pytest

import iop_outcomes as iop

A, B = [3.2, 6.4, 1.8, 2.4, 5.8, 6.5], [2.4, 3.2, 3.2, 1.4, 2.8, 3.5]


def test_d_and_g_of_scores():
    """D as there; g with the exact J, which differs from their approximation in the fourth digit."""
    study = iop.effects.independent_groups(group_1=A, group_2=B)
    assert study["d_s"].value == pytest.approx(1.002549, abs=1e-6)
    assert study["g_s"].value == pytest.approx(0.92509748, abs=1e-8)
    assert study["d_s"].value * (1 - 3 / (4 * 10 - 1)) == pytest.approx(0.9254296, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "d"),
    [({"t": 1.1, "n": 31}, 0.39513166), ({"t": 1.74, "n_1": 6, "n_2": 6}, 1.0045895), ({"t": 2.5, "n_1": 10, "n_2": 14}, 1.0350983)],
)
def test_d_from_t(given, d):
    """From the test between the groups alone, and from its F."""
    assert iop.effects.independent_groups(**given)["d_s"].value == pytest.approx(d, abs=1e-6)
    f = {**given, "f": given["t"] ** 2}
    del f["t"]
    assert iop.effects.independent_groups(**f)["d_s"].value == pytest.approx(d, abs=1e-6)


def test_conversions():
    """D 0.4 as correlation, share of variance, odds ratio and probability of superiority, and back."""
    kinds = iop.effects.convert(d=0.4)
    assert [kinds[name].value for name in ("r_point_biserial", "eta_squared", "odds_ratio")] == pytest.approx(
        [0.1961, 0.0385, 2.0658], abs=1e-4
    )
    assert kinds["probability_of_superiority"].value == pytest.approx(0.61135129, abs=1e-8)
    for back in ({"r": 0.19611614}, {"eta_squared": 0.038461538}, {"odds_ratio": 2.0658045}, {"probability_of_superiority": 0.61135129}):
        assert iop.effects.convert(**back)["d_s"].value == pytest.approx(0.4, abs=1e-7)
