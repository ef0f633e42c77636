"""Takes a program and conditions, gives proof that narrower data are those of a file that holds these episodes alone."""

from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.measures import known

SYNTHETIC = Path(__file__).parent.parent.parent / "data" / "synthetic"
MAPPING = {"data": {"class": "synthetic", "cutoff": "2025-09-30"}}
CASES = {
    "two tracks": {"track": ["psychosis", "adolescent"]},
    "a year": {"discharge_quarter": ("2024-Q1", "2024-Q4")},
    "one value": {"modality": "virtual"},
    "both": {"track": ["mental_health", "substance_use"], "discharge_quarter": ("2023-Q1", "2024-Q4")},
}


@pytest.fixture(scope="module")
def tables():
    """The synthetic program as frames, each episode with the quarter it was discharged in."""
    found = {name: pd.read_csv(SYNTHETIC / f"{name}.csv", dtype=str, keep_default_na=False) for name in ("episodes", "scores", "events")}
    quarter = pd.PeriodIndex(pd.to_datetime(found["episodes"].discharge_date, errors="coerce"), freq="Q")
    found["quarter"] = pd.Series([None if pd.isna(q) else f"{q.year}-Q{q.quarter}" for q in quarter])
    return found


def by_hand(tables, conditions):
    """A program of these episodes alone, their scores and their events."""
    episodes, keep = tables["episodes"], pd.Series(True, index=tables["episodes"].index)
    for column, values in conditions.items():
        own = tables["quarter"] if column == "discharge_quarter" else episodes[column]
        if isinstance(values, tuple):
            keep &= own.map(lambda q, ends=values: q is not None and ends[0] <= q <= ends[1])
        else:
            keep &= own.isin([values] if isinstance(values, str) else values)
    kept = episodes[keep]
    children = {name: tables[name][tables[name].episode_id.isin(kept.episode_id)] for name in ("scores", "events")}
    return {"episodes": kept, **children}


@pytest.fixture(scope="module", params=CASES)
def both(request, tables):
    """The narrower data, and the same episodes loaded alone."""
    conditions = CASES[request.param]
    with iop.load(SYNTHETIC) as whole, iop.load(by_hand(tables, conditions), mapping=SYNTHETIC / "mapping.toml") as alone:
        yield whole.where(**conditions), alone


def test_every_number_is_that_of_a_file_of_these_episodes(both):
    """Each measure, by track and for everyone: values, errors and limits by patient, counts, flags, contrasts."""
    narrow, alone = both
    assert narrow.episodes == alone.episodes
    compared = 0
    scales = {name: scale for name, scale in alone.scales.items() if name in (*alone.facts.scales, "bdi2", "pcl5")}
    for name, entry in known(scales).items():
        for definition in entry.definitions or (None,):
            try:
                expected = iop.measure(alone, name, definition=definition, by="track").to_frame()
            except iop.UsageError:
                with pytest.raises(iop.UsageError):
                    iop.measure(narrow, name, definition=definition, by="track")
                continue
            found = iop.measure(narrow, name, definition=definition, by="track").to_frame()
            pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-9, atol=1e-12)
            compared += len(found)
    assert compared > 200


def test_comparisons_are_those_of_a_file_of_these_episodes(both):
    """Differences, their simultaneous limits and p by patient."""
    narrow, alone = both
    for options in ({"measure": "completion"}, {"measure": "symptom_change", "scale": "phq9"}):
        found, expected = (iop.compare(data, by="sex", **options).to_frame() for data in (narrow, alone))
        pd.testing.assert_frame_equal(found, expected, check_exact=False, rtol=1e-9, atol=1e-12)


def test_the_flow_and_the_provenance_name_what_is_left_out(both):
    """Rows in are rows used plus those outside; a report prints both."""
    narrow, _ = both
    flow = narrow.flow[0]
    assert flow.rows_in == 1_200 == flow.used + sum(flow.excluded.values())
    assert any(reason.startswith("outside ") for reason in flow.excluded)
    assert narrow.provenance.rules[-1].startswith("only episodes with ")


def test_the_command_line_narrows(tmp_path, capsys):
    """Both flags, in each command; a report names what it left out."""
    narrowed = ["--where", "track=psychosis,adolescent", "--period", "2023-Q1", "2025-Q2"]
    assert run(["summary", str(SYNTHETIC), "--measure", "completion", "--by", "track", *narrowed]) == 0
    assert "Substance use" not in capsys.readouterr().out
    assert run(["compare", str(SYNTHETIC), *narrowed]) == 0
    assert run(["report", str(SYNTHETIC), *narrowed, "--output", str(tmp_path)]) == 0
    page = (tmp_path / "program_quality_methods.html").read_text(encoding="utf-8")
    assert "outside track psychosis or adolescent" in page
    assert "Only episodes with discharge_quarter 2023-Q1 to 2025-Q2" in page
    for wrong in (["--where", "track"], ["--where", "track=a", "--where", "track=b"], ["--where", "track="]):
        assert run(["summary", str(SYNTHETIC), *wrong]) == 2
    assert "write COLUMN=VALUE" in capsys.readouterr().err


def test_levels_that_nobody_is_left_in_are_gone():
    """A group, a scale or a crowd of sites that was narrowed away is none of the narrower data."""
    rows = [
        {"episode_id": f"E{i}", "site": f"site{i}", "track": "ab"[i % 2], "discharge_reason": "completed", "los_days": 9}
        for i in range(600)
    ]
    for row in rows[::2]:
        row |= {"phq9_admit": 12, "phq9_discharge": 6}
    with iop.load({"episodes": pd.DataFrame(rows)}, mapping=MAPPING) as data:
        one = data.where(track="b")
        assert data.facts.scales == {"phq9"}
        assert not one.facts.scales
        with pytest.raises(iop.NotAssessableError, match='"track" holds one group'):
            iop.compare(one, by="track")
        assert set(iop.completion(data.where(site=["site1", "site2"]), by="site").to_frame().level) == {"All", "site1", "site2"}
        with pytest.raises(iop.UsageError, match="600 different values"):
            iop.completion(data, by="site")
