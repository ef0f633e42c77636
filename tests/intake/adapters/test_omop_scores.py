"""Takes rows of observation and measurement, gives scores: totals, and items gathered into forms; what cannot be used is counted."""

import pytest

from iop_outcomes.errors import DataError
from tests.adapters import omop
from tests.adapters.asked import mapped, said, scores_of
from tests.intake.adapters.test_omop import OBSERVATION, read

MEASUREMENT = {"person_id": "502", "measurement_date": "2024-01-09", "measurement_concept_id": omop.PHQ9, "value_as_number": "14"}

CONCEPTS = (
    ["concept_id", "concept_name", "vocabulary_id", "concept_code"],
    [
        {"concept_id": "777", "vocabulary_id": "LOINC", "concept_code": "44261-6"},
        {"concept_id": "778", "vocabulary_id": "SNOMED", "concept_code": "44261-6"},
        {"concept_id": "45883172", "vocabulary_id": "LOINC", "concept_code": "LA6571-9"},
    ],
)


@pytest.mark.parametrize(
    "row",
    [
        OBSERVATION,
        {**OBSERVATION, "value_as_number": "14.0"},
        {**OBSERVATION, "observation_date": "2024-01-09 23:59:00"},
        {**OBSERVATION, "observation_concept_id": "0", "observation_source_value": "44261-6"},
        {**OBSERVATION, "observation_concept_id": "777"},
        {**OBSERVATION, "observation_source_value": "PHQ TOTAL", "observation_concept_id": ""},
        {**OBSERVATION, "unit_concept_id": "44777566", "unit_source_value": "{score}"},
    ],
    ids=["concept id", "decimals", "time of day", "LOINC source", "concept table", "site code", "unit of points"],
)
def test_one_score_however_it_is_coded(tmp_path, row):
    """By concept id, by LOINC code in the source, through the site's concept table, or by the site's own code: 14 points on day 0."""
    tables, _ = read(tmp_path, [row], mapping=mapped(omop, scales={"PHQ TOTAL": "phq9"}), concept=CONCEPTS)
    assert scores_of(tables) == [("1002", 0, 14)]


def test_a_code_of_another_vocabulary_is_no_scale(tmp_path):
    """The same code in another vocabulary is another thing."""
    tables, _ = read(
        tmp_path, [OBSERVATION, {**OBSERVATION, "observation_concept_id": "778", "observation_date": "2024-01-10"}], concept=CONCEPTS
    )
    assert scores_of(tables) == [("1002", 0, 14)]


def test_both_tables_are_read_and_a_score_in_both_counts_once(tmp_path):
    """The domain of PHQ-9 has changed: sites hold it in observation, in measurement or in both."""
    later = {**MEASUREMENT, "measurement_date": "2024-03-01", "value_as_number": "5"}
    tables, findings = read(tmp_path, [OBSERVATION], [MEASUREMENT, later])
    assert scores_of(tables) == [("1002", 0, 14), ("1002", 52, 5)]
    assert said(findings, "stand in observation too") == ["1 rows that stand in observation too: counted once"]


def test_a_row_without_a_value_is_missing_and_never_0(tmp_path):
    """It is counted, and the score that has a value is read."""
    tables, findings = read(tmp_path, [OBSERVATION, {**OBSERVATION, "observation_date": "2024-03-01", "value_as_number": ""}])
    assert scores_of(tables) == [("1002", 0, 14)]
    assert said(findings, "missing, not 0") == ["1 rows of a scale without a value: missing, not 0"]


def test_a_scale_without_any_value_is_named_and_stops_nothing(tmp_path):
    """As in a public sample, where all 15 PHQ-9 rows are empty: questions that need no scores are answered."""
    import iop_outcomes as iop

    rows = [{**OBSERVATION, "observation_date": f"2024-01-{day:02}", "value_as_number": ""} for day in range(10, 25)]
    tables, findings = read(tmp_path, rows)
    assert "scores" not in tables
    assert said(findings, "15 PHQ-9 rows") == ["15 PHQ-9 rows, 0 numeric values"]
    assert said(findings, "without a value") == ["15 rows of a scale without a value: missing, not 0"]
    with iop.load(tmp_path, mapping=omop.MAPPING) as data:
        assert {finding.severity for finding in data.findings} <= {"warning", "note"}
        assert iop.completion(data).to_frame().n.iloc[0] == 26
        assert iop.length_of_stay(data).to_frame().n.iloc[0] == 28


ITEM = {"person_id": "502", "observation_date": "2024-01-09", "observation_concept_id": "0"}


def items(answers, **changes):
    """GAD-7 items of one day."""
    return [
        {**ITEM, "observation_source_value": code, "value_as_number": answer, **changes}
        for code, answer in zip(omop.GAD7_ITEMS, answers, strict=False)
    ]


def test_a_number_and_an_answer_that_disagree_are_blank(tmp_path):
    """Neither is believed, and the row is counted; where they agree, it is one answer."""
    rows = items("222222")
    rows.append({**ITEM, "observation_source_value": omop.GAD7_ITEMS[6], "value_as_number": "0", "value_as_concept_id": "45883172"})
    tables, findings = read(tmp_path, rows, concept=CONCEPTS)
    (row,) = tables["scores"]
    assert (row["gad7_7"], row["score"]) == (None, 14)
    assert said(findings, "disagree") == ["1 items whose number and answer disagree: left blank"]
    rows[-1]["value_as_number"] = "3.0"
    tables, findings = read(tmp_path, rows, concept=CONCEPTS)
    assert (tables["scores"][0]["gad7_7"], said(findings, "disagree")) == (3, [])


@pytest.mark.parametrize(
    ("answers", "total", "used"),
    [("1111111", "7", 1), ("1111111", "12", 0), ("000000", "3", 1), ("000000", "4", 0), ("111111", "5", 0)],
)
def test_a_total_that_its_items_cannot_add_up_to_is_not_used(tmp_path, answers, total, used):
    """GAD-7 of items and a total of the day: an item left open may be 0 to 3; where both cannot be right, neither is used."""
    row = {**ITEM, "observation_source_value": "70274-6", "value_as_number": total}
    tables, findings = read(tmp_path, [OBSERVATION, *items(answers), row])
    assert scores_of(tables, "gad7") == [("1002", 0, int(total))] * used
    assert len(said(findings, "cannot add up to")) == 1 - used


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"unit_source_value": "%"}, "in a unit that is not points"),
        ({"unit_concept_id": "8554"}, "in a unit that is not points"),
        ({"observation_date": "2024-01"}, "without a whole date"),
        ({"observation_date": ""}, "without a whole date"),
        ({"observation_source_value": "70274-6"}, "two scales or items"),
    ],
)
def test_a_row_that_cannot_be_used_is_counted(tmp_path, change, words):
    """Neither dropped in silence nor guessed."""
    tables, findings = read(tmp_path, [OBSERVATION, {**OBSERVATION, "value_as_number": "9", **change}])
    assert scores_of(tables) == [("1002", 0, 14)]
    assert [message.split()[0] for message in said(findings, words)] == ["1"]


def test_a_value_that_is_no_number_is_an_error_of_its_row(tmp_path):
    """The checks that every score passes hold here too."""
    with pytest.raises(DataError, match="score: not_whole_number"):
        read(tmp_path, [{**OBSERVATION, "value_as_number": "12.5"}])
    with pytest.raises(DataError, match="score: score_out_of_range"):
        read(tmp_path, [{**OBSERVATION, "value_as_number": "99"}])


def test_items_are_gathered_into_forms(tmp_path):
    """Items of one day are one form, answered by number or by LOINC answer; one answered twice, differently, is blank."""
    item = {**OBSERVATION, "observation_concept_id": "0"}
    rows = [{**item, "observation_source_value": code, "value_as_number": "2"} for code in omop.GAD7_ITEMS[:5]]
    rows.append({**item, "observation_source_value": omop.GAD7_ITEMS[5], "value_as_number": "", "value_as_concept_id": "45883172"})
    rows += [{**item, "observation_source_value": omop.GAD7_ITEMS[6], "value_as_number": answer} for answer in ("1", "3")]
    tables, findings = read(tmp_path, rows, concept=CONCEPTS)
    (row,) = tables["scores"]
    assert [row[f"gad7_{number}"] for number in range(1, 8)] == [2, 2, 2, 2, 2, 3, None]
    assert row["score"] == 15  # 13 of six items, prorated to seven and rounded half up
    assert said(findings, "left blank") == ["1 items answered twice on a day, differently: left blank"]


def test_a_total_beside_its_items_counts_once(tmp_path):
    """The total wins; the items of the day are part of it."""
    items = [
        {**OBSERVATION, "observation_source_value": code, "observation_concept_id": "0", "value_as_number": "1"} for code in omop.GAD7_ITEMS
    ]
    total = {**OBSERVATION, "observation_source_value": "70274-6", "observation_concept_id": "0", "value_as_number": "7"}
    tables, _ = read(tmp_path, [*items, total])
    assert scores_of(tables, "gad7") == [("1002", 0, 7)]


def test_a_score_of_another_persons_visit_is_counted(tmp_path):
    """A visit that belongs to somebody else is a contradiction: the score belongs to no episode."""
    tables, findings = read(tmp_path, [OBSERVATION, {**OBSERVATION, "observation_date": "2024-01-12", "visit_occurrence_id": "1004"}])
    assert scores_of(tables) == [("1002", 0, 14)]
    assert said(findings, "belong to no episode") == ["1 scores that belong to no episode"]


def test_a_value_that_is_only_a_bound_is_not_used(tmp_path):
    """Less than 14 is not 14; an equals sign is no bound."""
    columns = [*omop.MEASUREMENT, "operator_concept_id"]
    rows = [
        {**MEASUREMENT, "operator_concept_id": operator, "measurement_date": f"2024-01-1{day}"}
        for day, operator in enumerate(("4171756", "4172703", "0", ""))
    ]
    tables, findings = read(tmp_path, measurement=(columns, rows))
    assert scores_of(tables) == [("1002", day, 14) for day in (2, 3, 4)]
    assert said(findings, "only a bound") == ["1 rows of a scale with a value that is only a bound"]
