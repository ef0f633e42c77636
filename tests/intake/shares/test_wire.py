"""Takes requests and levels through JSON and CSV and back, and takes what nobody declared, which is refused without being repeated."""

import json
from decimal import Decimal
from typing import get_args

import pytest

from iop_outcomes.columns import (
    AnswersAt,
    BaselineTwice,
    ClassOf,
    Column,
    DaysInCare,
    EventWithin,
    FirstEvent,
    Known,
    LastCarried,
    Reached,
    Request,
    ScoreAt,
    ScoreWithin,
    SessionCount,
    Status,
    StopsAtEnd,
    Weeks,
)
from iop_outcomes.intake.shares.wire import level_from_wire, level_to_wire, request_from_wire, request_to_wire

RELAPSE = FirstEvent("relapse", ("relapse",), competing=("death", "emergency_visit"), kinds=("a",))
REQUESTS = (
    *(Column("track"), Known(Column("track")), Known(ScoreAt("phq9", "admit")), ScoreAt("bdi2", "admit", (-30, 0)), Status()),
    *(AnswersAt("mood", (("mood_1", -1, 2), ("mood_2", 0, 3))), RELAPSE, StopsAtEnd(RELAPSE), EventWithin("ever", ("death",), last=30)),
    *(SessionCount("missed", ("missed",)), Reached("follow_up_days", 60, plus="los_days"), DaysInCare(), Weeks("los_days", 26)),
    *(BaselineTwice("phq9"), LastCarried("phq9"), ScoreWithin("phq9", "week_4", 25, 31, in_care=True)),
    ClassOf("how_it_ended", "discharge_reason", (("planned", ("completed", "transferred_step_down")), ("other", ())), "unplanned"),
)


def test_requests_come_back_as_they_were():
    """Also nested ones, through the text of JSON; each kind that a measure can ask is among them."""
    assert {type(each) for each in REQUESTS} == set(get_args(Request))
    for request in REQUESTS:
        back = request_from_wire(json.loads(json.dumps(request_to_wire(request))))
        assert back == request and type(back) is type(request)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "of a kind that is not known"),
        ({"kind": "DuckEngine"}, "of a kind that is not known"),
        ({"kind": "Column", "name": "track", "secret": 1}, "with a part that is not known"),
        ({"kind": "Column"}, "lacks a part"),
        ({"kind": "Column", "name": 1.5}, "with a part of another type"),
        ({"kind": "Column", "name": ""}, "without a name"),
        ({"kind": "Column", "name": "secret" * 20}, "without a name"),
        ({"kind": "Column", "name": "a\nb"}, "without a name"),
        ({"kind": "Known", "request": {"kind": "Secret"}}, "of a kind that is not known"),
        ({"kind": "Known", "request": "secret"}, "lacks a part, or has one of another type"),
    ],
)
def test_what_is_no_request_is_refused(given, words):
    """The message holds nothing of the file."""
    with pytest.raises(ValueError, match=words) as error:
        request_from_wire(given)
    assert "secret" not in str(error.value).lower()


def test_levels_come_back_as_they_were():
    """Words stay words; numbers are whole where they are; a blank is none in both."""
    for level in (None, 0, -12, Decimal("1.5"), Decimal("-0.25")):
        assert level_from_wire(level_to_wire(level), words=False) == level
    for level in (None, "12", "01", "a,b", "ü"):
        assert level_from_wire(level_to_wire(level), words=True) == level
    assert type(level_from_wire("2.0", words=False)) is int


@pytest.mark.parametrize("cell", ["x", "1e3", "1234567890", "1.2345678", "nan", " 1", "١"])
def test_what_is_no_number(cell):
    """Neither a power, nor so many digits, nor digits of other scripts."""
    with pytest.raises(ValueError, match="not a number"):
        level_from_wire(cell, words=False)


def test_labels_that_no_page_could_hold():
    """Too long by one letter, or not printable."""
    assert level_from_wire("x" * 80, words=True) == "x" * 80
    for cell in ("x" * 81, "a\nb", "a\u202eb"):
        with pytest.raises(ValueError, match="more than 80 characters, or one that cannot be printed"):
            level_from_wire(cell, words=True)
