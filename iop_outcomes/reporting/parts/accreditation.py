"""Takes a page, gives what the Joint Commission asks of outcome measurement and of disparities, each element with its figure."""

from __future__ import annotations

from collections.abc import Sequence

from iop_outcomes.columns import STRATA
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.measures.declared_columns import of_all
from iop_outcomes.reporting.parts import rates
from iop_outcomes.reporting.parts.part import Page, Program
from iop_outcomes.reporting.parts.specifications import Element, Quantity, elements_part
from iop_outcomes.reporting.parts.strata import strata_of
from iop_outcomes.show.words import listed

_OUTCOMES = (
    "The Joint Commission, standard CTS.03.01.09 (behavioral health care and human services, from 1 January 2018), element of performance"
)
_DISPARITIES = "The Joint Commission, standard LD.04.03.08 (from 1 January 2023; R3 Report 36, 20 June 2022), element of performance"


def _in_plan(_program: Program) -> Sequence[Ask]:
    return [Ask("scores_in_plan")]  # of everyone together: by group, small counts would withhold it


def instruments(page: Page) -> str:
    """The instruments of which there are scores, by name."""
    scales = [page.program.data.scales[name] for name in page.program.scored]
    return "; ".join(f"{scale.label} ({scale.title})" for scale in scales)


def stratified_by(page: Page) -> str:
    """By which columns outcomes are set side by side on this page."""
    columns = [strata.column.replace("_", " ") for strata in strata_of(page.program) if not strata.without]
    return f"by {listed(columns)}: see Outcomes by who people are" if columns else ""


ELEMENTS = (
    Element(
        "A standardized instrument is used",
        "progress toward the goals of each person is followed with a standardized tool or instrument",
        f"{_OUTCOMES} 1",
        rates.SCORES,
        words=instruments,
    ),
    Element(
        "Share measured",
        "the instrument is used for the people served, so that the share of them who were measured at both ends is to be known",
        f"{_OUTCOMES} 1",
        rates.SCORES,
        (Quantity(rates.changes, "paired_rate"),),
    ),
    Element(
        "Used for the person",
        "the scores of a person are analysed, and used to inform the goals and objectives of that person's plan as needed",
        f"{_OUTCOMES} 2",
        ("column scores_in_plan",),
        (Quantity(_in_plan, "scores_in_plan"), Quantity(_in_plan, of_all("scores_in_plan"))),
    ),
    Element(
        "Used in aggregate",
        "the outcomes of the people served are evaluated by aggregating and analysing the scores",
        f"{_OUTCOMES} 3",
        rates.SCORES,
        (
            Quantity(rates.changes, "mean_change"),
            Quantity(rates.reliable, "reliable_improvement"),
            Quantity(rates.reliable, "reliable_deterioration"),
        ),
    ),
    Element(
        "Stratified",
        "disparities are looked for by stratifying quality and safety data by characteristics of the people served, such as age, gender, "
        "preferred language, race and ethnicity",
        f"{_DISPARITIES} 3",
        tuple(f"column {name}" for name in STRATA),
        words=stratified_by,
    ),
)
INTRODUCTION = (
    "What the two standards ask for is told in the words of this report; the accreditation manual in force decides. Elements that are met by a "
    "person, a plan or a meeting, and not by a figure, are not here: who leads the work on disparities, health-related social needs, the "
    "written action plan, and whom it is told."
)
ACCREDITATION = elements_part("accreditation", "What the accreditation standards ask for", ELEMENTS, INTRODUCTION, first="Element")
