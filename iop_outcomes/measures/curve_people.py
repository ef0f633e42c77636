"""Takes the ends of a curve, gives for each day who had the event by then and who was free of every end, and which of them hold which."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from iop_outcomes.measures.parts import portion
from iop_outcomes.results import Inclusion, Portion
from iop_outcomes.stats.curves import OUTCOME, Ends
from iop_outcomes.stats.draft import Floats, Ints, Population

EVENT, GONE = "event", "gone"


class OfACurve(Protocol):
    """Episodes of which a curve is, and those outside it."""

    def people(self, family: str, inside: Mapping[str, int], *, hits: Sequence[str] | None) -> Population:
        """A population of those of the curve, divided in some way."""


def stretches(times: Sequence[int], word: str) -> dict[str, tuple[int, int]]:
    """The parts by the stretch between the days asked in which something happened: after the one day, up to the other."""
    return {f"{word} {low + 1} to {high}": (low, high) for low, high in zip((-1, *times), times, strict=False)}


def _cuts(days: Floats, n: Ints, times: Sequence[int], word: str) -> dict[str, int]:
    """Episodes by the stretch between the days asked in which something happened to them; the last part is never, or later."""
    inside = {part: int(n[(days > low) & (days <= high)].sum()) for part, (low, high) in stretches(times, word).items()}
    return {**inside, f"not {word} by then": int(n.sum()) - sum(inside.values())}


def had_event(times: Sequence[int]) -> list[Portion]:
    """Those with the event by each day."""
    events = tuple(stretches(times, EVENT))
    return [portion("incidence", *events[: i + 1]) for i in range(len(times))]


def inclusions_of_curve(times: Sequence[int]) -> tuple[Inclusion, ...]:
    """Who has the event is free of ends no longer, in every stretch; what is left of those who are not by a day left otherwise, and is guarded."""
    events, gone, last = tuple(stretches(times, EVENT)), tuple(stretches(times, GONE)), _on_the_day(times)
    ended = [portion("event_free", *gone[: i + 1], *last[: i + 1]) for i in range(len(times))]
    within = zip(events, gone, last, strict=True)
    return (
        *(Inclusion(event, by_then, guarded=True) for event, by_then in zip(had_event(times), ended, strict=True)),
        *(Inclusion(portion("incidence", event), portion("event_free", part, on_the_day)) for event, part, on_the_day in within),
    )


def people_with_event(followed: OfACurve, ends: Ends, times: Sequence[int]) -> list[Population]:
    """For each time, who had the event by then; and who is followed to that day."""
    at_risk = [people.at_risk for people in people_free(followed, ends, times)]
    return [replace(people, at_risk=risk) for people, risk in zip(_with_event(followed, ends, times), at_risk, strict=True)]


def _with_event(followed: OfACurve, ends: Ends, times: Sequence[int]) -> list[Population]:
    table = ends.table
    days = np.where(table.cell_cause == OUTCOME, table.days[table.cell_day].astype(np.float64), math.inf)
    by_event = _cuts(days, table.n, times, EVENT)
    return [followed.people("incidence", by_event, hits=list(by_event)[: i + 1]) for i in range(len(times))]


def people_free(followed: OfACurve, ends: Ends, times: Sequence[int]) -> list[Population]:
    """For each time, who is known to be free of every end then, neither ended by then nor lost before; and who is followed to that day.

    The share of them tells how many have ended by then, as few are lost before an early end: those with the event, and what is left.
    """
    table = ends.table
    ended = table.cell_cause != 0
    days = table.days[table.cell_day].astype(np.float64)
    by_end: dict[str, int] = {}
    gone = days + ~ended  # a follow-up that ends on a day covers that day
    for (part, (low, high)), on_the_day in zip(stretches(times, GONE).items(), _on_the_day(times), strict=True):
        last = ended & (days == high)  # still at risk that day
        by_end |= {part: int(table.n[(gone > low) & (gone <= high) & ~last].sum()), on_the_day: int(table.n[last].sum())}
    by_end[f"not {GONE} by then"] = int(table.n.sum()) - sum(by_end.values())
    parts, with_event = list(by_end), _with_event(followed, ends, times)
    other = ended & (table.cell_cause != OUTCOME)
    return [
        replace(
            followed.people("event_free", by_end, hits=parts[2 * i + 2 :]),
            at_risk=followed.people("event_free", by_end, hits=parts[2 * i + 1 :]),
            complement=with_event[i],
            remainder=int(table.n[other & (days <= time)].sum()),
        )
        for i, time in enumerate(times)
    ]


def _on_the_day(times: Sequence[int]) -> list[str]:
    return [f"ended on day {time}" for time in times]
