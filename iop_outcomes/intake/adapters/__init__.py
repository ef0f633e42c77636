"""Takes files of another system's layout, gives the canonical tables: one adapter for each layout."""

from iop_outcomes.intake.adapters.adapter import Adapted, Adapter, find_adapter

__all__ = ["Adapted", "Adapter", "find_adapter"]
