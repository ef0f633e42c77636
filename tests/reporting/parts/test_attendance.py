"""Takes programs with and without sessions, gives the part on attendance where sessions are there, and none where not."""

import pandas as pd

import iop_outcomes as iop
from tests.measures.sessions import MAPPING, estimates, loaded, program


def test_the_report_has_a_part_where_sessions_are_there_and_none_where_not():
    """Attendance by track, with its definition; nothing of it without sessions."""
    episodes, sessions = program(5, 200)
    with loaded(episodes, sessions) as data:
        page = iop.report(data, by="track", policy="none").to("txt")
        rate = estimates(data, "no_show_rate")["All", "no_show_rate"].value
    assert "Attendance by track" in page and f"{rate:.0%} of scheduled sessions were missed" in page
    assert "Attended days of discharged episodes, by track" in page
    with iop.load({"episodes": pd.DataFrame(episodes)}, mapping=MAPPING) as data:
        assert "Attendance" not in iop.report(data, by="track", policy="none").to("txt")
