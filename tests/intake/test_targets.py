"""Takes what a mapping says of a program and its targets, gives proof of what is read and of what is refused."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from iop_outcomes.intake.mapping import read_mapping
from iop_outcomes.intake.targets import Target, named_targets
from iop_outcomes.scales import load_scales

GOOD = {"value": "55%", "direction": "at_least", "source": "Board, 2025"}


def read(targets):
    """The targets of a mapping, with their names."""
    return named_targets(read_mapping({"targets": targets}).targets, load_scales(), "mapping")


@pytest.mark.parametrize(
    ("value", "share"),
    [("55%", 0.55), (" 7.5 % ", 0.075), ("1%", 0.01), ("100%", 1), (0.55, 0.55), (55, 0.55), (0, 0), (100, 1), (1.5, 0.015)],
)
def test_a_share_or_a_percentage(value, share):
    """Both are read as a share; what is written with a sign is a percentage."""
    (target,) = read({"completion": {**GOOD, "value": value}})
    assert target.value == pytest.approx(share, abs=1e-12)


@pytest.mark.parametrize("value", [1, 1.0, True, -0.1, 101, "101%", "55", "half", float("nan"), [55], "1e1%"])
def test_a_value_that_may_be_either_or_neither(value):
    """1 is everybody or one in a hundred; nothing is guessed."""
    with pytest.raises(DataError, match=r'\[targets.completion\] value: must be a percentage such as "55%"'):
        read({"completion": {**GOOD, "value": value}})


def test_the_first_number_of_a_measure_and_another():
    """A section is for the first share of its measure, one below it for the share it names."""
    worse = {"value": "5%", "direction": "at_most", "source": "Payer"}
    targets = read({"phq9_reliable_change": {**GOOD, "reliable_deterioration": worse}, "phq9_change": GOOD, "readmission": worse})
    assert targets == (
        Target("phq9_reliable_change", "reliable_improvement", 0.55, "at_least", "Board, 2025"),
        Target("phq9_reliable_change", "reliable_deterioration", 0.05, "at_most", "Payer"),
        Target("phq9_change", "paired_rate", 0.55, "at_least", "Board, 2025"),
        Target("readmission", "cumulative_incidence", 0.05, "at_most", "Payer"),
    )


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ({"complete": GOOD}, r'\[targets.complete\]: no measure is called "complete". Did you mean "completion"'),
        ({"length_of_stay": GOOD}, "is not a share of length_of_stay"),
        ({"phq9_change": {"mean_change": GOOD}}, "mean_change is not a share of phq9_change"),
        ({"completion": {"finished": GOOD}}, r"\[targets.completion.finished\]: finished is not a share of completion"),
        ({"completion": {**GOOD, "completion_strict": GOOD}}, "completion_strict has two targets"),
        ({"completion": {"value": "55%", "direction": "at_least"}}, "needs source"),
        ({"completion": {**GOOD, "direction": "more"}}, 'direction: "more" is not allowed'),
        ({"completion": {**GOOD, "goal": 1}}, 'no key "goal"'),
        ({"completion": {**GOOD, "source": " "}}, "source: must be a text of one line"),
        ({"completion": {**GOOD, "source": "a\nb"}}, "source: must be a text of one line"),
        ({"completion": 55}, "must be a table"),
        ({"completion": {}}, "needs value"),
    ],
)
def test_what_no_target_can_be(targets, says):
    """The message names the section, what is wrong and what is allowed."""
    with pytest.raises(DataError, match=says):
        read(targets)


def test_the_name_of_a_program():
    """One line of text; it stays with data that are narrowed."""
    rows = pd.DataFrame({"episode_id": ["1", "2"], "track": ["a", "b"], "discharge_reason": ["completed"] * 2, "los_days": [3, 4]})
    mapping = {"data": {"class": "synthetic"}, "program": {"name": " Riverside IOP "}, "targets": {"completion": GOOD}}
    with iop.load({"episodes": rows}, mapping=mapping) as data:
        assert data.program == data.where(track="a").program == "Riverside IOP"
        assert data.targets == data.where(track="a").targets == read({"completion": GOOD})
    for name in ("", "a\nb", 5, "x" * 121):
        with pytest.raises(DataError, match=r"\[program\] name: must be a text of one line"):
            read_mapping({"program": {"name": name}})
    with pytest.raises(DataError, match=r'\[program\]: no key "title"'):
        read_mapping({"program": {"title": "x"}})
