"""Takes nothing, gives every measure in each of its definitions, as each is declared."""

from __future__ import annotations

from functools import cache

from iop_outcomes.measures import find, known
from iop_outcomes.measures.participants import participants, participants_baseline
from iop_outcomes.scales import load_scales


@cache
def every_measure():
    """Measures by name and definition, the characteristics of people at admission included."""
    named = {(name, definition): find(name, definition) for name, entry in known().items() for definition in entry.definitions or (None,)}
    mix = participants("age_group", {"18 to 25": ("18-25",), "Other": ("26-40", "41+")})
    scale = load_scales()["phq9"]
    severity = {(scale.name, coarse): participants_baseline(scale, coarse=coarse) for coarse in (False, True)}
    return {**named, (mix.name, None): mix, **severity}
