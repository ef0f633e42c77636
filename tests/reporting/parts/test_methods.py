"""Takes pages, gives their methods: what is said of patients, stays, policies and sources, and what is not said twice."""

import pytest

from iop_outcomes.reporting.blocks import Terms
from iop_outcomes.reporting.parts.completion import COMPLETION
from iop_outcomes.reporting.parts.methods import METHODS
from tests.pages import page_of
from tests.reporting.parts.small import people, small, words_of


def methods(rows, *, policy="none", **mapping):
    """The words, and the terms with their lines."""
    with small(rows, **mapping) as data:
        sections = METHODS.appendix(page_of(data, COMPLETION, METHODS, policy=policy))
        terms = {term: lines for block in sections[0].blocks if isinstance(block, Terms) for term, lines in block.entries}
        return words_of(sections), terms


@pytest.mark.parametrize(
    ("patient", "words"),
    [
        (None, "The data name no patients"),
        (lambda i: f"p{i}", "No patient has more than one episode."),
        ("p", "Some patients have more than one episode."),
    ],
)
def test_repeated_patients(patient, words):
    """Not known, none, some."""
    columns = {} if patient is None else {"patient_id": patient}
    assert methods(people(10, 10, **columns))[1]["Repeated patients"][0].startswith(words)


def test_a_policy_that_withholds_says_how_much_and_one_that_does_not_says_so():
    """The audit, and what not shown means, stand only where something may be withheld."""
    words, terms = methods(people(20, 20) + people(3, 2, track="b"), policy="cms11")
    assert "Not shown" in terms and "It is neither zero nor missing." in words
    withheld = int(next(line for line in terms["Disclosure"] if "withheld in this report" in line).split()[-1].rstrip("."))
    assert withheld > 0
    words, terms = methods(people(20, 20))
    assert "Not shown" not in terms
    assert "Numbers withheld in this report: 0." in terms["Disclosure"]


def test_every_number_of_a_measure_is_defined_with_who_is_left_out():
    """Each reason with how many, those of whom there are none too."""
    _, terms = methods([*people(10, 9), people(1, 0, start=50)[0] | {"discharge_reason": "died"}])
    (line,) = [line for line in terms["Completion"] if line.startswith("Left out, of 20 episodes: ")]
    assert "died in care: 1" in line and "never started: 0" in line
    assert any(line.startswith("Completed (completion_strict): ") for line in terms["Completion"])


def test_where_the_numbers_come_from():
    """Each table with its rows and hash, the mapping, the class, and the cut-off where there is one."""
    _, terms = methods(people(10, 10), data={"cutoff": "2024-06-30"})
    (lines,) = [lines for term, lines in terms.items() if term == "Where the numbers come from"]
    assert lines[0].startswith("episodes: episodes (data frame), 20 rows, SHA-256 ")
    assert "Class of the data: synthetic; data cut-off 2024-06-30" in lines
    assert terms["Stay"] == ("Discharge day minus admission day.",)
