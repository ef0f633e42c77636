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
        rf"{_words('ssn_?[0-9]?', f'ssn{_NUMBER}', f'soc(ial)?_?sec(urity)?({_NUMBER})?', f'ss{_NUMBER}', 'last_4_ssn', 'i?tin', 'tax_?id')}|(^|_)(ssn_?)?last_?(4|four)(_?digits)?$",
    ),
    NamedIdentifier(
        "a medical record number",
        _words(
            f"mrn({_NUMBER})?",
            f"mr{_COUNT}",
            "e?mpi",
            f"(emr|ehr|epic|csn|case_?file){_NUMBER}",
            f"hosp(ital)?{_COUNT}",
            "csn",
            "mrn[0-9]",
            "medical_?rec(ord)?s?",
            f"med_?rec({_NUMBER})?",
            f"chart{_NUMBER}",
        ),
    ),
    NamedIdentifier(
        "a date or year of birth",
        _words(
            f"(dob|yob)(_?{_YEAR})?",
            f"{_YEAR}_of_birth",
            f"birth_?({_YEAR}|place)",
            "b_?(day|date|dt|year|yr)",
            "do_?birth",
            "born_on",
            "pob",
        ),
    ),
    NamedIdentifier(
        "a ZIP code of more than 3 digits",
        r"(^|_)(zip(_?(codes?|cd))?(_?(4|5|9|plus_?4))?|post(al)?_?code|zcta5?)($|_(?!code_?3|3|prefix))",
        GEOGRAPHY,
    ),
    NamedIdentifier(
        "geography below the state",
        rf"^((home|patient|residence|birth)_)?(city|town|county|municipality)(_name)?$|{_words('census_?(tract|block)', 'fips', 'latitude', 'longitude', 'geocode', 'lat_?(long?|lng)', 'geo_?(lat|lon|lng|long)', 'lng')}",
        STRICT,
    ),
    NamedIdentifier(
        "an address",
        rf"{_words('addr(ess)?[12]?', 'addr_?line_?[12]?', 'street_(name|no|number)', 'ip_?addr(ess)?', 'mac_?(addr(ess)?|id)', 'ip_?v?[46]', 'p_?o_?box', 'apt_?(no|num|nr|number)', '(home|res(idence)?)_?(street|addr(ess)?)')}|(^|_)street[12]?$|^ip$",
    ),
    NamedIdentifier(
        "a telephone number",
        _words(
            "(tele|cell_?|mobile_?|home_?|work_?)?phone([12]|_?(no|num|nr|number))?",
            "(cell|mobile|mob|home|hm|work|wk|day|contact|patient|pt)_?ph(n|one)?[12]?",
            f"phn?{_COUNT}",
            f"(tel|mobile|mob|cell){_NUMBER}",
            f"contact{_COUNT}",
            "telephone[12]?",
            "tel[12]",
            f"(fax|text|sms|whats_?app){_COUNT}",
            "fax",
            "whats_?app",
            "pager",
        ),
    ),
    NamedIdentifier("an e-mail address", _words("e_?mail[12]?(_?(addr|adr|address|id))?", "mail_?(address|id)")),
    NamedIdentifier(
        "an account of a social network",
        _words("(facebook|insta(gram)?|twitter|skype|linked_?in|tiktok|snapchat)_?(id|handle|user|name|account)"),
    ),
    NamedIdentifier("a web address", _words("url", "website", "web_?page")),
    NamedIdentifier(
        "a name",
        rf"^(name|nm)$|^({_PERSON}_)?(name|nm)_(first|last|middle|full)$|{_words(f'(first|last|middle|full|given|family|maiden|legal|preferred|f|l|m|sur){_NAME}', f'{_PERSON}_?((first|last|full|middle|f|l)_?)?{_NAME}')}"
        rf"|{_words('surname', 'forename', 'initials', 'nick_?name', 'alias(es)?', 'aka', '(pt|patient|client|clt)_?(first|last)', 'next_of_kin', 'emerg(ency)?_contact(_?ph(n|one)?)?')}",
    ),
    NamedIdentifier(
        "an account, plan or licence number",
        _words(
            f"(account|acct|policy|member|mbr|subscriber|beneficiary|insurance|medicaid|medicare|passport){_NUMBER}",
            f"mbi({_NUMBER})?",
            f"hicn?({_NUMBER})?",
            f"(dl|drv|drivers?)_?lic(en[cs]e)?({_NUMBER})?",
            f"lic(en[cs]e)?{_NUMBER}",
            f"(pol|ins|insured|mcaid|mcare|alien|visa|inmate|prison(er)?|jail|booking){_NUMBER}",
            f"(veh|vehicle){_NUMBER}",
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
            f"(imei|imsi|meid|esn|udid)({_NUMBER})?",
            "dev(ice)?_?(id|serial|uid)",
            f"serial{_NUMBER}",
            "photo(graph)?",
            "(finger|voice|face|f)_?prints?",
            "(patient|client|e)_?signature",
            "biometrics?",
        ),
    ),
    NamedIdentifier("free text", _words("notes?(_?(txt|text))?", "comments?", "cmnts?", "narrative", "free_?te?xt", "remarks", "memo")),
)
# Names that end so count, sort or time what they speak of: `phone_sessions` holds no telephone number.
MEASURED = r"_(count|counts|n|sessions?|visits?|contacts|calls?|minutes|mins|hours|hrs|days|status|type|kind|flag|yn|eligible|consent|consented|rate|share)$"
