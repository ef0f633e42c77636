"""Takes a page, gives the rates that payers ask for, each with its numerator, denominator, exclusions and source."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.reporting.parts.specifications import Element, Quantity, elements_part

SCORES = ("a score at admission and one at discharge (table scores, or columns such as phq9_admit and phq9_discharge)",)
RETURNS = ("an event readmission_psychiatric (table events)", "column follow_up_days")


def completion(program: Program) -> Sequence[Ask]:
    """Completion."""
    return [asks.completion(program)]


def stay(program: Program) -> Sequence[Ask]:
    """Length of stay."""
    return [asks.stay(program)]


def changes(program: Program) -> Sequence[Ask]:
    """Change on each scale with scores."""
    return [ask for scale, ask in asks.changes(program).items() if scale in program.scored]


def reliable(program: Program) -> Sequence[Ask]:
    """Reliable change on each scale with scores."""
    return list(asks.reliable(program).values())


def readmission(program: Program) -> Sequence[Ask]:
    """Returns to hospital."""
    return asks.after_discharge(program)[:1]


def recorded(program: Program) -> Sequence[Ask]:
    """What is recorded."""
    return [asks.recorded(program)]


def missed(program: Program) -> Sequence[Ask]:
    """Sessions missed."""
    return [asks.attendance(program)[0]]


RATES = (
    Element(
        "Completed treatment",
        "the share of discharged people who finished the program as planned, and the same with those who were transferred",
        "",
        ("a known discharge reason",),
        (Quantity(completion, "completion_strict"), Quantity(completion, "completion_with_transfers")),
    ),
    Element("Length of stay", "how many days people stay", "", ("column los_days",), (Quantity(stay),)),
    Element(
        "Outcome measured", "the share of discharged people with a score at both ends", "", SCORES, (Quantity(changes, "paired_rate"),)
    ),
    Element(
        "Reliably better",
        "the share of those measured twice who improved by more than measurement error",
        "",
        SCORES,
        (Quantity(reliable, "reliable_improvement"), Quantity(reliable, "reliable_improvement_of_discharged")),
    ),
    Element(
        "Reliably worse",
        "the share of those measured twice who got worse by more than measurement error",
        "",
        SCORES,
        (Quantity(reliable, "reliable_deterioration"),),
    ),
    Element(
        "Response and remission",
        "of those ill enough at admission, the share whose score halved, and the share that ended below the scale's line",
        "",
        SCORES,
        (Quantity(reliable, "response"), Quantity(reliable, "remission")),
    ),
    Element(
        "Back in hospital",
        "the share of those followed who were in a psychiatric hospital again by day 30 and by day 90 after discharge",
        "",
        RETURNS,
        (Quantity(readmission, "cumulative_incidence", 30), Quantity(readmission, "cumulative_incidence", 90)),
    ),
    Element(
        "Follow-up known",
        "the share of discharged people of whom it is known how long they were followed",
        "no outside definition: counted from the column",
        ("column follow_up_days",),
        (Quantity(recorded, "recorded_follow_up_days"),),
    ),
    Element(
        "Sessions missed",
        "the share of scheduled sessions that people missed",
        "",
        ("table sessions",),
        (Quantity(missed, "no_show_rate"),),
    ),
)
INTRODUCTION = (
    "Every rate is of the whole program. Beside it stands how many of how many; under it, what is counted, among whom, who is left out and where "
    "the definition comes from. No rate is adjusted for who was treated."
)
PAYER_RATES = elements_part("rates", "Rates with their specifications", RATES, INTRODUCTION, first="Rate")
