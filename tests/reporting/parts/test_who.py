"""Takes programs, gives who is in each group: alike, apart, without anything in common, and not known."""

import pytest

from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Part, no_sections
from iop_outcomes.reporting.parts.who import WHO, difference_rule, severity_of
from iop_outcomes.stats.balance import LEAST
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda i: "female" if i % 2 else "male", "Sex"),
        (lambda i: "female" if i % 10 else "male", "differ in sex"),
        ("unknown", "No overlap: two groups"),
    ],
)
def test_groups_alike_apart_and_without_overlap(other, words):
    """One half women in one group; one half, nine in ten, and a category of its own in the other."""
    rows = people(20, 20, sex=lambda i: "female" if i % 2 else "male") + people(20, 20, track="b", sex=other)
    page, _ = said(WHO, rows)
    assert words in page
    assert ("No overlap: two groups" in page) is (other == "unknown")
    assert ("differ in sex" in page) is (words != "Sex")


def test_nothing_known_of_people_is_said():
    """Groups cannot be compared in who they treat."""
    page, in_full = said(WHO, people(5, 5))
    assert page.startswith("The data bring no characteristic of people at admission")
    assert in_full == ""


def test_how_ill_people_were_stands_beside_comparisons():
    """By level, everyone first; without scores there is nothing to stand there."""
    part = Part(lambda program: [ask for ask in [asks.severity(program)] if ask], no_sections)
    with small(people(6, 6, phq9_admit=12, phq9_discharge=5) + people(6, 6, track="b", phq9_admit=18)) as data:
        head, by_level = severity_of(page_of(data, part, policy="none"))
    assert head == "PHQ-9 at admission: mean, of everyone admitted with a score"
    assert by_level == {"All": "15.0", "a": "12.0", "b": "18.0"}
    with small(people(6, 6)) as data:
        assert severity_of(page_of(data, part, policy="none")) is None


def test_the_rule_names_its_bounds():
    """Two bounds in standard deviations, and how many a group must hold."""
    rule = difference_rule()
    assert "below 0.10" in rule and "from 0.25 on" in rule
    assert f"Groups of fewer than {LEAST} episodes are not compared." in rule
