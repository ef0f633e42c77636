"""Takes nothing, gives the seconds of doors: a workbook beside its CSV, scores placed by patient and date, frames of three libraries."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

BOOK_ROWS = 100_000
PATIENTS, SCORES = 500_000, 5_000_000
FRAME_ROWS = 1_000_000
ROUNDS = 3
SYNTHETIC = {"data": {"class": "synthetic"}}
_COLUMNS = (
    "'E' || i AS episode_id, 'P' || i AS patient_id, list_extract(['mood', 'psychosis', 'substance_use'], 1 + CAST(hash(i) % 3 AS INTEGER)) AS track, "
    "list_extract(['completed', 'dropped_out', 'transferred_step_down'], 1 + CAST(hash(i + 1) % 3 AS INTEGER)) AS discharge_reason, "
    "DATE '2023-01-01' + CAST(hash(i + 2) % 500 AS INTEGER) AS admit_date, CAST(hash(i + 3) % 80 AS INTEGER) AS los_days"
)


def measured() -> list[str]:
    """The three tables of figures, each from one run."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_books(Path(folder)), *_placed(Path(folder)), *_frames()]


def _median(run: Callable[[], Any]) -> float:
    seconds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def _loaded(source: Any) -> None:
    import iop_outcomes as iop

    iop.load(source, mapping=SYNTHETIC).close()


def _books(folder: Path) -> list[str]:
    """A workbook and the CSV of the same rows."""
    import duckdb
    import openpyxl

    rows = duckdb.sql(f"SELECT {_COLUMNS} FROM range({BOOK_ROWS}) AS t(i)")
    names = [str(name) for name in rows.columns]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("episodes")
    sheet.append(names)
    for row in rows.fetchall():
        sheet.append(row)
    book.save(folder / "episodes.xlsx")
    (folder / "csv").mkdir()
    duckdb.sql(f"COPY (SELECT {_COLUMNS} FROM range({BOOK_ROWS}) AS t(i)) TO '{folder}/csv/episodes.csv' (HEADER)")
    seconds = {
        name: _median(lambda source=source: _loaded(source))
        for name, source in (("xlsx", folder / "episodes.xlsx"), ("csv", folder / "csv"))
    }
    return [
        f"## A workbook of {BOOK_ROWS:,} rows, {len(names)} columns",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| .xlsx loaded, seconds | {seconds['xlsx']:.2f} | <= 3 |",
        f"| the CSV of the same rows, seconds | {seconds['csv']:.2f} | |",
        f"| ratio | {seconds['xlsx'] / seconds['csv']:.1f} | |",
        "",
    ]


def _placed(folder: Path) -> list[str]:
    """The one statement that places scores by patient and date."""
    import duckdb

    from iop_outcomes.intake.inputs import open_tables
    from iop_outcomes.intake.mapping import read_mapping
    from iop_outcomes.intake.recipes import plan_table
    from iop_outcomes.intake.store import Store
    from iop_outcomes.scales import load_scales

    files, scales, mapping = folder / "placed", load_scales(), read_mapping(SYNTHETIC)
    files.mkdir()
    duckdb.sql(f"COPY (SELECT {_COLUMNS} FROM range({PATIENTS}) AS t(i)) TO '{files}/episodes.parquet'")
    score = "'phq9' AS scale, DATE '2023-01-01' + CAST(hash(i + 5) % 600 AS INTEGER) AS date, CAST(hash(i + 7) % 28 AS INTEGER) AS score"
    duckdb.sql(
        f"COPY (SELECT 'P' || (hash(i) % {PATIENTS}) AS patient_id, {score} FROM range({SCORES}) AS t(i)) TO '{files}/scores.parquet'"
    )
    seconds = []
    for _ in range(ROUNDS):
        store = Store()
        open_tables(store, files, mapping)
        plans = {table: plan_table(table, store.raw.columns(table), mapping, scales) for table in ("episodes", "scores")}
        store.check_with(plans["episodes"].recipe)
        start = time.perf_counter()
        store.check_with(plans["scores"].recipe)
        seconds.append(time.perf_counter() - start)
        placed = store.placed(plans["scores"].recipe).placed
        store.close()
    return [
        f"## {SCORES:,} scores by patient and date, {PATIENTS:,} patients",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| placed | {placed:,} | |",
        f"| placing, seconds | {statistics.median(seconds):.2f} | <= 3 |",
        "",
    ]


def _frames() -> list[str]:
    """The same rows as frames of pandas, Arrow and polars."""
    import duckdb

    rows = duckdb.sql(f"SELECT {_COLUMNS} FROM range({FRAME_ROWS}) AS t(i)")
    frames = {"pandas": rows.df(), "Arrow": rows.to_arrow_table(), "polars": rows.pl()}
    seconds = {name: _median(lambda frame=frame: _loaded(frame)) for name, frame in frames.items()}
    return [
        f"## Frames of {FRAME_ROWS:,} episodes",
        "",
        "| library | seconds | ratio to pandas |",
        "|---|---|---|",
        *(f"| {name} | {value:.2f} | {value / seconds['pandas']:.2f} |" for name, value in seconds.items()),
        "",
    ]
