"""Takes values as spreadsheets and databases keep them, gives the text that they would be in a CSV; what cannot be a value is unreadable."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iop_outcomes.intake.cell_text import CellText
from iop_outcomes.intake.dates import DATE_FORMATS

PLAIN = CellText(".", "")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("00123", "00123"),
        (15.0, "15"),
        (0.1 + 0.2, "0.3"),
        (-0.0, "0"),
        (1e22, "10000000000000000000000"),
        (float("nan"), ""),
        (float("inf"), ""),
        (True, "1"),
        (False, "0"),
        (None, ""),
        ("", ""),
        (Decimal("15.00"), "15.00"),
        (Decimal("1E+3"), "1000"),
        (dt.date(2024, 2, 9), "2024-02-09"),
        (dt.datetime(2024, 2, 9, 23, 59), "2024-02-09"),
        (10**20, "100000000000000000000"),
    ],
)
def test_each_kind_of_value(value, text):
    """Digits that a spreadsheet keeps, no exponent, moments as their day."""
    assert float(PLAIN.row([value])[0]) == float(text) if isinstance(value, Decimal) else PLAIN.row([value]) == [text]


@given(st.floats(-1e9, 1e9, allow_nan=False))
def test_a_number_reads_back_to_fifteen_digits(value):
    """With a comma where a program writes commas."""
    assert float(PLAIN.row([value])[0]) == pytest.approx(value, rel=1e-14, abs=1e-300)
    assert CellText(",", "").row([value])[0] == PLAIN.row([value])[0].replace(".", ",")


@pytest.mark.parametrize("name", DATE_FORMATS)
def test_a_date_is_written_as_declared(name):
    """The ninth of February 2024, of which each form can be told."""
    forms = {
        "MM/DD/YYYY": "02/09/2024",
        "DD/MM/YYYY": "09/02/2024",
        "DD.MM.YYYY": "09.02.2024",
        "DD-Mon-YYYY": "09-Feb-2024",
        "YYYYMMDD": "20240209",
        "YYYY/MM/DD": "2024/02/09",
        "MM-DD-YYYY": "02-09-2024",
        "DD-MM-YYYY": "09-02-2024",
        "MM/DD/YY": "02/09/24",
        "DD/MM/YY": "09/02/24",
        "DD.MM.YY": "09.02.24",
        "DD-Mon-YY": "09-Feb-24",
        "Mon DD, YYYY": "Feb 9, 2024",
        "DD Mon YYYY": "9 Feb 2024",
        "serial": "45331",
    }
    assert CellText(".", name).row([dt.date(2024, 2, 9)]) == [forms.get(name, "2024-02-09")]


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "Err:504", b"\x00\x01", "a\0b"])
def test_errors_of_programs_and_bytes_are_no_text(value):
    """They hold the mark that every reader refuses; a track may be called #1 or Err."""
    assert "\ufffd" in PLAIN.row([value])[0] or PLAIN.row([value])[0] != str(value)
    assert PLAIN.row(["#1", "Err", "E"]) == ["#1", "Err", "E"]
