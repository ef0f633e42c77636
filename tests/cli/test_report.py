"""Takes command lines whose report cannot be made or written, gives an exit code, a sentence, and files as they were."""

from iop_outcomes.cli import run
from tests.intake import sites


def test_the_command_line_leaves_with_4_when_the_output_is_a_file(tmp_path, capsys):
    """A file stands where the folder should be."""
    target, data = tmp_path / "reports", sites.write(tmp_path / "data", scores=None, events=None)
    target.write_bytes(b"a file")
    assert run(["report", str(data), "--pack", "accreditation", "--output", str(target)]) == 4
    assert "error: " in capsys.readouterr().err
    assert target.read_bytes() == b"a file"


def test_the_command_line_leaves_with_2_when_data_are_refused_and_writes_nothing(tmp_path, capsys):
    """No report stands half made when the data cannot be used."""
    assert run(["report", str(tmp_path / "nowhere"), "--output", str(tmp_path / "out")]) == 2
    assert "error: " in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
