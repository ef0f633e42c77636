"""Takes a measure's name, gives its declaration: every outcome this package knows.

A new outcome is one file beside these, and one line in the list of `registry.py`.
"""

from iop_outcomes.measures.measure import Measure
from iop_outcomes.measures.options import Declaration, Option
from iop_outcomes.measures.registry import CHARACTERISTICS, FAMILIES, MEASURES, declared, find, known, options_named

__all__ = ["CHARACTERISTICS", "FAMILIES", "MEASURES", "Declaration", "Measure", "Option", "declared", "find", "known", "options_named"]
