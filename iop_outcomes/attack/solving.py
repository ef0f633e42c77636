"""Takes facts, gives what follows from them for every variable: limits from one fact after another, and equations solved exactly."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from iop_outcomes.attack.facts import Fact, Terms, Variable, is_sum

_ROUNDS = 40  # of solving and narrowing in turns; each fixes something more or is the last
_NARROWED = 200_000  # facts looked at in one round of narrowing; real reports take a tenth


class ContradictionError(Exception):
    """The facts cannot all hold: the report contradicts itself, or what is known of every report does not hold of it."""


class SolverLimits:
    """The lowest and highest value of every variable; counts are whole and not negative, sums of scores are any number."""

    def __init__(self, variables: Iterable[Variable]) -> None:
        self.low: dict[Variable, Fraction | None] = {}
        self.high: dict[Variable, Fraction | None] = {}
        for variable in variables:
            self.low[variable] = None if is_sum(variable) else Fraction()
            self.high[variable] = None

    def value(self, variable: Variable) -> Fraction | None:
        """The value of a variable that can have only one."""
        low = self.low[variable]
        return low if low is not None and low == self.high[variable] else None

    def narrow(self, variable: Variable, low: Fraction | None, high: Fraction | None, words: str) -> bool:
        """Whether a variable can have fewer values now."""
        if not is_sum(variable):
            low = None if low is None else Fraction(math.ceil(low))
            high = None if high is None else Fraction(math.floor(high))
        narrowed = False
        before = self.low[variable]
        if low is not None and (before is None or low > before):
            self.low[variable], narrowed = low, True
        before = self.high[variable]
        if high is not None and (before is None or high < before):
            self.high[variable], narrowed = high, True
        least, most = self.low[variable], self.high[variable]
        if least is not None and most is not None and least > most:
            raise ContradictionError(f"{variable} would be at least {least} and at most {most}: {words}")
        return narrowed

    def of_sum(self, terms: Terms) -> tuple[Fraction | None, Fraction | None]:
        """The limits of a sum, from those of its variables alone."""
        least: Fraction | None = Fraction()
        most: Fraction | None = Fraction()
        for variable, factor in terms.items():
            ends = [self.low[variable], self.high[variable]]
            low, high = ends if factor > 0 else ends[::-1]
            least = None if least is None or low is None else least + factor * low
            most = None if most is None or high is None else most + factor * high
        return least, most


def solve(facts: Sequence[Fact], variables: Iterable[Variable]) -> SolverLimits:
    """Narrow the limits and solve the equations, in turns, until nothing more follows.

    Parameters
    ----------
    facts : sequence of Fact
    variables : iterable of Variable

    Returns
    -------
    SolverLimits
        What each variable can be.

    Raises
    ------
    ContradictionError
        When the facts cannot all hold.
    """
    limits = SolverLimits(variables)
    by_variable: dict[Variable, list[Fact]] = {}
    for fact in facts:
        for variable in fact.terms:
            by_variable.setdefault(variable, []).append(fact)
    pending: Iterable[Fact] = facts
    for _ in range(_ROUNDS):
        _narrow(limits, pending, by_variable)
        solved = eliminate([fact for fact in facts if fact.is_equation], limits)
        changed = [variable for variable, terms in solved.items() if _fix(limits, variable, terms)]
        if not changed:
            break
        pending = [fact for variable in changed for fact in by_variable.get(variable, ())]
    return limits


def _fix(limits: SolverLimits, variable: Variable, terms: Mapping[Variable, Fraction]) -> bool:
    constant = terms.get(CONSTANT, Fraction())
    others = {other: factor for other, factor in terms.items() if other != CONSTANT}
    low, high = limits.of_sum(others)
    low, high = None if low is None else low + constant, None if high is None else high + constant
    return limits.narrow(variable, low, high, "equations solved together")


def _narrow(limits: SolverLimits, facts: Iterable[Fact], by_variable: Mapping[Variable, list[Fact]]) -> None:
    """Narrow the limits by one fact after another, those again whose variables have changed."""
    queue = deque(facts)
    waiting = set(map(id, queue))
    for _ in range(_NARROWED):
        if not queue:
            return
        fact = queue.popleft()
        waiting.discard(id(fact))
        for variable in _narrowed(limits, fact):
            for other in by_variable.get(variable, ()):
                if id(other) not in waiting:
                    waiting.add(id(other))
                    queue.append(other)


def _narrowed(limits: SolverLimits, fact: Fact) -> list[Variable]:
    """The variables that one fact narrows: each is what the others leave of the sum."""
    least = _ends(limits, fact.terms, lowest=True)
    most = _ends(limits, fact.terms, lowest=False)
    changed = []
    for variable, factor in fact.terms.items():
        low = _left(fact.low, most, variable)
        high = _left(fact.high, least, variable)
        low, high = None if low is None else low / factor, None if high is None else high / factor
        if factor < 0:
            low, high = high, low
        if limits.narrow(variable, low, high, fact.words):
            changed.append(variable)
    if not fact.terms and not (fact.low or 0) <= 0 <= (fact.high or 0):
        raise ContradictionError(fact.words)
    return changed


def _ends(limits: SolverLimits, terms: Terms, *, lowest: bool) -> dict[Variable, Fraction | None]:
    return {
        variable: None if (end := (limits.low if (factor > 0) is lowest else limits.high)[variable]) is None else factor * end
        for variable, factor in terms.items()
    }


def _left(limit: Fraction | None, ends: Mapping[Variable, Fraction | None], variable: Variable) -> Fraction | None:
    """What the other terms leave of a limit, at their ends; None where one of them has no end."""
    if limit is None:
        return None
    total = Fraction()
    for other, end in ends.items():
        if other != variable:
            if end is None:
                return None
            total += end
    return limit - total


CONSTANT: Variable = ((), "")


def eliminate(equations: Iterable[Fact], limits: SolverLimits) -> dict[Variable, dict[Variable, Fraction]]:
    """Solve equations exactly, in fractions: what is known is put in, and each equation expresses one variable by others.

    Parameters
    ----------
    equations : iterable of Fact
    limits : SolverLimits
        Variables with one value are known.

    Returns
    -------
    dict of Variable to dict of Variable to Fraction
        Each variable that is expressed, by variables that are not; `CONSTANT` stands for the number 1.

    Raises
    ------
    ContradictionError
        When the equations cannot all hold.
    """
    solved: dict[Variable, dict[Variable, Fraction]] = {}
    used_in: dict[Variable, set[Variable]] = {}
    rows = [_known_put_in(fact, limits) for fact in equations]
    for row, words in sorted(rows, key=lambda each: len(each[0])):
        terms = _put_in(row, solved)
        free = [variable for variable in terms if variable != CONSTANT]
        if not free:
            if terms.get(CONSTANT):
                raise ContradictionError(words)
            continue
        pivot = min(free, key=lambda variable: (len(used_in.get(variable, ())), abs(terms[variable]) != 1))
        factor = terms.pop(pivot)
        expressed = {variable: -value / factor for variable, value in terms.items()}
        for other in used_in.pop(pivot, ()):
            _replace(solved[other], pivot, expressed)
            for variable in solved[other]:
                used_in.setdefault(variable, set()).add(other)
        solved[pivot] = expressed
        for variable in expressed:
            used_in.setdefault(variable, set()).add(pivot)
    return solved


def _known_put_in(fact: Fact, limits: SolverLimits) -> tuple[dict[Variable, Fraction], str]:
    row: dict[Variable, Fraction] = {CONSTANT: -(fact.low or Fraction())}
    for variable, factor in fact.terms.items():
        value = limits.value(variable)
        if value is None:
            row[variable] = factor
        else:
            row[CONSTANT] += factor * value
    return row, fact.words


def _put_in(row: Mapping[Variable, Fraction], solved: Mapping[Variable, Mapping[Variable, Fraction]]) -> dict[Variable, Fraction]:
    terms: dict[Variable, Fraction] = {}
    for variable, factor in row.items():
        for other, value in solved.get(variable, {variable: Fraction(1)}).items():
            terms[other] = terms.get(other, Fraction()) + factor * value
    return {variable: value for variable, value in terms.items() if value}


def _replace(terms: dict[Variable, Fraction], pivot: Variable, expressed: Mapping[Variable, Fraction]) -> None:
    factor = terms.pop(pivot, None)
    if factor is None:
        return
    for variable, value in expressed.items():
        total = terms.get(variable, Fraction()) + factor * value
        if total:
            terms[variable] = total
        else:
            terms.pop(variable, None)
