"""Takes a fresh process, gives proof that scipy is loaded by the first value that is asked for and not before."""

import subprocess
import sys

import pytest
import scipy.stats

from iop_outcomes.stats import special


def test_scipy_is_loaded_by_the_first_call():
    """Not by the import."""
    code = (
        "import sys; from iop_outcomes.stats.special import ndtr; a = 'scipy' in sys.modules; ndtr(0.0); print(a, 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == ["False", "True"]


def test_each_name_is_the_function_that_its_comment_says():
    """Against the distributions of scipy.stats, which stand for themselves."""
    assert special.ndtr(1.3) == pytest.approx(scipy.stats.norm.cdf(1.3))
    assert special.stdtr(7, 1.3) == pytest.approx(scipy.stats.t.cdf(1.3, 7))
    assert special.stdtrit(7, 0.9) == pytest.approx(scipy.stats.t.ppf(0.9, 7))
    assert special.bdtr(3, 9, 0.4) == pytest.approx(scipy.stats.binom.cdf(3, 9, 0.4))
    assert special.chdtrc(4, 2.5) == pytest.approx(scipy.stats.chi2.sf(2.5, 4))
    assert special.fdtrc(4, 9, 2.5) == pytest.approx(scipy.stats.f.sf(2.5, 4, 9))
    assert special.fdtri(4, 9, 0.8) == pytest.approx(scipy.stats.f.ppf(0.8, 4, 9))
    assert special.chdtri(4, 0.1) == pytest.approx(scipy.stats.chi2.isf(0.1, 4))  # from above
    assert special.poch(2.0, 3) == pytest.approx(2 * 3 * 4)
