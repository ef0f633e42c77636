"""Identifiers in 200 ways of writing are refused wherever they stand; of 760 labels and ids of programs at most 1 in 100 is, with a remedy."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.intake import identifiers
from iop_outcomes.intake.findings import PRIVACY_RULES
from iop_outcomes.intake.privacy import identifier_named
from tests.intake.identifier_shapes import ANY, NAMES_OF_COLUMNS, SHAPES
from tests.intake.legitimate_labels import LABELS

USUAL = {"zip3": "100", "period": "2024-Q1", "patient_id": "", "track": "mood", "site": "x", "payer": "x"}


def _findings(columns, data_class, **covariates):
    """Errors of privacy in episodes with these columns."""
    n = len(next(iter(columns.values())))
    usual = {"episode_id": [f"E{i}" for i in range(n)], "track": "mood", "discharge_reason": "completed", "los_days": 30}
    frame = pd.DataFrame({**usual, **columns}, dtype=object)
    try:
        iop.load(frame, mapping={"data": {"class": data_class}, "covariates": covariates}).close()
    except iop.DataError as error:
        return [finding for finding in error.findings if finding.severity == "error" and finding.rule in PRIVACY_RULES]
    return []


@pytest.mark.parametrize("data_class", ANY)
def test_each_shape_is_refused(data_class):
    """By every class that forbids it, in ids and in labels: every shape stands on a row of its own, and its cell is named."""
    columns = {name: [USUAL[name] or f"P{i}" for i in range(len(SHAPES))] for name in ("payer", "site", "period", "patient_id")}
    for row, (text, _, column) in enumerate(SHAPES):
        columns[column][row] = text
    cells = {(finding.column, line) for finding in _findings(columns, data_class) for line in finding.lines}
    let_in = [text for row, (text, classes, column) in enumerate(SHAPES) if data_class in classes and (column, row + 1) not in cells]
    assert let_in == []


def test_there_are_as_many_shapes_as_it_says():
    """Ways of writing, each in the columns it may stand in."""
    assert len({text for text, _, _ in SHAPES}) >= 200


def test_names_that_count_or_sort_what_they_speak_of_are_no_identifiers():
    """A number of telephone sessions is no telephone number."""
    names = ("phone_sessions", "notes_count", "license_status", "CommentCount", "account_type", "email_consent", "medicaid_eligible")
    assert [name for name in names if identifier_named([name], "safe_harbor")] == []


def test_each_short_name_of_a_column_is_known():
    """Cut short, run together and abbreviated."""
    assert [name for name in NAMES_OF_COLUMNS if not identifier_named([name], "safe_harbor")] == []


def test_few_labels_of_programs_are_refused_and_each_with_a_remedy():
    """At most 1 in 100 under the strictest class."""
    most = max(map(len, LABELS.values()))
    columns = {name: [*labels, *[USUAL.get(name, "x") or f"P{i}" for i in range(most - len(labels))]] for name, labels in LABELS.items()}
    total = sum(map(len, LABELS.values()))
    assert total >= 500 and all(len(set(labels)) == len(labels) for labels in LABELS.values())
    found = _findings(columns, "safe_harbor", zip3="category")
    wrongly = [LABELS[finding.column][line - 1] for finding in found for line in finding.lines]
    assert len(wrongly) <= total / 100, wrongly
    assert all(len(finding.hint) > 30 for finding in found)


def test_no_hint_says_how_a_true_number_would_pass():
    """None speaks of putting letters, hyphens or spaces into what is written."""
    for kind in identifiers.IDENTIFIERS:
        assert not any(word in kind.hint for word in ("letter", "hyphen", "in front", "space", "dash")), kind.hint


def test_a_vehicle_is_told_from_other_ids_by_its_check_digit():
    """Of two that differ in the ninth character alone, one is a vehicle."""
    found = _findings({"patient_id": ["1M8GDM9AXKP042788", "1M8GDM9A1KP042788"]}, "public")
    assert [finding.lines for finding in found] == [(1,)]


def test_random_ids_are_read():
    """UUIDs drawn at random, with months, weeks and numbers among their parts, and what looks a little like a Medicare number."""
    ids = [
        "49b08feb-2007-4e04-a3a5-2bfb54eb921d",
        "4828a3db-0048-4271-963f-771214a08828",
        "86f033ca-6dec-47df-9773-92e345055057",
        "4353a6f8dec2",
    ]
    assert _findings({"patient_id": [*ids, "1SG4-TE5-MK73", "1EG4TE5MK7", "0EG4TE5MK73"]}, "safe_harbor") == []
