"""Takes a released answer, gives analysis results data: one row for each statistic, in the columns of R's package cards.

CDISC, Analysis Results Standard 1.0 (https://www.cdisc.org/standards/foundational/analysis-results-standard); Sjoberg DD et al., cards:
Analysis Results Data (https://insightsengineering.github.io/cards/), version 0.7.1, whose columns and names of statistics these are.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping

from iop_outcomes.keys import ALL, Flag, written
from iop_outcomes.release import Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.show.plain import MARK, plain_cell
from iop_outcomes.units import UNITS

# What each column holds, and where it comes from; "cards" is version 0.7.1 of that package.
ARD_COLUMNS: Mapping[str, str] = {
    "group1": "The first by= column; empty where everybody is meant. cards: by= variable.",
    "group1_level": "Its level; empty where everybody is meant. cards: its level.",
    "group2": "The second by= column, where there are two. cards: by= variable.",
    "group2_level": "Its level. cards: its level.",
    "variable": "The estimand: what is estimated. cards: the variable that is summarised.",
    "variable_level": "The day it is for, where it has one. cards: the level that is tabulated.",
    "context": "The measure, its named definition after a slash; of a comparison what is compared, after a colon. cards: what made the row.",
    "stat_name": "n, N, p, estimate, std.error, conf.low, conf.high, conf.level, p.value, statistic, parameter, n.risk, N_miss, method as in cards and "
    "broom; p.value.adjusted, word and N_excluded are of this package.",
    "stat_label": "The statistic in words. cards: its label.",
    "stat": "The statistic: a number, or a word for method and word; empty where it is withheld or impossible. cards: its value.",
    "fmt_fun": "How it is written: decimals, or xx.x% for a share. cards: alias of a formatting function (fmt_fn in its first versions).",
    "warning": "Why it is withheld, or to be read with care. cards: warnings met while it was computed.",
    "error": "Why it is impossible. cards: errors met while it was computed.",
}
_PERCENT = "xx.x%"
_LABELS = {
    "n": "n",
    "N": "N",
    "p": "%",
    "estimate": "Estimate",
    "std.error": "Standard error",
    "conf.low": "CI lower bound",
    "conf.high": "CI upper bound",
    "conf.level": "CI confidence level",
    "method": "Method",
    "p.value": "p-value",
    "p.value.adjusted": "p-value, adjusted (Sidak)",
    "word": "In a word",
    "statistic": "Statistic",
    "parameter": "Degrees of freedom",
    "n.risk": "Number at risk",
    "N_miss": "N missing",
    "N_excluded": "N excluded",
}
Cell = float | int | str | None


def ard_records(released: Released) -> list[dict[str, Cell]]:
    """One record for each statistic of each number, with the columns of `ARD_COLUMNS`.

    Parameters
    ----------
    released : Released
        An answer.
    """
    require_released(released, "ard_records")
    mark: dict[str, Cell] = {MARK: released.policy.mark} if released.policy.mark else {}
    return [
        _where(estimate) | record | mark
        for estimate in released
        for record in _records(estimate, f"not shown: disclosure policy {released.policy.name}")
    ]


def ard_columns(released: Released) -> tuple[str, ...]:
    """The columns; where the policy of disclosure has words that stand on every file, they are one more."""
    require_released(released, "ard_columns")
    return (*ARD_COLUMNS, *((MARK,) if released.policy.mark else ()))


def ard_text(released: Released) -> str:
    """The records as comma-separated text; a label that a spreadsheet would take for a formula is quoted.

    Parameters
    ----------
    released : Released
        An answer.
    """
    out, columns = io.StringIO(), ard_columns(released)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([plain_cell(record[column]) for column in columns] for record in ard_records(released))
    return out.getvalue()


def _where(estimate: ReleasedEstimate) -> dict[str, Cell]:
    """The columns that say which number it is."""
    whole = estimate.level == ALL or not estimate.group
    second = bool(estimate.level_2) and estimate.level_2 != ALL
    measure = estimate.measure + (f"/{estimate.definition}" if estimate.definition else "")
    against = f": {estimate.contrast}{f' {estimate.versus}' if estimate.versus else ''}" if estimate.contrast else ""
    return {
        "group1": None if whole else str(estimate.group),
        "group1_level": None if whole else str(estimate.level),
        "group2": estimate.group_2 if second else None,
        "group2_level": str(estimate.level_2) if second else None,
        "variable": estimate.estimand,
        "variable_level": None if estimate.time is None or math.isnan(estimate.time) else f"{estimate.time:g}",
        "context": measure + against + (f", {estimate.adjustment}" if estimate.adjustment else ""),
    }


def _records(estimate: ReleasedEstimate, withheld: str) -> Iterator[dict[str, Cell]]:
    """The statistics of a number, each with why it is empty: withheld, or impossible."""
    flags = estimate.flag - {Flag.SUPPRESSED}
    why = written(flags - {Flag.INDEPENDENCE_ASSUMED}) or "no value"
    for name, value, fmt in _statistics(estimate):
        impossible = isinstance(value, float) and math.isnan(value)
        care = written(flags) or None if name in _ESTIMATED and not impossible else None
        yield {
            "stat_name": name,
            "stat_label": _LABELS[name],
            "stat": None if impossible or isinstance(value, Withheld) else value,
            "fmt_fun": fmt,
            "warning": withheld if isinstance(value, Withheld) else care,
            "error": why if impossible else None,
        }


_ESTIMATED = ("p", "estimate", "std.error", "conf.low", "conf.high", "p.value", "p.value.adjusted", "word")


def _statistics(estimate: ReleasedEstimate) -> Iterator[tuple[str, Cell | Withheld, Cell]]:
    """Name, value and format of each statistic of a number; what it never has is left out."""
    fmt = _format(estimate.unit)
    if estimate.k is not None:
        yield "n", estimate.k, 0
    yield "N", estimate.n, 0
    if is_proportion(estimate):
        yield "p", estimate.value, fmt
    if UNITS[estimate.unit].ranged:
        yield "estimate", estimate.value, fmt
        if estimate.method != "none":
            for name, value in (("std.error", estimate.se), ("conf.low", estimate.low), ("conf.high", estimate.high)):
                yield name, value, fmt
            yield "conf.level", estimate.conf_level, _PERCENT
            yield "method", estimate.method, None
    else:
        yield from _of_a_test(estimate)
    if estimate.contrast:
        yield "p.value", estimate.p, 3
        yield "p.value.adjusted", estimate.p_adjusted, 3
        yield "word", _word(estimate), None
    if estimate.n_at_risk is not None:
        yield "n.risk", estimate.n_at_risk, 0
    yield "N_miss", estimate.n_missing, 0
    yield "N_excluded", estimate.excluded, 0


def _word(estimate: ReleasedEstimate) -> Cell | Withheld:
    """What a comparison is called; withheld with its value, and impossible where it is not judged."""
    if estimate.word:
        return str(estimate.word)
    return estimate.value if isinstance(estimate.value, Withheld) else math.nan


def _of_a_test(estimate: ReleasedEstimate) -> Iterator[tuple[str, Cell | Withheld, Cell]]:
    """A p value under its name; a statistic with its degrees of freedom."""
    yield ("p.value", estimate.value, 3) if estimate.unit == "p" else ("statistic", estimate.value, _format(estimate.unit))
    yield "parameter", estimate.df, 0
    if estimate.method != "none":
        yield "method", estimate.method, None


def is_proportion(estimate: ReleasedEstimate) -> bool:
    """Whether a number is a share of counts: neither a difference nor read from a curve."""
    return estimate.unit == "share" and estimate.k is not None and estimate.n_at_risk is None and not estimate.contrast


def _format(unit: str) -> Cell:
    return _PERCENT if unit in ("share", UNITS["share"].difference) else UNITS[unit].digits
