"""Takes columns that a site declares, gives proof that the shares of what they record are those counted by hand."""

import pandas as pd
import pytest

import iop_outcomes as iop

KINDS = {"hours_per_week": "integer", "certified": "category", "condition_code": "category", "scores_in_plan": "integer"}
ROWS = {  # track, hours, certified, code, scores used
    "a": [("9", "yes", "92", "1"), ("8", "no", "41", "0"), ("12", "", "92", "")],
    "b": [("", "Yes", "092", "1"), ("20", "unknown", "", "1"), ("0", "y", "92", "0"), ("9", "true", "92", "")],
}
NUMBERS = {  # of how many, how many, and how many are blank: in track a, in track b
    "planned_hours": ((3, 2, 0), (3, 2, 1)),
    "certified": ((2, 1, 1), (4, 3, 0)),
    "condition_code_92": ((3, 2, 0), (3, 2, 1)),
    "scores_in_plan": ((2, 1, 1), (3, 2, 1)),
}


@pytest.fixture(scope="module")
def seven():
    """Seven episodes with all of the columns but one."""
    rows = [
        {
            "episode_id": f"{track}{i}",
            "track": track,
            "discharge_reason": "completed",
            "los_days": 30,
            **dict(zip(KINDS, values, strict=True)),
        }
        for track, several in ROWS.items()
        for i, values in enumerate(several)
    ]
    with iop.load({"episodes": pd.DataFrame(rows)}, mapping={"data": {"class": "synthetic"}, "covariates": KINDS}) as data:
        yield data


@pytest.mark.parametrize("name", NUMBERS)
def test_each_share_is_that_counted_by_hand(seven, name):
    """Blanks are in neither count, and in the second number not met; 9 hours are enough, 8 are not; a code that is written otherwise is another code."""
    every = iop.measure(seven, name, by="track").to_frame().set_index("level")
    frame, of_all = every[every.estimand == name], every[every.estimand == f"{name}_of_all"]
    whole = tuple(map(sum, zip(*NUMBERS[name], strict=True)))
    for level, (n, k, blank) in {"All": whole, "a": NUMBERS[name][0], "b": NUMBERS[name][1]}.items():
        row = frame.loc[level]
        assert (row.n, row.k, row.n_missing, row.value) == (n, k, blank, pytest.approx(k / n)), level
        row = of_all.loc[level]
        assert (row.n, row.k, row.n_missing) == (n + blank, k, 0), level


def test_a_column_that_is_not_there_is_named(seven):
    """The refusal says which column, and how to declare it."""
    with pytest.raises(iop.NotAssessableError, match=r'column recertified is not in the data.*\[covariates\] recertified = "category"'):
        iop.measure(seven, "recertified")
