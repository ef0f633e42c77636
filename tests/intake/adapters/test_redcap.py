"""REDCap's flat export: rows that do not repeat, rows of repeating forms, checkboxes, and what an export must not be."""

import pytest

from iop_outcomes.errors import DataError
from tests.adapters import program, redcap, redcap_people
from tests.adapters.asked import episode, loaded, mapped, said, scores_of

BASE = {
    "record_id": "1",
    "redcap_event_name": "admission_arm_1",
    "person": "7",
    "program": "IOP-MH",
    "admit_date": "2024-01-08",
    "dc_reason": "COMP",
    "discharge_date": "2024-02-26",
}
PHQ9 = {"record_id": "1", "redcap_repeat_instrument": "phq9", "redcap_repeat_instance": "1", "phq9_date": "2024-01-08", "phq_sum": "14"}


def read(folder, rows, mapping=redcap.MAPPING, columns=redcap.COLUMNS, **options):
    """The rows and findings of an export."""
    return loaded(redcap.write(folder, rows, columns), mapping, **options)


def test_rows_of_repeating_forms_are_no_episodes(tmp_path):
    """Their other fields are blank because they stand elsewhere: they neither become episodes nor blank the episode out."""
    tables, findings = read(tmp_path, [PHQ9, BASE, {**PHQ9, "redcap_repeat_instance": "2", "phq9_date": "2024-02-26", "phq_sum": "6"}])
    assert [row["episode_id"] for row in tables["episodes"]] == ["1"]
    assert episode(tables, "1")["discharge_reason"] == "completed"
    assert scores_of(tables) == [("1", 0, 14), ("1", 49, 6)]
    assert said(findings, "without") == []


def test_events_of_a_longitudinal_project_are_laid_together(tmp_path):
    """Admission and discharge stand in rows of their own; two that contradict are an error with their lines."""
    first = {key: value for key, value in BASE.items() if not key.startswith(("dc", "discharge"))}
    last = {"record_id": "1", "redcap_event_name": "discharge_arm_1", "dc_reason": "AMA", "discharge_date": "2024-02-26"}
    tables, _ = read(tmp_path, [first, last])
    assert (episode(tables, "1")["discharge_reason"], episode(tables, "1")["los_days"]) == ("dropped_out", 49)
    with pytest.raises(DataError, match=r"export\.csv:3: two_values: two rows of one record give dc_reason differently"):
        read(tmp_path, [BASE, last])


@pytest.mark.parametrize(
    ("ticked", "sex", "count"),
    [
        ({"sex___male": "1", "sex___female": "0"}, "male", 0),
        ({"sex___male": "0", "sex___female": "0"}, None, 0),
        ({"sex___male": "1", "sex___female": "1"}, None, 1),
        ({"sex___male": "1.0", "sex___female": "0.0"}, "male", 0),
        ({"sex___male": "Checked", "sex___female": "Unchecked"}, "male", 0),
        ({"sex___male": "unchecked", "sex___female": "checked"}, "female", 0),
        ({"sex___male": "Checked", "sex___female": "1.0"}, None, 1),
    ],
)
def test_checkboxes(tmp_path, ticked, sex, count):
    """One ticked box is the value, however it is written, none is a blank, several are a blank that is counted."""
    tables, findings = read(tmp_path, [{**BASE, **ticked}])
    assert episode(tables, "1").get("sex") == sex
    assert len(said(findings, "several boxes of sex are ticked: left blank")) == count


def test_a_box_that_holds_something_else(tmp_path):
    """It is neither ticked nor left open: the field is blank, and the row is counted."""
    tables, findings = read(tmp_path, [{**BASE, "sex___male": "1", "sex___female": "x"}])
    assert episode(tables, "1").get("sex") is None
    assert len(said(findings, "a box of sex holds neither 1 nor 0")) == 1


def test_a_column_that_is_blank_throughout_is_said_to_be_blank(tmp_path):
    """And not to be absent, although the mapping needs or names it."""
    import iop_outcomes as iop

    with iop.load(redcap.write(tmp_path, [{**BASE, "person": "", "dc_reason": ""}]), mapping=redcap.MAPPING) as data:
        found = {finding.column for finding in data.findings if finding.rule == "all_blank"}
    assert {"person", "dc_reason"} <= found
    assert "site" not in found  # no field of the export


def test_a_form_that_repeats_in_two_events_keeps_its_rows_apart(tmp_path):
    """Event, instrument and instance together name a row: the same instance in two events is two episodes, each with its own scores."""
    shared = {"record_id": "7", "redcap_repeat_instrument": "iop_episode", "redcap_repeat_instance": "1", "program": "IOP-MH"}
    first = {"redcap_event_name": "year1_arm_1", "admit_date": "2024-01-08", "discharge_date": "2024-02-26", "dc_reason": "COMP"}
    second = {"redcap_event_name": "year2_arm_1", "admit_date": "2024-06-10", "discharge_date": "2024-07-29", "dc_reason": "AMA"}
    score = {"record_id": "7", "redcap_repeat_instrument": "phq9", "redcap_repeat_instance": "1", "episode_number": "1"}
    scores = [
        {**score, "redcap_event_name": "year1_arm_1", "phq9_date": "2024-01-09", "phq_sum": "14"},
        {**score, "redcap_event_name": "year2_arm_1", "phq9_date": "2024-06-11", "phq_sum": "9"},
        {**score, "redcap_event_name": "other_arm_1", "phq9_date": "2024-06-12", "phq_sum": "8"},
    ]
    rows = [{**shared, **first}, {**shared, **second}, *scores]
    columns = [name for name in redcap_people.COLUMNS if name not in ("episode_id", "site", "sex")]
    tables, findings = read(tmp_path, rows, redcap_people.MAPPING, columns)
    assert [(row["episode_id"], row["patient_id"], row["los_days"]) for row in tables["episodes"]] == [
        ("7-year1_arm_1-1", "7", 49),
        ("7-year2_arm_1-1", "7", 49),
    ]
    assert scores_of(tables) == [
        ("7-year1_arm_1-1", 1, 14),
        ("7-year2_arm_1-1", 1, 9),
        ("7-year2_arm_1-1", 2, 8),
    ]
    assert len(said(findings, "number of an episode that stands in several events")) == 1
    tables, _ = read(
        tmp_path,
        [{**shared, **first}, {**shared, **second, "redcap_repeat_instance": "2", "redcap_event_name": "year1_arm_1"}],
        redcap_people.MAPPING,
        columns,
    )
    assert [row["episode_id"] for row in tables["episodes"]] == ["7-1", "7-2"]


@pytest.mark.parametrize("time", ["09:30", "09:30:15", "23:59"])
def test_a_field_of_date_and_time_is_cut_to_its_day(tmp_path, time):
    """Validated as datetime_ymd or datetime_seconds_ymd: the day it was written with, everywhere a date is read."""
    base = {**BASE, "admit_date": f"2024-01-08 {time}", "discharge_date": f"2024-02-26 {time}"}
    event = {"record_id": "1", "redcap_repeat_instrument": "events", "what": "1", "event_date": f"2024-03-01 {time}"}
    tables, _ = read(tmp_path, [base, {**PHQ9, "phq9_date": f"2024-01-09 {time}"}, event])
    assert episode(tables, "1")["los_days"] == 49
    assert scores_of(tables) == [("1", 1, 14)]
    assert [row["days_after_discharge"] for row in tables["events"]] == [4]


def test_one_field_may_be_both_dates(tmp_path):
    """A contact of one day: its date is named twice in the mapping."""
    names = {**redcap.MAPPING["columns"]["episodes"], "discharge_date": "admit_date"}
    tables, _ = read(tmp_path, [BASE], mapping={**redcap.MAPPING, "columns": {"episodes": names}})
    assert episode(tables, "1")["los_days"] == 0


@pytest.mark.parametrize("day", ["2024-01", "2024", "01/09/2024", "2024-01-09 in the morning", "UNK"])
def test_a_form_or_an_event_whose_date_is_no_day_is_counted(tmp_path, day):
    """It is said to have no whole date, and not to belong to no episode."""
    event = {"record_id": "1", "redcap_repeat_instrument": "events", "what": "1", "event_date": day}
    tables, findings = read(tmp_path, [BASE, {**PHQ9, "phq9_date": day}, PHQ9, event])
    assert scores_of(tables) == [("1", 0, 14)]
    assert said(findings, "without a whole date") == ["PHQ-9 forms without a whole date", "events without a whole date"]
    assert said(findings, "belong to no episode") == []


def test_the_group_of_a_record_is_its_site(tmp_path):
    """REDCap's data access group stands for the site where no field does."""
    tables, _ = read(tmp_path, [{**BASE, "redcap_data_access_group": "north"}])
    assert episode(tables, "1")["site"] == "north"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"phq_sum": ""}, "PHQ-9 forms without a value: missing, not 0"),
        ({"phq9_date": ""}, "PHQ-9 forms without a whole date"),
    ],
)
def test_a_form_that_cannot_be_used_is_counted(tmp_path, change, words):
    """It becomes no score, not 0 either; the line is named."""
    import iop_outcomes as iop

    folder = redcap.write(tmp_path, [BASE, PHQ9, {**PHQ9, "redcap_repeat_instance": "2", **change}])
    with iop.load(folder, mapping=redcap.MAPPING) as data:
        (found,) = (finding for finding in data.findings if finding.message == words)
    assert (found.file, found.lines) == ("export.csv", (4,))


def test_whole_numbers_with_a_decimal_point(tmp_path):
    """As other programs write them when they save the export again."""
    items = {f"gad7_{number}": "2.0" for number in range(1, 8)}
    gad7 = {"record_id": "1", "redcap_repeat_instrument": "gad7", "gad7_date": "2024-01-08", **items}
    tables, _ = read(tmp_path, [BASE, {**PHQ9, "phq_sum": "14.0"}, gad7])
    assert (scores_of(tables), scores_of(tables, "gad7")) == ([("1", 0, 14)], [("1", 0, 14)])


def test_items_with_a_blank(tmp_path):
    """Items stand beside each other; one blank GAD-7 item of seven is prorated by the scale's rule."""
    answers = {f"gad7_{number}": "2" for number in range(1, 7)}
    tables, _ = read(tmp_path, [BASE, {"record_id": "1", "redcap_repeat_instrument": "gad7", "gad7_date": "2024-01-08", **answers}])
    assert scores_of(tables, "gad7") == [("1", 0, 14)]


def test_an_event_by_code_or_by_word_and_one_without_a_date(tmp_path):
    """The site's codes are translated, canonical words stand, an unknown one is an error, one without a date is counted."""
    shared = {"record_id": "1", "redcap_repeat_instrument": "events", "event_date": "2024-03-01"}
    rows = [
        BASE,
        {**shared, "what": "1", "event_planned": "yes"},
        {**shared, "what": "emergency_visit"},
        {**shared, "what": "death", "event_date": ""},
    ]
    tables, findings = read(tmp_path, rows)
    assert sorted((row["event"], row["days_after_discharge"], row["planned"]) for row in tables["events"]) == [
        ("emergency_visit", 4, None),
        ("readmission_psychiatric", 4, 1),
    ]
    assert said(findings, "events without") == ["events without a whole date"]
    with pytest.raises(DataError, match="event: unknown_code"):
        read(tmp_path, [BASE, {**shared, "what": "2"}])


def test_columns_that_are_not_read_are_named(tmp_path):
    """Remarks and the marks of complete forms are not read, and the finding says so."""
    _, findings = read(tmp_path, [BASE])
    assert said(findings, "not read") == ["columns that are not read: intake_complete, remarks"]


def test_the_record_may_have_any_name(tmp_path):
    """The first column of an export is the record, whatever the project calls it."""
    columns = ["study_number", *redcap.COLUMNS[1:]]
    tables, _ = read(
        tmp_path, [{"study_number": "1", **{key: value for key, value in BASE.items() if key != "record_id"}}], columns=columns
    )
    assert [row["episode_id"] for row in tables["episodes"]] == ["1"]


def test_a_row_without_a_record_is_an_error(tmp_path):
    """Nobody can say whose it is."""
    with pytest.raises(DataError, match=r"export\.csv:3: no_record"):
        read(tmp_path, [BASE, {**PHQ9, "record_id": ""}])


def test_an_export_of_labels_is_refused(tmp_path):
    """Labels change with the language of the form; the message says which export to take."""
    (tmp_path / "export.csv").write_text("Record ID,Event Name,Repeat Instrument,Program\n1,Admission,,IOP\n", encoding="utf-8")
    with pytest.raises(DataError, match="label_export: this is an export of labels"):
        loaded(tmp_path, redcap.MAPPING)


def test_the_export_itself_or_its_folder(tmp_path):
    """The path of the file and of its folder are the same; two files in a folder are not guessed between."""
    folder = redcap.write(tmp_path)
    assert loaded(folder / "export.csv", redcap.MAPPING)[0] == loaded(folder, redcap.MAPPING)[0]
    (folder / "other.csv").write_text("record_id,x\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="2 CSV files in this folder"):
        loaded(folder, redcap.MAPPING)


def test_no_row_of_the_named_instrument(tmp_path):
    """A slip in the name of the instrument is an error and not an empty program."""
    with pytest.raises(DataError, match="no_episodes: no row that holds an episode"):
        loaded(redcap_people.write(tmp_path), mapped(redcap_people, episodes="iop_episodes"))


def test_a_name_of_a_field_that_is_not_known(tmp_path):
    """A slip of the pen under [adapter.fields] is named."""
    with pytest.raises(DataError, match=r'no field "phq9_totl"\. Did you mean "phq9_total"'):
        loaded(redcap.write(tmp_path), mapped(redcap, fields={"phq9_totl": "x"}))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "export.csv: empty_file"),
        ("record_id,program\n", "export.csv: no_rows"),
        ("record_id,program\n1\n", "export.csv:2: broken_line"),
        ("record_id,program\n1,IOP-MH\n", "dc_reason: missing_column"),
        ("record_id,record_id\n1,2\n", "export.csv:1: duplicate_header"),
    ],
)
def test_a_broken_export_is_named(tmp_path, content, words):
    """One clear error with file, line or column."""
    (tmp_path / "export.csv").write_text(content, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        loaded(tmp_path, redcap.MAPPING)
    assert words in str(caught.value)


def test_people_with_several_episodes(tmp_path):
    """Where a record is a person, each row of the form is an episode, and the person repeats."""
    tables, _ = loaded(redcap_people.write(tmp_path), redcap_people.MAPPING)
    assert sorted((row["episode_id"], row["patient_id"]) for row in tables["episodes"]) == sorted(
        (row["episode_id"], row["patient_id"]) for row in program.episodes()
    )


@pytest.mark.parametrize(("ends", "placed"), [({"discharge_date": "2024-02-26"}, 63), ({"los_days": "49"}, 63), ({}, 100)])
def test_a_score_belongs_to_no_episode_a_fortnight_after_discharge(tmp_path, ends, placed):
    """Whether the day of discharge came or the stay; without an end, every later score is the episode's."""
    shared = {"record_id": "7", "redcap_repeat_instrument": "iop_episode", "redcap_repeat_instance": "1", "program": "IOP-MH"}
    score = {"record_id": "7", "redcap_repeat_instrument": "phq9", "phq_sum": "14"}
    days = ["2024-01-01", "2024-03-11", "2024-03-12", "2024-04-17"]
    scores = [{**score, "redcap_repeat_instance": str(number), "phq9_date": day} for number, day in enumerate(days, start=1)]
    columns = [*(name for name in redcap_people.COLUMNS if name not in ("episode_id", "site", "sex")), "los_days"]
    tables, _ = read(tmp_path, [{**shared, "admit_date": "2024-01-08", **ends}, *scores], redcap_people.MAPPING, columns)
    assert [day for _, day, _ in scores_of(tables)] == [day for day in (-7, 63, 64, 100) if day <= placed]


MOMENTS = {
    **redcap.MAPPING,
    "adapter": {**redcap.MAPPING["adapter"], "moments": {"admission_arm_1": "admit", "discharge_arm_1": "discharge"}},
}


def by_event(**second):
    """A record of a longitudinal project whose forms stand in the rows of its events, the PHQ-9 without a date."""
    first = {name: value for name, value in BASE.items() if name not in ("dc_reason", "discharge_date")}
    last = {"record_id": "1", "redcap_event_name": "discharge_arm_1", "dc_reason": "COMP", "discharge_date": "2024-02-26"}
    return [{**first, "phq_sum": "17"}, {**last, "phq_sum": "6", **second}]


@pytest.mark.parametrize("dated", [True, False])
def test_forms_of_an_event_stand_at_admission_or_discharge(tmp_path, dated):
    """[adapter.moments] names the events; a date that the form has is kept, whether or not the export has such a field."""
    columns = redcap.COLUMNS if dated else [name for name in redcap.COLUMNS if name != "phq9_date"]
    tables, findings = read(tmp_path, by_event(**({"phq9_date": "2024-02-20"} if dated else {})), MOMENTS, columns)
    assert scores_of(tables) == [("1", 0, 17), ("1", 43 if dated else 49, 6)]
    assert said(findings, "without a whole date") == []


def test_forms_without_a_date_and_without_a_moment_are_counted(tmp_path):
    """An event that no moment names, and a discharge that has not come."""
    rows = [*by_event(discharge_date="", dc_reason=""), {**PHQ9, "redcap_event_name": "course_arm_1", "phq9_date": ""}]
    tables, findings = read(tmp_path, rows, MOMENTS)
    assert scores_of(tables) == [("1", 0, 17)]
    assert len(said(findings, "forms without a whole date")) == 1


def test_a_moment_of_no_event_is_refused(tmp_path):
    """With the events that there are."""
    adapter = {**MOMENTS["adapter"], "moments": {"admision_arm_1": "admit"}}
    with pytest.raises(DataError, match=r'no event in this export "admision_arm_1".*admission_arm_1'):
        read(tmp_path, by_event(), {**MOMENTS, "adapter": adapter})
    with pytest.raises(DataError, match=r'"intake" is not allowed.*admit'):
        read(tmp_path, by_event(), {**MOMENTS, "adapter": {**MOMENTS["adapter"], "moments": {"admission_arm_1": "intake"}}})


# -- repeating instruments within events ---------------------------------------------------------------------------------

# As REDCap writes it (help.redcap.ualberta.ca, Repeating Instruments & Events): a row is named by record, event, instrument and instance; rows of a
# repeating event have an instance and no instrument; the fields of every other form are blank.
WITHIN = ["record_id", *redcap.SYSTEM[1:4], "program", "admit_date", "dc_reason", "discharge_date", "phq9_date", "phq_sum"]
WITHIN += [f"gad7_{number}" for number in range(1, 8)]


def _day(month, day):
    return f"2024-{month:02}-{day:02}"


def within_events(people=25):
    """Records with forms that repeat in the events of a course, forms that do not, and what scores they are: (episode, scale, day, score)."""
    rows, scores = [], []
    for i in range(people):
        record, day = str(100 + i), 1 + i % 20
        row = {"record_id": record, "redcap_event_name": "baseline_arm_1", "program": "IOP-MH", "admit_date": _day(1, day)}
        gad7 = {f"gad7_{number}": str((i + number) % 4) for number in range(1, 8)}
        rows.append({**row, **gad7})  # without a date: it is of the admission
        scores.append((record, "gad7", 0, sum(map(int, gad7.values()))))
        for number in range(1, 1 + i % 4):  # the same form again and again, each time with its date
            course = {"record_id": record, "redcap_event_name": "course_arm_1", "redcap_repeat_instrument": "phq9"}
            course |= {"redcap_repeat_instance": str(number), "phq9_date": _day(2, 7 * number - 6 + day % 7), "phq_sum": str(20 - number)}
            rows.append(course)
            scores.append((record, "phq9", 31 + 7 * number - 6 + day % 7 - day, 20 - number))
        end = {"record_id": record, "redcap_event_name": "discharge_arm_1", "dc_reason": "COMP", "discharge_date": _day(3, day)}
        rows.append(end)
        if i % 3:  # repeats in this event too, once and without a date: it is of the discharge
            form = {"redcap_repeat_instrument": "phq9", "redcap_repeat_instance": "1", "phq_sum": str(i % 9)}
            rows.append({"record_id": record, "redcap_event_name": "discharge_arm_1", **form})
            scores.append((record, "phq9", 60, i % 9))
    return rows, sorted(scores)


def of_moments(moments, **adapter):
    """The mapping of a project by event."""
    own = {"fields": {"phq9_total": "phq_sum"}, "moments": moments, **adapter}
    codes = {"discharge_reason": program.REASON_CODES, "track": program.TRACK_CODES}
    columns = {"episodes": {"track": "program", "discharge_reason": "dc_reason"}}
    return {"data": {"class": "synthetic", "layout": "redcap"}, "columns": columns, "codes": codes, "adapter": own}


def every_score(tables):
    """Every score as a tuple."""
    return sorted((row["episode_id"], row["scale"], row["day"], row["score"]) for row in tables["scores"])


@pytest.mark.parametrize("order", ["as exported", "backwards"])
def test_repeating_instruments_within_events(tmp_path, order):
    """Every instance of every event is the score that it is, of the day that it names or of its event."""
    rows, scores = within_events()
    mapping = of_moments({"baseline_arm_1": "admit", "discharge_arm_1": "discharge"})
    tables, findings = read(tmp_path, rows if order == "as exported" else rows[::-1], mapping, WITHIN)
    assert every_score(tables) == scores
    assert [row["los_days"] for row in tables["episodes"]] == [60] * 25
    assert said(findings, "without") == []


def test_a_repeating_event_holds_the_episodes(tmp_path):
    """An event that repeats as a whole has an instance and no instrument: each is an episode, with the forms of its own row."""
    rows, scores = [], []
    for i in range(12):
        for number in range(1, 2 + i % 3):
            row = {"record_id": str(i), "redcap_event_name": "stay_arm_1", "redcap_repeat_instance": str(number), "program": "IOP-MH"}
            dates = {"admit_date": _day(3 * number - 2, 5), "discharge_date": _day(3 * number - 1, 5), "dc_reason": "AMA"}
            rows.append({**row, **dates, "phq_sum": str(10 + number)})
            scores.append((f"{i}-{number}", "phq9", 0, 10 + number))
            course = {"record_id": str(i), "redcap_event_name": "course_arm_1", "redcap_repeat_instrument": "phq9"}
            course |= {"redcap_repeat_instance": str(number), "phq9_date": _day(3 * number - 2, 15), "phq_sum": str(number)}
            rows.append(course)
            scores.append((f"{i}-{number}", "phq9", 10, number))
    tables, _ = read(tmp_path, rows, of_moments({"stay_arm_1": "admit"}, episodes="stay_arm_1"), WITHIN)
    assert every_score(tables) == sorted(scores)
    assert {row["patient_id"] for row in tables["episodes"]} == {str(i) for i in range(12)}


def test_a_form_of_a_moment_without_the_number_of_its_episode(tmp_path):
    """Where the person has one episode it is of that one; where there are several nobody can say, and it is counted."""
    stay = {"redcap_event_name": "baseline_arm_1", "redcap_repeat_instrument": "iop_episode", "program": "IOP-MH"}
    dates = [{"admit_date": _day(month, 5), "discharge_date": _day(month + 1, 5), "dc_reason": "COMP"} for month in (1, 6)]
    form = {"redcap_event_name": "discharge_arm_1", "redcap_repeat_instrument": "phq9", "redcap_repeat_instance": "1", "phq_sum": "7"}
    rows = [
        {"record_id": "1", **stay, "redcap_repeat_instance": "1", **dates[0]},
        {"record_id": "1", **form},
        {"record_id": "2", **stay, "redcap_repeat_instance": "1", **dates[0]},
        {"record_id": "2", **stay, "redcap_repeat_instance": "2", **dates[1]},
        {"record_id": "2", **form},
    ]
    tables, findings = read(tmp_path, rows, of_moments({"discharge_arm_1": "discharge"}, episodes="iop_episode"), WITHIN)
    assert every_score(tables) == [("1-1", "phq9", 31, 7)]
    assert len(said(findings, "PHQ-9 forms without a whole date")) == 1
