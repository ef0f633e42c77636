"""`map` over files of another system: the layout by its files, the codes that may be tracks, and what the labels of SPSS and Stata say."""

import json
import tomllib

import pytest

import iop_outcomes as iop
from iop_outcomes.intake.proposal_lines import TO_FINISH
from iop_outcomes.intake.propose import propose
from iop_outcomes.scales import load_scales
from tests.adapters import fhir, omop, redcap
from tests.adapters.asked import loaded


@pytest.mark.parametrize(("made", "layout"), [(omop, "omop"), (fhir, "fhir")])
def test_codes_of_stays_are_listed_and_none_is_taken_for_a_track(tmp_path, made, layout):
    """The layout is known by the names of the files; codes of at least 11 stays are remarks, as a person must say which are tracks."""
    made.write(tmp_path)
    proposal = propose(tmp_path)
    assert f'layout = "{layout}"' in proposal.text and '# IOP-MH = ""    # 14 rows' in proposal.text
    assert "further" in proposal.text and "tracks" not in tomllib.loads(proposal.text).get("adapter", {}).get("tracks", {})
    assert [line.key for line in proposal.open] == ["class", "CODE"]
    given = {"data": {"class": "synthetic"}, "adapter": {"tracks": {"IOP-MH": "mood", "IOP-SUD": "sud"}}}
    codes = {"codes": {"discharge_reason": {"COMP": "completed"}}} if layout == "omop" else {}
    assert [line.key for line in propose(tmp_path, given=given).open] == (["COMP"] if codes else [])
    finished = propose(tmp_path, given=given | codes)
    assert finished.to_finish == 0
    loaded = tomllib.loads(finished.text)
    assert loaded["adapter"] == given["adapter"] and loaded["data"] == {"layout": layout, "class": "synthetic"}


def test_a_redcap_export_is_known_by_its_columns(tmp_path):
    """Fields of episodes are matched; a record is an episode, and no id is asked for; dates there are ISO already."""
    redcap.write(tmp_path)
    proposal = propose(tmp_path)
    assert 'layout = "redcap"' in proposal.text and 'discharge_reason = "dc_reason"' in proposal.text
    assert "episode_id" not in {line.key for line in proposal.open} and "date_format" not in proposal.text
    assert f'{TO_FINISH} "COMP" = ""' in proposal.text


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_value_labels_are_guesses(tmp_path, ending):
    """What a file says of its codes is a guess that a person confirms; a code without a label is open."""
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    n = 60
    frame = pd.DataFrame(
        {"EpisodeID": [f"E{i}" for i in range(n)], "Program": ["mood"] * n, "DCReason": [1 + i % 4 for i in range(n)], "LOS": [20] * n}
    )
    labels = {"DCReason": {1: "Treatment completed", 2: "Dropped out", 3: "Went home"}}
    write = {"sav": pyreadstat.write_sav, "dta": pyreadstat.write_dta}[ending]
    write(frame, str(tmp_path / f"episodes.{ending}"), variable_value_labels=labels)
    text = propose(tmp_path).text
    assert f'{TO_FINISH} "1" = "completed"    # a guess by its value label' in text
    assert f'{TO_FINISH} "2" = "dropped_out"' in text and f'{TO_FINISH} "3" = ""' in text and f'{TO_FINISH} "4" = ""' in text
    for code, word in (("1", "completed"), ("2", "dropped_out"), ("3", "other"), ("4", "unknown")):
        text = text.replace(f'{TO_FINISH} "{code}" = "{word if code < "3" else ""}"', f'"{code}" = "{word}"')
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    with iop.load(tmp_path) as data:
        assert data.episodes == n


def test_what_a_file_says_of_its_columns_and_codes_is_read(tmp_path):
    """A label of a column is as good as its name, and every code with a label is translated, were it in one row alone or in none."""
    pd, pyreadstat = pytest.importorskip("pandas"), pytest.importorskip("pyreadstat")
    frame = pd.DataFrame(
        {
            "v1": [f"E{i}" for i in range(60)],
            "v2": [1.0 + i % 2 for i in range(60)],
            "v3": [1.0] * 59 + [6.0],
            "v4": [20.0] * 60,
            "v5": [9.0] * 60,
        }
    )
    columns = {
        "v1": "Episode id",
        "v2": "Program track",
        "v3": "Discharge reason",
        "v4": "Length of stay",
        "v5": "PHQ-9 total at admission",
    }
    labels = {"v2": {1: "Day", 2: "Evening", 3: "Night"}, "v3": {1: "Completed", 6: "Died"}}
    pyreadstat.write_sav(frame, str(tmp_path / "iop.sav"), variable_value_labels=labels, column_labels=columns)
    text = propose(tmp_path).text
    for line in ('episode_id = "v1"', 'track = "v2"', 'discharge_reason = "v3"', 'los_days = "v4"', 'phq9_admit = "v5"'):
        assert f"\n{line}" in text
    assert '"3" = "Night"    # its value label' in text and '"6" = "died"    # its value label' in text


# -- forms ---------------------------------------------------------------------------------------------------------------


def finished(folder, given, **sections):
    """The proposal for a folder, as a mapping with what is given."""
    return tomllib.loads(propose(folder, given={**given, **sections}).text)


def in_order(tables):
    """Every row of every table, sorted."""
    return {table: sorted(map(str, rows)) for table, rows in tables.items()}


CALLED = {
    "phq9_date": "phq9_timestamp",
    "phq_sum": "phq9_total_score",
    "gad7_date": "gad_7_dt",
    **{f"gad7_{number}": f"gad_7_q{number}" for number in range(1, 8)},
    "what": "event_type",
    "event_date": "event_dt",
}


def test_fields_of_redcap_forms_are_proposed_where_their_words_are_known(tmp_path):
    """The program with other names of fields: the proposed lines read the same scores and events as lines written by hand."""
    columns = [CALLED.get(name, name) for name in redcap.COLUMNS]
    rows = [{CALLED.get(name, name): value for name, value in row.items()} for row in redcap.rows()]
    folder = redcap.write(tmp_path / "named", rows, columns)
    by_hand = {name: value for name, value in redcap.MAPPING.items() if name != "adapter"}
    rest = {name: value for name, value in redcap.MAPPING["adapter"].items() if name != "fields"}
    found = finished(folder, by_hand, adapter=rest)
    names = {"phq_sum": "phq9_total", "what": "event"}
    expected = {names.get(name, name): called for name, called in CALLED.items()}
    assert found["adapter"]["fields"] == expected and found["adapter"]["planned"] == rest["planned"]
    assert "moments" not in found["adapter"]  # every form has a date
    tables, _ = loaded(folder, {**by_hand, "adapter": found["adapter"]})
    assert in_order(tables) == in_order(loaded(redcap.write(tmp_path / "plain"), redcap.MAPPING)[0])


def test_fields_that_have_their_own_names_need_no_line(tmp_path):
    """And of two that may be one, a person chooses."""
    plain = "record_id,redcap_event_name,program,admit_date,phq9_date,phq9_total,gad7_total,gad7_score\n1,a_arm_1,x,2024-01-01,,,,\n"
    (tmp_path / "export.csv").write_text(plain, encoding="utf-8")
    text = propose(tmp_path).text
    assert "adapter" not in tomllib.loads(text) and 'gad7_total = "' not in text
    (tmp_path / "export.csv").write_text(plain.replace("gad7_total", "gad7_sum"), encoding="utf-8")
    text = propose(tmp_path).text
    assert '# gad7_total = "gad7_sum"    # or gad7_score' in text
    assert "gad7_total" not in tomllib.loads(text).get("adapter", {}).get("fields", {})


def test_moments_are_proposed_where_a_form_has_no_date(tmp_path):
    """Events called like an admission or a discharge, of at least 11 rows; others are left to a person."""
    head = "record_id,redcap_event_name,program,admit_date,discharge_date,dc_reason,phq9_total\n"
    rows = [
        f"{i},{event},x,2024-01-01,2024-02-01,completed,{i % 20}\n"
        for event in ("baseline_arm_1", "week_4_arm_1", "discharge_arm_1")
        for i in range(12)
    ]
    rows += ["1,intake_arm_2,x,2024-01-01,,,3\n"]
    (tmp_path / "export.csv").write_text(head + "".join(rows), encoding="utf-8")
    found = tomllib.loads(propose(tmp_path).text)
    assert found["adapter"] == {"moments": {"baseline_arm_1": "admit", "discharge_arm_1": "discharge"}}
    (tmp_path / "export.csv").write_text((head + "".join(rows)).replace("phq9_total", "phq9_date"), encoding="utf-8")
    assert "adapter" not in tomllib.loads(propose(tmp_path).text)


def links(folder, change, questionnaire=""):
    """The program's FHIR files, with the links of its GAD-7 forms called otherwise."""
    forms = [json.loads(json.dumps(form)) for form in fhir.resources()["QuestionnaireResponse"]]
    for form in forms:
        items = form["item"][0]["item"] if form["item"][0]["linkId"] == "group" else form["item"]
        for item in items:
            code = item["linkId"].strip("/").split("/")[-1]
            if code in GAD7:
                item["linkId"] = change(GAD7.index(code) + 1)
        if questionnaire:
            form["questionnaire"] = questionnaire
    return fhir.write(folder, QuestionnaireResponse=forms)


GAD7 = list(load_scales(None)["gad7"].codes.loinc_items)


@pytest.mark.parametrize(
    ("change", "questionnaire"),
    [
        (lambda number: f"gad7.q{number}", ""),
        (lambda number: f"/GAD-7/item {number}".replace(" ", "-"), ""),
        (lambda number: str(number), "https://example.org/Questionnaire/gad-7|2.0"),
        (lambda number: f"Q{number:02}", "https://example.org/Questionnaire/gad7"),
    ],
    ids=["links that say it", "links with signs", "numbers", "numbers behind a letter"],
)
def test_links_of_fhir_forms_are_proposed_where_their_words_are_known(tmp_path, change, questionnaire):
    """By the link, or by the title of the questionnaire and the number: the same scores as by LOINC codes."""
    folder = links(tmp_path / "named", change, questionnaire)
    found = finished(folder, fhir.MAPPING)
    assert found["adapter"]["fields"] == {f"gad7_{number}": change(number) for number in range(1, 8)}
    tables, _ = loaded(folder, {**fhir.MAPPING, "adapter": found["adapter"]})
    assert in_order(tables) == in_order(loaded(fhir.write(tmp_path / "plain"), fhir.MAPPING)[0])


@pytest.mark.parametrize("questionnaire", ["", "https://example.org/Questionnaire/mood"])
def test_numbers_of_an_unknown_questionnaire_are_left_alone(tmp_path, questionnaire):
    """Nothing is guessed of them."""
    assert "fields" not in finished(links(tmp_path, str, questionnaire), fhir.MAPPING)["adapter"]
