"""Takes a command line about a printed survival curve, gives the events and ends of follow-up behind it, or its figures by days."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import click

from iop_outcomes.cli.curve_options import options_of_curves, read_curve
from iop_outcomes.cli.options import CSV, JSON, PATH, Several, days
from iop_outcomes.cli.output import one_form, print_records
from iop_outcomes.errors import EXIT_DONE


@click.command()
@click.argument("points", type=PATH)
@options_of_curves
@click.option("--at", cls=Several, callback=days, metavar="DAYS", help="Print the share by these days instead of the counts, as in 30,90.")
@JSON
@CSV
def curve(points: str, *, at: tuple[int, ...] | None, as_json: bool, as_csv: bool, **how: Any) -> int:
    """Read a printed survival curve back: POINTS is a CSV with columns time and share, read off the figure; counts come out (Guyot 2012)."""
    from iop_outcomes.published.text_tables import text_table

    one_form(json=as_json, csv=as_csv)
    result = read_curve(points, **how)
    records: list[dict[str, Any]] = list(result.to_records()) if at is None else [_plain(asdict(each)) for each in result.at(at)]
    if as_json or as_csv:
        print_records(records, as_json=as_json)
        return EXIT_DONE
    rows = [tuple("" if value is None else f"{value:.4g}" for value in record.values()) for record in records]
    click.echo(text_table(tuple(records[0]), rows))
    click.echo(f"\n{result.sentence()}")
    return EXIT_DONE


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """What is not known past the end of the curve is nothing."""
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in record.items()}
