"""Takes released numbers, gives the words of a report: one rounding for text, tables and chart labels alike."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal

from iop_outcomes.release import Count, Number, Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.results import ALL, MISSING_LEVEL

SMALL_BASE = 20
NOT_SHOWN = "not shown"
WHY_NOT_SHOWN = "Not shown: fewer than 11 episodes, or a number that would give back one that is."
NO_DATA = "no data"
NOT_ASSESSABLE = "not assessable"
NO_LIMIT = "no limit (too few)"


def label(level: str) -> str:
    """A level as people read it: `mental_health` is Mental health.

    Examples
    --------
    >>> label("mental_health"), label("All"), label("PHP-2")
    ('Mental health', 'All episodes', 'PHP-2')
    """
    if level == ALL:
        return "All episodes"
    if level == MISSING_LEVEL:
        return "Not recorded"
    return level.replace("_", " ").capitalize() if level.islower() else level


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
    return days(value)


def estimate_value(estimate: ReleasedEstimate) -> str:
    """The value of an estimate; counts stand for a percentage of fewer than 20."""
    if isinstance(estimate.value, float) and math.isnan(estimate.value):
        return NOT_ASSESSABLE if "not_assessable" in estimate.flag else NO_DATA
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


def sentence(released: Released, estimand: str, level: str = ALL) -> str:
    """One sentence for one estimate, from the template of its measure.

    Parameters
    ----------
    released : Released
        Where the estimate is.
    estimand, level : str
        Which one.

    Returns
    -------
    str
        The sentence; when the number is withheld, one that says so; when it is impossible, one that says so.
    """
    require_released(released, "sentence")
    estimate = released.of(estimand, level)
    definition = released.definition.estimand(estimand)
    where = "" if level == ALL else f"{label(level)}: "
    if not estimate.shown:
        return f"{where}{definition.label.lower()} is not shown, because it rests on too few episodes."
    if isinstance(estimate.value, float) and math.isnan(estimate.value):
        return f"{where}{definition.label.lower()} cannot be given: {estimate_value(estimate)}."
    if _small_base(estimate):
        return f"{where}{definition.label.lower()}: {estimate.k} of {estimate.n} (too few for a percentage)."
    ends = [number(end, estimate.unit, like=estimate.value) for end in (estimate.low, estimate.high)]
    text = definition.sentence or (
        "{label}: {value} ({k} of {n})." if estimate.k is not None else "{label}: {value} days; the plausible range is {low} to {high}."
    )
    k = "" if estimate.k is None else count(estimate.k)
    filled = text.format(label=definition.label, k=k, n=count(estimate.n), value=estimate_value(estimate), low=ends[0], high=ends[1])
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
    ends = [number(end.value, "days") for end in (low, high)]
    where = "" if level == ALL else f"{label(level)}: "
    text = f"half of stays were between {ends[0]} and {ends[1]} days; the middle stay was {number(middle.value, 'days')} days."
    return where + (text if where else text[0].upper() + text[1:])
