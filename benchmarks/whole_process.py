"""Takes commands, gives the seconds of whole processes in turn: bare Python, import, --help, the 1,200-episode report."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7


def measured() -> list[str]:
    """A table of medians, each command run in turn so that a drifting machine drifts for all."""
    with tempfile.TemporaryDirectory() as folder:
        report = [sys.executable, "-m", "iop_outcomes", "report", "data/synthetic", "--output", folder]
        commands = {
            "bare Python": [sys.executable, "-c", "pass"],
            "import iop_outcomes": [sys.executable, "-c", "import iop_outcomes"],
            "iop-outcomes --help": [sys.executable, "-m", "iop_outcomes", "--help"],
            "report, 1,200 episodes": report,
            "report in all forms, 1,200 episodes": [*report, "--format", "html,csv,json,docx,xlsx,pptx,pdf,figures"],
        }
        # Compiled once, as what is installed is, wherever this runs: a checkout that keeps no bytecode compiles all of it each time.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
                if turn:  # the first turn warms the disk
                    seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    bare = medians["bare Python"]
    goals = {
        "import iop_outcomes": "<= 0.3 above bare",
        "iop-outcomes --help": "<= 0.3 above bare",
        "report, 1,200 episodes": "<= 2.0",
        "report in all forms, 1,200 episodes": "<= 8",
    }
    rows = [f"| {name} | {value:.3f} | {value - bare:.3f} | {goals.get(name, '')} |" for name, value in medians.items()]
    return [
        "## Whole processes",
        "",
        "| command | seconds | above bare Python | goal (seconds) |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
