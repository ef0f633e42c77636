"""Takes an Office file as a library wrote it, gives the same with fixed times and order; and what its renderers share: words, colours, definitions."""

from __future__ import annotations

import io
import re
import zipfile
from html import escape

from iop_outcomes.reporting.blocks import Card, Figure, Section
from iop_outcomes.reporting.document import Document
from iop_outcomes.results import Definition, Provenance

OFFICE = "office"  # the extra that brings the libraries
LANGUAGE, FONT = "en-US", "Arial"
INK, NAVY, OCHRE, BROWN, MUTED, LINE, PALE, PALE_OCHRE = "1A1A1A", "12436D", "C66621", "8A4413", "595959", "D9D9D9", "F3F2F1", "FBF0E8"
SHADES = {"shade-near": "E3EAF2", "shade-apart": "C9D7E6", "shade-far": "A9BFD6"}  # as in the style of the page

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP can hold
_FIRST = ("[Content_Types].xml", "_rels/.rels")
_LEFT_OUT = (
    "docProps/thumbnail.jpeg",
    "printerSettings1.bin",
)  # of the templates that the libraries ship: a picture, and somebody's printer
_RELATION = re.compile(rb"<Relationship [^>]*?/>")
_BLANKS = re.compile("[ \t\r\n]+")  # a blank that does not break indents a name
_UNWRITTEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters that XML cannot hold


def office_file(content: bytes, *, title: str, subject: str, provenance: Provenance) -> bytes:
    """An Office file whose bytes depend on what it says alone.

    Parameters
    ----------
    content : bytes
        As a library wrote it.
    title, subject : str
        Of its properties.
    provenance : Provenance
        Of what it says: the data cut-off is the day of the file, and a file of data without one has none.

    Returns
    -------
    bytes
        The same members, in a fixed order, of a fixed time; its properties name the title, this package and the cut-off, and neither
        person, nor machine, nor clock.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        members = {name: file.read(name) for name in file.namelist() if not name.endswith(_LEFT_OUT)}
    members |= {name: _without_left_out(part) for name, part in members.items() if name.endswith(".rels")}
    members |= {"docProps/core.xml": _core(title, subject, provenance), "docProps/app.xml": _app(provenance)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name in sorted(members, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            file.writestr(entry, members[name])
    return out.getvalue()


def _without_left_out(relations: bytes) -> bytes:
    """Relations of a part to others, without those to members that are left out."""
    ends = tuple(f'{name}"'.encode() for name in _LEFT_OUT)
    return _RELATION.sub(lambda match: b"" if any(end in match[0] for end in ends) else match[0], relations)


def _core(title: str, subject: str, provenance: Provenance) -> bytes:
    cutoff = provenance.cutoff
    dates = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{cutoff}T00:00:00Z</dcterms:{name}>' for name in ("created", "modified") if cutoff
    )
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(plain(title))}</dc:title><dc:subject>{escape(plain(subject))}</dc:subject>"
        f"<dc:creator>{escape(provenance.package)}</dc:creator><dc:language>{LANGUAGE}</dc:language>{dates}</cp:coreProperties>"
    ).encode()


def _app(provenance: Provenance) -> bytes:
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
        '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
        f"<Application>{escape(provenance.package)}</Application></Properties>"
    ).encode()


# -- what the renderers share ----------------------------------------------------------------------------------------------


def report_file(content: bytes, document: Document) -> bytes:
    """The same of a report: its title, and what stands over every page of it."""
    return office_file(content, title=document.title, subject=" ".join(document.banners), provenance=document.provenance)


def sections_of(document: Document) -> tuple[Section, ...]:
    """The sections that an Office file holds, in order."""
    return document.every_section


def plain(words: str) -> str:
    r"""Words on one line, as XML can hold them.

    Examples
    --------
    >>> plain("one\ttwo\x00")
    'one two�'
    """
    return _BLANKS.sub(" ", _UNWRITTEN.sub("\ufffd", words))


def shade_colour(shade: str) -> str:
    """The colour of a shaded cell; nothing for a cell that is not."""
    return SHADES.get(shade, "")


def card_lines(card: Card) -> tuple[str, ...]:
    """What stands under the value of a card, a line each."""
    return tuple(words for words in (card.range, card.base, *card.beside) if words)


def definition_of(figure: Figure, section: Section, document: Document) -> Definition | None:
    """What the numbers of a chart mean: the measure that the first words of its description name, else that of its section."""
    every = [released.definition for released in document.released]
    head = ". ".join(figure.alt.split(". ")[:2]).lower()
    named = [each for each in every if each.title.lower() in head]
    return max(named, key=lambda each: len(each.title)) if named else next((each for each in every if each.measure == section.id), None)


def definition_lines(definition: Definition) -> list[str]:
    """A definition in words, of the numbers that its chart shows."""
    names = definition.shown or (definition.estimands[0].name,)
    shown = (definition.estimand(name) for name in names)
    return [
        f"{definition.title}. {definition.asks}",
        *(f"{each.label}: {each.counted}, among {each.among}. Interval: {each.interval}." for each in shown),
        *definition.notes,
        *(f"Source: {source}." for source in definition.sources),
    ]
