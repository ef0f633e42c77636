"""Takes a command line about a program and published studies, gives its released figures beside theirs, with differences and tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from iop_outcomes.cli.curve_options import options_of_curves, read_curve
from iop_outcomes.cli.options import CSV, DATA, JSON, LEDGER, PATH, POLICY, Several, days, progress_shown, read_as
from iop_outcomes.cli.output import one_form, print_records
from iop_outcomes.cli.program import exit_code, loaded, narrowed
from iop_outcomes.cli.study_options import ADD, ASSUMED_R, PEOPLE


def _margins(_context: click.Context, _flag: click.Parameter, entries: Sequence[str]) -> dict[str, float] | float | None:
    """One number, or a number by quantity."""
    margins: dict[str, float] = {}
    for entry in entries:
        name, equals, text = entry.rpartition("=")
        try:
            value = float(text)
        except ValueError:
            raise click.BadParameter(f'"{entry}": write a number, or QUANTITY=NUMBER, as in completion_strict=0.10.') from None
        if not equals and len(entries) == 1:
            return value
        margins[name] = value
    return margins or None


@click.command()
@DATA
@click.option("--study", default=None, help="Name of a study, words of its citation, a TOML file or a folder; all by default.")
@click.option("--level", default=None, help="Only studies of this level of care, such as IOP or PHP.")
@click.option("--scale", default=None, help="Only studies with this scale, such as phq9.")
@ADD
@click.option("--quantity", multiple=True, help="Only this quantity, such as d_pre_sd; may be repeated.")
@click.option(
    "--margin",
    multiple=True,
    callback=_margins,
    metavar="[QUANTITY=]NUMBER",
    help="How far apart is still equivalent, as in completion_strict=0.10; may be repeated. There is no default, and no test without it.",
)
@PEOPLE
@ASSUMED_R
@click.option(
    "--curve", "points", type=PATH, default=None, metavar="FILE", help="A printed curve: CSV with columns time and share, with --at-risk."
)
@options_of_curves
@click.option("--measure", default=None, help="What the curve is of; readmission by default.")
@click.option("--definition", default=None, help="Which definition of it.")
@click.option(
    "--at",
    cls=Several,
    callback=days,
    default="30,90,180,365",
    show_default=True,
    metavar="DAYS",
    help="Days at which the curve stands beside.",
)
@click.option("--figure", type=PATH, default=None, metavar="FILE", help="Write the forest of the one quantity as .svg or .pdf.")
@POLICY
@LEDGER
@read_as
@JSON
@CSV
def beside(
    data: str,
    *,
    study: str | None,
    level: str | None,
    scale: str | None,
    add: Sequence[str],
    quantity: Sequence[str],
    margin: float | dict[str, float] | None,
    people: Any,
    r: float | None,
    points: str | None,
    measure: str | None,
    definition: str | None,
    at: tuple[int, ...],
    figure: str | None,
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    as_json: bool,
    as_csv: bool,
    **of_curve: Any,
) -> int:
    """Set the released figures of DATA beside published ones: differences, equivalence where a margin is given, yardsticks, caveats."""
    import iop_outcomes as iop

    one_form(json=as_json, csv=as_csv)
    curves = () if points is None else (read_curve(points, **of_curve),)
    with loaded(data, mapping, on_error, layout) as program:
        with progress_shown():
            result = iop.stand_beside(
                narrowed(program, where, period),
                study=study,
                level=level,
                scale=scale,
                add=add or None,
                curve=curves,
                measure=measure,
                definition=definition,
                at=at,
                quantity=quantity or None,
                margin=margin,
                people=people,
                r=r,
                policy=policy,
                ledger=ledger,
            )
        if figure is not None:
            result.figure(path=figure)
        if as_json or as_csv:
            print_records(result.to_records(), as_json=as_json)
        else:
            click.echo(result.to_text())
        return exit_code(program)
