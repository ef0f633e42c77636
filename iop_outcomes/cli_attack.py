"""Takes a command line about the files of a report, gives the withheld counts that come back from them."""

from __future__ import annotations

import click

from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS


@click.command()
@click.argument("report_folder", type=click.Path())
@click.option("--json", "as_json", is_flag=True, help="Print one object: every count that comes back, its limits, and how.")
def attack(report_folder: str, as_json: bool) -> int:  # noqa: FBT001 - click passes flags by name
    """Try to work out the counts that the report in REPORT_FOLDER withholds, from its files alone; exit code 1 when one comes back."""
    from iop_outcomes.attack import attack_report

    result = attack_report(report_folder)
    click.echo(result.to_json() if as_json else result, nl=not as_json)
    return EXIT_FINDINGS if result.recovered else EXIT_DONE
