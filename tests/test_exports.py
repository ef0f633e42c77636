"""Takes the package as a user sees it, gives proof that its names, signatures and docstrings keep one form."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import iop_outcomes as iop

PACKAGE = Path(iop.__file__).resolve().parent

EXPORTS = [
    "Answer",
    "DataError",
    "IopError",
    "NoAnswer",
    "NotAssessableError",
    "OutputError",
    "PrivacyError",
    "ReleaseError",
    "UsageError",
    "attempt",
    "between_groups",
    "clinical_significance",
    "compare",
    "completion",
    "depression_follow_up",
    "discharge_reasons",
    "early_response",
    "effect_sizes",
    "effects",
    "identify_effect_size",
    "keep_ledger",
    "length_of_stay",
    "load",
    "load_counts",
    "measure",
    "missing_scores",
    "not_on_track",
    "occasions",
    "paired_yes_no",
    "pool",
    "pool_proportions",
    "pool_studies",
    "readmission",
    "reconstruct_curve",
    "relapse",
    "reliability",
    "reliable_change",
    "report",
    "reproduce",
    "retention",
    "risk_levels",
    "share",
    "stand_beside",
    "studies",
    "sudden_gains",
    "symptom_change",
    "table_one",
    "verify",
    "weekly_course",
]
FUNCTIONS = [name for name in EXPORTS if inspect.isfunction(getattr(iop, name))]
CLASSES = [name for name in EXPORTS if inspect.isclass(getattr(iop, name))]
METHODS = [name for name, value in vars(iop.Answer).items() if inspect.isfunction(value) and not name.startswith("_")]
MODULES = sorted(PACKAGE.rglob("*.py"))


def sections(documented):
    """The numpydoc sections of a docstring: heading, and the text under it."""
    text = inspect.getdoc(documented) or ""
    pieces = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}$", text, flags=re.MULTILINE)
    return {"": pieces[0].strip(), **dict(zip(pieces[1::2], pieces[2::2], strict=True))}


def described(documented):
    """Names described under Parameters, in order."""
    heads = re.findall(r"^(\w+(?:, \w+)*) : .+$", sections(documented).get("Parameters", ""), flags=re.MULTILINE)
    return [name for head in heads for name in head.split(", ")]


def arguments(function):
    """Names a caller gives."""
    return [name for name in inspect.signature(function).parameters if name != "self"]


def test_the_version_is_that_of_the_package_as_installed():
    """`iop_outcomes.__version__`, as people look for it; another name is none of the package."""
    assert re.search(
        rf'^version = "{re.escape(iop.__version__)}"$', (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    with pytest.raises(AttributeError, match="no attribute 'verison'"):
        iop.verison  # noqa: B018


def test_public_names_are_these_and_sorted():
    """A name that comes or goes is a change of the interface, and is made here too."""
    assert iop.__all__ == EXPORTS == sorted(EXPORTS)
    assert all(hasattr(iop, name) for name in EXPORTS)


def test_no_other_name_is_offered():
    """What stands in the package beside the public names are its own modules."""
    others = {name for name, value in vars(iop).items() if not name.startswith("_") and not inspect.ismodule(value)}
    assert others == {name for name in EXPORTS if not inspect.ismodule(getattr(iop, name))}


def test_no_public_name_is_that_of_a_module():
    """`iop.report` is the function whatever was imported before; what is a module itself may be public under its name."""
    modules = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir() if path.suffix in ("", ".py")}
    assert not modules & {*FUNCTIONS, *CLASSES}
    assert {"api", "errors", "release", "show"} <= modules


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_documented_as_numpydoc(name):
    """One sentence, then Parameters with every argument in order, Returns, and an example that runs as a test."""
    function = getattr(iop, name)
    parts = sections(function)
    assert re.match(r"[A-Z].+\.$", parts[""].split("\n\n")[0].replace("\n", " "))
    assert {"Parameters", "Returns", "Examples"} <= set(parts)
    assert described(function) == arguments(function)
    assert ">>> " in parts["Examples"]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_keywords_after_its_first_argument(name):
    """No call depends on the order of options. (`measure` takes data, then the name; `attempt` a function, then data, and its options.)"""
    kinds = [parameter.kind for parameter in inspect.signature(getattr(iop, name)).parameters.values()]
    if name == "attempt":
        assert kinds.pop() is inspect.Parameter.VAR_KEYWORD
    free = 2 if name in ("measure", "attempt") else 1
    assert all(kind is inspect.Parameter.POSITIONAL_OR_KEYWORD for kind in kinds[:free])
    assert all(kind is inspect.Parameter.KEYWORD_ONLY for kind in kinds[free:])


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_says_its_types(name):
    """Every argument and what comes back is annotated."""
    signature = inspect.signature(getattr(iop, name))
    assert all(parameter.annotation is not inspect.Parameter.empty for parameter in signature.parameters.values())
    assert signature.return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_documented(name):
    """A sentence of its own, not inherited, and Parameters where it is made with some of its own."""
    given = getattr(iop, name)
    assert re.match(r"[A-Z].+\.$", (vars(given)["__doc__"] or "").split("\n\n")[0])
    if "__init__" in vars(given):
        parts = sections(given)
        assert "Parameters" in parts or "Attributes" in parts
    if name == "Answer":
        assert described(given) == arguments(given.__init__)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_of_an_answer_is_documented(name):
    """A sentence, and every argument where it takes some; keywords after the first."""
    method = getattr(iop.Answer, name)
    assert sections(method)[""]
    assert described(method) == arguments(method)
    kinds = [parameter.kind for parameter in inspect.signature(method).parameters.values()]
    assert all(kind is inspect.Parameter.KEYWORD_ONLY for kind in kinds[2:])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_says_what_it_takes_and_gives(path):
    """The first line of every module: "Takes X, gives Y"."""
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    first = text.split("\n\n")[0].replace("\n", " ")
    assert re.fullmatch(r"Takes .+, gives .+\.", first), f"{path.relative_to(PACKAGE)}: {first!r}"
