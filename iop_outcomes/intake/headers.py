"""Takes the columns that came and those that were wanted, gives the findings about what is missing or forbidden by the class."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from iop_outcomes.columns import DATED_CLASSES, EVENTS, KINDS
from iop_outcomes.engine.dialect import CELL_SIZE
from iop_outcomes.intake.findings import Finding, Severity, refuse
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.privacy import identifier_in_name, identifier_named
from iop_outcomes.intake.recipes import TablePlan, scale_of_item
from iop_outcomes.intake.rules import KEY
from iop_outcomes.scales import Scale

_NUMBERS = ("n", "count", "counts", "frequency", "freq", "episodes", "discharges", "admissions", "number")
# What may be the same in every row of a file, and so in no column of it, with an example.
SAME_IN_EVERY_ROW = {"track": "iop", "event": "readmission_psychiatric", "scale": "phq9", "status": "attended"}
_HALVES = (("day", "observed"), ("observed", "day"))


def refuse_columns(inputs: Sequence[Input], plans: Dictionary[str, TablePlan], mapping: Mapping, scales: Dictionary[str, Scale]) -> None:
    """Columns that are needed and missing, or that the declared class forbids: all of them in one error."""
    _refuse_values_as_names(inputs, plans)
    findings: list[Finding] = []
    for item in inputs:
        findings += _missing_columns(item, plans[item.table], mapping) + _forbidden_columns(item, plans[item.table], mapping)
        if KINDS[item.table].counted:
            findings += _lacking_for_placing(item, plans)
        elif KINDS[item.table].parent and mapping.rule(KEY) and KEY in plans[item.table].fields:
            message = "rows name an episode, and the episodes are numbered by their rows ([episode_id] in mapping.toml)"
            findings.append(
                Finding("missing_column", "error", item.name, KEY, message, f"Bring the {KEY} of the episodes, and take that rule out")
            )
        points, plan = KINDS[item.table].points, plans[item.table]
        if points and points not in plan.recipe.names:
            findings += items_not_added(item, plan, scales, severity="error")
    if findings:
        refuse(findings)


def _lacking_for_placing(item: Input, plans: Dictionary[str, TablePlan]) -> list[Finding]:
    """What the episodes lack that rows by patient or by date are placed by."""
    by_patient = [table for table, plan in plans.items() if plan.recipe.by_patient]
    by_date = [table for table, plan in plans.items() if KINDS[table].placing and "date" in plan.fields]
    given = plans[item.table].fields
    needed = {"patient_id": by_patient, "admit_date": by_date}
    return [
        Finding(
            "missing_column",
            "error",
            item.name,
            name,
            f"{' and '.join(tables)} {'comes' if len(tables) == 1 else 'come'} by {'patient and date' if by_patient else 'date'}, and this column is not there",
            f"Add it, or name the site's own column in mapping.toml under [columns.{item.table}]; or give episode_id and day in {' and '.join(tables)}",
        )
        for name, tables in needed.items()
        if tables and name not in given
    ]


def identifiers_not_read(item: Input, plan: TablePlan, mapping: Mapping) -> list[Finding]:
    """Dropped columns that are named like identifiers: nothing of them was read, and yet the file holds them."""
    identifiers = {name: identifier_named([name], mapping.data_class) for name in plan.dropped}
    hint = "None of its values was read; take it out before the file goes to anyone"
    severity: Severity = "warning" if mapping.data_class in ("safe_harbor", "limited_data_set") else "note"
    return [
        Finding("identifier_not_read", severity, item.name, name, f"named like {what}, and dropped", hint)
        for name, what in identifiers.items()
        if what
    ]


def items_not_added(item: Input, plan: TablePlan, scales: Dictionary[str, Scale], *, severity: Severity = "warning") -> list[Finding]:
    """Items of a scale that may not be scored from them, or has no total: none is made, and it is said so."""
    first = {scale.name: (name, scale) for name in reversed(plan.dropped) if (scale := scale_of_item(name, scales)) and not scale.adds_up}
    findings = []
    for name, scale in first.values():
        what = "is taken as a total only, because its items may not be added up here" if scale.total else "has no total"
        hint = "Bring the column of totals (score)" if scale.total else "No score is made of it; leave the items out"
        findings.append(Finding("items_not_added", severity, item.name, name, f"{scale.label} {what}", hint))
    return findings


def _refuse_values_as_names(inputs: Sequence[Input], plans: Dictionary[str, TablePlan]) -> None:
    """A name that is itself an identifier, as in a file without a header, goes before everything that would repeat names."""
    hint = "Is the line with the names of the columns missing? A name must hold no identifier"
    findings = []
    for item in inputs:
        came = item.header or [*plans[item.table].names.values(), *plans[item.table].dropped]
        looks = dict.fromkeys(what for what in map(identifier_in_name, came) if what)
        findings += [
            Finding("identifier_column", "error", item.name, "", f"the name of a column looks like {what}", hint) for what in looks
        ]
    if findings:
        refuse(findings)


def _forbidden_columns(item: Input, plan: TablePlan, mapping: Mapping) -> list[Finding]:
    """Columns that would be read and that the declared class forbids, by their names or by what they are for."""
    findings = []
    for name, source in plan.names.items():
        what = identifier_named([name, source], mapping.data_class)
        if what:
            hint = "Leave it out of the file and of the mapping"
            findings.append(Finding("identifier_column", "error", item.name, source, f"named like {what}", hint))
        if plan.fields[name].kind == "date" and mapping.data_class not in DATED_CLASSES:
            hint = (
                'Give days from admission instead (los_days), or declare the class in mapping.toml: [data] class = "limited_data_set"'
                " (dates are allowed in limited_data_set, synthetic and public)"
            )
            declared = "safe_harbor" if mapping.declared else "none, so that safe_harbor holds"
            findings.append(
                Finding("dates_not_allowed", "error", item.name, source, f"holds dates, and the class declared is {declared}", hint)
            )
    return findings


def needed_columns(table: str, plan: TablePlan, mapping: Mapping) -> list[str]:
    """Names of columns without which a table is unusable."""
    filled = set(plan.recipe.names)
    if mapping.counts and KINDS[table].counted:
        return (
            [mapping.counts] * (CELL_SIZE not in filled)
            + ["discharge_reason"] * ("discharge_reason" not in filled)
            + _needed_by_rules(filled, mapping)
        )
    needed = [column.name for column in KINDS[table].fields if column.required and column.name not in filled]
    needed += [words for names, words in KINDS[table].alternatives if not filled & set(names)]
    return needed + _needed_by_rules(filled, mapping) if KINDS[table].counted else needed


def _needed_by_rules(filled: set[str], mapping: Mapping) -> list[str]:
    """Names of columns that a rule of the mapping, or a wide event (its other half, or what its date is counted from), cannot do without."""
    needed = [
        f"{event}_{other}"
        for event in EVENTS
        for half, other in _HALVES
        if f"{event}_{half}" in filled and f"{event}_{other}" not in filled
    ]
    if "admit_date" not in filled and any(f"{event}_date" in filled for event in EVENTS):
        needed.append("admit_date")
    columns = [rule.options["column"] for rule in mapping.rules if "column" in rule.options]
    needed += [column for column in dict.fromkeys(columns) if column not in filled]
    if mapping.rule("discharge_reason") and "planned_days" not in filled:
        needed.append("planned_days (or a rule for it)")
    if mapping.rule("follow_up_days") and "follow_up_days" not in filled:
        needed.append("discharge_date (with [data] cutoff; or observed_days)")
    return needed


def line_of_constants(table: str, name: str) -> str:
    """The line that says what every row of a table has.

    Examples
    --------
    >>> line_of_constants("episodes", "track")
    '[constants.episodes] track = "iop"'
    """
    return f'[constants.{table}] {name} = "{SAME_IN_EVERY_ROW[name]}"'


def _missing_columns(item: Input, plan: TablePlan, mapping: Mapping) -> list[Finding]:
    """Columns that are needed or that the mapping names, and that are not there."""
    renamed = mapping.columns.get(item.table, {})
    came = {*plan.names.values(), *plan.dropped}
    declared = mapping.covariates if KINDS[item.table].counted else {}
    needed = [*needed_columns(item.table, plan, mapping), *(name for name in declared if name not in plan.fields)]
    hint = f"Add it, or name the site's own column in mapping.toml under [columns.{item.table}]"
    counts = next((name for name in plan.dropped if name.lower() in _NUMBERS), "")  # so called where a row stands for several episodes
    of_counts = f'. If each row counts several episodes, say so: [data] counts = "{counts}"' if counts else ""
    of_rows = '; or, where each row is one episode, let them be numbered: [episode_id] rule = "row_number"'
    if KINDS[item.table].counted:
        of_counts = of_rows + of_counts
    of_all = {name: f"; or, where every row has the same: {line_of_constants(item.table, name)}" for name in SAME_IN_EVERY_ROW}
    findings = [
        Finding(
            "missing_column",
            "error",
            item.name,
            name,
            "this column is needed and is not there",
            hint + (of_counts if name == KEY else of_all.get(name, "")),
        )
        for name in needed
        if name.partition(" ")[0] not in renamed
    ]
    hint = f"Correct the name in mapping.toml under [columns.{item.table}], or take it out"
    return findings + [
        Finding("missing_column", "error", item.name, source, f"the mapping names this column for {name}, and it is not there", hint)
        for name, source in renamed.items()
        if source not in came
    ]
