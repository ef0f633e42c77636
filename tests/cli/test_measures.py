"""Takes a command line about measures, gives the list of all with their options, or the definition of one."""

import pytest

from iop_outcomes.cli import run
from iop_outcomes.measures import FAMILIES, MEASURES, find


def test_every_measure_is_listed_with_its_question(capsys):
    """Those made from a scale once for all scales."""
    assert run(["measures"]) == 0
    lines = capsys.readouterr().out.splitlines()
    first = {line.split()[0] for line in lines if not line.startswith(" ")}
    assert first == {*MEASURES, *FAMILIES}
    assert any(line.endswith(find("completion").asks) for line in lines)


@pytest.mark.parametrize("arguments", [["completion"], ["symptom_change", "--scale", "phq9"], ["phq9_change"]])
def test_a_definition_says_who_is_counted_and_where_it_is_from(capsys, arguments):
    """By either name of a measure of a scale."""
    assert run(["measures", *arguments]) == 0
    out = capsys.readouterr().out
    assert all(words in out for words in ("among", "Interval: ", "Unit: ", "Source: "))


def test_one_measure_by_its_two_names(capsys):
    """The same words but for the flags, of which the short name has one more."""
    run(["measures", "phq9_change"])
    long = capsys.readouterr().out
    run(["measures", "symptom_change", "--scale", "phq9"])
    assert capsys.readouterr().out.startswith(long.split("\n--")[0])


@pytest.mark.parametrize("arguments", [["completon"], [""], ["symptom_change"], ["completion", "--scale", "phq9"]])
def test_what_is_no_measure(capsys, arguments):
    """An unknown name, none, a family without its scale, a scale where none goes."""
    assert run(["measures", *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: ")
