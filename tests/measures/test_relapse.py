"""Takes tiny tables, gives what relapse says of them: one test for each clause of its definition."""

import json

import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from tests.spec.tables import episodes, loaded

THREE = "los_days follow_up_days\n20 90\n20 90\n20 90\n20 90"


def of(text, events, *, definition="any_use", at=(30,), clock="days_after_discharge"):
    """The estimates for everyone; events are lines of episode, event, day and kind."""
    with loaded(text, events=f"episode_id event {clock} kind\n{events}") as data:
        results = iop.relapse(data, definition=definition, at=at).results
    return {e.estimand if e.time is None else (e.estimand, int(e.time)): e for e in results}


def test_relapse_without_a_definition_is_refused():
    """The field has no default, so there is none: the message names those there are."""
    with loaded(THREE) as data, pytest.raises(iop.UsageError, match="return_to_criteria"):
        iop.measure(data, "relapse")


def test_and_on_the_command_line(tmp_path, capsys):
    """Exit code 2 without --definition; with it the numbers."""
    episodes(THREE).to_csv(tmp_path / "episodes.csv", index=False)
    (tmp_path / "events.csv").write_text(
        "episode_id,event,days_after_discharge,kind\ne000,relapse,0,any_use\ne001,relapse,20,return_to_criteria\n", encoding="utf-8"
    )
    (tmp_path / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    asked = ["summary", str(tmp_path), "--measure", "relapse", "--policy", "none", "--json", "--at", "30"]
    assert run(asked) == 2
    assert "--definition any_use" in capsys.readouterr().err
    for definition, share in (("any_use", 0.5), ("return_to_criteria", 0.25)):
        assert run([*asked, "--definition", definition]) == 0
        records = json.loads(capsys.readouterr().out)
        assert next(one["value"] for one in records if one["estimand"] == "cumulative_incidence") == share


def test_an_unknown_definition_is_refused():
    """The message names those there are."""
    with loaded(THREE) as data, pytest.raises(iop.UsageError, match="any_use"):
        iop.relapse(data, definition="some_use")


def test_relapse_counts_from_day_0():
    """Window [0, t]: back to use on the day of discharge is a relapse."""
    found = of(THREE, "e000 relapse 0 any_use\ne001 relapse 30 any_use\ne002 relapse 31 any_use")
    incidence = found["cumulative_incidence", 30]
    assert (incidence.value, incidence.k, incidence.n) == (0.5, 2, 4)
    assert "transfer_0_2" not in found


def test_any_use_counts_every_kind():
    """any_use: every relapse event, also one whose kind is blank."""
    events = "e000 relapse 5 any_use\ne001 relapse 5 heavy_drinking_day\ne002 relapse 5 ."
    assert of(THREE, events)["cumulative_incidence", 30].k == 3


@pytest.mark.parametrize("kind", ["return_to_criteria", "heavy_drinking_day"])
def test_a_named_kind_counts_that_kind_alone(kind):
    """A use before the first event of that kind does not end the wait for it; a blank kind is none."""
    events = f"e000 relapse 5 any_use\ne000 relapse 25 {kind}\ne001 relapse 5 any_use\ne002 relapse 5 ."
    found = of(THREE, events, definition=kind, at=(20, 30))
    assert [found["cumulative_incidence", t].k for t in (20, 30)] == [0, 1]


def test_death_competes():
    """Dead on day 10: a later relapse cannot be; on one day the relapse comes first."""
    found = of(THREE, "e000 death 10 .\ne001 death 10 .\ne001 relapse 10 any_use")
    assert (found["cumulative_incidence", 30].k, found["died_first"].k) == (1, 1)
    assert found["event_free", 30].value == 0.5


def test_relapse_during_care_is_counted_and_no_part_of_the_curve():
    """Use before discharge is common: counted beside; a first use after discharge still counts."""
    events = "e000 relapse 10 any_use\ne000 relapse 25 any_use\ne001 relapse 19 any_use"
    found = of(THREE, events, clock="day")
    assert (found["during_care"].k, found["during_care"].n) == (2, 4)
    assert (found["cumulative_incidence", 30].k, found["cumulative_incidence", 30].n) == (1, 4)


def test_during_care_is_of_the_kind_asked_for():
    """return_to_criteria: a use of another kind in care is not counted."""
    events = "e000 relapse 10 any_use\ne001 relapse 19 return_to_criteria"
    assert of(THREE, events, definition="return_to_criteria", clock="day")["during_care"].k == 1


def test_a_relapse_beside_the_episode_brings_its_own_end():
    """relapse_day from admission with relapse_observed: 1 is a relapse that day, 0 the last day observed; blank is unknown."""
    text = "los_days relapse_day relapse_observed\n20 30 1\n20 80 0\n20 80 0\n20 . ."
    with loaded(text) as data:
        found = {e.estimand: e for e in iop.relapse(data, definition="any_use", at=[30]).results}
    incidence = found["cumulative_incidence"]
    assert incidence.value == pytest.approx(1 / 3, abs=1e-15)
    assert (incidence.k, incidence.n, incidence.n_missing) == (1, 3, 1)
    assert "not_assessable" in found["fully_observed_rate"].flag


def test_when_everybody_relapsed_the_share_is_one():
    """Nine people, one a day: nine shares of floats add up to a little more than 1, and still the answer is 1 and 0."""
    text = "los_days relapse_day relapse_observed\n" + "\n".join(f"20 {20 + day} 1" for day in range(9))
    with loaded(text) as data:
        found = {e.estimand: e for e in iop.relapse(data, definition="any_use", at=[8]).results}
    assert (found["cumulative_incidence"].value, found["event_free"].value) == (1, 0)
    assert (found["cumulative_incidence"].high, found["event_free"].low) == (1, 0)
    assert 0 < found["cumulative_incidence"].low < 1


def test_the_definition_travels_with_the_number():
    """The title and the words name what counts."""
    with loaded(THREE) as data:
        definition = iop.relapse(data, definition="return_to_criteria").definition
    assert definition.title == "Relapse (return to criteria)"
    assert "return to criteria" in definition.estimand("cumulative_incidence").counted
