"""Takes a command line about the table one of a paper, gives the released table in words or as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli.options import DATA, LEDGER, PATH, POLICY, Several, columns, progress_shown, read_as
from iop_outcomes.cli.program import exit_code, loaded, narrowed

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data
    from iop_outcomes.reporting.exhibit import Exhibit


_OPTIONS = (
    click.option(
        "--by",
        default="track",
        show_default=True,
        help="Column whose groups stand side by side, behind everyone; none for everyone alone.",
    ),
    click.option(
        "--columns",
        cls=Several,
        callback=columns,
        metavar="NAME,...",
        help="The rows, in order: columns of the episodes, and scales for their admission score; by default every characteristic and score.",
    ),
    click.option("--mean", cls=Several, callback=columns, metavar="NAME,...", help="Whole numbers given as mean (SD), such as los_days."),
    click.option("--median", cls=Several, callback=columns, metavar="NAME,...", help="Whole numbers given as median (quartiles)."),
    click.option(
        "-o", "--output", type=PATH, default=None, help="File to write: .docx (Word), .tex (LaTeX), .html, or .csv (its numbers)."
    ),
)
NOBODY = "none"  # in the place of a column


def options_of_table_one(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of a table one."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def writer_of(output: str | None) -> Callable[[Exhibit], bytes] | None:
    """How the file is written, decided before any data are read; none where the table is printed."""
    from iop_outcomes.reporting.exhibit import exhibit_writer

    return None if output is None else exhibit_writer(output)


def table_one_exhibit(
    data: Data,
    *,
    by: str,
    columns: tuple[str, ...] | None,
    mean: tuple[str, ...] | None,
    median: tuple[str, ...] | None,
    policy: str,
    ledger: str | None,
) -> Exhibit:
    """The released table one of some data."""
    import iop_outcomes as iop

    chosen = None if by == NOBODY and NOBODY not in data.groups else by
    return iop.table_one(data, by=chosen, columns=columns, mean=mean or (), median=median or ()).release(policy, ledger=ledger).exhibit()


def print_or_write(exhibit: Exhibit, writer: Callable[[Exhibit], bytes] | None, output: str | None) -> None:
    """Print the table and its notes, or write it to a file that was not there and print its name."""
    from iop_outcomes.release import compared_words
    from iop_outcomes.reporting.files import write_new_file

    first = exhibit.released[0]
    if writer is None or output is None:
        words = (first.policy.words, compared_words(first.policy, first.compared))
        click.echo(f"{exhibit.to_text()}\n\n{' '.join(filter(None, words))}")
        return
    click.echo(write_new_file(Path(output), writer(exhibit)))


@click.command("table-one")
@DATA
@options_of_table_one
@POLICY
@LEDGER
@read_as
def table_one(
    data: str,
    policy: str,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    output: str | None,
    **rows: Any,
) -> int:
    """Print the released table one of DATA, which says who is in each group at admission, or write it for a paper."""
    from iop_outcomes.release import policy_for

    writer = writer_of(output)
    with loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            exhibit = table_one_exhibit(narrowed(program, where, period), policy=policy, **rows)
        print_or_write(exhibit, writer, output)
        return exit_code(program)
