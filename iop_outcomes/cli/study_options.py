"""Takes what a person types about published studies, gives the flags that several of their commands have."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import PATH

ADD = click.option(
    "--add",
    multiple=True,
    type=PATH,
    help="Studies of your own beside the registry: a TOML file, a folder of them, or a .csv in the Metapsy standard; may be repeated.",
)
PEOPLE = click.option(
    "--people",
    type=click.Choice(["pairs", "completers"]),
    default="pairs",
    show_default=True,
    help="Whom the program's changes are of: everyone with both scores, or those of them who completed.",
)
FIGURES_JSON = click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print a list of objects, one for each printed figure, or for each that stands beside a program's.",
)
FIGURES_CSV = click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="Print comma-separated values, one line for each printed figure, or for each that stands beside a program's.",
)
ASSUMED_R = click.option(
    "--r", type=float, default=None, help="Correlation of scores before and after that is assumed where a study prints none."
)
