"""Takes files as clinics keep them, gives proof of what is read: answers in words, dates in words and dates that are none, tests, files beside."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.errors import DataError
from iop_outcomes.intake.propose import Folder
from iop_outcomes.intake.start import Interview

_ANSWERS = {"Not at all": "0", "Several days": "1", "More than half the days": "2", "Nearly every day": "3"}
_MAPPING = {"data": {"class": "synthetic", "cutoff": "2024-12-31"}}


def episodes(**more):
    """Forty people, each with one stay of 30 days from 1 March 2024 on."""
    first = pd.Timestamp("2024-03-01")
    rows = [
        {"episode_id": f"e{i}", "patient_id": f"p{i}", "track": "a", "discharge_reason": "completed", "admit_date": first, "discharge_date": first + pd.Timedelta(days=30)}
        for i in range(40)
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(**more)


def written(folder, frame, name="episodes.csv", style="%Y-%m-%d"):
    """A frame as a text whose dates are written in a style."""
    frame.to_csv(folder / name, index=False, date_format=style)


def answered(folder, answers):
    """The mapping that start makes, with these answers and its guesses otherwise."""
    with Folder(folder) as files:
        interview = Interview(files)
        while (line := interview.next) is not None:
            interview.put(line, answers.get(line.key) or line.question.guess)
        return interview.proposal


def test_answers_in_words_are_points(tmp_path):
    """A form on the web: items by their number before their words, answers in words, the time of sending as the date; 9 points fewer each."""
    written(tmp_path, episodes())
    words = list(_ANSWERS)
    rows = [
        {"Timestamp": f"{day} 10:01:22", "Client ID": f"p{i}"} | {f"PHQ-9 [{k}. Words of item {k}]": words[(i + k) % 2 + more] for k in range(1, 10)}
        for day, more in (("2024-03-01", 1), ("2024-03-31", 0))
        for i in range(40)
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "Form responses.csv", index=False)
    proposal = answered(tmp_path, _ANSWERS | {"class": "synthetic", "cutoff": "2024-12-31"})
    assert not proposal.open
    (tmp_path / "mapping.toml").write_text(proposal.short)
    with iop.load(tmp_path) as data:
        found = iop.symptom_change(data, scale="phq9").to_frame().set_index("estimand")
        assert found.loc["mean_change", ["n", "value"]].tolist() == [40, 9]


@pytest.mark.parametrize(("answer", "place"), [("no value", ("missing", "phq9")), ("1", ("codes", "phq9", "Prefer not to say"))])
def test_an_answer_may_be_no_value(tmp_path, answer, place):
    """Prefer not to say is asked as points, and may be none."""
    written(tmp_path, episodes())
    items = {f"phq9_{k}": "Prefer not to say" for k in range(1, 10)}
    pd.DataFrame([{"episode_id": f"e{i}", "day": 0} | items for i in range(40)]).to_csv(tmp_path / "scores.csv", index=False)
    proposal = answered(tmp_path, {"Prefer not to say": answer, "class": "synthetic"})
    assert place in {line.place for line in proposal.lines}


@pytest.mark.parametrize(
    ("style", "called"), [("%B %d, %Y", "Mon DD, YYYY"), ("%d %b %Y", "DD Mon YYYY"), ("%A, %B %d, %Y", "Mon DD, YYYY")]
)
def test_dates_in_words(tmp_path, style, called):
    """The one format that fits is proposed, and stays are those of the dates."""
    written(tmp_path, episodes(), style=style)
    proposal = answered(tmp_path, {"class": "synthetic"})
    assert f'date_format = "{called}"' in proposal.text
    with iop.load(tmp_path, mapping={"data": {"class": "synthetic", "cutoff": "2024-12-31", "date_format": called}}) as data:
        found = iop.length_of_stay(data).to_frame().set_index("estimand")
        assert found.loc["los_median", "value"] == 30


@pytest.mark.parametrize("none", ["9999-12-31", "1900-01-01"])
def test_a_date_that_is_none(tmp_path, none):
    """Still in care, written as the last or the first day of a calendar: map declares it, and the message says how."""
    reasons, ends = ["active"] * 12 + ["completed"] * 28, [pd.Timestamp("2024-03-31")] * 28
    written(tmp_path, episodes(discharge_reason=reasons, discharge_date=[none] * 12 + [day.date() for day in ends]))
    with pytest.raises(DataError, match=r'\[missing\] discharge_date = \["..."\]'):
        iop.load(tmp_path, mapping=_MAPPING)
    proposal = answered(tmp_path, {"class": "synthetic", "cutoff": "2024-12-31"})
    (tmp_path / "mapping.toml").write_text(proposal.short)
    with iop.load(tmp_path) as data:
        found = iop.length_of_stay(data).to_frame().set_index("estimand")
        assert found.loc["los_median", "n"] == 28


def test_patients_to_be_tried_with_are_said():
    """A warning with the line to write; left out, nothing is said."""
    named = episodes(patient_id=["ZZTEST", *(f"p{i}" for i in range(39))])
    with iop.load(named, mapping=_MAPPING) as data:
        (finding,) = [finding for finding in data.findings if finding.rule == "test_rows"]
        assert (finding.severity, finding.count, finding.lines) == ("warning", 1, (1,))
    with iop.load(named, mapping=_MAPPING | {"leave_out": {"episodes": {"patient_id": ["ZZTEST"]}}}) as data:
        assert not [finding for finding in data.findings if finding.rule == "test_rows"]


def test_a_file_beside_the_tables_is_said_not_to_be_read(tmp_path):
    """Of another name, it is none of the tables; where all are read, nothing is said."""
    written(tmp_path, episodes())
    with iop.load(tmp_path, mapping=_MAPPING) as data:
        assert not [finding for finding in data.findings if finding.rule == "files_not_read"]
    (tmp_path / "survey responses.csv").write_text("a,b\n1,2\n")
    with iop.load(tmp_path, mapping=_MAPPING) as data:
        (finding,) = [finding for finding in data.findings if finding.rule == "files_not_read"]
        assert "survey responses.csv" in finding.message and finding.severity == "note"
