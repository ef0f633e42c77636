"""Takes the options that measures declare, gives proof that public functions, errors, lists and flags say the same of them."""

from __future__ import annotations

import ast
import inspect
import re

import click
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import cli, run
from iop_outcomes.measures import FAMILIES, MEASURES, find, known, options_named

OFFERED = {**MEASURES, **FAMILIES}
FUNCTIONS = [name for name in OFFERED if name in iop.__all__]
EVERYWHERE = {"data", "by", "conf_level"}  # what every function of a measure takes
GENERIC = ("definition", "scale", "profile", "at", "curve_interval")


def literals(annotation):
    """The values of a Literal[...] in an annotation as it is written; none where it holds no Literal."""
    tree = ast.parse(annotation, mode="eval")
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Subscript) and ast.unparse(node.value) == "Literal"]
    return next((ast.literal_eval(node.slice) for node in nodes), ())


def documented(function, name):
    """The values that a docstring lists in braces for a parameter."""
    found = re.search(rf"^{name} : \{{(.+)\}}", inspect.getdoc(function), flags=re.MULTILINE)
    return tuple(ast.literal_eval(f"({found.group(1)},)")) if found else ()


def test_every_measure_of_a_declaration_bears_its_name():
    """The name that a measure is found by is the one that its numbers carry, in each of its definitions."""
    for name, entry in known().items():
        assert entry.name == name
        assert {find(name, definition).name for definition in entry.definitions or (None,)} == {name}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_takes_the_options_of_its_measure(name):
    """Names, defaults, types and documented values of a public function are those that its measure declares."""
    function, options = getattr(iop, name), OFFERED[name].options
    taken = {key: given for key, given in inspect.signature(function).parameters.items() if key not in EVERYWHERE}
    assert set(taken) == {option.called or option.name for option in options}
    for option in options:
        given = taken[option.called or option.name]
        assert (inspect.Parameter.empty if option.needed else option.default) == given.default
        assert literals(given.annotation) == option.allowed
        assert documented(function, given.name) == option.allowed


@pytest.mark.parametrize("function", [iop.measure, iop.compare])
def test_any_measure_is_asked_with_every_option(function):
    """`measure` and `compare` take each option that some measure declares, and leave its default to the measure."""
    taken = inspect.signature(function).parameters
    assert {option.name for each in OFFERED.values() for option in each.options} == set(GENERIC) <= set(taken)
    assert [taken[name].default for name in GENERIC] == [None] * len(GENERIC)


@pytest.mark.parametrize("name", [name for name, entry in known().items() if entry.variant])
def test_what_is_not_declared_is_refused_with_what_is(name):
    """A definition, or a profile, that a measure does not declare; and one left out that it needs."""
    option = known()[name].variant
    with pytest.raises(iop.UsageError, match=f'{name} has no {option.name} "none such".+{sorted(option.allowed)[0]}'):
        find(name, **{option.name: "none such"})
    if option.needed:
        with pytest.raises(iop.UsageError, match=f"say {option.needed}, as in .+{sorted(option.allowed)[0]}"):
            find(name)
    else:
        assert find(name).variant == find(name, option.default).variant


def test_days_go_with_measures_that_declare_them():
    """`at` is refused wherever it is no option."""
    for name, entry in known().items():
        asked = {**dict.fromkeys(["definition"], entry.definitions[0] if entry.definitions else None), "at": [28]}
        if entry.option("at"):
            assert find(name, **asked)
        else:
            with pytest.raises(iop.UsageError, match="leave out at"):
                find(name, **asked)


@pytest.mark.parametrize("command", ["summary", "compare"])
def test_a_flag_says_what_the_measures_declare(command, capsys):
    """Each option is a flag; its help names the measures that have it, their values and defaults."""
    flags = {parameter.name for parameter in cli.get_command(None, command).params if isinstance(parameter, click.Option)}
    assert set(GENERIC) <= flags
    assert run([command, "--help"]) == 0
    text = " ".join(capsys.readouterr().out.split())
    for name in GENERIC:
        assert options_named(name)
        for option, measures in options_named(name).items():
            assert option.values in text
            assert all(measure in text for measure in measures)


def test_the_list_says_what_each_measure_is_asked_with(capsys):
    """`measures` lists every option under its measure; `measures NAME` prints them under the definition."""
    assert run(["measures"]) == 0
    listed = capsys.readouterr().out
    for name, entry in MEASURES.items():
        block = re.search(rf"^{name} .+\n((?: .+\n)*)", listed, flags=re.MULTILINE).group(1)
        assert [line.strip() for line in block.splitlines()] == [f"--{option.name}: {option}" for option in entry.options]
    assert run(["measures", "relapse"]) == 0
    assert "--definition: what counts as relapse (needed): any_use, " in capsys.readouterr().out
