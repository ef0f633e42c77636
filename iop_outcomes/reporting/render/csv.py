"""Takes a document, gives every released number in it as comma-separated text."""

from __future__ import annotations

from iop_outcomes.reporting.document import Document
from iop_outcomes.show.plain import csv_text


def csv_of(document: Document) -> str:
    """The numbers, with the fixed columns; withheld ones empty with the flag suppressed."""
    return csv_text(document.released)
