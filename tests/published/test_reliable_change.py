"""Takes public pairs, gives reliable change by seven methods and 11,836 categories as the R package clinicalsignificance has them, and where it differs."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from iop_outcomes.errors import UsageError
from iop_outcomes.published.calculations import arguments_of, calculated
from iop_outcomes.published.reliable_change import METHODS, ScoredGroup
from iop_outcomes.stats.clinical_significance import five_categories
from iop_outcomes.stats.thresholds import cutoffs, reliable_change_index
from tests.published.test_jacobson_truax_1991 import POST, PRE

ORACLE = json.loads((Path(__file__).parents[1] / "oracle" / "significance.json").read_text())
SETS = ORACLE["sets"]
NAMES = {"jt": "jacobson_truax", "gln": "gulliksen_lord_novick", "hll": "hsu_linn_lord", "en": "edwards_nunnally"}
NAMES |= {"nk": "nunnally_kotsch", "ha": "hageman_arrindell"}
CATEGORIES = ("recovered", "improved", "unchanged", "deteriorated", "harmed")
# RC04 of the worked examples: the thirty couples at reliability 0.88 and cut-off 104, by code that gave 25 of 25 published counts.
COUPLES = {
    "jacobson_truax": (11, 8, 10, 1, 0),
    "edwards_nunnally": (12, 9, 7, 2, 0),
    "gulliksen_lord_novick": (11, 8, 9, 2, 0),
    "hsu_linn_lord": (6, 1, 15, 8, 0),
    "nunnally_kotsch": (11, 8, 9, 2, 0),
}


def scores(name):
    """Both scores of everybody in a set."""
    return np.array(SETS[name]["pre"], dtype=float), np.array(SETS[name]["post"], dtype=float)


def figures(pre, post):
    """What a paper prints of a set."""
    moments = {"mean_pre": pre.mean(), "mean_post": post.mean(), "sd_post": post.std(ddof=1), "r": np.corrcoef(pre, post)[0, 1]}
    return {"sd": pre.std(ddof=1), "reliability": 0.84, "reliability_post": 0.80, **moments}


@pytest.mark.parametrize("name", SETS)
def test_indices_of_everybody(name):
    """By six methods, from printed figures, to 1e-9."""
    pre, post = scores(name)
    rows = [calculated("reliable_change", {**figures(pre, post), "pre": a, "post": b}) for a, b in zip(pre, post, strict=True)]
    for short, method in NAMES.items():
        assert [row[method] for row in rows] == pytest.approx(SETS[name]["index"][short], rel=1e-9, abs=1e-9), method
    assert [row["reliable_change"] for row in rows] == [row["jacobson_truax"] for row in rows]


def categorised(name, reliability, cut):
    """Letters of the categories of everybody in a set."""
    pre, post = scores(name)
    line = reliable_change_index(pre.std(ddof=1), reliability)
    five = five_categories(pre, post, reliable=line, cutoff=cut, better=SETS[name]["better"])
    masks = {category[0]: getattr(five, category) for category in CATEGORIES}
    return ["".join(letter for letter, mask in masks.items() if mask[i]) for i in range(len(pre))]


def test_categories_differ_only_where_a_first_score_is_on_the_cut_off():
    """The 8,877 with cut-offs a, b and c agree; with one put on a score, as R3 has it, the package takes nobody for a case: who gets better is not recovered, who gets worse is harmed."""
    figures, differ = 0, Counter()
    for name, given in SETS.items():
        for reliability, by_cut in given["categories"].items():
            for cut, letters in by_cut.items():
                ours = categorised(name, float(reliability), given["cuts"][cut])
                figures += len(letters)
                for pre, one, other in zip(given["pre"], ours, letters, strict=True):
                    if one != other:
                        differ[one, other] += 1
                        assert pre == pytest.approx(given["cuts"][cut], rel=1e-9)
                        assert cut == "on_a_score"
    assert figures == 11_836
    assert differ == {("r", "i"): 275, ("d", "h"): 11}


def test_cutoffs_and_the_one_that_the_package_takes_from_the_wrong_group():
    """Cut-offs a and c agree; b, 2 SD from the mean of the people who are well, is there taken with the SD of the others."""
    for name, given in SETS.items():
        pre, _ = scores(name)
        (mean, sd), better = (given["norm"]["m"], given["norm"]["sd"]), given["better"]
        ours, theirs = cutoffs(pre.mean(), pre.std(ddof=1), mean, sd, better=better), given["cuts"]
        assert (ours.a, ours.c) == pytest.approx((theirs["a"], theirs["c"]), rel=1e-9)
        sign = 1 if better == "higher" else -1
        assert theirs["b"] == pytest.approx(mean - sign * 2 * pre.std(ddof=1), rel=1e-9)
        assert ours.b == pytest.approx(mean - sign * 2 * sd, rel=1e-9)


@pytest.mark.parametrize("method", COUPLES)
def test_the_thirty_couples(method):
    """Counts of every category, and of Hageman and Arrindell that they add up and need more of those who recovered."""
    given = {"pre": tuple(PRE), "post": tuple(POST), "reliability": 0.88, "cutoff": 104, "better": "higher", "reliability_post": 0.88}
    found = calculated("clinical_categories", {**given, "method": method})
    assert tuple(found[name] for name in CATEGORIES) == COUPLES[method]
    assert found["percent_improved"] == pytest.approx(100 * COUPLES[method][1] / 30)
    assert calculated("clinical_categories", {**given, "method": "hageman_arrindell"})["recovered"] < found["n"]


def test_true_scores_of_hageman_and_arrindell():
    """Recovered, at their own cut-off of true scores, as the package counts them from its indices."""
    for name, given in SETS.items():
        pre, post = scores(name)
        sign, cut = (1 if given["better"] == "higher" else -1), given["hageman_arrindell"]["cutoff"]
        clinical, index = sign * np.array(given["hageman_arrindell"]["index"]), sign * np.array(given["index"]["ha"])
        expected = int(((sign * pre < sign * cut) & (clinical > 1.65) & (index > 1.65)).sum())
        asked = {"pre": tuple(pre), "post": tuple(post), "reliability": 0.84, "cutoff": cut, "better": given["better"]}
        found = calculated("clinical_categories", {**asked, "method": "hageman_arrindell"})
        assert (found["recovered"], found["improved"]) == (expected, int((index > 1.65).sum()) - expected)


def test_a_mixed_model():
    """Deviations and their SDs as lme4 has them; the index is of the whole slope, where the package takes the deviation alone."""
    mixed = ORACLE["mixed"]
    names = {"intercept": "variance_intercept", "slope": "variance_slope", "both": "covariance"}
    given = {"intercept": mixed["intercept"], "slope": mixed["slope"], "residual": mixed["residual"], "days": tuple(mixed["days"])}
    given |= {names[name]: value for name, value in mixed["variances"].items()}
    rows = [calculated("mixed_model_change", {**given, "scores": tuple(person)}) for person in mixed["scores"]]
    assert [row["deviation"] for row in rows] == pytest.approx(mixed["random_slope"], rel=1e-6, abs=1e-6)
    assert [row["sd"] for row in rows] == pytest.approx(mixed["sd"], rel=1e-6)
    assert [row["index"] * row["sd"] - row["deviation"] for row in rows] == pytest.approx([mixed["slope"]] * len(rows))
    theirs, ours = (np.array(mixed["random_slope"]) + add for add in (0, mixed["slope"]))
    improved = [sum(row[name] > 1.96 for row in rows) for name in ("index_of_deviation", "index")]
    assert improved == [int((slopes / mixed["sd"] > 1.96).sum()) for slopes in (theirs, ours)] == [4, 16]


def test_identities():
    """What each method must give for somebody at the mean before and after."""
    group = ScoredGroup(5, 0.8, mean_pre=20, mean_post=14, sd_post=5, reliability_post=0.8, r=0.5)
    at_mean = {name: method.index(group, 20, 14) for name, method in METHODS.items()}
    assert at_mean["hsu_linn_lord"] == 0
    assert at_mean["edwards_nunnally"] == pytest.approx(np.sqrt(2) * at_mean["jacobson_truax"])
    assert at_mean["gulliksen_lord_novick"] == pytest.approx(-6 / (5 * 0.6))
    assert ScoredGroup(5, 0.8, sd_post=5, r=0.5).reliability_of_change == pytest.approx((0.8 - 0.5) / (1 - 0.5))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"method": "speer"}, 'no method "speer"'),
        ({"post": (3, 4)}, "pre has 3 people and post 2"),
        ({"pre": (3, 3, 3)}, "are the same"),
        ({"method": "nunnally_kotsch"}, "needs reliability_post"),
        ({"better": "more"}, "neither direction"),
        ({"method": "hageman_arrindell", "reliability": 0.1}, "than error"),
        ({"reliability": 1.2}, "cannot be computed"),
    ],
)
def test_what_cannot_be_is_refused(changed, words):
    """In words that say what to give."""
    given = {"pre": (20, 14, 9), "post": (19, 14, 10), "reliability": 0.84, "cutoff": 10}
    with pytest.raises(UsageError, match=words):
        calculated("clinical_categories", {**given, **changed})
    assert {"pre", "post", "method"} <= set(arguments_of("clinical_categories"))
