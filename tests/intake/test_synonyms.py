"""Takes the table of synonyms, gives proof that it speaks of what exists, and that numbers stand for nothing."""

import pytest

from iop_outcomes.columns import BY_PATIENT, KINDS
from iop_outcomes.intake.synonyms import match_code, match_columns
from iop_outcomes.intake.usual_words import squashed, table_of_synonyms
from iop_outcomes.scales import load_scales


def test_the_table_of_synonyms_speaks_of_what_exists():
    """Every table, column and word of synonyms.toml is canonical, and no synonym of a column stands for two."""
    table = table_of_synonyms()
    assert set(table["tables"]) == set(table["columns"]) == set(KINDS)
    for name, columns in table["columns"].items():
        placed = BY_PATIENT if KINDS[name].placing else ()
        assert set(columns) <= {field.name for field in (*KINDS[name].fields, *placed)}
        plain = [squashed(word) for words in columns.values() for word in words]
        assert len(plain) == len(set(plain)), name
    for column, words in table["codes"].items():
        allowed = {
            word
            for kind in KINDS.values()
            for field in kind.fields
            if field.name == column.removeprefix("session_")
            for word in field.allowed
        }
        assert not allowed or set(words) <= allowed
        plain = [squashed(word) for others in words.values() for word in others]
        assert len(plain) == len(set(plain)), column


def test_numbers_stand_for_nothing():
    """What 1 means differs from system to system."""
    reason = next(field for field in KINDS["episodes"].fields if field.name == "discharge_reason")
    assert [match_code(reason, code, {}) for code in ("1", "46", "-9", "99")] == [None] * 4


WIDE = {
    "PHQ-9 Intake Total": "phq9_admit",
    "phq9_baseline": "phq9_admit",
    "Pre GAD-7 Score": "gad7_admit",
    "GAD7 D/C": "gad7_discharge",
    "post_pcl5": "pcl5_discharge",
    "PHQ-A Start": "phqa_admit",
    "phq9_6_months": None,
    "PHQ9": None,
}


@pytest.mark.parametrize("name", WIDE)
def test_scores_beside_an_episode(name):
    """A scale and a moment, in either order; another moment is no admission."""
    found = match_columns("episodes", [name], load_scales(None))
    assert [match.to for match in found if match.how != "guess"] == ([WIDE[name]] if WIDE[name] else [])


def test_the_type_of_an_event_is_the_event_where_no_other_column_is():
    """Asked of a person, as a table of events cannot be read without it; beside an event it is its kind."""
    scales = load_scales(None)
    assert [(m.to, m.how) for m in match_columns("events", ["type"], scales)] == [("event", "guess")]
    assert [(m.to, m.how) for m in match_columns("events", ["event", "type"], scales)] == [("event", "name"), ("kind", "synonym")]
    assert [(m.to, m.how) for m in match_columns("events", ["type"], scales, ["event"])] == [("kind", "synonym")]
