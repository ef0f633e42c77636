"""Takes how episodes ended, gives the share of them that ended with the person's death."""

from __future__ import annotations

from iop_outcomes.columns import STATUS, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.episode_column import EpisodeColumn, of_parts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration
from iop_outcomes.measures.parts import NOT_ENDED, Parts, not_ended, parts_of
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft

DIED = "died_in_care"
_FAMILY = "ended"
_PARTS = ("died", "discharged", *NOT_ENDED)


def _draft(counts: Counts) -> tuple[Draft, ...]:
    return (_ended(counts).share(DIED, _FAMILY, base=("died", "discharged"), hits=("died",)),)


def _ended(counts: Counts) -> Parts:
    """Every episode by whether it ended, and with a death."""
    return parts_of(counts, not_ended(counts, "died", *NOT_ENDED), "discharged", order=_PARTS)


def _per_episode(counts: Counts) -> tuple[EpisodeColumn, ...]:
    words = {"died": "died in care", "discharged": "discharged, whatever the reason", **NOT_ENDED}
    return (of_parts(STATUS, "whether the episode has ended", _ended(counts), words, family=_FAMILY),)


def deaths_in_care() -> Measure:
    """Declare the share of ended episodes that ended with a death.

    Returns
    -------
    Measure
    """
    among = "ended episodes, deaths included, without those that never started"
    return Measure(
        name="deaths_in_care",
        title="Deaths in care",
        asks="In what share of the episodes that have ended did the person die in care?",
        requests=(Status(),),
        needs_columns=("discharge_reason",),
        among=among,
        excludes=NOT_ENDED,
        unit="share",
        better="lower",
        draft=_draft,
        per_episode=_per_episode,
        estimands=(
            EstimandDefinition(
                DIED,
                "Died in care",
                "discharge reason died",
                among,
                "95% Wilson score",
                "share",
                "{k} of {n} ended episodes ({value}) ended with a death in care.",
                "{value} of ended episodes ended with a death in care",
                none="A death that is not recorded as the reason of discharge is not known here.",
            ),
        ),
        notes=("Deaths after discharge are no part of it; after discharge they compete with the event.",),
    )


DEATHS_IN_CARE = Declaration("deaths_in_care", deaths_in_care)
