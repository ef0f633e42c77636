"""Takes the tables of a report, gives those of full cells: groups that stay at home, reasons taken together, nothing to share."""

import pytest

from iop_outcomes.columns import Column, Status
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.reporting.share_release import passed_on
from tests.reporting.parts.small import people, small

MIDDLE = (Status(), Column("discharge_reason"), Column("track"))
BY_SEX = (Column("discharge_reason"), Column("track"), Column("sex"))


def passed(rows, sets=(MIDDLE, BY_SEX)):
    """What may be passed on of some rows."""
    with small(rows) as data:
        return passed_on(data, "track", sets, 11)


def counts(found, place=0):
    """A table by its group and reason."""
    _, table = found.tables[place]
    return {(cell[table.columns.index("track")], cell[table.columns.index("discharge_reason")]): n for cell, n in table}


def test_groups_with_a_few_of_one_end_stay_at_home():
    """Of "b" four completed, which are not taken as anything else; the words name no group."""
    found = passed(people(20, 15, sex="f") + people(4, 30, track="b", sex="f"))
    assert counts(found) == {("a", "completed"): 20, ("a", "dropped_out"): 15}
    assert found.extent.startswith("1 of 2 groups, 2 of 4 cells and 35 of 69 episodes")
    assert not any("b" in words.split() for words in found.loss)


def test_rare_ends_are_counted_as_another_where_that_makes_them_many():
    """Eight who were incarcerated and twelve of other reasons are twenty of other reasons."""
    rows = people(20, 15, sex="f")
    rows += [row | {"discharge_reason": "incarcerated"} for row in people(8, 0, start=50, sex="f")]
    rows += [row | {"discharge_reason": "other"} for row in people(12, 0, start=70, sex="f")]
    found = passed(rows)
    assert counts(found)["a", "other"] == 20
    assert "discharge reason incarcerated is counted as other" in found.loss


def test_a_table_with_a_small_cell_does_not_go_along():
    """By sex three of one kind; the middle goes."""
    small_mix = passed(people(20, 15, sex=lambda i: "m" if i < 3 else "f"))
    whole = passed(people(30, 30, sex=lambda i: "m" if i % 2 else "f"))
    assert (len(small_mix.tables), len(whole.tables)) == (1, 2)
    assert "1 of 2 tables goes along" in small_mix.loss and "2 of 2 tables go along" in whole.loss


def test_where_every_group_has_a_few_nothing_is_shared():
    """The reasons that keep them at home are named, for the program alone."""
    with pytest.raises(
        NotAssessableError, match=r"every group by track has a reason for discharge with fewer than 11 episodes \(a: completed\)"
    ):
        passed(people(4, 30, sex="f"))
