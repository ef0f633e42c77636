"""Takes values of a mapping, gives them checked against closed lists; what is not allowed is named, shortened, with what is."""

import datetime as dt

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.intake import vocabulary as of


def test_what_is_allowed_comes_back():
    """Texts, numbers, lists, words, sections, and the last day of the data as a date or as text."""
    assert of.texts({"a": "b"}, "w") == {"a": "b"}
    assert of.numbers({"a": 3, "b": 1.5}, "w") == {"a": 3.0, "b": 1.5}
    assert of.list_of_codes("NA", "w") == ("NA",)
    assert of.list_of_codes(["NA", "-9"], "w") == ("NA", "-9")
    assert of.one_of("a", ("a", "b"), "w") == "a"
    assert of.section_of({"data": {"x": 1}}, "data", "w") == {"x": 1}
    assert of.section_of({}, "data", "w") == {}
    assert of.cutoff_of(dt.date(2025, 9, 30), "w") == of.cutoff_of("2025-09-30", "w") == "2025-09-30"
    assert of.cutoff_of("", "w") == ""


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: of.only(["trak"], ["track", "site"], "m [columns]", "column"),
            r'm \[columns\]: no column "trak"\. Did you mean "track"\? Allowed: site, track\.',
        ),
        (lambda: of.one_of("x" * 500, ("a",), "m class"), r'm class: "x{77}\.\.\." is not allowed'),
        (lambda: of.one_of(["a"], ("a",), "m class"), "is not allowed"),
        (lambda: of.texts({"a": 1}, "m"), "m: a must be text in quotes"),
        (lambda: of.numbers({"a": True}, "m"), "m: a must be a number"),
        (lambda: of.numbers({"a": float("nan")}, "m"), "m: a must be a number"),
        (lambda: of.list_of_codes([1], "m"), "must be a list of texts"),
        (lambda: of.section_of({"data": 1}, "data", "m"), r"m: data must be a table, as in \[data\]"),
        (lambda: of.cutoff_of("30.09.2025", "m"), "must be a date such as"),
        (lambda: of.cutoff_of(dt.datetime(2025, 9, 30, 12), "m"), "must be a date such as"),
    ],
)
def test_what_is_not_allowed(call, words):
    """Where it stands, what it was, what may stand there."""
    with pytest.raises(DataError, match=words):
        call()


def test_dates_and_days():
    """An ISO date in full; a whole number of days above 0, and no more than a life has."""
    assert [of.is_date(text) for text in ("2024-02-29", "2023-02-29", "2024-2-9", "20240209", "")] == [True, False, False, False, False]
    assert [of.is_days(value) for value in (1, 30, 0, -1, 1.0, True, "30", 10**9)] == [True, True, False, False, False, False, False, False]
