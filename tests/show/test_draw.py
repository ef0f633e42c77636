"""Takes the declaration of every measure, gives proof that its chart is in the registry, with a drawing, a description and a sentence."""

from __future__ import annotations

import pytest

import iop_outcomes as iop
from iop_outcomes.show.draw import CHARTS
from tests.declared import every_measure


def test_the_chart_of_every_measure_is_registered():
    """By the name that its definition carries, and of estimands that it has."""
    for name, measure in every_measure().items():
        definition = measure.definition
        assert definition.chart in CHARTS, name
        assert set(definition.shown) <= {estimand.name for estimand in definition.estimands}, name


@pytest.mark.parametrize("name", CHARTS)
def test_every_entry_has_its_three_functions(name):
    """Under its own name."""
    kind = CHARTS[name]
    assert kind.name == name
    assert all(callable(function) for function in (kind.draw, kind.alt_text, kind.sentence))


def test_every_entry_is_the_chart_of_something():
    """Differences are what a comparison shows, whatever its measure's own chart is."""
    assert {measure.definition.chart for measure in every_measure().values()} | {"forest"} == set(CHARTS)


def answers(data):
    """One answer for each kind of chart."""
    yield "dot_range", iop.completion(data, by="track").release()
    yield "stay_range", iop.length_of_stay(data, by="track").release()
    yield "stacked_shares", iop.reliable_change(data, scale="phq9", by="track").release()
    yield "dumbbell", iop.symptom_change(data, scale="phq9", by="track").release()
    yield "cumulative", iop.readmission(data, by="track").release()
    yield "forest", iop.compare(data, by="track").release()


def test_every_entry_draws_describes_and_answers(synthetic):
    """On the synthetic program: something is drawn, the description names the measure, the sentence is whole."""
    for name, released in answers(synthetic):
        kind = CHARTS[name]
        assert released.definition.chart == name
        assert kind.draw(released, ax=None).get_figure(root=True) is not None
        assert released.definition.title in kind.alt_text(released)
        assert kind.sentence(released).endswith(".")


def test_a_role_is_given_once():
    """Two estimands of one measure in one role would leave it open which is meant; and every chart of stays or change finds its own."""
    for measure in every_measure().values():
        roles = [estimand.role for estimand in measure.estimands if estimand.role]
        assert len(set(roles)) == len(roles)
        needed = {
            "stay_range": {"middle", "lower_quartile", "upper_quartile", "mean"},
            "dumbbell": {"both_known", "before", "after", "change"},
        }
        assert needed.get(measure.chart, set()) <= set(roles)
        if measure.chart == "dumbbell":
            assert measure.subject
        if measure.chart == "stay_range":
            assert measure.definition.estimand(measure.definition.in_role("middle")).axis
