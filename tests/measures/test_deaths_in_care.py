"""Takes a tiny table, gives the share of ended episodes that ended with a death."""

import math

import iop_outcomes as iop
from tests.spec.tables import loaded


def row_of(reasons):
    """The one number, of episodes with these reasons."""
    with loaded(
        "discharge_reason los_days\n" + "\n".join(f"{reason} {5 if reason not in ('active', 'not_started') else '.'}" for reason in reasons)
    ) as data:
        return iop.measure(data, "deaths_in_care").to_frame().iloc[0]


def test_deaths_of_everybody_whose_episode_ended():
    """A blank reason has ended too; who is in care or never started has not."""
    row = row_of(["died", "completed", "dropped_out", ".", "died", "active", "not_started"])
    assert (row.k, row.n, row.value) == (2, 5, 0.4)


def test_nobody_died_and_nobody_has_ended():
    """0 of 2; and no number of nobody, with the flag."""
    assert row_of(["completed", "dropped_out"]).value == 0
    nobody = row_of(["active", "active"])
    assert math.isnan(nobody.value)
    assert nobody.flag
