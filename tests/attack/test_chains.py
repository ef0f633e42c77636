"""Takes small systems of facts, gives chains that alone say as much as all of them, and nothing that is not needed."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from iop_outcomes.attack.bounds import Bounds, LinearProgram, intervals
from iop_outcomes.attack.chains import chain
from iop_outcomes.attack.facts import EVERYONE, Fact, expression
from iop_outcomes.attack.solving import solve
from tests.attack.test_solving import NAMES, VARIABLES, drawn_facts, possible


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
