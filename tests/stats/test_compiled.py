"""Takes a fresh process, gives proof that a compiled module comes without its package, and is the one that the package takes later."""

import subprocess
import sys

import pytest

MODULES = {
    ("special", "_ufuncs"): "from scipy.special import ndtri as there; here = module.ndtri",
    ("linalg", "_flapack"): "from scipy.linalg.lapack import dpstrf as there; here = module.dpstrf",
    ("optimize", "_highspy", "_core"): "from scipy.optimize._highspy import _core as there; here = module",
}


@pytest.mark.parametrize("words", MODULES)
def test_the_module_is_the_one_that_the_package_takes_later(words):
    """Two of it could not be loaded beside one another; what lies around it works as ever, for whoever imports it then."""
    code = (
        f"import sys; from iop_outcomes.stats.compiled import compiled; module = compiled(*{words}); print('scipy.{words[0]}' in sys.modules); "
        f"{MODULES[words]}; import scipy.stats; print(here is there, compiled(*{words}) is module, scipy.stats.norm.ppf(0.5))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["False", "True", "True", "0.0"]


@pytest.mark.parametrize("words", [("special", "_none"), ("nowhere", "_none")])
def test_a_name_that_scipy_has_not_is_no_module(words):
    """And leaves nothing behind that would stand in the way of the package."""
    code = (
        "from iop_outcomes.stats.compiled import compiled\n"
        f"try: compiled(*{words})\n"
        "except ImportError: from scipy.special import ndtr; print(ndtr(0.0))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == ["0.5"]
