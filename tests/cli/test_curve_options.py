"""Takes what a person types about a printed curve, gives the curve of two files, or what is missing on the command line."""

import click
import pytest

import iop_outcomes as iop
from iop_outcomes.cli.curve_options import read_curve

POINTS, RISK = "time,share\n0,100\n2,75\n4,37.5\n", "time,n\n0,4\n3,2\n"


@pytest.fixture
def files(tmp_path):
    """Points in percent and weeks, and numbers at risk."""
    (tmp_path / "points.csv").write_text(POINTS)
    (tmp_path / "risk.csv").write_text(RISK)
    return str(tmp_path / "points.csv"), str(tmp_path / "risk.csv")


def test_the_curve_is_that_of_python(files):
    """The same call, with the flags' words."""
    how = dict(events=None, kind="falling", percent=True, unit="weeks")
    found = read_curve(files[0], at_risk=files[1], label="", **how)
    same = iop.reconstruct_curve({"time": [0, 2, 4], "share": [100, 75, 37.5]}, at_risk={"time": [0, 3], "n": [4, 2]}, **how)
    assert found.to_records() == same.to_records()
    assert found.label == files[0]


def test_without_numbers_at_risk_it_says_what_will_do(files):
    """The one at time 0 alone."""
    with pytest.raises(click.UsageError, match=r"--at-risk is missing: .* the one at 0 alone will do"):
        read_curve(files[0], at_risk=None, events=None, kind="falling", percent=True, unit="weeks", label="")
