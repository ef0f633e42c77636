"""Takes words that are none of a closed list, gives the allowed word that most rows resemble, and never a word of a row."""

from contextlib import closing

import pytest

from iop_outcomes.engine.dialect import ROW
from iop_outcomes.intake import nearest
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.nearest import offer_nearest
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.intake.rules import Fault, Rule
from iop_outcomes.scales import load_scales

SCALES = load_scales()
FEW = [SCALES[name] for name in ("phq9", "gad7", "pcl5")]
PLANS = {
    "episodes": plan_table("episodes", ["episode_id", "track", "discharge_reason", "los_days"], Mapping(), SCALES),
    "scores": plan_table("scores", ["episode_id", "scale", "day", "score"], Mapping(), SCALES),
}


@pytest.fixture(scope="module")
def bench():
    """A store."""
    with closing(Scratch()) as scratch:
        yield scratch


def offered(bench, words, *, table="episodes", column="discharge_reason", rule="unknown_code"):
    """The hint of the fault of these unknown words, one in each row."""
    for name in (f"own_{table}", f"checked_{table}"):
        bench.connection.send(f"DROP TABLE IF EXISTS {name}")
    bench.fill(f"own_{table}", (f"{column}__text",), [(word,) for word in words])
    bench.view(f"checked_{table}", f"SELECT *, CAST(row_number() OVER () - 1 AS BIGINT) AS {ROW} FROM own_{table}")
    fault = Fault(Rule(rule, table, (column,), "TRUE", "not one of the words allowed", "Correct it"), tuple(range(len(words))))
    (named,) = offer_nearest(bench, [fault], PLANS, FEW)
    assert named.rows == fault.rows
    return named.rule.hint


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["Completd"], 'Did you mean "completed"? Correct it'),
        (["DROPPED OUT"], 'Did you mean "dropped_out"? Correct it'),
        (["Completd", "Droped out", "dropped-out"], 'Did you mean "dropped_out"? Correct it'),
        (["transferred_step_dwn"], 'Did you mean "transferred_step_down"? Correct it'),  # the others of transfer are near too
        (["zzz"], "Correct it"),
        (["", "  "], "Correct it"),
    ],
)
def test_the_word_that_most_rows_resemble(bench, words, hint):
    """Whatever their case and what stands between words; where none is near, nothing is offered."""
    assert offered(bench, words) == hint


def test_scales_are_offered_too(bench):
    """By their names."""
    assert offered(bench, ["PHQ-9"], table="scores", column="scale", rule="unknown_scale") == 'Did you mean "phq9"? Correct it'


def test_other_faults_are_left_as_they_are(bench):
    """Without a question."""
    fault = Fault(Rule("out_of_range", "episodes", ("los_days",), "TRUE", "", "Correct it"), (0,))
    before = len(bench.connection.statements)
    assert offer_nearest(bench, [fault], PLANS, SCALES.values()) == [fault]
    assert offer_nearest(bench, [], PLANS, SCALES.values()) == []
    assert len(bench.connection.statements) == before


def test_many_different_words_are_no_slips(bench, monkeypatch):
    """Only the first of them are looked at."""
    monkeypatch.setattr(nearest, "MOST_LABELS", 2)
    assert offered(bench, ["aaa", "bbb", "completd"]) == "Correct it"
    assert offered(bench, ["aaa", "completd"]) == 'Did you mean "completed"? Correct it'
