"""Takes nothing, gives the look of every figure, and the one way a figure becomes an image."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from html import escape
from typing import Any, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

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
    "figure.dpi": 96.0,
}


class ShownAxes(Axes):
    """Axes that a notebook shows as an image with words for those who do not see it; Axes by themselves show as a line of text."""

    words = "A chart; its numbers stand in the table of the same answer."

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


def new_axes(rows: int, *, extra_inches: float = 0.85) -> Axes:
    """Axes of the report's width with room for that many rows; no pyplot, no global state."""
    return new_figure(WIDTH_INCHES, ROW_INCHES * rows + extra_inches).add_subplot(axes_class=ShownAxes)


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
    width, height = figure.get_size_inches()
    left = max((_inches(line, 10.0) for words in labels for line in words.split("\n")), default=0.0) + 0.15
    right = max((_inches(words, 9.0) for words in notes), default=0.0) + 0.2
    ax.set_position(
        (left / width, below_inches / height, max(width - left - right, 1.0) / width, 1 - (above_inches + below_inches) / height)
    )


def _inches(words: str, points: float) -> float:
    font = FontProperties(family="DejaVu Sans", size=points)
    return float(text_to_path.get_text_width_height_descent(words, font, False)[0]) / 72  # noqa: FBT003 - ismath, by position in matplotlib


def mark(figure: Figure, words: str) -> None:
    """Write the words of a policy of disclosure into a figure, under everything, once."""
    if words and words not in {text.get_text() for text in figure.texts}:
        figure.text(0.005, 0.008, words, fontsize=7, color=MUTED, ha="left", va="bottom")


def svg(figure: Figure) -> bytes:
    """A figure as SVG, text as paths, the same bytes every time."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def data_uri(image: bytes) -> str:
    """SVG bytes as an address for `<img src>`."""
    return "data:image/svg+xml;base64," + base64.b64encode(image).decode("ascii")
