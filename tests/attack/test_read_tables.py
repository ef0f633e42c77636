"""Takes tables of a page written by hand, gives the numbers that the attack reads of them: shares as rounded, counts, who they are of."""

from __future__ import annotations

from fractions import Fraction

import pytest

from iop_outcomes.attack.facts import place
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.read_tables import read_tables
from iop_outcomes.attack.readings import Block, Described, FilesRead, Number, TableRead

STRICT = RowName("completion", "discharged", "completion_strict")
BLOCK = Block(("track",), (("All",), ("a",)), (Number(STRICT, place(("track", "a")), "n", None, "csv"),))
DESCRIBED = Described("Completion", {"completion_strict": "discharged episodes"}, {"Completed": "completion_strict"})


def read(rows, caption="Completion by track"):
    """The numbers of a table, by group and field."""
    table = TableRead("page", caption, [list(row) for row in rows])
    found = read_tables(FilesRead(["page"], blocks=[BLOCK], described=[DESCRIBED], tables=[table]))
    return {(number.where, number.field): (number.value, number.half) for number, _ in found}


@pytest.mark.parametrize(
    ("cell", "fields"),
    [
        ("55% (642)", {"value": (Fraction(55, 100), Fraction(1, 200)), "k": (642, 0)}),
        ("5.5% (4.1% to 7.2%); n 1,168", {"value": (Fraction(55, 1000), Fraction(1, 2000)), "n": (1168, 0)}),
        ("not shown", {}),
        ("", {}),
    ],
)
def test_each_cell(cell, fields):
    """A share is known to half of its last digit, counts are exact; of what is not shown nothing is read."""
    found = read([("Track", "Completed"), ("A", cell)])
    assert {field: value for (_, field), value in found.items()} == fields


def test_a_column_of_episodes_is_of_the_first_number():
    """Of each group; a column with a name that the Methods do not explain is passed over."""
    found = read([("Track", "Completed", "Odd", "Episodes"), ("All episodes", "50%", "7%", "1,000"), ("A", "40%", "8%", "not shown")])
    sizes = [value for (_, field), (value, _) in found.items() if field == "n"]
    assert sizes == [1000, None]
    assert sum(field == "value" for _, field in found) == 2


@pytest.mark.parametrize(
    ("rows", "caption"),
    [
        ([("Track", "Completed"), ("A", "50%")], "Something else"),
        ([("Sex", "Completed"), ("F", "50%")], "Completion by sex"),
        ([], "Completion by track"),
    ],
)
def test_a_table_of_something_else_is_passed_over(rows, caption):
    """Another measure, another column, none."""
    assert read(rows, caption) == {}
