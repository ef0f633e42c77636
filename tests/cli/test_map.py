"""Takes a command line about data, gives a mapping to finish: printed, or as a file that was not there."""

import tomllib

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_OUTPUT, EXIT_USAGE
from iop_outcomes.intake.propose import propose
from tests.intake import sites


def test_nothing_left_to_finish(tmp_path, capsys):
    """Days and canonical words: the strictest class is proposed, the mapping loads, and the command ends with 0."""
    folder = sites.write(tmp_path, mapping=None)
    assert run(["map", str(folder), "--output", str(folder / "mapping.toml")]) == EXIT_DONE
    shown = capsys.readouterr()
    assert shown.out == f"{folder / 'mapping.toml'}\n" and shown.err == f"nothing left to finish; then run: iop-outcomes check {folder}\n"
    with iop.load(folder) as data:
        assert data.data_class == "safe_harbor" and data.episodes == 24


def test_the_command_prints_and_never_overwrites(tmp_path, capsys):
    """Standard output by default; a file only when asked, and none that stands there."""
    folder = sites.write(tmp_path / "dated", mapping=None, episodes=sites.dated(), scores=None, events=None)
    assert run(["map", str(folder)]) == EXIT_FINDINGS
    shown = capsys.readouterr()
    assert shown.out == propose(folder).text and shown.err == f"1 to finish; then run: iop-outcomes check {folder}\n"
    assert [path.name for path in folder.iterdir()] == ["episodes.csv"]
    target = tmp_path / "mapping.toml"
    target.write_text("# mine\n")
    assert run(["map", str(folder), "--output", str(target)]) == EXIT_OUTPUT
    assert "stands there already" in capsys.readouterr().err and target.read_text() == "# mine\n"


def test_paths_start_where_the_mapping_will_stand(tmp_path):
    """Written elsewhere, the mapping still finds its tables."""
    folder = sites.write(tmp_path / "data", mapping=None, scores=None, events=None)
    elsewhere = tmp_path / "elsewhere" / "deep" / "mapping.toml"
    assert run(["map", str(folder), "--output", str(elsewhere)]) == EXIT_DONE
    (path,) = tomllib.loads(elsewhere.read_text(encoding="utf-8"))["tables"].values()
    assert (elsewhere.parent / path).samefile(folder / "episodes.csv")


def test_what_a_mapping_leaves_open_is_said(tmp_path, capsys):
    """One that stands there is kept; a faulty one is refused before the data are looked at."""
    folder = sites.write(tmp_path, mapping='[program]\nname = "Harbor"\n', episodes=sites.dated(), scores=None, events=None)
    assert run(["map", str(folder)]) == EXIT_FINDINGS
    shown = capsys.readouterr()
    assert tomllib.loads(shown.out)["program"] == {"name": "Harbor"}
    assert shown.err.splitlines()[0] == "left to decide: [data] class"
    (folder / "mapping.toml").write_text('[data]\nclass = "secret"\n')
    (folder / "episodes.csv").unlink()
    assert run(["map", str(folder)]) == EXIT_USAGE
    assert "class" in capsys.readouterr().err
