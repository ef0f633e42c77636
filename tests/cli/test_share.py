"""Takes command lines of two programs, gives the folders that they share and the report of both."""

import pytest

from iop_outcomes.cli import run
from tests.intake.shares.test_pooled import rows


@pytest.mark.long
def test_the_command_line_shares_and_pools(tmp_path, capsys):
    """From rows to the report of a network."""
    frames = rows(3, 120)
    for site in ("ash", "elm"):
        own = frames["episodes"][frames["episodes"].program == site].drop(columns="program")
        (tmp_path / site).mkdir()
        own.to_csv(tmp_path / site / "episodes.csv", index=False)
        (tmp_path / site / "mapping.toml").write_text(f'[data]\nclass = "synthetic"\n[program]\nname = "{site}"\n')
        arguments = ["share", str(tmp_path / site), "--pack", "payer", "--policy", "internal", "-o", str(tmp_path / f"{site}_counts")]
        assert run(arguments) == 0
    assert run(["pool", str(tmp_path / "ash_counts"), str(tmp_path / "elm_counts"), "--pack", "payer", "-o", str(tmp_path / "out")]) == 0
    assert "payer.html" in capsys.readouterr().out
    assert run(["pool", str(tmp_path / "ash")]) == 2


def test_tables_are_shared_by_one_column(capsys):
    """Two are refused before any data are read: the folder does not exist."""
    assert run(["share", "nowhere", "--by", "track,site"]) == 2
    assert "--by: tables are shared by one column." in capsys.readouterr().err
