"""Takes the drawn charts of a page, gives the shares that their points and bars stand for, by the axis and the labels beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from iop_outcomes.attack.read_words import places_of, row_names_of, with_methods
from iop_outcomes.attack.readings import Block, ChartRead, Described, FilesRead, Number, plain
from iop_outcomes.attack.svg_groups import SvgGroups

_PERCENT = re.compile(r"(\d+)%")
_MOVED = re.compile(r"translate\([-\d.]+ ([-\d.]+)\)")
_POINT = re.compile(r"[ML] ([-\d.]+) ([-\d.]+)")
_FILL = re.compile(r"fill: (#\w+)")
_DIGITS = 1e-5  # of a share, from coordinates of six decimals
_TENTH = 0.0995  # from here on a share is written as a whole percent


@dataclass
class _Drawing(SvgGroups):
    """The ticks of the axes, the points and bars between them, and the words beside the colours."""

    ticks: list[tuple[float, float]] = field(default_factory=list)  # across: where, and which share
    rows: list[tuple[float, str]] = field(default_factory=list)  # downward: where, and which group
    points: list[tuple[float, float]] = field(default_factory=list)
    bars: list[tuple[float, float, float, str]] = field(default_factory=list)  # from, to, how far down, colour
    colours: dict[str, str] = field(default_factory=dict)
    _across: float = 0.0
    _words: str = ""
    _colour: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where something stands."""
        values = {name: value or "" for name, value in attrs}
        if tag == "g":
            self.enter(values.get("id", ""))
            moved = _MOVED.search(values.get("transform", ""))
            if moved and self._words and self.is_within("ytick"):
                self.rows.append((float(moved[1]), self._words))
                self._words = ""
        elif tag == "use" and "x" in values:
            self._across = float(values["x"])
            if not self.is_within("tick") and not self.is_within("text"):
                self.points.append((self._across, float(values.get("y", "0"))))
        elif tag == "path":
            self._bar(values)

    def _bar(self, values: dict[str, str]) -> None:
        corners, fill = [(float(x), float(y)) for x, y in _POINT.findall(values.get("d", ""))], _FILL.search(values.get("style", ""))
        if len(corners) != 4 or fill is None or not self.is_within("patch"):
            return
        self._colour = fill[1]
        if not self.is_within("legend"):
            across, down = ([corner[i] for corner in corners] for i in (0, 1))
            self.bars.append((min(across), max(across), sum(down) / 4, fill[1]))

    def handle_comment(self, data: str) -> None:
        """The words of a tick, or of a colour, stand before their letters are drawn."""
        words = data.strip()
        share = _PERCENT.fullmatch(words)
        if self.is_within("xtick") and share:
            self.ticks.append((self._across, int(share[1]) / 100))
        elif self.is_within("ytick"):
            self._words = words
        elif self.is_within("legend") and self._colour:
            self.colours[self._colour] = words


def read_charts(report: FilesRead) -> Iterator[tuple[Number, Block]]:
    """Read the points and bars of charts whose axis is one of shares and whose rows are groups.

    Parameters
    ----------
    report : FilesRead
        With its charts, the Methods, and the measures that its other files name.

    Yields
    ------
    (Number, Block)
        Each number, and the numbers of the measure that another file holds.
    """
    measures = list(with_methods(report))
    for chart in report.charts:
        drawing = _Drawing()
        drawing.feed(chart.svg)
        drawing.close()
        if len(drawing.ticks) < 2 or not drawing.rows:
            continue
        for block, each in measures:
            if f". {each.title}. " in chart.words and all(plain(words) in places_of(block) for _, words in drawing.rows):
                yield from ((number, block) for number in _numbers(drawing, chart, block, each))
                break


def _numbers(drawing: _Drawing, chart: ChartRead, block: Block, each: Described) -> Iterator[Number]:
    (left, least), *_, (right, most) = sorted(drawing.ticks)
    scale = (most - least) / (right - left)
    names, places = row_names_of(block, each), places_of(block)

    def group(down: float) -> str:
        return plain(min(drawing.rows, key=lambda row: abs(row[0] - down))[1])

    if drawing.colours:
        drawn = [
            (drawing.colours.get(colour, "").lower(), (right_end - left_end) * scale, down)
            for left_end, right_end, down, colour in drawing.bars
        ]
    else:  # a point in each row: the number that the words of the chart name, or the first
        label_of_points = next((label for label in names if f": {label} " in chart.words.lower()), next(iter(names), ""))
        drawn = [(label_of_points, least + (across - left) * scale, down) for across, down in drawing.points]
    for label, share, down in drawn:
        if label in names and _DIGITS < share < 1 - _DIGITS:
            value, half = _as_written(share)
            yield Number(names[label], places[group(down)], "value", value, f"{chart.source}, {label}", half)


def _as_written(share: float) -> tuple[Fraction, Fraction]:
    """A share as the page writes it, with half a unit of its last digit, where it is drawn so; else as it is drawn.

    Examples
    --------
    >>> [tuple(map(float, _as_written(share))) for share in (0.5500001, 0.0312, 0.1234567)]
    [(0.55, 0.005), (0.0312, 1e-05), (0.12346, 1e-05)]
    """
    digits = 2 if share >= _TENTH else 3
    value = round(share, digits)
    if abs(value - share) < _DIGITS:
        return Fraction(str(value)), Fraction(1, 2 * 10**digits)
    return Fraction(str(round(share, 5))), Fraction(1, 100_000)
