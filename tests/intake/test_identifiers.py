"""What identifies a person is recognised wherever it is read, by the name of its column or by its shape, and never repeated."""

import string

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.columns import DATA_CLASSES, KINDS
from iop_outcomes.errors import PrivacyError
from iop_outcomes.intake.findings import PRIVACY_RULES
from iop_outcomes.intake.identifier_columns import NAMED
from iop_outcomes.intake.identifiers import CELLS, IDENTIFIERS
from iop_outcomes.intake.privacy import identifier_in_name, identifier_named
from tests.intake import sites

HOUSING = {"housing": "category"}
EXAMPLES = {
    "a social security number": ["471-82-9963", "id 471-82-9963 b", "471 82 9963", "471\u201382\u20139963", "SSN 471829963"],
    "an e-mail address": ["winifred.okafor@kestrel.org", "w@k.co", "winifred at kestrel dot org", "winifred[at]kestrel[dot]org"],
    "an account of a social network": ["twitter @kestrelbird", "Facebook: @winifred.o"],
    "a telephone number": ["(555) 831-7746", "555-831-7746", "1.555.831.7746", "+44 20 7946 0958", "tel 8317746", "555 831 7746"],
    "a web address": ["https://kestrel.test/w", "www.kestrel.test", "kestrel.org/okafor"],
    "a network or device address": ["10.24.88.77", "2001:db8::8a2e", "00:1b:44:11:3a:b7"],
    "a medical record or account number": ["MRN0048213", "mrn: 48213", "MR# 48213", "Med Rec No 48213", "acct-48213"],
    "a date of birth": ["DOB 1971", "born 3/1971", "Birth date: 02/1971"],
    "a number in digits other than 0 to 9": ["４７１-８２-９９６３", "٤٧١٨٢٩٩٦٣", "471-82-९९६३"],
    "a Medicare number": ["1EG4-TE5-MK73", "1eg4te5mk73"],
    "a street address": ["418 Larkspur Ave", "7 Old Quarry Road", "P.O. Box 7715"],
    "a vehicle identification number": ["1M8GDM9AXKP042788", "vin 5gzcz43d13s812715"],
    "a name with a title": ["Dr. Bea Okafor", "Mrs Okafor"],
    "a name that begins with a given name": ["jane okafor", "JANE_OKAFOR", "Jane O. O'Dell", "Priya Okafor"],
    "a name behind a word": ["therapist: Jane Okafor", "Jane Okafor - room 4", "seen by Jane Okafor"],
    'a name ("Last, First")': ["Okafor, Winifred", "OKAFOR,WINIFRED J", "O'Dell, Bea", "Núñez, Íñigo", "De Vries, Anna Marie"],
    'a name ("First Last")': ["Adaeze Okafor", "Bea J. O'Dell"],
    "a hash, which stands for what it was made from": ["5d41402abc4b2a76b9719d911017c592", "A9" * 20, "P-" + "0f" * 32, "c74a196f-f19d-5ea9-bffd-a2742432fc9c"],
    "a UUID made from a clock": ["c232ab00-9414-11ec-b3c8-9f6bdeced846", "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"],
    "a social security number without its hyphens": ["471829963"],
    "a telephone number without its hyphens": ["5558317746", "15558317746"],
    "a ZIP code beside its word or its state": ["ZIP 97214", "Salem, OR 97214-6631"],
    "a ZIP code of more than 3 digits": ["97214", "97214-6631", "Salem QQ 97214"],
    "a full date": ["1987-02-13", "A-1987/2/13-3", "2/13/1987", "13.02.1987", "Feb 13, 1987", "13 February 1987", "13FEB1987", "2/13/87"],
    "a week": ["2024-W07", "week 7 of 2024"],
    "a date written as 8 digits": ["19870213"],
    "a date with a year of two digits": ["2-13-87", "13-2-87"],
}  # fmt: skip
IN_LABELS = ("a ZIP code of more than 3 digits", "a name that begins with a given name", "a name behind a word")
OFTEN = {"a date written as 8 digits", "a date with a year of two digits"}  # refused only when most rows have it


def _program():
    """A clean program of 60 episodes with every column there is, in rows as a site would write them."""
    rows = range(60)
    dated = ("admit_date", "discharge_date")
    values = {"category": "a word", "integer": "1", "flag": "0"}
    episodes = {
        field.name: [values.get(field.kind, "completed")] * 60
        for field in KINDS["episodes"].fields
        if field.name not in (*dated, "discharge_day")
    }
    episodes |= {"episode_id": [f"E{i:05}" for i in rows], "patient_id": [f"P{i}" for i in rows], "period": ["2024-Q1"] * 60}
    episodes |= {"observed_days": ["900"] * 60, "follow_up_days": ["300"] * 60, "phq9_admit": ["12"] * 60, "housing": ["own"] * 60}
    scores = {"episode_id": episodes["episode_id"], "scale": ["gad7"] * 60, "day": ["0"] * 60, "score": ["7"] * 60}
    scores |= {"instrument_version": ["v2.1"] * 60, "rater": ["self"] * 60}
    events = {"episode_id": episodes["episode_id"], "event": ["relapse"] * 60, "day": [""] * 60, "days_after_discharge": ["9"] * 60}
    events |= {"kind": ["any_use"] * 60, "planned": ["0"] * 60}
    return {"episodes": episodes, "scores": scores, "events": events}


def _columns(kind):
    """Columns in which a kind of identifier is to be found, by what the documentation of columns says they hold."""
    kinds = {field.name: field.kind for kind in KINDS.values() for field in kind.fields} | {"housing": "category", "phq9_admit": "integer"}
    places = [(table, name) for table, columns in _program().items() for name in columns if kinds[name] in kind.fields]
    return [(table, name) for table, name in places if name in ("housing", *kind.columns)] if kind.columns else places


def _load(tables, data_class="safe_harbor", covariates=HOUSING):
    frames = {table: pd.DataFrame(columns, dtype=object) for table, columns in tables.items()}
    return iop.load(frames, mapping={"data": {"class": data_class}, "covariates": covariates})


def _findings(tables, data_class="safe_harbor", covariates=HOUSING):
    """Findings of privacy, and every word that was said."""
    try:
        with _load(tables, data_class, covariates) as data:
            found, words = data.findings, repr(data)
    except PrivacyError as error:
        found, words = error.findings, str(error) + repr(error)
    assert "Traceback" not in words
    return [item for item in found if item.rule in PRIVACY_RULES], words + repr(found)


def _repeats(words, value):
    """Parts of a value that are said, of five characters each; the names of the kinds themselves are no parts."""
    for kind in IDENTIFIERS:
        words = words.replace(kind.what, "")
    return [value[i : i + 5] for i in range(max(len(value) - 4, 1)) if value[i : i + 5] in words]


def test_every_kind_has_its_examples():
    """A new kind of identifier comes with examples, or this fails."""
    assert [kind.what for kind in IDENTIFIERS] == list(EXAMPLES)


@pytest.mark.parametrize("kind", [kind for kind in IDENTIFIERS if kind.what not in OFTEN], ids=lambda kind: kind.what)
def test_each_kind_is_found_in_every_column_it_may_stand_in(kind):
    """One planted in each column, each on a row of its own: exactly those cells are named, as what they are, and nothing is repeated."""
    tables, expected, planted = _program(), set(), []
    for row, (table, column) in enumerate(_columns(kind)):
        value = next(value for value in EXAMPLES[kind.what][row % len(EXAMPLES[kind.what]) :] if len(value) >= 6 or kind.fields != CELLS)
        tables[table][column] = [*tables[table][column][:row], value, *tables[table][column][row + 1 :]]
        expected.add((f"{table} (data frame)", column, (row + 1,), f"looks like {kind.what}"))
        planted.append(value)
    found, words = _findings(tables)
    assert {(item.file, item.column, item.lines, item.message) for item in found if item.severity == "error"} == expected
    assert [value for value in planted if _repeats(words, value)] == []


@pytest.mark.parametrize("what", EXAMPLES)
def test_each_example_is_found(what):
    """Every way of writing it that is listed, one on each row of a column that may hold it."""
    kind = next(kind for kind in IDENTIFIERS if kind.what == what)
    tables = _program()
    column = "episode_id" if "text" in kind.fields else "housing"
    values = EXAMPLES[what] * (1 if what not in OFTEN else 40 // len(EXAMPLES[what]))
    tables["episodes"][column] = [*values, *tables["episodes"][column][len(values) :]]
    found, words = _findings({"episodes": tables["episodes"]})
    lines = {line for item in found if item.severity == "error" and item.column == column for line in item.lines}
    assert lines == set(range(1, len(values) + 1))
    assert [value for value in values if _repeats(words, value)] == []


REFUSED = dict.fromkeys(EXAMPLES, "error") | dict.fromkeys(OFTEN, "warning")
HARD = (
    "a UUID made from a clock",
    "a hash, which stands for what it was made from",
    "a social security number without its hyphens",
    "a telephone number without its hyphens",
)
DATED = ("a week", "a ZIP code of more than 3 digits", "a full date", *OFTEN)
ZIPPED = "a ZIP code beside its word or its state"
NAMES = (
    "a name with a title",
    "a name that begins with a given name",
    "a name behind a word",
    'a name ("Last, First")',
    'a name ("First Last")',
)
BY_CLASS = {
    "safe_harbor": REFUSED,
    "limited_data_set": {
        what: "warning" if what in HARD else severity for what, severity in REFUSED.items() if what not in (*DATED, ZIPPED)
    },
    "synthetic": {what: "warning" if what in HARD else severity for what, severity in REFUSED.items() if what not in DATED},
    "public": {what: severity for what, severity in REFUSED.items() if what not in (*HARD, *DATED, *NAMES, ZIPPED)},
}


@pytest.mark.parametrize("data_class", DATA_CLASSES)
def test_what_each_class_refuses_and_names(data_class):
    """One of every kind: the table above says what is an error, what a warning, and what is none of the class's business."""
    tables = _program()
    for row, (what, values) in enumerate(EXAMPLES.items()):
        column = "site" if what in IN_LABELS else "patient_id"
        tables["episodes"][column] = [*tables["episodes"][column][:row], values[0], *tables["episodes"][column][row + 1 :]]
    found, _ = _findings(tables, data_class)
    assert {item.message.removeprefix("looks like "): item.severity for item in found} == BY_CLASS[data_class]


digits = st.text(string.digits, min_size=12, max_size=12)
capitals = st.text(string.ascii_lowercase, min_size=3, max_size=9).map(str.capitalize)
DRAWN = {
    "a social security number": digits.map(lambda d: f"{d[:3]}-{d[3:5]}-{d[5:9]}"),
    "an e-mail address": st.emails(),
    "a telephone number": digits.map(lambda d: f"({d[:3]}) {d[3:6]}-{d[6:10]}"),
    "a web address": st.text(string.ascii_lowercase, min_size=1, max_size=20).map(lambda s: f"http://{s}.test"),
    "a network or device address": st.ip_addresses(v=4).map(str),
    "a medical record or account number": digits.map(lambda d: f"MRN {d[:7]}"),
    "a date of birth": st.dates().map(lambda d: f"DOB {d:%m/%d/%Y}"),
    'a name ("Last, First")': st.tuples(capitals, capitals).map(", ".join),
    "a hash, which stands for what it was made from": st.binary(min_size=32, max_size=32).map(bytes.hex),
    "a social security number without its hyphens": digits.map(lambda d: d[:9]),
    "a full date": st.dates(min_value=pd.Timestamp("1900-01-01").date(), max_value=pd.Timestamp("2099-12-31").date()).map(str),
}
TEXT_CELLS = [(table, name) for table, name in _columns(next(kind for kind in IDENTIFIERS if kind.what == 'a name ("Last, First")'))]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_one_random_identifier_in_one_random_cell(data):
    """Of any kind, in any column of text: the file is refused for that cell and no other."""
    what = data.draw(st.sampled_from(sorted(DRAWN)))
    value = data.draw(DRAWN[what].filter(lambda text: len(text) <= 80))
    table, column = data.draw(st.sampled_from(TEXT_CELLS))
    row = data.draw(st.integers(0, 59))
    tables = _program()
    tables[table][column] = [*tables[table][column][:row], value, *tables[table][column][row + 1 :]]
    found, words = _findings(tables)
    assert [(item.file, item.column, item.lines, item.severity) for item in found] == [
        (f"{table} (data frame)", column, (row + 1,), "error")
    ]
    assert value not in words


CLEAN = {
    "track": ["mental_health", "Dual Diagnosis", "Level 2.1", "IOP 3x/week", "Women's Group", "DBT, Adult", "Trauma, Complex", "90-day", "α-track"],
    "site": ["north", "North Campus", "site-12-3456", "St. Mary's", "Clinic, North", "Unit 4B", "05A123", "Suite 200", "Building 7"],
    "payer": ["Blue Cross", "medicaid", "60054", "Aetna HMO", "Self-pay", "Medicare, Part B", "Other, Commercial", "VA", "BCBS 2024"],
    "primary_dx": ["F33.1", "29633", "F10.20", "bipolar, current", "Depression, Major", "Schizophrenia", "PTSD, Complex", "F32.9/F41.1"],
    "level_of_care": ["iop", "90853", "H0015", "S9480", "2.1", "php-iop", "ASAM 2.1", "Level II.1", "9 h/week"],
    "age_group": ["18-25", "65+", "26 to 39", "90+", "90 or older", ">=90", "under 18", "<18", "80-89"],
    "referral_source": ["Court", "self", "ED 24/7", "school/college", "Family, Self", "inpatient", "PCP", "Crisis Line", "988"],
    "period": ["2024-Q1", "2024", "2024-03", "FY24", "2023/24", "2024-Q4", "Q1", "2022", "2019-Q2"],
    "patient_id": ["P00001", "00123", "1e5", "20240131-ceea-467f-ab3a-1c2d3e4f5a6b", "A-17-0042", "12345678", "20240001", "E123456789", "1234567"],
}  # fmt: skip


def test_clean_labels_of_every_usual_shape_are_read():
    """Ids, tracks, sites, payers, diagnoses and codes as programs write them: nothing is refused and nothing is named."""
    tables = _program()
    for column, labels in CLEAN.items():
        tables["episodes"][column] = [*labels, *tables["episodes"][column][len(labels) :]]
    found, _ = _findings(tables)
    assert found == []


@pytest.mark.parametrize("data_class", DATA_CLASSES)
def test_the_synthetic_program_has_none(data_class):
    """Its three tables, with days in the place of dates, are read under every class without a finding of privacy."""
    tables = {
        table: pd.read_csv(f"data/synthetic/{table}.csv", dtype=str, keep_default_na=False) for table in ("episodes", "scores", "events")
    }
    dates = {name: pd.to_datetime(tables["episodes"].pop(name)) for name in ("admit_date", "discharge_date")}
    tables["episodes"]["los_days"] = (dates["discharge_date"] - dates["admit_date"]).dt.days
    assert _findings(tables, data_class, {})[0] == []


def test_dates_as_ids_are_refused_and_serial_numbers_of_a_year_only_named():
    """Eight digits that are dates on most rows; where a year and a number are meant, at most 30 rows in 100 look like one."""
    tables = _program()
    episodes = {name: values * 20 for name, values in tables["episodes"].items()}
    episodes["episode_id"] = [f"2024{i:04}" for i in range(1, 1201)]
    assert {(item.rule, item.severity) for item in _findings({"episodes": episodes})[0]} == {("dates_not_allowed", "warning")}
    days = pd.date_range("2021-01-01", periods=1200).strftime("%Y%m%d")
    found, words = _findings({"episodes": episodes | {"episode_id": [f"A{day}" for day in days]}})
    assert {(item.rule, item.severity, item.count) for item in found} == {("dates_not_allowed", "error", 1200)}
    assert "20210101" not in words


def test_a_translated_label_is_no_name():
    """A label that is taken for a name gets another word in the mapping, as the message says."""
    frame = pd.DataFrame({"episode_id": ["e1", "e2"], "track": "Oak, Elm", "discharge_reason": "completed", "los_days": 30})
    with pytest.raises(PrivacyError, match=r"\[codes\.track\]"):
        iop.load(frame)
    iop.load(frame, mapping={"codes": {"track": {"Oak, Elm": "oak_elm"}}}).close()


# -- by the name of the column -----------------------------------------------------------------------------------

CALLED = {
    "a social security number": ["SSN", "patient_ssn", "SocialSecurity", "ss_no"],
    "a medical record number": ["mrn", "PAT_MRN_ID", "MedicalRecordNumber", "chart no", "EMPI"],
    "a date or year of birth": ["DOB", "pt_dob", "birth_date", "BirthDate", "date of birth", "birthyear", "year_of_birth"],
    "a ZIP code of more than 3 digits": ["Zip", "zipcode", "ZIP5", "home_zip", "zip_code", "Postal Code", "zip_9"],
    "geography below the state": ["city", "PatientCity", "County", "census_tract", "geocode_x"],
    "an address": ["home address", "addr1", "street_name", "ip_address", "IPAddr"],
    "a telephone number": ["phone", "HomePhone", "cell_no", "fax", "tel_number", "mobile phone"],
    "an e-mail address": ["Email", "e-mail", "EMail2"],
    "an account of a social network": ["facebook_id", "InstaHandle"],
    "a web address": ["url", "website"],
    "a name": ["Name", "PatientName", "last_name", "FULLNAME", "Client Name", "initials", "surname"],
    "an account, plan or licence number": ["account_number", "member_id", "MedicaidID", "driver_license", "policy no"],
    "a device or a picture of a person": ["device_id", "photo", "fingerprint", "serial_number"],
    "free text": ["notes", "Comment", "discharge_notes", "narrative"],
}
UNTOUCHED = [
    "phoneme", "ssnx", "named", "program_name", "PROGRAM_NAME", "site_name", "zip3", "zip_3", "ZIP Prefix", "zip_code_3", "inner_city",
    "age", "telehealth", "mobile_team", "birth_control", "ip_days", "payer", "housing", "county_jail_days", "keynote", "email_x",
]  # fmt: skip


def test_every_name_has_its_examples():
    """A new kind of name comes with examples, or this fails."""
    assert [kind.what for kind in NAMED] == list(CALLED)


@pytest.mark.parametrize("what", CALLED)
def test_columns_named_like_identifiers(what):
    """Whichever of its two names says so; the strictest class refuses all."""
    for name in CALLED[what]:
        assert identifier_named(["payer", name], "safe_harbor") == what == identifier_named([name, "x"], "safe_harbor")


def test_names_that_only_sound_alike():
    """Neither the columns of this package nor usual ones of a site are taken for identifiers."""
    own = [field.name for kind in KINDS.values() for field in kind.fields]
    taken = {name for name in (*own, *UNTOUCHED) if identifier_named([name], "safe_harbor")}
    assert taken == {"email_x"}  # the word stands in it: better refused and renamed


@pytest.mark.parametrize(
    ("data_class", "allowed"), [("limited_data_set", {"Zip", "city"}), ("synthetic", {"city"}), ("public", {"Zip", "city"})]
)
def test_towns_and_zip_codes_by_class(data_class, allowed):
    """A limited data set may hold towns and ZIP codes, and nothing else of the list."""
    first = [names[0] for names in CALLED.values()]
    assert {name for name in first if not identifier_named([name], data_class)} == allowed


@pytest.mark.parametrize("value", ["471-82-9963", "winifred.okafor@kestrel.org", "(555) 831-7746"])
@pytest.mark.parametrize("form", ["csv", "frame"])
def test_a_row_in_the_place_of_the_header(tmp_path, value, form):
    """A name of a column that is itself an identifier is refused before anything would repeat it."""
    rows = [[*row, value if i == 0 else "x"] for i, row in enumerate(sites.episodes())]
    source = sites.write(tmp_path, episodes=rows) if form == "csv" else pd.DataFrame(rows[1:], columns=rows[0])
    with pytest.raises(PrivacyError, match=r"^episodes.*identifier_column: the name of a column looks like a") as caught:
        iop.load(source, mapping={"data": {"class": "synthetic"}})
    assert _repeats(str(caught.value) + repr(caught.value.findings), value) == []
    assert identifier_in_name(value)
