"""Takes a page, gives what Medicare asks of intensive outpatient services: hours a week, certification, the code on the claim."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.measures.declared_columns import COLUMNS, CONDITION_CODE, FEWEST_HOURS, of_all
from iop_outcomes.reporting.parts.part import Program
from iop_outcomes.reporting.parts.specifications import Element, Quantity, elements_part

_SOURCES = {declared.column: declared.source for declared in COLUMNS}


def _of_everyone(name: str) -> Callable[[Program], Sequence[Ask]]:
    """A measure of everyone together: by group, small counts would withhold it."""
    return lambda _program: [Ask(name)]


def _both(name: str) -> tuple[Quantity, Quantity]:
    """The share of those recorded, and of all with what is not recorded as not met."""
    return Quantity(_of_everyone(name), name), Quantity(_of_everyone(name), of_all(name))


ELEMENTS = (
    Element(
        "Hours a week",
        f"the plan of care sets at least {FEWEST_HOURS} hours of services a week",
        _SOURCES["hours_per_week"],
        ("column hours_per_week",),
        _both("planned_hours"),
    ),
    Element(
        "Certified",
        f"a physician certifies that the person needs intensive outpatient services, for at least {FEWEST_HOURS} hours a week",
        _SOURCES["certified"],
        ("column certified",),
        _both("certified"),
    ),
    Element(
        "Certified again",
        "the need is determined again at least every other month",
        _SOURCES["recertified"],
        ("column recertified",),
        _both("recertified"),
    ),
    Element(
        "Code on the claim",
        f"claims of hospitals and community mental health centers for these services, from 1 January 2024 on, carry condition code {CONDITION_CODE}",
        _SOURCES["condition_code"],
        ("column condition_code",),
        _both("condition_code_92"),
    ),
)
INTRODUCTION = (
    "What Medicare asks is told in the words of this report; the regulation in force decides. Figures are of every episode counted, whoever pays: "
    "choose those that Medicare pays for (where, --where payer=medicare) for a report of them alone. They say what is recorded, not what is due."
)
MEDICARE_IOP = elements_part("medicare", "What Medicare asks of intensive outpatient services", ELEMENTS, INTRODUCTION, first="Element")
