"""Takes the UIS study through a mapping, gives figures that were published or counted by hand elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column, FirstEvent

sys.path.insert(0, str(Path(__file__).parent))
import uis


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The study as a site would hold it."""
    return uis.write(tmp_path_factory.mktemp("uis"))


@pytest.fixture(scope="module")
def data(folder):
    """The study, loaded."""
    with iop.load(folder) as data:
        yield data


def test_everyone_is_used(data):
    """575 people come in and 575 are used; the columns not mapped are named."""
    assert [str(flow) for flow in data.flow] == ["episodes: 575 in = 575 used"]
    assert {finding.rule for finding in data.findings} == {"not_read"}


def test_the_planned_length_is_the_files_own_convention():
    """FRAC is the stay over 90 days (short) and 180 days (long), at both sites."""
    people = uis.frame()
    planned = people["TREAT"].map({0: 90, 1: 180})
    assert abs(people["FRAC"] - people["LEN.T"] / planned).max() < 1e-5


@pytest.mark.parametrize(
    ("site", "track", "k", "n"),
    [("site_0", "short", 49, 198), ("site_0", "long", 28, 202), ("site_1", "short", 49, 91), ("site_1", "long", 30, 84)],
)
def test_completed_by_site_and_track(data, site, track, k, n):
    """Completed: 49 of 198 and 28 of 202 (site 0), 49 of 91 and 30 of 84 (site 1)."""
    counts = data.count([Column("site"), Column("track"), Column("discharge_reason")])
    here = counts.where(counts.is_in("site", [site]) & counts.is_in("track", [track]))
    assert here.total == n
    assert here.where(here.is_in("discharge_reason", ["completed"])).total == k


def test_completed_by_track(data):
    """98 of 289 and 58 of 286 people completed; the Wilson limits are statsmodels'."""
    from statsmodels.stats.proportion import proportion_confint

    strict = iop.completion(data, by="track").to_frame().query("estimand == 'completion_strict'").set_index("level")
    for track, k, n in (("short", 98, 289), ("long", 58, 286), ("All", 156, 575)):
        assert (strict.k[track], strict.n[track]) == (k, n)
        assert (strict.low[track], strict.high[track]) == pytest.approx(proportion_confint(k, n, method="wilson"), abs=1e-12)


@pytest.mark.parametrize(("track", "mean", "quartiles"), [("short", 80.81315, (43, 84, 91)), ("long", 120.90909, (48, 97.5, 176))])
def test_stay_by_track(data, track, mean, quartiles):
    """Mean stay 80.81315 and 120.90909 days; quartiles 43/84/91 and 48/97.5/176 (R's type 2)."""
    stay = iop.length_of_stay(data, by="track").to_frame().query("level == @track").set_index("estimand").value
    assert stay["los_mean"] == pytest.approx(mean, abs=5e-6)
    assert (stay["los_q1"], stay["los_median"], stay["los_q3"]) == quartiles


def test_relapse_from_discharge_is_there_for_the_next_measure(data):
    """71 people were back to drug use on the day they left; nobody's relapse lies before it."""
    counts = data.count([FirstEvent("relapse", ("relapse",))])
    same_day = counts.where(counts.is_in("relapse_day", [0]) & counts.is_in("relapse_outcome", ["event"]))
    assert same_day.total == 71
    assert counts.total == 575


def test_frame_and_file_agree(folder):
    """The data frame through the same mapping gives the same numbers as the file."""
    import tomllib

    mapping = tomllib.loads(uis.MAPPING)
    del mapping["tables"]
    with iop.load(folder) as filed, iop.load(uis.frame(), mapping=mapping) as framed:
        left, right = (iop.completion(one, by="track").to_frame() for one in (filed, framed))
    assert left.equals(right)


def test_its_report_is_built(folder, tmp_path, capsys):
    """One command builds the report; its figures are those above, in words; the rest of the page says how they were made."""
    assert run(["report", str(folder), "--by", "track", "--policy", "none", "--output", str(tmp_path / "out")]) == 0
    written = capsys.readouterr().out.split()
    page, methods = (Path(path).read_text(encoding="utf-8") for path in written[:2])
    assert "27% (156)" in methods and "of 575 discharged episodes" in page
    assert "34% (98)" in methods
    assert "20% (58)" in methods
    assert "575 episodes in 2 groups by track" in page
    assert "Synthetic data" not in page


def test_summary_as_json(folder, capsys):
    """The command line prints the same released numbers as objects with the fixed columns."""
    assert run(["summary", str(folder), "--measure", "length_of_stay", "--by", "track", "--policy", "none", "--json"]) == 0
    records = json.loads(capsys.readouterr().out)
    found = {(record["level"], record["estimand"]): record["value"] for record in records}
    assert found["long", "los_median"] == 97.5
    assert found["short", "los_q3"] == 91
