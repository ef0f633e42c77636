"""Takes a number of rows, gives the seconds and memory of reading and checking a CSV with 400 planted faults, and whether each is found.

The floor is DuckDB reading the same CSV as text, in the same run: no check can be done before that.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS = 1_000_000
ROUNDS = 3
FAULTS = 400
MAPPING = '[data]\nclass = "synthetic"\ncutoff = "2025-09-30"\n'
# The rule, the column it must name, and what stands there instead; every kind is planted in turn.
KINDS = (
    ("out_of_range", "phq9_admit", "'99'"),
    ("not_whole_number", "phq9_discharge", "'12.5'"),
    ("unknown_code", "discharge_reason", "'finished'"),
    ("invalid_date", "discharge_date", "'2023-02-29'"),
    ("discharge_before_admission", "discharge_date", "'1999-01-01'"),
    ("date_range", "admit_date", "'1900-01-01'"),
    ("similar_label", "track", "'Mental Health'"),
    ("out_of_range", "follow_up_days", "'-3'"),
    ("planned_days_zero", "planned_days", "'0'"),
    ("duplicate_id", "episode_id", "'E' || CAST(i - 1 AS VARCHAR)"),
)


def measured() -> list[str]:
    """Make a CSV with faults and measure in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder))
        load = os.getloadavg()[0]
        out = subprocess.run([sys.executable, "-m", "benchmarks.faults", folder], check=True, capture_output=True, text=True)
    found = json.loads(out.stdout)
    return [
        f"## Checking {ROWS:,} episodes (CSV, {found['columns']} columns, {found['megabytes']:.0f} MB) with {FAULTS} planted faults",
        "",
        f"Load of the machine at the start: {load:.1f}.",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| planted faults found once each, on their exact lines | {found['found']} of {FAULTS} | {FAULTS} of {FAULTS} |",
        f"| lines named beyond those | {found['extra']} | 0 |",
        f"| DuckDB reads the same CSV as text (the floor), seconds | {found['floor']:.2f} | |",
        f"| CSV read, seconds | {found['read']:.2f} | |",
        f"| all {found['rules']} rules, seconds | {found['check']:.2f} | |",
        f"| both, seconds | {found['read'] + found['check']:.2f} | <= 3 |",
        f"| both, ratio to the floor | {(found['read'] + found['check']) / found['floor']:.1f} | |",
        f"| both, seconds of processor on all cores | {found['processor']:.2f} | |",
        f"| peak memory of the process, MB | {found['peak']:.0f} | <= 500 |",
        f"| physical lines of the faulty rows, seconds (only when there is a fault) | {found['lines']:.2f} | |",
        "",
    ]


def planted() -> dict[int, tuple[str, str, str]]:
    """Which row (from 0) holds which fault; odd rows, far apart."""
    return {k * (ROWS // FAULTS) + 17: KINDS[k % len(KINDS)] for k in range(FAULTS)}


def expected() -> dict[tuple[str, str], set[int]]:
    """Physical lines of each rule and column; of two rows with one id both are named."""
    lines: dict[tuple[str, str], set[int]] = {}
    for row, (rule, column, _) in planted().items():
        lines.setdefault((rule, column), set()).update({row + 2, row + 1} if rule == "duplicate_id" else {row + 2})
    return lines


def make(folder: Path) -> None:
    """Draw episodes by hashing row numbers, two for each patient, and plant the faults."""
    import duckdb

    start = "DATE '2021-01-01' + CAST((i % 2) * 400 + hash(i // 2) % 300 AS INTEGER)"
    stay = "CAST(10 + hash(i + 3) % 80 AS INTEGER)"
    pick = "list_extract([{}], 1 + CAST(hash(i * 64 + {}) % 3 AS INTEGER))"
    cells = {
        "episode_id": "'E' || CAST(i AS VARCHAR)",
        "patient_id": "'P' || CAST(i // 2 AS VARCHAR)",
        "track": pick.format("'mental health','substance use','dual diagnosis'", 1),
        "admit_date": f"strftime({start}, '%Y-%m-%d')",
        "discharge_date": f"strftime({start} + {stay}, '%Y-%m-%d')",
        "discharge_reason": pick.format("'completed','dropped_out','transferred_step_down'", 2),
        "planned_days": pick.format("'42','56','84'", 3),
        "follow_up_days": "CAST(100 + hash(i + 5) % 600 AS VARCHAR)",
        "phq9_admit": "CAST(hash(i + 9) % 28 AS VARCHAR)",
        "phq9_discharge": "CAST(hash(i + 11) % 28 AS VARCHAR)",
        "readmission_psychiatric_day": f"CAST({stay} + 3 + CAST(hash(i + 13) % 90 AS INTEGER) AS VARCHAR)",
        "readmission_psychiatric_observed": "CAST(hash(i + 15) % 2 AS VARCHAR)",
    }
    for column, cell in cells.items():
        cases = {}
        for row, (_, where, value) in planted().items():
            if where == column:
                cases.setdefault(value, []).append(str(row))
        whens = " ".join(f"WHEN i IN ({', '.join(rows)}) THEN {value}" for value, rows in cases.items())
        cells[column] = f"CASE {whens} ELSE {cell} END" if cases else cell
    select = ", ".join(f"{sql} AS {name}" for name, sql in cells.items())
    duckdb.sql(f"COPY (SELECT {select} FROM range({ROWS}) AS t(i)) TO '{folder}/episodes.csv' (HEADER)")
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")


def run(folder: Path) -> None:
    """Time the floor, reading and checking in turn; print JSON."""
    import resource
    import time

    import duckdb

    from iop_outcomes.intake.checks import clean_columns, look_again, once, rules_for
    from iop_outcomes.intake.inputs import Lines, open_tables
    from iop_outcomes.intake.labels import similar_rules
    from iop_outcomes.intake.mapping import read_mapping
    from iop_outcomes.intake.nearest import offer_nearest
    from iop_outcomes.intake.privacy import name_identifiers
    from iop_outcomes.intake.recipes import plan_table
    from iop_outcomes.intake.store import Store
    from iop_outcomes.scales import load_scales

    mapping, scales = read_mapping(folder / "mapping.toml"), load_scales()
    floors: list[float] = []
    reads: list[float] = []
    checks: list[float] = []
    processor: list[float] = []
    for _ in range(ROUNDS):
        store = Store()
        used = time.process_time()
        start = time.perf_counter()
        inputs = open_tables(store, folder, mapping)
        reads.append(time.perf_counter() - start)
        start = time.perf_counter()
        plans = {"episodes": plan_table("episodes", store.raw.columns("episodes"), mapping, scales)}
        store.check_with(plans["episodes"].recipe)
        rules = rules_for(plans, mapping, scales, clean_columns(store, plans, mapping))
        found = look_again(store, store.faults([*rules, *similar_rules(store, plans)]), plans, mapping)
        faults = offer_nearest(store, once(name_identifiers(store, found, plans, mapping)), plans, scales.values())
        checks.append(time.perf_counter() - start)
        processor.append(time.process_time() - used)
        store.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for _ in range(ROUNDS):
        bare = duckdb.connect()
        start = time.perf_counter()
        bare.execute("SELECT count(COLUMNS(*)) FROM read_csv(?, all_varchar = true, header = true)", [f"{folder}/episodes.csv"]).fetchall()
        floors.append(time.perf_counter() - start)
        bare.close()
    start = time.perf_counter()
    lines = Lines(inputs[0])
    named = {(fault.rule.id, fault.rule.columns[0]): list(lines.of_rows(fault.rows)) for fault in faults}
    seconds_of_lines = time.perf_counter() - start
    wanted = expected()
    found = sum(
        named.get((rule, column), []).count(row + 2) == 1 and (rule != "duplicate_id" or named[rule, column].count(row + 1) == 1)
        for row, (rule, column, _) in planted().items()
    )
    extra = sum(len(set(places) - wanted.get(key, set())) for key, places in named.items())
    print(
        json.dumps(
            {
                "found": found,
                "extra": extra,
                "rules": len(rules),
                "columns": len(plans["episodes"].fields),
                "megabytes": (folder / "episodes.csv").stat().st_size / 1e6,
                "floor": statistics.median(floors),
                "read": statistics.median(reads),
                "check": statistics.median(checks),
                "processor": statistics.median(processor),
                "peak": peak,
                "lines": seconds_of_lines,
            }
        )
    )


if __name__ == "__main__":
    run(Path(sys.argv[1]))
