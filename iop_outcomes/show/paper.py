"""Takes a chart, gives the figure that a paper prints: as wide as a journal's column, as SVG or PDF with the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.show import theme

# Widths of one and of two columns in millimetres: Cell Press, https://www.cell.com/information-for-authors/figure-guidelines. They fit
# Nature (88 and 180, https://www.nature.com/nature/for-authors/final-submission) and Elsevier (90 and 190) too.
SIZES: Mapping[str, int] = {"single": 85, "double": 174}
MM_PER_INCH = 25.4
# Words of 10 points on a screen are of 7 on paper, as these journals ask for (5 to 7); where a chart has no room so, they are smaller.
SMALLER = (0.7, 0.65, 0.6, 0.55, 0.5)
WORKING = "Working numbers, not released"


@dataclass(frozen=True, slots=True, eq=False)
class PaperFigure:
    """A figure for a paper.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        As it is printed, in its size.
    alt_text : str
        What it says, for those who do not see it.
    caption : str
        What a paper prints below it.
    """

    figure: Figure
    alt_text: str
    caption: str

    def svg(self) -> bytes:
        """As SVG, words as paths."""
        return theme.svg(self.figure)

    def pdf(self) -> bytes:
        """As PDF, words as text in an embedded font."""
        return theme.pdf(self.figure)

    def file(self, path: str | Path) -> bytes:
        """In the form that the ending of a path names.

        Raises
        ------
        UsageError
            When it names neither.
        """
        return self._form(path)()

    def _form(self, path: str | Path) -> Callable[[], bytes]:
        forms = {".svg": self.svg, ".pdf": self.pdf}
        ending = Path(path).suffix.lower()
        if ending not in forms:
            raise UsageError(f'path: "{Path(path).name}" is no figure that is written; give a name that ends in .pdf or .svg.')
        return forms[ending]

    def _repr_html_(self) -> str:
        return f'<img alt="{escape(self.alt_text, quote=True)}" src="{theme.data_uri(self.svg())}">'


def inches(size: str) -> float:
    """The width of a size of `SIZES`.

    Raises
    ------
    UsageError
        When there is no such size.
    """
    if size not in SIZES:
        raise UsageError(f'size: "{size}" is no size of a figure. {choices(size, SIZES)}')
    return SIZES[size] / MM_PER_INCH


def on_paper(draw: Callable[[], Axes], size: str, *, alt_text: str, caption: str, mark: str = "") -> PaperFigure:
    """Any chart in the size of a journal: drawn as on a screen, then everything made smaller together.

    Parameters
    ----------
    draw : callable
        Draws the chart in a new figure.
    size : {"single", "double"}
    alt_text, caption : str
        As for `PaperFigure`.
    mark : str
        Words that stand on the figure, before those of the policy.
    """
    return PaperFigure(next(_drawn(draw, size, mark)), alt_text, caption)


def _drawn(draw: Callable[[], Axes], size: str, mark: str) -> Iterator[Figure]:
    """The chart with its words as large as there is room for; the smallest in any case."""
    for factor in SMALLER:
        with theme.as_wide_as(inches(size) / factor):
            figure = draw().get_figure(root=True)
        if figure is None:
            raise ValueError("axes without a figure")
        with theme.style():
            theme.mark(figure, mark)
            theme.shrink(figure, factor)
            if factor == SMALLER[-1] or theme.holds_all(figure):
                yield figure
