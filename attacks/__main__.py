"""Takes seeds, gives how many withheld counts come back of the reports of drawn programs, printed and in attacks/results.md.

python -m attacks                          20 programs
python -m attacks --programs 500           more
python -m attacks --first 7 --programs 1   one alone, by its seed
python -m attacks --no-track 0.08          some of whose episodes have no track
python -m attacks --outputs beside         several outputs of each with one ledger, read together; nothing is written

The exit status is 1 when a count comes back, 3 when the attack itself is wrong: a count that is truly another, or facts that contradict one another.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from attacks.outputs import KINDS, tried_together
from attacks.table import page, table
from attacks.trial import Outcome, tried

RESULTS = Path(__file__).parent / "results.md"


def main(words: Sequence[str] | None = None, results: Path = RESULTS) -> int:
    """Draw, attack, print and write; give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m attacks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs", type=int, default=20, help="how many programs to draw")
    parser.add_argument("--first", type=int, default=1, help="the seed of the first; the others follow it")
    parser.add_argument("--policy", default="cms11", help="the disclosure policy of the reports")
    parser.add_argument("--no-track", type=float, default=0.0, help="the share of episodes without a track")
    parser.add_argument("--outputs", choices=KINDS, help="attack several outputs of each together")
    arguments = parser.parse_args(words)
    seeds = range(arguments.first, arguments.first + arguments.programs)
    if arguments.outputs:
        return _together(seeds, arguments.outputs)
    outcomes = list(_outcomes(seeds, arguments.policy, arguments.no_track))
    results.write_text(page(outcomes, arguments.policy), encoding="utf-8")
    sys.stdout.write(table(outcomes))
    if any(outcome.wrong or outcome.contradiction for outcome in outcomes):
        return 3
    return 1 if any(outcome.recovered for outcome in outcomes) else 0


def _together(seeds: range, kind: str) -> int:
    status = 0
    for seed in seeds:
        several = tried_together(seed, kind)
        exact = sum(each.is_exact for each, _ in several.recovered)
        sys.stdout.write(f"seed {seed}: {several.cells:,} counts, {exact} recovered, {len(several.recovered) - exact} bounded\n")
        status = max(status, 3 if several.wrong else 1 if several.recovered else 0)
    return status


def _outcomes(seeds: range, policy: str, no_track: float) -> Iterator[Outcome]:
    for seed in seeds:
        start = time.perf_counter()
        outcome = tried(seed, policy, no_track=no_track)
        problem = f"; {outcome.contradiction or '; '.join(outcome.wrong)}" if outcome.contradiction or outcome.wrong else ""
        sys.stderr.write(
            f"seed {seed}: {outcome.episodes} episodes, {outcome.exact} recovered, {outcome.bounded} bounded, "
            f"{time.perf_counter() - start:.0f} s{problem}\n"
        )
        yield outcome


if __name__ == "__main__":
    sys.exit(main())
