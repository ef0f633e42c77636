"""Takes files and folders of a reader, gives their studies, or which file is wrong and what to do."""

import pytest

from iop_outcomes.errors import DataError
from iop_outcomes.published.study_files import added_studies, shipped_studies

TEXT = 'citation = "Mine"\nsource = "doi"\ndesign = "single_group"\nscope = "one_program"\nverified = ["seen"]\n'


def written(folder, name, id_=None):
    """A study's file of its own."""
    path = folder / f"{name}.toml"
    path.write_text(f'id = "{id_ or name}"\n{TEXT}', encoding="utf-8")
    return path


def test_a_file_a_folder_and_several(tmp_path):
    """In the order of names within a folder, in the order given else; side files of other systems are none."""
    one, other = written(tmp_path, "b_2020"), written(tmp_path, "a_2021")
    (tmp_path / "._b_2020.toml").write_text("no toml", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no study", encoding="utf-8")
    assert [study.id for study in added_studies(one)] == ["b_2020"]
    assert [study.id for study in added_studies(str(tmp_path))] == ["a_2021", "b_2020"]
    assert [study.id for study in added_studies([one, other])] == ["b_2020", "a_2021"]
    assert added_studies(None) == added_studies([]) == ()


def test_what_is_no_study(tmp_path):
    """A file that is not there, of another kind, of another name, and a folder without one."""
    (tmp_path / "paper.pdf").write_bytes(b"%PDF")
    (tmp_path / "empty").mkdir()
    for path, words in (
        (tmp_path / "absent.toml", "does not exist; give a study's .toml file"),
        (tmp_path / "paper.pdf", "is neither .toml"),
        (tmp_path / "empty", "holds no .toml file; put one file per study there"),
        (written(tmp_path, "called", "named"), 'key id: is "named", so the file must be called named.toml'),
    ):
        with pytest.raises(DataError, match=words):
            added_studies(path)


def test_those_of_the_package_are_read_once_and_named_once():
    """The same tuple again; no two of one id."""
    studies = shipped_studies()
    assert shipped_studies() is studies
    assert len({study.id for study in studies}) == len(studies) > 30
