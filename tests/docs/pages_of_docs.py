"""Takes a page of the documentation, gives its blocks, and the page followed line by line in a folder of its own.

Run as a script (pages as arguments), it follows recipes in the folder where it was started, and prints as JSON what each of them said: with a copy of
the package first on PYTHONPATH, what a recipe has changed there is in force.
"""

from __future__ import annotations

import doctest
import io
import json
import re
import runpy
import shlex
import sys
import tomllib
import traceback
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from iop_outcomes.cli import run
from iop_outcomes.intake.mapping import read_mapping

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
MADE = {DOCS / "definitions.md", DOCS / "scales.md"}  # by tools/pages.py, and not kept
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(set(DOCS.rglob("*.md")) - MADE)
RECIPES = {
    page.stem: page for page in sorted((DOCS / "recipes").glob("add_*.md")) if page.stem not in ("add_a_layout", "add_a_study")
}  # that change the package
TARGETS = set(re.findall(r"^([a-z][\w-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', flags=re.DOTALL | re.MULTILINE)


def name_of(page: Path) -> str:
    """A page by its path in the repository."""
    return page.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file that it is or changes (title), its text."""

    language: str
    title: str
    text: str


@dataclass(frozen=True)
class Said:
    """A command as words, and what it printed."""

    words: tuple[str, ...]
    out: str


def blocks(page: Path, language: str | None = None) -> list[Block]:
    """The blocks of a page, in order."""
    every = [Block(*match) for match in FENCE.findall(page.read_text(encoding="utf-8"))]
    return [block for block in every if language in (None, block.language)]


# -- before a page is followed -----------------------------------------------------------------------------------------


def prepare(page: Path, folder: Path) -> None:
    """Write every file that a page shows by its name; what stands in a checkout (data, notebooks) is there too."""
    for name in ("data", "notebooks"):
        if not (folder / name).exists():
            (folder / name).symlink_to(ROOT / name)
    titled = [block for block in blocks(page) if block.title and block.language != "diff"]
    assert len({block.title for block in titled}) == len(titled), "two files of one name"
    for block in titled:
        path = folder / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")


def change(page: Path, folder: Path) -> None:
    """Change the files that a page shows with + and -; what surrounds a change must stand in its file exactly once."""
    for block in blocks(page, "diff"):
        path = folder / block.title
        text = path.read_text(encoding="utf-8")
        for hunk in block.text.split("\n...\n"):
            lines = hunk.strip("\n").split("\n")
            before, after = ("".join(f"{line[1:]}\n" for line in lines if line[:1] in kept) for kept in (" -", " +"))
            assert text.count(before) == 1, f"{name_of(page)}: {block.title} does not hold once:\n{before}"
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")


# -- following ---------------------------------------------------------------------------------------------------------


def expected(line: str) -> int:
    """The exit code that a line says in its comment, else 0."""
    said = re.search(r"exit code (\d+)", line.partition(" # ")[2])
    return int(said.group(1)) if said else 0


def walk(page: Path) -> list[Said]:
    """Run the commands and the Python of a page where we are, and read its mappings."""
    said, space = [], {}
    for block in blocks(page):
        if block.language == "python" and not block.title:
            exec(compile(block.text, name_of(page), "exec"), space)
        elif block.language == "pycon":
            session(block.text, name_of(page), space)
        elif block.language == "toml":
            given = tomllib.loads(block.text)
            if not block.title or block.title.endswith("mapping.toml"):
                read_mapping(given)
        elif block.language == "sh":
            for line in block.text.splitlines():
                words = shlex.split(line, comments=True)
                if words:
                    said += typed(words, line)
    return said


def session(text: str, name: str, space: dict) -> None:
    """Type a session of Python; what it prints must be what the page shows."""
    runner, out = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE), io.StringIO()
    test = doctest.DocTestParser().get_doctest(text, space, name, name, 0)
    runner.run(test, out=out.write, clear_globs=False)
    space.update(test.globs)  # which a later session of the page goes on with
    assert runner.failures == 0, out.getvalue()


def typed(words: list[str], line: str) -> list[Said]:
    """Do what a line says: ours is run; a test that stands here too; any other line is one that a page may show."""
    if words[0] == "iop-outcomes":
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            code = run(words[1:])
        assert code == expected(line), f"{line}: exit code {code}\n{out.getvalue()}{err.getvalue()}"
        return [Said(tuple(words[1:]), out.getvalue())]
    if words[0].endswith("/python") and words[1:3] == ["-m", "pytest"]:
        if Path(words[-1]).exists() and Path.cwd() != ROOT:
            for name, test in runpy.run_path(words[-1]).items():
                if name.startswith("test_"):
                    test()
                    return [Said(tuple(words), name)]
        assert (ROOT / words[-1]).exists(), line
        return []
    assert words[:3] == ["python", "-m", "pip"] or (words[0] == "make" and words[1] in TARGETS), f"what is this line? {line}"
    return []


def follow(page: Path, folder: Path) -> list[Said]:
    """Do what a page says in a folder, which is the working directory."""
    prepare(page, folder)
    return walk(page)


def main(pages: list[str]) -> None:
    """Follow recipes whose files are there already, and say as JSON what each of them said, or how it failed."""
    told = {}
    for page in pages:
        try:
            with redirect_stdout(io.StringIO()):
                told[page] = {"said": [[each.words[0], each.out] for each in walk(ROOT / page)], "error": ""}
        except Exception:
            told[page] = {"said": [], "error": traceback.format_exc()}
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
