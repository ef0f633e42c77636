"""Takes the checked numbers of one instrument, gives a Scale that bands, judges and adds up its scores.

Every number stands in a part that carries its source and whether that source was seen (`verified`). Thresholds are whole numbers or
decimals, never binary fractions, so that no rounding moves a patient across a cut-off. No item text is held anywhere.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from iop_outcomes.errors import DataError, UsageError, choices
from iop_outcomes.scales.occasions import AFTER_ADMISSION, DEPRESSION_CASE, FOLLOW_UPS, Occasion
from iop_outcomes.scales.scoring import Number, total_of

OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What every part carries: `source` (doi, url, repository), `verified` (the source was seen) and a `note`."""

    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band(Sourced):
    """Scores from `low` to `high`, both included, in points, and what they are called."""

    label: str
    low: Number
    high: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCutOff(Sourced):
    """A score is a case when `score op value` holds, `value` in points. The one named "standard" is the default."""

    name: str
    op: str
    value: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItems(Sourced):
    """How many items may be missing, the `rule` for them, and the items that no other can stand in for.

    With "prorate" the answered items stand in for the others, with "lowest" a blank counts as the lowest answer, with "none" there is no
    score. Where groups are scored first, how many of each must be answered stands with the groups.
    """

    most_items_missing: int
    rule: str
    never_prorated: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemGroups(Sourced):
    """Items that are scored together before their groups are: each group counts as its "highest" answer, its "mean" or its "sum".

    `least_answered` is how many items of each group must be answered; those answered stand in for the others. Where the highest counts,
    `known_at_highest` says that a group with an answer as high as any can be is known, however few are answered.
    """

    members: tuple[tuple[int, ...], ...]
    each: str
    least_answered: tuple[int, ...]
    known_at_highest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Items (`numbers`) whose answers differ from the others': their range, and the `step` between two of them."""

    numbers: tuple[int, ...]
    item_range: tuple[int, int]
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedItems:
    """Items that are `not_asked` once all of `lowest` had the lowest answer: blank, they count as the lowest themselves."""

    lowest: tuple[int, ...]
    not_asked: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Response(Sourced):
    """Response is a score lower than at the start by at least `fraction_lower` of it (0.5 is half)."""

    fraction_lower: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Remission(Sourced):
    """Remission is `score op value` at the end, `value` in points."""

    op: str
    value: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportantChange(Sourced):
    """The smallest change that matters, in `points`, in `percent` of the score at the start, or both."""

    name: str
    points: Number | None = None
    percent: Number | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability(Sourced):
    """A reliability coefficient (`value`, 0 to 1) of one `kind` in one `sample`; several may stand side by side."""

    name: str
    kind: str
    value: float
    sample: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm(Sourced):
    """Mean and standard deviation of the score, in points, in one `group`; `sd` is None where none was published."""

    name: str
    population: str
    group: str
    mean: float
    sd: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliableChangeProfile(Sourced):
    """Change is reliable when `improvement op points` holds; `case_cutoff` names the cut-off that recovery uses, if any."""

    name: str
    op: str
    points: Number
    case_cutoff: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyItem(Sourced):
    """The item about self-harm: its number, from 1, and the answer from which it is positive (None: not decided)."""

    item: int
    positive_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleCodes(Sourced):
    """What other systems call the scale: LOINC codes of the total, the form, its items and its answers from the lowest up; an OMOP concept."""

    loinc_total: str | None = None
    loinc_panel: str | None = None
    loinc_items: tuple[str, ...] = ()
    loinc_answers: tuple[str, ...] = ()
    omop_total: str | None = None


NO_RULE = MissingItems(
    most_items_missing=0, rule="none", source="what holds without a table [missing]: no score where an item is blank", verified=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Sourced):
    """One symptom or outcome instrument, as data; made by `load_scales`, which checks it. `better` is "lower" or "higher".

    `source` and `verified` here cover the numbers of the form itself: items, ranges, step, recall and reversed items. Only `name`, `title`,
    `range`, `better`, `source` and `verified` are needed; `describe` says what the others, left out, take away.

    Attributes
    ----------
    short : str
        What people call it, such as "PHQ-9"; optional.
    version, construct : str
        Which form, and what it measures.
    items : int
        Number of scored items; 0 where only totals are taken.
    item_range, range : tuple of 2
        Lowest and highest answer, and score, in points. Without a total, `range` is that of each item.
    step : int or Decimal
        Every score is a whole multiple of it from the lowest on. A sum is the sum of the items times it, so that the WHO-5 (0 to 100) has 4; a
        mean, or a part of one, is rounded to it, halves up.
    total : bool
        Whether there is one score of all items. One without has `domains`, one for each item, `subscales`, or both.
    counted : bool
        Whether its scores are levels, one band each, which are counted and never averaged: a triage.
    item_scoring : bool
        False when only totals are taken: the licence forbids more, or how items are scored is not public.
    scored_as : {"sum", "mean"}
        What the score is of the items, or of the groups where there are any.
    form, numbers : str, tuple of int
        For a scale whose items are some of another's: that one, and their numbers there. Numbers of items are always those of the form.
    reversed_items : tuple of int
        Items that count from the other end.
    weights : tuple of int or Decimal
        What each item counts, where not all count the same.
    other_answers : tuple of Answers
        Items with another range of answers than `item_range`.
    groups : ItemGroups or None
        Items that are scored together first.
    skips : tuple of SkippedItems
        Items that the form does not ask after some answers.
    subscales : tuple of str
        Names of the scales that are made of some of its items.
    licence : str
        Who may use the form, as it was read; no advice.
    referral_mean : float or None
        Mean score, in points, of all who are referred, where a site knows it: what people fall back towards without any effect.
    occasions : tuple of Occasion
        When people are asked again after discharge.

    References
    ----------
    Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12 (reliable change); every number names its own source.

    Examples
    --------
    >>> from iop_outcomes.scales import get_scale
    >>> phq9 = get_scale("phq9")
    >>> phq9.range, phq9.band(12), phq9.is_case(9)
    ((0, 27), 'moderate', False)
    """

    name: str
    title: str
    range: tuple[Number, Number]
    better: str
    version: str = ""
    construct: str = ""
    items: int = 0
    item_range: tuple[int, int] = (0, 1)
    step: Number = 1
    total: bool = True
    counted: bool = False
    missing: MissingItems = NO_RULE
    short: str = ""
    item_scoring: bool = True
    scored_as: str = "sum"
    form: str = ""
    numbers: tuple[int, ...] = ()
    domains: tuple[str, ...] = ()
    recall_days: int | None = None
    reversed_items: tuple[int, ...] = ()
    weights: tuple[Number, ...] = ()
    other_answers: tuple[Answers, ...] = ()
    groups: ItemGroups | None = None
    skips: tuple[SkippedItems, ...] = ()
    subscales: tuple[str, ...] = ()
    bands: tuple[Band, ...] = ()
    case_cutoffs: tuple[CaseCutOff, ...] = ()
    response: Response | None = None
    remission: Remission | None = None
    important_change: tuple[ImportantChange, ...] = ()
    reliability: tuple[Reliability, ...] = ()
    norms: tuple[Norm, ...] = ()
    profiles: tuple[ReliableChangeProfile, ...] = ()
    safety_item: SafetyItem | None = None
    codes: ScaleCodes | None = None
    licence: str = ""
    referral_mean: float | None = None
    occasions: tuple[Occasion, ...] = FOLLOW_UPS

    @property
    def item_numbers(self) -> tuple[int, ...]:
        """Numbers of its items on the form.

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("gad7").item_numbers, get_scale("edeq_restraint").item_numbers
        ((1, 2, 3, 4, 5, 6, 7), (1, 2, 3, 4, 5))
        """
        return self.numbers or tuple(range(1, self.items + 1))

    @property
    def item_columns(self) -> tuple[str, ...]:
        """Columns that hold the answers to its items: named after the form that asks them.

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("pcl5_avoidance").item_columns
        ('pcl5_6', 'pcl5_7')
        """
        return tuple(f"{self.form or self.name}_{number}" for number in self.item_numbers)

    @property
    def averaged(self) -> bool:
        """Whether its score is one that means and changes may be taken of.

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("phq9").averaged, get_scale("cssrs_screen_triage").averaged
        (True, False)
        """
        return self.total and not self.counted

    @property
    def adds_up(self) -> bool:
        """Whether its score may be made from its items."""
        return self.total and self.item_scoring and self.items > 0

    @property
    def plain_sum(self) -> bool:
        """Whether the score is the sum of items that are all answered alike, times the step."""
        return self.adds_up and self.scored_as == "sum" and not (self.groups or self.weights or self.other_answers or self.skips)

    @property
    def parts(self) -> tuple[str, ...]:
        """What it is reported by, where it has no total."""
        return self.domains or self.subscales

    def answers_to(self, number: int) -> Answers:
        """Range and step of the answers to one item."""
        other = next((each for each in self.other_answers if number in each.numbers), None)
        return other or Answers(numbers=(number,), item_range=self.item_range)

    def range_of(self, number: int) -> tuple[int, int]:
        """Lowest and highest answer to one item.

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("ymrs").range_of(5), get_scale("ymrs").range_of(1)
        ((0, 8), (0, 4))
        """
        return self.answers_to(number).item_range

    @property
    def asked_after_admission(self) -> Mapping[str, tuple[int, int]]:
        """Days after admission on which published measures of depression take its score, by the measure; of two scales alone.

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("phq9").asked_after_admission["drr_e"], len(get_scale("gad7").asked_after_admission)
        ((120, 240), 0)
        """
        return AFTER_ADMISSION if any(each.name == DEPRESSION_CASE for each in self.case_cutoffs) else {}

    @property
    def whole(self) -> bool:
        """Whether every score is a whole number."""
        return self.step == int(self.step) and self.range[0] == int(self.range[0])

    @property
    def unverified(self) -> tuple[str, ...]:
        """Names of the numbers whose source was not seen, such as "profiles.nhs".

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("crdpss").unverified
        ('missing', 'case_cutoffs.present')
        """
        parts: list[tuple[str, Sourced | None]] = [("form", self), ("missing", self.missing), ("response", self.response)]
        parts += [("remission", self.remission), ("safety_item", self.safety_item), ("codes", self.codes), ("groups", self.groups)]
        parts += [(f"bands.{part.label}", part) for part in self.bands]
        for field in ("case_cutoffs", "important_change", "reliability", "norms", "profiles"):
            parts += [(f"{field}.{part.name}", part) for part in getattr(self, field)]
        return tuple(name for name, part in parts if part is not None and not part.verified)

    @property
    def label(self) -> str:
        """What people call it: the short name where there is one."""
        return self.short or self.title

    def band(self, score: float | Decimal) -> str:
        """Name the severity band of one score, in points (without a total: of one domain's score).

        UsageError when the scale has no published bands, DataError when the score is not one the scale can give.

        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("gad7").band(15)
        'severe'
        """
        exact = self._exact(score)
        if not self.bands:
            raise UsageError(f"{self.name} has no published bands; use its scores, or add bands in a scale file of your own.")
        return next(band.label for band in self.bands if band.low <= exact <= band.high)

    def is_case(self, score: float | Decimal, profile: str | None = None) -> bool:
        """Say whether one score is at or beyond a case cut-off.

        Parameters
        ----------
        score : float or Decimal
            Points.
        profile : str, optional
            Name of a case cut-off, or of a reliable-change profile that has one; by default the cut-off named "standard".

        Raises
        ------
        UsageError, DataError
            There is no such cut-off; the score is not one the scale can give.

        Examples
        --------
        >>> from iop_outcomes.scales import get_scale
        >>> gad7 = get_scale("gad7")
        >>> gad7.is_case(9), gad7.is_case(9, profile="nhs")
        (False, True)
        """
        cutoff = self.case_cutoff(profile)
        return bool(OPERATORS[cutoff.op](self._exact(score), cutoff.value))

    def case_cutoff(self, name: str | None = None) -> CaseCutOff:
        """Find a case cut-off by its own name or a profile's; None finds "standard". UsageError, with the names, when there is none."""
        by_name = {cutoff.name: cutoff for cutoff in self.case_cutoffs}
        by_name |= {profile.name: by_name[profile.case_cutoff] for profile in self.profiles if profile.case_cutoff is not None}
        wanted = "standard" if name is None else name
        if wanted not in by_name:
            raise UsageError(f'{self.name} has no case cut-off "{wanted}"; choose one by name. {choices(wanted, by_name)}')
        return by_name[wanted]

    def profile(self, name: str) -> ReliableChangeProfile:
        """Find a reliable-change profile by name; UsageError, with the names, when there is none."""
        by_name = {profile.name: profile for profile in self.profiles}
        if name not in by_name:
            raise UsageError(f'{self.name} has no reliable-change profile "{name}"; choose one by name. {choices(name, by_name)}')
        return by_name[name]

    def prorated_total(self, items: Sequence[int | None]) -> Number | None:
        """Score the items of one form, by the scale's own rule: their sum or mean, of groups where it has any, missing ones as it allows.

        Parameters
        ----------
        items : sequence of int or None, shape (items,)
            Answers in the order of `item_numbers`, before reversing; None is a missing answer.

        Returns
        -------
        int, Decimal or None
            Points, rounded to `step` with halves up, so 4.5 becomes 5; None when too many items are missing, or one that no other can
            stand in for.

        Raises
        ------
        UsageError, DataError
            The scale has no total, takes totals only, or has another number of items; an answer lies outside `item_range`.

        Examples
        --------
        >>> from iop_outcomes.scales import get_scale
        >>> get_scale("phq9").prorated_total([None, 1, 1, 1, 1, 1, 1, 1, 1])
        9
        """
        return total_of(self, items)

    def _exact(self, score: float | Decimal) -> Decimal:
        try:
            exact = Decimal(str(score))
        except InvalidOperation:
            exact = Decimal("NaN")
        low, high = self.range
        if not exact.is_finite() or not low <= exact <= high or exact % self.step != 0:
            raise DataError(f"{self.name}: a score is not a multiple of {self.step} from {low} to {high}; correct it, or leave it blank.")
        return exact
