"""Takes the README and the two guide pages that everybody begins with, gives what they promise: lengths, words, numbers seen by who follows them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from tests.docs.pages_of_docs import DOCS, ROOT, blocks, follow

README = ROOT / "README.md"
FIRST = DOCS / "guide" / "first_report.md"
WHY = "Groups of fewer than 11 episodes, counts from 1 to 10, and figures that would give them back are not shown."
PICTURE = DOCS / "images" / "page_one.png"


def cells(page):
    """The words of every cell of every table of a page, and of its cards."""
    return re.findall(r"<td>([^<]*)</td>|<p class=\"card-value\">([^<]*)</p>", page)


def test_the_readme_is_short():
    """At most 140 lines; the first screen says what it is, how to install it, three commands, and shows page one."""
    lines = README.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 140
    first = "\n".join(lines[:26])
    assert all(
        words in first for words in ("psychiatric intensive outpatient programs", "pip install", "iop-outcomes report", "page_one.png")
    )


def test_the_first_lines_of_a_file(tmp_path):
    """The lines and the mapping of the README load by themselves, and are those of the first guide page."""
    files = {block.title: block.text for block in blocks(README) if block.title}
    assert files == {block.title: block.text for block in blocks(FIRST) if block.title}
    for name, text in files.items():
        (tmp_path / Path(name).name).write_text(text, encoding="utf-8")
    with iop.load(tmp_path) as data:
        frame = iop.completion(data, by="track").to_frame()
    assert frame.query("estimand == 'completion_strict'").k.tolist() == [1, 1, 0]


def test_who_follows_the_first_page_to_the_letter_sees_numbers(tmp_path, monkeypatch, capsys):
    """first_report.md: the three rows, the lines that make the file, every command in turn: done, with numbers in each answer and on the page."""
    monkeypatch.chdir(tmp_path)
    said = follow(FIRST, tmp_path)
    begins = blocks(FIRST, "csv")[0].text.splitlines()[0]
    assert (tmp_path / "mydata" / "episodes.csv").read_text(encoding="utf-8").splitlines()[0] == begins
    own = [each for each in said if any("mydata" in word for word in each.words) or each.words[0] == "attack"]
    asked = ["summary", "check", "check", "check", "summary", "compare", "report", "verify", "attack"]
    assert [each.words[0] for each in own] == asked
    assert re.search(r"Completed +1 of 3", own[0].out)  # as the page says
    for each in own:
        if each.words[0] in ("summary", "compare"):
            assert "not shown" not in each.out.replace(WHY, "") and re.search(r"\d", each.out)
    page = (tmp_path / "reports" / "program_quality.html").read_text(encoding="utf-8")
    methods = (tmp_path / "reports" / "program_quality_methods.html").read_text(encoding="utf-8")
    found = ["".join(cell) for text in (page, methods) for cell in cells(text)]
    withheld = [cell for cell in found if "not shown" in cell]
    assert len(found) > 50 and len(withheld) < len(found) / 4, f"{len(withheld)} of {len(found)} cells are not shown"
    assert re.search(r'<p class="card-value">\d+%</p>', page)
    assert any("Change in PHQ-9" in each.out for each in said)  # of the synthetic program


def test_the_rest_of_a_mapping_is_accepted():
    """Every section and rule that guide/mapping.md shows is one that a mapping may hold."""
    from iop_outcomes.intake.mapping import read_mapping

    (shown,) = blocks(DOCS / "guide" / "mapping.md", "toml")
    rules = {rule.column for rule in read_mapping(tomllib.loads(shown.text)).rules}
    assert rules == {"planned_days", "discharge_reason", "follow_up_days", "age_group"}


def test_the_commands_page_has_every_command(capsys):
    """guide/commands.md has one line for each."""
    assert run(["--help"]) == 0
    there = re.findall(r"^  ([a-z-]+) {2,}", capsys.readouterr().out.split("Commands:")[1], flags=re.MULTILINE)
    listed = re.findall(
        r"^\| `iop-outcomes ([a-z-]+)` \|", (DOCS / "guide" / "commands.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert sorted(listed) == sorted(there)


def test_the_picture_is_of_the_page_as_it_is():
    """What the picture shows in words (make picture writes them into the file) stands in the agreed page; else: make picture."""
    image = pytest.importorskip("PIL.Image")
    with image.open(PICTURE) as picture:
        shown = picture.text["Description"].splitlines()
    agreed = (ROOT / "tests" / "golden" / "program_quality.txt").read_text(encoding="utf-8").splitlines()
    assert len(shown) >= 8
    assert [words for words in shown if words not in agreed] == []
    assert PICTURE.stat().st_size < 150_000
