"""Takes released comparisons, gives their words, sentences, table and chart: each group against the others together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes

from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, TOO_FEW, UNCLEAR
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show import theme
from iop_outcomes.show.charts import at, drawable, finish_rows, ordered_levels, withheld_words
from iop_outcomes.show.tables import Table
from iop_outcomes.show.words import NOT_SHOWN, aside, count, estimate_value, label, plain_range
from iop_outcomes.units import MINUS, UNITS, Unit

NOBODY_DIFFERS = "No {group} differed from the others by more than chance would easily produce."
NOBODY_KNOWN_DIFFERS = "No {group} that can be compared differed from the others by more than chance would easily produce."
NOBODY_COMPARED = "No {group} can be compared with the others: not shown, or too few."


def different_people(by: str) -> str:
    """The caution beside every comparison of groups."""
    groups = "Tracks treat" if by == "track" else "Groups hold"
    return f"{groups} different people: a gap between groups can come from who is treated, not from how."


def word(released: Released, estimand: str, level: str, *, time: float | None = None, versus: str = "") -> str:
    """Say in one word how a group stands to the others: the one rule for headlines, labels and tables.

    Parameters
    ----------
    released : Released
        A measure with its comparisons.
    estimand, level : str
        Which number of which group.
    time : float, optional
        At which day, where it has several.
    versus : str
        The level it is compared with; all the others together by default.

    Returns
    -------
    str
        "higher" or "lower" exactly when the simultaneous interval of the difference leaves 0 out; "no clear difference" when not;
        "too few" when it cannot be judged; "not shown" when withheld; "" for a level that is not compared.
    """
    require_released(released, "word")
    found = released.contrast(estimand, level, time=time, versus=versus)
    if found is None:
        return ""
    return found.word if found.shown else NOT_SHOWN


def judged(released: Released) -> set[tuple[str, str, float | None]]:
    """The (measure, estimand, time) for which a measure has words: how often chance alone would give one depends on their number."""
    require_released(released, "judged")
    return {(e.measure, e.estimand, e.time) for e in released if e.contrast and e.word in (HIGHER, LOWER, UNCLEAR)}


def chance_sentence(several: int, conf_level: float = 0.95) -> str:
    """How often chance alone would give some outcome a word, from how many outcomes are judged.

    Examples
    --------
    >>> chance_sentence(0)
    ''
    >>> chance_sentence(1)
    'If no group truly differed, chance alone would still call one higher or lower in about 5 of 100 such reports.'
    >>> chance_sentence(3)
    'Each of the 3 outcomes is judged by itself: if no group truly differed, chance alone would call one higher or lower in up to 14 of 100 such reports, if the outcomes were unrelated.'
    """
    often = round(100 * (1 - conf_level**several))
    if several == 0:  # no word is said that chance could give
        return ""
    if several == 1:
        return f"If no group truly differed, chance alone would still call one higher or lower in about {often} of 100 such reports."
    return (
        f"Each of the {several} outcomes is judged by itself: if no group truly differed, chance alone would call one higher or lower in up "
        f"to {often} of 100 such reports, if the outcomes were unrelated."
    )


def comparison_sentences(released: Released, estimand: str, *, time: float | None = None) -> tuple[str, ...]:
    """One sentence for each group that is higher or lower than the others, or one that says none of those compared is.

    What is compared beside the number (`EstimandDefinition.compared_beside`) follows, or its share among everyone where no group differs.
    """
    require_released(released, "comparison_sentences")
    said, words = _differing(released, estimand, time)
    nobody = NOBODY_COMPARED if UNCLEAR not in words else NOBODY_DIFFERS if not words & {NOT_SHOWN, TOO_FEW} else NOBODY_KNOWN_DIFFERS
    more = [
        one
        for name in released.definition.estimand(estimand).compared_beside
        for one in _differing(released, name, None)[0] or [aside(released, name, ALL)]
        if one
    ]
    return (*(said or [nobody.format(group=released.group.replace("_", " "))]), *more)


def _differing(released: Released, estimand: str, time: float | None) -> tuple[list[str], set[str]]:
    """A sentence for each group that is higher or lower than the others, and every word that was said of a group."""
    said, words = [], set()
    for level in _compared(released, estimand, time):
        found, judged_as = released.contrast(estimand, level, time=time), word(released, estimand, level, time=time)
        words.add(judged_as)
        if found is not None and judged_as in (HIGHER, LOWER):
            what = released.definition.estimand(estimand).label
            group = label(level, released.levels)
            when = "" if time is None else f" by day {time:g}"
            said.append(
                f"{what}{when}: {judged_as} in {group} than in the others together ({estimate_value(released.of(estimand, level, time))}; "
                f"difference {_amount(found)}, range {plain_range(found)})."
            )
    return said, words


def _compared(released: Released, estimand: str, time: float | None) -> tuple[str, ...]:
    """Levels that are set against the others, in the order of tables; those without a group are none."""
    return tuple(level for level in ordered_levels(released, estimand, time=time) if level not in (ALL, MISSING_LEVEL))


def _amount(difference: ReleasedEstimate) -> str:
    return f"{estimate_value(difference)}{UNITS[difference.unit].suffix()}"


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
    rows, units = [], set()
    for level in _compared(released, estimand, time):
        found = released.contrast(estimand, level, time=time)
        if found is not None:
            own = released.of(estimand, level, time)
            more = () if beside is None else (beside[1].get(level, NOT_SHOWN),)
            words = word(released, estimand, level, time=time)
            rows.append(
                (label(level, released.levels), count(own.n), *more, estimate_value(own), estimate_value(found), plain_range(found), words)
            )
            units.add(UNITS[found.unit].words)
    if not rows:  # one group: nobody to be set against
        return Table(caption, (first,), (), prose=True)
    more = () if beside is None else (beside[0],)
    unit = f" ({' or '.join(sorted(units))})" if any(units) else ""
    heads = (
        first,
        "Episodes",
        *more,
        released.definition.estimand(estimand).label,
        f"Difference from the others{unit}",
        "Plausible range",
        "In a word",
    )
    return Table(caption, heads, tuple(rows), prose=True)


def pair_table(released: Released, estimand: str, *, caption: str, time: float | None = None) -> Table:
    """Each pair of groups: the first minus the second with range, and the word for the first."""
    require_released(released, "pair_table")
    rows = []
    for found in released:
        if found.versus and found.estimand == estimand and (time is None or found.time == time):
            names = (label(found.level, released.levels), label(found.versus, released.levels))
            words = word(released, estimand, found.level, time=time, versus=found.versus)
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
    found = {level: released.contrast(estimand, level, time=time) for level in _compared(released, estimand, time)}
    rows = {level: row for level, row in found.items() if row is not None}
    notes, reach = [], 0.0
    with theme.style():
        drawn = ax or theme.new_axes(len(rows))
        for y, (level, row) in enumerate(rows.items()):
            said = word(released, estimand, level, time=time)
            if not drawable(row) or said == TOO_FEW:
                notes.append(TOO_FEW if said == TOO_FEW else withheld_words(row))
                continue
            ends = [end for end in (row.low, row.high) if isinstance(end, float) and not math.isnan(end)]
            if len(ends) == 2:
                drawn.plot([at(end) for end in ends], [y, y], color=theme.NAVY, linewidth=3, alpha=0.45, solid_capstyle="butt", zorder=2)
            drawn.plot(at(row.value), y, "o", color=theme.NAVY, markersize=7, zorder=3)
            reach = max([reach, abs(at(row.value)), *(abs(at(end)) for end in ends)])
            notes.append(f"{estimate_value(row)} ({plain_range(row)}): {said}")
        _around_zero(drawn, reach or 1.0, UNITS[UNITS[released.definition.estimand(estimand).unit].difference])
        finish_rows(drawn, list(rows), notes, fit=ax is None, everyone_first=False)
    return drawn


def _around_zero(ax: Axes, reach: float, unit: Unit) -> None:
    """A line at 0 in the middle, and the same distance to both sides."""
    ax.axvline(0, color=theme.MUTED, linewidth=1, zorder=1)
    ax.set_xlim(-1.08 * reach, 1.08 * reach)
    ticks = [tick for tick in ax.get_xticks() if abs(tick) <= reach]
    ax.set_xticks(ticks, [f"{round(tick * unit.factor, 6):g}".replace("-", MINUS) for tick in ticks])
    ax.set_xlabel(f"Group minus the others together ({unit.words})")


def alt_text_of_differences(released: Released, estimand: str, *, time: float | None = None) -> str:
    """What the chart of differences says, in words and numbers."""
    require_released(released, "alt_text_of_differences")
    table = difference_table(released, estimand, caption="", first="", time=time)
    said = [f"{row[0]}: difference {row[3]} ({row[4]}), {row[5]}" for row in table.rows]
    what = released.definition.estimand(estimand).label.lower()
    return f"Chart of differences around 0. {released.definition.title}, {what}, each group minus the others. {'. '.join(said)}."


def words_of(released: Released, estimand: str, levels: Sequence[str], *, time: float | None = None) -> list[str]:
    """The word for each level, nothing for everyone together."""
    require_released(released, "words_of")
    return ["" if level == ALL else word(released, estimand, level, time=time) for level in levels]


def comparison_tables(released: Released, estimand: str, *, pairwise: bool = False) -> list[Table]:
    """The table of a number compared, one for each day where it has several, and of what is compared beside it."""
    require_released(released, "comparison_tables")
    beside = [
        name for name in released.definition.estimand(estimand).compared_beside if any(e.contrast and e.estimand == name for e in released)
    ]
    return [table for name in (estimand, *beside) for table in _tables(released, name, pairwise=pairwise)]


def _tables(released: Released, estimand: str, *, pairwise: bool) -> list[Table]:
    known = sorted({each.time for each in released if each.estimand == estimand and each.contrast and each.time is not None})
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
