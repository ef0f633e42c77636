"""Takes days, ends and covariates, gives Cox's coefficients: those of statsmodels, ties by either rule, and what runs away."""

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg

from iop_outcomes.stats.cox import TIES, cox_fit


def program(n=120):
    """Days with many ties, two covariates."""
    rng = np.random.default_rng(8)
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(10, 4, n)]).astype(float)
    days = np.ceil(rng.exponential(30 / np.exp(0.5 * x[:, 0] - 0.05 * (x[:, 1] - 10)))).astype(float)
    return days, (rng.random(n) < 0.7).astype(int), x


@pytest.mark.parametrize("ties", TIES)
def test_coefficients_and_errors_are_those_of_statsmodels(ties):
    """To nine digits."""
    days, ended, x = program()
    fit = cox_fit(days, ended, x, ties=ties)
    theirs = PHReg(days, x, status=ended, ties=ties).fit()
    assert fit.beta == pytest.approx(theirs.params, rel=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(theirs.bse, rel=1e-5)
    assert len(fit.separated) == 0


def test_a_group_without_an_event_runs_away():
    """Its hazard ratio has no end."""
    days, ended, x = program()
    ended = np.where(x[:, 0] == 1, 0, ended)
    assert cox_fit(days, ended, x).separated.tolist() == [0]


def test_covariates_that_follow_from_each_other_are_refused():
    """The same column twice."""
    days, ended, x = program()
    with pytest.raises(np.linalg.LinAlgError):
        cox_fit(days, ended, np.column_stack([x[:, 1], x[:, 1]]))
