"""Takes the followed episodes, gives the numbers of a measure of time after discharge, and which of them hold which others."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator
from functools import partial

from iop_outcomes.columns import OUTSIDE, Reached
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Flag, Key
from iop_outcomes.measures.after_discharge_words import EXCLUDED
from iop_outcomes.measures.curve_people import EVENT, had_event, inclusions_of_curve, people_free, people_with_event, stretches
from iop_outcomes.measures.followed import UNKNOWN, Followed, Outcome
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of, portion, same
from iop_outcomes.results import Inclusion
from iop_outcomes.stats.draft import Draft, Mask

# Whether the file's follow-up stops at the event, and the column that says how long each was or could have been followed.
FOLLOW_UP_COLUMNS = {False: "follow_up_days", True: "potential_follow_up_days"}


def drafts_of(
    counts: Counts,
    *,
    what: Outcome,
    times: tuple[int, ...],
    stops: bool,
    followed_alone: bool = False,
    only: Collection[Key] | None = None,
) -> tuple[Draft, ...]:
    """Every number, or those with one of some keys alone."""
    followed = Followed.from_counts(counts, what)
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


def _shares(followed: Followed, times: tuple[int, ...], only: Collection[Key] | None) -> Iterator[Draft]:
    """The shares with the event, and free of every end, on each day."""
    ends = followed.ends
    for name, estimates, populations in (
        ("cumulative_incidence", ends.incidence, people_with_event),
        ("event_free", ends.event_free, people_free),
    ):
        places = [place for place, time in enumerate(times) if _wanted(only, name, time)]
        if places:
            people, chosen = populations(followed, ends, times), [times[place] for place in places]
            yield from ends.at(name, estimates(chosen), [people[place] for place in places], left=name == "event_free")


_BY_EVENTS = ("cumulative_incidence", "event_free", "median_days", "restricted_mean_days", "fully_observed_rate")


def _assessed(draft: Draft, followed: Followed) -> Draft:
    """Take back what these data cannot tell.

    Events that nobody recorded, days before the window, and a rate of 0 where events are on record without follow-up.
    """
    beside = ("transfer_0_2", *_short_names(followed.what))
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


def inclusions(what: Outcome, times: tuple[int, ...]) -> tuple[Inclusion, ...]:
    """Who has the event is free of ends no longer, and is among those with it in the simple rate's place; who is observed longer is also observed less long."""
    events, with_event = tuple(stretches(times, EVENT)), had_event(times)
    families = [f"observed {time}" for time in times]
    observed = [portion(family, "with", "without") for family in families]
    every = [portion(family, "with", "without", "shorter", "potential_unknown") for family in families]
    without, other_ends = portion("incidence", f"not {EVENT} by then"), [portion(short_name(cause), "yes") for cause in what.causes]
    followed = (portion("followed", "followed"), portion("incidence", *events, f"not {EVENT} by then"))
    transferred = (portion("followed", "transfer"), portion("incidence", "transfer"))
    lost = (portion("followed", "unknown_with_event"), portion("incidence", "unknown_with_event"))
    return (
        *inclusions_of_curve(times),
        Inclusion(portion("tested", "followed"), portion("followed", "followed"), guarded=True),  # the others have no group
        *(Inclusion(portion(family, "with"), event) for family, event in zip(families, with_event, strict=True)),
        *(each for several in every for everyone in followed for each in same(several, everyone)),
        *map(Inclusion, observed[1:], observed),
        *(each for everyone in transferred for each in same(portion("transfer_0_2", "yes"), everyone) if what.transfers),
        *(each for everyone in lost for each in same(portion("events_without_follow_up", "yes"), everyone)),
        *(Inclusion(end, without, besides=tuple(other_ends[i + 1 :])) for i, end in enumerate(other_ends)),
    )


# -- simple rates, and what is counted beside ------------------------------------------------------------------------


def _simple(followed: Followed, time: int, *, stops: bool) -> Draft:
    """Share with the event by a day, among those whose follow-up reaches it, event or not.

    Where the file's follow-up stops at the event (`stops`), those who could have been followed so far are taken instead, less
    those lost before.
    """
    counts, what = followed.counts, followed.what
    reached = counts.numbers(Reached(FOLLOW_UP_COLUMNS[stops], time).keys[0], blank=-1)
    day = counts.numbers(what.day, blank=math.inf)
    lost = stops & counts.is_in(what.outcome, ["end_of_follow_up"]) & (day < time)
    hit = counts.is_in(what.outcome, ["event"]) & (day <= time)
    outside = (*OUTSIDE, "transfer", "short")
    order = ("with", "without", "shorter", "unknown", "potential_unknown", *outside)
    unknown = followed.cells(*UNKNOWN) | ((reached < 0) & (not stops))
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


def _beside(followed: Followed, *, followed_alone: bool) -> dict[str, Callable[[], Draft]]:
    """What is counted beside the curve, by name: ends of their own, transfers, events without follow-up, and the event during care.

    That during care is of all discharged episodes, or of those of the curve alone.
    """
    counts, what = followed.counts, followed.what
    drafts: dict[str, Callable[[], Draft]] = {
        short_name(cause): partial(_counted, followed, short_name(cause), counts.is_in(what.outcome, [cause]), ("followed",))
        for cause in what.causes
    }
    if what.transfers:
        drafts["transfer_0_2"] = partial(_counted, followed, "transfer_0_2", followed.cells("transfer"), ("followed", "transfer"))
    lost = partial(_counted, followed, "events_without_follow_up", followed.cells("unknown_with_event"), UNKNOWN, missing=())
    return {**drafts, "events_without_follow_up": lost, "during_care": partial(_in_care, followed, followed_alone=followed_alone)}


def _in_care(followed: Followed, *, followed_alone: bool) -> Draft:
    counts = followed.counts
    if followed_alone:
        return _counted(followed, "during_care", counts.is_in(followed.what.during_care.name, [1]), ("followed",))
    return parts_in_care(counts, followed.what).share("during_care", "during_care", base=("yes", "no"), hits=("yes",))


def parts_in_care(counts: Counts, what: Outcome) -> Parts:
    """Every episode by whether the event happened before discharge."""
    happened = counts.is_in(what.during_care.name, [1])
    return parts_of(counts, {**not_ended(counts), "yes": happened}, "no", order=("yes", "no", *NOT_ENDED))


def _counted(followed: Followed, name: str, hit: Mask, among: tuple[str, ...], *, missing: tuple[str, ...] = UNKNOWN) -> Draft:
    """A share of some parts."""
    rest = tuple(part for part in (*EXCLUDED, "followed") if part not in among)
    cases = {**{part: followed.cells(part) for part in rest}, "yes": hit}
    parts = parts_of(followed.counts, cases, "no", order=("yes", "no", *rest))
    return parts.share(name, name, base=("yes", "no"), hits=("yes",), missing=missing)


def short_name(cause: str) -> str:
    """What the share of an end beside the event is called."""
    return {"death": "died_first"}.get(cause, cause)


def _short_names(what: Outcome) -> tuple[str, ...]:
    return tuple(short_name(cause) for cause in what.causes)
