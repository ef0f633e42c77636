"""Takes a released change under several readings of missing scores, gives them side by side in one chart, and the answer in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes

from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.results import Role
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import (
    MOST_ROWS,
    alt_text,
    dot,
    drawn_groups,
    finish_rows,
    range_bar,
    too_many,
    withheld_words,
)
from iop_outcomes.show.words import (
    ShownGroup,
    before_range,
    episodes,
    estimate_value,
    group_words,
    has_range,
    has_value,
    is_everyone,
    number,
    plain_range,
    value_of,
)


class _AssumptionRow(NamedTuple):
    """A row of the chart: what names it, and its number."""

    words: str
    estimate: ReleasedEstimate
    bold: bool


def _names(released: Released) -> list[str]:
    """The readings that a page has asked for, in their order."""
    return [name for name in released.definition.shown if released.has(name)]


def _rows(released: Released, *, everyone: bool) -> tuple[list[_AssumptionRow], str]:
    """Every reading of every group, or of everyone alone, and what stands over them: of more than fit, those of everyone."""
    names = _names(released)
    groups, above = drawn_groups(released, names[0])
    if everyone or len(groups) * len(names) > MOST_ROWS:
        above = "" if everyone else above or too_many(len(groups) - 1)
        groups = [group for group in groups if group.is_everyone]
    return list(_rows_of(released, groups, names)), above


def _rows_of(released: Released, groups: Sequence[ShownGroup], names: Sequence[str]) -> Iterator[_AssumptionRow]:
    for group in groups:
        head = f"{group.words}: " if len(groups) > 1 else ""
        for name in names:
            definition = released.definition.estimand(name)
            label = definition.marked_label
            yield _AssumptionRow(
                head + (label[:1].lower() + label[1:] if head else label), group.estimate(name), definition.role == "expected"
            )


@with_numbers
def assumptions(released: Released, *, ax: Axes | None = None, everyone: bool = False) -> Axes:
    """The mean change under each reading of missing scores, as dots with their ranges, one row for each; of many groups, of everyone alone.

    Parameters
    ----------
    released : Released
        A measure that has several readings of one change.
    ax : Axes, optional
        Where to draw; new axes by default.
    everyone : bool
        Draw no group, however few there are.

    Returns
    -------
    Axes
    """
    require_released(released, "assumptions")
    rows, above = _rows(released, everyone=everyone)
    names = _names(released)
    with theme.style():
        drawn = ax or theme.new_axes(len(rows))
        for y, row in enumerate(rows):
            if has_value(row.estimate):
                range_bar(drawn, y, row.estimate.low, row.estimate.high, bold=row.bold)
                dot(drawn, y, row.estimate)
        shown = [value_of(row.estimate) for row in rows if has_value(row.estimate)]
        for y in range(len(names), len(rows), len(names)):
            drawn.axhline(y - 0.5, color=theme.GRID, linewidth=0.8)
        drawn.axvline(0, color=theme.GRID, linewidth=1.2, zorder=1)
        if not shown:
            drawn.set_xlim(-1, 1)
        drawn.set_xlabel("Mean change in points, positive for improvement")
        notes = [
            before_range(estimate_value(row.estimate), plain_range(row.estimate))
            if has_value(row.estimate)
            else withheld_words(row.estimate)
            for row in rows
        ]
        finish_rows(drawn, [row.words for row in rows], notes, above=above, fit=ax is None, everyone_first=False)
    return drawn


def assumptions_sentence(released: Released, level: str = ALL, *, span: float | None = None) -> str:
    """What was seen, what is predicted of everybody, and how wrong that would have to be for the improvement to vanish.

    Parameters
    ----------
    released : Released
        A measure that has several readings of one change.
    level : str
        Of which group.
    span : float, optional
        Points from one end of the scale to the other: a tipping point beyond it is said as one that no score reaches.
    """
    require_released(released, "assumptions_sentence")
    rate, seen, expected, tipping = (released.estimate(released.definition.in_role(role), level) for role in _ROLES)
    where = "" if is_everyone(level, released.level_2) else f"{group_words(released, level)}: "
    if not (has_value(seen) and has_value(expected)):
        return f"{where}{_without_answer(released, seen, expected)}"
    text = f"{where}Average {released.definition.subject} {_moved(seen)} in the {episodes(seen.n)} with both scores"
    if value_of(rate) == 1:
        return f"{text}, and no discharge score is missing."
    limits = plain_range(expected)
    text = f"{text}. If the others with an admission score changed as people like them did, it {_moved(expected)} in all"
    sign = ", where positive is improvement" if value_of(expected) < 0 else ""
    if has_range(expected):
        limits = f"range {limits}{sign}"
    text = f"{text} ({limits})." if has_range(expected) else f"{text}, {limits}." if limits else f"{text}."
    worst = released.definition.in_role("worst_end")
    return " ".join([text, *_vanishing(expected, tipping, released.estimate(worst, level) if released.has(worst) else None, span)])


_ROLES: tuple[Role, ...] = ("known_at_end", "observed", "expected", "tipping")


def _without_answer(released: Released, seen: ReleasedEstimate, expected: ReleasedEstimate) -> str:
    """Why there is nothing to set side by side."""
    subject = released.definition.subject
    if not (seen.shown and expected.shown):
        why = "because a count in it, or one that could be worked out from it, is too small"
        return f"How much the change in {subject} depends on missing discharge scores is not shown, {why}."
    return f"No episode has a {subject} at both ends, so that nothing can be said of those without a discharge score."


def _moved(row: ReleasedEstimate) -> str:
    """By how many points, in words that say which way."""
    value = value_of(row)
    if estimate_value(row) == number(0.0, row.unit):
        return "did not change"
    return f"{'improved' if value > 0 else 'got worse'} by {number(abs(value), row.unit)} points"


def _vanishing(expected: ReleasedEstimate, tipping: ReleasedEstimate, worst: ReleasedEstimate | None, span: float | None) -> list[str]:
    """The tipping point in words; nothing where there is no improvement that could vanish."""
    if value_of(expected) <= 0:
        return ["There is no improvement that missing scores could take away."]
    if not has_value(tipping):
        return [
            "The tipping point is not shown." if not tipping.shown else f"The tipping point cannot be given: {estimate_value(tipping)}."
        ]
    beyond = span is not None and value_of(tipping) > span
    points = f"worse than that by more points than the scale has ({span:g})" if span is not None and beyond else ""
    points = points or f"{estimate_value(tipping)} points worse than that"
    vanish = f"The improvement would vanish {'only ' if beyond else ''}if those not seen ended {points}"
    if isinstance(tipping.low, Withheld) or tipping.low != tipping.low or (span is not None and tipping.low > span):
        words = [f"{vanish}."]
    elif tipping.low > 0:
        words = [f"{vanish}; from {number(tipping.low, tipping.unit)} on it would not be clear."]
    else:
        words = [f"{vanish}; it is not clear as it is."]
    if worst is not None and value_of(worst) > 0:
        words.append("Even if each of them had ended with the most severe score there is, the average would have improved.")
    return words


def assumptions_alt_text(released: Released, *, everyone: bool = False) -> str:
    """Every reading in words and numbers, for those who do not see the chart; `everyone` where no group is drawn."""
    require_released(released, "assumptions_alt_text")
    return alt_text(released, _names(released), "Chart of dots with ranges, one for each reading of missing scores.", everyone=everyone)


ASSUMPTIONS = ChartKind("assumptions", assumptions, assumptions_alt_text, assumptions_sentence)
