"""Takes a table of surveys with several scales side by side, gives one row for each scale that was answered: a table of scores.

A scale stands in a survey by its total (`phq9`, `phq9_total` or `phq9_score`), by its items (`phq9_1`, ...), or by both.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace

from iop_outcomes.columns import KINDS
from iop_outcomes.engine.dialect import literal, quoted
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import TablePlan, subscales_of
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

_TOTALS = ("{}", "{}_total", "{}_score")


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Where a scale stands in a survey.

    Parameters
    ----------
    scale : str
        Its name.
    total : str
        The raw column of its total, or "".
    items : tuple of str
        The raw columns of its items that are there.
    """

    scale: str
    total: str
    items: tuple[str, ...]


def names_of_totals(scales: Dictionary[str, Scale]) -> list[str]:
    """Names under which a mapping may say where the total of a scale stands."""
    return [pattern.format(name) for name, scale in scales.items() if scale.total for pattern in _TOTALS]


def side_by_side(raw: Sequence[str], renamed: Dictionary[str, str], scales: Dictionary[str, Scale]) -> list[SideBySide]:
    """The scales that a table of surveys holds; none where its rows name a scale or bring a score."""
    if {renamed.get(name, name) for name in ("scale", "score")} & set(raw):
        return []
    came = []
    for name, scale in scales.items():
        totals = [source for pattern in _TOTALS if (source := renamed.get(pattern.format(name), pattern.format(name))) in raw]
        items = tuple(renamed.get(item, item) for item in _read_items(scale, scales) if renamed.get(item, item) in raw)
        if (scale.total and totals) or items:
            came.append(SideBySide(name, totals[0] if totals else "", items))
    return came


def _read_items(scale: Scale, scales: Dictionary[str, Scale]) -> list[str]:
    """The items of a form that its score, or one of its subscales, is made of; none of a subscale, which is made of its form's."""
    scored = [] if scale.form else [each for each in (scale, *subscales_of(scale, scales)) if each.adds_up]
    return list(dict.fromkeys(item for each in scored for item in each.item_columns))


def spread_surveys(store: Store, inputs: Sequence[Input], mapping: Mapping, scales: Dictionary[str, Scale]) -> Mapping:
    """Lay out every table of surveys as one of scores, in the store; what the mapping says of totals is then done."""
    for item in inputs:
        if KINDS[item.table].points:
            renamed = mapping.columns.get(item.table, {})
            came = side_by_side(store.raw.columns(item.table), renamed, scales)
            if came:
                store.raw.spread(item.table, _selects(store.raw.columns(item.table), came))
                item.rows_of_each = len(came)
                left = {name: source for name, source in renamed.items() if name not in names_of_totals(scales)}
                mapping = replace(mapping, columns={**mapping.columns, item.table: left})
    return mapping


def scales_there(store: Store, plans: Dictionary[str, TablePlan], scales: Dictionary[str, Scale]) -> dict[str, Scale]:
    """The scales that tables may hold: named in a row, or by a column of scores or items; and the subscales of these."""
    names: set[str] = set()
    for table, plan in plans.items():
        beside = {name.rpartition("_")[0] for name in plan.fields}
        names |= beside & scales.keys()
        if KINDS[table].points and "scale" in plan.fields:
            names |= set(store.words_among(plan.recipe, "scale", tuple(scales)))
    names |= {part for name in names for part in scales[name].subscales}
    return {name: scale for name, scale in scales.items() if name in names}


def _selects(raw: Sequence[str], came: Sequence[SideBySide]) -> list[tuple[str, str]]:
    """For each scale the columns of its rows, and which rows answered anything of it."""
    cells = {cell for each in came for cell in (each.total, *each.items)}
    rest = [quoted(name) for name in raw if name not in cells]
    selects = []
    for each in came:
        items = [quoted(name) if name in each.items else f"NULL AS {quoted(name)}" for other in came for name in other.items]
        score = [f"{quoted(each.total) if each.total else 'NULL'} AS score"] if any(other.total for other in came) else []
        answered = [f"trim(CAST({quoted(name)} AS VARCHAR)) <> ''" for name in (each.total, *each.items) if name]
        columns = [*rest, f"{literal(each.scale)} AS scale", *score, *items]
        selects.append((", ".join(columns), " OR ".join(answered)))
    return selects
