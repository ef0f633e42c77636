"""Takes released results, gives their numbers as comma-separated text, for a spreadsheet or another program."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from iop_outcomes.intake.writing import FORMULA_STARTS
from iop_outcomes.release import Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.results import COLUMNS, as_words
from iop_outcomes.show.tables import Table

DIGITS = 12  # further ones differ between processors, and between runs of a linear-algebra library
MARK = "mark"


def csv_text(releases: Iterable[Released], estimands: Sequence[str] = ()) -> str:
    """Every released number with the fixed columns; withheld or impossible ones empty, with the reason in `flag`.

    Where the policy of disclosure has words that stand on every file, they are one more column.

    Parameters
    ----------
    releases : iterable of Released
        One or more measures.
    estimands : sequence of str
        Those of their numbers that are wanted; all by default.

    Returns
    -------
    str
        Lines end in a line feed. A label that a spreadsheet would take for a formula is quoted.
    """
    out, given = io.StringIO(), list(releases)
    for released in given:
        require_released(released, "csv_text")
    marked = any(released.policy.mark for released in given)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*COLUMNS, MARK) if marked else COLUMNS)
    for released in given:
        more = [plain_cell(released.policy.mark)] if marked else []
        writer.writerows(_row(estimate) + more for estimate in released if not estimands or estimate.estimand in estimands)
    return out.getvalue()


def table_csv_text(table: Table) -> str:
    """The words of a table as comma-separated text; where the policy of disclosure has words for it, they are one more column."""
    out, marked = io.StringIO(), bool(table.mark)
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*map(plain_cell, table.heads), *((MARK,) if marked else ())))
    writer.writerows([*map(plain_cell, row), *((plain_cell(table.mark),) if marked else ())] for row in table.rows)
    return out.getvalue()


_VALUES = attrgetter(*COLUMNS)


def _row(estimate: ReleasedEstimate) -> list[object]:
    """The cells of an estimate, in the order of the columns."""
    words = as_words(estimate)
    return [plain_cell(words.get(name, value)) for name, value in zip(COLUMNS, _VALUES(estimate), strict=True)]


def steady(value: float) -> float:
    """A number to twelve digits, the same on every run.

    Examples
    --------
    >>> steady(2 / 3)
    0.666666666667
    """
    return float(f"{value:.{DIGITS}g}")


def json_text(released: Released) -> str:
    """The numbers of a measure as a JSON list of objects with the fixed columns; withheld or impossible ones null."""
    require_released(released, "json_text")
    records = [{key: steady(value) if isinstance(value, float) else value for key, value in record.items()} for record in _marked(released)]
    return json.dumps(records, indent=2, ensure_ascii=False, allow_nan=False)


def _marked(released: Released) -> list[dict[str, Any]]:
    """The records, each with the words that the policy puts on every file."""
    more = {MARK: released.policy.mark} if released.policy.mark else {}
    return [record | more for record in released.to_records()]


def plain_cell(value: object) -> object:
    """A value as it is written: to twelve digits, or nothing where it is withheld or impossible."""
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, float):
        return None if math.isnan(value) else steady(value)
    return None if isinstance(value, Withheld) else value
