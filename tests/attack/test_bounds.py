"""Takes facts of which a linear program alone says too little, gives limits in whole numbers."""

from __future__ import annotations

from fractions import Fraction

from iop_outcomes.attack.facts import Fact
from iop_outcomes.attack.solving import solve
from tests.attack.test_solving import VARIABLES


def test_counts_are_whole():
    """2 a + 2 b = 8 and 3 a <= 5: a is 0 or 1, and b 3 or 4; halves are no counts."""
    facts = [
        Fact({VARIABLES[0]: Fraction(2), VARIABLES[1]: Fraction(2)}, Fraction(8), Fraction(8), "twice"),
        Fact({VARIABLES[0]: Fraction(3)}, None, Fraction(5), "at most"),
    ]
    limits = solve(facts, VARIABLES[:2])
    assert [limits.high[VARIABLES[0]], limits.low[VARIABLES[1]], limits.high[VARIABLES[1]]] == [1, 3, 4]
