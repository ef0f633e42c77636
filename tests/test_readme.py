"""Takes the README, gives its examples run as a newcomer would type them."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import iop_outcomes as iop
from iop_outcomes.cli import run

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


WHY = "Groups of fewer than 11 episodes, counts from 1 to 10, and figures that would give them back are not shown."


def block(language: str, place: int = 0) -> str:
    """One of the code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)[place]


def commands(place):
    """The command lines of one block, as words."""
    return [shlex.split(line, comments=True)[1:] for line in block("sh", place).splitlines() if line.startswith("iop-outcomes")]


def cells(page):
    """The words of every cell of every table of a page, and of its cards."""
    return re.findall(r"<td>([^<]*)</td>|<p class=\"card-value\">([^<]*)</p>", page)


def test_the_first_lines_of_a_file(tmp_path, capsys):
    """The lines and the mapping of the README load by themselves."""
    (tmp_path / "episodes.csv").write_text(block("csv"), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(block("toml"), encoding="utf-8")
    assert run(["summary", str(tmp_path), "--measure", "completion", "--policy", "internal"]) == 0
    assert re.search(r"Completed +1 of 3", capsys.readouterr().out)  # as the README says
    with iop.load(tmp_path) as data:
        frame = iop.completion(data, by="track").to_frame()
    assert frame.query("estimand == 'completion_strict'").k.tolist() == [1, 1, 0]


def test_who_follows_it_to_the_letter_sees_numbers(tmp_path, monkeypatch, capsys):
    """The lines that make the file, the mapping, every command in turn: done, with numbers in each answer and on the page."""
    monkeypatch.chdir(tmp_path)
    exec(block("python"), {})  # the README's own lines
    begins = block("csv").splitlines()[0]
    assert (tmp_path / "mydata" / "episodes.csv").read_text(encoding="utf-8").splitlines()[0] == begins
    (tmp_path / "mydata" / "mapping.toml").write_text(block("toml"), encoding="utf-8")
    asked = commands(1)
    assert [words[0] for words in asked] == ["check", "check", "check", "summary", "compare", "report", "verify", "attack"]
    for words in asked:
        assert run(words) == 0, words
        shown = capsys.readouterr().out
        if words[0] in ("summary", "compare"):
            assert "not shown" not in shown.replace(WHY, "") and re.search(r"\d", shown)
    page = (tmp_path / "reports" / "program_quality.html").read_text(encoding="utf-8")
    methods = (tmp_path / "reports" / "program_quality_methods.html").read_text(encoding="utf-8")
    found = ["".join(cell) for text in (page, methods) for cell in cells(text)]
    withheld = [cell for cell in found if "not shown" in cell]
    assert len(found) > 50 and len(withheld) < len(found) / 4, f"{len(withheld)} of {len(found)} cells are not shown"
    assert re.search(r'<p class="card-value">\d+%</p>', page)


def test_the_commands_for_the_synthetic_program_run(capsys, tmp_path, monkeypatch):
    """Typed where the synthetic program is, as in the root of the checkout; what they write goes elsewhere."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    for words in commands(2):
        assert run(words) == 0, words
    assert "Change in PHQ-9" in capsys.readouterr().out


def test_the_rest_of_a_mapping_is_accepted():
    """Every section and rule that the README shows is one that a mapping may hold."""
    import tomllib

    from iop_outcomes.intake.mapping import read_mapping

    given = tomllib.loads(block("toml", 1))
    assert {rule.column for rule in read_mapping(given).rules} == {"planned_days", "discharge_reason", "follow_up_days"}


def test_the_notebook_lines_run(tmp_path, monkeypatch):
    """The lines for a notebook, typed where the synthetic program is; what they write goes elsewhere."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    exec(block("python", 1).replace('"reports"', repr(str(tmp_path))), {})  # the README's own lines
    assert (tmp_path / "program_quality.html").is_file()
