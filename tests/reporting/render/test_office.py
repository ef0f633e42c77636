"""Takes reports as Word, Excel and PowerPoint files, gives proof that all three say no more than the page, are verified, and are no way around it."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from types import SimpleNamespace

import pandas as pd
import pytest
from pptx.util import Inches

import iop_outcomes as iop
from iop_outcomes.attack import attack_report
from iop_outcomes.attack.read_html import read_html
from iop_outcomes.attack.read_office import read_docx, read_xlsx
from iop_outcomes.attack.readings import FilesRead
from iop_outcomes.cli import run
from iop_outcomes.reporting.blocks import Bullets, Card, Cards, Figure, TableBlock, Terms, Text, section
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render import FORMS
from iop_outcomes.reporting.render.office_files import definition_of, shade_colour
from iop_outcomes.reporting.render.slides import PAGE_HEIGHT
from iop_outcomes.reporting.verification import _differences
from iop_outcomes.show.tables import Table
from tests.reporting.render.office import EVERY, OFFICE, blocks, members, read, shape_texts
from tests.reporting.test_edges_of_pages import episodes


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


def test_the_words_of_the_policy_stand_on_every_page_sheet_and_slide(internal):
    """And that the data are synthetic: in the header of Word, over and under each sheet."""
    mark, synthetic = internal.report.banners
    assert all(words in internal.docx.sections[0].header.paragraphs[0].text for words in (mark, synthetic))
    for name, (_, content) in members(internal.contents["xlsx"]).items():
        if name.startswith("xl/worksheets/sheet"):
            header = re.search("<oddHeader>(.*?)</oddHeader>", content.decode())[1]
            assert synthetic in header and mark[:20] in header


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


@EVERY
def test_an_attack_reads_of_word_what_it_reads_of_the_page(made):
    """The same tables, numbers and definitions, those of cards aside; of Excel the same tables and numbers.

    Findings are read of the page alone: whether it is of some of the rows, which they are not of, is not told by the others.
    """
    page = FilesRead()
    for text in made.report.files("html").values():
        page.add(read_html(text.decode("utf-8"), "report"))
    word, excel = read_docx(made.contents["docx"], "report"), read_xlsx(made.contents["xlsx"], "report")
    assert word.described == page.described != []
    assert excel.numbers == word.numbers == [each for each in page.numbers if ": Findings in the data, " not in each.source] != []
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
