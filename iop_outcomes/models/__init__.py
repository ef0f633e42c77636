"""Takes counts, or the rows that models of repeated scores need, gives fitted objects of libraries that analysts know."""

from iop_outcomes.models.bridges import to_lifelines
from iop_outcomes.models.repeated_scores import MixedModel, mixed_model, to_mixedlm

__all__ = ["MixedModel", "mixed_model", "to_lifelines", "to_mixedlm"]
