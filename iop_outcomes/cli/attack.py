"""Takes a command line about the files of a report, gives the withheld counts that come back from them."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import PATH
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, DataError


@click.command()
@click.argument("report_folder", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print one object: every count that comes back, its limits, and how.")
def attack(report_folder: str, as_json: bool) -> int:  # noqa: FBT001 - click passes flags by name
    """Try to work out the counts that the report or the share in REPORT_FOLDER withholds, from its files alone; exit code 1 when one comes back."""
    from iop_outcomes.attack import ContradictionError, attack_report

    try:
        result = attack_report(report_folder)
    except ContradictionError as error:
        raise DataError(
            f"the printed numbers contradict one another, so that nothing follows from them: {error}. Are all files in the folder of one "
            "report, and as it was written? Write the report again, and attack that."
        ) from error
    click.echo(result.to_json() if as_json else result, nl=not as_json)
    return EXIT_FINDINGS if result.recovered else EXIT_DONE
