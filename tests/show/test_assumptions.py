"""Takes programs in which scores are missing, gives the answer in words: none missing, nobody paired, better, worse, withheld."""

import pytest

from iop_outcomes.show.assumptions import assumptions, assumptions_alt_text, assumptions_sentence
from tests.reporting.parts.small import people
from tests.show.made import released_of


def readings(after, *, n=60, **given):
    """The readings of missing PHQ-9 scores of so many."""
    rows = people(n, 0, phq9_admit=lambda i: 14 + i % 5, phq9_discharge=after)
    return released_of(rows, "missing_scores", scale="phq9", **given)


def test_nobody_is_missing():
    """Nothing is predicted."""
    said = assumptions_sentence(readings(lambda i: 6 + i % 4))
    assert said.startswith("Average PHQ-9 improved by ") and said.endswith(
        "in the 60 episodes with both scores, and no discharge score is missing."
    )


def test_nobody_has_both():
    """Nothing can be said of the change; only the readings that need no discharge score are drawn, of everyone and of the one group."""
    nobody = readings(None)
    assert assumptions_sentence(nobody).startswith("No episode has a PHQ-9 at both ends")
    known = [each for each in nobody if each.estimand in nobody.definition.shown and each.value == each.value]
    assert 0 < len(known) < 2 * len(nobody.definition.shown)
    assert all("seen" not in text.get_text() for text in assumptions(nobody).texts)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (lambda i: None if i % 3 == 0 else 6 + i % 4, "The improvement would vanish"),
        (lambda i: None if i % 3 == 0 else 19 + i % 4, "There is no improvement that missing scores could take away."),
    ],
)
def test_better_and_worse(after, words):
    """What it would take for an improvement to vanish; none where there is none."""
    released = readings(after)
    said = assumptions_sentence(released, span=27.0)
    assert words in said
    assert "If the others with an admission score changed as people like them did" in said
    assert "Chart of dots with ranges, one for each reading of missing scores." in assumptions_alt_text(released)


def test_a_row_for_each_reading():
    """Of everyone alone where no group is drawn."""
    released = readings(lambda i: None if i % 3 == 0 else 6 + i % 4)
    names = [name for name in released.definition.shown if released.has(name)]
    assert len(assumptions(released, everyone=True).get_yticklabels()) == len(names)
    assert len(assumptions(released).get_yticklabels()) == 2 * len(names)
