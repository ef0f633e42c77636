"""Takes where data are and which episodes are meant, gives the program loaded and narrowed, and what a command says and ends with after it."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click

from iop_outcomes.cli.options import progress_shown
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS

if TYPE_CHECKING:
    from iop_outcomes.intake.data import Data
    from iop_outcomes.results import Flow


def loaded(data: str, mapping: str | None, on_error: str, layout: str | None) -> Data:
    """The program of some files; rows that are left out are said on standard error."""
    import iop_outcomes as iop

    try:
        with progress_shown():
            program = iop.load(data, mapping=mapping, on_error="exclude" if on_error == "exclude" else "raise", layout=layout)
    except iop.DataError as error:
        if error.findings and sys.stderr.isatty():  # a person reads it; what a program reads stays as it is
            raise type(error)(f"{error}\n{next_command(data, mapping, layout, refused=True)}", error.findings) from error
        raise
    faults = [finding for finding in program.findings if finding.severity == "error"]
    for finding in faults:
        click.echo(f"excluded: {finding}", err=True)
    for flow in () if faults else program.flow:  # such as copies, which are no fault, but change the exit code
        if reasons := left_out(flow):
            click.echo(f"excluded: {flow.what}: {sum(reasons.values()):,} of {flow.rows_in:,} rows{_why(reasons)}", err=True)
    return program


def narrowed(program: Data, where: Sequence[str], period: tuple[str, str] | None) -> Data:
    """The episodes asked for: by values of columns, and by the period of discharge."""
    conditions: dict[str, list[str]] = {}
    for entry in where:
        column, equals, values = entry.partition("=")
        if not equals or not values or column in conditions:
            raise click.UsageError(f'--where "{entry}": write COLUMN=VALUE,VALUE, as in track=psychosis,adolescent, and each column once.')
        conditions[column] = values.split(",")
    narrowed = program.where(**conditions)
    return narrowed if period is None else narrowed.discharged(*period)


def exit_code(program: Data) -> int:
    """1 when rows were left out, else 0."""
    return EXIT_FINDINGS if any(left_out(flow) for flow in program.flow) else EXIT_DONE


def next_command(data: str, mapping: str | None, layout: str | None, *, refused: bool, faulty: bool = False) -> str:
    """What to run after data were checked, or refused."""
    options = "".join(f" --{name} {as_typed(given)}" for name, given in (("mapping", mapping), ("layout", layout)) if given)
    if refused:
        again = f"iop-outcomes check {as_typed(data)}{options}"
        return f"Next: correct the files, or what mapping.toml says (iop-outcomes start {as_typed(data)} asks for it), then: {again}"
    return f"Next: iop-outcomes report {as_typed(data)}{options}{' --on-error exclude' if faulty else ''}"


def as_typed(name: str) -> str:
    """A path as it is typed on a command line."""
    return shlex.quote(name) if name.isprintable() else "DATA"


def left_out(flow: Flow) -> dict[str, int]:
    """Rows that a fault leaves out, by reason; a contact that was missed is none, nor are episodes that were not asked for (--where)."""
    from iop_outcomes.intake.contacts import NOT_COUNTED
    from iop_outcomes.results import CHOSEN

    return {reason: n for reason, n in flow.excluded.items() if n and reason not in NOT_COUNTED and not reason.startswith(CHOSEN)}


def would_leave_out(flow: Flow) -> str:
    """What leaving faulty rows out would leave of a table."""
    reasons = left_out(flow)
    return f"{flow.what}: {sum(reasons.values()):,} of {flow.rows_in:,} rows would be left out{_why(reasons)}; {flow.used:,} remain"


def _why(reasons: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{n:,} {reason}' for reason, n in reasons.items())})" if reasons else ""
