"""Takes scales of a site so called that a measure of them would be another's, gives proof that they are refused, and that odd names alone are not."""

from __future__ import annotations

from importlib.resources import files

import pandas as pd
import pytest

import iop_outcomes as iop

CORE = files("iop_outcomes").joinpath("scales")


def _program(scale, tmp_path):
    """Twelve episodes with the PHQ-9 and a scale of the site, which is the CORE-10 by another name."""
    text = next(CORE.rglob("core10.toml")).read_text(encoding="utf-8")
    (tmp_path / f"{scale}.toml").write_text(text.replace('name = "core10"', f'name = "{scale}"', 1), encoding="utf-8")
    scores = {f"{name}_{moment}": [14 - down] * 12 for name in ("phq9", scale) for moment, down in (("admit", 0), ("discharge", 8))}
    rows = {"episode_id": [f"E{place}" for place in range(12)], "track": ["a", "b"] * 6, "discharge_reason": ["completed"] * 12}
    return iop.load(pd.DataFrame(rows | {"los_days": range(12)} | scores), scales=tmp_path, mapping={"data": {"class": "synthetic"}})


@pytest.mark.parametrize("scale", ["phq9_reliable", "symptom", "reliable"])
def test_a_measure_of_one_scale_never_answers_for_another(scale, tmp_path):
    """The change of "phq9_reliable" would be what reliable change of the PHQ-9 is called, and was given in its place."""
    with pytest.raises(iop.UsageError, match=rf'A scale called "{scale}" would have a measure called "{scale}_change".+ another name'):
        _program(scale, tmp_path)


@pytest.mark.parametrize("scale", ["completion", "phq9_change", "track"])
def test_a_scale_called_like_something_else_is_a_scale(scale, tmp_path):
    """Of a measure, of a measure of another scale, of a column."""
    with _program(scale, tmp_path) as data:
        frame = iop.symptom_change(data, scale=scale).to_frame().set_index("estimand")
        assert frame.value["mean_change"] == 8
        assert iop.reliable_change(data, scale="phq9").to_frame().set_index("estimand").k["reliable_improvement"] == 12


def test_a_covariate_called_like_a_column_of_another_table_is_told_how_to_be_called():
    """Its words of [codes] and [missing] would be those of the events."""
    with pytest.raises(
        iop.DataError, match=r'"kind" is a column of events.+ own_kind = "category" and \[columns\.episodes\] own_kind = "kind"'
    ):
        iop.load(pd.DataFrame({"episode_id": ["a"]}), mapping={"covariates": {"kind": "category"}})
