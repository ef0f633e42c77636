"""Takes a command line about sharing, gives the count tables of a report as a folder that others can pool."""

from __future__ import annotations

import click

from iop_outcomes.cli.options import BY, DATA, PATH, POLICY, progress_shown, read_as
from iop_outcomes.cli.program import exit_code, loaded, narrowed


@click.command()
@DATA
@click.option("--name", default=None, help="What the program is called in the pool; [program] name of the mapping by default.")
@click.option("--pack", default="program_quality", show_default=True, help="The report whose tables are shared.")
@BY
@POLICY
@read_as
@click.option("-o", "--output", type=PATH, default="counts", show_default=True, help="Folder for the tables.")
def share(
    data: str,
    name: str | None,
    pack: str,
    by: tuple[str, ...] | None,
    mapping: str | None,
    layout: str | None,
    policy: str,
    on_error: str,
    where: tuple[str, ...],
    period: tuple[str, str] | None,
    output: str,
) -> int:
    """Write the count tables of a report of DATA, which pool puts together with those of other programs: no row, no id, no date."""
    import iop_outcomes as iop

    if by is not None and len(by) > 1:
        raise click.UsageError("--by: tables are shared by one column.")
    with loaded(data, mapping, on_error, layout) as program:
        with progress_shown():
            made = iop.share(narrowed(program, where, period), name=name, by=by[0] if by else "track", pack=pack, policy=policy)
            made.save(output)
        click.echo(made)
        click.echo(output)
        return exit_code(program)
