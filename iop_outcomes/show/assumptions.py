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
    episodes,
    estimate_value,
    group_words,
    has_value,
    is_everyone,
    number,
    plain_range,
    sentence,
    value_of,
)


class _AssumptionRow(NamedTuple):
    """A row of the chart: what names it, and its number."""

    words: str
    estimate: ReleasedEstimate
    bold: bool


def _rows(released: Released) -> tuple[list[_AssumptionRow], str]:
    """Every reading of every group, and what stands over them: of more than fit, those of everyone."""
    names = released.definition.shown
    groups, above = drawn_groups(released, names[0])
    if len(groups) * len(names) > MOST_ROWS:
        groups, above = [group for group in groups if group.is_everyone], above or too_many(len(groups) - 1)
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
def assumptions(released: Released, *, ax: Axes | None = None) -> Axes:
    """The mean change under each reading of missing scores, as dots with their ranges, one row for each; of many groups, of everyone alone.

    Parameters
    ----------
    released : Released
        A measure that has several readings of one change.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "assumptions")
    rows, above = _rows(released)
    names = released.definition.shown
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
            f"{estimate_value(row.estimate)} ({plain_range(row.estimate)})" if has_value(row.estimate) else withheld_words(row.estimate)
            for row in rows
        ]
        finish_rows(drawn, [row.words for row in rows], notes, above=above, fit=ax is None, everyone_first=False)
    return drawn


def assumptions_sentence(released: Released, level: str = ALL) -> str:
    """What was seen, what is predicted of everybody, and how wrong that would have to be for the improvement to vanish."""
    require_released(released, "assumptions_sentence")
    rate, seen, expected, tipping, worst = (released.estimate(released.definition.in_role(role), level) for role in _ROLES)
    where = "" if is_everyone(level, released.level_2) else f"{group_words(released, level)}: "
    if not (has_value(seen) and has_value(expected)):
        return sentence(released, released.definition.in_role("expected"), level)
    text = f"{where}Average {released.definition.subject} {_moved(seen)} in the {episodes(seen.n)} with both scores"
    if value_of(rate) == 1:
        return f"{text}, and no discharge score is missing."
    share = f" ({estimate_value(rate)} of those with an admission score)" if has_value(rate) else ""
    limits = plain_range(expected)
    text = f"{text}{share}. If the others changed as people like them did, it {_moved(expected)} in all{f' (range {limits})' if limits else ''}."
    return " ".join([text, *_vanishing(expected, tipping, worst)])


_ROLES: tuple[Role, ...] = ("known_at_end", "observed", "expected", "tipping", "worst_end")


def _moved(row: ReleasedEstimate) -> str:
    """By how many points, in words that say which way."""
    value = value_of(row)
    if estimate_value(row) == number(0.0, row.unit):
        return "did not change"
    return f"{'improved' if value > 0 else 'got worse'} by {number(abs(value), row.unit)} points"


def _vanishing(expected: ReleasedEstimate, tipping: ReleasedEstimate, worst: ReleasedEstimate) -> list[str]:
    """The tipping point in words; nothing where there is no improvement that could vanish."""
    if value_of(expected) <= 0:
        return ["There is no improvement that missing scores could take away."]
    if not has_value(tipping):
        return [
            "The tipping point is not shown." if not tipping.shown else f"The tipping point cannot be given: {estimate_value(tipping)}."
        ]
    words = [f"The improvement would vanish if those not seen ended {estimate_value(tipping)} points worse than that"]
    if isinstance(tipping.low, Withheld) or tipping.low != tipping.low:
        words = [f"{words[0]}."]
    elif tipping.low > 0:
        words = [f"{words[0]}; from {number(tipping.low, tipping.unit)} points on it would no longer be clear."]
    else:
        words = [f"{words[0]}; it is not clear as it is."]
    if value_of(worst) > 0:
        words.append("Even if each of them had ended with the most severe score there is, the average would have improved.")
    return words


def _alt_text(released: Released) -> str:
    """Every reading in words and numbers, for those who do not see the chart."""
    return alt_text(released, released.definition.shown, "Chart of dots with ranges, one for each reading of missing scores.")


ASSUMPTIONS = ChartKind("assumptions", assumptions, _alt_text, assumptions_sentence)
