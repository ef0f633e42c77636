"""Takes everything of the package that a notebook shows, gives proof that it is understood without a stylesheet, trusted or not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.answer import NoAnswer
from iop_outcomes.cli import run
from iop_outcomes.notebooks.showing import released_form
from iop_outcomes.reporting import blocks
from tests.notebooks.test_running import write

PACKAGE = Path(iop.__file__).parent
FORBIDDEN = re.compile(r"<(style|script|svg|iframe|link|object)\b|\son\w+=|javascript:|(?:src|href)=\"(?!data:|#)")


@pytest.fixture(scope="module")
def page(synthetic):
    """A report of the synthetic program."""
    return iop.report(synthetic, by="modality")


@pytest.fixture(scope="module")
def shown(synthetic, page):
    """Something of each class that says how it is shown, by the name of the class, as a notebook takes it."""
    one, every = page.section("key_points"), [block for section in page.every_section for block in section.blocks]
    things = [page, one, iop.completion(synthetic, by="track"), NoAnswer("Nothing & nobody."), released_form(3, "cms11")]
    things += [next(block for block in every if type(block) is kind) for kind in blocks.Block.__args__]
    answer, table = iop.completion(synthetic, by="track"), iop.table_one(synthetic, columns=["sex"])
    things += [answer.methods(), answer.figure(), answer.exhibit(), table, table.release()]
    things += [iop.completion(synthetic).plot(), iop.effects.pre_post(mean_pre=15.4, sd_pre=5.5, mean_post=9.4, sd_post=6.4, n=500, r=0.66)]
    reproduced = iop.reproduce("samplin_2022", data=synthetic)
    things += [reproduced, reproduced.beside, iop.studies(level="IOP"), iop.reconstruct_curve([(30, 0.9)], at_risk=[(0, 50)])]
    return {type(thing).__name__: displayed(thing) for thing in things}


def displayed(thing):
    """The HTML that IPython takes: of the bundle where there is one."""
    bundle = getattr(thing, "_repr_mimebundle_", None)
    return thing._repr_html_() if bundle is None else bundle(include=None, exclude=None)["text/html"]


def test_every_class_that_a_notebook_shows_is_looked_at(shown):
    """Those of the package that define `_repr_html_`, by their names in the source."""
    classes = {
        node.name
        for path in PACKAGE.rglob("*.py")
        if "def _repr_html_" in (text := path.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ClassDef) and any(isinstance(each, ast.FunctionDef) and each.name == "_repr_html_" for each in node.body)
    }
    assert classes == set(shown)


def test_no_style_element_no_script_and_nothing_from_elsewhere(shown):
    """Figures are images with their data and with words."""
    for name, html in shown.items():
        assert not FORBIDDEN.search(html), name
        for image in re.findall(r"<img [^>]*>", html):
            assert 'src="data:image/svg+xml;base64,' in image and re.search(r'alt="[^"]{20,}"', image), name
    assert "<img " in shown["Figure"] and "<img " in shown["Section"] + shown["Report"]


def test_words_do_not_rest_on_a_class(shown):
    """No text comes from a stylesheet, none is hidden by one, and what is shaded says the same in words."""
    css = (PACKAGE / "reporting" / "templates" / "report.css").read_text(encoding="utf-8")
    screen = css.partition("@media print")[0]
    assert not re.search(r"content\s*:|display\s*:\s*none|visibility|::(before|after)", screen)
    for html in shown.values():
        for cell in re.findall(r'<td class="shade-[^>]*>(.*?)</td>', html):
            assert re.search(r"higher|lower", cell)


def test_cells_of_words_are_read_from_the_left(shown):
    """A notebook sets every cell to the right: words and names of rows are set to the left at the cell itself, numbers to the right."""
    for name in ("Section", "Answer", "Report"):
        cells = re.findall(r"<(?:td|th)\b[^>]*>", shown[name])
        assert cells and all("text-align:" in cell for cell in cells), name
        assert all("text-align:left" in cell for cell in cells if 'scope="row"' in cell)
        for table in re.findall(r'<table class="prose".*?</table>', shown[name]):
            assert "text-align:right" not in table


def test_light_grounds_bring_their_own_colour_of_words(shown):
    """In a dark notebook, words on them would be light."""
    for html in shown.values():
        for style in re.findall(r'style="([^"]*)"', html):
            assert ("background" in style) <= ("color:#1a1a1a" in style)


def test_the_page_of_a_report_keeps_its_stylesheet_alone(page):
    """Styles at elements are for notebooks."""
    assert not re.search(r"<(td|th|li|table|img)\b[^>]* style=", page.to_html())


def test_a_notebook_s_page_bears_the_name_of_the_program(tmp_path):
    """In its title and over its heading, as the mapping beside the data has it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "episodes.csv").write_text(
        "episode_id,track,discharge_reason,los_days\n" + "".join(f"e{i},a,completed,20\n" for i in range(30))
    )
    notebook = write(tmp_path / "own.ipynb", "import iop_outcomes as iop\niop.completion(iop.load(source))", parameters='source = "data"')
    (folder / "mapping.toml").write_text('[program]\nname = "Alder & Sons IOP"\n[data]\nclass = "synthetic"\n')
    assert run(["notebook", "run", str(notebook), "-p", f"source={folder}", "-o", str(tmp_path / "out")]) == 0
    page = (tmp_path / "out" / "own.html").read_text(encoding="utf-8")
    assert "<title>Alder &amp; Sons IOP: own</title>" in page
    assert '<p class="lead">Alder &amp; Sons IOP</p>' in page
