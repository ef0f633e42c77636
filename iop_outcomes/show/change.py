"""Takes a released change in symptoms, gives its chart and its sentence: from which score to which, and who is missing."""

from __future__ import annotations

from matplotlib.axes import Axes

from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.results import Role
from iop_outcomes.show import theme
from iop_outcomes.show.chart_kind import ChartKind, with_numbers
from iop_outcomes.show.chart_rows import alt_text, coordinate, drawn_groups, finish_rows, withheld_words
from iop_outcomes.show.words import (
    before_range,
    episodes,
    estimate_value,
    has_value,
    in_counts,
    lacking_a_score,
    moved,
    plain_range,
    sentence,
)


def _in_role(released: Released, role: Role, level: str) -> ReleasedEstimate:
    return released.estimate(released.definition.in_role(role), level)


@with_numbers
def dumbbell(released: Released, *, ax: Axes | None = None) -> Axes:
    """Mean score at admission (open) and at discharge (filled), of the episodes with both; of more than 60 groups, of everyone alone.

    Parameters
    ----------
    released : Released
        A measure of change.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "dumbbell")
    groups, above = drawn_groups(released, released.definition.in_role("change"))
    notes = []
    with theme.style():
        drawn = ax or theme.new_axes(len(groups))
        for y, group in enumerate(groups):
            before, after, change = (_in_role(group.released, role, group.level) for role in ("before", "after", "change"))
            if not (has_value(before) and has_value(after)):
                notes.append(withheld_words(change))
                continue
            drawn.plot([coordinate(before.value), coordinate(after.value)], [y, y], color=theme.NAVY, linewidth=2, alpha=0.45, zorder=2)
            drawn.plot(coordinate(before.value), y, "o", markerfacecolor="white", markeredgecolor=theme.NAVY, markersize=7, zorder=3)
            drawn.plot(coordinate(after.value), y, "o", color=theme.NAVY, markersize=7, zorder=3)
            first, last, moved_by = (estimate_value(row, _digits(released, row)) for row in (before, after, change))
            notes.append(before_range(f"{first} to {last}; change {moved_by}", plain_range(change, _digits(released, change))))
        drawn.set_xlabel("Mean score: at admission (open) and at discharge (filled)")
        finish_rows(drawn, [group.words for group in groups], notes, above=above, fit=ax is None)
    return drawn


def _digits(released: Released, row: ReleasedEstimate) -> int | None:
    """Decimals to which a number is rounded, where it is."""
    return released.definition.estimand(row.estimand).digits


def change_sentence(released: Released, level: str = ALL) -> str:
    """From which score to which, in how many episodes, and who is missing."""
    require_released(released, "change_sentence")
    rate, before, after, change = (_in_role(released, role, level) for role in ("both_known", "before", "after", "change"))
    if not all(has_value(row) for row in (rate, before, after)):
        text = sentence(released, released.definition.in_role("change"), level)
        return f"{text} Positive is improvement." if has_value(change) else text
    both = f"in the {episodes(0 if rate.k is None else rate.k)} with both scores ({of_discharged(rate)})"
    lack = lacking_a_score(rate)
    everyone = f"{lack}, so this may not describe everyone." if lack else "Every discharged episode has both."
    return f"Average {released.definition.subject} {moved(before, after, change, _digits(released, before))} {both}. {everyone}"


def of_discharged(rate: ReleasedEstimate) -> str:
    """How many of the discharged have both scores: "82% of discharged", "9 of 12 discharged"."""
    return f"{estimate_value(rate)}{' ' if in_counts(rate) else ' of '}discharged"


def _alt_text(released: Released) -> str:
    """The two means and their change in words and numbers, for those who do not see the chart."""
    return alt_text(released, released.definition.shown, "Chart of two points for each group.")


DUMBBELL = ChartKind("dumbbell", dumbbell, _alt_text, change_sentence)
