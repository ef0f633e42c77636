"""Takes rows that came and why some were left out, gives a flow that adds up; and the cells of an estimate in plain words."""

from types import SimpleNamespace

import pytest

import iop_outcomes as iop
from iop_outcomes.keys import Contrast, Flag, Word
from iop_outcomes.results import COLUMNS, Flow, Inclusion, Portion, as_words


def test_a_flow_adds_up_and_names_no_reason_of_nobody():
    """10 in = 7 used + 2 + 1; a reason without rows is not said."""
    flow = Flow("episodes", 1210, {"still in care": 200, "died": 3, "not started": 0})
    assert flow.used == 1007
    assert str(flow) == "episodes: 1,210 in = 1,007 used + 200 still in care + 3 died"


def test_a_portion_is_written_in_one_order():
    """Sets have none."""
    assert str(Portion("discharges", frozenset({"transferred", "completed"}))) == "discharges: completed, transferred"
    one = Portion("w", frozenset({"a"}))
    assert Inclusion(one, Portion("w", frozenset({"a", "b"}))).guarded is False


def test_members_of_closed_sets_are_plain_words_in_a_frame():
    """A str that is no plain str would be written otherwise by some libraries."""
    cells = as_words(
        SimpleNamespace(
            flag=frozenset({Flag.FEW_PATIENTS}),
            group="track",
            level="a",
            group_2="",
            level_2="",
            contrast=Contrast.MINUS_OTHERS,
            versus="",
            word=Word.HIGHER,
        )
    )
    assert cells["flag"] == "few_patients"
    assert (cells["contrast"], cells["word"]) == ("minus_others", "higher")
    assert all(type(value) is str for value in cells.values())


def test_a_frame_has_the_columns_in_their_order(synthetic):
    """As the design lists them; one row for each estimate."""
    answer = iop.completion(synthetic, by="track")
    frame = answer.to_frame()
    design = "measure definition group level group_2 level_2 estimand time contrast versus adjustment value se low high p p_adjusted word statistic df"
    design += " conf_level method n k n_at_risk n_missing excluded unit flag"
    assert list(frame.columns) == list(COLUMNS) == design.split()


def test_results_say_what_they_are_and_no_number(synthetic):
    """All that they hold was written out: counts of every cell."""
    assert (
        repr(iop.completion(synthetic, by="track").results)
        == "Results: Completion by track, 36 estimates; working material, to be handled like the data"
    )


def test_an_estimand_that_a_definition_lacks_is_no_silence(synthetic):
    """Its definitions are looked up by name."""
    definition = iop.completion(synthetic).definition
    assert definition.estimand("completion_strict").name == "completion_strict"
    with pytest.raises(StopIteration):
        definition.estimand("completion")
