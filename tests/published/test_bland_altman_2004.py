"""Takes observed and expected deaths of two kinds of glioma, gives the hazard ratio of Bland and Altman (2004), BMJ 328:1073 (SV06)."""

import pytest

import iop_outcomes as iop


def test_hazard_ratio_of_observed_and_expected():
    """SV06: 14 against 22.48 and 28 against 19.52 give 0.43."""
    hr = iop.effects.hazard_ratio(observed_1=14, expected_1=22.48, observed_2=28, expected_2=19.52)["hazard_ratio"]
    assert hr.value == pytest.approx(0.43411563, abs=2e-4)
