"""Takes flags about published studies, gives them to the commands that read studies: the same words, and the same choices."""

import click
import pytest

from iop_outcomes.cli import cli, run


@pytest.mark.parametrize(("flag", "commands"), [("add", ["studies", "reproduce", "beside"]), ("people", ["reproduce", "beside"])])
def test_commands_share_a_flag(flag, commands):
    """One object, so that help and choices are alike."""
    found = [next(option for option in cli.get_command(click.Context(cli), name).params if option.name == flag) for name in commands]
    assert len({(option.help, option.multiple, str(option.default)) for option in found}) == 1


def test_people_are_pairs_or_completers(capsys):
    """Nobody else's changes are known of a program."""
    assert run(["reproduce", "--people", "everyone"]) == 2
    assert "'pairs', 'completers'" in capsys.readouterr().err


def test_a_study_of_ones_own_that_is_not_there(capsys):
    """Named as it was typed."""
    assert run(["studies", "--add", "nowhere.toml"]) == 2
    assert "nowhere.toml" in capsys.readouterr().err
