"""Takes the rank tests of a community programme, gives its "effect sizes" as correlations, no d (ES19; doi:10.1186/s13033-017-0177-8)."""

import pytest

import iop_outcomes as iop

Z, PRINTED = [6.87, 6.87, 6.42, 6.02], [0.80, 0.80, 0.75, 0.70]


def test_all_four_rows_are_z_over_root_n():
    """Of 74 people: four of four, and said to be no d."""
    table = iop.identify_effect_size(PRINTED, z=Z, n=74)
    assert table.matches == ("r_from_z",)
    assert table.counts == {"r_from_z": 4}
    assert "no d" in table.sentence()
    assert [iop.effects.correlation(z=z, n=74)["r_from_z"].value for z in Z] == pytest.approx(PRINTED, abs=0.006)
