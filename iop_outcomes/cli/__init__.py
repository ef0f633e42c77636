"""Takes a command line, gives files, tables on standard output and an exit code; one module for each command."""

from iop_outcomes.cli.group import cli
from iop_outcomes.cli.process import main, run

__all__ = ["cli", "main", "run"]
