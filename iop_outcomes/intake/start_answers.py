"""Takes a question and what a person typed, gives the answer that is meant, or words that say what may be given; never the text itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

from iop_outcomes.columns import FIRST_DATE
from iop_outcomes.intake.proposal_lines import Question
from iop_outcomes.intake.vocabulary import is_date

MOST_LETTERS = 200  # of an answer; a longer one is a slip
MOST_LISTED = 40
SKIP = "-"
EXPLAIN = "?"
_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,59}")


@dataclass(frozen=True)
class Reply:
    """What was meant.

    Parameters
    ----------
    word : str
        The answer; "" where the question is left open.
    words : str
        Where there is no answer, what the person reads instead.
    """

    word: str = ""
    words: str = ""


def answer_of(question: Question, typed: str) -> Reply:
    """The answer that is meant: a word, its number in the list, the guess where nothing was typed, or none.

    Parameters
    ----------
    question : Question
        What was asked.
    typed : str
        As it came from the terminal.

    Examples
    --------
    >>> answer_of(Question("How?", allowed=("MM/DD/YYYY", "DD/MM/YYYY")), " 2 ").word
    'DD/MM/YYYY'
    >>> answer_of(Question("What?", allowed=("completed", "died")), "complete").words
    'That is none of them. Did you mean completed? A word of the list or its number; - leaves it open, ? explains.'
    """
    text = typed.strip()
    if len(text) > MOST_LETTERS:
        return Reply(words=f"That is longer than {MOST_LETTERS} letters. {how_to_answer(question)}")
    if not text.isprintable():
        return Reply(words=f"That holds characters that no keyboard word has (an arrow key, perhaps). {how_to_answer(question)}")
    if text in (EXPLAIN, SKIP, ""):
        return {EXPLAIN: Reply(words=explanation(question)), SKIP: Reply(), "": Reply(question.guess)}[text]
    return {"date": _day, "label": _label}.get(question.form, _word)(question, text)


def _label(question: Question, text: str) -> Reply:
    return Reply(text) if _LABEL.fullmatch(text) else Reply(words=f"That is no name of a track. {how_to_answer(question)}")


def _day(question: Question, text: str) -> Reply:
    if not is_date(text) or text < FIRST_DATE:
        return Reply(words=f"That is no day from {FIRST_DATE} on. {how_to_answer(question)}")
    return Reply(text)


def _word(question: Question, text: str) -> Reply:
    """A word of the list, however its letters are written, or its number."""
    if text in question.allowed:
        return Reply(text)
    alike = [word for word in question.allowed if word.casefold() == text.casefold()]
    if question.form == "yes" and text.casefold() in ("y", "n"):
        alike = ["yes" if text.casefold() == "y" else "no"]
    if len(alike) == 1:
        return Reply(alike[0])
    if text.isascii() and text.isdigit() and 1 <= int(text) <= len(question.allowed):
        return Reply(question.allowed[int(text) - 1])
    near = get_close_matches(text, question.allowed, n=1, cutoff=0.6)
    offer = f" Did you mean {plain(near[0])}?" if near else ""
    return Reply(words=f"That is none of them.{offer} {how_to_answer(question)}")


def how_to_answer(question: Question) -> str:
    """What may be typed."""
    forms = {
        "word": "A word of the list or its number",
        "yes": "yes or no",
        "date": "A day such as 2025-09-30",
        "label": "A short name of letters and digits, such as dual_diagnosis",
    }
    enter = f"Enter is {plain(question.guess)}, " if question.guess else ""
    return f"{forms[question.form]}; {enter}{SKIP} leaves it open, {EXPLAIN} explains."


def explanation(question: Question) -> str:
    """Why it is asked, with every word that is allowed."""
    return "\n".join(filter(None, (plain(question.why), listed(question, most=1_000), how_to_answer(question))))


def listed(question: Question, most: int = MOST_LISTED) -> str:
    """The words that are allowed, with their numbers; "" where there are none to list."""
    if question.form != "word":
        return ""
    words = [f"{place} {plain(word)}" for place, word in enumerate(question.allowed[:most], start=1)]
    more = len(question.allowed) - len(words)
    return "; ".join(words) + (f"; and {more} more, which {EXPLAIN} lists" if more > 0 else "")


def plain(text: str) -> str:
    """A text for a terminal: what could move its cursor is not sent to it.

    Examples
    --------
    >>> plain(f"a{chr(27)}b") == f"a{chr(0xFFFD)}b"
    True
    """
    return "".join(letter if letter.isprintable() or letter == "\n" else "\ufffd" for letter in text)
