"""Takes programs of one, two and three groups, gives how they compare: each number with its word, and how often chance gives one."""

from iop_outcomes.reporting.blocks import TableBlock
from iop_outcomes.reporting.parts.comparison import COMPARISON
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small


def test_one_group_has_no_such_section():
    """Nor have one group and episodes without one."""
    blank = [row | {"track": None} for row in people(10, 10, start=50)]
    for rows in (people(20, 20), people(20, 20) + blank):
        assert said(COMPARISON, rows) == ("", "")


def test_every_number_that_is_compared_has_a_table():
    """Completion alone, then with a scale: both scores, change, better and worse; severity stands beside each."""
    scored = {"phq9_admit": lambda i: 12 + i % 5, "phq9_discharge": lambda i: 6 + i % 3}
    with small(people(20, 20, **scored) + people(25, 15, track="b", **scored)) as data:
        (section,) = COMPARISON.appendix(page_of(data, COMPARISON, policy="none"))
        tables = [block.table for block in section.blocks if isinstance(block, TableBlock)]
    assert [table.caption.partition(":")[0] for table in tables] == [
        "Completion, completed",
        "Change in PHQ-9, both scores known",
        "Change in PHQ-9, mean change",
        "Reliable change in PHQ-9, reliably better",
        "Reliable change in PHQ-9, reliably worse",
    ]
    assert all(table.heads[2] == "PHQ-9 at admission: mean, of everyone admitted with a score" for table in tables)
    assert [row[2] for row in tables[0].rows] == ["14.0", "14.0"]


def test_three_groups_are_three_comparisons_of_one_outcome():
    """Each with its word; the sentence on chance counts the outcomes, not the groups."""
    _, in_full = said(COMPARISON, people(36, 4) + people(20, 20, track="b") + people(4, 36, track="c"))
    assert "A 40 90% 60 " in in_full and "higher" in in_full and "no clear difference" in in_full
    assert "chance alone would still call one higher or lower in about 5 of 100 such reports" in in_full


def test_groups_that_are_too_few_are_neither_compared_nor_counted():
    """Ten and thirty: no word but too few, and no chance of one."""
    _, in_full = said(COMPARISON, people(20, 10) + people(5, 5, track="b"))
    assert "too few" in in_full
    assert "chance alone" not in in_full
