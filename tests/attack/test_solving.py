"""Takes small systems of facts, gives proof that limits, intervals and chains are those of counting every possible program."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from iop_outcomes.attack.bounds import Bounds, LinearProgram, intervals
from iop_outcomes.attack.chains import chain
from iop_outcomes.attack.facts import EVERYONE, Fact, Knowledge, expression
from iop_outcomes.attack.simplifying import simplified
from iop_outcomes.attack.solving import ContradictionError, solve

NAMES, MOST = ("a", "b", "c", "d"), 6
VARIABLES = [(EVERYONE, name) for name in NAMES]


def drawn_facts(generator):
    """A few sums of a few counts, true of one program, with every count at most 6."""
    truth = generator.integers(0, MOST, len(NAMES), endpoint=True)
    facts = [Fact({variable: Fraction(1)}, None, Fraction(MOST), f"{variable[1]} <= 6") for variable in VARIABLES]
    for number in range(generator.integers(1, 4)):
        factors = generator.integers(-1, 2, len(NAMES))
        total = Fraction(int(factors @ truth))
        terms = {variable: Fraction(int(factor)) for variable, factor in zip(VARIABLES, factors, strict=True) if factor}
        if terms:
            equal = generator.random() < 0.7
            facts.append(Fact(terms, total if equal else None, total, f"fact {number}", printed=True))
    return facts


def possible(facts):
    """Every program that the facts allow, by trying all."""
    for values in product(range(MOST + 1), repeat=len(NAMES)):
        by_name = dict(zip(VARIABLES, values, strict=True))
        sums = [(fact, sum(factor * by_name[variable] for variable, factor in fact.terms.items())) for fact in facts]
        if all((fact.low is None or total >= fact.low) and (fact.high is None or total <= fact.high) for fact, total in sums):
            yield by_name


@pytest.mark.parametrize("seed", range(40))
def test_limits_and_intervals_are_those_of_every_possible_program(seed):
    """Limits hold every program; an interval asked for closely is that of all programs."""
    facts = drawn_facts(np.random.default_rng(seed))
    programs = list(possible(facts))
    limits = solve(facts, VARIABLES)
    sums = [{variable: Fraction(1)} for variable in VARIABLES]
    results = intervals(LinearProgram(facts, limits), limits, sums, -100, 100)
    for variable, result in zip(VARIABLES, results, strict=True):
        values = [program[variable] for program in programs]
        assert limits.low[variable] <= min(values)
        assert limits.high[variable] >= max(values)
        assert (result.low, result.high) == (min(values), max(values))


@pytest.mark.parametrize("seed", range(20))
def test_a_chain_alone_says_as_much_as_all_facts(seed):
    """Every program that the facts of a chain allow has the sum within the interval, and without one of them some has not."""
    facts = drawn_facts(np.random.default_rng(seed))
    limits = solve(facts, VARIABLES)
    for variable in VARIABLES:
        (result,) = intervals(LinearProgram(facts, limits), limits, [{variable: Fraction(1)}], -100, 100)
        how = chain(facts, {variable: Fraction(1)}, result)
        if how.whole:
            continue
        values = [program[variable] for program in possible([*how.facts, *facts[: len(NAMES)]])]
        assert result.low <= min(values)
        assert max(values) <= result.high


def test_a_chain_leaves_out_what_is_not_needed():
    """A + b is 10 and b is 7: a is 3, whatever c and d are."""
    sums = {"a + b": 10, "b": 7, "c + d": 9, "a + c": 5}
    facts = [Fact(expression(text, EVERYONE), Fraction(n), Fraction(n), text, printed=True) for text, n in sums.items()]
    how = chain(facts, expression("a", EVERYONE), Bounds(3, 3))
    assert [fact.words for fact in how.facts] == ["a + b", "b"]
    assert not how.whole


def test_counts_are_whole():
    """2 a + 2 b = 8 and 3 a <= 5: a is 0 or 1, and b 3 or 4; halves are no counts."""
    facts = [
        Fact({VARIABLES[0]: Fraction(2), VARIABLES[1]: Fraction(2)}, Fraction(8), Fraction(8), "twice"),
        Fact({VARIABLES[0]: Fraction(3)}, None, Fraction(5), "at most"),
    ]
    limits = solve(facts, VARIABLES[:2])
    assert [limits.high[VARIABLES[0]], limits.low[VARIABLES[1]], limits.high[VARIABLES[1]]] == [1, 3, 4]


def test_facts_that_cannot_hold_are_said():
    """A + b is 3, and a is 5."""
    sums = {"a + b": 3, "a": 5}
    facts = [Fact(expression(text, EVERYONE), Fraction(n), Fraction(n), text) for text, n in sums.items()]
    with pytest.raises(ContradictionError):
        solve(facts, VARIABLES)


def test_what_is_nobody_in_every_report_goes_and_equals_become_one():
    """B and c are nobody, so that a = b + d makes one of a and d; what is printed of d is then said of it."""
    knowledge = Knowledge()
    knowledge.equal(expression("b + c", EVERYONE), "nobody")
    knowledge.equal(expression("a - b - d", EVERYONE), "the same")
    knowledge.add(expression("d", EVERYONE), Fraction(4), Fraction(4), "printed", printed=True)
    knowledge.withhold(expression("a + c", EVERYONE), "withheld")
    result = simplified(knowledge)
    ((fact,), (cell,)) = result.facts, result.cells.values()
    assert fact.terms == cell.terms == expression("a", EVERYONE)
