"""Takes names of groups and of sets of episodes, gives what a reader knows of them: facts, each a sum within limits, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from iop_outcomes.keys import ALL

Place = tuple[tuple[str, str], ...]  # columns with the level of each, sorted; everyone is empty
Variable = tuple[Place, str]  # a group, and the name of a set of its episodes, or of a sum over them
Limit = Fraction | None
Terms = Mapping[Variable, Fraction]

EVERYONE: Place = ()
SUM = "sum_of_"  # sets so named are sums of scores or days, which may be any number
MODELLED = f"{SUM}model_"  # those that a model of each group gives: everyone's is not the sum of the groups'


def place(*pairs: tuple[str, str]) -> Place:
    """A group by columns and levels: "All" of a column leaves it out.

    Examples
    --------
    >>> place(("track", "psychosis"), ("modality", "All")), place(("track", "All"))
    ((('track', 'psychosis'),), ())
    """
    return tuple(sorted((column, level) for column, level in pairs if column and level and level != ALL))


def place_words(where: Place) -> str:
    """A group in words."""
    return ", ".join(f"{column} {level}" for column, level in where) or "everyone"


def is_sum(variable: Variable) -> bool:
    """Whether a variable is a sum of scores or days, not a count."""
    return variable[1].startswith(SUM)


@dataclass(frozen=True, slots=True)
class Fact:
    """A sum of variables that lies within limits.

    Parameters
    ----------
    terms : dict of Variable to Fraction
        What is summed, each with its factor.
    low, high : Fraction or None
        The limits; the same in an equation, None where there is none.
    words : str
        How it is known.
    printed : bool
        Whether it is printed in the report; else it holds in every report.
    """

    terms: Terms
    low: Limit
    high: Limit
    words: str
    printed: bool = False

    @property
    def is_equation(self) -> bool:
        """Whether the sum is known exactly."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True)
class Cell:
    """A number that the report withholds.

    Parameters
    ----------
    terms : dict of Variable to Fraction
        What it is the sum of.
    words : str
        Which number it is.
    """

    terms: Terms
    words: str


def expression(text: str, where: Place) -> dict[Variable, Fraction]:
    """Read a sum of sets, such as "completed + transferred - died"; "0" is nothing.

    Examples
    --------
    >>> {name: int(factor) for (_, name), factor in expression("a + b - c", EVERYONE).items()}
    {'a': 1, 'b': 1, 'c': -1}
    """
    terms: dict[Variable, Fraction] = {}
    sign = 1
    for word in text.split():
        if word in "+-":
            sign = 1 if word == "+" else -1
        elif word != "0":
            variable = where, word
            terms[variable] = terms.get(variable, Fraction()) + sign
    return {variable: factor for variable, factor in terms.items() if factor}


def combined(*sums: tuple[int | Fraction, Terms]) -> dict[Variable, Fraction]:
    """Several sums, each with its factor, as one."""
    terms: dict[Variable, Fraction] = {}
    for factor, each in sums:
        for variable, value in each.items():
            terms[variable] = terms.get(variable, Fraction()) + factor * value
    return {variable: value for variable, value in terms.items() if value}


@dataclass
class Knowledge:
    """Everything that a reader of one report knows, and what the report withholds.

    Parameters
    ----------
    facts : list of Fact
    cells : dict of terms to Cell
        Withheld numbers, each once.
    places : dict of Place to int
        The groups that are spoken of, in the order met.
    """

    facts: list[Fact] = field(default_factory=list)
    cells: dict[frozenset[tuple[Variable, Fraction]], Cell] = field(default_factory=dict)
    places: dict[Place, int] = field(default_factory=dict)
    _seen: set[tuple[frozenset[tuple[Variable, Fraction]], Limit, Limit]] = field(default_factory=set)

    def add(self, terms: Terms, low: Limit, high: Limit, words: str, *, printed: bool = False) -> None:
        """Add a fact, once; a printed one takes the place of nothing that was known before."""
        key = frozenset(terms.items()), low, high
        if (terms or low is not None) and key not in self._seen:
            self._seen.add(key)
            self.facts.append(Fact(dict(terms), low, high, words, printed))

    def equal(self, terms: Terms, words: str) -> None:
        """Add a sum that is 0."""
        self.add(terms, Fraction(), Fraction(), words)

    def at_most(self, terms: Terms, words: str) -> None:
        """Add a sum that is not above 0."""
        self.add(terms, None, Fraction(), words)

    def withhold(self, terms: Terms, words: str) -> None:
        """Add a number that is not shown."""
        key = frozenset(terms.items())
        if key and key not in self.cells:
            self.cells[key] = Cell(dict(terms), words)

    def visit(self, where: Place) -> None:
        """Note that a group is spoken of."""
        self.places.setdefault(where, len(self.places))

    @property
    def variables(self) -> list[Variable]:
        """All variables, in the order met."""
        return list(dict.fromkeys(_all_variables(self.facts, self.cells.values())))


def _all_variables(facts: Iterable[Fact], cells: Iterable[Cell]) -> Iterator[Variable]:
    for fact in facts:
        yield from fact.terms
    for cell in cells:
        yield from cell.terms
