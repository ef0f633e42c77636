"""Takes a folder, a size and a seed, gives five files: the same bytes everywhere, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from iop_outcomes.errors import OutputError, UsageError
from iop_outcomes.synthetic import write, write_program
from tests.synthetic.drawn import NAMES, Program


def test_writes_five_files_and_returns_their_paths(program: Program, tmp_path: Path) -> None:
    """The five files are there, in the order returned, and nothing else is left behind."""
    files = write_program(tmp_path / "a" / "b", n=60)
    assert [file.name for file in files] == NAMES
    assert sorted(os.listdir(tmp_path / "a" / "b")) == sorted(NAMES)
    assert os.listdir(tmp_path / "a") == ["b"]
    assert len(program.episodes) == 1200


def test_mapping_declares_synthetic_data(program: Program) -> None:
    """mapping.toml holds the data class, the cut-off and the convention of stays."""
    mapping = tomllib.loads((program.folder / "mapping.toml").read_text(encoding="utf-8"))
    assert mapping == {"data": {"class": "synthetic", "cutoff": "2025-09-30", "los_convention": "difference"}}


def digests(folder: Path) -> list[str]:
    """The sha256 of the five files."""
    return [hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in NAMES]


def test_same_seed_gives_the_same_bytes_in_any_process(program: Program, tmp_path: Path) -> None:
    """Two processes with different hash seeds and time zones write the same bytes as this one; another seed writes others."""
    command = "import sys; from iop_outcomes.synthetic import write_program; write_program(sys.argv[1])"
    for hash_seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "TZ": zone}
        subprocess.run([sys.executable, "-c", command, str(tmp_path / hash_seed)], check=True, env=environment)
        assert digests(tmp_path / hash_seed) == digests(program.folder)
    write_program(tmp_path / "other", seed=8)
    assert digests(tmp_path / "other")[0] != digests(program.folder)[0]


def test_files_are_utf8_with_line_feeds(program: Program) -> None:
    """Files are UTF-8, end in a line feed and hold no carriage return."""
    for name in NAMES:
        raw = (program.folder / name).read_bytes()
        assert raw.decode("utf-8").endswith("\n") and b"\r" not in raw


def test_global_random_state_is_left_alone(tmp_path: Path) -> None:
    """Writing a program neither uses nor changes the global random state."""
    before, before_numpy = random.getstate(), str(np.random.get_state())
    write_program(tmp_path / "program", n=60)
    assert random.getstate() == before and str(np.random.get_state()) == before_numpy


@pytest.mark.parametrize("n", [49, 1_000_001, 0, -5, 60.0, True, "60"])
def test_refuses_sizes_out_of_range(tmp_path: Path, n: Any) -> None:
    """A size that is not a whole number from 50 to 1,000,000 is a usage error and writes nothing."""
    with pytest.raises(UsageError, match="n must be a whole number from 50 to 1,000,000"):
        write_program(tmp_path / "program", n=n)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("seed", [-1, 1.5, False])
def test_refuses_seeds_out_of_range(tmp_path: Path, seed: Any) -> None:
    """A seed that is not a whole number from 0 is a usage error."""
    with pytest.raises(UsageError, match="seed must be a whole number"):
        write_program(tmp_path / "program", n=60, seed=seed)


def test_refuses_a_target_that_is_a_file(tmp_path: Path) -> None:
    """A file in place of the folder, or of its parent, is an output error and stays as it was."""
    target = tmp_path / "program"
    target.write_text("mine", encoding="utf-8")
    for folder in (target, target / "inside"):
        with pytest.raises(OutputError):
            write_program(folder, n=60)
    assert target.read_text(encoding="utf-8") == "mine" and os.listdir(tmp_path) == ["program"]


def test_a_failure_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a file cannot be finished, the files already there stay whole and no temporary folder remains."""
    write_program(tmp_path / "program", n=60)
    before = digests(tmp_path / "program")

    def full(n: int, seed: int) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(write, "_truth", full)
    with pytest.raises(OutputError, match="No space left on device"):
        write_program(tmp_path / "program", n=70)
    assert digests(tmp_path / "program") == before and os.listdir(tmp_path) == ["program"]
