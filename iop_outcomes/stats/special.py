"""Takes numbers, gives values of special functions; what scipy compiled of them is loaded by the first that is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import Any

from iop_outcomes.stats.compiled import compiled


@cache
def _functions() -> ModuleType:
    return compiled("special", "_ufuncs")


def _of_scipy(name: str) -> Callable[..., Any]:
    """The function of that name in scipy.special, looked up when it is called."""

    def call(*values: Any) -> Any:
        return getattr(_functions(), name)(*values)

    return call


ndtr, ndtri = _of_scipy("ndtr"), _of_scipy("ndtri")  # the normal distribution, and its quantiles
stdtr, stdtrit = _of_scipy("stdtr"), _of_scipy("stdtrit")  # Student's t, and its quantiles
bdtr = _of_scipy("bdtr")  # the binomial distribution
chdtrc, fdtrc = _of_scipy("chdtrc"), _of_scipy("fdtrc")  # upper tails of chi squared and of F
fdtri, chdtri = _of_scipy("fdtri"), _of_scipy("chdtri")  # quantiles of F, and of chi squared from above
expit, logit = _of_scipy("expit"), _of_scipy("logit")
poch = _of_scipy("poch")  # a ratio of gamma functions
