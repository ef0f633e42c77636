"""Takes sessions attended of those booked, episode by episode, gives limits that count episodes, not sessions."""

from dataclasses import replace

import numpy as np
import pytest

from iop_outcomes.patients import Patients
from iop_outcomes.stats.intervals.wilson_of_sums import WilsonOfSums
from iop_outcomes.stats.proportion import wilson_limits
from tests.stats.intervals.drafted import drafted


def test_errors_are_those_of_a_ratio_of_means_over_episodes():
    """Cochran's variance of a ratio, with m / (m - 1) of the effective episodes m = (sum of bookings)^2 / sum of squares."""
    rng = np.random.default_rng(6)
    booked = rng.integers(5, 40, 50).astype(float)
    attended = np.floor(booked * rng.beta(6, 2, 50))
    share = attended.sum() / booked.sum()
    influence = (attended - share * booked) / booked.sum()
    kind = WilsonOfSums(booked, float(booked.sum()))
    draft = replace(drafted(share, 50, kind), influence=influence)
    once = np.ones(50, dtype=np.int64)
    errors = kind.errors(draft, Patients.all_different(once), once)
    m = booked.sum() ** 2 / np.square(booked).sum()
    assert errors.effective == pytest.approx(m, rel=1e-12)
    assert errors.variance == pytest.approx(m / (m - 1) * np.square(influence).sum(), rel=1e-12)
    found = kind.limits(draft, errors, 0.95)
    assert found.high - found.low > np.diff(wilson_limits(share, booked.sum(), 1.96))[0]  # wider than of that many independent sessions
