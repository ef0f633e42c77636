"""Takes a mapping.toml, gives a checked `Mapping`: how a site's files become the canonical tables."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from iop_outcomes.columns import DATA_CLASSES, LOS_CONVENTIONS, MAX_DAYS, TABLES, Field
from iop_outcomes.errors import DataError, choices

MAX_BYTES = 1_000_000
COVARIATE_KINDS = ("category", "integer")
RULES: Dictionary[str, Dictionary[str, tuple[str, ...]]] = {
    "discharge_reason": {"stay_at_least_planned": ()},
    "planned_days": {"by_column": ("column", "days"), "constant": ("days",)},
    "follow_up_days": {"to_cutoff": ()},
}
SECTIONS = ("data", "tables", "columns", "codes", "missing", "covariates", *RULES)


@dataclass(frozen=True)
class ColumnRule:
    """A rule of the closed vocabulary that fills a column."""

    column: str
    rule: str
    options: Dictionary[str, Any] = field(default_factory=dict)


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
    delimiter : str
        Between the fields of a CSV.
    tables : dict of str to str
        Paths by table.
    columns : dict of table to dict of canonical to site's name
    codes : dict of column to dict of site's code to canonical word
    missing : dict of column (or "all") to tuple of codes that mean "no value"
    covariates : dict of name to kind
    rules : tuple of ColumnRule
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
    delimiter: str = ","
    tables: Dictionary[str, str] = field(default_factory=dict)
    columns: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    codes: Dictionary[str, Dictionary[str, str]] = field(default_factory=dict)
    missing: Dictionary[str, tuple[str, ...]] = field(default_factory=dict)
    covariates: Dictionary[str, str] = field(default_factory=dict)
    rules: tuple[ColumnRule, ...] = ()
    folder: Path | None = None
    name: str = "mapping"
    sha256: str = ""

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
    return _checked(_parsed(path), path.name, path.parent, hashlib.sha256(path.read_bytes()).hexdigest())


def _parsed(path: Path) -> Dictionary[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError(f"{path.name}: larger than {MAX_BYTES:,} bytes. A mapping is a short text.")
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise DataError(f"{path.name}: mapping cannot be read ({error.strerror}). Check the path.") from error
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name}: mapping is not UTF-8 text. Save it as UTF-8.") from error
    except RecursionError as error:
        raise DataError(f"{path.name}: not valid TOML (nested too deeply). A mapping is a short text.") from error
    except tomllib.TOMLDecodeError as error:
        raise DataError(f"{path.name}: not valid TOML ({error}). Correct that line.") from error


def _fingerprint(given: Dictionary[str, Any]) -> str:
    return hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()


def _checked(given: Dictionary[str, Any], name: str, folder: Path | None, sha256: str) -> Mapping:
    only(given, SECTIONS, name, "section")
    data = _section(given, "data", name)
    only(data, ("class", "cutoff", "los_convention", "delimiter"), f"{name} [data]", "key")
    data_class = _one_of(data.get("class", "safe_harbor"), DATA_CLASSES, f"{name} [data] class")
    tables = _section(given, "tables", name)
    only(tables, tuple(TABLES), f"{name} [tables]", "table")
    columns = _section(given, "columns", name)
    only(columns, tuple(TABLES), f"{name} [columns]", "table")
    codes = _section(given, "codes", name)
    return Mapping(
        data_class=data_class,
        declared="class" in data,
        cutoff=_cutoff(data.get("cutoff", ""), name),
        los_convention=_one_of(data.get("los_convention", "difference"), LOS_CONVENTIONS, f"{name} [data] los_convention"),
        delimiter=_one_of(data.get("delimiter", ","), (",", ";", "\t", "|"), f"{name} [data] delimiter"),
        tables=_texts(tables, f"{name} [tables]"),
        columns={table: _texts(_section(columns, table, name), f"{name} [columns.{table}]") for table in columns},
        codes={column: _words(column, _section(codes, column, name), f"{name} [codes.{column}]") for column in codes},
        missing={column: _codes(codes, f"{name} [missing] {column}") for column, codes in _section(given, "missing", name).items()},
        covariates=_covariates(_section(given, "covariates", name), name),
        rules=tuple(_rule(column, _section(given, column, name), name) for column in RULES if column in given),
        folder=folder,
        name=name,
        sha256=sha256,
    )


def _section(given: Dictionary[str, Any], key: str, name: str) -> Dictionary[str, Any]:
    section = given.get(key, {})
    if not isinstance(section, Dictionary):
        raise DataError(f"{name}: {key} must be a table, as in [{key}].")
    return section


def only(given: Iterable[str], allowed: Iterable[str], where: str, what: str) -> None:
    """Refuse a key that the vocabulary does not hold.

    Raises
    ------
    DataError
        Naming the key, where it stands and the nearest one that is allowed.
    """
    known = tuple(allowed)
    for key in given:
        if key not in known:
            raise DataError(f'{where}: no {what} "{key}". {choices(str(key), known)}')


def _one_of(value: object, allowed: tuple[str, ...], where: str) -> str:
    if value not in allowed:
        raise DataError(f'{where}: "{value}" is not allowed. {choices(str(value), allowed)}')
    return str(value)


def _texts(given: Dictionary[str, Any], where: str) -> dict[str, str]:
    for key, value in given.items():
        if not isinstance(value, str):
            raise DataError(f'{where}: {key} must be text in quotes, as in {key} = "name".')
    return dict(given)


def _words(column: str, given: Dictionary[str, Any], where: str) -> dict[str, str]:
    """A site's codes and their canonical words; those of a closed list must be of it."""
    codes = _texts(given, where)
    allowed = [word for field in _declared(column) for word in (("0", "1") if field.kind == "flag" else field.allowed)]
    for site, word in codes.items():
        if allowed:
            _one_of(word, tuple(allowed), f"{where} {site}")
    return codes


def _declared(column: str) -> list[Field]:
    return [field for fields in TABLES.values() for field in fields if field.name == column]


def _codes(given: object, where: str) -> tuple[str, ...]:
    codes = [given] if isinstance(given, str) else given
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise DataError(f'{where}: must be a list of texts, as in ["NA", "-9"].')
    return tuple(codes)


def _cutoff(given: object, name: str) -> str:
    text = given.isoformat() if isinstance(given, date) else str(given)
    if text and not _is_date(text):
        raise DataError(f'{name} [data] cutoff: must be a date such as "2025-09-30".')
    return text


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _covariates(given: Dictionary[str, Any], name: str) -> dict[str, str]:
    for column in given:
        if _declared(column):
            raise DataError(f'{name} [covariates]: "{column}" is a column already, and needs no declaration.')
    return {column: _one_of(kind, COVARIATE_KINDS, f"{name} [covariates] {column}") for column, kind in given.items()}


def _rule(column: str, given: Dictionary[str, Any], name: str) -> ColumnRule:
    where = f"{name} [{column}]"
    rule = _one_of(given.get("rule", ""), tuple(RULES[column]), f"{where} rule")
    options = {key: value for key, value in given.items() if key != "rule"}
    only(options, RULES[column][rule], where, "key")
    for key in RULES[column][rule]:
        if key not in options:
            raise DataError(f"{where}: rule {rule} needs {key}.")
    days = options.get("days")
    if rule == "constant" and not _is_days(days):
        raise DataError(f"{where}: days must be a whole number above 0, as in days = 84.")
    if rule == "by_column":
        if not isinstance(days, Dictionary) or not days or not all(_is_days(number) for number in days.values()):
            raise DataError(f"{where}: days must name a whole number above 0 for each word, as in days = {{ short = 90, long = 180 }}.")
        _texts({"column": options["column"]}, where)
    return ColumnRule(column, rule, options)


def _is_days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MAX_DAYS
