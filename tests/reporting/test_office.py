"""Takes reports as Word, Excel and PowerPoint files, reads them back, gives proof that they say what the blocks of the page say, and no more."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from itertools import chain
from pathlib import Path
from types import SimpleNamespace

import docx
import pandas as pd
import pptx
import pytest
from docx.oxml.ns import qn
from pptx.util import Inches
from python_calamine import CalamineWorkbook

import iop_outcomes as iop
from iop_outcomes.attack import attack_report
from iop_outcomes.attack.read_html import read_html
from iop_outcomes.attack.read_office import read_docx, read_xlsx
from iop_outcomes.attack.readings import FilesRead
from iop_outcomes.cli import run
from iop_outcomes.reporting.blocks import Bullets, Card, Cards, Figure, Note, TableBlock, Terms, Text, section
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render import FORMS
from iop_outcomes.reporting.render.office_files import definition_of, plain, report_file, shade_colour
from iop_outcomes.reporting.render.slides import PAGE_HEIGHT, PAGE_WIDTH
from iop_outcomes.reporting.render.table_fit import fit_table
from iop_outcomes.reporting.render.xlsx import CONTENTS, HEAD_ROW, number_of
from iop_outcomes.reporting.verification import _differences
from iop_outcomes.show import theme
from iop_outcomes.show.tables import Table
from tests.reporting.test_edges_of_pages import episodes

ROOT = Path(__file__).resolve().parents[2]
OFFICE = ("docx", "xlsx", "pptx")
TITLE = "R&D <b>report</b> \U0001f389 \u201cquoted\u201d"


def read(form, content):
    """A file, opened by the library of its readers."""
    stream = io.BytesIO(content)
    return {"docx": docx.Document, "xlsx": CalamineWorkbook.from_filelike, "pptx": pptx.Presentation}[form](stream)


def opened(report):
    """A report, its Office files, and each as its reader sees it."""
    contents = {form: next(iter(report.files(form).values())) for form in OFFICE}
    return SimpleNamespace(report=report, contents=contents, **{form: read(form, content) for form, content in contents.items()})


@pytest.fixture(scope="module")
def internal(synthetic):
    """The synthetic program, for people entitled to see it, under a title that Office files must not take for their own marks."""
    return opened(iop.report(synthetic, policy="internal", title=TITLE))


@pytest.fixture(scope="module")
def bare():
    """No scores, no events, one track, no cut-off: most of a report is not there."""
    rows = pd.DataFrame(episodes(day=(30, 30)))
    with iop.load({"episodes": rows}, mapping={"data": {"class": "limited_data_set"}}) as data:
        yield opened(iop.report(data, policy="cms11"))


@pytest.fixture(scope="module")
def crowded():
    """24 groups, some of them with a name that a file could take for marks or for a formula."""
    tracks = {f"track_{n:02d}x": (20 + n % 9, 20) for n in range(22)} | {"=1+1": (20, 20), "<a> & b": (20, 25)}
    rows = pd.DataFrame(episodes(**tracks))
    with iop.load({"episodes": rows}, mapping={"data": {"class": "limited_data_set"}}) as data:
        yield opened(iop.report(data, policy="internal"))


EVERY = pytest.mark.parametrize("name", ["internal", "bare", "crowded"])


@pytest.fixture
def made(request, name):
    """One of the three."""
    return request.getfixturevalue(name)


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


def cells(rows):
    """The cells of tables of words, as one list."""
    return [plain(cell) for row in rows for cell in row]


# -- Word ------------------------------------------------------------------------------------------------------------


@EVERY
def test_word_holds_every_block_in_order(made):
    """Sentences as paragraphs, in the order of the page; headings as headings; headlines and captions as captions."""
    paragraphs = [(each.style.name, each.text) for each in made.docx.paragraphs]
    left = iter(text for _, text in paragraphs)
    assert [words for words in words_of(made.report) if plain(words) not in left] == []
    assert [text for style, text in paragraphs if style == "Heading 1"] == [plain(part.heading) for part in made.report.every_section]
    assert [text for style, text in paragraphs if style == "Title"] == [made.report.title]
    captions = [re.sub(r" \(part \d+ of \d+\)$", "", text) for style, text in paragraphs if style == "Caption"]
    expected = [
        block.headline if isinstance(block, Figure) else block.table.caption
        for part in made.report.every_section
        for block in part.blocks
        if isinstance(block, (Figure, TableBlock))
    ]
    assert list(dict.fromkeys(re.sub(r"^(Figure|Table) \d+\. ", "", text) for text in captions)) == list(
        dict.fromkeys(map(plain, expected))
    )
    for block in blocks(made.report, Figure):
        assert plain(block.subtitle) in {text for _, text in paragraphs}
    for kind in ("Figure", "Table"):  # numbered from 1 without a gap, as fields that Word counts again
        numbers = [int(text.split()[1].rstrip(".")) for style, text in paragraphs if style == "Caption" and text.startswith(f"{kind} ")]
        assert numbers == list(range(1, len(numbers) + 1))
        assert made.contents["docx"] and len(re.findall(f"SEQ {kind} ", made.docx.element.xml)) == len(numbers)


@EVERY
def test_word_holds_every_table_as_a_table(made):
    """Every cell, with the head marked as one that is repeated; what is too wide goes on under the same first column."""
    tables = iter(made.docx.tables)
    for block in (each for part in made.report.every_section for each in part.blocks):
        if isinstance(block, Cards):
            table = next(tables)
            assert [cell.text for cell in table.rows[0].cells] == [plain(card.name) for card in block.cards]
            assert ["\n".join(card_words(card)[1:]) for card in block.cards] == [cell.text for cell in table.rows[1].cells]
        if isinstance(block, TableBlock):
            shown = block.table
            every = [tuple(map(plain, column)) for column in zip(shown.heads, *shown.rows, strict=True)]
            columns = every[: shown.naming]
            while len(columns) < len(shown.heads):
                part = [_row_texts(row) for row in next(tables).rows]
                assert all(len(row) == len(part[0]) for row in part)
                read_columns = list(zip(*part, strict=True))
                assert read_columns[: shown.naming] == columns[: shown.naming]
                columns += read_columns[shown.naming :]
            assert columns == every
    assert next(tables, None) is None
    for table in made.docx.element.iter(qn("w:tbl")):
        rows = list(table.iter(qn("w:tr")))
        assert [row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None for row in rows] == [True] + [False] * (len(rows) - 1)
        assert sum(int(each.get(qn("w:w"))) for each in table.iter(qn("w:gridCol"))) <= 7.0 * 1440  # of 8.5 inches


def _row_texts(row):
    return ["".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in row._tr.iter(qn("w:tc"))]


@EVERY
def test_word_has_words_for_every_chart(made):
    """Each picture is a PNG with the description of its block; one that is cut says which part it is."""
    described = [re.sub(r"^Part \d+ of \d+\. ", "", each.get("descr")) for each in made.docx.element.iter(qn("wp:docPr"))]
    assert list(dict.fromkeys(described)) == [plain(block.alt) for block in blocks(made.report, Figure)]
    heights = [int(each.get("cy")) for each in made.docx.element.iter(qn("wp:extent"))]
    assert all(0 < height <= Inches(7.7) for height in heights)


def test_a_tall_chart_is_cut_between_rows_and_nothing_of_it_is_lost(crowded):
    """The parts of a picture follow one another from its top to its bottom, at one scale."""
    crops = [(int(each.get("t")), int(each.get("b"))) for each in crowded.docx.element.iter(qn("a:srcRect"))]
    assert crops
    for (_, left), (top, _) in zip(crops[::2], crops[1::2], strict=True):  # each of these charts is in two parts
        assert abs(100_000 - left - top) <= 1
    assert {top for top, _ in crops[::2]} == {0}
    assert {bottom for _, bottom in crops[1::2]} == {0}


def test_a_figure_is_cut_in_the_middle_between_two_ticks():
    """Rows of 1 inch from 0.5 to 9.5 inches from the top, cut at most 4 inches apart; without ticks, not at all."""
    figure = theme.new_figure(4, 10)
    ax = figure.add_axes((0.2, 0.0, 0.7, 1.0))
    ax.set_ylim(0, 10)
    ax.set_yticks([0.5 + n for n in range(10)])
    ends = [0.0, *(bottom for _, bottom in theme.slices(figure, 4))]
    assert ends == [0.0, pytest.approx(0.3), pytest.approx(0.7), 1.0]
    assert theme.slices(figure, 10) == [(0.0, 1.0)]
    ax.set_yticks([])
    assert theme.slices(figure, 4) == [(0.0, 1.0)]


def test_shaded_cells_are_shaded_in_every_file(internal):
    """Each shade that the page knows has a colour, in Word, on slides and on sheets."""
    shades = {shade for block in blocks(internal.report, TableBlock) for row in block.table.shades for shade in row if shade}
    assert shades
    word = members(internal.contents["docx"])["word/document.xml"][1]
    slides = b"".join(content for name, (_, content) in members(internal.contents["pptx"]).items() if name.startswith("ppt/slides/slide"))
    sheets = members(internal.contents["xlsx"])["xl/styles.xml"][1]
    for shade in shades:
        colour = shade_colour(shade).encode()
        assert len(colour) == 6 and colour in word and colour in slides and b"FF" + colour in sheets


# -- Excel -----------------------------------------------------------------------------------------------------------


def printed(value, cell):
    """A value of Excel as the report prints it, from the number alone and the digits that the report prints."""
    if isinstance(value, str) or value is None:
        return value or ""
    digits = len(cell.rstrip("%").partition(".")[2])
    return (f"{value:,.{digits}%}" if cell.endswith("%") else f"{value:,.{digits}f}").replace("-", "\u2212")


@EVERY
def test_excel_holds_every_table_with_its_numbers(made):
    """A sheet each; a cell that is a number as a number, everything else as its words."""
    book, report = made.xlsx, made.report
    tables = [block.table for block in blocks(report, TableBlock)]
    cards = [block for block in blocks(report, Cards)]
    read_back = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    assert next(iter(read_back)) == CONTENTS
    listed = [row[:3] for row in read_back[CONTENTS][HEAD_ROW + 1 :] if row[2]]
    assert [row[0] for row in listed] == book.sheet_names[1:]
    assert sorted(row[2] for row in listed) == sorted([*(plain(table.caption) for table in tables), *["Main figures"] * len(cards)])
    by_caption = {name: rows for name, rows in read_back.items() if name != CONTENTS}
    sheets = iter([rows for rows in by_caption.values() if rows[0][0] != "Main figures"])
    numbers = 0
    for table, rows in zip(tables, sheets, strict=True):
        assert rows[0][0] == plain(table.caption)
        assert rows[1][0] == (" ".join(report.banners) or report.title)
        width = len(table.heads)
        assert rows[HEAD_ROW][:width] == [plain(head) for head in table.heads]
        assert len(rows) == HEAD_ROW + 1 + len(table.rows)
        for row, expected in zip(rows[HEAD_ROW + 1 :], table.rows, strict=True):
            assert [printed(value, cell) for value, cell in zip(row[:width], expected, strict=True)] == list(map(plain, expected))
            for place, (value, cell) in enumerate(zip(row[:width], expected, strict=True)):
                assert isinstance(value, float) == (place >= table.naming and re.fullmatch(r"[\u2212-]?[\d,]+(\.\d+)?%?", cell) is not None)
                numbers += isinstance(value, float)
    assert numbers > 10
    for block in cards:
        text = " ".join(str(value) for rows in by_caption.values() if rows[0][0] == "Main figures" for row in rows for value in row)
        for card in block.cards:
            for words in card_words(card):
                number = number_of(words)
                assert (words if number is None else str(number[0])) in text


@pytest.mark.parametrize(
    ("cell", "value", "form"),
    [
        ("1,168", 1168, "#,##0"),
        ("55%", 0.55, "0%"),
        ("0.4%", 0.004, "0.0%"),
        ("\u22120.6", -0.6, "0.0"),
        ("0.48", 0.48, "0.00"),
        ("0", 0, "0"),
        ("not shown", None, None),
        ("55% (642)", None, None),
        ("<0.001", None, None),
        ("007", None, None),
        ("1,16", None, None),
        ("2024-Q1", None, None),
        ("", None, None),
    ],
)
def test_a_cell_is_a_number_exactly_when_it_is_printed_as_one(cell, value, form):
    """And keeps the digits that it is printed with."""
    assert number_of(cell) == (None if value is None else (value, f"{form};\u2212{form}"))


def test_excel_makes_no_formula_and_no_link_of_words(crowded):
    """A group called =1+1 stays a name; panes are frozen under the head and beside the names."""
    with zipfile.ZipFile(io.BytesIO(crowded.contents["xlsx"])) as file:
        sheets = {name: file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")}
    assert not any("<f>" in text or "<f " in text for text in sheets.values())
    assert all('state="frozen"' in text and f'ySplit="{HEAD_ROW + 1}"' in text for text in sheets.values())
    assert all(
        "#" not in re.sub(r'location="[^"]*"', "", each) for text in sheets.values() for each in re.findall("<hyperlink [^>]*>", text)
    )
    rows = [row for name in crowded.xlsx.sheet_names for row in crowded.xlsx.get_sheet_by_name(name).to_python()]
    assert any(row[0] == "=1+1" for row in rows)


# -- PowerPoint ------------------------------------------------------------------------------------------------------


def shape_texts(slide):
    """Every paragraph and every cell of a slide."""
    for shape in slide.shapes:
        if shape.has_text_frame:
            yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
        if shape.has_table:
            yield from (cell.text for row in shape.table.rows for cell in row.cells)


@EVERY
def test_powerpoint_holds_the_first_page_and_each_chart(made):
    """Every sentence, card and cell of the first section before the charts; of each chart headline, words, description and definition."""
    report, slides = made.report, list(made.pptx.slides)
    first, *others = report.sections
    charts = [(part, block) for part in others for block in part.blocks if isinstance(block, Figure)]
    pictured = [slide for slide in slides if any(shape.shape_type == 13 for shape in slide.shapes)]
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


def test_a_chart_finds_the_definition_of_what_it_shows(internal):
    """By the first words of its description: the longest title wins, so that reliable change is not change."""
    named = {
        (part.id, definition_of(block, part, internal.report).measure)
        for part in internal.report.every_section
        for block in part.blocks
        if isinstance(block, Figure)
    }
    assert {("phq9_change", "phq9_change"), ("phq9_change", "phq9_reliable_change"), ("readmission", "readmission")} <= named
    assert ("completion", "completion") in named


# -- all three -------------------------------------------------------------------------------------------------------


def members(content):
    """The members of a file, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.testzip() is None
        return {entry.filename: (entry, file.read(entry)) for entry in file.infolist()}


def test_the_words_of_the_policy_stand_on_every_page_sheet_and_slide(internal):
    """And that the data are synthetic: in the header of Word, over and under each sheet."""
    mark, synthetic = internal.report.banners
    assert all(words in internal.docx.sections[0].header.paragraphs[0].text for words in (mark, synthetic))
    for name, (_, content) in members(internal.contents["xlsx"]).items():
        if name.startswith("xl/worksheets/sheet"):
            header = re.search("<oddHeader>(.*?)</oddHeader>", content.decode())[1]
            assert synthetic in header and mark[:20] in header


@EVERY
def test_files_carry_no_person_no_machine_and_no_clock(made):
    """Properties: the title, this package, the data cut-off, where there is one; nothing that a template brought."""
    report, cutoff = made.report, made.report.provenance.cutoff
    for form in OFFICE:
        inside = members(made.contents[form])
        assert {entry.date_time for entry, _ in inside.values()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any(name.endswith((".jpeg", "printerSettings1.bin")) for name in inside)
        assert not any(
            b"thumbnail" in content or b"printerSettings1" in content for name, (_, content) in inside.items() if name.endswith(".rels")
        )
        core, app = (inside[f"docProps/{name}.xml"][1].decode() for name in ("core", "app"))
        assert "lastModifiedBy" not in core and "Company" not in app
        assert re.findall(r"<dc:creator>(.*?)</dc:creator>", core) == [report.provenance.package]
        assert re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core) == ([f"{cutoff}T00:00:00Z"] * 2 if cutoff else [])
        assert list(inside)[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert made.docx.core_properties.title == made.pptx.core_properties.title == plain(report.title)
    assert made.docx.styles.element.find(f".//{qn('w:lang')}").get(qn("w:val")) == "en-US"


def test_a_file_is_the_same_whatever_the_time_and_order_of_its_members():
    """Of two archives that differ in both, one file is made."""
    document = SimpleNamespace(title="T", banners=[], provenance=SimpleNamespace(cutoff="2024-12-31", package="p 1"))
    written = []
    for order, year in (("ab", 2001), ("ba", 2022)):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as file:
            for name in order:
                file.writestr(zipfile.ZipInfo(name, (year, 1, 2, 3, 4, 6)), name * 9)
        written.append(report_file(out.getvalue(), document))
    assert written[0] == written[1]
    assert list(members(written[0])) == ["a", "b", "docProps/app.xml", "docProps/core.xml"]


CODE = """
import hashlib, json, sys
import pandas as pd
import iop_outcomes as iop
with iop.load({"episodes": pd.DataFrame(json.loads(sys.argv[1]))}, mapping={"data": {"class": "public"}}) as data:
    report = iop.report(data, policy="none")
print(json.dumps({form: hashlib.sha256(next(iter(report.files(form).values()))).hexdigest() for form in ("docx", "html", "xlsx", "pptx")}))
"""


def test_another_process_writes_the_same_bytes():
    """Hash seed, time zone, locale, user, backend of charts and the order of the forms change nothing."""
    rows = episodes(a=(40, 20), b=(30, 30))
    changed = {"PYTHONHASHSEED": "7", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "MPLBACKEND": "pdf", "USER": "somebody"}
    command = [sys.executable, "-c", CODE, json.dumps(rows)]
    started = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **changed}, stdout=subprocess.PIPE, text=True)
    with iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "public"}}) as data:
        report = iop.report(data, policy="none")
    here = {form: hashlib.sha256(next(iter(report.files(form).values()))).hexdigest() for form in ("pptx", "xlsx", "docx", "html")}
    assert json.loads(started.communicate(timeout=200)[0]) == here


@pytest.mark.parametrize("form", OFFICE)
def test_a_flipped_byte_of_an_office_file_is_noticed(internal, tmp_path, form):
    """Verify says that the file is another; the same bytes are the same."""
    content = bytearray(internal.contents[form])
    path = tmp_path / f"program_quality.{form}"
    path.write_bytes(content)
    assert list(_differences(path, internal.report)) == []
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    (difference,) = _differences(path, internal.report)
    assert str(difference).startswith(f"{path.name}, the file: the report has other bytes")


def test_verify_reads_office_files_by_the_page_beside_them(tmp_path, capsys):
    """The whole way, by the command line."""
    pd.DataFrame(episodes(a=(20, 20), b=(30, 20))).to_csv(tmp_path / "episodes.csv", index=False)
    reports = str(tmp_path / "reports")
    assert run(["report", str(tmp_path / "episodes.csv"), "-o", reports, "--format", "json,xlsx", "--quiet"]) == 0
    assert run(["verify", reports, "--input", str(tmp_path / "episodes.csv"), "--quiet"]) == 0
    assert "program_quality.json, program_quality.xlsx" in capsys.readouterr().out


@pytest.mark.parametrize(("form", "library"), [("docx", "python-docx"), ("xlsx", "xlsxwriter"), ("pptx", "python-pptx")])
def test_without_its_library_a_form_says_what_to_install(internal, tmp_path, monkeypatch, form, library):
    """The others are written."""
    monkeypatch.setitem(sys.modules, {"xlsx": "xlsxwriter"}.get(form, form), None)
    with pytest.raises(
        iop.DataError, match=rf"program_quality\.{form} is not written\. The library {library} .*iop-outcomes\[office\]"
    ) as raised:
        internal.report.save(tmp_path, formats=["csv", form])
    assert raised.value.exit_code == 3
    assert raised.value.written == (tmp_path / "program_quality.csv",)


# -- what an attacker reads ------------------------------------------------------------------------------------------


@EVERY
def test_an_attack_reads_of_word_what_it_reads_of_the_page(made):
    """The same tables, numbers and definitions, those of cards aside; of Excel the same tables and numbers."""
    page = FilesRead()
    for text in made.report.files("html").values():
        page.add(read_html(text.decode("utf-8"), "report"))
    word, excel = read_docx(made.contents["docx"], "report"), read_xlsx(made.contents["xlsx"], "report")
    assert word.described == page.described != []
    assert excel.numbers == word.numbers == page.numbers != []
    assert excel.few == word.few == page.few
    both = [[(table.source, table.rows) for table in other.tables if table.rows[0][0] != "Sheet"] for other in (word, excel)]
    shown, sheets = ([(source, rows) for source, rows in each if not source.endswith("Main figures")] for each in both)
    assert sheets == [(table.source, table.rows) for table in page.tables]
    narrow = [(table.source, table.rows) for table in page.tables if len(table.rows[0]) <= 5]
    assert narrow and all(table in shown for table in narrow)  # Word holds wide tables in parts


def test_an_attack_on_office_files_is_one_on_the_report(bare, tmp_path):
    """Nothing comes back of them; a file that is none of a report is refused in words."""
    bare.report.save(tmp_path, formats=("csv", "docx", "xlsx"))
    result = attack_report(tmp_path)
    assert result.files == tuple(f"program_quality.{form}" for form in ("csv", "docx", "xlsx"))
    assert result.recovered == ()
    assert result.facts >= attack_of_csv_alone(bare.report, tmp_path / "csv").facts
    for form, content in (("docx", b"no archive"), ("xlsx", bare.contents["xlsx"][:-30]), ("docx", with_doctype(bare.contents["docx"]))):
        (tmp_path / f"program_quality.{form}").write_bytes(content)
        with pytest.raises(iop.UsageError, match=rf"program_quality\.{form}: (cannot be read|declares a document type)"):
            attack_report(tmp_path)
        bare.report.save(tmp_path, formats=[form])


def attack_of_csv_alone(report, folder):
    """An attack on the numbers by themselves."""
    report.save(folder, formats=["csv"])
    return attack_report(folder)


def with_doctype(content):
    """A Word file whose words declare an entity."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, (_, part) in members(content).items():
            document = b'<!DOCTYPE x [<!ENTITY a "b">]><x/>' if name == "word/document.xml" else part
            file.writestr(name, document)
    return out.getvalue()


# -- edges -----------------------------------------------------------------------------------------------------------


def document_of(*blocks):
    """A document of one section."""
    provenance = SimpleNamespace(package="iop_outcomes 0", cutoff="", data_class="public")
    policy = SimpleNamespace(mark="")
    return Document("edge", "Edge", "Lead", (section("one", "One", blocks),), (), provenance, policy, None)


def test_odd_blocks_are_written_and_read_back():
    """No words, characters that XML cannot hold, nothing to list, more than fits."""
    odd = (
        Text(""),
        Text("a\x0bb\x00c\ud800 \u202e d"),
        Bullets(()),
        Bullets(tuple(f"Sentence {n} " * 30 for n in range(12))),
        Cards((Card("Name", "1", "", ""),)),
        Cards(tuple(Card(f"Name {n}", "1%", "r", "b", ("x", "y")) for n in range(12))),
        Terms((("Term", ("meaning", "")),)),
        TableBlock(Table("Empty", ("A", "B"), ())),
        TableBlock(Table("One", ("A",), (("x",),))),
        TableBlock(Table("Blank", ("", ""), (("", ""),))),
        TableBlock(Table("Long words", ("A", "B"), (("x" * 400, "y" * 400),))),
        TableBlock(Table("Two names", ("A", "B", *map(str, range(40))), (("a", "b", *["word"] * 40),) * 15, naming=2)),
    )
    word, excel, slides = (read(form, FORMS[form].files(document_of(*odd))[f"edge.{form}"]) for form in OFFICE)
    assert "a\ufffdb\ufffdc\ufffd \u202e d" in [each.text for each in word.paragraphs]
    assert [name.partition(" ")[2] for name in excel.sheet_names[1:]] == ["Main figures"] * 2 + [
        "Empty",
        "One",
        "Blank",
        "Long words",
        "Two names",
    ]
    texts = [text for slide in slides.slides for text in shape_texts(slide)]
    assert {"Name 11", "meaning", "y" * 400, "39"} <= set(texts)
    assert sum(text == "word" for text in texts) == 15 * 40
    for slide in slides.slides:
        assert all(shape.top + shape.height <= Inches(PAGE_HEIGHT) for shape in slide.shapes)


def test_an_unknown_block_is_no_silence():
    """A renderer that does not know a block says so."""
    for form in ("docx", "pptx"):
        with pytest.raises(TypeError, match="no place"):
            FORMS[form].files(document_of(3))


def test_a_wide_table_is_cut_into_parts_that_fit_and_lose_nothing():
    """Each part has the names of the rows, its shades, and no more characters than the page."""
    heads = ("Track", *(f"Column{n}" for n in range(30)))
    rows = tuple((f"track {r}", *(f"{r}:{n}" for n in range(30))) for r in range(3))
    shades = tuple(tuple(f"shade-{r}-{n}" for n in range(30)) for r in range(3))
    parts = fit_table(Table("Wide", heads, rows, shades=shades), 100)
    assert len(parts) > 1 and all(sum(part.widths) <= 100 for part in parts)
    assert [part.table.caption for part in parts] == [f"Wide (part {n} of {len(parts)})" for n in range(1, len(parts) + 1)]
    for r, row in enumerate(rows):
        assert tuple(chain.from_iterable(part.table.rows[r][1:] for part in parts)) == row[1:]
        assert tuple(chain.from_iterable(part.table.shades[r] for part in parts)) == shades[r]
        assert {part.table.rows[r][0] for part in parts} == {row[0]}
    assert tuple(chain.from_iterable(part.table.heads[1:] for part in parts)) == heads[1:]
