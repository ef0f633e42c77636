"""Takes what a person types behind any command, gives arguments; empty paths and amounts that are none are refused before data are read."""

import click
import pytest

from iop_outcomes.cli import cli, run
from iop_outcomes.cli.options import columns


def test_columns_with_a_comma_between_them():
    """None where none are asked for."""
    assert columns(None, None, "track,modality") == ("track", "modality")
    assert columns(None, None, None) is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["summary", ""], "it is empty"),
        (["summary", "nowhere", "--mapping", ""], "it is empty"),
        (["summary", "nowhere", "--memory", "much"], "no amount of memory"),
        (["summary", "nowhere", "--on-error", "ignore"], "'raise', 'exclude'"),
        (["summary", "nowhere", "--ledger", ""], "it is empty"),
    ],
)
def test_what_cannot_be_meant(capsys, arguments, words):
    """An empty text, as of a variable that was never set, is not the current folder."""
    assert run(arguments) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize("command", ["summary", "compare", "report", "share", "table", "beside"])
def test_commands_that_answer_say_alike_how_data_are_read(command):
    """The same seven flags, in the same order."""
    names = [option.name for option in cli.get_command(click.Context(cli), command).params]
    wanted = ["mapping", "layout", "on_error", "where", "period"]
    assert [name for name in names if name in wanted] == wanted
