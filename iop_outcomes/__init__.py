"""Takes de-identified episodes of intensive outpatient care, gives outcomes with their definitions, and reports.

files --load--> rows --tally--> counts --stats--> results --release--> released --show--> report
"""

from iop_outcomes import effects
from iop_outcomes.answer import Answer, NoAnswer, attempt
from iop_outcomes.api import (
    between_groups,
    clinical_significance,
    compare,
    completion,
    depression_follow_up,
    discharge_reasons,
    early_response,
    effect_sizes,
    identify_effect_size,
    keep_ledger,
    length_of_stay,
    load,
    load_counts,
    measure,
    missing_scores,
    not_on_track,
    occasions,
    paired_yes_no,
    pool,
    pool_proportions,
    pool_studies,
    readmission,
    reconstruct_curve,
    relapse,
    reliability,
    reliable_change,
    report,
    reproduce,
    retention,
    risk_levels,
    share,
    stand_beside,
    studies,
    sudden_gains,
    symptom_change,
    table_one,
    verify,
    weekly_course,
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
    "between_groups",
    "clinical_significance",
    "compare",
    "completion",
    "depression_follow_up",
    "discharge_reasons",
    "early_response",
    "effect_sizes",
    "effects",
    "identify_effect_size",
    "keep_ledger",
    "length_of_stay",
    "load",
    "load_counts",
    "measure",
    "missing_scores",
    "not_on_track",
    "occasions",
    "paired_yes_no",
    "pool",
    "pool_proportions",
    "pool_studies",
    "readmission",
    "reconstruct_curve",
    "relapse",
    "reliability",
    "reliable_change",
    "report",
    "reproduce",
    "retention",
    "risk_levels",
    "share",
    "stand_beside",
    "studies",
    "sudden_gains",
    "symptom_change",
    "table_one",
    "verify",
    "weekly_course",
]


def __getattr__(name: str) -> str:
    """The version, `iop_outcomes.__version__`, looked up when it is asked for: reading what is installed takes longer than this import."""
    if name != "__version__":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib.metadata import version

    return version("iop-outcomes")
