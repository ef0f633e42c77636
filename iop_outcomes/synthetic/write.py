"""Takes a folder, a size and a seed, gives the five files of one synthetic program."""

from __future__ import annotations

import csv
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from iop_outcomes.errors import OutputError, UsageError
from iop_outcomes.synthetic import parameters as p
from iop_outcomes.synthetic.draw import Array
from iop_outcomes.synthetic.tables import draw_tables
from iop_outcomes.synthetic.truth import EPISODES_PER_TRACK, TRUTH_SEED, true_values

SMALLEST, LARGEST = 50, 1_000_000
BLOCK = 100_000  # rows written at a time
MAPPING = f"""# Synthetic data: nobody in these files exists.
[data]
class = "synthetic"
cutoff = "{p.CUTOFF}"
los_convention = "difference"
"""


def write_program(folder: str | os.PathLike[str], *, n: int = 1200, seed: int = 7) -> list[Path]:
    """Write a made-up intensive outpatient program of three years whose true values are known.

    Parameters
    ----------
    folder : str or path
        Where to write; made if absent. Files of the same names are replaced, others left alone.
    n : int, default 1200
        Number of episodes, 50 to 1,000,000.
    seed : int, default 7
        Not negative. The same seed gives the same bytes.

    Returns
    -------
    list of pathlib.Path
        episodes.csv, scores.csv, events.csv, mapping.toml and truth.toml. Stays and follow-up are in days, scores in points. truth.toml
        holds every parameter and the true values: rates as proportions, changes in points (positive = improvement).

    Raises
    ------
    UsageError
        `n` or `seed` is not a whole number in its range.
    OutputError
        `folder` exists and is not a folder, or cannot be written. Files are finished before the first one is put in place.

    Notes
    -----
    Calibrated to: SAMHSA, Treatment Episode Data Set 2004 (completion, transfers, drop-out and stays of substance use); Samplin, Grzenda &
    Burns 2022 (psychosis); NHS Talking Therapies 2022-23 (PHQ-9 and GAD-7 before and after); PMC7561034 (psychiatric readmission).
    `iop_outcomes/synthetic/parameters.py` names the source of each parameter, and which ones are assumptions.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     files = write_program(folder, n=60)
    ...     [file.name for file in files]
    ...     len(files[0].read_text().splitlines())
    ['episodes.csv', 'scores.csv', 'events.csv', 'mapping.toml', 'truth.toml']
    61
    """
    _check_whole("n", n, SMALLEST, LARGEST)
    _check_whole("seed", seed, 0, 2**63 - 1)
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target} exists and is not a folder. Name another folder.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=target.parent, prefix=".synthetic-"))
        try:
            files = _build(building, n, seed)
            target.mkdir(exist_ok=True)
            for file in files:
                file.replace(target / file.name)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(
            f"The synthetic program could not be written to {target}: {reason}. Name a folder that can be written."
        ) from error
    return [target / file.name for file in files]


def _check_whole(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise UsageError(f"{name} must be a whole number from {low:,} to {high:,}, not {value!r}.")


def _build(folder: Path, n: int, seed: int) -> list[Path]:
    files = [_write_csv(folder / f"{name}.csv", columns) for name, columns in draw_tables(n, seed).items()]
    for name, text in (("mapping.toml", MAPPING), ("truth.toml", _truth(n, seed))):
        files.append(folder / name)
        files[-1].write_text(text, encoding="utf-8", newline="\n")
    return files


def _write_csv(path: Path, columns: Mapping[str, Array]) -> Path:
    rows = len(next(iter(columns.values())))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for start in range(0, rows, BLOCK):
            writer.writerows(zip(*(column[start : start + BLOCK].tolist() for column in columns.values()), strict=True))
    return path


TRUTH_HEADER = """\
# Synthetic data: the parameters of this program and its true values.
# The true values do not depend on n or seed: they are counted on {size:,} episodes per track, drawn by the same code with
# its own seed {truth_seed}, and followed to the end. "All" weighs the tracks by their share.
#   observed       discharged by the cut-off; discharge reason on file; scores: both on file in their windows (the observed pairs)
#   all_episodes   every episode, as if all had ended and every form had been filled in
# Rates and cumulative incidences are proportions, stays are in days, changes in points (positive = improvement).
# Readmission: psychiatric, window [3, t]; returns on days 0-2, planned returns and death compete. Relapse: window [0, t]; death competes.
# Given the band of the admission PHQ-9 and the age group, virtual care has no effect of its own: adjusted for both, a difference is 0.
seed = {seed}
n = {n}
"""


def _truth(n: int, seed: int) -> str:
    hidden = {"TRACKS", "REASONS", "COURSES"}
    common = {name.lower(): value for name, value in vars(p).items() if name.isupper() and not name.startswith("_") and name not in hidden}
    lines = [TRUTH_HEADER.format(size=EPISODES_PER_TRACK, truth_seed=TRUTH_SEED, seed=seed, n=n)]
    lines += _table("parameters.common", common)
    for track in p.TRACKS:
        lines += _table(f"parameters.{track.name}", {key: value for key, value in asdict(track).items() if key != "name"})
    for population, groups in true_values().items():
        for group, measures in groups.items():
            rounded = {name: {key: _Digits(value) for key, value in values.items()} for name, values in measures.items()}
            lines += _table(f"{population}.{group}", rounded)
    return "\n".join(lines).rstrip("\n") + "\n"


class _Digits(float):
    """A true value, written to six digits after the point."""

    def __repr__(self) -> str:
        return f"{float(self):.6f}"


def _table(name: str, values: Mapping[str, object]) -> list[str]:
    return [f"[{name}]", *(f"{_key(key)} = {_toml(value)}" for key, value in values.items()), ""]


def _key(key: object) -> str:
    return str(key) if re.fullmatch(r"[A-Za-z0-9_-]+", str(key)) else f'"{key}"'


def _toml(value: object) -> str:
    """Write a word, a number, a list or a table of these as TOML."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)
