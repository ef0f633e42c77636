"""Takes drawn programs, gives proof that the parameters meet the published benchmarks that they were taken from."""

from __future__ import annotations

from statistics import fmean, median, stdev

import pytest

from iop_outcomes.synthetic.parameters import REASONS
from iop_outcomes.synthetic.truth import true_values
from tests.synthetic.drawn import TRACK_NAMES, Program, completions, shares


@pytest.mark.parametrize(("track", "low", "high"), [("substance_use", 0.38, 0.42), ("psychosis", 0.75, 0.79), ("All", 0.53, 0.60)])
def test_completion_meets_its_benchmarks(large: Program, track: str, low: float, high: float) -> None:
    """Completion near the Treatment Episode Data Set 2004 (substance use) and Samplin 2022 (psychosis), others between."""
    true = large.truth["observed"][track]["completion"]["completion_strict"]
    assert low < true < high
    assert low - 0.03 < fmean(completions(large.of_track(track))) < high + 0.03


def test_substance_use_reasons_meet_teds_2004(large: Program) -> None:
    """Transfers near 18 %, drop-out near 23 % and termination near 14 %, as in the Treatment Episode Data Set 2004."""
    reason = shares(row["discharge_reason"] for row in large.of_track("substance_use"))
    assert 0.16 < sum(reason(name) for name in REASONS if name.startswith("transferred")) < 0.20
    assert 0.21 < reason("dropped_out") < 0.25 and 0.10 < reason("terminated_by_program") < 0.15


def test_stays_meet_their_benchmarks(large: Program) -> None:
    """Median stay about 41 days with a long right tail; psychosis mean 52 (SD 30), Samplin 2022."""
    stays = [row["los"] for row in large.episodes if row["los"] is not None]
    assert 37 < median(stays) < 44 and fmean(stays) > median(stays) + 3 and max(stays) > 200 and min(stays) == 0
    psychosis = [row["los"] for row in large.of_track("psychosis") if row["los"] is not None]
    assert abs(fmean(psychosis) - 52) < 4 and abs(stdev(psychosis) - 30) < 6


@pytest.mark.parametrize(
    ("scale", "before", "after"), [("phq9", (15.4, 5.5), (9.4, 6.4)), ("gad7", (14.0, 4.5), (8.4, 5.7))], ids=["phq9", "gad7"]
)
def test_scores_meet_their_benchmarks(large: Program, scale: str, before: tuple[float, float], after: tuple[float, float]) -> None:
    """Means and SDs of the observed pairs near NHS Talking Therapies 2022-23."""
    columns = list(zip(*large.pairs(scale).values(), strict=True))
    for values, (mean, sd) in zip(columns, (before, after), strict=True):
        assert abs(fmean(values) - mean) < 0.5 and abs(stdev(values) - sd) < 0.5


def test_readmission_and_relapse_meet_their_benchmarks() -> None:
    """Psychiatric readmission by day 180 is 13-20 % in every track; relapse is high in substance use and low elsewhere."""
    truth = true_values()["observed"]
    assert all(0.13 < truth[track]["readmission"]["180"] < 0.20 for track in TRACK_NAMES)
    assert truth["substance_use"]["relapse_any_use"]["180"] > 0.4
    assert truth["mental_health"]["relapse_any_use"]["365"] < 0.1
