"""Takes a PDF, gives what in it is against PDF/UA-1 (ISO 14289-1): what a program can see of the Matterhorn Protocol.

No validator of it can be had from the registry of Python packages but one that checks a sixth of its rules. Here are those that can go wrong in a file of
headings, text, lists, tables and figures without links, forms, notes and layers; of the latter, that there are none. Each problem begins with
the clause that it is against.
"""

from __future__ import annotations

import io
from collections import Counter

import pikepdf
from fontTools.ttLib import TTFont

STANDARD = set(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead "
    "TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby Warichu Figure Formula Form".split()
)
MAY_HOLD = {  # ISO 32000-1, 14.8.4.3
    "Table": {"Caption", "TR", "THead", "TBody", "TFoot"},
    "THead": {"TR"},
    "TBody": {"TR"},
    "TFoot": {"TR"},
    "TR": {"TH", "TD"},
    "L": {"Caption", "L", "LI"},
    "LI": {"Lbl", "LBody"},
}
PAINTS = set("Tj TJ ' \" S s f F f* B B* b b* sh Do EI".split())
ACTIVE = {
    "/JS",
    "/JavaScript",
    "/URI",
    "/Launch",
    "/OpenAction",
    "/AA",
    "/EmbeddedFiles",
    "/AcroForm",
    "/OCProperties",
    "/RichMedia",
    "/Encrypt",
}


def problems(content):
    """Everything that is wrong, in words."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return list(_problems(pdf))


def _problems(pdf):
    yield from _catalog(pdf)
    elements = list(tree(pdf))
    yield from _structure(elements)
    yield from _tables(elements)
    yield from _figures_and_headings(pdf, elements)
    yield from _content(pdf, elements)
    yield from _fonts(pdf)
    names = {key for each in pdf.objects if isinstance(each, pikepdf.Dictionary | pikepdf.Stream) for key in each.keys()}  # noqa: SIM118 - a stream has keys, and is walked otherwise
    yield from (f"7.18: {name} is there" for name in sorted(names & ACTIVE))
    yield from (f"7.18.1: an annotation on page {n}" for n, page in enumerate(pdf.pages, 1) if len(page.get("/Annots", ())))


def _catalog(pdf):
    root = pdf.Root
    facts = pdf.open_metadata()  # read alone: as a context it would write
    if facts.get("pdfuaid:part") != "1":
        yield "5: not said to be PDF/UA-1"
    title = facts.get("dc:title")
    if not title or title != pdf.docinfo.get("/Title", ""):
        yield "7.1: no title, or two"
    if root.get("/MarkInfo", {}).get("/Marked") is not True or root.MarkInfo.get("/Suspects"):
        yield "6.2: not marked as tagged"
    if root.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        yield "7.1: the title is not displayed"
    if "/StructTreeRoot" not in root:
        yield "7.1: no structure tree"
    if not str(root.get("/Lang", "")):
        yield "7.2: no language"


class Element:
    """An element of the structure tree."""

    def __init__(self, raw, parent):
        self.raw, self.parent, self.kind = raw, parent, str(raw.S)[1:]
        kids = raw.get("/K", [])
        kids = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
        self.marks = [kid for kid in kids if isinstance(kid, int)]
        self.kids = [Element(kid, self) for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]

    def within(self):
        """It and all below it, in the order of reading."""
        yield self
        for kid in self.kids:
            yield from kid.within()

    @property
    def attributes(self):
        """What is said of it."""
        return self.raw.get("/A", {})


def tree(pdf):
    """Every element, in the order of reading."""
    for top in pdf.Root.get("/StructTreeRoot", {}).get("/K", []):
        yield from Element(top, None).within()


def _structure(elements):
    for each in elements:
        if each.kind not in STANDARD:
            yield f"7.1: {each.kind} is no standard type"
        if each.parent is not None and each.raw.P.objgen != each.parent.raw.objgen:
            yield f"7.1: a {each.kind} with another parent"
        kinds = [kid.kind for kid in each.kids]
        if each.kind in MAY_HOLD and not set(kinds) <= MAY_HOLD[each.kind]:
            yield f"7.2: a {each.kind} of {', '.join(kinds)}"
        if "Caption" in kinds[1:] and each.kind in MAY_HOLD:
            yield f"7.2: the caption of a {each.kind} is not the first in it"
        labelled = each.kind == "L" and any(part.kind == "Lbl" for item in each.kids for part in item.kids)
        if labelled and str(each.attributes.get("/ListNumbering", "/None")) == "/None":
            yield "7.6: a list with labels of no kind"


def _tables(elements):
    for table in (each for each in elements if each.kind == "Table"):
        rows = [each for each in table.within() if each.kind == "TR"]
        if len({len(row.kids) for row in rows}) != 1:
            yield "7.2: a table whose rows differ in length"
        heads = {str(cell.raw.get("/ID")) for row in rows for cell in row.kids if cell.kind == "TH"}
        for row in rows:
            for cell in row.kids:
                scope = str(cell.attributes.get("/Scope", ""))
                if cell.kind == "TH" and scope != ("/Column" if row.parent.kind == "THead" else "/Row"):
                    yield "7.5: a head that points nowhere, or the wrong way"
                named = {str(head) for head in cell.attributes.get("/Headers", [])}
                if cell.kind == "TD" and (not named or not named <= heads):
                    yield "7.5: a cell without a head"


def _figures_and_headings(pdf, elements):
    sizes = {page.obj.objgen: [float(edge) for edge in page.mediabox] for page in pdf.pages}
    level = 0
    for each in elements:
        if each.kind == "Figure":
            if len(str(each.raw.get("/Alt", ""))) <= 20:
                yield "7.3: a figure without words"
            left, bottom, right, top = (float(edge) for edge in each.attributes.get("/BBox", [0, 0, 0, 0]))
            page = sizes[each.raw.Pg.objgen]
            if not (page[0] <= left < right <= page[2] and page[1] <= bottom < top <= page[3]):
                yield "7.3: a figure that stands nowhere on its page"
        if each.kind[:1] == "H" and each.kind[1:].isdigit():
            if int(each.kind[1:]) > level + 1:
                yield f"7.4.2: {each.kind} after {f'H{level}' if level else 'nothing'}"
            level = int(each.kind[1:])
            if not any(inside.marks for inside in each.within()):
                yield "7.4: an empty heading"


def _content(pdf, elements):
    """Whatever is painted is read once, or an artifact; what is read is there."""
    owners = Counter((each.raw.Pg.objgen, mark) for each in elements for mark in each.marks)
    yield from (f"7.1: content is read {times} times" for times in owners.values() if times > 1)
    painted = set()
    for number, page in enumerate(pdf.pages, 1):
        if page.get("/Tabs") != "/S":
            yield f"7.18.3: page {number} has no order"
        inside = []
        for operands, operator in pikepdf.parse_content_stream(page):
            name = str(operator)
            if name in ("BMC", "BDC"):
                mark = operands[1].get("/MCID") if name == "BDC" and isinstance(operands[1], pikepdf.Dictionary) else None
                tag = "artifact" if str(operands[0]) == "/Artifact" else "content" if mark is not None else ""
                if tag and set(filter(None, inside)) - {tag}:
                    yield f"7.1: {tag} inside of other on page {number}"
                inside.append(tag)
                if mark is not None:
                    painted.add((page.obj.objgen, mark))
            elif name == "EMC":
                inside.pop()
            elif name in PAINTS and not any(inside):
                yield f"7.1: something on page {number} is neither read nor an artifact"
    if painted - set(owners):
        yield f"7.1: {len(painted - set(owners))} pieces of content are in no element"
    if set(owners) - painted:
        yield "7.1: an element of content that is not there"


def _fonts(pdf):
    """Embedded, with the letters they stand for, as wide as said, and no blank in the place of a letter."""
    programs = {}
    for page in pdf.pages:
        fonts = page.get("/Resources", {}).get("/Font", {})
        font = None
        for operands, operator in pikepdf.parse_content_stream(page, "Tf Tj TJ"):
            if str(operator) == "Tf":
                font = fonts[str(operands[0])]
                if font.objgen not in programs:
                    programs[font.objgen] = _program(font)
                    yield from (f"7.21: {problem}" for problem in programs[font.objgen][0])
                continue
            texts = operands[0] if isinstance(operands[0], pikepdf.Array) else operands
            codes = b"".join(bytes(text) for text in texts if isinstance(text, pikepdf.String))
            _, widths, advances = programs[font.objgen]
            for glyph in {int.from_bytes(codes[at : at + 2]) for at in range(0, len(codes), 2)}:
                if glyph == 0 or glyph >= len(advances):
                    yield "7.21.8: a letter without a shape"
                elif abs(widths.get(glyph, 1000.0) - advances[glyph]) > 1:
                    yield "7.21.5: a letter that is not as wide as said"


def _program(font):
    """What is wrong with a font, the widths that are said of its letters, and those that they have, in thousandths."""
    inner = font.get("/DescendantFonts", [pikepdf.Dictionary()])[0]
    file = inner.get("/FontDescriptor", {}).get("/FontFile2")
    wrong = [] if "/ToUnicode" in font else ["letters that stand for nothing"]
    if file is None:
        return [*wrong, "a font that is not embedded"], {}, []
    if font.Encoding != "/Identity-H" or inner.CIDToGIDMap != "/Identity":
        wrong.append("an encoding of its own")
    program = TTFont(io.BytesIO(file.read_bytes()))
    order, scale = program.getGlyphOrder(), 1000 / program["head"].unitsPerEm
    widths, listed = {}, list(inner.W)
    while listed:
        first, given = int(listed.pop(0)), listed.pop(0)
        if isinstance(given, pikepdf.Array):
            widths |= {first + at: float(width) for at, width in enumerate(given)}
        else:
            widths |= dict.fromkeys(range(first, int(given) + 1), float(listed.pop(0)))
    return wrong, widths, [program["hmtx"][name][0] * scale for name in order]
