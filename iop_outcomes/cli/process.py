"""Takes the arguments of a process, gives the exit code of the command, whatever becomes of it; no traceback reaches the person.

Exit codes: 0 done; 1 done, with findings (check), excluded rows, a count that came back (attack), a difference (verify) or a figure that does not follow (reproduce); 2 usage, unreadable or refused data; 3 part could not be
made; 4 could not write; 70 internal; 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Sequence

import click

from iop_outcomes.cli.group import cli
from iop_outcomes.cli.streams import end_on_signals, flushed, guard_streams, what_ran_out
from iop_outcomes.errors import EXIT_DONE, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE, IopError

_LONG_WORD = re.compile(r"\S{400,}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; no traceback reaches the person."""
    guard_streams()
    end_on_signals()
    gc.disable()  # the process ends before cycles could matter, and looking for them takes a tenth of a report's time
    code = run(arguments)
    code = flushed(code)
    os._exit(code)  # everything is closed and written; taking the interpreter apart takes another tenth


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = cli.main(args=given, prog_name="iop-outcomes", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except IopError as error:
        if str(error):
            click.echo(f"error: {_LONG_WORD.sub(_cut, str(error))}", err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last door: a person gets words, and --debug the traceback
        if ran_out := what_ran_out(error):
            click.echo(f"error: {ran_out[0]}.", err=True)
            return ran_out[1]
        return EXIT_INTERRUPTED if _stopped_in_a_statement(error) else _internal(error, debug="--debug" in given)
    return code if isinstance(code, int) else EXIT_DONE


def _cut(word: re.Match[str]) -> str:
    """The beginning of a word that nobody typed to be read, as where a file was pasted as a value."""
    return f"{word[0][:100]}..."


def _stopped_in_a_statement(error: Exception) -> bool:
    """Whether this is what DuckDB makes of Ctrl-C while it runs a statement."""
    return type(error) is RuntimeError and str(error) == "Query interrupted"


def _internal(error: Exception, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    click.echo(f"internal error ({type(error).__name__}). Run again with --debug and report the last lines.", err=True)
    return EXIT_INTERNAL
