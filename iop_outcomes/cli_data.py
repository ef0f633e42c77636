"""Takes a command line about data, gives what is wrong with them, a mapping to finish, or a synthetic program."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS
from iop_outcomes.progress import on_terminal

if TYPE_CHECKING:
    from iop_outcomes.intake.findings import Finding
    from iop_outcomes.results import Flow

SHOWN = 20


class _Path(click.Path):
    """A path; an empty text, as of a variable that was never set, is none, though the system takes it for the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path, as typed."""
        if not value:
            self.fail("it is empty. Name a file or a folder; the current one is written as a point.", param, ctx)
        return super().convert(value, param, ctx)


def _limit_memory(context: click.Context, _option: click.Parameter, amount: str | None) -> None:
    from iop_outcomes.memory import limited_memory

    context.with_resource(limited_memory(amount))


PATH = _Path()
DATA = click.argument("data", type=PATH)
MEMORY = click.option(
    "--memory",
    default=None,
    expose_value=False,
    callback=_limit_memory,
    metavar="AMOUNT",
    help="Most memory for the rows, as in 4GB, before they are kept on disk; half of what the machine allows by default.",
)
MAPPING = click.option("--mapping", type=_Path(dir_okay=False), help="A mapping.toml; the one beside the data by default.")
LAYOUT = click.option(
    "--layout",
    default=None,
    help="Another system's layout: omop, fhir, redcap, teds_d, or one that a file describes; the mapping's by default.",
)
ON_ERROR = click.option(
    "--on-error",
    type=click.Choice(["raise", "exclude"]),
    default="raise",
    show_default=True,
    help="Stop at faulty rows, or leave them out.",
)
_QUIET = "iop_outcomes.quiet"


def _keep_quiet(context: click.Context, _flag: click.Parameter, quiet: bool) -> None:  # noqa: FBT001 - click calls it
    context.meta[_QUIET] = quiet


QUIET = click.option(
    "--quiet",
    is_flag=True,
    expose_value=False,
    callback=_keep_quiet,
    help="Do not say on the terminal what a step is doing once it lasts over 2 seconds.",
)


def progress_shown() -> AbstractContextManager[None]:
    """Progress on the terminal while the library works, unless --quiet was given; what a command prints, it prints afterwards."""
    return nullcontext() if click.get_current_context().meta.get(_QUIET) else on_terminal()


@click.command()
@DATA
@MAPPING
@LAYOUT
@ON_ERROR
@MEMORY
@QUIET
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print findings.")
@click.option(
    "--fail-on", type=click.Choice(["error", "warning"]), default="warning", show_default=True, help="From which weight to exit with 1."
)
@click.option("-o", "--output", type=PATH, default=None, help="Also write every line of every finding to this .csv or .json file.")
def check(data: str, mapping: str | None, layout: str | None, on_error: str, form: str, fail_on: str, output: str | None) -> int:
    """Print what is wrong with DATA: files, lines, columns and rules, never a value; with --on-error exclude, also what would remain."""
    import iop_outcomes as iop
    from iop_outcomes.intake.findings import Finding

    ending, exclude = _ending(output), on_error == "exclude"
    refused, lost = EXIT_DONE, False
    try:
        with progress_shown(), iop.load(data, mapping=mapping, layout=layout, on_error="exclude" if exclude else "raise") as program:
            findings, lost = list(program.findings), any(left_out(flow) for flow in program.flow)
            flows = [would_leave_out(flow) if exclude else str(flow) for flow in program.flow]
    except iop.DataError as error:
        if not error.findings:
            raise
        findings, flows, refused = [finding for finding in error.findings if isinstance(finding, Finding)], [], error.exit_code
    _print_findings(findings, flows, form, output)
    if output is not None:
        from iop_outcomes.reporting.files import write_new_file

        click.echo(write_new_file(output, (_json if ending == ".json" else _csv)(findings).encode()), err=True)
    if form == "text" and sys.stderr.isatty():  # a person reads it; what a program reads stays as it is
        faulty = any(finding.severity == "error" for finding in findings)
        click.echo(next_command(data, mapping, layout, refused=bool(refused), faulty=faulty), err=True)
    if refused:
        return refused
    warned = fail_on == "warning" and any(finding.severity == "warning" for finding in findings)
    return EXIT_FINDINGS if warned or (exclude and lost) else EXIT_DONE


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
    """Rows that a fault leaves out, by reason; a contact that was missed is none."""
    from iop_outcomes.intake.contacts import NOT_COUNTED

    return {reason: n for reason, n in flow.excluded.items() if n and reason not in NOT_COUNTED}


def would_leave_out(flow: Flow) -> str:
    """What leaving faulty rows out would leave of a table."""
    reasons = left_out(flow)
    why = f" ({', '.join(f'{n:,} {reason}' for reason, n in reasons.items())})" if reasons else ""
    return f"{flow.what}: {sum(reasons.values()):,} of {flow.rows_in:,} rows would be left out{why}; {flow.used:,} remain"


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


@click.command()
@click.option("-o", "--output", type=PATH, default="data/synthetic", show_default=True, help="Folder for the files.")
@click.option("--n", "episodes", type=int, default=1200, show_default=True, help="How many episodes.")
@click.option("--seed", type=int, default=7, show_default=True, help="Seed; the same seed gives the same bytes.")
def synth(output: str, episodes: int, seed: int) -> int:
    """Write a synthetic program with known truth."""
    from iop_outcomes.synthetic import write_program

    for path in write_program(output, n=episodes, seed=seed):
        click.echo(path)
    return EXIT_DONE


def _ending(output: str | None) -> str:
    """The ending of a file of findings, known before any data are read."""
    ending = Path(output).suffix.lower() if output is not None else ".csv"
    if ending not in (".csv", ".json"):
        raise click.UsageError("--output must end in .csv or .json.")
    return ending


def _print_findings(findings: Sequence[Finding], flows: Sequence[str], form: str, output: str | None) -> None:
    from iop_outcomes.intake.files import shown

    if form == "json":
        click.echo(_json(findings), nl=False)
        return
    for finding in findings[:SHOWN]:
        click.echo(f"{finding.severity}: {finding}")
    if len(findings) > SHOWN:
        all_of_them = f"{shown(Path(output))} holds all" if output else "--output findings.csv writes all, --format json prints them"
        click.echo(f"... and {len(findings) - SHOWN} more; {all_of_them}")
    for flow in flows:
        click.echo(flow)
    if not findings:
        click.echo("no finding")


def _json(findings: Sequence[Finding]) -> str:
    return json.dumps([finding.to_dict() for finding in findings], indent=2, ensure_ascii=False) + "\n"


def _csv(findings: Sequence[Finding]) -> str:
    """One row for each line of each finding, and one for a finding about a whole file."""
    import csv
    import io

    from iop_outcomes.intake.writing import FORMULA_STARTS

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("severity", "rule", "file", "line", "column", "message", "hint"))
    for finding in findings:
        for line in finding.lines or ("",):
            cells = (finding.severity, finding.rule, finding.file, line, finding.column, finding.message, finding.hint)
            writer.writerow("'" + cell if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell for cell in cells)
    return out.getvalue()
