"""Takes a scale file that contradicts itself, gives the error that names both places."""

from __future__ import annotations

from pathlib import Path

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.scales import load_scales
from tests.scales.test_scales import WELL, write


def test_a_profile_and_a_cut_off_of_one_name_must_agree(tmp_path: Path) -> None:
    """is_case(profile=...) may not mean two things."""
    with pytest.raises(DataError, match=r"profiles\.standard\.case_cutoff: must be \"standard\""):
        load_scales(write(tmp_path, WELL.replace("[profiles.strict]", "[profiles.standard]").replace('case_cutoff = "standard"\n', "")))
