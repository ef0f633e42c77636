"""Takes a command line about folders of shared counts, gives the report of all programs together, or side by side."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import BY, LEDGER, PATH, POLICY, QUIET, progress_shown
from iop_outcomes.cli.program import exit_code


@click.command()
@click.argument("shares", type=PATH, nargs=-1, required=True)
@click.option("--pack", default="program_quality", show_default=True, help="Which page; one that the programs shared the tables of.")
@BY
@POLICY
@LEDGER
@QUIET
@click.option("-o", "--output", type=PATH, default="reports", show_default=True, help="Folder for the report.")
@click.option("--title", default=None, help="Heading of the page; that of the pack by default.")
@click.option(
    "--format",
    "formats",
    default="html,csv,json",
    show_default=True,
    callback=lambda _context, _option, value: value.split(","),
    help="Files to write, as report does.",
)
def pool(
    shares: tuple[str, ...],
    pack: str,
    by: tuple[str, ...] | None,
    policy: str,
    ledger: str | None,
    output: str,
    title: str | None,
    formats: list[str],
) -> int:
    """Build the report of the programs that wrote SHARES with share: by program, or with --by by a column they shared."""
    import iop_outcomes as iop

    with progress_shown():
        network = iop.pool(shares)
        made = iop.report(network, by=by or "program", pack=pack, policy=policy, title=title, ledger=ledger)
        paths = made.save(output, formats)
    for path in paths:
        click.echo(path)
    return exit_code(network)
