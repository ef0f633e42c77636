"""Takes the days on which people ended and how, as a paper lists them, gives its curves, medians, limits and the test between groups."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.lifetable import LifeTable, life_table
from iop_outcomes.stats.logrank import log_rank
from iop_outcomes.stats.medians import crossing_day
from iop_outcomes.stats.proportion import normal_quantile
from iop_outcomes.stats.survival import event_free_at, incidence_at
from iop_outcomes.stats.transform import Transform, transformed_interval

_TRANSFORMS: tuple[Transform, ...] = ("plain", "log", "log_log")


def event_times(*, days: list[int], ended: list[int], group: list[str] | None = None) -> dict[str, float]:
    """Kaplan-Meier, Aalen-Johansen and log-rank of people listed one by one.

    Parameters
    ----------
    days, ended : list of int
        Day of each person's end, and why: 0 for the end of follow-up, 1 for the event, 2 for another that precludes it.
    group : list of str, optional
        Group of each.

    Returns
    -------
    dict
        On every day of an event, `event_free_<day>` with `.se` (Greenwood) and `.low_log_log` and so on, `incidence_<day>` of the event
        where something precludes it, and `median`; with groups, each by group (`event_free_<group>_<day>`), and of the log-rank test
        `observed_<group>`, `expected_<group>`, `chi_squared`, `p`, `chi_squared_from_expected` (the sum of (O - E)^2 / E), `hazard_ratio`.
    """
    labels = group or [""] * len(days)
    if not len(days) == len(ended) == len(labels):
        raise UsageError(f"days has {len(days)} people, ended {len(ended)} and group {len(labels)}: give one for each, in their order")
    names = list(dict.fromkeys(labels))
    values: dict[str, float] = {}
    for name in names:
        rows = [(day, why) for day, why, label in zip(days, ended, labels, strict=True) if label == name]
        table = life_table([day for day, _ in rows], [why for _, why in rows], [1] * len(rows), causes=max(1, *ended))
        values |= _of_one_group(table, rows, f"{name}_" if name else "")
    return values | (_between_groups(days, ended, labels, names) if len(names) > 1 else {})


def _of_one_group(table: LifeTable, rows: Sequence[tuple[int, int]], prefix: str) -> dict[str, float]:
    at = sorted({day for day, why in rows if why} | {max(day for day, _ in rows)})
    free, values = event_free_at(table, at), dict[str, float]()
    for day, share, se in zip(at, free.values, free.se, strict=True):
        name = f"event_free_{prefix}{day}"
        values |= {name: float(share), f"{name}.se": float(se)}
        for transform in _TRANSFORMS if 0 < share < 1 else ():
            low, high = transformed_interval(share, se, normal_quantile(0.95), transform)
            values |= {f"{name}.low_{transform}": float(low), f"{name}.high_{transform}": float(high)}
    causes = sorted({why for _, why in rows if why})
    if len(causes) > 1:
        for cause in causes:
            shares = incidence_at(table, at, cause).values
            values |= {f"incidence_{cause}_{prefix}{day}": float(share) for day, share in zip(at, shares, strict=True)}
    return values | {f"median{'_' if prefix else ''}{prefix.rstrip('_')}": crossing_day(table.days, table.survival)}


def _between_groups(days: Sequence[int], ended: Sequence[int], labels: Sequence[str], names: Sequence[str]) -> dict[str, float]:
    test = log_rank([names.index(label) for label in labels], days, [min(why, 1) for why in ended], [1] * len(days))
    counts = list(zip(test.observed, test.expected, strict=True))
    of_expected = math.fsum((o - e) ** 2 / e for o, e in counts) if all(e > 0 for _, e in counts) else math.nan
    values = {"chi_squared": test.chi2, "p": test.p, "chi_squared_from_expected": of_expected}
    for name, (observed, expected) in zip(names, counts, strict=True):
        values |= {f"observed_{name}": float(observed), f"expected_{name}": float(expected)}
    if len(names) == 2:
        (o_1, e_1), (o_2, e_2) = counts
        values["hazard_ratio"] = float(o_1 / e_1 / (o_2 / e_2)) if min(o_1, o_2, e_1, e_2) > 0 else math.nan
    return values
