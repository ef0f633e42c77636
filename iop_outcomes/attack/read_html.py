"""Takes the page of a report, gives the numbers of its tables and sentences, and what its Methods say of each measure."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from html.parser import HTMLParser
from typing import NamedTuple

from iop_outcomes.attack.facts import EVERYONE
from iop_outcomes.attack.identities import LEFT_OUT, RowName
from iop_outcomes.attack.read_json import TABLE
from iop_outcomes.attack.readings import ChartRead, Described, FilesRead, Number, Rounded, TableRead, WordsRead

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
_DEFINED = re.compile(r"\((?P<name>[a-z](?:[^():]|\([^()]*\))*)\): .*?, among (?P<among>.*?)\. Interval: ")
_LEFT_OUT = re.compile(r"^Left out, of (?P<rows>[\d,]+ episodes?|.*?): (?P<reasons>.*)\.$")
_WHOLE = re.compile(r"\d{1,3}(,\d{3})*|\d+")
_ROUNDED = re.compile(r"(Counts from 1 to (?P<most>\d+) are not shown, and )?every (other )?count is rounded to the nearest (?P<base>\d+)")
_FEW_ROWS = re.compile(r"fewer than (?P<most>\d+)")
_CAPTION = "Findings in the data"
_HEADINGS, _SENTENCES = ("h1", "h2", "h3", "h4"), ("p", "li", "figcaption")
_DRAWING = "data:image/svg+xml;base64,"
_NUMBERED = re.compile(r"^\d+(\.\d+)*\.? ")  # of a section


class _FindingOf(NamedTuple):
    """What a finding about episodes counts: a set, which has these words where it is left out."""

    name: str
    words: str


_FINDINGS = {"reason missing": _FindingOf("missing_reason", "discharge reason missing")}


@dataclass
class _PageReader(HTMLParser):
    """The tables, the definitions, the words under each heading, and whether it is of some episodes of its files alone."""

    tables: list[TableRead] = field(default_factory=list)
    terms: list[tuple[str, list[str]]] = field(default_factory=list)
    is_narrowed: bool = False
    words: list[tuple[str, str]] = field(default_factory=list)
    charts: list[tuple[str, str]] = field(default_factory=list)
    _heading: str = ""
    _text: list[str] = field(default_factory=list)
    _sentence: list[str] = field(default_factory=list)
    _skip: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, a row or a text; note how the episodes were chosen."""
        values = dict(attrs)
        if tag == "meta" and values.get("name") == "parameters":
            self.is_narrowed = bool(json.loads(values.get("content") or "{}").get("where"))
        if tag == "br":
            self._sentence.append(" ")
        self._keep_chart(values)
        if tag in ("style", "script", "svg"):
            self._skip += 1
        elif tag == "table":
            self.tables.append(TableRead("", "", []))
        elif tag == "tr" and self.tables:
            self.tables[-1].rows.append([])
        elif tag in ("td", "th", "caption", "dt", "dd", *_HEADINGS):
            self._text = []
        elif tag in _SENTENCES:
            self._sentence = []
        elif tag == "br" and self.tables and not self.tables[-1].rows:  # under a caption stand the words of the policy
            self.tables[-1] = replace(self.tables[-1], caption=" ".join("".join(self._text).split()))

    def _keep_chart(self, values: dict[str, str | None]) -> None:
        """Keep what stands for a picture, and the drawing where it is one."""
        words, drawing = " ".join((values.get("alt") or "").split()), (values.get("src") or "").partition(_DRAWING)[2]
        if words:
            self.words.append((self._heading, words))
        if words and drawing:
            self.charts.append((words, base64.b64decode(drawing).decode("utf-8")))

    def handle_endtag(self, tag: str) -> None:
        """Keep the text of a cell, a caption or a definition."""
        text = " ".join("".join(self._text).split())
        if tag in ("style", "script", "svg"):
            self._skip -= 1
        elif tag in ("td", "th") and self.tables and self.tables[-1].rows:
            self.tables[-1].rows[-1].append(text)
        elif tag == "caption" and self.tables and not self.tables[-1].caption:
            self.tables[-1] = replace(self.tables[-1], caption=text)
        elif tag in _HEADINGS:
            self._heading = _NUMBERED.sub("", text)
        elif tag in _SENTENCES:
            self.words.append((self._heading, " ".join("".join(self._sentence).split())))
        elif tag == "dt":
            self.terms.append((text, []))
        elif tag == "dd" and self.terms:
            self.terms[-1][1].append(text)

    def handle_data(self, data: str) -> None:
        """Collect text outside of styles, scripts and drawings."""
        if not self._skip:
            self._text.append(data)
            self._sentence.append(data)


def read_html(text: str, name: str) -> FilesRead:
    """Read the page of a report.

    Parameters
    ----------
    text : str
        The file.
    name : str
        Its name.

    Returns
    -------
    FilesRead
    """
    page = _PageReader()
    page.feed(text)
    page.close()
    read = read_page(page.tables, page.terms, name, narrowed=page.is_narrowed, words=page.words)
    read.charts = [ChartRead(f"{name}: chart", words, svg) for words, svg in page.charts]
    return read


def read_page(
    tables: Sequence[TableRead],
    terms: Iterable[tuple[str, list[str]]],
    name: str,
    *,
    narrowed: bool,
    words: Iterable[tuple[str, str]] = (),
) -> FilesRead:
    """What the tables and the definitions of a page say, whatever kind of file it is.

    Parameters
    ----------
    tables : sequence of TableRead
        Their source is not known yet.
    terms : iterable of (str, list of str)
        Each with the lines that say what it means.
    name : str
        Of the file.
    narrowed : bool
        Whether it is, or may be, of some episodes of its files alone: a finding is about every row of a file.
    words : iterable of (str, str)
        Sentences and what stands for charts, each with the heading above.

    Returns
    -------
    FilesRead
    """
    terms = list(terms)
    described = [each for title, lines in terms if (each := _described(title, lines)) is not None]
    numbers = [number for table in tables for number in _of_table(table, name)]
    findings = [row for table in tables for row in table.rows if not narrowed and table.caption == _CAPTION and row and row[0] in _FINDINGS]
    few = {_FINDINGS[row[0]].name: int(fewer["most"]) - 1 for row in findings for cell in row if (fewer := _FEW_ROWS.fullmatch(cell))}
    numbers += [_of_finding(row, name) for row in findings if _FINDINGS[row[0]].name not in few]
    sourced = [replace(table, source=f"{name}: {table.caption}") for table in tables]
    return FilesRead(
        [name], numbers=numbers, described=described, tables=sourced, few=few, rounded=_rounded(terms), words=_words(words, name)
    )


def _words(pairs: Iterable[tuple[str, str]], name: str) -> list[WordsRead]:
    """Each text with a number in it, once."""
    return [WordsRead(f"{name}: words", text, about) for about, text in dict.fromkeys(pairs) if any(map(str.isdigit, text))]


def _of_finding(row: Sequence[str], name: str) -> Number:
    """How many rows a finding is of, as a number left out of the first measure."""
    rows = next((number for cell in row[1:] if (number := whole(cell)) is not None), None)
    return Number(_MEASURES["Completion"], EVERYONE, _FINDINGS[row[0]].words, rows, f"{name}: {_CAPTION}, {row[0]}")


def _rounded(terms: Iterable[tuple[str, list[str]]]) -> Rounded:
    """What the Methods say of how counts are rounded."""
    match = next((match for _, lines in terms for line in lines if (match := _ROUNDED.search(line))), None)
    return Rounded(int(match["base"]), int(match["most"] or 0) + 1) if match else Rounded()


def whole(cell: str) -> Fraction | None:
    """A whole number as a page prints it, or None.

    Examples
    --------
    >>> whole("1,168"), whole("not shown")
    (Fraction(1168, 1), None)
    """
    return Fraction(cell.replace(",", "")) if _WHOLE.fullmatch(cell) else None


def _described(title: str, lines: list[str]) -> Described | None:
    among, labels, rows_in, left = {}, {}, None, {}
    for line in lines:
        for match in _DEFINED.finditer(line):
            among[match["name"]] = match["among"]
            labels[line[: match.start()].strip()] = match["name"]
        out = _LEFT_OUT.match(line)
        if out:
            rows_in = whole(out["rows"].partition(" episode")[0])
            left = dict(_reasons(out["reasons"]))
    return Described(title, among, labels, rows_in, left) if among else None


def _reasons(text: str) -> Iterator[tuple[str, Fraction | None]]:
    for part in text.split("; "):
        reason, _, number = part.rpartition(": ")
        if reason in LEFT_OUT:
            yield reason, whole(number)


_MEASURES = {  # first rows of the table of who is counted, in people's words
    "Completion": RowName("completion", "discharged", "completion_strict"),
    "Completion, of all admitted": RowName("completion", "discharged", "completion_of_admitted"),
    "Length of stay": RowName("length_of_stay", "", "los_median"),
}


def _of_table(table: TableRead, name: str) -> Iterator[Number]:
    """Numbers of the tables that say who is counted: in, used, and left out by reason."""
    head, *rows = table.rows or [[]]
    if head[1:4] != ["In", "Used", "Left out"]:
        return
    for row in rows:
        title, rows_in, used, left = row
        row_name = _MEASURES.get(title) if head[0] == "Measure" else RowName(f"{TABLE}{title}", "", "used")
        if row_name is None:
            continue
        source = f"{name}: {table.caption}, {title}"
        yield Number(row_name, EVERYONE, "in", whole(rows_in), f"{source}, in")
        yield Number(row_name, EVERYONE, "n", whole(used), f"{source}, used")
        for reason, number in _reasons(left):
            yield Number(row_name, EVERYONE, reason, number, f"{source}, {reason}")
