"""Takes released numbers, gives the words of a report: one rounding for text, tables and chart labels alike."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, Flag
from iop_outcomes.release import Count, Number, Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.results import UNVERIFIED, EstimandDefinition
from iop_outcomes.units import MINUS, UNITS, percent

SMALL_BASE = 20
_WHY = {
    Flag.NOT_ASSESSABLE: "not assessable",
    Flag.EVENTS_WITHOUT_FOLLOW_UP: "not assessable (events without follow-up)",
    Flag.PATIENTS_REPEAT: "not assessable (patients repeat)",
    Flag.NOT_REACHED: "not reached",
    Flag.PAST_FOLLOW_UP: "followed for less",
    Flag.NOT_FOLLOWED_IN_ALL_GROUPS: "not followed so far in all groups",
    Flag.TOO_FEW_FOLLOWED: "too few followed",
    Flag.FEW_PATIENTS: "too few patients",
    Flag.TOO_FEW: "too few",
    Flag.NO_REFERENCE: "no reference",
    Flag.NO_OVERLAP: "not assessable (no overlap)",
    **dict.fromkeys((Flag.ONE_EPISODE, Flag.ONE_PAIR, Flag.ONE_SCORE, Flag.TWO_PAIRS), "too few"),
    **dict.fromkeys((Flag.SD_ZERO, Flag.NO_SPREAD), "all alike"),
}
_NAMED: dict[str, str] = {ALL: "All episodes", MISSING_LEVEL: "Not recorded", "iop": "IOP", "php": "PHP"}
_IDENTIFIER = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
NOT_SHOWN = "not shown"
WITHHELD = "withheld to protect small numbers"  # of what leaves a table, in a sentence under it
TO_PROTECT = "to protect people: too few episodes, or what would give so few away"
WHY_NOT_SHOWN = f"Not shown, {TO_PROTECT}. A longer period, or larger groups, would show it."
NO_DATA = "no data"
ALL_TOGETHER = "all together"  # where everyone would be set against the others
NO_RANGE = "no range"
_NO_RANGE_WHY = {
    Flag.SD_ZERO: " (all alike)",
    Flag.FEW_PATIENTS: " (too few patients)",
    **dict.fromkeys((Flag.FEWER_THAN_5_EVENTS, Flag.TOO_FEW, Flag.TOO_FEW_FOLLOWED), " (too few)"),
    **dict.fromkeys((Flag.ONE_EPISODE, Flag.ONE_PAIR, Flag.ONE_SCORE, Flag.TWO_PAIRS), " (too few)"),
}


def listed(names: Sequence[str], last: str = "and") -> str:
    """Names within a sentence, the word `last` before the last of them.

    Examples
    --------
    >>> listed(["age", "sex", "track"]), listed(["age"])
    ('age, sex and track', 'age')
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}"


def label(level: str, among: Collection[str] = ()) -> str:
    """A level as people read it: `mental_health` is Mental health.

    Parameters
    ----------
    level : str
        As it stands in the data.
    among : collection of str
        The levels beside it; two that would read alike keep their own spelling.

    Examples
    --------
    >>> label("mental_health"), label("All"), label("PHP-2")
    ('Mental health', 'All episodes', 'PHP-2')
    >>> label("north_1", among=["north_1", "North 1"])
    'north_1'
    """
    words = _read(level)
    return level if _readers(tuple(among)).get(words, frozenset()) - {level} else words


@lru_cache(maxsize=64)
def _readers(levels: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """The levels that read as each words, worked out once for all the labels of a chart or table."""
    readers: dict[str, set[str]] = {}
    for level in levels:
        readers.setdefault(_read(level), set()).add(level)
    return {words: frozenset(alike) for words, alike in readers.items()}


def _read(level: str) -> str:
    if level in _NAMED:
        return _NAMED[level]
    return level.replace("_", " ").capitalize() if _IDENTIFIER.fullmatch(level) else level


class ShownGroup(NamedTuple):
    """A group that a table or a chart shows: its level in the slice that holds it, and the words that name it.

    Parameters
    ----------
    released : Released
        The slice: everything, where one column divides the episodes.
    level : str
        The level of the first column.
    heads : tuple of str
        What names its row: the words of each level.
    """

    released: Released
    level: str
    heads: tuple[str, ...]

    @property
    def words(self) -> str:
        """Its name in one line: "Adolescent, virtual"."""
        return group_words(self.released, self.level)

    @property
    def is_everyone(self) -> bool:
        """Whether it is all episodes."""
        return is_everyone(self.level, self.released.level_2)

    def estimate(self, estimand: str, time: float | None = None, adjustment: str = "") -> ReleasedEstimate:
        """An estimate of it."""
        return self.released.estimate(estimand, self.level, time, adjustment)


def is_everyone(level: str, level_2: str) -> bool:
    """Whether the levels of both columns are those of all episodes."""
    return level == ALL and level_2 in ("", ALL)


def shown_groups(released: Released, estimand: str, *, time: float | None = None) -> list[ShownGroup]:
    """Every group, for a table or a chart: everyone first, then by value; of two columns, each level of the first with those of the second."""
    require_released(released, "shown_groups")
    return [
        ShownGroup(part, level, group_heads(part, level))
        for level in ordered_levels(released, estimand, time=time)
        for part in released.slices
        if level in part.levels
    ]


def group_heads(released: Released, level: str) -> tuple[str, ...]:
    """What names a row: a level, and where two columns divide the episodes that of the second."""
    require_released(released, "group_heads")
    second = () if not released.group_2 else (str(ALL),) if released.level_2 == ALL else (label(released.level_2, released.levels_2),)
    return (label(level, released.levels), *second)


def group_words(released: Released, level: str) -> str:
    """A group within a line: "Adolescent, virtual" where two columns divide the episodes, "Adolescent" where one does."""
    require_released(released, "group_words")
    if not released.group_2:
        return label(level, released.levels)
    first, second = (
        f"{label(column)} not recorded" if value == MISSING_LEVEL else label(value, among)
        for column, value, among in ((released.group, level, released.levels), (released.group_2, released.level_2, released.levels_2))
    )
    return first if released.level_2 == ALL else f"{first}, {within_sentence(second)}"


def slice_words(released: Released) -> str:
    """The level of the second column that a slice holds, within a sentence: "modality virtual"; nothing where it holds every one."""
    require_released(released, "slice_words")
    if released.level_2 in ("", ALL):
        return ""
    second = "not recorded" if released.level_2 == MISSING_LEVEL else within_sentence(label(released.level_2, released.levels_2))
    return f"{released.group_2.replace('_', ' ')} {second}"


def column_heads(released: Released, first: str) -> tuple[str, ...]:
    """The heads of the columns that name rows."""
    require_released(released, "column_heads")
    return (first, label(released.group_2)) if released.group_2 else (first,)


def ordered_levels(released: Released, estimand: str, *, time: float | None = None) -> tuple[str, ...]:
    """Levels for a table or a chart: everyone first, then by value from high to low, withheld ones last."""
    require_released(released, "ordered_levels")

    def place(level: str) -> tuple[bool, float, str]:
        value = value_of(released.estimate(estimand, level, time))
        return (math.isnan(value), 0.0 if math.isnan(value) else -value, level)

    return (ALL, *sorted((level for level in released.levels if level != ALL), key=place))


def count(n: Count) -> str:
    """A whole number with thousands commas, or the words for one that is withheld.

    Examples
    --------
    >>> count(1234)
    '1,234'
    """
    return NOT_SHOWN if isinstance(n, Withheld) else f"{n:,}"


def number(value: Number, unit: str, *, like: Number | None = None, digits: int | None = None) -> str:
    """A value in its unit, or the words for one that is withheld or impossible; no more decimals than `digits`, to which it was rounded.

    Examples
    --------
    >>> number(18.0, "points"), number(18.0, "points", digits=0)
    ('18.0', '18')
    """
    if isinstance(value, Withheld):
        return NOT_SHOWN
    if math.isnan(value):
        return NO_DATA
    written = UNITS[unit] if digits is None or digits >= UNITS[unit].digits else replace(UNITS[unit], digits=digits)
    return written.text(value, like=None if isinstance(like, Withheld) else like)


def value_of(estimate: ReleasedEstimate) -> float:
    """The value as a number; NaN when it is withheld or impossible."""
    return math.nan if isinstance(estimate.value, Withheld) else estimate.value


def has_value(estimate: ReleasedEstimate) -> bool:
    """Whether there is a number to say or to draw."""
    return not math.isnan(value_of(estimate))


def _impossible(estimate: ReleasedEstimate) -> bool:
    """Whether the data allow no number, which is no matter of disclosure."""
    return estimate.shown and not has_value(estimate)


def estimate_value(estimate: ReleasedEstimate, digits: int | None = None) -> str:
    """The value of an estimate; counts stand for a percentage of fewer than 20; `digits` are those of its definition, to which it is rounded."""
    if _impossible(estimate):
        return next((words for flag, words in _WHY.items() if flag in estimate.flag), NO_DATA)
    if in_counts(estimate):
        return f"{estimate.k} of {estimate.n}"
    return number(estimate.value, estimate.unit, digits=digits)


def value_with_unit(estimate: ReleasedEstimate) -> str:
    """The value of an estimate with its unit, "41 days", "1 percentage point"; the words of one that cannot be given have none."""
    value = estimate_value(estimate)
    return f"{value}{UNITS[estimate.unit].suffix(value)}" if has_value(estimate) else value


def share_and_count(estimate: ReleasedEstimate) -> str:
    """A share with how many it is, "41% (33)", where the counts are not its words already."""
    value = estimate_value(estimate)
    return f"{value} ({count(estimate.k)})" if has_value(estimate) and estimate.k is not None and not in_counts(estimate) else value


def in_counts(estimate: ReleasedEstimate) -> bool:
    """Whether a share is written as its counts, "3 of 12", which say so few better than a percentage does."""
    return isinstance(estimate.n, int) and estimate.n < SMALL_BASE and _is_counted(estimate)


def _is_counted(estimate: ReleasedEstimate) -> bool:
    """Whether a share is its counts: k of n is not what a curve gives where some were lost."""
    n, k, value = estimate.n, estimate.k, estimate.value
    if estimate.contrast or not isinstance(n, int) or not isinstance(k, int) or isinstance(value, Withheld):
        return False
    return n > 0 and math.isclose(k / n, value, abs_tol=1e-9)


def plain_range(estimate: ReleasedEstimate, digits: int | None = None) -> str:
    """The interval as "a to b", at the precision of the value; `digits` are those of its definition, to which it is rounded."""
    if isinstance(estimate.low, Withheld) or isinstance(estimate.high, Withheld):
        return NOT_SHOWN
    if _impossible(estimate):
        return NO_DATA
    low, high = estimate.low, estimate.high
    if math.isnan(low) and math.isnan(high):
        return _no_range(estimate)
    ends = [_end(estimate, end, word, digits) for end, word in ((low, HIGHER), (high, LOWER))]
    if math.isnan(low):
        return f"up to {ends[1]}"
    return f"{ends[0]} or more" if math.isnan(high) else f"{ends[0]} to {ends[1]}"


def _end(estimate: ReleasedEstimate, end: float, word: str, digits: int | None) -> str:
    """A limit in words; one that rounds to 0 where the word of its difference says that 0 is left out, as what it is of 0."""
    words = number(end, estimate.unit, like=estimate.value, digits=digits)
    if estimate.contrast and estimate.word == word and not words.strip(f"{MINUS}0.%"):
        return "above 0" if word == HIGHER else "below 0"
    return words


def with_ranges(released: Released, words: str = "") -> str:
    """That ranges stand beside values, for what is said under a chart; nothing where the policy rounds counts, which has none."""
    require_released(released, "with_ranges")
    return "" if released.policy.base else f", with 95% ranges{words}"


def before_range(words: str, limits: str) -> str:
    """A value with its range behind it; why there is none stands apart, as brackets in brackets are hard to read.

    Examples
    --------
    >>> before_range("change 5.9", "5.5 to 6.3"), before_range("change 1.0", "no range (too few)"), before_range("change 7", "")
    ('change 5.9 (5.5 to 6.3)', 'change 1.0; no range (too few)', 'change 7')
    """
    return words if not limits else f"{words}; {limits}" if "(" in limits else f"{words} ({limits})"


def has_range(estimate: ReleasedEstimate) -> bool:
    """Whether there is a limit to say, on one side at least."""
    return any(isinstance(limit, float) and not math.isnan(limit) for limit in (estimate.low, estimate.high))


def _no_range(estimate: ReleasedEstimate) -> str:
    """That a number has no interval and why; nothing where such numbers never have one."""
    if not estimate.contrast and (estimate.method == "none" or not UNITS[estimate.unit].ranged):
        return ""
    few = isinstance(estimate.n, int) and estimate.n < SMALL_BASE
    return NO_RANGE + next((why for flag, why in _NO_RANGE_WHY.items() if flag in estimate.flag), " (too few)" if few else "")


def episodes(n: Count) -> str:
    """Episodes in words.

    Examples
    --------
    >>> episodes(1), episodes(1200)
    ('1 episode', '1,200 episodes')
    """
    return f"{count(n)} episode{'' if n == 1 else 's'}"


def sentence(released: Released, estimand: str, level: str = ALL, *, time: float | None = None) -> str:
    """One sentence for one estimate, from the template of its measure.

    Parameters
    ----------
    released : Released
        Where the estimate is.
    estimand, level : str
        Which one.
    time : float, optional
        At which day, where it has several.

    Returns
    -------
    str
        The sentence; when the number is withheld, one that says so; when it is impossible, one that says so.
    """
    require_released(released, "sentence")
    estimate = released.estimate(estimand, level, time)
    definition = released.definition.estimand(estimand)
    where = "" if is_everyone(level, released.level_2) else f"{group_words(released, level)}: "
    text = _sentence(estimate, definition)
    if definition.none and estimate.value == 0:
        text = f"{text} {definition.none}"
    if definition.missing and estimate.n_missing != 0:
        hidden = isinstance(estimate.n_missing, Withheld)
        more = "some more, how many is not shown" if hidden else f"{count(estimate.n_missing)} more"
        text = f"{text} {definition.missing.format(more=more)}"
    if not where:
        text = text[:1].upper() + text[1:]
    shown = [name for name in definition.beside if released.estimate(name, level).shown]
    withheld = [within_sentence(released.definition.estimand(name).label) for name in definition.beside if name not in shown]
    beside = [aside(released, name, level) for name in shown]
    beside += [f"{WITHHELD.capitalize()}: {'; '.join(withheld)}."] if withheld else []
    return " ".join([where + text, *filter(None, beside)])


def _sentence(estimate: ReleasedEstimate, definition: EstimandDefinition) -> str:
    """The number itself in words, at every edge."""
    day = definition.at(estimate.time)
    when = f" {day}" if day else ""
    name, value = (
        within_sentence(definition.label) + when,
        estimate_value(estimate, definition.digits) + (UNVERIFIED if definition.unverified and has_value(estimate) else ""),
    )
    if not estimate.shown:
        return f"{name} is not shown, because a count in it, or one that could be worked out from it, is too small."
    if _impossible(estimate):
        none = f" ({definition.among}: none)" if estimate.n == 0 and value == NO_DATA else ""
        return f"{name} cannot be given: {value}{none}."
    if in_counts(estimate):
        return f"{name}: {value} (too few to judge)."
    ends = [end for end in (estimate.low, estimate.high) if isinstance(end, float) and not math.isnan(end)]
    if len(ends) < 2:
        limits = plain_range(estimate, definition.digits)
        limits = f"range {limits}" if limits == NOT_SHOWN else limits
        counts = f" ({count(estimate.k or 0)} of {count(estimate.n)})" if _is_counted(estimate) else ""
        return f"{name}: {value}{UNITS[estimate.unit].suffix(value)}{counts}{'; ' if limits else ''}{'range ' if ends else ''}{limits}."
    return _template(estimate, definition).format(
        label=definition.label + when,
        k="" if estimate.k is None else count(estimate.k),
        n=count(estimate.n),
        value=value,
        low=number(estimate.low, estimate.unit, like=estimate.value, digits=definition.digits),
        high=number(estimate.high, estimate.unit, like=estimate.value, digits=definition.digits),
        time=f"{estimate.time or 0:g}",
    )


def _template(estimate: ReleasedEstimate, definition: EstimandDefinition) -> str:
    if definition.sentence:
        return definition.sentence
    if estimate.k is not None:
        return (
            "{label}: {value} ({k} of {n}); range {low} to {high}."
            if _is_counted(estimate)
            else "{label}: {value} of {n}; range {low} to {high}."
        )
    return "{label}: {value}" + UNITS[estimate.unit].suffix(estimate_value(estimate)) + "; range {low} to {high}."


def within_sentence(words: str) -> str:
    """A label inside a sentence: "Completed" is completed, and "PHQ-9 at admission" stays."""
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def aside(released: Released, estimand: str, level: str = ALL) -> str:
    """What stands beside a number in every sentence about it."""
    require_released(released, "aside")
    estimate, definition = released.estimate(estimand, level), released.definition.estimand(estimand)
    if not estimate.shown:
        return f"{definition.label}: {NOT_SHOWN}."
    if estimate.k == 0 or estimate.k is None or isinstance(estimate.k, Withheld) or estimate.n == 0:
        return definition.aside_none if estimate.n != 0 else ""
    one = estimate.k == 1
    return definition.aside.format(
        share=counted_share(estimate),
        k=count(estimate.k),
        episodes=episodes(estimate.n),
        verb="was" if one else "were",
        have="has" if one else "have",
    )


def counted_share(estimate: ReleasedEstimate) -> str:
    """A share with its counts, or its counts alone where they are too few for a percentage: "3.1% (35 of 1,122)", "1 of 16"."""
    counts = f"{count(estimate.k or 0)} of {count(estimate.n)}"
    return counts if in_counts(estimate) else f"{percent(value_of(estimate))} ({counts})"


def moved(before: ReleasedEstimate, after: ReleasedEstimate, change: ReleasedEstimate, digits: int | None = None) -> str:
    """From which mean to which, and which direction is better where the words could be taken the wrong way.

    Parameters
    ----------
    before, after, change : ReleasedEstimate
        Both means, with values, and the change between them, positive for improvement.
    digits : int, optional
        Decimals to which the means are rounded, where they are.

    Returns
    -------
    str
        "fell from 15.3 to 9.4" of a scale on which lower is better; everything else that moved has "(higher is better)" or "(lower is better)",
        where the change is shown.
    """
    first, last = estimate_value(before, digits), estimate_value(after, digits)
    if first == last:
        return f"stayed at {first}"
    rose = value_of(after) > value_of(before)
    words = f"rose from {first} to {last}" if rose else f"fell from {first} to {last}"
    if not has_value(change) or value_of(change) == 0:
        return words
    lower_is_better = (value_of(change) > 0) != rose
    if lower_is_better:
        return f"{words} (lower is better)" if rose else words
    return f"{words} (higher is better)"


def lacking(rate: ReleasedEstimate) -> str:
    """The share that is not in a rate, as counts where they are too few for a percentage; nothing where nobody is."""
    if not has_value(rate) or value_of(rate) == 1:
        return ""
    if in_counts(rate) and isinstance(rate.n, int) and isinstance(rate.k, int):
        return f"{rate.n - rate.k} of {rate.n}"
    return percent(1 - value_of(rate))


def lacking_a_score(rate: ReleasedEstimate, who: str = "") -> str:
    """That some lack a score, within a sentence: "30% of discharged episodes lack a score", "1 of 12 lacks a score"; nothing where nobody does."""
    lack = lacking(rate)
    if not lack:
        return ""
    of_whom = f"{' ' if in_counts(rate) else ' of '}{who}" if who else ""
    one = in_counts(rate) and isinstance(rate.n, int) and rate.k == rate.n - 1
    return f"{lack}{of_whom} {'lacks' if one else 'lack'} a score"


def headline(released: Released, estimand: str) -> str:
    """A few words over a chart, from the number for everyone; the sentence where the number cannot be given as such."""
    require_released(released, "headline")
    estimate = released.estimate(estimand)
    template = released.definition.estimand(estimand).headline
    plain = has_value(estimate) and not in_counts(estimate)
    return template.format(value=estimate_value(estimate)) if template and plain else sentence(released, estimand)
