"""Takes the parsed TOML of one study, gives a Study, or says which key of which file is wrong, what is allowed and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from iop_outcomes.errors import choices
from iop_outcomes.published.calculations import arguments_of, calculation_names
from iop_outcomes.published.study import (
    DESIGNS,
    FIGURE_DEFINITIONS,
    LEVELS,
    OUTCOMES,
    PEOPLE,
    SCOPES,
    SCOPES_OF,
    VERIFIED,
    Argument,
    PrintedValue,
    Study,
    StudyFigure,
)
from iop_outcomes.scales.reading import TomlTable

_NUMBER = "a number as it is printed, such as 15.40, or a list of numbers"


# No printed figure needs more; within these limits arithmetic on a strange file stays finite.
SMALLEST_FIGURE, LARGEST_FIGURE = Decimal("1e-30"), Decimal("1e15")


class StudyToml(TomlTable):
    """One table of a study's file, whose numbers may be those of a country."""

    def in_reach(self, key: str, value: Decimal) -> None:
        """Refuse what no figure could be."""
        if not value.is_finite() or (value != 0 and not SMALLEST_FIGURE <= abs(value) <= LARGEST_FIGURE):
            self.fail(key, f"must be 0, or between {SMALLEST_FIGURE} and {LARGEST_FIGURE:.0e} in size")


def read_study(file: str, content: dict[str, Any]) -> Study:
    """Build the study of a parsed file, decimals as `Decimal`.

    Raises
    ------
    DataError
        A key is missing, unknown, of the wrong type or not among what is allowed.

    Examples
    --------
    >>> read_study("mine.toml", {"id": "mine", "citation": "A. Author", "design": "trial"})
    Traceback (most recent call last):
    ...
    iop_outcomes.errors.DataError: mine.toml: key source: missing; add where the figures were read: doi, url, or the paper's title.
    """
    table = StudyToml(file, "", content)
    values = _values(table, _STUDY, needed=("id", "citation", "source", "design", "scope", "verified"))
    allowed = SCOPES_OF.get(values["design"], tuple(each for each in SCOPES if each not in ("national", "literature")))
    if values["scope"] not in allowed:
        table.fail("scope", f'"{values["scope"]}" is not what design = "{values["design"]}" can be; use one of: {", ".join(allowed)}')
    figures = values.get("figures", ())
    names = [figure.name for figure in figures]
    doubled = next((name for name in names if names.count(name) > 1), None)
    if doubled is not None:
        table.fail("figures", f'"{doubled}" names two figures; give each a name of its own')
    return Study(**values, file=file)


def _values(table: TomlTable, readers: dict[str, Reader], *, needed: Iterable[str]) -> dict[str, Any]:
    """Every key that is there, read; unknown ones are refused."""
    for key in table.content:
        if key not in readers:
            table.fail(key, f"unknown; remove or rename it. {choices(key, readers)}".removesuffix("."))
    return {key: read(table, key) for key, read in readers.items() if key in table.content or key in needed}


Reader = Callable[[TomlTable, str], Any]


def _text(what: str) -> Reader:
    return lambda table, key: table.value(key, str, what)


def _whole(table: TomlTable, key: str) -> int:
    number: int = table.value(key, int, "a whole number")
    return number if number >= 0 else table.fail(key, "must be 0 or more")


def _number(table: TomlTable, key: str) -> int | Decimal:
    number: int | Decimal = table.value(key, (int, Decimal), "a number")
    return number


def _one(allowed: Iterable[str]) -> Reader:
    names = tuple(allowed)

    def read(table: TomlTable, key: str) -> str:
        value: str = table.value(key, str, f"one of: {', '.join(names)}")
        return value if value in names else table.fail(key, f'"{value}" is not known; use one of: {", ".join(names)}')

    return read


def _some(allowed: Iterable[str]) -> Reader:
    names = tuple(allowed)
    what = f"a list of some of: {', '.join(names)}"

    def read(table: TomlTable, key: str) -> tuple[str, ...]:
        values = tuple(table.typed(key, value, str, what) for value in table.value(key, list, what))
        wrong = next((value for value in values if value not in names), None)
        return values if wrong is None else table.fail(key, f'"{wrong}" is not known; use {what}')

    return read


def _texts(table: TomlTable, key: str) -> tuple[str, ...]:
    what = 'a list of names, such as ["phq9"]'
    return tuple(table.typed(key, value, str, what) for value in table.value(key, list, what))


def _identifier(table: TomlTable, key: str) -> str:
    value: str = table.value(key, str, "a name of small letters, digits and _")
    good = value.isascii() and value.replace("_", "a").isalnum() and value == value.lower()
    return value if good else table.fail(key, f'"{value}" must be a name of small letters, digits and _')


def _figures(table: TomlTable, key: str) -> tuple[StudyFigure, ...]:
    what = "a list of tables, [[figures]]"
    parts = table.value(key, list, what)
    return tuple(
        _figure(StudyToml(table.file, f"figures[{place}].", table.typed(key, part, dict, what))) for place, part in enumerate(parts, 1)
    )


def _figure(table: TomlTable) -> StudyFigure:
    values = _values(table, _FIGURE, needed=("name", "outcome"))
    calculation, given = values.get("calculation", ""), values.get("given", {})
    if given and not calculation:
        table.fail("calculation", f"missing: which of {', '.join(calculation_names())} gives what is printed from what is given")
    if calculation:
        allowed = arguments_of(calculation)
        for argument in given:
            if argument not in allowed:
                table.fail(f"given.{argument}", f"is no figure that {calculation} takes. {choices(argument, allowed)}".removesuffix("."))
    return StudyFigure(**values)


def _given(table: TomlTable, key: str) -> dict[str, Argument]:
    part = table.table(key)
    return {name: _argument(part, name) for name in part.content}


def _argument(table: TomlTable, name: str) -> Argument:
    value = table.value(name, (int, Decimal, str, list), _NUMBER)
    if isinstance(value, list):
        return tuple(table.typed(name, each, (int, Decimal, str), _NUMBER) for each in value)
    one: int | Decimal | str = value
    return one


def _printed(table: TomlTable, key: str) -> dict[str, PrintedValue]:
    part = table.table(key)
    return {name: part.value(name, (int, Decimal, str), 'a number as it is printed, or text such as "<0.001"') for name in part.content}


_STUDY: dict[str, Reader] = {
    "id": _identifier,
    "citation": _text("citation = who wrote it, and its title"),
    "source": _text("where the figures were read: doi, url, or the paper's title"),
    "design": _one(DESIGNS),
    "scope": _one(SCOPES),
    "verified": _some(VERIFIED),
    "level": _some(LEVELS),
    "year": _whole,
    **dict.fromkeys(
        ("short", "journal", "doi", "pubmed", "population", "country", "modality", "also_printed", "note"), _text("text in quotes")
    ),
    "scales": _texts,
    "n_admitted": _whole,
    "n_analysed": _whole,
    "figures": _figures,
}
_FIGURE: dict[str, Reader] = {
    "name": _identifier,
    "outcome": _one(OUTCOMES),
    **dict.fromkeys(("words", "scale", "page", "group_1", "group_2", "arm_1", "arm_2", "time", "rating", "note"), _text("text in quotes")),
    "people": _one(PEOPLE),
    "definition": _one(FIGURE_DEFINITIONS),
    "calculation": _one(calculation_names()),
    "given": _given,
    "printed": _printed,
    "time_weeks": _number,
    "tolerance": _number,
}
