"""Takes nothing, gives what identifies a person as data: patterns of values, and the classes that refuse each.

The classes follow 45 CFR 164.514: (b)(2), Safe Harbor, names 18 kinds of identifier, dates finer than a year, geography below the
state and ages over 89 among them; (e), the limited data set, allows dates, towns, ZIP codes and ages. Which of the 18 kinds have no
shape to be recognised by is said in docs/guide/privacy.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iop_outcomes.columns import DATA_CLASSES, Kind
from iop_outcomes.intake.given_names import GIVEN_NAMES
from iop_outcomes.intake.places import IN_A_STATE, LABELS, NAMED_AFTER, PLACES, STATES

EVERY = frozenset(DATA_CLASSES)
STRICT = frozenset({"safe_harbor"})
NOT_PUBLIC = EVERY - {"public"}
GEOGRAPHY = frozenset({"safe_harbor", "synthetic"})  # allowed in a limited data set; a synthetic one is to rehearse the strict class
REHEARSED = frozenset({"limited_data_set", "synthetic"})
TEXTS: frozenset[Kind] = frozenset({"text", "category"})
CELLS: frozenset[Kind] = TEXTS | {"integer", "number", "flag", "code", "date"}

# ZIP codes of 3 digits whose area holds 20,000 people or fewer by the census of 2000: guidance on 164.514(b)(2)(i)(B), section 3.2.
RESTRICTED_ZIPS = (
    "036", "059", "063", "102", "203", "556", "692", "790", "821", "823", "830", "831", "878", "879", "884", "890", "893",
)  # fmt: skip

REMOVE = "Remove it: the file must hold no identifiers. Where it is none, draw another id for it, or write a label in words"
LABEL = "Remove it; if it is a label and no person, give it another word in mapping.toml under [codes.{column}]"
SERIAL = "Remove it; where these are plain serial numbers, number the rows anew, from 1 on"
RANDOM = "Draw an id at random for each: one made from an identifier, or from a clock, leads back to it"
DAYS = "Use days from admission, or declare the class: [data] class"
WEEKS = "Use a month, a quarter or a year for the period, and days from admission, or declare the class: [data] class"
ZIP = "Under safe_harbor keep the first 3 digits, in a column called zip3; if it is a code, translate it under [codes.{column}]"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A kind of identifier that is recognised by its shape.

    Parameters
    ----------
    what : str
        What a message calls it.
    value : str
        Regular expression of RE2 that finds it inside a text.
    fields : frozenset of str
        Kinds of column in which it is looked for.
    refused, warned : frozenset of str
        Classes that refuse it, and those that only name it, because innocent values have the same shape.
    hint : str
        What to do.
    unless : str
        Expression of what makes it something else, such as a label; "" when nothing does.
    columns : tuple of str
        Declared columns in which it is looked for, beside a site's own covariates; every column when empty.
    check : callable, optional
        Of the SQL of a text, gives that of what else must be true of it; nothing when the shape is all.
    share : float
        Share of the rows from which on it is refused; below, it is only named.
    apart : bool
        Whether it has many states: such kinds are looked for by a pattern of theirs, as RE2 would drop what it has worked out of one pattern
        of all kinds again and again over ids such as UUIDs.
    rule : str
        Id of the rule it breaks.
    """

    what: str
    value: str
    fields: frozenset[Kind] = CELLS
    refused: frozenset[str] = EVERY
    warned: frozenset[str] = frozenset()
    hint: str = REMOVE
    unless: str = ""
    columns: tuple[str, ...] = ()
    check: Callable[[str], str] | None = None
    share: float = 0.0
    apart: bool = False
    rule: str = "identifier_value"


_BETWEEN = "\\-._/ \u00a0\u00b7\u2000-\u206f\u2212\u2215\u3000\u30fb\uff0d"  # what people and programs write between digits
_SEP = f"[{_BETWEEN}]"
_APART = f"[{_BETWEEN},:|;]"  # and between those of a number that is no list, sum or time
_PART = f"[{_BETWEEN}\\\\\u5e74\u6708]"  # and between the parts of a date
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_MONTH = "(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
# Of Spanish, French, German, Italian and Portuguese, where it is written otherwise than in English.
_MOIS = (
    "(?i:ener?o?|janv(?:ier)?|j[aä]n(?:ner|uar)?|genn(?:aio)?|janeiro|febrero|f[ée]vr?(?:ier)?|febbraio|fevereiro|februar|marzo|mars|m[äa]rz|março|abril|avr(?:il)?|aprile|"
    "mayo|mai|maggio|maio|junio|juin|juni|giugno|junho|julio|juil(?:let)?|juli|luglio|julho|ago(?:sto)?|ao[uû]t|sept?iembre|septembre|settembre|setembro|oct(?:ubre|obre)|okt(?:ober)?|"
    "ottobre|outubro|nov(?:iembre|embre)|novembro|dic(?:iembre)?|d[ée]c(?:embre)?|dez(?:ember|embro)?|dicembre)"
)
_MM, _DD, _YEAR, _NTH = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12]\\d|3[01])", "(?:19|20)\\d{2}", "(?i:st|nd|rd|th)?"
_POINT = "[ .,/_'\u2019\u00a0\u2010-\u2015-]"  # beside the name of a month
_WEEK = "(?i:w|wk|week|cw|kw)"
_LATE = "(?:1[3-9]|2\\d|3[01])"  # a day that is no month
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # the parts of which may look like anything
# Digits of other scripts: Arabic, Persian, those of India, Thai, Lao, Tibetan, Burmese and Khmer, raised and lowered, in circles, Chinese, full width, mathematical.
_FOREIGN = (
    "[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef\u0a66-\u0a6f\u0ae6-\u0aef\u0b66-\u0b6f\u0be6-\u0bef\u0c66-\u0c6f\u0ce6-\u0cef\u0d66-\u0d6f\u0e50-\u0e59\u0ed0-\u0ed9"
    "\u0f20-\u0f29\u1040-\u1049\u17e0-\u17e9\u2070-\u2079\u2080-\u2089\u2460-\u2473\u3007\u4e00\u4e03\u4e09\u4e5d\u4e8c\u4e94\u516b\u516d\u56db\uff10-\uff19\U0001d7ce-\U0001d7ff]"
)
_DIGIT = f"(?:\\d|{_FOREIGN})"
_NEXT = f"{_SEP}?{_DIGIT}"
# The letters and the order of a Medicare number as CMS publishes them ("Understanding the MBI format"): never S, L, O, I, B, Z.
_MBI_LETTER, _MBI_EITHER = "[ac-hjkmnp-rt-y]", "[0-9ac-hjkmnp-rt-y]"
# 49 CFR 565.15: 17 characters without I, O, Q, the ninth of which follows from the others, the last four digits.
_VIN = "[a-hj-npr-z0-9]{8}[0-9x][a-hj-npr-z0-9]{4}\\d{4}"
_CAPITAL = "[A-Z\u00c0-\u00de]"  # Latin letters: classes of every script would take RE2 longer to prepare than all else together
_AT, _INSIDE, _DASH = "@\uff20", "'\u2019", "\u2013\u2014"
_LETTER = f"[A-Za-z\u00c0-\u024f{_INSIDE}-]"
_GIVEN = _CAPITAL + "[A-Za-z\u00c0-\u024f'\u2019-]*"
_KNOWN = f"(?:{'|'.join(name.title() for name in GIVEN_NAMES)})"


def _vin_holds(text: str) -> str:
    """SQL of whether the ninth character of a vehicle's number is what 49 CFR 565.15(c) computes from the others."""
    vin = f"upper(regexp_extract({text}, '(?i)(?:^|[^0-9a-z])({_VIN})(?:[^0-9a-z]|$)', 1))"
    values = f"translate({vin}, 'ABCDEFGHJKLMNPRSTUVWXYZ', '12345678123457923456789')"
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = " + ".join(f"{weight} * TRY_CAST(substr({values}, {place}, 1) AS INTEGER)" for place, weight in enumerate(weights, start=1))
    return f"regexp_matches({vin}, '[A-Z]') AND ({total}) % 11 = TRY_CAST(replace(substr({vin}, 9, 1), 'X', '10') AS INTEGER)"


# Any one of these identifies: looked for in every cell that is read.
_DIRECT = (
    Identifier(
        "a social security number",
        rf"(?:^|\D)(?:\d{{3}}{_APART}{{1,3}}|\(\d{{3}}\){_SEP}?)\d{{2}}{_APART}{{1,3}}\d{{4}}(?:\D|$)"
        r"|(?i:(?:^|[^a-z])(?:ssn|soc(?:ial)?[ ._-]?sec(?:urity)?)[^0-9a-z]{0,3}(?:(?:end(?:s|ing)|last)(?: in| with| 4| four)?[ :]{1,3})?(?:[x*#]{2,3}[^0-9a-z]{0,3}){0,2}\d[\d -]{2,}\d)"
        r"|(?i:\d[\d -]{2,}\d[^0-9a-z]{0,3}ssn(?:[^a-z]|$))"
        rf"|(?i:(?:^|[^a-z])last ?(?:4|four)[ :#=]{{1,3}}\d{{4}})|[xX*#]{{3}}{_SEP}[xX*#]{{2}}{_SEP}\d{{4}}",
    ),
    Identifier(
        "an e-mail address",
        rf"[^{_AT}\s][{_AT}][^{_AT}\s]+\.[A-Za-z]{{2,}}"
        r"|(?i:[a-z0-9](?: at |[ ]?[\[({]at[\])}][ ]?)[a-z0-9.-]+(?: dot |[ ]?[\[({]dot[\])}][ ]?)[a-z]{2})",
    ),
    Identifier(
        "an account of a social network",
        rf"(?i:(?:facebook|instagram|insta|snapchat|tiktok|twitter|skype|linkedin)[ :/]{{0,2}}[{_AT}][a-z0-9_.]{{3}})",
    ),
    Identifier(
        "a telephone number",
        rf"(?:^|\D)(?:\( ?\d{{3}} ?\){_SEP}{{0,2}}\d{{3}}{_SEP}{{0,2}}|\d{{3}}{_APART}{{1,2}}\d{{3}}{_APART}{{1,2}})\d{{4}}(?:\D|$)"
        r"|(?:^|[^0-9A-Za-z-])\(?0\d{1,4}\)? \d{3,4} \d{3,4}(?:\D|$)"
        r"|(?i:(?:^|[^a-z])(?:home|work|cell|mobile)[ #:.]{1,3}\d{3}[-. ]\d{4}(?:\D|$)|(?:^|\D)\d{3}[-. ]\d{4} \(?(?:home|work|cell|mobile)(?:[^a-z]|$))"
        rf"|\+{_SEP}?\d[\d(){_BETWEEN}]{{7,}}\d|\(0\) ?\d{{2}}[\d{_BETWEEN}]{{5,}}\d"
        rf"|(?:^|[^0-9A-Za-z-])(?:00|011{_SEP}){_SEP}?(?:2[07]|[3-689]\d|7){_SEP}{{1,2}}\(?[1-9][\d(){_BETWEEN}]{{5,}}\d"
        r"|(?i:(?:^|[^a-z])(?:tel(?:ephone)?|phone|fax|mobile)[ #:.]{0,3}\+?\(?\d{3})"
        rf"|(?i:(?:^|[^a-z])(?:ph|mob|cell|call|text|sms)[ #:.]{{0,3}}\+?\(?\d{{3}}[\d(){_BETWEEN}]{{3,}}\d)",
        apart=True,
    ),
    Identifier("a web address", r"(?i:[a-z]://|(?:^|[^a-z0-9])www\.[a-z0-9]|[a-z0-9]\.(?:com|org|net|edu|gov|info|health)(?:[^a-z0-9]|$))"),
    Identifier(
        "a network or device address",
        rf"(?:^|[^\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?:[^\d.]|$)"
        r"|(?i:(?:^|[^0-9a-z])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}))",
    ),
    Identifier(
        "a medical record or account number",
        r"(?i:(?:^|[^a-z])(?:mrn|mr ?#|med(?:ical)?[ _.-]?rec(?:ord)?s?|chart|acct|account|passport|member)"
        r"(?:[ _.-]{0,2}(?:no|num|nr|number|id))?[ #:=_.-]{0,5}[a-z]{0,3}(?:\d{4}|\d(?:[ -]?\d){4}))"
        # Words of other things too, so that it takes "number" behind them, or the shape of what they number.
        r"|(?i:(?:^|[^a-z])(?:policy|licen[cs]e|lic|dl|serial|medicaid|medicare|insurance|insured|subscriber|beneficiary|encounter|certificate|device|vehicle)"
        r"[ _.-]{0,2}(?:#|no|num|nr|number|id)[ #:=_.-]{0,5}[a-z]{0,4}\d(?:[ -]?\d){4})"
        r"|(?i:(?:^|[^a-z])(?:imei[ #:=]{0,3}\d{14}|hicn?[ #:=]{0,3}\d{9}|plates?[ #:=]{1,3}(?:\d[a-z]{3}\d{3}|[a-z]{3}[ -]?\d{3,4}|\d{3}[ -]?[a-z]{3})(?:[^0-9a-z]|$)))"
        r"|(?i:\d{5}[ ,(]{0,3}mrn(?:[^a-z]|$))",
    ),
    Identifier("a date of birth", r"(?i:(?:^|[^a-z])(?:d\.?o\.?b|born|birth ?(?:date|day|year))\.?[ :=_-]{0,3}(?:on |in )?\d)"),
    Identifier(
        "a number in digits other than 0 to 9",
        f"{_FOREIGN}{_NEXT * 3}|{_DIGIT}{_SEP}?{_FOREIGN}{_NEXT * 2}|{_DIGIT}{_NEXT}{_SEP}?{_FOREIGN}{_NEXT}|{_DIGIT}{_NEXT * 2}{_SEP}?{_FOREIGN}",
    ),
    Identifier(
        "a Medicare number",
        f"(?i:(?:^|[^0-9a-z])[1-9]{_MBI_LETTER}{_MBI_EITHER}[0-9][- ]?{_MBI_LETTER}{_MBI_EITHER}[0-9][- ]?{_MBI_LETTER}{{2}}[0-9]{{2}}(?:[^0-9a-z]|$))",
    ),
)

# These need a column of ids or of labels to mean anything.
_SHAPED = (
    Identifier(
        "a street address",
        rf"(?i:(?:^|[^a-z0-9])\d{{1,5}}[a-z]? (?:[a-z0-9{_INSIDE}.-]+ ){{1,4}}(?:street|avenue|ave|road|rd|boulevard|blvd|lane|drive|parkway|pkwy|highway|hwy)(?:[^a-z]|$)"
        rf"|(?:^|[^a-z0-9])\d{{1,5}}[a-z]? (?:[a-z{_INSIDE}.-]+ ){{1,3}}(?:st|dr|ct|pl|ter|terr|trl|cir|crescent|way|terrace)\.?(?:$|,|[ ,]+(?:apt|unit|suite|ste|#))"
        r"|(?:^|[^a-z0-9])\d{1,5} (?:[nsew]\.? )?\d{1,3}(?:st|nd|rd|th) (?:st|ave|rd|dr)(?:[^a-z]|$)"
        r"|(?:^|[^a-zäöüß])\d{1,4}(?: bis| ter)?,? (?:rue|calle|avenida|viale) [a-zäöüß]|[a-zäöüß](?:straße|strasse|gasse|allee) \d{1,4}(?:[^0-9]|$)"
        r"|(?:^|[^a-z])(?:p\.? ?o\.?|post office) ?box \d|(?:^|[^a-z])r\.?r\.? ?\d+,? box \d|(?:^|[^a-z0-9])\d{1,5} (?:state |county |us |old )?(?:hwy|highway|route) \d)",
        TEXTS,
    ),
    Identifier(
        "a vehicle identification number",
        f"(?i:(?:^|[^0-9a-z]){_VIN}(?:[^0-9a-z]|$))",
        TEXTS,
        check=_vin_holds,
    ),
    Identifier(
        "a name with a title",
        rf"(?:^|[^A-Za-z])(?:Dr|DR|Dra|Mr|Mrs|MRS|Ms|Miss|Prof|Rev|Sra|Srta|Señora?|Herr|Frau|Mme)\.? ?(?:{_CAPITAL}\. ?){{0,2}}{_CAPITAL}{_LETTER}+",
        TEXTS,
        NOT_PUBLIC,
        hint=LABEL,
        unless=PLACES,
    ),
    Identifier(
        "a name that begins with a given name",
        rf"^(?i:{'|'.join(GIVEN_NAMES)})(?:-{_LETTER}+)?(?:[._]| {{1,2}})(?:[A-Za-z]\.?[ ._]|{_LETTER}+[ ._])?{_LETTER}+\.?(?i:[ ,]+(?:jr|sr|ii|iii|iv|md|phd|lcsw|rn)\.?)?$",
        frozenset({"category"}),
        NOT_PUBLIC,
        hint=LABEL,
        unless=NAMED_AFTER,
    ),
    Identifier(
        "a name behind a word",
        rf"(?:[:;(/{_DASH}] ?| - |(?i:(?:^|[^a-z])(?:therapist|clinician|counselor|doctor|nurse|patient|client|pt|with|by|from) )){_KNOWN} (?:{_CAPITAL}\.? )?{_CAPITAL}{_LETTER}+"
        rf"|^{_KNOWN} (?:{_CAPITAL}\.? )?{_CAPITAL}{_LETTER}+(?: ?[:;(/{_DASH}]| - |,? \d)",
        frozenset({"category"}),
        NOT_PUBLIC,
        hint=LABEL,
        unless=NAMED_AFTER,
    ),
    Identifier(
        'a name ("Last, First")',
        rf"^{_GIVEN}(?: {_GIVEN})?, ?{_GIVEN}(?: {_GIVEN}\.?)?$",
        TEXTS,
        NOT_PUBLIC,
        hint=LABEL,
        unless=f"{LABELS}|{IN_A_STATE}",
    ),
    Identifier(
        'a name ("First Last")',
        rf"^{_GIVEN}[a-z](?: {_CAPITAL}\.?)? {_GIVEN}[a-z]$",
        frozenset({"text"}),
        NOT_PUBLIC,
        unless=LABELS,
    ),
    Identifier(
        "a hash, which stands for what it was made from",
        r"(?i:(?:^|[^0-9a-f])(?:[0-9a-f]{128}|[0-9a-f]{96}|[0-9a-f]{64}|[0-9a-f]{56}|[0-9a-f]{40}|[0-9a-f]{32})(?:[^0-9a-f]|$)"
        r"|(?:^|[^0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[35][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?:[^0-9a-f]|$))",  # UUIDs made of names
        TEXTS,
        STRICT,
        REHEARSED,
        RANDOM,
    ),
    Identifier(
        "a UUID made from a clock",
        r"(?i:(?:^|[^0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[1267][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?:[^0-9a-f]|$))",
        TEXTS,
        STRICT,
        REHEARSED,
        RANDOM,
    ),
    Identifier("a social security number without its hyphens", r"^\d{9}$", TEXTS, STRICT, REHEARSED, SERIAL),
    Identifier(
        "a telephone number without its hyphens",
        r"^1?[2-9]\d{2}[2-9]\d{6}$|(?:^|[^0-9A-Za-z-])00[1-9]\d{9,12}(?:[^0-9A-Za-z-]|$)",
        TEXTS,
        STRICT,
        REHEARSED,
        SERIAL,
    ),
    Identifier(
        "a ZIP code beside its word or its state",
        rf"(?i:(?:^|[^a-z])(?:zip|postal|post)[ _-]?(?:code)?[ :#=_-]{{0,3}}(?:\d{{5}}|[a-z]{{1,2}}\d[a-z0-9]? ?\d[a-z]{{2}}))|(?:^|[^A-Za-z])(?:{STATES}),? \d{{5}}(?:-\d{{4}})?(?:\D|$)",
        TEXTS,
        GEOGRAPHY,
        hint=ZIP,
        rule="zip_not_allowed",
    ),
    Identifier(
        "a ZIP code of more than 3 digits",
        r"(?:^|[^0-9A-Za-z])\d{5}-\d{4}(?:[^0-9A-Za-z-]|$)|^\d{5}$|(?:^|[^A-Z])[A-Z]{2},? \d{5}$",
        frozenset({"category"}),
        STRICT,
        hint=ZIP,
        columns=("site",),
        rule="zip_not_allowed",
    ),
    Identifier(
        "a full date",
        r"(?:^|\D)(?:19|20)\d{2}[-/]\d{1,2}[-/]\d{1,2}(?:\D|$)|(?:^|\D)\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}(?:\D|$)"
        rf"|(?:^|\D)\d{{1,2}}/\d{{1,2}}/[{_INSIDE}]?\d{{2}}(?:\D|$)"
        r"|(?:^|[^\d.])(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d{2}(?:[^\d.]|$)"
        rf"|(?:^|\D){_YEAR}{_PART}{{1,2}}{_MM}{_PART}{{1,2}}{_DD}(?:\D|$)|(?:^|\D){_DD}{_PART}{_DD}{_PART}{_YEAR}(?:\D|$)"
        # Beside the name of a month a day and a year, in any order; a year of two digits only where nothing else is written to it.
        rf"|(?:^|\D)\d{{1,2}}{_NTH}(?i: of)?{_POINT}?{_MONTH}{_POINT}{{0,2}}{_YEAR}(?:\D|$)"
        rf"|(?:^|[^0-9A-Za-z])(?:\d{{1,2}}{_NTH}|{_YEAR}){_POINT}{{0,2}}{_MONTH}{_POINT}{{0,2}}\d{{1,2}}(?:[^0-9A-Za-z]|$)"
        rf"|(?:^|[^A-Za-z]){_MONTH}\d{{1,2}}{_YEAR}(?:\D|$)|(?:^|\D)\d{{1,2}}[-./ ](?:I{{1,3}}|I?[VX]|VI{{1,3}}|XI{{1,2}})[-./ ]{_YEAR}(?:\D|$)"
        rf"|(?:^|\D)\d{{1,2}}(?:er|[.º°])? ?(?:de )?{_MOIS}[. ,]{{1,2}}(?:de )?{_YEAR}(?:\D|$)"
        rf"|(?:^|[^A-Za-z]){_MONTH}{_POINT}{{0,2}}\d{{1,2}}{_NTH}{_POINT}{{1,2}}(?:{_YEAR}(?:\D|$)|\d{{2}}(?:[^0-9A-Za-z]|$))",
        CELLS,
        STRICT,
        hint=DAYS,
        unless=f"(?i)^{_UUID}$",
        apart=True,
        rule="dates_not_allowed",
    ),
    Identifier(
        "a week",
        rf"(?:^|\D){_YEAR}[-/_ ]?{_WEEK}[-/_ ]?\d{{1,2}}(?:\D|$)|(?:^|[^A-Za-z]){_WEEK}[-/_ ]?\d{{1,2}}[-/_ ,]{{1,2}}(?i:of )?{_YEAR}(?:\D|$)"
        rf"|(?i:week (?:of|beginning|ending|starting|commencing) |w/[ce] ?(?:\d{{1,2}}[ ./-]))(?:\d|{_MONTH})|(?:^|\D){_YEAR}[-/ ](?:\d{{1,2}}|{_MONTH})[ ,/-]{{1,2}}{_WEEK} ?\d(?:\D|$)",
        TEXTS,
        STRICT,
        hint=WEEKS,
        rule="dates_not_allowed",
    ),
    # A year and a serial number, 20240001 to 20241200, has this shape too, in up to 30 rows of 100: dates have it in all.
    Identifier(
        "a date written as 8 digits",
        r"(?:^|\D)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?(?:\D|$)"
        r"|(?:^|\D)(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]))(?:19|20)\d{2}(?:\D|$)",
        TEXTS,
        STRICT,
        hint=DAYS,
        unless="(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-",  # the first part of a UUID
        share=0.5,
        apart=True,
        rule="dates_not_allowed",
    ),
    # Ids of three parts (site-track-number) have this shape here and there; of dates about three in five have a day after the 12th.
    Identifier(
        "a date with a year of two digits",
        rf"(?:^|[^0-9-])(?:{_MM}[- ]{_LATE}|{_LATE}[- ]{_MM})[- ]\d{{2}}(?:[^0-9-]|$)",
        TEXTS,
        STRICT,
        hint=DAYS,
        share=0.4,
        apart=True,
        rule="dates_not_allowed",
    ),
)
IDENTIFIERS = (*_DIRECT, *_SHAPED)

# Whole texts that are an identifier of no kind, whatever the column: short ids, small numbers, and words in lower case whose first is no given name.
PLAIN = r"[A-Za-z]{1,2}-?[0-9]{1,6}|[0-9]{1,4}|[a-z]{1,20}"
PLAIN_WORDS = r"[a-z]{1,20}(?:_[a-z]{1,20}){0,3}"
