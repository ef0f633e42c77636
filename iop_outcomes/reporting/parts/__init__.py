"""Takes a page, gives its sections: one file for each part, and their order in the list below."""

from iop_outcomes.reporting.parts.after_discharge import AFTER_DISCHARGE
from iop_outcomes.reporting.parts.at_risk import AT_RISK
from iop_outcomes.reporting.parts.attendance import ATTENDANCE
from iop_outcomes.reporting.parts.comparison import COMPARISON
from iop_outcomes.reporting.parts.completion import COMPLETION
from iop_outcomes.reporting.parts.data_quality import DATA_QUALITY
from iop_outcomes.reporting.parts.discharge_reasons import DISCHARGE_REASONS
from iop_outcomes.reporting.parts.flow import FLOW
from iop_outcomes.reporting.parts.length_of_stay import LENGTH_OF_STAY
from iop_outcomes.reporting.parts.limitations import LIMITATIONS
from iop_outcomes.reporting.parts.methods import METHODS
from iop_outcomes.reporting.parts.missing_scores import MISSING_SCORES
from iop_outcomes.reporting.parts.over_time import OVER_TIME
from iop_outcomes.reporting.parts.page_one import PAGE_ONE
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.reporting.parts.symptom_change import SYMPTOM_CHANGE
from iop_outcomes.reporting.parts.what_changed import WHAT_CHANGED
from iop_outcomes.reporting.parts.who import WHO

PROGRAM_QUALITY = (
    PAGE_ONE,
    WHAT_CHANGED,
    WHO,
    COMPLETION,
    DISCHARGE_REASONS,
    OVER_TIME,
    LENGTH_OF_STAY,
    ATTENDANCE,
    SYMPTOM_CHANGE,
    MISSING_SCORES,
    AFTER_DISCHARGE,
    AT_RISK,
    LIMITATIONS,
    COMPARISON,
    FLOW,
    DATA_QUALITY,
    METHODS,
)

__all__ = ["PROGRAM_QUALITY", "Page", "Part", "Program"]
