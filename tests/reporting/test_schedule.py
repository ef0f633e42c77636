"""Takes a long file, gives proof of the reports of its quarters: which get one, each compared with the one before, none giving another's counts away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.attack import attack_report
from iop_outcomes.cli import run
from iop_outcomes.reporting.schedule import schedule_of

NAMES = {"program_quality.html", "program_quality.csv", "program_quality.json", "program_quality_methods.html"}


def episodes(sizes, *, undated=0):
    """So many episodes discharged in each period, half of them completed; and some that are in none."""
    several = [(period, i) for period, n in sizes.items() for i in range(n)] + [(None, i) for i in range(undated)]
    return [
        {
            "episode_id": f"{period}-{i}",
            "track": "ab"[i % 2],
            "discharge_reason": ("completed", "completed", "dropped_out", "dropped_out")[i % 4],
            "los_days": 20 + i % 9,
            "period": period,
        }
        for period, i in several
    ]


def planned(sizes, every="quarter", policy="cms11", undated=0, **mapping):
    """The periods of a schedule, with how many episodes each has, and those left out."""
    with iop.load(
        {"episodes": pd.DataFrame(episodes(sizes, undated=undated))}, mapping={"data": {"class": "synthetic", **mapping}}
    ) as data:
        plan = schedule_of(data, every, policy)
        return {str(period): part.episodes for period, part in plan.periods.items()}, {str(p): why for p, why in plan.left_out.items()}


# -- which periods get a report ----------------------------------------------------------------------------------------


def test_periods_with_too_few_are_named_and_none_between_is_forgotten():
    """Eleven get one, ten do not, and neither does a quarter that nobody was discharged in; internal shows any."""
    sizes = {"2024-Q1": 40, "2024-Q2": 10, "2024-Q4": 11, "2025-Q1": 3}
    assert planned(sizes) == (
        {"2024-Q1": 40, "2024-Q4": 11},
        {
            "2024-Q2": "fewer than 11 discharged episodes",
            "2024-Q3": "no discharged episode",
            "2025-Q1": "fewer than 11 discharged episodes",
        },
    )
    assert planned(sizes, policy="internal")[0] == sizes


@pytest.mark.parametrize(("undated", "first"), [(0, True), (1, False), (10, False), (11, True)])
def test_a_small_rest_takes_the_first_period_with_it(undated, first):
    """1 to 10 episodes in no report would follow from the sum of all reports and what each says of the file."""
    periods, left_out = planned({"2024-Q1": 40, "2024-Q2": 50, "2024-Q3": 60}, undated=undated)
    assert list(periods) == [*(["2024-Q1"] if first else []), "2024-Q2", "2024-Q3"]
    assert ("2024-Q1" in left_out) is not first
    assert sum(periods.values()) + (0 if first else 40) + undated == 150 + undated


def test_longer_periods_are_made_of_shorter_ones():
    """Years and quarters of a file of months; months of a file of quarters are refused."""
    months = {"2023-12": 12, "2024-01": 20, "2024-03": 30, "2024-05": 25}
    assert planned(months, "quarter")[0] == {"2023-Q4": 12, "2024-Q1": 50, "2024-Q2": 25}
    assert planned(months, "year")[0] == {"2023": 12, "2024": 75}
    assert planned(months, "month")[0] == months
    with pytest.raises(iop.UsageError, match="do not say in which month episodes were discharged"):
        planned({"2024-Q1": 40}, "month")


def test_a_period_that_the_data_end_within_waits():
    """It would be written again with few more, which gives these away."""
    periods, left_out = planned({"2024-Q1": 40, "2024-Q2": 50}, cutoff="2024-05-31")
    assert list(periods) == ["2024-Q1"] and left_out == {"2024-Q2": "not complete: the data end on 2024-05-31"}


def test_where_no_period_has_enough_the_reasons_are_said():
    """Exit code 2, and what to do."""
    with pytest.raises(iop.UsageError, match=r"no quarter gets a report \(2024-Q1: fewer than 11 .*Choose longer periods"):
        planned({"2024-Q1": 6, "2024-Q2": 10})
    with pytest.raises(iop.UsageError, match='"week" is no kind of period'):
        planned({"2024-Q1": 60}, "week")


# -- the reports -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Three quarters of a program in files, and one too small, each with a report by the command line; what it printed."""
    folder = tmp_path_factory.mktemp("schedule")
    (folder / "data").mkdir()
    pd.DataFrame(episodes({"2024-Q1": 80, "2024-Q2": 96, "2024-Q3": 4, "2024-Q4": 84}, undated=20)).to_csv(
        folder / "data" / "episodes.csv", index=False
    )
    (folder / "data" / "mapping.toml").write_text('[data]\nclass = "synthetic"\n')
    words = [sys.executable, "-m", "iop_outcomes", "report", "data", "--schedule", "quarter", "-o", "reports"]
    made = subprocess.run(words, cwd=folder, env=_environment(), capture_output=True, text=True, check=False)
    return folder, made


def _environment():
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def test_a_folder_for_each_quarter(written):
    """Files are printed in order, the quarter left out is named on standard error, and the exit code is that of a report."""
    folder, made = written
    assert made.returncode == 0, made.stderr
    quarters = ["2024-Q1", "2024-Q2", "2024-Q4"]
    assert sorted(path.name for path in (folder / "reports").iterdir()) == quarters
    assert {path.name for path in (folder / "reports" / "2024-Q1").iterdir()} == NAMES
    assert [Path(line).parent.name for line in made.stdout.splitlines()] == [quarter for quarter in quarters for _ in NAMES]
    assert made.stderr.splitlines() == ["left out: 2024-Q3: fewer than 11 discharged episodes"]


def test_each_is_compared_with_the_one_before_and_can_be_verified(written, capsys):
    """The first says nothing of a change; the others name the quarter that they are compared with."""
    folder = written[0] / "reports"
    pages = {
        quarter: (folder / quarter / "program_quality.html").read_text(encoding="utf-8") for quarter in ("2024-Q1", "2024-Q2", "2024-Q4")
    }
    assert "What changed since" not in pages["2024-Q1"]
    assert "What changed since the first quarter of 2024" in pages["2024-Q2"]
    assert "What changed since the second quarter of 2024" in pages["2024-Q4"]
    data = str(written[0] / "data")
    assert run(["verify", str(folder / "2024-Q4"), "--input", data, "--compare-to", str(folder / "2024-Q2")]) == 0
    assert run(["verify", str(folder / "2024-Q4"), "--input", data, "--compare-to", str(folder / "2024-Q1")]) == 2
    capsys.readouterr()


def test_a_report_of_the_schedule_is_that_of_the_command(written, tmp_path, capsys):
    """The same bytes as `report --where` with the report before; with a ledger no figure is another, for no episode is in two."""
    folder = written[0] / "reports"
    words = ["report", str(written[0] / "data"), "--where", "period=2024-Q2", "--compare-to", str(folder / "2024-Q1")]
    assert run([*words, "-o", str(tmp_path / "alone")]) == 0
    for name in NAMES:
        assert (tmp_path / "alone" / name).read_bytes() == (folder / "2024-Q2" / name).read_bytes()
    ledger = ["--schedule", "quarter", "--ledger", str(tmp_path / "ledger"), "--format", "csv"]
    assert run(["report", str(written[0] / "data"), "-o", str(tmp_path / "held"), *ledger]) == 0
    for quarter in ("2024-Q1", "2024-Q2", "2024-Q4"):
        held = tmp_path / "held" / quarter
        assert (held / "program_quality.csv").read_bytes() == (folder / quarter / "program_quality.csv").read_bytes()
        assert {path.suffix for path in held.iterdir()} == {".csv", ".json"}  # the next report is compared with the latter
    assert json.loads((tmp_path / "held" / "2024-Q4" / "program_quality.json").read_text())["parameters"]["ledger"] == 2
    capsys.readouterr()


def test_no_withheld_count_comes_back_of_any_folder(written):
    """By the attack on reports."""
    for folder in sorted((written[0] / "reports").iterdir()):
        assert attack_report(folder).recovered == ()


def test_a_killed_run_leaves_whole_files(written, tmp_path):
    """Killed once the first folder is there: every file that stands is that of the whole run; what was being written lies in a hidden folder."""
    words = [
        sys.executable,
        "-m",
        "iop_outcomes",
        "report",
        str(written[0] / "data"),
        "--schedule",
        "quarter",
        "-o",
        str(tmp_path / "reports"),
    ]
    running = subprocess.Popen(words, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert running.stdout.readline().strip().endswith("program_quality.html")
    time.sleep(0.2)
    running.send_signal(signal.SIGKILL)
    running.wait()
    running.stdout.close()
    files = [path for path in (tmp_path / "reports").rglob("*") if path.is_file() and path.name in NAMES]
    found = [path for path in files if not path.parent.name.startswith(".")]
    assert len(found) >= 3
    for path in found:
        assert path.read_bytes() == (written[0] / "reports" / path.parent.name / path.name).read_bytes()
