"""Takes an SD, a reliability and norms, gives errors of change and cut-offs: published values, drawn scores, and refusals."""

import numpy as np
import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.stats.thresholds import (
    check_rule,
    cutoffs,
    false_positive_rate,
    reliable_change_index,
    s_diff,
    standard_error_of_measurement,
)


def test_the_errors_of_jacobson_and_truax():
    """SD 7.5 and reliability .8 (their example): 3.35 and 4.74; the index is 1.96 of the second."""
    assert (round(standard_error_of_measurement(7.5, 0.8), 2), round(s_diff(7.5, 0.8), 2)) == (3.35, 4.74)
    assert reliable_change_index(7.5, 0.8) == pytest.approx(1.96 * s_diff(7.5, 0.8))


def test_cutoffs_by_direction():
    """Two SDs from either mean, and between them by their SDs; mirrored where lower is better."""
    up, down = cutoffs(40, 7.5, 60, 7.5, better="higher"), cutoffs(-40, 7.5, -60, 7.5, better="lower")
    assert (up.a, up.b, up.c) == (55.0, 45.0, 50.0) == (-down.a, -down.b, -down.c)
    assert cutoffs(10, 2, 20, 8, better="higher").c == 12.0


def test_the_chance_of_a_false_alarm():
    """Of 400,000 rounded differences without true change."""
    change = np.round(np.random.default_rng(7).normal(0, s_diff(5.5, 0.84), 400_000))
    for rule, share in ((">=", (change >= 6).mean()), (">", (change > 6).mean())):
        assert false_positive_rate(6, rule, 5.5, 0.84) == pytest.approx(share, abs=0.0015)


def test_rules_that_are_none():
    """An operator that does not exist, and a threshold of nothing."""
    with pytest.raises(UsageError, match='The operator "<" does not exist here'):
        check_rule(6, "<")
    with pytest.raises(ValueError, match="not above 0"):
        check_rule(0, ">=")
