"""Takes reports printed by Chromium, gives proof that the sheets of paper are sane: size, number, and nothing cut or torn."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest
from pypdf import PdfReader

import iop_outcomes as iop
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.parts.limitations import LIMITATIONS
from iop_outcomes.reporting.parts.over_time import OVER_TIME
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from tests.browser.conftest import METHODS

SYNTHETIC = Path(__file__).resolve().parents[2] / "data" / "synthetic"
LETTER = (612, 792)
FOOT = f"iop_outcomes {version('iop_outcomes')}."
SHEET = 679  # pixels between the margins of a Letter sheet: 8.5 in less 2 x 17 mm, at 96 an inch, and some for rounding
LOOSE = "figure,.table{break-inside:auto!important}h2,figcaption{break-after:auto!important}"

# Words of one pixel at the top and bottom of what must stay together tell, in the text of each sheet, where it came to stand.
MARK = """() => {
  let n = 0;
  const mark = (e, word) => ['top', 'bottom'].slice(0, word[0] === 'b' ? 2 : 1).forEach(edge => {
    const span = document.createElement('span');
    span.textContent = ` @${word}@ `;
    span.style.cssText = `position:absolute;left:0;${edge}:0;font-size:1px;line-height:1;white-space:nowrap`;
    e.style.position = 'relative';
    e.append(span);
  });
  document.querySelectorAll('figure, .table, .cards').forEach(e => mark(e, `box${++n}`));
  document.querySelectorAll('main h2').forEach(e => { mark(e, `head${++n}`); mark(e.nextElementSibling, `head${n}`); });
  return n;
}"""
MARKED = re.compile(r"@((?:box|head)\d+)@")


FULL = {
    "data": {"class": "synthetic", "cutoff": "2025-09-30"},
    "program": {"name": "Riverside IOP"},
    "targets": {
        "completion": {"value": "55%", "direction": "at_least", "source": "Board, March 2025"},
        "phq9_reliable_change": {"value": "45%", "direction": "at_least", "source": "Board, March 2025"},
        "readmission": {"value": "8%", "direction": "at_most", "source": "Contract with the payer, section 4"},
        "phq9_change": {"value": "80%", "direction": "at_least", "source": "Contract with the payer, section 4"},
    },
}


@dataclass
class Print:
    """A report on paper: its file, the text of each sheet, and the sheets on which each marked thing begins and ends."""

    file: PdfReader
    sheets: list
    where: dict
    sections: int
    cells: list

    @property
    def torn(self):
        """What begins on one sheet and ends on another."""
        return sorted(name for name, numbers in self.where.items() if len(set(numbers)) > 1)


@pytest.fixture(scope="module")
def on_paper(browser):
    """A function that prints a page, its folded tables opened or not, and reads what was printed."""

    def printed(html, style="/**/", *, opened=True):
        with browser.new_context(offline=True) as context:
            page = context.new_page()
            page.set_content(html)
            page.evaluate("open => document.querySelectorAll('details').forEach(e => e.open = open)", opened)
            cells = page.evaluate("[...document.querySelectorAll('caption, table th, table td')].map(e => e.textContent)")
            page.add_style_tag(content=style)
            marks = page.evaluate(MARK) if opened else 0
            sections = page.locator("main h2").count()
            file = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, tagged=True)))
        texts = [unicodedata.normalize("NFKC", sheet.extract_text()) for sheet in file.pages]  # "fi" may be one letter
        where = {}
        for number, text in enumerate(texts):
            for name in MARKED.findall(text):
                where.setdefault(name, []).append(number)
        assert len(where) == marks and all(len(numbers) == 2 for numbers in where.values())
        return Print(file, [MARKED.sub("", text) for text in texts], where, sections, cells)

    return printed


@pytest.fixture(scope="module")
def kept():
    """What was printed before, by name."""
    return {}


@pytest.fixture(params=["synthetic", METHODS, "long", "tiny"])
def name(request):
    """What is withheld is words on paper as anything else."""
    return request.param


@pytest.fixture
def paper(on_paper, kept, html, name):
    """The report of the program that a test is about, on paper; printed once."""
    if name not in kept:
        kept[name] = on_paper(html)
    return kept[name]


def test_sheets_are_letter_few_and_numbered(paper):
    """Letter, at most two sheets for a section, each with words on it, and what made it and its number under them."""
    found = paper
    assert {tuple(round(float(side)) for side in sheet.mediabox[2:]) for sheet in found.file.pages} == {LETTER}
    assert len(found.sheets) <= 2 * found.sections
    for number, text in enumerate(found.sheets, start=1):
        counted = f"{number} of {len(found.sheets)}"
        assert counted in text
        assert text.count(FOOT) == 1, f"sheet {number} lacks its foot"
        assert len(text.replace(counted, "").replace(FOOT, "").split()) >= 10, f"sheet {number} is empty"


def test_no_figure_table_or_heading_is_torn(paper):
    """A figure with its caption, a table with its caption, and a heading with what follows it stand on one sheet."""
    assert paper.torn == []


def test_every_word_of_the_tables_is_on_paper(paper, name):
    """Captions, heads and cells as the page has them are found on the sheets; words that no column can hold are broken, so not looked for."""
    on_sheets = set("\n".join(paper.sheets).split())
    in_tables = {word for cell in paper.cells for word in cell.split() if len(word) < 30}
    assert in_tables or name == "tiny"  # of four episodes everything is said in sentences
    assert in_tables - on_sheets == set()


def test_the_file_is_tagged_for_those_who_listen_to_it(paper):
    """A report saved as PDF from the browser keeps its language and structure."""
    root = paper.file.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root


@pytest.mark.parametrize("policy", ["cms11", "internal"])
def test_page_one_is_one_sheet(on_paper, policy):
    """Of the synthetic program with every target declared: all of it, and nothing else, on the first sheet of either size."""
    with iop.load(SYNTHETIC, mapping=FULL) as data:
        report = build_report(data, policy=policy, parts=(PAGE_ONE, OVER_TIME, LIMITATIONS))
    html = report.to_html()
    assert html.count("@page{size:Letter") == 1
    for paper_size in ("Letter", "A4"):
        first, *rest = on_paper(html.replace("@page{size:Letter", f"@page{{size:{paper_size}")).sheets
        assert "Riverside IOP: program quality report" in first
        assert "What this cannot tell you: whether the program caused any change." in first
        assert rest and report.section("limits").title in rest[-1] and report.section("limits").title not in first


@pytest.mark.parametrize("paper_size", ["Letter", "A4"])
def test_the_page_of_a_program_is_eight_sheets_at_most(on_paper, pages, paper_size):
    """Without the file of its methods; folded tables are printed where they were opened, and not otherwise."""
    html = pages["synthetic"].replace("@page{size:Letter", f"@page{{size:{paper_size}")
    found = on_paper(html, opened=False)
    assert len(found.sheets) <= 8
    folded, words = "all together", " ".join(" ".join(found.sheets).split())  # of the table of completion
    assert folded in html and folded not in words and "Completion was higher in Psychosis" in words


def test_a_tear_would_be_seen(on_paper, pages):
    """Without the rules that keep things together some are torn: the tests above can fail."""
    assert any(name.startswith("box") for name in on_paper(pages["synthetic"], LOOSE).torn)


def test_a_heading_left_behind_would_be_seen(on_paper, pages):
    """A heading that is not kept with what follows is found at the foot of a sheet."""
    push = "#limits{break-before:page}#limits h2{margin-top:9in;break-after:page!important}"
    assert any(name.startswith("head") for name in on_paper(pages["tiny"], push).torn)


def test_cards_stay_together_on_paper(on_paper, cards):
    """Five cards on the first page stand on one sheet, whole."""
    assert on_paper(cards).torn == []


def test_nothing_is_cut_off_at_the_right(visit, html):
    """On paper nothing scrolls: every table and chart is as narrow as the sheet, and no box hides a part of what it holds."""
    found = visit(html, SHEET, media="print")
    assert found.overflow() <= 0
    wide = "e => e.getBoundingClientRect().right > innerWidth + 0.5"
    assert found.page.evaluate(f"[...document.querySelectorAll('main *')].filter({wide}).map(e => e.outerHTML.slice(0, 120))") == []
    hiding = "e => e.scrollWidth > e.clientWidth + 1"
    assert (
        found.page.evaluate(f"[...document.querySelectorAll('.table, .chart')].filter({hiding}).map(e => e.outerHTML.slice(0, 120))") == []
    )
