"""Takes nothing, gives the look of every figure, and the one way a figure becomes an image."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

NAVY, OCHRE, TEAL, PURPLE = "#12436D", "#C66621", "#42A291", "#9452A5"
PALETTE = (NAVY, OCHRE, TEAL, PURPLE)
CONTEXT = "#BFBFBF"
DARK = (NAVY, PURPLE)  # white words on these reach a contrast of 4.5; dark words on the others do
TEXT, MUTED, GRID = "#1A1A1A", "#595959", "#D9D9D9"
WIDTH_INCHES = 6.6
ROW_INCHES = 0.45
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


@contextmanager
def style() -> Iterator[None]:
    """The look, in force inside the block alone; both drawing and saving need it."""
    # Whatever style a notebook has set stays outside: the rest is matplotlib's own default, save what belongs to the session.
    session = ("backend", "backend_fallback", "interactive", "toolbar", "timezone", "figure.hooks")
    look = {key: value for key, value in mpl.rcParamsDefault.items() if key not in session and not key.startswith(("webagg", "keymap"))}
    look |= {key: value for key, value in _STYLE.items() if key in mpl.rcParams}  # svg.id came with matplotlib 3.10
    with mpl.rc_context(look):
        yield


def new_axes(rows: int, *, extra_inches: float = 1.2) -> Axes:
    """Axes of the report's width with room for that many rows; no pyplot, no global state."""
    return new_figure(WIDTH_INCHES, ROW_INCHES * rows + extra_inches).add_subplot()


def new_figure(width_inches: float, height_inches: float) -> Figure:
    """A figure of its own; no pyplot, no global state."""
    figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
    FigureCanvasSVG(figure)
    return figure


def svg(figure: Figure) -> bytes:
    """A figure as SVG, text as paths, the same bytes every time."""
    out = io.BytesIO()
    with style():
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    return out.getvalue()


def data_uri(image: bytes) -> str:
    """SVG bytes as an address for `<img src>`."""
    return "data:image/svg+xml;base64," + base64.b64encode(image).decode("ascii")
