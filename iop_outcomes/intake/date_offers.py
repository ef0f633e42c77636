"""Takes columns of dates, gives the formats that fit every value of them: said and proposed, and never used unless they are declared.

Only counts leave the rows. Two formats can fit one column, where no day is above 12: then a person must say which.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace

from iop_outcomes.engine.dialect import quoted
from iop_outcomes.intake.dates import DATE_FORMATS, ISO, SERIAL, day_sql
from iop_outcomes.intake.findings import Finding
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.intake.rules import Fault, Rule
from iop_outcomes.intake.store import Store

NO_DATE = "invalid_date"
OTHER_FORMAT = "date_format"
WHO_KNOWS = "Ask who made the export, or look up one admission whose day is known"
CORRECT_OR_DECLARE = f"Correct the others, and declare [data] date_format in mapping.toml: one of {', '.join(DATE_FORMATS)}"


@dataclass(frozen=True)
class DateFits:
    """How many values of a column each format fits.

    Parameters
    ----------
    n : int
        Values that are not blank.
    plain : int
        Those that are read where no format is declared.
    fits : dict of str to int
        By format.
    """

    n: int
    plain: int
    fits: Dictionary[str, int]

    @property
    def all(self) -> tuple[str, ...]:
        """Formats that fit every value; none of a column without values."""
        return tuple(name for name, n in self.fits.items() if n == self.n) if self.n else ()


def count_fits(store: Store, relation: str, texts: Sequence[str]) -> list[DateFits]:
    """How many values each format fits, column by column, in one scan.

    Parameters
    ----------
    store : Store
        Where the rows are.
    relation : str
        SQL of what is scanned.
    texts : sequence of str
        SQL of the text of each column, NULL where it is blank.
    """
    if not texts:
        return []
    cells: list[str] = []
    for text in texts:
        days = [day_sql(text), *(day_sql(text, name) for name in DATE_FORMATS)]
        cells += [
            f"count({text})",
            *(f"count({day})" for day in days),
        ]
    with store.connection.lock:
        counts = store.connection.send(f"SELECT {', '.join(cells)} FROM {relation}").fetchall()[0]
    size = 2 + len(DATE_FORMATS)
    return [
        DateFits(n, plain, dict(zip(DATE_FORMATS, fits, strict=True)))
        for n, plain, *fits in (counts[at : at + size] for at in range(0, len(counts), size))
    ]


def offer_formats(store: Store, faults: Sequence[Fault], plans: Dictionary[str, TablePlan], mapping: Mapping) -> list[Fault]:
    """Say of each column with values that are no dates which formats would fit all of them, or most.

    Parameters
    ----------
    store : Store
        Asked once more, of the columns of dates of the faulty tables alone.
    faults : sequence of Fault
        What the scan found.
    plans, mapping
        What is read, and how its dates are declared to be written.
    """
    tables = dict.fromkeys(fault.rule.table for fault in faults if fault.rule.id == NO_DATE)
    fits = {table: _fits_of(store, table, plans[table]) for table in tables}
    return [_offered(fault, fits[fault.rule.table], mapping) if fault.rule.id == NO_DATE else fault for fault in faults]


def _fits_of(store: Store, table: str, plan: TablePlan) -> dict[str, DateFits]:
    dates = [name for name, field in plan.fields.items() if field.kind == "date"]
    return dict(zip(dates, count_fits(store, f"own_{table}", [quoted(name + "__text") for name in dates]), strict=True))


def _offered(fault: Fault, fits: Dictionary[str, DateFits], mapping: Mapping) -> Fault:
    rule, declared = fault.rule, mapping.date_formats.get(fault.rule.table, "")
    column = fits[rule.columns[0]]
    if not column.all:
        return Fault(_no_format_fits(rule, column, declared), fault.rows)
    together = [name for name in column.all if all(name in other.all for other in fits.values() if other.n)]
    hint = declare_hint(rule.table, together)
    if column.all == (ISO,):  # the values named are the ones with more than the plain date
        return Fault(
            replace(rule, hint=f"Every value is a date with a time, a zone or one digit as it may be in {ISO}. {hint}"), fault.rows
        )
    message = every_value(column.all)
    if len(together) == 1 < len(column.all):
        message += f"; the other dates of the file are written as {together[0]}"
    message += f"; declared is {declared}" if declared else ""
    return Fault(replace(rule, id=OTHER_FORMAT, message=message, hint=hint), fault.rows)


def declare_hint(table: str, formats: Sequence[str]) -> str:
    """How to declare one of some formats; none when the columns of a file have none in common.

    Examples
    --------
    >>> declare_hint("episodes", ["MM/DD/YYYY"])
    'Declare it in mapping.toml: [data] date_format = "MM/DD/YYYY" (for this table alone: [date_format] episodes = "MM/DD/YYYY")'
    """
    if not formats:
        return "Other dates of the same file are written otherwise: export them alike, and declare how under [data] date_format"
    if len(formats) > 1:
        return f'{WHO_KNOWS}, and declare it in mapping.toml: [data] date_format = "{formats[0]}" or "{formats[1]}"'
    return f'Declare it in mapping.toml: [data] date_format = "{formats[0]}" (for this table alone: [date_format] {table} = "{formats[0]}")'


def every_value(formats: Sequence[str]) -> str:
    """That some formats fit a column throughout, and why two of them do.

    Examples
    --------
    >>> every_value(["DD.MM.YYYY"])
    'every value is a date written as DD.MM.YYYY'
    >>> every_value(["MM/DD/YYYY", "DD/MM/YYYY"])
    'every value fits MM/DD/YYYY and DD/MM/YYYY, because no day is above 12'
    """
    if formats[0] == SERIAL:
        return "every value is a number of 5 digits, as a spreadsheet keeps days (45382 is 2024-03-31)"
    if len(formats) == 1:
        return f"every value is a date written as {formats[0]}"
    return f"every value fits {' and '.join(formats)}, because no day is above 12"


def _no_format_fits(rule: Rule, column: DateFits, declared: str) -> Rule:
    """The values named are no dates as declared; another format that fits more of them is named."""
    best = max(column.fits, key=lambda name: column.fits[name])
    if column.fits[best] <= column.fits[declared or ISO]:
        return rule
    return replace(rule, hint=f"{best} fits {column.fits[best]:,} of {column.n:,} values. {CORRECT_OR_DECLARE}")


def findings_of_zones(store: Store, file: str, table: str, plan: TablePlan) -> list[Finding]:
    """Moments of a Parquet file, which keeps them without the zone they were written in: a day near midnight may be the next one."""
    findings = []
    for name, field in plan.fields.items():
        source = plan.names[name]
        if field.kind == "date" and store.raw.type_of(table, source).endswith("WITH TIME ZONE"):
            n = store.connection.one(f"SELECT count(*) FROM own_{table} WHERE length({quoted(name + '__text')}) > 10")
            if n:
                message = f"moments in time, of which Parquet keeps no zone: the days read are those of UTC ({n:,} are not at midnight)"
                hint = "Export dates without a time, so that an evening does not become the next day"
                findings.append(Finding("time_zone", "warning", file, source, message, hint))
    return findings
