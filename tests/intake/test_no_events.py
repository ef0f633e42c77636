"""Takes tables of events without a row, gives proof that they are read as "nobody had one", with a warning, by every door that may bring one."""

import pandas as pd
import pytest

import iop_outcomes as iop

COLUMNS = ["episode_id", "event", "days_after_discharge"]
EPISODES = pd.DataFrame(
    {
        "episode_id": [f"e{i}" for i in range(40)],
        "track": "a",
        "discharge_reason": "completed",
        "los_days": 20,
        "follow_up_days": 120,
    }
)
SYNTHETIC = {"data": {"class": "synthetic"}}


def in_a_folder(folder, text):
    """The episodes as a file, and these events beside them."""
    EPISODES.to_csv(folder / "episodes.csv", index=False)
    (folder / "events.csv").write_text(text)
    return folder


@pytest.mark.parametrize("door", ["frame", "typed frame", "header", "header without its line end"])
def test_nobody_had_an_event(door, tmp_path):
    """0 of 40 are back by day 90, and a warning says what was taken."""
    typed = pd.DataFrame({"episode_id": pd.Series(dtype=str), "event": pd.Series(dtype=str), "days_after_discharge": pd.Series(dtype=int)})
    source = {
        "frame": {"episodes": EPISODES, "events": pd.DataFrame(columns=COLUMNS)},
        "typed frame": {"episodes": EPISODES, "events": typed},
    }.get(door) or in_a_folder(tmp_path, ",".join(COLUMNS) + "\n" * (door == "header"))
    with iop.load(source, mapping=SYNTHETIC) as data:
        (finding,) = [each for each in data.findings if each.rule == "no_rows"]
        first = iop.readmission(data, at=90).to_frame().iloc[0]
    assert finding.severity == "warning" and "nobody is taken to have any of the events" in finding.message
    assert (first.estimand, first.value, first.n, first.k) == ("cumulative_incidence", 0.0, 40, 0)


@pytest.mark.parametrize(
    ("table", "columns"), [("scores", ["episode_id", "day", "scale", "score"]), ("sessions", ["episode_id", "day", "status"])]
)
def test_another_table_without_a_row_is_an_export_that_failed(table, columns):
    """It would read as if nobody had been asked, or had come."""
    with pytest.raises(iop.DataError, match="no_rows"):
        iop.load({"episodes": EPISODES, table: pd.DataFrame(columns=columns)}, mapping=SYNTHETIC)


def test_columns_are_looked_at_all_the_same(tmp_path):
    """A header that is none of events is refused."""
    with pytest.raises(iop.DataError, match="missing_column"):
        iop.load(in_a_folder(tmp_path, "episode_id,what\n"), mapping=SYNTHETIC)


def test_sessions_are_read_after_a_table_of_events_without_a_row():
    """Whether there is a row is asked between two frames."""
    sessions = pd.DataFrame({"episode_id": ["e0", "e1"], "day": [1, 2], "status": "attended"})
    frames = {"episodes": EPISODES, "events": pd.DataFrame(columns=COLUMNS), "sessions": sessions}
    with iop.load(frames, mapping=SYNTHETIC) as data:
        assert [flow.what for flow in data.flow] == ["episodes", "events", "sessions"]
