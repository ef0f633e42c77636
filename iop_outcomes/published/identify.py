"""Takes what a table prints of a change and the effect size it reports, gives which definitions of an effect size it can be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from itertools import product
from typing import TYPE_CHECKING

from iop_outcomes.errors import UsageError
from iop_outcomes.published.definitions import DEFINITIONS, EffectDefinition, Printed
from iop_outcomes.published.inputs import correlation, number, people, spread, unit_of

if TYPE_CHECKING:
    import pandas as pd

Figure = float | str | None
ROUNDED, CUT, NOT = "to rounding", "cut off, not rounded", "no"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One definition held against the reported value.

    Attributes
    ----------
    definition : str
        Its name, as in `effects.pre_post` where it is one of these.
    formula : str
        What is divided by what.
    value, low, high : float
        What it gives for the printed figures, and the range it can have because they are rounded.
    match : {"to rounding", "cut off, not rounded", "no"}
        Whether it can be the reported value, in size; a sign is a matter of direction.
    source : str
        Where it is published or which program computes it.
    """

    definition: str
    formula: str
    value: float
    low: float
    high: float
    match: str
    source: str


@dataclass(frozen=True, slots=True)
class Identified:
    """Every definition that can be computed, with whether it gives the reported value; those that do first.

    Attributes
    ----------
    reported : float
    candidates : tuple of Candidate
    lacking : tuple of (str, str)
        Definitions that could not be tried, with what they need.
    notes : tuple of str
        Correlations at which a definition that needs one would give the value.
    """

    reported: float
    candidates: tuple[Candidate, ...]
    lacking: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]

    @property
    def matches(self) -> tuple[str, ...]:
        """Names of the definitions that give the reported value, the nearest first."""
        return tuple(each.definition for each in self.candidates if each.match != NOT)

    def sentence(self) -> str:
        """What the value is, what it is not, and what could not be tried."""
        yes = [each for each in self.candidates if each.match != NOT]
        no = [f"{each.definition} ({each.value:.3g})" for each in self.candidates if each.match == NOT]
        if not yes:
            begin = f"{self.reported:g} is none of the {len(self.candidates)} definitions tried"
        elif len(yes) == 1:
            begin = f"{self.reported:g} is {_words(yes[0])}"
        else:
            begin = f"{self.reported:g} can be {'; or '.join(map(_words, yes))}"
        not_these = f" It is not {', '.join(no)}." if no and yes else f" These give {', '.join(no)}." if no else ""
        untried = f" {len(self.lacking)} more definitions need figures that were not given: see .lacking." if self.lacking else ""
        return f"{begin}.{not_these}{untried}{''.join(f' {note}.' for note in self.notes)}"

    def to_frame(self) -> pd.DataFrame:
        """A data frame with one row for each definition."""
        import pandas as pd

        return pd.DataFrame([asdict(each) for each in self.candidates], columns=[field.name for field in fields(Candidate)])

    def __repr__(self) -> str:
        return self.sentence()


def _words(candidate: Candidate) -> str:
    cut = ", cut off rather than rounded" if candidate.match == CUT else ""
    return f"{candidate.definition}: {candidate.formula} ({candidate.value:.3g}{cut})"


def identify(
    reported: Figure,
    *,
    mean_pre: Figure,
    sd_pre: Figure,
    mean_post: Figure,
    sd_post: Figure,
    n: Figure,
    r: Figure,
    t: Figure,
    z: Figure,
    decimals: int | None,
) -> Identified:
    """Which definitions give the reported value; `iop_outcomes.identify_effect_size` says what the arguments are."""
    given = {
        "mean_pre": number("mean_pre", _float("mean_pre", mean_pre)),
        "sd_pre": spread("sd_pre", _float("sd_pre", sd_pre)),
        "mean_post": number("mean_post", _float("mean_post", mean_post)),
        "sd_post": spread("sd_post", _float("sd_post", sd_post)),
        "r": correlation("r", _float("r", r)),
        "t": number("t", _float("t", t)),
        "z": number("z", _float("z", z)),
    }
    size = people("n", _float("n", n))
    if all(map(math.isnan, given.values())):
        raise UsageError("give what the table prints: means and SDs before and after, or the t or z of the test with n")
    halves = _half_units({"mean_pre": mean_pre, "sd_pre": sd_pre, "mean_post": mean_post, "sd_post": sd_post, "r": r, "t": t, "z": z})
    value = number("reported", _float("reported", reported))
    unit = unit_of(reported or 0) if decimals is None else float(10.0**-decimals)
    tried, lacking = [], []
    for definition in DEFINITIONS:
        candidate = _held_against(definition, given, halves, size, abs(value), unit)
        if candidate is None:
            lacking.append((definition.name, definition.needs))
        else:
            tried.append(candidate)
    # The nearest first; what lies within a hundredth of the last place printed stands in the order of the definitions, the simplest first.
    tried.sort(key=lambda each: (each.match == NOT, each.match == CUT, round(abs(abs(each.value) - abs(value)) / unit, 2)))
    return Identified(value, tuple(tried), tuple(lacking), tuple(_notes(given, abs(value))))


def _float(name: str, figure: Figure) -> float | None:
    if figure is None:
        return None
    try:
        return float(figure)
    except ValueError:
        raise UsageError(f"{name} = {figure!r} is not a number as a table prints it, such as 12.5 or '12.50'") from None


def _half_units(figures: dict[str, Figure]) -> dict[str, float]:
    """Half a unit of the last place printed; means and SDs of one table are printed alike, so numbers among them share the finest."""
    halves = {name: unit_of(figure) / 2 for name, figure in figures.items() if figure is not None}
    table = [name for name in ("mean_pre", "sd_pre", "mean_post", "sd_post") if name in halves]
    finest = min((halves[name] for name in table), default=0.0)
    return {name: finest if name in table and not isinstance(figures[name], str) else half for name, half in halves.items()}


def _held_against(
    definition: EffectDefinition, given: dict[str, float], halves: dict[str, float], n: int | None, reported: float, unit: float
) -> Candidate | None:
    value = definition.value(_printed(given, n))
    if math.isnan(value):
        return None
    names = [name for name in definition.figures if name in halves]
    corners = []
    for signs in product((-1, 1), repeat=len(names)):
        moved = {**given, **{name: given[name] + sign * halves[name] for name, sign in zip(names, signs, strict=True)}}
        corners.append(definition.value(_printed(moved, n)))
    known = [corner for corner in corners if not math.isnan(corner)] or [value]
    low, high = min(known), max(known)
    least, most = (0.0, max(abs(low), abs(high))) if low < 0 < high else sorted((abs(low), abs(high)))
    tiny = 1e-9 * unit
    rounded = least <= reported + unit / 2 + tiny and most >= reported - unit / 2 - tiny
    cut = least < reported + unit - tiny and most >= reported - tiny
    match = ROUNDED if rounded else CUT if cut else NOT
    return Candidate(definition.name, definition.formula, value, low, high, match, definition.source)


def _printed(given: dict[str, float], n: int | None) -> Printed:
    return Printed(**given, n=float(n) if n else math.nan)


def _notes(given: dict[str, float], reported: float) -> Iterator[str]:
    """At which correlation change over the SD of the changes would be the value, where none is known."""
    before, after, change = given["sd_pre"], given["sd_post"], given["mean_pre"] - given["mean_post"]
    if not math.isnan(given["r"]) or not math.isnan(given["t"]) or math.isnan(before + after + change) or not reported:
        return
    r = (before**2 + after**2 - (change / reported) ** 2) / (2 * before * after)
    if -1 <= r <= 1:
        yield f"It would be d_z (change / SD of the changes) if r were {r:.2f}"
