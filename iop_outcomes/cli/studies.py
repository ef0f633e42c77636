"""Takes a command line about published studies, gives them as a table, or what one of them prints."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iop_outcomes.cli.options import PATH
from iop_outcomes.cli.output import one_form, print_records
from iop_outcomes.cli.study_options import ADD, FIGURES_CSV, FIGURES_JSON
from iop_outcomes.errors import EXIT_DONE

if TYPE_CHECKING:
    from iop_outcomes.published.study_registry import StudyRegistry


@click.command()
@click.argument("name", required=False)
@click.option("--level", default=None, help="Level of care, such as IOP or PHP.")
@click.option("--scale", default=None, help="A scale, such as phq9, or as a study names it.")
@click.option("--design", default=None, help="How it was done, such as randomized_trial or meta_analysis; worked_example shows examples.")
@click.option("--outcome", default=None, help="What it prints, such as change, completion or readmission.")
@click.option("--scope", default=None, help="How far it goes: one_program, several_programs, national, literature.")
@click.option("--population", default=None, help="A word of the population, such as veterans.")
@ADD
@FIGURES_JSON
@FIGURES_CSV
@click.option(
    "--metapsy", type=PATH, default=None, metavar="FILE", help="Write the trials' comparisons of two groups in the Metapsy standard."
)
def studies(name: str | None, *, add: Sequence[str], as_json: bool, as_csv: bool, metapsy: str | None, **search: str | None) -> int:
    """List published studies, or show what the study NAME (or those with these words in the citation) prints."""
    import iop_outcomes as iop

    one_form(json=as_json, csv=as_csv)
    registry = iop.studies(name, add=add or None, **search)
    if metapsy is not None:
        from iop_outcomes.reporting.files import write_new_file

        table = registry.to_metapsy()
        click.echo(write_new_file(Path(metapsy), table.to_csv().encode()))
        click.echo(table.sentence())
    elif as_json or as_csv:
        print_records(registry.to_records(), as_json=as_json)
    elif len(registry) == 1 and name is not None:
        _print_study(registry)
    else:
        click.echo(registry.to_text())
    return EXIT_DONE


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
