"""OMOP CDM 5.4: scores from both tables whatever their code, a row without a value missing and never 0, and nothing lost unsaid."""

import pandas as pd
import pytest

from iop_outcomes.errors import DataError, PrivacyError
from tests.adapters import omop, program
from tests.adapters.asked import episode, loaded, mapped, said, scores_of

OBSERVATION = {"person_id": "502", "observation_date": "2024-01-09", "observation_concept_id": omop.PHQ9, "value_as_number": "14"}


def read(folder, observations=(), measurements=(), mapping=omop.MAPPING, **others):
    """The rows and findings of the program with these observations and measurements alone."""
    tables = {"observation": (omop.OBSERVATION, list(observations)), "measurement": (omop.MEASUREMENT, list(measurements))}
    return loaded(omop.write(folder, **{**tables, **others}), mapping)


def with_visit(**changes):
    """visit_occurrence with the visit of episode 1002 changed."""
    return omop.VISIT, [{**row, **(changes if row["visit_occurrence_id"] == "1002" else {})} for row in omop.visits()]


def test_numbers_written_with_a_decimal_point_are_the_same_ids(tmp_path):
    """As pandas writes a column of whole numbers with blanks: 1002.0 is visit 1002, 3042932.0 a PHQ-9, 9201.0 a code of a track."""
    row = {
        **OBSERVATION,
        "visit_occurrence_id": "1002.0",
        "observation_concept_id": "3042932.0",
        "person_id": "502.0",
        "value_as_number": "14.0",
    }
    visits = [
        {**row, "visit_source_value": "", "visit_source_concept_id": "9201.0", "person_id": f"{row['person_id']}.0"}
        for row in omop.visits()[:30]
    ]
    deaths = (["person_id", "death_date"], [{"person_id": "503.0", "death_date": "2024-03-01"}])
    mapping = mapped(omop, tracks={"9201": "mental_health"})
    tables, _ = read(tmp_path, [row], mapping=mapping, visit_occurrence=(omop.VISIT, visits), death=deaths)
    assert scores_of(tables) == [("1002", 0, 14)]
    assert {row["patient_id"] for row in tables["episodes"]} == {row["patient_id"] for row in program.episodes()}
    assert [(row["episode_id"], row["event"]) for row in tables["events"]] == [("1003", "death")]


def test_people_whose_sex_is_given_twice(tmp_path):
    """Alike it is one fact; differently it is blank, and both rows are counted."""
    columns = ["person_id", "gender_concept_id"]
    people = [dict(zip(columns, row, strict=True)) for row in (("502", "8507"), ("502", "8532"), ("503", "8532"), ("503", "8532"))]
    tables, findings = read(tmp_path, person=(columns, people))
    assert [episode(tables, name)["sex"] for name in ("1002", "1003")] == [None, "female"]
    assert said(findings, "sex is given") == ["2 rows of people whose sex is given differently: left blank"]


def test_a_visit_without_an_end(tmp_path):
    """How it ended is not known, and counted; it is in care only where the mapping says so."""
    gone = with_visit(visit_end_date="", discharged_to_source_value="")
    tables, findings = read(tmp_path, visit_occurrence=gone)
    assert (episode(tables, "1002")["discharge_reason"], episode(tables, "1002")["los_days"]) == ("not_known", None)
    assert said(findings, "without an end date") == ["1 episodes without an end date: how and when they ended is not known"]
    tables, _ = loaded(tmp_path, mapped(omop, without_end="active"))
    assert episode(tables, "1002")["discharge_reason"] == "active"


def test_still_a_patient_is_still_in_care(tmp_path):
    """The convention for a stay that is not over: its end date is only the day of the export."""
    tables, _ = read(tmp_path)
    assert (episode(tables, "1030")["discharge_reason"], episode(tables, "1030")["los_days"]) == ("active", None)


def test_other_visits_are_counted(tmp_path):
    """Visits of no track are no episodes, and the finding says how many."""
    _, findings = read(tmp_path)
    events = sum(event != "death" for _, _, event, _ in program.HAPPENED)
    assert said(findings, "no code of a track") == [f"{events + 1} rows with no code of a track are no episodes"]


def test_rows_of_the_table_episode(tmp_path):
    """`episode` holds the episodes, and the last visit linked to each says how it ended; scores find them through their visit."""
    rows, links, visits = [], [], []
    for row in omop.visits()[:30]:
        name = f"7{row['visit_occurrence_id']}"
        active = row["discharged_to_concept_id"] == omop.STILL_PATIENT
        end = "" if active else row["visit_end_date"]
        shared = {"episode_id": name, "person_id": row["person_id"], "episode_source_value": row["visit_source_value"]}
        rows.append({**shared, "episode_start_date": row["visit_start_date"], "episode_end_date": end})
        links.append({"episode_id": name, "event_id": row["visit_occurrence_id"], "episode_event_field_concept_id": "1147070"})
        links.append({"episode_id": name, "event_id": "1029", "episode_event_field_concept_id": "1147127"})  # a condition of that number
        visits.append({**row, "visit_source_value": "GROUP"})
    others = {
        "episode": (["episode_id", "person_id", "episode_start_date", "episode_end_date", "episode_source_value"], rows),
        "episode_event": (["episode_id", "event_id", "episode_event_field_concept_id"], links),
        "visit_occurrence": (omop.VISIT, visits),
    }
    mapping = mapped(omop, episodes="episode")
    tables, _ = loaded(omop.write(tmp_path, **others), mapping)
    reasons = {row["episode_id"]: row["discharge_reason"] for row in tables["episodes"]}
    assert reasons == {f"7{row['episode_id']}": row["discharge_reason"] for row in program.episodes()}
    expected = sorted((f"7{row['episode_id']}", int(row["day"])) for row in program.scores() if row["scale"] == "phq9")
    late = omop.late_without_visit()
    assert [score[:2] for score in scores_of(tables)] == [score for score in expected if (score[0][1:], score[1]) not in late]
    assert len(late) == 4


def two_endings(first, second, **changes):
    """The tables of one row of `episode` with two visits, each with its end and its reason."""
    row = {"episode_id": "7", "person_id": "502", "episode_start_date": "2024-01-09", "episode_end_date": "2024-03-01"}
    visits = [
        {
            **omop.visits()[1],
            "visit_occurrence_id": name,
            "visit_source_value": "GROUP",
            "visit_end_date": end,
            "discharged_to_source_value": code,
        }
        for name, (end, code) in (("999", first), ("1000", second))
    ]
    link = {"episode_id": "7", "episode_event_field_concept_id": "1147070"}
    links = [{**link, "event_id": name} for name in ("999", "1000")]
    return {
        "episode": ([*row, "episode_source_value"], [{**row, "episode_source_value": "IOP-MH"}]),
        "episode_event": ([*link, "event_id"], links),
        "visit_occurrence": (omop.VISIT, visits),
        **changes,
    }


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        (("2024-02-01", "AMA"), ("2024-03-01", "COMP"), "completed"),
        (("2024-03-01", "AMA"), ("2024-02-01", "COMP"), "dropped_out"),
        (("2024-03-01", "COMP"), ("2024-03-01", "COMP"), "completed"),
        (("2024-03-01", "COMP"), ("2024-03-01", ""), "completed"),
        (("2024-03-01", "AMA"), ("2024-03-01", "COMP"), None),
        (("2024-03-01", "AMA"), ("", "COMP"), None),
    ],
)
def test_the_last_visit_says_how_a_row_of_episode_ended(tmp_path, first, second, reason):
    """Two last ones that differ, or one that may be the last, leave the reason blank, and both visits are counted."""
    tables, findings = read(tmp_path, mapping=mapped(omop, episodes="episode"), **two_endings(first, second))
    assert tables["episodes"][0]["discharge_reason"] == reason
    assert len(said(findings, "2 visits of one episode that ended in different ways")) == (reason is None)


def test_a_visit_of_two_rows_of_episode_is_counted(tmp_path):
    """A score of it is placed by its day, as if it had named no visit."""
    tables = two_endings(("2024-02-01", "AMA"), ("2024-03-01", "COMP"))
    columns, rows = tables["episode"]
    tables["episode"] = (columns, [*rows, {**rows[0], "episode_id": "8", "episode_start_date": "2024-01-20"}])
    columns, links = tables["episode_event"]
    tables["episode_event"] = (columns, [*links, {**links[0], "episode_id": "8"}])
    found, findings = read(tmp_path, [{**OBSERVATION, "visit_occurrence_id": "999"}], mapping=mapped(omop, episodes="episode"), **tables)
    assert scores_of(found) == [("7", 0, 14)]
    assert said(findings, "linked to two episodes") == [
        "2 rows of a visit that is linked to two episodes: its scores are placed by their dates"
    ]


def test_rows_of_visit_detail(tmp_path):
    """Where one visit holds several programs, its details are the episodes."""
    names = {"visit_occurrence_id": "visit_detail_id", "visit_source_value": "visit_detail_source_value"}
    names |= {"visit_start_date": "visit_detail_start_date", "visit_end_date": "visit_detail_end_date"}
    details = [{names.get(key, key): value for key, value in row.items() if key != "visit_concept_id"} for row in omop.visits()[:30]]
    columns = [*names.values(), "person_id", "care_site_id", "discharged_to_concept_id", "discharged_to_source_value"]
    others = {"visit_detail": (columns, details), "visit_occurrence": (omop.VISIT, omop.visits()[30:])}
    tables, _ = loaded(omop.write(tmp_path, **others), mapped(omop, episodes="visit_detail"))
    assert [(row["episode_id"], row["discharge_reason"]) for row in tables["episodes"]] == [
        (row["episode_id"], row["discharge_reason"]) for row in program.episodes()
    ]


def test_parquet_and_capital_letters(tmp_path):
    """Tables as Parquet with types, and names of columns in capitals, load like text."""
    for name, (columns, rows) in omop.tables().items():
        frame = pd.DataFrame([{column: row.get(column) or None for column in columns} for row in rows], columns=columns)
        for column in columns:
            if column.endswith(("_date",)):
                frame[column] = pd.to_datetime(frame[column]).dt.date
            elif column.endswith("_id") and len(frame):
                frame[column] = pd.to_numeric(frame[column]).astype("float64" if frame[column].isna().any() else "int64")
            elif column == "value_as_number":
                frame[column] = pd.to_numeric(frame[column])
        frame.columns = [column.upper() for column in columns]
        frame.to_parquet(tmp_path / f"{name.upper()}.parquet")
    as_parquet, _ = loaded(tmp_path, omop.MAPPING)
    as_text, _ = loaded(omop.write(tmp_path / "csv"), omop.MAPPING)
    assert as_parquet == as_text


@pytest.mark.parametrize("kind", ["DECIMAL(18, 2)", "DOUBLE", "FLOAT", "BIGINT", "VARCHAR"])
def test_whole_numbers_of_every_type(tmp_path, kind):
    """A database writes 14 as 14.00 where its type has decimals: in scores, ids and concepts it is the same number."""
    import duckdb

    folder = omop.write(tmp_path, observation=(omop.OBSERVATION, [{**OBSERVATION, "visit_occurrence_id": "1002"}]), measurement=None)
    numbers = ", ".join(
        f"CAST({name} AS {kind}) AS {name}" for name in ("person_id", "value_as_number", "visit_occurrence_id", "observation_concept_id")
    )
    source = f"read_csv('{folder}/observation.csv', all_varchar = true)"
    duckdb.sql(f"COPY (SELECT * REPLACE ({numbers}) FROM {source}) TO '{folder}/observation.parquet'")
    (folder / "observation.csv").unlink()
    assert scores_of(loaded(folder, omop.MAPPING)[0]) == [("1002", 0, 14)]


def test_dates_need_a_declared_class(tmp_path):
    """A file with dates is refused unless its class allows them, with the way to say so, as for any other file."""
    mapping = {key: value for key, value in omop.MAPPING.items() if key != "follow_up_days"} | {"data": {"layout": "omop"}}
    with pytest.raises(PrivacyError, match=r'visit_occurrence\.csv: admit_date: dates_not_allowed.+class = "limited_data_set"'):
        loaded(omop.write(tmp_path), mapping)
    tables, _ = loaded(tmp_path, {**mapping, "data": {"layout": "omop", "class": "limited_data_set"}})
    assert len(tables["episodes"]) == 30


def test_columns_that_are_not_needed_are_not_read(tmp_path):
    """Names and notes in the files never reach the data; nothing of them is held afterwards."""
    people = [{"person_id": "502", "gender_concept_id": "8507", "person_source_value": "Zq7-secret"}]
    others = {"person": (["person_id", "gender_concept_id", "person_source_value"], people)}
    import iop_outcomes as iop

    with iop.load(omop.write(tmp_path, **others), mapping=omop.MAPPING) as data:
        tables = [row[0] for row in data.engine.connection.duckdb.execute("SELECT table_name FROM duckdb_tables()").fetchall()]
        held = "".join(str(data.engine.connection.duckdb.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables)
    assert "Zq7" not in held
    assert not [name for name in tables if "person" in name or "observation" in name]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"tracks": None}, r"\[adapter\]: no tracks"),
        ({"tracks": {"NOBODY": "mental_health"}}, "no_episodes: none of"),
        ({"episodes": "visits"}, 'episodes: "visits" is not allowed'),
        ({"scales": {"X": "phq99"}}, 'no scale with a total is called "phq99". Did you mean "phq9"'),
        ({"fields": {"phq9_total": "x"}}, 'no field "phq9_total"'),
        ({"events": {"X": "readmitted"}}, 'events] X: "readmitted" is not allowed'),
        ({"without_end": "over"}, 'without_end: "over" is not allowed'),
        ({"planned": "x", "track": {}}, 'no key "track". Did you mean "tracks"'),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, change, words):
    """The key, what it holds, and what is allowed."""
    with pytest.raises(DataError, match=words.replace("[", r"\[") if "]" in words and "\\" not in words else words):
        loaded(omop.write(tmp_path), mapped(omop, **change))


def test_the_section_needs_a_layout(tmp_path):
    """Settings of an adapter without a layout would silently do nothing."""
    with pytest.raises(DataError, match=r"\[adapter\]: says how to read another layout"):
        loaded(omop.write(tmp_path), {"adapter": {"without_end": "active"}})


BROKEN = {
    "no such table": ({"visit_occurrence": None}, "no table visit_occurrence"),
    "a column is missing": (
        {"visit_occurrence": (["visit_occurrence_id", "person_id"], [{"person_id": "1"}])},
        "visit_start_date: missing_column",
    ),
    "a column of scores is missing": (
        {"observation": (["person_id", "value_as_number"], [{"person_id": "1"}])},
        "observation.csv: observation_concept_id: missing_column",
    ),
}


@pytest.mark.parametrize("fault", list(BROKEN))
def test_a_table_that_cannot_be_read(tmp_path, fault):
    """One clear error that names the table and the column."""
    others, words = BROKEN[fault]
    with pytest.raises(DataError) as caught:
        loaded(omop.write(tmp_path, **others), omop.MAPPING)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "observation.csv: empty_file"),
        (b"\x1f\x8b\x08", "observation.csv: not_csv"),
        (b"person_id;observation_concept_id;observation_date\n1;2;3\n", "observation.csv:1: wrong_delimiter"),
        (b"person_id,observation_concept_id,observation_date\n1,2,2024-01-01\n1,2\n", "observation.csv:3: broken_line"),
        (b'person_id,observation_concept_id,observation_date\n1,2,"2024\n1,2,3\n', "observation.csv:2: broken_line"),
        (b"person_id,observation_concept_id,observation_date\n1,2,\xff\n", "observation.csv:2:"),
    ],
    ids=["empty", "gzip", "semicolons", "short line", "open quote", "not UTF-8"],
)
def test_a_broken_file_is_named(tmp_path, content, words):
    """File and line, as for the package's own CSV."""
    folder = omop.write(tmp_path)
    (folder / "observation.csv").write_bytes(content)
    with pytest.raises(DataError) as caught:
        loaded(folder, omop.MAPPING)
    assert str(caught.value).startswith(words)


def test_a_folder_in_the_place_of_a_table(tmp_path):
    """It is refused like a file that cannot be read."""
    folder = omop.write(tmp_path, observation=None)
    (folder / "observation.csv").mkdir()
    with pytest.raises(DataError, match=r"observation\.csv"):
        loaded(folder, omop.MAPPING)
