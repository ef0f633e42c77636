"""Takes the name of a form, gives how a document becomes its files: one line for each form."""

from __future__ import annotations

from collections.abc import Mapping

from iop_outcomes.reporting.render.csv import csv_of
from iop_outcomes.reporting.render.docx import docx_files
from iop_outcomes.reporting.render.figures import figure_files
from iop_outcomes.reporting.render.form import Form, text_form
from iop_outcomes.reporting.render.html import html_files
from iop_outcomes.reporting.render.json import json_of
from iop_outcomes.reporting.render.pdf import pdf_begun, pdf_files
from iop_outcomes.reporting.render.pptx import pptx_files
from iop_outcomes.reporting.render.text import text_of
from iop_outcomes.reporting.render.xlsx import xlsx_files

FORMS: Mapping[str, Form] = {
    "html": Form("the page, and its methods in a second file", html_files),
    "csv": text_form("its numbers", "csv", csv_of),
    "json": text_form("where they come from", "json", json_of),
    "txt": text_form("the page in words", "txt", text_of),
    "docx": Form("the page for Word", docx_files, is_text=False),
    "xlsx": Form("its tables for Excel", xlsx_files, is_text=False),
    "pptx": Form("its first page and its charts for PowerPoint", pptx_files, is_text=False),
    "pdf": Form("the page to print and pass on, as PDF/UA", pdf_files, is_text=False, begun=pdf_begun),
    "figures": Form("each chart as SVG, and its numbers as CSV", figure_files, is_text=False, endings=("svg", "csv")),
}
USUAL = ("html", "csv", "json")
