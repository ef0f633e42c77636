"""Takes every page of the documentation, gives its examples run as a newcomer would type them."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from iop_outcomes.cli import cli
from tests.docs.pages_of_docs import PAGES, RECIPES, ROOT, blocks, follow, name_of

# Pages that have a test of their own, which asserts more than that everything runs.
OWN = {
    "docs/guide/first_report.md": "tests/test_readme.py",
    "docs/guide/mapping.md": "tests/test_readme.py",
    "docs/guide/studies.md": "tests/published/test_guide_lines.py",
    "docs/recipes/add_a_layout.md": "tests/intake/layouts/test_layout.py",
    "docs/recipes/add_a_study.md": "tests/published/test_add_a_study.py",
}
SLOW = {
    "docs/guide/notebooks.md",
    "docs/guide/reports.md",
}  # a notebook and a whole report, figures for a paper: tests/notebooks, tests/show and tests/reporting make them too

# What somebody who follows a page must have seen, from whichever of its commands.
SHOWS = {
    "README.md": r"Completed +1 of 3",
    "docs/guide/scales.md": "Grit, as we ask it",
    "docs/guide/papers.md": "@|completion",
}


def runs(page):
    """Whether a page has something to run."""
    return any(blocks(page, language) for language in ("sh", "python", "pycon", "toml"))


# Recipes that change the package are followed in a copy of it: test_recipes.py.
FOLLOWED = [page for page in PAGES if runs(page) and name_of(page) not in {*OWN, *(name_of(each) for each in RECIPES.values())}]


@pytest.mark.parametrize(
    "page", [pytest.param(page, id=name_of(page), marks=[pytest.mark.long] if name_of(page) in SLOW else []) for page in FOLLOWED]
)
def test_a_page_can_be_followed(page, tmp_path, monkeypatch, capsys):
    """Every file, command and line of Python, in order, with the exit code that the page says."""
    monkeypatch.chdir(tmp_path)
    out = "".join(said.out for said in follow(page, tmp_path))
    assert re.search(SHOWS.get(name_of(page), ""), out)


def test_pages_of_their_own_tests_are_read_by_them():
    """The test that is named reads the page."""
    for page, test in OWN.items():
        assert page.rsplit("/", 1)[1] in (ROOT / test).read_text(encoding="utf-8"), test


def flags(command):
    """The names of a command's options."""
    return {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts) if name.startswith("-")}


def sentences():
    """Each command line in a sentence of a page, as words; `summary --ard` is one too."""
    with click.Context(cli) as context:
        names = cli.list_commands(context)
        found = {name: cli.get_command(context, name) for name in names}
    for page in PAGES:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        for code in re.findall(r"`([^`]+)`", text):
            words = shlex.split(" ".join(code.split()).replace("'", "")) if code.count('"') % 2 == 0 else code.split()
            words = words[1:] if words[:1] == ["iop-outcomes"] else words if words and words[0] in found and len(words) > 1 else []
            if words and words[0] not in ("COMMAND", "--help", "--version"):
                yield name_of(page), code, found.get(words[0]), words


def test_commands_in_sentences_exist_with_their_options():
    """No page names a command or an option that is not there."""
    wrong, seen = [], 0
    for page, code, command, words in sentences():
        seen += 1
        options = [word.split("=")[0] for word in words[1:] if re.match(r"--?[a-z]", word)]
        known = set() if command is None else flags(command) | {"--help"}
        known |= {flag for each in getattr(command, "commands", {}).values() for flag in flags(each)}
        if command is None or [option for option in options if option not in known]:
            wrong.append((page, code))
    assert wrong == []
    assert seen > 40
