"""Takes the first event after discharge and the end of follow-up, gives incidence, event-free share, medians and simple rates."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from numbers import Integral

import numpy as np

from iop_outcomes.columns import MAX_DAYS, OUTSIDE, STATUS, EventWithin, FirstEvent, Reached, Status, StopsAtEnd
from iop_outcomes.counts import Counts
from iop_outcomes.errors import UsageError
from iop_outcomes.keys import MISSING_LEVEL, Flag, Key
from iop_outcomes.measures.after_discharge_words import AMONG, EXCLUDED, estimands
from iop_outcomes.measures.coarse import rounded, without
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers, of_parts, of_words
from iop_outcomes.measures.group_tests import group_tests
from iop_outcomes.measures.measure import Finer, Measure
from iop_outcomes.measures.options import Option
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of, portion, same
from iop_outcomes.results import Inclusion
from iop_outcomes.stats.curves import OUTCOME, Curve, Ends
from iop_outcomes.stats.draft import Draft, Floats, Ints, Mask, Population

AT = (30, 90, 180, 365)
AT_OPTION = Option("at", "days after discharge", default=AT)
DRAWN = np.arange(0, 361, 10, dtype=np.int64)
TRANSFER_DAYS = (0, 2)  # a return to any hospital on these days was a transfer
HOSPITAL = ("readmission_psychiatric", "readmission_other")
_UNKNOWN = ("unknown", "unknown_with_event")


@dataclass(frozen=True)
class Outcome:
    """What a measure of time after discharge looks for.

    Parameters
    ----------
    request : FirstEvent
        The event, and what competes.
    words, past : str
        The event as people say it, such as "readmitted", and as something that happened, such as "were readmitted".
    counted : str
        The event as a definition says it.
    causes : dict of str to str
        Levels of the outcome that are ends of their own beside the event, each with its words; counted beside.
    transfers : bool
        Whether returns to any hospital on days 0 to 2 were transfers, which leave the denominator; the window then starts on
        day 3.
    """

    request: FirstEvent
    words: str
    past: str
    counted: str
    causes: Mapping[str, str]
    transfers: bool = False

    @property
    def day(self) -> str:
        """Column of days."""
        return self.request.keys[0]

    @property
    def outcome(self) -> str:
        """Column of ways to end."""
        return self.request.keys[1]

    @property
    def first_day(self) -> int:
        """Where the window starts."""
        return TRANSFER_DAYS[1] + 1 if self.transfers else 0

    @property
    def during_care(self) -> EventWithin:
        """The same event before discharge."""
        return EventWithin("during_care", self.request.events, self.request.kinds, last=-1)

    @property
    def recorded(self) -> tuple[EventWithin, EventWithin]:
        """The event, and death, on any day after discharge: what is on record where follow-up is not known."""
        event = EventWithin("event_recorded", self.request.events, self.request.kinds, first=0, undated=True)
        return event, EventWithin("death_recorded", ("death",), first=0, undated=True)

    @property
    def transfer(self) -> EventWithin:
        """A return to any hospital, planned or not, within days of discharge."""
        return EventWithin("transfer", HOSPITAL, first=TRANSFER_DAYS[0], last=TRANSFER_DAYS[1])


def check_times(at: Sequence[int] | int | None) -> tuple[int, ...]:
    """Days after discharge, whole and increasing.

    Raises
    ------
    UsageError
        When a day is not a whole number from 0 to 36,500.
    """
    times: object = AT if at is None else at
    days = [times] if isinstance(times, Integral) else list(times) if isinstance(times, Iterable) and not isinstance(times, str) else []
    if not days or any(isinstance(day, bool) or not isinstance(day, Integral) or not 0 <= int(day) <= MAX_DAYS for day in days):
        raise UsageError(f"at: must be whole days after discharge from 0 to {MAX_DAYS:,}, such as 30, 90, 180, 365, in a list.")
    return tuple(sorted({int(day) for day in days}))


# -- who is followed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Followed:
    """The episodes of a table by whether they are followed, and the ends of those that are.

    `part` names for each cell the reason it stands outside, or "followed".
    """

    counts: Counts
    part: tuple[Mask, ...]
    what: Outcome

    @classmethod
    def from_counts(cls, counts: Counts, what: Outcome) -> _Followed:
        """Part the episodes."""
        gone = [counts.is_in(STATUS, [reason]) for reason in OUTSIDE]
        known = ~counts.is_in(what.day, [None])
        flagged = {request.name: counts.is_in(request.name, [1]) for request in (*what.recorded, what.transfer)}
        on_record = flagged["event_recorded"] | flagged["death_recorded"]
        transfer = flagged["transfer"] & known & what.transfers
        day = counts.numbers(what.day, blank=math.inf)
        short = known & (day < what.first_day) & counts.is_in(what.outcome, ["end_of_follow_up"])
        order = [*gone, ~known & on_record, ~known, transfer, short]
        masks, taken = [], np.zeros(len(counts), dtype=bool)
        for mask in order:
            masks.append(mask & ~taken)
            taken = taken | mask
        return cls(counts, (*masks, ~taken), what)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parts, "followed" last."""
        return (*OUTSIDE, "unknown_with_event", "unknown", "transfer", "short", "followed")

    def cells(self, *names: str) -> Mask:
        """Cells of some parts."""
        return np.asarray(
            np.logical_or.reduce([mask for name, mask in zip(self.names, self.part, strict=True) if name in names]), dtype=bool
        )

    @property
    def parts(self) -> Parts:
        """Every episode by whether it is followed, or why it stands outside."""
        order = ("followed", *EXCLUDED)
        return parts_of(self.counts, {name: self.cells(name) for name in EXCLUDED}, "followed", order=order)

    @cached_property
    def outside(self) -> dict[str, int]:
        """Episodes outside, by reason."""
        sizes = {name: int(self.counts.n[mask].sum()) for name, mask in zip(self.names, self.part, strict=True)}
        return {name: sizes[name] for name in EXCLUDED}

    @cached_property
    def table(self) -> Counts:
        """The followed episodes."""
        return self.counts.where(self.part[-1])

    @cached_property
    def ends(self) -> Ends:
        """Ready for curves, which read the day and the way an episode ended alone."""
        causes = ("event", *self.what.causes)
        return Ends(self.table.keep([self.what.day, self.what.outcome]), self.what.day, self.what.outcome, causes)

    @cached_property
    def is_recorded(self) -> bool:
        """Whether the data bring the event at all; without any episode nobody can tell, and nothing depends on it."""
        ways = self.table.keep([self.what.outcome])
        return not len(ways) or any(level is not None for (level,), _ in ways)

    @cached_property
    def everyone(self) -> Population:
        """All who are followed."""
        return self.people("followed", {"followed": self.table.total}, hits=None)

    def people(self, family: str, inside: Mapping[str, int], *, hits: Sequence[str] | None) -> Population:
        """A population inside the followed ones."""
        chosen = None if hits is None else frozenset(hits)
        return Population(family, {**inside, **self.outside}, frozenset(inside), chosen, frozenset(_UNKNOWN))


def _draft(
    counts: Counts,
    *,
    what: Outcome,
    times: tuple[int, ...],
    stops: bool,
    followed_alone: bool = False,
    only: Collection[Key] | None = None,
) -> tuple[Draft, ...]:
    """Every number, or those with one of some keys alone."""
    followed = _Followed.from_counts(counts, what)
    wanted = partial(_wanted, only)
    drafts = [
        *_shares(followed, times, only),
        *([followed.ends.median("median_days", followed.everyone)] if wanted("median_days") else []),
        *(
            followed.ends.restricted_mean("restricted_mean_days", float(time), followed.everyone)
            for time in times
            if wanted("restricted_mean_days", time)
        ),
        *(_simple(followed, time, stops=stops) for time in times if wanted("fully_observed_rate", time)),
        *(draft() for name, draft in _beside(followed, followed_alone=followed_alone).items() if wanted(name)),
        *([followed.ends.follow_up("median_follow_up_days", followed.everyone)] if wanted("median_follow_up_days") else []),
    ]
    return tuple(_assessed(draft, followed) for draft in drafts)


def _wanted(only: Collection[Key] | None, estimand: str, time: float | None = None) -> bool:
    return only is None or Key(estimand, None if time is None else float(time)) in only


def _shares(followed: _Followed, times: tuple[int, ...], only: Collection[Key] | None) -> Iterator[Draft]:
    """The shares with the event, and free of every end, on each day."""
    ends = followed.ends
    for name, estimates, populations in (("cumulative_incidence", ends.incidence, _with_event), ("event_free", ends.event_free, _free)):
        places = [place for place, time in enumerate(times) if _wanted(only, name, time)]
        if places:
            people, chosen = populations(followed, ends, times), [times[place] for place in places]
            yield from ends.at(name, estimates(chosen), [people[place] for place in places], left=name == "event_free")


_BY_EVENTS = ("cumulative_incidence", "event_free", "median_days", "restricted_mean_days", "fully_observed_rate")


def _assessed(draft: Draft, followed: _Followed) -> Draft:
    """Take back what these data cannot tell.

    Events that nobody recorded, days before the window, and a rate of 0 where events are on record without follow-up.
    """
    beside = ("transfer_0_2", *_named_causes(followed.what))
    estimand, time = draft.key.estimand, draft.key.time
    too_soon = time is not None and time < followed.what.first_day
    if estimand in (*_BY_EVENTS, *beside) and (too_soon or not followed.is_recorded):
        return draft.without_value(Flag.NOT_ASSESSABLE)
    if estimand == "during_care" and not followed.is_recorded:
        return draft.without_value(Flag.NOT_ASSESSABLE)
    nobody = {**dict.fromkeys(("cumulative_incidence", "fully_observed_rate", *beside), 0.0), "event_free": 1.0}.get(estimand)
    if draft.value == nobody and followed.outside["unknown_with_event"]:
        return draft.without_value(Flag.EVENTS_WITHOUT_FOLLOW_UP)
    return draft


def _stretches(times: Sequence[int], word: str) -> dict[str, tuple[int, int]]:
    """The parts by the stretch between the days asked in which something happened: after the one day, up to the other."""
    return {f"{word} {low + 1} to {high}": (low, high) for low, high in zip((-1, *times), times, strict=False)}


def _cuts(days: Floats, n: Ints, times: Sequence[int], word: str) -> dict[str, int]:
    """Episodes by the stretch between the days asked in which something happened to them; the last part is never, or later."""
    inside = {part: int(n[(days > low) & (days <= high)].sum()) for part, (low, high) in _stretches(times, word).items()}
    return {**inside, f"not {word} by then": int(n.sum()) - sum(inside.values())}


def _inclusions(what: Outcome, times: tuple[int, ...]) -> tuple[Inclusion, ...]:
    """Who has the event is free of ends no longer, and is among those with it in the simple rate's place; who is observed longer is also observed less long."""
    events, gone = (tuple(_stretches(times, word)) for word in (_EVENT, _GONE))
    with_event = [portion("incidence", *events[: i + 1]) for i in range(len(times))]
    ended = [portion("event_free", *gone[: i + 1], *_on_the_day(times)[: i + 1]) for i in range(len(times))]
    families = [f"observed {time}" for time in times]
    observed = [portion(family, "with", "without") for family in families]
    every = [portion(family, "with", "without", "shorter", "potential_unknown") for family in families]
    followed = (portion("followed", "followed"), portion("incidence", *events, f"not {_EVENT} by then"))
    return (
        *(Inclusion(event, by_then, guarded=True) for event, by_then in zip(with_event, ended, strict=True)),  # left otherwise
        *(Inclusion(portion(family, "with"), event) for family, event in zip(families, with_event, strict=True)),
        *(each for several in every for everyone in followed for each in same(several, everyone)),
        *map(Inclusion, observed[1:], observed),
        *(Inclusion(portion(_named(cause), "yes"), portion("incidence", f"not {_EVENT} by then")) for cause in what.causes),
    )


_EVENT, _GONE = "event", "gone"


def _with_event(followed: _Followed, ends: Ends, times: Sequence[int]) -> list[Population]:
    """For each time, who had the event by then."""
    table = ends.table
    days = np.where(table.cell_cause == OUTCOME, table.days[table.cell_day].astype(np.float64), math.inf)
    by_event = _cuts(days, table.n, times, _EVENT)
    at_risk = [people.at_risk for people in _free(followed, ends, times)]
    hits = (list(by_event)[: i + 1] for i in range(len(times)))
    return [replace(followed.people("incidence", by_event, hits=each), at_risk=risk) for each, risk in zip(hits, at_risk, strict=True)]


def _free(followed: _Followed, ends: Ends, times: Sequence[int]) -> list[Population]:
    """For each time, who is known to be free of every end then, neither ended by then nor lost before; and who is followed to that day."""
    table = ends.table
    ended = table.cell_cause != 0
    days = table.days[table.cell_day].astype(np.float64)
    by_end: dict[str, int] = {}
    gone = days + ~ended  # a follow-up that ends on a day covers that day
    for (part, (low, high)), on_the_day in zip(_stretches(times, _GONE).items(), _on_the_day(times), strict=True):
        last = ended & (days == high)  # still at risk that day
        by_end |= {part: int(table.n[(gone > low) & (gone <= high) & ~last].sum()), on_the_day: int(table.n[last].sum())}
    by_end[f"not {_GONE} by then"] = int(table.n.sum()) - sum(by_end.values())
    parts = list(by_end)
    return [
        replace(
            followed.people("event_free", by_end, hits=parts[2 * i + 2 :]),
            at_risk=followed.people("event_free", by_end, hits=parts[2 * i + 1 :]),
        )
        for i in range(len(times))
    ]


def _on_the_day(times: Sequence[int]) -> list[str]:
    return [f"ended on day {time}" for time in times]


# -- simple rates, and what is counted beside ------------------------------------------------------------------------


def _simple(followed: _Followed, time: int, *, stops: bool) -> Draft:
    """Share with the event by a day, among those whose follow-up reaches it, event or not.

    Where the file's follow-up stops at the event (`stops`), those who could have been followed so far are taken instead, less
    those lost before.
    """
    counts, what = followed.counts, followed.what
    reached = counts.numbers(Reached(_FOLLOW_UP[stops], time).keys[0], blank=-1)
    day = counts.numbers(what.day, blank=math.inf)
    lost = stops & counts.is_in(what.outcome, ["end_of_follow_up"]) & (day < time)
    hit = counts.is_in(what.outcome, ["event"]) & (day <= time)
    outside = (*OUTSIDE, "transfer", "short")
    order = ("with", "without", "shorter", "unknown", "potential_unknown", *outside)
    unknown = followed.cells(*_UNKNOWN) | ((reached < 0) & (not stops))
    cases = {
        **{name: followed.cells(name) for name in outside},
        "unknown": unknown,
        "potential_unknown": reached < 0,
        "shorter": (reached == 0) | lost,
        "with": hit,
    }
    parts = parts_of(counts, cases, "without", order=order)
    missing = ("unknown", "potential_unknown")
    name, family = "fully_observed_rate", f"observed {time}"
    draft = parts.share(name, family, base=("with", "without"), hits=("with",), missing=missing, time=float(time))
    return draft if draft.n else draft.flagged(Flag.NOT_ASSESSABLE)


_STOPS = "follow-up stops at the event, and no dates say how long each could have been followed"
_FOLLOW_UP = {False: "follow_up_days", True: "potential_follow_up_days"}


def _beside(followed: _Followed, *, followed_alone: bool) -> dict[str, Callable[[], Draft]]:
    """What is counted beside the curve, by name: ends of their own, transfers, events without follow-up, and the event during care.

    That during care is of all discharged episodes, or of those of the curve alone.
    """
    counts, what = followed.counts, followed.what
    drafts: dict[str, Callable[[], Draft]] = {
        _named(cause): partial(_counted, followed, _named(cause), counts.is_in(what.outcome, [cause]), ("followed",))
        for cause in what.causes
    }
    if what.transfers:
        drafts["transfer_0_2"] = partial(_counted, followed, "transfer_0_2", followed.cells("transfer"), ("followed", "transfer"))
    lost = partial(_counted, followed, "events_without_follow_up", followed.cells("unknown_with_event"), _UNKNOWN, missing=())
    return {**drafts, "events_without_follow_up": lost, "during_care": partial(_in_care, followed, followed_alone=followed_alone)}


def _in_care(followed: _Followed, *, followed_alone: bool) -> Draft:
    counts = followed.counts
    if followed_alone:
        return _counted(followed, "during_care", counts.is_in(followed.what.during_care.name, [1]), ("followed",))
    return _parts_in_care(counts, followed.what).share("during_care", "during_care", base=("yes", "no"), hits=("yes",))


def _parts_in_care(counts: Counts, what: Outcome) -> Parts:
    """Every episode by whether the event happened before discharge."""
    happened = counts.is_in(what.during_care.name, [1])
    return parts_of(counts, {**not_ended(counts), "yes": happened}, "no", order=("yes", "no", *NOT_ENDED))


def _counted(followed: _Followed, name: str, hit: Mask, among: tuple[str, ...], *, missing: tuple[str, ...] = _UNKNOWN) -> Draft:
    """A share of some parts."""
    rest = tuple(part for part in (*EXCLUDED, "followed") if part not in among)
    cases = {**{part: followed.cells(part) for part in rest}, "yes": hit}
    parts = parts_of(followed.counts, cases, "no", order=("yes", "no", *rest))
    return parts.share(name, name, base=("yes", "no"), hits=("yes",), missing=missing)


def _named(cause: str) -> str:
    return {"death": "died_first"}.get(cause, cause)


def _named_causes(what: Outcome) -> tuple[str, ...]:
    return tuple(_named(cause) for cause in what.causes)


# -- each episode ----------------------------------------------------------------------------------------------------


def _per_episode(counts: Counts, *, name: str, variant: str, what: Outcome) -> tuple[EpisodeColumn, ...]:
    """The first end after discharge, whether the episode is one of the curve, and the event during care."""
    followed, event = _Followed.from_counts(counts, what), f"{what.request.name}_{variant}"
    words = f"{what.words} ({variant.replace('_', ' ')})"
    blank = "end of follow-up or day of discharge not known"
    day = f"days from discharge to the first of: {words}, another end, end of follow-up"
    end = f"what came first after discharge: {words}, another end, or the end of follow-up"
    parts, in_care = followed.parts, _parts_in_care(counts, what)
    return (
        of_numbers(f"{event}_first_day", day, counts, counts.numbers(what.day, blank=math.nan), unit="days", blank=blank),
        of_words(f"{event}_first_end", end, counts, what.outcome, {"event": words, **_ENDS}, blank=f"{blank}, or nobody recorded it"),
        of_parts(f"{name}_{variant}_followed", f"whether the episode counts in: {what.counted}", parts, _FOLLOWED, family="followed"),
        of_parts(f"{event}_during_care", f"whether the person {what.past} before discharge", in_care, NOT_ENDED, family="during_care"),
    )


_ENDS = {"planned": "returned as planned", "death": "died", "end_of_follow_up": "end of follow-up, without any of these"}
_FOLLOWED = {"followed": "followed after discharge", **EXCLUDED}


# -- over all groups, and over everyone ------------------------------------------------------------------------------


def _across(levels: Mapping[str, Counts], *, what: Outcome) -> list[tuple[str, Draft]]:
    """Tests between the groups, on the report's clock; episodes without a group take no part."""
    each = {level: _Followed.from_counts(counts, what) for level, counts in levels.items()}
    named = {level: followed for level, followed in each.items() if level != MISSING_LEVEL}
    if not all(followed.is_recorded for followed in named.values()):
        return []
    ends = [followed.ends for followed in each.values()]
    tested = [level in named and bool(followed.table.total) for level, followed in each.items()]
    outside = {part: sum(followed.outside[part] for followed in named.values()) for part in EXCLUDED}
    parts = {"followed": sum(followed.table.total for followed in named.values()), **outside}
    if MISSING_LEVEL not in levels:
        return group_tests(ends, tested, Population("followed", parts, frozenset(("followed",)), None, frozenset(_UNKNOWN)))
    parts["no_group"] = levels[MISSING_LEVEL].total
    return group_tests(ends, tested, Population("tested", parts, frozenset(("followed",)), None, frozenset(_UNKNOWN)))


def _curve(counts: Counts, *, what: Outcome, times: tuple[int, ...]) -> Curve:
    return _Followed.from_counts(counts, what).ends.curve(DRAWN, np.array(times, dtype=np.int64))


def _refuses(counts: Counts, *, what: Outcome) -> str:
    """Why there is no answer at all."""
    if all(day is None for day in counts.levels(what.day)):
        return (
            "no end of follow-up is known for any episode with a stay. Give follow_up_days (days observed after discharge), or, if everyone was "
            'followed to the data cut-off, declare it in mapping.toml: [follow_up_days] rule = "to_cutoff", with [data] cutoff and discharge dates.'
        )
    return ""


def _settled(counts: Counts, *, what: Outcome, draft: Callable[..., tuple[Draft, ...]]) -> Callable[[Counts], tuple[Draft, ...]]:
    """The drafts as the whole file decides them: its follow-up stops at the event when it does so in more than half of the ends."""
    followed, column = _Followed.from_counts(counts, what).table, StopsAtEnd(what.request).keys[0]
    ended = followed.where(followed.is_in(what.outcome, ["event", "death"]))
    same, other = (int(ended.n[ended.is_in(column, [flag])].sum()) for flag in (1, 0))
    return partial(draft, stops=same > other)


_SIMPLE = (
    "The share of those followed throughout stands beside the curve: it uses only those followed for the whole window. Where the file's follow-up stops "
    "at the event, those who could have been followed so far are taken (data cut-off minus discharge), else it is not assessable."
)


def after_discharge(
    name: str,
    title: str,
    what: Outcome,
    at: Sequence[int] | int | None,
    *,
    variant: str,
    asks: str,
    notes: tuple[str, ...],
    sources: tuple[str, ...],
) -> Measure:
    """Declare a measure of time after discharge.

    Parameters
    ----------
    name, title, variant, asks : str
        As for `Measure`.
    what : Outcome
        The event.
    at : sequence of int, or int, optional
        Days after discharge; 30, 90, 180 and 365 by default.
    notes, sources : tuple of str
        As for `Measure`.

    Returns
    -------
    Measure
    """
    times = check_times(at)
    reached = tuple(Reached(column, t) for t in times for column in _FOLLOW_UP.values())
    draft = partial(_draft, what=what, times=times)
    measure = Measure(
        name=name,
        title=title,
        variant=variant,
        asks=asks,
        requests=(Status(), what.request, StopsAtEnd(what.request), what.during_care, *what.recorded, what.transfer, *reached),
        among=AMONG,
        excludes={**EXCLUDED, "shorter": "followed for less", "potential_unknown": _STOPS, "no_group": "no group recorded"},
        unit="share",
        better="lower",
        draft=partial(draft, stops=False),
        settled=partial(_settled, what=what, draft=draft),
        estimands=estimands(
            what.words, what.past, what.counted, {_named(c): words for c, words in what.causes.items()}, transfers=what.transfers
        ),
        sources=("Aalen OO, Johansen S (1978), Scandinavian Journal of Statistics 5:141-150", *sources),
        notes=(
            "The clock starts at discharge (day 0). On one day: the event, other ends, death, end of follow-up.",
            _SIMPLE,
            *notes,
        ),
        chart="cumulative",
        shown=("cumulative_incidence",),
        across=partial(_across, what=what),
        curve=partial(_curve, what=what, times=times),
        together=("restricted_mean_days",),
        per_episode=partial(_per_episode, name=name, variant=variant, what=what),
        inclusions=_inclusions(what, times),
        selective=True,
        refuses=partial(_refuses, what=what),
    )
    return replace(measure, coarser=partial(_coarser, measure, what, partial(draft, followed_alone=True)))


_ROUNDED = (
    "Days are whole, and how many episodes they are of is not always shown: in some groups follow-up is not known in so few that the exact "
    "numbers would tell how few."
)
_ONE_BASE = (
    "What happened during care is counted among the episodes of the curve: beside all discharged it would tell how few are not followed."
)
_CURVE_ALONE = "Shares of those followed throughout are left out: they are of some of the episodes of the curve, and beside it would tell how few the others are."


def _coarser(
    measure: Measure, what: Outcome, of_curve: Callable[..., tuple[Draft, ...]], _divisions: Sequence[Mapping[str, Counts]]
) -> Iterator[Measure]:
    """Days rounded, and the event during care of the episodes of the curve; then the curve without simple rates beside it."""
    (incidence,) = (item for item in measure.estimands if item.name == "cumulative_incidence")
    in_care = partial(of_curve, only=frozenset((Key("during_care"),)))
    alone = partial(in_care, stops=False)
    one_base = replace(
        measure,
        draft=partial(of_curve, stops=False),
        settled=partial(_settled, what=what, draft=of_curve),
        estimands=tuple(replace(item, among=incidence.among) if item.name == "during_care" else item for item in measure.estimands),
        coarse=_ONE_BASE,
        finer=Finer(measure, anew=replace(measure, draft=alone, settled=None, across=None, curve=None)),
    )
    whole_days = rounded(one_base, {item.name: 0 for item in measure.estimands if item.unit == "days"}, _ROUNDED)
    yield whole_days
    yield without(whole_days, ("fully_observed_rate",), _CURVE_ALONE)
