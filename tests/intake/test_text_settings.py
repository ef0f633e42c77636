"""Takes what a mapping says of text files, gives the settings of each table: its own, else those of all; the rest refused."""

import pytest

from iop_outcomes.columns import KINDS
from iop_outcomes.errors import DataError
from iop_outcomes.intake.text_settings import TextSettings, text_settings


def test_a_table_has_its_own_else_those_of_all_else_those_of_every_csv():
    """An encoding by any of its names."""
    found = text_settings({"decimal": ",", "scores": {"encoding": "latin-1", "delimiter": "\t"}}, ";", "mapping")
    assert set(found) == set(KINDS)
    assert found["episodes"] == TextSettings(delimiter=";", decimal=",")
    assert found["scores"] == TextSettings("iso-8859-1", "\t", ",")
    assert text_settings({}, ",", "mapping") == {}


def test_a_tab_may_be_written_in_two_ways():
    """As TOML's own, and as text that knows no escapes."""
    found = [text_settings({"delimiter": each}, ",", "m")["episodes"].delimiter for each in ("\t", "\\t")]
    assert found == ["\t", "\t"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"encodng": "utf-8"}, r'm \[text\]: no key or table "encodng"'),
        ({"encoding": "utf-7"}, "is not allowed"),
        ({"encoding": 1252}, "is not allowed"),
        ({"delimiter": "x"}, r'is none of the separators\. Allowed: ",", ";", "\\t", "\|"'),
        ({"decimal": "'"}, "is not allowed"),
        ({"skip_rows": -1}, "whole number from 0 to 100"),
        ({"skip_rows": True}, "whole number from 0 to 100"),
        ({"header_rows": 0}, "whole number from 1 to 100"),
        ({"scores": {"episodes": {}}}, r'm \[text\.scores\]: no key "episodes"'),
    ],
)
def test_what_is_no_setting(given, words):
    """With the place in the mapping."""
    with pytest.raises(DataError, match=words):
        text_settings(given, ",", "m")
