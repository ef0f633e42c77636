"""Takes the rows of one measure with its differences from all other groups, gives what each says of the counts on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from iop_outcomes.attack.facts import EVERYONE, Fact, Place, combined, expression, place
from iop_outcomes.attack.identities import Fields, RowName
from iop_outcomes.attack.readings import Block, Number
from iop_outcomes.attack.solving import SolverLimits
from iop_outcomes.keys import MISSING_LEVEL

DIFFERENCE = "minus_others"  # the field of such a number, as the file calls the contrast
_HALF = Fraction(1, 200)  # shares are written as whole percents
Row = Mapping[str, Number]


def read_contrasts(block: Block, rows: Mapping[tuple[RowName, Place], Row], fields: Fields, row_name: RowName) -> Iterator[Fact]:
    """Read the differences of one share from all other groups, where how many episodes stand on either side is printed.

    Parameters
    ----------
    block : Block
        By one column.
    rows : dict of (RowName, Place) to dict of str to Number
        The printed numbers of each row.
    fields : Fields
        What its counts are counts of.
    row_name : RowName

    Yields
    ------
    Fact
        A sum of counts, and its limits.
    """
    if fields.k is None or len(block.columns) != 1:
        return
    column = block.columns[0]
    levels = {level: place((column, level)) for level in block.levels[0] if level != MISSING_LEVEL}
    for level, where in levels.items():
        difference, n = (rows.get((row_name, where), {}).get(name) for name in (DIFFERENCE, "n"))
        others = [other for name, other in levels.items() if name != level]
        of_others = _several(row_name, rows, where, others, place((column, MISSING_LEVEL)))
        if difference is None or difference.value is None or n is None or not n.value or not of_others:
            continue
        here = (1 / n.value, expression(fields.k, where))
        rest = ((-1 / of_others, expression(fields.k, other)) for other in others)
        words = f"{difference.source} ({column} {level}) = {float(difference.value):.10g}, rounded"
        yield Fact(combined(here, *rest), difference.value - _HALF, difference.value + _HALF, words, printed=True)


def says_more(fact: Fact, limits: SolverLimits) -> bool:
    """Whether a sum is not within its limits already, by those of its counts alone: each that is not makes programs longer to solve."""
    least, most = limits.of_sum(fact.terms)
    return least is None or most is None or fact.low is None or fact.high is None or least < fact.low or most > fact.high


def _several(
    row_name: RowName, rows: Mapping[tuple[RowName, Place], Row], group: Place, others: list[Place], blank: Place
) -> Fraction | None:
    """How many episodes all other groups have: each printed, or everyone's without the group's own and those of no group."""

    def n(where: Place) -> Fraction | None:
        number = rows.get((row_name, where), {}).get("n")
        return None if number is None else number.value

    each = [n(other) for other in others]
    if None not in each:
        return sum((several for several in each if several is not None), Fraction())
    every, here, no_group = n(EVERYONE), n(group), n(blank) if (row_name, blank) in rows else Fraction()
    return None if every is None or here is None or no_group is None else every - here - no_group
