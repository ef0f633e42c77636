"""Takes checked tables of rows, gives counts: the engines."""

from iop_outcomes.engine.protocol import Engine

__all__ = ["Engine"]
