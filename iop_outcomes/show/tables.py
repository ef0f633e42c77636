"""Takes released results, gives tables as plain rows of words, and rows of words as accessible HTML."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from iop_outcomes.errors import ReleaseError
from iop_outcomes.release import Released, ReleasedEstimate, ReleasedFlow, require_released
from iop_outcomes.show.charts import ordered_levels
from iop_outcomes.show.words import count, estimate_value, label, plain_range


@dataclass(frozen=True, slots=True)
class Table:
    """A table of words.

    Parameters
    ----------
    caption : str
        Stands above it.
    heads : tuple of str
        One for each column.
    rows : tuple of tuple of str
        The first cell names the row.
    prose : bool
        Whether the cells hold words to be read rather than numbers to be compared.
    """

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    prose: bool = False

    def to_html(self) -> str:
        """A semantic table; every cell escaped."""
        heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in self.heads)
        body = "".join(
            f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>' for row in self.rows
        )
        kind = ' class="prose"' if self.prose else ""
        return f"<table{kind}><caption>{escape(self.caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def share_table(released: Released, estimands: Sequence[str], *, caption: str, first: str) -> Table:
    """Share, how many, and range of each estimand at each level, with the episodes it is a share of."""
    require_released(released, "share_table")
    heads: list[str] = [first]
    for name in estimands:
        words = released.definition.estimand(name).label
        heads += [words, f"Plausible range ({words.lower()})"]
    rows = []
    for level in ordered_levels(released, estimands[0]):
        found = [released.of(name, level) for name in estimands]
        cells = [cell for estimate in found for cell in (_share_and_count(estimate), plain_range(estimate))]
        rows.append((label(level, released.levels), *cells, count(found[0].n)))
    return Table(caption, (*heads, "Episodes"), tuple(rows))


def _share_and_count(estimate: ReleasedEstimate) -> str:
    value = estimate_value(estimate)
    return f"{value} ({count(estimate.k)})" if estimate.shown and estimate.k is not None and "%" in value else value


def mix_table(released: Released, estimands: Sequence[str], *, caption: str, first: str) -> Table:
    """Share of each part at each level, with the base."""
    require_released(released, "mix_table")
    heads = (first, *(released.definition.estimand(name).label for name in estimands), "Episodes")
    rows = []
    for level in ordered_levels(released, estimands[0]):
        cells = [released.of(name, level) for name in estimands]
        rows.append((label(level, released.levels), *(estimate_value(cell) for cell in cells), count(cells[0].n)))
    return Table(caption, heads, tuple(rows))


def stay_table(released: Released, *, stem: str = "los", caption: str, first: str) -> Table:
    """Middle stay with its range, quartiles, mean with its range, and the base, at each level."""
    require_released(released, "stay_table")
    heads = (first, "Middle stay (days)", "Plausible range", "Middle half", "Mean (days)", "Plausible range of the mean", "Episodes")
    rows = []
    for level in ordered_levels(released, f"{stem}_median"):
        middle, low, high, mean = (released.of(f"{stem}_{name}", level) for name in ("median", "q1", "q3", "mean"))
        half = f"{estimate_value(low)} to {estimate_value(high)}" if low.shown else estimate_value(low)
        rows.append(
            (
                label(level, released.levels),
                estimate_value(middle),
                plain_range(middle),
                half,
                estimate_value(mean),
                plain_range(mean),
                count(middle.n),
            )
        )
    return Table(caption, heads, tuple(rows))


def value_table(released: Released, estimands: Sequence[str], *, caption: str, first: str, filled: bool = False) -> Table:
    """Value of each estimand at each level with its range, and the episodes the first rests on; `filled` leaves out levels without any."""
    require_released(released, "value_table")
    heads = (first, *(released.definition.estimand(name).label for name in estimands), "Episodes")
    rows = []
    for level in ordered_levels(released, estimands[0]):
        found = [released.of(name, level) for name in estimands]
        if filled and found[0].n == 0:
            continue
        rows.append((label(level, released.levels), *(value_with_range(estimate) for estimate in found), count(found[0].n)))
    return Table(caption, heads, tuple(rows))


def value_with_range(estimate: ReleasedEstimate) -> str:
    """A value with its range in brackets, where it has one that may be shown."""
    value, limits = estimate_value(estimate), (estimate.low, estimate.high)
    known = all(isinstance(limit, float) and not math.isnan(limit) for limit in limits)
    return f"{value} ({plain_range(estimate)})" if known and estimate.shown and " of " not in value else value


def at_risk_table(released: Released, *, caption: str, first: str) -> Table:
    """Episodes still followed and free of every end at each tick of the curves."""
    require_released(released, "at_risk_table")
    ticks = next(iter(released.curves.values())).ticks
    rows = [(label(level, released.levels), *(count(n) for n in curve.at_risk)) for level, curve in released.curves.items()]
    return Table(caption, (first, *(f"Day {tick}" for tick in ticks)), tuple(rows))


def flow_table(flows: Sequence[ReleasedFlow], *, caption: str, first: str) -> Table:
    """Rows in, rows used and rows left out by reason."""
    rows = []
    for flow in flows:
        if not isinstance(flow, ReleasedFlow):
            raise ReleaseError(f"flow_table shows released flows only, and was given {type(flow).__name__}. Call release_flow() first.")
        out = "; ".join(f"{reason}: {count(n)}" for reason, n in flow.excluded.items() if n != 0) or "none"
        rows.append((flow.what, count(flow.rows_in), count(flow.used), out))
    return Table(caption, (first, "In", "Used", "Left out"), tuple(rows), prose=True)


def estimates_table(released: Released) -> Table:
    """Every estimate of a measure, one row each: what a terminal or a notebook shows."""
    require_released(released, "estimates_table")
    rows = []
    for estimate in released:
        definition = released.definition.estimand(estimate.estimand)
        k = "" if estimate.k is None else count(estimate.k)
        timed = estimate.time is not None and not math.isnan(estimate.time)
        rows.append(
            (
                label(estimate.level, released.levels),
                f"{definition.label}, by day {estimate.time:g}" if timed else definition.label,
                estimate_value(estimate),
                plain_range(estimate),
                k,
                count(estimate.n),
                estimate.flag,
            )
        )
    group = "Level" if released.group == "All" else label(released.group)
    return Table(released.definition.title, (group, "Number", "Value", "95% interval", "Counted", "Episodes", "Flag"), tuple(rows))
