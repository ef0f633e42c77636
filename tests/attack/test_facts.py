"""Takes groups and sets of episodes, gives facts about them: each once, nothing of nothing, printed ones marked."""

from __future__ import annotations

from fractions import Fraction

from iop_outcomes.attack.facts import EVERYONE, SUM, Fact, Knowledge, combined, expression, is_sum, place, place_words

ONE = Fraction(1)


def test_groups_are_named_by_column_and_level_in_any_order():
    """All of a column, and no level of it, leave the column out."""
    assert place(("track", "a"), ("sex", "f")) == place(("sex", "f"), ("track", "a"))
    assert place(("track", "All"), ("", "x"), ("sex", "")) == EVERYONE
    assert (place_words(EVERYONE), place_words(place(("track", "a"), ("sex", "f")))) == ("everyone", "sex f, track a")


def test_what_cancels_is_not_part_of_a_sum():
    """In a text, and in several sums as one."""
    assert expression("a + b - a", EVERYONE) == {(EVERYONE, "b"): ONE}
    assert expression("0", EVERYONE) == {}
    a, b = expression("a", EVERYONE), expression("b", EVERYONE)
    assert combined((2, a), (Fraction(1, 2), b), (-2, a)) == {(EVERYONE, "b"): Fraction(1, 2)}
    assert combined() == {}


def test_a_fact_is_known_once_and_one_of_nothing_is_none():
    """The same within other limits is another."""
    knowledge = Knowledge()
    for _ in range(2):
        knowledge.add(expression("a", EVERYONE), ONE, None, "at least")
        knowledge.equal(expression("a - b", EVERYONE), "the same")
        knowledge.at_most({}, "nothing")
    assert [(fact.low, fact.high, fact.is_equation) for fact in knowledge.facts] == [(ONE, None, False), (0, 0, True)]
    assert not Fact({}, None, None, "").is_equation


def test_a_withheld_number_is_one_cell_whoever_names_it():
    """The first words stay; variables come in the order met, those of facts first."""
    knowledge = Knowledge()
    knowledge.withhold(expression("c", EVERYONE), "first")
    knowledge.withhold(expression("c", EVERYONE), "again")
    knowledge.withhold({}, "nothing")
    knowledge.equal(expression("b - a", EVERYONE), "the same")
    assert [cell.words for cell in knowledge.cells.values()] == ["first"]
    assert [name for _, name in knowledge.variables] == ["b", "a", "c"]
    for where in (place(("track", "b")), EVERYONE, place(("track", "b"))):
        knowledge.visit(where)
    assert list(knowledge.places) == [place(("track", "b")), EVERYONE]


def test_sums_of_scores_are_no_counts():
    """By their name."""
    assert (is_sum((EVERYONE, f"{SUM}days")), is_sum((EVERYONE, "days"))) == (True, False)
