"""Takes a command line about a report and its data, gives every place where the report is not what the data give."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import LAYOUT, MAPPING, MEMORY, PATH, QUIET, progress_shown
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS


@click.command()
@click.argument("report", type=PATH)
@click.option("--input", "data", type=PATH, required=True, help="The data that it was made of: a folder, or the file of episodes.")
@MAPPING
@LAYOUT
@click.option("--ledger", type=PATH, help="The ledger that the report was made with, where it was made with one.")
@click.option("--compare-to", type=PATH, help="The .json of the earlier report that it says the changes since, where it says any.")
@MEMORY
@QUIET
def verify(report: str, data: str, mapping: str | None, layout: str | None, ledger: str | None, compare_to: str | None) -> int:
    """Compute REPORT, a file of a report or its folder, again from the data; exit code 1 when anything in it differs."""
    import iop_outcomes as iop
    from iop_outcomes.reporting.verification import report_files

    on_error = report_files(report)[1].on_error
    with (
        progress_shown(),
        iop.load(data, mapping=mapping, layout=layout, on_error="exclude" if on_error == "exclude" else "raise") as program,
    ):
        result = iop.verify(program, report=report, ledger=ledger, compare_to=compare_to)
    click.echo(result)
    return EXIT_DONE if result.same else EXIT_FINDINGS
