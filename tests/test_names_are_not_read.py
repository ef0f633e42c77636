"""Takes the syntax tree of every module, gives proof that nobody reads a meaning out of a name: what a name means is declared."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.declared import every_measure

PACKAGE = Path(__file__).resolve().parent.parent / "iop_outcomes"
ROOMS = ("show", "reporting", "measures", "stats")
READERS = {"startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "rsplit"}

# Where a text that is no name of a measure, an estimand, a part or a label is read so, and what it is.
TEXTS = {
    ("show/inline.py", "split"): "the classes of an element of a page",
    ("show/plain.py", "startswith"): "a cell of a file, which a spreadsheet would take for a formula",
    ("show/theme.py", "startswith"): "settings of matplotlib",
    ("show/methods_paragraph.py", "removesuffix"): "the words of a method of intervals",
    ("show/methods_paragraph.py", "endswith"): "the same",
    ("show/methods_paragraph.py", "removeprefix"): "the article before a noun",
    ("show/references.py", "split"): "the family name of an author",
    ("show/references.py", "partition"): "the words of a source",
    ("show/references.py", "startswith"): "the same",
    ("show/references.py", "removesuffix"): "the same",
    ("show/theme.py", "split"): "lines of a label that is to be measured",
    ("stats/reliable.py", "startswith"): "an operator",
    ("stats/reliable.py", "endswith"): "an operator",
    ("reporting/earlier.py", "removeprefix"): "a cell of a file, which a spreadsheet would have taken for a formula",
    ("reporting/earlier.py", "split"): "the flags of a file",
    ("reporting/latex_panels.py", "split"): "the words of a cell",
    ("reporting/page_text.py", "split"): "the words of a page",
    ("reporting/verification.py", "partition"): "the address of a drawing",
    ("reporting/render/office_files.py", "endswith"): "a member of an archive",
    ("reporting/render/office_files.py", "split"): "the sentences of a description",
    ("reporting/render/pptx.py", "endswith"): "a sentence that announces a list",
    ("reporting/render/table_fit.py", "split"): "the words of a cell",
    ("reporting/render/xlsx.py", "split"): "the words of a head",
    ("reporting/verification.py", "split"): "the name of a file",
    ("reporting/verification.py", "startswith"): "the name of a file",
    ("reporting/share_release.py", "split"): "counts, by the levels of a column, and no text",
    ("reporting/render/pdf.py", "startswith"): "variables of the environment, and the first bytes of a file",
    ("reporting/render/pdf_process.py", "split"): "a reference within a PDF",
    ("measures/categories.py", "startswith"): "a band of numbers, such as <18",
}

# Strings of show/ that are the name of a measure or an estimand, and mean something else there.
OTHER_MEANINGS = {
    "event_free": "the other way up of a curve, as a person asks for it",
    "improved": "a word of a sentence",
}


def modules(room):
    """The modules of a room with their paths inside the package."""
    for path in sorted((PACKAGE / room).rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def readers(tree):
    """Methods that take a text apart, wherever a module calls one."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {function.attr for function in calls if isinstance(function, ast.Attribute) and function.attr in READERS}


def strings(tree):
    """String constants outside docstrings, those within f-strings included."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, owners) and isinstance(node.body[0], ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docs)
    return {node.value for node in constants if isinstance(node.value, str)}


def names():
    """Every measure and every estimand."""
    measures = every_measure().values()
    return {measure.name for measure in measures} | {estimand.name for measure in measures for estimand in measure.estimands}


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_is_taken_apart(room):
    """Prefixes, suffixes and pieces are read of texts alone, each with its reason."""
    found = {(path, reader) for path, tree in modules(room) for reader in readers(tree)}
    assert found == {place for place in TEXTS if place[0].split("/")[0] == room}


def test_show_names_no_measure_and_no_estimand():
    """What is drawn and said follows from declarations: no string of show/ is such a name, or a piece that one begins or ends with."""
    known = names()
    pieces = {piece for name in known if "_" in name for piece in (name.split("_")[0] + "_", "_" + name.split("_")[-1])}
    wrong = {
        (path, text)
        for path, tree in modules("show")
        for text in strings(tree)
        if text not in OTHER_MEANINGS and (text in known | pieces or any(name in text for name in known if "_" in name))
    }
    assert wrong == set()


def test_the_other_meanings_are_needed():
    """A row of the list above that nothing needs goes."""
    held = {text for _, tree in modules("show") for text in strings(tree)}
    assert set(OTHER_MEANINGS) <= held & names()


def test_the_readers_of_trees_find_what_hides():
    """In a call of a call, in an f-string; not in a docstring."""
    tree = ast.parse(
        '"""mean_change"""\ndef f(name):\n    """recovery"""\n    return f"{name}_median" + name.strip().removeprefix("los_")\n'
    )
    assert readers(tree) == {"removeprefix"}
    assert strings(tree) == {"_median", "los_"}


# -- one word, one meaning ---------------------------------------------------------------------------------------------


def test_no_two_classes_have_one_name():
    """A second Limits, Table or Difference would make a reader ask which."""
    places = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places.setdefault(node.name, []).append(path.relative_to(PACKAGE).as_posix())
    assert {name: files for name, files in places.items() if len(files) > 1} == {}


DIALECT = {"found", "said", "own", "stands", "of", "asked", "told", "held"}  # words that say nothing of what they name


def test_names_are_nouns_of_the_field():
    """No function, class, parameter, field or variable is called by a word that says only that it was found."""
    named = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = {
                ast.FunctionDef: lambda n: n.name,
                ast.ClassDef: lambda n: n.name.lower(),
                ast.arg: lambda n: n.arg,
                ast.Attribute: lambda n: n.attr if isinstance(n.ctx, ast.Store) else "",
                ast.Name: lambda n: n.id if isinstance(n.ctx, ast.Store) else "",
            }.get(type(node), lambda _: "")
            if names(node).strip("_") in DIALECT:
                named.add((path.relative_to(PACKAGE).as_posix(), node.lineno, names(node)))
    assert named == set()
