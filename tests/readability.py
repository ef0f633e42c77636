"""Takes a text, gives how many years of school it asks of a reader: the grade level of Kincaid and others (1975), doi:10.21236/ADA006655.

0.39 words per sentence + 11.8 syllables per word - 15.59. The words of the field that every reader of these reports uses at work
count as one word of two syllables each, and so do names and numbers: they are known, however long they are.
"""

from __future__ import annotations

import re

# Words that staff of an intensive outpatient program use every day, and that no shorter word says.
OF_THE_FIELD = (
    "admission|admitted|adolescent|appendix|collected|completion|completed|definitions?|diagnosis|discharged?|discharges|emergency|"
    "episodes?|follow-up|hospital|impairment|individual|measurement|medication|outpatient|percentage|program|psychosis|readmission|"
    "readmitted|recovery|referral|relapsed?|reliable|reliably|remission|self-harm|severity|substance|symptoms?|therapy|transferred|transfers?"
)
_FIELD = re.compile(rf"(?<![\w-])({OF_THE_FIELD})(?![\w-])", re.IGNORECASE)
_NAME = re.compile(r"[A-Z]{2,}[\w-]*|[\d][\d,.%†–−]*|\S*_\S*|\S+\.\w{3,4}")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_END = re.compile(r"(?<=[.;:!?])\s+(?=[^a-z]|[a-z]{2})")


def syllables(word: str) -> int:
    """Syllables of an English word: groups of vowels, less a silent e at the end.

    Examples
    --------
    >>> [syllables(word) for word in ("care", "people", "table", "needed", "moved", "quarter", "area")]
    [1, 2, 2, 2, 1, 2, 3]
    """
    word = word.lower().strip("'-")
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = re.search(r"[^aeiouyl]e$|[^aeiouytd]ed$|[aeiou]le$", word)
    hiatus = len(re.findall(r"ia|io(?!n)|ea(?=$)", word))
    return max(groups + hiatus - bool(silent), 1)


def sentences(text: str) -> list[str]:
    """The sentences of a text: what a full stop, a colon or a semicolon ends."""
    return [part for part in _END.split(text.strip()) if _WORD.search(part)]


def grade(text: str) -> float:
    """The grade level of a text.

    Examples
    --------
    >>> round(grade("The cat sat on the mat."), 1)
    -1.4
    """
    lines = sentences(text)
    plain = [_FIELD.sub("ward-word", _NAME.sub("ten", line)) for line in lines]
    words = [word for line in plain for word in _WORD.findall(line)]
    spoken = sum(2 if word == "ward-word" else syllables(word) for word in words)
    return 0.39 * len(words) / len(lines) + 11.8 * spoken / len(words) - 15.59
