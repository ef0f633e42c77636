"""Takes loaded data and conditions, gives narrower data that say how they were chosen, and refuses what cannot be met."""

import csv
from dataclasses import replace

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from tests.conftest import SYNTHETIC


@pytest.fixture(scope="module")
def stays():
    """Episodes with the track and the quarter of discharge of each, read from the file."""
    with (SYNTHETIC / "episodes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    dates = [row["discharge_date"] for row in rows]
    quarters = [f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}" if day else "" for day in dates]
    return [(row["track"], quarter) for row, quarter in zip(rows, quarters, strict=True)]


def test_narrower_data_are_narrowed_again(synthetic, stays):
    """One after the other is both together; what was loaded is as it was, and a condition that is none is the same data."""
    twice = synthetic.where(track="psychosis").where(discharge_quarter=("2024-Q1", "2024-Q4"))
    once = synthetic.where(track="psychosis", discharge_quarter=("2024-Q1", "2024-Q4"))
    assert twice.episodes == once.episodes == sum(track == "psychosis" and quarter.startswith("2024") for track, quarter in stays)
    assert (len(twice.narrowings), len(once.narrowings)) == (2, 1)
    assert list(twice.count([Column("track")])) == list(once.count([Column("track")]))
    again = synthetic.where(track="psychosis").where(track="psychosis").flow[0]
    assert again == synthetic.where(track="psychosis").flow[0]
    assert synthetic.where() is synthetic and synthetic.episodes == len(stays)


def test_who_was_left_out_is_said(synthetic):
    """In the flow of episodes alone, and in what a report prints of how they were chosen."""
    narrow = synthetic.where(track=["psychosis", "adolescent"])
    flow, *others = narrow.flow
    assert flow.used == narrow.episodes and flow.rows_in == flow.used + sum(flow.excluded.values())
    assert others == list(synthetic.flow[1:])
    assert narrow.provenance.conditions == ("track psychosis or adolescent",)
    assert "only episodes with track psychosis or adolescent" in narrow.provenance.rules
    assert repr(narrow).splitlines()[0].startswith(f"Data: {narrow.episodes:,} episodes, class synthetic; working material")


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"trakc": ["a"]}, 'no column "trakc"'),
        ({"track": ["psychosiss"]}, 'no episode has track "psychosiss"'),
        ({"track": []}, 'chooses nothing in "track"'),
        ({"track": [None, "psychosis"]}, 'chooses nothing in "track"'),
        ({"track": None}, "without a value cannot be chosen"),
        ({"discharge_quarter": ("2024-Q1", "2024-05")}, "of two kinds"),
        ({"discharge_quarter": ("2024-Q4", "2024-Q1")}, "give the earlier first"),
        ({"discharge_quarter": ("2031-Q1", "2031-Q2")}, "no episode has discharge_quarter 2031-Q1 to 2031-Q2"),
    ],
)
def test_conditions_that_cannot_be_met_are_refused(synthetic, conditions, words):
    """What was given, and what is allowed."""
    with pytest.raises(iop.UsageError, match=words):
        synthetic.where(**conditions)


def test_a_period_of_discharge(synthetic, stays):
    """Quarters, months and years; two kinds, or none, are refused."""
    year = sum(quarter.startswith("2024") for _, quarter in stays)
    ends = (("2024", "2024"), ("2024-Q1", "2024-Q4"), ("2024-01", "2024-12"))
    assert [synthetic.discharged(*each).episodes for each in ends] == [year] * 3
    for each in (("2024", "2024-Q1"), ("spring", "autumn")):
        with pytest.raises(iop.UsageError, match="no two months"):
            synthetic.discharged(*each)


def test_data_without_dates():
    """Have periods of their own, or do not say when; a column of groups is named with those that there are."""
    rows = pd.DataFrame(
        {"episode_id": ["a", "b"], "track": "x", "discharge_reason": "completed", "los_days": 9, "period": ["2024", "2025"]}
    )
    mapping = {"data": {"class": "synthetic"}}
    with iop.load({"episodes": rows}, mapping=mapping) as data:
        assert data.discharged("2024", "2024").episodes == 1
        with pytest.raises(iop.UsageError, match='by: the data have no column "site" to group by'):
            data.group("site")
        with pytest.raises(iop.UsageError, match="They have the column period: choose by it"):  # and not: give the column period
            data.where(discharge_quarter=("2024-Q1", "2024-Q4"))
        without = replace(data, groups=("track",), tabulate=None)
        with pytest.raises(iop.UsageError, match="do not say when"):
            without.discharged("2024", "2024")
        with pytest.raises(iop.UsageError, match=r"not loaded by iop_outcomes\.load"):
            without.to_frame()
        assert data.group("track") == "track" and data.data_class == "synthetic"
        assert [list(each) for each in data.count_all([[Column("track")], []])] == [[(("x",), 2)], [((), 2)]]


def test_answers_at_admission_and_discharge_are_no_scores():
    """Columns work_admit and work_discharge, declared as covariates: of narrower data, and of a share, they were taken for a scale called work."""
    rows = [
        {"episode_id": f"e{i}", "track": "ab"[i % 2], "discharge_reason": "completed", "los_days": 9, "phq9_admit": 12, "phq9_discharge": 8}
        | {"work_admit": ("yes", "no")[i % 3 == 0], "work_discharge": ("yes", "no")[i % 5 == 0]}
        for i in range(40)
    ]
    mapping = {"data": {"class": "synthetic"}, "covariates": {"work_admit": "category", "work_discharge": "category"}}
    with iop.load(pd.DataFrame(rows), mapping=mapping) as data:
        assert data.facts.scales == {"phq9"}
        narrow = data.where(track="a")
        assert narrow.facts.scales == {"phq9"}
        assert iop.paired_yes_no(narrow, definition="work").results.estimates[0].n == 20
        assert set(iop.share(data, name="One", policy="internal").manifest.scales) == {"phq9"}
