"""Takes one TOML file per instrument, gives Scale objects whose every number has been checked and has a source.

A scale is data, never code: to add one, write a file like those beside this module into a folder of your own and give that folder to
`load_scales`. Tables whose parts are chosen by name (`[reliability.retest]`) let several published figures stand side by side.
"""

from iop_outcomes.scales.folder import get_scale, load_scales
from iop_outcomes.scales.scale import OPERATORS, Scale

__all__ = ["OPERATORS", "Scale", "get_scale", "load_scales"]
