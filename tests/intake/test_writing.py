"""Takes the table as files of every format, gives proof that they say what it says, whole or not at all, and hold what the class allows."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pyarrow.parquet
import pyreadstat
import pytest

import iop_outcomes as iop
from iop_outcomes.intake.writing import RESERVED, table_writer
from tests.intake.test_rules_of_items import scale_file
from tests.table.programs import DATED, loaded, tables

ENDINGS = (".csv", ".parquet", ".xlsx", ".sav", ".dta")
LABELS = ("=1+1", "+49 (nord)", "-", "@site", "#N/A", "Größe ☃ 中文", 'a,b;"c"', "'quoted", "x" * 200)
FREE = {**DATED, "covariates": {"housing": "category", "long": "integer", "größe": "integer", "gr__e": "integer"}}


def hostile():
    """A program whose labels are whatever people write, with columns called like words of Stata."""
    frames = tables(90, seed=5)
    episodes = frames["episodes"]
    episodes["site"] = [LABELS[i % len(LABELS)] if i % 10 else None for i in range(len(episodes))]
    episodes["housing"] = ["=cmd|' /C calc'!A0" if i % 3 else "rented" for i in range(len(episodes))]
    episodes["long"], episodes["größe"], episodes["gr__e"] = range(len(episodes)), [None, 7] * 45, 3
    return loaded(frames, FREE)


@pytest.fixture(scope="module", params=["ordinary", "hostile"])
def table(request):
    """A table to write."""
    with hostile() if request.param == "hostile" else loaded(tables(60, active=0.2)) as data:
        return data.episode_table()


def written(table, ending, folder):
    """The table as a file, and the records of its codebook."""
    contents = table_writer(folder / f"episodes{ending}")(table)
    for path, content in contents.items():
        path.write_bytes(content)
    path, beside = contents
    assert beside == folder / "episodes_codebook.csv"
    lines = list(csv.reader(io.StringIO(beside.read_text(encoding="utf-8"))))
    assert lines[0] == [table.notice]
    return path, pd.DataFrame(lines[2:], columns=lines[1])


def plain(value):
    """A cell as text: blanks alike, whole numbers without a point, dates as days."""
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)) or value is pd.NA or value == "":
        return ""
    if isinstance(value, float | np.floating | int | np.integer) and not isinstance(value, bool):
        return f"{float(value):.12g}"
    return str(value.date()) if hasattr(value, "date") and callable(value.date) else str(value)


def cells(frame):
    """A frame as text."""
    return {str(name): [plain(value) for value in frame[name].astype("object")] for name in frame}


def unguarded(text):
    """Text of a CSV as it was before it was quoted for spreadsheets."""
    return text[1:] if text.startswith("'") and text[1:2] in ("=", "+", "-", "@") else text


def read_back(path, names):
    """What any reader finds in a file, by canonical names."""
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
        frame = pd.DataFrame(rows[1:], columns=rows[0]).map(unguarded)
    elif path.suffix == ".parquet":
        frame = pd.read_parquet(path)
    elif path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path)["episodes"]
        assert not [cell.coordinate for row in sheet for cell in row if cell.data_type in ("f", "e")]
        rows = list(sheet.values)
        frame = pd.DataFrame(rows[1:], columns=rows[0], dtype=object)
    else:
        reader = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
        frame = reader(path, apply_value_formats=True)[0].rename(columns={short: name for name, short in names.items()})
    return frame


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_says_what_the_frame_says(table, ending, tmp_path):
    """Cell for cell, blanks as blanks, a label whatever it begins with."""
    path, codebook = written(table, ending, tmp_path)
    frame, names = table.to_frame(), dict(zip(codebook.column.map(unguarded), codebook.name_in_file.map(unguarded), strict=True))
    found, expected = cells(read_back(path, names)), cells(frame)
    assert list(found) == list(expected)
    for name in expected:
        if ending == ".csv" and frame[name].dtype in ("Int64", "float64"):
            found[name] = [value and f"{float(value):.12g}" for value in found[name]]
        assert found[name] == expected[name], name


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_names_in_statistics_packages_are_short_plain_and_different(table, ending, tmp_path):
    """The codebook gives both names; words have value labels, and every variable a label."""
    path, codebook = written(table, ending, tmp_path)
    _, meta = (pyreadstat.read_sav if ending == ".sav" else pyreadstat.read_dta)(path)
    assert list(codebook.name_in_file) == meta.column_names
    assert len({name.lower() for name in meta.column_names}) == len(meta.column_names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,31}", name) and name.lower() not in RESERVED for name in meta.column_names)
    labels, names = meta.column_names_to_labels, dict(zip(codebook.column, codebook.name_in_file, strict=True))
    assert labels[names["phq9_change"]] == "change in PHQ-9, positive for improvement"
    assert all(labels.values())
    assert set(meta.variable_value_labels[names["phq9_reliable"]].values()) >= {"improved", "unchanged", "worse", "no_discharge_score"}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_file_says_that_it_is_working_material(table, ending, tmp_path):
    """In the file itself where the format has a place, and first in the codebook."""
    path, _ = written(table, ending, tmp_path)
    assert table.notice.startswith("Working material, not released")
    if ending == ".parquet":
        assert pyarrow.parquet.read_metadata(path).metadata[b"notice"].decode() == table.notice
    elif ending == ".xlsx":
        assert openpyxl.load_workbook(path)["codebook"]["A1"].value == table.notice
    elif ending in (".sav", ".dta"):
        _, meta = (pyreadstat.read_sav if ending == ".sav" else pyreadstat.read_dta)(path)
        assert meta.file_label.startswith("Working material, not released")
        assert ending == ".dta" or " ".join(meta.notes) == table.notice


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_same_data_give_the_same_bytes_whenever_they_are_written(table, ending, tmp_path, monkeypatch):
    """No clock: neither the header of a file nor the entries of a zip."""
    first = table_writer(tmp_path / f"a{ending}")(table)
    real = zipfile.time.localtime
    monkeypatch.setattr(zipfile.time, "localtime", lambda *_: real(1_000_000_000))
    assert list(table_writer(tmp_path / f"a{ending}")(table).values()) == list(first.values())
    (content, _) = first.values()
    stamp = {".sav": b"01 Jan 8000:00:00", ".dta": b"<timestamp>\x1101 Jan 1980 00:00</timestamp>"}.get(ending, b"")
    assert stamp in (content[92:109] if ending == ".sav" else content[:400])


def test_the_codebook_describes_every_column(table, tmp_path):
    """One line a column, with what is counted from it and how many are blank."""
    _, codebook = written(table, ".csv", tmp_path)
    frame = table.to_frame()
    assert [unguarded(name) for name in codebook.column] == list(frame.columns)
    assert codebook.words.str.len().min() > 2
    assert codebook.n.astype(int).tolist() == frame.notna().sum().tolist()
    assert (codebook.n.astype(int) + codebook.n_blank.astype(int) == len(frame)).all()
    lines = codebook.set_index("column")
    assert (
        "completion_strict = completed / (completed + transferred + transferred_step_up + not_completed)" in lines.definition["completion"]
    )
    assert "improved by >= 6 points" in lines["values"]["phq9_reliable"]
    assert lines.source["track"] == "canonical"
    assert lines.source["completion"] == "derived"
    assert lines.unit["phq9_change"] == "points"
    assert lines.definition[lines.source == "derived"].str.len().min() > 20


# -- what the class of the data allows -----------------------------------------------------------------------------------


def classed(data_class):
    """One program under a class; without dates under safe_harbor, as it must come."""
    rng = np.random.default_rng(4)
    episodes = pd.DataFrame(
        {
            "episode_id": [f"Zq{i:03}" for i in range(80)],
            "patient_id": [f"Wx{i % 30}" if i % 7 else None for i in range(80)],
            "track": rng.choice(["a", "b"], 80),
            "discharge_reason": rng.choice(["completed", "dropped_out"], 80),
            "los_days": rng.integers(1, 60, 80),
            "period": rng.choice(["2024-Q1", "2024-Q2"], 80),
        }
    )
    if data_class != "safe_harbor":
        episodes["admit_date"], episodes["discharge_date"] = "2024-01-05", "2024-02-20"
        episodes = episodes.drop(columns=["los_days"])
    return loaded({"episodes": episodes}, {"data": {"class": data_class}}), episodes


@pytest.mark.parametrize("ending", ENDINGS)
def test_safe_harbor_keeps_no_date_no_period_and_no_id(ending, tmp_path):
    """Ids are numbers in no order of theirs; who comes back is still to be seen."""
    data, episodes = classed("safe_harbor")
    with data:
        table, frame = data.episode_table(), data.to_frame()
        path, codebook = written(table, ending, tmp_path)
    assert frame.episode_id.tolist() == list(range(1, 81))
    assert not {"period", "admit_date", "discharge_date", "discharge_quarter"} & set(frame)
    assert not [name for name in frame if str(frame[name].dtype).startswith("datetime")]
    for content in (path.read_bytes(), codebook.to_csv().encode()):
        assert b"Zq0" not in content
        assert b"Wx1" not in content
        assert b"2024" not in content
    times = frame.patient_id.value_counts().sort_values().tolist()
    assert times == episodes.patient_id.value_counts().sort_values().tolist()
    assert frame.patient_id.isna().sum() == episodes.patient_id.isna().sum()
    assert frame.los_days.tolist() != episodes.los_days.tolist()
    columns = ["track", "discharge_reason", "los_days"]
    by_values = [sorted(map(tuple, each[columns].astype(object).to_numpy().tolist())) for each in (frame, episodes)]
    assert by_values[0] == by_values[1]


def test_the_order_of_rows_says_nothing_of_ids():
    """The same episodes under other ids, in another order: the same table."""
    data, episodes = classed("safe_harbor")
    other = episodes.sample(frac=1, random_state=1).reset_index(drop=True)
    other["episode_id"] = [f"E{900 - i}" for i in range(80)]
    with data, loaded({"episodes": other}, {"data": {"class": "safe_harbor"}}) as again:
        pd.testing.assert_frame_equal(
            data.to_frame().drop(columns="patient_id"), again.to_frame().drop(columns="patient_id"), check_categorical=False
        )


@pytest.mark.parametrize("data_class", ["limited_data_set", "synthetic", "public"])
def test_other_classes_keep_dates_and_ids(data_class):
    """A limited data set may hold dates, and codes that no identifier is."""
    data, episodes = classed(data_class)
    with data:
        frame = data.to_frame()
        assert data_class in data.episode_table().notice
    assert frame.episode_id.tolist() == episodes.episode_id.tolist()
    assert frame.admit_date.dt.strftime("%Y-%m-%d").unique().tolist() == ["2024-01-05"]
    assert set(frame.period) == {"2024-Q1", "2024-Q2"}


# -- other data ----------------------------------------------------------------------------------------------------------


def test_a_column_of_the_site_that_is_called_like_a_derived_one_keeps_its_values():
    """It goes by another name; what measures make stands under theirs."""
    frames = tables(60)
    frames["episodes"]["completion"] = ["yes", "no"] * 30
    with loaded(frames, {**FREE, "covariates": {"completion": "category"}}) as data:
        frame, codebook = data.to_frame(), data.codebook().set_index("column")
    assert dict(zip(frame.episode_id, frame.completion_of_site, strict=True)) == dict(
        frames["episodes"][["episode_id", "completion"]].values
    )
    assert set(frame.completion.dropna()) <= {
        "completed",
        "transferred",
        "transferred_step_up",
        "not_completed",
        "missing_reason",
        "died",
        "not_started",
    }
    assert codebook.source[["completion", "completion_of_site"]].tolist() == ["derived", "canonical"]


def test_scores_and_events_beside_the_episode():
    """What measures use stands under the name of the column; the day of an event beside it keeps its own."""
    episodes = pd.DataFrame(
        {
            "episode_id": ["e1", "e2", "e3"],
            "track": ["a", "a", "b"],
            "discharge_reason": ["completed", "completed", "dropped_out"],
            "los_days": [20, 30, 5],
            "phq9_admit": [15, 20, None],
            "phq9_discharge": [5, None, 3],
            "relapse_day": [50, 130, 40],
            "relapse_observed": [1, 0, 1],
        }
    )
    scores = pd.DataFrame({"episode_id": ["e2"], "scale": ["phq9"], "day": [29], "score": [19]})
    with loaded({"episodes": episodes, "scores": scores}, {"data": {"class": "synthetic"}}) as data:
        frame = data.to_frame()
    assert frame.phq9_admit.tolist() == [15, 20, pd.NA]
    assert frame.phq9_discharge.tolist() == [5, 19, 3]
    assert frame.phq9_change.tolist() == [10, 1, pd.NA]
    assert frame.phq9_reliable.tolist() == ["improved", "unchanged", "no_admission_score"]
    assert frame.relapse_day.tolist() == [50, 130, 40]
    assert frame.relapse_any_use_first_day.tolist() == [30, 100, 35]
    assert frame.relapse_any_use_first_end.tolist() == ["event", "end_of_follow_up", "event"]


def test_a_scale_in_tenths_is_in_points(tmp_path):
    """Scores that are kept as steps leave as points, to the tenth."""
    scale_file(tmp_path, "tenths", items=10, item_range="[0, 1]", high="21.0", step="0.1", more="item_scoring = false\n")
    episodes = pd.DataFrame(
        {
            "episode_id": ["e1", "e2"],
            "track": "a",
            "discharge_reason": "completed",
            "los_days": 20,
            "tenths_admit": [15.3, 20.0],
            "tenths_discharge": [5.2, None],
        }
    )
    with iop.load(episodes, mapping={"data": {"class": "synthetic"}}, scales=tmp_path) as data:
        frame = data.to_frame()
    assert frame.tenths_admit.tolist() == [15.3, 20.0]
    assert frame.tenths_change.tolist()[0] == pytest.approx(-10.1, abs=1e-12)  # of this scale more is better


def test_data_that_were_not_loaded_by_the_public_function_say_so():
    """The table needs what only that gives."""
    from iop_outcomes.intake.loading import load

    with load("data/synthetic") as data, pytest.raises(iop.UsageError, match=r"iop_outcomes\.load"):
        data.to_frame()


def test_a_control_character_never_reaches_a_file():
    """A NUL in a label is refused when the data are loaded."""
    frames = tables(30)
    frames["episodes"].loc[0, "track"] = "a\0b"
    with pytest.raises(iop.DataError):
        iop.load(frames, mapping=FREE)
