"""Takes measures and data, gives results: tally, draft, errors, limits; each group against the others; sums over strata."""

from iop_outcomes.evaluate.adjust import Weights, standardised
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.evaluation import compare, evaluate

__all__ = ["Against", "Weights", "compare", "evaluate", "standardised"]
