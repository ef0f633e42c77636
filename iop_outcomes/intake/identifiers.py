"""Takes nothing, gives what identifies a person as data: patterns of column names and of values, and the classes that refuse each.

The classes follow 45 CFR 164.514: (b)(2), Safe Harbor, names 18 kinds of identifier, dates finer than a year, geography below the
state and ages over 89 among them; (e), the limited data set, allows dates, towns, ZIP codes and ages. Which of the 18 kinds have no
shape to be recognised by is said in README.md.
"""

from __future__ import annotations

from dataclasses import dataclass

from iop_outcomes.columns import DATA_CLASSES, Kind

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

REMOVE = "Remove it: the file must hold no identifiers"
LABEL = "Remove it; if it is a label and no person, give it another word in mapping.toml under [codes.{column}]"
SERIAL = "Remove it; if it is a plain serial number, put a letter directly in front of it, as in E1"
RANDOM = "Use an id that is not made from an identifier; one drawn at random may be written as a UUID, with its hyphens"
DAYS = "Use days from admission, or declare the class: [data] class"
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
    share : float
        Share of the rows from which on it is refused; below, it is only named.
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
    share: float = 0.0
    rule: str = "identifier_value"


@dataclass(frozen=True, slots=True)
class NamedIdentifier:
    """A kind of identifier that the name of a column speaks of, in lower case with `_` between its words."""

    what: str
    name: str
    classes: frozenset[str] = EVERY


_SEP = "[-. \u2010-\u2015]"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_MONTH = "(?i:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_CAPITAL = "[A-Z\u00c0-\u00de]"  # Latin letters: classes of every script would take RE2 longer to prepare than all else together
_GIVEN = _CAPITAL + "[A-Za-z\u00c0-\u024f'\u2019-]*"
_LABELS = (
    r"(?i)\b(?:other|self|no|none|not|non|unspecified|specified|unknown|mixed|current|recurrent|severe|moderate|mild|early|late|acute|chronic|"
    r"adult|adults|adolescents?|youth|teens?|women|men|evening|morning|day|virtual|hybrid|online|person|group|track|program|level|phase|"
    r"iop|php|mental|health|behavioral|substance|alcohol|opioids?|stimulants?|use|abuse|dual|diagnosis|disorders?|depress\w*|anxiety|"
    r"bipolar|trauma|ptsd|ocd|adhd|psychosis|psychotic|schizo\w*|eating|mood|major|general\w*|complex|clinic|center|centre|"
    r"hospital|campus|site|north|south|east|west|medicaid|medicare|commercial|private|public|insurance|plan|hmo|ppo|inc|llc|"
    r"county|court|school|family|physician|provider|agency|community|inpatient|outpatient|emergency|residential)\b"
)

# Any one of these identifies: looked for in every cell that is read.
_DIRECT = (
    Identifier("a social security number", rf"(?:^|\D)\d{{3}}{_SEP}\d{{2}}{_SEP}\d{{4}}(?:\D|$)"),
    Identifier("an e-mail address", r"[^@\s]@[^@\s]+\.[A-Za-z]{2,}"),
    Identifier(
        "a telephone number",
        rf"(?:^|\D)(?:\(\d{{3}}\) ?|\d{{3}}{_SEP})\d{{3}}{_SEP}\d{{4}}(?:\D|$)|\+\d[\d ().-]{{7,}}\d"
        r"|(?i:(?:^|[^a-z])(?:tel|phone|fax|mobile)[ #:.]{0,3}\+?\(?\d{3})",
    ),
    Identifier("a web address", r"(?i:[a-z]://|(?:^|[^a-z0-9])www\.[a-z0-9]|[a-z0-9]\.(?:com|org|net|edu|gov|info|health)(?:[^a-z0-9]|$))"),
    Identifier(
        "a network or device address",
        rf"(?:^|[^\d.])(?:{_OCTET}\.){{3}}{_OCTET}(?:[^\d.]|$)"
        r"|(?i:(?:^|[^0-9a-z])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}:[0-9a-f]{1,4}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}))",
    ),
    Identifier(
        "a medical record or account number",
        r"(?i:(?:^|[^a-z])(?:mrn|mr ?#|med(?:ical)?[ _.-]?rec(?:ord)?s?|chart|acct|account|ssn|passport|member)"
        r"(?:[ _.-]?(?:no|num|number|id))?[ #:=_.-]{0,3}[a-z]{0,3}\d{4})",
    ),
    Identifier("a date of birth", r"(?i:(?:^|[^a-z])(?:d\.?o\.?b|born|birth ?(?:date|day|year))\.?[ :=_-]{0,3}(?:on |in )?\d)"),
)

# These need a column of ids or of labels to mean anything.
_SHAPED = (
    Identifier(
        "a street address",
        r"(?i:(?:^|[^a-z0-9])\d{1,5} (?:[a-z]+\.? ){1,3}(?:street|avenue|ave|road|rd|boulevard|blvd|lane)(?:[^a-z]|$)|(?:^|[^a-z])p\.? ?o\.? box \d)",
        TEXTS,
    ),
    Identifier(
        'a name ("Last, First")', rf"^{_GIVEN}(?: {_GIVEN})?, ?{_GIVEN}(?: {_GIVEN}\.?)?$", TEXTS, NOT_PUBLIC, hint=LABEL, unless=_LABELS
    ),
    Identifier(
        'a name ("First Last")',
        rf"^{_GIVEN}[a-z](?: {_CAPITAL}\.?)? {_GIVEN}[a-z]$",
        frozenset({"text"}),
        NOT_PUBLIC,
        unless=_LABELS,
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
    Identifier("a social security number without its hyphens", r"^\d{9}$", TEXTS, STRICT, REHEARSED, SERIAL),
    Identifier("a telephone number without its hyphens", r"^1?[2-9]\d{2}[2-9]\d{6}$", TEXTS, STRICT, REHEARSED, SERIAL),
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
        r"|(?:^|\D)\d{1,2}/\d{1,2}/\d{2}(?:\D|$)"
        rf"|(?:^|[^A-Za-z]){_MONTH}[ .,-]{{0,2}}\d{{1,2}}(?:st|nd|rd|th)?[ ,.-]{{1,2}}(?:19|20)\d{{2}}(?:\D|$)"
        rf"|(?:^|\D)\d{{1,2}}(?:st|nd|rd|th)?[ .-]?{_MONTH}[ .,-]{{0,2}}(?:19|20)\d{{2}}(?:\D|$)",
        CELLS,
        STRICT,
        hint=DAYS,
        rule="dates_not_allowed",
    ),
    # A year and a serial number, 20240001 to 20241200, has this shape too, in up to 30 rows of 100: dates have it in all.
    Identifier(
        "a date written as 8 digits",
        r"(?:^|\D)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?)?(?:\D|$)",
        TEXTS,
        STRICT,
        hint=DAYS,
        unless="(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-",  # the first part of a UUID
        share=0.5,
        rule="dates_not_allowed",
    ),
)
IDENTIFIERS = (*_DIRECT, *_SHAPED)


def _words(*choices: str) -> str:
    return rf"(^|_)({'|'.join(choices)})($|_)"


_NUMBER = "_?(no|num|nr|number|id)"
NAMED = (
    NamedIdentifier("a social security number", _words("ssn", "social_security", f"ss{_NUMBER}", "last_4_ssn")),
    NamedIdentifier("a medical record number", _words("mrn", "empi", "medical_?rec(ord)?s?", "med_?rec", f"chart{_NUMBER}")),
    NamedIdentifier("a date or year of birth", _words("dob", "yob", "date_of_birth", "year_of_birth", "birth_?(date|day|dt|year|time|datetime|place)")),
    NamedIdentifier(
        "a ZIP code of more than 3 digits", r"(^|_)(zip(_?codes?)?(_?[59])?|post(al)?_?code|zcta5?)($|_(?!code_?3|3|prefix))", GEOGRAPHY
    ),
    NamedIdentifier(
        "geography below the state",
        rf"^((home|patient|residence|birth)_)?(city|town|county|municipality)(_name)?$|{_words('census_?(tract|block)', 'fips', 'latitude', 'longitude', 'geocode')}",
        STRICT,
    ),
    NamedIdentifier("an address", _words("addr(ess)?[12]?", "street_(name|no|number)", "ip_?addr(ess)?", "mac_?addr(ess)?")),
    NamedIdentifier("a telephone number", _words("(tele|cell_?|mobile_?|home_?|work_?)?phone[12]?", f"(tel|mobile|cell){_NUMBER}", "fax", "pager")),
    NamedIdentifier("an e-mail address", _words("e_?mail[12]?", "mail_?address")),
    NamedIdentifier("a web address", _words("url", "website", "web_?page")),
    NamedIdentifier(
        "a name",
        rf"^name$|{_words('(first|last|middle|full|given|family|maiden|patient|client|member|person|pat|guardian|emergency_contact)_?name', 'surname', 'forename', 'initials')}",
    ),
    NamedIdentifier(
        "an account, plan or licence number",
        _words(f"(account|acct|policy|member|subscriber|beneficiary|insurance|medicaid|medicare|passport){_NUMBER}", f"licen[cs]e({_NUMBER})?", f"plate{_NUMBER}", "vin"),
    ),
    NamedIdentifier("a device or a picture of a person", _words("device_?(id|serial)", f"serial{_NUMBER}", "photo(graph)?", "fingerprints?", "biometrics?")),
    NamedIdentifier("free text", _words("notes?", "comments?", "narrative", "free_?text")),
)  # fmt: skip
