"""Takes a command line about a synthetic program, gives its files."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import PATH
from iop_outcomes.errors import EXIT_DONE


@click.command()
@click.option("-o", "--output", type=PATH, default="data/synthetic", show_default=True, help="Folder for the files.")
@click.option("--n", "episodes", type=int, default=1200, show_default=True, help="How many episodes.")
@click.option("--seed", type=int, default=7, show_default=True, help="Seed; the same seed gives the same bytes.")
def synth(output: str, episodes: int, seed: int) -> int:
    """Write a synthetic program with known truth."""
    from iop_outcomes.synthetic import write_program

    for path in write_program(output, n=episodes, seed=seed):
        click.echo(path)
    return EXIT_DONE
