"""What a mapping does to the rows: names, codes, missing codes, covariates and the closed list of rules."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import NOT_KNOWN, Column
from iop_outcomes.errors import DataError

CUTOFF = {"class": "synthetic", "cutoff": "2024-12-31"}


def _frame(**columns):
    size = max(len(values) for values in columns.values())
    base = {"episode_id": [f"e{i}" for i in range(size)], "track": "mood", "discharge_reason": "completed", "los_days": 30}
    return pd.DataFrame(base | columns)


def _column(name, frame, mapping):
    """A column of each episode in the order of the rows, after the mapping."""
    with iop.load(frame, mapping={"data": {"class": "synthetic"}} | mapping) as data:
        cells = {key[0]: key[1] for key, _ in data.count([Column("episode_id"), Column(name)])}
    return [cells.get(f"e{i}") for i in range(len(frame))]


def test_names_of_the_site():
    """[columns.x] names the site's own column for a canonical one, a wide score among them."""
    frame = _frame(track=["a", "b"]).rename(columns={"track": "Program line"}).assign(**{"PHQ start": [3, 4]})
    mapping = {"columns": {"episodes": {"track": "Program line", "phq9_admit": "PHQ start"}}}
    assert _column("track", frame, mapping) == ["a", "b"]
    assert _column("phq9_admit", frame, mapping) == [3, 4]


def test_a_canonical_name_that_is_mapped_elsewhere_is_not_read():
    """When the mapping names another column for `track`, the file's own `track` is another thing."""
    frame = _frame(track=["a", "b"], line=["x", "y"])
    mapping = {"data": {"class": "synthetic"}, "columns": {"episodes": {"track": "line"}}}
    assert _column("track", frame, mapping) == ["x", "y"]
    with iop.load(frame, mapping=mapping) as data:
        assert any(finding.rule == "not_read" and "track" in finding.message for finding in data.findings)


def test_codes_of_the_site():
    """[codes.x] translates; what it does not name stays and is judged as it stands."""
    frame = _frame(discharge_reason=["1", "2", "died", " 2 "])
    codes = {"codes": {"discharge_reason": {"1": "completed", "2": "dropped_out"}}}
    assert _column("discharge_reason", frame, codes) == ["completed", "dropped_out", "died", "dropped_out"]
    with pytest.raises(DataError, match=r"discharge_reason: unknown_code: .* \(row 2\)"):
        _column("discharge_reason", _frame(discharge_reason=["1", "9"]), codes)


def test_codes_may_stand_for_numbers_and_flags():
    """A site's "yes" and "ten" become 1 and 10."""
    frame = _frame(relapse_observed=["yes", "no"], relapse_day=["ten", "12"])
    codes = {"codes": {"relapse_observed": {"yes": "1", "no": "0"}, "relapse_day": {"ten": "10"}}}
    assert _column("relapse_observed", frame, codes) == [1, 0]
    assert _column("relapse_day", frame, codes) == [10, 12]


def test_missing_codes():
    """[missing] of one column and of all; the literal words NA and null are text unless they are named."""
    frame = _frame(payer=["NA", "-9", "null", ""], los_days=["-9", "30", "31", ""])
    assert _column("payer", frame, {"missing": {"los_days": ["-9"]}}) == ["NA", "-9", "null", None]
    assert _column("payer", frame, {"missing": {"all": ["-9"]}}) == ["NA", None, "null", None]
    assert _column("payer", frame, {"missing": {"payer": "NA", "los_days": ["-9"]}}) == [None, "-9", "null", None]
    assert _column("los_days", frame, {"missing": {"los_days": ["-9"]}}) == [None, 30, 31, None]


def test_a_missing_code_is_judged_before_codes_are_translated():
    """The site's own code is what [missing] names."""
    frame = _frame(discharge_reason=["1", "99"])
    mapping = {"codes": {"discharge_reason": {"1": "completed"}}, "missing": {"discharge_reason": ["99"]}}
    assert _column("discharge_reason", frame, mapping) == ["completed", None]


def test_covariates():
    """Categories may be grouped by; whole numbers are checked as such."""
    frame = _frame(housing=["own", "none"], prior_admissions=["0", "12"])
    mapping = {"covariates": {"housing": "category", "prior_admissions": "integer"}}
    assert _column("housing", frame, mapping) == ["own", "none"]
    assert _column("prior_admissions", frame, mapping) == [0, 12]
    with iop.load(frame, mapping={"data": {"class": "synthetic"}} | mapping) as data:
        assert "housing" in data.groups and "prior_admissions" not in data.groups
    with pytest.raises(DataError, match=r"prior_admissions: not_whole_number: .* \(row 1\)"):
        _column("prior_admissions", _frame(prior_admissions=["few"]), {"covariates": {"prior_admissions": "integer"}})


def test_a_reason_from_the_stay():
    """stay_at_least_planned: at least the planned length is a completion, less a drop-out; without a stay nobody knows whether it has ended."""
    frame = _frame(los_days=[27, 28, 29, None], planned_days=[28, 28, 28, 28]).drop(columns="discharge_reason")
    mapping = {"discharge_reason": {"rule": "stay_at_least_planned"}}
    assert _column("discharge_reason", frame, mapping) == ["dropped_out", "completed", "completed", NOT_KNOWN]


def test_a_rule_takes_the_place_of_the_column():
    """The file's own reasons and planned days are then not read, and are named as such, whatever they hold."""
    frame = _frame(los_days=[27, 28], planned_days=["x", "y"], discharge_reason=["A", "B"])
    mapping = {"discharge_reason": {"rule": "stay_at_least_planned"}, "planned_days": {"rule": "constant", "days": 28}}
    assert _column("discharge_reason", frame, mapping) == ["dropped_out", "completed"]
    with iop.load(frame, mapping={"data": {"class": "synthetic"}} | mapping) as data:
        assert [f.message for f in data.findings if f.rule == "not_read"] == ["columns that are not read: discharge_reason, planned_days"]


def test_a_reason_from_the_stay_needs_planned_days():
    """Without a planned length the rule cannot say anything."""
    frame = _frame(los_days=[27]).drop(columns="discharge_reason")
    with pytest.raises(DataError, match=r"^episodes \(data frame\): planned_days \(or a rule for it\): missing_column"):
        _column("discharge_reason", frame, {"discharge_reason": {"rule": "stay_at_least_planned"}})


def test_planned_days_by_column_and_constant():
    """One length for each word of a column (none for a word that is not named), or one for all."""
    frame = _frame(track=["mood", "trauma", "other"])
    by_column = {"planned_days": {"rule": "by_column", "column": "track", "days": {"mood": 28, "trauma": 42}}}
    assert _column("planned_days", frame, by_column) == [28, 42, None]
    assert _column("planned_days", frame, {"planned_days": {"rule": "constant", "days": 84}}) == [84, 84, 84]


def test_planned_days_by_a_column_of_numbers():
    """The words may be numbers."""
    frame = _frame(phq9_admit=[3, 20])
    assert _column("planned_days", frame, {"planned_days": {"rule": "by_column", "column": "phq9_admit", "days": {"3": 14}}}) == [14, None]


def test_follow_up_to_the_cutoff():
    """to_cutoff: from discharge to the cut-off; what the file says itself stays."""
    frame = _frame(admit_date=["2024-11-01", "2024-11-01"], discharge_date=["2024-12-01", "2024-12-01"], follow_up_days=["", "12"])
    assert _column("follow_up_days", frame, {"data": CUTOFF, "follow_up_days": {"rule": "to_cutoff"}}) == [30, 12]
    assert _column("follow_up_days", frame, {"data": CUTOFF}) == [None, 12]


def test_follow_up_to_the_cutoff_without_dates():
    """Where the file brings the days to the cut-off, what is left after the stay is follow-up."""
    frame = _frame(los_days=[30, 40], observed_days=[100, 40])
    assert _column("follow_up_days", frame, {"follow_up_days": {"rule": "to_cutoff"}}) == [70, 0]


def test_follow_up_to_the_cutoff_needs_a_cutoff():
    """Neither a cut-off nor observed days: the rule is refused, not silently without effect."""
    frame = _frame(admit_date=["2024-11-01"], discharge_date=["2024-12-01"])
    for mapping, rows in (({}, frame), ({"data": CUTOFF}, _frame(los_days=[30]))):
        with pytest.raises(DataError, match=r"discharge_date \(with \[data\] cutoff; or observed_days\): missing_column"):
            _column("follow_up_days", rows, {**mapping, "follow_up_days": {"rule": "to_cutoff"}})
