"""Takes codes of stays as TEDS-D keeps them, gives quartiles as codes and shares of groups of bands: by sorting rows."""

import math

import numpy as np
import pytest

from iop_outcomes.columns import STATUS
from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures.stay_bands import stay_bands

MEASURE = stay_bands()
GROUPS = {"1_to_7": (1, 7), "8_to_30": (8, 30), "31_to_90": (31, 33), "91_to_180": (34, 35), "over_180": (36, 37)}


def drafts(codes, **outside):
    """The drafts of completed episodes with these codes, None being blank, and of some that have not ended."""
    cells = {("completed", code): codes.count(code) for code in set(codes)} | {(status, None): n for status, n in outside.items()}
    return {draft.key.estimand.removeprefix("los_band_"): draft for draft in MEASURE.draft(Counts.from_cells((STATUS, "los_code"), cells))}


@pytest.mark.parametrize("seed", range(4))
def test_quartiles_are_codes_that_somebody_has(seed):
    """The first code that reaches the share, as R's type 1: never half-way between two bands."""
    codes = np.random.default_rng(seed).integers(1, 38, 37).tolist()
    found = drafts(codes)
    for name, below in (("q1", 0.25), ("median", 0.5), ("q3", 0.75)):
        assert found[name].value == np.quantile(codes, below, method="inverted_cdf")


@pytest.mark.parametrize("seed", range(2))
def test_shares_of_the_groups_of_bands(seed):
    """They sum to 1 over those with a code; blanks are missing, those who have not ended are excluded."""
    codes = np.random.default_rng(seed).integers(1, 38, 40).tolist()
    found = drafts([*codes, None, None], active=3, not_started=1)
    for name, (low, high) in GROUPS.items():
        assert found[name].value == pytest.approx(sum(low <= code <= high for code in codes) / 40)
    people = found["median"].population
    assert (people.n, people.n_missing, sum(people.excluded.values())) == (40, 2, 4)
    assert sum(found[name].value for name in GROUPS) == pytest.approx(1)


def test_one_stay_and_none():
    """One code is every quartile; of nobody there is none, and no share."""
    assert [drafts([33])[name].value for name in ("q1", "median", "q3")] == [33, 33, 33]
    nobody = drafts([None, None])
    assert all(math.isnan(draft.value) for draft in nobody.values())


def test_there_is_no_mean_and_the_column_holds_the_bands():
    """A mean of codes is no number of days."""
    counts = Counts.from_cells((STATUS, "los_code"), {("completed", 5): 2, ("completed", 36): 1, ("active", None): 1})
    (column,) = MEASURE.per_episode(counts)
    said = [list(column.words.values())[int(place)] for place in column.cells]
    assert dict(zip([cell for cell, _ in counts], said, strict=True)) == {
        ("active", None): "still in care",
        ("completed", 5): "1 to 7 days",
        ("completed", 36): "More than 180 days",
    }
    assert Key("los_band_mean") not in {draft.key for draft in MEASURE.draft(counts)}
