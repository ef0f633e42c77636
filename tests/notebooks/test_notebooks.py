"""Takes the notebooks, gives them run from top to bottom: images where they belong, and what any notebook program keeps of them."""

from __future__ import annotations

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from iop_outcomes.cli import run

ROOT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

# How many images each cell shows; a chart that vanishes raises no error.
IMAGES = {
    "01_program_quality": {"key-points": 1, "completion": 1, "stay": 1, "reasons": 1, "trend": 1},
    "02_track_comparison": {"comparison": 1, "gaps": 1, "stay": 1, "stay-gaps": 1, "reasons": 1},
    "03_symptom_change": {"change": 1, "reliable": 1, "report": 2},
    "04_readmission": {"curve": 1, "other": 1, "relapse": 1, "relapse-other": 1},
    "05_data_quality": {"scores": 1},
    "06_tables_for_a_paper": {},
    "08_reproduce_published": {},
}


@pytest.fixture(scope="session")
def ran(tmp_path_factory):
    """Runs a notebook by the command from the root of the checkout, once for each worker; gives the folder that was written."""

    @cache
    def folder_of(name):
        folder = tmp_path_factory.mktemp(name)
        assert run(["notebook", "run", name, "--output", str(folder)]) == 0
        return folder

    return folder_of


@pytest.fixture(params=[path.stem for path in NOTEBOOKS])
def executed(request, ran):
    """Each notebook, with the folder that was written."""
    return request.param, ran(request.param)


def outputs(folder, name):
    """The outputs of an executed notebook by cell."""
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    return {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"}


def shown(folder, name):
    """The HTML that each cell shows."""
    return {cell: "".join(output.get("data", {}).get("text/html", "") for output in found) for cell, found in outputs(folder, name).items()}


# -- as they are kept ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_without_outputs(path):
    """Notebooks are kept stripped: no output, no count, one cell of parameters, nothing of the machine."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)
    assert sum("parameters" in cell["metadata"].get("tags", []) for cell in code) == 1
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}
    assert set(notebook["metadata"]["language_info"]) == {"name"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_thin(path):
    """Questions and calls: no function, no loop, nothing computed in a cell, nothing imported beside this package."""
    cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
    text = "\n".join("".join(cell["source"]) for cell in cells)
    assert not re.search(r"\b(def|for|while|lambda|if|try|with)\b", text)
    assert re.findall(r"^(?:import|from) .*$", text, flags=re.MULTILINE) == ["import iop_outcomes as iop"]
    assert max(len("".join(cell["source"]).splitlines()) for cell in cells) <= 6


def test_there_are_seven():
    """One for each question of the package, and each has its images counted."""
    assert [path.stem for path in NOTEBOOKS] == sorted(IMAGES)


# -- as they run -----------------------------------------------------------------------------------------------------


def test_images_stand_where_they_belong(executed):
    """Every chart is an image in the cell that asks for it, with words of more than 20 characters for those who do not see it."""
    name, folder = executed
    cells = shown(folder, name)
    assert {cell: html.count("<img ") for cell, html in cells.items() if "<img " in html} == IMAGES[name]
    for html in cells.values():
        for image in re.findall(r"<img [^>]*>", html):
            alt = re.search(r' alt="([^"]*)"', image)
            assert alt is not None and len(alt[1]) > 20, image[:200]
            assert ' src="data:image/svg+xml;base64,' in image


def test_nothing_fails_and_nothing_warns(executed):
    """No error, nothing on standard error, no bare name of an object where a picture or words were meant."""
    name, folder = executed
    for found in outputs(folder, name).values():
        for output in found:
            assert output.output_type in ("execute_result", "stream")
            assert output.get("name") != "stderr"
            assert (
                not re.search(r" object at 0x|^<[A-Za-z]*Axes", output.get("data", {}).get("text/plain", "")) or "text/html" in output.data
            )


def test_no_style_no_script_no_drawing_inside_the_text(executed):
    """A notebook that is not trusted loses these; none is used, and no working numbers are shown as a data frame."""
    name, folder = executed
    for html in shown(folder, name).values():
        assert not re.search(r"<(style|script|svg|iframe|link)\b|\bon\w+=|javascript:|class=\"dataframe\"", html)


def test_the_page_stands_by_itself(executed):
    """One heading of the first order, a language, no script, nothing from the network, the mark of reports, the same images."""
    name, folder = executed
    page = (folder / f"{name}.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>") and '<html lang="en">' in page
    assert page.count("<h1") == 1
    assert not re.search(r"<script|<link|<iframe|@import|url\(|(?:src|href)=\"(?!data:|#)", page)
    assert "Not audited as a whole: totals that are released together" in page
    assert page.count("<img ") == sum(IMAGES[name].values())
    assert "No description has been provided" not in page
    assert "import iop_outcomes" not in page


def test_nothing_of_the_machine_or_the_clock(executed):
    """Neither the executed notebook nor its page says where it ran or when."""
    name, folder = executed
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert all(set(cell.metadata) <= {"tags"} for cell in notebook.cells)
    sources = json.dumps([notebook.metadata, *[{**cell, "source": ""} for cell in notebook.cells if cell.id not in ("save",)]])
    assert str(ROOT) not in sources + (folder / f"{name}.html").read_text(encoding="utf-8")
    assert not re.search(r"/home/|/root/|/tmp/|site-packages|ipykernel_\d", sources)


def test_program_quality_writes_the_page_of_the_command_line(tmp_path):
    """Opened where it lies and run as an analyst would, 01 writes the bytes that `report` writes."""
    notebook = nbformat.read(ROOT / "notebooks" / "01_program_quality.ipynb", as_version=4)
    parameters = next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))
    parameters.source = parameters.source.replace('"../reports"', repr(str(tmp_path / "notebook")))
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}}).execute()
    assert run(["report", str(ROOT / "data" / "synthetic"), "--output", str(tmp_path / "command")]) == 0
    for name in ("program_quality.html", "program_quality.csv", "program_quality.json"):
        assert (tmp_path / "notebook" / name).read_bytes() == (tmp_path / "command" / name).read_bytes()


def test_a_run_from_another_folder_gives_the_same_bytes(ran, tmp_path, monkeypatch, capsys):
    """Typed paths are seen from the folder the command was given in; with the same words, notebook and page are the same bytes."""
    first = ran("03_symptom_change")
    (tmp_path / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(tmp_path)
    assert run(["notebook", "run", "03_symptom_change", "-p", "source=data/synthetic", "-o", "out"]) == 0
    names = ["03_symptom_change.ipynb", "03_symptom_change.html"]
    assert capsys.readouterr().out.splitlines()[-2:] == [f"out/{name}" for name in names]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (first / name).read_bytes()
    cells = json.loads((first / names[0]).read_text(encoding="utf-8"))["cells"]
    given = [cell["source"] for cell in cells if "injected-parameters" in cell["metadata"].get("tags", [])]
    assert given == [["source = 'data/synthetic'"]]


# -- as a notebook that is not trusted shows them ---------------------------------------------------------------------

# What the sanitizer of JupyterLab 4.6 keeps: its own lists, without forms, sound and film.
KEPT_TAGS = set(
    "a abbr address article aside b blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure footer "
    "h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark nav ol p pre q s samp section small span strong sub summary sup table tbody td "
    "tfoot th thead time tr u ul".split()
)
KEPT_ANYWHERE = set("class dir hidden id lang style title".split())
KEPT_ON = {
    "a": {"href", "target"},
    "img": {"alt", "src", "width", "height"},
    "th": {"scope", "colspan", "rowspan", "headers", "abbr"},
    "td": {"scope", "colspan", "rowspan", "headers", "abbr"},
    "details": {"open"},
    "ol": {"start"},
}
UNSEEN = re.compile(r"aria-\w+|role|tabindex")  # for those who listen or type; a notebook has its own


class Sanitizer(HTMLParser):
    """A slow, plain reading of HTML: what is seen, what would be seen after cleaning, and what was taken away."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.seen, self.kept, self.lost, self.inside = [], [], [], []

    def handle_starttag(self, tag, attrs):
        """A tag with its attributes: kept, or lost."""
        keep = tag in KEPT_TAGS
        self.inside.append(keep)
        if tag in ("img", "br", "hr", "col"):
            self.inside.pop()
        self.lost += [] if keep else [tag]
        allowed = KEPT_ANYWHERE | KEPT_ON.get(tag, set())
        self.lost += [f"{tag} {name}" for name, _ in attrs if name not in allowed and not UNSEEN.fullmatch(name)]
        if tag == "img":
            self.seen.append(("img", dict(attrs).get("src"), dict(attrs).get("alt")))
            self.kept.append(("img", *(dict(attrs).get(name) if name in allowed else None for name in ("src", "alt"))))

    def handle_endtag(self, tag):
        """The end of what a tag holds."""
        if tag not in ("img", "br", "hr", "col"):
            self.inside.pop()

    def handle_data(self, data):
        """Words, which go with any tag around them that is lost."""
        self.seen.append(data)
        if all(self.inside):
            self.kept.append(data)


def test_a_notebook_that_is_not_trusted_loses_nothing_that_is_seen(executed):
    """Every tag, every word, every image with its words, every header of a table is on the list of what is kept."""
    name, folder = executed
    for html in shown(folder, name).values():
        read = Sanitizer()
        read.feed(html)
        read.close()
        assert read.lost == []
        assert read.seen == read.kept


def test_the_sanitizer_tells_right_from_wrong():
    """On cases made by hand: what a notebook strips is found missing, what it keeps is not."""

    def read(html):
        sanitizer = Sanitizer()
        sanitizer.feed(html)
        sanitizer.close()
        return sanitizer

    assert read("<style>p{}</style>").lost == ["style"]
    assert read("<svg><text>81%</text></svg>").kept == []
    assert read('<p onclick="x">a</p>').lost == ["p onclick"]
    fine = read('<figure aria-label="x"><img alt="dots" src="data:x"><figcaption>a &amp; b</figcaption></figure>')
    assert fine.lost == []
    assert fine.kept == fine.seen == [("img", "data:x", "dots"), "a & b"]
