"""Takes programs, gives the five outcomes of page one: what takes the place of what is not there, targets, words, edges."""

import pytest

from iop_outcomes.reporting.parts.outcomes import OUTCOMES, Judged, main_outcomes, outcome_asks, outcomes_of, year_asks
from iop_outcomes.reporting.parts.part import Part, no_sections
from tests.pages import page_of
from tests.reporting.parts.small import people, small

PART = Part(outcome_asks, no_sections)
SCORED = {"phq9_admit": lambda i: 14 + i % 4, "phq9_discharge": lambda i: 5 + i % 3}


def judged(rows, *, policy="none", **mapping):
    """The outcomes by the head of their column."""
    with small(rows, **mapping) as data:
        return {each.outcome.head: each for each in outcomes_of(page_of(data, PART, policy=policy))}


def test_five_outcomes_and_what_a_card_says_where_there_is_none():
    """Without scores and events: completion alone has a number; the others say what is missing."""
    found = judged(people(12, 8))
    assert list(found) == [each.head for each in OUTCOMES]
    assert [name for name, each in found.items() if each.released is not None] == ["Finished"]
    lacking = found["Back in hospital"]
    assert (lacking.estimate, lacking.word("a"), lacking.at_level("a"), lacking.beside, lacking.by_error_alone) == (None, "", None, "", "")
    assert lacking.outcome.without == "no returns to hospital in the data"
    assert found["Reliably better"].name == "Reliably better"


def test_relapse_takes_the_place_of_returns_to_hospital_where_it_alone_is_there():
    """Both there: returns to hospital; neither: returns to hospital, with its reason."""
    relapse = [{"episode_id": "a1", "event": "relapse", "days_after_discharge": 40}]
    columns = {"follow_up_days": 200, "relapse_day": 90, "relapse_observed": 0}
    for rows, events, head in (
        (people(12, 8, **columns), None, "Relapsed"),
        (people(12, 8, follow_up_days=200), relapse, "Relapsed"),
        (people(12, 8, follow_up_days=200), [*relapse, relapse[0] | {"event": "readmission_psychiatric"}], "Back in hospital"),
        (people(12, 8), None, "Back in hospital"),
    ):
        with small(rows, events=events) as data:
            heads = [each.head for each in main_outcomes(page_of(data, policy="none").program)]
        assert head in heads and len(heads) == 5, head


def test_better_is_never_said_without_worse_and_error_alone():
    """Beside it in every clause; of a scale that has a name."""
    better = judged(people(12, 8, **SCORED))["Reliably better"]
    assert better.name == "Reliably better, PHQ-9"
    assert better.clause(better.estimate) == "100% were reliably better (reliably worse: 0%)"
    assert better.bare_clause(better.estimate) == "100% were reliably better"
    assert better.is_above_error and better.by_error_alone
    assert better.at_level("nobody") is None
    assert better.sections == ("phq9_change",)


@pytest.mark.parametrize(("done", "missed"), [(38, False), (22, False), (2, True)])
def test_a_target_is_missed_where_the_range_says_so(done, missed):
    """Clearly below it alone; a range that holds the target tells nothing."""
    target = {"completion": {"value": "60%", "direction": "at_least", "source": "Board"}}
    finished = judged(people(done, 40 - done), targets=target)["Finished"]
    assert finished.misses_target is missed
    assert finished.target_word


def test_asks_are_put_once_and_years_where_there_are_two():
    """Better and worse come from one ask; of data without periods no year is asked."""
    with small(people(12, 8, **SCORED)) as data:
        program = page_of(data, policy="none").program
        assert [ask.measure for ask in outcome_asks(program)] == ["completion", "reliable_change", "symptom_change"]
        assert year_asks(program) == []
    assert Judged(OUTCOMES[0], None).worse == "lower" and Judged(OUTCOMES[2], None).worse == "higher"
