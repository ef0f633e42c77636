"""Takes how many sessions of each status every episode had, gives the share of scheduled ones that were missed, and what is not counted."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from iop_outcomes.columns import SessionCount
from iop_outcomes.counts import Counts, Floats
from iop_outcomes.measures.episode_column import EpisodeColumn, of_numbers
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration
from iop_outcomes.measures.parts import parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import share_of_sums

SCHEDULED = ("attended", "missed", "cancelled_by_person")  # sessions that the person could have come to
_MISSED, _SCHEDULED = SessionCount("sessions_missed", ("missed",)), SessionCount("sessions_scheduled", SCHEDULED)
_PARTS = ("some", "none", "nothing_counted", "no_sessions")


class _Rest(NamedTuple):
    """Sessions that the rate does not count: what a number of them is called, its label, what is counted, and the request."""

    name: str
    label: str
    counted: str
    request: SessionCount


_REST = (
    _Rest(
        "sessions_cancelled_by_program",
        "Cancelled by the program",
        "sessions that the program cancelled",
        SessionCount("sessions_cancelled", ("cancelled_by_program",)),
    ),
    _Rest("sessions_excused", "Excused", "sessions from which the person was excused", SessionCount("sessions_excused", ("excused",))),
    _Rest("sessions_without_status", "Status not known", "sessions without a status", SessionCount("sessions_without_status")),
)


def _draft(counts: Counts) -> tuple[Draft, ...]:
    """The rate, and beside it the share of each kind of the others among themselves and the scheduled ones.

    Each of these has a base of its own: of all sessions, what is shown of two kinds would tell how many the third are.
    """
    number = {request.name: counts.numbers(request.name, blank=0.0) for request in (_MISSED, _SCHEDULED, *(rest.request for rest in _REST))}
    scheduled = number[_SCHEDULED.name]
    every: Floats = np.sum([scheduled, *(number[rest.request.name] for rest in _REST)], axis=0)
    return (
        _share("no_show_rate", counts, number[_MISSED.name], scheduled, every),
        *(_share(rest.name, counts, number[rest.request.name], scheduled + number[rest.request.name], every) for rest in _REST),
    )


def _share(name: str, counts: Counts, part: Floats, base: Floats, every: Floats) -> Draft:
    """A share of sessions, its people divided by whether they had any such session: few people are never told by their sessions."""
    cases = {"no_sessions": every == 0, "nothing_counted": base == 0, "some": part > 0}
    parts = parts_of(counts, cases, "none", order=_PARTS)
    who = parts.population(name, base=("some", "none"), hits=("some",), missing=("no_sessions",))
    return share_of_sums(name, counts, part, base, who)


def _per_episode(counts: Counts) -> tuple[EpisodeColumn, ...]:
    """How many sessions of each kind an episode had."""
    rows = (
        ("sessions_missed", "sessions missed without cancelling", _MISSED),
        ("sessions_scheduled", "sessions attended, missed or cancelled by the person", _SCHEDULED),
        *((rest.name, rest.counted, rest.request) for rest in _REST),
    )
    return tuple(
        of_numbers(name, means, counts, counts.numbers(request.name, blank=math.nan), unit="sessions", blank=blank)
        for name, means, request in rows
        for blank in ("no session with a known status" if request.statuses else "no session recorded",)
    )


_METHOD = "95% Wilson score of sums, by patient"


def no_show_rate() -> Measure:
    """Declare the share of scheduled sessions that were missed.

    Returns
    -------
    Measure
        A share of sessions over the episodes that had any; its base and its numerator count episodes, never sessions.
    """
    among = "sessions attended, missed or cancelled by the person, on a day in care"
    return Measure(
        name="no_show_rate",
        title="No-shows",
        asks="Of the sessions that people were scheduled for, what share did they miss without cancelling?",
        requests=(_MISSED, _SCHEDULED, *(rest.request for rest in _REST)),
        among=among,
        excludes={"no_sessions": "no session recorded", "nothing_counted": "no session that counts"},
        unit="share",
        better="lower",
        draft=_draft,
        per_episode=_per_episode,
        estimands=(
            EstimandDefinition(
                "no_show_rate",
                "Sessions missed",
                "missed sessions",
                among,
                _METHOD,
                "share",
                "{value} of scheduled sessions were missed; the plausible range is {low} to {high}. In {k} of {n} episodes with scheduled sessions, at least one was missed.",
                "{value} of scheduled sessions were missed",
                missing="Of {more}, no session is recorded.",
            ),
            *(
                EstimandDefinition(rest.name, rest.label, rest.counted, f"{rest.counted}, and scheduled ones", _METHOD, "share")
                for rest in _REST
            ),
        ),
        subject="the no-show rate",
        sources=("Cochran WG (1977), Sampling Techniques, chapter 6, ISBN 978-0-471-16240-7",),
        notes=(
            "Every session counts once, so that people with many sessions weigh more; people still in care and those who never started are in it.",
            "Sessions cancelled by the program, excused ones and those without a status are not in the rate; beside it, each has its share of itself and the scheduled ones.",
            "Denominators and numerators count episodes with such sessions, not sessions.",
        ),
        shown=("no_show_rate",),
    )


NO_SHOW_RATE = Declaration("no_show_rate", no_show_rate)
