"""Takes released comparisons, gives their words, sentences and tables: each group against the others together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, TOO_FEW, UNCLEAR
from iop_outcomes.release import Released, ReleasedEstimate, require_released
from iop_outcomes.show.tables import Table, value_with_range
from iop_outcomes.show.verdicts import adjustments, allowing_for, left_out_sentences, verdict_columns, verdict_sentences, verdict_word
from iop_outcomes.show.words import (
    ALL_TOGETHER,
    NOT_SHOWN,
    ShownGroup,
    aside,
    column_heads,
    count,
    estimate_value,
    group_heads,
    has_value,
    label,
    listed,
    ordered_levels,
    plain_range,
    shown_groups,
    slice_words,
    value_with_unit,
)
from iop_outcomes.units import UNITS

NOBODY_DIFFERS = "{what}: no {group} differed from the others by more than chance would easily produce."
NOBODY_KNOWN_DIFFERS = "{what}: no {group} that can be compared differed from the others by more than chance would easily produce."
NOBODY_COMPARED = "{what}: no {group} can be compared with the others: not shown, or too few."

ExtraColumn = tuple[str, Mapping[str, str]]  # a head, and words by level


def different_people(by: str) -> str:
    """The caution beside every comparison of groups."""
    groups = "Tracks treat" if by == "track" else "Groups hold"
    return f"{groups} different people: a gap between groups can come from who is treated, not from how."


def comparison_word(
    released: Released, estimand: str, level: str, *, time: float | None = None, versus: str = "", adjustment: str = ""
) -> str:
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
    adjustment : str
        Of the adjusted number, what the column of that name says.

    Returns
    -------
    str
        "higher" or "lower" exactly when the simultaneous interval of the difference leaves 0 out; "no clear difference" when not;
        "too few" when it cannot be judged; "not shown" when withheld; "" for a level that is not compared.
    """
    require_released(released, "comparison_word")
    difference = released.contrast(estimand, level, time=time, versus=versus, adjustment=adjustment)
    if difference is None:
        return ""
    return str(difference.word) if difference.shown else NOT_SHOWN


def judged_outcomes(released: Released) -> set[tuple[str, str, float | None]]:
    """The (measure, estimand, time) for which a measure has words: how often chance alone would give one depends on their number."""
    require_released(released, "judged_outcomes")
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


def primary_sentence(primary: str) -> str:
    """Which outcome a report is about first of all, where the mapping names one: every outcome is judged by itself all the same.

    Examples
    --------
    >>> primary_sentence("Completion: completed")
    'The primary outcome, named in the mapping, is Completion: completed; the others stand beside it.'
    >>> primary_sentence("")
    ''
    """
    return f"The primary outcome, named in the mapping, is {primary}; the others stand beside it." if primary else ""


def comparison_sentences(released: Released, estimand: str, *, time: float | None = None) -> tuple[str, ...]:
    """One sentence for each group that is higher or lower than the others, or one that says none of those compared is.

    Of a number that has several days, those of each day unless one is named; of two columns, those within each level of the second. Each
    is followed by the same after adjusting, where it is adjusted, and by the verdicts, where it is held against a margin. What is compared beside the number (`EstimandDefinition.compared_beside`) follows, or its share among everyone where no group differs.
    """
    require_released(released, "comparison_sentences")
    times = compared_times(released, estimand) if time is None else [time]
    slices = [part for part in released.slices if any(e.contrast for e in part.estimates)] or released.slices[:1]
    sentences = [
        one
        for adjustment in adjustments(released, estimand)
        for each in times
        for one in (
            *(words for part in slices for words in _of_a_day(part, estimand, each, adjustment)),
            *left_out_sentences(released, estimand, adjustment, time=each),
            *verdict_sentences(released, estimand, time=each, adjustment=adjustment),
        )
    ]
    more = [
        one
        for name in released.definition.estimand(estimand).compared_beside
        for one in [one for part in slices for one in _differing(part, name, None, "")[0]] or [aside(released, name)]
        if one
    ]
    return (*sentences, *more)


def compared_times(released: Released, estimand: str) -> list[float | None]:
    """The days on which a number is compared; one that is none where it has no days."""
    require_released(released, "compared_times")
    known = sorted({each.time for each in released if each.estimand == estimand and each.contrast and each.time is not None})
    return [*known] or [None]


def _of_a_day(released: Released, estimand: str, time: float | None, adjustment: str) -> list[str]:
    sentences, words = _differing(released, estimand, time, adjustment)
    nobody = NOBODY_COMPARED if UNCLEAR not in words else NOBODY_DIFFERS if not words & {NOT_SHOWN, TOO_FEW} else NOBODY_KNOWN_DIFFERS
    return sentences or [nobody.format(what=_what(released, estimand, time, adjustment), group=released.group.replace("_", " "))]


def _what(released: Released, estimand: str, time: float | None, adjustment: str) -> str:
    """The number that is compared, with its day, within a level of a second column that level, and what is allowed for."""
    where = slice_words(released)
    definition = released.definition.estimand(estimand)
    return (
        " ".join(filter(None, (definition.label, definition.at(time))))
        + (f", {where}" if where else "")
        + allowing_for(released, adjustment)
    )


def _differing(released: Released, estimand: str, time: float | None, adjustment: str) -> tuple[list[str], set[str]]:
    """A sentence for each group that is higher or lower than the others, and every word that was said of a group."""
    sentences, words = [], set()
    for level in compared_levels(released, estimand, time=time):
        difference = released.contrast(estimand, level, time=time, adjustment=adjustment)
        word = comparison_word(released, estimand, level, time=time, adjustment=adjustment)
        words.add(word)
        if difference is not None and word in (HIGHER, LOWER):
            group = label(level, released.levels)
            sentences.append(
                f"{_what(released, estimand, time, adjustment)}: {word} in {group} than in the others together "
                f"({estimate_value(released.estimate(estimand, level, time, adjustment))}; "
                f"difference {value_with_unit(difference)}, range {plain_range(difference)})."
            )
    return sentences, words


def compared_levels(released: Released, estimand: str, *, time: float | None = None) -> tuple[str, ...]:
    """Levels that are set against the others, in the order of tables; those without a group are none."""
    require_released(released, "compared_levels")
    return tuple(level for level in ordered_levels(released, estimand, time=time) if level not in (ALL, MISSING_LEVEL))


def compared_groups(
    released: Released, estimand: str, *, time: float | None = None, adjustment: str = ""
) -> list[tuple[ShownGroup, ReleasedEstimate]]:
    """Every group that is set against the others, with its difference, in the order of tables."""
    require_released(released, "compared_groups")
    groups = shown_groups(released, estimand, time=time)
    pairs = [
        (group, group.released.contrast(estimand, group.level, time=time, adjustment=adjustment))
        for group in groups
        if group.level not in (ALL, MISSING_LEVEL)
    ]
    return [(group, difference) for group, difference in pairs if difference is not None]


def difference_table(
    released: Released,
    estimand: str,
    *,
    caption: str,
    first: str,
    time: float | None = None,
    extra: ExtraColumn | None = None,
    adjustment: str = "",
) -> Table:
    """Each group: its own value, its difference from the others with range, and the word; `extra` is one more column by level.

    Where the number is held against a margin, both verdicts follow; of an adjusted number all of it is adjusted.
    """
    require_released(released, "difference_table")
    rows, units, verdicts = [], set(), verdict_columns(released, estimand)
    for group, difference in compared_groups(released, estimand, time=time, adjustment=adjustment):
        estimate = group.estimate(estimand, time, adjustment)
        more = () if extra is None else (extra[1].get(group.level, NOT_SHOWN),)
        cells = (estimate_value(estimate), estimate_value(difference), plain_range(difference))
        word = comparison_word(group.released, estimand, group.level, time=time, adjustment=adjustment)
        judged = (verdict_word(group.released.contrast(name, group.level, time=time, adjustment=adjustment)) for name in verdicts)
        rows.append((*group.heads, count(estimate.n), *more, *cells, word, *judged))
        units.add(UNITS[difference.unit].words)
    named = column_heads(released, first)
    if not rows:  # one group: nobody to be set against
        return Table(caption, named, (), prose=True, naming=len(named))
    more = () if extra is None else (extra[0],)
    unit = f" ({' or '.join(sorted(units))})" if any(units) else ""
    head = released.definition.estimand(estimand).marked_label
    heads = (*named, "Episodes", *more, head, f"Difference from the others{unit}", "Plausible range", "In a word", *verdicts.values())
    notes = tuple(left_out_sentences(released, estimand, adjustment, time=time))
    return Table(caption, heads, tuple(rows), prose=True, mark=released.policy.mark, naming=len(named), notes=notes)


def short_table(released: Released, estimand: str, *, caption: str, first: str, time: float | None = None) -> Table:
    """Everyone and each group: episodes, the value with its range, and how it stands to the others, in a word and by how much."""
    require_released(released, "short_table")
    rows = []
    compared = bool(compared_groups(released, estimand, time=time))
    for group in shown_groups(released, estimand, time=time):
        estimate = group.estimate(estimand, time)
        against = (_against_others(group, estimand, time),) if compared else ()
        rows.append((*group.heads, count(estimate.n), value_with_range(estimate), *against))
    head = released.definition.estimand(estimand).marked_label
    unit = UNITS[UNITS[released.definition.estimand(estimand).unit].difference].words
    ranges = "" if released.policy.base else "range"  # rounded counts have none
    versus = (f"Against the others together ({', '.join(filter(None, (unit, ranges)))})",) if compared else ()
    named = column_heads(released, first)
    heads = (*named, "Episodes", f"{head}{f' ({ranges})' if ranges else ''}", *versus)
    return Table(caption, heads, tuple(rows), prose=True, mark=released.policy.mark, naming=len(named))


def _against_others(group: ShownGroup, estimand: str, time: float | None) -> str:
    """How a group stands to the others: the word, and by how much with the range that the word is judged by."""
    word = comparison_word(group.released, estimand, group.level, time=time)
    difference = group.released.contrast(estimand, group.level, time=time)
    if difference is None:
        return ALL_TOGETHER if group.is_everyone else "not compared"
    if not has_value(difference) or word in (NOT_SHOWN, TOO_FEW):
        return word
    limits = plain_range(difference)
    return f"{word}: {estimate_value(difference)}{'' if limits == NOT_SHOWN else f' ({limits})'}"


def pair_table(released: Released, estimand: str, *, caption: str, time: float | None = None, adjustment: str = "") -> Table:
    """Each pair of groups: the first minus the second with range, and the word for the first; with the verdicts where there is a margin."""
    require_released(released, "pair_table")
    every = (e for e in released.estimates if e.versus and e.estimand == estimand and e.adjustment == adjustment)
    pairs = [e for e in every if time is None or e.time == time]
    rows, verdicts = [], verdict_columns(released, estimand)
    for names in pairs:
        for part in released.slices:
            pair = part.contrast(estimand, names.level, time=time, versus=names.versus, adjustment=adjustment)
            if pair is not None:
                first, *second = group_heads(part, pair.level)
                word = comparison_word(part, estimand, pair.level, time=time, versus=pair.versus, adjustment=adjustment)
                minus = f"{first} minus {label(pair.versus, released.levels)}"
                judged = (
                    verdict_word(part.contrast(name, pair.level, time=time, versus=pair.versus, adjustment=adjustment)) for name in verdicts
                )
                rows.append((minus, *second, estimate_value(pair), plain_range(pair), word, *judged))
    heads = column_heads(released, "Pair")
    more = ("Difference", "Plausible range", "The first is", *verdicts.values())
    notes = tuple(left_out_sentences(released, estimand, adjustment, time=time))
    return Table(caption, (*heads, *more), tuple(rows), prose=True, mark=released.policy.mark, naming=len(heads), notes=notes)


def comparison_words(released: Released, estimand: str, levels: Sequence[str], *, time: float | None = None) -> list[str]:
    """The word for each level, nothing for everyone together."""
    require_released(released, "comparison_words")
    return ["" if level == ALL else comparison_word(released, estimand, level, time=time) for level in levels]


def comparison_tables(released: Released, estimand: str, *, pairwise: bool = False) -> list[Table]:
    """The table of a number compared, one for each day where it has several, each with the adjusted one behind it, and of what is compared beside."""
    require_released(released, "comparison_tables")
    beside = [
        name for name in released.definition.estimand(estimand).compared_beside if any(e.contrast and e.estimand == name for e in released)
    ]
    return [table for name in (estimand, *beside) for table in _tables(released, name, pairwise=pairwise)]


def _tables(released: Released, estimand: str, *, pairwise: bool) -> list[Table]:
    words = f"{released.definition.title}: {released.definition.estimand(estimand).label.lower()}"
    tables = []
    for time in compared_times(released, estimand):
        for adjustment in adjustments(released, estimand):
            when = ("" if time is None else f", by day {time:g}") + allowing_for(released, adjustment)
            if pairwise:
                caption = f"{words}{when}, each pair of groups"
                tables.append(pair_table(released, estimand, caption=caption, time=time, adjustment=adjustment))
            else:
                caption, first = f"{words}{when}, each group against the others together", label(released.group)
                tables.append(difference_table(released, estimand, caption=caption, first=first, time=time, adjustment=adjustment))
    return tables


def groups_of(released: Released) -> list[str]:
    """The levels that are groups: neither everyone nor those without one."""
    return [level for level in require_released(released, "groups_of").levels if level not in (ALL, MISSING_LEVEL)]


def differing_sentence(released: Released, estimand: str) -> str:
    """Which groups differ, by the one rule, in one sentence; nothing where no group can be judged."""
    require_released(released, "differing_sentence")
    levels = ordered_levels(released, estimand)[1:]
    judged = dict(zip(levels, comparison_words(released, estimand, levels), strict=True))
    parts = []
    for word in (HIGHER, LOWER):
        names = [
            f"{label(level, released.levels)} ({estimate_value(released.estimate(estimand, level))})"
            for level in levels
            if judged[level] == word
        ]
        parts += [f"{word} in {listed(names)}"] if names else []
    if parts:
        return f"{released.definition.title} was {', and '.join(parts)} than in the other groups together."
    clear = any(word == UNCLEAR for word in judged.values())
    return comparison_sentences(released, estimand)[0] if clear else ""
