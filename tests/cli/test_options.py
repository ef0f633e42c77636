"""Takes what a person types behind any command, gives arguments; empty paths and amounts that are none are refused before data are read."""

from pathlib import Path

import click
import pytest

from iop_outcomes.cli import cli, run
from iop_outcomes.cli.options import columns, days

DATA = str(Path(__file__).resolve().parents[2] / "data" / "synthetic")


def test_columns_with_a_comma_between_them():
    """None where none are asked for."""
    assert columns(None, None, "track,modality") == ("track", "modality")
    assert columns(None, None, None) is None


def test_days_with_commas_between_them():
    """Or none; words and empty places are refused."""
    assert days(None, None, "30,90") == (30, 90)
    assert days(None, None, None) is None
    for text in ("30,", "a month", "1.5"):
        with pytest.raises(click.BadParameter, match="write whole days with commas between them, as in 30,90,180"):
            days(None, None, text)


@pytest.mark.parametrize(
    ("once", "twice"),
    [
        (["compare", "{data}", "--by", "track,modality"], ["compare", "{data}", "--by", "track", "--by", "modality"]),
        (
            ["summary", "{data}", "--measure", "readmission", "--at", "30,90"],
            ["summary", "{data}", "--measure", "readmission", "--at", "30", "--at", "90"],
        ),
        (["table-one", "{data}", "--columns", "sex,phq9"], ["table-one", "{data}", "--columns", "sex", "--columns", "phq9"]),
    ],
    ids=lambda words: words[0],
)
def test_an_option_of_several_values_given_twice_adds_to_them(capsys, once, twice):
    """The last alone was kept, in silence."""
    said = []
    for words in (once, twice):
        assert run([word.format(data=DATA) for word in words]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]


def test_formats_given_twice_are_both_written(tmp_path):
    """As `--format csv --format txt`."""
    assert run(["report", DATA, "--policy", "none", "-o", str(tmp_path), "--format", "csv", "--format", "txt"]) == 0
    assert {path.suffix for path in tmp_path.iterdir()} == {".csv", ".txt"}


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
