"""Takes one TOML file per instrument, gives Scale objects whose every number has been checked and has a source.

A scale is data, never code: to add one, write a file like those beside this module into a folder of your own and give that folder to
`load_scales`. Six lines are enough (name, title, range, better, source, verified); `describe` says what each line left out takes away. Tables whose parts are chosen by name (`[reliability.retest]`) let several published figures stand side by side.
"""

from iop_outcomes.scales.describe import describe
from iop_outcomes.scales.folder import get_scale, load_scales
from iop_outcomes.scales.occasions import Occasion, read_occasions
from iop_outcomes.scales.scale import OPERATORS, Scale

__all__ = ["OPERATORS", "Occasion", "Scale", "describe", "get_scale", "load_scales", "read_occasions"]
