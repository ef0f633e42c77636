"""Takes records, gives them as JSON or comma-separated text that reads back to the same; two forms at once are refused."""

import csv
import io
import json

import click
import pytest

from iop_outcomes.cli.output import one_form, print_records

RECORDS = [{"name": 'a "b", c', "value": 0.1, "note": None}, {"name": "ä\nö", "value": 2, "note": "x"}]


def test_json_reads_back_to_the_records(capsys):
    """Letters as letters, nothing as null."""
    print_records(RECORDS, as_json=True)
    out = capsys.readouterr().out
    assert json.loads(out) == RECORDS
    assert "ä" in out


def test_csv_reads_back_to_the_words_of_the_records(capsys):
    """Commas, quotation marks and ends of lines inside a cell stay inside."""
    print_records(RECORDS, as_json=False)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows == [{name: "" if value is None else str(value) for name, value in record.items()} for record in RECORDS]


def test_what_json_has_no_word_for_is_no_json():
    """NaN would be read by some programs and stop others."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_records([{"value": float("nan")}], as_json=True)


def test_two_forms_are_refused_by_their_flags():
    """One or none is an answer."""
    one_form(json=True, csv=False)
    one_form(json=False, csv=False)
    with pytest.raises(click.UsageError, match="--json and --ard cannot be used together"):
        one_form(json=True, csv=False, ard=True)
