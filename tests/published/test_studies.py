"""Takes tables of studies and effect sizes, gives them ready to be pooled, or what is wrong with which."""

import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import UsageError
from iop_outcomes.published.studies import counts_of, studies_of

TABLE = {"who": ["a", "b", "c"], "d": [0.1, 0.2, 0.3], "se": [0.1, 0.2, 0.4], "kind": ["x", "y", "x"], "year": [2001, 2002, None]}


def read(table=TABLE, *, value="d", se="se", variance=None, study="who"):
    """Studies of a table."""
    return studies_of(table, value=value, se=se, variance=variance, study=study)


def test_errors_are_squared_and_variances_are_not():
    """From a dict, a frame, and without names."""
    assert read().variance.tolist() == pytest.approx([0.01, 0.04, 0.16])
    assert read(se=None, variance="se").variance.tolist() == [0.1, 0.2, 0.4]
    assert read(pd.DataFrame(TABLE), study=None).label == ("study 1", "study 2", "study 3")


def test_other_columns_are_looked_up():
    """Groups in the order in which they first come, numbers, and values that are given."""
    studies = read()
    levels, codes = studies.codes("kind")
    assert (levels, codes.tolist()) == (["x", "y"], [0, 1, 0])
    assert studies.numbers([1, 2, 3]).tolist() == [1, 2, 3]
    assert studies.where(np.array([2, 0])).label == ("c", "a")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": "g"}, '"g" is no column of the table'),
        ({"variance": "se"}, "name one of se= and variance="),
        ({"se": None}, "name one of se= and variance="),
        ({"table": TABLE | {"d": [0.1, None, 0.3]}}, "d: 1 of 3 studies have no value"),
        ({"table": TABLE | {"d": [0.1, "high", 0.3]}}, "d holds something that is no number"),
        ({"table": TABLE | {"d": [0.1, math.inf, 0.3]}}, "d holds a number that is not finite"),
        ({"table": TABLE | {"se": [0.1, 0, -1]}}, "se must be above 0: it is not in b, c"),
        ({"table": {"d": [], "se": []}, "study": None}, "the table holds no study"),
        ({"table": [1, 2]}, "give a data frame, a dict of columns, or a list of effect sizes"),
    ],
)
def test_what_cannot_be_pooled(given, words):
    """The column, how many, or which."""
    with pytest.raises(UsageError, match=words):
        read(**given)


def test_a_covariate_must_be_there_for_every_study():
    """Its length, its blanks, its kind; of effect sizes there is no table to look it up in."""
    studies = read()
    for name, words in (
        ("year", "1 of 3 studies have no value"),
        ([1, 2], "2 values for 3 studies"),
        ("kind", "a covariate of a regression is a number"),
    ):
        with pytest.raises(UsageError, match=words):
            studies.numbers(name)
    effects = [iop.effects.proportions(events_1=k, n_1=40, events_2=10, n_2=40)["log_risk_ratio"] for k in (12, 15)]
    with pytest.raises(UsageError, match="cannot be looked up"):
        studies_of(effects, value="", se=None, variance=None, study=None).column("kind")


def test_counts_are_whole_and_no_more_than_people():
    """Nobody and everybody may have had it; more than there are may not, and the first five are named."""
    labels, hits, people = counts_of({"k": [0, 5], "n": [5, 5]}, events="k", n="n", study=None)
    assert (labels, hits.tolist(), people.tolist()) == (("study 1", "study 2"), [0, 5], [5, 5])
    with pytest.raises(UsageError, match=r"which fails in study 1, study 2, study 3, study 4, study 5 and 2 more"):
        counts_of({"k": [6] * 7, "n": [5] * 7}, events="k", n="n", study=None)
    for table in ({"k": [1.5], "n": [5]}, {"k": [0], "n": [0]}, {"k": [-1], "n": [5]}):
        with pytest.raises(UsageError, match="whole numbers with 0 <= k <= n"):
            counts_of(table, events="k", n="n", study=None)
    with pytest.raises(UsageError, match="holds no study"):
        counts_of({"k": [], "n": []}, events="k", n="n", study=None)
