"""Takes the moments of state anxiety (STAI) before and after a film, gives reliability and effect sizes as R's psych and metafor do of the answers.

`tests/oracle/anxiety.R` made the moments; people are drawn here whose scores have just these, so that what rests on moments alone must agree.
"""

import json
from pathlib import Path

import numpy as np
import pytest

import iop_outcomes as iop
from iop_outcomes.keys import Key
from iop_outcomes.patients import Patients
from iop_outcomes.stats.draft import Draft, Population
from iop_outcomes.stats.intervals import McGrawWong, errors_of, finish
from iop_outcomes.stats.reliability import alpha, omega_total, retest

R = json.loads((Path(__file__).parents[1] / "oracle" / "anxiety.json").read_text(encoding="utf-8"))
EACH = np.ones(R["n"], dtype=np.int64)


def people_with(covariance, means=0.0):
    """Scores of as many people with exactly this covariance and these means, shape (people, scores)."""
    covariance = np.array(covariance)
    drawn = np.random.default_rng(1).standard_normal((R["n"], len(covariance)))
    drawn -= drawn.mean(axis=0)
    whitened = drawn @ np.linalg.inv(np.linalg.cholesky(np.cov(drawn.T))).T
    return whitened @ np.linalg.cholesky(covariance).T + means


def test_twenty_items():
    """Alpha of psych and omega of factanal's one factor, half of the items reversed."""
    items = people_with(R["item_covariance"])
    assert alpha(items, EACH).value == pytest.approx(R["alpha"], abs=1e-8)
    assert omega_total(items, EACH).value == pytest.approx(R["omega_total"], abs=1e-8)


def test_two_scores_of_a_person():
    """ICC2 and ICC3 of psych with their limits."""
    agreement, consistency, squares = retest(*people_with(R["covariance"], R["means"]).T, EACH)
    who = Population("all", {"all": R["n"]}, frozenset({"all"}))
    for name, coefficient in (("icc_agreement", agreement), ("icc_consistency", consistency)):
        interval = McGrawWong(squares, name == "icc_agreement")
        draft = Draft(Key(name), coefficient.value, coefficient.influence, EACH.astype(bool), who, interval)
        ends = finish(draft, errors_of(draft, Patients.all_different(EACH), EACH))
        assert (coefficient.value, ends.low, ends.high) == pytest.approx(R[name], abs=1e-8)


def test_the_change():
    """The paired t test of R, and metafor's SMCC, SMCR and SMCRH by their means and variances: anxiety rose a little."""
    (before, shared), (_, after) = R["covariance"]
    sds = np.sqrt([before, after])
    given = dict(zip(("mean_pre", "mean_post", "sd_pre", "sd_post"), (*R["means"], *sds), strict=True)) | {
        "n": R["n"],
        "r": shared / sds.prod(),
    }
    effects = {"LS": iop.effects.pre_post(**given, variance="LS"), "": iop.effects.pre_post(**given)}
    change = effects[""]["mean_change"]
    assert (change.value, change.low, change.high) == pytest.approx(R["mean_change"], rel=1e-8)
    assert (change.statistic, change.p) == pytest.approx((R["t"], R["p"]), rel=1e-8)
    for kind, name, variance in (("SMCC", "g_z", ""), ("SMCR", "g_pre_sd", "LS"), ("SMCRH", "g_pre_sd", "")):
        row = effects[variance][name]
        assert (row.value, row.se**2) == pytest.approx(R["sizes"][kind], abs=1e-8), kind
