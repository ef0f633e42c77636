"""Takes reports as Office files, opens them with LibreOffice, gives proof that they look there as they were written."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess

import docx
import pytest
from pptx.util import Inches
from pypdf import PdfReader

from iop_outcomes.reporting.blocks import TableBlock
from iop_outcomes.reporting.render.office_files import plain
from iop_outcomes.reporting.render.xlsx import HEAD_ROW
from tests.reporting.render.office import EVERY, blocks

# Comma, quote, UTF-8; cells as they are shown and not as they are kept; every sheet a file.
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,true,false,false,-1"
PAPERS = {"letter": (8.5, 11.0), "a4": (8.27, 11.69)}  # inches

pytestmark = pytest.mark.long


@pytest.fixture
def libreoffice(tmp_path):
    """Calls it on files of the test's folder, and gives that folder. Where it is not installed the tests are skipped; where it must be, they fail."""
    if shutil.which("soffice") is None:
        stop = pytest.fail if os.environ.get("IOP_REQUIRE_OFFICE") == "1" else pytest.skip
        stop(
            "LibreOffice is not installed (Debian: apt-get install libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui)"
        )

    def converted(form, *names):
        home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
        subprocess.run(["soffice", home, "--headless", "--convert-to", form, *names], cwd=tmp_path, check=True, capture_output=True)
        return tmp_path

    return converted


def test_page_one_of_word_is_one_sheet(internal, tmp_path, libreoffice):
    """The last sentence of page one stands on the first sheet, of either paper."""
    for name, paper in PAPERS.items():
        word = docx.Document(io.BytesIO(internal.contents["docx"]))
        page = word.sections[0]
        page.page_width, page.page_height = map(Inches, paper)
        word.save(tmp_path / f"{name}.docx")
    folder = libreoffice("pdf", *(f"{name}.docx" for name in PAPERS))
    for name in PAPERS:
        assert "What this cannot tell you" in PdfReader(folder / f"{name}.pdf").pages[0].extract_text(), name


@EVERY
def test_a_workbook_shows_every_table_as_the_report_prints_it(made, tmp_path, libreoffice):
    """Sheet by sheet, in order: the same digits, percent signs and thousands, and no cell taken for a formula."""
    (tmp_path / "page.xlsx").write_bytes(made.contents["xlsx"])
    folder = libreoffice(EVERY_SHEET, "page.xlsx")
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("page-[0-9]*.csv"))]
    sheets = [list(csv.reader(io.StringIO(text))) for text in texts]
    sheets = [rows for rows in sheets if rows[0][0] != "Main figures"]
    tables = [block.table for block in blocks(made.report, TableBlock)]
    for table, rows in zip(tables, sheets, strict=True):
        shown = [row[: len(table.heads)] for row in rows[HEAD_ROW : HEAD_ROW + 1 + len(table.rows)]]
        assert shown == [list(map(plain, row)) for row in (table.heads, *table.rows)]


@EVERY
def test_every_slide_is_a_page(made, tmp_path, libreoffice):
    """As many as there are, each with its title."""
    (tmp_path / "page.pptx").write_bytes(made.contents["pptx"])
    pages = PdfReader(libreoffice("pdf", "page.pptx") / "page.pdf").pages
    titles = [slide.shapes.title.text for slide in made.pptx.slides]
    assert len(pages) == len(titles)
    for page, title in zip(pages, titles, strict=True):
        assert "".join(title.split())[:20] in "".join(page.extract_text().split())
