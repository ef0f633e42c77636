"""Takes what measures declare as options, gives the flags of every command that asks one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from iop_outcomes.api import FIRST


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
