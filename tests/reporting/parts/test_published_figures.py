"""Takes programs, gives their figures beside published ones: those of programs alike, of the scales they have, never of nobody."""

from iop_outcomes.published.study_files import shipped_studies
from iop_outcomes.reporting.parts.published_figures import PUBLISHED_FIGURES, beside_page
from tests.pages import page_of
from tests.reporting.parts.small import people, said, small


def beside(rows):
    """What stands beside the figures of some rows."""
    with small(rows) as data:
        return beside_page(page_of(data, PUBLISHED_FIGURES, policy="none"))


def test_yardsticks_are_of_the_scales_there_are_and_of_no_other():
    """Without scores completion and stays alone; with the PHQ-9 also what it is held against, and never another scale."""
    without = beside(people(12, 8))
    assert {row.quantity for row in without.side_by_side} == {"completion_strict", "completion_with_transfers", "los_median", "los_mean"}
    assert without.yardsticks == ()
    scored = beside(people(12, 8, phq9_admit=lambda i: 14 + i % 4, phq9_discharge=lambda i: 5 + i % 3))
    assert {each.scale for each in scored.yardsticks} == {"phq9"}
    assert {row.question.scale for row in scored.side_by_side} <= {None, "phq9"}


def test_before_anybody_is_discharged_there_is_no_such_section():
    """Nothing of the program to set beside them."""
    assert said(PUBLISHED_FIGURES, [row | {"discharge_reason": "active"} for row in people(5, 5)]) == ("", "")


def test_worked_examples_and_programs_of_other_kinds_stay_out():
    """Textbooks print figures too; only programs of a like intensity are beside, and the caution stands first."""
    by_id = {study.id: study for study in shipped_studies()}
    rows = beside(people(30, 20)).side_by_side
    assert any(study.design == "worked_example" for study in by_id.values())
    assert all(by_id[row.study].design != "worked_example" for row in rows)
    assert all({"IOP", "PHP", "intensive_program", "day_hospital"} & set(by_id[row.study].level) for row in rows)
    assert said(PUBLISHED_FIGURES, people(30, 20))[0].startswith("Published figures are of other people")
