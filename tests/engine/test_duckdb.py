"""Takes small programs through the engine, gives proof that its counts are exact, repeatable, private and safe to ask at the same time."""

import ast
import contextlib
import os
import random
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

import duckdb
import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, FirstEvent, ScoreAt
from iop_outcomes.engine.connection import folder_prefix, remove_forgotten_folders
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.intake.store import Store
from iop_outcomes.measures import MEASURES

READMITTED = FirstEvent("readmission", ("readmission_psychiatric",), planned_competes=True)

ASKED = (Column("track"), Column("discharge_reason"), Column("los_days"), ScoreAt("phq9", "admit"), READMITTED)


def program(n=300, seed=7):
    """Frames of a program with repeated patients, blanks, scores and events; its words and numbers occur nowhere else."""
    rng = random.Random(seed)

    def sometimes(value):
        return None if rng.random() < 0.1 else value

    episodes = [
        {
            "episode_id": f"episode{i:04}",
            "patient_id": sometimes(f"patient{rng.randrange(n // 2):04}"),
            "track": sometimes(rng.choice(["zebra", "yak", "xerus"])),
            "discharge_reason": sometimes(rng.choice(["completed", "dropped_out", "died", "transferred_step_up"])),
            "los_days": sometimes(rng.choice([0, 21_017, 21_019, 21_023])),
            "follow_up_days": sometimes(rng.choice([0, 7919])),
            "site": sometimes(rng.choice(["quagga", "okapi"])),
        }
        for i in range(n)
    ]
    scores = [
        {"episode_id": e["episode_id"], "scale": "phq9", "day": rng.randrange(-9, 5), "score": rng.randrange(28)}
        for e in episodes
        for _ in range(2)
    ]
    events = [
        {"episode_id": e["episode_id"], "event": "readmission_psychiatric", "days_after_discharge": 0}
        for e in episodes
        if rng.random() < 0.3
    ]
    return {"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(scores), "events": pd.DataFrame(events)}


@contextmanager
def loaded(frames, *, threads=None, mapping=None):
    """The frames through the real door, on a number of threads; closed at the end."""
    with patch("iop_outcomes.intake.loading.Store", lambda: Store(threads=threads)):
        data = iop.load(frames, mapping={"data": {"class": "synthetic"}, **(mapping or {})})
    with data:
        yield data


def shuffled(frames, seed):
    """The same rows in another order."""
    return {name: frame.sample(frac=1, random_state=seed).reset_index(drop=True) for name, frame in frames.items()}


def test_cells_sum_to_rows(data):
    """No episode is lost or counted twice, whatever is asked."""
    for size in range(len(ASKED) + 1):
        for requests in permutations(ASKED, size):
            assert data.count(requests).total == 300


def test_blank_is_a_level_of_its_own(data):
    """Episodes without a track are counted under the blank, which sorts last."""
    counts = data.count([Column("track")])
    blank = program()["episodes"].track.isna().sum()
    assert counts.levels("track") == ("xerus", "yak", "zebra", None)
    assert dict(counts)[(None,)] == blank > 0


def test_absent_column_is_blank_throughout(data):
    """A column, a scale and an event the data do not have are blank for every episode, not an error."""
    absent = (Column("payer"), ScoreAt("pcl5", "discharge"))
    assert dict(data.count(absent)) == {(None, None): 300}
    only = {"episodes": program()["episodes"].drop(columns="follow_up_days")}
    with loaded(only) as bare:
        assert dict(bare.count([READMITTED, ScoreAt("phq9", "admit")])) == {(None, None, None): 300}


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("order", [1, 2])
def test_counts_do_not_depend_on_threads_or_row_order(data, threads, order):
    """The same cells in the same order, on one thread and on two, from any order of rows."""
    expected = data.count(ASKED)
    with loaded(shuffled(program(), order), threads=threads) as other:
        found = other.count(ASKED)
    assert found.axes == expected.axes
    assert found.codes.tolist() == expected.codes.tolist()
    assert found.n.tolist() == expected.n.tolist()


def test_the_same_request_twice_counts_once(data):
    """A measure may ask for the column that it is grouped by."""
    assert data.count([Column("track"), Column("track")]).columns == ("track",)


def test_two_requests_for_one_name_are_refused(data):
    """Two windows for one score would give two columns of one name, and later questions the wrong one of them."""
    with pytest.raises(ValueError, match="phq9_admit"):
        data.count([ScoreAt("phq9", "admit"), ScoreAt("phq9", "admit", (-30, 0))])


def test_requests_of_one_name_do_not_share_their_rows():
    """Another window, other events or other competing events under the same name are another question."""
    frames = program(40)
    with loaded(frames) as data:
        readmitted = FirstEvent("first", ("readmission_psychiatric",))
        relapsed = FirstEvent("first", ("relapse",))
        assert any(cell[1] == "event" for cell, _ in data.count([readmitted]))
        assert not any(cell[1] == "event" for cell, _ in data.count([relapsed]))
        competing = FirstEvent("first", ("relapse",), competing=("readmission_psychiatric",))
        assert any(cell[1] == "readmission_psychiatric" for cell, _ in data.count([competing]))


@pytest.mark.parametrize("name", ["c0", "n", "patient", "times", "word", "cell", "one", "outcome", "last_day"])
def test_a_covariate_may_have_any_name(name):
    """A site's own column may be called like something inside the engine's statements."""
    frames = program(30)
    frames["episodes"][name] = ["odd", "even"] * 15
    with loaded(frames, mapping={"covariates": {name: "category"}}) as data:
        assert dict(data.count([Column(name)])) == {("even",): 15, ("odd",): 15}
        requests = (Column("track"), Column(name), ScoreAt("phq9", "admit"), READMITTED)
        counts = data.count(requests)
        assert counts.total == 30
        assert data.engine.patients(requests).products(np.ones((len(counts), 1))).shape == (1, 1)


def test_a_file_may_number_its_own_rows():
    """A column called row_ that nobody reads does not decide which rows are left out."""
    episodes = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "track": "mh", "los_days": 5, "row_": [2, 2, 2]})
    episodes["discharge_reason"] = ["completed", "completed", "no such word"]
    with iop.load(episodes, mapping={"data": {"class": "synthetic"}}, on_error="exclude") as data:
        assert dict(data.count([Column("episode_id")])) == {("e1",): 1, ("e2",): 1}


def test_many_threads_may_ask_at_the_same_time():
    """Eight threads on one data set each get their own answer, the one they get alone."""
    names = ("track", "discharge_reason", "los_days", "site", "patient_id")
    asked = [tuple(map(Column, some)) for size in (1, 2, 3) for some in permutations(names, size)]
    found, failed = {}, []
    frames = program(3000)

    def ask(engine, start):
        for requests in asked[start::8]:
            try:
                (counts,) = engine.tally([requests])
                found[requests] = counts, engine.patients(requests).products(np.ones((len(counts), 1)))
            except Exception as error:
                failed.append(error)

    with loaded(frames) as data:
        threads = [threading.Thread(target=ask, args=(data.engine, start)) for start in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failed
    people = frames["episodes"].patient_id
    expected = (people.value_counts() ** 2).sum() + people.isna().sum()
    for requests in asked:
        counts, sums = found[requests]
        assert counts.columns == tuple(request.name for request in requests)
        assert counts.total == 3000
        assert sums[0, 0] == pytest.approx(expected, rel=1e-9)


AGGREGATE = re.compile(r"^SELECT .*\b(count|sum)\(")

WORDS = r"FROM words_\d+ WHERE word IS NOT NULL"

HELPER = re.compile(
    rf"^CREATE TEMPORARY TABLE \w+ AS SELECT |^DROP TABLE \w+$|^CREATE TYPE \w+ AS ENUM \(SELECT word {WORDS} ORDER BY word\)$"
    rf"|^SET VARIABLE \w+ = \(SELECT coalesce\(list\(word ORDER BY word\), CAST\(\[\] AS VARCHAR\[\]\)\) {WORDS}\)$"
)


def test_statements_leave_only_counts_and_hold_no_value():
    """After loading every statement is a count, a sum or a helper table, and none holds a value of the data."""
    frames = program()
    values = {str(value) for name in ("episode_id", "patient_id", "track", "site") for value in frames["episodes"][name].dropna()}
    values |= {"21017", "21019", "21023", "7919"}
    with loaded(frames) as data:
        engine, start = data.engine, len(data.engine.connection.statements)
        for name, entry in MEASURES.items():
            days = name == "length_of_stay"  # its other definitions are of files that hold other stays
            for definition in ("difference", "inclusive") if days else entry.definitions or (None,):
                with contextlib.suppress(NotAssessableError):  # of columns that these data do not have
                    iop.measure(data, name, by="track", definition=definition)
        counts, *_ = engine.tally([ASKED, [Column("track"), Column("site")], [Column("site"), Column("planned_days"), Column("los_days")]])
        engine.patients(ASKED).products(np.ones((len(counts), 2)))
        sent = engine.connection.statements[start:]
    assert len(sent) > 5
    assert any(statement.startswith("CREATE TEMPORARY TABLE narrow_") for statement in sent)
    for statement in sent:
        assert AGGREGATE.search(statement) or HELPER.search(statement), statement
        assert not [value for value in values if value in statement]


def test_rows_stay_inside_once_locked(data, tmp_path):
    """After loading nothing can be read from outside, written to it, or unlocked."""
    (tmp_path / "other.csv").write_text("a\n1\n")
    for statement in (
        f"SELECT * FROM read_csv('{tmp_path}/other.csv')",
        f"COPY episodes TO '{tmp_path}/out.csv'",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
    ):
        with pytest.raises(duckdb.Error):
            data.engine.connection.send(statement)
    assert not (tmp_path / "out.csv").exists()


def test_a_parquet_file_stays_readable_in_place(tmp_path, monkeypatch):
    """What is read in place stays open after the lock, wherever the program goes; the file beside it does not."""
    for name in ("episodes", "other"):
        with duckdb.connect() as connection:
            connection.register("frame", program(30)["episodes"])
            connection.execute(f"COPY frame TO '{tmp_path / name}.parquet' (FORMAT parquet)")
    monkeypatch.chdir(tmp_path)
    with iop.load("episodes.parquet", mapping={"data": {"class": "synthetic"}}) as data:
        monkeypatch.chdir("/")
        counts = data.count(KEYS)
        assert counts.total == 30
        assert data.engine.patients(KEYS).products(np.ones((len(counts), 1))).shape == (1, 1)
        with pytest.raises(duckdb.Error, match="disabled by configuration"):
            data.engine.connection.send(f"SELECT * FROM read_parquet('{tmp_path}/other.parquet')")


def test_closing_removes_the_private_folder():
    """Nothing of the data stays on the disk, and closing twice does no harm."""
    data = iop.load(program(20), mapping={"data": {"class": "synthetic"}})
    folder = data.engine.connection.folder
    assert folder.is_dir()
    data.close()
    assert not folder.exists()
    data.close()


def test_later_changes_to_a_frame_change_nothing():
    """Frames are copied when they come in."""
    frames = program(20)
    with loaded(frames) as data:
        frames["episodes"]["track"] = "changed"
        assert "changed" not in data.count([Column("track")]).levels("track")


KEYS = (Column("track"), Column("discharge_reason"), Column("los_days"))


def test_rows_are_asked_by_the_way_out_alone():
    """Everything else lives on counts: in the package only the table of episodes, and an engine of an engine, ask for rows."""
    package = Path(iop.__file__).parent
    callers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("engine.rows")
    }
    assert callers == {"engine/narrowed.py", "evaluate/episode_table.py"}


def test_rows_are_one_per_episode(data):
    """The rows, for those alone: in the order of their ids, with the columns asked."""
    frame = data.engine.rows([Column("episode_id"), Column("track"), READMITTED])
    assert list(frame.columns) == ["episode_id", "track", "readmission_day", "readmission_outcome"]
    assert frame.episode_id.tolist() == program()["episodes"].episode_id.tolist()


def test_folders_of_killed_runs_go(tmp_path, monkeypatch):
    """A private folder holds raw rows: one whose process is gone is removed, at once where its number counts here too, else after a day."""
    monkeypatch.setattr("iop_outcomes.engine.connection.gettempdir", lambda: str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    names = {
        "old": f"iop-outcomes-{gone.pid}-a",
        "new": f"iop-outcomes-{gone.pid}-b",
        "here": folder_prefix().replace(f"-{os.getpid()}-", f"-{gone.pid}-") + "d",
        "elsewhere": f"iop-outcomes-{gone.pid}-1-e",
        "ours": f"iop-outcomes-{os.getpid()}-c",
        "other": "iop-outcomes-x",
    }
    for name in names.values():
        (tmp_path / name).mkdir()
    for which in ("old", "ours", "other"):
        os.utime(tmp_path / names[which], (0, 0))
    remove_forgotten_folders()
    assert {path.name for path in tmp_path.iterdir()} == {names[which] for which in ("new", "elsewhere", "ours", "other")}
