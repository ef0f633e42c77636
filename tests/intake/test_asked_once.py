"""What the checks ask of a row is asked once, and what they only suspect is settled before it is said."""

from contextlib import nullcontext
from unittest.mock import patch

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError

SYNTHETIC = {"data": {"class": "synthetic"}}


def _frame(n=12, **columns):
    base = {"episode_id": [f"e{i}" for i in range(n)], "patient_id": [f"p{i // 2}" for i in range(n)]}
    return pd.DataFrame(base | {"track": "mood", "discharge_reason": "completed", "los_days": [*range(n)]} | columns)


def test_the_pattern_of_identifiers_reads_an_id_once():
    """Two rules suspect the same texts: the scan holds the pattern once for each column of ids."""
    ids = {"episode_id": [f"episode {i}" for i in range(12)], "patient_id": [f"person {i}" for i in range(12)]}  # no plain ids
    with iop.load(_frame(**ids), mapping=SYNTHETIC) as data:
        scans = [statement for statement in data.engine.connection.statements if "AS mask0" in statement]
    assert scans
    for column in ("episode_id", "patient_id"):
        patterns = scans[0].split(f'regexp_matches("{column}__text", ')[1:]  # of different kinds of identifiers, cut before the next
        assert patterns and len({pattern[:60] for pattern in patterns}) == len(patterns)


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("patient_id", "jane.roe@example.org", "identifier_value"),
        ("patient_id", "p\u200b1", "control_character"),
        ("episode_id", "All", "reserved_word"),
    ],
)
def test_what_is_asked_once_is_named_by_the_rule_it_breaks(column, value, rule):
    """Sharing a pattern loses none of what either rule says."""
    frame = _frame()
    frame.loc[3, column] = value
    with pytest.raises(DataError) as error:
        iop.load(frame, mapping=SYNTHETIC)
    assert rule in str(error.value)


@pytest.mark.parametrize("chance", [False, True])
def test_ids_are_compared_where_their_numbers_are_alike(chance):
    """Rows of one id that differ are named, and no other row, even if every number were alike."""
    twice = _frame(episode_id=[*(f"e{i}" for i in range(10)), "e4", "e4"])
    alike = (lambda text, table: f"SELECT hash({text}) FROM {table}") if chance else None
    target = "iop_outcomes.intake.rules_of_episodes.numbers_held_twice"
    with patch(target, alike) if chance else nullcontext():
        with iop.load(twice, mapping=SYNTHETIC, on_error="exclude") as data:
            assert data.flow[0].excluded == {"rows with an error": 3}
            assert [finding.rule for finding in data.findings if finding.severity == "error"] == ["duplicate_id"]
        with iop.load(_frame(), mapping=SYNTHETIC) as data:
            assert not [finding for finding in data.findings if finding.severity == "error"]
