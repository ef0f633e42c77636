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
