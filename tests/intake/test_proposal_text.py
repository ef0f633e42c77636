"""Takes lines and files, gives the two texts of a proposed mapping, and how files and codes are named in it."""

import tomllib
from pathlib import Path

import pytest

from iop_outcomes.columns import EPISODES
from iop_outcomes.intake.proposal_codes import code_line
from iop_outcomes.intake.proposal_files import File
from iop_outcomes.intake.proposal_lines import TO_FINISH, Line, Question
from iop_outcomes.intake.proposal_text import Proposal, class_line, cutoff_line
from iop_outcomes.intake.synonyms import Match

REASON = next(field for field in EPISODES if field.name == "discharge_reason")


def test_two_texts_of_one_mapping():
    """What is decided means the same in both; what is open stands in both as a line to complete, and is counted."""
    lines = (Line(("data",), "class", "public"), cutoff_line(), class_line("dates are read"), Line(("codes", "sex"), "F", "female", "sure"))
    proposal = Proposal("Harbor", lines)
    assert [line.key for line in proposal.open] == [line.key for line in lines if line.to_finish]
    assert proposal.to_finish == len(proposal.open) == 1
    assert proposal.text.startswith("# Proposed by iop-outcomes map from the headers and the codes of Harbor.")
    assert proposal.short.startswith("# How Harbor is read.")
    for text in (proposal.text, proposal.short):
        assert tomllib.loads(text) == {"data": {"class": "public"}, "codes": {"sex": {"F": "female"}}}
    assert f'{TO_FINISH} class = ""' in proposal.text
    assert Proposal("x", ()).to_finish == 0 and tomllib.loads(Proposal("x", ()).text) == {}


def test_a_code_is_known_guessed_or_not_known():
    """A synonym needs nobody; a guess is confirmed, by its spelling or by the label of a file; else every word may be chosen."""
    known = code_line(REASON, "AMA", 40, Match("AMA", "dropped_out", "synonym"), "a.csv, DC")
    assert (known.value, known.question) == ("dropped_out", None)
    guess = code_line(REASON, "Compl", 1_200, Match("Compl", "completed", "guess"), "a.csv, DC")
    assert (guess.value, guess.question.guess, guess.note) == ("completed", "completed", "a guess by its spelling")
    assert guess.question.words == 'a.csv, DC: what is "Compl" (1,200 rows)?'
    labelled = code_line(REASON, "1", 40, Match("x", "completed", "synonym"), "a.sav, DC", labelled=True)
    assert labelled.note == "a guess by its value label" and labelled.question.guess == "completed"
    unknown = code_line(REASON, "X", 40, None, "a.csv, DC")
    assert (unknown.value, unknown.question.allowed, unknown.question.guess) == ("", REASON.allowed, "")
    assert code_line(REASON, "X", 40, None, "", ("a", "b")).note == "one of a, b"


def test_the_class_is_needed_and_the_last_day_is_not():
    """Files with dates are refused without a class; the most careful of those that allow dates is offered first."""
    assert class_line("").question.needed and class_line("").question.guess == "limited_data_set"
    assert not cutoff_line().question.needed and cutoff_line().question.form == "date"


@pytest.mark.parametrize(
    ("file", "name", "location", "called"),
    [
        (File(Path("/data/in/Episodes.CSV"), "raw", []), "Episodes.CSV", "in/Episodes.CSV", "Episodes"),
        (File(Path("/data/book.xlsx"), "raw", [], part=" Adm "), "book.xlsx# Adm ", "book.xlsx# Adm ", "adm"),
        (File(Path("/else/e.csv"), "raw", []), "e.csv", "../else/e.csv", "e"),
        (File(Path("/data/x"), "raw", [], as_given="house.t", source=object()), "house.t", "house.t", "x"),
    ],
)
def test_how_a_file_is_named(file, name, location, called):
    """By messages, by a line of [tables] seen from the folder of the mapping, and where a table is looked for by its name."""
    assert (file.name, file.location(Path("/data")), file.called) == (name, location, called)


def test_a_question_that_is_open_is_to_finish():
    """One that may be left out is a remark."""
    needed = Line(("data",), "x", question=Question("?"))
    free = Line(("data",), "y", "z", question=Question("?", needed=False))
    assert Proposal("a", (needed, free)).open == [needed]
