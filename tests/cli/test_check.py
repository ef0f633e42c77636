"""check prints the first findings and writes all of them on request: nothing is lost between the data and whoever corrects them."""

import csv
import json

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_OUTPUT, EXIT_USAGE
from tests.intake import sites

SECRET = "Zq7-secret"


@pytest.fixture
def faulty(tmp_path):
    """A program with faults in more than twenty columns, three of them in one."""
    rows = sites.episodes()
    rows[0] += [f"{name}_{moment}" for name in ("gad7", "pcl5") for moment in ("admit", "discharge")]
    for row in rows[1:]:
        row += ["999"] * 4
    for number in (3, 5, 8):
        rows[number][rows[0].index("los_days")] = SECRET
    scores = [["episode_id", "scale", "day", "score", *(f"phq9_{i}" for i in range(1, 10)), *(f"pcl5_{i}" for i in range(1, 21))]]
    scores += [[f"e{i:02}", "phq9", "0", "", *["9"] * 29] for i in range(24)]
    return sites.write(tmp_path / "data", episodes=rows, scores=scores, events=None)


def errors_of(folder):
    """Every finding of the load."""
    with pytest.raises(iop.DataError) as caught:
        iop.load(folder)
    return caught.value.findings


def test_twenty_are_printed_and_the_rest_counted(faulty, capsys):
    """One line each, then how many more, and where they can be had."""
    findings = errors_of(faulty)
    assert len(findings) > 20
    assert run(["check", str(faulty)]) == EXIT_USAGE
    lines = capsys.readouterr().out.splitlines()
    assert lines[:20] == [f"{finding.severity}: {finding}" for finding in findings[:20]]
    assert lines[20] == f"... and {len(findings) - 20} more; --output findings.csv writes all, --format json prints them"


def test_json_prints_all(faulty, capsys):
    """Every finding with every line of it."""
    assert run(["check", str(faulty), "--format", "json"]) == EXIT_USAGE
    assert json.loads(capsys.readouterr().out) == [{**f.to_dict(), "lines": list(f.lines)} for f in errors_of(faulty)]


def test_all_are_written_as_csv(faulty, capsys):
    """One row for each faulty line; the same rows as the findings hold, and no value of a patient."""
    target = faulty.parent / "out" / "findings.csv"
    assert run(["check", str(faulty), "--output", str(target)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert shown.err == f"{target}\n" and "findings.csv holds all" in shown.out
    text = target.read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    expected = [(f.severity, f.rule, f.file, str(line), f.column) for f in errors_of(faulty) for line in f.lines or ("",)]
    assert [(row["severity"], row["rule"], row["file"], row["line"], row["column"]) for row in rows] == expected
    assert {row["line"] for row in rows if row["column"] == "los_days"} == {"4", "6", "9"}
    assert SECRET not in text + shown.out + shown.err


def test_all_are_written_as_json(faulty, capsys):
    """The file holds what --format json prints, whatever is printed."""
    target = faulty.parent / "findings.json"
    assert run(["check", str(faulty), "--format", "json", "--output", str(target)]) == EXIT_USAGE
    assert target.read_text(encoding="utf-8") == capsys.readouterr().out


def test_a_clean_file_is_written_too(tmp_path, capsys):
    """No finding is a header alone, or an empty list; the exit code stays that of the data."""
    folder = sites.write(tmp_path / "data")
    assert run(["check", str(folder), "--output", str(tmp_path / "a.csv")]) == EXIT_DONE
    assert run(["check", str(folder), "--output", str(tmp_path / "a.json")]) == EXIT_DONE
    assert (tmp_path / "a.csv").read_text() == "severity,rule,file,line,column,message,hint\n"
    assert json.loads((tmp_path / "a.json").read_text()) == []
    assert "no finding" in capsys.readouterr().out


def test_nothing_is_written_over(faulty, capsys):
    """A file that is there, the data among them, stays byte for byte."""
    target = faulty / "episodes.csv"
    before = target.read_bytes()
    assert run(["check", str(faulty), "--output", str(target)]) == EXIT_OUTPUT
    assert "stands there already, and was left as it is" in capsys.readouterr().err
    assert target.read_bytes() == before and sorted(path.name for path in faulty.iterdir()) == [
        "episodes.csv",
        "mapping.toml",
        "scores.csv",
    ]


@pytest.mark.parametrize("name", ["findings.xlsx", "findings", "findings.txt"])
def test_another_ending_is_refused_before_anything_is_read(tmp_path, capsys, name):
    """The two forms there are, named."""
    assert run(["check", str(tmp_path / "none"), "--output", str(tmp_path / name)]) == EXIT_USAGE
    assert "--output must end in .csv or .json." in capsys.readouterr().err and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("output", ["data/episodes.csv/findings.csv", "a\udcff/findings.csv"])
def test_what_cannot_be_written_is_4(faulty, capsys, output):
    """A folder that is a file, or a name that is no text: one line, and nothing half-written."""
    assert run(["check", str(faulty), "--output", str(faulty.parent / output)]) == EXIT_OUTPUT
    assert "Choose another" in capsys.readouterr().err
    assert [path.name for path in faulty.parent.iterdir()] == ["data"]


def test_a_column_called_like_a_formula(tmp_path):
    """A spreadsheet that opens the findings runs nothing."""
    rows = sites.planted(sites.episodes(), 1, "los_days", "x")
    rows[0][rows[0].index("los_days")] = "=1+1"
    folder = sites.write(tmp_path / "data", episodes=rows, mapping=sites.SYNTHETIC + '[columns.episodes]\nlos_days = "=1+1"\n')
    assert run(["check", str(folder), "--output", str(tmp_path / "f.csv")]) == EXIT_USAGE
    assert ",'=1+1," in (tmp_path / "f.csv").read_text()


def test_warnings_exit_with_1_and_errors_alone_when_asked(tmp_path):
    """The weight from which the command fails is a choice."""
    folder = sites.write(tmp_path, episodes=sites.planted(sites.episodes(), 2, "los_days", ""), events=None)
    assert run(["check", str(folder)]) == EXIT_FINDINGS
    assert run(["check", str(folder), "--fail-on", "error"]) == EXIT_DONE


def test_what_would_be_left_out_and_what_would_remain(tmp_path, capsys):
    """With --on-error exclude: the findings, then each table by its rows; 1 when rows would be left out; 2 without the option, as ever."""
    episodes = sites.planted(sites.planted(sites.episodes(), 5, "phq9_admit", "99"), 7, "los_days", "x")  # each has two scores, one event
    folder = sites.write(tmp_path, episodes=episodes)
    assert run(["check", str(folder), "--on-error", "exclude"]) == EXIT_FINDINGS
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["error", "error"]
    assert lines[-3:] == [
        "episodes: 2 of 24 rows would be left out (2 rows with an error); 22 remain",
        "scores: 4 of 48 rows would be left out (4 rows of excluded episodes); 44 remain",
        "events: 2 of 12 rows would be left out (2 rows of excluded episodes); 10 remain",
    ]
    assert run(["check", str(folder), "--on-error", "exclude", "--fail-on", "error"]) == EXIT_FINDINGS
    capsys.readouterr()
    assert run(["check", str(folder)]) == EXIT_USAGE
    assert "remain" not in capsys.readouterr().out


def test_nothing_to_leave_out(tmp_path, capsys):
    """A clean program and one with a warning alone: every row remains, and the exit code is that of the findings."""
    clean = sites.write(tmp_path / "clean", events=None, scores=None)
    assert run(["check", str(clean), "--on-error", "exclude"]) == EXIT_DONE
    assert "episodes: 0 of 24 rows would be left out; 24 remain" in capsys.readouterr().out
    warned = sites.write(tmp_path / "warned", episodes=sites.planted(sites.episodes(), 2, "los_days", ""), events=None)
    assert run(["check", str(warned), "--on-error", "exclude"]) == EXIT_FINDINGS
    assert run(["check", str(warned), "--on-error", "exclude", "--fail-on", "error"]) == EXIT_DONE


def test_leaving_out_cannot_help(tmp_path, capsys):
    """An identifier refuses the file; where every episode is faulty, the faults are said beside the fact that none is left."""
    named = sites.write(tmp_path / "named", episodes=sites.planted(sites.episodes(), 5, "episode_id", "jane@example.org"), events=None)
    assert run(["check", str(named), "--on-error", "exclude"]) == EXIT_USAGE
    rows = sites.episodes()
    empty = sites.write(tmp_path / "empty", episodes=[rows[0], sites.planted(rows, 1, "phq9_admit", "99")[1]], scores=None, events=None)
    capsys.readouterr()
    assert run(["check", str(empty), "--on-error", "exclude"]) == EXIT_USAGE
    said = capsys.readouterr().out
    assert "no usable episode is left" in said and "phq9_admit: out_of_range" in said and "remain" not in said
