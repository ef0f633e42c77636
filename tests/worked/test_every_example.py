"""Takes the forty-two worked examples by their ids, gives where each is shown, and that it is within tolerance through the public calls.

All but one are studies of the registry, whose every printed figure `iop.reproduce` computes again. The one is people in a table of 432 rows.
"""

import numpy as np
import pytest
from lifelines import CoxPHFitter
from lifelines.datasets import load_rossi

import iop_outcomes as iop
from iop_outcomes.published.study_files import shipped_studies

# Where each is shown, and how many figures its source prints of it that are reproduced.
SHOWN = {
    "ES01": ("example_borenstein_two_groups", 6),
    "ES02": ("example_borenstein_pre_post", 2),
    "ES03": ("example_borenstein_two_by_two", 8),
    "ES04": ("example_lakens_movies", 8),
    "ES05": ("example_morris_2008", 35),
    "ES06": ("example_morris_2008_change", 20),
    "ES08": ("example_gleser_olkin_2009", 6),
    "ES10": ("example_effectsize_identity", 4),
    "ES11": ("example_pingouin_effsize", 5),
    "ES12": ("example_conversions", 3),
    "ES13": ("example_jane_guide", 3),
    "ES15": ("example_mbess_ci_sm", 2),
    "ES16": ("pmc4764004", 16),
    "ES18": ("ems82827", 18),
    "ES19": ("pmc5702128", 4),
    "ES22": ("samplin_2022", 1),
    "ES23": ("teds_2004", 5),
    "ES24": ("example_phq9_reliable_change", 0),
    "ES25": ("nhs_talking_therapies_2022_23", 0),
    "ES26": ("example_three_values_for_one_trial", 1),
    "RC01": ("example_jacobson_truax_couple", 6),
    "RC02": ("example_jacobson_truax_couples", 0),
    "RC04": ("example_jacobson_truax_couples", 28),
    "MA01": ("example_bcg_trials", 22),
    "MA04": ("example_borenstein_six_studies", 6),
    "PR01": ("example_newcombe_shares", 24),
    "PR02": ("example_newcombe_differences", 32),
    "PR05": ("example_prime_minister_approval", 6),
    "TO01": ("example_toster_one_sample", 8),
    "TO03": ("example_toster_paired", 9),
    "TO04": ("example_toster_pooled", 8),
    "TO06": ("example_toster_correlation", 4),
    "SV01": ("example_leukemia_6mp", 27),
    "SV02": ("example_leukemia_maintenance", 20),
    "SV04": ("test_recidivism", 9),
    "SV06": ("example_bland_altman_log_rank", 6),
    "CR01": ("example_ten_people_by_hand", 2),
    "SP01": ("example_orange_juice_cans", 5),
    "SP02": ("example_paint_viscosity", 2),
    "SP04": ("example_printed_circuits", 5),
    "SP06": ("example_funnel_of_ratios", 12),
    "SP08": ("example_limits_of_counts", 10),
}
# Two reviews print values of one trial that its own figures do not give: that they do not is what the example shows.
NOT_REPRODUCED = {"ES26": 2}
OF_THE_REGISTRY = {name: where for name, where in SHOWN.items() if where[0] != "test_recidivism"}


def test_none_is_missing():
    """Forty-two, each in one place."""
    assert len(SHOWN) == 42
    assert {study for study, _ in OF_THE_REGISTRY.values()} <= {study.id for study in shipped_studies()}


@pytest.mark.parametrize("example", OF_THE_REGISTRY)
def test_an_example(example):
    """Every figure its source prints follows, to its rounding or to the tolerance that its file states with the reason."""
    study, figures = OF_THE_REGISTRY[example]
    counts = iop.reproduce(study).counts
    assert counts["not reproduced"] == NOT_REPRODUCED.get(example, 0)
    assert counts["reproduced"] >= figures


def test_figures_on_the_way():
    """ES01, ES02, ES04: SDs within, J, g by it, and both means, which stand between what is given and what is printed."""
    two = iop.effects.independent_groups(mean_1=103, sd_1=5.5, n_1=50, mean_2=100, sd_2=4.5, n_2=50)
    assert two["mean_difference"].value / two["d_s"].value == pytest.approx(5.0249, abs=1e-4)
    assert two["g_s"].value / two["d_s"].value == pytest.approx(0.9923, abs=1e-4)
    paired = iop.effects.pre_post(mean_change=3, sd_change=5.5, n=50, r=0.7, better="higher")
    assert paired["mean_change"].value / paired["d_rm"].value == pytest.approx(7.1005, abs=1e-4)
    assert paired["d_rm"].value * paired["g_z"].value / paired["d_z"].value == pytest.approx(0.416, abs=1e-4)
    films = [iop.effects.summary(mean=mean, sd=1, n=10).mean for mean in (8.7, 7.7)]
    assert films[0] - films[1] == pytest.approx(
        iop.effects.pre_post(pre=[9, 7, 8, 9, 8, 9, 9, 10, 9, 9], post=[9, 6, 7, 8, 7, 9, 8, 8, 8, 7])["mean_change"].value
    )


def test_recidivism():
    """SV04: 432 men of whom 114 were arrested (Rossi, Berk and Lenihan 1980): seven hazard ratios as lifelines' pages print them, and its errors."""
    men = load_rossi()
    covariates = men.drop(columns=["week", "arrest"])
    found = iop.effects.cox(days=men.week, ended=men.arrest, covariates=covariates.to_dict("list"))
    rows = [found[f"log_hazard_ratio_{name}"] for name in covariates]
    assert [round(row.value, 2) for row in rows] == [-0.38, -0.06, 0.31, -0.15, -0.43, -0.08, 0.09]
    assert (rows[0].n, men.arrest.sum()) == (432, 114)
    theirs = CoxPHFitter().fit(men, "week", "arrest")
    assert [row.se for row in rows] == pytest.approx(theirs.standard_errors_.tolist(), rel=1e-7)
    assert [row.value for row in rows] == pytest.approx(theirs.params_.tolist(), rel=1e-6)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_cox_with_many_ties(ties):
    """300 people on nine days, two covariates: coefficients, errors and p as statsmodels has them by either rule of ties."""
    from statsmodels.duration.hazard_regression import PHReg

    rng = np.random.default_rng(8)
    x, days, ended = rng.normal(size=(300, 2)), rng.integers(1, 10, 300), rng.integers(0, 2, 300)
    truth = PHReg(days, x, ended, ties=ties).fit()
    found = iop.effects.cox(days=days, ended=ended, covariates={"a": x[:, 0], "b": 100 * x[:, 1]}, ties=ties)
    one, other = found["log_hazard_ratio_a"], found["log_hazard_ratio_b"]
    assert (one.value, one.se, one.p) == pytest.approx((truth.params[0], truth.bse[0], truth.pvalues[0]), rel=1e-9)
    assert (100 * other.value, 100 * other.se) == pytest.approx((truth.params[1], truth.bse[1]), rel=1e-9)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ended": [0, 0, 0, 0]}, "nobody had the event"),
        ({"ended": [1, 1, 2, 0]}, "Another end, such as a death, is a 0"),
        ({"covariates": {}}, "there is none"),
        ({"covariates": {"x": [1, 0, 1]}}, 'covariates "x" has 3 people, days 4'),
        ({"covariates": {"x": [1, 0, None, 1]}}, "the first at place 3"),
        ({"covariates": {"x": [1, 1, 1, 1]}}, "one value for all"),
        ({"covariates": {"x": ["a", "b", "a", "b"]}}, "write a group as 0 and 1"),
        ({"covariates": {"x": [1, 1, 0, 0]}}, "has no end"),
        ({"covariates": {"x": [1, 0, 2, 3], "y": [2, 0, 4, 6]}}, "follows from the others"),
        ({"days": [1, 2, -3, 4]}, "below 0"),
    ],
)
def test_what_has_no_hazard_ratio(given, words):
    """Nobody with the event, lists of other lengths, a group that splits events from none: in words, with what to do."""
    full = {"days": [1, 2, 3, 4], "ended": [1, 1, 0, 0], "covariates": {"x": [1, 0, 0, 1]}}
    with pytest.raises(iop.UsageError, match=words):
        iop.effects.cox(**{**full, **given})


def test_rates_by_hand():
    """No event: 0 with the exact upper limit -log(.025) over the time, and no logarithm; person-years scale all of it; Byar beside."""
    none = iop.effects.rate(events=0, exposure=100)
    assert (none["rate"].value, none["rate"].low, none["rate"].high) == pytest.approx((0, 0, -np.log(0.025) / 100))
    with pytest.raises(iop.UsageError, match="an event"):
        none["log_rate"]
    some = iop.effects.rate(events=16, exposure=50, interval="byar")
    assert (some["rate"].value, some["rate"].se, some["log_rate"].se) == pytest.approx((0.32, 0.08, 0.25))
    for given, words in (
        ({"events": -1}, "events"),
        ({"events": 3, "exposure": 0}, "above 0"),
        ({"events": 3, "interval": "wald"}, "exact"),
    ):
        with pytest.raises(iop.UsageError, match=words):
            iop.effects.rate(**given)


def test_few_people_and_groups_of_one_study_are_said():
    """Two people have no J, three no error of r, and a group of one study no interval: words, never nan."""
    two = iop.effects.pre_post(mean_pre=15, sd_pre=5, mean_post=9, sd_post=6, n=2, r=0.5)
    with pytest.raises(iop.UsageError, match=r'"g_pre_sd" needs 3 people or more$'):
        two["g_pre_sd"]
    assert "needs 4 people or more" in repr(iop.effects.correlation(r=0.3, n=3))
    assert "between -1 and 1" in repr(iop.effects.correlation(r=1, n=30))
    groups = iop.pool_studies({"y": [0.3, 0.5], "s": [0.1, 0.2]}, value="y", se="s").subgroups(["a", "b"]).sentence()
    assert "no interval; k 1" in groups and "nan" not in groups
