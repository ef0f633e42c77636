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
