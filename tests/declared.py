"""Takes nothing, gives every measure in each of its definitions, as each is declared."""

from __future__ import annotations

from functools import cache

from iop_outcomes.measures import find, known
from iop_outcomes.measures.participants import participants, participants_baseline
from iop_outcomes.measures.table_one import RowQuantity, everyone, mean_of, quartiles_of
from iop_outcomes.scales import load_scales


@cache
def every_measure():
    """Measures by name and definition, the characteristics of people at admission included."""
    named = {(name, definition): find(name, definition) for name, entry in known().items() for definition in entry.definitions or (None,)}
    mix = participants("age_group", {"18 to 25": ("18-25",), "Other": ("26-40", "41+")})
    severity = participants_baseline(load_scales()["phq9"])
    of_table = (everyone(), mean_of(RowQuantity.of_column("age")), quartiles_of(RowQuantity.of_column("los_days")))
    characteristics = {each.name: each for each in (mix, severity, *of_table)}
    whole = {**named, **{(name, None): each for name, each in characteristics.items()}}
    forms = {
        (name, f"{definition}, form {place}"): form
        for (name, definition), measure in whole.items()
        if measure.coarser is not None
        and name not in (*characteristics, "length_of_stay")
        and not name.endswith("_change")  # those need counts
        for place, form in enumerate(measure.coarser({}))
    }
    return {**whole, **forms}
