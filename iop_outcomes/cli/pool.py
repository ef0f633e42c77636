"""Takes a command line about folders of shared counts, gives the report of all programs together, or side by side."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import BY, LEDGER, PATH, POLICY, QUIET, progress_shown
from iop_outcomes.cli.program import exit_code
from iop_outcomes.cli.report_options import FORMATS, OUTPUT, PACK, TITLE, print_saved, saved


@click.command()
@click.argument("shares", type=PATH, nargs=-1, required=True)
@PACK
@BY
@POLICY
@LEDGER
@QUIET
@OUTPUT
@TITLE
@FORMATS
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
        written = saved(made, output, formats)
    print_saved(*written)
    return exit_code(network)
