"""Takes a value and what it is of, gives a draft with one cell, and its errors: for tests of one kind of interval."""

import numpy as np

from iop_outcomes.keys import Key
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.limits import Clustered, Errors


def drafted(value, n, interval):
    """A draft of n episodes in one cell, without influence."""
    population = Population("family", {"all": n}, frozenset({"all"}))
    return Draft(Key("measure"), value, np.zeros(1), np.array([True]), population, interval)


def limits(interval, value, n, variance, conf_level=0.95, clustered=None):
    """The finished limits of a value of n episodes whose variance over episodes is known; `clustered` = (effective patients, variance by patient)."""
    errors = Errors(variance, Clustered(*clustered) if clustered else None)
    return interval.finish(drafted(value, n, interval), errors, conf_level)
