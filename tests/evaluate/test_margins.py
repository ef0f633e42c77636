"""Takes comparisons and margins, gives proof that each verdict is that of the interval printed beside it, in the direction that is better."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.evaluate.margins import Margin, verdicts
from iop_outcomes.stats.draft import Difference
from iop_outcomes.stats.limits import Limits
from tests.evaluate.test_contrasts import FIVE, joint, tracks
from tests.spec.test_repeated_patients import loaded

ORDER = ("inferior", "inconclusive", "non-inferior", "superior")


def judged(frames, margin, **options):
    """The verdicts by level and estimand, and the comparisons by level."""
    with loaded(frames) as data:
        answer = iop.compare(data, **({"estimand": "completion_strict"} | options), margin=margin)
    rows = [e for e in answer.results if e.contrast]
    return answer, {(e.level, e.estimand): e for e in rows}


def test_the_published_example():
    """65 of 100 against 70 of 100 with a margin of ten points: not non-inferior, one-sided p .22 as the score-free test has it; Newcombe's .23."""
    _, rows = judged(tracks(a=(65, 100), b=(70, 100)), 0.10)
    row, both = rows["a", "non_inferiority"], rows["a", "equivalence"]
    assert (row.word, both.word, row.method) == ("inconclusive", "inconclusive", "Newcombe, margin 0.1")
    wald = norm.sf((-0.05 + 0.10) / math.sqrt(0.65 * 0.35 / 100 + 0.7 * 0.3 / 100))
    assert wald == pytest.approx(0.22, abs=0.01)
    assert row.p == pytest.approx(wald, abs=0.01)
    assert both.p == row.p  # the nearer margin decides


@pytest.mark.parametrize("level", "abcde")
def test_p_is_where_the_interval_touches_the_margin(level):
    """Of five tracks: Newcombe's limit, as statsmodels gives it, is the margin at level 1 - 2p; p adjusted under .025 exactly where it is passed."""
    _, rows = judged(FIVE, 0.08)
    row, k = rows[level, "non_inferiority"], {"a": 60, "b": 75, "c": 40, "d": 62, "e": 58}[level]
    limits = confint_proportions_2indep(k, 100, 295 - k, 400, method="newcomb", compare="diff", alpha=2 * min(row.p, 1 - row.p))
    assert limits[0 if row.p < 0.5 else 1] == pytest.approx(-0.08, abs=1e-8)
    assert row.p_adjusted == pytest.approx((1 - (1 - 2 * row.p) ** 5) / 2 if row.p < 0.5 else row.p, rel=1e-9)
    assert (row.p_adjusted < 0.025) == (row.word in ("non-inferior", "superior"))
    assert (row.low, row.high, row.conf_level) == (rows[level, "completion_strict"].low, rows[level, "completion_strict"].high, joint(5))


@settings(max_examples=60)
@given(st.floats(-0.5, 0.5), st.floats(0.001, 0.4), st.floats(0.01, 0.6), st.sampled_from(["higher", "lower"]))
def test_a_verdict_is_the_place_of_the_interval(value, half, margin, better):
    """Any interval: the four words by where it lies, a wider margin is never worse, and equivalent exactly inside."""
    _, rows = judged_once()
    row = rows["a", "completion_strict"]
    row = type(row)(**{name: getattr(row, name) for name in row.__slots__} | {"value": value, "low": value - half, "high": value + half})

    def at(*, bound):
        return Difference(value, Limits(1.0, row.low, row.high), 2 * norm.sf(abs(value - bound) / half * 1.96))

    worse, both = verdicts(row, Margin("completion_strict", margin, better), at, 1)
    low, high = (value - half, value + half) if better == "higher" else (-value - half, -value + half)
    expected = "superior" if low > 0 else "non-inferior" if low > -margin else "inferior" if high < -margin else "inconclusive"
    assert worse.word == expected
    assert (both.word == "equivalent") == (low > -margin and high < margin)
    assert not (both.word == "equivalent" and worse.word in ("inferior", "inconclusive"))
    wider, _ = verdicts(row, Margin("completion_strict", margin * 1.5, better), at, 1)
    assert ORDER.index(wider.word) >= ORDER.index(worse.word) or worse.word == "inferior"
    assert both.p >= worse.p - 1e-12


_ONCE = {}


def judged_once():
    """Of one program, computed once."""
    if not _ONCE:
        _ONCE["rows"] = judged(tracks(a=(30, 50), b=(30, 50)), 0.1)
    return _ONCE["rows"]


def test_fewer_readmissions_are_better_and_the_sentence_says_both():
    """Of readmission a higher rate is worse: the margin lies above 0, and the track that has more is inferior."""
    back = {"a": 90, "b": 12}
    frame = pd.DataFrame({"track": ["a"] * 150 + ["b"] * 150, "discharge_reason": "completed", "los_days": 20, "follow_up_days": 200})
    frame["episode_id"] = frame["patient_id"] = [f"e{i:03}" for i in range(300)]
    came = [f"e{i:03}" for i in (*range(back["a"]), *range(150, 150 + back["b"]))]
    events = pd.DataFrame({"episode_id": came, "event": "readmission_psychiatric", "days_after_discharge": 30})
    answer, rows = judged(
        {"episodes": frame, "events": events}, 0.10, measure="readmission", estimand="cumulative_incidence", by="track", at=(90,)
    )
    words = {level: rows[level, "non_inferiority"].word for level in "ab"}
    assert words == {"a": "inferior", "b": "superior"}
    assert answer.results.definition.estimand("non_inferiority").bound == 0.10
    sentence = answer.sentence(policy="none")
    assert (
        "Held against a margin of 10 percentage points: A against the others together: inferior; different by more than the margin"
        in sentence
    )


def test_too_few_are_not_judged_and_the_number_held_is_the_one_named():
    """Ten episodes on a side: too few, without limits; a margin is of one number alone, and nothing is held against one unless asked."""
    answer, rows = judged(tracks(a=(6, 10), b=(30, 60), c=(20, 40)), 0.2, estimand="completion_with_transfers")
    assert (rows["a", "non_inferiority"].word, math.isnan(rows["a", "non_inferiority"].low)) == ("too few", True)
    assert answer.results.definition.estimand("equivalence").judges == "completion_with_transfers"
    with loaded(tracks(a=(6, 20), b=(30, 60))) as data:
        assert {e.estimand for e in iop.compare(data).results if e.contrast} == {
            "completion_strict",
            "completion_with_transfers",
            "completion_excluding_transfers",
            "completion_strict_worst_case",
            "completion_strict_best_case",
            "completion_of_admitted",
        }
