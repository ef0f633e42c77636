"""Takes scales, gives the published changes that go with what each measures, as their study prints them, and none for what has none."""

import pytest

from iop_outcomes.published.study_files import shipped_studies
from iop_outcomes.published.yardsticks import yardsticks_of


@pytest.mark.parametrize("scale", ["phq9", "gad7"])
def test_figures_are_those_of_the_study_files(scale):
    """Value and limits, by the name of the study."""
    studies = {study.id: study for study in shipped_studies()}
    found = yardsticks_of(scale)
    assert found
    for each in found:
        printed = [figure.printed for figure in studies[each.study].figures]
        assert any(
            (float(p.get("effect_size", -1)), float(p.get("low", -1)), float(p.get("high", -1))) == (each.value, each.low, each.high)
            for p in printed
        )
        assert each.low < each.value < each.high
        assert "no comparison" in each.note


def test_untreated_people_are_a_yardstick_of_depression_alone():
    """A scale of anxiety has routine practice; a scale of alcohol, and one that nobody knows, have none."""
    assert {each.words for each in yardsticks_of("phq9")} == {"waiting list, untreated", "routine practice"}
    assert {each.words for each in yardsticks_of("gad7")} == {"routine practice"}
    assert yardsticks_of("auditc") == yardsticks_of("nobody_knows_it") == ()
