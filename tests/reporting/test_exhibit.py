"""Takes answers and a table one, gives their tables for papers read back: LaTeX by a parser, Word by its library, HTML by its own."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import LibraryError
from iop_outcomes.notebooks.showing import released_form
from iop_outcomes.reporting.exhibit import WORKING, exhibit_writer
from iop_outcomes.reporting.latex import latex_table, latex_text
from iop_outcomes.show.tables import Table, panels

HOSTILE = r"""50% of A&B_1 {x} #2 $3 ~^ \end{table} <b>"q" [4] *5 | 'n' – − ≥"""


# -- readers ---------------------------------------------------------------------------------------------------------------


def unescaped(cell):
    """The words of a cell of LaTeX: every command that the writer uses put back."""
    words = re.sub(r"^\\parbox\[[bt]\]\{[0-9.]+em\}\{\\ragged(?:left|right) (.*)\\strut\}$", r"\1", cell.strip(" "))
    words = words.replace("\\quad ", "\u00a0\u00a0").strip(" ")
    for command, character in {
        r"\textbackslash{}": "\x01",
        r"\textasciitilde{}": "\x02",
        r"\textasciicircum{}": "^",
        r"\textless{}": "<",
        r"\textgreater{}": ">",
        r"\textbar{}": "|",
        "{[}": "[",
        "{]}": "]",
        "{*}": "*",
        "$-$": "\u2212",
        r"$\geq$": "≥",
        "--": "–",
    }.items():
        words = words.replace(command, character)
    words = words.replace("~", "\u00a0").replace("\x02", "~")
    return re.sub(r"\\([&%$#_{}])", r"\1", words).replace("\x01", "\\")


def latex_tables(text):
    """Rows of each panel of a text as cells, by a plain reading: rules and captions apart, split at what is not escaped; heads of later pages once."""
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
    found = []
    for kind, columns, body in re.findall(r"\\begin\{(tabular|longtable)\}\{([lr]+)\}\n(.*?)\\end\{\1\}", text, flags=re.DOTALL):
        once = re.sub(r"\\endfirsthead.*\\endhead", "", body, flags=re.DOTALL) if kind == "longtable" else body
        rows = [line.removesuffix(r" \\") for line in once.splitlines() if line.endswith(r" \\")]
        cells = [[unescaped(cell) for cell in re.split(r"(?<!\\)&", row)] for row in rows]
        assert {len(row) for row in cells} == {len(columns)}
        found.append(cells)
    return found


class Cells(HTMLParser):
    """Rows of the one table of a page, and its notes."""

    def __init__(self, text):
        super().__init__()
        self.rows, self.notes, self.inside = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """A row, a cell or a note begins."""
        self.inside = tag
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "p":
            self.notes.append("")

    def handle_endtag(self, tag):
        """Whatever it is ends."""
        self.inside = ""

    def handle_data(self, data):
        """Words of a cell or a note."""
        if self.inside in ("td", "th"):
            self.rows[-1][-1] += data
        if self.inside == "p":
            self.notes[-1] += data


def docx_tables(content):
    """Rows of each table of a Word file as cells, and its paragraphs."""
    import docx

    file = docx.Document(io.BytesIO(content))
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in file.tables], [p.text for p in file.paragraphs]


def joined(tables, naming=1):
    """Panels one beside another again, the names of rows once."""
    first, *others = tables
    assert all([row[:naming] for row in other] == [row[:naming] for row in first] for other in others)
    return [row + [cell for other in others for cell in other[place][naming:]] for place, row in enumerate(first)]


# -- every form holds the same ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def answers(synthetic):
    """A table one, a measure by track, by two columns, and a curve."""
    return {
        "table one": iop.table_one(synthetic, columns=["sex", "payer", "phq9"]),
        "change": iop.symptom_change(synthetic, scale="phq9", by="track"),
        "completion by two": iop.completion(synthetic, by=("site", "modality")),
        "readmission": iop.readmission(synthetic, at=[30, 90]),
    }


@pytest.mark.parametrize("name", ["table one", "change", "completion by two", "readmission"])
def test_every_form_holds_the_released_table(answers, name):
    """HTML, LaTeX and Word read back: the same cells and notes, which are those of the released table."""
    exhibit = answers[name].exhibit()
    table = exhibit.table
    expected = [list(row) for row in (table.heads, *table.rows)]
    html = Cells(exhibit.to_html())
    assert html.rows == expected and html.notes == list(exhibit.under)
    assert joined(latex_tables(exhibit.to_latex()), table.naming) == expected
    tables, paragraphs = docx_tables(exhibit.to_docx())
    assert joined(tables, table.naming) == expected
    assert paragraphs[0] == table.caption and [p for p in paragraphs if p][-len(exhibit.under) :] == list(exhibit.under)
    assert "not shown" in str(expected) or name == "readmission"


def test_numbers_side_by_side(answers):
    """Some numbers as columns, one row for each group, each with its range; only their definitions stand under it."""
    exhibit = answers["change"].exhibit(estimands=["mean_change", "g_pre_sd"])
    released = answers["change"].release()
    assert exhibit.table.heads[:3] == ("Track", "Mean change", "Change per SD, small-sample")
    psychosis = released.estimate("mean_change", "psychosis")
    row = next(row for row in exhibit.table.rows if row[0] == "Psychosis")
    assert row[1].startswith(f"{psychosis.value:.1f} (") and row[-1] == str(psychosis.n)
    assert len(exhibit.notes) == 2 and "Not shown" not in " ".join(exhibit.under)
    with pytest.raises(iop.UsageError, match='Did you mean "mean_change"'):
        answers["change"].to_latex(estimands=["mean_chang"])
    with pytest.raises(iop.UsageError, match="several days"):
        answers["readmission"].to_latex(estimands=["cumulative_incidence"])
    with pytest.raises(iop.UsageError, match="columns="):
        answers["table one"].to_latex(estimands=["mean_admit"])


def test_working_material_says_so_everywhere(answers):
    """Every number, with the mark in each form; released only is the default, and internal has its own words."""
    for name in ("table one", "change"):
        answer = answers[name]
        working = answer.exhibit(working=True)
        for text in (working.to_html(), working.to_latex(), working.to_text(), "\n".join(docx_tables(working.to_docx())[1])):
            assert WORKING in text
        assert "not shown" not in working.to_html()
        assert WORKING not in answer.to_html() + answer.to_latex()
        assert "people entitled to see this program" in answer.to_html(policy="internal")
        shown = answer.exhibit()
        assert released_form(shown, "cms11") is shown
        assert "not shown on a page" in str(released_form(working, "cms11"))


def test_a_policy_that_the_data_do_not_allow_is_refused(answers):
    """As `release` refuses it."""
    with pytest.raises(iop.UsageError, match="No disclosure policy"):
        answers["change"].to_html(policy="cms12")


# -- hostile words ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(answers):
    """An exhibit whose every word is made to break its form."""
    exhibit = answers["table one"].exhibit()
    table = Table(HOSTILE, ("", HOSTILE, "n"), ((f"\u00a0\u00a0{HOSTILE}", HOSTILE, "5"), ("[first]", "*", "\u22121")), mark=HOSTILE)
    return replace(exhibit, table=table, notes=(HOSTILE,))


def test_words_come_back_as_they_were(hostile):
    """Whatever a label holds, each form gives it back, and nothing of it is a command or an element."""
    table = hostile.table
    expected = [list(row) for row in (table.heads, *table.rows)]
    assert latex_tables(hostile.to_latex()) == [expected]
    assert Cells(hostile.to_html()).rows == expected
    assert docx_tables(hostile.to_docx())[0] == [expected]
    assert hostile.to_page().count("<b>") == 0
    assert unescaped(latex_text(HOSTILE)) == HOSTILE
    assert len(re.findall(r"\\end\{table\}", hostile.to_latex())) == 1


def test_characters_that_xml_cannot_hold_do_not_stop_a_word_file(hostile):
    """They become the sign for a character that cannot be shown."""
    odd = replace(hostile, table=Table("a\x00b", ("x\x0b",), (("c\td",),)))
    assert docx_tables(odd.to_docx())[0] == [[["x\ufffd"], ["c d"]]]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs a TeX system")
@pytest.mark.parametrize("size", ["10pt", pytest.param("12pt", marks=pytest.mark.long)])
def test_latex_compiles(hostile, answers, synthetic, tmp_path, size):
    """With two packages of every TeX system; no line and no page is too full."""
    compared = iop.compare(synthetic, measure="completion", by="modality")
    several = [answers["completion by two"], compared, iop.table_one(synthetic, by="track", columns=["age_group", "payer", "phq9"])]
    made = [hostile.to_latex(), *(answer.to_latex(working=answer is compared) for answer in several)]
    text = "\\clearpage\n".join(made)
    (tmp_path / "t.tex").write_text(
        f"\\documentclass[{size}]{{article}}\\usepackage{{booktabs,longtable}}\\begin{{document}}{text}\\end{{document}}"
    )
    subprocess.run(["pdflatex", "-halt-on-error", "-draftmode", "t.tex"], cwd=tmp_path, check=True, capture_output=True, timeout=600)
    log = (tmp_path / "t.log").read_text(encoding="latin-1")
    assert "too large" not in log
    assert [line for line in log.splitlines() if line.startswith("Overfull")] == []


def test_a_table_without_rows_and_one_of_names_alone():
    """Heads between the rules; nothing to divide."""
    assert latex_tables(latex_table(Table("x", ("a", "b"), ()), [], label="x")) == [[["a", "b"]]]
    assert panels(Table("x", ("a",), (("b",),)), 1)[0].rows == (("b",),)


# -- files -----------------------------------------------------------------------------------------------------------------


def test_a_word_file_is_whole_and_the_same_every_time(answers, tmp_path):
    """Never over another unless that is asked; no clock and nobody's name in it; heads that repeat; text for those who do not see it."""
    table = answers["table one"]
    path = table.to_docx(tmp_path / "new" / "t.docx")
    first = path.read_bytes()
    with pytest.raises(iop.OutputError, match="overwrite=True"):
        table.to_docx(path)
    path.write_bytes(b"old")
    assert table.to_docx(path, overwrite=True).read_bytes() == first
    assert [each.name for each in path.parent.iterdir()] == ["t.docx"]
    with zipfile.ZipFile(path) as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        body, core = (file.read(name).decode() for name in ("word/document.xml", "docProps/core.xml"))
    assert "<w:tblHeader" in body and "w:tblDescription" in body
    assert "python-docx" not in core and "<dc:title>Characteristics of episodes" in core


def test_without_the_library_the_words_say_what_to_install(answers, monkeypatch):
    """Before anything is read, where the command is told to write Word; LaTeX and HTML need none."""
    monkeypatch.setitem(sys.modules, "docx", None)  # what an import of it then says is that it is not there
    with pytest.raises(LibraryError, match=r"iop-outcomes\[office\]"):
        answers["table one"].to_docx("never.docx")
    with pytest.raises(LibraryError, match=r"iop-outcomes\[office\]"):
        exhibit_writer("never.docx")
    assert answers["table one"].to_latex()


def test_the_numbers_as_text_are_those_of_the_release(answers):
    """CSV of an exhibit is every released number with the fixed columns."""
    exhibit = answers["table one"].exhibit()
    lines = exhibit_writer("t.csv")(exhibit).decode().splitlines()
    assert len(lines) == 1 + sum(1 for part in exhibit.released for _ in part)
    assert exhibit_writer("t.html")(exhibit).decode().startswith("<!DOCTYPE html>")
