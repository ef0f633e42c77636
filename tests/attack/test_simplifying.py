"""Takes what a reader knows, gives it with fewer variables: nobody goes, and equals become one."""

from __future__ import annotations

from fractions import Fraction

from iop_outcomes.attack.facts import EVERYONE, Knowledge, expression
from iop_outcomes.attack.simplifying import simplified


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
