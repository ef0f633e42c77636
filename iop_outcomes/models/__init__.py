"""Takes counts, or the rows that models of repeated scores need, gives fitted objects of libraries that analysts know."""

from iop_outcomes.models.bridges import to_lifelines

__all__ = ["to_lifelines"]
