"""Takes the primary outcome of a mapping, gives it where a report names it, and the refusal of one that is none."""

import pandas as pd
import pytest

import iop_outcomes as iop


def loaded(primary):
    """Two tracks of thirty, with a primary outcome."""
    rows = [
        {"episode_id": i, "track": "ab"[i % 2], "discharge_reason": "completed" if i % 3 else "dropped_out", "los_days": 20 + i % 30}
        for i in range(60)
    ]
    return iop.load(pd.DataFrame(rows), mapping={"data": {"class": "synthetic"}, "report": {"primary": primary}})


@pytest.mark.parametrize(
    ("primary", "words"),
    [
        ("completion", "Completion: completed"),
        ("length_of_stay.los_mean", "Length of stay: mean stay"),
        ("relapse", "Relapse (any use): relapsed"),
    ],
)
def test_the_main_number_of_a_measure_or_the_one_named(primary, words):
    """A measure that must be told a definition is taken under its first."""
    assert loaded(primary).primary == words


def test_a_report_names_it():
    """With the rule of higher and lower, and in the methods; one without says nothing of it."""
    text = b"".join(iop.report(loaded("completion"), policy="internal").files("html").values()).decode()
    assert text.count("The primary outcome, named in the mapping, is Completion: completed; the others stand beside it.") == 2


@pytest.mark.parametrize(
    ("primary", "why"), [("complete", 'no measure is called "complete"'), ("completion.rate", 'no number "rate"'), (" ", "one line")]
)
def test_what_is_no_outcome_is_refused(primary, why):
    """With what there is."""
    with pytest.raises(iop.DataError, match=why):
        loaded(primary)
