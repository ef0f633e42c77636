"""Takes a commit, gives every estimate and every released number that this tree answers otherwise than that commit does.

python tools/same_numbers.py HEAD~1
python tools/same_numbers.py v0.1.0 --only completion readmission:psychiatric

Both answer each measure, in each of its definitions, on the synthetic program, on the UIS study and on 200 random programs (five
batches of 40, each a site of its own): for everyone, by track and by site, each track against the others and against each, before
release and, but for sites, under cms11. Numbers are matched by their key; a value may differ by a part in 10^9, a flag, a method or a word not at
all. The exit status is 1 when anything differs.
"""

from __future__ import annotations

import argparse
import math
import os
import pickle
import subprocess
import sys
import tempfile
import types
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SITES_TOGETHER = (0, 6, 13, 17, 24)  # batches of 40 programs each, told apart by their site
KEY = ("group", "level", "group_2", "level_2", "estimand", "time", "contrast", "versus")
NEAR = 1e-9
RENAMED: dict[tuple[str, str], dict[str, str]] = {}  # (table, column): names as they were, and as they are called now


def main(words: list[str] | None = None) -> int:
    """Answer twice, compare, print; give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="what to compare with")
    parser.add_argument("--only", nargs="*", default=(), help="measures with their definitions; all by default")
    parser.add_argument("--answer", help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    only = asked.only or every_measure()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if asked.answer:
            Path(asked.answer).write_bytes(pickle.dumps(answers(only)))
            return 0
        archive = subprocess.run(["git", "archive", asked.commit], cwd=ROOT, check=True, capture_output=True)
        (folder / "then").mkdir()
        subprocess.run(["tar", "-x", "-C", str(folder / "then")], input=archive.stdout, check=True)
        runs = [
            subprocess.Popen(
                [sys.executable, __file__, asked.commit, "--answer", str(folder / f"{place}.pickle"), "--only", *only],
                env={**os.environ, "PYTHONPATH": str(tree), "PYTHONHASHSEED": "0"},
                cwd=folder,
            )
            for place, tree in enumerate((folder / "then", ROOT))
        ]
        if max([run.wait() for run in runs]):
            return 2
        then, now = (pickle.loads((folder / f"{place}.pickle").read_bytes()) for place in range(2))  # noqa: S301 - written above
    found = list(differences(then, now))
    for line in found[:200]:
        print(line)
    rows, cells = sum(map(len, now.values())), sum(len(row) for table in now.values() for row in table.values())
    print(f"{len(now)} tables, {rows:,} numbers, {cells:,} cells compared; {len(found)} differ")
    return 1 if found else 0


def every_measure():
    """Each measure of this tree with each of its definitions."""
    from iop_outcomes.measures import known

    return [f"{name}:{definition}" for name, entry in known().items() for definition in entry.definitions or ("",)]


# -- answering, in either tree --------------------------------------------------------------------------------------


def answers(only):
    """Every table by name: rows by key, cells by column."""
    import iop_outcomes as iop

    tables = {}
    for name, data in programs(iop):
        with data:
            for asked in only:
                measure, _, definition = asked.partition(":")
                for label, ask in asks(iop, data, measure, definition or None):
                    tables[f"{name}: {asked} {label}"] = attempted(ask)
    return tables


def asks(iop, data, measure, definition):
    """Each way of asking one measure, with its name."""
    for by in (None, "track", "site"):
        if by is None or by in data.groups:
            yield f"by {by}", lambda by=by: iop.measure(data, measure, definition=definition, by=by)
        if by != "site" and (by is None or by in data.groups):  # of 40 sites together, release alone takes minutes
            yield f"by {by}, cms11", lambda by=by: iop.measure(data, measure, definition=definition, by=by).release("cms11")
    for pairwise in (False, True):
        options = {"measure": measure, "definition": definition, "by": "track", "pairwise": pairwise}
        yield f"compared, pairwise={pairwise}", lambda options=options: iop.compare(data, **options)
        yield f"compared, pairwise={pairwise}, cms11", lambda options=options: iop.compare(data, **options).release("cms11")


def attempted(ask):
    """The rows of an answer by key; a refusal is a row of its words."""
    import iop_outcomes as iop

    try:
        frame = ask().to_frame()
    except iop.IopError as error:
        return {("refused",): {"words": str(error)}}
    return {tuple(plain(row[name]) for name in KEY): {name: plain(row[name]) for name in frame} for row in frame.to_dict("records")}


def plain(value):
    """A cell as what either tree can read: a number, words, or None."""
    if value is None or str(value) in ("nan", "<NA>"):
        return None
    return float(value) if isinstance(value, (int, float)) or hasattr(value, "dtype") else str(value)


def programs(iop):
    """Each program with its name, loaded by the tree that answers; the data are those of this tree."""
    yield "synthetic", iop.load(ROOT / "data" / "synthetic")
    tests = types.ModuleType("tests")
    tests.__path__ = [str(ROOT / "tests")]
    sys.modules["tests"] = tests
    from tests.oracle import checking
    from tests.oracle import programs as random_programs
    from tests.real import uis

    with tempfile.TemporaryDirectory() as folder:
        yield "uis", iop.load(uis.write(Path(folder)))
    for number in SITES_TOGETHER:
        yield f"random programs {number}", checking.load(random_programs.batch(number))


# -- comparing --------------------------------------------------------------------------------------------------------


def differences(then, now):
    """A line for each table, row or cell that one side has otherwise than the other."""
    yield from (f"only before: {name}" for name in then.keys() - now.keys())
    yield from (f"only now: {name}" for name in now.keys() - then.keys())
    for name in sorted(then.keys() & now.keys()):
        old, new = then[name], now[name]
        yield from (f"{name}: only before: {key}" for key in old.keys() - new.keys())
        yield from (f"{name}: only now: {key}" for key in new.keys() - old.keys())
        for key in old.keys() & new.keys():
            for column in old[key].keys() | new[key].keys():
                was, is_now = old[key].get(column), new[key].get(column)
                was = RENAMED.get((name, column), RENAMED.get(("", column), {})).get(was, was)
                if not same(was, is_now):
                    yield f"{name}: {key}: {column} was {was!r} and is {is_now!r}"


def same(one, other):
    """Whether two cells agree."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=NEAR, abs_tol=NEAR)
    return one == other


if __name__ == "__main__":
    sys.exit(main())
