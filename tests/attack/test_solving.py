"""Takes small systems of facts, gives proof that limits, intervals and chains are those of counting every possible program."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from iop_outcomes.attack.bounds import LinearProgram, intervals
from iop_outcomes.attack.facts import EVERYONE, Fact, expression
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


def test_facts_that_cannot_hold_are_said():
    """A + b is 3, and a is 5."""
    sums = {"a + b": 3, "a": 5}
    facts = [Fact(expression(text, EVERYONE), Fraction(n), Fraction(n), text) for text, n in sums.items()]
    with pytest.raises(ContradictionError):
        solve(facts, VARIABLES)
