"""Takes the parsed TOML of one scale file, gives a Scale, or says which key of which file is wrong and what to do.

Each key means one thing wherever it stands, so one table (`READ`, at the end) says how every key is read, and the fields of the
dataclasses in `scale.py` say which keys a table may and must have.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from iop_outcomes.errors import DataError, choices
from iop_outcomes.scales.occasions import read_occasions
from iop_outcomes.scales.scale import (
    OPERATORS,
    Answers,
    Band,
    CaseCutOff,
    ImportantChange,
    ItemGroups,
    MissingItems,
    Norm,
    Reliability,
    ReliableChangeProfile,
    Remission,
    Response,
    SafetyItem,
    Scale,
    ScaleCodes,
    SkippedItems,
)

# No score needs more; within these limits exact arithmetic on a strange file stays fast.
SMALLEST_NUMBER = Decimal("0.000001")
LARGEST_NUMBER = 1_000_000


def read_scales(file: str, content: dict[str, Any]) -> tuple[Scale, ...]:
    """Build the scale of a parsed file, then its subscales, each a scale of its own; whether their numbers fit is checked by the caller.

    A subscale says its title, the numbers of its items and its range; what else it does not say holds as for the whole form.

    Parameters
    ----------
    file : str
        How messages name the file.
    content : dict
        What `tomllib` made of it, with decimals as `Decimal`.

    Returns
    -------
    tuple of Scale
        Their keys are complete and of the right type, and nothing else was in the file.

    Raises
    ------
    DataError
        A key is missing, unknown or of the wrong type.

    Examples
    --------
    >>> read_scales("mood.toml", {"name": "mood", "items": "9"})
    Traceback (most recent call last):
    ...
    iop_outcomes.errors.DataError: mood.toml: key source: missing; add source = "doi, url or repository": no number without one.
    """
    parts = content.get("subscales", {})
    table = TomlTable(file, "", {key: value for key, value in content.items() if key != "subscales"})
    if not isinstance(parts, dict):
        table.fail("subscales", "must be tables, as in [subscales.anxiety]")
    scale: Scale = _part(table, Scale)
    if not OF_ITEMS & content.keys():
        scale = dataclasses.replace(scale, item_scoring=False)
    elif table.value("items", int, "a whole number, or leave out what is said of items") < 1:
        table.fail("items", "must be 1 or more; leave it out where only totals are taken")
    elif "item_range" not in content:
        table.value("item_range", list, "[lowest, highest], the answers to an item")
    if scale.scored_as == "mean" and "step" not in content:
        table.fail("step", 'must be given where scored_as = "mean", such as step = 0.1: without it a mean is rounded to whole points')
    of_form = {key: content[key] for key in INHERITED if key in content}
    scale = dataclasses.replace(scale, subscales=tuple(f"{scale.name}_{name}" for name in parts))
    return (scale, *(_subscale(file, scale, name, part, of_form) for name, part in parts.items()))


# What only a scale with items can say.
OF_ITEMS = {"items", "item_range", "reversed_items", "domains", "subscales", "weights", "groups", "other_answers", "skips", "numbers"}
# What a subscale does not say itself and its form does.
INHERITED = ("version", "better", "item_range", "range", "step", "recall_days", "item_scoring", "scored_as", "other_answers", "reversed_items", "source", "verified")  # fmt: skip


def _subscale(file: str, form: Scale, name: str, part: Any, of_form: dict[str, Any]) -> Scale:
    where = TomlTable(file, "subscales.", {name: part}).table(name)
    if not _is_name(name):
        where.fail("", "must be a name of small letters, digits and _, starting with a letter")
    table = TomlTable(file, where.path, {**of_form, "name": f"{form.name}_{name}", **where.content})
    numbers = table.value("numbers", list, "the numbers of its items on the form, [1, 2]")
    scored: Scale = _part(table, Scale, form=form.name, items=len(numbers), total=True)
    short = scored.short or f"{form.label} {name.replace('_', ' ')}"
    turned = tuple(number for number in scored.reversed_items if number in scored.numbers)
    return dataclasses.replace(scored, short=short, reversed_items=turned)


def fail(file: str, key: str, problem: str) -> NoReturn:
    """Raise the DataError that names file and key; `problem` says what to do."""
    raise DataError(f"{file}: key {key}: {problem}.")


class TomlTable:
    """One table of a file, which knows where it stands so that every complaint can name file and key."""

    def __init__(self, file: str, path: str, content: dict[str, Any]) -> None:
        self.file, self.path, self.content = file, path, content

    def fail(self, key: str, problem: str) -> NoReturn:
        """Complain of a key of this table."""
        fail(self.file, f"{self.path}{key}", problem)

    def value(self, key: str, kinds: type | tuple[type, ...], what: str) -> Any:
        """The value of a key that must be there."""
        if key not in self.content:
            self.fail(key, f"missing; add {what}")
        return self.typed(key, self.content[key], kinds, what)

    def typed(self, key: str, value: Any, kinds: type | tuple[type, ...], what: str) -> Any:
        """A value of the kind asked for."""
        # Python counts true and false as whole numbers; a scale file does not.
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
            self.fail(key, f"must be {what}")
        if isinstance(value, str) and not value.strip():
            self.fail(key, f"is empty; give {what}")
        if isinstance(value, int | Decimal):
            self.in_reach(key, Decimal(value))
        return value

    def in_reach(self, key: str, value: Decimal) -> None:
        """Refuse numbers that no score could be."""
        if not value.is_finite() or (value != 0 and not SMALLEST_NUMBER <= abs(value) <= LARGEST_NUMBER):
            self.fail(key, f"must be 0, or between {SMALLEST_NUMBER} and {LARGEST_NUMBER} in size")

    def table(self, key: str) -> TomlTable:
        """A table inside this one."""
        return TomlTable(self.file, f"{self.path}{key}.", self.value(key, dict, f"a table, [{self.path}{key}]"))


def _part(table: TomlTable, kind: type, **fields: Any) -> Any:
    """Read the keys that the dataclass `kind` has; `fields` are those already known."""
    expected = [field for field in dataclasses.fields(kind) if field.name not in fields]
    for field in expected:
        if field.name in table.content or field.default is dataclasses.MISSING:
            fields[field.name] = READ[field.name](table, field.name)
    _refuse_unknown(table, [field.name for field in expected])
    return kind(**fields)


def _refuse_unknown(table: TomlTable, known: list[str]) -> None:
    for key in table.content:
        if key not in known:
            table.fail(key, f"unknown; remove or rename it. {choices(key, known)}".removesuffix("."))


def _text(table: TomlTable, key: str) -> Any:
    return table.value(key, str, "text in quotes")


def _source(table: TomlTable, key: str) -> Any:
    return table.value(key, str, 'source = "doi, url or repository": no number without one')


def _verified(table: TomlTable, key: str) -> Any:
    return table.value(key, bool, "verified = true when the source was seen, else false")


def _flag(table: TomlTable, key: str) -> Any:
    return table.value(key, bool, "true or false")


def _whole(table: TomlTable, key: str) -> Any:
    return table.value(key, int, "a whole number")


def _number(table: TomlTable, key: str) -> Any:
    return table.value(key, (int, Decimal), "a number")


def _statistic(table: TomlTable, key: str) -> Any:
    return float(_number(table, key))


def _list_of(kinds: type | tuple[type, ...], what: str) -> Callable[[TomlTable, str], Any]:
    def read(table: TomlTable, key: str) -> Any:
        return tuple(table.typed(key, value, kinds, what) for value in table.value(key, list, what))

    return read


def _pair(kinds: type | tuple[type, ...]) -> Callable[[TomlTable, str], Any]:
    def read(table: TomlTable, key: str) -> Any:
        values = _list_of(kinds, "[lowest, highest]")(table, key)
        return values if len(values) == 2 and values[0] < values[1] else table.fail(key, "must be two numbers, [lowest, highest]")

    return read


def _one_of(*allowed: str) -> Callable[[TomlTable, str], Any]:
    def read(table: TomlTable, key: str) -> Any:
        value = _text(table, key)
        return value if value in allowed else table.fail(key, f'"{value}" is not known; use one of: {", ".join(allowed)}')

    return read


def _name(table: TomlTable, key: str) -> Any:
    value = _text(table, key)
    return value if _is_name(value) else table.fail(key, "must be a name of small letters, digits and _, starting with a letter")


def _domains(table: TomlTable, key: str) -> Any:
    domains = _list_of(str, 'a list of names, ["first", "second"]')(table, key)
    return domains if all(map(_is_name, domains)) else table.fail(key, "must be names of small letters, digits and _")


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text == text.lower()


def _single(kind: type) -> Callable[[TomlTable, str], Any]:
    def read(table: TomlTable, key: str) -> Any:
        return _part(table.table(key), kind)

    return read


def _named(kind: type) -> Callable[[TomlTable, str], Any]:
    def read(table: TomlTable, key: str) -> Any:
        tables = table.table(key)
        wrong = [name for name in tables.content if not _is_name(name)]
        if wrong:
            tables.fail(wrong[0], "must be a name of small letters, digits and _, starting with a letter")
        return tuple(_part(tables.table(name), kind, name=name) for name in tables.content)

    return read


def _listed(kind: type) -> Callable[[TomlTable, str], Any]:
    """A list of tables, each a part of this kind."""

    def read(table: TomlTable, key: str) -> Any:
        what = f"a list of tables, [[{table.path}{key}]]"
        tables = [TomlTable(table.file, f"{table.path}{key}.", table.typed(key, part, dict, what)) for part in table.value(key, list, what)]
        return tuple(_part(part, kind) for part in tables)

    return read


def _members(table: TomlTable, key: str) -> Any:
    what = "lists of item numbers, [[1, 2], [3]]"
    lists = [TomlTable(table.file, table.path, {key: members}) for members in table.value(key, list, what)]
    return tuple(_list_of(int, what)(members, key) for members in lists)


def _reliability(table: TomlTable, key: str) -> Any:
    return tuple(dataclasses.replace(part, value=float(part.value)) for part in _named(Reliability)(table, key))


def _bands(table: TomlTable, key: str) -> Any:
    bands = table.table(key)
    shared = {"source": _source(bands, "source"), "verified": _verified(bands, "verified")}
    shared["note"] = _text(bands, "note") if "note" in bands.content else ""
    levels = bands.value("levels", list, "levels = [{ low = 0, high = 4, label = ... }, ...]")
    _refuse_unknown(bands, ["levels", "source", "verified", "note"])
    if not levels:
        bands.fail("levels", "is empty; list the bands, or remove the table [bands]")
    tables = [TomlTable(table.file, f"{bands.path}levels.", bands.typed("levels", level, dict, "a list of tables")) for level in levels]
    return tuple(_part(level, Band, **shared) for level in tables)


def _occasions(table: TomlTable, key: str) -> Any:
    try:
        return read_occasions(table.table(key).content)
    except ValueError as problem:
        table.fail(key, str(problem))


TEXTS = (
    "title", "short", "version", "construct", "licence", "form", "label", "sample", "group", "case_cutoff", "note",
    "loinc_total", "loinc_panel", "omop_total",
)  # fmt: skip
READ: dict[str, Callable[[TomlTable, str], Any]] = {
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(("items", "recall_days", "most_items_missing", "item", "positive_at"), _whole),
    **dict.fromkeys(("step", "value", "points", "percent", "low", "high"), _number),
    **dict.fromkeys(("fraction_lower", "mean", "sd", "referral_mean"), _statistic),
    **dict.fromkeys(("total", "item_scoring", "counted", "known_at_highest"), _flag),
    "name": _name,
    "source": _source,
    "verified": _verified,
    "item_range": _pair(int),
    "range": _pair((int, Decimal)),
    "domains": _domains,
    **dict.fromkeys(
        ("numbers", "reversed_items", "never_prorated", "lowest", "not_asked"),
        _list_of(int, "a list of item numbers, such as [4, 8], or []"),
    ),
    "weights": _list_of((int, Decimal), "a list of numbers, one for each item"),
    "least_answered": _list_of(int, "a list of whole numbers, one for each group"),
    "members": _members,
    "each": _one_of("highest", "mean", "sum"),
    "scored_as": _one_of("sum", "mean"),
    "groups": _single(ItemGroups),
    "other_answers": _listed(Answers),
    "skips": _listed(SkippedItems),
    "better": _one_of("lower", "higher"),
    "op": _one_of(*OPERATORS),
    "rule": _one_of("prorate", "lowest", "none"),
    "kind": _one_of("alpha", "icc", "inter-rater", "test-retest"),
    "population": _one_of("clinical", "clinical_post", "nonclinical"),
    "missing": _single(MissingItems),
    "bands": _bands,
    "case_cutoffs": _named(CaseCutOff),
    "response": _single(Response),
    "remission": _single(Remission),
    "important_change": _named(ImportantChange),
    "reliability": _reliability,
    "norms": _named(Norm),
    "profiles": _named(ReliableChangeProfile),
    "safety_item": _single(SafetyItem),
    "codes": _single(ScaleCodes),
    "occasions": _occasions,
    **dict.fromkeys(("loinc_items", "loinc_answers"), _list_of(str, "a list of codes in quotes")),
}
