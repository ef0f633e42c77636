"""Takes estimates with twelve digits, gives them as a page writes them: what would give counts back is rounded away or left out."""

import math

import pytest

from iop_outcomes.release import SUPPRESSED
from iop_outcomes.release.precision import as_printed

NAN = math.nan
ALONE = {"value": NAN, "low": NAN, "high": NAN, "p": NAN, "p_adjusted": NAN, "statistic": NAN, "se": NAN, "df": NAN}


def printed(**values):
    """The numbers of an estimate as printed."""
    return as_printed(ALONE | values)


@pytest.mark.parametrize(
    ("unit", "value", "written"),
    [("share", 137 / 412, 0.33), ("share", 7 / 412, 0.017), ("days", 41.6437, 42), ("points", -3.14159, -3.1), ("share", 0.0, 0.0)],
)
def test_a_value_has_the_digits_of_its_unit(unit, value, written):
    """A share in whole percent, small ones to one decimal; days whole, points to one decimal."""
    assert printed(unit=unit, value=value)["value"] == written


def test_limits_have_the_precision_of_their_value():
    """The limits of 5.1 % have one decimal though one of them is above 10 %."""
    found = printed(unit="share", value=0.0512, low=0.01234, high=0.14321)
    assert (found["low"], found["high"]) == (0.012, 0.143)
    found = printed(unit="share", value=0.412, low=0.0523, high=0.6789)
    assert (found["low"], found["high"]) == (0.05, 0.68)


def test_no_standard_error_and_no_degrees_of_freedom_of_an_interval():
    """Beside an interval they give the number of patients; the degrees of freedom of a test are how many groups it compares."""
    found = printed(unit="points", value=5.0, se=0.123456, df=211.0)
    assert math.isnan(found["se"]) and math.isnan(found["df"])
    test = printed(unit="chi-squared", value=9.87654, statistic=9.87654, df=4.0)
    assert (test["statistic"], test["df"]) == (9.88, 4.0)


def test_what_is_withheld_or_impossible_stays_so():
    """Neither becomes a number; a field that is no number is left alone, and the fields given are not changed."""
    given = ALONE | {
        "unit": "share",
        "value": SUPPRESSED,
        "low": 0.123,
        "high": SUPPRESSED,
        "se": SUPPRESSED,
        "n": SUPPRESSED,
        "level": "a",
    }
    found = as_printed(given)
    assert [found[name] for name in ("value", "high", "se", "n", "level")] == [SUPPRESSED] * 4 + ["a"]
    assert found["low"] == 0.12  # without its value, by itself
    assert math.isnan(found["p"]) and given["low"] == 0.123
