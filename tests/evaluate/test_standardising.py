"""Takes programs whose groups hold different people, gives proof that adjusted comparisons are those of standardised numbers, at every edge."""

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

import iop_outcomes as iop
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.show.comparison import comparison_sentences, comparison_tables
from tests.spec.test_repeated_patients import loaded

LEVELS, AGES = ("a", "b", "c"), ("18-29", "30-49", "50+")


def episodes(rows, patients=None):
    """One episode for each (track, age group, completed)."""
    tracks, ages, done = zip(*rows, strict=True)
    frame = pd.DataFrame({"track": tracks, "age_group": ages, "los_days": [20 + 3 * (i % 7) for i in range(len(rows))]})
    frame["discharge_reason"] = ["completed" if each else "dropped_out" for each in done]
    frame["episode_id"] = [f"e{i:04}" for i in range(len(rows))]
    frame["patient_id"] = patients if patients is not None else "p" + frame["episode_id"]
    return frame


def drawn(seed, n, patients=0):
    """Tracks that treat other ages, whose people complete more the older they are."""
    rng = np.random.default_rng(seed)
    track = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    age = np.array([rng.choice(3, p=[[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.3, 0.4]][each]) for each in track])
    done = rng.random(n) < 0.35 + 0.2 * age + 0.05 * track
    people = [f"p{each}" for each in rng.integers(0, patients, n)] if patients else None
    return episodes([(LEVELS[t], AGES[a], d) for t, a, d in zip(track, age, done, strict=True)], people)


def adjusted(frame, adjust=("age_group",), **options):
    """All rows of a comparison, and those that are adjusted by level and contrast."""
    with loaded({"episodes": frame}) as data:
        answer = iop.compare(data, **({"estimand": "completion_strict", "by": "track"} | options), adjust=list(adjust))
    rows = list(answer.results)
    return answer, {
        (e.level, str(e.contrast) + e.versus): e for e in rows if e.adjustment and e.estimand == answer.results.definition.shown[0]
    }


# -- against what we did not write -------------------------------------------------------------------------------------


def slow(frame, level):
    """Row by row: each side's share in each age, weighted with the ages of everybody in ages that both sides have."""
    hit, one = (frame.discharge_reason == "completed").to_numpy(float), (frame.track == level).to_numpy()
    used = [age for age in AGES if ((frame.age_group == age) & one).any() and ((frame.age_group == age) & ~one).any()]
    inside = frame.age_group.isin(used).to_numpy()
    values = [0.0, 0.0]
    for age in used:
        here = (frame.age_group == age).to_numpy()
        weight = here.sum() / inside.sum()
        for number, side in enumerate((one, ~one)):
            values[number] += weight * hit[here & side].mean()
    return values, inside


def test_it_is_the_stacked_estimator_of_saturated_regression():
    """statsmodels: a share of its own for each side and age, and the mean over everybody's prediction; its variance by patient from the
    scores of both stacked, with (bread x score) of the regression and the prediction less its mean.
    """
    frame = drawn(5, 700, patients=250)
    answer, rows = adjusted(frame)
    hit, groups = (frame.discharge_reason == "completed").to_numpy(float), frame.patient_id.to_numpy()
    for level in LEVELS:
        one = (frame.track == level).to_numpy()
        cells = [((frame.age_group == age).to_numpy() & side).astype(float) for side in (one, ~one) for age in AGES]
        design = np.column_stack(cells)
        fit = sm.OLS(hit, design).fit()
        ages = np.column_stack([(frame.age_group == age).to_numpy(float) for age in AGES])
        side_of = [np.hstack([ages, 0 * ages]), np.hstack([0 * ages, ages])]
        bread = np.linalg.inv(design.T @ design)
        scores = design * (hit - fit.fittedvalues)[:, None]
        influence = [
            (predicted @ fit.params - (predicted @ fit.params).mean()) / len(frame) + scores @ bread @ predicted.mean(axis=0)
            for predicted in side_of
        ]
        summed = pd.DataFrame({"one": influence[0], "apart": influence[0] - influence[1]}).groupby(groups).sum()
        values = [float((predicted @ fit.params).mean()) for predicted in side_of]
        own, contrast = rows[level, ""], rows[level, "minus_others"]
        assert (own.value, contrast.value) == pytest.approx((values[0], values[0] - values[1]), abs=1e-12)
        assert (own.se, contrast.se) == pytest.approx(tuple(np.sqrt((summed**2).sum())), rel=1e-9)
        assert (own.method, contrast.method) == ("Wilson score, by patient", "Newcombe, by patient")
    assert {(e.adjustment, e.k) for e in rows.values()} == {("standardised by age_group", None)}
    first = [bool(e.adjustment) for e in answer.results]
    assert first == sorted(first)  # unadjusted first


PROGRAMS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(AGES), st.booleans()), min_size=30, max_size=60)


@settings(max_examples=6, deadline=None)
@given(PROGRAMS)
def test_it_is_what_rows_say(rows):
    """Any program: the row version; what one side lacks is left out and counted; a constant column changes nothing at all."""
    frame = episodes([*rows, ("a", "18-29", True), ("b", "18-29", False), ("c", "18-29", True)])
    answer, found = adjusted(frame)
    for level in LEVELS:
        values, inside = slow(frame, level)
        assert found[level, ""].value == pytest.approx(values[0], abs=1e-12)
        assert found[level, "minus_others"].value == pytest.approx(values[0] - values[1], abs=1e-12)
        flows = [flow for (name, _), flow in answer.results.left_out.items() if name == level]
        assert [flow.used for flow in flows] == ([int(inside.sum())] if not inside.all() else [])
        assert ("strata_left_out" in found[level, ""].flag) == (not inside.all())
    constant, same = adjusted(frame.assign(sex="x"), ["sex"])
    plain = {(e.level, str(e.contrast)): e for e in constant.results if not e.adjustment and e.estimand == "completion_strict"}
    for place, e in same.items():
        was = plain[place]
        assert (e.value, e.low, e.high, e.n) == pytest.approx((was.value, was.low, was.high, was.n), abs=1e-9, nan_ok=True)
        assert e.word == was.word


def test_a_column_that_divides_every_track_alike_weighs_nothing():
    """Both ages half of each track: adjusted and unadjusted shares are one, and the difference has the smaller error of strata."""
    rows = [
        (t, age, i < k) for t, ks in {"a": (20, 30), "b": (10, 24)}.items() for age, k in zip(AGES[:2], ks, strict=True) for i in range(40)
    ]
    answer, found = adjusted(episodes(rows))
    plain = {(e.level, str(e.contrast)): e for e in answer.results if not e.adjustment and e.estimand == "completion_strict"}
    for place, e in found.items():
        assert e.value == pytest.approx(plain[place].value, abs=1e-12)
        assert e.se <= plain[place].se + 1e-12


def test_means_and_points_of_curves_are_adjusted_by_the_same_code():
    """A mean stay by Welch with the stratum weights, and an incidence by day 90: both the weighted sums of their strata."""
    frame = drawn(8, 300)
    _, found = adjusted(frame, measure="length_of_stay", estimand="los_mean")
    shares = frame.age_group.value_counts(normalize=True)
    mean = frame.groupby(["track", "age_group"]).los_days.mean()
    for level in LEVELS:
        expected = sum(shares[age] * mean[level, age] for age in AGES)
        assert found[level, ""].value == pytest.approx(expected, abs=1e-12)
    assert found["a", "minus_others"].method == "Welch t"
    events = pd.DataFrame({"episode_id": frame.episode_id[::4], "event": "readmission_psychiatric", "days_after_discharge": 40})
    with loaded({"episodes": frame.assign(follow_up_days=200), "events": events}) as data:
        answer = iop.compare(data, measure="readmission", estimand="cumulative_incidence", by="track", at=(90,), adjust=["age_group"])
    back = frame.assign(back=frame.episode_id.isin(events.episode_id)).groupby(["track", "age_group"]).back.mean()
    own = {e.level: e.value for e in answer.results if e.adjustment and not e.contrast and e.estimand == "cumulative_incidence"}
    assert own == pytest.approx({level: sum(shares[age] * back[level, age] for age in AGES) for level in LEVELS}, abs=1e-12)


def test_bands_are_of_the_scale_and_blanks_are_a_stratum():
    """phq9_pre_band: 9 is mild and 10 moderate; who has no score stands in a stratum of his own."""
    frame = episodes([(t, "50+", i % 3 > 0) for t in "ab" for i in range(30)])
    frame["phq9_admit"] = [9, 10, None] * 20
    answer, found = adjusted(frame, ["phq9_pre_band"])
    assert {people.standard.strata for people in answer.results.populations.values() if people.standard} == {3}
    assert answer.results.definition.adjustments == {"standardised by phq9_pre_band": ("PHQ-9 band at admission",)}
    assert all(e.value == pytest.approx(0.0 if contrast else 2 / 3) for (_, contrast), e in found.items())


# -- edges -------------------------------------------------------------------------------------------------------------


def test_tracks_of_different_people_are_not_assessable_and_the_others_are():
    """Young people in one track alone: it has no overlap; the others are compared without them, and both are said."""
    rows = [("a", "12-17", i % 2) for i in range(40)] + [(t, age, i % 3) for t in "bc" for age in AGES for i in range(20)]
    answer, found = adjusted(episodes(rows), margin=0.1)
    alone = found["a", "minus_others"]
    assert (alone.word, math.isnan(alone.value), alone.n) == ("too few", True, 0)
    assert {"no_overlap", "strata_left_out"} <= {str(flag) for flag in alone.flag}
    assert found["b", "minus_others"].word == "no clear difference"
    text = " ".join(comparison_sentences(answer.release("none"), "completion_strict"))
    assert (
        "Left out of the adjusted comparison of A: 160 of 160 episodes in all 4 strata, none of which holds both sides: not assessable."
        in text
    )
    assert "Left out of the adjusted comparison of B and C: 40 of 160 episodes in 1 of 4 strata in which either side has too few." in text
    assert "Not judged: A (too few)." in text
    assert "after allowing for age group" in text


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_nobody_and_everybody_keep_a_range(share):
    """All or nobody with the event: a range of some width, no clear difference; and a track of one episode is too few."""
    rows = [(t, age, share) for t in "ab" for age in AGES for _ in range(10)] + [("c", "50+", share)]
    _, found = adjusted(episodes(rows))
    assert found["a", ""].value == share
    assert found["a", ""].high - found["a", ""].low > 0.05
    assert (found["a", "minus_others"].word, found["c", "minus_others"].word) == ("no clear difference", "too few")


def test_pairs_and_two_columns_are_adjusted_within():
    """Each track minus each other over the strata these two share; of two columns within every level of the second."""
    frame = drawn(3, 240).assign(modality=["virtual", "in_person"] * 120)
    _, found = adjusted(frame, pairwise=True)
    assert {place for place in found if place[1]} == {("a", "minus_levelb"), ("a", "minus_levelc"), ("b", "minus_levelc")}
    answer, _ = adjusted(frame, by=("track", "modality"))
    virtual = next(part for part in answer.results.slices if part.level_2 == "virtual")
    _, alone = adjusted(frame[frame.modality == "virtual"])
    within = {(e.level, str(e.contrast)): e.value for e in virtual if e.adjustment and e.estimand == "completion_strict"}
    assert within == pytest.approx({place: e.value for place, e in alone.items()}, abs=1e-12)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"adjust": []}, UsageError, "an empty list names no column"),
        ({"adjust": ["age_group", "age_group"]}, UsageError, "given twice"),
        ({"adjust": ["nobody_has_it"]}, UsageError, 'no column "nobody_has_it"'),
        ({"adjust": ["track"]}, UsageError, "is what is compared"),
        ({"adjust": ["discharge_reason"]}, UsageError, "an outcome itself"),
        ({"adjust": ["phq9_pre_band"]}, NotAssessableError, "no PHQ-9 score"),
        ({"adjust": ["nothing_pre_band"]}, UsageError, "no scale that is known"),
        (
            {"adjust": ["age_group"], "measure": "length_of_stay", "estimand": "los_median"},
            NotAssessableError,
            "Compare one of these.*los_mean",
        ),
        ({"margin": 0.0}, UsageError, "above 0"),
        ({"margin": 1.5}, UsageError, "more than a share can differ by"),
        ({"margin": 3.0, "measure": "length_of_stay", "estimand": "los_mean"}, NotAssessableError, "more or less of it is better"),
    ],
)
def test_what_cannot_be_adjusted_or_judged_is_refused_in_words(options, error, words):
    """What was given, what is allowed, what to do."""
    with loaded({"episodes": drawn(1, 60)}) as data, pytest.raises(error, match=words):
        iop.compare(data, **({"by": "track", "estimand": "completion_strict"} | options))


# -- as released -------------------------------------------------------------------------------------------------------


def test_adjusted_numbers_are_shown_where_their_groups_are_and_give_no_small_stratum_back():
    """Under cms11: without p, to whole percent, n withheld where other episodes count, strata left out to the next ten."""
    frame = drawn(11, 900)
    frame.loc[frame.index[:13], ["track", "age_group"]] = ["a", "12-17"]
    answer, exact = adjusted(frame, margin=0.1)
    released = answer.release("cms11")
    row = released.contrast("completion_strict", "a", adjustment="standardised by age_group")
    assert row.shown
    assert row.value == pytest.approx(round(exact["a", "minus_others"].value, 2))
    assert math.isnan(row.p)
    assert str(row.n) == "not shown"
    assert released.contrast("non_inferiority", "a", adjustment="standardised by age_group").word
    flow = next(flow for flow in released.flow if flow.what.endswith("of a"))
    assert list(flow.excluded.values()) == [20]
    assert str(flow.used) == "not shown"
    plain, beside = comparison_tables(released, "completion_strict")
    assert "after allowing for age group" in beside.caption
    assert plain.heads[-2:] == ("Non-inferior by 10 percentage points", "Equivalent within 10 percentage points")
    frame["sex"] = ["few" if i < 14 else "many" for i in range(len(frame))]  # some 5 in a track: found by two equations
    frame.loc[frame.index[:14], "track"] = ["a", "b"] * 7
    frame.loc[frame.sex == "many", "sex"] = "f"
    few, _ = adjusted(frame[frame.track != "c"][:110], ["sex"])
    assert not few.release("cms11").contrast("completion_strict", "a", adjustment="standardised by sex").shown
    assert few.release("cms11").contrast("completion_strict", "a").shown
    assert few.release("none").contrast("completion_strict", "a", adjustment="standardised by sex").shown
