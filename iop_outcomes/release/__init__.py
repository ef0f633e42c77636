"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, field, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, final

from iop_outcomes.errors import ReleaseError, UsageError
from iop_outcomes.keys import ALL, MINUS_LEVEL, MINUS_OTHERS, MISSING_LEVEL, Contrast, Flag, Flags, Key, flags
from iop_outcomes.release.policy import DEFAULT_POLICY, POLICIES, Policy, policy_for
from iop_outcomes.release.printed import Page
from iop_outcomes.release.protect import Parts, Printed, is_safe, protect
from iop_outcomes.results import COLUMNS, Definition, Estimate, Flow, Provenance, Results, as_words
from iop_outcomes.stats.curves import Curve
from iop_outcomes.stats.draft import Population

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DEFAULT_POLICY",
    "POLICIES",
    "SUPPRESSED",
    "Count",
    "Number",
    "Policy",
    "Released",
    "ReleasedCurve",
    "ReleasedEstimate",
    "ReleasedFlow",
    "Withheld",
    "policy_for",
    "release",
    "release_curve",
    "release_flow",
    "release_together",
    "require_released",
]


class Withheld(Enum):
    """The value that stands where a number is withheld; never 0, never blank."""

    SMALL = "suppressed"

    def __str__(self) -> str:
        return "not shown"


SUPPRESSED = Withheld.SMALL
_SUPPRESSED = flags(Flag.SUPPRESSED)
Number = float | Withheld
Count = int | Withheld


@dataclass(frozen=True, slots=True)
class ReleasedEstimate:
    """An estimate that may be shown; each number may be withheld. The fields are those of `Estimate`."""

    measure: str
    definition: str
    group: str
    level: str
    group_2: str
    level_2: str
    estimand: str
    time: float | None
    contrast: Contrast
    versus: str
    adjustment: str
    value: Number
    se: Number
    low: Number
    high: Number
    p: Number
    p_adjusted: Number
    word: str
    statistic: Number
    df: Number
    conf_level: float
    method: str
    n: Count
    k: Count | None
    n_at_risk: Count | None
    n_missing: Count
    excluded: Count
    unit: str
    flag: Flags

    @property
    def key(self) -> Key:
        """Which number it is."""
        return Key(self.estimand, self.time, self.contrast, self.versus)

    @property
    def shown(self) -> bool:
        """Whether the value may be shown."""
        return not isinstance(self.value, Withheld)


@dataclass(frozen=True, slots=True)
class ReleasedFlow:
    """Rows in = used + excluded by reason, small counts withheld."""

    what: str
    rows_in: Count
    used: Count
    excluded: Mapping[str, Count]


@dataclass(frozen=True, slots=True)
class ReleasedCurve:
    """A curve that may be drawn: whole percents on every tenth day, as far as enough are followed, and the table under it.

    Parameters
    ----------
    days, incidence : tuple
        What is drawn: days, and shares rounded to whole percents.
    ticks : tuple of int
        Days of the table.
    at_risk : tuple of Count
        Episodes still followed and free of every end at each tick.
    """

    days: tuple[int, ...]
    incidence: tuple[float, ...]
    ticks: tuple[int, ...]
    at_risk: tuple[Count, ...]


_DOOR = object()


@final
@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Released:
    """Results after disclosure control: the only thing that charts, tables, sentences and files accept.

    Made by `release` alone, which holds the key of the door; neither inherited nor changed.
    """

    door: InitVar[object]
    _: KW_ONLY
    definition: Definition
    group: str
    estimates: tuple[ReleasedEstimate, ...]
    flow: tuple[ReleasedFlow, ...]
    policy: Policy
    provenance: Provenance
    curves: Mapping[str, ReleasedCurve] = field(default_factory=dict)
    only_grouped: bool = False  # whether the episodes without a group were left out, because they are too few to show

    def __post_init__(self, door: object) -> None:
        if door is not _DOOR:
            raise ReleaseError("Released is made by release() alone: call answer.release(policy).")

    def __init_subclass__(cls) -> None:
        raise TypeError("Released is not inherited: what is shown comes from release() alone.")

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels in the order of the estimates, "All" first."""
        return tuple(dict.fromkeys(estimate.level for estimate in self.estimates))

    @property
    def withheld(self) -> int:
        """How many values are withheld."""
        return sum(not estimate.shown for estimate in self.estimates)

    def __iter__(self) -> Iterator[ReleasedEstimate]:
        return iter(self.estimates)

    def of(self, estimand: str, level: str = ALL, time: float | None = None) -> ReleasedEstimate:
        """The estimate of an estimand at a level, and at a time where it has several."""
        return next(
            e for e in self.estimates if (e.estimand, e.level, e.contrast) == (estimand, level, "") and (time is None or e.time == time)
        )

    def contrast(self, estimand: str, level: str, *, time: float | None = None, versus: str = "") -> ReleasedEstimate | None:
        """The difference of an estimand at a level from the others, or from one level; `None` where they are not compared."""
        return next(
            (
                e
                for e in self.estimates
                if e.contrast and (e.estimand, e.level, e.versus) == (estimand, level, versus) and (time is None or e.time == time)
            ),
            None,
        )

    def has(self, estimand: str) -> bool:
        """Whether there is any number of an estimand."""
        return any(e.estimand == estimand for e in self.estimates)

    def to_records(self) -> list[dict[str, Any]]:
        """The estimates as plain values with the fixed columns; a withheld or impossible number is None."""
        return [{name: _plain(getattr(e, name)) for name in COLUMNS} | as_words(e) for e in self.estimates]

    def to_frame(self) -> pd.DataFrame:
        """The estimates as a data frame with the fixed columns; a withheld number is missing and `flag` says suppressed."""
        import pandas as pd

        frame = pd.DataFrame(self.to_records(), columns=list(COLUMNS))
        counts = dict.fromkeys(("n", "k", "n_at_risk", "n_missing", "excluded"), "Int64")
        return frame.astype({**counts, **dict.fromkeys(("time", *_NUMBERS), "float64")})


_NUMBERS = ("value", "se", "low", "high", "p", "p_adjusted", "statistic", "df")


def _plain(value: object) -> object:
    """None for a withheld or impossible number."""
    if isinstance(value, Withheld):
        return None
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124 - NaN is unequal to itself


def require_released(given: object, what: str) -> Released:
    """Refuse anything but `Released` at run time; the type checker refuses it before.

    Raises
    ------
    ReleaseError
        When something else is given.
    """
    if not isinstance(given, Released):
        raise ReleaseError(f"{what} shows released results only, and was given {type(given).__name__}. Call answer.release(policy) first.")
    return given


def release(results: Results, policy: str = DEFAULT_POLICY) -> Released:
    """Withhold small counts and everything that would give them back.

    Parameters
    ----------
    results : Results
        Working numbers.
    policy : {"cms11", "none"}
        Name of the policy; "none" only for data of class synthetic or public.

    Returns
    -------
    Released

    Raises
    ------
    UsageError
        When the policy does not exist or the class of the data does not allow it.
    """
    return release_together([results], policy)[0]


def release_together(results: Sequence[Results], policy: str = DEFAULT_POLICY) -> tuple[Released, ...]:
    """Release results that are shown on one page: what one of them would give back of another is withheld too.

    Parameters
    ----------
    results : sequence of Results
        Working numbers of the same data by the same column, the most wanted first.
    policy : {"cms11", "none"}
        Name of the policy; "none" only for data of class synthetic or public.

    Returns
    -------
    tuple of Released
        In the order given.

    Raises
    ------
    UsageError
        When the policy does not exist, the class of the data does not allow it, or the results differ in their levels.
    """
    if not results:
        return ()
    chosen = policy_for(policy, results[0].provenance.data_class)
    results = [_shown_population(found, chosen) for found in results]
    if len({(found.group, found.levels) for found in results}) > 1:
        raise UsageError("release_together: the results are grouped by different columns. Release what shares a column together.")
    page = Page(results)
    seen = protect(page.counts, page.printed(), chosen.threshold, page.ways)
    return tuple(_released_results(found, _Reading(page, place, seen, chosen.threshold), chosen) for place, found in enumerate(results))


def _shown_population(results: Results, policy: Policy) -> Results:
    """The results without the episodes that have no group, where these are too few to show: everyone then means everyone else."""
    if results.among_grouped is None:
        return results
    ungrouped = next(sum(people.parts.values()) for (level, _), people in results.populations.items() if level == MISSING_LEVEL)
    return results if is_safe(ungrouped, policy.threshold) else results.among_grouped()


def release_flow(flow: Flow, policy: Policy) -> ReleasedFlow:
    """Release the flow of a table, whose used rows are printed elsewhere too: if a reason is small, the rows in go with it."""
    excluded: dict[str, Count] = {reason: n if is_safe(n, policy.threshold) else SUPPRESSED for reason, n in flow.excluded.items()}
    hidden = [n for reason, n in flow.excluded.items() if excluded[reason] is SUPPRESSED]
    recoverable = bool(hidden) and (len(hidden) == 1 or not is_safe(sum(hidden), policy.threshold))
    return ReleasedFlow(flow.what, SUPPRESSED if recoverable else flow.rows_in, flow.used, excluded)


def release_curve(curve: Curve, policy: Policy) -> ReleasedCurve:
    """Round a curve and stop it where fewer than the threshold are followed; withhold small numbers at risk."""
    enough = (curve.followed >= max(policy.threshold, 1)) & (curve.incidence == curve.incidence)
    length = len(enough) if enough.all() else int(enough.argmin())
    shares = curve.incidence[:length]
    drawn = [round(float(share), 2) if policy.threshold else float(share) for share in shares]
    at_risk = [n if is_safe(n, policy.threshold) else SUPPRESSED for n in curve.at_risk.tolist()]
    return ReleasedCurve(tuple(curve.days[:length].tolist()), tuple(drawn), tuple(curve.ticks.tolist()), tuple(at_risk))


@dataclass(frozen=True, slots=True)
class _Reading:
    """What may be seen of the results at one place of a page."""

    page: Page
    place: int
    seen: frozenset[Printed]
    threshold: int

    def count(self, people: Population, level: str, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""
        cells = self.page.cells(self.place, people.family, parts)
        return people.count(parts or frozenset()) if not cells or (level, cells) in self.seen else SUPPRESSED


def _released_results(results: Results, reading: _Reading, policy: Policy) -> Released:
    return Released(
        _DOOR,
        definition=results.definition,
        group=results.group,
        estimates=_without_what_rests_on_withheld(
            results.definition,
            [_released(estimate, results.populations[estimate.level, estimate.key], reading) for estimate in results],
            policy,
        ),
        flow=tuple(_released_flow(key, results, reading) for level, key in results.populations if level == ALL and not key.contrast),
        policy=policy,
        provenance=results.provenance,
        curves={level: release_curve(curve, policy) for level, curve in results.curves.items()},
        only_grouped=results.only_grouped,
    )


def _released(estimate: Estimate, people: Population, reading: _Reading) -> ReleasedEstimate:
    n, missing, excluded = (reading.count(people, estimate.level, parts) for parts in (people.base, people.missing, people.excluded_parts))
    k = None if estimate.k is None else reading.count(people, estimate.level, people.hits)
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    values |= {"n": n, "k": k, "n_missing": missing, "excluded": excluded, "n_at_risk": _at_risk(estimate, n, reading.threshold)}
    # A difference from the others rests on everyone's counts too, one from another level on that level's.
    against = {MINUS_OTHERS: ALL, MINUS_LEVEL: estimate.versus}.get(estimate.contrast)
    beside = [] if against is None else [reading.count(people, against, parts) for parts in (people.base, people.hits) if parts is not None]
    if any(isinstance(number, Withheld) for number in (n, k, *beside)):
        values |= dict.fromkeys(_NUMBERS, SUPPRESSED)
        # Other flags go: "one episode" would say how many.
        values |= {"k": None if k is None else SUPPRESSED, "word": "", "flag": _SUPPRESSED}
    return ReleasedEstimate(**values)


def _without_what_rests_on_withheld(
    definition: Definition, estimates: Sequence[ReleasedEstimate], policy: Policy
) -> tuple[ReleasedEstimate, ...]:
    """Withhold a value, but not its word, that would give back a number it rests on: computed first, judged whether to print afterwards."""
    hidden = {estimate.estimand for estimate in estimates if not estimate.shown}
    bare = {own.name for own in definition.estimands if hidden & set(own.rests_on) or (own.word_only and policy.threshold)}
    return tuple(
        replace(estimate, value=SUPPRESSED, flag=_SUPPRESSED) if estimate.estimand in bare and estimate.shown else estimate
        for estimate in estimates
    )


def _at_risk(estimate: Estimate, n: Count, threshold: int) -> Count | None:
    """Episodes followed to the day, unless they or those gone before it are too few."""
    left = estimate.n_at_risk
    if left is None or isinstance(n, Withheld):
        return None if left is None else SUPPRESSED
    return left if is_safe(left, threshold) and is_safe(n - left, threshold) else SUPPRESSED


def _released_flow(key: Key, results: Results, reading: _Reading) -> ReleasedFlow:
    people = results.populations[ALL, key]
    words = results.definition.parts
    excluded = {words.get(part, part): reading.count(people, ALL, frozenset({part})) for part in people.parts if part not in people.base}
    return ReleasedFlow(str(key), reading.count(people, ALL, frozenset(people.parts)), reading.count(people, ALL, people.base), excluded)
