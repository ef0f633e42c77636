"""Takes small programs through the engine, gives proof that its counts are exact, repeatable, private and safe to ask at the same time."""

import ast
import contextlib
import math
import os
import random
import re
import subprocess
import sys
import threading
from collections import defaultdict
from contextlib import contextmanager
from itertools import permutations
from pathlib import Path
from unittest.mock import patch

import duckdb
import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import NOT_KNOWN, Column, EventWithin, FirstEvent, Known, ScoreAt, StopsAtEnd
from iop_outcomes.engine import packing
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


@pytest.fixture(scope="module")
def data():
    """One program for the tests that only look."""
    with loaded(program()) as found:
        yield found


def shuffled(frames, seed):
    """The same rows in another order."""
    return {name: frame.sample(frac=1, random_state=seed).reset_index(drop=True) for name, frame in frames.items()}


# -- counts ------------------------------------------------------------------------------------------------------


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


def test_tally_is_counted_once_and_summed_afterwards():
    """Asking again, or for fewer columns, sends nothing; the sum is what a count would have given."""
    fewer = [Column("los_days"), Column("track")]
    with loaded(program()) as first:
        whole = first.count(ASKED)
        sent = len(first.engine.connection.statements)
        assert first.count(ASKED) is whole
        summed = first.count(fewer)
        assert len(first.engine.connection.statements) == sent
    with loaded(program()) as second:
        counted = second.count(fewer)
    assert summed.columns == ("los_days", "track")
    assert summed.codes.tolist() == counted.codes.tolist()
    assert summed.n.tolist() == counted.n.tolist()
    assert summed.origin.tolist() == counted.origin.tolist()


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


@pytest.mark.parametrize("sites", [1, 32, 33, 90])
def test_however_many_words_a_column_has(sites):
    """Few words are looked for one by one, many by their hash: both count what a plain counter does, the blank among them."""
    frame = program(400)["episodes"].assign(site=[None if i % 7 == 0 else f"{'Abzü'[i % 4]}{i % sites}" for i in range(400)])
    expected = defaultdict(int)
    for track, site in zip(frame.track, frame.site, strict=True):
        expected[None if track is None else track, site] += 1
    with loaded({"episodes": frame}) as data:
        alone, together = data.engine.tally([[Column("site")], [Column("track"), Column("site")]])
    assert dict(together) == expected
    assert dict(alone) == {(site,): sum(n for (_, other), n in expected.items() if other == site) for _, site in expected}


def test_patients_whose_numbers_are_alike_by_chance_are_told_apart():
    """Were every number alike, patients would still be those of their ids."""
    frame = program(200)["episodes"]
    people = frame.patient_id.value_counts()
    expected = (people**2).sum() + frame.patient_id.isna().sum()
    alike = "iop_outcomes.engine.duckdb.numbers_held_twice"
    with patch(alike, lambda text, table: f"SELECT hash({text}) FROM {table}"), loaded({"episodes": frame}) as data:
        assert data.facts.repeated == (people > 1).sum()
        ones = np.ones(len(data.count([Column("track")])))
        assert data.engine.patients([Column("track")]).variance(ones) == expected


def test_many_episodes_are_kept_in_the_private_folder():
    """What is kept of many rows lies on the disk, and is counted as what is kept in memory is; closing removes it."""
    sets = [ASKED, [Column("track"), Column("site")], [Column("site"), Column("los_days")]]

    def answers(frames):
        with loaded(frames) as data:
            tables = data.engine.tally(sets)
            people = [data.engine.patients(requests) for requests in sets]
            files = list(data.engine.connection.folder.glob("narrow_*.parquet"))
            numbers = [each.variance(np.arange(len(counts), dtype=float)) for counts, each in zip(tables, people, strict=True)]
        return [dict(counts) for counts in tables], numbers, files

    kept = answers(program(200))
    with patch("iop_outcomes.engine.narrow.IN_MEMORY", 199):
        written = answers(program(200))
    assert (len(kept[2]), len(written[2])) == (0, 1)
    assert written[:2] == kept[:2]
    assert not written[2][0].exists()


# -- privacy -----------------------------------------------------------------------------------------------------

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


# -- repeated patients -------------------------------------------------------------------------------------------

KEYS = (Column("track"), Column("discharge_reason"), Column("los_days"))


def influences(counts, scales=(1.0, 1.0, 1.0)):
    """A number for each cell and estimate, the estimates in quite different units."""
    return np.random.default_rng(1).normal(size=(len(counts), len(scales))) * np.array(scales)


def slow_sums(episodes, counts, influence):
    """Sum each patient's influences, one episode after the other; a blank patient stands for itself."""
    place = {cell: i for i, (cell, _) in enumerate(counts)}
    people = defaultdict(lambda: [[] for _ in range(influence.shape[1])])
    for i, row in enumerate(episodes.astype(object).where(episodes.notna(), None).to_dict("records")):
        person = row.get("patient_id") or ("alone", i)
        stay = None if row["los_days"] is None else int(row["los_days"])
        cell = (row["track"], row["discharge_reason"] or (NOT_KNOWN if stay is None else None), stay)
        for j in range(influence.shape[1]):
            people[person][j].append(influence[place[cell], j])
    sums = [[math.fsum(values) for values in person] for person in people.values()]
    size = influence.shape[1]
    return np.array([[math.fsum(s[i] * s[j] for s in sums) for j in range(size)] for i in range(size)])


@pytest.mark.parametrize("scales", [(1.0, 1.0, 1.0), (1e3, 1e-6, 1.0)])
def test_sums_over_patients_equal_a_slow_sum_over_patients(data, scales):
    """Errors for repeated patients are those of a loop over people, in every unit: days beside shares lose nothing."""
    counts = data.count(KEYS)
    influence = influences(counts, scales)
    found = data.engine.patients(KEYS).products(influence)
    expected = slow_sums(program()["episodes"], counts, influence)
    own = np.sqrt(np.diag(expected))
    assert (np.abs(found - expected) <= 1e-9 * np.outer(own, own)).all()
    assert np.diag(found) == pytest.approx(np.diag(expected), rel=1e-9)


@pytest.mark.parametrize("wide", [False, True])
def test_few_patients_are_counted_as_many_are(wide):
    """By one question for all of them, or by one for those who came twice and one for the rest: the same combinations in the same order."""
    asked = (*KEYS, Column("site"), Column("episode_id")) if wide else KEYS
    found = []
    for few in (packing.FEW_PATIENTS, 0):
        with (
            patch.object(packing, "FEW_PATIENTS", few),
            patch.object(packing, "ROOM", 1000 if wide else packing.ROOM),
            loaded(program()) as data,
        ):
            found.append(data.engine.patients(asked))
    one, other = found
    assert {2, 3} <= set(np.diff(one.start).tolist())
    assert all(getattr(one, name).tolist() == getattr(other, name).tolist() for name in ("alone", "cell", "start", "n"))


def test_without_patients_every_episode_is_its_own():
    """Without patient_id, and with every one blank, the sums are those of independent episodes."""
    frames = program()
    none = {"episodes": frames["episodes"].drop(columns="patient_id")}
    blank = {"episodes": frames["episodes"].assign(patient_id=None)}
    for tables in (none, blank):
        with loaded(tables) as data:
            counts = data.count(KEYS)
            influence = influences(counts)
            found = data.engine.patients(KEYS).products(influence)
        assert found == pytest.approx((influence * counts.n[:, None]).T @ influence, rel=1e-9)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("order", [1, 2])
def test_sums_over_patients_are_the_same_bits_every_time(data, threads, order):
    """Whole numbers are summed, so that threads and the order of rows cannot change the last digit."""
    influence = influences(data.count(KEYS))
    expected = data.engine.patients(KEYS).products(influence)
    with loaded(shuffled(program(), order), threads=threads) as other:
        assert other.engine.patients(KEYS).products(influence).tobytes() == expected.tobytes()


def test_an_estimate_nobody_influences_has_no_variance(data):
    """A column of zeros stays zero and does not disturb its neighbour."""
    counts = data.count(KEYS)
    influence = np.zeros((len(counts), 2))
    influence[:, 1] = 1.0
    found = data.engine.patients(KEYS).products(influence)
    assert found[0].tolist() == [0.0, 0.0]
    assert found[1, 1] >= 300


def test_sums_over_patients_of_the_empty_request(data):
    """The table of one cell, everyone, can be asked too."""
    assert data.engine.patients([]).products(np.ones((1, 1)))[0, 0] > 300


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


# -- scores: (day, score) of one episode -------------------------------------------------------------------------


def score_of(scores, request, los_days=40, wide=None):
    """The score found for one episode that has these scores, and these beside it."""
    rows = [{"episode_id": "e1", "scale": "phq9", "day": day, "score": score} for day, score in scores]
    rows.append({"episode_id": "e2", "scale": "phq9", "day": 0, "score": 27})  # another episode, never found
    rows.append({"episode_id": "e1", "scale": "gad7", "day": 0, "score": 21})  # another scale, never found
    episodes = [{"episode_id": name, "track": "mh", "discharge_reason": "completed", "los_days": los_days} for name in ("e1", "e2")]
    episodes[0] |= wide or {}
    with loaded({"episodes": pd.DataFrame(episodes), "scores": pd.DataFrame(rows)}) as data:
        return dict(cell for cell, _ in data.count([Column("episode_id"), request]))["e1"]


@pytest.mark.parametrize(
    ("scores", "expected", "why"),
    [
        ([(0, 15)], 15, "on the day"),
        ([(-2, 11), (1, 12)], 12, "the closest to day 0"),
        ([(-1, 11), (1, 12)], 11, "the earlier on a tie"),
        ([(0, 15), (0, 12)], 12, "the lower of one day"),
        ([(-7, 9)], 9, "seven days before is inside"),
        ([(-8, 9)], None, "eight days before is outside"),
        ([(3, 9)], 9, "three days after is inside"),
        ([(4, 9)], None, "four days after is outside"),
        ([(0, None), (2, 8)], 8, "a blank score is none"),
        ([(0, 0)], 0, "zero points are a score"),
        ([], None, "no score at all"),
    ],
)
def test_score_at_admission(scores, expected, why):
    """The admission score: closest to day 0 within -7..+3, earlier on a tie, lower on one day."""
    assert score_of(scores, ScoreAt("phq9", "admit")) == expected, why


@pytest.mark.parametrize(
    ("scores", "expected", "why"),
    [
        ([(40, 5)], 5, "on the day of discharge"),
        ([(36, 9), (39, 6)], 6, "the last one"),
        ([(40, 5), (50, 7)], 7, "the last one may come after discharge"),
        ([(40, 5), (40, 8)], 8, "the higher of one day"),
        ([(33, 4)], 4, "seven days before is inside"),
        ([(32, 4)], None, "eight days before is outside"),
        ([(54, 4)], 4, "fourteen days after is inside"),
        ([(55, 4)], None, "fifteen days after is outside"),
        ([(39, 6), (41, None)], 6, "a blank score is none"),
    ],
)
def test_score_at_discharge(scores, expected, why):
    """The discharge score: the last within -7..+14 of discharge, higher on one day."""
    assert score_of(scores, ScoreAt("phq9", "discharge")) == expected, why


@pytest.mark.parametrize(
    ("stay", "scores", "expected", "why"),
    [
        (7, [(0, 15)], (15, None), "one score makes no pair"),
        (7, [(1, 15)], (15, None), "nor does one after admission"),
        (7, [(0, 15), (1, 9)], (15, 9), "the next day is later"),
        (7, [(0, 15), (0, 9)], (9, None), "two on one day are one day"),
        (0, [(3, 9), (-5, 15)], (9, None), "what lies in both windows is the admission score where it is the closest"),
        (0, [(0, 15), (3, 9)], (15, 9), "a stay of no day may have both"),
        (10, [(4, 9)], (None, 9), "without an admission score nothing has to be earlier"),
        (7, [(0, None), (2, 9)], (9, None), "a blank one is no admission score"),
    ],
)
def test_the_discharge_score_is_of_a_later_day(stay, scores, expected, why):
    """The discharge score lies on a later day than the admission score."""
    assert tuple(score_of(scores, ScoreAt("phq9", moment), stay) for moment in ("admit", "discharge")) == expected, why


def test_no_discharge_day_no_discharge_score():
    """Without a stay there is no window around discharge."""
    assert score_of([(40, 5)], ScoreAt("phq9", "discharge"), los_days=None) is None


def test_a_window_can_be_named():
    """A site may ask for another window; its ends belong to it."""
    assert score_of([(-14, 9)], ScoreAt("phq9", "admit", (-14, 0))) == 9
    assert score_of([(1, 9)], ScoreAt("phq9", "admit", (-14, 0))) is None


GIVEN = {"phq9_admit": 20}, {"phq9_discharge": 7}


@pytest.mark.parametrize(
    ("stay", "scores", "wide", "expected", "why"),
    [
        (40, [(0, 15), (40, 6)], {"phq9_admit": 20, "phq9_discharge": 7}, (20, 7), "given ones win over the table"),
        (40, [(0, 15), (40, 6)], {"phq9_admit": None, "phq9_discharge": None}, (15, 6), "where both are blank the table is all there is"),
        (7, [(0, 15)], {"phq9_admit": None, "phq9_discharge": None}, (15, None), "and one score makes no pair there either"),
        (40, [(0, 15), (40, 6)], GIVEN[0], (20, 6), "a score of the table stands in at discharge"),
        (5, [(3, 11)], GIVEN[0], (20, None), "up to day 3 it may be the admission score itself"),
        (5, [(4, 11)], GIVEN[0], (20, 11), "from day 4 on it cannot"),
        (40, [(32, 11)], GIVEN[0], (20, None), "a stand-in lies in the window"),
        (40, [(0, 15), (40, 6)], GIVEN[1], (15, 7), "a score of the table stands in at admission"),
        (8, [(1, 15)], GIVEN[1], (None, 7), "from 7 days before discharge on it may be the discharge score itself"),
        (8, [(0, 15)], GIVEN[1], (15, 7), "before that it cannot"),
        (8, [(1, 15), (-3, 9)], GIVEN[1], (9, 7), "the closest of those that stay"),
        (None, [(0, 15)], GIVEN[1], (None, 7), "without a stay nothing is known to lie before it"),
    ],
)
def test_a_score_of_the_table_stands_in_for_a_blank_beside_the_episode(stay, scores, wide, expected, why):
    """A column beside the episode is taken as given; where it is blank, a score of the table that cannot be the other one stands in."""
    assert tuple(score_of(scores, ScoreAt("phq9", moment), stay, wide) for moment in ("admit", "discharge")) == expected, why


def test_known_reads_the_stand_in_too():
    """Whether a score is known is asked of what stands in."""
    episodes = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "track": "mh", "discharge_reason": "completed", "los_days": 40})
    episodes["phq9_admit"] = [20, None, None]
    scores = pd.DataFrame({"episode_id": ["e1", "e2"], "scale": "phq9", "day": 0, "score": 10})
    with loaded({"episodes": episodes, "scores": scores}) as data:
        assert dict(data.count([ScoreAt("phq9", "admit")])) == {(20,): 1, (10,): 1, (None,): 1}
        assert dict(data.count([Known(ScoreAt("phq9", "admit"))])) == {(1,): 2, (0,): 1}


# -- events of one episode that stayed 40 days -------------------------------------------------------------------


def first_of(events, follow_up=100, *, stay=40, wide=None, **options):
    """Day and outcome found for one episode with these events (event, days after discharge[, planned])."""
    request = FirstEvent("first", ("readmission_psychiatric",), **options)
    episode = {"episode_id": "e1", "track": "mh", "discharge_reason": "completed", "los_days": stay, "follow_up_days": follow_up}
    tables = {"episodes": pd.DataFrame([episode | (wide or {})])}
    if events is not None:
        rows = [(*event, None)[:3] for event in events] or [("next_level_of_care", 0, None)]  # a table of events that holds none of these
        tables["events"] = pd.DataFrame(rows, columns=["event", "days_after_discharge", "planned"]).assign(episode_id="e1")
    with loaded(tables) as data:
        ((cell, _),) = data.count([request])
    return cell


BACK, AWAY, DEATH = "readmission_psychiatric", "emergency_visit", "death"
COMPETING = {"competing": ("death", "emergency_visit")}


@pytest.mark.parametrize(
    ("events", "options", "expected", "why"),
    [
        ([(BACK, 30)], {}, (30, "event"), "the event on its day"),
        ([(BACK, 60), (BACK, 30)], {}, (30, "event"), "the first of two"),
        ([], {}, (100, "end_of_follow_up"), "nothing until the last day observed"),
        ([(BACK, 100)], {}, (100, "event"), "an event on the last day observed is an event"),
        ([(BACK, 0)], {}, (0, "event"), "day 0 counts"),
        ([(AWAY, 5)], {}, (100, "end_of_follow_up"), "an event nobody asked for changes nothing"),
        ([(DEATH, 30), (BACK, 30)], {}, (30, "event"), "on one day the event comes before death"),
        ([(AWAY, 30), (BACK, 30)], COMPETING, (30, "event"), "on one day the event comes before a competing one"),
        ([(DEATH, 30), (AWAY, 30)], COMPETING, (30, AWAY), "on one day another event comes before death, in whatever order they are named"),
        ([(DEATH, 100)], {}, (100, "death"), "on one day death comes before the end of follow-up"),
        ([(AWAY, 20), (BACK, 30)], COMPETING, (20, AWAY), "what comes first in time wins"),
        ([(BACK, 2)], {}, (2, "event"), "the measure, not the engine, takes a return on day 2 for a transfer"),
        (None, {}, (100, None), "without a table of events nobody can tell, though the last day observed is known"),
        ([(BACK, 9, 1)], {"planned_competes": True}, (9, "planned"), "a planned event competes under its name"),
        ([(BACK, 9, 0)], {"planned_competes": True}, (9, "event"), "not planned"),
        ([(BACK, 9)], {"planned_competes": True}, (9, "event"), "a blank is not planned"),
        ([(BACK, 9, 1)], {}, (9, "event"), "planned events are events unless asked otherwise"),
        ([(BACK, 9, 1), (BACK, 9, 0)], {"planned_competes": True}, (9, "event"), "on one day the event comes before a planned one"),
        ([(BACK, 30)], {"clock": "admission"}, (70, "event"), "days from admission"),
        ([], {"clock": "admission"}, (140, "end_of_follow_up"), "observed from admission: the stay and the follow-up"),
    ],
)
def test_first_event(events, options, expected, why):
    """Day and kind of the first event; on one day: event, other competing event, death, end of follow-up."""
    assert first_of(events, **options) == expected, why


def test_unknown_follow_up_is_blank():
    """Whoever is not known to have been observed is in no curve, an event or not."""
    assert first_of([(BACK, 30)], follow_up=None) == (None, None)


@pytest.mark.parametrize("wide", [None, {"readmission_psychiatric_day": 70, "readmission_psychiatric_observed": 0}])
def test_without_a_stay_nobody_is_in_a_curve(wide):
    """A reason without a day: when the time after discharge began is not known, whatever is known of its length."""
    assert first_of([(BACK, 30)], stay=None, wide=wide) == (None, None)
    assert first_of([(BACK, 30)], stay=None, wide=wide, clock="admission") == (None, None)


def test_an_event_during_care_is_not_part_of_the_curve():
    """A day before discharge is not after it; on the admission clock it counts."""
    episode = {"episode_id": "e1", "track": "mh", "discharge_reason": "completed", "los_days": 40, "follow_up_days": 100}
    during = pd.DataFrame({"episode_id": ["e1"], "event": ["relapse"], "day": [10]})
    with loaded({"episodes": pd.DataFrame([episode]), "events": during}) as data:
        assert dict(data.count([FirstEvent("after", ("relapse",))])) == {(100, "end_of_follow_up"): 1}
        assert dict(data.count([FirstEvent("within", ("relapse",), clock="admission")])) == {(10, "event"): 1}


@pytest.mark.parametrize(
    ("day", "observed", "follow_up", "expected", "why"),
    [
        (70, 1, None, (30, "event"), "an event beside the episode, its day from admission"),
        (70, 0, None, (30, "end_of_follow_up"), "not seen until then"),
        (70, 1, 100, (30, "event"), "follow-up known as well"),
        (70, 0, 100, (100, "end_of_follow_up"), "follow-up that is known wins"),
        (40, 1, None, (0, "event"), "on the day of discharge"),
        (10, 1, None, (None, None), "during care: nothing is known of the time after"),
        (10, 0, None, (None, None), "last seen during care: nothing is known of the time after"),
        (None, None, None, (None, None), "blank"),
    ],
)
def test_wide_events(day, observed, follow_up, expected, why):
    """An event beside its episode brings its own last day observed, and needs no table of events."""
    wide = {"readmission_psychiatric_day": day, "readmission_psychiatric_observed": observed}
    for events in ([], None):
        assert first_of(events, follow_up=follow_up, wide=wide) == expected, why


def test_a_column_of_another_event_does_not_say_whether_this_one_happened():
    """Deaths beside the episode tell nothing of readmissions: their kind is blank; a death is still not taken for one."""
    wide = {"death_day": 70, "death_observed": 0}
    assert first_of(None, wide=wide) == (100, None)


@pytest.mark.parametrize(
    ("bounds", "expected", "why"),
    [
        ((None, -1), ("before",), "before discharge"),
        ((0, None), ("after", "second day", "third day"), "from discharge on"),
        ((0, 2), ("second day",), "both ends belong to it"),
        ((3, 3), ("third day",), "one day"),
        ((None, None), ("after", "before", "second day", "third day"), "no bound"),
    ],
)
def test_event_within(bounds, expected, why):
    """Whether an event happened between two days after discharge: 1 or 0, for every episode."""
    days = {"before": 39, "second day": 42, "third day": 43, "after": 130, "another event": 42}  # from admission, 40 days before discharge
    episodes = pd.DataFrame({"episode_id": [*days, "never"], "track": "mh", "discharge_reason": "completed", "los_days": 40})
    events = pd.DataFrame({"episode_id": [*days], "event": "relapse", "day": [*days.values()]})
    events.loc[events.episode_id == "another event", "event"] = "emergency_visit"
    with loaded({"episodes": episodes, "events": events}) as data:
        found = data.count([Column("episode_id"), EventWithin("within", ("relapse",), first=bounds[0], last=bounds[1])])
    assert sorted(name for (name, flag), _ in found if flag) == sorted(expected), why
    assert all(flag in (0, 1) for (_, flag), _ in found)


def test_event_within_asks_for_kinds():
    """Named kinds leave out every other kind and the blank."""
    episodes = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "track": "mh", "discharge_reason": "completed", "los_days": 40})
    events = pd.DataFrame({"episode_id": ["e1", "e2", "e3"], "event": "relapse", "days_after_discharge": 9, "kind": ["a", "b", None]})
    with loaded({"episodes": episodes, "events": events}) as data:
        found = data.count([Column("episode_id"), EventWithin("within", ("relapse",), ("b",))])
    assert dict(found) == {("e1", 0): 1, ("e2", 1): 1, ("e3", 0): 1}


@pytest.mark.parametrize(
    ("events", "follow_up", "expected", "why"),
    [
        ([(BACK, 30)], 30, 1, "follow-up stops at the event"),
        ([(BACK, 30)], 90, 0, "follow-up runs on past it"),
        ([(DEATH, 30)], 30, 1, "a death is an end too"),
        ([(BACK, 10), (DEATH, 30)], 30, 0, "the first end decides"),
        ([], 30, None, "nobody ended"),
        ([(BACK, 30)], None, None, "follow-up not known"),
    ],
)
def test_whether_follow_up_stops_at_the_end(events, follow_up, expected, why):
    """1 where `follow_up_days` is the day of the first event, 0 where it is another day, blank without either."""
    episode = {"episode_id": "e1", "track": "mh", "discharge_reason": "completed", "los_days": 40, "follow_up_days": follow_up}
    rows = [{"episode_id": "e1", "event": name, "days_after_discharge": day} for name, day in events or [("next_level_of_care", 0)]]
    with loaded({"episodes": pd.DataFrame([episode]), "events": pd.DataFrame(rows)}) as data:
        ((cell, _),) = data.count([StopsAtEnd(FirstEvent("first", (BACK,)))])
    assert cell == (expected,), why


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
