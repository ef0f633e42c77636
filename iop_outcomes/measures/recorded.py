"""Takes a column or a score, gives the share of discharged episodes in which it is known."""

from __future__ import annotations

from functools import partial

from iop_outcomes.columns import Column, Request, ScoreAt
from iop_outcomes.counts import Counts
from iop_outcomes.measures.measure import PART, Measure, population
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.proportion import share

WHAT: dict[str, tuple[str, Request]] = {
    "discharge_reason": ("Discharge reason", Column("discharge_reason")),
    "los_days": ("Length of stay", Column("los_days")),
    "planned_days": ("Planned length", Column("planned_days")),
    "follow_up_days": ("Follow-up after discharge", Column("follow_up_days")),
    "phq9_admit": ("PHQ-9 at admission", ScoreAt("phq9", "admit")),
    "phq9_discharge": ("PHQ-9 at discharge", ScoreAt("phq9", "discharge")),
    "gad7_admit": ("GAD-7 at admission", ScoreAt("gad7", "admit")),
    "gad7_discharge": ("GAD-7 at discharge", ScoreAt("gad7", "discharge")),
}
_WORDS = {"not_started": "never started", "active": "still in care"}
_PARTS = ("known", "not_known", *_WORDS)


def _draft(counts: Counts, *, column: str) -> tuple[Draft, ...]:
    """One share over every episode of the table."""
    choice = counts.each(column, lambda value: 1 if value is None else 0).astype(int)
    for place, reason in enumerate(_WORDS, start=2):
        choice[counts.is_in("discharge_reason", [reason])] = place
    divided = counts.classify(PART, _PARTS, choice)
    parts = {str(cell[0]): n for cell, n in divided}
    who = population(f"recorded_{column}", parts, _PARTS, base=("known", "not_known"), hits=("known",))
    return (share(f"recorded_{column}", divided, PART, who),)


def recorded(definition: str | None = None) -> Measure:
    """Declare how often something is known.

    Parameters
    ----------
    definition : str, optional
        Which column or score; one of `WHAT`, the discharge reason by default.

    Returns
    -------
    Measure
    """
    name = definition or "discharge_reason"
    label, request = WHAT[name]
    column = request.keys[0]
    among = "discharged episodes, without those that never started"
    sentence = label + " is known in {k} of {n} discharged episodes ({value})."
    return Measure(
        name="recorded",
        title=f"{label}: recorded",
        asks=f"In what share of discharged episodes is this known: {label}?",
        requests=tuple(dict.fromkeys((Column("discharge_reason"), request))),
        among=among,
        excludes=_WORDS,
        unit="share",
        better="higher",
        draft=partial(_draft, column=column),
        estimands=(EstimandDefinition(f"recorded_{column}", label, f"{label} known", among, "95% Wilson score", "share", sentence),),
    )
