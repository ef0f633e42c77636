"""Takes a command line, gives files, tables on standard output and an exit code; everything heavy is imported inside commands.

Exit codes: 0 done; 1 done, with findings (check), excluded rows, a count that came back (attack), a difference (verify) or a figure that does not follow (reproduce); 2 usage, unreadable or refused data; 3 part could not be
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
from iop_outcomes.cli_studies import reproduce, studies
from iop_outcomes.cli_table_one import options_of_table_one, print_or_write, table_one_exhibit, writer_of
from iop_outcomes.cli_verify import verify
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_INTERNAL, EXIT_INTERRUPTED, EXIT_USAGE, IopError, LibraryError

if TYPE_CHECKING:
    from iop_outcomes.answer import Answer
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
_PACK = click.option(
    "--pack",
    default="program_quality",
    show_default=True,
    help="Which page: program_quality, every outcome by group; committee, what a quality committee reads, with small numbers; payer, rates with their "
    "specifications; accreditation, what the Joint Commission asks for; medicare_iop, what Medicare asks for. The files are named after it.",
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
_ARD = click.option(
    "--ard", "as_ard", is_flag=True, help="Print analysis results data (CDISC, the columns of R's cards) as comma-separated values."
)
_FHIR = click.option(
    "--fhir", "as_fhir", is_flag=True, help="Print the rates as a FHIR R4 MeasureReport; its period is that of the discharges."
)


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


for command in (start, check, propose_mapping, synth, measures, scales, notebook, attack, verify, studies, reproduce):
    cli.add_command(command)


@cli.command()
@DATA
@_PACK
@_BY
@_POLICY
@_LEDGER
@_read_as
@click.option("-o", "--output", type=PATH, default="reports", show_default=True, help="Folder for the report.")
@click.option("--title", default=None, help="Heading of the page; that of the pack by default.")
@click.option(
    "--format",
    "formats",
    default="html,csv,json",
    show_default=True,
    callback=lambda _context, _option, value: value.split(","),
    help="Files to write: html (the page, and its methods in a second file), csv (its numbers), json (where they come from), txt (the page in words), docx (the page for Word), "
    "xlsx (its tables for Excel), pptx (its first page and its charts for PowerPoint), pdf (the page to print and pass on, as PDF/UA), "
    "figures (each chart as SVG, and its numbers as CSV).",
)
@click.option(
    "--compare-to",
    type=PATH,
    default=None,
    help="The .json of an earlier report: a section says what changed since, and whether by more than chance.",
)
@click.option(
    "--schedule",
    type=click.Choice(["month", "quarter", "year"]),
    default=None,
    help="A report of each month, quarter or year, in a folder named by it, each compared with the one before.",
)
def report(
    data: str,
    pack: str,
    by: tuple[str, ...] | None,
    mapping: str | None,
    layout: str | None,
    policy: str,
    ledger: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    output: str,
    title: str | None,
    formats: list[str],
    compare_to: str | None,
    schedule: str | None,
) -> int:
    """Build the program-quality report of DATA, a folder or the file of episodes, or that of another pack; print the files written."""
    import iop_outcomes as iop

    with _loaded(data, mapping, on_error, layout) as program:
        if schedule is not None:
            narrowed = _narrowed(program, where, period)
            options = {"by": by or "track", "pack": pack, "policy": policy, "title": title, "ledger": ledger, "formats": formats}
            _write_scheduled(narrowed, schedule, output, compare_to, options)
            return _exit(program)
        with progress_shown():
            narrowed = _narrowed(program, where, period)
            made = iop.report(narrowed, by=by or "track", pack=pack, policy=policy, title=title, ledger=ledger, compare_to=compare_to)
            try:
                paths, missing = made.save(output, formats), None
            except LibraryError as error:
                paths, missing = list(error.written), error
        for path in paths:
            click.echo(path)
        if missing is not None:
            raise missing
        return _exit(program)


def _write_scheduled(program: Data, every: str, output: str, compare_to: str | None, options: dict[str, Any]) -> None:
    """A report of each period, printing its files as soon as they are whole; the periods that get none are named on standard error."""
    from iop_outcomes.progress import report_step
    from iop_outcomes.reporting.schedule import first_compared, schedule_of, write_period

    before = first_compared(compare_to)
    with progress_shown():
        plan = schedule_of(program, every, options["policy"])
    for period, why in plan.left_out.items():
        click.echo(f"left out: {period}: {why}", err=True)
    for done, period in enumerate(plan.periods):
        with progress_shown():
            report_step(f"report of {period},", done, len(plan.periods))
            try:
                paths, before = write_period(plan, period, output, before=before, **options)
            except LibraryError as error:
                click.echo("\n".join(map(str, error.written)))
                raise
        for path in paths:
            click.echo(path)


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
@_ARD
@_FHIR
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
    as_ard: bool,  # noqa: FBT001
    as_fhir: bool,  # noqa: FBT001
) -> int:
    """Print the released numbers of one measure of DATA."""
    import iop_outcomes as iop
    from iop_outcomes.release import policy_for
    from iop_outcomes.show.tables import estimates_table

    _one_form(json=as_json, csv=as_csv, ard=as_ard, fhir=as_fhir)
    with _loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            narrowed = _narrowed(program, where, period)
            answer = iop.measure(narrowed, measure_name, by=by, definition=definition, scale=scale, profile=profile, at=at)
            released = answer.release(policy, ledger=ledger)
        if as_ard or as_fhir:
            click.echo(_exchanged(answer, released, as_fhir=as_fhir), nl=as_fhir)
        else:
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

    _one_form(json=as_json, csv=as_csv)
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


@cli.command("table-one")
@DATA
@options_of_table_one
@_POLICY
@_LEDGER
@_read_as
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
    with _loaded(data, mapping, on_error, layout) as program:
        policy_for(policy, program.data_class)
        with progress_shown():
            exhibit = table_one_exhibit(_narrowed(program, where, period), policy=policy, **rows)
        print_or_write(exhibit, writer, output)
        return _exit(program)


def _one_form(**forms: bool) -> None:
    """Refuse two forms of one output before anything is read."""
    chosen = [f"--{name}" for name, is_chosen in forms.items() if is_chosen]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} cannot be used together.")


def _exchanged(answer: Answer, released: Released, *, as_fhir: bool) -> str:
    """Released numbers in a form of exchange: analysis results data, or a MeasureReport."""
    import json

    from iop_outcomes.show.ard import ard_text
    from iop_outcomes.show.measure_report import measure_report

    return json.dumps(measure_report(released, discharged=answer.discharged), indent=2) if as_fhir else ard_text(released)


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
