"""Takes released stays, gives their chart, their sentence and their tables: the middle stay, and between what half of stays lie."""

from __future__ import annotations

from matplotlib.axes import Axes

from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import alt_text, coordinate, dot, drawn_groups, finish_rows, range_bar, withheld_words
from iop_outcomes.show.tables import Table, value_with_range
from iop_outcomes.show.words import (
    column_heads,
    count,
    estimate_value,
    group_words,
    has_value,
    is_everyone,
    number,
    plain_range,
    sentence,
    shown_groups,
)
from iop_outcomes.units import UNITS


def stay_quartiles(released: Released, level: str = ALL) -> tuple[ReleasedEstimate, ReleasedEstimate, ReleasedEstimate]:
    """The middle stay, and the two ends between which half of stays lie."""
    require_released(released, "stay_quartiles")
    named = released.definition.in_role
    return (
        released.estimate(named("middle"), level),
        released.estimate(named("lower_quartile"), level),
        released.estimate(named("upper_quartile"), level),
    )


@with_numbers
def stay_range(released: Released, *, ax: Axes | None = None) -> Axes:
    """Stays: a dot at the middle stay, a bar over half of all stays, one row for each level, of more than 60 for everyone alone.

    Parameters
    ----------
    released : Released
        A measure of stays, which says what is its median and what are its quartiles.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "stay_range")
    middle_stay = released.definition.in_role("middle")
    groups, above = drawn_groups(released, middle_stay)
    far, notes = 1.0, []
    with theme.style():
        drawn = ax or theme.new_axes(len(groups))
        for y, group in enumerate(groups):
            middle, low, high = stay_quartiles(group.released, group.level)
            if not has_value(middle):
                notes.append(withheld_words(middle))
                continue
            range_bar(drawn, y, low.value, high.value, bold=not group.is_everyone)
            dot(drawn, y, middle)
            far = max(far, coordinate(high.value))
            ends = [number(end.value, end.unit) for end in (low, high)]
            notes.append(f"{number(middle.value, middle.unit)} (half of stays {ends[0]} to {ends[1]})")
        drawn.set_xlim(0, far * 1.05)
        drawn.set_xlabel(released.definition.estimand(middle_stay).axis)
        finish_rows(drawn, [group.words for group in groups], notes, above=above, fit=ax is None)
    return drawn


def _alt_text(released: Released) -> str:
    """The middle stay and the quartiles in words and numbers, for those who do not see the chart."""
    return alt_text(released, released.definition.shown, "Range chart.")


def stay_sentence(released: Released, level: str = ALL) -> str:
    """The median, and between what half of stays lie, in one sentence."""
    require_released(released, "stay_sentence")
    middle, low, high = stay_quartiles(released, level)
    if not has_value(middle):
        return sentence(released, middle.estimand, level)
    unit = UNITS[middle.unit].suffix
    where = "" if is_everyone(level, released.level_2) else f"{group_words(released, level)}: "
    ends = estimate_value(low), estimate_value(high)
    text = f"half of stays were between {ends[0]} and {ends[1]}{unit()}; the middle stay was {estimate_value(middle)}{unit(estimate_value(middle))}."
    if ends[0] == ends[1]:
        text = f"at least half of stays lasted {ends[0]}{unit(ends[0])}."
    return where + (text if where else text[0].upper() + text[1:])


def stay_table(released: Released, *, caption: str, first: str) -> Table:
    """Middle stay with its range, quartiles, mean with its range, and the base, at each level."""
    require_released(released, "stay_table")
    definition = released.definition
    middle_stay, mean_stay = definition.in_role("middle"), definition.in_role("mean")
    units = (UNITS[definition.estimand(name).unit].words for name in (middle_stay, mean_stay))
    middle_head, mean_head = (f"{words} ({unit})" for words, unit in zip(("Middle stay", "Mean"), units, strict=True))
    heads = (
        *column_heads(released, first),
        middle_head,
        "Plausible range",
        HALF,
        mean_head,
        "Plausible range of the mean",
        "Episodes",
    )
    rows = []
    for group in shown_groups(released, middle_stay):
        (middle, low, high), mean = stay_quartiles(group.released, group.level), group.estimate(mean_stay)
        rows.append(
            (
                *group.heads,
                estimate_value(middle),
                plain_range(middle),
                _half(low, high),
                estimate_value(mean),
                plain_range(mean),
                count(middle.n),
            )
        )
    return Table(caption, heads, tuple(rows), mark=released.policy.mark, naming=len(column_heads(released, first)))


HALF = "Half of stays"


def _half(low: ReleasedEstimate, high: ReleasedEstimate) -> str:
    """Between what half of stays lie."""
    return f"{estimate_value(low)} to {estimate_value(high)}" if has_value(low) and has_value(high) else estimate_value(low)


def stay_short_table(released: Released, *, caption: str, first: str) -> Table:
    """Middle stay with its range, between what half of stays lie, and the base, at each level."""
    require_released(released, "stay_short_table")
    definition, middle_stay = released.definition, released.definition.in_role("middle")
    unit = UNITS[definition.estimand(middle_stay).unit].words
    rows = []
    for group in shown_groups(released, middle_stay):
        middle, low, high = stay_quartiles(group.released, group.level)
        rows.append((*group.heads, count(middle.n), value_with_range(middle), _half(low, high)))
    named = column_heads(released, first)
    heads = (*named, "Episodes", f"Middle stay ({unit}, range)", HALF)
    return Table(caption, heads, tuple(rows), mark=released.policy.mark, naming=len(named))


STAY_RANGE = ChartKind("stay_range", stay_range, _alt_text, stay_sentence)
