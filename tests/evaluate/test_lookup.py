"""Takes names of measures and data, gives the declaration as these data can answer it, or why they cannot."""

from dataclasses import replace

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import NotAssessableError, UsageError
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.lookup import declaration, look_up
from iop_outcomes.measures import declared


def test_options_reach_the_declaration(synthetic):
    """The days, the scale, and the kind of a definition."""
    measure = look_up(synthetic, "relapse", "any_use", at=(45,))
    assert (measure.name, measure.variant) == ("relapse", "any_use")
    assert look_up(synthetic, "phq9_change").name == look_up(synthetic, "symptom_change", scale="phq9").name == "phq9_change"


def test_the_convention_of_the_data_names_the_stay():
    """A file whose stays end with the last contact has another measure of them, under names of their own."""
    frame = pd.DataFrame({"episode_id": ["E1"], "track": "a", "discharge_reason": "completed", "los_days": [10]})
    with iop.load({"episodes": frame}, mapping={"data": {"class": "synthetic", "los_convention": "last_contact"}}) as data:
        assert {row.name for row in look_up(data, "length_of_stay").estimands} & {"los_median", "los_mean"} == set()


def test_an_unknown_name_gives_the_nearest(synthetic):
    """In the words of every other unknown name."""
    with pytest.raises(UsageError, match='Did you mean "completion"'):
        look_up(synthetic, "completon")


def test_an_ask_of_a_column_or_a_scale_is_of_who_is_in_each_group(synthetic):
    """Two columns are two declarations; any other ask is a measure."""
    titles = {declaration(Ask("participants", column=column), synthetic).title for column in ("sex", "age_group")}
    titles |= {declaration(Ask("participants", scale="phq9"), synthetic).title, declaration(Ask("completion"), synthetic).title}
    assert len(titles) == 4


def test_what_the_data_cannot_is_said_before_anything_is_counted(synthetic):
    """The door that read them says what they lack, and a measure that needs it is refused in those words."""
    (need,) = declared("readmission", synthetic.scales).needs
    without = replace(synthetic, cannot={need: "the file holds no days after discharge."})
    with pytest.raises(NotAssessableError, match=r"^readmission is not assessable: the file holds no days after discharge\.$"):
        look_up(without, "readmission")
    assert look_up(without, "completion").name == "completion"
