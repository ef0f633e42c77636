"""Takes the syntax tree of every module, gives proof that imports go one way and that each library stays in its rooms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "iop_outcomes"
NAME = "iop_outcomes"

# The one-way order, once. A room may import the rooms of earlier rows, and itself; rooms of one row do not know one another.
ORDER = (
    ("errors", "progress"),
    ("memory", "toml_entries"),
    ("units",),
    ("keys", "columns", "scales", "counts"),
    ("patients",),
    ("stats",),
    ("results",),
    ("measures", "engine"),
    ("intake",),
    ("evaluate",),
    ("release",),
    ("show",),
    ("reporting",),
    ("answer", "arguments"),
    ("api", "notebooks"),
    ("cli",),
)
_BEFORE = {room: {earlier for row in ORDER[:place] for earlier in row} for place, row in enumerate(ORDER) for room in row}
MAY_IMPORT = {
    **_BEFORE,
    "models": _BEFORE["measures"] | {"engine"},
    "published": _BEFORE["measures"],
    "synthetic": {"errors", "columns", "scales"},
    "attack": {"errors", "keys", "columns"},  # it sees what everybody sees: the files, and what a measure means
    "reporting": _BEFORE["reporting"] | {"published"},  # the part that sets a program beside published figures
    "api": _BEFORE["api"] | {"published"},
    "cli": _BEFORE["cli"] | {"published"},
    "arguments": _BEFORE["answer"] | {"published"},
    "effects": {"published"},
    "__init__": {"answer", "api", "effects", "errors"},
    "__main__": {"cli"},
}
# Functions of a room that may go against the order: the command line and the front door hold everything inside functions.
FRONT = {
    "cli": {"attack", "synthetic", "__init__"},
    "api": {"published", "synthetic", "models"},
}

ANYWHERE = {"numpy"}
ROOMS_OF = {
    **{part: {"stats", "release", "models", "attack"} for part in ("scipy.special", "scipy.optimize", "scipy.linalg")},
    "scipy.sparse": {"attack", "release"},
    "duckdb": {"engine", "intake"},
    "IPython": {"notebooks"},
    "matplotlib": {"show"},
    "jinja2": {"reporting", "notebooks"},
    **{part: {"reporting"} for part in ("weasyprint", "fontTools")},
    "markupsafe": {"reporting"},
    "docx": {"reporting"},
    "statsmodels": {"models"},
    "lifelines": {"models"},
    "click": {"cli"},
    **{part: {"notebooks"} for part in ("jupyter_client", "nbclient", "nbconvert", "nbformat")},
    "pyreadstat": {"intake"},
    **{part: {"reporting"} for part in ("docx", "pptx", "xlsxwriter")},
    **{part: {"intake"} for part in ("python_calamine", "openpyxl", "adbc_driver_postgresql", "sqlalchemy")},
}
# Functions whose job is frames: the only ones that import pandas.
FRAME_JOBS = {"to_frame", "at_risk_to_frame", "codebook_to_frame", "rows", "add_frame", "_series", "_withhold_words", "to_ard"}


def modules():
    """Every module of the package with its dotted name, folders of which are packages."""
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        yield path, parts


def room_of(parts):
    """The top-level module or folder a module lies in."""
    return parts[0]


def imports(path, parts):
    """Dotted names that a module imports anywhere, with the functions it stands in and whether only type checkers see it."""
    found = []
    inside = [NAME, *parts[:-1]]

    def walk(node, functions, typing):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                found.extend((alias.name, functions, typing, child.lineno) for alias in child.names)
            elif isinstance(child, ast.ImportFrom):
                base = inside[: len(inside) - child.level + 1] if child.level else []
                module = ".".join([*base, *([child.module] if child.module else [])])
                found.extend((f"{module}.{alias.name}", functions, typing, child.lineno) for alias in child.names)
            named = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
            guard = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
            walk(child, (*functions, child.name) if named else functions, typing or guard)

    walk(ast.parse(path.read_text(encoding="utf-8")), (), False)
    return found


EVERY = [(path, parts, *found) for path, parts in modules() for found in imports(path, parts)]
TOP = sorted({room_of(parts) for _, parts in modules()} - {"__init__", "__main__"})


def place(path, line):
    """Where an import stands, for the message of a failure."""
    return f"{path.relative_to(ROOT)}:{line}"


def own(dotted):
    """The room of this package that a dotted name lies in, or None for another package; the package itself is `__init__`."""
    words = dotted.split(".")
    if words[0] != NAME:
        return None
    return words[1] if len(words) > 1 and words[1] in TOP else "__init__"


def test_every_room_has_a_place_in_the_order():
    """A new module or folder is put into the order above before it is imported."""
    assert set(TOP) <= set(MAY_IMPORT)


def test_imports_go_one_way():
    """Imports inside functions and for types alone counted: no room imports a later one, or its neighbour in the row."""
    wrong = []
    for path, parts, dotted, functions, _, line in EVERY:
        room, other = room_of(parts), own(dotted)
        if other is None or other == room or other in MAY_IMPORT[room]:
            continue
        if functions and other in FRONT.get(room, ()):
            continue
        wrong.append(f"{place(path, line)}: {room} imports {other}")
    assert wrong == []


def test_measures_and_engine_are_neighbours_that_do_not_know_one_another():
    """What is asked and how it is counted meet in evaluate alone."""
    pairs = {(room_of(parts), own(dotted)) for _, parts, dotted, *_ in EVERY}
    assert not pairs & {("measures", "engine"), ("engine", "measures")}


def test_nothing_imports_models():
    """Models are for analysts; only the front door may reach for them, inside a function."""
    importers = {(room_of(parts), bool(functions)) for _, parts, dotted, functions, *_ in EVERY if own(dotted) == "models"}
    assert importers <= {("models", False), ("models", True), ("api", True)}


def test_the_front_door_holds_nothing_heavy_at_the_top():
    """At the top of api and answer, only the standard library, answer itself, the check of arguments, and types under TYPE_CHECKING."""
    heavy = [
        f"{place(path, line)}: {dotted}"
        for path, parts, dotted, functions, typing, line in EVERY
        if room_of(parts) in ("api", "answer")
        and not functions
        and not typing
        and (own(dotted) or library(dotted))
        and own(dotted) not in ("answer", "arguments")
    ]
    assert heavy == []


# -- other people's packages -------------------------------------------------------------------------------------------

STANDARD = {"__future__", *__import__("sys").stdlib_module_names}


def library(dotted):
    """The package outside the standard library and this one that a dotted name lies in, scipy with its part; None if neither."""
    words = dotted.split(".")
    if words[0] in STANDARD or words[0] == NAME:
        return None
    return ".".join(words[:2]) if words[0] == "scipy" else words[0]


def allowed(parts, dotted, functions, typing):
    """Whether a module may import another's package where it does."""
    room, package = room_of(parts), library(dotted)
    if package is None or package in ANYWHERE:
        return True
    if package == "pandas":
        return typing or bool(set(functions) & FRAME_JOBS) or room == "models"
    if package == "matplotlib":
        drawn = room == "show" or typing
        return drawn or (room == "reporting" and dotted == "matplotlib.axes.Axes")
    return room in ROOMS_OF.get(package, ())


def test_each_library_stays_in_its_rooms():
    """Anywhere numpy; parts of scipy, duckdb, matplotlib, jinja2, statsmodels, lifelines and click where they are needed."""
    wrong = [
        f"{place(path, line)}: {dotted}"
        for path, parts, dotted, functions, typing, line in EVERY
        if not allowed(parts, dotted, functions, typing)
    ]
    assert wrong == []


def test_matplotlib_is_used_without_its_global_state():
    """It keeps figures and a backend for the whole process: nothing imports it."""
    assert [place(path, line) for path, _, dotted, _, _, line in EVERY if dotted.startswith(("matplotlib.pyplot", "pylab"))] == []


@pytest.mark.parametrize(
    ("parts", "dotted", "functions", "typing", "verdict"),
    [
        (("stats", "x"), "scipy.special.ndtri", (), False, True),
        (("stats", "x"), "scipy.stats.norm", (), False, False),
        (("measures", "x"), "scipy.special.ndtri", (), False, False),
        (("results",), "pandas", ("to_frame",), False, True),
        (("results",), "pandas", (), False, False),
        (("results",), "pandas", (), True, True),
        (("reporting", "x"), "matplotlib.axes.Axes", (), False, True),
        (("reporting", "x"), "matplotlib.figure.Figure", (), False, False),
        (("api",), "click", ("load",), False, False),
        (("engine", "duckdb"), "duckdb", (), False, True),
        (("evaluate",), "requests", (), False, False),
    ],
)
def test_the_rule_of_libraries_tells_right_from_wrong(parts, dotted, functions, typing, verdict):
    """The rule itself, on cases made by hand."""
    assert allowed(parts, dotted, functions, typing) is verdict


def test_imports_inside_functions_and_for_types_are_seen(tmp_path):
    """The reader of syntax trees finds what hides: in a function, under TYPE_CHECKING, relative, renamed."""
    text = (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from iop_outcomes.cli import main\n"
        "def outer():\n    def inner():\n        import duckdb as d\n"
        "from ..show import charts\n"
        "from . import blocks\n"
    )
    path = tmp_path / "m.py"
    path.write_text(text, encoding="utf-8")
    found = {(dotted, functions, typing) for dotted, functions, typing, _ in imports(path, ("reporting", "m"))}
    assert found == {
        ("typing.TYPE_CHECKING", (), False),
        ("iop_outcomes.cli.main", (), True),
        ("duckdb", ("outer", "inner"), False),
        ("iop_outcomes.show.charts", (), False),
        ("iop_outcomes.reporting.blocks", (), False),
    }


def test_the_map_names_every_room():
    """Each module and folder at the top of the package occurs in docs/design.md."""
    text = (ROOT / "docs" / "design.md").read_text(encoding="utf-8")
    assert [room for room in TOP if room not in text] == []
