"""Takes programs in which events or follow-up are not on record, gives proof that nothing unknown is printed as 0 %."""

import math

import pytest

import iop_outcomes as iop
from tests.spec.after import PSYCHIATRIC, ask, each, events_of, followed, named, of
from tests.spec.tables import loaded

OF_EVENTS = ("cumulative_incidence", "event_free", "restricted_mean_days", "fully_observed_rate")
MEASURES = {"readmission": None, "readmission_from_day_0": "all_cause", "relapse": "any_use"}


# -- no table or column of the event -------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
def test_without_a_table_of_events_nothing_is_assessable(measure):
    """Episodes and follow-up alone: nobody can tell whether anybody came back, so it is never 0 %; how long they were followed is known."""
    found = of(followed(*[90] * 20), None, measure=measure, definition=MEASURES[measure])
    numbers = [found[name, 30] for name in OF_EVENTS] + [found[name] for name in ("median_days", "died_first", "during_care")]
    for e in numbers:
        assert math.isnan(e.value), e.estimand
        assert math.isnan(e.low), e.estimand
        assert "not_assessable" in e.flag, e.estimand
    assert found["median_follow_up_days"].value == 90


@pytest.mark.parametrize("measure", MEASURES)
def test_with_a_table_of_events_that_holds_none_of_them_it_is_0_percent(measure):
    """Events are recorded, and none is of this kind: 0 %, with an upper limit."""
    found = of(followed(*[90] * 20), "e003 emergency_visit 7", measure=measure, definition=MEASURES[measure])
    for name in ("cumulative_incidence", "fully_observed_rate"):
        assert (found[name, 30].value, found[name, 30].k, found[name, 30].n) == (0, 0, 20)
        assert found[name, 30].high > 0.1
    assert (found["event_free", 30].value, found["restricted_mean_days", 30].value) == (1, 30)


def test_a_column_of_the_event_will_do():
    """Relapse beside the episode, seen in nobody: 0 % without a table of events; readmission has no column and stays unknown."""
    text = "los_days follow_up_days relapse_day relapse_observed\n" + "20 90 110 0\n" * 12
    assert of(text, None, measure="relapse", definition="any_use")["cumulative_incidence", 30].value == 0
    assert math.isnan(of(text, None)["cumulative_incidence", 30].value)


def test_a_column_of_deaths_does_not_tell_of_readmissions():
    """Deaths beside the episode are ends, and say nothing of what else happened."""
    text = "los_days follow_up_days death_day death_observed\n" + "20 90 40 1\n" + "20 90 110 0\n" * 11
    found = of(text, None)["cumulative_incidence", 30]
    assert (math.isnan(found.value), "not_assessable" in found.flag) == (True, True)
    assert of(text, "")["cumulative_incidence", 30].value == 0


def test_there_is_no_test_between_groups_of_what_nobody_knows():
    """Without events there are no log-rank and no Gray's test."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * 12 + "b 20 90\n" * 12
    assert not [e for e in ask(text, None, by="track") if "log_rank" in e.estimand or "gray" in e.estimand]
    assert [e.estimand for e in ask(text, "", by="track") if "gray" in e.estimand] == ["gray_chi_squared", "gray_p"]


@pytest.mark.parametrize("patients", ["", "patient_id "])
def test_where_nobody_has_the_event_the_tests_between_groups_say_why_there_is_no_number(patients):
    """No number without a flag, whether patients repeat or not."""
    rows = [f"{track} {f'P{i % 15} ' if patients else ''}20 90\n" for track in "ab" for i in range(20)]
    found = [e for e in ask(f"track {patients}los_days follow_up_days\n" + "".join(rows), "", by="track") if "log_rank" in e.estimand]
    assert [(math.isnan(e.value), "no_spread" in e.flag) for e in found] == [(True, True)] * 2


# -- follow-up not known ---------------------------------------------------------------------------------------------

FORTY = followed(*[90] * 20, *["."] * 20)
TEN_BACK = each(range(20, 30), PSYCHIATRIC, 20)


def test_events_without_follow_up_forbid_0_percent():
    """40 discharged, 20 without follow-up of whom 10 are known to be back on day 20: not 0 % of the other 20, but why there is no rate."""
    found = of(FORTY, TEN_BACK)
    for name in ("cumulative_incidence", "event_free", "fully_observed_rate"):
        e = found[name, 30]
        assert math.isnan(e.value), name
        assert math.isnan(e.low), name
        assert "events_without_follow_up" in e.flag, name
    incidence = found["cumulative_incidence", 30]
    assert (incidence.n, incidence.n_missing) == (20, 20)


def test_nothing_counted_beside_the_rate_is_0_percent_either():
    """Transfers, planned returns and deaths of the 20 who were followed: nobody, and yet 10 of the other 20 are on record."""
    found = of(FORTY, TEN_BACK)
    for name in ("transfer_0_2", "planned", "died_first"):
        e = found[name]
        assert (math.isnan(e.value), "events_without_follow_up" in e.flag) == (True, True), name
    assert found["during_care"].value == 0  # before discharge, where follow-up plays no part


def test_how_many_have_an_event_without_follow_up_is_a_number_of_its_own():
    """10 of the 20 whose follow-up is not known."""
    e = of(FORTY, TEN_BACK)["events_without_follow_up"]
    assert (e.k, e.n, e.value) == (10, 20, 0.5)
    assert of(followed(*[90] * 20), "")["events_without_follow_up"].n == 0
    none = of(FORTY, "")["events_without_follow_up"]
    assert (none.k, none.n) == (0, 20)


def test_without_such_events_0_percent_stands():
    """The same 20 without follow-up, and nothing on record of them: 0 % of the other 20."""
    found = of(FORTY, "")
    assert (found["cumulative_incidence", 30].value, found["cumulative_incidence", 30].n_missing) == (0, 20)
    assert (found["event_free", 30].value, found["fully_observed_rate", 30].value) == (1, 0)


def test_a_rate_that_is_not_0_stands_with_the_number_beside_it():
    """One of the 20 followed is back too: 5 %, and the sentence says that 10 of 20 others have an event on record."""
    events = f"{TEN_BACK}\ne000 {PSYCHIATRIC} 10"
    found = of(FORTY, events)
    assert (found["cumulative_incidence", 30].value, found["cumulative_incidence", 30].k) == (0.05, 1)
    with loaded(FORTY, events=events_of(events)) as data:
        said = iop.readmission(data, at=[30]).sentence(policy="none")
    assert "10 of 20 episodes whose follow-up is not known have an event or a death on record, which no figure here counts" in said


def test_a_death_without_follow_up_counts_as_well():
    """A death on record, however late, of somebody whose follow-up is blank; an event during care is none."""
    found = of(FORTY, "e020 death 400")
    assert (found["events_without_follow_up"].k, "events_without_follow_up" in found["cumulative_incidence", 30].flag) == (1, True)
    text = "los_days follow_up_days\n" + "20 90\n" * 11 + "20 .\n"
    with loaded(text, events=f"episode_id event day\ne011 {PSYCHIATRIC} 10") as data:
        during = named(iop.readmission(data, at=[30]).results)
    assert (during["events_without_follow_up"].k, during["cumulative_incidence", 30].value) == (0, 0)


@pytest.mark.parametrize(("definition", "k"), [("psychiatric", 1), ("all_cause", 2)])
def test_only_events_that_the_definition_counts_are_counted(definition, k):
    """A readmission elsewhere is no event of psychiatric readmission."""
    events = f"e020 {PSYCHIATRIC} 20\ne021 readmission_other 20"
    assert of(FORTY, events, definition=definition)["events_without_follow_up"].k == k


def test_a_reason_without_a_day_is_outside_curves():
    """Discharged, day not known: in no curve and no simple rate, though 90 days of follow-up are given; an event of theirs is counted beside."""
    text = followed(*[90] * 11) + "\n. 90\n. 90"
    found = of(text, f"e000 {PSYCHIATRIC} 20\ne011 {PSYCHIATRIC} 20")
    incidence, rate = found["cumulative_incidence", 30], found["fully_observed_rate", 30]
    assert (incidence.k, incidence.n, incidence.n_missing, incidence.n_at_risk) == (1, 11, 2, 10)
    assert (rate.k, rate.n, rate.n_missing) == (1, 11, 2)
    assert (found["events_without_follow_up"].k, found["events_without_follow_up"].n) == (1, 2)


def test_each_track_is_judged_by_its_own():
    """Blank follow-ups with events in one track forbid 0 % there and for everyone, not in the other track."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * 12 + "b 20 90\n" * 12 + "b 20 .\n" * 3
    results = ask(text, each([24], PSYCHIATRIC, 20), by="track")
    found = {level: named(results, level)["cumulative_incidence", 30] for level in ("All", "a", "b")}
    assert found["a"].value == 0
    assert math.isnan(found["b"].value)
    assert math.isnan(found["All"].value)
