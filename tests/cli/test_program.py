"""Takes conditions as a person types them, gives the program narrowed to them, and what a command says and ends with after it."""

import click
import pytest

from iop_outcomes.cli import run
from iop_outcomes.cli.program import as_typed, exit_code, left_out, narrowed, next_command, would_leave_out
from iop_outcomes.errors import UsageError
from iop_outcomes.results import Flow


def test_conditions_narrow_the_program(synthetic):
    """Values of one column, then another, then a period: as Python's own calls do."""
    typed = narrowed(synthetic, ["track=psychosis,adolescent", "modality=virtual"], ("2024-Q1", "2024-Q4"))
    called = synthetic.where(track=["psychosis", "adolescent"], modality="virtual").discharged("2024-Q1", "2024-Q4")
    assert 0 < typed.episodes == called.episodes < synthetic.episodes
    assert narrowed(synthetic, [], None).episodes == synthetic.episodes


@pytest.mark.parametrize("entry", ["track", "track=", "psychosis"])
def test_what_is_no_condition(synthetic, entry):
    """With how one is written; a column twice, too."""
    for entries in ([entry], ["track=psychosis", "track=adolescent"]):
        with pytest.raises(click.UsageError, match="write COLUMN=VALUE,VALUE"):
            narrowed(synthetic, entries, None)


@pytest.mark.parametrize("column", ["self", "", "nothing"])
def test_a_column_that_the_data_do_not_have(synthetic, column):
    """Whatever it is called."""
    with pytest.raises(UsageError, match=f'the data have no column "{column}" of groups'):
        narrowed(synthetic, [f"{column}=x"], None)


def test_episodes_that_were_not_asked_for_are_no_fault(synthetic):
    """Nor is a flow without faults; a fault that left rows out ends a command with 1."""
    assert exit_code(synthetic) == exit_code(narrowed(synthetic, ["track=psychosis"], None)) == 0
    flow = Flow("episodes", 1200, {"rows with an error": 3, "outside track psychosis": 900})
    assert left_out(flow) == {"rows with an error": 3}
    assert would_leave_out(flow) == "episodes: 3 of 1,200 rows would be left out (3 rows with an error); 297 remain"


def test_the_next_command_can_be_typed():
    """Names with blanks in quotation marks, and none that cannot be printed."""
    assert (
        next_command("my data", "a.toml", None, refused=False, faulty=True)
        == "Next: iop-outcomes report 'my data' --mapping a.toml --on-error exclude"
    )
    assert next_command("d", None, "omop", refused=True).endswith("iop-outcomes check d --layout omop")
    assert as_typed("a\u202eb") == "DATA"


def test_rows_left_out_without_a_fault_are_said_where_the_code_is_1(tmp_path, capsys):
    """A copy is kept once: the command ends with 1, and nothing said why."""
    rows = "".join(f"e{i},t,completed,{i + 3}\n" for i in range(20))
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    for extra, code, words in [("", 0, ""), ("e3,t,completed,6\n", 1, "excluded: episodes: 1 of 21 rows (1 exact copy)\n")]:
        (tmp_path / "episodes.csv").write_text("episode_id,track,discharge_reason,los_days\n" + rows + extra, encoding="utf-8")
        assert run(["summary", str(tmp_path)]) == code
        assert capsys.readouterr().err == words
