"""Takes a command line about a comparison, gives each group against the others, by the number that the data hold."""

from iop_outcomes.cli import run


def test_the_command_compares_the_number_that_the_data_hold(tmp_path, capsys):
    """Stays to the last contact have their own number, and it is the one compared unless another is named."""
    rows = "".join(f"e{i},{'mh' if i % 2 else 'su'},completed,{20 + i}\n" for i in range(80))
    (tmp_path / "episodes.csv").write_text(f"episode_id,track,discharge_reason,los_days\n{rows}")
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\nlos_convention = "last_contact"\n')
    assert run(["compare", str(tmp_path), "--measure", "length_of_stay", "--csv"]) == 0
    heads, *lines = (line.split(",") for line in capsys.readouterr().out.splitlines())
    found = {(row[heads.index("estimand")], row[heads.index("contrast")]) for row in lines}
    assert ("los_to_last_contact_median", "minus_others") in found
    assert {name for name, contrast in found if contrast} == {"los_to_last_contact_median"}


def test_the_command_adjusts_and_holds_against_a_margin(capsys):
    """A table as it stands, one after allowing for the columns, both verdicts in each, and who is left out."""
    told = ["compare", "data/synthetic", "--by", "modality", "--adjust", "phq9_pre_band,age_group", "--margin", "0.1"]
    assert run(told) == 0
    text = capsys.readouterr().out
    assert text.count("Non-inferior by 10 percentage points") == 2
    assert "Completion: completed, after allowing for PHQ-9 band at admission and age group, each group against the others together" in text
    assert "Left out of the adjusted comparison: up to 20 episodes in 3 of 35 strata in which either side has too few." in text
    assert run([*told[:4], "--adjust", "discharge_reason"]) == 2
    assert "what comes of care cannot be allowed for" in capsys.readouterr().err
