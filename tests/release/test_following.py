"""Takes small programs in which more or fewer lack a discharge score, gives what is shown of numbers that follow a page, and that it stays as it is."""

import functools

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.evaluate.answering import answer_all
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.release import Withheld, release_set

CHANGE = Ask("symptom_change", scale="phq9", by="track")
MISSING = Ask("missing_scores", scale="phq9", estimands=("mean_change", "mean_change_standardised", "tipping_point"), follows=True)


PREDICTED = Ask("missing_scores", scale="phq9", estimands=("mean_change_standardised",), follows=True)


@functools.cache
def results(unseen, *, tracks=2, asks=(CHANGE, MISSING)):
    """The change on the PHQ-9 of eighty episodes by track, and its readings, when so many of the first have no discharge score."""
    rng = np.random.default_rng(4)
    pre = rng.integers(8, 25, 80)
    episodes = pd.DataFrame(
        {
            "episode_id": range(80),
            "track": [f"t{i % tracks}" for i in range(80)],
            "discharge_reason": "completed",
            "los_days": 30,
            "phq9_admit": pre,
            "phq9_discharge": pd.array([None if i < unseen else max(0, pre[i] - i % 9) for i in range(80)], dtype="Int64"),
        }
    )
    with iop.load({"episodes": episodes}, mapping={"data": {"class": "synthetic"}}) as data:
        return tuple(answer_all(asks, data)[0].values())


def everyone(released):
    """The estimates of everyone by name."""
    return {each.estimand: each for each in released.estimates if each.level == "All" and not each.contrast}


def test_where_all_they_rest_on_is_printed_they_are_shown():
    """Thirty of eighty lack the score: the values as under internal but for their digits, with counts that the page prints and no other."""
    change, following = release_set(results(30), "cms11", follow=[1])
    shown, whole = everyone(following), everyone(release_set(results(30), "internal")[1])
    assert everyone(change)["mean_change_if_missing_unchanged"].n == 80 and everyone(change)["mean_change"].n == 50
    for name, each in shown.items():
        assert each.value == pytest.approx(whole[name].value, abs=0.05 + 1e-9)
        assert isinstance(each.n_missing, Withheld) and isinstance(each.excluded, Withheld)
    assert (shown["mean_change"].n, shown["mean_change_standardised"].n) == (50, 80)
    assert following.flow == ()


@pytest.mark.parametrize("asked", [MISSING, PREDICTED], ids=["beside what was seen", "alone"])
@pytest.mark.parametrize("unseen", [1, 10, 72, 79])
def test_where_a_count_they_rest_on_is_not_printed_none_is(unseen, asked):
    """One to ten lack the score, or have it."""
    _, following = release_set(results(unseen, asks=(CHANGE, asked)), "cms11", follow=[1])
    assert not any(each.shown for each in following.estimates)
    assert all(isinstance(each.n, Withheld) and each.low is each.value for each in following.estimates)


def test_alone_nothing_is_shown():
    """Of a page that has nothing else."""
    (following,) = release_set(results(30)[1:], "cms11", follow=[0])
    assert following.estimates and not any(each.shown for each in following.estimates)


def test_nobody_missing_is_said():
    """Every number is that of the pairs, and the page says how many these are."""
    _, following = release_set(results(0), "cms11", follow=[1])
    shown = everyone(following)
    assert shown["mean_change_standardised"].value == shown["mean_change"].value
    assert not shown["tipping_point"].shown  # it has a flag


@pytest.mark.parametrize("unseen", [0, 5, 30, 75])
@pytest.mark.parametrize("tracks", [1, 2, 6])
def test_the_page_is_as_without_them(unseen, tracks):
    """Whatever is withheld there, they have no say in it."""
    change, missing = results(unseen, tracks=tracks)
    alone, beside = release_set([change], "cms11")[0], release_set([change, missing], "cms11", follow=[1])[0]
    assert alone.to_records() == beside.to_records()
    assert alone.flow == beside.flow


def test_policies_that_withhold_none_or_round_take_them_as_others():
    """By groups where they were asked, with their counts."""
    for policy in ("internal", "none", "round5"):
        plain, following = release_set(results(30), policy), release_set(results(30), policy, follow=[1])
        assert [each.to_records() for each in plain] == [each.to_records() for each in following]
