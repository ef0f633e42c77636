"""Takes drafts, gives their limits: one file for each kind of interval, with its limits, those by patient, and how two are compared."""

from iop_outcomes.stats.draft import Comparison, Difference, Interval, Side
from iop_outcomes.stats.intervals.comparison import difference, difference_limits
from iop_outcomes.stats.intervals.feldt import Feldt
from iop_outcomes.stats.intervals.fieller import Fieller
from iop_outcomes.stats.intervals.interval import Combinable, NoInterval, Stratum, errors_of, finish
from iop_outcomes.stats.intervals.log_complement import LogComplement
from iop_outcomes.stats.intervals.log_log import LogLog, Tail
from iop_outcomes.stats.intervals.log_log_days import LogLogDays
from iop_outcomes.stats.intervals.log_rank import LogRank
from iop_outcomes.stats.intervals.mcgraw_wong import McGrawWong
from iop_outcomes.stats.intervals.modelled_mean import ModelledMean
from iop_outcomes.stats.intervals.normal import Normal
from iop_outcomes.stats.intervals.of_two_groups import OfTwoGroups
from iop_outcomes.stats.intervals.order_statistics import OrderStatistics
from iop_outcomes.stats.intervals.paired_shares import PairedShares
from iop_outcomes.stats.intervals.paired_t import PairedT
from iop_outcomes.stats.intervals.signed_rank import FisherZ, SignedRank, Walsh
from iop_outcomes.stats.intervals.simultaneous import Simultaneous
from iop_outcomes.stats.intervals.student_t import StudentT
from iop_outcomes.stats.intervals.wilson import Wilson
from iop_outcomes.stats.intervals.wilson_of_scores import WilsonOfScores
from iop_outcomes.stats.intervals.wilson_of_sums import WilsonOfSums
from iop_outcomes.stats.limits import FEW_EVENTS, FEW_PATIENTS, Clustered, Errors, Limits, PointErrors, t_quantile

__all__ = [
    "FEW_EVENTS",
    "FEW_PATIENTS",
    "Clustered",
    "Combinable",
    "Comparison",
    "Difference",
    "Errors",
    "Feldt",
    "Fieller",
    "FisherZ",
    "Interval",
    "Limits",
    "LogComplement",
    "LogLog",
    "LogLogDays",
    "LogRank",
    "McGrawWong",
    "ModelledMean",
    "NoInterval",
    "Normal",
    "OfTwoGroups",
    "OrderStatistics",
    "PairedShares",
    "PairedT",
    "PointErrors",
    "Side",
    "SignedRank",
    "Simultaneous",
    "Stratum",
    "StudentT",
    "Tail",
    "Walsh",
    "Wilson",
    "WilsonOfScores",
    "WilsonOfSums",
    "difference",
    "difference_limits",
    "errors_of",
    "finish",
    "t_quantile",
]
