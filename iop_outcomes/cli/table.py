"""Takes a command line about the way out, gives the episodes as a file, and its codebook."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import DATA, PATH, progress_shown, read_as
from iop_outcomes.cli.program import exit_code, loaded, narrowed


@click.command()
@DATA
@read_as
@click.option("-o", "--output", type=PATH, required=True, help="File to write: .csv, .parquet, .xlsx, .sav (SPSS) or .dta (Stata).")
def table(
    data: str,
    mapping: str | None,
    layout: str | None,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    output: str,
) -> int:
    """Write DATA as one row per episode with what the measures make of each, and a codebook beside it: working material, not released."""
    from iop_outcomes.intake.writing import table_writer
    from iop_outcomes.reporting.files import write_new_files

    files = table_writer(output)
    with loaded(data, mapping, on_error, layout) as program:
        with progress_shown():
            paths = write_new_files(files(narrowed(program, where, period).episode_table()))
        for path in paths:
            click.echo(path)
        return exit_code(program)
