"""Takes a folder and answers one after another, gives the questions that are left and the mapping that the answers make."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Any

from iop_outcomes.columns import KINDS
from iop_outcomes.intake.proposal_codes import LEFT_OUT, NO_VALUE, NONE_OF_THESE
from iop_outcomes.intake.proposal_lines import Line, Question, toml, value_at
from iop_outcomes.intake.proposal_text import DATED_INSTEAD, SAME_IN_ALL, Proposal
from iop_outcomes.intake.propose import Folder

NONE = "none of them"
_ROWS = {
    "episodes": "admissions: one row for each stay in the program",
    "scores": "questionnaires: one row for each survey or score",
    "events": "what happened afterwards: one row for each readmission, visit or death",
    "contacts": "visits: one row for each, where there is no table of admissions",
}
_TABLES = "tables"


class Interview:
    """The questions about a folder, one at a time: what is next depends on what was answered.

    Parameters
    ----------
    folder : Folder
        Its files, opened.
    given : dict
        What a mapping says already, parsed.
    """

    def __init__(self, folder: Folder, given: Dictionary[str, Any] | None = None) -> None:
        self._folder = folder
        self._given: dict[str, Any] = _copy(given or {})
        self._left: set[tuple[str, ...]] = set()  # what was left open, and is not asked twice
        self._declined: set[tuple[str, ...]] = set()
        self._choosing: list[str] = []  # tables whose file is yet to be named
        self._proposal: Proposal | None = None
        self._before = _copy(self._given)

    @property
    def changed(self) -> bool:
        """Whether the answers say more than was given."""
        return self._given != self._before

    @property
    def proposal(self) -> Proposal:
        """The mapping as far as it is answered."""
        if self._proposal is None:
            self._proposal = self._folder.proposal(self._given, self._declined)
        return self._proposal

    @property
    def next(self) -> Line | None:
        """The line that is to be decided next, or None: which file is which, then columns, how they are written, codes."""
        if self._choosing:
            return self._which_file(self._choosing[0])
        proposal = self.proposal
        if confirm := self._are_these_right(proposal):
            return confirm
        lines = [line for line in proposal.lines if line.question and _can_be_answered(line.question) and line.place not in self._left]
        return min(lines, key=_turn, default=None)

    def questions(self) -> list[Line]:
        """Every line that is open by now, in the order in which they would be asked."""
        confirm = self._are_these_right(self.proposal)
        return [*([confirm] if confirm else []), *sorted((line for line in self.proposal.lines if line.question), key=_turn)]

    def put(self, line: Line, word: str) -> None:
        """Take an answer; "" leaves the line open."""
        self._proposal = None
        if line.section == (_TABLES,):
            self._put_table(line, word)
        elif not word or (line.question and line.question.form == "yes" and word == "no"):
            self._left.add(line.place)
            if line.question and not line.question.needed:
                self._declined.add(line.place)
        elif line.question and line.question.form == "yes":
            self._set(line.place, line.value)
        elif word == SAME_IN_ALL:
            self._declined.add(line.place)
        elif word in (NONE_OF_THESE, NO_VALUE):
            column = line.section[1]
            place = ("missing", column) if word == NO_VALUE else ("leave_out", LEFT_OUT[column], column)
            self._set(place, [*(value_at(self._given, place) or ()), line.key])
        else:
            self._set(self._place_of(line, word), word)

    def _place_of(self, line: Line, word: str) -> tuple[str, ...]:
        """Where an answer belongs: a column of dates is no number of days."""
        dated = DATED_INSTEAD.get(line.key, "")
        if line.section[0] == "columns" and dated and self._folder.holds_dates(line.section[1], word, self._given):
            return (*line.section, dated)
        return line.place

    def _set(self, place: tuple[str, ...], value: Any) -> None:
        inside = self._given
        for key in place[:-1]:
            inside = inside.setdefault(key, {})
        inside[place[-1]] = value

    # -- which file is which -------------------------------------------------------------------------------------------

    def _are_these_right(self, proposal: Proposal) -> Line | None:
        """Whether the files were taken for what they are; what the mapping names or their own names say is not asked."""
        known = value_at(self._given, (_TABLES,)) or {}
        guessed = [line for line in proposal.lines if line.section == (_TABLES,) and line.key and line.key not in known]
        if not guessed or (_TABLES,) in self._left:
            return None
        tables = "; ".join(f"{line.key} are {_files(line.value)}" for line in guessed)
        unused = next((line.note for line in proposal.lines if line.section == (_TABLES,) and not line.key), "")
        words = f"These tables were recognised: {tables}{f' ({unused})' if unused else ''}. Is that right?"
        why = " ".join(f"{name}: {_ROWS.get(name, name)}." for name in KINDS)
        return Line((_TABLES,), "", [line.key for line in guessed], "", Question(words, why, ("yes", "no"), "yes", "yes"))

    def _which_file(self, table: str) -> Line:
        names = tuple(self._folder.named_parts())
        guess = next((line.value for line in self.proposal.lines if line.place == (_TABLES, table)), "")
        near = next((name for name, value in self._folder.named_parts().items() if value == guess), NONE)
        why = f"{table}: {_ROWS.get(table, table)}. A file that no question names is not read."
        return Line(
            (_TABLES,), table, guess, "", Question(f"Which file holds {table} ({_ROWS.get(table, table)})?", why, (*names, NONE), near)
        )

    def _put_table(self, line: Line, word: str) -> None:
        if line.key:
            self._choosing.remove(line.key)
            if word in ("", NONE):
                self._declined.add(line.place)
            else:
                self._set(line.place, self._folder.named_parts()[word])
        elif word == "no":
            self._choosing = list(KINDS)
        else:  # yes, or left as it is
            for guessed in self._folder.proposal(self._given, self._declined).lines:
                if guessed.section == (_TABLES,) and guessed.key:
                    self._set(guessed.place, guessed.value)
        if not self._choosing:
            self._left.add((_TABLES,))


def _files(value: str | list[str]) -> str:
    """The file of a table, or those that hold it together."""
    return toml(value) if isinstance(value, str) else f"{', '.join(map(toml, value))} together"


def _copy(given: Dictionary[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in given.items()}


def _can_be_answered(question: Question) -> bool:
    return bool(question.allowed) or question.form != "word"


def _turn(line: Line) -> tuple[int, bool]:
    """When a line is asked for: a letter decides the names, names decide the rest; what is guessed goes before what is not known."""
    order = {"text": 0, "episode_id": 1, "columns": 1, "constants": 1, "data": 2, "date_format": 2, "follow_up_days": 3}
    guess = line.question.guess if line.question else ""
    return order.get(line.section[0] if line.section else "", 4), line.section[:1] == ("columns",) and not guess
