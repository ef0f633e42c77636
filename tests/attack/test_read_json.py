"""Takes the JSON of a report, gives the rows of each table that it names, and nothing of what is withheld or is no report."""

import json
from fractions import Fraction

import pytest

from iop_outcomes.attack.read_json import read_json


def test_rows_of_each_table_that_are_said():
    """Those withheld are null, and no number."""
    sources = [{"table": "episodes", "name": "e.csv", "rows": 1200}, {"table": "scores", "name": "s.csv", "rows": None}]
    read = read_json(json.dumps({"provenance": {"sources": sources}}), "r.json")
    (number,) = read.numbers
    assert (number.value, number.field, number.source) == (Fraction(1200), "n", "r.json: rows of e.csv")


@pytest.mark.parametrize("text", ["[]", "{}", '{"provenance": {}}', "3", '{"policy": 3}', '{"policy": null}', '{"policy": {"name": []}}'])
def test_what_names_no_table(text):
    """Nothing is known of it but its name."""
    read = read_json(text, "r.json")
    assert (read.files, read.numbers) == (["r.json"], [])
