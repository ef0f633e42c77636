"""Takes released numbers, gives the words of a report: one rounding for text, tables and chart labels alike."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

from iop_outcomes.measures.stay_bands import BAND, band_words
from iop_outcomes.release import Count, Number, Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.results import ALL, MISSING_LEVEL

SMALL_BASE = 20
_WHY = {
    "not_assessable": "not assessable",
    "not_reached": "not reached",
    "past_follow_up": "followed for less",
    "not_followed_in_all_groups": "not followed so far in all groups",
    "no_reference": "no reference",
}
_UNIT_WORDS = {"days": " days", "points": " points", "SD": " standard deviations", "share difference": " percentage points"}
_DIGITS = {"points": 1, "SD": 2, "chi-squared": 2, "days": 0, "share difference": 0}
_NAMED = {ALL: "All episodes", MISSING_LEVEL: "Not recorded"}
_IDENTIFIER = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
NOT_SHOWN = "not shown"
WHY_NOT_SHOWN = "Not shown: fewer than 11 episodes, or a number that would give back one that is."
NO_DATA = "no data"
NO_LIMIT = "no limit (too few)"


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
    return level if any(_read(other) == words for other in among if other != level) else words


def _read(level: str) -> str:
    if level in _NAMED:
        return _NAMED[level]
    return level.replace("_", " ").capitalize() if _IDENTIFIER.fullmatch(level) else level


def count(n: Count) -> str:
    """A whole number with thousands commas, or the words for one that is withheld.

    Examples
    --------
    >>> count(1234)
    '1,234'
    """
    return NOT_SHOWN if isinstance(n, Withheld) else f"{n:,}"


def _half_up(value: float, digits: int) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def percent(value: float, *, like: float | None = None) -> str:
    """A share as whole percent, with one decimal under 10 %; `like` lends its precision to a limit.

    Examples
    --------
    >>> percent(0.6666), percent(0.043), percent(0.062, like=0.12)
    ('67%', '4.3%', '6%')
    """
    deciding = value if like is None else like
    digits = 1 if 0 < deciding < 0.0995 else 0
    return f"{_half_up(value * 100, digits)}%"


def days(value: float) -> str:
    """Days, whole, halves upwards.

    Examples
    --------
    >>> days(40.5), days(1200)
    ('41', '1,200')
    """
    return f"{_half_up(value, 0):,}"


def number(value: Number, unit: str, *, like: Number | None = None) -> str:
    """A value in its unit, or the words for one that is withheld or impossible."""
    if isinstance(value, Withheld):
        return NOT_SHOWN
    if math.isnan(value):
        return NO_DATA
    if unit == "share":
        return percent(value, like=None if like is None or isinstance(like, Withheld) else like)
    if unit == BAND:
        return band_words(value)
    if unit == "p":
        return "<0.001" if value < 0.001 else f"{_half_up(value, 3)}"
    scaled = value * 100 if unit == "share difference" else value
    words = f"{_half_up(scaled, _DIGITS.get(unit, 2)):,}"
    return words.removeprefix("-") if not float(scaled) or not words.strip("-0.,") else words.replace("-", "\u2212")


def unit_words(unit: str) -> str:
    """What stands behind a number in its unit, with the space before it; nothing where the number says it."""
    return _UNIT_WORDS.get(unit, "")


def estimate_value(estimate: ReleasedEstimate) -> str:
    """The value of an estimate; counts stand for a percentage of fewer than 20."""
    if isinstance(estimate.value, float) and math.isnan(estimate.value):
        return next((words for flag, words in _WHY.items() if flag in estimate.flag), NO_DATA)
    if _small_base(estimate):
        return f"{estimate.k} of {estimate.n}"
    return number(estimate.value, estimate.unit)


def _small_base(estimate: ReleasedEstimate) -> bool:
    return estimate.unit == "share" and estimate.shown and isinstance(estimate.n, int) and estimate.n < SMALL_BASE


def plain_range(estimate: ReleasedEstimate) -> str:
    """The interval as "a to b", at the precision of the value."""
    if isinstance(estimate.low, Withheld) or isinstance(estimate.high, Withheld):
        return NOT_SHOWN
    if isinstance(estimate.value, float) and math.isnan(estimate.value):
        return NO_DATA
    ends = [NO_LIMIT if math.isnan(end) else number(end, estimate.unit, like=estimate.value) for end in (estimate.low, estimate.high)]
    return f"{ends[0]} to {ends[1]}"


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
    estimate = released.of(estimand, level, time)
    definition = released.definition.estimand(estimand)
    where = "" if level == ALL else f"{label(level, released.levels)}: "
    if not estimate.shown:
        return f"{where}{definition.label.lower()} is not shown, because it rests on too few episodes."
    if isinstance(estimate.value, float) and math.isnan(estimate.value):
        return f"{where}{definition.label.lower()} cannot be given: {estimate_value(estimate)}."
    if _small_base(estimate):
        return f"{where}{definition.label.lower()}: {estimate.k} of {estimate.n} (too few for a percentage)."
    if all(isinstance(end, float) and math.isnan(end) for end in (estimate.low, estimate.high)):
        return f"{where}{definition.label.lower()}: {estimate_value(estimate)}{_UNIT_WORDS.get(estimate.unit, '')}."
    ends = [number(end, estimate.unit, like=estimate.value) for end in (estimate.low, estimate.high)]
    text = definition.sentence or (
        "{label}: {value} ({k} of {n})."
        if estimate.k is not None
        else "{label}: {value}" + _UNIT_WORDS.get(estimate.unit, "") + "; range {low} to {high}."
    )
    k = "" if estimate.k is None else count(estimate.k)
    filled = text.format(
        label=definition.label,
        k=k,
        n=count(estimate.n),
        value=estimate_value(estimate),
        low=ends[0],
        high=ends[1],
        time=f"{estimate.time or 0:g}",
    )
    return where + filled


def headline(released: Released, estimand: str) -> str:
    """A few words over a chart, from the number for everyone; the sentence where the number cannot be given as such."""
    require_released(released, "headline")
    estimate = released.of(estimand)
    template = released.definition.estimand(estimand).headline
    plain = estimate.shown and not _small_base(estimate) and not (isinstance(estimate.value, float) and math.isnan(estimate.value))
    return template.format(value=estimate_value(estimate)) if template and plain else sentence(released, estimand)


def stay_sentence(released: Released, level: str = ALL, *, stem: str = "los") -> str:
    """The median and the middle half in one sentence."""
    require_released(released, "stay_sentence")
    middle, low, high = (released.of(f"{stem}_{name}", level) for name in ("median", "q1", "q3"))
    if not middle.shown or (isinstance(middle.value, float) and math.isnan(middle.value)):
        return sentence(released, f"{stem}_median", level)
    unit = unit_words(middle.unit)
    where = "" if level == ALL else f"{label(level, released.levels)}: "
    text = (
        f"half of stays were between {estimate_value(low)} and {estimate_value(high)}{unit}; "
        f"the middle stay was {estimate_value(middle)}{unit}."
    )
    return where + (text if where else text[0].upper() + text[1:])


def change_sentence(released: Released, level: str = ALL) -> str:
    """From which score to which, in how many episodes, and who is missing."""
    require_released(released, "change_sentence")
    rate, before, after = (released.of(name, level) for name in ("paired_rate", "mean_admit", "mean_discharge"))
    title = released.definition.title.removeprefix("Change in ")
    if not all(row.shown and isinstance(row.value, float) and not math.isnan(row.value) for row in (rate, before, after)):
        return sentence(released, "mean_change", level)
    moved = "fell" if _number(after) < _number(before) else "rose" if _number(after) > _number(before) else "stayed"
    lacking = percent(1 - _number(rate))
    return (
        f"Average {title} {moved} from {estimate_value(before)} to {estimate_value(after)} in the {count(before.n)} episodes "
        f"({estimate_value(rate)}) with both scores. {lacking} lack a score, so this may not describe everyone."
    )


def _number(estimate: ReleasedEstimate) -> float:
    return estimate.value if isinstance(estimate.value, float) else math.nan
