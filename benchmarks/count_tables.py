"""Takes a number of rows, gives the seconds and memory of every count table of the report beside the scan floor.

The scan floor is one query that counts the values of every column: no engine can read the file faster than that.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 5
SPINE = (("completion",), ("length_of_stay",), ("discharge_reasons",), ("recorded",))
OUTCOMES = (
    ("phq9_change",), ("phq9_reliable_change",), ("gad7_change",), ("gad7_reliable_change",), ("readmission",), ("relapse", "any_use"),
)  # fmt: skip
COLUMNS = (
    "episode_id", "patient_id", "track", "site", "modality", "discharge_reason", "los_days", "planned_days", "observed_days",
    "follow_up_days", "age_group", "sex", "phq9_admit", "phq9_discharge", "gad7_admit", "gad7_discharge",
)  # fmt: skip


def processors() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0))


def measured(rows: int) -> list[str]:
    """Make a Parquet file of that many episodes and measure in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "episodes.parquet"
        subprocess.run([sys.executable, "-m", "benchmarks.count_tables", "make", str(path), str(rows)], check=True)
        out = subprocess.run(
            [sys.executable, "-m", "benchmarks.count_tables", "run", str(path)], check=True, capture_output=True, text=True
        )
    found = json.loads(out.stdout)
    lines = [
        f"## Count tables of the report, {rows:,} rows (Parquet, {len(COLUMNS)} columns)",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| scan floor, seconds | {found['floor']:.3f} | |",
    ]
    for name, goal in (("completion, stay, reasons, recorded", "<= 9"), ("change, reliable change, readmission, relapse", "")):
        part = found[name]
        lines += [
            f"| {name}: {part['tables']} tables, {part['cells']:,} cells, seconds | {part['seconds']:.3f} | |",
            f"| their ratio to the floor | {part['seconds'] / found['floor']:.1f} | {goal} |",
        ]
    return [*lines, f"| peak memory of the process, MB | {found['peak']:.0f} | <= 250 |", ""]


def make(path: str, rows: int) -> None:
    """Draw episodes by hashing row numbers: the same file every time, made inside DuckDB."""
    import duckdb

    def pick(salt: int, words: str) -> str:
        return f"list_extract([{words}], 1 + CAST(hash(i * 64 + {salt}) % {words.count(',') + 1} AS INTEGER))"

    def number(salt: int, top: int, blank: int = 0) -> str:
        value = f"CAST(hash(i * 64 + {salt}) % {top} AS INTEGER)"
        return f"CASE WHEN hash(i * 64 + {salt} + 32) % 100 < {blank} THEN NULL ELSE {value} END" if blank else value

    reasons = "'completed','completed','completed','transferred_step_down','dropped_out','terminated_by_program','other','died','active'"
    cells = {
        "episode_id": "'E' || CAST(i AS VARCHAR)",
        "patient_id": f"'P' || CAST(i - hash(i) % 3 * {max(rows // 10, 1)} AS VARCHAR)",
        "track": pick(1, "'mental_health','substance_use','dual_diagnosis','adolescent','psychosis'"),
        "site": pick(2, "'north','south'"),
        "modality": pick(3, "'in_person','virtual'"),
        "discharge_reason": pick(4, reasons),
        "los_days": number(5, 120),
        "planned_days": pick(6, "42,56,84"),
        "observed_days": number(7, 1100),
        "follow_up_days": number(8, 731, 5),
        "age_group": pick(9, "'18-25','26-39','40-64','65+'"),
        "sex": pick(10, "'female','male'"),
        "phq9_admit": number(11, 28, 4),
        "phq9_discharge": number(12, 28, 30),
        "gad7_admit": number(13, 22, 4),
        "gad7_discharge": number(14, 22, 30),
    }
    select = ", ".join(f"{sql} AS {name}" for name, sql in cells.items())
    duckdb.sql(f"COPY (SELECT {select} FROM range({rows}) AS t(i)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def run(path: str) -> None:
    """Time the scan floor and all count tables, in turn; print JSON."""
    import resource
    import time

    import duckdb

    from iop_outcomes.columns import Column
    from iop_outcomes.engine.duckdb import DuckEngine
    from iop_outcomes.intake.mapping import Mapping
    from iop_outcomes.intake.recipes import plan_table
    from iop_outcomes.intake.store import Store
    from iop_outcomes.measures import find
    from iop_outcomes.scales import load_scales

    parts = {"completion, stay, reasons, recorded": SPINE, "change, reliable change, readmission, relapse": OUTCOMES}
    sets = {name: list(dict.fromkeys((*find(*asked).requests, Column("track")) for asked in names)) for name, names in parts.items()}
    bare = duckdb.connect()
    counted = ", ".join(f"count({name})" for name in COLUMNS)
    floors: list[float] = []
    seconds: dict[str, list[float]] = {name: [] for name in sets}
    cells = dict.fromkeys(sets, 0)
    for _ in range(ROUNDS):
        start = time.perf_counter()
        bare.execute(f"SELECT {counted} FROM read_parquet('{path}')").fetchall()
        floors.append(time.perf_counter() - start)
        store = Store(memory_limit="200MB")
        store.raw.add_parquet("episodes", Path(path))
        recipe = plan_table("episodes", store.raw.columns("episodes"), Mapping(data_class="synthetic"), load_scales()).recipe
        store.check_with(recipe)
        engine = DuckEngine(store.connection, store.prepare({"episodes": recipe}, {}))
        for name, requests in sets.items():
            start = time.perf_counter()
            cells[name] = sum(map(len, engine.tally(requests)))
            seconds[name].append(time.perf_counter() - start)
        engine.close()
    found: dict[str, object] = {
        name: {"seconds": statistics.median(seconds[name]), "cells": cells[name], "tables": len(requests)}
        for name, requests in sets.items()
    }
    found |= {"floor": statistics.median(floors), "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    print(json.dumps(found))


if __name__ == "__main__":
    make(sys.argv[2], int(sys.argv[3])) if sys.argv[1] == "make" else run(sys.argv[2])
