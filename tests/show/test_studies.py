"""Takes pooled results, gives proof that they are what charts of studies ask for, and that a chart asks for no more."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from iop_outcomes.show.forest_of_studies import forest_of_studies
from iop_outcomes.show.funnel_of_studies import funnel_of_studies
from iop_outcomes.show.studies import ShownEstimates, ShownPool, ShownScale, ShownStudy
from tests.show.pools import pool


def members(shape):
    """What a shape asks for."""
    return {name for name in vars(shape) if not name.startswith("_")}


def test_a_pooled_result_has_all_of_it():
    """It, its studies, its scale and its estimates."""
    pooled = pool()
    for shape, thing in ((ShownPool, pooled), (ShownStudy, pooled.rows[0]), (ShownScale, pooled.scale), (ShownEstimates, pooled.studies)):
        assert all(hasattr(thing, name) for name in members(shape)), shape


@dataclass
class Bare:
    """The members of `ShownPool` alone."""

    k: int
    value: float
    rows: list
    shown: dict
    scale: object
    studies: object

    def sentence(self):
        """In words."""
        return "Pooled."


def test_a_chart_asks_for_nothing_else():
    """A result of another kind with these members draws both."""
    rows = [SimpleNamespace(study=f"s{i}", value=0.1 * i, low=0.1 * i - 0.2, high=0.1 * i + 0.2, weight=50.0) for i in range(2)]
    scale = SimpleNamespace(name="linear", words="difference", neutral=0.0, shown=float)
    studies = SimpleNamespace(value=np.array([0.0, 0.1]), variance=np.array([0.01, 0.01]))
    shown = {"value": 0.05, "low": -0.1, "high": 0.2, "prediction_low": float("nan"), "prediction_high": float("nan")}
    bare = Bare(2, 0.05, rows, shown, scale, studies)
    assert set(vars(bare)) | {"sentence"} == members(ShownPool)
    assert "2 published studies" in forest_of_studies(bare).words
    assert "2 published studies" in funnel_of_studies(bare).words
