"""What a person may type: a word, its number, nothing, or anything else, which is asked again and never repeated."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.intake.proposal_lines import Question
from iop_outcomes.intake.start_answers import MOST_LETTERS, answer_of, explanation, listed, plain

WORD = Question("What?", "Why.", ("completed", "died", "3"), "died")
DAY = Question("When?", form="date")
LABEL = Question("Called?", form="label")
YES = Question("Is it?", allowed=("yes", "no"), guess="yes", form="yes")


@pytest.mark.parametrize(
    ("question", "typed", "word"),
    [
        (WORD, "", "died"),
        (WORD, "  COMPLETED\t", "completed"),
        (WORD, "2", "died"),
        (WORD, "3", "3"),  # a word goes before its place in the list
        (WORD, "-", ""),
        (YES, "n", "no"),
        (YES, "Y", "yes"),
        (DAY, "2025-02-28", "2025-02-28"),
        (DAY, "", ""),
        (LABEL, "dual diagnosis", "dual diagnosis"),
    ],
)
def test_what_is_meant(question, typed, word):
    """Words as they are or in other letters, numbers of the list, Enter, a dash."""
    answer = answer_of(question, typed)
    assert (answer.word, answer.words) == (word, "")


@pytest.mark.parametrize(
    ("question", "typed"),
    [
        *((WORD, typed) for typed in ("4", "0", "-1", "²", "completed died", "\x1b[A", "\0", "x" * (MOST_LETTERS + 1), "٢")),
        *((DAY, typed) for typed in ("2025-02-29", "02/28/2025", "20250228", "1989-12-31", "yesterday", "2025-W10-1")),
        *((LABEL, typed) for typed in ("1", "a;b", "Ünï", "<b>", "a" * 61)),
        *((YES, typed) for typed in ("maybe", "ye s", "\x03")),
    ],
)
def test_what_is_asked_again(question, typed):
    """With what may be typed, and without what was."""
    answer = answer_of(question, typed)
    assert answer.word == "" and "? explains" in answer.words
    assert len(typed) < 4 or typed not in answer.words


@given(st.text(max_size=300), st.sampled_from([WORD, DAY, LABEL, YES]))
def test_anything_is_an_answer_or_is_asked_again(typed, question):
    """Whatever comes: a word that is allowed, or words for a person that hold none of the letters that are no word of ours."""
    answer = answer_of(question, typed)
    assert plain(answer.words) == answer.words
    if question.form in ("word", "yes"):
        assert answer.word in ("", *question.allowed)
    assert not (answer.word and answer.words)
    assert not answer.word or set(answer.word) <= set(string.ascii_letters + string.digits + " _-")


def test_long_lists_are_cut_and_explained_whole():
    """Forty words stand under a question; a question mark lists all."""
    question = Question("Which?", "Why.", tuple(f"w{i}" for i in range(60)), "w1")
    assert "and 20 more" in listed(question) and "w59" not in listed(question)
    assert "60 w59" in explanation(question) and "Enter is w1" in explanation(question)


def test_names_cannot_move_the_cursor():
    """The name of a column may hold anything; a terminal is shown what can be seen."""
    assert "\x1b" not in listed(Question("Which?", allowed=("a\x1b[2J", "b\u202e")))
