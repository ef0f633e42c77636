"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from iop_outcomes.columns import UNRESTRICTED_CLASSES
from iop_outcomes.errors import ReleaseError, UsageError, choices
from iop_outcomes.release.protect import Parts, Printed, is_safe, protect
from iop_outcomes.results import ALL, COLUMNS, Definition, Estimate, Flow, Provenance, Results
from iop_outcomes.stats.draft import Population

if TYPE_CHECKING:
    import pandas as pd


class Withheld(Enum):
    """The value that stands where a number is withheld; never 0, never blank."""

    SMALL = "suppressed"

    def __str__(self) -> str:
        return "not shown"


SUPPRESSED = Withheld.SMALL
Number = float | Withheld
Count = int | Withheld


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule of disclosure.

    Parameters
    ----------
    name : str
        Its name in calls.
    threshold : int
        Counts from 1 to one below it are withheld; 0 withholds nothing.
    words : str
        What a report says of it.
    source : str
        Whose rule it is.
    """

    name: str
    threshold: int
    words: str
    source: str


POLICIES: Mapping[str, Policy] = {
    "cms11": Policy(
        "cms11",
        11,
        "Groups of fewer than 11 episodes, counts from 1 to 10, and figures that would give them back are not shown.",
        "US Centers for Medicare & Medicaid Services, cell size suppression policy (ResDAC, 26 January 2024)",
    ),
    "none": Policy("none", 0, "Nothing is withheld: the data are synthetic or public.", "data classes synthetic and public alone"),
}
DEFAULT_POLICY = "cms11"


def policy_for(name: str, data_class: str) -> Policy:
    """Look a policy up and hold it against the class of the data.

    Raises
    ------
    UsageError
        When there is no such policy, or the class does not allow it.
    """
    if name not in POLICIES:
        raise UsageError(f'No disclosure policy is called "{name}". {choices(name, POLICIES)}')
    if POLICIES[name].threshold == 0 and data_class not in UNRESTRICTED_CLASSES:
        raise UsageError(
            f'policy "{name}" shows every count and is only for data of class {" or ".join(UNRESTRICTED_CLASSES)}; '
            f'these data are of class {data_class}. Use policy "{DEFAULT_POLICY}".'
        )
    return POLICIES[name]


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


_DOOR = object()


class Released:
    """Results after disclosure control: the only thing that charts, tables, sentences and files accept.

    Made by `release` alone.
    """

    __slots__ = ("_levels", "definition", "estimates", "flow", "group", "policy", "provenance")

    def __init__(
        self,
        door: object,
        *,
        definition: Definition,
        group: str,
        estimates: tuple[ReleasedEstimate, ...],
        flow: tuple[ReleasedFlow, ...],
        policy: Policy,
        provenance: Provenance,
    ) -> None:
        if door is not _DOOR:
            raise ReleaseError("Released is made by release() alone: call answer.release(policy).")
        self.definition = definition
        self.group = group
        self.estimates = estimates
        self.flow = flow
        self.policy = policy
        self.provenance = provenance
        self._levels = tuple(dict.fromkeys(estimate.level for estimate in estimates))

    @property
    def levels(self) -> tuple[str, ...]:
        """The levels in the order of the estimates, "All" first."""
        return self._levels

    @property
    def withheld(self) -> int:
        """How many values are withheld."""
        return sum(not estimate.shown for estimate in self.estimates)

    def __iter__(self) -> Iterator[ReleasedEstimate]:
        return iter(self.estimates)

    def of(self, estimand: str, level: str = ALL) -> ReleasedEstimate:
        """The estimate of an estimand at a level."""
        return next(e for e in self.estimates if e.estimand == estimand and e.level == level)

    def to_records(self) -> list[dict[str, Any]]:
        """The estimates as plain values with the fixed columns; a withheld or impossible number is None."""
        return [{name: _plain(getattr(estimate, name)) for name in COLUMNS} for estimate in self.estimates]

    def to_frame(self) -> pd.DataFrame:
        """The estimates as a data frame with the fixed columns; a withheld number is missing and `flag` says suppressed."""
        import pandas as pd

        frame = pd.DataFrame(self.to_records(), columns=list(COLUMNS))
        counts = {name: "Int64" for name in ("n", "k", "n_missing", "excluded")}
        return frame.astype({**counts, **{name: "float64" for name in ("time", "value", "se", "low", "high")}})


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
    chosen = policy_for(policy, results.provenance.data_class)
    seen = {family: protect(*printed_of(results, family), chosen.threshold) for family in _families(results)}
    estimates = tuple(_released(estimate, results, seen) for estimate in results)
    flow = tuple(_released_flow(flow, results, seen) for flow in results.flow)
    return Released(
        _DOOR,
        definition=results.definition,
        group=results.group,
        estimates=estimates,
        flow=flow,
        policy=chosen,
        provenance=results.provenance,
    )


def release_flow(flow: Flow, policy: Policy) -> ReleasedFlow:
    """Release the flow of a table, whose used rows are printed elsewhere too: if a reason is small, the rows in go with it."""
    excluded: dict[str, Count] = {reason: n if is_safe(n, policy.threshold) else SUPPRESSED for reason, n in flow.excluded.items()}
    hidden = [n for reason, n in flow.excluded.items() if excluded[reason] is SUPPRESSED]
    recoverable = bool(hidden) and (len(hidden) == 1 or not is_safe(sum(hidden), policy.threshold))
    return ReleasedFlow(flow.what, SUPPRESSED if recoverable else flow.rows_in, flow.used, excluded)


# -- what is published, as sets of parts ---------------------------------------------------------------------------


def _families(results: Results) -> tuple[str, ...]:
    return tuple(dict.fromkeys(population.family for population in results.populations.values()))


def printed_of(results: Results, family: str) -> tuple[dict[str, Mapping[str, int]], list[Printed]]:
    """Counts of the parts at each level, and the totals that would be printed: the most wanted first.

    How many episodes there are in all stands in every report, so that it comes first. Denominators and numerators come before what is missing or excluded, an earlier estimand before a later one, everyone
    before a level, and a large level before a small one.
    """
    people = {key: population for key, population in results.populations.items() if population.family == family}
    counts = {level: population.parts for (level, _), population in people.items()}
    levels = sorted(counts, key=lambda level: (level != ALL, -sum(counts[level].values()), level))
    estimands = list(dict.fromkeys(name for _, name in people))
    wanted: list[Printed] = [(ALL, frozenset(counts[ALL]))]
    for name in estimands:
        for sets in ("base", "hits"):
            wanted += [(level, getattr(people[level, name], sets)) for level in levels]
    for name in estimands:
        wanted += [(level, parts) for level in levels for parts in (people[level, name].missing, people[level, name].excluded_parts)]
    base = frozenset().union(*(population.base for population in people.values()))
    wanted += [(ALL, frozenset({part})) for part in counts[ALL] if part not in base]
    return counts, list(dict.fromkeys((level, parts) for level, parts in wanted if parts))


def _released(estimate: Estimate, results: Results, seen: Mapping[str, frozenset[Printed]]) -> ReleasedEstimate:
    people = results.populations[estimate.level, estimate.estimand]

    def count(parts: Parts | None, n: int) -> Count:
        return n if not parts or (estimate.level, parts) in seen[people.family] else SUPPRESSED

    n = count(people.base, estimate.n)
    k = None if estimate.k is None else count(people.hits, estimate.k)
    values = {field.name: getattr(estimate, field.name) for field in fields(ReleasedEstimate)}
    values |= {"n": n, "k": k, "n_missing": count(people.missing, estimate.n_missing)}
    values["excluded"] = count(people.excluded_parts, estimate.excluded)
    out = ReleasedEstimate(**values)
    if isinstance(n, Withheld) or isinstance(k, Withheld):
        flags = "; ".join(flag for flag in (SUPPRESSED.value, estimate.flag) if flag)
        k = SUPPRESSED if estimate.k is not None else None
        out = replace(out, value=SUPPRESSED, se=SUPPRESSED, low=SUPPRESSED, high=SUPPRESSED, k=k, flag=flags)
    return out


def _released_flow(flow: Flow, results: Results, seen: Mapping[str, frozenset[Printed]]) -> ReleasedFlow:
    people: Population = results.populations[ALL, flow.what]

    def count(parts: Parts) -> Count:
        return people.count(parts) if not parts or (ALL, parts) in seen[people.family] else SUPPRESSED

    words = results.definition.parts
    excluded = {words.get(part, part): count(frozenset({part})) for part in people.parts if part not in people.base}
    return ReleasedFlow(flow.what, count(frozenset(people.parts)), count(people.base), excluded)
