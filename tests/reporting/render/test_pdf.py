"""Takes reports, gives proof of their PDF: PDF/UA with every word of the page, the same everywhere, and no more than words where it cannot be made."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import subprocess
import unicodedata
from itertools import pairwise
from types import SimpleNamespace

import pikepdf
import pytest
from pypdf import PdfReader

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import LibraryError
from iop_outcomes.release import policy_for
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.blocks import Bullets, Figure, Note, TableBlock, Text, section
from iop_outcomes.reporting.parts.completion import COMPLETION
from iop_outcomes.reporting.parts.data_quality import DATA_QUALITY
from iop_outcomes.reporting.parts.discharge_reasons import DISCHARGE_REASONS
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from iop_outcomes.reporting.parts.limitations import LIMITATIONS
from iop_outcomes.reporting.parts.over_time import OVER_TIME
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.reporting.render import pdf, pdf_process
from iop_outcomes.reporting.render.form import Form
from iop_outcomes.reporting.render.forms import FORMS
from iop_outcomes.reporting.render.pdf import INSTALL, INSTALL_PANGO, paper_of, pdf_of
from iop_outcomes.reporting.report import Report
from iop_outcomes.reporting.verification import _differences
from iop_outcomes.show import theme
from iop_outcomes.show.tables import Table
from tests.browser.test_print import FULL, SYNTHETIC
from tests.reporting.matterhorn import problems, tree
from tests.reporting.test_edges_of_pages import episodes

TITLE = 'A & B <i>"East"</i>'
MARK = "contains small numbers: for people entitled to see this program's patients"


@pytest.fixture(scope="module", autouse=True)
def _pdf_can_be_made():
    """Where it cannot the tests are skipped and say why; where it must be, they fail."""
    try:
        pdf_of("<html lang='en'><title>x</title><body>x</body></html>")
    except LibraryError as error:
        stop = pytest.fail if os.environ.get("IOP_REQUIRE_PDF") == "1" else pytest.skip
        stop(f"a PDF cannot be made here. {error}")


def small(*blocks, title=TITLE, policy="internal", cutoff="2025-09-30"):
    """A page made by hand."""
    facts = SimpleNamespace(package="iop_outcomes 0", data_class="public", cutoff=cutoff)
    first = section("first", "First", [Text("A sentence."), *blocks])
    return Report("page", title, "The lead.", (first,), (), facts, policy_for(policy, "public"), None)


def chart(alt="A chart of one line, from 1 to 2."):
    """A figure, with dashes and half of a colour."""
    axes = theme.new_axes(2)
    axes.plot([1, 2], [1, 2], "--", color=theme.NAVY, alpha=0.5)
    return Figure("A headline", "What is shown.", alt, axes.figure)


def table(rows=3):
    """A table of words."""
    return Table("A caption", ("Track", "Finished", "n"), tuple((f"row {n}", f"{n}% (1% to 2%)", "12") for n in range(rows)))


def read(content):
    """A file as pypdf reads it, and the text of each of its pages: letters that are set as one apart."""
    file = PdfReader(io.BytesIO(content))
    return file, [unicodedata.normalize("NFKC", page.extract_text()) for page in file.pages]


def joined(text):
    """A text without spaces and breaks, which lines on paper have elsewhere."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@pytest.fixture(scope="module")
def report():
    """Some parts of the page of the synthetic program for its own people, with every target, under a title with signs that mean something to HTML."""
    parts = (PAGE_ONE, OVER_TIME, DISCHARGE_REASONS, COMPLETION, LENGTH_OF_STAY, DATA_QUALITY)
    with iop.load(SYNTHETIC, mapping=FULL) as data:
        return build_report(data, policy="internal", title=TITLE, parts=parts)


@pytest.fixture(scope="module")
def made(report):
    """Its file."""
    ((name, content),) = report.files("pdf").items()
    assert name == "program_quality.pdf"
    return content


@pytest.fixture(scope="module")
def texts(made):
    """The text of each of its pages."""
    return read(made)[1]


def one_of_each():
    """A page with a list, a figure, a table and a note."""
    return paper_of(small(Bullets(("One.", "Two.")), chart(), TableBlock(table()), Note("A remark.")))


@pytest.fixture(scope="module")
def little():
    """Its file."""
    return pdf_of(one_of_each())


# -- what is in it -----------------------------------------------------------------------------------------------------


def test_it_is_pdf_ua(made):
    """Whatever a program can see of it."""
    assert problems(made) == []


def test_what_it_is_called_and_of_when(made):
    """Title as given, cut-off as its date, no date of today."""
    facts = PdfReader(io.BytesIO(made)).metadata
    assert facts.title == TITLE
    assert facts["/CreationDate"] == facts["/ModDate"] == "D:20250930"
    assert "dcterms" not in paper_of(small(cutoff=""))


def test_every_figure_says_what_the_page_says_of_it(report, made):
    """The words for those who do not see a chart, in the order of the page."""
    with pikepdf.open(io.BytesIO(made)) as file:
        said = [str(each.raw.Alt) for each in tree(file) if each.kind == "Figure"]
    assert said == [block.alt for part in report.every_section for block in part.blocks if isinstance(block, Figure)]
    assert len(said) > 3


def test_a_reader_of_text_finds_every_word_of_the_page(report, texts):
    """Headings, sentences, captions, and each row of each table with its cells in their order."""
    page = paper_of(report)
    assert all(f'<section id="{part.id}"' in page for part in report.sections)
    html = re.sub(r"<style.*?</style>|<head>.*?</head>|<details>.*?</details>", "", page, flags=re.S)  # what is folded stays off paper
    pieces = re.findall(r"<(tr|p|li|h1|h2|dt|dd|caption|strong)\b[^>]*>(.*?)</\1>", html, flags=re.S)
    words = {
        joined(re.sub(r"<[^>]+>", "", piece).replace("&#34;", '"').replace("&#39;", "'").replace("&#x27;", "'")) for _, piece in pieces
    }
    words = {piece.replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for piece in words}
    pages = [re.sub(r"\(page\d+\)", "", joined(text)) for text in texts]  # what paper adds to a number of a section
    assert len(words) > 30
    assert {piece for piece in words if not any(piece in page for page in pages) and not _over_a_page(piece, pages)} == set()


def _over_a_page(piece, pages):
    """Whether a piece begins on one page, before its foot, and ends on the next, after its head."""
    cuts = [(piece[:at], piece[at:]) for at in range(1, len(piece))]
    return any(a in one and b in next_one for one, next_one in pairwise(pages) for a, b in cuts)


def test_every_page_says_what_it_is_of_and_for_whom(texts):
    """Page x of y, the mark of the policy and what made it; the title from the second page on, where no heading says it."""
    for number, text in enumerate(texts, 1):
        assert text.count(f"{number} of {len(texts)}") == 1
        assert f"{MARK}. iop_outcomes" in text
        assert text.count(TITLE) == 1
        assert len(text.split()) > 30


def test_page_one_is_one_sheet(report, made, texts):
    """Of the synthetic program with every target declared, under the policy that shows most: Letter."""
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in PdfReader(io.BytesIO(made)).pages} == {(612, 792)}
    assert "What this cannot tell you: whether the program caused any change." in texts[0]
    assert [report.sections[1].heading in text.splitlines() for text in texts[:2]] == [False, True]
    assert re.search(r"See sections 4 \(page 3\) and 5 \(page 3\)\.", " ".join(texts[0].split())), texts[0]


@pytest.mark.long
def test_page_one_is_one_sheet_of_a4():
    """And so on the other size of paper, by the one rule that sets it, under the policy that shows most."""
    with iop.load(SYNTHETIC, mapping=FULL) as data:
        page = paper_of(build_report(data, policy="internal", parts=(PAGE_ONE, LIMITATIONS)))
    assert page.count("@page{size:Letter") == 1
    file, texts = read(pdf_of(page.replace("@page{size:Letter", "@page{size:A4")))
    assert [round(float(side)) for side in file.pages[0].mediabox[2:]] == [595, 842]
    assert "What this cannot tell you: whether the program caused any change." in texts[0]
    assert len(texts) == 2


@pytest.mark.long
def test_the_whole_report_is_pdf_ua(usual_report):
    """Every part of it."""
    content = pdf_of(paper_of(usual_report))
    assert problems(content) == []
    assert all(len(text.split()) > 20 for text in read(content)[1])


def test_a_long_table_repeats_its_heads_and_breaks_between_rows():
    """Of 90 rows; each cell of two lines stands on one page."""
    long = Table("Long", ("Track", "In words"), tuple((f"row {n}", f"from {n} " + "on and on " * 12 + f"to {n}") for n in range(90)))
    content = pdf_of(paper_of(small(TableBlock(long))))
    pages = [joined(text) for text in read(content)[1]]
    assert len(pages) > 3
    assert [text.count("TrackInwords") for text in pages[1:]] == [1] * (len(pages) - 1)  # it begins on a page of its own
    for n in range(90):
        assert sum(joined(f"row {n} from {n} {'on and on ' * 12}to {n}") in text for text in pages) == 1
    assert problems(content) == []


def test_what_is_folded_is_drawn_where_it_is_open():
    """A folded table stays off paper; one that was asked for is there."""
    page = paper_of(small(Text("SHUT"), Text("OPEN")))
    folded = "<details{}><summary>Numbers</summary><p>{}</p></details>"
    (text,) = read(pdf_of(page.replace("SHUT", folded.format("", "hidden")).replace("OPEN", folded.format(" open", "there"))))[1]
    assert "there" in text and "hidden" not in text


def test_letters_without_a_shape_are_a_sign_and_the_title_keeps_them():
    """Of a script that the fonts lack; of those that they have, each letter."""
    content = pdf_of(paper_of(small(Text("Ünïcode Ελληνικά 日本 → ≥ −2"), Text("العربية"), title="日本 IOP")))
    file, (text,) = read(content)
    assert file.metadata.title == "日本 IOP"
    assert "\ufffd\ufffd IOP" in text
    assert "Ünïcode Ελληνικά \ufffd\ufffd → ≥ −2" in text and "العربية" in text
    assert problems(content) == []


@pytest.mark.parametrize(("words", "as_text"), [("Größe ≥ 5 − few", True), ("العربية", False), ("e\u0301", False)])
def test_words_of_a_chart_are_text_where_letters_stand_alone(words, as_text):
    """Others are outlines, as on the page: set letter by letter they would be other words, or none."""
    figure = chart()
    figure.drawing.axes[0].set_title(words)
    content = pdf_of(paper_of(small(figure)))
    assert (joined(words) in joined(read(content)[1][0])) == as_text
    assert b"<text" not in figure.svg and problems(content) == []


def test_a_process_that_was_begun_ends_with_what_was_waited_for(tmp_path, monkeypatch):
    """A form that cannot be written leaves none behind, nor its folder."""
    started, popen = [], subprocess.Popen
    monkeypatch.setattr(pdf.subprocess, "Popen", lambda *words, **options: started.append(popen(*words, **options)) or started[0])
    monkeypatch.setitem(FORMS, "csv", Form("its numbers", lambda document: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        small().save(tmp_path / "out", formats=["csv", "pdf"])
    assert [process.poll() for process in started] == [-signal.SIGKILL]
    assert not (tmp_path / "out").exists()


def test_its_fonts_are_those_that_come_with_the_charts(made):
    """Whatever fonts a machine has."""
    with pikepdf.open(io.BytesIO(made)) as file:
        names = {str(font.BaseFont).partition("+")[2] for page in file.pages for font in page.Resources.Font.values()}
    assert names == {"DejaVu-Sans", "DejaVu-Sans-Bold"}


# -- that a problem would be seen ---------------------------------------------------------------------------------------


def first(file, kind):
    """The first element of a kind."""
    return next(each.raw for each in tree(file) if each.kind == kind)


def drop(kind, name):
    """A change: an element loses one of its entries."""
    return lambda file: first(file, kind).__delitem__(name)


def without_pages_marks(file):
    """A change: nothing on the first page is marked."""
    stream = file.pages[0].Contents
    stream.write(re.sub(rb"/\w+ ?<</MCID \d+>>\s+BDC|/\w+\s+BMC|\bEMC\b", b"", stream.read_bytes()))


CHANGES = {
    "5": lambda file: file.Root.Metadata.write(file.Root.Metadata.read_bytes().replace(b'part="1"', b'part="2"')),
    "6.2": lambda file: file.Root.MarkInfo.__setitem__("/Suspects", True),
    "7.1: no title": lambda file: file.docinfo.__delitem__("/Title"),
    "7.1: the title is not displayed": lambda file: file.Root.__delitem__("/ViewerPreferences"),
    "7.1: no structure tree": lambda file: file.Root.__delitem__("/StructTreeRoot"),
    "7.2: no language": lambda file: file.Root.__delitem__("/Lang"),
    "7.1: Sheet is no standard type": lambda file: first(file, "Sect").__setitem__("/S", pikepdf.Name("/Sheet")),
    "7.1: a P with another parent": lambda file: first(file, "P").__setitem__("/P", first(file, "Table")),
    "7.1: 1 pieces of content are in no element": drop("Figure", "/K"),
    "7.1: something on page 1": without_pages_marks,
    "7.2: a Table of": lambda file: first(file, "TBody").__setitem__("/S", pikepdf.Name("/Div")),
    "7.2: a table whose rows": lambda file: first(file, "TR").K.__delitem__(0),
    "7.2: the caption": lambda file: first(file, "Table").__setitem__("/K", pikepdf.Array(list(first(file, "Table").K)[::-1])),
    "7.3: a figure without words": drop("Figure", "/Alt"),
    "7.3: a figure that stands nowhere": lambda file: first(file, "Figure").A.BBox.__setitem__(3, 5000),
    "7.4.2": lambda file: first(file, "H2").__setitem__("/S", pikepdf.Name("/H4")),
    "7.4: an empty heading": drop("H2", "/K"),
    "7.5: a head": lambda file: first(file, "TH").A.__delitem__("/Scope"),
    "7.5: a cell": lambda file: first(file, "TD").A.__delitem__("/Headers"),
    "7.6": drop("L", "/A"),
    "7.18: /URI": lambda file: file.Root.__setitem__("/Extra", file.make_indirect(pikepdf.Dictionary(URI="http://example.org"))),
    "7.18.3": lambda file: file.pages[0].__delitem__("/Tabs"),
    "7.21: a font that is not": lambda file: font_of(file).DescendantFonts[0].FontDescriptor.__delitem__("/FontFile2"),
    "7.21: letters that stand": lambda file: font_of(file).__delitem__("/ToUnicode"),
    "7.21.5": lambda file: font_of(file).DescendantFonts[0].__setitem__("/W", pikepdf.Array([0, 60000, 100])),
}


def font_of(file):
    """A font of the first page."""
    return next(iter(file.pages[0].Resources.Font.values()))


def test_the_little_page_has_no_problem(little):
    """So that what the changes below bring is theirs."""
    assert problems(little) == []


@pytest.mark.parametrize("problem", CHANGES)
def test_a_problem_would_be_seen(little, problem):
    """Each change of the file is named for what it breaks."""
    with pikepdf.open(io.BytesIO(little)) as file:
        CHANGES[problem](file)
        changed = io.BytesIO()
        file.save(changed)
    assert any(each.startswith(problem) for each in problems(changed.getvalue()))


# -- the same everywhere -----------------------------------------------------------------------------------------------


def test_what_must_not_matter_changes_no_byte(little, monkeypatch):
    """Another process, hash seed, time zone, language, clock of the build, fonts and their configuration; a word does."""
    changed = {
        "TZ": "Asia/Kathmandu",
        "LC_ALL": "tr_TR.UTF-8",
        "SOURCE_DATE_EPOCH": "99999999",
        "FONTCONFIG_FILE": "/nowhere",
        "PYTHONWARNINGS": "error",
        "PYTHONHASHSEED": "76",
    }
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    fixed = pdf._environment
    monkeypatch.setattr(pdf, "_environment", lambda private, fonts: fixed(private, fonts) | {"PYTHONHASHSEED": "77"})
    assert pdf_of(one_of_each()) == little
    assert pdf_of(one_of_each().replace("One.", "One!")) != little


def test_verify_sees_a_flipped_bit(report, made, tmp_path):
    """Anywhere; the file as it was written is the same."""
    path = tmp_path / "program_quality.pdf"
    again = SimpleNamespace(files=lambda form: {"program_quality.pdf": made})
    path.write_bytes(made)
    assert list(_differences(path, again)) == []
    for place, bit in ((0, 1), (len(made) // 2, 128), (len(made) - 1, 1)):
        content = bytearray(made)
        content[place] ^= bit
        path.write_bytes(content)
        (difference,) = _differences(path, again)
        assert str(difference).startswith("program_quality.pdf, the file: ")


# -- alone, and where it cannot be made ---------------------------------------------------------------------------------


def test_nothing_is_fetched(tmp_path):
    """No address of a picture, a style or a font is followed, neither to the network nor to a file."""
    secret = tmp_path / "secret.svg"
    secret.write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>SECRET</text></svg>', encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        page = (
            f"<html lang='en'><title>x</title><link rel='stylesheet' href='{there}/a.css'><style>@import '{there}/b.css';"
            f"@font-face{{font-family:x;src:url({there}/c.ttf)}}p{{font-family:x;background:url({there}/d.png)}}</style>"
            f"<body><p>words<img alt='remote' src='{there}/e.png'><img alt='local' src='{secret.as_uri()}'></p></body></html>"
        )
        text = read(pdf_of(page))[1][0]
        with pytest.raises(TimeoutError):
            server.accept()
    assert "words" in text and "SECRET" not in text


def pretend(folder, code):
    """A WeasyPrint that does something else."""
    (folder / "weasyprint").mkdir()
    (folder / "weasyprint" / "__init__.py").write_text(code, encoding="utf-8")
    (folder / "weasyprint" / "urls.py").write_text("class URLFetcher:\n    def __init__(self, **options): pass\n", encoding="utf-8")
    return str(folder)


HTML = "class HTML:\n    etree_element = __import__('xml.etree.ElementTree').etree.ElementTree.fromstring('<html><body/></html>')\n    def __init__(self, **options): pass\n    def write_pdf(self, **options):\n        "
FAULTS = {
    "not there": ("raise ImportError('no module')", INSTALL),
    "too old": ("import sys; sys.modules['weasyprint.urls'] = None", INSTALL),
    "no Pango": ("raise OSError('cannot load library libpango-1.0-0')", INSTALL_PANGO),
    "a crash": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
    "a fault": (f"{HTML}raise KeyError('a value')", "ended with 1"),
    "no memory": (f"{HTML}return bytearray(1 << 40)", INSTALL_PANGO),
    "no file": (f"{HTML}print('%PDF-'); return b''", "ended with 0"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_process_that_gives_no_file_says_what_to_do(tmp_path, monkeypatch, fault):
    """Whatever becomes of it, this one goes on and has words; never those of the page."""
    code, words = FAULTS[fault]
    monkeypatch.setenv("PYTHONPATH", pretend(tmp_path, code) + os.pathsep + os.environ.get("PYTHONPATH", ""))
    with pytest.raises(LibraryError) as raised:
        pdf_of("<html></html>")
    assert words in str(raised.value)
    assert "a value" not in str(raised.value)
    assert raised.value.exit_code == 3


def test_a_process_that_crashes_once_is_started_again(tmp_path, monkeypatch):
    """Libraries of C crash now and then: the second process gives the file."""
    been = tmp_path / "been"
    crash = f"import os, signal, pathlib\nbeen = pathlib.Path({str(been)!r})\nif not been.exists():\n    been.touch(); os.kill(os.getpid(), signal.SIGSEGV)\n"
    monkeypatch.setenv("PYTHONPATH", pretend(tmp_path, f"{crash}{HTML}return b'%PDF-of ' + str(options['pdf_variant']).encode()"))
    assert pdf_of("<html></html>") == b"%PDF-of pdf/ua-1"
    assert been.exists()


def test_a_process_that_does_not_end_is_stopped(tmp_path, monkeypatch):
    """After its time."""
    monkeypatch.setenv("PYTHONPATH", pretend(tmp_path, "import time; time.sleep(60)"))
    monkeypatch.setattr(pdf_process, "SECONDS", 1)
    with pytest.raises(LibraryError, match="longer than 1 seconds"):
        pdf_of("<html></html>")


def test_without_its_fonts_it_is_not_made(tmp_path, monkeypatch):
    """Rather than in others, or in none."""
    monkeypatch.setattr(pdf, "font_folder", lambda: tmp_path)
    with pytest.raises(LibraryError, match="The process that sets it ended"):
        pdf_of("<html><body>x</body></html>")


def test_what_can_be_made_is_written_and_the_command_ends_with_3(tmp_path, monkeypatch, capsys):
    """Forms before and after it; their paths on standard output, the fix on standard error."""
    monkeypatch.setenv("PYTHONPATH", pretend(tmp_path, FAULTS["no Pango"][0]) + os.pathsep + os.environ.get("PYTHONPATH", ""))
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    (data / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    rows = [",".join(map(str, row.values())) for row in episodes(a=(20, 20), b=(20, 20))]
    (data / "episodes.csv").write_text("\n".join(["episode_id,track,discharge_reason,los_days", *rows]), encoding="utf-8")
    assert run(["report", str(data), "--policy", "none", "-o", str(out), "--format", "csv,pdf,json", "--quiet"]) == 3
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [str(out / "program_quality.csv"), str(out / "program_quality.json")]
    assert printed.err.startswith("error: program_quality.pdf is not written. The library Pango, ")
    assert "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0" in printed.err
    assert sorted(path.name for path in out.iterdir()) == ["program_quality.csv", "program_quality.json"]


def test_where_nothing_can_be_made_no_folder_is(tmp_path, monkeypatch):
    """One form alone."""
    monkeypatch.setenv("PYTHONPATH", pretend(tmp_path, FAULTS["not there"][0]))
    with pytest.raises(LibraryError, match=r"^page\.pdf is not written\. ") as raised:
        small().save(tmp_path / "out", formats=["pdf"])
    assert raised.value.written == ()
    assert not (tmp_path / "out").exists()


# -- programs at the edges ----------------------------------------------------------------------------------------------

PROGRAMS = {
    "one track": {"only": (60, 40)},
    "12 tracks": {f"track_{n}_of_a_long_name": (20 + n, 15) for n in range(12)},
}


@pytest.mark.long
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_at_the_edges_without_scores_or_events(name):
    """One track, 12 tracks; no scores, no events, no patients, no dates."""
    import pandas as pd

    with iop.load({"episodes": pd.DataFrame(episodes(**PROGRAMS[name]))}, mapping={"data": {"class": "synthetic"}}) as data:
        content = pdf_of(paper_of(iop.report(data, policy="cms11")))
    assert problems(content) == []
    assert all(len(text.split()) > 20 for text in read(content)[1])
