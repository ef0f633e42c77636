"""Takes files that are all of one thing, gives proof that a line of the mapping says so for every row, and that start asks for it."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from iop_outcomes.intake.constants import words_of_constants
from iop_outcomes.intake.propose import Folder
from iop_outcomes.intake.start import Interview

_DATED = {"data": {"class": "synthetic", "cutoff": "2024-12-31"}}


def episodes(**more):
    """Twenty-four episodes that name no track."""
    return pd.DataFrame({"episode_id": [f"e{i}" for i in range(24)], "discharge_reason": "completed", "los_days": 30} | more)


def claims():
    """A line of service of ten people on each of four weeks."""
    days = [f"2024-03-{day:02}" for day in (4, 11, 18, 25)]
    return pd.DataFrame([{"Member_Key": f"M{i}", "SVC_FROM_DT": day, "REV_CD": "0905"} for i in range(10) for day in days])


def test_one_track_and_readmissions_without_a_word():
    """Every episode of the track, every row of the list a readmission; how it was read stands in the methods."""
    events = pd.DataFrame({"episode_id": [f"e{i}" for i in range(6)], "days_after_discharge": 20})
    constants = {"episodes": {"track": "evening"}, "events": {"event": "readmission_psychiatric"}}
    mapping = {"data": {"class": "synthetic"}, "constants": constants}
    with iop.load({"episodes": episodes(follow_up_days=100), "events": events}, mapping=mapping) as data:
        found = iop.readmission(data, by="track", at=(90,)).to_frame()
        row = found[(found.level == "evening") & (found.estimand == "cumulative_incidence") & (found.contrast == "")].iloc[0]
        assert (row.n, row.value) == (24, 0.25)
        assert set(words_of_constants(constants)) <= set(data.provenance.rules)


def test_claims_are_contacts_of_one_track():
    """Ten people, one stay of 21 days each; a claim names neither a track nor a reason."""
    mapping = _DATED | {
        "columns": {"contacts": {"patient_id": "Member_Key", "date": "SVC_FROM_DT"}},
        "constants": {"contacts": {"track": "iop"}},
    }
    with iop.load({"contacts": claims()}, mapping=mapping) as data:
        found = iop.length_of_stay(data).to_frame()
        assert found[found.estimand == "los_to_last_contact_median"].iloc[0][["n", "value"]].tolist() == [10, 21]


@pytest.mark.parametrize(
    ("constants", "words"),
    [
        ({"episodes": {"track": "a"}}, "has the column Unit for it"),
        ({"episodes": {"los_days": "3"}}, "no column of words"),
        ({"events": {"event": "readmitted"}}, "is not allowed"),
        ({"stays": {"track": "a"}}, 'no table "stays"'),
        ({"episodes": {"track": 3}}, "must be text"),
    ],
)
def test_what_cannot_be_meant(constants, words):
    """A column that is there, no column of words, a word that is none of its list."""
    mapping = {"data": {"class": "synthetic"}, "columns": {"episodes": {"track": "Unit"}}, "constants": constants}
    with pytest.raises(DataError, match=words):
        iop.load(episodes(Unit="a"), mapping=mapping)


def test_the_message_holds_the_line():
    """Of a track that is nowhere."""
    with pytest.raises(DataError, match=r'\[constants.episodes\] track = "iop"'):
        iop.load(episodes(), mapping={"data": {"class": "synthetic"}})


def test_start_asks_what_every_row_is(tmp_path):
    """Where no column is the track, its name is asked for; claims are known as contacts."""
    claims().to_csv(tmp_path / "claims.csv", index=False)
    answers = {"track": "the same in every row", "class": "synthetic", "cutoff": "2024-12-31"}
    with Folder(tmp_path) as folder:
        interview = Interview(folder)
        while (line := interview.next) is not None:
            interview.put(line, "iop" if line.section[0] == "constants" else answers.get(line.key) or line.question.guess)
        (tmp_path / "mapping.toml").write_text(interview.proposal.short)
        assert not interview.proposal.open
    with iop.load(tmp_path) as data:
        assert data.flow[0].rows_in == 10
