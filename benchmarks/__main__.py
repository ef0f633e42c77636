"""Takes nothing, gives every benchmark's figures on standard output and in benchmarks/results.md.

python -m benchmarks            all
python -m benchmarks --rows 1   the count tables at 1 million rows alone (millions)
"""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from benchmarks import clustered, count_tables, doors, faults, repeated, whole_process

RESULTS = Path(__file__).parent / "results.md"
HEAD = """# What was measured

Written by `make bench`. Medians within one run; compare ratios, not seconds: machines differ and are shared.

"""


def main() -> None:
    """Run, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1, 10], help="millions of rows for the count tables")
    arguments = parser.parse_args()
    lines = [f"Python {platform.python_version()}, {platform.machine()}, {count_tables.processors()} processors.", ""]
    lines += whole_process.measured()
    for millions in arguments.rows:
        lines += count_tables.measured(millions * 1_000_000)
    lines += clustered.measured(1_000_000)
    lines += faults.measured()
    lines += doors.measured()
    lines += repeated.measured()
    text = "\n".join(lines)
    print(text)
    RESULTS.write_text(HEAD + text + "\n", encoding="utf-8")


main()
