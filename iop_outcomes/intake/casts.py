"""Takes how a site wrote a column, gives the SQL that reads it as text and as its declared type."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from iop_outcomes.columns import KINDS, WINDOWS, Kind
from iop_outcomes.engine.dialect import NUMBER_TYPE, Steps, literal, quoted
from iop_outcomes.intake.dates import ISO, day_sql

INTEGER_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "HUGEINT")
NUMBERS: tuple[Kind, ...] = ("integer", "number", "flag")
WHOLE_NUMBER = r"^[+-]?\d{1,9}$"
NUMBER = r"^[+-]?\d{1,9}(\.\d{1,17})?$"  # as long as a float is written: 14.100000000000001 is 14.1, 36 / 23 is 1.565217
NO_FRACTION = r"^([+-]?\d+)\.0+$"  # a whole number as pandas writes it beside a blank, and as databases write decimals
MANY_CODES = 200  # from which on they are looked up in a table: a chain of so many cases takes the square of its length to prepare
STANDS_FOR = {"episode_id": "patient_id", "day": "date"}  # the column that a fault is found in, where the first is computed from it
BLANKS = " \t\r\n\u00a0"


@dataclass(frozen=True, slots=True)
class Cast:
    """How one canonical column comes from a raw one.

    Parameters
    ----------
    name, kind : str
        The canonical column and its declared type.
    source : str
        The raw column.
    missing : tuple of str
        Codes that mean "no value" beside the blank.
    codes : dict of str to str
        A site's codes and the canonical words.
    date_format : str
        How dates are declared to be written, or "".
    decimal : {".", ","}
        What stands before the tenths of a number written as text.
    known : dict of str to str
        Usual words without case, spaces and punctuation, and what they stand for, where a mapping lets them be read.
    """

    name: str
    kind: Kind
    source: str
    missing: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    date_format: str = ""
    decimal: str = "."
    known: Mapping[str, str] = field(default_factory=dict)

    def steps(self, raw_type: str, lookup: str = "") -> list[Callable[[str], str]]:
        """What is done to a raw column until it says what the file says, as SQL of SQL: trimmed; NULL for blanks and missing codes; decoded.

        Where the codes are many they are looked up in a table of this name, with columns `site` and `word`.

        Put inside one another, steps that read their text several times grow as a power; laid over one another as selects they do not.
        """
        with_comma = self.decimal == "," and self.kind in NUMBERS and raw_type == "VARCHAR"
        if not self.missing and not self.codes and not self.known and not with_comma:
            if raw_type in INTEGER_TYPES:
                return [lambda column: as_text(column, raw_type)]
            if raw_type == "VARCHAR" and self.kind == "text":  # ids differ from row to row, and few need the trimming, which costs most
                return [_trimmed_where_needed]
        if with_comma:  # a point, which may stand before thousands, makes no number
            first = [lambda column: f"translate({as_text(column, raw_type)}, '.,', ',.')"]
        else:
            first = [lambda column: as_text(column, raw_type)]
        whole = raw_type in INTEGER_TYPES
        later = [*([lambda text: self._decoded(text, lookup)] if self.codes else []), *([self._as_known] if self.known else [])]
        return [*first, lambda text: self._without_missing(text, whole=whole), *later]

    def text(self, raw_type: str) -> str:
        """SQL for what stood in the file: trimmed, codes translated, NULL where it is blank or a missing code; 15.0 of a number is 15."""
        return reduce(lambda text, step: step(text), self.steps(raw_type), quoted(self.source))

    def typed_at_once(self, raw_type: str) -> str:
        """SQL for the value in its declared type, where the raw column has it already and no text need be made; or ""."""
        if not self.missing and not self.codes:
            if self.kind in ("integer", "flag") and raw_type in INTEGER_TYPES:
                return f"TRY_CAST({quoted(self.source)} AS INTEGER)"
            if self.kind == "date" and raw_type == "DATE":
                return quoted(self.source)
        return ""

    def typed(self, text: str, raw_type: str) -> str:
        """SQL for the value in its declared type, of the SQL of its text; NULL where the text is no such value."""
        # A column of moments in time is text with the day in front, however the texts of the site are written.
        date_format = ISO if raw_type.startswith(("DATE", "TIMESTAMP")) else self.date_format
        return typed_text(text, self.kind, date_format)

    def _without_missing(self, text: str, *, whole: bool) -> str:
        plain = text if whole else without_fraction(text)
        missing = ("", *self.missing)
        blank = f"{text} IN ({', '.join(map(literal, missing))})"
        if any(map(_is_number, missing)):
            blank += f" OR {plain} IN ({', '.join(map(literal, missing))})"
        return f"CASE WHEN {blank} THEN NULL ELSE {plain if self.kind in NUMBERS else text} END"

    def _decoded(self, text: str, lookup: str) -> str:
        if lookup:
            words = (f"(SELECT word FROM {lookup} WHERE site = {value})" for value in (text, without_fraction(text)))
            return f"coalesce({', '.join(words)}, {text})"
        numbers = {site: word for site, word in self.codes.items() if _is_number(site)}
        other = _translated(without_fraction(text), numbers, text) if numbers else text
        return _translated(text, self.codes, other)

    def _as_known(self, text: str) -> str:
        """A word of the list as it is, a usual word as what it stands for, anything else as it is."""
        words = ", ".join(map(literal, sorted(set(self.known.values()))))
        plain = f"regexp_replace(lower({text}), '[^a-z0-9]+', '', 'g')"
        return f"CASE WHEN {text} IN ({words}) THEN {text} ELSE {_translated(plain, self.known, text)} END"


def _trimmed_where_needed(text: str) -> str:
    ends = (f"ord({text})", f"ord(right({text}, 1))")  # -1 of no text; every blank is up to a space, or the one of HTML
    blank = " OR ".join(f"{end} <= {ord(' ')} OR {end} = {ord(BLANKS[-1])}" for end in ends)
    return f"CASE WHEN {blank} THEN nullif({as_text(text, 'VARCHAR')}, '') ELSE {text} END"


def _translated(value: str, codes: Mapping[str, str], other: str) -> str:
    cases = " ".join(f"WHEN {literal(site)} THEN {literal(word)}" for site, word in sorted(codes.items()))
    return f"CASE {value} {cases} ELSE {other} END"


def _is_number(code: str) -> bool:
    return code.removeprefix("-").isdecimal()


def without_fraction(text: str) -> str:
    """SQL that writes 15.0 and 15.00 as 15, and leaves every other text as it is."""
    return f"CASE WHEN contains({text}, '.0') THEN regexp_replace({text}, {literal(NO_FRACTION)}, '\\1') ELSE {text} END"


def typed_text(text: str, kind: Kind, date_format: str = "") -> str:
    """SQL that casts text to a declared type; NULL where it is no such value (12.5, 1e3 and, undeclared, 02/03/2024 are none)."""
    if kind in ("integer", "flag"):
        return f"CASE WHEN regexp_matches({text}, {literal(WHOLE_NUMBER)}) THEN TRY_CAST({text} AS INTEGER) END"
    if kind == "number":
        return f"CASE WHEN regexp_matches({text}, {literal(NUMBER)}) THEN TRY_CAST({text} AS {NUMBER_TYPE}) END"
    if kind == "date":
        return day_sql(text, date_format)
    return text


def as_text(column: str, raw_type: str) -> str:
    """SQL for one spelling of a value as text: 43.0 in a float column is 43, true is 1, midnight (of UTC, in a column with a zone) is its date."""
    if raw_type in ("DOUBLE", "FLOAT"):
        whole = f"isfinite({column}) AND abs({column}) < 1e15 AND {column} = floor({column})"
        return f"CASE WHEN isnan({column}) THEN NULL WHEN {whole} THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
    if raw_type.startswith("DECIMAL"):
        return without_fraction(f"CAST({column} AS VARCHAR)")
    if raw_type == "BOOLEAN":
        return f"CAST(CAST({column} AS INTEGER) AS VARCHAR)"
    if raw_type.startswith("TIMESTAMP"):
        # With a zone, the store keeps the moment alone and would write it in the zone of the machine.
        moment = f"CASE WHEN isfinite({column}) THEN make_timestamp(epoch_us({column})) END" if "ZONE" in raw_type else column
        day = f"CAST({moment} AS DATE)"
        return f"CASE WHEN {moment} = CAST({day} AS TIMESTAMP) THEN CAST({day} AS VARCHAR) ELSE CAST({moment} AS VARCHAR) END"
    if raw_type in INTEGER_TYPES:
        return f"CAST({column} AS VARCHAR)"
    return f"trim(CAST({column} AS VARCHAR), {literal(BLANKS)})"


@dataclass(frozen=True, slots=True)
class Derived:
    """A canonical column computed from others: SQL over canonical names."""

    name: str
    sql: str


@dataclass(frozen=True, slots=True)
class Subscore:
    """A row of scores that is made of another's items: the subscale, the scale of that row, and the SQL of its score as it is kept."""

    scale: str
    form: str
    sql: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one canonical table comes from its raw one: columns cast, then columns computed from them.

    A table other than episodes may also read `episode_known`, `episode_los_days` and `episode_follow_up_days` of the
    episode it belongs to. `steps` are those of scales whose scores are not whole numbers from 0 on. `by_patient` says that its rows name a
    patient and a date, from which `episode_id` and `day` are found. `subscores` are further rows, made of the items of those there are.
    `scales` are those of which it has a column of scores, beside an episode. `as_counts` says that its rows are the cells of a table of counts; `lacking` are columns that such a table lacks, blank throughout.
    """

    table: str
    casts: tuple[Cast, ...]
    derived: tuple[Derived, ...] = ()
    steps: Mapping[str, Steps] = field(default_factory=dict)
    by_patient: bool = False
    subscores: tuple[Subscore, ...] = ()
    scales: tuple[str, ...] = ()
    as_counts: bool = False
    lacking: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Columns the prepared table will have, derived ones replacing cast ones of the same name."""
        made = any(derived.name == "episode_id" for derived in self.derived)
        placed = ["episode_id", "day"] if self.by_patient else ["episode_id"] * made
        return tuple(dict.fromkeys([*placed, *(cast.name for cast in self.casts), *(derived.name for derived in self.derived)]))

    def key(self, names: Sequence[str]) -> tuple[str, ...]:
        """Columns of the file that stand for these."""
        given = {cast.name for cast in self.casts}
        return tuple(name if name in given else STANDS_FOR.get(name, name) for name in names)

    def kept(self, name: str) -> str:
        """SQL for a column as the prepared table keeps it."""
        column = quoted(name)
        scale, _, moment = name.rpartition("_")
        kind = KINDS[self.table]
        if "score" in kind.wide and moment in WINDOWS and scale in self.steps:
            return f"{self.steps[scale].kept(column)} AS {column}"
        if name == kind.points and self.steps:
            cases = " ".join(f"WHEN {literal(scale)} THEN {steps.kept(column)}" for scale, steps in self.steps.items())
            return f"CASE scale {cases} ELSE CAST({column} AS INTEGER) END AS {column}"
        return column
