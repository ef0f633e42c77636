"""Takes curves and patients, gives proof that a median has the days on which the band comes down, and looks at the whole of it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, t

from iop_outcomes.counts import Counts
from iop_outcomes.patients import Patients
from iop_outcomes.stats.curves import Ends
from iop_outcomes.stats.draft import Population
from iop_outcomes.stats.intervals import (
    Clustered,
    Errors,
    Simultaneous,
    errors_of,
    finish,
)
from tests.stats.test_clustered import share_draft


def test_the_band_of_a_median_takes_the_errors_by_patient():
    """Wider errors on each day move the days on which the limits cross one half."""
    days, curve, se = np.arange(10, 60, 10), np.array([0.8, 0.6, 0.45, 0.3, 0.1]), np.full(5, 0.05)
    band = Simultaneous(days, curve, lambda: (se, np.zeros((5, 2))), np.array([0, 1]))
    draft = replace(share_draft(5, 10), value=30.0, interval=band)
    wider = Errors(0.1, Clustered(30, 0.2), daily=np.full(5, 0.11))
    for errors, error, quantile, expected in ((Errors(0.1), 0.05, norm.ppf(0.975), (20, 40)), (wider, 0.11, t.ppf(0.975, 29), (10, 50))):
        half = quantile * error / (curve * np.log(curve))  # negative, as log(curve) is
        low, high = curve ** np.exp(-half), curve ** np.exp(half)
        assert (days[low <= 0.5][0], days[high <= 0.5][0]) == expected
        found = finish(draft, errors)
        assert (found.low, found.high) == expected


@pytest.mark.parametrize("seed", range(12))
def test_a_median_rests_on_the_whole_band(seed):
    """Errors are taken only on the days on which a limit can come down; the interval is that of errors taken on every day."""
    random = np.random.default_rng(seed)
    patients, each = 12, 60  # so alike that errors by patient are many times the plain ones
    day = np.repeat(random.integers(1, 60, patients), each) + random.integers(0, 2, patients * each)
    status = (random.random(patients * each) < 0.9).astype(int)
    cells = {}
    for d, s in zip(day.tolist(), status.tolist(), strict=True):
        cells[d, "event" if s else "end"] = cells.get((d, "event" if s else "end"), 0) + 1
    counts = Counts.from_cells(("day", "outcome"), cells)
    ends = Ends(counts, "day", "outcome", ("event", "death"))
    draft = ends.median("median_days", Population("f", {"f": counts.total}, frozenset({"f"})))
    place = {cell: i for i, (cell, _) in enumerate(counts)}
    of = [place[d, "event" if s else "end"] for d, s in zip(day.tolist(), status.tolist(), strict=True)]
    people = Patients(
        np.zeros(len(counts), dtype=np.int64), np.array(of), np.arange(0, patients * each, each), np.ones(patients, dtype=np.int64)
    )
    errors = errors_of(draft, people, counts.n)
    everywhere = np.sqrt([people.variance(row) for row in draft.interval.influence])
    whole = replace(errors, daily=everywhere)
    for conf_level in (0.5, 0.95, 0.999):
        found, expected = (finish(draft, known, conf_level=conf_level) for known in (errors, whole))
        assert (found.low, found.high) == pytest.approx((expected.low, expected.high), nan_ok=True)
