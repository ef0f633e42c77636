"""Takes the drawn cumulative curves of a page, gives what their steps say of how many of a group were lost to follow-up by a day.

A curve that withholds is of counts rounded to the middle of their six, and a page says so. While nobody is lost to follow-up each step of it, times
the episodes of its group, is a multiple of six; once somebody is, steps are higher by as many times as those who are left were more before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from iop_outcomes.attack.facts import Place
from iop_outcomes.attack.identities import RowName
from iop_outcomes.attack.read_words import places_of, with_methods
from iop_outcomes.attack.readings import FilesRead, plain
from iop_outcomes.attack.svg_groups import SvgGroups

_SIX = 6
_KIND = "Cumulative curves. "
_MOVE = re.compile(r"[ML] ([-\d.]+) ([-\d.]+)")
_STROKE = re.compile(r"stroke: (#\w+)")
_WHOLE = re.compile(r"\d+")
_PERCENT = re.compile(r"(\d+)%")
_DIGITS = 4e-6  # of the difference of two shares that are drawn with six decimals
_TWO = 2  # times as high as six episodes are at the beginning: a lower step is of one six


class Lost(NamedTuple):
    """What a curve says of those of a group whose follow-up had ended by a day, among those free of every end until then."""

    row_name: RowName
    where: Place
    day: int
    low: int
    high: int | None
    source: str


@dataclass
class _Curves(SvgGroups):
    """The ticks of both axes, the lines by their colour, and which group each colour is."""

    across: list[tuple[float, float]] = field(default_factory=list)
    down: list[tuple[float, float]] = field(default_factory=list)
    lines: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    _at: tuple[float, float] = (0.0, 0.0)
    _colour: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where something stands, and the points of a line."""
        values = {name: value or "" for name, value in attrs}
        if tag == "g":
            self.enter(values.get("id", ""))
        elif tag == "use" and "x" in values:
            self._at = float(values["x"]), float(values["y"])
        elif tag == "path" and self.is_within("line2d") and not self.is_within("tick"):
            stroke = _STROKE.search(values.get("style", ""))
            if stroke and self.is_within("legend"):
                self._colour = stroke[1]
            elif stroke:
                self.lines.setdefault(stroke[1], []).extend((float(x), float(y)) for x, y in _MOVE.findall(values.get("d", "")))

    def handle_comment(self, data: str) -> None:
        """The words of a tick, or of a colour."""
        words = data.strip()
        if self.is_within("xtick") and _WHOLE.fullmatch(words):
            self.across.append((self._at[0], float(words)))
        elif self.is_within("ytick") and (share := _PERCENT.fullmatch(words)):
            self.down.append((self._at[1], int(share[1]) / 100))
        elif self.is_within("legend") and self._colour:
            self.groups[self._colour] = words

    def curve(self, colour: str) -> list[tuple[int, float]]:
        """The days and shares of a line, the last share of each day."""
        (left, first), *_, (right, last) = sorted(self.across)
        (low, least), *_, (high, most) = sorted(self.down)
        points = [
            (round(first + (x - left) * (last - first) / (right - left)), least + (y - low) * (most - least) / (high - low))
            for x, y in self.lines[colour]
        ]
        return sorted(dict(points).items())


def read_curves(report: FilesRead) -> Iterator[Lost]:
    """Read the curves of groups whose number of episodes is printed exactly.

    Parameters
    ----------
    report : FilesRead
        With its charts, the Methods, and the measures that its other files name.

    Yields
    ------
    Lost
    """
    if report.rounded.base > 1:
        return
    measures = list(with_methods(report))
    for chart in (each for each in report.charts if each.words.startswith(_KIND)):
        drawing = _Curves()
        drawing.feed(chart.svg)
        drawing.close()
        if len(drawing.across) < 2 or len(drawing.down) < 2:
            continue
        block = next((block for block, each in measures if chart.words.startswith(f"{_KIND}{each.title}. ")), None)
        if block is None:
            continue
        sizes = {
            number.where: (number.row_name, int(number.value))
            for number in block.numbers
            if number.row_name.estimand == "cumulative_incidence" and number.field == "n" and number.value is not None
        }
        places = places_of(block)
        for colour, words in drawing.groups.items():
            where = places.get(plain(words))
            if where is not None and where in sizes and colour in drawing.lines:
                row_name, n = sizes[where]
                for day, low, high in lost_by(drawing.curve(colour), n):
                    yield Lost(row_name, where, day, low, high, f"{chart.source}, steps of {words}")


def lost_by(curve: Sequence[tuple[int, float]], n: int) -> list[tuple[int, int, int | None]]:
    """The first day by which the steps of a curve say that somebody was lost, and the last by which at most six were.

    Parameters
    ----------
    curve : sequence of (int, float)
        Days and shares.
    n : int
        Episodes on day 0.

    Returns
    -------
    list of (day, low, high)
        None of them where no step says so.

    Examples
    --------
    >>> steps = [(100, 15 / 60), (110, 15 / 60), (120, 21 / 60), (130, 21 / 60), (140, 21 / 60 + 6 / 60 * 36 / 33)]
    >>> lost_by(steps, 60)
    [(140, 1, None), (130, 0, 6)]
    """
    some: list[int] = []
    few: list[int] = []
    error = _DIGITS * n / _SIX
    for (before, share), (day, later) in pairwise(curve):
        higher = (later - share) * n / _SIX
        if not 1 - error <= higher < _TWO - error:  # nothing, or perhaps more than one six
            continue
        if higher > 1 + error:
            some.append(day)
            if higher < n / (n - 1.5 * _SIX) - error:  # with more than six lost it would be higher than that, whoever left besides
                few.append(before)
    return [*((day, 1, None) for day in some[:1]), *((day, 0, _SIX) for day in few[-1:])]
