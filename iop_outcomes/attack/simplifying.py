"""Takes what a reader knows, gives the same with fewer variables: those that are nobody in every report go, and those that are always equal become one."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from iop_outcomes.attack.facts import Knowledge, Terms, Variable, is_sum


def simplified(knowledge: Knowledge) -> Knowledge:
    """Put in what holds of one or two sets of episodes in every report.

    Parameters
    ----------
    knowledge : Knowledge

    Returns
    -------
    Knowledge
        With the facts that are left; of what is printed, nothing goes.
    """
    names = _Names()
    structure = [fact.terms for fact in knowledge.facts if not fact.printed and fact.is_equation and fact.low == 0]
    while names.learn(structure):
        structure = [terms for terms in map(names.put_in, structure) if terms]
    result = Knowledge(places=dict(knowledge.places))
    for fact in knowledge.facts:
        terms = names.put_in(fact.terms)
        if terms or fact.printed:
            result.add(terms, fact.low, fact.high, fact.words, printed=fact.printed)
    for cell in knowledge.cells.values():
        result.withhold(names.put_in(cell.terms), cell.words)
    return result


class _Names:
    """By which other variable each is called, or that it is nobody."""

    def __init__(self) -> None:
        self._other: dict[Variable, Variable | None] = {}

    def learn(self, equations: Iterable[Terms]) -> bool:
        """Whether some sums that are 0 say anything new of one variable, or of two."""
        before = len(self._other)
        for equation in equations:
            terms = self.put_in(equation)
            if terms and (len(terms) == 1 or (min(terms.values()) > 0 and not any(map(is_sum, terms)))):  # counts are not negative
                self._other.update(dict.fromkeys(terms))
            elif len(terms) == 2 and sum(terms.values()) == 0:
                one, other = sorted(terms, key=lambda variable: (len(variable[0]), variable))
                self._other[other] = one
        return len(self._other) > before

    def put_in(self, terms: Terms) -> dict[Variable, Fraction]:
        """A sum in the names that are left."""
        result: dict[Variable, Fraction] = {}
        for variable, factor in terms.items():
            name: Variable | None = variable
            while name is not None and name in self._other:
                name = self._other[name]
            if name is not None:
                result[name] = result.get(name, Fraction()) + factor
        return {name: factor for name, factor in result.items() if factor}
