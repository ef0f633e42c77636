"""Takes the files of a report and the data, makes the report again, gives every place where the two differ."""

from __future__ import annotations

import base64
import csv
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.intake.data import Data
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.earlier import EarlierReport, read_earlier
from iop_outcomes.reporting.page_text import page_text, pieces_by_place
from iop_outcomes.reporting.parameters import PageParameters
from iop_outcomes.reporting.render import FORMS
from iop_outcomes.reporting.report import Report

MOST_BYTES = 100_000_000  # of one file; a page of a thousand groups has a tenth of it
SHOWN = 20
NOTHING = "(nothing)"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_CLOSE = 0.05  # of a chart's unit, 1/72 inch: how far two processors may be apart


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A place where a report and what the data give are not the same.

    Parameters
    ----------
    file, place : str
        Where: the file, and the section, table, row and column, or the line.
    report, recomputed : str
        What stands there, and what the data give.
    """

    file: str
    place: str
    report: str
    recomputed: str

    def __str__(self) -> str:
        report, recomputed = _around(self.report, self.recomputed)
        return f"{self.file}, {self.place}: the report has {report}, the data give {recomputed}"


@dataclass(frozen=True, slots=True)
class Verification:
    """What making a report again gives.

    Parameters
    ----------
    files : tuple of str
        The files that were held against the data.
    figures : int
        Estimates computed again.
    differences : tuple of Discrepancy
        Every place where they differ; none where each file is the same, byte for byte.
    """

    files: tuple[str, ...]
    figures: int
    differences: tuple[Discrepancy, ...]

    @property
    def same(self) -> bool:
        """Whether every file is what the data give, byte for byte."""
        return not self.differences

    def __str__(self) -> str:
        names = ", ".join(self.files)
        if self.same:
            return f"{names}: {self.figures:,} figures computed again, the same byte for byte"
        lines = [str(each) for each in self.differences[:SHOWN]]
        more = len(self.differences) - SHOWN
        lines += [f"and {more:,} more"] if more > 0 else []
        return "\n".join([*lines, f"{names}: {self.figures:,} figures computed again, {len(self.differences):,} places differ"])


def report_files(path: str | Path) -> tuple[list[Path], PageParameters]:
    """The files of a report, and what it was asked for.

    Parameters
    ----------
    path : path
        One file of a report, or the folder of all.

    Raises
    ------
    DataError
        When there is no such file, or none that says what the report was asked for.
    """
    given = Path(path)
    paths = sorted(each for each in given.iterdir() if _is_form(each)) if given.is_dir() else [given]
    if not paths:
        raise DataError(f"{given}: the folder holds no report. Name one file: its page (.html).")
    shortest = min((each.stem for each in paths), key=len)  # the page's own name, with which the names of its other files begin
    if not all(each.stem == shortest or each.stem.startswith(f"{shortest}_") for each in paths):
        raise DataError(f"{given}: the folder holds more than one report. Name one file: its page (.html).")
    if not _is_form(paths[0]):
        endings = dict.fromkeys(ending for form in FORMS for ending in _endings(form))
        raise UsageError(f"{given}: verify reads {', '.join(f'.{ending}' for ending in endings)}. Name one of these, or their folder.")
    return paths, _parameters(paths)


def verify_report(path: str | Path, data: Data, ledger: str | Path | None = None, compare_to: str | Path | None = None) -> Verification:
    """Make a report again; the public function is `iop_outcomes.verify`, which says more."""
    if data.narrowings:
        raise UsageError("verify: give the data as they were loaded. How they were narrowed for the report, the report itself says.")
    paths, parameters = report_files(path)
    if parameters.ledger is not None and ledger is None:
        raise DataError(f"{paths[0].name}: the report was compared with earlier outputs. Give the ledger that it was made with (--ledger).")
    before = _earlier(paths[0].name, parameters, compare_to)
    try:
        again = build_report(
            parameters.narrow(data),
            by=parameters.by,
            pack=parameters.pack,
            policy=parameters.policy,
            title=parameters.title,
            conf_level=parameters.conf_level,
            ledger=None if parameters.ledger is None else ledger,
            earlier=parameters.ledger,
            compare_to=before,
        )
    except UsageError as error:
        raise DataError(f"{paths[0].name}: these data cannot give the report. {error}") from error
    differences = tuple(difference for each in paths for difference in _differences(each, again))
    return Verification(tuple(each.name for each in paths), sum(1 for released in again.released for _ in released), differences)


def _earlier(name: str, parameters: PageParameters, compare_to: str | Path | None) -> EarlierReport | None:
    """The earlier report that this one says the changes since; none where it says none."""
    if parameters.compare_to is None:
        return None
    if compare_to is None:
        raise DataError(f"{name}: the report says what changed since an earlier one. Give that one's .json (--compare-to).")
    before = read_earlier(compare_to)
    if before.sha256 != parameters.compare_to:
        raise DataError(
            f"{name}: it was compared with another report than {before.name}, or that was changed since. Give the one it was compared with (--compare-to)."
        )
    return before


def _is_form(path: Path) -> bool:
    return any(path.suffix[1:] in _endings(form) for form in FORMS)


def _endings(form: str) -> tuple[str, ...]:
    return FORMS[form].endings or (form,)


def _parameters(paths: list[Path]) -> PageParameters:
    """From the page or its JSON, which may stand beside the file that was named."""
    words = paths[0].stem.split("_")
    stems = ["_".join(words[:count]) for count in range(len(words), 0, -1)]
    beside = [paths[0].with_name(f"{stem}{ending}") for stem in stems for ending in (".html", ".json")]
    for path in (*paths, *beside):
        if path.suffix in (".html", ".json") and path.is_file():
            text = _text(_bytes(path))
            written = page_text(text).parameters if path.suffix == ".html" else _member(text, "parameters")
            if written:
                return _read_parameters(path, written)
    _bytes(paths[0])  # says so when it cannot be read
    raise DataError(
        f"{paths[0].name}: neither this file nor a page or JSON beside it says what the report was asked for. "
        "Give the page (.html) as it was written, by this version."
    )


def _read_parameters(path: Path, written: object) -> PageParameters:
    try:
        values = json.loads(written) if isinstance(written, str) else written
        return PageParameters.from_dict(values)
    except (json.JSONDecodeError, RecursionError) as error:
        raise DataError(f"{path.name}: the parameters in it cannot be read. Was it changed?") from error
    except DataError as error:
        raise DataError(f"{path.name}: {error}") from error


def _member(text: str, name: str) -> object:
    try:
        document = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    return document.get(name) if isinstance(document, dict) else None


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path.name}: larger than {MOST_BYTES:,} bytes, which no report is.")
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path.name}: cannot be read ({error.strerror}). Name a report's file, or its folder.") from error


def _text(content: bytes) -> str:
    return content.decode("utf-8", errors="replace")


# -- differences -----------------------------------------------------------------------------------------------------


def _differences(path: Path, again: Report) -> Iterator[Discrepancy]:
    """Where a file is not what the data give: inputs first, then what it says, then any byte."""
    kind, content = path.suffix[1:], _bytes(path)
    expected = _expected(path, again)
    if content == expected:
        return
    if kind not in COMPARED:
        yield Discrepancy(path.name, "the file", "other bytes", "those of the same report: its page (.html) says where the two differ")
        return
    text, other = _text(content), _text(expected)
    if kind not in ("csv", "svg"):
        for source in again.provenance.sources:
            if source.sha256 not in text:
                yield Discrepancy(path.name, f"table {source.table}", "the fingerprint of another file", f"that of {source.name}")
    differences = list(COMPARED[kind](path.name, text, other))
    yield from differences
    if not differences:
        place = next((n for n, (a, b) in enumerate(zip(content, expected, strict=False)) if a != b), min(len(content), len(expected)))
        yield Discrepancy(path.name, f"byte {place + 1:,}", "another byte", "outside of what a reader sees")


def _expected(path: Path, again: Report) -> bytes:
    """What a file should hold: it is told by its name, and may be the one that the form is named after under another name."""
    every = [again.files(form) for form in FORMS if path.suffix[1:] in _endings(form)]
    named = next((files[path.name] for files in every if path.name in files), None)
    return next(iter(every[0].values()), b"") if named is None else named


def _pages(name: str, text: str, other: str) -> Iterator[Discrepancy]:
    left, right = (pieces_by_place(page_text(each).pieces) for each in (text, other))
    for place in dict.fromkeys((*left, *right)):
        a, b = left.get(place), right.get(place)
        if a == b:
            continue
        where = place[0] if place[1] == 1 else f"{place[0]} ({place[1]})"
        if a is not None and b is not None and a.is_chart:
            yield Discrepancy(name, where, "another drawing", _drawn_apart(_svg(a.text), _svg(b.text)))
        else:
            yield Discrepancy(name, where, _words(a.text if a else None), _words(b.text if b else None))


def _drawings(name: str, text: str, other: str) -> Iterator[Discrepancy]:
    yield Discrepancy(name, "chart", "another drawing", _drawn_apart(text, other))


def _drawn_apart(left: str, right: str) -> str:
    """How far two drawings are from one another."""
    if _NUMBER.sub("#", left) == _NUMBER.sub("#", right):
        pairs = zip(_NUMBER.findall(left), _NUMBER.findall(right), strict=True)
        if max((abs(float(a) - float(b)) for a, b in pairs), default=0.0) < _CLOSE:
            return f"the same lines within {_CLOSE} of 1/72 inch, as another processor may draw them"
    return "other lines"


def _svg(address: str) -> str:
    try:
        return base64.b64decode(address.partition("base64,")[2]).decode("utf-8", errors="replace")
    except ValueError:
        return ""


def _tables(name: str, text: str, other: str) -> Iterator[Discrepancy]:
    left, right = (_rows(each) for each in (text, other))
    heads, none = right[0], list[str]()
    for line, (a, b) in enumerate(zip_longest(left, right, fillvalue=none), 1):
        for column, (x, y) in enumerate(zip_longest(a, b, fillvalue="")):
            if x != y:
                yield Discrepancy(
                    name, f"line {line:,}, column {heads[column] if column < len(heads) else column + 1}", _words(x), _words(y)
                )


def _rows(text: str) -> list[list[str]]:
    """The cells of a table; a damaged one may have no cells that can be told apart."""
    try:
        return list(csv.reader(text.splitlines()))
    except csv.Error:
        return [[text]]


def _documents(name: str, text: str, other: str) -> Iterator[Discrepancy]:
    left, right = (dict(_leaves(_loaded(each), ())) for each in (text, other))
    for path in dict.fromkeys((*left, *right)):
        if left.get(path) != right.get(path):
            yield Discrepancy(name, " > ".join(path) or "the file", _words(left.get(path)), _words(right.get(path)))


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return "no JSON"


def _leaves(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, (*path, str(name)))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            yield from _leaves(inner, (*path, str(number)))
    else:
        yield path, json.dumps(value, ensure_ascii=False)


def _lines(name: str, text: str, other: str) -> Iterator[Discrepancy]:
    for line, (a, b) in enumerate(zip_longest(text.splitlines(), other.splitlines()), 1):
        if a != b:
            yield Discrepancy(name, f"line {line:,}", _words(a), _words(b))


COMPARED = {"html": _pages, "csv": _tables, "json": _documents, "txt": _lines, "svg": _drawings}


def _words(text: str | None) -> str:
    return f'"{text}"' if text else NOTHING


def _around(one: str, other: str) -> tuple[str, str]:
    """Two long texts cut to where they begin to differ."""
    start = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)
    start = start - 40 if start > 60 else 0

    def cut(words: str) -> str:
        inside = words[start : start + 100]
        return f"{'...' if start else ''}{inside}{'...' if start + 100 < len(words) else ''}"

    return cut(one), cut(other)
