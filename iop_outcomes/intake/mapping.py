"""Takes a mapping.toml, gives a checked `Mapping`: how a site's files become the canonical tables."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from iop_outcomes.columns import COUNTED, DATA_CLASSES, EVENTS, KINDS, LOS_CONVENTIONS, WINDOWS, WITH_KNOWN_WORDS, Field, RowKind
from iop_outcomes.errors import DataError
from iop_outcomes.intake.dated_changes import DatedChange, read_changes
from iop_outcomes.intake.dates import DATE_FORMATS
from iop_outcomes.intake.layout_names import layout_named
from iop_outcomes.intake.primary import read_primary
from iop_outcomes.intake.targets import Target, line_of, read_targets
from iop_outcomes.intake.text_settings import TextSettings, delimiter_of, text_settings
from iop_outcomes.intake.toml_files import parsed_toml
from iop_outcomes.intake.vocabulary import cutoff_of, is_days, list_of_codes, numbers, one_of, only, section_of, texts
from iop_outcomes.scales import Occasion, read_occasions

COVARIATE_KINDS = ("category", "integer")
CONTACT_RULES = ("gap_days",)
GAP_DAYS = 30  # without an attended contact, after which the next one starts another episode
RULES: Dictionary[str, Dictionary[str, tuple[str, ...]]] = {
    "discharge_reason": {"stay_at_least_planned": ()},
    "planned_days": {"by_column": ("column", "days"), "constant": ("days",)},
    "follow_up_days": {"to_cutoff": ()},
    "episode_id": {"row_number": ()},
    "age_group": {"bands": ("column", "starts")},
}
SECTIONS = (
    "data",
    "databases",
    "tables",
    "columns",
    "codes",
    "missing",
    "leave_out",
    "constants",
    "covariates",
    "adapter",
    "contacts",
    "referral_mean",
    "occasions",
    "date_format",
    "text",
    "program",
    "report",
    "targets",
    "changes",
    *RULES,
)
_DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}$")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,100}$")
WITHOUT_END = ("unknown", "active")
COUNTS_OF = ("episodes", "discharged")


@dataclass(frozen=True)
class ColumnRule:
    """A rule of the closed vocabulary that fills a column."""

    column: str
    rule: str
    options: Dictionary[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AdapterSettings:
    """What an adapter cannot know of a site, such as what its tracks are called.

    Parameters
    ----------
    episodes : str
        Which table, resource or instrument holds the episodes; the layout's own choice when "".
    without_end : {"unknown", "active"}
        What an episode without an end date is.
    planned : tuple of str
        Codes that mark an event as planned.
    database : str
        Where the tables are when they are in a database: its name under [databases], and a schema, as in "warehouse.cdm".
    tracks, events, scales : dict of str to str
        A site's codes and the track, the event or the scale they stand for.
    fields : dict of str to str
        Names of fields of a form, such as phq9_total, and the site's own.
    moments : dict of str to {"admit", "discharge"}
        Events of a longitudinal project, and the day of the episode on which their forms without a date were filled in.
    """

    episodes: str = ""
    without_end: str = "unknown"
    planned: tuple[str, ...] = ()
    database: str = ""
    tracks: Dictionary[str, str] = field(default_factory=dict)
    events: Dictionary[str, str] = field(default_factory=dict)
    scales: Dictionary[str, str] = field(default_factory=dict)
    fields: Dictionary[str, str] = field(default_factory=dict)
    moments: Dictionary[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ContactRule:
    """How contacts are rolled into episodes.

    Parameters
    ----------
    rule : {"gap_days"}
        More than `days` days without an attended contact end an episode; the last contact is the discharge.
    days : int
        A gap of exactly so many days ends nothing.
    kinds : tuple of str
        Kinds of contact that count; every kind when empty.
    """

    rule: str = "gap_days"
    days: int = GAP_DAYS
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mapping:
    """How a site's files become the canonical tables.

    Parameters
    ----------
    data_class : str
        One of safe_harbor, limited_data_set, synthetic, public; safe_harbor, the strictest, when none is declared.
    declared : bool
        Whether the class was declared.
    cutoff : str
        Last day the data describe (ISO date), or "".
    los_convention : str
        What a `los_days` column of the file counts.
    layout : str
        Which layout the files come in, such as "omop", or the layout file of a site; "" for this package's own.
    delimiter : str
        Between the fields of a CSV.
    counts : str
        The column that says how many episodes a row stands for, where the rows are the cells of a table of counts; "" where each is one.
    counts_of : {"episodes", "discharged"}
        Whom such a table counts: where it says nothing of how episodes ended, whether all of them have.
    part2_tracks : tuple of str
        Tracks whose records are protected by 42 CFR part 2.
    scales : str
        The folder of scales of the site, beside the mapping; "" where there is none.
    known_words : tuple of str
        Columns in which the usual words of record systems are read as what they mean.
    tables : dict of str to str
        Paths by table.
    further : dict of str to tuple of str
        Of a table that stands in several files or sheets, such as one a year, the paths of all but the first.
    columns : dict of table to dict of canonical to site's name
    codes : dict of column to dict of site's code to canonical word
    missing : dict of column (or "all") to tuple of codes that mean "no value"
    leave_out : dict of table to dict of column to tuple of codes
        Rows that are not read: those whose column, ours or the site's, holds one of the codes.
    constants : dict of table to dict of column to word
        What is the same in every row of a table, and so in no column of it.
    covariates : dict of name to kind
    rules : tuple of ColumnRule
    adapter : AdapterSettings
        For files of another layout.
    contacts : ContactRule or None
        How episodes are built from contacts, where that is declared.
    referral_mean : dict of scale to points
        Mean scores of all who are referred, where the site knows them.
    occasions : tuple of Occasion
        When people are asked again after discharge, where the site says; the usual ones where it is empty.
    date_formats : dict of table to format
        How the dates of a table are written, where that is declared.
    text : dict of table to TextSettings
        How the text files of a table are written, where a mapping was read.
    headers : dict of table to tuple of str
        Names that the header of a table may hold, where a layout file says which.
    databases : dict of name to dict
        For each database its `file`, or the variable of the environment that holds its URL (`url_env`).
    program : str
        What the program is called in reports; "" when the mapping names none.
    primary : str
        The primary outcome of reports: a measure, or a measure and one of its numbers; "" when the mapping names none.
    targets : tuple of Target
        What it means to reach.
    changes : tuple of DatedChange
        What it began to do differently, and when.
    folder : Path or None
        Where relative paths start.
    name : str
        What messages call it.
    sha256 : str
        Fingerprint of what was declared.
    """

    data_class: str = "safe_harbor"
    declared: bool = False
    cutoff: str = ""
    los_convention: str = "difference"
    layout: str = ""
    delimiter: str = ","
    counts: str = ""
    counts_of: str = "episodes"
    part2_tracks: tuple[str, ...] = ()
    known_words: tuple[str, ...] = ()
    scales: str = ""
    tables: Dictionary[str, str] = field(default_factory=dict)
    further: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    codes: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    missing: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    leave_out: Dictionary[str, Dictionary[str, tuple[str, ...]]] = field(default_factory=dict)
    constants: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    covariates: Dictionary[str, str] = field(default_factory=dict)
    rules: tuple[ColumnRule, ...] = ()
    adapter: AdapterSettings = field(default_factory=AdapterSettings)
    contacts: ContactRule | None = None
    referral_mean: Dictionary[str, float] = field(default_factory=dict)
    occasions: tuple[Occasion, ...] = ()
    date_formats: Dictionary[str, str] = field(default_factory=dict)
    text: Dictionary[str, TextSettings] = field(default_factory=dict)
    headers: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    databases: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    program: str = ""
    primary: str = ""
    targets: tuple[Target, ...] = ()
    changes: tuple[DatedChange, ...] = ()
    folder: Path | None = None
    name: str = "mapping"
    sha256: str = ""

    def text_of(self, table: str) -> TextSettings:
        """How the text files of a table are written."""
        return self.text.get(table, TextSettings(delimiter=self.delimiter))

    def rule(self, column: str) -> ColumnRule | None:
        """The rule that fills a column, if one does."""
        return next((rule for rule in self.rules if rule.column == column), None)


def read_mapping(given: Mapping | Dictionary[str, Any] | str | Path | None) -> Mapping:
    """Read and check a mapping.

    Parameters
    ----------
    given : path, dict or None
        A mapping.toml, or the same as nested dicts; nothing gives a mapping in which names are canonical already.

    Raises
    ------
    DataError
        When it cannot be read, or says something that the vocabulary does not hold; the message names the key.
    """
    if isinstance(given, Mapping):
        return given
    if given is None:
        return Mapping()
    if isinstance(given, Dictionary):
        return _checked(given, "mapping", None, _fingerprint(given))
    path = Path(given)
    return _checked(parsed_mapping(path), path.name, path.parent, hashlib.sha256(path.read_bytes()).hexdigest())


def parsed_mapping(path: Path) -> Dictionary[str, Any]:
    """What a mapping.toml says, parsed and not yet checked.

    Raises
    ------
    DataError
        When it cannot be read, or is no TOML.
    """
    return parsed_toml(path, "mapping")


def _fingerprint(given: Dictionary[str, Any]) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()


def _checked(given: Dictionary[str, Any], name: str, folder: Path | None, sha256: str) -> Mapping:
    only(given, SECTIONS, name, "section")
    data = section_of(given, "data", name)
    only(
        data,
        (
            "class",
            "counts",
            "counts_of",
            "cutoff",
            "los_convention",
            "delimiter",
            "layout",
            "part2_tracks",
            "date_format",
            "known_words",
            "scales",
        ),
        f"{name} [data]",
        "key",
    )
    data_class = one_of(data.get("class", "safe_harbor"), DATA_CLASSES, f"{name} [data] class")
    delimiter = delimiter_of(data.get("delimiter", ","), f"{name} [data] delimiter")
    tables = section_of(given, "tables", name)
    only(tables, tuple(KINDS), f"{name} [tables]", "table")
    named = {table: _files_of(value, f"{name} [tables] {table}") for table, value in tables.items()}
    columns = section_of(given, "columns", name)
    only(columns, tuple(KINDS), f"{name} [columns]", "table")
    codes = section_of(given, "codes", name)
    counts, counts_of = _counts(given, data, f"{name} [data]")
    rules = tuple(_rule(column, section_of(given, column, name), name) for column in RULES if column in given)
    _refuse_numbering(given, data, name)
    return Mapping(
        data_class=data_class,
        declared="class" in data,
        cutoff=cutoff_of(data.get("cutoff", ""), name),
        layout=layout_named(data.get("layout", ""), f"{name} [data] layout"),
        los_convention=one_of(data.get("los_convention", "difference"), LOS_CONVENTIONS, f"{name} [data] los_convention"),
        delimiter=delimiter,
        counts=counts,
        counts_of=counts_of,
        part2_tracks=list_of_codes(data.get("part2_tracks", []), f"{name} [data] part2_tracks"),
        known_words=tuple(
            one_of(column, WITH_KNOWN_WORDS, f"{name} [data] known_words")
            for column in list_of_codes(data.get("known_words", []), f"{name} [data] known_words")
        ),
        scales=line_of(data["scales"], f"{name} [data] scales") if "scales" in data else "",
        tables={table: files[0] for table, files in named.items()},
        further={table: files[1:] for table, files in named.items() if files[1:]},
        columns={table: texts(section_of(columns, table, name), f"{name} [columns.{table}]") for table in columns},
        codes={column: _words(column, section_of(codes, column, name), f"{name} [codes.{column}]") for column in codes},
        missing={
            column: list_of_codes(codes, f"{name} [missing] {column}") for column, codes in section_of(given, "missing", name).items()
        },
        leave_out=_left_out(section_of(given, "leave_out", name), f"{name} [leave_out"),
        constants=_constants(section_of(given, "constants", name), f"{name} [constants"),
        covariates=_covariates({**_banded(rules), **section_of(given, "covariates", name)}, name),
        rules=rules,
        adapter=_adapter(section_of(given, "adapter", name), f"{name} [adapter"),
        contacts=_contacts(section_of(given, "contacts", name), f"{name} [contacts]") if "contacts" in given else None,
        referral_mean=numbers(section_of(given, "referral_mean", name), f"{name} [referral_mean]"),
        occasions=_occasions(section_of(given, "occasions", name), f"{name} [occasions]") if "occasions" in given else (),
        text=text_settings(section_of(given, "text", name), delimiter, name),
        date_formats=_date_formats(data, section_of(given, "date_format", name), name),
        databases=_databases(section_of(given, "databases", name), f"{name} [databases"),
        program=_program(section_of(given, "program", name), f"{name} [program]"),
        primary=read_primary(section_of(given, "report", name), f"{name} [report]"),
        targets=read_targets(section_of(given, "targets", name), f"{name} [targets"),
        changes=read_changes(given.get("changes", []), name),
        folder=folder,
        name=name,
        sha256=sha256,
    )


def _files_of(given: object, where: str) -> tuple[str, ...]:
    """The file of a table, or the files that hold it together."""
    files = [given] if isinstance(given, str) else given
    if not isinstance(files, list) or not files or not all(isinstance(file, str) for file in files) or len(set(files)) < len(files):
        raise DataError(
            f'{where}: must be text in quotes, as in "admissions.csv", or a list of different files, as in ["2023.csv", "2024.csv"].'
        )
    return tuple(files)


def _left_out(given: Dictionary[str, Any], where: str) -> dict[str, dict[str, tuple[str, ...]]]:
    """The codes of each table whose rows are not read, by column."""
    only(given, tuple(KINDS), f"{where}]", "table")
    columns = {table: section_of(given, table, where) for table in given}
    return {
        table: {column: list_of_codes(codes, f"{where}.{table}] {column}") for column, codes in of_table.items()}
        for table, of_table in columns.items()
    }


def _constants(given: Dictionary[str, Any], where: str) -> dict[str, dict[str, str]]:
    """What is the same in every row of each table: labels, and words of a closed list."""
    only(given, tuple(KINDS), f"{where}]", "table")
    constants = {}
    for table in given:
        inside = f"{where}.{table}]"
        words = texts(section_of(given, table, where), inside)
        allowed = {each.name: each.allowed for each in KINDS[table].fields if each.kind in ("category", "code")}
        only(words, allowed, inside, "column of words")
        for name, word in words.items():
            if allowed[name]:
                one_of(word, allowed[name], f"{inside} {name}")
            else:
                line_of(word, f"{inside} {name}")
        constants[table] = words
    return constants


def _counts(given: Dictionary[str, Any], data: Dictionary[str, Any], where: str) -> tuple[str, str]:
    """The column of a table of counts that says how many, and whom it counts."""
    column = line_of(data["counts"], f"{where} counts") if "counts" in data else ""
    other = next((key for key in ("layout", "contacts") if column and (key in data or key in given)), "")
    if other:
        raise DataError(f"{where} counts: a table of counts stands by itself, and {other} is declared beside it. Take out one of them.")
    return column, one_of(data.get("counts_of", COUNTS_OF[0]), COUNTS_OF, f"{where} counts_of")


def _refuse_numbering(given: Dictionary[str, Any], data: Dictionary[str, Any], name: str) -> None:
    """Rows are numbered in a file of one row per episode alone: anything else brings or makes the ids of its episodes."""
    other = next((key for key in ("counts", "layout", "contacts") if "episode_id" in given and (key in data or key in given)), "")
    if other:
        raise DataError(
            f"{name} [episode_id]: only rows that are one episode each are numbered, and {other} is declared. Take out one of them."
        )


def _banded(rules: tuple[ColumnRule, ...]) -> dict[str, str]:
    """The columns of whole numbers that bands are made of, which need no declaration."""
    return {rule.options["column"]: "integer" for rule in rules if rule.rule == "bands"}


def _occasions(given: Dictionary[str, Any], where: str) -> tuple[Occasion, ...]:
    try:
        return read_occasions(given)
    except ValueError as problem:
        raise DataError(f"{where}: {problem}.") from problem


def _program(given: Dictionary[str, Any], where: str) -> str:
    only(given, ("name",), where, "key")
    return line_of(given["name"], f"{where} name") if "name" in given else ""


def _databases(given: Dictionary[str, Any], where: str) -> dict[str, dict[str, str]]:
    """The databases by their names: each a file, or a variable of the environment; a URL itself has no place in a mapping."""
    databases = {}
    for name in given:
        if not _DATABASE.match(name):
            raise DataError(f"{where}]: a database is called by letters, digits and _, as in [databases.warehouse].")
        section = texts(section_of(given, name, where), f"{where}.{name}]")
        if "url" in section:
            raise DataError(f'{where}.{name}] url: a URL holds a password. Write url_env = "NAME", and set that variable where this runs.')
        only(section, ("file", "url_env"), f"{where}.{name}]", "key")
        if len(section) != 1:
            raise DataError(f"{where}.{name}]: needs either file or url_env.")
        if not _VARIABLE.match(section.get("url_env", "X")):
            raise DataError(f'{where}.{name}] url_env: must be the name of a variable, as in url_env = "WAREHOUSE_URL".')
        databases[name] = section
    return databases


def _date_formats(data: Dictionary[str, Any], by_table: Dictionary[str, Any], name: str) -> dict[str, str]:
    """How the dates of each table are written: as its own line says, else as [data] does."""
    only(by_table, tuple(KINDS), f"{name} [date_format]", "table")
    formats = {table: one_of(each, DATE_FORMATS, f"{name} [date_format] {table}") for table, each in by_table.items()}
    if "date_format" in data:
        everywhere = one_of(data["date_format"], DATE_FORMATS, f"{name} [data] date_format")
        formats = dict.fromkeys(KINDS, everywhere) | formats
    return formats


def _adapter(given: Dictionary[str, Any], where: str) -> AdapterSettings:
    only(given, [part.name for part in fields(AdapterSettings)], f"{where}]", "key")
    events = texts(section_of(given, "events", where), f"{where}.events]")
    for code, event in events.items():
        one_of(event, EVENTS, f"{where}.events] {code}")
    moments = texts(section_of(given, "moments", where), f"{where}.moments]")
    for event, moment in moments.items():
        one_of(moment, tuple(WINDOWS), f"{where}.moments] {event}")
    names = texts({key: given.get(key, "") for key in ("episodes", "database")}, f"{where}]")
    return AdapterSettings(
        episodes=names["episodes"],
        database=names["database"],
        without_end=one_of(given.get("without_end", "unknown"), WITHOUT_END, f"{where}] without_end"),
        planned=list_of_codes(given.get("planned", []), f"{where}] planned"),
        events=events,
        moments=moments,
        **{part: texts(section_of(given, part, where), f"{where}.{part}]") for part in ("tracks", "scales", "fields")},
    )


def _contacts(given: Dictionary[str, Any], where: str) -> ContactRule:
    only(given, ("rule", "days", "kinds"), where, "key")
    days = given.get("days", GAP_DAYS)
    if not is_days(days):
        raise DataError(f"{where}: days must be a whole number above 0, as in days = {GAP_DAYS}.")
    return ContactRule(
        one_of(given.get("rule", ""), CONTACT_RULES, f"{where} rule"), days, list_of_codes(given.get("kinds", []), f"{where} kinds")
    )


def _words(column: str, given: Dictionary[str, Any], where: str) -> dict[str, str]:
    """A site's codes and their canonical words; those of a closed list must be of it, unless a table has the same column without one."""
    codes = texts(given, where)
    lists = [("0", "1") if field.kind == "flag" else (*field.allowed, *dict(field.also)) for field in _declared(column)]
    if all(lists):
        allowed = tuple(dict.fromkeys(word for words in lists for word in words))
        for site, word in codes.items():
            if allowed:
                one_of(word, allowed, f"{where} {site}")
    return codes


def _declared(column: str) -> list[Field]:
    return [field for kind in KINDS.values() for field in kind.fields if field.name == column]


def _taking_names() -> list[RowKind]:
    """Kinds whose columns no covariate may be called by; contacts and sessions have words of their own."""
    return [kind for kind in KINDS.values() if not kind.rolled_into and not kind.in_place]


def _covariates(given: Dictionary[str, Any], name: str) -> dict[str, str]:
    for column in given:
        tables = [kind.name for kind in _taking_names() if any(declared.name == column for declared in kind.fields)]
        if COUNTED in tables:
            raise DataError(f'{name} [covariates]: "{column}" is a column already, and needs no declaration.')
        if tables:
            raise DataError(
                f'{name} [covariates]: "{column}" is a column of {" and ".join(tables)}. Call yours otherwise, as in '
                f'[covariates] own_{column} = "category" and [columns.{COUNTED}] own_{column} = "{column}".'
            )
    return {column: one_of(kind, COVARIATE_KINDS, f"{name} [covariates] {column}") for column, kind in given.items()}


def _rule(column: str, given: Dictionary[str, Any], name: str) -> ColumnRule:
    where = f"{name} [{column}]"
    rule = one_of(given.get("rule", ""), tuple(RULES[column]), f"{where} rule")
    options = {key: value for key, value in given.items() if key != "rule"}
    only(options, RULES[column][rule], where, "key")
    for key in RULES[column][rule]:
        if key not in options:
            raise DataError(f"{where}: rule {rule} needs {key}.")
    days = options.get("days")
    if rule == "constant" and not is_days(days):
        raise DataError(f"{where}: days must be a whole number above 0, as in days = 84.")
    if rule == "by_column":
        if not isinstance(days, Dictionary) or not days or not all(is_days(number) for number in days.values()):
            raise DataError(f"{where}: days must name a whole number above 0 for each word, as in days = {{ short = 90, long = 180 }}.")
        texts({"column": options["column"]}, where)
    if rule == "bands":
        texts({"column": options["column"]}, where)
        starts = options["starts"]
        rising = isinstance(starts, list) and starts and all(map(is_days, starts)) and starts == sorted(set(starts))
        if not rising:
            raise DataError(
                f"{where}: starts must list the first age of each band, rising whole numbers above 0, as in starts = [18, 26, 45, 65]."
            )
    return ColumnRule(column, rule, options)
