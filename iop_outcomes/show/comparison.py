"""Takes released comparisons, gives their words, sentences, table and chart: each group against the others together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.results import ALL, OTHERS, contrast_names
from iop_outcomes.show import theme
from iop_outcomes.show.charts import at, drawable, finish_rows, ordered_levels, withheld_words
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, estimate_value, label, plain_range, unit_words

HIGHER, LOWER, UNCLEAR, TOO_FEW = "higher", "lower", "no clear difference", "too few"
NOBODY_DIFFERS = "No {group} differed from the others by more than chance would easily produce."
NOBODY_KNOWN_DIFFERS = "No {group} that can be compared differed from the others by more than chance would easily produce."
NOBODY_COMPARED = "No {group} can be compared with the others: not shown, or too few."


def word(released: Released, estimand: str, level: str, *, time: float | None = None, other: str = OTHERS) -> str:
    """Say in one word how a group stands to the others: the one rule for headlines, labels and tables.

    Parameters
    ----------
    released : Released
        A measure with its comparisons.
    estimand, level : str
        Which number of which group.
    time : float, optional
        At which day, where it has several.
    other : str
        "others", or the level it is compared with.

    Returns
    -------
    str
        "higher" or "lower" when the p value, adjusted for the number of groups (Holm), is below 1 minus the confidence
        level; "no clear difference" when not; "too few" when it cannot be judged; "not shown" when withheld; "" for a
        level that is not compared.
    """
    require_released(released, "word")
    difference, _, adjusted = contrast_names(estimand, other)
    found, p = (_find(released, name, level, time) for name in (difference, adjusted))
    if found is None or p is None:
        return ""
    if not found.shown or not p.shown:
        return NOT_SHOWN
    if not drawable(found) or not drawable(p):
        return TOO_FEW
    if at(p.value) >= round(1 - found.conf_level, 12):
        return UNCLEAR
    return HIGHER if at(found.value) > 0 else LOWER


def _find(released: Released, estimand: str, level: str, time: float | None) -> ReleasedEstimate | None:
    return next((e for e in released if (e.estimand, e.level) == (estimand, level) and (time is None or e.time == time)), None)


def comparison_sentences(released: Released, estimand: str, *, time: float | None = None) -> tuple[str, ...]:
    """One sentence for each group that is higher or lower than the others, or one that says none of those compared is."""
    require_released(released, "comparison_sentences")
    name = contrast_names(estimand)[0]
    said, words = [], set()
    for level in ordered_levels(released, estimand, time=time)[1:]:
        judged = word(released, estimand, level, time=time)
        words.add(judged)
        if judged in (HIGHER, LOWER):
            own, difference = (released.of(each, level, time) for each in (estimand, name))
            what = released.definition.estimand(estimand).label
            group = label(level, released.levels)
            when = "" if time is None else f" by day {time:g}"
            said.append(
                f"{what}{when}: {judged} in {group} than in the others together ({estimate_value(own)}; "
                f"difference {_amount(difference)}, range {plain_range(difference)})."
            )
    nobody = NOBODY_COMPARED if UNCLEAR not in words else NOBODY_DIFFERS if not words & {NOT_SHOWN, TOO_FEW} else NOBODY_KNOWN_DIFFERS
    return tuple(said) or (nobody.format(group=released.group.replace("_", " ")),)


def _amount(difference: ReleasedEstimate) -> str:
    return f"{estimate_value(difference)}{unit_words(difference.unit)}"


def difference_table(
    released: Released,
    estimand: str,
    *,
    caption: str,
    first: str,
    time: float | None = None,
    beside: tuple[str, Mapping[str, str]] | None = None,
) -> Table:
    """Each group: its own value, its difference from the others with range, and the word; `beside` is one more column by level."""
    require_released(released, "difference_table")
    name = contrast_names(estimand)[0]
    rows = []
    for level in ordered_levels(released, estimand, time=time)[1:]:
        found = _find(released, name, level, time)
        if found is not None:
            own = released.of(estimand, level, time)
            words = word(released, estimand, level, time=time)
            more = () if beside is None else (beside[1].get(level, NOT_SHOWN),)
            rows.append((label(level, released.levels), *more, estimate_value(own), estimate_value(found), plain_range(found), words))
    if not rows:  # one group: nobody to be set against
        return Table(caption, (first,), (), prose=True)
    unit = unit_words(released.definition.estimand(name).unit).strip()
    more = () if beside is None else (beside[0],)
    heads = (
        first,
        *more,
        released.definition.estimand(estimand).label,
        f"Difference from the others ({unit})",
        "Plausible range",
        "In a word",
    )
    return Table(caption, heads, tuple(rows), prose=True)


def pair_table(released: Released, estimand: str, *, caption: str, time: float | None = None) -> Table:
    """Each pair of groups: the first minus the second with range, and the word for the first."""
    require_released(released, "pair_table")
    rows = []
    pairs = {contrast_names(estimand, other)[0]: other for other in released.levels}
    for found in released:
        other = pairs.get(found.estimand)
        if other is not None and (time is None or found.time == time):
            names = (label(found.level, released.levels), label(other, released.levels))
            words = word(released, estimand, found.level, time=time, other=other)
            rows.append((f"{names[0]} minus {names[1]}", estimate_value(found), plain_range(found), words))
    return Table(caption, ("Pair", "Difference", "Plausible range", "The first is"), tuple(rows), prose=True)


def forest(released: Released, estimand: str, *, time: float | None = None, ax: Axes | None = None) -> Axes:
    """Differences from the others with their ranges around a line at 0, one row for each group, the word to the right.

    Parameters
    ----------
    released : Released
        A measure with its comparisons.
    estimand : str
        The number compared.
    time : float, optional
        At which day, where it has several.
    ax : Axes, optional
        Where to draw; new axes by default.

    Returns
    -------
    Axes
    """
    require_released(released, "forest")
    name = contrast_names(estimand)[0]
    levels = [level for level in ordered_levels(released, estimand, time=time) if _find(released, name, level, time) is not None]
    notes, reach = [], 0.0
    with theme.style():
        drawn = ax or theme.new_axes(len(levels))
        for y, level in enumerate(levels):
            row = released.of(name, level, time)
            judged = word(released, estimand, level, time=time)
            if not drawable(row):
                notes.append(withheld_words(row) if judged != TOO_FEW else TOO_FEW)
                continue
            ends = [end for end in (row.low, row.high) if isinstance(end, float) and not math.isnan(end)]
            if len(ends) == 2:
                drawn.plot([at(end) for end in ends], [y, y], color=theme.NAVY, linewidth=3, alpha=0.45, solid_capstyle="butt", zorder=2)
            drawn.plot(at(row.value), y, "o", color=theme.NAVY, markersize=7, zorder=3)
            reach = max([reach, abs(at(row.value)), *(abs(at(end)) for end in ends)])
            notes.append(f"{estimate_value(row)} ({plain_range(row)}): {judged}")
        _around_zero(drawn, reach or 1.0, released.definition.estimand(name).unit)
        finish_rows(drawn, levels, notes, fit=ax is None, everyone_first=False)
    return drawn


def _around_zero(ax: Axes, reach: float, unit: str) -> None:
    """A line at 0 in the middle, and the same distance to both sides."""
    ax.axvline(0, color=theme.MUTED, linewidth=1, zorder=1)
    ax.set_xlim(-1.08 * reach, 1.08 * reach)
    ticks = [tick for tick in ax.get_xticks() if abs(tick) <= reach]
    hundred = 100 if unit == "share difference" else 1
    ax.set_xticks(ticks, [f"{round(tick * hundred, 6):g}".replace("-", "\u2212") for tick in ticks])
    ax.set_xlabel(f"Group minus the others together ({unit_words(unit).strip()})")


def alt_text_of_differences(released: Released, estimand: str, *, time: float | None = None) -> str:
    """What the chart of differences says, in words and numbers."""
    require_released(released, "alt_text_of_differences")
    table = difference_table(released, estimand, caption="", first="", time=time)
    said = [f"{row[0]}: difference {row[2]} ({row[3]}), {row[4]}" for row in table.rows]
    what = released.definition.estimand(estimand).label.lower()
    return f"Chart of differences around 0. {released.definition.title}, {what}, each group minus the others. {'. '.join(said)}."


def words_of(released: Released, estimand: str, levels: Sequence[str], *, time: float | None = None) -> list[str]:
    """The word for each level, nothing for everyone together."""
    require_released(released, "words_of")
    return ["" if level == ALL else word(released, estimand, level, time=time) for level in levels]


def comparison_tables(released: Released, estimand: str, *, pairwise: bool = False) -> list[Table]:
    """The table of a number compared, one for each day where it has several."""
    require_released(released, "comparison_tables")
    known = sorted({each.time for each in released if each.estimand == estimand and each.time is not None})
    times: list[float | None] = [*known] or [None]
    words = f"{released.definition.title}: {released.definition.estimand(estimand).label.lower()}"
    tables = []
    for time in times:
        when = "" if time is None else f", by day {time:g}"
        if pairwise:
            tables.append(pair_table(released, estimand, caption=f"{words}{when}, each pair of groups", time=time))
        else:
            caption = f"{words}{when}, each group against the others together"
            tables.append(difference_table(released, estimand, caption=caption, first=label(released.group), time=time))
    return tables
