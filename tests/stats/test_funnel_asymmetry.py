"""Takes public sets of studies, gives Egger's regression as metafor does, to 1e-8 (tests/oracle/pooling.R)."""

import pytest

from tests.oracle.pooling_sets import ESTIMATES
from tests.stats.test_random_effects import ORACLE, pooled, same


@pytest.mark.parametrize("name", ESTIMATES)
def test_egger(name):
    """The classical weighted regression."""
    found, truth = pooled(name).egger(), ORACLE[name]["egger"]
    same({each: getattr(found, each) for each in truth}, truth, truth)
