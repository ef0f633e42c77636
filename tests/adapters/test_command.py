"""Other layouts through the command line: one option, one clear line for a fault, exit code 2."""

import json

import pytest

from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE
from tests.adapters import fhir, omop, redcap

LAYOUTS = {"omop": omop, "fhir": fhir, "redcap": redcap}


def toml(value):
    """A value of a mapping as TOML; inner tables in one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + " }"
    return json.dumps(value)


def written(layout, folder):
    """The program and its mapping.toml, which does not name the layout."""
    layout.write(folder)
    mapping = {**layout.MAPPING, "data": {key: value for key, value in layout.MAPPING["data"].items() if key != "layout"}}
    lines = [f"[{section}]\n" + "\n".join(f"{key} = {toml(item)}" for key, item in content.items()) for section, content in mapping.items()]
    (folder / "mapping.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize("layout", list(LAYOUTS))
def test_the_layout_is_one_option(tmp_path, capsys, layout):
    """Check and summary read the folder with --layout; the mapping beside it does the rest."""
    folder = written(LAYOUTS[layout], tmp_path)
    assert run(["check", str(folder), "--layout", layout]) in (EXIT_DONE, EXIT_FINDINGS)
    assert "episodes: 30 in = 30 used" in capsys.readouterr().out
    assert run(["summary", str(folder), "--layout", layout, "--measure", "completion", "--policy", "none", "--csv"]) == EXIT_DONE
    shown = capsys.readouterr()
    assert "completion_strict" in shown.out and shown.err == ""


def test_a_layout_that_is_not_known(tmp_path, capsys):
    """The names that are."""
    assert run(["check", str(written(omop, tmp_path)), "--layout", "omob"]) == EXIT_USAGE
    assert 'No layout is called "omob". Did you mean "omop"?' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("layout", "file", "content", "words"),
    [
        ("omop", "visit_occurrence.csv", None, "the folder holds no table visit_occurrence"),
        ("omop", "visit_occurrence.csv", "visit_occurrence_id,person_id\n1,2\n", "visit_occurrence.csv: visit_start_date: missing_column"),
        ("fhir", "Encounter.ndjson", '{"resourceType": "Encounter", "id": "a"', "Encounter.ndjson:1: not_json"),
        ("fhir", "EpisodeOfCare.001.ndjson", '{"resourceType": "Encounter", "id": "a"}', "EpisodeOfCare.001.ndjson:1: other_resource"),
        ("redcap", "export.csv", None, "0 CSV files in this folder"),
        ("redcap", "export.csv", "record_id,program\n1\n", "export.csv:2: broken_line"),
    ],
)
def test_a_fault_is_one_line_and_exit_code_2(tmp_path, capsys, layout, file, content, words):
    """No traceback, and the place is named."""
    folder = written(LAYOUTS[layout], tmp_path)
    (folder / file).unlink()
    if content is not None:
        (folder / file).write_text(content, encoding="utf-8")
    for command in (["check"], ["summary"]):
        assert run([*command, str(folder), "--layout", layout]) == EXIT_USAGE
        shown = capsys.readouterr()
        text = shown.out + shown.err
        assert words in text and "Traceback" not in text
        assert len(text.strip().splitlines()) == 1


@pytest.mark.parametrize("layout", ["omop", "fhir"])
def test_a_file_in_the_place_of_a_folder(tmp_path, capsys, layout):
    """These layouts are folders; the message says so."""
    written(LAYOUTS[layout], tmp_path)
    file = tmp_path / ("visit_occurrence.csv" if layout == "omop" else "Encounter.ndjson")
    assert run(["check", str(file), "--layout", layout]) == EXIT_USAGE
    assert "come as a folder" in capsys.readouterr().out
