"""Takes the lines of a mapping with what a person must decide, gives its text: by section with every remark, or one line for each subject."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

TO_FINISH = "# to finish:"
Path = tuple[str, ...]
Form = Literal["word", "date", "label", "yes"]
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Question:
    """What a person alone can decide of a mapping.

    Parameters
    ----------
    words : str
        The question; it holds names of columns and codes of at least 11 rows, and nothing else of the data.
    why : str
        What depends on the answer, and where a person finds it.
    allowed : tuple of str
        The words that may be given; of a date, none.
    guess : str
        What most likely is right, or "" where nothing is known.
    form : {"word", "date", "label", "yes"}
        What an answer is: one of the words allowed, a day, a short name of one's own, or whether the line holds.
    needed : bool
        Whether the mapping is unfinished without an answer.
    """

    words: str
    why: str = ""
    allowed: tuple[str, ...] = ()
    guess: str = ""
    form: Form = "word"
    needed: bool = True


@dataclass(frozen=True)
class Line:
    """A line of a mapping, or a remark where it has no key.

    Parameters
    ----------
    section : tuple of str
        Such as ("columns", "episodes").
    key : str
        What stands before the sign of equality.
    value : str, int, float, bool, date or sequence of str
        What stands behind it.
    note : str
        A remark behind the line; of a line without a key, the remark itself.
    question : Question or None
        What is to be decided before the line holds.
    """

    section: Path
    key: str = ""
    value: Any = ""
    note: str = ""
    question: Question | None = None

    @property
    def place(self) -> Path:
        """Where its value stands in a mapping."""
        return (*self.section, self.key)

    @property
    def is_remark(self) -> bool:
        """Whether it says nothing to the reader of the mapping."""
        return not self.key and bool(self.note)

    @property
    def to_finish(self) -> bool:
        """Whether a person must decide it."""
        return self.question is not None and self.question.needed


@dataclass
class MappingLines:
    """The lines of a mapping as they are proposed; what is given already is kept as it is.

    Parameters
    ----------
    given : dict
        A mapping as it was parsed.
    """

    given: Dictionary[str, Any] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    remarks: dict[Path, str] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        """Add a line, with the value and without the question where it is given; the same place once."""
        known = value_at(self.given, line.place)
        if not line.is_remark and any(not other.is_remark and other.place == line.place for other in self.lines):
            return
        self.lines.append(line if known is None or line.is_remark else replace(line, value=known, note="", question=None))

    def with_given(self) -> list[Line]:
        """Every line, and behind those of its section what else is given."""
        written = {line.place for line in self.lines if not line.is_remark}
        return [*self.lines, *(line for line in lines_of(self.given) if line.place not in written)]


def value_at(given: Dictionary[str, Any], place: Path) -> Any:
    """What a parsed mapping holds at a place; None where it holds nothing."""
    value: Any = given
    for key in place:
        if not isinstance(value, dict) or key not in value:
            return None
        value = value[key]
    return value


def lines_of(given: Dictionary[str, Any], section: Path = ()) -> Iterator[Line]:
    """The lines of a parsed mapping.

    Examples
    --------
    >>> [(line.section, line.key, line.value) for line in lines_of({"data": {"class": "public"}})]
    [(('data',), 'class', 'public')]
    """
    for key, value in given.items():
        if isinstance(value, dict):
            yield from lines_of(value, (*section, key))
        else:
            yield Line(section, key, value)


def mapping_of(lines: Sequence[Line]) -> dict[str, Any]:
    """Lines that need no decision as a parsed mapping: the reverse of `lines_of`."""
    given: dict[str, Any] = {}
    for line in lines:
        if not line.is_remark and line.question is None:
            inside = given
            for key in line.section:
                inside = inside.setdefault(key, {})
            inside[line.key] = line.value
    return given


# -- text --------------------------------------------------------------------------------------------------------------


def long_text(lines: Sequence[Line], remarks: Dictionary[Path, str]) -> str:
    """The mapping section by section, each line with its remark; what is open stands behind `TO_FINISH`."""
    sections: dict[Path, list[str]] = {}
    for line in lines:
        sections.setdefault(line.section, []).append(_written(line))
    texts = []
    for section, written in sorted(sections.items(), key=lambda each: bool(each[0])):  # what belongs to no section stands before the first
        remark = f"    # {remarks[section]}" if section in remarks else ""
        head = f"[{'.'.join(map(_key, section))}]{remark}"
        optional = all(line.question and not line.question.needed for line in lines if line.section == section)
        texts.append("\n".join([f"# {head}" if optional else head, *written] if section else written))
    return "\n\n".join(texts)


def _written(line: Line) -> str:
    if line.is_remark:
        return f"# {line.note}"
    key = toml(line.key) if line.section[:1] == ("codes",) else _key(line.key)
    text = f"{key} = {toml(line.value)}" + (f"    # {line.note}" if line.note else "")
    return f"{TO_FINISH} {text}" if line.to_finish else f"# {text}" if line.question else text


def short_text(lines: Sequence[Line]) -> str:
    """The mapping with one line for each subject, such as the columns of a table; what is open is a remark behind them."""
    given = mapping_of(lines)
    # What belongs to no section stands before the first one, as TOML wants it.
    texts = [f"{_key(key)} = {toml(value)}" for key, value in given.items() if not isinstance(value, dict)]
    for section, inside in given.items():
        if isinstance(inside, dict) and section != "data" and not any(isinstance(value, dict) for value in inside.values()):
            texts.append(f"{_key(section)} = {toml(inside)}")
        elif isinstance(inside, dict):
            texts += [f"{_key(section)}.{_key(key)} = {toml(value)}" for key, value in inside.items()]
    texts += [f"{TO_FINISH} [{'.'.join(line.section)}] {_key(line.key)} = {toml('')}" for line in lines if line.to_finish]
    return "\n".join(texts)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else toml(key)


def toml(value: Any) -> str:
    """A value of TOML; JSON's escapes are TOML's, but for one character.

    Examples
    --------
    >>> toml({"a b": ["x", 1, True]})
    '{ "a b" = ["x", 1, true] }'
    """
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {toml(inside)}" for key, inside in value.items()) + " }" if value else "{}"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return value.isoformat() if isinstance(value, date) else str(value)
