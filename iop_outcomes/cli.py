"""Takes a command line, gives files, tables on standard output and an exit code; everything heavy is imported inside commands.

Exit codes: 0 done; 1 done, with findings (check), excluded rows, a count that came back (attack) or a difference (verify); 2 usage, unreadable or refused data; 3 part could not be
made; 4 could not write; 70 internal; 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli_attack import attack
from iop_outcomes.cli_data import (
    DATA,
    LAYOUT,
    MAPPING,
    MEMORY,
    ON_ERROR,
    PATH,
    QUIET,
    check,
    left_out,
    next_command,
    progress_shown,
    propose_mapping,
    synth,
)
from iop_outcomes.cli_measures import MEASURE, columns, measures, options_of_measures, scales
from iop_outcomes.cli_notebook import notebook
from iop_outcomes.cli_start import start
from iop_outcomes.cli_streams import end_on_signals, flushed, guard_streams, what_ran_out
from iop_outcomes.cli_verify import verify
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE, IopError

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data
    from iop_outcomes.release import Released
    from iop_outcomes.show.tables import Table

_BY = click.option(
    "--by", default=None, callback=columns, metavar="COLUMN[,COLUMN]", help="Column to group by, such as track, or two: track,modality."
)
_POLICY = click.option(
    "--policy",
    default="cms11",
    show_default=True,
    help="Disclosure policy: cms11; part2, stricter for tracks of substance use treatment; round5 or nhs, with rounded counts; "
    "internal, for people entitled to see this program's patients; none, for synthetic and public data.",
)
_LEDGER = click.option(
    "--ledger",
    type=PATH,
    default=None,
    help="File of the outputs made before, begun where there is none: what would differ from one of them by few episodes is withheld, and this "
    "output is added. Keep it as you keep the data.",
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print a list of objects, one for each number.")
_CSV = click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")


_WHERE = click.option(
    "--where",
    multiple=True,
    metavar="COLUMN=VALUE,...",
    help="Only episodes with one of these values, as in track=psychosis,adolescent; may be repeated.",
)
_PERIOD = click.option(
    "--period", nargs=2, default=None, metavar="FROM TO", help="Only episodes discharged from one period to another, as in 2024-Q1 2024-Q4."
)


def _read_as(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every command that answers says of its data: how they are read, and which episodes are meant."""
    for option in (QUIET, MEMORY, _PERIOD, _WHERE, ON_ERROR, LAYOUT, MAPPING):  # the last is the first in the help
        command = option(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an internal error.")
@click.version_option(package_name="iop-outcomes", prog_name="iop-outcomes")
def cli() -> None:
    """Outcomes of intensive outpatient programs: check data, ask measures, build reports."""


for command in (start, check, propose_mapping, synth, measures, scales, notebook, attack, verify):
    cli.add_command(command)


@cli.command()
@DATA
@_BY
@_POLICY
@_LEDGER
@_read_as
@click.option("-o", "--output", type=PATH, default="reports", show_default=True, help="Folder for the report.")
@click.option("--title", default="Program quality report", show_default=True, help="Heading of the page.")
@click.option(
    "--format",
    "formats",
    default="html,csv,json",
    show_default=True,
    callback=lambda _context, _option, value: value.split(","),
    help="Files to write: html (the page, and its methods in a second file), csv (its numbers), json (where they come from), txt (the page in words).",
)
def report(
    data: str,
    by: tuple[str, ...] | None,
    mapping: str | None,
    layout: str | None,
    policy: str,
    ledger: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    output: str,
    title: str,
    formats: list[str],
) -> int:
    """Build the program-quality report of DATA, a folder or the file of episodes; print the files written."""
    import iop_outcomes as iop

    with _loaded(data, mapping, on_error, layout) as program:
        with progress_shown():
            narrowed = _narrowed(program, where, period)
            paths = iop.report(narrowed, by=by or "track", policy=policy, title=title, ledger=ledger).save(output, formats)
        for path in paths:
            click.echo(path)
        return _exit(program)


@cli.command()
@DATA
@MEASURE
@_BY
@options_of_measures
@_POLICY
@_LEDGER
@_read_as
@_JSON
@_CSV
def summary(
    data: str,
    measure_name: str,
    by: tuple[str, ...] | None,
    definition: str | None,
    scale: str | None,
    profile: str | None,
    at: list[int] | None,
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    as_json: bool,  # noqa: FBT001 - click passes flags by name
    as_csv: bool,  # noqa: FBT001
) -> int:
    """Print the released numbers of one measure of DATA."""
    import iop_outcomes as iop
    from iop_outcomes.release import policy_for
    from iop_outcomes.show.tables import estimates_table

    _one_form(as_json=as_json, as_csv=as_csv)
    with _loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            narrowed = _narrowed(program, where, period)
            answer = iop.measure(narrowed, measure_name, by=by, definition=definition, scale=scale, profile=profile, at=at)
            released = answer.release(policy, ledger=ledger)
        _print_released(released, [estimates_table(released)], as_json=as_json, as_csv=as_csv)
        return _exit(program)


@cli.command()
@DATA
@MEASURE
@click.option("--estimand", default=None, help="Which of its numbers; its main one by default.")
@click.option(
    "--by",
    default="track",
    show_default=True,
    callback=columns,
    metavar="COLUMN[,COLUMN]",
    help="Column to compare by; of two, the first is compared within each level of the second.",
)
@options_of_measures
@click.option("--pairwise", is_flag=True, help="Each group against each, instead of against the others together.")
@_POLICY
@_LEDGER
@_read_as
@_JSON
@_CSV
def compare(
    data: str,
    measure_name: str,
    estimand: str | None,
    by: tuple[str, ...],
    definition: str | None,
    scale: str | None,
    profile: str | None,
    at: list[int] | None,
    pairwise: bool,  # noqa: FBT001 - click passes flags by name
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    as_json: bool,  # noqa: FBT001
    as_csv: bool,  # noqa: FBT001
) -> int:
    """Set each group of DATA against the others, with p values adjusted for the number of groups."""
    import iop_outcomes as iop
    from iop_outcomes.evaluate.lookup import look_up
    from iop_outcomes.release import policy_for
    from iop_outcomes.show.comparison import comparison_tables, different_people

    _one_form(as_json=as_json, as_csv=as_csv)
    with _loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            narrowed = _narrowed(program, where, period)
            declared = look_up(narrowed, measure_name, definition, at=at, scale=scale, profile=profile)
            main = estimand or declared.compared
            answer = iop.compare(
                narrowed,
                measure=measure_name,
                estimand=main,
                by=by,
                definition=definition,
                scale=scale,
                profile=profile,
                at=at,
                pairwise=pairwise,
            )
            released = answer.release(policy, ledger=ledger)
        _print_released(released, comparison_tables(released, main, pairwise=pairwise), as_json=as_json, as_csv=as_csv)
        if not as_json and not as_csv:
            click.echo(different_people(by[0]))
        return _exit(program)


@cli.command()
@DATA
@_read_as
@click.option("-o", "--output", type=PATH, required=True, help="File to write: .csv, .parquet, .xlsx, .sav (SPSS) or .dta (Stata).")
def table(
    data: str,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    output: str,
) -> int:
    """Write DATA as one row per episode with what the measures make of each, and a codebook beside it: working material, not released."""
    from iop_outcomes.intake.writing import table_writer
    from iop_outcomes.reporting.files import write_new_files

    files = table_writer(output)
    with _loaded(data, mapping, on_error, layout) as program:
        with progress_shown():
            paths = write_new_files(files(_narrowed(program, where, period).episode_table()))
        for path in paths:
            click.echo(path)
        return _exit(program)


def _one_form(*, as_json: bool, as_csv: bool) -> None:
    """Refuse two forms of one output before anything is read."""
    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot be used together.")


# -- shared ----------------------------------------------------------------------------------------------------------


def _loaded(data: str, mapping: str | None, on_error: str, layout: str | None) -> Data:
    import iop_outcomes as iop

    try:
        with progress_shown():
            program = iop.load(data, mapping=mapping, on_error="exclude" if on_error == "exclude" else "raise", layout=layout)
    except iop.DataError as error:
        if error.findings and sys.stderr.isatty():  # a person reads it; what a program reads stays as it is
            raise type(error)(f"{error}\n{next_command(data, mapping, layout, refused=True)}", error.findings) from error
        raise
    for finding in program.findings:
        if finding.severity == "error":
            click.echo(f"excluded: {finding}", err=True)
    return program


def _narrowed(program: Data, where: Sequence[str], period: tuple[str, str] | None) -> Data:
    """The episodes asked for: by values of columns, and by the period of discharge."""
    conditions: dict[str, list[str]] = {}
    for entry in where:
        column, equals, values = entry.partition("=")
        if not equals or not values or column in conditions:
            raise click.UsageError(f'--where "{entry}": write COLUMN=VALUE,VALUE, as in track=psychosis,adolescent, and each column once.')
        conditions[column] = values.split(",")
    narrowed = program.where(**conditions)
    return narrowed if period is None else narrowed.discharged(*period)


def _print_released(released: Released, tables: Sequence[Table], *, as_json: bool, as_csv: bool) -> None:
    """Released numbers as JSON, CSV or tables of words."""
    from iop_outcomes.release import compared_words
    from iop_outcomes.show.plain import csv_text, json_text

    if as_json:
        click.echo(json_text(released))
    elif as_csv:
        click.echo(csv_text([released]), nl=False)
    else:
        for table in tables:
            click.echo(f"{table.to_text()}\n")
        click.echo(" ".join(filter(None, (released.policy.words, compared_words(released.policy, released.compared)))))


def _exit(program: Data) -> int:
    """1 when rows were left out, else 0."""
    return EXIT_FINDINGS if any(left_out(flow) for flow in program.flow) else EXIT_DONE


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
            click.echo(f"error: {error}", err=True)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last door: a person gets words, and --debug the traceback
        if ran_out := what_ran_out(error):
            click.echo(f"error: {ran_out[0]}.", err=True)
            return ran_out[1]
        return EXIT_INTERRUPTED if _stopped_in_a_statement(error) else _internal(error, debug="--debug" in given)
    return code if isinstance(code, int) else EXIT_DONE


def _stopped_in_a_statement(error: Exception) -> bool:
    """Whether this is what DuckDB makes of Ctrl-C while it runs a statement."""
    return type(error) is RuntimeError and str(error) == "Query interrupted"


def _internal(error: Exception, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    click.echo(f"internal error ({type(error).__name__}). Run again with --debug and report the last lines.", err=True)
    return EXIT_INTERNAL


if __name__ == "__main__":
    main()
