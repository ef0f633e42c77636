"""Takes people with days, ends and covariates, gives Cox's coefficients and errors of statsmodels, by either rule for ties."""

import numpy as np
import pytest
from statsmodels.duration.hazard_regression import PHReg

from iop_outcomes.stats.cox import cox_fit


def people(seed, n=80):
    """Days that tie, some ends of follow-up, a number and a class."""
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(50, 12, n), rng.integers(0, 2, n)])
    days = np.ceil(rng.exponential(20 * np.exp(-0.02 * (x[:, 0] - 50) - 0.5 * x[:, 1]), n))
    return days, rng.integers(0, 4, n).clip(max=1), x


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("seed", [1, 2])
def test_coefficients_and_errors_are_those_of_statsmodels(ties, seed):
    """On days of which many are shared."""
    days, ended, x = people(seed)
    fit, model = cox_fit(days, ended, x, ties=ties), PHReg(days, x, status=ended, ties=ties).fit()
    assert fit.beta == pytest.approx(model.params, rel=1e-6)
    assert np.sqrt(np.diag(fit.covariance)) == pytest.approx(model.bse, rel=1e-5)
    assert not len(fit.separated)


def test_scales_of_covariates_do_not_matter():
    """In years or in days, from any start."""
    days, ended, x = people(3)
    plain, moved = cox_fit(days, ended, x), cox_fit(days, ended, x * [365.25, 1.0] + [1e4, 3.0])
    assert moved.beta * [365.25, 1.0] == pytest.approx(plain.beta, rel=1e-8)


def test_a_class_that_meets_no_event_is_named():
    """Its coefficient would run to minus infinity; the other covariate is not blamed."""
    days, ended, x = people(4)
    ended = np.where(x[:, 1] == 1, 0, ended)
    assert cox_fit(days, ended, x).separated.tolist() == [1]


def test_a_covariate_that_follows_from_another_is_refused():
    """Twice the same column has no coefficients of its own."""
    days, ended, x = people(5)
    with pytest.raises(np.linalg.LinAlgError):
        cox_fit(days, ended, np.column_stack([x[:, 1], x[:, 1]]))
