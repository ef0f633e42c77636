"""Takes what a folder proposes and answers one after another, gives the questions that are left, in order, and what was decided."""

import pytest

from iop_outcomes.columns import KINDS
from iop_outcomes.intake.proposal_lines import Line, Question
from iop_outcomes.intake.proposal_text import Proposal
from iop_outcomes.intake.start import NONE, Interview

CLASS = Line(("data",), "class", question=Question("What kind?", allowed=("synthetic", "public"), guess="synthetic"))
SURE = Line(("columns", "episodes"), "track", "Program", question=Question("Is it?", allowed=("Program", "Unit"), guess="Program"))
OPEN = Line(("columns", "episodes"), "los_days", question=Question("Which?", allowed=("Days", "Out")))
CODE = Line(
    ("codes", "discharge_reason"), "DC", question=Question("What is DC?", allowed=("completed", "other"), guess="other", needed=False)
)
HOLDS = Line(("follow_up_days",), "rule", "to_cutoff", question=Question("Everybody?", allowed=("yes", "no"), form="yes"))
NOBODY_KNOWS = Line(("data",), "x", question=Question("What?"))
TABLE = Line(("tables",), "episodes", "export.csv")


class Folder:
    """A folder that asks these lines until each is given or declined, and of which one column holds dates."""

    def __init__(self, *lines):
        self.lines = lines

    def proposal(self, given, declined):
        """Those that are open."""

        def decided(line):
            inside = given
            for key in line.place:
                inside = inside.get(key, {}) if isinstance(inside, dict) else {}
            return inside != {} or line.place in declined

        return Proposal("data", tuple(line for line in self.lines if not decided(line)))

    def holds_dates(self, table, column, given):
        """The column Out."""
        return column == "Out"

    def named_parts(self):
        """The files, as a person is shown them, and as the mapping names them."""
        return {"export": "export.csv", "other": "other.csv"}


def test_names_are_asked_before_what_follows_from_them():
    """A guess of a name before a name that nobody knows; what no answer could be given to is not asked."""
    interview = Interview(Folder(NOBODY_KNOWS, HOLDS, CODE, CLASS, OPEN, SURE))
    asked = []
    while line := interview.next:
        asked.append(line.key)
        interview.put(line, "yes" if line is HOLDS else line.question.allowed[0])
    assert asked == ["track", "los_days", "class", "rule", "DC"]
    assert [line.key for line in Interview(Folder(CODE, CLASS)).questions()] == ["class", "DC"]


def test_what_is_answered_is_given():
    """In its section; yes is the value of the line, no and nothing leave it open and are not asked twice."""
    interview = Interview(Folder(CLASS, HOLDS, CODE), {"program": {"name": "Harbor"}})
    assert not interview.changed
    interview.put(CLASS, "public")
    interview.put(HOLDS, "yes")
    assert interview.changed and interview._given == {
        "program": {"name": "Harbor"},
        "data": {"class": "public"},
        "follow_up_days": {"rule": "to_cutoff"},
    }
    interview.put(CODE, "")
    assert interview.next is None and interview.proposal.open == []
    other = Interview(Folder(HOLDS))
    other.put(HOLDS, "no")
    assert other.next is None and not other.changed


def test_what_is_needed_stays_open():
    """It is not asked again, and the mapping says so."""
    interview = Interview(Folder(CLASS))
    interview.put(CLASS, "")
    assert interview.next is None
    assert [line.key for line in interview.proposal.open] == ["class"]


@pytest.mark.parametrize(("column", "key"), [("Days", "los_days"), ("Out", "discharge_date")])
def test_a_column_of_dates_is_no_number_of_days(column, key):
    """The answer goes where it belongs."""
    interview = Interview(Folder(OPEN))
    interview.put(OPEN, column)
    assert interview._given == {"columns": {"episodes": {key: column}}}


def test_files_that_were_recognised_are_confirmed():
    """Before anything else; left as it is means yes."""
    for answer in ("yes", ""):
        interview = Interview(Folder(TABLE, CLASS))
        confirm = interview.next
        assert confirm.question.words == 'These tables were recognised: episodes are "export.csv". Is that right?'
        interview.put(confirm, answer)
        assert interview._given == {"tables": {"episodes": "export.csv"}} and interview.next is CLASS


def test_files_that_were_mistaken_are_asked_one_by_one():
    """For every table there may be, with the likeliest; a table that is in no file is left out."""
    interview = Interview(Folder(TABLE))
    interview.put(interview.next, "no")
    first = interview.next
    assert (first.key, first.question.guess, first.question.allowed) == ("episodes", "export", ("export", "other", NONE))
    interview.put(first, "other")
    asked = []
    while line := interview.next:
        asked.append(line.key)
        assert line.question.guess == NONE
        interview.put(line, NONE)
    assert asked == [name for name in KINDS if name != "episodes"]
    assert interview._given == {"tables": {"episodes": "other.csv"}}


def test_what_was_given_is_not_changed():
    """The dictionary that came in is as it was."""
    given = {"data": {"cutoff": "2025-01-01"}}
    interview = Interview(Folder(CLASS), given)
    interview.put(CLASS, "public")
    assert given == {"data": {"cutoff": "2025-01-01"}}
