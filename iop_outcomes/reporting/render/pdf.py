"""Takes a document, gives one PDF/UA file: set by WeasyPrint in a process of its own, in the fonts that come with the charts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import IO, NoReturn

from iop_outcomes.engine.connection import folder_prefix
from iop_outcomes.errors import LibraryError
from iop_outcomes.progress import report_step
from iop_outcomes.reporting.blocks import Figure, Section
from iop_outcomes.reporting.document import Document
from iop_outcomes.reporting.render import pdf_process
from iop_outcomes.show import theme
from iop_outcomes.show.theme import font_folder

FONT = "DejaVu Sans"
INSTALL = "Install the extra \"pdf\": pip install 'iop-outcomes[pdf]'."
INSTALL_PANGO = "On Debian and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0."
OTHERWISE = "The page (.html) can be printed from any browser."
_LINK = re.compile(r'<a class="see" href="([^"]*)">(.*?)</a>')
# Fonts of the machine stay out of it, so that the file is the same on every machine, and on one without any.
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<dir>{fonts}</dir>
<cachedir>{folder}</cachedir>
<selectfont>
<acceptfont><glob>*/DejaVuSans.ttf</glob><glob>*/DejaVuSans-*.ttf</glob><glob>*/LastResort*.ttf</glob></acceptfont>
<rejectfont><glob>*</glob></rejectfont>
</selectfont>
<match target="pattern"><edit name="family" mode="assign" binding="strong"><string>{font}</string></edit></match>
</fontconfig>
"""


def pdf_files(document: Document) -> dict[str, bytes]:
    """The document as one file."""
    with pdf_begun(document) as files_of:
        return files_of()


@contextmanager
def pdf_begun(document: Document) -> Iterator[Callable[[], dict[str, bytes]]]:
    """The same, while the caller does something else; what was begun and is not asked for ends with the block."""
    with _begun(lambda: paper_of(document)) as content:
        yield lambda: {f"{document.name}.pdf": content()}


def paper_of(document: Document) -> str:
    """The HTML that is set: the sections, and the styles of paper."""
    from jinja2 import Environment, StrictUndefined

    templates = files("iop_outcomes.reporting") / "templates"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    template = environment.from_string((templates / "print.html.j2").read_text(encoding="utf-8"))
    css = "".join((templates / name).read_text(encoding="utf-8") for name in ("report.css", "print.css"))
    page = template.render(document=document, sections=[_on_paper(each) for each in document.every_section], css=css)
    return _LINK.sub(r'<span class="see" data-section="\1">\2</span>', page)  # on paper the page's number leads there


@dataclass(frozen=True, eq=False)
class _OnPaper(Figure):
    """A chart whose words are text: it is set in the same font, in less than half the time, and a search finds them."""

    @cached_property
    def svg(self) -> bytes:
        """The chart as a file."""
        theme.mark(self.drawing, self.mark)
        return theme.svg(self.drawing, words_as_text=True)


def _on_paper(section: Section) -> Section:
    return replace(
        section,
        blocks=tuple(
            _OnPaper(*(getattr(each, part.name) for part in fields(each))) if isinstance(each, Figure) else each for each in section.blocks
        ),
    )


def pdf_of(page: str) -> bytes:
    """A page of HTML as PDF/UA: the same bytes for the same page.

    Raises
    ------
    LibraryError
        When WeasyPrint or what it stands on is not there, or ends without a file; the process that calls goes on.
    """
    with _begun(lambda: page) as content:
        return content()


@contextmanager
def _begun(page_of: Callable[[], str]) -> Iterator[Callable[[], bytes]]:
    """A process that sets a page, and how to wait for what it gives; it ends with the block, and so does its private folder.

    It loads its libraries while the page is made here, which takes as long, and reads the page when its standard input ends.
    """
    with tempfile.TemporaryDirectory(prefix=folder_prefix()) as private, ExitStack() as until_done:
        folder = Path(private)
        (folder / "fonts.conf").write_text(
            _FONTS.format(fonts=escape(str(font_folder())), folder=escape(private), font=FONT), encoding="utf-8"
        )
        page = folder / "page.html"  # files, and no pipes, which somebody would have to fill and to empty
        made = until_done.enter_context((folder / "page.pdf").open("w+b"))
        # -P: not its folder, whose csv.py is no csv
        command = [sys.executable, "-P", "-W", "ignore", pdf_process.__file__, str(font_folder()), str(page)]
        environment = _environment(private, folder / "fonts.conf")
        started: list[subprocess.Popen[bytes]] = []

        def start() -> subprocess.Popen[bytes]:
            made.seek(0)
            made.truncate()
            started.append(
                subprocess.Popen(  # noqa: S603 - a program of our own, by its path
                    command, stdin=subprocess.PIPE, stdout=made, stderr=subprocess.DEVNULL, cwd=private, env=environment
                )
            )
            return started[-1]

        try:
            process = start()
        except OSError as error:
            why = f"No process could be started for it ({error.strerror}). {OTHERWISE}"
            yield lambda: _refuse(why)
            return
        try:
            page.write_bytes(page_of().encode("utf-8"))
            _tell(process)
            yield lambda: _content(process, start, made)
        finally:
            for each in started:
                each.kill()  # one that has ended is left in peace
                _tell(each)
                each.wait()


def _tell(process: subprocess.Popen[bytes]) -> None:
    """End the standard input of a process: its page is there."""
    if process.stdin is not None:
        process.stdin.close()


def _content(process: subprocess.Popen[bytes], again: Callable[[], subprocess.Popen[bytes]], made: IO[bytes]) -> bytes:
    """What a process gives, once it has ended; one that crashed is started once more, as libraries of C crash once in hundreds of times."""
    report_step("setting the PDF")
    try:
        code = process.wait(timeout=pdf_process.SECONDS)
        if code == -signal.SIGSEGV:
            process = again()
            _tell(process)
            code = process.wait(timeout=pdf_process.SECONDS)
    except subprocess.TimeoutExpired:
        _refuse(f"It took longer than {pdf_process.SECONDS} seconds and was stopped. {OTHERWISE}")
    made.seek(0)
    content = made.read()
    return content if code == 0 and content.startswith(b"%PDF-") else _refuse(_why(code))


def _refuse(why: str) -> NoReturn:
    raise LibraryError(why)


def _environment(private: str, fonts: Path) -> dict[str, str]:
    """That of this process, without what would change the file: fonts, language, clock."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FONTCONFIG_", "FC_", "LC_", "LANG", "PANGO"))}
    fixed = {"LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
    return kept | fixed | {"FONTCONFIG_FILE": str(fonts), "TMPDIR": private}


def _why(code: int) -> str:
    """What a process that gave no file ended with, and what to do."""
    if code == pdf_process.NO_PACKAGE:
        return f"The library weasyprint, version 68 or later, cannot be loaded. {INSTALL}"
    if code == pdf_process.NO_LIBRARY:
        return f"The library Pango, by which WeasyPrint sets text, cannot be loaded. {INSTALL_PANGO}"
    ended = f"was ended by signal {-code}" if code < 0 else f"ended with {code}"
    return f"The process that sets it {ended}, for want of memory or of a library. {INSTALL_PANGO} {OTHERWISE}"
