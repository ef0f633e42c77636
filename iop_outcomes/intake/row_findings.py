"""Takes lines that cannot be read, copies and rows with faults, gives the findings that name them by their lines in the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from iop_outcomes.intake.checks import OF_TABLES
from iop_outcomes.intake.findings import Finding, Severity
from iop_outcomes.intake.id_spellings import WRITE_ALIKE, say_written_otherwise
from iop_outcomes.intake.inputs import Input, Lines
from iop_outcomes.intake.placing import Placed
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.intake.rules import Fault

_BROKEN = {
    "MISSING COLUMNS": ("missing_columns", "fewer fields than the header"),
    "TOO MANY COLUMNS": ("too_many_columns", "more fields than the header"),
    "UNQUOTED VALUE": ("open_quote", "a quotation mark is not closed"),
    "INVALID ENCODING": ("not_utf8", "bytes that are not UTF-8"),
    "LINE SIZE OVER MAXIMUM": ("field_too_long", "the line is too long"),
}
_UNPLACED = {
    "no_patient": "no episode of that patient",
    "before": "before any admission",
    "between": "between two episodes",
    "after": "after the last discharge",
}
_UNREADABLE = ("broken_line", "the line cannot be read")
_ALWAYS_FATAL = ("open_quote", "not_utf8", "field_too_long")


def findings_of_swallowed(item: Input) -> list[Finding]:
    """Lines that swallow others, so that nothing else of their file can be judged."""
    broken = [(record, reason) for record, reason in item.broken if _BROKEN.get(reason, _UNREADABLE)[0] in _ALWAYS_FATAL]
    return findings_of_broken(broken, Lines(item)) if broken else []


def findings_of_broken(broken: Sequence[tuple[int, str]], lines: Lines) -> list[Finding]:
    """Lines that cannot be read, by what is wrong with them."""
    records_by_reason: dict[str, list[int]] = {}
    for record, reason in broken:
        records_by_reason.setdefault(reason, []).append(record)
    findings = []
    for reason, records in records_by_reason.items():
        rule, message = _BROKEN.get(reason, _UNREADABLE)
        hint = "Correct the line: quote fields that hold the separator, and close every quotation mark"
        findings += [
            Finding(rule, "error", file.name, "", message, hint, places, file.unit, len(places))
            for file, places in lines.of_records(records)
        ]
    return findings


def findings_of_copies(copies: Sequence[int], lines: Lines) -> list[Finding]:
    """Rows that were left out because they are copies."""
    if not copies:
        return []
    message, hint = (
        "repeats another row in every cell that is read",
        "It is kept once; see that no other rows were lost where the file was joined",
    )
    return [
        Finding("exact_copy", "note", file.name, "", message, hint, places, file.unit, len(places))
        for file, places in lines.by_file(copies)
    ]


def findings_of_placed(item: Input, placed: Placed, lines: Lines, otherwise: int = 0) -> list[Finding]:
    """How many were placed, how several claims were settled, and the rows that no episode claims.

    `otherwise` are rows without a patient whose id is written otherwise than one that is there.
    """
    total = placed.placed + len(placed.rows)
    words = f"{placed.placed:,} of {total:,} {item.table} placed by patient and date"
    several = [(placed.in_care, "to the one in care that day"), (placed.nearest, "to the nearest admission")]
    settled = ", ".join(f"{n:,} {way}" for n, way in several if n)
    if settled:
        words += f"; of {placed.in_care + placed.nearest:,} that several episodes claimed, {settled}"
    severity: Severity = "warning" if placed.rows else "note"
    hint = "What no episode claims is not used: see the lines named below" if placed.rows else "Nothing is to be done"
    if otherwise:
        words, hint = f"{words}; {say_written_otherwise(otherwise)}", WRITE_ALIKE
    out = [Finding("placed", severity, item.name, "", words, hint)]
    for why, message in _UNPLACED.items():
        if rows := placed.unplaced.get(why):
            hint = "Correct the patient or the date, or bring the episode; it is not used as it stands"
            out += [
                Finding("not_placed", "note", file.name, "", message, hint, places, file.unit, len(places))
                for file, places in lines.by_file(rows)
            ]
    return out


def findings_of_fault(item: Input, plan: TablePlan, fault: Fault, lines: Lines) -> list[Finding]:
    """Rows that break a rule, under the name that the site gives the column; one for each file, where an adapter made the table of several."""
    rule = fault.rule
    column = plan.source(rule.columns[0])
    places = [(item, ())] if rule.id in OF_TABLES else lines.by_file(fault.rows, column)
    severity: Any = rule.severity
    return [Finding(rule.id, severity, file.name, column, rule.message, rule.hint, at, file.unit, len(at)) for file, at in places]
