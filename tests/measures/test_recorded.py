"""Takes a tiny table with blanks, gives the share of discharged episodes in which each thing is known, counted by eye."""

import iop_outcomes as iop
from tests.spec.tables import loaded

TEXT = """
discharge_reason los_days phq9_admit phq9_discharge
completed 30 15 9
completed . 15 .
dropped_out 12 . 9
. 20 . .
active . 14 .
not_started . . .
"""


KNOWN = {"discharge_reason": 3, "los_days": 3, "planned_days": 0, "phq9_admit": 2, "phq9_discharge": 2, "gad7_admit": 0}


def test_each_thing_of_four_who_were_discharged():
    """Whoever is in care or never started is outside; a column that is not there is known of nobody."""
    with loaded(TEXT) as data:
        frame = iop.measure(data, "recorded").to_frame().set_index("estimand")
    for what, k in KNOWN.items():
        row = frame.loc[f"recorded_{what}"]
        assert (row.n, row.k, row.value) == (4, k, k / 4), what
