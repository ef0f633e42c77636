"""Takes de-identified episodes of intensive outpatient care, gives outcomes with their definitions, and reports.

files --load--> rows --tally--> counts --stats--> results --release--> released --show--> report
"""

from iop_outcomes.answer import Answer, NoAnswer, attempt
from iop_outcomes.api import (
    compare,
    completion,
    discharge_reasons,
    length_of_stay,
    load,
    measure,
    readmission,
    relapse,
    reliable_change,
    report,
    symptom_change,
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
    "length_of_stay",
    "load",
    "measure",
    "readmission",
    "relapse",
    "reliable_change",
    "report",
    "symptom_change",
    "verify",
]
