"""Takes measures and data, gives results: tally, draft, errors, limits; each group against the others; sums over strata."""

from iop_outcomes.evaluate.adjust import Weights, standardised
from iop_outcomes.evaluate.comparing import compare
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.evaluation import By, evaluate, grouping_columns

__all__ = ["Against", "By", "Weights", "compare", "evaluate", "grouping_columns", "standardised"]
