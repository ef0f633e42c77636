"""Takes a command line about a report, gives the files of it, or of one for each period."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli.options import BY, DATA, LEDGER, PATH, POLICY, progress_shown, read_as
from iop_outcomes.cli.program import exit_code, loaded, narrowed
from iop_outcomes.cli.report_options import FORMATS, OUTPUT, PACK, TITLE, print_saved, saved
from iop_outcomes.errors import LibraryError

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data


@click.command()
@DATA
@PACK
@BY
@POLICY
@LEDGER
@read_as
@OUTPUT
@TITLE
@FORMATS
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
            written = saved(made, output, formats)
        print_saved(*written)
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
