"""Takes what a report rests on, gives the share of discharged episodes in which each of it is known."""

from __future__ import annotations

from iop_outcomes.columns import Column, Known, ScoreAt, Status
from iop_outcomes.counts import Counts
from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration
from iop_outcomes.measures.parts import NOT_ENDED, not_ended, parts_of
from iop_outcomes.measures.symptom_change import DISCHARGED, family_of, parts_without
from iop_outcomes.results import EstimandDefinition
from iop_outcomes.stats.draft import Draft, Mask

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
_BLANKS = {
    "discharge_reason": "missing_reason",
    "los_days": "no_stay",
}  # what other measures call those without it: one name for the same episodes
_KNOWN_IN = {"admit": ("paired", "no_discharge_score"), "discharge": ("paired", "no_admission_score")}


def _draft(counts: Counts) -> tuple[Draft, ...]:
    """One share for each thing asked, over every episode of the table."""
    return tuple(_of_score(counts, thing) if isinstance(thing, ScoreAt) else _of_column(counts, thing.name) for thing in WHAT.values())


def _of_column(counts: Counts, column: str) -> Draft:
    blank = _BLANKS.get(column, "blank")
    parts = parts_of(counts, {**not_ended(counts), blank: _lack(counts, column)}, "known", order=("known", blank, *NOT_ENDED))
    return parts.share(f"recorded_{column}", f"recorded_{column}", base=("known", blank), hits=("known",))


def _of_score(counts: Counts, score: ScoreAt) -> Draft:
    """A score of a pair: divided as the change of that scale is, so that release knows both as the same episodes."""
    admission, discharge = (_lack(counts, f"{score.scale}_{moment}") for moment in _KNOWN_IN)
    parts = parts_without(counts, admission, discharge)
    return parts.share(f"recorded_{score.keys[0]}", family_of(score.scale), base=DISCHARGED, hits=_KNOWN_IN[score.moment])


def _lack(counts: Counts, column: str) -> Mask:
    return ~counts.is_in(f"{column}_known", [1])


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
        requests=(Status(), *(Known(thing) for thing in WHAT.values())),
        among=among,
        excludes=NOT_ENDED,
        unit="share",
        better="higher",
        draft=_draft,
        estimands=tuple(
            EstimandDefinition(
                f"recorded_{thing.keys[0]}",
                label,
                f"{label} known",
                among,
                "95% Wilson score",
                "share",
                label + " is known in {k} of {n} discharged episodes ({value}).",
                about=thing,
            )
            for label, thing in WHAT.items()
        ),
        notes=("A score is known at admission or discharge when one stands in the window around it, or beside the episode.",),
    )


RECORDED = Declaration("recorded", recorded)
