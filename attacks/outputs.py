"""Takes outputs of one program made with one ledger, gives what comes back when all of them are read together, held against the truth."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import iop_outcomes as iop
from attacks.programs import MadeUp, drawn
from attacks.trial import LEAST, MOST, true_value, unrounded, watched, working_numbers
from iop_outcomes.attack import Recovered, read_report
from iop_outcomes.attack.attacking import withheld
from iop_outcomes.attack.bounds import LinearProgram, intervals
from iop_outcomes.attack.chains import Chain, chain
from iop_outcomes.attack.facts import Cell, Knowledge, Place, Variable, combined, is_sum, place, place_words
from iop_outcomes.attack.learning import OutputRead, learned_together
from iop_outcomes.attack.read_csv import read_csv
from iop_outcomes.attack.readings import Described, FilesRead, plain
from iop_outcomes.attack.solving import solve
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.release import Released
from iop_outcomes.show.plain import csv_text


@dataclass(frozen=True)
class Asked:
    """One output: a report, or the summary of one measure.

    Parameters
    ----------
    program : MadeUp
        Of which data.
    moment : str
        When they were so; outputs of one moment are of the same data.
    measure : str
        Empty for a report.
    by : str or tuple of str
    where : dict of str to str
        Which level of which column.
    options : dict
        Of the measure, or of the report.
    """

    program: MadeUp
    moment: str = ""
    measure: str = ""
    by: str | tuple[str, ...] | None = "track"
    where: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def among(self) -> Place:
        """The levels that its episodes were chosen by."""
        return place(*((column, plain(level)) for column, level in self.where.items()))


@dataclass(frozen=True)
class Made:
    """An output as it is read, and with its working numbers."""

    printed: OutputRead
    true: OutputRead


def made(asked: Sequence[Asked], policy: str = "cms11", *, ledger: bool = True) -> Iterator[Made]:
    """Make outputs one after the other, with one ledger."""
    with tempfile.TemporaryDirectory() as folder:
        for number, one in enumerate(asked):
            kept = Path(folder, "ledger") if ledger else None
            try:
                report, working = _made(one, policy, kept, Path(folder, str(number)))
            except NotAssessableError:
                continue
            both = [OutputRead(each, one.among, one.moment) for each in (report, unrounded(report, working))]
            yield Made(*both)


def _made(one: Asked, policy: str, ledger: Path | None, folder: Path) -> tuple[FilesRead, str]:
    with iop.load(one.program.tables, mapping=one.program.mapping, on_error="exclude") as data, watched() as forms:
        chosen = data.where(**one.where) if one.where else data
        if not one.measure:
            page = iop.report(chosen, by=one.by, policy=policy, ledger=ledger, **one.options)
            page.save(folder)
            return read_report(folder), working_numbers(forms, page.released)
        released = iop.measure(chosen, one.measure, by=one.by, **one.options).release(policy, ledger=ledger)
        read = read_csv(csv_text([released]), f"{one.measure}{one.moment} {one.by} {dict(one.among)}")
        read.described.append(_described(released))
        return read, working_numbers(forms, [released])


def _described(released: Released) -> Described:
    """What `measures NAME` says of a measure."""
    among = {each.name: each.among for each in released.definition.estimands}
    return Described(released.definition.title, among)


@dataclass(frozen=True)
class Together:
    """What comes back of several outputs."""

    cells: int
    recovered: tuple[tuple[Recovered, Fraction | None], ...]

    @property
    def wrong(self) -> list[Recovered]:
        """Those whose true count is another."""
        return [
            each
            for each, value in self.recovered
            if value is not None and not (Fraction(each.interval.low or 0) <= value <= Fraction(each.interval.high or 0))
        ]


def attacked_together(outputs: Iterable[Made], *, chains: bool = True, growing: bool = False) -> Together:
    """Attack outputs as somebody could who has all of them.

    Parameters
    ----------
    outputs : iterable of Made
    chains : bool
        Whether to look for how each count comes back.
    growing : bool
        Whether it is known that episodes were only added from one moment to the next.
    """
    outputs = list(outputs)
    truth_of = learned_together([each.true for each in outputs])
    truth = solve(truth_of.facts, truth_of.variables)
    knowledge = learned_together([each.printed for each in outputs])
    moments = list(dict.fromkeys(each.printed.moment for each in outputs))
    changes = [change for pair in pairwise(moments) for change in _changes(knowledge, *pair)]
    if growing:
        for cell in changes:
            knowledge.at_most(combined((-1, cell.terms)), f"episodes were only added: {cell.words}")
    limits = solve(knowledge.facts, knowledge.variables)
    cells = [*withheld(knowledge, limits), *changes]
    if not growing:
        cells += [Cell(combined((-1, cell.terms)), f"fewer: {cell.words}") for cell in changes]
    program = LinearProgram(knowledge.facts, limits)
    results = intervals(program, limits, [cell.terms for cell in cells], LEAST, MOST)
    recovered = []
    for cell, interval in zip(cells, results, strict=True):
        if interval.is_inside(LEAST, MOST):
            how = chain(knowledge.facts, cell.terms, interval) if chains and len(recovered) < 12 else Chain((), whole=False)
            recovered.append((Recovered(cell, interval, how), true_value(truth, cell.terms)))
    return Together(len(cells), tuple(recovered))


def _changes(knowledge: Knowledge, before: str, after: str) -> list[Cell]:
    """What every set holds more than before."""
    variables = dict.fromkeys(knowledge.variables)
    pairs = [
        (variable, later)
        for variable in variables
        if not is_sum(variable) and _moment(variable) == before and (later := (variable[0], _plain(variable) + after)) in variables
    ]
    return [Cell({later: Fraction(1), each: Fraction(-1)}, f"{later[1]} less before ({place_words(each[0])})") for each, later in pairs]


def _moment(variable: Variable) -> str:
    _, sign, moment = variable[1].partition("@")
    return sign + moment


def _plain(variable: Variable) -> str:
    return variable[1].partition("@")[0]


KINDS = ("summaries", "beside", "narrowed", "added")
BESIDE = (
    ("completion", ""),
    ("length_of_stay", ""),
    ("discharge_reasons", ""),
    ("discharge_reasons", "each"),
    ("deaths_in_care", ""),
    ("phq9_change", ""),
    ("phq9_reliable_change", ""),
    ("gad7_change", ""),
    ("readmission", ""),
    ("relapse", "any_use"),
    ("recorded", ""),
)  # measures, each with its definition


def summaries(program: MadeUp, moment: str = "", measures: Sequence[tuple[str, str]] = BESIDE) -> list[Asked]:
    """A summary by track of each of some measures."""
    return [Asked(program, moment, name, options={"definition": kind} if kind else {}) for name, kind in measures]


def tried_together(seed: int, kind: str, *, ledger: bool = True) -> Together:
    """Draw a program, make outputs of a kind, attack all of them together.

    Parameters
    ----------
    seed : int
    kind : one of KINDS
        A summary of each of several measures; a report and these; reports by two columns and one of a track alone; or two summaries before and
        after one to seven episodes were added.
    ledger : bool
        Whether they are made with one.
    """
    program = drawn(seed)
    episodes = program.tables["episodes"]
    if kind == "added":
        new = episodes.sample(1 + seed % 7, random_state=seed)
        events = program.tables["events"]
        before = {"episodes": episodes.drop(new.index), "events": events[~events["episode_id"].isin(new["episode_id"])]}
        few = BESIDE[0], BESIDE[2]
        asked = [*summaries(MadeUp(before, program.mapping), "@1", few), *summaries(program, "@2", few)]
    elif kind == "narrowed":
        episodes["modality"] = episodes["modality"].replace("", "Virtual")  # where few have none, they are left out of everyone
        track = episodes["track"].mode()[0]
        asked = [Asked(program), Asked(program, by="modality"), Asked(program, by="modality", where={"track": track})]
    else:
        asked = [*([Asked(program)] if kind == "beside" else []), *summaries(program)]
    return attacked_together(made(asked, ledger=ledger), chains=False, growing=kind == "added")
