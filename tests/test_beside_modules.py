"""Takes the modules of the package, gives the share that have a test file of their own where a newcomer looks for it: same folder, same name."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEAST = 0.86  # of the modules: what is wanted of them
PACKAGE, TESTS = ROOT / "iop_outcomes", ROOT / "tests"
MODULES = [path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.py")) if path.name != "__init__.py"]


def beside(module: Path) -> Path:
    """Where the tests of a module stand: those of `iop_outcomes/stats/cox.py` in `tests/stats/test_cox.py`."""
    return TESTS / module.parent / f"test_{module.name}"


@cache
def in_file(path: Path) -> tuple[ast.FunctionDef, ...]:
    """The tests in a file."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return tuple(node for node in body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"))


def test_most_modules_have_their_tests_beside_them():
    """A new module without one lowers the share; those that have none yet are named."""
    without = [str(module) for module in MODULES if not beside(module).exists()]
    share = 1 - len(without) / len(MODULES)
    assert share >= LEAST, f"{share:.1%} of {len(MODULES)} modules have a test file of their own; these have none: {', '.join(without)}"


def test_such_a_file_holds_tests_of_its_module():
    """At least one test, none twice under one name."""
    for module in MODULES:
        if beside(module).exists():
            names = [node.name for node in in_file(beside(module))]
            assert names, beside(module)
            assert len(names) == len(set(names)), beside(module)


def test_no_two_files_hold_one_test():
    """The same body in two files would run twice and show one thing."""
    bodies: dict[str, Path] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in in_file(path):
            statements = node.body[1:] if ast.get_docstring(node) else node.body
            body = node.name + ast.dump(ast.Module(statements, []))
            assert body not in bodies, f"{node.name} stands in {bodies[body]} and in {path}"
            bodies[body] = path
