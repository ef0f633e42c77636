"""Takes the name of a form, gives how a document becomes its files: one line for each form."""

from __future__ import annotations

from collections.abc import Mapping

from iop_outcomes.reporting.render.csv import csv_of
from iop_outcomes.reporting.render.form import Form, text_form
from iop_outcomes.reporting.render.html import html_files
from iop_outcomes.reporting.render.json import json_of
from iop_outcomes.reporting.render.text import text_of

FORMS: Mapping[str, Form] = {
    "html": Form("the page, and its methods in a second file", html_files),
    "csv": text_form("its numbers", "csv", csv_of),
    "json": text_form("where they come from", "json", json_of),
    "txt": text_form("the page in words", "txt", text_of),
}
USUAL = ("html", "csv", "json")
