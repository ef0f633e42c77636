"""Takes a command line about published studies, gives them as a table, and whether what they print follows from what else they print."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.cli_data import LAYOUT, MAPPING, MEMORY, PATH, QUIET, progress_shown
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS

if TYPE_CHECKING:
    from iop_outcomes.published.reproduced import Reproduction
    from iop_outcomes.published.study_registry import StudyRegistry

_ADD = click.option(
    "--add",
    multiple=True,
    type=PATH,
    help="Studies of your own beside the registry: a TOML file, a folder of them, or a .csv in the Metapsy standard; may be repeated.",
)
_JSON = click.option(
    "--json", "as_json", is_flag=True, help="Print a list of objects, one for each printed figure; with --data, those beside the program's."
)
_CSV = click.option(
    "--csv",
    "as_csv",
    is_flag=True,
    help="Print comma-separated values, one line for each printed figure; with --data, those beside the program's.",
)


@click.command()
@click.argument("name", required=False)
@click.option("--level", default=None, help="Level of care, such as IOP or PHP.")
@click.option("--scale", default=None, help="A scale, such as phq9, or as a study names it.")
@click.option("--design", default=None, help="How it was done, such as randomized_trial or meta_analysis; worked_example shows examples.")
@click.option("--outcome", default=None, help="What it prints, such as change, completion or readmission.")
@click.option("--scope", default=None, help="How far it goes: one_program, several_programs, national, literature.")
@click.option("--population", default=None, help="A word of the population, such as veterans.")
@_ADD
@_JSON
@_CSV
@click.option(
    "--metapsy", type=PATH, default=None, metavar="FILE", help="Write the trials' comparisons of two groups in the Metapsy standard."
)
def studies(name: str | None, *, add: Sequence[str], as_json: bool, as_csv: bool, metapsy: str | None, **search: str | None) -> int:
    """List published studies, or show what the study NAME (or those with these words in the citation) prints."""
    import iop_outcomes as iop

    _one_form(as_json, as_csv)
    registry = iop.studies(name, add=add or None, **search)
    if metapsy is not None:
        from iop_outcomes.reporting.files import write_new_file

        table = registry.to_metapsy()
        click.echo(write_new_file(Path(metapsy), table.to_csv().encode()))
        click.echo(table.sentence())
    elif as_json or as_csv:
        _print_records(registry.to_records(), as_json=as_json)
    elif len(registry) == 1 and name is not None:
        _print_study(registry)
    else:
        click.echo(registry.to_text())
    return EXIT_DONE


@click.command()
@click.argument("study", required=False)
@_ADD
@click.option("--data", type=PATH, default=None, help="A program's data: its released figures are set beside those of the studies.")
@click.option(
    "--people",
    type=click.Choice(["pairs", "completers"]),
    default="pairs",
    show_default=True,
    help="Whom the program's changes are of: everyone with both scores, or those of them who completed.",
)
@click.option("--policy", default="cms11", show_default=True, help="Disclosure policy of the program's figures.")
@click.option("--ledger", type=PATH, default=None, help="File of the outputs made before.")
@MAPPING
@LAYOUT
@MEMORY
@QUIET
@_JSON
@_CSV
def reproduce(
    study: str | None,
    *,
    add: Sequence[str],
    data: str | None,
    people: str,
    policy: str,
    ledger: str | None,
    mapping: str | None,
    layout: str | None,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Compute what STUDY (a name, a TOML file, a folder; all by default) prints again; exit code 1 when a figure does not follow."""
    import iop_outcomes as iop

    _one_form(as_json, as_csv)
    how: dict[str, Any] = {"add": add or None, "people": people, "policy": policy, "ledger": ledger}
    if data is None:
        result = iop.reproduce(study, **how)
    else:
        with progress_shown(), iop.load(data, mapping=mapping, layout=layout) as program:
            result = iop.reproduce(study, data=program, **how)
    if as_json or as_csv:
        _print_records(_records(result), as_json=as_json)
    else:
        click.echo(result.to_text())
    return EXIT_FINDINGS if result.counts["not reproduced"] else EXIT_DONE


def _records(result: Reproduction) -> list[dict[str, object]]:
    """The figures set beside a program where there are some, else those computed again."""
    return result.to_records() if result.beside is None else result.beside.to_records()


def _one_form(as_json: bool, as_csv: bool) -> None:  # noqa: FBT001 - both are flags of the command line
    if as_json and as_csv:
        raise click.UsageError("--json and --csv cannot be used together.")


def _print_records(records: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False))
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]) if records else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    click.echo(text.getvalue(), nl=False)


def _print_study(registry: StudyRegistry) -> None:
    """One study with each of its figures."""
    from iop_outcomes.published.text_tables import text_table

    (study,) = registry.rows
    click.echo(study.sentence())
    for words in filter(None, (study.also_printed, study.note)):
        click.echo(words)
    rows = [
        tuple(str(record[name] or "") for name in ("figure", "scale", "people", "given", "quantity", "value", "page"))
        for record in registry.to_records()
        if record["figure"]
    ]
    if rows:
        click.echo(f"\n{text_table(('figure', 'scale', 'people', 'given', 'quantity', 'printed', 'page'), rows)}")
