"""Takes a command line about a synthetic program, gives the paths of its files, or what sizes and seeds there are."""

from pathlib import Path

import pytest

from iop_outcomes.cli import run


def test_the_paths_that_are_printed_are_the_files(tmp_path, capsys):
    """Five of them, in the folder that was named."""
    assert run(["synth", "-o", str(tmp_path / "one"), "--n", "50", "--seed", "3"]) == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert sorted(paths) == sorted((tmp_path / "one").iterdir())
    assert len(paths) == 5


@pytest.mark.parametrize("arguments", [["--n", "49"], ["--n", "1000001"], ["--n", "many"], ["--seed", "-1"]])
def test_sizes_and_seeds_that_are_none(tmp_path, capsys, arguments):
    """Nothing is written."""
    assert run(["synth", "-o", str(tmp_path / "one"), *arguments]) == 2
    assert not (tmp_path / "one").exists()
