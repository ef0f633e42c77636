"""Takes nothing, gives the look of every figure, and the one way a figure becomes an image."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import Collection, PathCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.offsetbox import PackerBase
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.textpath import text_to_path

if TYPE_CHECKING:
    from iop_outcomes.release import Released

NAVY, OCHRE, TEAL, PURPLE = "#12436D", "#C66621", "#42A291", "#9452A5"
Drawing: TypeAlias = Figure  # what a chart is before a page makes an image of it
UMBER = "#5A4A3A"
# What a figure means has its colour, the same in every chart and on the page (`report.css`): worse is never green or grey, and no group
# and no other part of a whole has its colour.
BETTER, NO_CHANGE, WORSE = NAVY, "#767676", OCHRE
MEANINGS = {"better": BETTER, "no change": NO_CHANGE, "worse": WORSE}
WORSE_WORDS, WORSE_GROUND = "#8A4413", "#FBF0E8"  # words on white or on the ground of a card
PALETTE = (NAVY, TEAL, PURPLE, UMBER)  # groups, and parts without a meaning, in this order
CONTEXT = "#BFBFBF"
DARK = (NAVY, PURPLE, UMBER)  # white words on these reach a contrast of 4.5; black words on the others do
TEXT, MUTED, GRID = "#1A1A1A", "#595959", "#D9D9D9"
WIDTH_INCHES = 6.6
ROW_INCHES = 0.36
DOTS_PER_INCH = 200  # of a picture
MARK_INCHES = 0.03  # over the lower edge
DECIMALS = 6  # drawn coordinates are rounded, so that processors that differ in the last digit draw the same bytes

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10.0,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": TEXT,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": TEXT,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "ytick.color": TEXT,
    "xtick.labelsize": 9.0,
    "svg.fonttype": "path",
    "svg.hashsalt": "iop_outcomes",
    "svg.id": "figure",
    "pdf.fonttype": 42,
    "figure.dpi": 96.0,
}


class ShownAxes(Axes):
    """Axes that a notebook shows as an image with words for those who do not see it; Axes by themselves show as a line of text."""

    words = "A chart; its numbers stand in the table of the same answer."
    released: Released | None = None  # what it was drawn from, and which of its estimands
    estimands: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        figure = self.get_figure(root=True)
        if figure is None:
            raise ValueError("axes without a figure")
        return f'<img alt="{escape(self.words, quote=True)}" src="{data_uri(svg(figure))}">'


@contextmanager
def style() -> Iterator[None]:
    """The look, in force inside the block alone; both drawing and saving need it."""
    # Whatever style a notebook has set stays outside. Only what differs is set, because each setting is checked, which takes time.
    with mpl.rc_context({key: value for key, value in _look().items() if mpl.rcParams[key] != value}):
        yield


@cache
def _look() -> dict[Any, Any]:
    """Every setting: matplotlib's own defaults, save what belongs to the session, and the report's."""
    session = ("backend", "backend_fallback", "interactive", "toolbar", "timezone", "figure.hooks")
    default = {key: value for key, value in mpl.rcParamsDefault.items() if key not in session and not key.startswith(("webagg", "keymap"))}
    return default | {key: value for key, value in _STYLE.items() if key in mpl.rcParams}  # svg.id came with matplotlib 3.10


_MARK = "mark"
# Latin letters and signs that the font has, and that look the same whatever stands beside them; Arabic ones, say, have to be set together.
_LETTER_BY_LETTER = re.compile("[\n -~\u00a0-\u00ac\u00ae-\u024f\u2010-\u2027\u2212\u2260\u2264\u2265]*")
_WIDTH: ContextVar[float] = ContextVar("width of new figures in inches", default=WIDTH_INCHES)


def width() -> float:
    """How wide a new figure is, in inches: as wide as a report's column, unless a block says otherwise."""
    return _WIDTH.get()


@contextmanager
def as_wide_as(inches: float) -> Iterator[None]:
    """New figures are so wide, inside the block alone."""
    token = _WIDTH.set(inches)
    try:
        yield
    finally:
        _WIDTH.reset(token)


def new_axes(rows: int, *, extra_inches: float = 0.85) -> Axes:
    """Axes of the report's width with room for that many rows; no pyplot, no global state."""
    return new_figure(width(), ROW_INCHES * rows + extra_inches).add_subplot(axes_class=ShownAxes)


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """A figure of its own; no pyplot, no global state."""
    figure = Figure(figsize=(width_inches, height_inches))
    FigureCanvasSVG(figure)
    return figure


def fit_rows(ax: Axes, labels: Sequence[str], notes: Sequence[str], *, above_inches: float = 0.1, below_inches: float = 0.6) -> None:
    """Give the axes what is left between the widest label and the widest note.

    Measured here from the words themselves: a layout engine draws everything once more to find out, and takes longer than
    all the rest of a report.
    """
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("axes without a figure")
    wide, height = figure.get_size_inches()
    left = max((text_width(line, 10.0) for words in labels for line in words.split("\n")), default=0.0) + 0.15
    right = max((text_width(words, 9.0) for words in notes), default=0.0) + 0.2
    ax.set_position((left / wide, below_inches / height, max(wide - left - right, 1.0) / wide, 1 - (above_inches + below_inches) / height))


def settle(figure: Figure) -> None:
    """Fix where the labels of axes stand that have none, in a figure that gets no further words: the picture stays the same.

    For the place of a label matplotlib measures every name of a tick three times over, whether there is a label or not.
    """
    for ax in figure.axes:
        for axis in (ax.xaxis, ax.yaxis):
            if not axis.get_label_text():
                axis.set_label_coords(0.0, 0.0)
                for tick in axis.get_major_ticks():
                    tick.label1.set_in_layout(False)


@contextmanager
def _boxes_without_warnings() -> Iterator[None]:
    """Letters that the font has not are drawn as boxes; a finding about the data has said so once, of which label."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        yield


def text_width(words: str, points: float) -> float:
    """How wide words are in the font of every figure, in inches."""
    return _width_of(words, points)


@lru_cache(maxsize=1000)  # the names of groups stand in every chart of a page
def _width_of(words: str, points: float) -> float:
    font = FontProperties(family="DejaVu Sans", size=points)
    with _boxes_without_warnings():
        return float(text_to_path.get_text_width_height_descent(words, font, False)[0]) / 72  # noqa: FBT003 - ismath, by position in matplotlib


def font_folder() -> Path:
    """Where the fonts lie that come with matplotlib."""
    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def mark(figure: Figure, words: str) -> None:
    """Write the words of a policy of disclosure into a figure, under everything, once; further words before those that stand there."""
    marks = [text for text in figure.texts if text.get_gid() == _MARK]
    if words and not any(words in text.get_text() for text in marks):
        for text in marks[:1]:
            text.set_text(f"{words}; {text.get_text()}")
        if not marks:
            figure.text(0.005, MARK_INCHES / figure.get_size_inches()[1], words, fontsize=7, color=MUTED, ha="left", va="bottom", gid=_MARK)


def svg(figure: Figure, *, words_as_text: bool = False) -> bytes:
    """A figure as SVG, the same bytes every time: its words as outlines, or as text for whoever has the font and sets letter by letter."""
    out = io.BytesIO()
    as_text = words_as_text and all(_LETTER_BY_LETTER.fullmatch(text.get_text()) for text in figure.findobj(Text))
    with style(), _boxes_without_warnings(), mpl.rc_context({"svg.fonttype": "none"} if as_text else {}):
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def pdf(figure: Figure) -> bytes:
    """A figure as PDF, text as text in an embedded font, the same bytes every time: without a date, and without who made it."""
    out = io.BytesIO()
    with style(), _boxes_without_warnings():
        figure.savefig(out, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    return out.getvalue()


def holds_all(figure: Figure) -> bool:
    """Whether nothing on a figure sticks out at its sides, and no words under an axis run into the next."""
    box = figure.get_tightbbox()
    under = [[label.get_window_extent() for label in ax.get_xticklabels() if label.get_text()] for ax in figure.axes]
    apart = all(one.x1 < other.x0 for labels in under for one, other in pairwise(labels))
    return bool(apart and box.x0 >= 0 and box.x1 <= figure.get_figwidth())


def shrink(figure: Figure, factor: float) -> None:
    """Make a figure smaller with everything on it: sizes that are in points shrink with those that are shares of the figure."""
    for artist in figure.findobj():
        if isinstance(artist, Text):
            artist.set_fontsize(float(artist.get_fontsize()) * factor)
        elif isinstance(artist, Line2D):
            artist.set_markersize(artist.get_markersize() * factor)
            artist.set_markeredgewidth(artist.get_markeredgewidth() * factor)
            artist.set_linewidth(artist.get_linewidth() * factor)
        elif isinstance(artist, PackerBase):  # what a legend is built of
            artist.pad, artist.sep = (None if gap is None else gap * factor for gap in (artist.pad, artist.sep))
        elif isinstance(artist, Patch):
            artist.set_linewidth(artist.get_linewidth() * factor)
        elif isinstance(artist, Collection):
            artist.set_linewidth([each * factor for each in np.atleast_1d(artist.get_linewidth())])
            if isinstance(artist, PathCollection):
                artist.set_sizes(np.asarray(artist.get_sizes()) * factor**2)
    figure.set_size_inches(figure.get_figwidth() * factor, figure.get_figheight() * factor)


def png(figure: Figure) -> bytes:
    """A figure as PNG, for files that show no SVG: sharp on paper, with nothing in it but the picture, the same bytes every time."""
    out = io.BytesIO()
    with style():
        # Pressed less hard than usual: in a third less of the time, a thirtieth larger.
        figure.savefig(out, format="png", dpi=DOTS_PER_INCH, metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return out.getvalue()


def slices(figure: Figure, most_inches: float) -> list[tuple[float, float]]:
    """Where a figure taller than a page is cut: shares of its height, from the top, between two of its rows, as evenly as these allow.

    Parameters
    ----------
    figure : Figure
        Its first axes have a tick for each row.
    most_inches : float
        Height of a page.

    Returns
    -------
    list of (float, float)
        Top and bottom of each slice; one slice, the whole, where it fits or has no rows to cut between.

    Examples
    --------
    >>> slices(new_figure(6.6, 4.0), 8.0)
    [(0.0, 1.0)]
    """
    most = most_inches / figure.get_size_inches()[1]
    ends, gaps = [0.0], _gaps(figure)
    while 1.0 - ends[-1] > most:
        fitting = [gap for gap in gaps if ends[-1] < gap <= ends[-1] + most]
        if not fitting:
            return [(0.0, 1.0)]
        ends.append(fitting[-1])
    even = [min(gaps, key=lambda gap: abs(gap - n / len(ends))) for n in range(1, len(ends))]
    cuts = [list(pairwise((0.0, *inner, 1.0))) for inner in (even, ends[1:])]
    return next((each for each in cuts if all(0 < bottom - top <= most for top, bottom in each)), cuts[-1])


def _gaps(figure: Figure) -> list[float]:
    """The middles between the rows of a figure, as shares of its height from the top."""
    if not figure.axes:
        return []
    ax = figure.axes[0]
    low, high = sorted(ax.get_ylim())
    ticks = [tick for tick in ax.get_yticks() if low <= tick <= high]
    middles = ((one + other) / 2 for one, other in pairwise(ticks))
    height = figure.bbox.height
    return sorted(round(1 - float(ax.transData.transform((0.0, middle))[1]) / height, DECIMALS) for middle in middles)


def data_uri(image: bytes) -> str:
    """SVG bytes as an address for `<img src>`."""
    return "data:image/svg+xml;base64," + base64.b64encode(image).decode("ascii")
