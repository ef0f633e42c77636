"""Takes folders of scale files, gives the scales of both, or what is wrong with the folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.scales import get_scale, load_scales
from tests.scales.test_scales import WELL, write


def test_a_folder_adds_and_overrides(tmp_path: Path) -> None:
    """A user's files join the shipped ones, replace those of the same name, and leave the shipped ones as they were."""
    write(tmp_path, WELL)
    write(tmp_path, "\ufeff" + WELL.replace('"mood"', '"phq9"').replace("Mood, 4 items", "Ours"), "phq9.toml")
    write(tmp_path, "not a scale", ".phq9.toml")
    write(tmp_path, "not a scale", "README.md")
    scales = load_scales(tmp_path)
    assert set(scales) == {*load_scales(), "mood"}
    assert (scales["phq9"].title, get_scale("phq9", scales).items, get_scale("phq9").items) == ("Ours", 4, 9)
    assert scales["mood"].unverified == ("case_cutoffs.standard",)
    assert scales["mood"].profile("strict").op == ">"
    assert load_scales(str(tmp_path))["mood"] == scales["mood"]


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    """A folder that is not there, holds no scale file, or holds a folder called like one."""
    with pytest.raises(DataError, match="not a folder"):
        load_scales(tmp_path / "none")
    with pytest.raises(DataError, match=r"holds no \.toml file"):
        load_scales(tmp_path)
    tmp_path.joinpath("mood.toml").mkdir()
    with pytest.raises(DataError, match="cannot be read"):
        load_scales(tmp_path)


@pytest.mark.parametrize("asked", ["phq_9", "PHQ-9", "phq99"])
def test_an_unknown_scale_gives_the_nearest(asked: str) -> None:
    """A slip in the name is answered with the name that was meant, and all names."""
    with pytest.raises(UsageError, match=r'Did you mean "phq9"\?.*Allowed: asrm, audit, auditc'):
        get_scale(asked)
