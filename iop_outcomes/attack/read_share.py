"""Takes the folder of shared counts, gives what its receiver knows: every cell as a fact, and what tables of the same episodes have in common."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product
from pathlib import Path

from iop_outcomes.attack.facts import EVERYONE, Knowledge, Place, combined, expression, place
from iop_outcomes.attack.readings import plain
from iop_outcomes.errors import UsageError

MANIFEST, FORMAT = "manifest.json", "iop_outcomes share"
REASON, STATUS, NUMBER = "discharge_reason", "status", "n"
WHOLE = ("internal", "none")
SHOWN_FROM = 11
_TAKEN = re.compile(r"discharge reason (?P<reason>\w+) is counted as (?P<word>\w+)")


@dataclass(frozen=True)
class TableShared:
    """One table: its file, the columns beside how episodes ended, and the episodes by place and end."""

    name: str
    columns: tuple[str, ...]
    cells: Mapping[tuple[Place, str], int]

    @property
    def ends(self) -> tuple[str, ...]:
        """How episodes ended."""
        return tuple(dict.fromkeys(end for _, end in self.cells))


def is_share(folder: Path) -> bool:
    """Whether a folder holds shared counts, and no report."""
    path = folder / MANIFEST
    if not path.is_file():
        return False
    try:
        content = json.loads(path.read_bytes())
    except ValueError:
        return False
    return isinstance(content, Mapping) and content.get("format") == FORMAT


def known_of_share(folder: Path) -> tuple[Knowledge, list[str]]:
    """What whoever receives a share knows, and the files it stands in.

    Every cell of a table is known. What is not: which of the reasons that were counted as one, and who is in the cells that two columns of
    two tables would make together; both are sums to what is known, and that is all that is.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Knowledge, list of str

    Raises
    ------
    UsageError
        When it withholds nothing.
    """
    manifest = json.loads((folder / MANIFEST).read_bytes())
    if manifest["policy"] in WHOLE:
        raise UsageError(f"{folder} was shared under {manifest['policy']}, which withholds nothing: there is nothing to work out.")
    tables = [_table(folder / each["file"]) for each in manifest["tables"]]
    taken: dict[str, list[str]] = {}
    for match in filter(None, map(_TAKEN.fullmatch, manifest["loss"])):
        taken.setdefault(match["word"], []).append(match["reason"])
    knowledge = Knowledge()
    everyone = expression("in", EVERYONE)
    knowledge.add(everyone, Fraction(manifest["episodes"]), Fraction(manifest["episodes"]), f"{MANIFEST}: episodes", printed=True)
    for table in tables:
        _learn_cells(knowledge, table, taken)
        ends = {name: Fraction(1) for where, end in table.cells for name in expression(end, where)}
        knowledge.equal(combined((1, ends), (-1, everyone)), f"{table.name} holds everyone")
    for one, other in combinations(tables, 2):
        _learn_shared(knowledge, one, other)
    return knowledge, [MANIFEST, *(table.name for table in tables)]


def _table(path: Path) -> TableShared:
    text = path.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO("".join(line for line in text.splitlines(keepends=True) if not line.startswith("# ")))))
    columns = tuple(name for name in (rows[0] if rows else {}) if name not in (REASON, STATUS, NUMBER))
    cells: dict[tuple[Place, str], int] = {}
    for row in rows:
        where = place(*((column, plain(row[column]) or "(missing)") for column in columns))
        key = where, _end(row)
        cells[key] = cells.get(key, 0) + int(row[NUMBER])
    return TableShared(path.name, columns, cells)


def _end(row: Mapping[str, str]) -> str:
    """How the episodes of a row ended, in one word; which tables name the state of an episode and which do not, they all name its reason."""
    return plain(row.get(REASON, "")) or "no_reason"


def _learn_cells(knowledge: Knowledge, table: TableShared, taken: Mapping[str, Sequence[str]]) -> None:
    """A cell is what it says; one of several reasons counted as one is their sum. One of a few is no secret kept: it is held up."""
    for (where, end), n in table.cells.items():
        knowledge.visit(where)
        terms, few = expression(end, where), n < SHOWN_FROM
        knowledge.add(terms, Fraction(n), Fraction(n), f"{table.name}: {end} is {n}", printed=not few)
        if few:
            knowledge.withhold(terms, f"{table.name}: {end} of {dict(where)}")
        if end in taken:
            parts = [expression(f"only_{reason}", where) for reason in (end, *taken[end])]
            knowledge.equal(combined((-1, terms), *((1, part) for part in parts)), f"{end} is counted with {', '.join(taken[end])}")
            for part in parts:
                knowledge.withhold(part, f"{table.name}: {next(iter(part))[1]} of {dict(where)}")


def _learn_shared(knowledge: Knowledge, one: TableShared, other: TableShared) -> None:
    """Cells of the columns of both tables, which nobody was given, are sums to the cells of either."""
    if set(one.columns) == set(other.columns):
        return
    for end, pairs in _crossed(one, other):
        for table in (one, other):
            for where, inside in _inside(table, pairs):
                cells = [(1, expression(end, both)) for both in inside]
                knowledge.equal(combined((-1, expression(end, where)), *cells), f"{table.name}: {end} is the sum of its parts")
        for both in pairs:
            knowledge.visit(both)
            knowledge.withhold(expression(end, both), f"{one.name} by {other.name}: {end} of {dict(both)}")


def _crossed(one: TableShared, other: TableShared) -> Iterator[tuple[str, list[Place]]]:
    """For every end, and each place of the columns that both tables have, the places of all columns of both that may hold an episode."""
    shared = [column for column in one.columns if column in other.columns]
    for end in dict.fromkeys((*one.ends, *other.ends)):
        groups: dict[Place, tuple[list[Place], list[Place]]] = {}
        for number, table in enumerate((one, other)):
            for where, its_end in table.cells:
                if its_end == end:
                    groups.setdefault(_narrowed(where, shared), ([], []))[number].append(where)
        for left, right in groups.values():
            yield end, [place(*dict([*a, *b]).items()) for a, b in product(left, right)]


def _narrowed(where: Place, columns: Sequence[str]) -> Place:
    return tuple((column, level) for column, level in where if column in columns)


def _inside(table: TableShared, pairs: Sequence[Place]) -> Iterator[tuple[Place, list[Place]]]:
    """The places of a table with the finer ones that lie in each."""
    finer: dict[Place, list[Place]] = {}
    for both in pairs:
        finer.setdefault(_narrowed(both, table.columns), []).append(both)
    yield from ((where, inside) for where, inside in finer.items() if inside != [where])
