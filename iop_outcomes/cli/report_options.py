"""Takes what a person types about a report, gives the flags of the commands that write one, and its files, printed when they are whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from iop_outcomes.cli.options import PATH, Several
from iop_outcomes.errors import LibraryError

if TYPE_CHECKING:
    from pathlib import Path

    from iop_outcomes.reporting.report import Report

PACK = click.option(
    "--pack",
    default="program_quality",
    show_default=True,
    help="Which page: program_quality, every outcome by group; committee, what a quality committee reads, with small numbers; payer, rates with their "
    "specifications; accreditation, what the Joint Commission asks for; medicare_iop, what Medicare asks for. The files are named after it.",
)
OUTPUT = click.option("-o", "--output", type=PATH, default="reports", show_default=True, help="Folder for the report.")
TITLE = click.option("--title", default=None, help="Heading of the page; that of the pack by default.")
FORMATS = click.option(
    "--format",
    "formats",
    cls=Several,
    default="html,csv,json",
    show_default=True,
    callback=lambda _context, _option, text: text.split(","),
    help="Files to write: html (the page, and its methods in a second file), csv (its numbers), json (where they come from), txt (the page in words), docx (the page for Word), "
    "xlsx (its tables for Excel), pptx (its first page and its charts for PowerPoint), pdf (the page to print and pass on, as PDF/UA), "
    "figures (each chart as SVG, and its numbers as CSV).",
)


def saved(report: Report, output: str, formats: Sequence[str]) -> tuple[Sequence[Path], LibraryError | None]:
    """The files that were written, and why one could not be made, where that is so."""
    try:
        return report.save(output, formats), None
    except LibraryError as error:
        return error.written, error


def print_saved(paths: Sequence[Path], missing: LibraryError | None) -> None:
    """Print the files, then say what could not be made."""
    for path in paths:
        click.echo(path)
    if missing is not None:
        raise missing
