"""Takes the recipes that change the package, gives each followed word for word in a copy of it, up to the report or figure that shows what was added."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.docs.pages_of_docs import RECIPES, ROOT, blocks, change, name_of, prepare
from tests.engine.handed import REQUESTS, duck, handed, plain, sets_of
from tests.engine.test_conformance import cells, people


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """One copy of the package in which every recipe was followed, and what each of them said: they do not get in each other's way."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "iop_outcomes", folder / "iop_outcomes", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "tests" / "engine", folder / "tests" / "engine", ignore=shutil.ignore_patterns("__pycache__"))
    for page in RECIPES.values():
        prepare(page, folder)
        change(page, folder)
    names = [name_of(page) for page in RECIPES.values()]
    command = [sys.executable, str(ROOT / "tests" / "docs" / "pages_of_docs.py"), *names]
    env = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder, json.loads(done.stdout)


def said(followed, recipe):
    """What the commands of a recipe printed, in order, and the folder."""
    folder, told = followed
    here = told[name_of(RECIPES[recipe])]
    if here["error"]:
        pytest.fail(here["error"], pytrace=False)
    return folder, [out for _, out in here["said"]]


@pytest.mark.long
def test_a_scale_reaches_the_report(followed):
    """One TOML file: described, asked, on page one and in a section of its own."""
    folder, (described, change_by_track, reliable, _) = said(followed, "add_a_scale")
    assert "CALM-6 (calm6)" in described
    assert "not offered" in described  # no bands, no norms
    assert "CALM-6" in change_by_track
    assert "240" in reliable
    page = (folder / "with_scale" / "program_quality.txt").read_text(encoding="utf-8")
    assert "\nChange in CALM-6\n" in page
    assert "Reliably better, CALM-6" in page


@pytest.mark.long
def test_a_measure_reaches_a_figure(followed):
    """One file and its line: its test by hand, its definition, its numbers by track, a comparison, a figure."""
    folder, (tested, definition, summary, compared) = said(followed, "add_a_measure")
    assert tested == "test_two_of_four"
    assert "Of the people discharged, what share left within 14 days?" in definition
    assert "Psychosis" in summary
    assert "Left within 14 days" in compared
    assert (folder / "early_leavers.svg").read_bytes().startswith(b"<?xml")


@pytest.mark.long
def test_a_part_stands_in_its_place(followed):
    """After how episodes ended, with a column for each reason."""
    folder, _ = said(followed, "add_a_part")
    page = (folder / "with_part" / "program_quality.html").read_text(encoding="utf-8")
    places = [page.index(f'<section id="{name}"') for name in ("discharge_reasons", "each_reason", "trend")]
    assert places == sorted(places)
    assert "Authorization ended" in page[places[1] : places[2]]


@pytest.mark.long
def test_a_form_says_what_the_page_says(followed):
    """Every heading and every cell of the text form stands in the new one."""
    folder, _ = said(followed, "add_a_renderer")
    made = (folder / "with_form" / "program_quality.md").read_text(encoding="utf-8")
    text = (folder / "with_form" / "program_quality.txt").read_text(encoding="utf-8").splitlines()
    headings = [line for line, below in itertools.pairwise(text) if below and set(below) == {"-"}]
    assert len(headings) > 12
    assert [heading for heading in headings if f"\n## {heading}\n" not in made] == []
    assert "| Psychosis |" in made
    assert "Synthetic data: no real person is described here." in made


@pytest.mark.long
def test_an_engine_reaches_a_figure_and_gives_every_cell(followed):
    """The page's own assertion held; and on odd tables each request, alone and with others, has the cells and patients of the plain engine."""
    folder, _ = said(followed, "add_an_engine")
    assert (folder / "row_by_row.svg").stat().st_size > 10_000
    spec = importlib.util.spec_from_file_location("row_by_row", folder / "iop_outcomes" / "engine" / "row_by_row.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for shape in ({"patients": "often"}, {"patients": "blank"}, {"size": "no episodes"}):
        made = handed(3, **shape)
        engine = module.RowByRow(duck(made))
        for requests in [*([request] for request in REQUESTS[::2]), *sets_of(3)]:
            assert cells(engine.tally([requests])[0]) == cells(plain(made).tally([requests])[0]), requests
            assert people(engine.patients(requests)) == people(plain(made).patients(requests)), requests
        engine.close()
    assert "RowByRow(duck(made))" in (folder / "tests" / "engine" / "handed.py").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_door_reaches_the_report(followed):
    """Records of an export by lines are episodes; what is not mapped is not read."""
    folder, (_, summary, _) = said(followed, "add_a_door")
    assert "200" in summary
    page = (folder / "with_door" / "program_quality.txt").read_text(encoding="utf-8")
    assert "200 episodes in 2 groups by track" in page
    assert "not read" not in page


@pytest.mark.parametrize("recipe", RECIPES)
def test_what_a_recipe_changes_is_there(recipe, tmp_path):
    """The lines that surround each change stand in their file exactly once: seen at once by whoever moves them."""
    for block in blocks(RECIPES[recipe], "diff"):
        path = tmp_path / block.title
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / block.title, path)
    change(RECIPES[recipe], tmp_path)


def test_a_page_whose_surroundings_moved_fails(tmp_path):
    """A change that no longer fits its file is an error, not left out."""
    page = RECIPES["add_a_measure"]
    for block in blocks(page, "diff"):
        (tmp_path / block.title).parent.mkdir(parents=True)
        (tmp_path / block.title).write_text("nothing of it\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="does not hold once"):
        change(page, tmp_path)
