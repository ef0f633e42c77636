"""Takes moments of pairs, known or in part, gives the effect sizes that they allow, and what each of the others needs."""

import math

import pytest
from scipy.stats import t

from iop_outcomes.published.changes import CHANGE_NAMES, ChangeStyle, assumed_table, rows_of, with_r
from iop_outcomes.stats.pairs import PairMoments, Pairs

STYLE = ChangeStyle("lower", "unequal_sd", "normal", 0.95)
NAN = math.nan


def moments(**changed):
    """Forty pairs that fall from 15 to 9."""
    whole = {
        "n": 40,
        "mean_pre": 15.0,
        "mean_post": 9.0,
        "sd_pre": 5.0,
        "sd_post": 6.0,
        "r": 0.5,
        "mean_change": 6.0,
        "sd_change": math.sqrt(31),
    }
    return PairMoments(**(whole | changed))


def rows(style=STYLE, *, points=True, **changed):
    """The effect sizes by name."""
    found = rows_of(Pairs.from_moments(moments(**changed), better="lower"), style, "", points=points)
    return {row.estimand: row for row in found}, dict(found.missing)


def test_the_sd_of_changes_follows_from_the_correlation():
    """5 and 6 with r .5 are sqrt(31); with r 1 their difference."""
    assert with_r(moments(sd_change=NAN), 0.5).sd_change == pytest.approx(math.sqrt(31))
    assert with_r(moments(), 1.0).sd_change == pytest.approx(1)
    assert with_r(moments(sd_post=5.0), 1.0).sd_change == 0


def test_each_name_has_its_own_divisor():
    """By hand, and nothing is missing."""
    found, missing = rows()
    assert set(found) == set(CHANGE_NAMES) and missing == {}
    by_hand = {
        "mean_change": 6,
        "d_pre_sd": 6 / 5,
        "d_av": 6 / 5.5,
        "d_av_rms": 6 / math.sqrt(30.5),
        "d_z": 6 / math.sqrt(31),
        "d_rm": 6 / math.sqrt(31),
    }
    assert {name: found[name].value for name in by_hand} == pytest.approx(by_hand)
    for d, g in (("d_pre_sd", "g_pre_sd"), ("d_av", "g_av"), ("d_z", "g_z")):
        assert 0.97 < found[g].value / found[d].value < 1


def test_the_mean_change_has_students_interval():
    """With n - 1 degrees of freedom."""
    row, error = rows()[0]["mean_change"], math.sqrt(31 / 40)
    assert (row.se, row.df) == (pytest.approx(error), 39)
    assert row.low == pytest.approx(6 - t.ppf(0.975, 39) * error)
    assert row.p == pytest.approx(2 * t.sf(6 / error, 39))


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"r": NAN, "sd_change": NAN}, {"d_z", "g_z", "d_rm"}),
        ({"sd_post": NAN, "r": NAN, "sd_change": NAN}, {"d_av", "g_av", "d_av_rms", "d_z", "g_z", "d_rm"}),
        ({"n": 0}, {"g_pre_sd", "g_av", "g_z"}),
        ({"mean_change": NAN}, set(CHANGE_NAMES)),
    ],
)
def test_what_is_lacking_says_what_it_needs(changed, missing):
    """Each by its name, in words; without n there is no factor for small samples."""
    found, lacking = rows(**changed)
    assert set(lacking) >= missing and not set(found) & missing
    assert all(lacking.values())


def test_without_points_only_what_divides_by_the_changes():
    """The ratio of the change to its SD is all that is known."""
    found, _ = rows(points=False)
    assert set(found) == {"d_z", "g_z"}


def test_a_correlation_that_is_assumed_is_said_and_tried_at_several():
    """What does not depend on it stands once."""
    table = assumed_table(moments(r=NAN, sd_change=NAN), STYLE, ["n given"])
    by_name = {name: [row for row in table if row.estimand == name] for name in CHANGE_NAMES}
    assert len(by_name["d_z"]) > 1
    assert len({row.r for row in by_name["d_z"]}) == len(by_name["d_z"])
    assert all("assumed, none was given" in row.assumption and row.assumption.startswith("n given") for row in by_name["d_z"])
