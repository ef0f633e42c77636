"""Takes nothing, gives coverage of every interval and calls of the rule of comparisons, printed and in simulations/results.md.

python -m simulations                     4,000 replicates
python -m simulations --replicates 1000   fewer
python -m simulations --only "two groups" the kinds of data whose words hold these, beside the rows that stand there

The exit status is 1 when an interval misses its band and is not among those known to.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from simulations.catalogue import REPLICATES, TOLERANCE, run, unexpected
from simulations.table import page, rows_of_page, table

RESULTS = Path(__file__).parent / "results.md"


def main(words: Sequence[str] | None = None, results: Path = RESULTS) -> int:
    """Run, print and write; give the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m simulations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replicates", type=int, default=REPLICATES, help="samples of each kind of data")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="which changes no figure")
    parser.add_argument("--only", nargs="+", default=[], help="words of the kinds of data to run; the other rows stay as they are")
    arguments = parser.parse_args(words)
    start = time.perf_counter()
    rows = run(arguments.replicates, arguments.processes, arguments.only)
    kept = rows_of_page(results.read_text(encoding="utf-8"), arguments.replicates) if arguments.only else {}
    every = list((kept | {row.key: row for row in rows}).values())
    results.write_text(page(every, arguments.replicates), encoding="utf-8")
    missed = unexpected(rows, TOLERANCE)
    sys.stdout.write(table(rows))
    sys.stdout.write(f"{len(rows)} rows in {time.perf_counter() - start:.0f} seconds; outside a band and not known to be: {len(missed)}\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
