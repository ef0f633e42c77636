"""Takes what may become of a command, gives its exit code and words; no traceback reaches a person who did not ask for one."""

import click
import pytest

from iop_outcomes.cli import process, run
from iop_outcomes.errors import LibraryError, OutputError, UsageError


def fails(monkeypatch, error):
    """The command line, of which every command ends in this."""

    def main(**_):
        if error is not None:
            raise error

    monkeypatch.setattr(process.cli, "main", main)


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (None, 0, ""),
        (UsageError("no such thing"), 2, "error: no such thing\n"),
        (LibraryError("install it"), 3, "error: install it\n"),
        (OutputError("the disk is full"), 4, "error: the disk is full\n"),
        (KeyboardInterrupt(), 130, ""),
        (click.exceptions.Abort(), 130, ""),
        (RuntimeError("Query interrupted"), 130, ""),
        (
            ZeroDivisionError("of a patient's value"),
            70,
            "internal error (ZeroDivisionError). Run again with --debug and report the last lines.\n",
        ),
    ],
    ids=["done", "usage", "library", "output", "Ctrl-C", "aborted", "Ctrl-C in a statement", "a fault of ours"],
)
def test_every_end_has_its_code_and_words(monkeypatch, capsys, error, code, words):
    """The words of an unforeseen error are not shown: they may hold a value."""
    fails(monkeypatch, error)
    assert run([]) == code
    assert capsys.readouterr().err == words


def test_a_traceback_is_for_who_asks(monkeypatch, capsys):
    """With --debug, before the same last line."""
    fails(monkeypatch, ZeroDivisionError("here"))
    assert run(["--debug"]) == 70
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.endswith("report the last lines.\n")


def test_a_word_of_many_letters_is_cut(monkeypatch, capsys):
    """As where a file was pasted as a value; paths are shorter."""
    fails(monkeypatch, UsageError(f'no episode has track "{"x" * 100_000}". Check it.'))
    assert run([]) == 2
    err = capsys.readouterr().err
    assert len(err) < 300 and "Check it." in err
