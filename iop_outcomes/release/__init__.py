"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, InitVar, dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Any, final

from iop_outcomes.errors import ReleaseError, UsageError
from iop_outcomes.release.policy import DEFAULT_POLICY, POLICIES, Policy, policy_for
from iop_outcomes.release.printed import Page
from iop_outcomes.release.protect import Parts, Printed, is_safe, protect
from iop_outcomes.results import ALL, COLUMNS, Definition, Estimate, Flow, Provenance, Results
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
Number = float | Withheld
Count = int | Withheld


@dataclass(frozen=True, slots=True)
class ReleasedEstimate:
    """An estimate that may be shown; each number may be withheld. The fields are those of `Estimate`."""

    measure: str
    group: str
    level: str
    estimand: str
    time: float | None
    value: Number
    se: Number
    low: Number
    high: Number
    conf_level: float
    method: str
    n: Count
    k: Count | None
    n_missing: Count
    excluded: Count
    unit: str
    flag: str

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
        return next(e for e in self.estimates if (e.estimand, e.level) == (estimand, level) and (time is None or e.time == time))

    def to_records(self) -> list[dict[str, Any]]:
        """The estimates as plain values with the fixed columns; a withheld or impossible number is None."""
        return [{name: _plain(getattr(estimate, name)) for name in COLUMNS} for estimate in self.estimates]

    def to_frame(self) -> pd.DataFrame:
        """The estimates as a data frame with the fixed columns; a withheld number is missing and `flag` says suppressed."""
        import pandas as pd

        frame = pd.DataFrame(self.to_records(), columns=list(COLUMNS))
        counts = dict.fromkeys(("n", "k", "n_missing", "excluded"), "Int64")
        return frame.astype({**counts, **dict.fromkeys(("time", "value", "se", "low", "high"), "float64")})


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
    if len({(found.group, found.levels) for found in results}) > 1:
        raise UsageError("release_together: the results are grouped by different columns. Release what shares a column together.")
    chosen = policy_for(policy, results[0].provenance.data_class)
    page = Page(results)
    seen = protect(page.counts, page.printed(), chosen.threshold, page.ways)
    return tuple(_released_results(found, _Reading(page, place, seen), chosen) for place, found in enumerate(results))


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

    def count(self, people: Population, level: str, parts: Parts | None) -> Count:
        """Episodes in some parts, or that their number is withheld."""
        cells = self.page.cells(self.place, people.family, parts)
        return people.count(parts or frozenset()) if not cells or (level, cells) in self.seen else SUPPRESSED


def _released_results(results: Results, reading: _Reading, policy: Policy) -> Released:
    return Released(
        _DOOR,
        definition=results.definition,
        group=results.group,
        estimates=tuple(
            _released(
                estimate,
                results.populations[estimate.level, estimate.key],
                reading,
                results.definition.estimand(estimate.estimand).against,
            )
            for estimate in results
        ),
        flow=tuple(_released_flow(flow.what, results, reading) for flow in results.flow),
        policy=policy,
        provenance=results.provenance,
        curves={level: release_curve(curve, policy) for level, curve in results.curves.items()},
    )


def _released(estimate: Estimate, people: Population, reading: _Reading, against: str) -> ReleasedEstimate:
    n, missing, excluded = (reading.count(people, estimate.level, parts) for parts in (people.base, people.missing, people.excluded_parts))
    k = None if estimate.k is None else reading.count(people, estimate.level, people.hits)
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    values |= {"n": n, "k": k, "n_missing": missing, "excluded": excluded}
    beside = [reading.count(people, against, parts) for parts in (people.base, people.hits) if parts is not None] if against else []
    if any(isinstance(number, Withheld) for number in (n, k, *beside)):
        values |= dict.fromkeys(("value", "se", "low", "high"), SUPPRESSED)
        # Other flags go: "one episode" would say how many.
        values |= {"k": None if k is None else SUPPRESSED, "flag": SUPPRESSED.value}
    return ReleasedEstimate(**values)


def _released_flow(what: str, results: Results, reading: _Reading) -> ReleasedFlow:
    people = results.populations[ALL, what]
    words = results.definition.parts
    excluded = {words.get(part, part): reading.count(people, ALL, frozenset({part})) for part in people.parts if part not in people.base}
    return ReleasedFlow(what, reading.count(people, ALL, frozenset(people.parts)), reading.count(people, ALL, people.base), excluded)
