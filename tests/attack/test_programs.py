"""Takes a few drawn programs, gives proof that what the attack gets back of their reports is true, and how much that is."""

from __future__ import annotations

import functools

import pytest

from attacks import __main__ as command
from attacks.table import kind, page, table
from attacks.trial import tried

SEEDS = (3, 77064, 101, 103)  # the last three each gave one count back once


@functools.cache
def outcome(seed):
    """One attack, made once."""
    return tried(seed, chains=False)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_comes_back_is_true(seed):
    """Every value, and every interval, holds the true count: what is known of every report does hold."""
    one = outcome(seed)
    assert (one.contradiction, one.wrong) == ("", ())
    assert one.cells > one.small > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_comes_back(seed):
    """No count from 1 to 10 has one value, and none must lie there."""
    assert [each.cell.words for each in outcome(seed).recovered] == []


def test_a_report_that_withholds_nothing_contradicts_nothing():
    """What is known of every report holds of one with every number printed, where an error in it would show at once."""
    one = tried(3, "none", chains=False)
    assert (one.contradiction, one.wrong) == ("", ())


def test_the_table_says_how_many(tmp_path, monkeypatch, capsys):
    """One line for each program, and the exit status of the command."""
    monkeypatch.setattr(command, "tried", lambda seed, _policy, **_options: outcome(seed))
    status = command.main(["--first", str(SEEDS[0]), "--programs", "1"], tmp_path / "results.md")
    one = outcome(SEEDS[0])
    assert status == (1 if one.recovered else 0)
    assert f"| {SEEDS[0]} | {one.episodes} | {one.cells:,} | {one.small:,} | {one.exact} | {one.bounded} | 0 |" in capsys.readouterr().out
    assert (tmp_path / "results.md").read_text(encoding="utf-8") == page([one], "cms11")
    assert table([one]) in page([one], "cms11")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("program_quality.csv: completion, completion_strict, n (track psychosis) = 90", "completion, completion_strict, n by track"),
        (
            "program_quality.csv: phq9_change, paired_rate, value (everyone) = 0.7, rounded",
            "phq9_change, paired_rate, value of everyone, rounded",
        ),
        ("all_ended = discharged + died (discharge_reason (missing))", "all_ended = discharged + died by discharge_reason"),
        ("died: everyone is the sum of all by track", "died: everyone is the sum of all by track"),
    ],
)
def test_kinds_leave_out_files_groups_and_values(words, name):
    """So that cases of one kind are counted together."""
    assert kind(words) == name
