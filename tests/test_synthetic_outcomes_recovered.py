"""Takes the synthetic program through the front door, gives proof that its true changes and incidences come back."""

import tomllib
from pathlib import Path

import pytest

import iop_outcomes as iop

FOLDER = Path(__file__).parents[1] / "data" / "synthetic"
TRUTH = tomllib.loads((FOLDER / "truth.toml").read_text(encoding="utf-8"))
LEVELS = sorted(TRUTH["observed"])
DAYS = (30, 90, 180, 365)


@pytest.fixture(scope="module")
def found():
    """Every estimate by track, by measure, level, name and day."""
    with iop.load(FOLDER) as data:
        answers = [iop.symptom_change(data, scale=scale, by="track") for scale in ("phq9", "gad7")]
        answers += [iop.reliable_change(data, scale=scale, by="track") for scale in ("phq9", "gad7")]
        answers += [iop.readmission(data, by="track"), iop.relapse(data, definition="any_use", by="track")]
        return {(e.measure, e.level, e.estimand, e.time): e for answer in answers for e in answer.results}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("scale", ["phq9", "gad7"])
@pytest.mark.parametrize("estimand", ["mean_admit", "mean_discharge", "mean_change", "d_pre_sd"])
def test_changes_are_recovered(found, scale, level, estimand):
    """Means and d of the observed pairs, within 4 standard errors of the true value of the observed pairs."""
    estimate = found[f"{scale}_change", level, estimand, None]
    assert estimate.n > 50
    assert abs(estimate.value - TRUTH["observed"][level][f"{scale}_change"][estimand]) <= 4 * estimate.se


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("scale", ["phq9", "gad7"])
def test_reliable_improvement_is_recovered(found, scale, level):
    """The rate among the observed pairs, within 4 errors taken from the true rate."""
    truth = TRUTH["observed"][level][f"{scale}_reliable_change"]["reliable_improvement"]
    estimate = found[f"{scale}_reliable_change", level, "reliable_improvement", None]
    assert abs(estimate.value - truth) <= 4 * (truth * (1 - truth) / estimate.n) ** 0.5


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("measure", "name"), [("readmission", "readmission"), ("relapse", "relapse_any_use")])
@pytest.mark.parametrize("day", DAYS)
def test_incidences_are_recovered(found, measure, name, level, day):
    """Incidence on each day, within 4 errors: the larger of the estimated one and that of the true share."""
    truth = TRUTH["observed"][level][name][str(day)]
    estimate = found[measure, level, "cumulative_incidence", day]
    assert estimate.n > 50
    error = (truth * (1 - truth) / estimate.n) ** 0.5
    assert abs(estimate.value - truth) <= 4 * max(error, 0 if estimate.se != estimate.se else estimate.se)


def test_the_observed_pairs_look_better_than_all_episodes(found):
    """Those with both scores improved more than everyone would have: the gap is above 0, and seen in the estimate too."""
    everyone = TRUTH["all_episodes"]["All"]["phq9_change"]["mean_change"]
    gap = TRUTH["observed"]["All"]["phq9_change"]["mean_change"] - everyone
    assert gap > 0
    estimate = found["phq9_change", "All", "mean_change", None]
    assert estimate.value - everyone > 0
    assert estimate.low - everyone > 0


def test_missing_as_unchanged_turns_the_gap_around(found):
    """With everyone without a discharge score as unchanged the change is below that of all episodes: the truth lies between."""
    everyone = TRUTH["all_episodes"]["All"]["phq9_change"]["mean_change"]
    assert found["phq9_change", "All", "mean_change_if_missing_unchanged", None].value < everyone


def test_tracks_are_told_apart(found):
    """Relapse is far more common after the substance-use track than after the adolescent one."""
    at_90 = {level: found["relapse", level, "cumulative_incidence", 90] for level in LEVELS}
    assert at_90["substance_use"].low > at_90["adolescent"].high
    assert found["relapse", "All", "log_rank_p", None].value < 1e-6
