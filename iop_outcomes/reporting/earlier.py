"""Takes the files of an earlier report, gives its figures: the released numbers of its first page, what they are of, and how they were made.

The JSON of a report holds them (`figures`). One of an earlier version does not: then the CSV beside it is read, which holds them too.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iop_outcomes.columns import DISCHARGE_PERIODS
from iop_outcomes.errors import DataError, IopError, printed
from iop_outcomes.keys import ALL, MISSING_LEVEL, Contrast, Flag
from iop_outcomes.release import SUPPRESSED, ReleasedEstimate, Withheld
from iop_outcomes.release.policy import POLICIES
from iop_outcomes.reporting.parameters import read_conditions
from iop_outcomes.reporting.span import Span, span_of_conditions, without_periods
from iop_outcomes.stats.periods import calendar, read_period
from iop_outcomes.units import UNITS

MOST_BYTES = 100_000_000  # of one file; a page of a thousand groups has a tenth of it
MOST_CHARACTERS = 500  # of a name
CHANGED = "Was it changed? Give the .json of a report as it was written."


@dataclass(frozen=True, eq=False)
class EarlierReport:
    """An earlier report, as its files tell of it.

    Parameters
    ----------
    name, sha256 : str
        Its file, and the fingerprint of what was read.
    program : str
        What its program is called; "" where it is not said.
    by : str
        The column of its groups.
    policy : str
        Name of its disclosure policy.
    package : str
        Which version made it.
    span : Span or None
        The periods of discharge of its episodes, where they are known.
    conditions : frozenset of str
        By what else they were chosen.
    sources : tuple of str
        Fingerprints of the files it was made of.
    estimates : tuple of ReleasedEstimate
        Its figures.
    """

    name: str
    sha256: str
    program: str
    by: str
    policy: str
    package: str
    span: Span | None
    conditions: frozenset[str]
    sources: tuple[str, ...]
    estimates: tuple[ReleasedEstimate, ...]


def read_earlier(path: str | Path) -> EarlierReport:
    """Read the figures of an earlier report.

    Parameters
    ----------
    path : path
        Its .json, or the folder of its files where that is the only one of the kind.

    Raises
    ------
    DataError
        When there is no such file, it is no report or was damaged, or it has no figures and no CSV beside it has them.
    """
    given = Path(path)
    files = sorted(given.glob("*.json")) if given.is_dir() else [given]
    if len(files) != 1 or files[0].suffix != ".json":
        several = f"holds {len(files)} .json files" if given.is_dir() else "is no .json"
        raise DataError(f"{given}: {several}. Give the .json of the earlier report, which stands beside its page.")
    content = _bytes(files[0])
    beside = files[0].with_suffix(".csv")
    return earlier_of(content, files[0].name, beside=lambda: _bytes(beside) if beside.is_file() else None)


def earlier_of(content: bytes, name: str, *, beside: Callable[[], bytes | None] = lambda: None) -> EarlierReport:
    """The figures in the JSON of a report, or in the CSV that `beside` brings where the JSON has none."""
    try:
        document = json.loads(content)
        parameters, provenance = document["parameters"], document["provenance"]
        by, policy, package, level = (
            _name(text) for text in (parameters["by"], document["policy"]["name"], provenance["package"], parameters["conf_level"])
        )
        sources = tuple(_name(source["sha256"]) for source in provenance["sources"])
        conditions = [condition for step in read_conditions(parameters["where"]) for condition in step]
        figures = document.get("figures")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, IopError) as error:
        raise DataError(f"{name}: this is no report, or a damaged one: it cannot be read. {CHANGED}") from error
    more = None if figures is not None else beside()
    if figures is None and more is None:
        raise DataError(
            f"{name}: the earlier report holds no figures, because an earlier version wrote it. Put its .csv beside it, under the same name, "
            "or make the report again from its data with this version."
        )
    program, span, estimates = _read_figures(figures if more is None else _figures_of_csv(more, by, name), by, level, name)
    earlier = EarlierReport(
        name,
        hashlib.sha256(content + (more or b"")).hexdigest(),
        program,
        by,
        policy,
        package,
        span_of_conditions(conditions) or span,
        without_periods(conditions),
        sources,
        estimates,
    )
    _refuse_small(earlier)
    return earlier


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path.name}: larger than {MOST_BYTES:,} bytes, which no report is.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise DataError(f"{path.name}: cannot be read ({reason}). Give the .json of the earlier report.") from error


def _refuse_small(earlier: EarlierReport) -> None:
    """A count that its own policy would not show was not written by it."""
    threshold = POLICIES[earlier.policy].threshold if earlier.policy in POLICIES else 0
    counts = (number for estimate in earlier.estimates for number in (estimate.n, estimate.k) if isinstance(number, int))
    if any(0 < number < threshold for number in counts):
        raise DataError(f"{earlier.name}: a count in it is smaller than its policy {earlier.policy} shows. {CHANGED}")


# -- figures ---------------------------------------------------------------------------------------------------------------


def _read_figures(figures: Any, by: str, conf_level: str, name: str) -> tuple[str, Span | None, tuple[ReleasedEstimate, ...]]:
    try:
        program = _name(figures["program"], empty=True)
        span = None if figures["discharged"] is None else _span(figures["discharged"])
        return program, span, tuple(_estimate(row, by, float(conf_level)) for row in figures["outcomes"])
    except (ValueError, LookupError, TypeError, AttributeError, IopError) as error:
        raise DataError(f"{name}: the figures of the earlier report cannot be read. {CHANGED}") from error


def _span(ends: Mapping[str, str]) -> Span:
    first, last = (read_period(ends[name]) for name in ("first", "last"))
    if first is None or last is None or first.first_day > last.last_day:
        raise ValueError
    return Span(first, last)


def _name(text: object, *, empty: bool = False) -> str:
    """A name that may be printed."""
    if not isinstance(text, str) or len(text) > MOST_CHARACTERS:
        raise ValueError
    return text if empty and not text else printed(text, "name")


def _estimate(row: Mapping[str, Any], by: str, conf_level: float) -> ReleasedEstimate:
    """A number with its place; one that is not there is withheld where the flag says so, and impossible elsewhere."""
    words = {name: _name(row[name], empty=True) for name in ("measure", "definition", "level", "estimand", "method", "unit", "flag")}
    raised = frozenset(Flag(each) for each in words["flag"].split("; ") if each)
    nothing = SUPPRESSED if Flag.SUPPRESSED in raised else math.nan
    value, se, low, high = (nothing if row[name] is None else _float(row[name]) for name in ("value", "se", "low", "high"))
    if words["unit"] not in UNITS or not 0 < conf_level < 1 or not _in_order(words["unit"], low, value, high):
        raise ValueError
    return ReleasedEstimate(
        measure=words["measure"],
        definition=words["definition"],
        group=by,
        level=words["level"],
        group_2="",
        level_2="",
        estimand=words["estimand"],
        time=None if row["time"] is None else _float(row["time"]),
        contrast=Contrast.NONE,
        versus="",
        adjustment="",
        value=value,
        se=se,
        low=low,
        high=high,
        p=math.nan,
        p_adjusted=math.nan,
        word="",
        statistic=math.nan,
        df=math.nan,
        conf_level=conf_level,
        method=words["method"],
        n=SUPPRESSED if row["n"] is None else _count(row["n"]),
        k=None if row["k"] is None else _count(row["k"]),
        n_at_risk=None,
        n_missing=0,
        excluded=0,
        unit=words["unit"],
        flag=raised,
    )


def _in_order(unit: str, *numbers: float | Withheld) -> bool:
    """Whether limits lie around the value, all of them between 0 and 1 where they are shares."""
    known = [number for number in numbers if isinstance(number, float) and not math.isnan(number)]
    return known == sorted(known) and (unit != "share" or all(0 <= number <= 1 for number in known))


def _float(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError
    return value


# -- the CSV ---------------------------------------------------------------------------------------------------------------


def _figures_of_csv(content: bytes, by: str, name: str) -> dict[str, Any]:
    """The numbers of a CSV by the column of the groups, and its periods, as the JSON would hold them."""
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8"))))
        plain = [_plain(row) for row in rows if not row["contrast"] and not row["group_2"]]
        by_group = [row for row in plain if row["group"] == by and row["level"] != MISSING_LEVEL]
        return {"program": "", "discharged": _discharged(plain), "outcomes": by_group}
    except (ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise DataError(f"{name}: the .csv beside it cannot be read. {CHANGED}") from error


def _plain(row: Mapping[str, str]) -> dict[str, Any]:
    """A row of the CSV with numbers for their texts; a name that was quoted for a spreadsheet is itself again."""
    words = {key: row[key].removeprefix("'") for key in ("measure", "definition", "group", "level", "estimand", "method", "unit", "flag")}
    numbers = {key: float(row[key]) if row[key] else None for key in ("time", "value", "se", "low", "high")}
    return {**words, **numbers, **{key: int(row[key]) if row[key] else None for key in ("n", "k")}}


def _discharged(rows: Iterable[Mapping[str, Any]]) -> dict[str, str] | None:
    """The first and the last period of discharge that any number is of."""
    levels = {row["level"] for row in rows if row["group"] in DISCHARGE_PERIODS} - {ALL, MISSING_LEVEL}
    periods = calendar(levels)
    return {"first": str(periods[0]), "last": str(periods[-1])} if periods else None
