"""Takes the README, gives its examples run as a newcomer would type them."""

from __future__ import annotations

import re
from pathlib import Path

import iop_outcomes as iop
from iop_outcomes.cli import run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str, place: int = 0) -> str:
    """One of the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)[place]


def test_own_data_in_ten_lines(tmp_path, capsys):
    """The file and the mapping of the README load, check clean, and give a summary and a report."""
    folder = tmp_path / "mydata"
    folder.mkdir()
    (folder / "episodes.csv").write_text(block("csv"), encoding="utf-8")
    (folder / "mapping.toml").write_text(block("toml"), encoding="utf-8")
    with iop.load(folder) as data:
        frame = iop.completion(data, by="track").to_frame()
    assert frame.query("estimand == 'completion_strict'").k.tolist() == [1, 1, 0]
    assert run(["check", str(folder)]) == 0
    assert run(["summary", str(folder), "--measure", "completion", "--by", "track"]) == 0
    assert run(["report", str(folder), "--output", str(tmp_path / "out")]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_the_rest_of_a_mapping_is_accepted():
    """Every section and rule that the README shows is one that a mapping may hold."""
    import tomllib

    from iop_outcomes.intake.mapping import read_mapping

    given = tomllib.loads(block("toml", 1))
    assert {rule.column for rule in read_mapping(given).rules} == {"planned_days", "discharge_reason", "follow_up_days"}


def test_the_notebook_lines_run(tmp_path):
    """The lines for a notebook, typed in the root of the checkout."""
    exec(block("python").replace('"reports"', repr(str(tmp_path))), {})  # the README's own lines
    assert (tmp_path / "program_quality.html").is_file()
