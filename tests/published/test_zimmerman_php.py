"""Takes completion of a PHP by telehealth and in person, gives the chi-square that Zimmerman et al. print."""

import pytest

import iop_outcomes as iop


def test_completion_by_telehealth_and_in_person():
    """151 of 207 and 129 of 207: uncorrected chi-square 5.34."""
    two = iop.effects.proportions(events_1=151, n_1=207, events_2=129, n_2=207)
    assert two["odds_ratio"].statistic == pytest.approx(5.34, abs=0.005)
