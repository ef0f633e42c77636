"""Takes one made-up program, gives what comes back of its report, held against its true counts."""

from __future__ import annotations

import csv
import io
import math
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest import mock

import iop_outcomes as iop
from attacks.programs import MadeUp, drawn
from iop_outcomes.attack import Recovered, read_report
from iop_outcomes.attack.attacking import attack_known, withheld
from iop_outcomes.attack.facts import Terms
from iop_outcomes.attack.learning import learned
from iop_outcomes.attack.read_csv import read_csv
from iop_outcomes.attack.readings import FilesRead
from iop_outcomes.attack.solving import ContradictionError, SolverLimits, solve
from iop_outcomes.release import Policy, Released, releasing
from iop_outcomes.release.audit import Audited
from iop_outcomes.release.printed import Tabulations
from iop_outcomes.results import COLUMNS, Results, as_words

LEAST, MOST = 1, 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attack.

    Parameters
    ----------
    seed, episodes : int
    cells : int
        Counts that the report withholds or never prints.
    small : int
        Those of them that are known to be from 1 to 10.
    recovered : tuple of Recovered
        Those that come back.
    wrong : tuple of str
        Those whose true count is another: an error of the attack.
    unchecked : int
        Those whose true count the harness cannot tell.
    contradiction : str
        Why no attack was made, where the facts cannot all hold.
    """

    seed: int
    episodes: int
    cells: int
    small: int
    recovered: tuple[Recovered, ...] = ()
    wrong: tuple[str, ...] = ()
    unchecked: int = 0
    contradiction: str = ""

    @property
    def exact(self) -> int:
        """Counts whose value comes back."""
        return sum(each.is_exact for each in self.recovered)

    @property
    def bounded(self) -> int:
        """Counts that must lie between 1 and 10."""
        return len(self.recovered) - self.exact


def tried(seed: int, policy: str = "cms11", *, chains: bool = True, no_track: float = 0.0) -> Outcome:
    """Draw a program, write its report, attack it, and hold what comes back against the truth."""
    return attacked(drawn(seed, no_track=no_track), seed, policy, chains=chains)


def attacked(program: MadeUp, seed: int = 0, policy: str = "cms11", *, chains: bool = True) -> Outcome:
    """The same of a program that is given."""
    with tempfile.TemporaryDirectory() as folder, iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        with watched() as forms:
            page = iop.report(data, by="track", policy=policy)
        page.save(folder)
        report = read_report(folder)
        working = working_numbers(forms, page.released)
    episodes = len(program.tables["episodes"])
    try:
        truth = _true_limits(report, working)
        knowledge = learned(report)
        cells = withheld(knowledge, solve(knowledge.facts, knowledge.variables))
        result = attack_known(knowledge, report.files, report.few, chains=chains, rounded=report.rounded)
    except ContradictionError as error:
        return Outcome(seed, episodes, 0, 0, contradiction=str(error))
    values = [true_value(truth, cell.terms) for cell in cells]
    small = sum(value is not None and LEAST <= value <= MOST for value in values)
    true = [(each, true_value(truth, each.cell.terms)) for each in result.recovered]
    wrong = tuple(f"{each.cell.words}: {each.interval}, truly {value}" for each, value in true if not _is_right(each, value))
    return Outcome(seed, episodes, result.cells, small, result.recovered, wrong, sum(value is None for _, value in true))


def _is_right(each: Recovered, value: Fraction | None) -> bool:
    low, high = each.interval.low, each.interval.high
    return value is None or (low is not None and high is not None and low <= value <= high)


@contextmanager
def watched() -> Iterator[list[tuple[Results, Released]]]:
    """The working numbers of every form that is released meanwhile, with what was released of them."""
    forms: list[tuple[Results, Released]] = []
    released_page = releasing._released_page

    def watching(page: Tabulations, shown: Audited, policy: Policy, *rest: Any) -> tuple[Released, ...]:
        released = released_page(page, shown, policy, *rest)
        forms.extend(zip(page.results, released, strict=True))
        return released

    with mock.patch.object(releasing, "_released_page", watching):
        yield forms


def working_numbers(forms: Iterable[tuple[Results, Released]], released: Sequence[Released]) -> str:
    """Working numbers of what was released, in the form of the .csv file of a report."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for results, form in forms:
        for estimate in results if any(form.estimates is each.estimates for each in released) else ():
            words = as_words(estimate)
            writer.writerow([words.get(name, _cell(getattr(estimate, name))) for name in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    return "" if value is None or (isinstance(value, float) and math.isnan(value)) else value


def _true_limits(report: FilesRead, working: str) -> SolverLimits:
    """What the working numbers say of every set of episodes."""
    knowledge = learned(unrounded(report, working))
    return solve(knowledge.facts, knowledge.variables)


def unrounded(report: FilesRead, working: str) -> FilesRead:
    """The same report with its working numbers."""
    numbers = read_csv(working, "working numbers")
    described = [replace(each, rows_in=None, left_out={}) if report.rounded.base > 1 else each for each in report.described]
    return FilesRead(numbers.files, numbers.blocks, described=described)


def true_value(limits: SolverLimits, terms: Terms) -> Fraction | None:
    """What a sum truly is, where the working numbers say it."""
    total = Fraction()
    for variable, factor in terms.items():
        value = limits.value(variable) if variable in limits.low else None
        if value is None:
            return None
        total += factor * value
    return total


def folder_of(program: MadeUp, folder: str | Path, policy: str = "cms11") -> None:
    """Write the report of a program."""
    with iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        iop.report(data, by="track", policy=policy).save(folder)
