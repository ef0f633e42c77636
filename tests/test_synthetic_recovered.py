"""Takes the synthetic program through the front door, gives proof that its known true values come back."""

import math
import tomllib
from pathlib import Path

import pytest

import iop_outcomes as iop

FOLDER = Path(__file__).parents[1] / "data" / "synthetic"
TRUTH = tomllib.loads((FOLDER / "truth.toml").read_text(encoding="utf-8"))
# Each proportion below has its own error, from the true value: a sample that happens to be extreme does not excuse itself.
SHARES = ["completion_strict", "completion_with_transfers", "completion_of_admitted"]


@pytest.fixture(scope="module")
def found():
    """Every estimate of completion and stay by track, by level and estimand."""
    with iop.load(FOLDER) as data:
        answers = [iop.completion(data, by="track"), iop.length_of_stay(data, by="track")]
        return {(e.level, e.estimand): e for answer in answers for e in answer.results}


def test_every_episode_came_in(found):
    """1,200 episodes, every one used or counted where it went."""
    assert TRUTH["n"] == 1200
    for level, estimand in found:
        if level == "All":
            assert found[level, estimand].n + found[level, estimand].n_missing + found[level, estimand].excluded == 1200


@pytest.mark.parametrize("level", sorted(TRUTH["observed"]))
@pytest.mark.parametrize("estimand", SHARES)
def test_shares_are_recovered(found, level, estimand):
    """Each track's share is within 4 standard errors of the true share of the episodes observed."""
    truth, estimate = TRUTH["observed"][level]["completion"][estimand], found[level, estimand]
    error = math.sqrt(truth * (1 - truth) / estimate.n)
    assert estimate.n > 50
    assert abs(estimate.value - truth) <= 4 * error


@pytest.mark.parametrize("level", sorted(TRUTH["observed"]))
def test_stays_are_recovered(found, level):
    """Each track's mean stay is within 4 standard errors of the true mean, and the true median is inside a 99.99 % interval."""
    truth, mean = TRUTH["observed"][level]["length_of_stay"], found[level, "los_mean"]
    assert mean.n > 50
    assert abs(mean.value - truth["los_mean"]) <= 4 * mean.se
    with iop.load(FOLDER) as data:
        median = next(
            e for e in iop.length_of_stay(data, by="track", conf_level=0.99994).results if (e.level, e.estimand) == (level, "los_median")
        )
    assert median.low <= truth["los_median"] <= median.high


def test_tracks_are_told_apart(found):
    """The tracks differ as they were made to: the best completes far more often than the worst."""
    rates = {level: found[level, "completion_strict"] for level in TRUTH["observed"]}
    assert rates["psychosis"].low > rates["substance_use"].high
