"""Takes a command line about published studies, gives whether what they print follows from what else they print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli.options import LAYOUT, MAPPING, MEMORY, PATH, QUIET, progress_shown
from iop_outcomes.cli.output import one_form, print_records
from iop_outcomes.cli.study_options import ADD, ASSUMED_R, FIGURES_CSV, FIGURES_JSON, PEOPLE
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS

if TYPE_CHECKING:
    from iop_outcomes.published.reproduced import Reproduction


@click.command()
@click.argument("study", required=False)
@ADD
@click.option("--data", type=PATH, default=None, help="A program's data: its released figures are set beside those of the studies.")
@PEOPLE
@ASSUMED_R
@click.option("--policy", default="cms11", show_default=True, help="Disclosure policy of the program's figures.")
@click.option("--ledger", type=PATH, default=None, help="File of the outputs made before.")
@MAPPING
@LAYOUT
@MEMORY
@QUIET
@FIGURES_JSON
@FIGURES_CSV
def reproduce(
    study: str | None,
    *,
    add: Sequence[str],
    data: str | None,
    people: str,
    r: float | None,
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Compute what STUDY (a name, a TOML file, a folder; all by default) prints again; exit code 1 when a figure does not follow."""
    import iop_outcomes as iop

    one_form(json=as_json, csv=as_csv)
    how: dict[str, Any] = {"add": add or None, "people": people, "r": r, "policy": policy, "ledger": ledger}
    if data is None:
        result = iop.reproduce(study, **how)
    else:
        with progress_shown(), iop.load(data, mapping=mapping, layout=layout) as program:
            result = iop.reproduce(study, data=program, **how)
    if as_json or as_csv:
        print_records(_records(result), as_json=as_json)
    else:
        click.echo(result.to_text())
    return EXIT_FINDINGS if result.counts["not reproduced"] else EXIT_DONE


def _records(result: Reproduction) -> list[dict[str, object]]:
    """The figures set beside a program where there are some, else those computed again."""
    return result.to_records() if result.beside is None else result.beside.to_records()
