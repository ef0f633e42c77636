"""Takes count tables of several programs, gives counts: an engine that holds no row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from iop_outcomes.columns import AnswersAt, BaselineTwice, Column, Facts, Known, Reached, Request, ScoreAt, SessionCount
from iop_outcomes.counts import Counts, Level
from iop_outcomes.engine.derive import refuse_twice
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.patients import Patients

if TYPE_CHECKING:
    import pandas as pd

PROGRAM = "program"  # the column that says which program an episode is of


@dataclass(frozen=True, eq=False)
class SharedTable:
    """One count table of a program.

    Parameters
    ----------
    requests : tuple
        What was counted.
    counts : Counts
        The cells.
    people : Patients or None
        The patients behind it; `None` where they are not shared.
    """

    requests: tuple[Request, ...]
    counts: Counts
    people: Patients | None


@dataclass(frozen=True, eq=False)
class SharedProgram:
    """What a program shares.

    Parameters
    ----------
    name : str
        What it is called.
    facts : Facts
        What its data can answer.
    tables : tuple of SharedTable
        Each of all its episodes.
    withheld : frozenset of str
        Columns, scales and kinds of rows that the program has and did not share: what they would give is not known, and never blank.
    """

    name: str
    facts: Facts
    tables: tuple[SharedTable, ...]
    withheld: frozenset[str] = frozenset()

    def table(self, requests: Sequence[Request]) -> tuple[Counts, Patients | None] | None:
        """The counts of some requests and the patients behind them, from the smallest table that holds all; `None` where none does."""
        blank = {request: level for request in requests for level in self._same_of_all(request)}
        needed = [request for request in requests if request not in blank]
        having = [table for table in self.tables if set(needed) <= set(table.requests)]
        if not having:
            return None
        smallest = min(having, key=lambda table: len(table.counts))
        kept = smallest.counts.keep([name for request in needed for name in request.keys])
        people = None if smallest.people is None else smallest.people.renumbered(kept.origin, len(kept))
        columns = [(name, level) for request, level in blank.items() for name in request.keys]
        return kept.beside(columns, [name for request in requests for name in request.keys]).as_counted(), people

    def _same_of_all(self, request: Request) -> tuple[Level, ...]:
        """The one level of every episode alike, where a request asks for the program, or for what its data bring nothing of; else none."""
        if request == Column(PROGRAM):
            return (self.name,)
        if isinstance(request, Known):
            return (0,) if self._same_of_all(request.request) else ()
        columns, scales = {*self.facts.columns, *self.withheld}, self.facts.scales | self.withheld
        absent = (
            (isinstance(request, Column) and request.name not in columns)
            or (isinstance(request, ScoreAt | AnswersAt | BaselineTwice) and request.scale not in scales)
            or (isinstance(request, SessionCount) and "sessions" not in self.facts.filled | self.withheld)
            or (isinstance(request, Reached) and not request.columns <= columns)
        )
        return (None,) if absent else ()


class CountsEngine:
    """The programs of some shares behind the functions of `Engine`.

    Parameters
    ----------
    programs : sequence of SharedProgram
        None of whose patients is taken for a patient of another.
    """

    def __init__(self, programs: Sequence[SharedProgram]) -> None:
        self._programs = tuple(programs)
        self._counted: dict[tuple[Request, ...], tuple[Counts, Patients]] = {}

    @cached_property
    def _facts(self) -> Facts:
        facts = [program.facts for program in self._programs]
        repeated = [each.repeated for each in facts]
        columns = dict.fromkeys([PROGRAM, *(name for each in facts for name in each.columns)])
        return Facts(
            tuple(columns),
            frozenset().union(*(each.scales for each in facts)),
            frozenset().union(*(each.events for each in facts)),
            None if None in repeated else sum(each or 0 for each in repeated),
            frozenset().union(*(each.given for each in facts)),
            frozenset().union(*(each.filled for each in facts)),
            frozenset().union(*(each.safety_items for each in facts)),
            frozenset().union(*(each.lacking for each in facts)),
        )

    def facts(self) -> Facts:
        """What the programs together can answer."""
        return self._facts

    def refuses(self, requests: Sequence[Request]) -> str:
        """Which programs did not share what would answer, and what to do."""
        key = tuple(dict.fromkeys(requests))
        without = [program.name for program in self._programs if program.table(key) is None]
        if not without:
            return ""
        columns = ", ".join(name for request in key if isinstance(request, Column) for name in request.keys if name != PROGRAM)
        names = ", ".join(without[:5]) + (f" and {len(without) - 5} more" if len(without) > 5 else "")
        return (
            f"{names} did not share a table that answers it{f' by {columns}' if columns else ''}. Share again by that column, and with the pack "
            "that asks for it (iop-outcomes share --by COLUMN --pack NAME)."
        )

    def _sum_of(self, requests: Sequence[Request]) -> tuple[Counts, Patients]:
        key = tuple(dict.fromkeys(requests))
        refuse_twice(key)
        if key not in self._counted:
            tables = [program.table(key) for program in self._programs]
            if None in tables:
                raise NotAssessableError(self.refuses(key))
            shared = [table for table in tables if table is not None]
            whole, places = Counts.added([counts for counts, _ in shared])
            if self._facts.repeated:
                parts = [(people, place) for (_, people), place in zip(shared, places, strict=True) if people is not None]
                people = Patients.added(parts, len(whole))
            else:
                people = Patients.all_different(whole.n)
            self._counted[key] = whole, people
        return self._counted[key]

    def tally(self, sets: Sequence[Sequence[Request]]) -> list[Counts]:
        """The sums of what the programs counted."""
        return [self._sum_of(requests)[0] for requests in sets]

    def patients(self, requests: Sequence[Request]) -> Patients:
        """The patients of all programs, each a patient of one of them."""
        return self._sum_of(requests)[1]

    def rows(self, requests: Sequence[Request]) -> pd.DataFrame:
        """No row is there.

        Raises
        ------
        NotAssessableError
            Always.
        """
        raise NotAssessableError(
            f"Programs shared counts and no rows, so that no table of {len(requests)} columns can be made of episodes."
        )

    def close(self) -> None:
        """Nothing is kept anywhere."""
