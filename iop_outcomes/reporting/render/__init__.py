"""Takes a document, gives the text of a file: one module for each form, and their names in the list below."""

from collections.abc import Callable, Mapping

from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render.csv import csv_of
from iop_outcomes.reporting.render.html import html_of
from iop_outcomes.reporting.render.json import json_of
from iop_outcomes.reporting.render.text import text_of

RENDERERS: Mapping[str, Callable[[Document], str]] = {"html": html_of, "csv": csv_of, "json": json_of, "txt": text_of}
USUAL = ("html", "csv", "json")

__all__ = ["RENDERERS", "USUAL"]
