"""Takes approval of a prime minister, a day hospital and two gliomas as printed, gives the figures that their papers print.

Agresti, Categorical Data Analysis (PR05); Zimmerman et al., PHP by telehealth and in person (chi-square 5.34); Bland and Altman
(2004), BMJ 328:1073 (SV06).
"""

import pytest

import iop_outcomes as iop


def test_approval_in_two_surveys():
    """PR05: 59 % and 55 %, the difference with its limits, McNemar's 17.36."""
    two = iop.effects.paired_proportions(yes_yes=794, yes_no=150, no_yes=86, no_no=570)
    assert (two["share_first"].value, two["share_second"].value) == pytest.approx((0.59, 0.55), abs=0.006)
    rd = two["risk_difference"]
    assert (rd.value, rd.low, rd.high) == pytest.approx((-0.04, -0.058716117, -0.021283883), abs=5e-9)
    assert rd.statistic == pytest.approx(17.355932, abs=5e-7)


def test_completion_by_telehealth_and_in_person():
    """151 of 207 and 129 of 207: uncorrected chi-square 5.34."""
    two = iop.effects.proportions(events_1=151, n_1=207, events_2=129, n_2=207)
    assert two["odds_ratio"].statistic == pytest.approx(5.34, abs=0.005)


def test_hazard_ratio_of_observed_and_expected():
    """SV06: 14 against 22.48 and 28 against 19.52 give 0.43."""
    hr = iop.effects.hazard_ratio(observed_1=14, expected_1=22.48, observed_2=28, expected_2=19.52)["hazard_ratio"]
    assert hr.value == pytest.approx(0.43411563, abs=2e-4)
