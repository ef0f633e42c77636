"""Takes the 30-episode program, gives its tables with types, and what a loaded program holds cell for cell."""

from contextlib import contextmanager
from datetime import date

import iop_outcomes as iop
from tests.adapters import program

DATES = ("admit_date", "discharge_date")
NUMBERS = ("day", "score", "planned", *(f"gad7_{number}" for number in range(1, 8)))


def typed():
    """The canonical tables as columns: dates as dates, numbers as whole numbers, the rest as text; None where a cell is blank."""
    return {table: {name: [_cell(name, row[name]) for row in rows] for name in rows[0]} for table, rows in program.tables().items()}


def _cell(name, text):
    if text is None:
        return None
    if name in DATES:
        return date.fromisoformat(text)
    return int(text) if name in NUMBERS else text


def cells(data):
    """Every cell of the three prepared tables: names of the columns, and the rows in order."""
    found = {}
    for table in ("episodes", "scores", "events"):
        frame = data.engine.connection.duckdb.execute(f"SELECT COLUMNS(* EXCLUDE (iop_outcomes_row))::VARCHAR FROM {table}").df()
        rows = frame[sorted(frame)].astype(object).where(frame[sorted(frame)].notna(), None)
        found[table] = (list(rows), sorted(map(tuple, rows.itertuples(index=False)), key=str))
    return found


@contextmanager
def loaded(source):
    """The program from a source, with its mapping."""
    with iop.load(source, mapping=program.MAPPING) as data:
        yield data


def cells_of(source):
    """Every cell of a source."""
    with loaded(source) as data:
        return cells(data)


def csv_cells(folder):
    """Every cell of the program written as CSV, which holds nothing but text."""
    import csv

    for table, rows in program.tables().items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return cells_of(folder)
