"""Takes a command line about data, gives what is wrong with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iop_outcomes.cli.options import DATA, LAYOUT, MAPPING, MEMORY, ON_ERROR, PATH, QUIET, progress_shown
from iop_outcomes.cli.program import left_out, next_command, would_leave_out
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS

if TYPE_CHECKING:
    from iop_outcomes.intake.findings import Finding


SHOWN_FINDINGS = 20


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
    for finding in findings[:SHOWN_FINDINGS]:
        click.echo(f"{finding.severity}: {finding}")
    if len(findings) > SHOWN_FINDINGS:
        all_of_them = f"{shown(Path(output))} holds all" if output else "--output findings.csv writes all, --format json prints them"
        click.echo(f"... and {len(findings) - SHOWN_FINDINGS} more; {all_of_them}")
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
