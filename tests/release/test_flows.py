"""Takes flows of tables of data, gives proof of which of their numbers are shown."""

import pytest

from iop_outcomes.release import POLICIES, SUPPRESSED, release_flow
from iop_outcomes.results import Flow


@pytest.mark.parametrize(
    ("reasons", "rows_in", "shown"),
    [
        ({}, 100, {}),
        ({"x": 20}, 120, {"x": 20}),
        ({"x": 3}, SUPPRESSED, {"x": SUPPRESSED}),
        ({"x": 3, "y": 30}, SUPPRESSED, {"x": SUPPRESSED, "y": 30}),
        ({"x": 3, "y": 4}, SUPPRESSED, {"x": SUPPRESSED, "y": SUPPRESSED}),
        ({"x": 6, "y": 7}, 113, {"x": SUPPRESSED, "y": SUPPRESSED}),
        ({"x": 0, "y": 30}, 130, {"x": 0, "y": 30}),
    ],
)
def test_the_flow_of_a_table(reasons, rows_in, shown):
    """Rows in are withheld when they would give back one small reason, or several that are small together."""
    flow = release_flow(Flow("episodes", 100 + sum(reasons.values()), reasons), POLICIES["cms11"])
    assert (flow.rows_in, flow.used, dict(flow.excluded)) == (rows_in, 100, shown)


def test_the_flow_of_a_table_under_no_policy():
    """The policy `none` shows all."""
    flow = release_flow(Flow("episodes", 103, {"x": 3}), POLICIES["none"])
    assert (flow.rows_in, flow.used, dict(flow.excluded)) == (103, 100, {"x": 3})
