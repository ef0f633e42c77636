"""Takes who was discharged, when something happened to them and until when they were followed, gives the episodes of a curve and why others are outside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from iop_outcomes.columns import OUTSIDE, STATUS, EventWithin, FirstEvent
from iop_outcomes.counts import Counts
from iop_outcomes.measures.after_discharge_words import EXCLUDED
from iop_outcomes.measures.parts import Parts, parts_of
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Mask, Population
from iop_outcomes.stats.transform import LOG_LOG, Transform

TRANSFER_DAYS = (0, 2)  # a return to any hospital on these days was a transfer
HOSPITAL = ("readmission_psychiatric", "readmission_other")
UNKNOWN = ("unknown", "unknown_with_event")  # the parts whose follow-up is not known


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
    curve_interval : {"log_log", "log", "plain", "logit", "arcsine"}
        The scale on which limits of the curve are symmetric.
    """

    request: FirstEvent
    words: str
    past: str
    counted: str
    causes: Mapping[str, str]
    transfers: bool = False
    curve_interval: Transform = LOG_LOG

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


@dataclass(frozen=True, eq=False)
class Followed:
    """The episodes of a table by whether they are followed, and the ends of those that are.

    `part` names for each cell the reason it stands outside, or "followed".
    """

    counts: Counts
    part: tuple[Mask, ...]
    what: Outcome

    @classmethod
    def from_counts(cls, counts: Counts, what: Outcome) -> Followed:
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
        return Ends(self.table.keep([self.what.day, self.what.outcome]), self.what.day, self.what.outcome, causes, self.what.curve_interval)

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
        return Population(family, {**inside, **self.outside}, frozenset(inside), chosen, frozenset(UNKNOWN))
