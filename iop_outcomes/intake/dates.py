"""Takes how a site writes its dates, from a closed list, gives the SQL that reads a text as the day that it names.

A declared format takes a day and a month of one or two digits, and a time of day with its zone behind them; the day is the one that is
written, in no other zone. Nothing is declared by default: then a text is a date only as 2024-03-31, with nothing behind it.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from iop_outcomes.engine.dialect import literal

ISO = "YYYY-MM-DD"
ISO_DATE = r"^\d{4}-\d{2}-\d{2}$"
PLAIN = "2024-03-31"  # what a date must look like where no format is declared
SERIAL = "serial"  # how a spreadsheet keeps a day: 45382 is 2024-03-31
# From 1990 to 2050: days of these years as SAS and Stata count them, from 1960, and R, from 1970, are smaller numbers, and never read as these.
SERIAL_TEXT = r"^(?:3[3-9]|4\d|5[0-4])\d{3}(?:\.\d+)?$"
FIRST_DAY = "1899-12-30"  # day 0 of every spreadsheet that counts from 1900, its 29 February of that year allowed for

_MONTHS = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"
_MONTH = "(?i:" + "|".join(_MONTHS[at : at + 3] for at in range(0, len(_MONTHS), 3)) + ")"
_IN_WORDS = r"(?i:JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)\.?"
_WEEKDAY = r"(?:(?i:MON|TUE|WED|THU|FRI|SAT|SUN)[A-Za-z]*,? )?"
_CLOCK = r"(?:(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?|(?:0?[1-9]|1[0-2])(?::[0-5]\d){1,2}(?:[.,]\d+)? ?(?i:[ap]\.?m\.?))"
_ZONE = r"(?: ?(?:[Zz]|UTC|GMT|[ECMPAH][SD]T|AK[SD]T|[+-](?:0\d|1[0-4])(?::?[0-5]\d)?)(?: ?\[[A-Za-z_]+(?:/[A-Za-z_+-]+)*\])?)"
_BEHIND = rf"(?:(?:[Tt]| +){_CLOCK})?{_ZONE}?"
_YEAR = r"([0-4]\d)"  # 00 to 49 are 2000 to 2049; 98 may be a year of birth, and is none of an episode's
_COMPACT = rf"(?:{_BEHIND}|[Tt]?(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\.\d+)?)?{_ZONE}?|\.0+)"  # as HL7 writes times, and pandas numbers

# Each format: the expression of a whole text, and what of it is year, month and day; no text of one is ever a text of another, but
# for pairs that differ in the order of day and month.
_FORMATS: Dictionary[str, tuple[str, str]] = {
    ISO: (rf"^(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){_BEHIND}$", r"\1-\2-\3"),
    "MM/DD/YYYY": (rf"^(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_BEHIND}$", r"\3-\1-\2"),
    "DD/MM/YYYY": (rf"^(\d{{1,2}})/(\d{{1,2}})/(\d{{4}}){_BEHIND}$", r"\3-\2-\1"),
    "DD.MM.YYYY": (rf"^(\d{{1,2}})\.(\d{{1,2}})\.(\d{{4}}){_BEHIND}$", r"\3-\2-\1"),
    "DD-Mon-YYYY": (rf"^(\d{{1,2}})-({_MONTH})-(\d{{4}}){_BEHIND}$", r"\3-\2-\1"),
    "YYYYMMDD": (rf"^(\d{{4}})(\d{{2}})(\d{{2}}){_COMPACT}$", r"\1-\2-\3"),
    "YYYY/MM/DD": (rf"^(\d{{4}})/(\d{{1,2}})/(\d{{1,2}}){_BEHIND}$", r"\1-\2-\3"),
    "MM-DD-YYYY": (rf"^(\d{{1,2}})-(\d{{1,2}})-(\d{{4}}){_BEHIND}$", r"\3-\1-\2"),
    "DD-MM-YYYY": (rf"^(\d{{1,2}})-(\d{{1,2}})-(\d{{4}}){_BEHIND}$", r"\3-\2-\1"),
    "MM/DD/YY": (rf"^(\d{{1,2}})/(\d{{1,2}})/{_YEAR}{_BEHIND}$", r"20\3-\1-\2"),
    "DD/MM/YY": (rf"^(\d{{1,2}})/(\d{{1,2}})/{_YEAR}{_BEHIND}$", r"20\3-\2-\1"),
    "DD.MM.YY": (rf"^(\d{{1,2}})\.(\d{{1,2}})\.{_YEAR}{_BEHIND}$", r"20\3-\2-\1"),
    "DD-Mon-YY": (rf"^(\d{{1,2}})-({_MONTH})-{_YEAR}{_BEHIND}$", r"20\3-\2-\1"),
    "Mon DD, YYYY": (rf"^{_WEEKDAY}({_IN_WORDS}) (\d{{1,2}}),? (\d{{4}}){_BEHIND}$", r"\3-\1-\2"),
    "DD Mon YYYY": (rf"^{_WEEKDAY}(\d{{1,2}}) ({_IN_WORDS}),? (\d{{4}}){_BEHIND}$", r"\3-\2-\1"),
    SERIAL: (SERIAL_TEXT, ""),  # a number of days, and the time of day behind its point
}
DATE_FORMATS = tuple(_FORMATS)


def day_sql(text: str, date_format: str = "") -> str:
    """SQL for the day that a text names; NULL where it names none, such as 31 February.

    Parameters
    ----------
    text : str
        SQL of a text.
    date_format : str
        One of `DATE_FORMATS`, or "" where none is declared.
    """
    plain = f"WHEN regexp_matches({text}, {literal(ISO_DATE)}) THEN TRY_CAST({text} AS DATE)"
    if not date_format:
        return f"CASE {plain} END"
    pattern, order = _FORMATS[date_format]
    matches = f"regexp_matches({text}, {literal(pattern)})"
    if date_format == SERIAL:
        return f"CASE WHEN {matches} THEN DATE {literal(FIRST_DAY)} + CAST(left({text}, 5) AS INTEGER) END"
    iso = f"regexp_replace({text}, {literal(pattern)}, {literal(order)})"
    if "Mon" in date_format:
        name = f"upper(left(regexp_extract({text}, {literal(pattern)}, {order.split('-')[1][1:]}), 3))"
        month = f"CAST((strpos({literal(_MONTHS)}, {name}) + 2) // 3 AS VARCHAR)"
        iso = f"regexp_replace({iso}, '-[A-Za-z]+[.]?-', '-' || {month} || '-')"
    first = f"{plain} " if date_format == ISO else ""  # the usual text costs no more than where nothing is declared
    return f"CASE {first}WHEN {matches} THEN TRY_CAST({iso} AS DATE) END"


def written_as(date_format: str) -> str:
    """What messages call the way in which dates are to be written.

    Examples
    --------
    >>> written_as(""), written_as("MM/DD/YYYY")
    ('2024-03-31', 'MM/DD/YYYY')
    """
    return date_format or PLAIN
