"""Takes a count table with its patients, gives the two as CSV, and back from files that anybody may have written."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import numpy as np

from iop_outcomes.columns import Request
from iop_outcomes.counts import Counts, Ints, Level
from iop_outcomes.engine.counted import SharedTable
from iop_outcomes.intake.findings import fatal
from iop_outcomes.intake.recipes import MOST_IN_CELL
from iop_outcomes.intake.shares.wire import level_from_wire, level_to_wire
from iop_outcomes.patients import Patients

NUMBER = "n"
OF_PATIENTS = ("combination", "cell", "patients")
MOST_CELLS = 20_000_000  # of one table
MOST_BYTES = 1 << 32
AGAIN = "Ask the program to share again"
_COMMENT = "# "


def columns_of(requests: Sequence[Request]) -> list[str]:
    """Names of the columns that requests make."""
    return [name for request in requests for name in request.keys]


def counts_to_csv(counts: Counts, mark: str) -> bytes:
    """The cells of a table, each a row with the number of episodes in it; the first line says who it is for."""
    rows = ([*map(level_to_wire, cell), n] for cell, n in counts)
    return _csv([*counts.columns, NUMBER], rows, mark)


def patients_to_csv(people: Patients, mark: str) -> bytes:
    """The combinations of cells in which returning patients have their episodes, and how many patients have each; no id and no number of a person."""
    ends = np.append(people.start, len(people.cell))[1:].tolist()  # none, where nobody returned
    combinations = enumerate(zip(people.start.tolist(), ends, people.n.tolist(), strict=True))
    rows = ([place, cell, n] for place, (start, end, n) in combinations for cell in people.cell[start:end].tolist())
    return _csv(OF_PATIENTS, rows, mark)


def _csv(header: Sequence[str], rows: Iterator[Sequence[object]], mark: str) -> bytes:
    text = io.StringIO()
    if mark:
        text.write(f"{_COMMENT}{mark}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def words_of(counts: Counts) -> list[str]:
    """Which columns of a table hold words; the others hold numbers."""
    return [axis.name for axis in counts.axes if any(isinstance(level, str) for level in axis.levels)]


def table_of(
    requests: Sequence[Request], words: Sequence[str], content: bytes, patients: bytes | None, *, name: str, episodes: int
) -> SharedTable:
    """Read a table of counts, and its patients where they go along.

    Parameters
    ----------
    requests : sequence
        What its columns are.
    words : sequence of str
        Those that hold words.
    content, patients : bytes
        The two files; none of patients where they are not shared.
    name : str
        What messages call the table.
    episodes : int
        How many it must hold.

    Raises
    ------
    DataError
        When it is not what a share writes.
    """
    expected = columns_of(requests)
    rows = _rows(content, [*expected, NUMBER], name)
    levels: list[list[Level]] = [[] for _ in expected]
    n: list[int] = []
    for row in rows:
        try:
            for values, cell, column in zip(levels, row, expected, strict=False):
                values.append(level_from_wire(cell, words=column in words))
        except ValueError as error:
            fatal("share_not_readable", name, str(error), f"{AGAIN}.")
        n.append(_whole(row[-1], 1, MOST_IN_CELL, name))
    if sum(n) != episodes:
        fatal("share_not_readable", name, "its cells do not add up to the episodes of the share", f"{AGAIN}.")
    try:
        counts = Counts.from_columns(expected, levels, n)
    except ValueError:
        fatal("share_not_readable", name, "a cell stands twice", f"{AGAIN}.")
    if not np.array_equal(counts.origin, np.arange(len(counts))):
        raise AssertionError("a table that was just read has merged cells")
    order = _order_of(expected, levels, counts)
    return SharedTable(tuple(requests), counts, None if patients is None else _patients(patients, counts, order, name))


def _order_of(columns: Sequence[str], levels: Sequence[Sequence[Level]], counts: Counts) -> Ints:
    """Where each row of the file stands in the table, which sorts itself."""
    place = {tuple(row): i for i, row in enumerate(counts.codes.tolist())}
    codes = [[counts.axes[at].place[level] for level in values] for at, values in enumerate(levels)]
    if not columns:
        return np.arange(len(counts), dtype=np.int64)
    return np.array([place[row] for row in zip(*codes, strict=True)], dtype=np.int64)


def _patients(content: bytes, counts: Counts, order: Ints, name: str) -> Patients:
    cells: list[int] = []
    starts: list[int] = []
    n: list[int] = []
    for row in _rows(content, OF_PATIENTS, name):
        combination = _whole(row[0], 0, MOST_CELLS, name)
        if combination == len(starts):
            starts.append(len(cells))
            n.append(_whole(row[2], 1, MOST_IN_CELL, name))
        elif combination != len(starts) - 1 or row[2] != str(n[-1]):
            fatal("share_not_readable", name, "combinations of patients that are not in order", f"{AGAIN}.")
        cells.append(_whole(row[1], 0, len(counts) - 1, name))
    cell, start, number = (np.array(values, dtype=np.int64) for values in (cells, starts, n))
    cell = order[cell] if len(cell) else cell
    sizes = np.diff(start, append=len(cell))
    alone = counts.n.copy()
    np.subtract.at(alone, cell, np.repeat(number, sizes))
    if (sizes < 2).any() or (alone < 0).any():
        fatal("share_not_readable", name, "patients with more episodes than the table has, or with one alone", f"{AGAIN}.")
    return Patients(alone, cell, start, number)


def _rows(content: bytes, header: Sequence[str], name: str) -> Iterator[list[str]]:
    """The rows behind the header that is expected, each of its length."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        fatal("share_not_readable", name, "it is not UTF-8 text", f"{AGAIN}.")
    start = text.find("\n") + 1 if text.startswith(_COMMENT) else 0
    reader = csv.reader(io.StringIO(text[start:], newline=""), strict=True)
    try:
        if next(reader, None) != list(header):
            fatal("share_not_readable", name, "its columns are not those that the share says", f"{AGAIN}.")
        for number, row in enumerate(reader):
            if len(row) != len(header) or number >= MOST_CELLS:
                fatal("share_not_readable", name, f"a row of another length, or more than {MOST_CELLS:,} rows", f"{AGAIN}.")
            yield row
    except csv.Error:
        fatal("share_not_readable", name, "it cannot be read as CSV", f"{AGAIN}.")


def _whole(cell: str, low: int, high: int, name: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 9 and low <= int(cell) <= high):
        fatal("share_not_readable", name, "a number that is not whole, negative or beyond what it counts", f"{AGAIN}.")
    return int(cell)
