"""Takes the name of a pack, gives its parts in order and its title: which page is for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from iop_outcomes.errors import UsageError, choices
from iop_outcomes.reporting.parts import PROGRAM_QUALITY, Part
from iop_outcomes.reporting.parts.accreditation import ACCREDITATION
from iop_outcomes.reporting.parts.after_discharge import AFTER_DISCHARGE
from iop_outcomes.reporting.parts.at_risk import AT_RISK
from iop_outcomes.reporting.parts.attendance import ATTENDANCE
from iop_outcomes.reporting.parts.completion import COMPLETION
from iop_outcomes.reporting.parts.data_quality import DATA_QUALITY
from iop_outcomes.reporting.parts.discharge_reasons import DISCHARGE_REASONS
from iop_outcomes.reporting.parts.disparities import DISPARITIES
from iop_outcomes.reporting.parts.flow import FLOW
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from iop_outcomes.reporting.parts.limitations import LIMITATIONS
from iop_outcomes.reporting.parts.medicare_iop import MEDICARE_IOP
from iop_outcomes.reporting.parts.methods import METHODS
from iop_outcomes.reporting.parts.missing_scores import MISSING_SCORES
from iop_outcomes.reporting.parts.over_time import OVER_TIME
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.reporting.parts.published_figures import PUBLISHED_FIGURES
from iop_outcomes.reporting.parts.rates import PAYER_RATES
from iop_outcomes.reporting.parts.symptom_change import SYMPTOM_CHANGE
from iop_outcomes.reporting.parts.what_changed import WHAT_CHANGED
from iop_outcomes.reporting.parts.who import WHO


@dataclass(frozen=True, slots=True)
class Pack:
    """A page for some readers: an ordered list of parts.

    Parameters
    ----------
    name : str
        As `pack=` takes it; the files are named after it.
    title : str
        Heading of the page where none is given.
    words : str
        For whom it is, and what is on it.
    parts : tuple of Part
        In order.
    """

    name: str
    title: str
    words: str
    parts: tuple[Part, ...]


DEFAULT_PACK = "program_quality"
PACKS: Mapping[str, Pack] = {
    pack.name: pack
    for pack in (
        Pack(DEFAULT_PACK, "Program quality report", "every outcome by group", PROGRAM_QUALITY),
        Pack(
            "committee",
            "Quality committee report",
            "for the quality committee: who got worse, the trend, outcomes by who people are; with policy internal, which is asked for by name",
            (
                PAGE_ONE,
                WHAT_CHANGED,
                AT_RISK,
                OVER_TIME,
                DISPARITIES,
                WHO,
                COMPLETION,
                DISCHARGE_REASONS,
                LENGTH_OF_STAY,
                ATTENDANCE,
                SYMPTOM_CHANGE,
                MISSING_SCORES,
                AFTER_DISCHARGE,
                PUBLISHED_FIGURES,
                LIMITATIONS,
                FLOW,
                DATA_QUALITY,
                METHODS,
            ),
        ),
        Pack(
            "payer",
            "Outcome rates for payers",
            "rates, each with numerator, denominator, exclusions and source",
            (PAYER_RATES, LIMITATIONS, FLOW, METHODS),
        ),
        Pack(
            "accreditation",
            "Outcome measurement for accreditation",
            "what the Joint Commission asks of outcome measurement (CTS.03.01.09) and of disparities (LD.04.03.08)",
            (ACCREDITATION, DISPARITIES, LIMITATIONS, FLOW, DATA_QUALITY, METHODS),
        ),
        Pack(
            "medicare_iop",
            "Intensive outpatient services for Medicare",
            "hours a week, certification and condition code 92, where columns say so",
            (MEDICARE_IOP, FLOW, METHODS),
        ),
    )
}


def find_pack(name: str) -> Pack:
    """Look a pack up.

    Raises
    ------
    UsageError
        When there is no such pack; the message names those there are.

    Examples
    --------
    >>> find_pack("committee").title
    'Quality committee report'
    """
    if name not in PACKS:
        raise UsageError(f'No pack is called "{name}". {choices(name, PACKS)}')
    return PACKS[name]
