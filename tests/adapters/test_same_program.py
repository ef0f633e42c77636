"""One program of 30 episodes, written as each layout, loads to the identical episodes, scores and events."""

import pandas as pd
import pytest

import iop_outcomes as iop
from tests.adapters import fhir, omop, program, redcap, redcap_people

LAYOUTS = {"omop": omop, "fhir": fhir, "redcap": redcap, "redcap_people": redcap_people}
QUESTIONS = {
    "completion": lambda data: iop.completion(data, by="track"),
    "stay": lambda data: iop.length_of_stay(data, by="site"),
    "reasons": lambda data: iop.discharge_reasons(data, by="sex", definition="each"),
    "phq9": lambda data: iop.symptom_change(data, scale="phq9", by="track"),
    "gad7": lambda data: iop.symptom_change(data, scale="gad7"),
    "readmission": lambda data: iop.readmission(data, by="track", at=(30, 90)),
    "all cause": lambda data: iop.readmission(data, definition="all_cause"),
}


@pytest.fixture(scope="module")
def canonical():
    """The program as the canonical tables."""
    frames = {name: pd.DataFrame(rows) for name, rows in program.tables().items()}
    with iop.load(frames, mapping=program.MAPPING) as data:
        yield data


@pytest.fixture(scope="module", params=list(LAYOUTS))
def rendered(request, tmp_path_factory):
    """The program loaded from one other layout."""
    layout = LAYOUTS[request.param]
    folder = layout.write(tmp_path_factory.mktemp(request.param))
    with iop.load(folder, mapping=layout.MAPPING) as data:
        yield data


def table(data, name):
    """A prepared table as sorted rows of its columns that hold anything, in the order of their names."""
    frame = (
        data.engine.connection.duckdb.execute(f"SELECT * EXCLUDE (iop_outcomes_row) FROM {name}")
        .df()
        .dropna(axis="columns", how="all")
        .sort_index(axis="columns")
    )
    frame = frame.sort_values(list(frame.columns), ignore_index=True)
    return frame.astype(object).where(frame.notna(), None)


@pytest.mark.parametrize("name", ["episodes", "scores", "events"])
def test_the_prepared_tables_are_identical(rendered, canonical, name):
    """Every cell of every episode, score and event is the one of the canonical program; scores in no window need their episode's name."""
    here, there = table(rendered, name), table(canonical, name)
    if name == "scores" and any("scores that belong to no episode" in finding.message for finding in rendered.findings):
        late = [place in omop.late_without_visit() for place in zip(there["episode_id"], there["day"], strict=True)]
        there = there[~pd.Series(late)].reset_index(drop=True)
    pd.testing.assert_frame_equal(here, there, check_dtype=False)


@pytest.mark.parametrize("question", list(QUESTIONS))
def test_the_measures_are_identical(rendered, canonical, question):
    """What a report would say is the same to the last digit, whatever system the data come from."""
    ask = QUESTIONS[question]
    pd.testing.assert_frame_equal(ask(rendered).to_frame(), ask(canonical).to_frame())


def test_the_program_is_the_one_it_says(canonical):
    """30 episodes: repeat people, one open, one not started, deaths, every reason, a blank one."""
    assert canonical.episodes == 30
    assert canonical.facts.repeated == 3
    assert [finding for finding in canonical.findings if finding.severity == "error"] == []
