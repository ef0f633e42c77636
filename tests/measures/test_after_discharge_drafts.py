"""Takes programs whose follow-up runs on past events or stops at them, gives the simple rate that stands beside the curve."""

import math
from datetime import date, timedelta

import pytest

from tests.spec.after import PSYCHIATRIC, each, followed, named, of
from tests.spec.after import ask as answers

CUTOFF = date(2025, 1, 1)
DATED = {"data": {"cutoff": CUTOFF.isoformat()}}


def dated(*rows):
    """Episodes of 20 days by dates, each with its follow-up and how many days before the cut-off it ended."""
    lines = []
    for follow_up, before in rows:
        left = CUTOFF - timedelta(days=before)
        lines.append(f"{left - timedelta(days=20)} {left} {follow_up}")
    return "admit_date discharge_date follow_up_days\n" + "\n".join(lines)


def rate(text, events, *, day=90, **options):
    """The simple rate of everyone."""
    return named(answers(text, events, at=(day,), **options))["fully_observed_rate", day]


# -- follow-up that stops at the event ------------------------------------------------------------------------------

STOPPED = [20] * 30 + [90] * 70
THIRTY = each(range(30), PSYCHIATRIC, 20)


def test_without_dates_it_is_not_assessable():
    """30 of 100 readmitted on day 20 and followed to that day, the others 90: nobody readmitted was followed for 90, and 0 of 70 would be wrong."""
    found = rate(followed(*STOPPED), THIRTY)
    assert math.isnan(found.value)
    assert "not_assessable" in found.flag
    assert found.n == 0


def test_with_dates_it_is_of_those_who_could_have_been_followed():
    """The same with dates that reach 90 days past every discharge: 30 of 100."""
    found = rate(dated(*((days, 90) for days in STOPPED)), THIRTY, mapping=DATED)
    assert (found.value, found.k, found.n, found.n_missing) == (0.3, 30, 100, 0)


def test_deaths_count_in_the_denominator():
    """14 of 100 readmitted, 30 dead before that, each followed to that day: 14 %, as it would be had follow-up run on."""
    days = [40] * 14 + [10] * 30 + [90] * 56
    events = f"{each(range(14), PSYCHIATRIC, 40)}\n{each(range(14, 44), 'death', 10)}"
    found = rate(dated(*((each_of, 365) for each_of in days)), events, mapping=DATED)
    assert (found.value, found.k, found.n) == (0.14, 14, 100)
    on = rate(followed(*[90] * 100), events)
    assert (on.value, on.k, on.n) == (0.14, 14, 100)


def test_those_discharged_too_late_leave():
    """Discharged 89 days before the cut-off: they could not be followed for 90, readmitted or not; the others are 3 of 10."""
    rows = [(20, 90)] * 3 + [(90, 90)] * 7 + [(20, 89), (89, 89)]
    events = f"{each(range(3), PSYCHIATRIC, 20)}\n{each([10], PSYCHIATRIC, 20)}"
    found = rate(dated(*rows), events, mapping=DATED)
    assert (found.value, found.k, found.n, found.excluded) == (0.3, 3, 10, 2)


def test_those_lost_before_the_day_leave():
    """Followed to day 50 without an end, though they could have been followed for 90: lost, and left out; lost on day 90 they are in."""
    rows = [(20, 90)] * 3 + [(90, 90)] * 7 + [(50, 90)] * 4
    found = rate(dated(*rows), each(range(3), PSYCHIATRIC, 20), mapping=DATED)
    assert (found.value, found.k, found.n, found.excluded) == (0.3, 3, 10, 4)


def test_without_a_date_of_discharge_it_is_missing_there():
    """One episode of eleven has no dates: nobody knows how long it could have been followed."""
    text = dated(*[(20, 90)] * 3, *[(90, 90)] * 7).replace("admit_date", "los_days admit_date")
    head, *lines = text.splitlines()
    text = "\n".join([head, *(f"20 {line}" for line in lines), "20 . . 90"])
    found = rate(text, each(range(3), PSYCHIATRIC, 20), mapping=DATED)
    assert (found.k, found.n, found.n_missing) == (3, 10, 1)


# -- which of the two it is -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stopped", "assessable"), [(2, True), (3, False)])
def test_it_stops_when_it_does_in_more_than_half_of_the_ends(stopped, assessable):
    """Of four readmitted on day 20, two followed to that day: half is not more than half. Three: it is taken to stop there."""
    follow_up = [20] * stopped + [90] * (4 - stopped) + [90] * 6
    found = rate(followed(*follow_up), each(range(4), PSYCHIATRIC, 20))
    assert math.isnan(found.value) != assessable
    if assessable:
        assert (found.k, found.n, found.excluded) == (2, 8, 2)  # a loss before day 90 leaves, whatever happened


@pytest.mark.parametrize(("death_follow_up", "assessable"), [(10, False), (90, True)])
def test_deaths_tell_it_as_well_as_events(death_follow_up, assessable):
    """One readmitted whose follow-up runs on; two deaths to which follow-up stops, or does not."""
    text = followed(90, death_follow_up, death_follow_up, *[90] * 7)
    found = rate(text, f"e000 {PSYCHIATRIC} 20\ne001 death 10\ne002 death 10")
    assert math.isnan(found.value) != assessable


def test_only_those_in_the_rate_tell_it():
    """Follow-up of six transfers and four planned returns ends with them; that of three readmissions, which count, runs on."""
    text = followed(*[1] * 6, *[20] * 4, *[90] * 13)
    events = f"{each(range(6), PSYCHIATRIC, 1)}\n{each(range(6, 10), PSYCHIATRIC, 20, 1)}\n{each(range(10, 13), PSYCHIATRIC, 20)}"
    found = rate(text, events)
    assert (found.k, found.n) == (3, 13)


def test_the_whole_file_tells_it_for_every_track():
    """Follow-up stops at the event in the file: a track in which nobody had an event is not assessable either."""
    text = "track los_days follow_up_days\n" + "a 20 20\n" * 5 + "a 20 90\n" * 5 + "b 20 90\n" * 10
    results = answers(text, each(range(5), PSYCHIATRIC, 20), at=(90,), by="track")
    for level in ("All", "a", "b"):
        assert "not_assessable" in named(results, level)["fully_observed_rate", 90].flag


def test_follow_up_that_runs_on_counts_whoever_was_followed_so_long():
    """Readmitted on day 20 and followed to 90, or lost on day 60 after a readmission on day 20: the second leaves."""
    found = rate(followed(90, 60, 90, 90), f"e000 {PSYCHIATRIC} 20\ne001 {PSYCHIATRIC} 20")
    assert (found.value, found.k, found.n, found.excluded) == (pytest.approx(1 / 3), 1, 3, 1)


def test_who_was_followed_for_less_than_3_days_is_out_of_it_too():
    """Seen for two days by the column beside the episode, follow-up blank: left out, as of the curve, and not missing."""
    text = "los_days follow_up_days readmission_psychiatric_day readmission_psychiatric_observed\n20 . 22 0\n" + "20 90 . .\n" * 3
    found = of(text, f"e001 {PSYCHIATRIC} 20", at=(90,))
    for name in ("cumulative_incidence", "fully_observed_rate"):
        assert (found[name, 90].n, found[name, 90].excluded, found[name, 90].n_missing) == (3, 1, 0), name


def test_a_death_does_not_end_the_wait_where_follow_up_runs_on():
    """Dead on day 10 and followed on paper to 90: without the event, in the denominator."""
    found = rate(followed(90, 90, 90, 90), f"e000 death 10\ne001 {PSYCHIATRIC} 20")
    assert (found.value, found.k, found.n) == (0.25, 1, 4)


def test_the_curve_is_the_same_either_way():
    """Whether follow-up is written as ending with the event or later changes no point of the curve."""
    one, other = (of(followed(*days), THIRTY, at=(90,)) for days in (STOPPED, [90] * 100))
    for name in ("cumulative_incidence", "event_free", "restricted_mean_days"):
        assert one[name, 90].value == other[name, 90].value
