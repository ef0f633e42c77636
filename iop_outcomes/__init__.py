"""Takes de-identified episodes of intensive outpatient care, gives outcomes with their definitions, and reports.

files --load--> rows --tally--> counts --stats--> results --release--> released --show--> report
"""

from iop_outcomes import effects
from iop_outcomes.answer import Answer, NoAnswer, attempt
from iop_outcomes.api import (
    compare,
    completion,
    discharge_reasons,
    identify_effect_size,
    length_of_stay,
    load,
    measure,
    missing_scores,
    pool_proportions,
    pool_studies,
    readmission,
    relapse,
    reliability,
    reliable_change,
    report,
    reproduce,
    studies,
    symptom_change,
    table_one,
    verify,
)
from iop_outcomes.errors import DataError, IopError, NotAssessableError, OutputError, PrivacyError, ReleaseError, UsageError

__all__ = [
    "Answer",
    "DataError",
    "IopError",
    "NoAnswer",
    "NotAssessableError",
    "OutputError",
    "PrivacyError",
    "ReleaseError",
    "UsageError",
    "attempt",
    "compare",
    "completion",
    "discharge_reasons",
    "effects",
    "identify_effect_size",
    "length_of_stay",
    "load",
    "measure",
    "missing_scores",
    "pool_proportions",
    "pool_studies",
    "readmission",
    "relapse",
    "reliability",
    "reliable_change",
    "report",
    "reproduce",
    "studies",
    "symptom_change",
    "table_one",
    "verify",
]
