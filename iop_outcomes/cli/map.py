"""Takes a command line about data, gives a mapping to finish."""

from __future__ import annotations

from pathlib import Path

import click

from iop_outcomes.cli.options import DATA, MEMORY, PATH, QUIET, progress_shown
from iop_outcomes.cli.program import as_typed
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS


@click.command("map")
@DATA
@MEMORY
@QUIET
@click.option("-o", "--output", type=PATH, default=None, help="Write the proposal to this file, such as DATA/mapping.toml.")
def propose_mapping(data: str, output: str | None) -> int:
    """Propose a mapping.toml for DATA, to be finished by a person; what one that stands there says is kept, and what it leaves open is said."""
    from iop_outcomes.intake.locations import find_mapping
    from iop_outcomes.intake.mapping import parsed_mapping, read_mapping
    from iop_outcomes.intake.propose import propose
    from iop_outcomes.reporting.files import write_new_file

    earlier = find_mapping(Path(data))
    if earlier:
        read_mapping(earlier)
    with progress_shown():
        proposal = propose(data, Path(output).parent if output else None, parsed_mapping(earlier) if earlier else None)
    if output is None:
        click.echo(proposal.text, nl=False)
    else:
        click.echo(write_new_file(output, proposal.text.encode()))
    for line in proposal.open if earlier else ():
        click.echo(f"left to decide: [{'.'.join(line.section)}] {line.key}", err=True)
    done = f"{proposal.to_finish} to finish" if proposal.to_finish else "nothing left to finish"
    click.echo(f"{done}; then run: iop-outcomes check {as_typed(data)}", err=True)
    return EXIT_FINDINGS if proposal.to_finish else EXIT_DONE
