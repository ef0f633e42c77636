"""Takes the path of a page of HTML, gives it on standard output as PDF/UA: a process of its own, whose end is nobody else's.

It is run by its path, with the folder of the fonts and the page, and loads nothing of this package. The page is there when standard input
ends. It may use so much memory and time and no more, and reads nothing but what it was handed: no other file, no network. What it ends
with says what was missing.

What WeasyPrint leaves open in the tags is finished here (ISO 14289-1): which way a head of a table points (7.5), what a list is numbered
with (7.6), what runs along the margins as no part of the text (7.8), and where on its page a figure stands (ISO 32000-1, 14.8.5.4.3).
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

SECONDS = 600  # of a processor; a report of five tracks takes less than ten
BYTES = 3 << 30  # of address space; a report of five tracks takes a tenth
NO_PACKAGE, NO_LIBRARY = 3, 4  # what the process ends with: WeasyPrint is not there, or not what it stands on
FACES = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_POINTS = 0.75  # of a pixel of CSS
_IDENTIFIER = 16  # bytes that name the file: of its content, so that the same page has the same


def main() -> int:
    """Read, set, write."""
    _limit()
    gc.disable()  # the process ends before cycles could matter, and looking for them takes a tenth of its time
    out = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no part of the file
    try:
        import weasyprint  # noqa: F401 - whether it loads is the question
        from weasyprint.urls import URLFetcher  # noqa: F401
    except ImportError:
        return NO_PACKAGE
    except OSError:  # a library of the system
        return NO_LIBRARY
    sys.stdin.buffer.read()
    fonts, page = map(Path, sys.argv[1:])
    with os.fdopen(out, "wb") as file:
        file.write(pdf_of(page.read_bytes(), fonts))
    return 0


def pdf_of(page: bytes, fonts: Path) -> bytes:
    """The page as PDF/UA: the same bytes for the same page."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    html = HTML(string=page.decode("utf-8"), url_fetcher=URLFetcher(allowed_protocols={"data"}))
    _draw_what_has_a_shape(html.etree_element.find("body"), fonts)
    identifier = sha256(page).hexdigest()[:_IDENTIFIER].encode("ascii")
    return bytes(html.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier, finisher=finish))


def _draw_what_has_a_shape(body: Any, fonts: Path) -> None:
    """Put a sign in the place of letters that the fonts lack: a blank box would be read as nothing (ISO 14289-1, 7.21.8)."""
    from fontTools.ttLib import TTFont

    letters = set.intersection(*(set(TTFont(fonts / face, lazy=True).getBestCmap()) for face in FACES))

    def drawn(words: str | None) -> str | None:
        return words and "".join(letter if ord(letter) in letters or letter.isspace() else _UNKNOWN for letter in words)

    for element in body.iter():
        element.text, element.tail = drawn(element.text), drawn(element.tail)


def _limit() -> None:
    """Bound what the process may use, and keep a crash from leaving an image of its memory on the disk."""
    with suppress(ImportError, OSError, ValueError):  # not every system has limits of processes, and some may be lower already
        import resource

        for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, BYTES)):
            resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


# -- the tags ----------------------------------------------------------------------------------------------------------


def finish(_document: object, pdf: Any) -> None:
    """Finish the tags of a file that is about to be written; WeasyPrint calls this with its objects."""
    elements = list(_elements(pdf, pdf.catalog["StructTreeRoot"]))
    for element in elements:
        kind = element["S"]
        if kind == "/TH":
            group = _at(pdf, _at(pdf, element["P"])["P"])
            element["A"]["Scope"] = "/Column" if group["S"] == "/THead" else "/Row"
        elif kind == "/L" and any(part["S"] == "/Lbl" for item in _kids(pdf, element) for part in _kids(pdf, item)):
            element["A"] = type(element)({"O": "/List", "ListNumbering": "/Disc"})
        elif kind == "/Figure":
            left, top, right, bottom = element["A"]["BBox"]
            height = _at(pdf, element["Pg"])["MediaBox"][3]
            box = (left * _POINTS, height - bottom * _POINTS, right * _POINTS, height - top * _POINTS)
            element["A"]["BBox"] = type(element["K"])(round(edge, 2) for edge in box)
    _margins_are_no_text(pdf, {element.number for element in elements})


def _at(pdf: Any, reference: bytes) -> Any:
    """The object that a reference, such as "12 0 R", names."""
    return pdf.objects[int(reference.split()[0])]


def _kids(pdf: Any, element: Any) -> list[Any]:
    """The elements inside an element, without its words."""
    named = (_at(pdf, kid) for kid in element["K"] if isinstance(kid, bytes))
    return [each for each in named if "S" in each]


def _elements(pdf: Any, reference: bytes) -> Iterator[Any]:
    """Every element of the tree, from the top, in the order of reading."""
    waiting = [_at(pdf, reference)]
    while waiting:
        element = waiting.pop()
        if "S" in element:
            yield element
        waiting += reversed(_kids(pdf, element))


def _margins_are_no_text(pdf: Any, read: set[int]) -> None:
    """Mark what runs along the margins as artifact: WeasyPrint tags its words, and leaves them out of the tree."""
    places = _at(pdf, _at(pdf, pdf.catalog["StructTreeRoot"])["ParentTree"])["Nums"]
    for page, owners in zip(places[::2], places[1::2], strict=True):
        if isinstance(owners, bytes):  # of a link, not of a page
            continue
        loose = {mark for mark, owner in enumerate(owners) if _at(pdf, owner).number not in read}
        words = _at(pdf, _at(pdf, pdf.page_references[page])["Contents"]).stream
        for place, piece in enumerate(words):
            if isinstance(piece, dict) and piece.get("MCID") in loose:
                words[place - 1], words[place] = "/Artifact", type(piece)({"Type": "/Pagination"})
        for mark in loose:
            owners[mark] = "null"


if __name__ == "__main__":
    sys.exit(main())
