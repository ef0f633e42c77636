"""Takes a command line about scales, gives the list of all or everything of one, a site's own among them."""

import pytest

from iop_outcomes.cli import run
from iop_outcomes.scales import load_scales
from tests.scales.test_scales import WELL


def test_every_scale_is_listed(capsys):
    """By its name, one to a line."""
    assert run(["scales"]) == 0
    names = {line.split()[0] for line in capsys.readouterr().out.splitlines() if line.split()}
    assert set(load_scales()) <= names


def test_one_of_a_site(tmp_path, capsys):
    """From a folder beside the shipped ones."""
    (tmp_path / "mood.toml").write_text(WELL)
    assert run(["scales", "mood", "--folder", str(tmp_path)]) == 0
    assert "mood" in capsys.readouterr().out.lower()
    assert run(["scales", "mood"]) == 2


@pytest.mark.parametrize("arguments", [["phq99"], ["phq9", "--folder", "nowhere"], ["phq9", "--folder", ""]])
def test_what_is_no_scale_or_folder(capsys, arguments):
    """An empty folder name, as of a variable that was never set, is not the current folder."""
    assert run(["scales", *arguments]) == 2
    assert capsys.readouterr().err


def test_the_mapping_names_the_folder_of_a_site(tmp_path, capsys):
    """So that every command has its scales: beside the mapping, whatever folder it is called from; one that is not there is named."""
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "mood.toml").write_text(WELL)
    rows = [f"e{i},a,completed,30,{4 + i % 5},{2 + i % 3}" for i in range(20)]
    (tmp_path / "episodes.csv").write_text("\n".join(["episode_id,track,discharge_reason,los_days,mood_admit,mood_discharge", *rows]))
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\nscales = "ours"\n')
    assert run(["summary", str(tmp_path), "--measure", "symptom_change", "--scale", "mood", "--policy", "internal", "--csv"]) == 0
    (row,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("mood_change,") and ",mean_change," in line]
    assert ",3.05," in row  # from 6 to 2.95 on average
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\nscales = "theirs"\n')
    assert run(["check", str(tmp_path)]) == 2
    assert "theirs: not a folder" in capsys.readouterr().err
