"""Takes programs at the edges of who has a discharge score, gives the words, the figure and the tables of the part about missing ones."""

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.release import policy_for
from iop_outcomes.reporting.assemble import assemble
from iop_outcomes.reporting.blocks import Figure, TableBlock, Text
from iop_outcomes.reporting.parts import Program
from iop_outcomes.reporting.parts.missing_scores import MISSING_SCORES
from iop_outcomes.reporting.parts.symptom_change import SYMPTOM_CHANGE


def program(n, seen, change=5, admitted=True):
    """Episodes in two tracks: everyone whose number is below a share of a hundred has a discharge score."""
    rng = np.random.default_rng(5)
    pre, number = rng.integers(8, 25, n), np.arange(n)
    post = np.clip(pre - change + rng.integers(-3, 4, n), 0, 27)
    episodes = pd.DataFrame(
        {"episode_id": number, "track": np.where(number % 2, "a", "b"), "discharge_reason": "completed", "los_days": 30 + number % 40}
    )
    scores = [(i, "phq9", 0, pre[i]) for i in number if admitted]
    scores += [(i, "phq9", 30 + i % 40, post[i]) for i in number if (i * 37) % 100 < seen]
    return {"episodes": episodes, "scores": pd.DataFrame(scores, columns=["episode_id", "scale", "day", "score"])}


def sections(tables, policy, beside=()):
    """What the part says, on the page and in the file of methods, with other parts on the page."""
    with iop.load(tables, mapping={"data": {"class": "synthetic"}}) as data:
        page = assemble(Program(data, "track", policy_for(policy, "synthetic")), [*beside, MISSING_SCORES])
        return list(MISSING_SCORES.sections(page)), list(MISSING_SCORES.appendix(page))


@pytest.mark.parametrize(
    ("tables", "policy", "words"),
    [
        (
            program(100, 0),
            "internal",
            "No episode has a PHQ-9 at both ends, so that nothing can be said of those without a discharge score.",
        ),
        (program(40, 100, admitted=False), "internal", "No episode has a PHQ-9 at both ends"),
        (program(100, 100), "internal", "in the 100 episodes with both scores, and no discharge score is missing."),
    ],
)
def test_without_two_answers_there_is_a_sentence_alone(tables, policy, words):
    """Nobody seen, everybody, too few: no figure of one point five times over, and nothing in the file of methods."""
    (one,), appendix = sections(tables, policy)
    assert [type(block) for block in one.blocks] == [Text] and words in one.blocks[0].words
    assert appendix == []


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (program(12, 70), "from "),
        (program(100, 97), "would vanish only if those not seen ended worse than that by more points than the scale has (27)."),
        (program(100, 60, change=-3), "where positive is improvement). There is no improvement that missing scores could take away."),
    ],
)
def test_within_everything_is_said_and_drawn(tables, words):
    """Twelve people, a tipping point that no score reaches, and people who got worse: one figure, then every reading by track."""
    (one,), (full,) = sections(tables, "internal")
    (said,) = one.blocks
    figure = next(block for block in full.blocks if isinstance(block, Figure))
    assert words in said.words and figure.headline == said.words
    assert len(figure.drawing.axes[0].get_yticks()) == 5
    (table,) = (block.table for block in full.blocks if isinstance(block, TableBlock))
    assert sorted(row[0] for row in table.rows) == ["A", "All episodes", "B"]


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        (
            program(100, 60),
            ("in the 60 episodes with both scores. If the others", " in all (range ", "would vanish if those not seen ended "),
        ),
        (program(100, 95), ("How much the change in PHQ-9 depends on missing discharge scores is not shown, because a count",)),
        (program(100, 100), ("in the 100 episodes with both scores, and no discharge score is missing.",)),
    ],
)
def test_where_small_counts_are_withheld_the_answer_follows_the_page(tables, words):
    """Everyone alone: what was seen, what is predicted and the tipping point where the page says how many were seen; nothing in the file of methods."""
    (one,), appendix = sections(tables, "cms11", beside=[SYMPTOM_CHANGE])
    (said,) = one.blocks
    assert all(each in said.words for each in words), said.words
    assert appendix == []


def test_without_scores_nothing_is_asked():
    """Of a program without a scores table, and where counts are rounded."""
    assert sections(program(100, 60), "round5") == ([], [])
    assert sections({"episodes": program(30, 0)["episodes"]}, "internal") == ([], [])
