"""Takes the syntax tree of the package, gives proof that its faces hold names alone and that no room but its own knows a measure."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from iop_outcomes.measures import FAMILIES, find, known

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "iop_outcomes"
FACES = sorted(PACKAGE.rglob("__init__.py"))


# -- faces -------------------------------------------------------------------------------------------------------------


def logic(tree):
    """Statements of a module that are neither its docstring, nor imports, nor names given to values that are written out."""

    def written(value):
        return not any(isinstance(node, ast.Call | ast.Lambda | ast.comprehension) for node in ast.walk(value))

    def allowed(place, node):
        if place == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return True
        if isinstance(node, ast.FunctionDef):
            return node.name == "__getattr__"  # public names loaded when they are asked for
        if isinstance(node, ast.If):
            return "TYPE_CHECKING" in ast.unparse(node.test) and all(isinstance(each, ast.Import | ast.ImportFrom) for each in node.body)
        return isinstance(node, ast.Import | ast.ImportFrom) or (isinstance(node, ast.Assign | ast.AnnAssign) and written(node.value))

    return [node for place, node in enumerate(tree.body) if not allowed(place, node)]


@pytest.mark.parametrize("path", FACES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_face_holds_names_alone(path):
    """An `__init__` says what its folder offers; what it does stands in a module with a name."""
    assert [f"line {node.lineno}" for node in logic(ast.parse(path.read_text(encoding="utf-8")))] == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('"""A face."""\nfrom x import y\n__all__ = ["y"]\n', 0),
        ('"""A face."""\nif TYPE_CHECKING:\n    from x import y\n', 0),
        ("def __getattr__(name):\n    return name\n", 0),
        ("def other():\n    return 1\n", 1),
        ("class Kind:\n    pass\n", 1),
        ("for x in y:\n    pass\n", 1),
        ("NAMES = sorted(x)\n", 1),
        ("from x import y\n'no docstring'\n", 1),
    ],
)
def test_the_rule_of_faces_tells_names_from_logic(text, lines):
    """The rule itself, on faces made by hand."""
    assert len(logic(ast.parse(text))) == lines


# -- names of measures and estimands -------------------------------------------------------------------------------------

ROOMS = ("evaluate", "api", "cli", "engine", "stats", "release")
MEASURES = {*known(), *FAMILIES}
ESTIMANDS = {
    estimand.name
    for name, entry in known().items()
    for variant in entry.definitions or (None,)
    for estimand in find(name, variant).estimands
}
# What may stand: (room, name), each with its reason.
ALLOWED = {
    ("api", "completion"): "FIRST, the measure that is asked where none is named",
    ("stats", "d_ppc2"): "the function of that name, which the face of stats offers",
    ("engine", "planned"): "a column of events, whose name an estimand shares",
}


def named(tree):
    """Texts of a module that are the name of a measure or an estimand, with their lines; docstrings are not read.

    A public function that is one measure hands on the name that it bears itself.
    """
    found = []

    def walk(node, function):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
                continue
            if isinstance(child, ast.Constant) and child.value in MEASURES | ESTIMANDS and child.value != function:
                found.append((child.value, child.lineno))
            walk(child, child.name if isinstance(child, ast.FunctionDef) else function)

    walk(tree, "")
    return found


def modules(room):
    """The files of a room: a folder, or one module."""
    return sorted((PACKAGE / room).rglob("*.py")) or [PACKAGE / f"{room}.py"]


@pytest.mark.parametrize("room", ROOMS)
def test_no_measure_or_estimand_is_named_outside_its_own_rooms(room):
    """What a measure needs said of it stands in its declaration; these rooms treat all alike."""
    found = {
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in modules(room)
        for name, line in named(ast.parse(path.read_text(encoding="utf-8")))
        if (room, name) not in ALLOWED
    }
    assert found == set()


def test_every_exception_is_needed():
    """An exception that nothing needs would hide the next branch."""
    there = {(room, name) for room in ROOMS for path in modules(room) for name, _ in named(ast.parse(path.read_text(encoding="utf-8")))}
    assert set(ALLOWED) <= there


def test_the_search_for_names_finds_them():
    """The search itself: a branch on a measure and one on an estimand; not a docstring, nor the function of that name."""
    text = (
        'def completion(data):\n    "completion"\n    return measure(data, "completion")\n'
        'def other(name):\n    return name == "length_of_stay" or {"mean_change": 1}\n'
    )
    assert named(ast.parse(text)) == [("length_of_stay", 5), ("mean_change", 5)]
    assert {"completion", "phq9_change", "reliable_change"} <= MEASURES
    assert {"completion_strict", "los_median", "cumulative_incidence", "remission_from_5"} <= ESTIMANDS
