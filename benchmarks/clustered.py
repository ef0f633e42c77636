"""Takes a number of rows, gives the seconds of a whole report with errors by patient beside one with independent episodes."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.count_tables import make

ROUNDS = 3
EVENTS = {"readmission_psychiatric": (21, 4, 400), "relapse": (22, 2, 500)}  # salt, one in how many, days


def measured(rows: int) -> list[str]:
    """Make the same episodes with and without patients, and measure in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder) / name) for name in ("drawn.parquet", "patients.parquet", "episodes.parquet")]
        make(paths[0], rows)
        _with_events(*paths)
        out = subprocess.run([sys.executable, "-m", "benchmarks.clustered", *paths[1:]], check=True, capture_output=True, text=True)
    found = json.loads(out.stdout)
    return [
        f"## Errors by patient, whole report of {rows:,} rows ({found['repeated']:,} patients with several episodes)",
        "",
        "| what | measured | goal |",
        "|---|---|---|",
        f"| report, episodes taken as independent, seconds | {found['independent']:.2f} | |",
        f"| report, errors by patient, seconds | {found['clustered']:.2f} | |",
        f"| ratio | {found['clustered'] / found['independent']:.2f} | <= 2 |",
        f"| peak memory of the process, MB | {found['peak']:.0f} | |",
        "",
    ]


def _with_events(drawn: str, patients: str, episodes: str) -> None:
    """Add a readmission and a relapse beside each episode, within its follow-up; then leave the patients out."""
    import duckdb

    columns = []
    for event, (salt, one_in, days) in EVENTS.items():
        happens = f"discharge_reason <> 'died' AND hash(episode_id || '{salt}') % {one_in} = 0 AND hash(episode_id || '{salt}day') % {days} <= follow_up_days"
        end = "follow_up_days" if event == "relapse" else "NULL"
        day = f"los_days + CASE WHEN {happens} THEN CAST(hash(episode_id || '{salt}day') % {days} AS INTEGER) ELSE {end} END"
        columns += [
            f"CAST({day} AS INTEGER) AS {event}_day",
            f"CASE WHEN ({day}) IS NOT NULL THEN CAST(coalesce({happens}, FALSE) AS INTEGER) END AS {event}_observed",
        ]
    # One episode in ten is a return; in the synthetic program it is one in fifteen.
    number = "CAST(substr(episode_id, 2) AS BIGINT)"
    patient = f"'P' || CAST({number} // (1 + CAST(hash(episode_id || 'again') % 10 = 0 AS INTEGER)) AS VARCHAR)"
    changed = f"los_days + observed_days AS observed_days, {patient} AS patient_id"
    select = f"SELECT * REPLACE ({changed}), {', '.join(columns)} FROM '{drawn}' WHERE discharge_reason <> 'active'"
    duckdb.sql(f"COPY ({select}) TO '{patients}' (FORMAT parquet, COMPRESSION zstd)")
    duckdb.sql(f"COPY (SELECT * EXCLUDE (patient_id) FROM '{patients}') TO '{episodes}' (FORMAT parquet, COMPRESSION zstd)")


def run(patients: str, episodes: str) -> None:
    """Time both reports in turn; print JSON."""
    import resource
    import time

    import iop_outcomes as iop

    seconds: dict[str, list[float]] = {"clustered": [], "independent": []}
    repeated = 0
    for _ in range(ROUNDS):
        for name, path in (("clustered", patients), ("independent", episodes)):
            with iop.load(path, mapping={"data": {"class": "synthetic"}}) as data:
                start = time.perf_counter()
                iop.report(data, by="track")
                seconds[name].append(time.perf_counter() - start)
                repeated = data.facts.repeated or repeated
    found = {name: statistics.median(times) for name, times in seconds.items()}
    print(json.dumps(found | {"repeated": repeated, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    run(*sys.argv[1:])
