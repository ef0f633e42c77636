"""Takes the folder of a report, gives every withheld count that its printed numbers give back, and how."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from iop_outcomes.attack.bounds import Bounds, LinearProgram, intervals
from iop_outcomes.attack.chains import Chain, chain
from iop_outcomes.attack.facts import EVERYONE, Cell, Fact, Knowledge, Variable, is_sum, place_words
from iop_outcomes.attack.learning import learned
from iop_outcomes.attack.read_csv import read_csv
from iop_outcomes.attack.read_html import read_html
from iop_outcomes.attack.read_json import read_json
from iop_outcomes.attack.read_office import read_docx, read_xlsx
from iop_outcomes.attack.read_share import is_share, known_of_share
from iop_outcomes.attack.read_slides import read_pptx
from iop_outcomes.attack.readings import NOT_ROUNDED, FilesRead, Rounded
from iop_outcomes.attack.solving import SolverLimits, solve
from iop_outcomes.errors import UsageError


def _of_text(reader: Callable[[str, str], FilesRead]) -> Callable[[bytes, str], FilesRead]:
    """The reader of a file of text, given its bytes."""
    return lambda content, name: reader(content.decode("utf-8"), name)


READERS: Mapping[str, Callable[[bytes, str], FilesRead]] = {  # by ending
    **{ending: _of_text(reader) for ending, reader in ((".csv", read_csv), (".html", read_html), (".json", read_json))},
    ".docx": read_docx,
    ".pptx": read_pptx,
    ".xlsx": read_xlsx,
}
LEAST, MOST = 1, 10  # counts that the default policy withholds


@dataclass(frozen=True, slots=True)
class Recovered:
    """A withheld count from 1 to 10 that comes back.

    Parameters
    ----------
    cell : Cell
        Which number it is.
    interval : Bounds
        What it must be: one value, or several that are all from 1 to 10.
    chain : Chain
        How: printed numbers first, then what holds in every report.
    """

    cell: Cell
    interval: Bounds
    chain: Chain

    @property
    def is_exact(self) -> bool:
        """Whether its value is known."""
        return self.interval.value is not None

    def __str__(self) -> str:
        printed = "; ".join(fact.words for fact in self.chain.facts if fact.printed)
        known = "; ".join(fact.words for fact in self.chain.facts if not fact.printed)
        what = f"is {self.interval}" if self.is_exact else f"is from {self.interval}"
        whole = "; counts are whole" if self.chain.whole else ""
        return f"{self.cell.words} {what}\n  printed: {printed or 'nothing'}\n  known: {known or 'nothing more'}{whole}"

    def to_dict(self) -> dict[str, object]:
        """The same as plain values."""
        return {
            "cell": self.cell.words,
            "low": self.interval.low,
            "high": self.interval.high,
            "exact": self.is_exact,
            "printed": [fact.words for fact in self.chain.facts if fact.printed],
            "known": [fact.words for fact in self.chain.facts if not fact.printed],
            "whole": self.chain.whole,
        }


@dataclass(frozen=True, slots=True)
class Attack:
    """What an attack on a report gives.

    Parameters
    ----------
    files : tuple of str
        The files read.
    facts : int
        Facts put together.
    cells : int
        Withheld numbers, those printed nowhere included.
    recovered : tuple of Recovered
        Those from 1 to 10 that come back.
    """

    files: tuple[str, ...]
    facts: int
    cells: int
    recovered: tuple[Recovered, ...]

    @property
    def exact(self) -> tuple[Recovered, ...]:
        """Those whose value is known."""
        return tuple(each for each in self.recovered if each.is_exact)

    def __str__(self) -> str:
        lines = [str(each) for each in self.recovered]
        bounded = len(self.recovered) - len(self.exact)
        lines.append(
            f"{', '.join(self.files)}: {self.facts:,} facts, {self.cells:,} counts withheld or never printed; "
            f"{len(self.exact)} from {LEAST} to {MOST} recovered, {bounded} more must lie between {LEAST} and {MOST}"
        )
        return "\n".join(lines)

    def to_json(self) -> str:
        """The same as JSON."""
        document = {
            "files": self.files,
            "facts": self.facts,
            "cells": self.cells,
            "recovered": [each.to_dict() for each in self.recovered],
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def read_report(folder: str | Path) -> FilesRead:
    """Read every file of a report that there is a reader for.

    Parameters
    ----------
    folder : path

    Returns
    -------
    FilesRead

    Raises
    ------
    UsageError
        When there is no such folder, or no such file in it.
    """
    where = Path(folder)
    if not where.is_dir():
        raise UsageError(f"{where} is no folder. Give the folder that holds the files of one report ({', '.join(sorted(READERS))}).")
    report = FilesRead()
    for path in sorted(where.iterdir()):
        reader = READERS.get(path.suffix.lower())
        if reader is not None and path.is_file():
            report.add(reader(path.read_bytes(), path.name))
    if not report.blocks and not report.numbers:
        raise UsageError(f"{where} holds no numbers of a report. Give the folder of one report, with its .csv file among the others.")
    return report


def attack_report(folder: str | Path) -> Attack:
    """Work out withheld counts from the files of one report, or of one share, as somebody could who knows how they are made.

    Parameters
    ----------
    folder : path
        With the files of one report, or the count tables that a program shared.

    Returns
    -------
    Attack
    """
    if is_share(Path(folder)):
        return attack_known(*known_of_share(Path(folder)))
    report = read_report(folder)
    return attack_known(learned(report), report.files, report.few, rounded=report.rounded)


def attack_known(
    knowledge: Knowledge,
    files: Sequence[str] = (),
    few: Collection[str] = (),
    *,
    chains: bool = True,
    rounded: Rounded = NOT_ROUNDED,
) -> Attack:
    """Work out withheld counts from what is known.

    Parameters
    ----------
    knowledge : Knowledge
    files : sequence of str
        Where it comes from.
    few : collection of str
        Sets of which the report itself says that they are few: they come back only with their value, or known more closely than rounded.
    chains : bool
        Whether to look for how each comes back.
    rounded : Rounded
        How counts are rounded, where they are: one comes back that is known more closely than its rounding leaves it.

    Returns
    -------
    Attack
    """
    limits = solve(knowledge.facts, knowledge.variables)
    cells = withheld(knowledge, limits)
    results = intervals(LinearProgram(knowledge.facts, limits), limits, [cell.terms for cell in cells], LEAST, MOST)
    declared = [{(EVERYONE, name): Fraction(1)} for name in few]
    recovered = [
        _recovered(knowledge.facts if chains else (), cell, interval)
        for cell, interval in zip(cells, results, strict=True)
        if _comes_back(interval, rounded) and (interval.value is not None or rounded.prints_small or cell.terms not in declared)
    ]
    return Attack(tuple(files), len(knowledge.facts), len(cells), tuple(recovered))


def _comes_back(interval: Bounds, rounded: Rounded) -> bool:
    """Whether a count is known too well: it must be small, or where small counts are rounded it lies closer than they do."""
    if rounded.base == 1:
        return interval.is_inside(LEAST, MOST)
    if not rounded.prints_small:
        return interval.is_inside(LEAST, rounded.smallest - 1)
    most = rounded.base + rounded.base // 2  # the largest that is printed as the base itself, and a group that is large enough to be shown
    if interval.low is None or interval.high is None or not interval.is_inside(LEAST, most - 1):
        return False
    low, high = rounded.limits(Fraction(0) if interval.low < rounded.base - rounded.base // 2 else Fraction(rounded.base))
    return interval.high - interval.low < high - low


def _recovered(facts: Sequence[Fact], cell: Cell, interval: Bounds) -> Recovered:
    return Recovered(cell, interval, chain(facts, cell.terms, interval) if facts else Chain((), whole=False))


def withheld(knowledge: Knowledge, limits: SolverLimits) -> list[Cell]:
    """Numbers that the report withholds, then sets of episodes that it never prints; of those that must be the same, the first.

    Parameters
    ----------
    knowledge : Knowledge
    limits : SolverLimits
        What each variable can be.

    Returns
    -------
    list of Cell
    """
    return list(_withheld(knowledge, limits))


def _withheld(knowledge: Knowledge, limits: SolverLimits) -> Iterator[Cell]:
    same = _Same(knowledge, limits)
    printed = {frozenset(fact.terms.items()) for fact in knowledge.facts if fact.printed and fact.is_equation}
    seen = {same.first(variable) for key in printed if len(key) == 1 for variable, _ in key}
    for key, cell in knowledge.cells.items():
        if key in printed:
            continue
        if len(key) == 1:
            variable = same.first(next(iter(cell.terms)))
            if variable in seen:
                continue
            seen.add(variable)
        yield cell
    for variable in knowledge.variables:
        first = same.first(variable)
        if not is_sum(variable) and first not in seen:
            seen.add(first)
            yield Cell({variable: Fraction(1)}, f"{variable[1]} ({place_words(variable[0])})")


class _Same:
    """Variables that an equation makes equal, once those that are 0 are left out."""

    def __init__(self, knowledge: Knowledge, limits: SolverLimits) -> None:
        self._before: dict[Variable, Variable] = {}
        for fact in knowledge.facts:
            left = {variable: factor for variable, factor in fact.terms.items() if limits.value(variable) != 0}
            if fact.is_equation and fact.low == 0 and len(left) == 2 and sum(left.values()) == 0:
                one, other = map(self.first, left)
                if one != other:
                    self._before[other] = one

    def first(self, variable: Variable) -> Variable:
        """The first of all that are equal to a variable."""
        while variable in self._before:
            variable = self._before[variable]
        return variable
