"""Takes tiny tables, gives what length of stay says of them: one test for each clause of its definition."""

import math

import pytest

import iop_outcomes as iop
from iop_outcomes.errors import UsageError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.keys import Key
from iop_outcomes.measures import find
from tests.spec.tables import estimates, loaded, results


def stay(text, **options):
    """The estimates of length of stay for everyone."""
    return estimates(text, "length_of_stay", **options)


def values(found):
    """Their values, by the last word of their name."""
    return {name.rpartition("_")[2]: estimate.value for name, estimate in found.items()}


def of_days(*days, **options):
    """The estimates for completed episodes that stayed so many days."""
    return stay("los_days\n" + "\n".join(map(str, days)), **options)


# -- what a stay is ----------------------------------------------------------------------------------------------


def test_a_stay_is_discharge_day_minus_admission_day():
    """By dates: the 1st to the 11th is ten days; the same day is none."""
    found = stay("""
        admit_date  discharge_date
        2024-01-01  2024-01-11
        2024-02-28  2024-03-01
        2024-05-05  2024-05-05
    """)
    assert found["los_mean"].value == (10 + 2 + 0) / 3
    assert found["los_mean"].unit == "days"


def test_a_stay_from_the_discharge_day():
    """discharge_day counts from admission, so it is the stay."""
    assert values(stay("discharge_day\n10\n20\n"))["mean"] == 15


def test_a_file_that_counts_both_days_declares_it():
    """los_convention = inclusive: a stay of 11 in the file is 10 here, so that days after discharge stay right."""
    assert values(of_days(11, 21, mapping={"data": {"los_convention": "inclusive"}}))["median"] == 15


LAST_CONTACT = {"data": {"los_convention": "last_contact"}}


@pytest.mark.parametrize("definition", [None, "last_contact"])
def test_days_to_last_contact_are_another_quantity_with_its_own_names(definition):
    """los_convention = last_contact: the number in the file, never under the names of days to discharge, and named in the provenance."""
    found = of_days(11, 21, mapping=LAST_CONTACT, definition=definition)
    assert list(found) == ["los_to_last_contact_median", "los_to_last_contact_q1", "los_to_last_contact_q3", "los_to_last_contact_mean"]
    assert values(found) == {"median": 16, "q1": 11, "q3": 21, "mean": 16}
    answer = results("los_days\n11\n21\n", "length_of_stay", mapping=LAST_CONTACT, definition=definition)
    assert answer.provenance.los_convention == "last_contact"
    assert "last contact" in answer.definition.title
    assert all("last contact" in e.counted for e in answer.definition.estimands)


@pytest.mark.parametrize("definition", ["difference", "inclusive"])
def test_days_to_discharge_of_a_file_that_ends_with_the_last_contact_are_refused(definition):
    """When people were discharged is not known: refused, with the reason and what to ask instead."""
    with pytest.raises(UsageError, match=rf'"{definition}" of these data, because .*last contact.*not known.*"last_contact"'):
        of_days(11, 21, mapping=LAST_CONTACT, definition=definition)


@pytest.mark.parametrize("convention", ["difference", "inclusive"])
@pytest.mark.parametrize("definition", ["last_contact", "teds_codes"])
def test_another_quantity_than_the_file_holds_is_refused(convention, definition):
    """Days to discharge are not days to the last contact, and not bands."""
    with pytest.raises(UsageError, match=rf'"{definition}" of these data, whose stays are days to discharge'):
        of_days(11, 21, mapping={"data": {"los_convention": convention}}, definition=definition)


def test_days_to_last_contact_are_said_and_drawn_under_their_own_name():
    """The sentence, the chart and the table of an answer."""
    with loaded("los_days\n" + "\n".join(map(str, range(1, 31))), mapping=LAST_CONTACT) as data:
        answer = iop.length_of_stay(data)
        assert answer.sentence() == "Half of stays were between 8 and 23 days; the middle stay was 16 days."
        assert "last contact" in repr(answer)
        assert answer.plot() is not None


def test_the_inclusive_variant_counts_both_days_and_has_its_own_name():
    """definition="inclusive": one day more, as in national outpatient tables, whatever convention the file had."""
    found = of_days(0, 10, 20, definition="inclusive")
    assert list(found) == ["los_inclusive_median", "los_inclusive_q1", "los_inclusive_q3", "los_inclusive_mean"]
    assert values(found) == {"median": 11, "q1": 1, "q3": 21, "mean": 11}
    back = of_days(1, 11, 21, definition="inclusive", mapping={"data": {"los_convention": "inclusive"}})
    assert values(back) == values(found)


def test_a_day_of_nothing_is_a_stay():
    """Discharged on the day of admission: 0 days, counted."""
    found = of_days(0, 0, 9)
    assert (found["los_median"].value, found["los_median"].n) == (0, 3)


# -- whose stay --------------------------------------------------------------------------------------------------


def test_discharged_people_whatever_the_reason():
    """Drop-outs, transfers, deaths in care and blank reasons have a stay like everyone who was discharged."""
    found = stay("""
        discharge_reason     los_days
        completed            40
        dropped_out          4
        transferred_step_up  8
        died                 12
        .                    16
    """)
    assert (found["los_median"].value, found["los_median"].n, found["los_median"].excluded) == (12, 5, 0)


def test_deaths_are_kept_and_counted():
    """The flow names the deaths among the stays."""
    found = results(
        """
        discharge_reason  los_days
        completed         40
        died              12
        """,
        "length_of_stay",
    )
    assert found.populations["All", Key("los_median")].parts["died"] == 1
    assert found.estimates[0].n == 2


def test_not_started_and_still_in_care_are_out_and_counted():
    """Nobody who never started, and nobody who has not left, has a stay."""
    found = results(
        """
        discharge_reason  los_days
        completed         40
        not_started       0
        active            .
        """,
        "length_of_stay",
    )
    median = found.estimates[0]
    assert (median.value, median.n, median.excluded, median.n_missing) == (40, 1, 2, 0)
    assert {reason: n for reason, n in found.flow[0].excluded.items() if n} == {"never started": 1, "still in care": 1}


def test_a_missing_stay_is_counted():
    """Discharged without a discharge day: missing, not 0 and not still in care. Without a reason too, nobody knows whether discharged: left out."""
    median = stay("""
        discharge_reason  los_days
        completed         40
        dropped_out       .
        .                 .
    """)["los_median"]
    assert (median.value, median.n, median.n_missing, median.excluded) == (40, 1, 1, 1)


# -- which numbers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([10, 20, 30], {"median": 20, "q1": 10, "q3": 30, "mean": 20}),
        ([10, 20, 30, 60], {"median": 25, "q1": 15, "q3": 45, "mean": 30}),
        ([1, 2, 3, 4, 5], {"median": 3, "q1": 2, "q3": 4, "mean": 3}),
        ([1, 2, 3, 4, 5, 6, 7, 8], {"median": 4.5, "q1": 2.5, "q3": 6.5, "mean": 4.5}),
        ([7, 7, 7, 90], {"median": 7, "q1": 7, "q3": 48.5, "mean": 27.75}),
    ],
)
def test_quartiles_are_of_type_2(days, expected):
    """When the share falls exactly between two people, the middle of the two; else the first value that reaches it."""
    assert values(of_days(*days)) == expected


@pytest.mark.parametrize("definition", ["difference", "inclusive"])
def test_the_mean_never_stands_alone(definition):
    """Median and quartiles come first, the mean beside them, at every level."""
    found = results("track los_days\nmh 3\nsu 5\n", "length_of_stay", by="track", definition=definition)
    for level in found.levels:
        names = [e.estimand.rpartition("_")[2] for e in found if e.level == level]
        assert names == ["median", "q1", "q3", "mean"]


def test_limits_of_the_quartiles_are_observed_stays():
    """Order statistics: for twenty stays of 1 to 20 days the median 10.5 lies between the 6th and the 15th."""
    median = of_days(*range(1, 21))["los_median"]
    assert (median.value, median.low, median.high) == (10.5, 6, 15)
    assert math.isnan(median.se)
    assert median.method == "order statistics"


def test_limits_of_the_mean_are_students():
    """Mean 20, standard deviation 10, three stays: error 5.7735, 20 -+ 4.3027 errors."""
    mean = of_days(10, 20, 30)["los_mean"]
    assert mean.se == pytest.approx(5.773503, abs=1e-6)
    assert (mean.low, mean.high) == pytest.approx((-4.841377, 44.841377), abs=1e-5)
    assert mean.method == "Student t"


# -- few people --------------------------------------------------------------------------------------------------


def test_one_stay():
    """One episode: a median and a mean, no intervals, and flags that say why."""
    found = of_days(9)
    assert values(found) == {"median": 9, "q1": 9, "q3": 9, "mean": 9}
    assert all(math.isnan(limit) for e in found.values() for limit in (e.se, e.low, e.high))
    assert "interval_open" in found["los_median"].flag
    assert "one_episode" in found["los_mean"].flag


def test_stays_that_are_all_alike():
    """No spread: the mean is flagged and claims no certainty; order statistics need no spread."""
    found = of_days(*[28] * 6)
    assert found["los_mean"].value == 28
    assert math.isnan(found["los_mean"].low)
    assert "sd_zero" in found["los_mean"].flag
    assert (found["los_median"].low, found["los_median"].high) == (28, 28)


def test_nobody_discharged():
    """Nobody with a stay: rows with a flag."""
    found = stay("""
        discharge_reason  los_days
        active            .
        not_started       .
    """)
    for estimate in found.values():
        assert math.isnan(estimate.value)
        assert (estimate.n, estimate.excluded) == (0, 2)
        assert "no_episodes" in estimate.flag


def test_errors_are_by_patient_where_one_repeats():
    """The method says when patients repeat; a blank patient is one of their own; without patients independence is assumed."""
    text = "patient_id los_days\np1 3\np1 5\np2 9\n"
    assert all(e.method.endswith("by patient") for e in stay(text).values())
    assert not any("by patient" in e.method for e in stay(text.replace("p1 5", ". 5")).values())
    assert all("independence_assumed" in e.flag for e in of_days(3, 5, 9).values())


def test_whole_days_are_a_form_of_their_own():
    """Rounded half up, the mean without limits; nothing where whole days would tell how many episodes a group holds."""
    text = "track los_days\n" + "".join(f"a {day}\n" for day in range(12, 28)) + "".join(f"b {day}\n" for day in range(15, 32))
    with loaded(text) as data:
        results = evaluate(find("length_of_stay"), data, by="track")
    (form,) = results.coarser()
    exact = {(e.level, e.estimand): e for e in results}
    for estimate in form:
        one = exact[estimate.level, estimate.estimand]
        assert estimate.value == math.floor(one.value + 0.5)
        assert math.isnan(estimate.low) == (estimate.estimand == "los_mean")
        assert math.isnan(estimate.se)
    with loaded("track los_days\n" + "a 9\n" * 15 + "b 90\n" * 15) as data:
        assert list(evaluate(find("length_of_stay"), data, by="track").coarser()) == []
