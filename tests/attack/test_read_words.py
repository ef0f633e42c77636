"""Takes pages and slides prepared with a leak in a sentence, a chart or its words, gives proof that the attack reads it."""

from __future__ import annotations

import base64
import io
import zipfile
from fractions import Fraction

import pytest

from iop_outcomes.attack.attacking import attack_known
from iop_outcomes.attack.facts import place
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.learning import learned
from iop_outcomes.attack.read_html import read_html
from iop_outcomes.attack.read_slides import read_pptx
from iop_outcomes.attack.read_words import read_words
from iop_outcomes.attack.readings import Block, Described, FilesRead, Number, WordsRead

STRICT = RowName("completion", "discharged", "completion_strict")
A, B = place(("track", "a")), place(("track", "b"))
CSV = (  # of 43 who ended none is shown but those of everyone and of A; of B it is known that 25 ended
    Number(STRICT, (), "n", Fraction(83), "csv, n"),
    Number(STRICT, (), "k", None, "csv, k"),
    Number(STRICT, A, "n", Fraction(58), "csv, n"),
    Number(STRICT, A, "k", None, "csv, k"),
    Number(STRICT, B, "n", Fraction(25), "csv, n"),
    Number(STRICT, B, "k", None, "csv, k"),
)
BLOCK = Block(("track",), (("a", "b"),), CSV)
DESCRIBED = Described("Completion", {"completion_strict": "discharged episodes"}, {"Completed": "completion_strict"})
PICTURE = "Dot chart. Completion. All episodes: completed 52%. A: completed 69%. B: completed 12%."


def attacked(read):
    """What comes back once what was read stands beside the file of numbers."""
    report = FilesRead(["csv"], blocks=[BLOCK], described=[DESCRIBED])
    report.add(read)
    return {(each.cell.words, each.interval.value) for each in attack_known(learned(report), report.files).recovered}


def page(body):
    """A page of a report."""
    return read_html(f"<html><body><h1>Report</h1>{body}</body></html>", "page.html")


def slides(xml):
    """A file with one slide."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("ppt/slides/slide1.xml", f'<p:sld xmlns:p="p" xmlns:a="a">{xml}</p:sld>')
    return read_pptx(out.getvalue(), "slides.pptx")


def chart(marks, words="Dot chart. Completion. Not in words."):
    """A page with a drawing: an axis of shares from 0 to 100 % over 200 points, everyone, A and B below one another."""
    across = "".join(
        f'<g id="xtick_{i}"><use x="{100 + 2 * share}" y="90"/><g><!-- {share}% --></g></g>' for i, share in enumerate((0, 50, 100))
    )
    down = "".join(
        f'<g id="ytick_{i}"><g id="text_{i}"><!-- {group} --><g transform="translate(10 {23 + 30 * i}) scale(0.1)"></g></g></g>'
        for i, group in enumerate(("All episodes", "A", "B"))
    )
    svg = f'<svg><g id="figure_1">{across}{down}{marks}</g></svg>'
    return page(f'<img alt="{words}" src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}">')


def bar(share, row):
    """A bar from the left."""
    left, right, top, bottom = 100, 100 + 200 * share, 12 + 30 * row, 28 + 30 * row
    return (
        f'<g id="patch_{row}"><path d="M {left} {top} L {right} {top} L {right} {bottom} L {left} {bottom} z" style="fill: #12436d"/></g>'
    )


POINT = '<g id="line2d_9"><g><use x="124" y="80"/></g></g>'
LEGEND = '<g id="legend_1"><g id="patch_9"><path d="M 0 0 L 9 0 L 9 9 L 0 9 z" style="fill: #12436d"/></g><g id="text_9"><!-- Completed --></g></g>'


@pytest.mark.parametrize(
    "read",
    [
        page(f'<img alt="{PICTURE}" src="x">'),
        page("<h2>3. Completion by track</h2><p>Completed: all episodes 52% (41% to 62%); B 12% (4.2% to 30%).</p>"),
        chart(f"{POINT}{POINT.replace('124', '204').replace('80', '20')}"),
        chart(f"{bar(0.12, 2)}{bar(0.52, 0)}{LEGEND}"),
        slides(f'<p:pic><p:nvPicPr><p:cNvPr id="2" descr="{PICTURE}"/></p:nvPicPr></p:pic>'),
    ],
    ids=["alt text", "sentence", "point", "bar", "slide"],
)
def test_a_share_in_words_gives_its_count_back(read):
    """12 % of 25 are 3."""
    assert {value for words, value in attacked(read) if "track b" in words} == {3}
    assert attacked(page("<p>Nothing.</p>")) == set()


def test_a_chart_of_something_else_is_passed_over():
    """Of a measure that is not known, without an axis of shares, and with groups of another column."""
    for read in (
        chart(POINT, "Dot chart. Odd. Odd."),
        chart(POINT, "Odd"),
        page('<img alt="B: 12%." src="data:image/svg+xml;base64,PHN2Zy8+">'),
    ):
        assert attacked(read) == set()


def test_a_count_in_a_sentence_is_read():
    """The one number that a sentence names, under the heading of its measure."""
    words = "12% (10 of 83) completed. Others left."
    found = attacked(page(f"<h3>Completion</h3><p>{words}</p>"))
    assert {value for _, value in found} == set()  # it is printed
    report = page(f"<h3>Completion</h3><p>{words}</p>")
    report.add(FilesRead(["csv"], blocks=[BLOCK], described=[DESCRIBED]))
    assert {(number.where, number.field, number.value) for number, _ in read_words(report)} == {((), "k", 10), ((), "n", 83)}


def test_counts_of_groups_in_a_list_are_those_of_the_groups():
    """Of few a page says how many of how many; they were taken for everyone's, which contradicts the rest of the page."""
    before = "Dropped out: all episodes 50% (41% to 59%); A 53% (41% to 64%); the others are withheld to protect small numbers."
    lists = f"{before} Completed: A 0 of 18; B 3 of 25; the others are withheld to protect small numbers. Episodes: all episodes 136; A 18."
    report = page(f"<h3>Completion</h3><p>{lists}</p>")
    report.add(FilesRead(["csv"], blocks=[BLOCK], described=[DESCRIBED]))
    read = [(number.where, number.field, number.value) for number, _ in read_words(report)]
    assert [each for each in read if each[1] != "value"] == [(A, "k", 0), (A, "n", 18), (B, "k", 3), (B, "n", 25)]


def test_a_table_on_a_slide_is_read():
    """Under the title of its slide, cell by cell."""
    paragraph = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"
    rows = "".join(
        f"<a:tr>{''.join(f'<a:tc>{paragraph.format(cell)}</a:tc>' for cell in row)}</a:tr>"
        for row in (("Track", "Completed"), ("B", "12%"))
    )
    read = slides(f"{paragraph.format('Completion by track')}<a:tbl>{rows}</a:tbl>")
    assert [(table.caption, table.rows) for table in read.tables] == [("Completion by track", [["Track", "Completed"], ["B", "12%"]])]
    assert 3 in {value for _, value in attacked(read)}


@pytest.mark.parametrize(
    "text",
    [
        "Dot chart. Completion. Male: completed 12%.",  # by another column
        "Dot chart. Something else. B: completed 12%.",
        "Dot chart. Completion. B: something 12%.",
        "Something: B 12%.",
    ],
)
def test_words_about_something_else_are_passed_over(text):
    """Of another column, another measure, another number."""
    report = FilesRead(["page"], blocks=[BLOCK], described=[DESCRIBED], words=[WordsRead("page", text, "Completion")])
    assert list(read_words(report)) == []
