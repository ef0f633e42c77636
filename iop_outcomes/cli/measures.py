"""Takes a command line about measures, gives their list or the definition of one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from iop_outcomes.cli.measure_options import SCALE
from iop_outcomes.errors import EXIT_DONE

if TYPE_CHECKING:
    from iop_outcomes.measures import Option


_INDENT = " " * 26


@click.command()
@click.argument("name", required=False)
@SCALE
def measures(name: str | None, scale: str | None) -> int:
    """List the measures, or print the definition of measure NAME."""
    from iop_outcomes.measures import FAMILIES, MEASURES, find, known
    from iop_outcomes.scales import load_scales

    entries = known()
    if name is not None:
        first = entries[name].definitions[:1] if name in entries else ()
        click.echo(find(name, *first, scale=scale).definition)
        _print_options((entries.get(name) or FAMILIES[name]).options, "")
        return EXIT_DONE
    for measure, entry in MEASURES.items():
        click.echo(f"{measure:<26} {find(measure, *entry.definitions[:1]).asks}")
        _print_options(entry.options, f"{_INDENT} ")
    for measure, family in FAMILIES.items():
        able = sum(scale in entries for scale in map(family.called, load_scales()))
        click.echo(f"{measure:<26} The same as {family.called('SCALE')}, with --scale SCALE: one of {able}, see iop-outcomes scales.")
        _print_options(family.options, f"{_INDENT} ")
    return EXIT_DONE


def _print_options(options: Iterable[Option], before: str) -> None:
    for option in options:
        click.echo(f"{before}--{option.name}: {option}")
