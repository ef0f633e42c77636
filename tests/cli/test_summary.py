"""Takes a command line about one measure, gives its released numbers in every form."""

import csv
import io
import json

import iop_outcomes as iop
from iop_outcomes.cli import run
from tests.reporting.test_page import WILD, frame_of
from tests.show.exchange import check_report


def test_the_command_line_prints_both_and_one_at_a_time(synthetic, capsys):
    """`summary --ard` and `--fhir` print what the answer gives; two forms together are refused before anything is read."""
    words = ["summary", "data/synthetic", "--by", "track"]
    assert run([*words, "--fhir", "--period", "2024-Q1", "2024-Q4"]) == 0
    assert check_report(json.loads(capsys.readouterr().out))["period"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert run([*words, "--ard"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    ard = iop.completion(synthetic, by="track").to_ard()
    assert [row["stat_name"] for row in rows] == ard.stat_name.tolist()
    assert [row["warning"] for row in rows] == ard.warning.fillna("").tolist()
    assert run(["summary", "nowhere", "--fhir", "--csv"]) == 2
    assert "--csv and --fhir cannot be used together" in capsys.readouterr().err


def test_wild_names_stay_text_in_the_csv_of_the_command_line(tmp_path, capsys):
    """`summary --csv` is opened with the same programs."""
    frame_of({name: {"completed": 40, "dropped_out": 30} for name in WILD}).to_csv(tmp_path / "episodes.csv", index=False)
    assert run(["summary", str(tmp_path), "--by", "track", "--csv"]) == 0
    levels = {row["level"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert "'=1+1" in levels and "=1+1" not in levels
