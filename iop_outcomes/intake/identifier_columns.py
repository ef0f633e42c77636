"""Takes nothing, gives what the name of a column says of a person as data: patterns, and the classes that refuse each."""

from __future__ import annotations

from dataclasses import dataclass

from iop_outcomes.intake.identifiers import EVERY, GEOGRAPHY, STRICT


@dataclass(frozen=True, slots=True)
class NamedIdentifier:
    """A kind of identifier that the name of a column speaks of, in lower case with `_` between its words."""

    what: str
    name: str
    classes: frozenset[str] = EVERY


def _words(*choices: str) -> str:
    return rf"(^|_)({'|'.join(choices)})($|_)"


_NUMBER = "_?(no|num|nr|nbr|number|id)"
_COUNT = "_?(no|num|nr|nbr|number)"
_NAME = "_?(name|nm|nam)"
_PERSON = "(patient|pat|pt|client|clt|member|mbr|person|participant|subject|guardian|parent|mother|father|spouse|(emerg(ency)?_)?contact|guarantor|subscriber)"
_YEAR = "(year|yr|date|day|dt|mo|month|time|datetime)"
NAMED = (
    NamedIdentifier(
        "a social security number",
        rf"{_words('ssn_?[0-9]?', f'ssn{_NUMBER}', f'soc(ial)?_?sec(urity)?({_NUMBER})?', f'ss{_NUMBER}', 'last_4_ssn')}|(^|_)last_?(4|four)$",
    ),
    NamedIdentifier(
        "a medical record number",
        _words(f"mrn({_NUMBER})?", f"mr{_COUNT}", "empi", "medical_?rec(ord)?s?", f"med_?rec({_NUMBER})?", f"chart{_NUMBER}"),
    ),
    NamedIdentifier(
        "a date or year of birth",
        _words(f"(dob|yob)(_?{_YEAR})?", f"{_YEAR}_of_birth", f"birth_?({_YEAR}|place)", "b_?(day|date|dt|year|yr)"),
    ),
    NamedIdentifier(
        "a ZIP code of more than 3 digits",
        r"(^|_)(zip(_?(codes?|cd))?(_?(4|5|9|plus_?4))?|post(al)?_?code|zcta5?)($|_(?!code_?3|3|prefix))",
        GEOGRAPHY,
    ),
    NamedIdentifier(
        "geography below the state",
        rf"^((home|patient|residence|birth)_)?(city|town|county|municipality)(_name)?$|{_words('census_?(tract|block)', 'fips', 'latitude', 'longitude', 'geocode')}",
        STRICT,
    ),
    NamedIdentifier(
        "an address",
        rf"{_words('addr(ess)?[12]?', 'addr_?line_?[12]?', 'street_(name|no|number)', 'ip_?addr(ess)?', 'mac_?addr(ess)?')}|(^|_)street[12]?$",
    ),
    NamedIdentifier(
        "a telephone number",
        _words(
            "(tele|cell_?|mobile_?|home_?|work_?)?phone([12]|_?(no|num|nr|number))?",
            "(cell|mobile|mob|home|work|day|contact|patient|pt)_?phn?[12]?",
            f"phn?{_COUNT}",
            f"(tel|mobile|mob|cell){_NUMBER}",
            f"contact{_COUNT}",
            "fax",
            "pager",
        ),
    ),
    NamedIdentifier("an e-mail address", _words("e_?mail[12]?(_?(addr|adr|address|id))?", "mail_?address")),
    NamedIdentifier("a web address", _words("url", "website", "web_?page")),
    NamedIdentifier(
        "a name",
        rf"^(name|nm)$|{_words(f'(first|last|middle|full|given|family|maiden|legal|preferred|f|l|m|sur){_NAME}', f'{_PERSON}_?((first|last|full|middle|f|l)_?)?{_NAME}')}"
        rf"|{_words('surname', 'forename', 'initials', 'next_of_kin', 'emerg(ency)?_contact')}",
    ),
    NamedIdentifier(
        "an account, plan or licence number",
        _words(
            f"(account|acct|policy|member|mbr|subscriber|beneficiary|insurance|medicaid|medicare|passport){_NUMBER}",
            f"mbi({_NUMBER})?",
            f"hicn?({_NUMBER})?",
            f"(dl|drv|drivers?)_?lic(en[cs]e)?({_NUMBER})?",
            f"dl{_COUNT}",
            f"licen[cs]e({_NUMBER})?",
            "lic(en[cs]e)?_?plate",
            f"plate{_NUMBER}",
            f"vin({_NUMBER})?",
        ),
    ),
    NamedIdentifier(
        "a device or a picture of a person",
        _words(
            f"(imei|meid|esn|udid)({_NUMBER})?",
            "device_?(id|serial|uid)",
            f"serial{_NUMBER}",
            "photo(graph)?",
            "fingerprints?",
            "biometrics?",
        ),
    ),
    NamedIdentifier("free text", _words("notes?(_?(txt|text))?", "comments?", "cmnts?", "narrative", "free_?te?xt")),
)
