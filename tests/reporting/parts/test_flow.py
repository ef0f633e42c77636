"""Takes programs with rows left out, gives who is counted: what comes in is what is used and what is left out, by reason."""

from iop_outcomes.reporting.blocks import TableBlock
from iop_outcomes.reporting.parts.flow import FLOW
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small


def tables(rows, **options):
    """The rows of both tables by their first cell."""
    with small(rows) as data:
        (section,) = FLOW.appendix(page_of(data, FLOW, policy="none", **options))
        blocks = [block.table for block in section.blocks if isinstance(block, TableBlock)]
        return [{row[0]: row[1:] for row in table.rows} for table in blocks]


def test_from_files_to_measures():
    """An exact copy is left out of the file; a death and a stay that nobody knows of their measures."""
    died = people(0, 1, start=90)[0] | {"discharge_reason": "died"}
    unknown = people(0, 1, start=91)[0] | {"los_days": None}
    rows = people(10, 8)
    files, measures = tables([*rows, rows[0], died, unknown])
    assert files["episodes"][:2] == ("21", "20") and "exact copy: 1" in files["episodes"][2]
    assert measures["Completion"] == ("20", "19", "died in care: 1")
    assert measures["Length of stay"][:2] == ("20", "19")
    assert measures["Completion, of all admitted"][:2] == ("20", "0")


def test_nothing_left_out_is_said_so():
    """And nothing stands on the page itself."""
    page, in_full = said(FLOW, people(6, 6))
    assert page == ""
    assert "episodes 12 12 none" in in_full and "Completion 12 12 none" in in_full
