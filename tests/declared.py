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
    severity = participants_baseline(load_scales()["phq9"])
    whole = {**named, (mix.name, None): mix, (severity.name, None): severity}
    forms = {
        (name, f"{definition}, form {place}"): form
        for (name, definition), measure in whole.items()
        if measure.coarser is not None
        and name not in (mix.name, severity.name, "length_of_stay")
        and not name.endswith("_change")  # those need counts
        for place, form in enumerate(measure.coarser({}))
    }
    return {**whole, **forms}
