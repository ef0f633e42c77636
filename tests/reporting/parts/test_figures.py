"""Takes pages, gives their figures in short: for everyone and each group, nothing for what is withheld or impossible, and the periods."""

import json

from iop_outcomes.reporting.parts.figures import page_figures, page_span
from iop_outcomes.reporting.parts.over_time import OVER_TIME
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from tests.pages import page_of
from tests.reporting.parts.small import people, small


def figures(rows, *, policy="none", where=None, **mapping):
    """The figures of the first page, as they are written."""
    with small(rows, **mapping) as data:
        data = data.where(**where) if where else data
        return json.loads(json.dumps(page_figures(page_of(data, PAGE_ONE, OVER_TIME, policy=policy)).to_dict(), allow_nan=False))


def test_everyone_and_each_group_and_nobody_without_one():
    """Of one outcome: three numbers; episodes without a group are no group."""
    blank = [row | {"track": None} for row in people(15, 5, start=80)]
    found = figures(people(20, 20) + people(30, 10, track="b") + blank, program={"name": "Riverside"})
    assert (found["program"], found["discharged"]) == ("Riverside", None)
    assert [(row["level"], row["k"], row["n"]) for row in found["outcomes"]] == [("All", 65, 100), ("a", 20, 40), ("b", 30, 40)]
    assert {row["estimand"] for row in found["outcomes"]} == {"completion_strict"}


def test_what_is_withheld_or_impossible_is_nothing():
    """Neither 0 nor a word; the flag says which."""
    (everyone,) = [row for row in figures(people(40, 3), policy="cms11")["outcomes"] if row["level"] == "All"]
    assert (everyone["value"], everyone["k"], everyone["flag"]) == (None, None, "suppressed")
    rows = [row | {"discharge_reason": "active"} for row in people(5, 5)]
    assert figures(rows)["outcomes"][0]["value"] is None


def test_the_span_is_that_of_the_narrowing_else_of_the_trend():
    """From the first to the last quarter that is shown; one that was chosen alone."""
    rows = [row | {"period": f"2024-Q{1 + i % 4}"} for i, row in enumerate(people(60, 60))]
    assert figures(rows)["discharged"] == {"first": "2024-Q1", "last": "2024-Q4"}
    assert figures(rows, where={"period": "2024-Q2"})["discharged"] == {"first": "2024-Q2", "last": "2024-Q2"}
    with small(people(5, 5)) as data:
        assert page_span(page_of(data, OVER_TIME, policy="none")) is None
