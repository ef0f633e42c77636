"""Takes what a report rests on, gives the share of discharged episodes in which each of it is known."""

from __future__ import annotations

from iop_outcomes.columns import NOT_KNOWN, STATUS, Column, Known, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.measure import PART, Measure, population
from iop_outcomes.measures.options import Declaration
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft
from iop_outcomes.stats.drafts import share

WHAT: dict[str, Column | ScoreAt] = {
    "Discharge reason": Column("discharge_reason"),
    "Length of stay": Column("los_days"),
    "Planned length": Column("planned_days"),
    "Follow-up after discharge": Column("follow_up_days"),
    "PHQ-9 at admission": ScoreAt("phq9", "admit"),
    "PHQ-9 at discharge": ScoreAt("phq9", "discharge"),
    "GAD-7 at admission": ScoreAt("gad7", "admit"),
    "GAD-7 at discharge": ScoreAt("gad7", "discharge"),
}
_WORDS = {"not_started": "never started", "active": "still in care", NOT_KNOWN: "not known whether discharged"}
_PARTS = ("known", "blank", *_WORDS)


def _draft(counts: Counts) -> tuple[Draft, ...]:
    """One share for each thing asked, over every episode of the table."""
    return tuple(_share(counts, of.keys[0]) for of in WHAT.values())


def _share(counts: Counts, column: str) -> Draft:
    choice = counts.each(f"{column}_known", lambda known: 0 if known else 1).astype(int)
    for place, reason in enumerate(_WORDS, start=2):
        choice[counts.is_in(STATUS, [reason])] = place
    divided = counts.classify(PART, _PARTS, choice)
    parts = {str(cell[0]): n for cell, n in divided}
    who = population(f"recorded_{column}", parts, _PARTS, base=("known", "blank"), hits=("known",))
    return share(f"recorded_{column}", divided, PART, who)


def recorded() -> Measure:
    """Declare how often each thing that a report rests on is known.

    Returns
    -------
    Measure
        All of it from one small table: known or not is two levels for each.
    """
    among = "discharged episodes, without those that never started"
    return Measure(
        name="recorded",
        title="What is recorded",
        asks="In what share of discharged episodes is each thing known that a report rests on?",
        requests=(Status(), *(Known(of) for of in WHAT.values())),
        among=among,
        excludes=_WORDS,
        unit="share",
        better="higher",
        draft=_draft,
        estimands=tuple(
            EstimandDefinition(
                f"recorded_{of.keys[0]}",
                label,
                f"{label} known",
                among,
                "95% Wilson score",
                "share",
                label + " is known in {k} of {n} discharged episodes ({value}).",
                about=of,
            )
            for label, of in WHAT.items()
        ),
        notes=("A score is known at admission or discharge when one stands in the window around it, or beside the episode.",),
    )


RECORDED = Declaration("recorded", recorded)
