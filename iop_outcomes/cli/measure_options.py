"""Takes what measures declare as options, gives the flags of every command that asks one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from iop_outcomes.api import FIRST
from iop_outcomes.cli.options import Several, days


class _OfMeasures(click.Option):
    """A flag that is an option of measures: its help is what they declare, read when somebody asks for help."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The words beside the flag."""
        from iop_outcomes.measures import options_named

        offered = options_named(str(self.name))
        self.help = " ".join(f"Of {_and(measures)}, {option}." for option, measures in offered.items())
        return super().get_help_record(ctx)


class _SeveralOfMeasures(_OfMeasures, Several):
    """One of several values."""


def _and(names: list[str]) -> str:
    return " and ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


MEASURE = click.option("--measure", "measure_name", default=FIRST, show_default=True, help="Which measure; see: iop-outcomes measures.")
SCALE = click.option("--scale", default=None, cls=_OfMeasures)
_REST = (
    click.option("--definition", default=None, cls=_OfMeasures),
    SCALE,
    click.option("--profile", default=None, cls=_OfMeasures),
    click.option("--at", callback=days, cls=_SeveralOfMeasures),
    click.option("--curve-interval", default=None, cls=_OfMeasures),
)


def options_of_measures(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of a command that asks any measure."""
    for option in reversed(_REST):
        command = option(command)
    return command
