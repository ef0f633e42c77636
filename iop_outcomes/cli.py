"""Takes a command line, gives files, tables on standard output and an exit code; everything heavy is imported inside commands.

Exit codes: 0 done; 1 done, with findings (check) or excluded rows; 2 usage, unreadable or refused data; 3 part could not be
made; 4 could not write; 70 internal; 130 interrupted.
"""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_OUTPUT, EXIT_USAGE, IopError

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data
    from iop_outcomes.intake.findings import Finding
    from iop_outcomes.show.tables import Table

SHOWN = 20
_DATA = click.argument("data", type=click.Path())
_MAPPING = click.option("--mapping", type=click.Path(dir_okay=False), help="A mapping.toml; the one beside the data by default.")
_BY = click.option("--by", default=None, help="Column to group by, such as track.")
_POLICY = click.option(
    "--policy", default="cms11", show_default=True, help="Disclosure policy: cms11, or none for synthetic and public data."
)
_ON_ERROR = click.option(
    "--on-error",
    type=click.Choice(["raise", "exclude"]),
    default="raise",
    show_default=True,
    help="Stop at faulty rows, or leave them out.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an internal error.")
@click.version_option(package_name="iop-outcomes", prog_name="iop-outcomes")
@click.pass_context
def cli(context: click.Context, debug: bool) -> None:  # noqa: FBT001 - click passes flags by position
    """Outcomes of intensive outpatient programs: check data, ask measures, build reports."""
    context.obj = {"debug": debug}


@cli.command()
@_DATA
@_BY
@_MAPPING
@_POLICY
@_ON_ERROR
@click.option("-o", "--output", type=click.Path(), default="reports", show_default=True, help="Folder for the report.")
@click.option("--title", default="Program quality report", show_default=True, help="Heading of the page.")
def report(data: str, by: str | None, mapping: str | None, policy: str, on_error: str, output: str, title: str) -> int:
    """Build the program-quality report of DATA, a folder or the file of episodes; print the files written."""
    import iop_outcomes as iop

    with _loaded(data, mapping, on_error) as program:
        for path in iop.report(program, by=by or "track", policy=policy, title=title).save(output):
            click.echo(path)
        return _exit(program)


@cli.command()
@_DATA
@click.option("--measure", "measure_name", default="completion", show_default=True, help="Which measure; see: iop-outcomes measures.")
@_BY
@click.option("--definition", default=None, help="Which of the measure's definitions.")
@click.option("--at", "days", default=None, help="Days after discharge, as in 30,90,180.")
@_POLICY
@_MAPPING
@_ON_ERROR
@click.option("--json", "as_json", is_flag=True, help="Print a list of objects, one for each number.")
@click.option("--csv", "as_csv", is_flag=True, help="Print comma-separated values.")
def summary(
    data: str,
    measure_name: str,
    by: str | None,
    definition: str | None,
    days: str | None,
    policy: str,
    mapping: str | None,
    on_error: str,
    as_json: bool,  # noqa: FBT001 - click passes flags by name
    as_csv: bool,  # noqa: FBT001
) -> int:
    """Print the released numbers of one measure of DATA."""
    import iop_outcomes as iop
    from iop_outcomes.measures import find
    from iop_outcomes.release import policy_for
    from iop_outcomes.show.plain import csv_text, json_text
    from iop_outcomes.show.tables import estimates_table

    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot be used together.")
    at = _days(days)
    with _loaded(data, mapping, on_error) as program:
        policy_for(policy, program.data_class)
        find(measure_name, definition, at=at, scales=program.scales)
        released = iop.measure(program, measure_name, by=by, definition=definition, at=at).release(policy)
        if as_json:
            click.echo(json_text(released))
        elif as_csv:
            click.echo(csv_text([released]), nl=False)
        else:
            click.echo(_aligned(estimates_table(released)))
            click.echo(f"\n{released.policy.words}")
        return _exit(program)


@cli.command()
@_DATA
@_MAPPING
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print findings.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="warning", show_default=True, help="From which weight to exit with 1."
)
def check(data: str, mapping: str | None, form: str, fail_on: str) -> int:
    """Print what is wrong with DATA: files, lines, columns and rules, never a value."""
    import iop_outcomes as iop
    from iop_outcomes.intake.findings import Finding

    try:
        with iop.load(data, mapping=mapping) as program:
            findings, flows = list(program.findings), [str(flow) for flow in program.flow]
    except iop.DataError as error:
        if not error.findings:
            raise
        findings, flows = [finding for finding in error.findings if isinstance(finding, Finding)], []
    _print_findings(findings, flows, form)
    weights = {finding.severity for finding in findings}
    if "error" in weights:
        return EXIT_USAGE
    return EXIT_FINDINGS if "warning" in weights and fail_on == "warning" else EXIT_DONE


@cli.command()
@click.argument("name", required=False)
def measures(name: str | None) -> int:
    """List the measures, or print the definition of measure NAME."""
    from iop_outcomes.measures import find, known

    entries = known()
    if name is not None:
        first = entries[name].definitions[:1] if name in entries else ()
        click.echo(find(name, *first).definition)
        return EXIT_DONE
    for measure, entry in entries.items():
        click.echo(f"{measure:<26} {find(measure, *entry.definitions[:1]).asks}")
        if entry.definitions:
            click.echo(f"{'':<26} definitions: {', '.join(entry.definitions)}")
    return EXIT_DONE


@cli.command()
@click.option("-o", "--output", type=click.Path(), default="data/synthetic", show_default=True, help="Folder for the files.")
@click.option("--n", "episodes", type=int, default=1200, show_default=True, help="How many episodes.")
@click.option("--seed", type=int, default=7, show_default=True, help="Seed; the same seed gives the same bytes.")
def synth(output: str, episodes: int, seed: int) -> int:
    """Write a synthetic program with known truth."""
    from iop_outcomes.synthetic import write_program

    for path in write_program(output, n=episodes, seed=seed):
        click.echo(path)
    return EXIT_DONE


def _days(text: str | None) -> list[int] | None:
    """Whole days from "30,90,180"."""
    if text is None:
        return None
    try:
        return [int(day) for day in text.split(",")]
    except ValueError as error:
        raise click.UsageError("--at must be whole days with commas between them, as in 30,90,180.") from error


# -- shared ----------------------------------------------------------------------------------------------------------


def _loaded(data: str, mapping: str | None, on_error: str) -> Data:
    import iop_outcomes as iop

    program = iop.load(data, mapping=mapping, on_error="exclude" if on_error == "exclude" else "raise")
    for finding in program.findings:
        if finding.severity == "error":
            click.echo(f"excluded: {finding}", err=True)
    return program


def _exit(program: Data) -> int:
    """1 when rows were left out, else 0."""
    return EXIT_FINDINGS if any(flow.used < flow.rows_in for flow in program.flow) else EXIT_DONE


def _print_findings(findings: Sequence[Finding], flows: Sequence[str], form: str) -> None:
    if form == "json":
        click.echo(json.dumps([finding.to_dict() for finding in findings], indent=2, ensure_ascii=False))
        return
    for finding in findings[:SHOWN]:
        click.echo(f"{finding.severity}: {finding}")
    if len(findings) > SHOWN:
        click.echo(f"... and {len(findings) - SHOWN} more; --format json prints all")
    for flow in flows:
        click.echo(flow)
    if not findings:
        click.echo("no finding")


def _aligned(table: Table) -> str:
    """A table of words in columns, for a terminal."""
    rows = [table.heads, *table.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([table.caption, "", *lines])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; no traceback reaches the person."""
    gc.disable()  # the process ends before cycles could matter, and looking for them takes a tenth of a report's time
    sys.exit(run(arguments))


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
        click.echo(f"error: {error}", err=True)
        return error.exit_code
    except BrokenPipeError:
        return EXIT_OUTPUT
    except Exception as error:  # noqa: BLE001 - the last door: a person gets words, and --debug the traceback
        return _internal(error, debug="--debug" in given)
    return code if isinstance(code, int) else EXIT_DONE


def _internal(error: Exception, *, debug: bool) -> int:
    if debug:
        import traceback

        traceback.print_exception(error)
    click.echo(f"internal error ({type(error).__name__}). Run again with --debug and report the last lines.", err=True)
    return EXIT_INTERNAL


if __name__ == "__main__":
    main()
