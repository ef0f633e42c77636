"""Takes counts, gives the curve that lifelines fits to the rows, and our own."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from lifelines import KaplanMeierFitter

import iop_outcomes as iop
from iop_outcomes.columns import FirstEvent
from iop_outcomes.models import to_lifelines
from iop_outcomes.stats.lifetable import life_table
from iop_outcomes.stats.survival import event_free_at

sys.path.insert(0, str(Path(__file__).parents[1] / "real"))
import uis


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """Relapse from discharge of the UIS study, counted."""
    with iop.load(uis.write(tmp_path_factory.mktemp("uis"))) as data:
        yield data.count([FirstEvent("relapse", ("relapse",))])


def test_the_curve_is_that_of_the_rows(counts):
    """Fitted to counts or to the 575 people: the same curve and the same limits, at every day."""
    people = uis.frame()
    rows = KaplanMeierFitter().fit(people["TIME"] - people["LEN.T"], people["CENSOR"])
    fitted = to_lifelines(counts, day="relapse_day", outcome="relapse_outcome")
    days = np.arange(0, 400, 7)
    assert fitted.predict(days).to_numpy() == pytest.approx(rows.predict(days).to_numpy(), abs=1e-12)
    assert fitted.confidence_interval_.to_numpy() == pytest.approx(rows.confidence_interval_.to_numpy(), abs=1e-12)


def test_the_curve_is_ours(counts):
    """Our own event-free shares at 30, 90, 180 and 365 days."""
    day = counts.each("relapse_day", float).astype(np.int64)
    table = life_table(day, counts.is_in("relapse_outcome", ["event"]).astype(np.int64), counts.n)
    fitted = to_lifelines(counts, day="relapse_day", outcome="relapse_outcome")
    times = [30, 90, 180, 365]
    assert event_free_at(table, times).values == pytest.approx(fitted.predict(times).to_numpy(), abs=1e-12)


def test_a_missing_column_is_named(counts):
    """The message says which columns there are."""
    with pytest.raises(iop.UsageError, match="relapse_day"):
        to_lifelines(counts, day="readmission_day", outcome="relapse_outcome")
