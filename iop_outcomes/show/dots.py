"""Takes released shares, gives the chart of dots with their ranges, one row for each level."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import alt_text, dot, drawn_groups, finish_rows, range_bar, share_axis, withheld_words
from iop_outcomes.show.words import NOT_SHOWN, estimate_value, has_range, has_value, in_counts, plain_range, sentence


@with_numbers
def dot_range(released: Released, estimand: str, *, words: Sequence[str] = (), ax: Axes | None = None) -> Axes:
    """Shares as dots with their 95 % ranges, one row for each level, of more than 60 for everyone alone.

    Parameters
    ----------
    released : Released
        What to show.
    estimand : str
        A share.
    words : sequence of str
        What to say of each level after its range, in the order of `shown_groups`.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "dot_range")
    groups, above = drawn_groups(released, estimand)
    rows = [group.estimate(estimand) for group in groups]
    with theme.style():
        drawn = ax or theme.new_axes(len(groups))
        for y, (group, row) in enumerate(zip(groups, rows, strict=True)):
            if has_value(row):
                range_bar(drawn, y, row.low, row.high, bold=not group.is_everyone)
                dot(drawn, y, row)
        notes = [_note(row) if has_value(row) else withheld_words(row) for row in rows]
        notes = [
            f"{note}: {word}" if word and word != note else note
            for note, word in zip(notes, words[: len(notes)] or [""] * len(notes), strict=True)
        ]
        share_axis(drawn)
        finish_rows(drawn, [group.words for group in groups], notes, above=above, fit=ax is None)
    return drawn


def _note(row: ReleasedEstimate) -> str:
    """A value with its range, or with why it has none; alone where policies leave ranges out, and as counts, which are few."""
    value, words = estimate_value(row), plain_range(row)
    if has_range(row):
        return f"{value} ({words})"
    return value if in_counts(row) or words in ("", NOT_SHOWN) else f"{value}; {words}"


def _chart(released: Released, *, ax: Axes | None) -> Axes:
    return dot_range(released, released.definition.shown[0], ax=ax)


def _alt_text(released: Released) -> str:
    return alt_text(released, released.definition.shown[:1], "Dot chart with ranges.")


def _sentence(released: Released) -> str:
    return sentence(released, released.definition.shown[0])


DOT_RANGE = ChartKind("dot_range", _chart, _alt_text, _sentence)
