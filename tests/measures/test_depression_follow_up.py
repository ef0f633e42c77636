"""Takes scores months after admission, gives remission and response as CMS159, CBE 0711, 1884 and HEDIS DRR-E count them, against rows by hand."""

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.measures import find
from iop_outcomes.measures.depression_follow_up import EXCLUSIONS

DAYS = {"twelve_months": (305, 425), "twelve_months_30_days": (335, 395), "six_months": (123, 243), "drr_e": (120, 240)}
MAPPING = {"data": {"class": "synthetic"}, "covariates": {"depression_exclusion": "category"}}


def loaded(rows, *, events=(), scale="phq9", **columns):
    """Episodes of 40 days, each (scores by day from admission, days observed, reason, exclusion)."""
    names = [f"e{i}" for i in range(len(rows))]
    episodes = pd.DataFrame({"episode_id": names, "track": "a", "discharge_reason": [row[2] for row in rows], **columns})
    episodes["los_days"] = [None if row[2] in ("active", "not_started") else 40 for row in rows]
    episodes["depression_exclusion"] = [row[3] for row in rows]
    if any(row[1] is not None for row in rows):
        episodes["observed_days"] = pd.array([row[1] for row in rows], dtype="Int64")
    scores = [(name, scale, day, score) for name, row in zip(names, rows, strict=True) for day, score in row[0].items()]
    tables = {"episodes": episodes, "scores": pd.DataFrame(scores, columns=["episode_id", "scale", "day", "score"])}
    if events:
        tables["events"] = pd.DataFrame(events, columns=["episode_id", "event", "days_after_discharge"])
    return iop.load(tables, mapping=MAPPING)


def row(scores, observed=500, reason="completed", exclusion=None):
    """One episode."""
    return scores, observed, reason, exclusion


def numbers(data, scale="phq9", **options):
    """What is said of everyone, by estimand."""
    return {e.estimand: e for e in iop.depression_follow_up(data, scale=scale, **options).results if e.level == "All"}


def column(data, definition):
    """How many episodes have each word of the column that the table of episodes has."""
    measure = find("phq9_depression_follow_up", definition)
    counts = data.count(measure.requests)
    (made,) = measure.per_episode(counts)
    words = list(made.words)
    return {word: int(counts.n[made.cells == place].sum()) for place, word in enumerate(words)}


def outside(data, **options):
    """Who is not in the denominator, by the words of the flow."""
    return {words: n for words, n in iop.depression_follow_up(data, scale="phq9", **options).flow[0].excluded.items() if n}


@pytest.mark.parametrize("definition", DAYS)
def test_the_days_are_closed_and_the_last_score_counts(definition):
    """The day before the first and the day after the last are nothing; of two in the days the later, better or worse."""
    first, last = DAYS[definition]
    rows = [
        row({0: 20, first: 4}),
        row({0: 20, last: 4}),
        row({0: 20, first - 1: 4}),
        row({0: 20, last + 1: 4}),
        row({0: 20, first: 4, last: 5}),
        row({0: 20, first: 19, last: 10}),
        row({0: 20, last: 11}),
        row({0: 20, first: 1}, observed=last),
        row({0: 20, first: 1}, observed=last - 1),
    ]
    with loaded(rows) as data:
        found, left = numbers(data, definition=definition), outside(data, definition=definition)
    assert {name: (e.k, e.n) for name, e in found.items()} == {
        "scored_at_follow_up": (6, 8),
        "remission_at_follow_up": (3, 8),
        "response_at_follow_up": (5, 8),
        "remission_at_follow_up_of_scored": (3, 6),
        "response_at_follow_up_of_scored": (5, 6),
    }
    assert left == {"those days not over": 1}


def test_who_is_outside_is_counted_by_reason():
    """10 is in and 9 is not; a death by the last day is out and one after it is not; still in care is in; each exclusion by its word."""
    rows = [
        row({0: 10, 400: 4}),
        row({0: 9, 400: 4}),
        row({400: 4}),
        row({0: 20, 400: 4}, reason="died"),
        row({0: 20}),
        row({0: 20}),
        row({0: 20, 400: 5}, reason="active"),
        row({}, reason="not_started"),
        row({0: 20, 400: 4}, observed=None),
        row({0: 20, 400: 4}, exclusion="anything"),
        *(row({0: 20, 400: 4}, exclusion=name) for name in EXCLUSIONS),
    ]
    with loaded(rows, events=[("e4", "death", 385), ("e5", "death", 386)]) as data:
        found, left = numbers(data), outside(data)
    assert (found["remission_at_follow_up"].k, found["remission_at_follow_up"].n, found["remission_at_follow_up"].n_missing) == (1, 3, 1)
    assert left == {
        "admission score below the cut-off": 1,
        "no admission score": 1,
        "died before those days were over": 2,
        "never started": 1,
        "not known until when observed": 1,
        "another exclusion": 1,
        **dict.fromkeys(EXCLUSIONS.values(), 1),
    }


def test_against_rows():
    """300 random episodes, some followed by their days after discharge alone, by track and by patient, against a loop over them."""
    rng = np.random.default_rng(3)
    rows = [
        row({0: int(rng.integers(5, 28)), **{int(day): int(rng.integers(0, 28)) for day in rng.integers(100, 450, rng.integers(0, 5))}})
        for _ in range(300)
    ]
    rows = [(scores, None if i % 3 == 0 else int(rng.integers(200, 600)), "completed", None) for i, (scores, *_) in enumerate(rows)]
    follow_up = pd.array([None if i % 4 == 0 else int(each) for i, each in enumerate(rng.integers(100, 500, 300))], dtype="Int64")
    counts = {name: 0 for name in ("base", "remission", "response")}
    for (scores, observed, *_), after in zip(rows, follow_up, strict=True):
        reach = observed if observed is not None else None if after is pd.NA else 40 + after
        if scores[0] <= 9 or reach is None or reach < 240:
            continue
        last = [scores[day] for day in sorted(scores) if 120 <= day <= 240]
        counts["base"] += 1
        counts["remission"] += bool(last) and last[-1] < 5
        counts["response"] += bool(last) and 2 * last[-1] <= scores[0]
    with loaded(rows, follow_up_days=follow_up, patient_id=[f"p{i // 40}" if i < 40 else f"q{i}" for i in range(300)]) as data:
        found = numbers(data, definition="drr_e")
        per_cell = column(data, "drr_e")
    assert (found["response_at_follow_up"].k, found["response_at_follow_up"].n) == (counts["response"], counts["base"])
    assert (found["remission_at_follow_up"].k, found["remission_at_follow_up"].n) == (counts["remission"], counts["base"])
    assert (per_cell["remission"], per_cell["remission"] + per_cell["response_alone"]) == (counts["remission"], counts["response"])
    assert sum(per_cell.values()) == 300
    assert 0 < counts["remission"] < counts["response"] < counts["base"]


def test_what_cannot_be_said_is_refused_in_words():
    """Without a time until when, without a score then, without anyone above 9, and of a scale that no such measure takes."""
    for rows, words in (
        ([row({0: 20, 400: 4}, observed=None)], "nothing says whether day 425 after admission is over"),
        ([row({0: 20, 40: 4})], "hold no PHQ-9 score on days 305 to 425"),
    ):
        with loaded(rows) as data, pytest.raises(iop.NotAssessableError, match=words):
            iop.depression_follow_up(data, scale="phq9")
    with loaded([row({0: 9, 400: 4})] * 3) as data:
        assert {e.n for e in numbers(data).values()} == {0}
        with pytest.raises(iop.NotAssessableError, match="gad7_depression_follow_up is not assessable"):
            iop.depression_follow_up(data, scale="gad7")
    with loaded([row({0: 20, 400: 4})], scale="phqa") as data:
        assert numbers(data, scale="phqa")["remission_at_follow_up"].k == 1


def test_nothing_small_is_shown_and_no_score_of_these_days_is_called_unused(tmp_path, capsys):
    """Day 330 after admission is day 290 after discharge: of no occasion, but of these days."""
    rows = [row({0: 20, **({330: 4} if i < 55 else {})}, exclusion="hospice" if i >= 58 else None) for i in range(60)]
    with loaded(rows) as data:
        assert not [finding for finding in data.findings if finding.rule == "score_outside_windows"]
        released = iop.depression_follow_up(data, scale="phq9").release("cms11")
        assert not [e for e in released if e.shown and e.k is not None and 0 < min(e.k, e.n - e.k) < 11]
    pd.DataFrame({"episode_id": ["a"], "track": "x", "discharge_reason": "completed", "los_days": 40, "observed_days": 300}).to_csv(
        tmp_path / "episodes.csv", index=False
    )
    pd.DataFrame({"episode_id": ["a", "a"], "scale": "phq9", "day": [0, 200], "score": [20, 3]}).to_csv(
        tmp_path / "scores.csv", index=False
    )
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n')
    asked = ["summary", str(tmp_path), "--measure", "depression_follow_up", "--scale", "phq9", "--definition", "drr_e", "--policy", "none"]
    assert run(asked) == 0
    assert "Remission" in capsys.readouterr().out
