"""Takes what a person types about a printed survival curve, gives the flags of it, and the curve read back from its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli.options import PATH

if TYPE_CHECKING:
    from iop_outcomes.published.reconstructed import ReconstructedCurve

_OPTIONS = (
    click.option(
        "--at-risk", type=PATH, default=None, metavar="FILE", help="CSV with columns time and n: the numbers at risk under the figure."
    ),
    click.option("--events", type=int, default=None, help="Events in all, where the paper prints them."),
    click.option(
        "--kind",
        type=click.Choice(["falling", "rising"]),
        default="falling",
        show_default=True,
        help="Whether the curve falls from 1 (free of the event) or rises from 0 (with it).",
    ),
    click.option("--percent", is_flag=True, help="The shares are in percent."),
    click.option(
        "--unit",
        type=click.Choice(["days", "weeks", "months", "years"]),
        default="days",
        show_default=True,
        help="Of the times of the figure; a month is 30.4375 days, a year 365.25.",
    ),
    click.option("--label", default="", help="What the curve is of."),
)


def options_of_curves(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of a command that reads a curve."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_curve(
    points: str, *, at_risk: str | None, events: int | None, kind: Any, percent: bool, unit: Any, label: str
) -> ReconstructedCurve:
    """The curve of two files, as counts."""
    import iop_outcomes as iop
    from iop_outcomes.published.curve_files import AT_RISK, POINTS, read_columns

    if at_risk is None:
        raise click.UsageError(
            "--at-risk is missing: a file with the numbers at risk, time and n, from time 0 on; the one at 0 alone will do."
        )
    return iop.reconstruct_curve(
        read_columns(points, POINTS),
        at_risk=read_columns(at_risk, AT_RISK),
        events=events,
        kind=kind,
        percent=percent,
        unit=unit,
        label=label or points,
    )
