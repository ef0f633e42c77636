"""Takes the columns that came and those that were wanted, gives the findings about what is missing or forbidden by the class."""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.columns import DATED_CLASSES, EVENTS, TABLES
from iop_outcomes.intake.findings import Finding, refuse
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import TablePlan

_IDENTIFIER_NAME = re.compile(
    r"(^|_)(ssn|mrn|dob|birth_?date|date_of_birth|zip|zipcode|address|phone|email|e_mail|notes?|comments?|"
    r"(first|last|full|patient|client)_?name)($|_)|^name$",
    re.IGNORECASE,
)
_HALVES = (("day", "observed"), ("observed", "day"))


def refuse_columns(inputs: Sequence[Input], plans: Dictionary[str, TablePlan], mapping: Mapping) -> None:
    """Columns that are needed and missing, or that the declared class forbids: all of them in one error."""
    found: list[Finding] = []
    for item in inputs:
        plan = plans[item.table]
        found += _missing_columns(item, plan, mapping)
        for name, source in plan.names.items():
            if any(_IDENTIFIER_NAME.search(re.sub(r"[^A-Za-z0-9]+", "_", called)) for called in (name, source)):
                hint = "Leave it out of the file and of the mapping"
                found.append(Finding("identifier_column", "error", item.name, source, "a column named like an identifier", hint))
            if plan.fields[name].kind == "date" and mapping.data_class not in DATED_CLASSES:
                hint = (
                    'Give days from admission instead (los_days), or declare the class in mapping.toml: [data] class = "limited_data_set"'
                    " (dates are allowed in limited_data_set, synthetic and public)"
                )
                declared = "safe_harbor" if mapping.declared else "none, so that safe_harbor holds"
                found.append(
                    Finding("dates_not_allowed", "error", item.name, source, f"holds dates, and the class declared is {declared}", hint)
                )
    if found:
        refuse(found)


def _needed(table: str, plan: TablePlan, mapping: Mapping) -> list[str]:
    """Names of columns without which a table is unusable."""
    filled = set(plan.recipe.names)
    needed = [column.name for column in TABLES[table] if column.required and column.name not in filled]
    if table == "episodes" and "los_days" not in filled:
        needed.append("los_days (or discharge_day, or admit_date and discharge_date)")
    if table == "scores" and "score" not in filled:
        needed.append("score (or the items, such as phq9_1 to phq9_9)")
    if table == "events" and not {"day", "days_after_discharge"} & filled:
        needed.append("days_after_discharge (or day)")
    return needed + _needed_by_rules(filled, mapping) if table == "episodes" else needed


def _needed_by_rules(filled: set[str], mapping: Mapping) -> list[str]:
    """Names of columns that a rule of the mapping, or the other half of a wide event, cannot do without."""
    needed = [
        f"{event}_{other}"
        for event in EVENTS
        for half, other in _HALVES
        if f"{event}_{half}" in filled and f"{event}_{other}" not in filled
    ]
    planned = mapping.rule("planned_days")
    if planned is not None and planned.rule == "by_column" and planned.options["column"] not in filled:
        needed.append(planned.options["column"])
    if mapping.rule("discharge_reason") and "planned_days" not in filled:
        needed.append("planned_days (or a rule for it)")
    if mapping.rule("follow_up_days") and "follow_up_days" not in filled:
        needed.append("discharge_date (with [data] cutoff; or observed_days)")
    return needed


def _missing_columns(item: Input, plan: TablePlan, mapping: Mapping) -> list[Finding]:
    """Columns that are needed or that the mapping names, and that are not there."""
    renamed = mapping.columns.get(item.table, {})
    came = {*plan.names.values(), *plan.dropped}
    declared = mapping.covariates if item.table == "episodes" else {}
    needed = [*_needed(item.table, plan, mapping), *(name for name in declared if name not in plan.fields)]
    hint = f"Add it, or name the site's own column in mapping.toml under [columns.{item.table}]"
    found = [
        Finding("missing_column", "error", item.name, name, "this column is needed and is not there", hint)
        for name in needed
        if name.partition(" ")[0] not in renamed
    ]
    hint = f"Correct the name in mapping.toml under [columns.{item.table}], or take it out"
    return found + [
        Finding("missing_column", "error", item.name, source, f"the mapping names this column for {name}, and it is not there", hint)
        for name, source in renamed.items()
        if source not in came
    ]
