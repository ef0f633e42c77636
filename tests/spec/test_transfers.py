"""Takes programs in which people are back in hospital at once, gives proof that they are transfers: out of readmission, counted beside it."""

import math

import pytest

import iop_outcomes as iop
from tests.spec.after import PSYCHIATRIC, ask, each, events_of, followed, named, of
from tests.spec.tables import loaded

# 60 of 100 are back on day 1, and 40 of those are dead on day 30; the other 40 are well for 90 days.
BACK_AND_DEAD = f"{each(range(60), PSYCHIATRIC, 1)}\n{each(range(40), 'death', 30)}"
HUNDRED = followed(*[90] * 100)


def test_transfers_leave_the_denominator_of_everything():
    """Of 100, 60 were transfers: incidence, event-free share, mean days and deaths are of the other 40, to whom nothing happened."""
    found = of(HUNDRED, BACK_AND_DEAD, at=(3, 90))
    incidence, free, mean = (found[name, 90] for name in ("cumulative_incidence", "event_free", "restricted_mean_days"))
    assert (incidence.value, incidence.k, incidence.n, incidence.n_at_risk, incidence.excluded) == (0, 0, 40, 40, 60)
    assert (free.value, free.k, free.n) == (1, 40, 40)
    assert (mean.value, mean.n) == (90, 40)
    assert (found["died_first"].k, found["died_first"].n) == (0, 40)
    assert (found["planned"].k, found["planned"].n) == (0, 40)
    transfer = found["transfer_0_2"]
    assert (transfer.value, transfer.k, transfer.n) == (0.6, 60, 100)
    assert found["fully_observed_rate", 90].n == 40


def test_the_share_of_transfers_stands_in_every_sentence():
    """Beside 0 % of 40 it is said that 60 of 100 were in hospital again at once."""
    with loaded(HUNDRED, events=events_of(BACK_AND_DEAD)) as data:
        said = iop.readmission(data, at=[90]).sentence(policy="none")
    assert "60% (60 of 100) were in hospital again on days 0 to 2" in said


@pytest.mark.parametrize("definition", ["psychiatric", "all_cause"])
@pytest.mark.parametrize(
    ("event", "day", "planned"),
    [
        (PSYCHIATRIC, 0, 0),
        (PSYCHIATRIC, 2, 0),
        (PSYCHIATRIC, 1, 1),
        ("readmission_other", 0, 0),
        ("readmission_other", 2, 1),
    ],
)
def test_any_hospital_planned_or_not_is_a_transfer_under_every_definition(definition, event, day, planned):
    """On days 0 to 2, whichever readmissions the measure counts."""
    found = of(followed(90, 90, 90), f"e000 {event} {day} {planned}", definition=definition)
    assert (found["transfer_0_2"].k, found["transfer_0_2"].n) == (1, 3)
    assert (found["cumulative_incidence", 30].n, found["planned"].k) == (2, 0)


@pytest.mark.parametrize("event", [PSYCHIATRIC, "readmission_other"])
def test_from_day_3_on_it_is_none(event):
    """Day 3 is a readmission of its kind, or nothing that the measure counts."""
    found = of(followed(90, 90, 90), f"e000 {event} 3")
    assert (found["transfer_0_2"].k, found["cumulative_incidence", 30].n) == (0, 3)
    assert found["cumulative_incidence", 30].k == (event == PSYCHIATRIC)


def test_a_planned_return_from_day_3_on_competes():
    """Planned on day 3: an end of its own, not the event and no transfer; an unplanned one later is not the event either."""
    found = of(followed(90, 90), f"e000 {PSYCHIATRIC} 3 1\ne000 {PSYCHIATRIC} 20 0")
    assert (found["planned"].k, found["planned"].n, found["transfer_0_2"].k) == (1, 2, 0)
    assert (found["cumulative_incidence", 30].value, found["event_free", 30].value) == (0, 0.5)


@pytest.mark.parametrize("day", [0, 1, 2])
def test_a_death_on_days_0_to_2_stays_and_competes(day):
    """One of four is dead on day 1: in the denominator, not readmitted, not free."""
    found = of(followed(90, 90, 90, 90), f"e000 death {day}", at=(3, 30))
    assert (found["cumulative_incidence", 30].value, found["cumulative_incidence", 30].n) == (0, 4)
    assert (found["died_first"].k, found["died_first"].n) == (1, 4)
    assert (found["event_free", 3].value, found["event_free", 3].k) == (0.75, 3)


def test_who_is_back_and_then_dies_at_once_was_a_transfer():
    """In hospital on day 0 and dead on day 1, or dead on the day of the return."""
    for day in (0, 1):
        found = of(followed(90, 90), f"e000 {PSYCHIATRIC} {day}\ne000 death 1")
        assert (found["transfer_0_2"].k, found["died_first"].k, found["cumulative_incidence", 30].n) == (1, 0, 1)


@pytest.mark.parametrize(("days", "n"), [(0, 2), (2, 2), (3, 3)])
def test_followed_for_less_than_3_days_without_an_end_is_left_out(days, n):
    """Nobody can tell whether they were transfers: left out and counted, not missing; three days are enough."""
    results = ask(followed(days, 90, 90), at=(3, 30))
    found = named(results)["cumulative_incidence", 30]
    assert (found.n, found.excluded, found.n_missing) == (n, 3 - n, 0)
    assert results.flow[0].excluded["followed for less than 3 days"] == 3 - n
    assert named(results)["transfer_0_2"].n == n


def test_followed_for_2_days_to_a_death_stays():
    """Follow-up of 2 days that ends with a death is an end, not a loss."""
    found = of(followed(2, 90), "e000 death 2")
    assert (found["cumulative_incidence", 30].n, found["died_first"].k) == (2, 1)


@pytest.mark.parametrize("day", [0, 1, 2])
def test_before_day_3_nothing_is_assessable(day):
    """The window starts on day 3: every number of an earlier day is NaN, with the reason; not so without transfers."""
    found = of(followed(90, 90, 90), f"e000 {PSYCHIATRIC} 1\ne001 {PSYCHIATRIC} 20", at=(day, 3))
    for name in ("cumulative_incidence", "event_free", "restricted_mean_days", "fully_observed_rate"):
        assert math.isnan(found[name, day].value), name
        assert "not_assessable" in found[name, day].flag, name
        assert not math.isnan(found[name, 3].value), name
    early = of(followed(90, 90, 90), f"e000 {PSYCHIATRIC} 1", at=(day, 3), measure="readmission_from_day_0")
    assert early["cumulative_incidence", day].value == pytest.approx(1 / 3 if day >= 1 else 0)


def test_before_day_3_nothing_is_assessable_of_nobody_either():
    """A track in which nobody is followed says so in the same words."""
    text = "track los_days follow_up_days\na 20 90\nb 20 ."
    assert "not_assessable" in named(ask(text, at=(2,), by="track"), "b")["cumulative_incidence", 2].flag


def test_readmission_from_day_0_keeps_everybody():
    """The named variant: 60 of 100 readmitted on day 1, nobody a transfer or left out; deaths after a readmission are not the end."""
    found = of(HUNDRED, BACK_AND_DEAD, measure="readmission_from_day_0", at=(0, 90))
    incidence = found["cumulative_incidence", 90]
    assert (incidence.value, incidence.k, incidence.n, incidence.excluded) == (0.6, 60, 100, 0)
    assert (found["event_free", 90].value, found["cumulative_incidence", 0].value) == (0.4, 0)
    assert "transfer_0_2" not in found
    assert of(followed(2, 90, 90), measure="readmission_from_day_0")["cumulative_incidence", 30].n == 3


def test_transfers_are_compared_between_tracks_as_an_outcome_of_their_own():
    """60 of 100 in one track and 10 of 100 in the other; readmission itself is then compared among 40 and 90."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * 100 + "b 20 90\n" * 100
    events = f"{each(range(60), PSYCHIATRIC, 1)}\n{each(range(100, 110), PSYCHIATRIC, 1)}\n{each(range(150, 160), PSYCHIATRIC, 20)}"
    found = {(e.level, e.estimand): e for e in ask(text, events, by="track", compare=True) if e.contrast}
    transfer, incidence = found["a", "transfer_0_2"], found["a", "cumulative_incidence"]
    assert (transfer.value, transfer.word, transfer.n) == (0.5, "higher", 100)
    assert (incidence.value, incidence.n) == (pytest.approx(0 - 10 / 90), 40)
