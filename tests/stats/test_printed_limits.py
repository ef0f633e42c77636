"""Takes shares with the limits that are printed of them, gives proof that their limits at another level are those of the data behind them."""

from __future__ import annotations

import math

import pytest
from scipy.stats import beta
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import iop_outcomes as iop
from iop_outcomes.stats.printed_limits import PrintedShare, difference_of_printed

LEVELS = (0.8, 0.95, 0.99, 0.95 ** (1 / 30))


def wilson_share(k, n, conf_level=0.95):
    """A share with the limits of another package."""
    low, high = proportion_confint(k, n, alpha=1 - conf_level, method="wilson")
    return PrintedShare(k / n, low if k else 0.0, high if k < n else 1.0, math.nan, n, "Wilson score", conf_level)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("k", "n"), [(0, 12), (1, 12), (6, 12), (12, 12), (56, 70), (480, 800)])
def test_wilson_at_another_level(k, n, level):
    """As another package gives it from the counts."""
    low, high = proportion_confint(k, n, alpha=1 - level, method="wilson")
    assert wilson_share(k, n).limits(level) == pytest.approx((max(low, 0), min(high, 1)), abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("k1", "n1", "k2", "n2"), [(56, 70, 48, 80), (0, 12, 5, 40), (40, 40, 20, 30), (300, 500, 310, 500)])
def test_the_difference_is_newcombe_s(k1, n1, k2, n2, level):
    """From printed limits alone, what another package gives from the four counts."""
    expected = confint_proportions_2indep(k1, n1, k2, n2, method="newcomb", compare="diff", alpha=1 - level)
    assert difference_of_printed(wilson_share(k1, n1), wilson_share(k2, n2), level) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("n", [12, 200])
def test_none_and_all_at_another_level(n):
    """Clopper and Pearson's limits, as quantiles of the beta distribution."""
    upper = [beta.ppf((1 + level) / 2, 1, n) for level in (0.95, 0.99)]
    assert PrintedShare(0.0, 0.0, upper[0], math.nan, n, "exact").limits(0.99) == pytest.approx((0, upper[1]))
    assert PrintedShare(1.0, 1 - upper[0], 1.0, math.nan, n, "exact").limits(0.99) == pytest.approx((1 - upper[1], 1))


@pytest.mark.parametrize(
    ("narrow", "quarters"), [({}, ("2022-Q3", "2025-Q3")), ({}, ("2024-Q1", "2024-Q2")), ({"track": "psychosis"}, ("2023-Q1", "2025-Q3"))]
)
def test_every_share_of_page_one_is_carried_to_the_level_that_the_data_give(synthetic, narrow, quarters):
    """With patients who repeat and without: the limits at another level, against asking the data at that level."""
    data, level, methods = synthetic.where(**narrow).discharged(*quarters), 0.95 ** (1 / 30), set()
    asked = (
        ("completion", {}),
        ("reliable_change", {"scale": "phq9"}),
        ("symptom_change", {"scale": "phq9"}),
        ("readmission", {"at": (90,)}),
    )
    for measure, options in asked:
        frames = [iop.measure(data, measure, by="modality", conf_level=each, **options).to_frame() for each in (0.95, level)]
        for (_, now), (_, then) in zip(*(frame.iterrows() for frame in frames), strict=True):
            if now.unit != "share" or now.estimand not in (
                "completion_strict",
                "reliable_improvement",
                "reliable_deterioration",
                "paired_rate",
                "cumulative_incidence",
            ):
                continue
            printed = PrintedShare(now.value, now.low, now.high, now.se, now.n, now.method)
            assert printed.limits(level) == pytest.approx((then.low, then.high), abs=1e-8, nan_ok=True), (measure, now.level, now.method)
            methods.add(now.method)
    assert {"Wilson score, by patient", "log-log, by patient"} & methods


@pytest.mark.parametrize("quarters", [("2022-Q3", "2025-Q3"), ("2023-Q4", "2024-Q3")])
def test_a_rounded_curve_without_its_error_has_limits_that_are_a_little_too_wide(synthetic, quarters):
    """Where patients repeat, and errors are held back: outside of those that the data give, by no more than the rounding and a tenth of the width."""
    level = 0.95**0.5
    shares = [
        iop.readmission(synthetic.discharged(*quarters), at=(90,), conf_level=each)
        .to_frame()
        .query("estimand == 'cumulative_incidence'")
        .iloc[0]
        for each in (0.95, level)
    ]
    now, exact = shares
    assert now.method == "log-log, by patient"
    low, high = PrintedShare(round(now.value, 3), round(now.low, 3), round(now.high, 3), math.nan, now.n, now.method).limits(level)
    width = exact.high - exact.low
    assert exact.low - 0.002 - 0.05 * width < low < exact.low and exact.high < high < exact.high + 0.002 + 0.05 * width


@pytest.mark.parametrize("method", ["none", "log-log, last end exact", "Student t"])
def test_a_method_without_such_a_scale_gives_no_limits(method):
    """Nothing rather than a guess, and neither does the difference."""
    share = PrintedShare(0.5, 0.4, 0.6, 0.05, 100, method)
    assert all(map(math.isnan, share.limits(0.99)))
    assert all(map(math.isnan, difference_of_printed(share, wilson_share(5, 50), 0.99)))
