"""A proposed mapping: what is known is matched, what is not is marked, nothing of a person is shown, and little is left to a person."""

import csv
import tomllib

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_USAGE
from iop_outcomes.intake.mapping import read_mapping
from iop_outcomes.intake.proposal_text import TO_FINISH
from iop_outcomes.intake.propose import propose
from tests.conftest import SYNTHETIC
from tests.intake import sites

NAMES = {
    "episodes": {
        "episode_id": "Episode Number",
        "patient_id": "ClientID",
        "track": "Program Name",
        "site": "Clinic",
        "modality": "Visit Mode",
        "level_of_care": "LOC",
        "admit_date": "Admit Dt",
        "discharge_date": "Disch Date",
        "discharge_reason": "Discharge Disposition",
        "planned_days": "Program Length",
        "follow_up_days": "Days Folowed",  # misspelt
        "referral_source": "Referred By",
        "payer": "Payor",
        "primary_dx": "Dx Group",
        "age_group": "Age Band",
        "sex": "Gender",
    },
    "scores": {"episode_id": "Episode Number", "scale": "Instrument", "day": "Days From Admission", "score": "Total Score"},
    "events": {
        "episode_id": "Episode Number",
        "event": "Event Type",
        "day": "Event Day",
        "days_after_discharge": "Days Post-Discharge",
        "kind": "Subtype",
        "planned": "Elective",
    },
}

CODES = {
    "discharge_reason": {
        "completed": "TX Complete",
        "dropped_out": "Left Against Advice",
        "transferred_step_down": "Step-Down",
        "transferred_step_up": "Step-Up",
        "transferred_lateral": "Xfer Other Prog",  # known to nobody else
        "terminated_by_program": "Terminated By Facility",
        "authorization_ended": "Insurance Ended",
        "incarcerated": "Jail",
        "other": "Moved",
        "unknown": "Not Known",
        "died": "Deceased",
        "not_started": "Never Started",
        "active": "Open",
    },
    "modality": {"in_person": "On-Site", "virtual": "Telehealth"},
    "sex": {"female": "F", "male": "M"},
    "scale": {"phq9": "PHQ-9", "gad7": "GAD-7", "pcl5": "PCL-5", "phqa": "PHQ-A"},
    "event": {
        "readmission_psychiatric": "Psych Hospitalization",
        "readmission_other": "Medical Admission",
        "emergency_visit": "ED Visit",
        "death": "Deceased",
        "relapse": "Return to Use",
        "follow_up_contact": "Follow-up Visit",
        "next_level_of_care": "Linked to Care",
    },
    "planned": {"1": "Y", "0": "N"},
}

FILES = {"episodes": "Admissions.csv", "scores": "assessments.csv", "events": "readmissions.csv"}

# What a person writes: what was marked, and the codes of few rows that were not listed.
EDITS = {
    f'{TO_FINISH} class = ""': 'class = "synthetic"',
    '# cutoff = "2025-09-30"': 'cutoff = "2025-09-30"',
    f"{TO_FINISH} follow_up_days": "follow_up_days",
    f'{TO_FINISH} "Xfer Other Prog" = ""': '"Xfer Other Prog" = "transferred_lateral"',
    "[codes.discharge_reason]\n": '[codes.discharge_reason]\n"Jail" = "incarcerated"\n"Deceased" = "died"\n"Open" = "active"\n',
}


@pytest.fixture
def exported(tmp_path):
    """Every column renamed and every code recoded, with a semicolon between fields."""
    for table, file in FILES.items():
        with (SYNTHETIC / f"{table}.csv").open(encoding="utf-8", newline="") as own:
            head, *rows = list(csv.reader(own))
        recoded = [[CODES.get(name, {}).get(cell, cell) for name, cell in zip(head, row, strict=True)] for row in rows]
        (tmp_path / file).write_text(sites.text([[NAMES[table][name] for name in head], *recoded], ";"), encoding="utf-8")
    return tmp_path


def all_rows(data):
    """Every column of the episodes, and how many scores and events there are."""
    columns = [Column(name) for name in data.facts.columns]
    return data.engine.rows(columns), [str(flow) for flow in data.flow]


def test_a_program_of_another_site_comes_back(exported):
    """map, five edits, load: the episode table of the synthetic program, cell for cell, with its scores and its events."""
    proposal = propose(exported)
    text = proposal.text
    assert proposal.to_finish == text.count(TO_FINISH) == 3
    for old, new in EDITS.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (exported / "mapping.toml").write_text(text, encoding="utf-8")
    with iop.load(exported) as site, iop.load(SYNTHETIC, mapping={"data": {"class": "synthetic", "cutoff": "2025-09-30"}}) as own:
        (found, found_flow), (expected, expected_flow) = all_rows(site), all_rows(own)
        assert found_flow == expected_flow
        import pandas as pd

        pd.testing.assert_frame_equal(found, expected)
        for measure in ("completion", "length_of_stay", "phq9_change", "readmission"):
            pd.testing.assert_frame_equal(
                iop.measure(site, measure, by="track").to_frame(), iop.measure(own, measure, by="track").to_frame()
            )


def test_what_is_left_is_said_by_the_load(exported):
    """The proposal as it stands is a mapping, and loading it names what was not finished."""
    (exported / "mapping.toml").write_text(propose(exported).text, encoding="utf-8")
    read_mapping(exported / "mapping.toml")
    with pytest.raises(iop.PrivacyError, match="dates_not_allowed"):
        iop.load(exported)
    text = (exported / "mapping.toml").read_text(encoding="utf-8").replace(*next(iter(EDITS.items())))
    (exported / "mapping.toml").write_text(text, encoding="utf-8")
    with pytest.raises(iop.DataError, match=r"Discharge Disposition: unknown_code: .*\[codes\.discharge_reason\]"):
        iop.load(exported)


def test_canonical_names_leave_only_the_class():
    """Nothing is asked that the files say already."""
    proposal = propose(SYNTHETIC)
    assert proposal.to_finish == 1 and "[columns" not in proposal.text and "[tables]" not in proposal.text


def _episodes(reasons, **more):
    """Episodes with these discharge reasons, and further columns."""
    head = ["episode_id", "track", "discharge_reason", "los_days", *more]
    return [head, *([f"E{i}", "mood", reason, "20", *(values[i] for values in more.values())] for i, reason in enumerate(reasons))]


def test_rare_codes_are_counted_and_not_shown(tmp_path):
    """A code in 11 rows is listed, one in 10 is not, known or not: that somebody died is not for a mapping to tell."""
    folder = sites.write(tmp_path, episodes=_episodes(["Zonk"] * 11 + ["Bonk"] * 10 + ["Deceased"] * 2), scores=None, events=None)
    text = propose(folder).text
    assert f'{TO_FINISH} "Zonk" = ""' in text and "# 2 further codes, fewer than 11 rows each" in text
    assert "Bonk" not in text and "Deceased" not in text


def test_values_that_identify_are_not_shown(tmp_path):
    """Neither names nor telephone numbers nor dates, however many rows hold them, under a column of codes."""
    codes = ["Roe, Jane", "555-123-4567", "2024-05-06", "jane@example.org", "Left"]
    folder = sites.write(tmp_path, episodes=_episodes([code for code in codes for _ in range(12)]), scores=None, events=None)
    text = propose(folder).text
    assert '"Left"' in text and "# 4 further codes" in text
    assert not [code for code in codes[:4] if code in text]


def test_only_coded_columns_are_read(tmp_path):
    """Ids, dates, tracks and free text never show a value, nor does a column of more than 50 codes, nor what was only guessed."""
    more = {
        "remarks": ["SECRETREMARK"] * 60,
        "MRN": ["SECRETMRN"] * 60,
        "patient_id": ["SECRETID"] * 60,
        "site": ["SECRETSITE"] * 60,
        "modality": [f"SECRETMODE{i}" for i in range(60)],
        "sexx": ["SECRETSEX"] * 60,
    }
    folder = sites.write(tmp_path, episodes=_episodes(["completed"] * 60, **more), scores=None, events=None)
    text = propose(folder).text
    assert "SECRET" not in text
    assert "more than 50 different values" in text
    assert '# not known, so not read: "sexx"' in text and '"remarks" (free text), "MRN" (a medical record number)' in text


def test_a_guessed_column_shows_only_codes_that_are_known(tmp_path):
    """Who discharged is no discharge reason, though the names are alike."""
    rows = _episodes(["completed"] * 12 + ["SECRET"] * 12)
    rows[0][2] = "discharge_reasno"
    text = propose(sites.write(tmp_path, episodes=rows, scores=None, events=None)).text
    assert f'{TO_FINISH} discharge_reason = "discharge_reasno"' in text and "SECRET" not in text and "# 1 further code," in text


def test_a_file_without_a_header_shows_nothing(tmp_path, capsys):
    """Its first row would be taken for names: no name is known, and none is repeated."""
    (tmp_path / "episodes.csv").write_text("SECRET1,mood,done,20\nSECRET2,mood,done,30\n")
    assert run(["map", str(tmp_path)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert "no_known_column" in shown.err and "SECRET" not in shown.err + shown.out
    (tmp_path / "episodes.csv").write_text("episode_id,jane@example.org\nE1,mood\n")
    assert run(["map", str(tmp_path)]) == EXIT_USAGE
    shown = capsys.readouterr()
    assert "identifier_column" in shown.err and "jane" not in shown.err + shown.out


def test_needed_columns_that_are_missing(tmp_path):
    """Each is marked with what it means; alternatives are named together."""
    (tmp_path / "episodes.csv").write_text("episode_id,zzz\nE1,1\n")
    text = propose(tmp_path).text
    assert f'{TO_FINISH} track = ""    # needed: track, the track of care.' in text
    assert f'{TO_FINISH} los_days = ""    # needed: los_days (or discharge_day, or admit_date and discharge_date).' in text


def test_surveys_by_patient_and_date_need_no_more(tmp_path):
    """Neither an episode nor a scale is asked for: the patient and the date place each survey, and its columns say which scale they are of."""
    episodes = [["Enc", "PatientRef", "Program", "Disch Reason", "Admit Dt", "DC Date"]]
    episodes += [[f"E{i}", f"P{i}", "MH", "completed", "01/05/2024", "02/20/2024"] for i in range(12)]
    surveys = [["PatientRef", "Survey Date", *(f"phq9_{i}" for i in range(1, 10)), *(f"gad7_{i}" for i in range(1, 8))]]
    surveys += [[f"P{i}", f"0{1 + i % 2}/13/2024", *(["1"] * 16)] for i in range(12)]
    (tmp_path / "Admissions.csv").write_text(sites.text(episodes))
    (tmp_path / "surveys.csv").write_text(sites.text(surveys))
    text = propose(tmp_path).text
    assert '[columns.scores]    # surveys.csv\npatient_id = "PatientRef"\ndate = "Survey Date"\n' in text
    assert text.count(TO_FINISH) == 1 and f"{TO_FINISH} class =" in text
    (tmp_path / "mapping.toml").write_text(text.replace('# to finish: class = ""', 'class = "synthetic"'))
    with iop.load(tmp_path) as data:
        assert [(flow.rows_in, flow.used) for flow in data.flow] == [(12, 12), (24, 24)]


def test_visits_are_proposed_as_contacts(tmp_path):
    """A visit-level export becomes [contacts]; with the class, the cut-off and one code it loads."""
    rows = [["Client ID", "Program", "Visit Date", "Appt Status"]]
    for i in range(15):
        rows += [[f"C{i}", "Mood", f"2024-01-{1 + i:02}", "Arrived"], [f"C{i}", "Mood", f"2024-01-{8 + i:02}", "No Show"]]
    (tmp_path / "visits.csv").write_text(sites.text(rows))
    text = propose(tmp_path).text
    assert '[tables]\ncontacts = "visits.csv"' in text and '[contacts]    # episodes are built from contacts\nrule = "gap_days"' in text
    assert '"Arrived" = "attended"' in text and '"No Show" = "missed"' in text
    (tmp_path / "mapping.toml").write_text(text.replace(f'{TO_FINISH} class = ""', 'class = "synthetic"'))
    with iop.load(tmp_path) as data:
        assert data.episodes == 15
    with iop.load(tmp_path / "visits.csv") as data:
        assert data.episodes == 15


def test_visits_beside_episodes_are_sessions(tmp_path):
    """Episodes that are there are not built again; a file that is no table is named."""
    folder = sites.write(tmp_path)
    (folder / "visits.csv").write_text("patient_id,track,visit date,status,kind\na,mood,2024-01-01,attended,group\n")
    (folder / "budget.csv").write_text("item,amount\nchairs,12\n")
    text = propose(folder).text
    assert "[contacts]" not in text and 'sessions = "visits.csv"' in text and "# files that are not read: budget.csv" in text
    assert '[columns.sessions]    # visits.csv\ndate = "visit date"' in text


def test_columns_say_more_than_the_name_of_the_file(tmp_path):
    """A file called like scores that holds one row per episode with its scores beside it."""
    rows = sites.episodes()
    rows[0] = ["visit", "cohort", "result", "LOS", "x", "y", "phq9_intake", "phq9_dc"]
    (tmp_path / "outcomes.csv").write_text(sites.text(rows))
    text = propose(tmp_path).text
    assert 'episodes = "outcomes.csv"' in text and 'phq9_discharge = "phq9_dc"' in text and "[columns.scores]" not in text


def test_columns_in_another_language_are_asked(tmp_path):
    """None is known, so that the file is only taken for episodes; what is needed is to finish, and the first and last score are guesses."""
    rows = sites.dated()
    rows[0] = ["id_episodio", "servicio", "motivo", "ingreso", "alta", "PHQ9_ingreso"]
    rows = [[*row, "PHQ9_alta" if not place else "7"] for place, row in enumerate(rows)]
    (tmp_path / "episodios.csv").write_text(sites.text(rows))
    text = propose(tmp_path).text
    assert 'episodes = "episodios.csv"' in text and f'{TO_FINISH} track = ""' in text and '# patient_id = ""' in text
    assert f'{TO_FINISH} phq9_admit = "PHQ9_ingreso"' in text and f'{TO_FINISH} phq9_discharge = "PHQ9_alta"' in text
    given = {"columns": {"episodes": {"discharge_date": "alta", "phq9_admit": "PHQ9_ingreso"}}}
    text = propose(tmp_path, given=given).text  # a discharge wants an admission
    assert f'{TO_FINISH} admit_date = ""' in text and "los_days =" not in text and f'{TO_FINISH} phq9_discharge = "PHQ9_alta"' in text


def test_numbers_with_a_comma_are_seen(tmp_path):
    """Before the tenths; with a point in one of them nothing is said."""
    rows = sites.planted(sites.planted(sites.episodes(), 3, "phq9_admit", "12,0"), 5, "phq9_discharge", "3,5")
    (tmp_path / "export.csv").write_text(sites.text(rows, ";"))
    assert 'decimal = ","' in propose(tmp_path).text
    (tmp_path / "export.csv").write_text(sites.text(sites.planted(rows, 4, "phq9_admit", "1.5"), ";"))
    assert "decimal" not in propose(tmp_path).text


def test_codes_among_scores_that_are_no_points_are_asked_about(tmp_path):
    """Of the items of a scale together, those of at least 11 rows; one line of the mapping reads them as blank in every item. A word may be points."""
    head = ["episode_id", "day", *(f"PHQ9_{item}" for item in range(1, 10))]
    rows = [[f"e{i % 24:02}", 20 * (i >= 24), *[1] * 9] for i in range(48)]
    for i, row in enumerate(rows):
        row[2 + i % 9] = ("-9", "refused", "1", "77")[0 if i < 12 else 1 if i < 24 else 2 if i < 40 else 3]
    path = sites.write(tmp_path, scores=[head, *rows], events=None)
    text = propose(path).text
    assert '# phq9 = ["-9"]    # where 0 to 3 may stand' in text and "77" not in text
    assert '"refused" = ""    # points, 0 to 3; or no value: [missing] phq9 = ["refused"]' in text
    columns = {"scores": {name.lower(): name for name in head[2:]}}
    mapping = {"data": {"class": "synthetic"}, "columns": columns, "missing": {"phq9": ["-9", "refused", "77"]}}
    with iop.load(path, mapping=mapping) as data:
        assert [(flow.rows_in, flow.used) for flow in data.flow] == [(24, 24), (48, 48)]


def test_files_that_are_of_no_kind_that_is_read(tmp_path, capsys):
    """A folder with a Feather file alone is not a folder without known columns."""
    (tmp_path / "iop.feather").write_bytes(b"ARROW1")
    assert run(["map", str(tmp_path)]) == EXIT_USAGE
    assert "no file of a kind that is read" in capsys.readouterr().err


def test_parquet_and_other_formats(tmp_path):
    """Columns and codes of a Parquet file, as of a CSV."""
    import pandas as pd

    head, *rows = _episodes(["TX Complete"] * 12)
    pytest.importorskip("pyarrow")
    pd.DataFrame(rows, columns=head).rename(columns={"track": "Program"}).to_parquet(tmp_path / "episodes.parquet")
    text = propose(tmp_path / "episodes.parquet").text
    assert 'track = "Program"' in text and '"TX Complete" = "completed"' in text


@pytest.mark.parametrize("name", ['a "quoted" name', "back\\slash", "naïve – ünï", "a = b # c", "[x]"])
def test_names_are_written_as_toml(tmp_path, name):
    """Whatever a column or a code is called, the text stays a mapping that means it."""
    rows = _episodes([name] * 12)
    rows[0][1] = f"{name} track"
    (tmp_path / "episodes.csv").write_text(sites.text(rows), encoding="utf-8")
    text = propose(tmp_path).text
    read_mapping(tomllib.loads(text))
    line = next(line for line in text.splitlines() if line.startswith(TO_FINISH) and "one of" in line)
    given = tomllib.loads("[codes.discharge_reason]\n" + line.removeprefix(TO_FINISH).replace('= ""', '= "other"'))
    assert given == {"codes": {"discharge_reason": {name: "other"}}}
