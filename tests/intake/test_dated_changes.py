"""Takes mappings with dated changes, gives proof of what may be declared, that the rest is refused with what is allowed, and what is kept."""

import datetime as dt
import tomllib

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.intake.dated_changes import MOST_CHANGES, MOST_LETTERS
from iop_outcomes.intake.mapping import read_mapping
from iop_outcomes.intake.proposal_lines import lines_of, long_text, short_text

OPENED = {"date": "2024-03-01", "words": "Evening track opened"}
EPISODE = {"episode_id": "a", "track": "mh", "discharge_reason": "completed"}
DATED = {**EPISODE, "admit_date": "2024-02-01", "discharge_date": "2024-03-31"}
BY_QUARTER = {**EPISODE, "los_days": 20, "period": "2024-Q1"}


def load(row, *changes, data_class="limited_data_set"):
    """One episode, with these changes declared."""
    return iop.load({"episodes": pd.DataFrame([row])}, mapping={"data": {"class": data_class}, "changes": list(changes)})


def test_changes_come_in_the_order_of_time():
    """As text or as a date of TOML, and by period where there are no dates."""
    with load(DATED, {"date": dt.date(2024, 5, 2), "words": " Later "}, OPENED) as data:
        assert [(change.words, str(change.first), str(change.last)) for change in data.changes] == [
            ("Evening track opened", "2024-03-01", "2024-03-01"),
            ("Later", "2024-05-02", "2024-05-02"),
        ]
        assert data.where(track="mh").changes == data.changes
    with load(
        BY_QUARTER, {"period": "2024-Q1", "words": "x"}, {"period": "2024-02", "words": "y"}, OPENED, data_class="safe_harbor"
    ) as data:
        assert [change.words for change in data.changes] == ["x", "y", "Evening track opened"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"date": "2024-03-01"}, r"changes: must be sections .* headed \[\[changes\]\]"),
        (["2024-03-01"], r"must be sections"),
        ([{"words": "x"}], r"number 1: needs words and either date or period"),
        ([OPENED | {"period": "2024-Q1"}], r"either date or period"),
        ([OPENED, {"date": "2024-03-01"}], r"number 2: needs words"),
        ([OPENED | {"when": "x"}], r'no key "when"\. .*Allowed: date, period, words'),
        ([OPENED | {"date": "03/01/2024"}], r'date: must be one day, such as "2024-03-01"'),
        ([OPENED | {"date": dt.datetime(2024, 3, 1, 12)}], r"must be one day"),
        ([OPENED | {"date": 20240301}], r"must be one day"),
        ([{"period": "spring", "words": "x"}], r"period: must be a month, a quarter or a year"),
        ([{"period": 2024, "words": "x"}], r"in quotes"),
        ([OPENED | {"words": ""}], rf"at most {MOST_LETTERS} letters, as in .Evening track opened"),
        ([OPENED | {"words": "x" * (MOST_LETTERS + 1)}], r"words: must be a text of one line"),
        ([OPENED | {"words": "a\nb"}], r"text of one line"),
        ([OPENED | {"words": "a\u202eb"}], r"text of one line"),
        ([OPENED] * (MOST_CHANGES + 1), r"13 are declared, and a chart holds 12"),
    ],
)
def test_what_is_refused_says_what_is_allowed(changes, expected):
    """Closed keys, one time, short words."""
    with pytest.raises(iop.DataError, match=expected):
        read_mapping({"changes": changes})


def test_a_mapping_that_is_finished_keeps_them():
    """Both texts of a proposal are read back as they were given, before any section."""
    given = {"data": {"class": "public"}, "changes": [OPENED, {"date": dt.date(2024, 5, 2), "words": 'a "b"'}]}
    for text in (short_text(list(lines_of(given))), long_text(list(lines_of(given)), {})):
        assert tomllib.loads(text) == given
