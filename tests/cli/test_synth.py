"""Takes a command line about a synthetic program, gives the paths of its files, or what sizes and seeds there are."""

from pathlib import Path

import pytest

from iop_outcomes.cli import run


def test_the_folder_size_and_seed_are_those_that_were_typed(monkeypatch, capsys):
    """Each path that was written on a line of its own; what the files hold is shown in tests/synthetic."""
    asked = []

    def write_program(output, **options):
        asked.append((output, options))
        return [Path(output) / "episodes.csv", Path(output) / "truth.toml"]

    monkeypatch.setattr("iop_outcomes.synthetic.write_program", write_program)
    assert run(["synth", "-o", "one", "--n", "60", "--seed", "3"]) == 0
    assert asked == [("one", {"n": 60, "seed": 3})]
    assert capsys.readouterr().out.splitlines() == [str(Path("one") / name) for name in ("episodes.csv", "truth.toml")]


@pytest.mark.parametrize("arguments", [["--n", "49"], ["--n", "1000001"], ["--n", "many"], ["--seed", "-1"]])
def test_sizes_and_seeds_that_are_none(tmp_path, capsys, arguments):
    """Nothing is written."""
    assert run(["synth", "-o", str(tmp_path / "one"), *arguments]) == 2
    assert not (tmp_path / "one").exists()
