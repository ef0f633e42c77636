"""Takes released results and tables, gives comma-separated text and JSON: twelve digits, nothing that a spreadsheet obeys."""

import csv
import io
import json
import math

import pytest

from iop_outcomes.release import SUPPRESSED
from iop_outcomes.results import COLUMNS
from iop_outcomes.show.plain import csv_text, json_text, plain_cell, steady, table_csv_text
from iop_outcomes.show.tables import Table
from tests.reporting.parts.small import people
from tests.show.made import released_of

ROWS = people(20, 10, track="=1+1") + people(3, 2, track="b")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=x", "'=x"),
        ("+x", "'+x"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("x=", "x="),
        ("", ""),
        (1 / 3, 0.333333333333),
        (math.nan, None),
        (SUPPRESSED, None),
        (None, None),
        (7, 7),
    ],
)
def test_each_cell(value, cell):
    """A word that a spreadsheet would take for a formula, digits beyond the twelfth, nothing where there is none."""
    assert plain_cell(value) == cell


def test_rows_are_the_released_numbers():
    """In their order; some of the estimands, or all; of nothing the heads alone."""
    released = released_of(ROWS, "completion", policy="cms11")
    rows = list(csv.DictReader(io.StringIO(csv_text([released]))))
    assert [row["level"] for row in rows if row["estimand"] == "completion_strict"] == ["All", "'=1+1", "b"]
    hidden = next(row for row in rows if row["level"] == "b" and row["estimand"] == "completion_strict")
    assert (hidden["value"], hidden["n"], hidden["flag"]) == ("", "", "suppressed")
    some = list(csv.DictReader(io.StringIO(csv_text([released], ["completion_strict"]))))
    assert {row["estimand"] for row in some} == {"completion_strict"}
    assert csv_text([]) == ",".join(COLUMNS) + "\n"


def test_json_holds_the_same_and_no_nan():
    """Null where a number is withheld or impossible; the words of the policy where it has any."""
    records = json.loads(json_text(released_of(ROWS, "completion", policy="internal")))
    assert {row["mark"] for row in records} == {"contains small numbers: for people entitled to see this program's patients"}
    assert all(row[name] == steady(row[name]) for row in records for name in ("value", "low") if row[name] is not None)
    assert any(row["p"] is None for row in records)


def test_a_table_of_words():
    """With its mark as a column, where it has one."""
    table = Table("T", ("Track", "=n"), (("A", "-5"),))
    assert table_csv_text(table) == "Track,'=n\nA,'-5\n"
    assert table_csv_text(Table("T", ("a",), (("b",),), mark="small")) == "a,mark\nb,small\n"
