"""Takes counts as printed, gives shares, differences and ratios: statsmodels' limits and tests, McNemar's, and what has none."""

import math

import pytest
from statsmodels.stats.contingency_tables import Table2x2, mcnemar
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

METHODS = {"wilson": "wilson", "clopper_pearson": "beta"}


@pytest.mark.parametrize("interval", METHODS)
def test_limits_of_a_share_are_those_of_statsmodels(interval):
    """By the name of the method, at another level too."""
    row = iop.effects.proportion(events=71, n=92, interval=interval, conf_level=0.9)["proportion"]
    assert (row.low, row.high) == pytest.approx(proportion_confint(71, 92, alpha=0.1, method=METHODS[interval]), rel=1e-8)


def test_two_shares_and_their_ratios():
    """Newcombe's difference; logarithms of ratios with their errors by the table of statsmodels."""
    found, table = iop.effects.proportions(events_1=151, n_1=207, events_2=129, n_2=207), Table2x2([[151, 56], [129, 78]])
    difference = found["risk_difference"]
    assert (difference.low, difference.high) == pytest.approx(confint_proportions_2indep(151, 207, 129, 207, method="newcomb"), rel=1e-8)
    for name, value, se, limits in (
        ("odds_ratio", table.oddsratio, table.log_oddsratio_se, table.oddsratio_confint()),
        ("risk_ratio", table.riskratio, table.log_riskratio_se, table.riskratio_confint()),
    ):
        assert (found[name].value, found[name].se, found[name].low, found[name].high) == pytest.approx((value, se, *limits), rel=1e-8)
        assert found[f"log_{name}"].value == pytest.approx(math.log(value))


def test_an_empty_cell_says_what_was_added():
    """Half a person in each, in words beside the number; equal shares need no number to treat."""
    found = iop.effects.proportions(events_1=0, n_1=10, events_2=0, n_2=10)
    assert found["odds_ratio"].value == 1
    assert "half a person added" in found["odds_ratio"].assumption
    assert math.isnan(found["number_needed_to_treat"].value)


def test_the_same_people_twice():
    """Approval in two surveys (Agresti): the difference with the variance of pairs, and McNemar's chi squared of statsmodels."""
    found = iop.effects.paired_proportions(yes_yes=794, yes_no=150, no_yes=86, no_no=570)
    row, test = found["risk_difference"], mcnemar([[794, 150], [86, 570]], exact=False, correction=False)
    assert (row.statistic, row.p) == pytest.approx((test.statistic, test.pvalue), rel=1e-9)
    assert (row.value, row.low, row.high) == pytest.approx((-0.04, -0.0587, -0.0213), abs=5e-5)
    assert found["odds_ratio"].value == pytest.approx(86 / 150)


@pytest.mark.parametrize(("cells", "value"), [((4, 0, 0, 6), 0.0), ((0, 0, 10, 0), 1.0), ((0, 10, 0, 0), -1.0)])
def test_where_none_or_all_changed_there_is_no_interval(cells, value):
    """Ten people who stayed as they were do not tell that others would, too."""
    row = iop.effects.paired_proportions(**dict(zip(("yes_yes", "yes_no", "no_yes", "no_no"), cells, strict=True)))["risk_difference"]
    assert row.value == value
    assert all(math.isnan(each) for each in (row.se, row.low, row.high))
    assert "no interval" in row.assumption


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: iop.effects.proportion(events=11, n=10), "11"),
        (lambda: iop.effects.proportions(events_1=0, n_1=0, events_2=1, n_2=4), "n_1 = 0 must be a whole number"),
        (lambda: iop.effects.paired_proportions(yes_yes=0, yes_no=0, no_yes=0, no_no=0), "hold nobody"),
        (lambda: iop.effects.proportion(events=1, n=10, interval="walt"), "interval"),
    ],
)
def test_counts_that_cannot_be(call, words):
    """With the figure."""
    with pytest.raises(UsageError, match=words):
        call()
