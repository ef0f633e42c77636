"""Takes the agreed numbers and the rows of the synthetic program, gives proof that each number shown is that of the slow row version.

The row version shares nothing with the package, so that a number agreed on is not one that the code under test wrote for itself.
"""

from __future__ import annotations

import csv
import math
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.oracle import checking, interval_rows, outcome_rows, rows, score_rows

HERE = Path(__file__).parent
SYNTHETIC = HERE.parent.parent / "data" / "synthetic"
CUTOFF = "2025-09-30"
WHOLE = ("planned_days", "follow_up_days", "day", "days_after_discharge", "score", "planned")
TIMES = (30, 90, 180, 365)
COUNTS = ("n", "k", "n_missing", "excluded", "n_at_risk")


def table(name):
    """The rows of a file as dicts; whole numbers where the column holds them, None where a cell is blank."""
    with (SYNTHETIC / f"{name}.csv").open(encoding="utf-8") as file:
        return [
            {key: None if cell == "" else int(cell) if key in WHOLE else cell for key, cell in row.items()} for row in csv.DictReader(file)
        ]


def with_stay(row):
    """An episode with the days between its dates."""
    ends = [None if row[name] is None else date.fromisoformat(row[name]) for name in ("admit_date", "discharge_date")]
    return row | {"los_days": None if ends[1] is None else (ends[1] - ends[0]).days}


@pytest.fixture(scope="module")
def slow():
    """The program as the row version reads it."""
    episodes = [with_stay(row) for row in table("episodes")]
    return checking.Slow(SimpleNamespace(episodes=episodes, scores=table("scores"), events=table("events"), cutoff=CUTOFF, dated=True))


BARE = ("mean_change_if_missing_unchanged", "paired_rate", "los_mean")  # rounded, and given without limits
CARE = ("readmission", "relapse")


def rounded_to(row):
    """The step of a number that the page gives rounded: whole days, a tenth of a point, a whole percent; none of one that is exact."""
    steps = {"mean_change_if_missing_unchanged": Decimal("0.1"), "paired_rate": Decimal("0.01")}
    return Decimal(1) if row["unit"] == "days" else steps.get(row["estimand"])


def half_up(value, step):
    """A number as a multiple of a step, halves up."""
    return value if math.isnan(value) else float((Decimal(repr(value)) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step)


def reasons_of_completion(part):
    """Reasons among the episodes that completion is of, the last two groups as one: what the page shows of this program."""
    ended = [e for e in rows.discharged(part) if rows.reason(e) not in ("died", None)]
    groups = {name: rows.GROUPS[name] for name in ("completed", "transferred", "dropped_out")}
    groups["ended_otherwise"] = (*rows.GROUPS["ended_by_program"], *rows.GROUPS["other"])
    return {f"reason_{name}": rows.share([e for e in ended if rows.reason(e) in words], ended, part) for name, words in groups.items()}


def deaths_in_care(part):
    """Deaths among all who were discharged."""
    ended = rows.discharged(part)
    return {"died_in_care": rows.share([e for e in ended if rows.reason(e) == "died"], ended, part)}


def during_care_of_the_followed(part, events, options):
    """The event before discharge among the episodes of the curve: as the page shows it of this program."""
    people = outcome_rows.population(part, events, options)
    hits = [e for e in people["followed"] if outcome_rows.during_care(e, events, options)]
    return {("during_care", None): outcome_rows.share(hits, people["followed"], part, people["unknown"])}


def timed(slow, measure, definition):
    """A measure of time at the days of the report; a restricted mean only where every group has one."""
    options = outcome_rows.OUTCOMES[measure, definition]
    stops = outcome_rows.follow_up_stops(slow.episodes, slow.events, options)
    found = slow.numbers("track", lambda part: outcome_rows.after_discharge(part, slow.events, options, TIMES, dated=True, stops=stops))
    for t in TIMES:
        keys = [key for key in found if key[1:] == ("restricted_mean_days", t)]
        if any(math.isnan(found[key]["value"]) for key in keys):
            found |= {key: {**found[key], "value": math.nan} for key in keys}
    return found | slow.numbers("track", lambda part: during_care_of_the_followed(part, slow.events, options))


@pytest.fixture(scope="module")
def expected(slow):
    """Every number of the row version, by (measure, definition, level, estimand, day)."""
    each = {
        ("completion", "discharged"): slow.numbers("track", rows.completion),
        ("length_of_stay", "difference"): slow.numbers("track", rows.length_of_stay),
        ("discharge_reasons", "grouped"): slow.numbers("track", reasons_of_completion),
        ("deaths_in_care", ""): slow.numbers("track", deaths_in_care),
        ("readmission", "psychiatric"): timed(slow, "readmission", "psychiatric"),
        ("relapse", "any_use"): timed(slow, "relapse", "any_use"),
    }
    for scale in score_rows.SCALES:
        each[f"{scale}_change", ""] = slow.numbers("track", lambda part, scale=scale: score_rows.change(part, slow.scores, scale))
        each[f"{scale}_reliable_change", "nhs"] = slow.numbers(
            "track", lambda part, scale=scale: score_rows.reliable_change(part, slow.scores, scale)
        )
    return {(*measure, *key): one for measure, numbers in each.items() for key, one in numbers.items()}


def agreed():
    """The agreed rows of tracks that hold a number, comparisons aside."""
    with (HERE / "program_quality.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["group"] == "track" and not row["contrast"] and row["value"]]


def near(cell, number):
    """Whether a cell of twelve digits is a number."""
    return math.isclose(float(cell), float(number), rel_tol=1e-9, abs_tol=1e-9)


def test_every_number_shown_is_that_of_the_rows(expected):
    """Value, limits and counts of each number of completion, stays, reasons, change and what happened after discharge."""
    compared, wrong = 0, []
    for row in agreed():
        key = (row["measure"], row["definition"], row["level"], row["estimand"], int(float(row["time"])) if row["time"] else None)
        one = expected.get(key)
        if one is None:
            continue
        limits = interval_rows.interval(one)
        step = rounded_to(row)
        if step:
            one = {**one, "value": half_up(one["value"], step)}
            limits = None if row["estimand"] in BARE or not limits else [half_up(limit, step) for limit in limits]
        numbers = {"value": one["value"]} | (dict(zip(("low", "high"), limits, strict=True)) if limits else {})
        numbers |= {name: one[name] for name in COUNTS if one.get(name) is not None}
        compared += 1
        wrong += [(key, name, row[name], number) for name, number in numbers.items() if row[name] and not near(row[name], number)]
    assert not wrong, wrong[:5]
    assert compared > 250


def test_what_the_rows_do_not_know_is_named(expected):
    """Numbers of the page without a row version: each has its own oracle elsewhere, or is a trait at admission."""
    known = {(*key[:2], key[3]) for key in expected}
    missing = {(row["measure"], row["definition"], row["estimand"]) for row in agreed()} - known
    allowed = ("recorded", "participants_")
    assert {one for one in missing if not one[0].startswith(allowed) and not one[2].startswith(checking.ELSEWHERE)} == set()
