"""Takes the columns that came, gives what is missing or forbidden, all of it in one error."""

import pytest

from iop_outcomes.errors import DataError, PrivacyError
from iop_outcomes.intake.headers import identifiers_not_read, items_not_added, needed_columns, refuse_columns
from iop_outcomes.intake.inputs import Input
from iop_outcomes.intake.mapping import Mapping, read_mapping
from iop_outcomes.intake.recipes import plan_table
from iop_outcomes.scales import load_scales

SCALES = load_scales()
EPISODES = ["episode_id", "track", "discharge_reason", "los_days"]
SCORES = ["episode_id", "scale", "day", "score"]


def came(mapping=None, **tables):
    """The inputs and plans of tables with these columns."""
    mapping = mapping or Mapping()
    inputs = [Input(table, f"{table}.csv", "line", header=list(columns)) for table, columns in tables.items()]
    return inputs, {table: plan_table(table, columns, mapping, SCALES) for table, columns in tables.items()}, mapping, SCALES


def refused(error=DataError, mapping=None, **tables):
    """File, column and rule of what is refused."""
    with pytest.raises(error) as raised:
        refuse_columns(*came(mapping, **tables))
    return [(finding.file, finding.column, finding.rule) for finding in raised.value.findings]


def test_nothing_is_said_of_what_is_enough():
    """Whatever order columns come in; others are dropped."""
    assert refuse_columns(*came(episodes=[*EPISODES[::-1], "remark"], scores=SCORES)) is None


def test_everything_that_is_missing_is_said_at_once():
    """Of two tables; the file is named, and where to name the site's own column."""
    assert refused(episodes=["episode_id", "los_days"], scores=["episode_id", "day", "score"]) == [
        ("episodes.csv", "track", "missing_column"),
        ("episodes.csv", "discharge_reason", "missing_column"),
        ("scores.csv", "scale", "missing_column"),
    ]
    with pytest.raises(DataError, match=r"track: missing_column: this column is needed and is not there\. .*under \[columns\.episodes\]"):
        refuse_columns(*came(episodes=["episode_id", "discharge_reason", "los_days"]))


def test_one_of_several_is_enough():
    """A stay by days or by dates, a day by either clock."""
    assert needed_columns("episodes", plan_table("episodes", EPISODES[:3], Mapping(), SCALES), Mapping()) == [
        "los_days (or discharge_day, or admit_date and discharge_date)"
    ]
    for more in (["discharge_day"], ["admit_date", "discharge_date"]):
        assert needed_columns("episodes", plan_table("episodes", EPISODES[:3] + more, Mapping(), SCALES), Mapping()) == []


def test_a_column_that_the_mapping_names():
    """Said under the site's own name, once."""
    mapping = Mapping(columns={"episodes": {"track": "PROGRAM"}})
    assert refused(mapping=mapping, episodes=EPISODES) == [("episodes.csv", "PROGRAM", "missing_column")]


def test_a_row_that_counts_several_episodes():
    """Where the rows have a number and no id, the line to write is offered."""
    with pytest.raises(DataError, match=r'If each row counts several episodes, say so: \[data\] counts = "Count"'):
        refuse_columns(*came(episodes=[*EPISODES[1:], "Count"]))


def test_rows_by_patient_and_date_need_both_among_the_episodes():
    """By date alone only the date of admission."""
    dated = Mapping(data_class="limited_data_set")
    surveys = ["patient_id", "date", "scale", "score"]
    assert refused(mapping=dated, episodes=EPISODES, scores=surveys) == [
        ("episodes.csv", "patient_id", "missing_column"),
        ("episodes.csv", "admit_date", "missing_column"),
    ]
    refuse_columns(*came(dated, episodes=[*EPISODES, "patient_id", "admit_date"], scores=surveys))
    assert refused(mapping=dated, episodes=EPISODES, scores=["episode_id", *surveys[1:]]) == [
        ("episodes.csv", "admit_date", "missing_column")
    ]


def test_half_of_an_event_beside_the_episode():
    """A day without whether it was observed, and the other way round."""
    found = refused(episodes=[*EPISODES, "relapse_day", "death_observed"])
    assert sorted(found) == [("episodes.csv", name, "missing_column") for name in ("death_day", "relapse_observed")]


def test_dates_that_the_class_forbids():
    """What holds is said, declared or not."""
    columns = [*EPISODES[:3], "admit_date", "discharge_date"]
    assert refused(PrivacyError, episodes=columns) == [("episodes.csv", name, "dates_not_allowed") for name in columns[3:]]
    with pytest.raises(PrivacyError, match="the class declared is none, so that safe_harbor holds"):
        refuse_columns(*came(episodes=columns))
    refuse_columns(*came(Mapping(data_class="synthetic"), episodes=columns))


def test_a_name_that_is_an_identifier_is_never_repeated():
    """As in a file without a header; it goes before everything else that is wrong."""
    with pytest.raises(PrivacyError, match="the name of a column looks like an e-mail address") as raised:
        refuse_columns(*came(episodes=["jane.roe@example.org", "track"]))
    assert "jane" not in str(raised.value)


def test_a_column_named_like_an_identifier():
    """Read, it is refused; dropped, it is a warning under the strict classes and a note under the others."""
    mapping = read_mapping({"columns": {"episodes": {"track": "Patient Name"}}})
    assert refused(PrivacyError, mapping=mapping, episodes=["Patient Name", *EPISODES]) == [
        ("episodes.csv", "Patient Name", "identifier_column")
    ]
    for data_class, severity in (("safe_harbor", "warning"), ("public", "note")):
        (item,), plans, _, _ = came(episodes=[*EPISODES, "mrn", "remark"])
        (finding,) = identifiers_not_read(item, plans["episodes"], Mapping(data_class=data_class))
        assert (finding.column, finding.message, finding.severity) == ("mrn", "named like a medical record number, and dropped", severity)


def test_items_of_a_scale_that_may_not_be_added_up():
    """Said once for each scale, by the first of them; where no total came either, it is an error."""
    scale = next(scale for scale in SCALES.values() if scale.items > 1 and scale.total and not scale.adds_up)
    items = [f"{scale.name}_{n}" for n in (1, 2)]
    (item,), plans, _, _ = came(scores=[*SCORES, *items])
    (finding,) = items_not_added(item, plans["scores"], SCALES)
    assert (finding.column, finding.severity) == (items[0], "warning")
    assert finding.message == f"{scale.label} is taken as a total only, because its items may not be added up here"
    assert ("scores.csv", items[0], "items_not_added") in refused(episodes=EPISODES, scores=[*SCORES[:3], *items])
