"""Takes a feed of admissions and discharges as events, gives proof that rows left out by a code are counted, and the others keep their lines."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.intake.propose import Folder
from iop_outcomes.intake.start import Interview

N = 60
DATED = {"class": "limited_data_set", "cutoff": "2025-12-31"}
EPISODES = pd.DataFrame(
    {
        "episode_id": [f"e{n}" for n in range(N)],
        "patient_id": [f"p{n}" for n in range(N)],
        "track": "mood",
        "discharge_reason": "completed",
        "admit_date": "2024-01-10",
        "discharge_date": "2024-03-10",
    }
)
FEED = pd.DataFrame(
    [
        {"patient_id": f"p{n}", "Event Type": code, "date": day, "unit": "psych"}
        for n in range(0, 48, 2)
        for code, day in (("A01", "2024-04-01"), ("A03", "2024-04-09"))
    ]
)
MAPPING = {
    "data": DATED,
    "columns": {"events": {"event": "Event Type"}},
    "codes": {"event": {"A01": "readmission_psychiatric"}},
    "follow_up_days": {"rule": "to_cutoff"},
    "leave_out": {"events": {"event": ["A03"]}},
}


def test_messages_that_are_no_admission_are_left_out():
    """Of 60 episodes 24 were readmitted, on day 22; a column may be named as ours or as the file has it."""
    for column in ("event", "Event Type"):
        with iop.load({"episodes": EPISODES, "events": FEED}, mapping=MAPPING | {"leave_out": {"events": {column: ["A03"]}}}) as data:
            flow = data.flow[1]
            assert (flow.rows_in, flow.used, flow.excluded) == (48, 24, {"rows left out by a code, as declared": 24})
            frame = iop.readmission(data, at=(30,)).to_frame()
            assert frame[frame.estimand == "cumulative_incidence"][["value", "n"]].to_numpy().tolist() == [[pytest.approx(0.4), 60]]


def test_faults_behind_them_keep_their_lines():
    """And what cannot be meant is refused in words."""
    faulty = pd.concat([FEED, FEED.head(1).assign(**{"Event Type": "A99"})])
    with pytest.raises(iop.DataError, match=r"events \(data frame\):49: Event Type: unknown_code"):
        iop.load({"episodes": EPISODES, "events": faulty}, mapping=MAPPING)
    for leave_out, words in (
        ({"events": {"evnt": ["A03"]}}, r"\[leave_out\.events\] evnt: no column of .+ is called so\..+event"),
        ({"visits": {}}, r"\[leave_out\].+visits"),
        ({"events": {"event": 3}}, "must be a list of texts"),
        ({"episodes": {"track": ["mood"]}}, r"no_rows: no row is left\. Check \[leave_out\.episodes\]"),
    ):
        with pytest.raises(iop.DataError, match=words):
            iop.load({"episodes": EPISODES, "events": FEED}, mapping=MAPPING | {"leave_out": leave_out})


def test_start_offers_to_leave_a_code_out(tmp_path):
    """It is asked once, and what is answered is in the mapping."""
    EPISODES.to_csv(tmp_path / "episodes.csv", index=False)
    FEED.to_csv(tmp_path / "ADT events.csv", index=False)
    answers = {"A01": "readmission_psychiatric", "A03": "none of these", "class": "limited_data_set", "cutoff": "2025-12-31", "rule": "yes"}
    with Folder(tmp_path) as folder:
        interview, asked = Interview(folder), []
        while (line := interview.next) is not None:
            asked.append(line.key)
            interview.put(line, answers.get(line.key) or line.question.guess)
        proposal = interview.proposal
    assert asked.count("A03") == 1 and proposal.to_finish == 0
    (tmp_path / "mapping.toml").write_text(proposal.short)
    with iop.load(tmp_path) as data:
        assert data.flow[1].used == 24


def test_few_planned_readmissions_in_words(tmp_path):
    """X in few rows is planned, as map proposes whether it is there or not; two columns of remarks are no reason to refuse a file."""
    EPISODES.to_csv(tmp_path / "episodes.csv", index=False)
    feed = FEED[FEED["Event Type"] == "A01"].assign(Planned=["X"] * 4 + [""] * 20, extra="a", Extra="b")
    feed.assign(**{"Event Type": "Inpatient Psych"}).to_csv(tmp_path / "readmissions.csv", index=False)
    with Folder(tmp_path) as folder:
        proposal = folder.proposal({"data": DATED, "follow_up_days": {"rule": "to_cutoff"}})
    (tmp_path / "mapping.toml").write_text(proposal.text)
    with iop.load(tmp_path) as data:
        assert data.flow[1].used == 24
        frame = iop.readmission(data, at=(30,)).to_frame()
        assert frame[frame.estimand == "cumulative_incidence"].value.tolist() == [pytest.approx(20 / 60)]
