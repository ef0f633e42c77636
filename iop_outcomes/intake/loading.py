"""Takes a folder, a file or data frames, gives `Data`: checked, counted and locked, or one error with every finding."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from iop_outcomes.columns import DATED_CLASSES, TABLES, Column
from iop_outcomes.engine import Fault
from iop_outcomes.engine.duckdb import DuckEngine
from iop_outcomes.errors import UsageError, choices
from iop_outcomes.intake.checks import rules_for
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.files import MAPPING_NAME, MAX_LINE_BYTES, find_tables, fingerprint, physical_lines, preflight_csv
from iop_outcomes.intake.findings import Finding, fatal, refuse
from iop_outcomes.intake.mapping import Mapping, read_mapping
from iop_outcomes.intake.recipes import TablePlan, expected_names, plan_table
from iop_outcomes.results import Flow, Provenance, Source
from iop_outcomes.scales import load_scales

if TYPE_CHECKING:
    import pandas as pd

OnError = Literal["raise", "exclude"]
MAX_CATEGORIES = 50
_IDENTIFIER_NAME = re.compile(
    r"(^|_)(ssn|mrn|dob|birth_?date|date_of_birth|zip|zipcode|address|phone|email|e_mail|notes?|comments?|"
    r"(first|last|full|patient|client)_?name)($|_)|^name$",
    re.IGNORECASE,
)
_BROKEN = {
    "MISSING COLUMNS": ("missing_columns", "fewer fields than the header"),
    "TOO MANY COLUMNS": ("too_many_columns", "more fields than the header"),
    "UNQUOTED VALUE": ("open_quote", "a quotation mark is not closed"),
    "INVALID ENCODING": ("not_utf8", "bytes that are not UTF-8"),
    "LINE SIZE OVER MAXIMUM": ("field_too_long", "the line is too long"),
}
_ALWAYS_FATAL = ("open_quote", "not_utf8", "field_too_long")


@dataclass
class _Input:
    """One table on its way in."""

    table: str
    name: str
    unit: str
    path: Path | None = None
    delimiter: str = ","
    header: list[str] = field(default_factory=list)
    broken: list[tuple[int, str]] = field(default_factory=list)
    sha256: str = ""


def load(
    source: str | Path | pd.DataFrame | Dictionary[str, pd.DataFrame],
    *,
    mapping: Dictionary[str, Any] | str | Path | None = None,
    on_error: OnError = "raise",
    scales: str | Path | None = None,
) -> Data:
    """Load a program; the public function is `iop_outcomes.load`, which says more."""
    if on_error not in ("raise", "exclude"):
        raise UsageError(f'on_error: "{on_error}" is not allowed. {choices(str(on_error), ("raise", "exclude"))}')
    engine = DuckEngine()
    try:
        return _load(engine, source, mapping, on_error, scales)
    except BaseException:
        engine.close()
        raise


def _load(engine: DuckEngine, source: Any, given: Any, on_error: OnError, folder: str | Path | None) -> Data:
    scales = load_scales(folder)
    mapping = _mapping_of(source, given)
    inputs = _open(engine, source, mapping)
    plans = {item.table: plan_table(item.table, engine.raw_columns(item.table), mapping, scales) for item in inputs}
    _refuse_columns(inputs, plans, mapping)
    for table in TABLES:
        if table in plans:
            engine.check_with(plans[table].recipe)
    findings, excluded = _check(engine, inputs, plans, mapping, scales)
    if not mapping.declared:
        hint = 'Declare it in mapping.toml: [data] class = "safe_harbor", "limited_data_set", "synthetic" or "public"'
        findings.append(Finding("class_not_declared", "note", inputs[0].name, "", "no data class is declared; safe_harbor holds", hint))
    if any(item.severity == "error" for item in findings) and (on_error == "raise" or _beyond_repair(findings)):
        refuse(findings)
    engine.prepare({table: plan.recipe for table, plan in plans.items()}, excluded)
    flow = _flow(engine, inputs, excluded)
    if flow[0].used == 0:
        fatal("no_rows", inputs[0].name, "no usable episode is left", "See the findings above, or run: iop-outcomes check")
    _refuse_free_text(engine, plans, mapping, inputs[0])
    engine.lock()
    return Data(engine, tuple(findings), flow, _provenance(engine, inputs, mapping), scales, _groups(engine, plans))


# -- what came ---------------------------------------------------------------------------------------------------


def _mapping_of(source: Any, given: Any) -> Mapping:
    """The mapping given, or the one that stands in the folder."""
    if given is None and isinstance(source, str | Path):
        path = Path(source)
        beside = (path if path.is_dir() else path.parent) / MAPPING_NAME
        if beside.is_file():
            return read_mapping(beside)
    return read_mapping(given)


def _open(engine: DuckEngine, source: Any, mapping: Mapping) -> list[_Input]:
    if isinstance(source, str | Path):
        found = find_tables(Path(source), mapping)
        return [_open_file(engine, table, found[table], mapping) for table in TABLES if table in found]
    frames = source if isinstance(source, Dictionary) else {"episodes": source}
    for table in frames:
        if table not in TABLES:
            raise UsageError(f'load: no table is called "{table}". {choices(str(table), TABLES)}')
    if "episodes" not in frames:
        fatal("no_episodes_table", "the data given", "no table of episodes", 'Give {"episodes": frame, ...}.')
    return [_open_frame(engine, table, frames[table]) for table in TABLES if table in frames]


def _open_file(engine: DuckEngine, table: str, path: Path, mapping: Mapping) -> _Input:
    if path.suffix.lower() == ".parquet":
        return _open_parquet(engine, table, path)
    item = _Input(table, path.name, "line", path, mapping.delimiter, sha256=fingerprint(path))
    item.header = preflight_csv(path, mapping.delimiter, expected_names(table, mapping))
    item.broken = engine.add_csv(table, path, item.header, delimiter=mapping.delimiter, max_field=MAX_LINE_BYTES)
    return item


def _open_parquet(engine: DuckEngine, table: str, path: Path) -> _Input:
    import duckdb

    try:
        engine.add_parquet(table, path)
    except duckdb.Error:
        fatal("not_parquet", path.name, "the file is not readable as Parquet", "Export it again.")
    return _Input(table, path.name, "row", path, sha256=fingerprint(path))


def _open_frame(engine: DuckEngine, table: str, frame: Any) -> _Input:
    name = f"{table} (data frame)"
    if not hasattr(frame, "columns") or not hasattr(frame, "dtypes"):
        raise UsageError(f"load: {table} is a {type(frame).__name__}. Give a path, a pandas data frame, or a dict of data frames.")
    columns = [str(column) for column in frame.columns]
    if len({column.lower() for column in columns}) < len(columns):
        fatal("duplicate_header", name, "a column name stands twice", "Rename one of them.")
    if not len(frame):
        fatal("no_rows", name, "the frame has no rows", "Check how it was made.")
    engine.add_frame(table, frame)
    return _Input(table, name, "row", sha256=_fingerprint_frame(frame))


def _fingerprint_frame(frame: pd.DataFrame) -> str:
    return hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()


# -- what is wrong -----------------------------------------------------------------------------------------------


def _refuse_columns(inputs: Sequence[_Input], plans: Dictionary[str, TablePlan], mapping: Mapping) -> None:
    """Columns that are needed and missing, or that the declared class forbids: all of them in one error."""
    found: list[Finding] = []
    for item in inputs:
        plan = plans[item.table]
        found += [_missing_column(item, name) for name in _needed(item.table, plan, mapping)]
        for name, source in plan.names.items():
            if _IDENTIFIER_NAME.search(source) or _IDENTIFIER_NAME.search(name):
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
    rule = mapping.rule("planned_days")
    if table == "episodes" and rule is not None and rule.rule == "by_column" and rule.options["column"] not in filled:
        needed.append(str(rule.options["column"]))
    return needed


def _missing_column(item: _Input, name: str) -> Finding:
    hint = f"Add it, or name the site's own column in mapping.toml under [columns.{item.table}]"
    return Finding("missing_column", "error", item.name, name, "this column is needed and is not there", hint)


def _check(
    engine: DuckEngine, inputs: Sequence[_Input], plans: Dictionary[str, TablePlan], mapping: Mapping, scales: Any
) -> tuple[list[Finding], dict[str, list[int]]]:
    """Every finding, and the rows that errors leave out."""
    faults = engine.faults(rules_for(plans, mapping, scales))
    findings: list[Finding] = []
    excluded: dict[str, list[int]] = {}
    for item in inputs:
        own = [fault for fault in faults if fault.rule.table == item.table]
        lines = _Lines(item) if own or item.broken else None
        findings += _broken_lines(item, lines)
        findings += [_finding(item, plans[item.table], fault, lines) for fault in own]
        bad = {row for fault in own if fault.rule.severity == "error" for row in fault.rows}
        excluded[item.table] = sorted(bad)
        if plans[item.table].dropped:
            names = ", ".join(plans[item.table].dropped)
            hint = "To use one, map it or declare it under [covariates]"
            findings.append(Finding("not_read", "note", item.name, "", f"columns that are not read: {names}", hint))
    return findings, excluded


class _Lines:
    """Where the rows of an input stand in its file."""

    def __init__(self, item: _Input) -> None:
        self._starts: list[int] | None = None
        if item.path is not None and item.unit == "line":
            starts = physical_lines(item.path, item.delimiter)
            self._records = starts
            broken = {record for record, _ in item.broken}
            self._starts = [line for record, line in enumerate(starts[1:], start=2) if record not in broken]

    def of_rows(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Physical lines of rows counted from 0."""
        if self._starts is None:
            return tuple(row + 1 for row in rows)
        return tuple(self._starts[row] for row in rows)

    def of_record(self, record: int) -> int:
        """Physical line of a record counted from 1, the header."""
        return self._records[min(record, len(self._records)) - 1]


def _broken_lines(item: _Input, lines: _Lines | None) -> list[Finding]:
    found: dict[str, list[int]] = {}
    for record, reason in item.broken:
        found.setdefault(reason, []).append(lines.of_record(record) if lines else record)
    findings = []
    for reason, places in found.items():
        rule, message = _BROKEN.get(reason, ("broken_line", "the line cannot be read"))
        hint = "Correct the line: quote fields that hold the separator, and close every quotation mark"
        findings.append(Finding(rule, "error", item.name, "", message, hint, tuple(places), item.unit, len(places)))
    return findings


def _finding(item: _Input, plan: TablePlan, fault: Fault, lines: _Lines | None) -> Finding:
    rule = fault.rule
    column = plan.names.get(rule.columns[0], rule.columns[0])
    places = lines.of_rows(fault.rows) if lines else fault.rows
    severity: Any = rule.severity
    return Finding(rule.id, severity, item.name, column, rule.message, rule.hint, places, item.unit, len(fault.rows))


def _beyond_repair(findings: Sequence[Finding]) -> bool:
    """Whether leaving rows out cannot help: identifiers, or lines that swallow others."""
    rules = {finding.rule for finding in findings if finding.severity == "error"}
    return bool(rules & {*_ALWAYS_FATAL, "identifier_value", "dates_not_allowed"})


def _refuse_free_text(engine: DuckEngine, plans: Dictionary[str, TablePlan], mapping: Mapping, episodes: _Input) -> None:
    """A covariate with many different texts is free text, whatever it is called."""
    for name, kind in mapping.covariates.items():
        if kind == "category" and name in plans["episodes"].fields and len(engine.tally([Column(name)])) > MAX_CATEGORIES:
            message = f"a covariate with more than {MAX_CATEGORIES} different texts"
            fatal("free_text", episodes.name, message, "Group it into categories, or leave it out.", column=plans["episodes"].names[name])


# -- what is kept ------------------------------------------------------------------------------------------------


def _flow(engine: DuckEngine, inputs: Sequence[_Input], excluded: Dictionary[str, Sequence[int]]) -> tuple[Flow, ...]:
    flows = []
    for item in inputs:
        raw, used = engine.raw_rows(item.table), engine.kept(item.table)
        reasons = {"lines that cannot be read": len(item.broken), "rows with an error": len(excluded[item.table])}
        reasons["rows of excluded episodes"] = raw - len(excluded[item.table]) - used
        flows.append(Flow(item.table, raw + len(item.broken), {reason: n for reason, n in reasons.items() if n}))
    return tuple(flows)


def _provenance(engine: DuckEngine, inputs: Sequence[_Input], mapping: Mapping) -> Provenance:
    names = ("duckdb", "numpy", "scipy", "matplotlib")
    versions = {"python": platform.python_version(), **{name: version(name) for name in names}}
    sources = tuple(Source(item.table, item.name, engine.raw_rows(item.table), item.sha256) for item in inputs)
    return Provenance(
        f"iop_outcomes {version('iop-outcomes')}",
        versions,
        sources,
        mapping.sha256,
        mapping.data_class,
        mapping.cutoff,
        mapping.los_convention,
    )


def _groups(engine: DuckEngine, plans: Dictionary[str, TablePlan]) -> tuple[str, ...]:
    """Columns that hold categories; identifiers, numbers and dates are none."""
    categories = {name for name, declared in plans["episodes"].fields.items() if declared.kind in ("category", "code")}
    return tuple(name for name in engine.columns if name in categories or name in ("period", "discharge_reason"))
