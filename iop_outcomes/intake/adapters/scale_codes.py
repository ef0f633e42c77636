"""Takes scales and a site's own names for them, gives what each code stands for: a total, or one item."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from iop_outcomes.errors import DataError, choices
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.vocabulary import only
from iop_outcomes.scales import Scale

Meaning = tuple[str, int | None]  # the scale, and the number of the item; None for the total


def meanings(mapping: Mapping, scales: Dictionary[str, Scale]) -> dict[str, Meaning]:
    """LOINC codes and OMOP concept ids of the scales with a total, and the site's own codes; a site's own word wins.

    Raises
    ------
    DataError
        When [adapter.scales] names a scale that is not known.
    """
    by_code: dict[str, Meaning] = {}
    totals = {name: scale for name, scale in scales.items() if scale.total}
    for name, scale in totals.items():
        if scale.codes is not None:
            by_code |= {code: (name, None) for code in (scale.codes.loinc_total, scale.codes.omop_total) if code}
            by_code |= {code: (name, number) for number, code in zip(scale.item_numbers, scale.codes.loinc_items, strict=False)}
    for code, name in mapping.adapter.scales.items():
        if name not in totals:
            raise DataError(f'{mapping.name} [adapter.scales] {code}: no scale with a total is called "{name}". {choices(name, totals)}')
        by_code[code] = (name, None)
    return by_code


def answers(scale: Scale) -> dict[str, int]:
    """Points by the LOINC code of an answer."""
    codes = scale.codes.loinc_answers if scale.codes else ()
    return {code: scale.item_range[0] + place for place, code in enumerate(codes)}


def refuse_fields(mapping: Mapping, scales: Dictionary[str, Scale], *, forms: bool, others: tuple[str, ...] = ()) -> None:
    """Refuse names under [adapter.fields] that the layout does not read, so that a slip of the pen is not silently without effect.

    Raises
    ------
    DataError
        Naming the field, and the nearest one that is read.
    """
    totals = [scale for scale in scales.values() if scale.total]
    known = [item for scale in totals if not scale.form for item in scale.item_columns] if forms else []
    only(mapping.adapter.fields, [*others, *known], f"{mapping.name} [adapter.fields]", "field")
