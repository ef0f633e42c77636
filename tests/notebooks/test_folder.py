"""Takes names of notebooks, gives copies that overwrite nothing and find their data."""

from __future__ import annotations

import re

import pytest

from iop_outcomes.cli import run
from tests.cli.test_notebook import NAMES, ROOT


def test_copy_overwrites_nothing(tmp_path, capsys):
    """All of them, or those named; where one stands already, nothing is copied and the sentence says what to do."""
    assert run(["notebook", "copy", "04_readmission", "--output", str(tmp_path / "one")]) == 0
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["04_readmission.ipynb"]
    (tmp_path / "one" / "04_readmission.ipynb").write_text("mine", encoding="utf-8")
    assert run(["notebook", "copy", "--output", str(tmp_path / "one")]) == 2
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["04_readmission.ipynb"]
    assert (tmp_path / "one" / "04_readmission.ipynb").read_text(encoding="utf-8") == "mine"
    said = capsys.readouterr().err
    assert "04_readmission.ipynb stands there already" in said and "--output" in said
    assert run(["notebook", "copy", "--output", str(tmp_path / "all")]) == 0
    assert sorted(path.stem for path in (tmp_path / "all").iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_the_same_but_for_the_way_to_its_data(name, tmp_path, monkeypatch):
    """One line differs: the data, named as they are seen from the copy, which finds them from any folder."""
    monkeypatch.chdir(tmp_path)
    assert run(["notebook", "copy", name, "--output", "far/away"]) == 0
    old = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8").splitlines()
    new = (tmp_path / "far" / "away" / f"{name}.ipynb").read_text(encoding="utf-8").splitlines()
    ((before, after),) = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
    assert before.strip() == r'"source = \"../data/synthetic\"\n",'
    written = re.fullmatch(r'"source = \\"(.*)\\"\\n",', after.strip())[1]
    assert not written.startswith("/")
    assert (tmp_path / "far" / "away" / written).resolve() == ROOT / "data" / "synthetic"


def test_a_person_s_own_notebook_is_copied_as_it_is(tmp_path):
    """Whatever it holds, broken or not: the same bytes."""
    (tmp_path / "mine.ipynb").write_bytes(b"{broken")
    assert run(["notebook", "copy", str(tmp_path / "mine.ipynb"), "--output", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "mine.ipynb").read_bytes() == b"{broken"


@pytest.mark.parametrize("words", [["copy", "04_readmision"], ["run", "04_readmision"]])
def test_an_unknown_notebook_is_refused_with_the_nearest(words, tmp_path, capsys):
    """Exit code 2, and the name that was probably meant."""
    assert run(["notebook", *words, "--output", str(tmp_path)]) == 2
    assert 'Did you mean "04_readmission"?' in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
