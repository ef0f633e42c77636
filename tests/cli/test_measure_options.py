"""Takes what measures declare as options, gives flags whose help names the measures, and days that are whole."""

import click
import pytest

from iop_outcomes.cli import cli, run
from iop_outcomes.measures import options_named


@pytest.mark.parametrize("command", ["summary", "compare"])
@pytest.mark.parametrize("flag", ["definition", "scale", "profile", "at"])
def test_the_help_names_every_measure_that_takes_the_flag(command, flag):
    """Both commands that ask any measure."""
    found = cli.get_command(click.Context(cli), command)
    (option,) = (each for each in found.params if each.name == flag)
    _, words = option.get_help_record(click.Context(found))
    for measures in options_named(flag).values():
        assert all(measure in words for measure in measures)


@pytest.mark.parametrize("text", ["", "30,", "soon", "30;90", "1.5"])
def test_days_that_are_none(capsys, text):
    """Refused before any data are read: the folder does not exist."""
    assert run(["summary", "nowhere", "--measure", "readmission", "--at", text]) == 2
    assert "write whole days with commas between them, as in 30,90,180." in capsys.readouterr().err
