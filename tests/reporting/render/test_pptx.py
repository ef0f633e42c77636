"""Takes reports as PowerPoint files, reads them back, gives proof that page one and each chart stand there."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import chain
from types import SimpleNamespace

from pptx.util import Inches

from iop_outcomes.reporting.blocks import Bullets, Cards, Figure, TableBlock, Text
from iop_outcomes.reporting.render.office_files import definition_of, plain
from iop_outcomes.reporting.render.slides import PAGE_HEIGHT, PAGE_WIDTH
from tests.reporting.render.office import EVERY, card_words, shape_texts, words_of


def cells(rows):
    """The cells of tables of words, as one list."""
    return [plain(cell) for row in rows for cell in row]


@EVERY
def test_powerpoint_holds_the_first_page_and_each_chart(made):
    """Every sentence, card and cell of the first section before the charts; of each chart headline, words, description and definition."""
    report, slides = made.report, list(made.pptx.slides)
    first, *others = report.sections
    charts = [(part, block) for part in others for block in part.blocks if isinstance(block, Figure)]
    strips = {plain(block.alt) for block in first.blocks if isinstance(block, Figure)}
    described = [{shape._element._nvXxPr.cNvPr.get("descr") for shape in slide.shapes if shape.shape_type == 13} for slide in slides]
    assert strips <= set(chain.from_iterable(described))
    pictured = [slide for slide, words in zip(slides, described, strict=True) if words - strips]
    texts = list(chain.from_iterable(map(shape_texts, slides)))
    bare = tuple(replace(block, see=()) if isinstance(block, Text | Bullets) else block for block in first.blocks)
    unnumbered = replace(first, number=0, blocks=bare)  # slides have no sections to refer to
    expected = list(words_of(SimpleNamespace(title=first.title, lead=report.lead, sections=[unnumbered])))[1:]
    lost = [words for words in expected if plain(words) not in texts and not any(plain(words) in text for text in texts)]
    assert lost == []
    for block in first.blocks:
        if isinstance(block, TableBlock):
            assert set(cells([block.table.heads, *block.table.rows])) <= set(texts)
        if isinstance(block, Cards):
            lines = {line for text in texts for line in text.split("\n")}
            assert {plain(words) for card in block.cards for words in card_words(card)} <= lines
    titles = [re.sub(r" \(part \d+ of \d+\)$", "", slide.shapes.title.text) for slide in pictured]
    assert list(dict.fromkeys(titles)) == list(dict.fromkeys(plain(block.headline) for _, block in charts))
    notes = {title: slide.notes_slide.notes_text_frame.text for title, slide in zip(titles, pictured, strict=True)}
    for part, block in charts:
        slide = pictured[titles.index(plain(block.headline))]
        assert plain(block.subtitle) in list(shape_texts(slide))
        (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
        assert picture._element._nvXxPr.cNvPr.get("descr").startswith(plain(block.alt))
        definition = definition_of(block, part, report)
        assert definition is not None
        assert plain(definition.asks) in notes[plain(block.headline)]
        assert plain(block.alt) in notes[plain(block.headline)]


@EVERY
def test_every_slide_has_one_title_of_its_own_and_everything_stands_on_it(made):
    """Inside the edges, the number and the words of the policy under it."""
    titles = [slide.shapes.title.text for slide in made.pptx.slides]
    assert all(titles)
    for number, slide in enumerate(made.pptx.slides, 1):
        texts = list(shape_texts(slide))
        assert str(number) in texts
        assert any(all(banner in text for banner in made.report.banners) for text in texts)
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.top >= 0
            assert shape.left + shape.width <= Inches(PAGE_WIDTH) and shape.top + shape.height <= Inches(PAGE_HEIGHT)
