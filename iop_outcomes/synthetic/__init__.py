"""Takes a folder and a seed, gives a made-up program whose true values are known.

parameters.py   what is drawn: tracks, shares, stays, scores, hazards, each with its source
draw.py         the draw: whole arrays of episodes, then their visits
truth.py        the true values, from a large draw of the same code
write.py        the five files of one program
"""

from __future__ import annotations

from iop_outcomes.synthetic.write import write_program

__all__ = ["write_program"]
