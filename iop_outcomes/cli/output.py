"""Takes released numbers or records, gives them on standard output in the one form that was asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from iop_outcomes.release import Released
    from iop_outcomes.show.tables import Table


def one_form(**forms: bool) -> None:
    """Refuse two forms of one output before anything is read."""
    chosen = [f"--{name}" for name, is_chosen in forms.items() if is_chosen]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} cannot be used together.")


def print_released(released: Released, tables: Sequence[Table], *, as_json: bool, as_csv: bool) -> None:
    """Released numbers as JSON, CSV or tables of words."""
    from iop_outcomes.release import compared_words
    from iop_outcomes.show.plain import csv_text, json_text

    if as_json:
        click.echo(json_text(released))
    elif as_csv:
        click.echo(csv_text([released]), nl=False)
    else:
        for table in tables:
            click.echo(f"{table.to_text()}\n")
        click.echo(" ".join(filter(None, (released.policy.words, compared_words(released.policy, released.compared)))))


def print_records(records: list[dict[str, object]], *, as_json: bool) -> None:
    """Records as JSON, or as comma-separated values under the names of the first."""
    import csv
    import io
    import json

    if as_json:
        click.echo(json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False))
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]) if records else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    click.echo(text.getvalue(), nl=False)
