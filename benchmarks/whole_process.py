"""Takes commands, gives the seconds of whole processes in turn: bare Python, import, --help, the 1,200-episode report."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time

ROUNDS = 7


def measured() -> list[str]:
    """A table of medians, each command run in turn so that a drifting machine drifts for all."""
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            "bare Python": [sys.executable, "-c", "pass"],
            "import iop_outcomes": [sys.executable, "-c", "import iop_outcomes"],
            "iop-outcomes --help": [sys.executable, "-m", "iop_outcomes", "--help"],
            "report, 1,200 episodes": [sys.executable, "-m", "iop_outcomes", "report", "data/synthetic", "--output", folder],
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(ROUNDS + 1):
            for name, command in commands.items():
                start = time.perf_counter()
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                if turn:  # the first turn warms the disk
                    seconds[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    bare = medians["bare Python"]
    goals = {"import iop_outcomes": "<= 0.3 above bare", "iop-outcomes --help": "<= 0.3 above bare", "report, 1,200 episodes": "<= 2.5"}
    rows = [f"| {name} | {value:.3f} | {value - bare:.3f} | {goals.get(name, '')} |" for name, value in medians.items()]
    return [
        "## Whole processes",
        "",
        "| command | seconds | above bare Python | goal (seconds) |",
        "|---|---|---|---|",
        *rows,
        "",
    ]
