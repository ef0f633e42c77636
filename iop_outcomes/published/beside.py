"""Takes a program's released numbers beside published ones, gives them as rows, in words, as a chart, with what must be known of each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Protocol

from iop_outcomes.errors import UsageError
from iop_outcomes.published.published_numbers import Measured, ProgramMeasure
from iop_outcomes.published.reconstructed import ReconstructedCurve
from iop_outcomes.published.text_tables import html_table, text_table
from iop_outcomes.scales import load_scales

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from matplotlib.axes import Axes

_MOST_PRINTED = 40  # rows, beyond which those that do not stand side by side are counted by their reason
_HIDDEN = ("question", "measured", "name")


@dataclass(frozen=True, slots=True)
class FigureBeside:
    """A figure of a study beside the same of a program.

    Attributes
    ----------
    study, figure, quantity : str
        Where it stands, and what is compared.
    definition : str
        What both are.
    published, published_low, published_high : float
        The study's figure, computed from what it prints where needed, with its interval; NaN where nothing printed gives one.
    program, low, high, n : float
        The program's released number, its interval and its people; NaN where there is none.
    difference, difference_low, difference_high : float
        The program's minus the study's, taken as of different people; NaN where they are not the same quantity.
    interval : str
        Whose error the interval of the difference holds: "of both", or "of this program alone" where the study prints none.
    margin, p_equivalence, verdict : float, float, str
        How far apart is still equivalent, as it was given; the larger p of two one-sided tests; equivalent, different by more than the
        margin, inconclusive, or not enough printed. Blank without a margin.
    note : str
        Whom the study's figure is of, what was assumed, or why the two do not stand side by side.
    caveats : str
        What must be known of the study before the two are compared.
    question, measured : ProgramMeasure or None, (str, int or None)
        What the program was asked, and the name of its number, with the day where it has several.
    name : str
        The study in short, as a chart calls it.
    """

    study: str
    figure: str
    quantity: str
    definition: str
    published: float
    published_low: float = math.nan
    published_high: float = math.nan
    program: float = math.nan
    low: float = math.nan
    high: float = math.nan
    n: float = math.nan
    difference: float = math.nan
    difference_low: float = math.nan
    difference_high: float = math.nan
    interval: str = ""
    margin: float = math.nan
    p_equivalence: float = math.nan
    verdict: str = ""
    note: str = ""
    caveats: str = ""
    question: ProgramMeasure | None = None
    measured: Measured = ("", None)
    name: str = ""

    @property
    def is_compared(self) -> bool:
        """Whether the two stand side by side."""
        return not math.isnan(self.difference)


@dataclass(frozen=True, slots=True)
class YardstickBeside:
    """A pooled change before and after that a program's own is read beside, in SDs; no comparison of one quantity.

    Attributes
    ----------
    study, name, scale, words : str
        Where it stands, the study in short, which scale it is read beside, and what it is of.
    published, published_low, published_high : float
        As printed.
    program, low, high : float
        The program's released change in SDs before, with its interval.
    note : str
        What it is not.
    """

    study: str
    name: str
    scale: str
    words: str
    published: float
    published_low: float
    published_high: float
    program: float
    low: float
    high: float
    note: str


class BesideDrawing(Protocol):
    """What draws a program beside studies: what is published draws nothing itself, and holds no released result."""

    def __call__(self, beside: StudiesBeside, rows: Sequence[FigureBeside], ax: Axes | None) -> Axes:
        """Draw rows of one quantity on axes, or on new ones."""

    def on_paper(self, beside: StudiesBeside, rows: Sequence[FigureBeside], size: str, path: str | Path | None) -> Any:
        """Draw them in the size of a journal, and write the file that is asked for."""


@dataclass(frozen=True, slots=True)
class StudiesBeside:
    """Figures of studies beside those of a program.

    Attributes
    ----------
    rows : tuple of FigureBeside
    policy : str
        What the policy of disclosure says of the program's numbers.
    yardsticks : tuple of YardstickBeside
        Pooled changes that a change of the program is read beside.
    """

    rows: tuple[FigureBeside, ...]
    policy: str
    yardsticks: tuple[YardstickBeside, ...] = ()
    draw: BesideDrawing | None = field(default=None, repr=False)

    @property
    def side_by_side(self) -> tuple[FigureBeside, ...]:
        """The rows whose two numbers are one quantity."""
        return tuple(row for row in self.rows if row.is_compared)

    def sentence(self) -> str:
        """How many stand side by side, whose error the intervals hold, what the tests say, and what a single program is not."""
        there = self.side_by_side
        text = f"{len(there)} of {len(self.rows)} figures stand beside the same of this program"
        whose = Counter(row.interval for row in there if row.interval)
        if whose:
            text += f"; the interval of the difference is {' and '.join(f'{words} in {count}' for words, count in whose.items())}"
        verdicts = Counter(row.verdict for row in there if row.verdict)
        if verdicts:
            text += f". Equivalence: {', '.join(f'{count} {verdict}' for verdict, count in verdicts.items())}"
        single = sum("never a national figure" in row.caveats for row in there)
        text += (
            f". {single} of them {'is' if single == 1 else 'are'} of a single program, which is never a national figure" if single else ""
        )
        yard = "".join(f" {words}" for words in self.yardstick_sentences())
        return f"{text}.{yard} {self.policy}"

    def yardstick_sentences(self) -> tuple[str, ...]:
        """For each scale, the program's change in SDs and those published without a program and in routine care."""
        sentences = []
        for scale in dict.fromkeys(row.scale for row in self.yardsticks):
            rows = [row for row in self.yardsticks if row.scale == scale]
            listed = "; ".join(
                f"{row.published:.3g} ({row.published_low:.3g} to {row.published_high:.3g}) {row.words} ({row.name})" for row in rows
            )
            ours = f"{rows[0].program:.3g}" + ("" if math.isnan(rows[0].low) else f" ({rows[0].low:.3g} to {rows[0].high:.3g})")
            sentences.append(
                f"On the {_label(scale)} this program's change is {ours} SDs before and after; yardsticks, pooled from other people and scales: {listed}."
            )
        return tuple(sentences)

    def to_records(self) -> list[dict[str, object]]:
        """The rows as plain values; what is not there is None."""
        return [_plain(row) for row in self.rows]

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each figure and the attributes of `FigureBeside` as columns."""
        import pandas as pd

        return pd.DataFrame(self.to_records(), columns=[each.name for each in fields(FigureBeside) if each.name not in _HIDDEN])

    def to_text(self) -> str:
        """The rows in columns of words, what must be known of each study, and the sentence; of many that do not stand, how many for which reason."""
        printed = self.rows if len(self.rows) <= _MOST_PRINTED else self.side_by_side
        caveats = dict.fromkeys(f"{row.study}: {row.caveats}" for row in printed if row.is_compared and row.caveats)
        parts = [text_table(_HEADS, _cells(printed)), "\n".join(caveats), self.sentence()]
        if len(printed) < len(self.rows):
            reasons = Counter(row.note for row in self.rows if not row.is_compared)
            parts.insert(
                1, "\n".join(f"{count} {'figure' if count == 1 else 'figures'}: {reason}" for reason, count in reasons.most_common())
            )
        return "\n\n".join(filter(None, parts))

    def plot(self, ax: Axes | None = None, *, quantity: str | None = None, scale: str | None = None) -> Axes:
        """Draw this program and the published figures of one quantity.

        Parameters
        ----------
        ax : Axes, optional
            Where to draw; new axes by default.
        quantity : str, optional
            Which, such as "completion_strict"; needed where several stand side by side.
        scale : str, optional
            Of which scale, where changes on several stand side by side.
        """
        draw, rows = self._drawn(quantity, scale)
        return draw(self, rows, ax)

    def figure(self, size: str = "double", *, path: str | Path | None = None, quantity: str | None = None, scale: str | None = None) -> Any:
        """The chart for a paper, as `Answer.figure` gives it.

        Parameters
        ----------
        size : {"single", "double"}
            As wide as one column of a journal (85 mm) or two (174 mm).
        path : path, optional
            File to write, .pdf or .svg.
        quantity, scale : str, optional
            As for `plot`.

        Returns
        -------
        PaperFigure
        """
        draw, rows = self._drawn(quantity, scale)
        return draw.on_paper(self, rows, size, path)

    def _drawn(self, quantity: str | None, scale: str | None) -> tuple[BesideDrawing, list[FigureBeside]]:
        """What draws, and the rows of the one quantity."""
        if self.draw is None:
            raise RuntimeError("figures beside a program are drawn when iop.stand_beside made them")
        there = [row for row in self.side_by_side if row.question is not None and quantity in (None, row.quantity)]
        rows = [row for row in there if scale is None or (row.question is not None and row.question.scale == scale)]
        kinds = list(dict.fromkeys((row.quantity, row.measured[1], row.question.scale) for row in rows if row.question is not None))
        if not kinds:
            raise UsageError("nothing stands side by side to draw; .rows says why of each figure")
        if len({(name, each) for name, _, each in kinds}) > 1:
            listed = ", ".join(dict.fromkeys(name + (f" of {each}" if each else "") for name, _, each in kinds))
            raise UsageError(
                f"a chart is of one quantity of one scale, and these stand side by side: {listed}. Choose with quantity= and scale= (--quantity, --scale)."
            )
        if len(kinds) > 1:
            raise UsageError(f"a chart is by one day, and these are by {len(kinds)}: choose with at= (--at)")
        return self.draw, rows

    def __repr__(self) -> str:
        return self.to_text()

    def _repr_html_(self) -> str:
        return html_table(self.sentence(), _HEADS, _cells(self.rows))


_HEADS = (
    "study",
    "figure",
    "quantity",
    "published",
    "from",
    "to",
    "program",
    "from",
    "to",
    "n",
    "difference",
    "from",
    "to",
    "interval",
    "verdict",
    "note",
)


def _cells(rows: Sequence[FigureBeside]) -> list[tuple[str, ...]]:
    return [
        (
            row.study,
            row.figure,
            row.quantity,
            *map(
                _digits,
                (
                    row.published,
                    row.published_low,
                    row.published_high,
                    row.program,
                    row.low,
                    row.high,
                    row.n,
                    row.difference,
                    row.difference_low,
                    row.difference_high,
                ),
            ),
            row.interval,
            _verdict(row),
            row.note,
        )
        for row in rows
    ]


def _label(scale: str) -> str:
    scales = load_scales()
    return scales[scale].label if scale in scales else scale


def _verdict(row: FigureBeside) -> str:
    if not row.verdict or math.isnan(row.p_equivalence):
        return row.verdict
    return f"{row.verdict} (margin {row.margin:g}, p {row.p_equivalence:.2g})"


def _digits(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.4g}"


def _plain(row: FigureBeside) -> dict[str, object]:
    values = {each.name: getattr(row, each.name) for each in fields(row) if each.name not in _HIDDEN}
    return {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}


def curves_of(curve: ReconstructedCurve | Sequence[ReconstructedCurve]) -> tuple[ReconstructedCurve, ...]:
    """One curve or several, as several."""
    curves = (curve,) if isinstance(curve, ReconstructedCurve) else tuple(curve)
    if not all(isinstance(each, ReconstructedCurve) for each in curves):
        raise UsageError("curve: give what iop.reconstruct_curve returns, or several of them")
    return curves
