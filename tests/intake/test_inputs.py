"""One program is one program: the same counts as CSV, Parquet and data frames of every kind, and frames are left alone."""

from io import StringIO

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column, FirstEvent, ScoreAt
from iop_outcomes.errors import DataError, UsageError
from tests.intake import sites

MAPPING = {"data": {"class": "synthetic", "cutoff": "2025-01-01"}, "covariates": {"prior": "integer"}}
BLANK_ROWS = {3: "los_days", 7: "phq9_admit", 9: "prior", 11: "payer", 13: "track", 15: "follow_up_days"}
REQUESTS = {
    "columns": [Column("track"), Column("discharge_reason"), Column("payer"), Column("prior")],
    "stay": [Column("los_days"), Column("planned_days")],
    "follow-up": [Column("observed_days"), Column("follow_up_days"), Column("period")],
    "wide scores": [ScoreAt("phq9", "admit"), ScoreAt("phq9", "discharge")],
    "long scores": [Column("track"), ScoreAt("gad7", "admit"), ScoreAt("gad7", "discharge")],
    "events": [Column("track"), FirstEvent("relapse", ("relapse",))],
    "planned events": [FirstEvent("readmission", ("readmission_psychiatric",), planned_competes=True, clock="admission")],
    "patients": [Column("patient_id"), Column("episode_id")],
    "nothing": [],
}


def _program():
    """Rows of three tables with every kind of column (text, codes, numbers, dates, flags) and blanks in each kind."""
    episodes = sites.episodes()
    head = [*episodes[0], "admit_date", "discharge_date", "payer", "prior", "patient_id"]
    rows = [head]
    for i, row in enumerate(episodes[1:]):
        days = {"admit_date": f"2024-01-{i + 1:02}", "discharge_date": str(np.datetime64("2024-01-01") + i + int(row[3]))}
        rows.append([*row, *days.values(), ("public", "private", "self")[i % 3], str(i % 4), f"p{i // 2}"])
    for row, column in BLANK_ROWS.items():
        rows = sites.planted(rows, row, column, "")
    rows = sites.planted(rows, 14, "track", "trauma")
    rows[13][head.index("track")] = "mood"
    return {
        "episodes": rows,
        "scores": sites.planted(sites.scores(), 5, "score", ""),
        "events": sites.planted(sites.events(), 5, "planned", ""),
    }


def _frames(**options):
    return {table: pd.read_csv(StringIO(sites.text(rows)), **options) for table, rows in _program().items()}


def _dates(frame, kind):
    return {name: kind(pd.to_datetime(frame[name])) for name in ("admit_date", "discharge_date") if name in frame}


def _nullable(frame):
    return frame.convert_dtypes()


def _category(frame):
    return frame.astype(dict.fromkeys(frame.select_dtypes("object").columns, "category"))


def _boolean(frame):
    return frame.assign(planned=frame["planned"].map({1.0: True, 0.0: False}).astype("boolean")) if "planned" in frame else frame


def _small(frame):
    whole = [name for name in frame.select_dtypes("number") if frame[name].notna().all()]
    return frame.astype(dict.fromkeys(whole, "int16"))


FRAMES = {
    "as pandas reads them": _frames,
    "all text": lambda: _frames(dtype=str, keep_default_na=False),
    "all objects": lambda: {table: frame.astype(object) for table, frame in _frames().items()},
    "objects with None": lambda: {table: frame.astype(object).where(frame.notna(), None) for table, frame in _frames().items()},
    "nullable": lambda: {table: _nullable(frame) for table, frame in _frames().items()},
    "categories": lambda: {table: _category(frame) for table, frame in _frames().items()},
    "datetime64": lambda: {table: frame.assign(**_dates(frame, lambda days: days)) for table, frame in _frames().items()},
    "datetime64 of seconds": lambda: {
        table: frame.assign(**_dates(frame, lambda days: days.astype("datetime64[s]"))) for table, frame in _frames().items()
    },
    "dates": lambda: {table: frame.assign(**_dates(frame, lambda days: days.dt.date)) for table, frame in _frames().items()},
    "flags that are true or false": lambda: {table: _boolean(frame) for table, frame in _frames().items()},
    "small numbers": lambda: {table: _small(frame) for table, frame in _frames().items()},
    "another index": lambda: {table: frame.set_axis([f"r{i}" for i in range(len(frame))]) for table, frame in _frames().items()},
    "other order": lambda: {table: frame.sample(frac=1, random_state=7)[sorted(frame)] for table, frame in _frames().items()},
    "a slice": lambda: {table: pd.concat([frame, frame]).iloc[: len(frame)] for table, frame in _frames().items()},
}


def _as_csv(folder):
    return sites.write(folder, mapping=None, **_program())


def _as_parquet(folder, *, types):
    """Parquet as text, or with the types that the reader guesses (whole numbers, doubles, dates)."""
    _as_csv(folder)
    guess = "true" if types else "false"
    for table in sites.TABLES:
        path = folder / f"{table}.csv"
        duckdb.execute(
            f"COPY (SELECT * FROM read_csv('{path}', header = true, all_varchar = not {guess})) TO '{path.with_suffix('.parquet')}'"
        )
        path.unlink()
    return folder


SOURCES = {
    **{name: (lambda _, make=make: make()) for name, make in FRAMES.items()},
    "Parquet of text": lambda folder: _as_parquet(folder, types=False),
    "Parquet with types": lambda folder: _as_parquet(folder, types=True),
    "semicolons": lambda folder: sites.write(folder, mapping=None, **{table: sites.text(rows, ";") for table, rows in _program().items()}),
    "CSV with a mark and other line ends": lambda folder: sites.write(
        folder, mapping=None, **{table: ("\ufeff" + sites.text(rows).replace("\n", "\r\n")).encode() for table, rows in _program().items()}
    ),
    "CSV in quotes with spaces": lambda folder: sites.write(
        folder,
        mapping=None,
        **{
            table: "\n".join(",".join(f'" {cell} "' for cell in row) for row in rows).replace("\n", "\n\n")
            for table, rows in _program().items()
        },
    ),
}


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """Counts of the plain CSV."""
    with iop.load(_as_csv(tmp_path_factory.mktemp("plain")), mapping=MAPPING) as data:
        return {name: list(data.count(requests)) for name, requests in REQUESTS.items()}


def test_the_program_has_blanks_and_answers(expected):
    """The comparison below is not one of empty tables: every request has several cells, and blanks among them."""
    assert all(sum(n for _, n in cells) == 24 for cells in expected.values())
    assert all(len(cells) > 3 for name, cells in expected.items() if name != "nothing")
    assert all(any(None in key for key, _ in expected[name]) for name in ("columns", "follow-up", "wide scores", "long scores", "events"))


@pytest.mark.parametrize("name", SOURCES)
def test_the_counts_are_identical(tmp_path, expected, name):
    """Every request gives the same cells, whatever the program comes as."""
    mapping = MAPPING | ({"data": MAPPING["data"] | {"delimiter": ";"}} if name == "semicolons" else {})
    with iop.load(SOURCES[name](tmp_path), mapping=mapping) as data:
        found = {request: list(data.count(requests)) for request, requests in REQUESTS.items()}
        assert [(flow.what, flow.rows_in, flow.used) for flow in data.flow] == [
            ("episodes", 24, 24),
            ("scores", 48, 48),
            ("events", 12, 12),
        ]
    assert found == expected


@pytest.mark.parametrize("name", ["all objects", "nullable", "categories", "datetime64"])
def test_frames_are_copied_and_never_changed(expected, name):
    """After loading a frame may be changed without effect, and loading has changed nothing in it."""
    frames = FRAMES[name]()
    before = {table: frame.copy(deep=True) for table, frame in frames.items()}
    with iop.load(frames, mapping=MAPPING) as data:
        for table, frame in frames.items():
            pd.testing.assert_frame_equal(frame, before[table])
        for frame in frames.values():
            frame.loc[:, "episode_id"] = frame["episode_id"].iloc[0]
            frame.drop(index=frame.index[3:], inplace=True)
        found = {request: list(data.count(requests)) for request, requests in REQUESTS.items()}
    assert found == expected


def test_a_frame_alone_is_the_episodes():
    """A bare frame needs no dict around it, and says what it is in findings."""
    with iop.load(_frames()["episodes"], mapping=MAPPING) as data:
        assert [source.name for source in data.provenance.sources] == ["episodes (data frame)"]
        assert data.episodes == 24


def test_the_fingerprint_of_a_frame_is_its_content():
    """The same content has the same fingerprint; one changed cell has another."""
    frame = _frames()["episodes"]
    other = frame.copy()
    other.loc[3, "payer"] = "nobody"

    def of(given):
        with iop.load(given, mapping=MAPPING) as data:
            return data.provenance.sources[0].sha256

    assert of(frame) == of(frame.copy()) != of(other)


NUMBERS = {
    "a fraction": [30.5, 31.0],
    "infinity": [np.inf, 31.0],
    "a number in words": ["thirty", 31],
    "a very large number": [1e300, 31.0],
    "a duration": pd.to_timedelta([30, 31], unit="D"),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_frames_are_judged_as_files_are(name):
    """A float column of whole numbers is whole numbers; anything else is named by its row."""
    frame = pd.DataFrame({"episode_id": ["a", "b"], "track": "t", "discharge_reason": "completed", "los_days": NUMBERS[name]})
    with pytest.raises(DataError, match=r"^episodes \(data frame\):1: los_days: not_whole_number"):
        iop.load(frame)


def test_a_moment_in_a_frame_is_its_day():
    """A column of moments is cut to the day as it reads in the zone of the column, in pandas, polars and Arrow alike."""
    rows = sites.dated()
    frame = pd.DataFrame(rows[1:], columns=rows[0]).drop(columns="los_days").assign(discharge_date="2024-03-31")
    for moment in ("2024-01-01 10:30", "2024-01-01 00:00+05:00", "2024-01-01 23:59:59-05:00"):
        moved = frame.assign(admit_date=pd.Timestamp(moment))
        objects = frame.assign(admit_date=pd.Series([pd.Timestamp(moment).to_pydatetime()] * len(frame), dtype=object))
        for each in (moved, objects, pl.from_pandas(moved), pa.Table.from_pandas(moved)):
            with iop.load(each, mapping=MAPPING | {"covariates": {}}) as data:
                assert data.count([Column("los_days")]).levels("los_days") == (90,), (moment, type(each))
        assert moved["admit_date"].iloc[0] == pd.Timestamp(moment)


def test_moments_in_parquet_are_those_of_utc(tmp_path):
    """Parquet keeps no zone: a midnight of UTC is a date, and any other moment is said to be cut in UTC."""
    rows = sites.dated()
    frame = pd.DataFrame(rows[1:], columns=rows[0]).drop(columns="los_days").assign(discharge_date="2024-03-31")
    for moment, warned in (("2024-01-01 00:00+00:00", False), ("2023-12-31 20:00-05:00", True)):
        frame.assign(admit_date=pd.Timestamp(moment)).to_parquet(tmp_path / "episodes.parquet")
        with iop.load(tmp_path, mapping=MAPPING | {"covariates": {}}) as data:
            assert data.count([Column("los_days")]).levels("los_days") == (90,)
            assert [finding.rule for finding in data.findings if finding.severity == "warning"] == ["time_zone"] * warned


def test_what_is_no_frame():
    """Other things are named by their type, tables by the nearest name, and a frame without rows or with a name twice is refused."""
    frame = _frames()["episodes"]
    with pytest.raises(UsageError, match="load: episodes is of type list"):
        iop.load({"episodes": [1]})
    with pytest.raises(UsageError, match='no table is called "score"\\. Did you mean "scores"\\?'):
        iop.load({"episodes": frame, "score": frame})
    with pytest.raises(DataError, match="no_episodes_table"):
        iop.load({"scores": frame})
    with pytest.raises(DataError, match="no_rows"):
        iop.load(frame.iloc[:0])
    with pytest.raises(DataError, match="duplicate_header"):
        iop.load(pd.concat([frame, frame[["track"]].rename(columns={"track": "Track"})], axis=1))
