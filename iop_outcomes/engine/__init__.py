"""Takes checked tables of rows, gives counts: the engines, and the rules that they check rows by."""

from iop_outcomes.engine.protocol import Engine
from iop_outcomes.engine.rules import Fault, Rule

__all__ = ["Engine", "Fault", "Rule"]
