"""Takes the path of a ledger, gives the outputs that were made before with it, and keeps each new one: working material, like rows.

Two outputs that differ by one person give that person back, however well each is protected. The ledger holds, for each output,
which episodes it was of and how many stood in each cell, and which of these numbers it showed; `earlier` sets the next one against it.

One line of JSON an output, only ever added to, under a lock; a last line that a killed run left unfinished is put away.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from iop_outcomes.columns import DISCHARGE_PERIODS
from iop_outcomes.errors import DataError, OutputError
from iop_outcomes.keys import ALL, Place
from iop_outcomes.release.protect import Parts
from iop_outcomes.release.released import Count, Released, Withheld
from iop_outcomes.results import Inclusion, Portion, Results
from iop_outcomes.stats.periods import read_period

KIND = "iop_outcomes ledger 1"
_BEGINNING = b'{"cells": ['  # of each line, as its keys are sorted
_BETWEEN = re.compile(" (?:to|or) ")  # the periods of a condition


class Way(NamedTuple):
    """A way of dividing episodes, and the columns that it is counted by, or classes of its levels: those without a value may be left out."""

    measure: str
    definition: str
    family: str
    group: str
    group_2: str
    classed: bool = False

    @property
    def dividing(self) -> tuple[str, str, str]:
        """How episodes are divided, by whatever column."""
        return self[:3]


class Who(NamedTuple):
    """Which episodes: the conditions they were chosen by, a level of a group being one, and whether they are everyone of an output.

    Examples
    --------
    >>> Who(("site north", "track psychosis"), False) == who_of(["track psychosis"], {"site": "north"})
    True
    """

    conditions: tuple[str, ...]
    is_everyone: bool


Cell = tuple[Way, Who]
Measured = tuple[str, str]  # a measure and its definition


@dataclass(frozen=True)
class Output:
    """One output: its true cells, and which numbers of them it showed.

    Parameters
    ----------
    counts : dict of cell to dict of part to int
        How many episodes stood in each part.
    shown : dict of cell to set of sets of parts
        The totals that were shown.
    moving : dict of cell to set of sets of parts
        Those of which a value was shown without their number: it changes with them.
    facts : dict
        Policy, inputs and narrowing.
    inclusions : dict of (measure, definition) to tuple of Inclusion
        Which parts hold episodes of which others.
    """

    counts: Mapping[Cell, Mapping[str, int]]
    shown: Mapping[Cell, frozenset[Parts]]
    facts: Mapping[str, Any]
    moving: Mapping[Cell, frozenset[Parts]] = field(default_factory=dict)
    inclusions: Mapping[Measured, tuple[Inclusion, ...]] = field(default_factory=dict)

    def totals(self, cell: Cell) -> frozenset[Parts]:
        """The totals of which anything was shown."""
        return self.shown.get(cell, frozenset()) | self.moving.get(cell, frozenset())

    def counterpart(self, way: Way, who: Who) -> Cell | None:
        """Whose numbers of this output those of `who` are held against: the same episodes', or everyone's of another narrowing or column.

        Not those of a narrowing to other periods of discharge: no episode is in both, so that what differs is nobody.
        """
        if (way, who) in self.counts:
            return way, who
        alike = sorted(self._alike.get(way.dividing, ()), key=lambda cell: cell[0] != way)
        same = next((cell for cell in alike if cell[1] == who), None)
        if same is not None or not who.is_everyone:
            return same
        return next((cell for cell in alike if cell[1].is_everyone and not are_apart(who.conditions, cell[1].conditions)), None)

    @cached_property
    def _alike(self) -> Mapping[tuple[str, str, str], Sequence[Cell]]:
        """The cells of each way of dividing, by whatever column: a page asks for thousands of counterparts."""
        alike: dict[tuple[str, str, str], list[Cell]] = {}
        for way, who in self.counts:
            alike.setdefault(way.dividing, []).append((way, who))
        return alike

    def to_json(self) -> str:
        """One line."""
        cells = [
            {
                **way._asdict(),
                **who._asdict(),
                "parts": parts,
                "shown": sorted(sorted(each) for each in self.shown.get((way, who), frozenset())),
                "moving": sorted(sorted(each) for each in self.moving.get((way, who), frozenset())),
            }
            for (way, who), parts in self.counts.items()
        ]
        inclusions = [
            {"measure": measure, "definition": definition, "inclusions": [_of_inclusion(each) for each in several]}
            for (measure, definition), several in self.inclusions.items()
        ]
        return json.dumps({"kind": KIND, **self.facts, "cells": cells, "inclusions": inclusions}, sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Output:
        """Read a line back; ValueError, KeyError or TypeError where it is none."""
        values = json.loads(line)
        if not isinstance(values, dict) or values.pop("kind", "") != KIND:
            raise ValueError("no line of a ledger")
        counts, shown, moving = {}, {}, {}
        for each in values.pop("cells"):
            cell = (
                Way(**{name: each[name] for name in Way._fields if name != "classed" or name in each}),
                Who(tuple(each["conditions"]), each["is_everyone"]),
            )
            counts[cell] = {str(part): int(n) for part, n in each["parts"].items()}
            shown[cell] = frozenset(frozenset(parts) for parts in each["shown"])
            moving[cell] = frozenset(frozenset(parts) for parts in each.get("moving", ()))
        inclusions = {
            (str(each["measure"]), str(each["definition"])): tuple(map(_inclusion, each["inclusions"]))
            for each in values.pop("inclusions", [])
        }
        return cls(counts, shown, values, moving, inclusions)


def _of_inclusion(inclusion: Inclusion) -> dict[str, object]:
    sides = [inclusion.inner, inclusion.outer, *inclusion.besides]
    return {"guarded": inclusion.guarded, "sides": [[side.kind, side.way, sorted(side.parts)] for side in sides]}


def _inclusion(values: Mapping[str, Any]) -> Inclusion:
    inner, outer, *besides = (Portion(way, frozenset(parts), kind) for kind, way, parts in values["sides"])
    return Inclusion(inner, outer, values["guarded"], tuple(besides))


def who_of(conditions: Sequence[str], columns: Mapping[str, str]) -> Who:
    """Name some episodes by the conditions they were narrowed by, and the column and the level of a group."""
    return Who(tuple(sorted({*conditions, *(f"{column} {level}" for column, level in columns.items())})), not columns)


def are_apart(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether no episode can meet both, because each asks for periods of discharge that have no day in common with the other's.

    Examples
    --------
    >>> are_apart(["discharge_quarter 2024-Q1", "track psychosis"], ["discharge_month 2024-04 to 2024-06"])
    True
    >>> are_apart(["discharge_quarter 2024-Q1 to 2024-Q4"], ["discharge_quarter 2024-Q4 or 2025-Q1"]), are_apart([], ["period 2024"])
    (False, False)
    """
    days, others = ([span for condition in conditions if (span := discharge_span(condition))] for conditions in (one, other))
    return any(last < first_other or last_other < first for first, last in days for first_other, last_other in others)


def discharge_span(condition: str) -> tuple[date, date] | None:
    """The first and the last day of discharge that a condition allows, as `Condition` writes it; none where it names no such period."""
    column, _, named = condition.partition(" ")
    periods = [read_period(name) for name in _BETWEEN.split(named)]
    known = [period for period in periods if period is not None]
    if column not in DISCHARGE_PERIODS or len(known) < len(periods):
        return None
    return min(period.first_day for period in known), max(period.last_day for period in known)


def way_of(results: Results, family: str) -> Way:
    """Name a way of dividing of some results."""
    first = results.estimates[0]
    return Way(first.measure, first.definition, family, str(results.group), results.group_2, bool(results.class_of))


def whose(results: Results, place: Place) -> Who:
    """Which episodes a place of some results is of."""
    columns = {results.group: place.level, results.group_2: place.level_2}
    return who_of(results.provenance.conditions, {column: level for column, level in columns.items() if column and level and level != ALL})


def output_of(results: Sequence[Results], released: Sequence[Released], policy: str) -> Output:
    """What an output is made of, and what it shows."""
    counts: dict[Cell, dict[str, int]] = {}
    shown: dict[Cell, set[Parts]] = {}
    moving: dict[Cell, set[Parts]] = {}
    for each, seen in zip(results, released, strict=True):
        for (place, _), people in each.placed_populations.items():
            counts.setdefault((way_of(each, people.family), whose(each, place)), {}).update(people.parts)
        for cell, parts in _shown(each, seen):
            shown.setdefault(cell, set()).add(parts)
        for cell, parts in _moving(each, seen):
            moving.setdefault(cell, set()).add(parts)
    provenance = results[0].provenance
    facts = {"policy": policy, "where": list(provenance.conditions), "inputs": inputs_of(results)}
    inclusions = {(each.estimates[0].measure, each.estimates[0].definition): each.definition.inclusions for each in results}
    kept = [{cell: frozenset(several) for cell, several in every.items()} for every in (shown, moving)]
    return Output(counts, kept[0], facts, kept[1], inclusions)


def inputs_of(results: Sequence[Results]) -> list[str]:
    """What tells the files of some results from others."""
    return [source.sha256 for source in results[0].provenance.sources]


def _shown(results: Results, released: Released) -> Iterator[tuple[Cell, Parts]]:
    populations = results.placed_populations
    for estimate in released:
        people = populations[estimate.place, estimate.key]
        printed: tuple[tuple[Count | None, Parts], ...] = (
            (estimate.n, people.base),
            (estimate.k, people.hits or frozenset()),
            (estimate.n_missing, people.missing),
            (estimate.excluded, people.excluded_parts),
        )
        for number, parts in printed:
            if parts and number is not None and not isinstance(number, Withheld):
                yield (way_of(results, people.family), whose(results, estimate.place)), parts
    yield from _shown_flows(results, released)


def _moving(results: Results, released: Released) -> Iterator[tuple[Cell, Parts]]:
    """Denominators that are withheld though a value of theirs is shown."""
    populations = results.placed_populations
    for estimate in released:
        people = populations[estimate.place, estimate.key]
        if estimate.shown and isinstance(estimate.n, Withheld) and people.base:
            yield (way_of(results, people.family), whose(results, estimate.place)), people.base


def _shown_flows(results: Results, released: Released) -> Iterator[tuple[Cell, Parts]]:
    """What the flow of everyone shows: rows in, rows used, and each reason."""
    everyone = {str(key): results.populations[ALL, key] for key in results.flowing}
    for flow in (each for each in released.flow if each.what in everyone):
        people = everyone[flow.what]
        cell = way_of(results, people.family), whose(results, results.places[0])
        words = results.definition.parts
        single = [(flow.excluded[words.get(part, part)], frozenset({part})) for part in people.parts if part not in people.base]
        for number, parts in [(flow.rows_in, frozenset(people.parts)), (flow.used, people.base), *single]:
            if not isinstance(number, Withheld):
                yield cell, parts


# -- the file --------------------------------------------------------------------------------------------------------


_KEPT: list[Path] = []  # the one of this process or none; no ContextVar, because cells of a notebook do not share a context


def keep_ledger(path: str | Path | None) -> None:
    """Hold everything that is released from here on against a ledger; the public function is `iop_outcomes.keep_ledger`, which says more."""
    if path is None:
        _KEPT.clear()
        return
    target = Path(path).absolute()  # a notebook may change its folder afterwards
    with open_ledger(target):
        _KEPT[:] = [target]


def kept_ledger() -> Path | None:
    """The ledger of this process, where one is kept."""
    return _KEPT[0] if _KEPT else None


class OutputLedger:
    """The outputs made so far, while nobody else adds to them.

    Parameters
    ----------
    path : Path
        Of the ledger.
    handle : int
        Of the open file, which is locked.
    outputs : tuple of Output
        The earlier ones.
    """

    def __init__(self, path: Path, handle: int, outputs: tuple[Output, ...], end: int) -> None:
        self._path, self._handle, self.outputs, self._end = path, handle, outputs, end

    def add(self, output: Output) -> None:
        """Keep an output, unless one that is the same is there.

        Raises
        ------
        OutputError
            When the ledger cannot be written.
        """
        line = output.to_json()
        if any(each.to_json() == line for each in self.outputs):
            return
        try:
            os.ftruncate(self._handle, self._end)
            os.lseek(self._handle, self._end, os.SEEK_SET)
            content = f"{line}\n".encode()
            while content:
                content = content[os.write(self._handle, content) :]
            os.fsync(self._handle)
        except OSError as error:
            raise _cannot(self._path, error) from error


@contextmanager
def open_ledger(path: str | Path) -> Iterator[OutputLedger]:
    """Open a ledger, or begin one that only its owner can read, and keep others out until the output is made.

    Raises
    ------
    DataError
        When a line of the file is no output, or the file is another.
    OutputError
        When the file cannot be opened for writing, or is a pipe or a device.
    """
    target = Path(path)
    try:
        handle = os.open(target, os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, ValueError) as error:
        raise _cannot(target, error) from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OutputError(f"{target}: the ledger is no file, but a pipe or a device. Choose another file with --ledger.")
        _lock(handle)
        with os.fdopen(os.dup(handle), "rb") as file:
            content = file.read()
        end = content.rfind(b"\n") + 1
        _refuse_foreign(target, content[end:])
        if not content:
            with suppress(OSError):  # of another owner, or where there are no modes
                target.chmod(0o600)
        yield OutputLedger(target, handle, tuple(_outputs(target, content[:end])), end)
    finally:
        os.close(handle)  # which gives the lock back


def first_outputs(path: str | Path, several: int) -> tuple[Output, ...]:
    """The first outputs of a ledger, to which nothing is added.

    Raises
    ------
    DataError
        When there is no such ledger, it holds fewer, or a line of it is no output.
    """
    target = Path(path)
    if target.exists() and not target.is_file():  # a pipe would keep everybody waiting
        raise DataError(f"{target}: the ledger cannot be read (not a file). Give the one that the report was made with.")
    try:
        content = target.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DataError(f"{target}: the ledger cannot be read ({reason}). Give the one that the report was made with.") from error
    outputs = tuple(_outputs(target, content[: content.rfind(b"\n") + 1]))
    if len(outputs) < several:
        raise DataError(
            f"{target.name}: the ledger holds {len(outputs)} outputs, and the report was compared with {several}. Give the right one."
        )
    return outputs[:several]


def _outputs(path: Path, content: bytes) -> Iterator[Output]:
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        try:
            yield Output.from_json(line.decode("utf-8"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DataError(
                f"{path.name}:{number}: this line is no output of a ledger, and without it the next output cannot be held against it. "
                "Take the ledger back from a copy, or begin another with a new name."
            ) from error


def _refuse_foreign(path: Path, rest: bytes) -> None:
    """Refuse what stands behind the last line, which the next output is written over, unless it is the beginning of an output."""
    if not rest.startswith(_BEGINNING[: len(rest)]):
        raise DataError(f"{path.name}: this file is no ledger, and an output would be written over it. Give the ledger, or a new name.")


def _lock(handle: int) -> None:
    """Wait until no other run holds the file."""
    try:
        import fcntl
    except ImportError:  # Windows, where the first byte is locked
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]
    else:
        fcntl.flock(handle, fcntl.LOCK_EX)


def _cannot(path: Path, error: Exception) -> OutputError:
    reason = getattr(error, "strerror", None) or type(error).__name__
    return OutputError(f"{path}: the ledger cannot be written ({reason}). Choose another file with --ledger.")
