"""Takes national discharges from SUD IOPs, gives their shares as printed (ES23; SAMHSA, TEDS 2004, table 2.5)."""

import pytest

import iop_outcomes as iop


@pytest.mark.parametrize(
    ("events", "percent"), [(43119, 37.7), (20441, 17.9), (26561, 23.2), (16025, 14.0), (8294, 7.2), (43119 + 20441, 55.540021)]
)
def test_shares(events, percent):
    """Of 114,440; completed is 37.7 %, and 55.5 % where transfers count."""
    assert 100 * iop.effects.proportion(events=events, n=114440)["proportion"].value == pytest.approx(percent, abs=0.05)
