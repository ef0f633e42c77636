"""Takes the asks of a page, gives each answered once, what nothing answers with its reason, and the numbers that were wanted alone."""

import pytest

from iop_outcomes.evaluate.answering import answer_all
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.evaluation import evaluate
from iop_outcomes.evaluate.lookup import look_up


def test_an_ask_is_answered_once_with_the_numbers_of_the_measure_itself(synthetic):
    """Twice the same, another grouping, and an answer asked alone."""
    results, unanswered = answer_all([Ask("completion"), Ask("completion"), Ask("completion", by="track")], synthetic)
    assert (len(results), unanswered) == (2, {})
    alone = evaluate(look_up(synthetic, "completion"), synthetic, by="track")
    values = {(row.level, row.estimand): row.value for row in alone}
    assert {(row.level, row.estimand): row.value for row in results[Ask("completion", by="track")]} == pytest.approx(values, nan_ok=True)


def test_what_the_data_lack_is_said_and_the_rest_is_answered(synthetic):
    """A scale that nobody was asked."""
    lacking = Ask("symptom_change", scale="pcl5")
    results, unanswered = answer_all([lacking, Ask("completion")], synthetic)
    assert set(results) == {Ask("completion")}
    assert unanswered[lacking].title == "Change in PCL-5"
    assert "the data hold no PCL-5 score" in unanswered[lacking].reason


def test_only_the_numbers_that_are_wanted_come(synthetic):
    """Of an estimand and of a day, with who they speak of; numbers of no day are of every one."""
    ask = Ask("readmission", at=(30, 90), estimands=("cumulative_incidence", "median_days"), times=(90.0,))
    results, _ = answer_all([ask], synthetic)
    rows = results[ask]
    assert {(row.estimand, row.time) for row in rows} <= {("cumulative_incidence", 90.0), ("median_days", None)}
    assert ("cumulative_incidence", 90.0) in {(row.estimand, row.time) for row in rows}
    assert {key for _, key in rows.populations} == {row.key for row in rows}


def test_nothing_asked_is_nothing_answered(synthetic):
    """Two empty dicts."""
    assert answer_all([], synthetic) == ({}, {})
