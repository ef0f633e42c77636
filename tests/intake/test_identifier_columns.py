"""Takes names of columns as record systems write them, gives what each says of a person, and nothing of those that say nothing."""

import re

import pytest

from iop_outcomes.columns import KINDS
from iop_outcomes.intake.identifier_columns import NAMED
from iop_outcomes.scales import load_scales

SAYS = {
    "a social security number": ("ssn", "ssn_no", "pat_ssn", "social_security_number", "last_4"),
    "a medical record number": ("mrn", "mrn_no", "medical_record", "chart_no", "empi"),
    "a date or year of birth": ("dob", "birth_date", "year_of_birth", "pt_dob", "b_day"),
    "a ZIP code of more than 3 digits": ("zip", "zip_code", "zip5", "postal_code", "zcta", "patient_zip"),
    "geography below the state": ("city", "home_county", "census_tract", "latitude"),
    "an address": ("address", "addr1", "street_name", "ip_address"),
    "a telephone number": ("phone", "cell_phone", "home_ph", "fax", "contact_no"),
    "an e-mail address": ("email", "e_mail", "email_address"),
    "an account of a social network": ("facebook_id", "twitter_handle"),
    "a web address": ("url", "website"),
    "a name": ("name", "first_name", "lname", "patient_name", "initials", "next_of_kin"),
    "an account, plan or licence number": ("account_no", "medicaid_id", "mbi", "license_plate", "vin"),
    "a device or a picture of a person": ("imei", "device_id", "photo"),
    "free text": ("notes", "comment", "narrative", "note_text"),
}
NOTHING = (
    "zip3",
    "zip_code_3",
    "state",
    "birthweight",
    "program_name",
    "payer",
    "notified",
    "namespace",
    "dosage",
    "city_council_grant",
    "hospital_id",
    "tract_b",
    "signature_strengths",
    "",
)


def said(name):
    """Everything that a name says."""
    return [each.what for each in NAMED if re.search(each.name, name)]


def test_every_kind_is_tried():
    """A kind that is added says here what it is for."""
    assert list(SAYS) == [each.what for each in NAMED]


@pytest.mark.parametrize("what", SAYS)
def test_names_that_say_it(what):
    """By that kind, whatever others say."""
    assert [name for name in SAYS[what] if what not in said(name)] == []


def test_names_that_say_nothing():
    """Nor does any column that the package reads itself."""
    assert {name: said(name) for name in NOTHING if said(name)} == {}
    ours = {field.name for kind in KINDS.values() for field in kind.fields}
    ours |= {f"{scale}_{moment}" for scale in load_scales() for moment in ("admit", "discharge", "1", "2")}
    assert {name: said(name) for name in ours if said(name)} == {}


def test_geography_is_refused_in_fewer_classes_than_the_rest():
    """A limited data set may hold a town; no class but the public ones holds a number of a person."""
    classes = {each.what: each.classes for each in NAMED}
    assert classes["geography below the state"] < classes["a name"]
    assert "limited_data_set" not in classes["geography below the state"]
    assert "limited_data_set" in classes["a name"] & classes["a social security number"]
