"""Takes answers to the C-SSRS screener, gives its triage levels as counts: against the published rule over every pattern, and never as a mean."""

from itertools import product

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.measures import find, known
from iop_outcomes.scales import get_scale

TRIAGE = get_scale("cssrs_screen_triage")
MAPPING = {"data": {"class": "synthetic"}}


def by_the_rule(answers):
    """Low: 1 or 2 alone; moderate: 3, or 6 in the lifetime alone; high: 4, 5, or 6 in the past 3 months, whatever else is blank; else blank where an item that is asked is."""
    wish, thoughts, method, intent, plan, lifetime, recent = answers
    asked = [wish, thoughts, lifetime, *((method, intent, plan) if thoughts != 0 else ()), *((recent,) if lifetime != 0 else ())]
    if intent or plan or recent:
        return 3
    if None in asked:
        return None
    return 2 if method or lifetime else 1 if wish or thoughts else 0


def test_every_pattern_of_answers():
    """All 2,187 of yes, no and blank, in Python; the three golden patterns among them."""
    for answers in product((0, 1, None), repeat=7):
        _, thoughts, method, intent, plan, lifetime, recent = answers
        contradicts = (thoughts == 0 and 1 in (method, intent, plan)) or (lifetime == 0 and recent == 1)
        if not contradicts:
            assert TRIAGE.prorated_total(answers) == by_the_rule(answers), answers
    golden = {(1, 1, 0, 0, 0, 0, 0): "low", (1, 1, 1, 0, 0, 0, 0): "moderate", (0, 0, None, None, None, 1, 1): "high"}
    assert {TRIAGE.band(TRIAGE.prorated_total(answers)) for answers in golden} == {"low", "moderate", "high"}
    assert all(TRIAGE.band(TRIAGE.prorated_total(answers)) == level for answers, level in golden.items())


def loaded(rows, **columns):
    """Episodes of 40 days, each with its answers at admission and at discharge."""
    names = [f"e{i}" for i in range(len(rows))]
    episodes = pd.DataFrame({"episode_id": names, "track": "a", "discharge_reason": "completed", "los_days": 40, **columns})
    answers = [(name, day, *row) for name, both in zip(names, rows, strict=True) for day, row in zip((0, 40), both, strict=True)]
    scores = pd.DataFrame(answers, columns=["episode_id", "day", *(f"cssrs_screen_{n}" for n in range(1, 8))])
    scores[scores.columns[2:]] = scores[scores.columns[2:]].astype("Int64")
    return iop.load({"episodes": episodes, "scores": scores.assign(scale="cssrs_screen")}, mapping=MAPPING)


def test_the_highest_level_needs_no_other_answer():
    """A yes to intent, plan or behaviour in the past 3 months beside a blank was "level not known": the most at risk were counted as unknown."""
    rows = [
        (1, 1, None, 1, None, 0, None),
        (None, None, None, None, 1, None, None),
        (0, 0, None, None, None, None, 1),
        (1, 1, 1, None, None, 0, None),
    ]
    with loaded([(row, LOW) for row in rows]) as data:
        found = {
            e.estimand: (e.k, e.n, e.n_missing) for e in iop.risk_levels(data, scale="cssrs_screen_triage").results if e.level == "All"
        }
        said = {finding.rule: finding.message for finding in data.findings}
    assert found["high_at_admission"] == (3, 3, 1)
    assert said["total_prorated"] == (
        "a score of C-SSRS screener triage is known although items are blank: of a group, enough is answered, or one answer is as high as any can be"
    )


LOW, HIGH, NONE = (1, 1, 0, 0, 0, 0, 0), (1, 1, 1, 1, 0, 0, None), (0, 0, None, None, None, 0, None)
BLANK = (1, None, 0, 0, 0, 0, 0)


def test_levels_are_counted():
    """At both moments, of those whose level is known; the table of episodes says the same."""
    with loaded([(HIGH, LOW), (HIGH, NONE), (LOW, BLANK), (NONE, NONE)], patient_id=["p", "p", "q", "r"]) as data:
        found = {
            e.estimand: (e.k, e.n, e.n_missing) for e in iop.risk_levels(data, scale="cssrs_screen_triage").results if e.level == "All"
        }
        measure = find("cssrs_screen_triage_risk_levels")
        counts = data.count(measure.requests)
        _, at_discharge = measure.per_episode(counts)
    assert found["high_at_admission"] == (2, 4, 0)
    assert [found[f"{level}_at_discharge"] for level in ("high", "moderate", "low", "none")] == [(0, 3, 1), (0, 3, 1), (1, 3, 1), (2, 3, 1)]
    sizes = {word: int(counts.n[at_discharge.cells == place].sum()) for place, word in enumerate(at_discharge.words)}
    assert {word: n for word, n in sizes.items() if n} == {"low": 1, "none": 2, "level_not_known": 1}
    assert at_discharge.name == "cssrs_screen_triage_discharge_level"


def test_never_averaged(tmp_path, capsys):
    """No mean, no change, no row of a table one, no place in a report of changes; each refusal says what to ask."""
    with loaded([(HIGH, LOW), (LOW, NONE)]) as data:
        for asked in (iop.symptom_change, iop.effect_sizes, iop.missing_scores):
            with pytest.raises(iop.UsageError, match='counted and never averaged: ask "risk_levels"'):
                asked(data, scale="cssrs_screen_triage")
        with pytest.raises(iop.UsageError, match="counted by its levels"):
            iop.table_one(data, columns=["cssrs_screen_triage"])
    assert [name for name in known() if name.startswith(TRIAGE.name)] == ["cssrs_screen_triage_risk_levels"]
    with pytest.raises(iop.NotAssessableError, match="has no levels that are counted"):
        iop.measure(data, "risk_levels", scale="phq9")
    assert run(["scales", "cssrs_screen_triage"]) == 0
    assert "counted and never averaged" in capsys.readouterr().out


def test_a_level_is_taken_as_it_is_given_and_without_one_there_is_no_zero():
    """From rows of the scale itself; and a file with the PHQ-9 alone is refused."""
    episodes = pd.DataFrame({"episode_id": ["a"], "track": "x", "discharge_reason": "completed", "los_days": 40})
    for scale, words in (("cssrs_screen_triage", None), ("phq9", "hold no level of the C-SSRS")):
        scores = pd.DataFrame({"episode_id": ["a"], "scale": scale, "day": 0, "score": 3})
        with iop.load({"episodes": episodes, "scores": scores}, mapping=MAPPING) as data:
            if words is None:
                assert iop.risk_levels(data, scale="cssrs_screen_triage").results.estimates[0].n_missing == 1
            else:
                with pytest.raises(iop.NotAssessableError, match=words):
                    iop.risk_levels(data, scale="cssrs_screen_triage")


def test_nothing_small_is_shown():
    """Few at high, and few whose level is not known."""
    with loaded([(HIGH, NONE)] * 4 + [(LOW, NONE)] * 30 + [(NONE, BLANK)] * 3 + [(NONE, NONE)] * 30) as data:
        released = iop.risk_levels(data, scale="cssrs_screen_triage").release("cms11")
    assert not [e for e in released if e.shown and e.k is not None and (0 < e.k < 11 or 0 < e.n - e.k < 11)]
