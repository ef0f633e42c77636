"""Takes programs with and without scores and events, gives what a page cannot tell: never more than it holds."""

import pytest

from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.limitations import LIMITATIONS, unverified_on
from iop_outcomes.reporting.parts.part import Part, no_sections
from iop_outcomes.results import UNVERIFIED
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small

SCORED = {"phq9_admit": 12, "phq9_discharge": 6}
RETURN = [{"episode_id": "a0", "event": "readmission_psychiatric", "days_after_discharge": 20}]


@pytest.mark.parametrize(
    ("columns", "events", "scores_said", "events_said"),
    [({}, None, False, False), (SCORED, None, True, False), ({"follow_up_days": 90}, RETURN, False, True)],
)
def test_only_what_the_page_holds_is_cautioned_against(columns, events, scores_said, events_said):
    """Missing second scores where there are scores, events that nobody recorded where there are events; two sentences always."""
    page, _ = said(LIMITATIONS, people(10, 10, **columns), events=events)
    assert ("often have no second score" in page) is scores_said
    assert ("that nobody recorded looks like none" in page) is events_said
    assert "Completion says how care ended" in page and "no figure says what the program itself brought about" in page


def test_the_sign_is_explained_where_a_figure_carries_it():
    """Once, whatever it stands on; a page without reliable change has no such figure."""
    part = Part(lambda program: list(asks.reliable(program).values()), no_sections)
    with small(people(10, 10, **SCORED)) as data:
        (sentence,) = unverified_on(page_of(data, part, policy="none"))
        assert sentence.startswith(f"{UNVERIFIED} This figure rests on ")
        assert sentence.endswith(", of which the first source was not seen.")
        assert unverified_on(page_of(data, policy="none")) == []
