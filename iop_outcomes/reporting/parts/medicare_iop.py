"""Takes a page, gives what Medicare asks of intensive outpatient services: hours a week, certification, the code on the claim."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.measures.declared_columns import COLUMNS, CONDITION_CODE, FEWEST_HOURS
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.reporting.parts.specifications import Element, Quantity, elements_part

_SOURCES = {declared.column: declared.source for declared in COLUMNS}


def _ask(name: str, program: Program) -> Sequence[Ask]:
    return [Ask(name, by=program.by)]


def _hours(program: Program) -> Sequence[Ask]:
    return _ask("planned_hours", program)


def _certified(program: Program) -> Sequence[Ask]:
    return _ask("certified", program)


def _recertified(program: Program) -> Sequence[Ask]:
    return _ask("recertified", program)


def _claims(program: Program) -> Sequence[Ask]:
    return _ask("condition_code_92", program)


ELEMENTS = (
    Element(
        "Hours a week",
        f"the plan of care sets at least {FEWEST_HOURS} hours of services a week",
        _SOURCES["hours_per_week"],
        ("column hours_per_week",),
        (Quantity(_hours, "planned_hours"),),
    ),
    Element(
        "Certified",
        f"a physician certifies that the person needs intensive outpatient services, for at least {FEWEST_HOURS} hours a week",
        _SOURCES["certified"],
        ("column certified",),
        (Quantity(_certified, "certified"),),
    ),
    Element(
        "Certified again",
        "the need is determined again at least every other month",
        _SOURCES["recertified"],
        ("column recertified",),
        (Quantity(_recertified, "recertified"),),
    ),
    Element(
        "Code on the claim",
        f"claims of hospitals and community mental health centers for these services, from 1 January 2024 on, carry condition code {CONDITION_CODE}",
        _SOURCES["condition_code"],
        ("column condition_code",),
        (Quantity(_claims, "condition_code_92"),),
    ),
)
INTRODUCTION = (
    "What Medicare asks is told in the words of this report; the regulation in force decides. Figures are of every episode counted, whoever pays: "
    "choose those that Medicare pays for (where, --where payer=medicare) for a report of them alone. They say what is recorded, not what is due."
)
MEDICARE_IOP = elements_part("medicare", "What Medicare asks of intensive outpatient services", ELEMENTS, INTRODUCTION, first="Element")
