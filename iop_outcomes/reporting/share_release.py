"""Takes the count tables of a report, gives those that may be passed on under a policy that withholds small cells, and in words what may not.

All tables are of the same episodes, and share the column of groups and the reasons for discharge with one table in their middle. Every
cell of every table holds none or enough; with each other column in one table alone, whatever is combined of them is a sum of such cells, or
lies between bounds of which the upper is one (Dobra A, Fienberg SE (2000), doi:10.1073/pnas.97.22.11885): no cell of a few follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iop_outcomes.columns import COUNTED, PERIODS, Column, Facts, Request, Status, field
from iop_outcomes.counts import Counts, Level
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.intake.data import Data

REASON = Column("discharge_reason")
# Reasons that may be counted as another where they are few: neither is a completion, and both count alike in every rate of completion.
_TAKEN_AS: Mapping[Level, str] = {
    "terminated_by_program": "other",
    "authorization_ended": "other",
    "incarcerated": "other",
    "unknown": "other",
    "dropped_out": "other",
    "transferred_lateral": "transferred_step_down",
}
_LEFT_BLANK = ("planned_days", "observed_days")  # without which completion of all admitted is not assessable, and everything else is


@dataclass(frozen=True, eq=False)
class PassedOn:
    """What may be passed on.

    Parameters
    ----------
    data : Data
        The episodes that go along.
    tables : tuple of (tuple of requests, Counts)
        Their tables.
    facts : Facts
        What these can answer.
    withheld : tuple of str
        Columns, scales and kinds of rows that the program has and does not pass on.
    loss : tuple of str
        What does not go along, for whoever receives it.
    extent : str
        How much goes along, for the program alone: with the number of those who do not.
    """

    data: Data
    tables: tuple[tuple[tuple[Request, ...], Counts], ...]
    facts: Facts
    withheld: tuple[str, ...]
    loss: tuple[str, ...]
    extent: str


def passed_on(data: Data, by: str, sets: Sequence[tuple[Request, ...]], fewest: int) -> PassedOn:
    """Choose the groups and the tables of which every cell holds no episode or enough.

    Parameters
    ----------
    data : Data
        The program.
    by : str
        The column of groups.
    sets : sequence of tuple of requests
        The tables of the report.
    fewest : int
        Episodes that a cell must hold.

    Raises
    ------
    UsageError
        When the groups are reasons for discharge.
    NotAssessableError
        When no group has only such cells.
    """
    if by == REASON.name:
        raise UsageError("by: reasons for discharge are counted in every table. Share by another column, such as track.")
    middle = (Status(), REASON, Column(by))
    taken = _taken_together(data.count([REASON, Column(by)]), fewest)
    whole = _coarse(data.count(middle), taken)
    levels = [level for level, part in whole.split(by).items() if isinstance(level, str) and part.n.min() >= fewest]
    if not levels:
        raise NotAssessableError(
            f"Nothing can be shared: every group by {by} has a reason for discharge with fewer than {fewest} episodes ({_few(whole, by, fewest)}). "
            "Share by a column of fewer groups (--by), more periods together, the reasons that are many alone (--where discharge_reason=...; rates "
            "are then of these), or under policy internal with whoever is entitled to it."
        )
    chosen = data.where(**{by: levels})
    mixes = [requests for requests in sets if len(requests) == 3 and {REASON, Column(by)} < set(requests) and _is_mix(requests, data)]
    counted = [(requests, _coarse(chosen.count(requests), taken)) for requests in (middle, *mixes)]
    tables = tuple((requests, counts) for requests, counts in counted if counts.n.min() >= fewest)
    columns = {request.name for requests, _ in tables for request in requests if isinstance(request, Column)}
    facts = data.facts
    withheld = {*facts.columns, *facts.scales, *facts.filled} - {*columns, *_LEFT_BLANK, COUNTED}
    groups = whole.split(by)
    words = [f"only groups by {by} go along in which every reason for discharge has at least {fewest} episodes or none"]
    words += [f"discharge reason {level} is counted as {word}" for level, word in taken.items()]
    words += [
        "days, scores, events, periods and patients do not go along",
        f"{len(tables)} of {len(sets)} tables {'goes' if len(tables) == 1 else 'go'} along",
    ]
    return PassedOn(
        chosen,
        tables,
        Facts(
            tuple(name for name in facts.columns if name in columns),
            frozenset(),
            frozenset(),
            None,
            frozenset({COUNTED}),
            frozenset({COUNTED}),
            lacking=facts.lacking | {"los_days"},
        ),
        tuple(sorted(withheld)),
        tuple(words),
        f"{len(levels)} of {len(groups)} groups, {sum(len(groups[level]) for level in levels)} of {len(whole)} cells and {chosen.episodes:,} of "
        f"{data.episodes:,} episodes go along",
    )


def _few(counts: Counts, by: str, fewest: int) -> str:
    """The reasons that keep each of the first groups at home, for the program alone."""
    words = []
    for level, part in counts.split(by).items():
        if isinstance(level, str):
            place = part.columns.index(REASON.name)
            reasons = ["no reason" if cell[place] is None else str(cell[place]) for cell, n in part if n < fewest]
            words.append(f"{level}: {', '.join(dict.fromkeys(reasons))}")
    return "; ".join([*words[:5], *([f"and {len(words) - 5} more groups"] if len(words) > 5 else [])])


def _is_mix(requests: Sequence[Request], data: Data) -> bool:
    """Whether the third column is one of people that this package declares: columns of a site may be bands of one another."""
    return all(
        isinstance(request, Column) and request.name in data.groups and request.name not in PERIODS and field(COUNTED, request.name)
        for request in requests
    )


def _coarse(counts: Counts, taken: Mapping[Level, str]) -> Counts:
    """A table with its reasons taken together."""
    return counts.recode(REASON.name, lambda level: taken.get(level, level)).as_counted()


def _taken_together(counts: Counts, fewest: int) -> dict[Level, str]:
    """The reasons that are few in any group, the rarest first, and what each is counted as, until no such reason is left."""
    taken: dict[Level, str] = {}
    while True:
        now = _coarse(counts, taken)
        totals = {
            level: int(now.n[now.is_in(REASON.name, [level])].sum())
            for level in now.levels(REASON.name)
            if level in _TAKEN_AS and level not in taken and (now.n[now.is_in(REASON.name, [level])] < fewest).any()
        }
        if not totals:
            return taken
        rarest = min(totals, key=lambda level: (totals[level], str(level)))
        taken[rarest] = _TAKEN_AS[rarest]
