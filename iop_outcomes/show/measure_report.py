"""Takes released rates, gives a FHIR R4 MeasureReport of type summary: population counts and score, for everyone and by group.

HL7 FHIR Release 4 (4.0.1), resource MeasureReport (https://hl7.org/fhir/R4/measurereport.html); measure populations and data absent
reasons of the code systems that it names.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from iop_outcomes.errors import NotAssessableError, UsageError, choices
from iop_outcomes.keys import ALL, Key
from iop_outcomes.release import Count, Released, ReleasedEstimate, Withheld, require_released
from iop_outcomes.show.ard import is_proportion
from iop_outcomes.show.plain import steady
from iop_outcomes.show.words import is_everyone
from iop_outcomes.stats.periods import read_period

POPULATIONS = "http://terminology.hl7.org/CodeSystem/measure-population"
IMPROVEMENT = "http://terminology.hl7.org/CodeSystem/measure-improvement-notation"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"  # its value is a code of http://terminology.hl7.org/CodeSystem/data-absent-reason
UCUM = "http://unitsofmeasure.org"
_CHOSEN = re.compile(r"(?:discharge_month|discharge_quarter|period) (\S+) to (\S+)")
_BETTER = {"higher": "increase", "lower": "decrease"}
Element = dict[str, Any]


def measure_report(
    released: Released,
    *,
    estimand: str | Sequence[str] | None = None,
    period: tuple[str, str] | None = None,
    discharged: Callable[[], tuple[str, str] | None] | None = None,
    measure: str | None = None,
) -> Element:
    """Make the report.

    Parameters
    ----------
    released : Released
        An answer with rates.
    estimand : str or sequence of str, optional
        Which rates, each a group of the report; those that the answer draws by default, or every rate where it draws none.
    period : pair of str, optional
        First and last day, as 2024-01-01; by default those of the periods that the data were narrowed to, else `discharged`.
    discharged : callable, optional
        Gives the first and the last day of the discharges that the data speak of, where they tell.
    measure : str, optional
        Canonical address of the Measure that this reports on; by default a name of this package.
    """
    require_released(released, "measure_report")
    definition, variant = released.definition, next(iter(released)).definition
    name = definition.measure + (f":{variant}" if variant else "")
    improvement = _BETTER.get(definition.better)
    policy = released.policy
    return {
        "resourceType": "MeasureReport",
        "meta": {"tag": [{"system": "urn:iop-outcomes:disclosure-policy", "code": policy.name, "display": policy.mark or policy.words}]},
        "status": "complete",
        "type": "summary",
        "measure": measure or f"urn:iop-outcomes:measure:{name}",
        "period": _period(released, period, discharged),
        **({"improvementNotation": {"coding": [{"system": IMPROVEMENT, "code": improvement}]}} if improvement else {}),
        "group": [_group(released, *which) for which in _rates(released, estimand)],
    }


# -- which rates, of which days ----------------------------------------------------------------------------------------


def _rates(released: Released, estimand: str | Sequence[str] | None) -> list[tuple[str, float | None]]:
    """The rates that are reported, each with its day."""
    every = list(dict.fromkeys((each.estimand, each.time) for each in released.estimates if is_proportion(each)))
    names = list(dict.fromkeys(name for name, _ in every))
    if not names:
        raise NotAssessableError(
            f"{released.definition.title} has no rate that is a share of counts, and a MeasureReport has none but those. Ask a measure with one, "
            "such as completion."
        )
    drawn = [name for name in names if name in released.definition.shown]
    wanted = drawn or names if estimand is None else [estimand] if isinstance(estimand, str) else list(estimand)
    unknown = [name for name in wanted if name not in names]
    if unknown:
        raise UsageError(f'estimand: "{unknown[0]}" is no rate of {released.definition.measure}. {choices(unknown[0], names)}')
    return [(name, time) for name, time in every if name in wanted]


# -- when --------------------------------------------------------------------------------------------------------------


def _period(released: Released, given: tuple[str, str] | None, discharged: Callable[[], tuple[str, str] | None] | None) -> Element:
    days = given or _narrowed_to(released) or (discharged() if discharged is not None else None)
    if days is None:
        raise UsageError(
            "period: a MeasureReport needs its first and last day, and these data have neither discharge dates nor a column period of months, "
            'quarters or years. Give period=("2024-01-01", "2024-12-31").'
        )
    if len(days) != 2 or not all(map(_is_day, days)) or days[0] > days[1]:
        raise UsageError('period: give the first and the last day as 2024-01-01, the earlier first, as in ("2024-01-01", "2024-12-31").')
    return {"start": days[0], "end": days[1]}


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except (TypeError, ValueError):
        return False


def _narrowed_to(released: Released) -> tuple[str, str] | None:
    """The days of the periods that the episodes were chosen by."""
    for condition in released.provenance.conditions:
        if chosen := _CHOSEN.fullmatch(condition):
            first, last = (read_period(words) for words in chosen.groups())
            if first is not None and last is not None:
                return first.first_day.isoformat(), last.last_day.isoformat()
    return None


# -- a rate ------------------------------------------------------------------------------------------------------------


def _group(released: Released, estimand: str, time: float | None) -> Element:
    """A rate of everyone, and of each group as strata."""
    definition = released.definition.estimand(estimand)
    words = ", ".join(filter(None, (definition.label, definition.at(time))))
    everyone = released.estimate(estimand, ALL, time)
    strata = [
        {**_named(part, level), **_counted(part.estimate(estimand, level, time))}
        for part in released.slices
        for level in part.levels
        if not is_everyone(level, part.level_2) and any(each.estimand == estimand and each.level == level for each in part.estimates)
    ]
    code = {"coding": [{"system": "urn:iop-outcomes:estimand", "code": estimand}], "text": words}
    columns = [{"text": column} for column in (released.group, released.group_2) if column not in ("", ALL)]
    return {
        "code": code,
        **_counted(everyone, _rows_in(released, estimand, time)),
        **({"stratifier": [{"code": columns, "stratum": strata}]} if strata else {}),
    }


def _named(part: Released, level: str) -> Element:
    """Which stratum: a value, or with two columns one component for each (constraint mrp-2: never both)."""
    if not part.group_2:
        return {"value": {"text": str(level)}}
    pairs = ((part.group, level), (part.group_2, part.level_2))
    return {"component": [{"code": {"text": str(column)}, "value": {"text": str(value)}} for column, value in pairs]}


def _rows_in(released: Released, estimand: str, time: float | None) -> Count | None:
    """Every episode that came in, as the flow of a rate says of everyone."""
    key = str(Key(estimand, time))
    return next((flow.rows_in for flow in released.flow if flow.what == key), None)


def _counted(estimate: ReleasedEstimate, rows_in: Count | None = None) -> Element:
    """Population counts and score; what is withheld is left out with the reason.

    As FHIR has it, the denominator still holds those who are excluded from it, and the score is of the rest.
    """
    out = _sum(estimate.n_missing, estimate.excluded)
    if isinstance(out, Withheld) and isinstance(rows_in, int) and isinstance(estimate.n, int):
        out = rows_in - estimate.n
    counts = {
        "initial-population": _sum(estimate.n, out),
        "denominator": _sum(estimate.n, out),
        "denominator-exclusion": out,
        "numerator": estimate.k,
    }
    populations = [{"code": {"coding": [{"system": POPULATIONS, "code": code}]}, **_count(n)} for code, n in counts.items()]
    return {"population": populations, "measureScore": _score(estimate)}


def _sum(one: Count, other: Count) -> Count:
    if isinstance(one, Withheld) or isinstance(other, Withheld):
        return one if isinstance(one, Withheld) else other
    return one + other


def _count(n: Count | None) -> Element:
    """A count, or in its place why it is absent, as JSON has it for a primitive element."""
    return {"_count": _absent("masked")} if n is None or isinstance(n, Withheld) else {"count": n}


def _absent(why: str) -> Element:
    return {"extension": [{"url": ABSENT, "valueCode": why}]}


def _score(estimate: ReleasedEstimate) -> Element:
    if isinstance(estimate.value, Withheld):
        return _absent("masked")
    if math.isnan(estimate.value):
        return _absent("not-applicable")
    return {"value": steady(estimate.value), "unit": "1", "system": UCUM, "code": "1"}
