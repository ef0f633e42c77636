"""Takes a command line about measures or scales, gives their list or one of them, and the flags that any measure may be asked with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.api import FIRST
from iop_outcomes.errors import EXIT_DONE

if TYPE_CHECKING:
    from iop_outcomes.measures import Option

_INDENT = " " * 26


class _OfMeasures(click.Option):
    """A flag that is an option of measures: its help is what they declare, read when somebody asks for help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The words beside the flag."""
        from iop_outcomes.measures import options_named

        offered = options_named(str(self.name))
        self.help = " ".join(f"Of {_and(measures)}, {option}." for option, measures in offered.items())
        return super().get_help_record(ctx)


def _and(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def _days(_context: click.Context, _flag: click.Parameter, text: str | None) -> list[int] | None:
    """Whole days from "30,90,180"."""
    if text is None:
        return None
    try:
        return [int(day) for day in text.split(",")]
    except ValueError as error:
        raise click.UsageError("--at must be whole days with commas between them, as in 30,90,180.") from error


def columns(_context: click.Context, _flag: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    """Columns from "track,modality"."""
    return None if text is None else tuple(text.split(","))


MEASURE = click.option("--measure", "measure_name", default=FIRST, show_default=True, help="Which measure; see: iop-outcomes measures.")
SCALE = click.option("--scale", default=None, cls=_OfMeasures)
_REST = (
    click.option("--definition", default=None, cls=_OfMeasures),
    SCALE,
    click.option("--profile", default=None, cls=_OfMeasures),
    click.option("--at", default=None, callback=_days, cls=_OfMeasures),
)


def options_of_measures(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of a command that asks any measure."""
    for option in reversed(_REST):
        command = option(command)
    return command


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


@click.command()
@click.argument("name", required=False)
@click.option("--folder", default=None, type=click.Path(), help="A folder with scale files of your own, beside those that are shipped.")
def scales(name: str | None, folder: str | None) -> int:
    """List the scales, or describe scale NAME: how it is scored, every published figure, and what it does not offer."""
    from iop_outcomes.scales import describe, get_scale, load_scales
    from iop_outcomes.scales.describe import table

    every = load_scales(folder)
    click.echo(table(list(every.values())) if name is None else describe(get_scale(name, every)))
    return EXIT_DONE


def _print_options(options: Iterable[Option], before: str) -> None:
    for option in options:
        click.echo(f"{before}--{option.name}: {option}")
