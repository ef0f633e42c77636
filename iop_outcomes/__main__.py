"""Takes `python -m iop_outcomes`, gives the command line."""

from iop_outcomes.cli import main

main()
