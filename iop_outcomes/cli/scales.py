"""Takes a command line about scales, gives their list or all about one."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import PATH
from iop_outcomes.errors import EXIT_DONE


@click.command()
@click.argument("name", required=False)
@click.option("--folder", default=None, type=PATH, help="A folder with scale files of your own, beside those that are shipped.")
def scales(name: str | None, folder: str | None) -> int:
    """List the scales, or describe scale NAME: how it is scored, every published figure, and what it does not offer."""
    from iop_outcomes.scales import describe, get_scale, load_scales
    from iop_outcomes.scales.describe import table

    every = load_scales(folder)
    click.echo(table(list(every.values())) if name is None else describe(get_scale(name, every)))
    return EXIT_DONE
