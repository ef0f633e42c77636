"""Takes a command line about a report, gives the files of it, or of one for each period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli.options import BY, DATA, LEDGER, PATH, POLICY, progress_shown, read_as
from iop_outcomes.cli.program import exit_code, loaded, narrowed
from iop_outcomes.errors import LibraryError

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data


_PACK = click.option(
    "--pack",
    default="program_quality",
    show_default=True,
    help="Which page: program_quality, every outcome by group; committee, what a quality committee reads, with small numbers; payer, rates with their "
    "specifications; accreditation, what the Joint Commission asks for; medicare_iop, what Medicare asks for. The files are named after it.",
)


@click.command()
@DATA
@_PACK
@BY
@POLICY
@LEDGER
@read_as
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

    with loaded(data, mapping, on_error, layout) as program:
        if schedule is not None:
            episodes = narrowed(program, where, period)
            options = {"by": by or "track", "pack": pack, "policy": policy, "title": title, "ledger": ledger, "formats": formats}
            _write_scheduled(episodes, schedule, output, compare_to, options)
            return exit_code(program)
        with progress_shown():
            episodes = narrowed(program, where, period)
            made = iop.report(episodes, by=by or "track", pack=pack, policy=policy, title=title, ledger=ledger, compare_to=compare_to)
            try:
                paths, missing = made.save(output, formats), None
            except LibraryError as error:
                paths, missing = list(error.written), error
        for path in paths:
            click.echo(path)
        if missing is not None:
            raise missing
        return exit_code(program)


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
