"""Takes each public function of a measure, gives what the measure itself gives, and refuses what is no level of confidence."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import UsageError

EPISODES = pd.DataFrame({"episode_id": [f"e{n}" for n in range(30)], "track": "mood", "discharge_reason": "completed", "los_days": 30})


@pytest.mark.parametrize(
    ("ask", "options", "name", "asked"),
    [
        (iop.completion, {"by": "track"}, "completion", {"by": "track"}),
        (iop.completion, {"denominator": "teds_all"}, "completion", {"definition": "teds_all"}),
        (iop.length_of_stay, {"conf_level": 0.9}, "length_of_stay", {"conf_level": 0.9}),
        (iop.discharge_reasons, {}, "discharge_reasons", {}),
        (iop.symptom_change, {"scale": "gad7", "by": "modality"}, "symptom_change", {"scale": "gad7", "by": "modality"}),
        (iop.reliable_change, {"scale": "phq9"}, "reliable_change", {"scale": "phq9"}),
        (iop.relapse, {"definition": "any_use", "at": (30,)}, "relapse", {"definition": "any_use", "at": (30,)}),
    ],
)
def test_a_function_asks_the_measure_of_its_name(synthetic, ask, options, name, asked):
    """With the options that it is given, under the names that any measure has for them."""
    assert ask(synthetic, **options).to_frame().equals(iop.measure(synthetic, name, **asked).to_frame())


@pytest.mark.parametrize("level", [0, 1, -0.1, 95, float("nan")])
def test_a_level_of_confidence_is_a_share(synthetic, level):
    """Before anything is counted."""
    with pytest.raises(UsageError, match=r"conf_level: \S+ is not between 0 and 1, such as 0\.95\."):
        iop.completion(synthetic, conf_level=level)


def test_names_that_no_measure_has(synthetic):
    """The nearest is offered."""
    with pytest.raises(UsageError, match='Did you mean "completion"'):
        iop.measure(synthetic, "complesion")


def test_data_are_closed_with_their_block():
    """Their private folder goes; an argument of another kind is refused before anything is read."""
    with iop.load({"episodes": EPISODES}, mapping={"data": {"class": "synthetic"}}) as data:
        folder = data.engine.connection.folder
        assert (folder.is_dir(), data.episodes) == (True, 30)
    assert not folder.exists()
    with pytest.raises(UsageError, match="load: layout is of type int"):
        iop.load({"episodes": EPISODES}, layout=3)
