"""Takes the traps of identifiers, codes, blanks and groups that other programs fell into (R8 to R12), gives proof that these do not."""

import pandas as pd
import pytest

import iop_outcomes as iop

SYNTHETIC = {"data": {"class": "synthetic"}}


def load(rows, **columns):
    """Episodes of a stay of 30 days with both scores, from pairs."""
    episodes = {"episode_id": [f"e{i}" for i in range(len(rows))], "track": "a", "discharge_reason": "completed", "los_days": 30} | columns
    pre, post = zip(*rows, strict=True)
    scores = {name: pd.array(values, dtype="Int64") for name, values in (("phq9_admit", pre), ("phq9_discharge", post))}
    return iop.load({"episodes": pd.DataFrame(episodes | scores)}, mapping=SYNTHETIC)


def everyone(answer, level="All"):
    """Estimates of a level by name."""
    return {each.estimand: each for each in answer.results if each.level == level and not each.contrast}


def test_a_code_that_no_list_names_is_an_error_by_name():
    """R8: two codes written as one silently left people out; here the rows of every unlisted code are named."""
    reasons = ["completed", "LM", "L", "M"]
    with pytest.raises(iop.DataError, match=r"3 different codes \(rows 2, 3, 4\)"):
        load([(16, 9)] * 4, discharge_reason=reasons)


def test_identifiers_are_texts_and_no_arithmetic():
    """R9: client 100, course 10 became 101.0; here 100.1, 100.10 and 101.0 are three people, and 0100 is not 100."""
    ids = ["100.1", "100.10", "101.0", "101", "0101", "0101"]
    with load([(16, 9)] * 6, patient_id=ids) as data:
        table = data.to_frame()
        assert table.patient_id.nunique() == 5
        assert everyone(iop.symptom_change(data, scale="phq9"))["mean_change"].n == 6


def test_a_blank_is_no_zero_and_a_zero_no_blank():
    """R10: a switch that should have made blanks 0 made zeros blank; here 0 counts as it stands, and a blank is a missing score."""
    with load([(10, 0), (0, 0), (12, None), (None, 0)]) as data:
        change = everyone(iop.symptom_change(data, scale="phq9"))
    assert (change["mean_change"].n, change["mean_change"].value) == (2, 5.0)
    assert change["mean_discharge"].value == 0.0
    assert (change["paired_rate"].k, change["paired_rate"].n) == (2, 4)


def test_the_share_of_a_group_is_of_the_group():
    """R11: 8 of a group of 19 were printed as 20 % of both groups; here 8 of 19, and 21 others apart."""
    rows, track = [(20, 10)] * 8 + [(20, 18)] * 11 + [(20, 19)] * 21, ["tau"] * 19 + ["new"] * 21
    with load(rows, track=track) as data:
        better = everyone(iop.reliable_change(data, scale="phq9", by="track"), "tau")["reliable_improvement"]
        category = everyone(iop.clinical_significance(data, scale="phq9", by="track"), "tau")["improved"]
    assert (better.k, better.n, better.value) == (8, 19, 8 / 19)
    assert (category.k, category.n, category.value) == (8, 19, 8 / 19)


def test_a_change_is_of_one_episode_whoever_comes_back():
    """R12: first and last score were taken over all courses of a client; here each episode has its own pair, and errors know the patient."""
    with load([(20, 10), (18, 16)] + [(15, 12)] * 4, patient_id=["p", "p", "q", "r", "s", "t"]) as data:
        change = everyone(iop.symptom_change(data, scale="phq9"))["mean_change"]
        assert data.to_frame().phq9_change.tolist() == [10, 2, 3, 3, 3, 3]
    assert (change.n, change.value) == (6, 4.0)
    assert "by patient" in change.method
