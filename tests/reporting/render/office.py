"""Takes reports and Office files, gives what stands in them: what tests of the three forms share."""

from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace

import docx
import pptx
import pytest
from python_calamine import CalamineWorkbook

from iop_outcomes.reporting.blocks import Bullets, Note, Terms, Text

TITLE = "R&D <b>report</b> \U0001f389 \u201cquoted\u201d"
OFFICE = ("docx", "xlsx", "pptx")


def read(form, content):
    """A file, opened by the library of its readers."""
    stream = io.BytesIO(content)
    return {"docx": docx.Document, "xlsx": CalamineWorkbook.from_filelike, "pptx": pptx.Presentation}[form](stream)


def opened(report):
    """A report, its Office files, and each as its reader sees it."""
    contents = {form: next(iter(report.files(form).values())) for form in OFFICE}
    return SimpleNamespace(report=report, contents=contents, **{form: read(form, content) for form, content in contents.items()})


EVERY = pytest.mark.parametrize("name", ["internal", "bare", "crowded"])


def blocks(report, kind):
    """The blocks of one kind, in the order of the page."""
    return [block for part in report.every_section for block in part.blocks if isinstance(block, kind)]


def words_of(report):
    """Every sentence and heading of a page that is neither a table nor a card nor a chart."""
    yield from (report.title, report.lead)
    for part in getattr(report, "every_section", report.sections):
        yield part.heading
        for block in part.blocks:
            if isinstance(block, (Text, Note)):
                yield block.words if isinstance(block, Note) else block.full_words
            elif isinstance(block, Bullets):
                yield from block.full_sentences
            elif isinstance(block, Terms):
                for term, lines in block.entries:
                    yield from (term, *lines)


def card_words(card):
    """Everything that a card says, line by line."""
    return [words for words in (card.name, card.value, card.range, card.base, *card.beside) if words]


def shape_texts(slide):
    """Every paragraph and every cell of a slide."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


def members(content):
    """The members of a file, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {entry.filename: (entry, file.read(entry)) for entry in file.infolist()}
