"""Takes tiny tables, gives what completion says of them: one test for each clause of its definition."""

import math

import pytest

from iop_outcomes.counts import Counts
from iop_outcomes.keys import Key
from iop_outcomes.measures import find
from tests.spec.tables import estimates, results

NOT_COMPLETED = ("dropped_out", "terminated_by_program", "authorization_ended", "incarcerated", "other", "unknown")
TRANSFERS = ("transferred_step_down", "transferred_step_up", "transferred_lateral")


def completion(text, **options):
    """The estimates of completion for everyone."""
    return estimates(text, "completion", **options)


# -- the denominator of the discharged ---------------------------------------------------------------------------


def test_completed_among_the_discharged():
    """completion_strict: those who completed, among those discharged."""
    strict = completion("""
        discharge_reason
        completed
        completed
        completed
        dropped_out
    """)["completion_strict"]
    assert (strict.k, strict.n, strict.value) == (3, 4, 0.75)
    assert (strict.n_missing, strict.excluded) == (0, 0)
    assert strict.unit == "share"


@pytest.mark.parametrize("reason", NOT_COMPLETED)
def test_other_endings_stay_in_as_not_completed(reason):
    """authorization_ended, incarcerated, other and unknown stay in the denominator, like drop-outs and terminations."""
    strict = completion(f"""
        discharge_reason
        completed
        {reason}
    """)["completion_strict"]
    assert (strict.k, strict.n, strict.excluded) == (1, 2, 0)


@pytest.mark.parametrize("reason", ["died", "not_started", "active"])
def test_deaths_and_those_not_started_or_still_in_care_are_out_and_counted(reason):
    """died, not_started and active are not in the denominator; the flow says how many they were."""
    found = results(
        f"""
        discharge_reason
        completed
        dropped_out
        {reason}
        """,
        "completion",
    )
    strict = found.estimates[0]
    assert (strict.k, strict.n, strict.excluded, strict.n_missing) == (1, 2, 1, 0)
    assert found.populations["All", Key("completion_strict")].excluded[reason] == 1
    assert (found.flow[0].rows_in, found.flow[0].used, sum(found.flow[0].excluded.values())) == (3, 2, 1)


def test_a_blank_reason_is_missing_with_its_worst_and_best_case():
    """A blank reason is out and counted; the worst case makes it a failure, the best case a completion."""
    found = completion("""
        discharge_reason  los_days
        completed         40
        completed         42
        dropped_out       10
        .                 30
    """)
    strict, worst, best = (found[f"completion_strict{case}"] for case in ("", "_worst_case", "_best_case"))
    assert (strict.k, strict.n, strict.n_missing, strict.excluded) == (2, 3, 1, 0)
    assert (worst.k, worst.n, worst.n_missing) == (2, 4, 0)
    assert (best.k, best.n, best.n_missing) == (3, 4, 0)
    assert worst.value < strict.value < best.value


def test_without_blanks_worst_and_best_case_are_the_rate_itself():
    """Nothing is missing, so nothing can be worse or better."""
    found = completion("""
        discharge_reason
        completed
        dropped_out
    """)
    assert len({found[f"completion_strict{case}"].value for case in ("", "_worst_case", "_best_case")}) == 1


# -- transfers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transfer", TRANSFERS)
def test_transfers_count_as_success_only_where_the_name_says_so(transfer):
    """A transfer is not completed in the strict rate, a success with transfers, and out of the rate that excludes them."""
    found = completion(f"""
        discharge_reason
        completed
        {transfer}
        dropped_out
        dropped_out
    """)
    assert (found["completion_strict"].k, found["completion_strict"].n) == (1, 4)
    assert (found["completion_with_transfers"].k, found["completion_with_transfers"].n) == (2, 4)
    excluding = found["completion_excluding_transfers"]
    assert (excluding.k, excluding.n, excluding.excluded) == (1, 3, 1)


def test_step_ups_are_counted_beside_the_rate():
    """A step up is often a hospital stay: its number stands apart from the other transfers."""
    found = results(
        """
        discharge_reason
        completed
        transferred_step_up
        transferred_step_up
        transferred_lateral
        """,
        "completion",
    )
    parts = found.populations["All", Key("completion_with_transfers")].parts
    assert (parts["transferred_step_up"], parts["transferred"]) == (2, 1)


# -- of all admitted ---------------------------------------------------------------------------------------------


def test_of_admitted_counts_people_still_in_care_as_not_completed():
    """completion_of_admitted: whoever was observed for the planned length, active ones included."""
    admitted = completion("""
        discharge_reason  planned_days  observed_days
        completed         42            100
        dropped_out       42            100
        active            42            100
        active            42            42
    """)["completion_of_admitted"]
    assert (admitted.k, admitted.n, admitted.excluded, admitted.n_missing) == (1, 4, 0, 0)


def test_of_admitted_leaves_out_who_was_not_yet_observed_long_enough():
    """observed_days below planned_days: too early to say, even for one who completed; equal is long enough."""
    admitted = completion("""
        discharge_reason  planned_days  observed_days
        completed         42            41
        active            42            41
        completed         42            42
    """)["completion_of_admitted"]
    assert (admitted.k, admitted.n, admitted.excluded) == (1, 1, 2)


def test_of_admitted_is_without_deaths_and_those_not_started():
    """Deaths and those who never started are out, whatever is known of their days."""
    admitted = completion("""
        discharge_reason  planned_days  observed_days
        completed         42            100
        died              42            100
        died              .             .
        not_started       42            100
    """)["completion_of_admitted"]
    assert (admitted.k, admitted.n, admitted.excluded, admitted.n_missing) == (1, 1, 3, 0)


def test_of_admitted_is_not_assessable_without_its_columns():
    """Without planned_days and observed_days there is a row that says so, not a number."""
    admitted = completion("""
        discharge_reason
        completed
        dropped_out
    """)["completion_of_admitted"]
    assert math.isnan(admitted.value)
    assert (admitted.n, admitted.n_missing) == (0, 2)
    assert "not_assessable" in admitted.flag


def test_of_admitted_counts_who_cannot_be_assessed():
    """A blank in either column is missing, not an exclusion and not a failure."""
    admitted = completion("""
        discharge_reason  planned_days  observed_days
        completed         42            100
        completed         .             100
        dropped_out       42            .
    """)["completion_of_admitted"]
    assert (admitted.k, admitted.n, admitted.n_missing, admitted.excluded) == (1, 1, 2, 0)


def test_of_admitted_reads_dates_and_the_cut_off():
    """With admission dates and a data cut-off nobody has to give observed_days."""
    admitted = completion(
        """
        discharge_reason  planned_days  admit_date  discharge_date
        completed         42            2024-01-01  2024-02-12
        active            42            2024-02-19  .
        active            42            2024-02-20  .
        """,
        mapping={"data": {"cutoff": "2024-04-01"}},
    )["completion_of_admitted"]
    assert (admitted.k, admitted.n, admitted.excluded) == (1, 2, 1)


# -- the denominator of national tables --------------------------------------------------------------------------


def test_teds_all_includes_deaths():
    """denominator="teds_all": deaths are in and not completed; every estimand has its own name; nobody else comes in."""
    text = """
        discharge_reason
        completed
        transferred_lateral
        died
        dropped_out
        not_started
        active
    """
    found = completion(text, definition="teds_all")
    assert all(name.endswith("_teds_all") for name in found)
    assert (found["completion_strict_teds_all"].k, found["completion_strict_teds_all"].n) == (1, 4)
    assert found["completion_strict_teds_all"].excluded == 2
    assert found["completion_with_transfers_teds_all"].k == 2
    assert found["completion_excluding_transfers_teds_all"].n == 3
    assert completion(text)["completion_strict"].n == 3


# Reason for discharge, SAMHSA TEDS-D 2019: completed, dropped out, terminated, transferred, incarcerated, death, other.
TEDS_2019 = {
    "completed": 725_929,
    "dropped_out": 432_610,
    "terminated_by_program": 95_254,
    "transferred_lateral": 369_503,
    "incarcerated": 26_005,
    "died": 3_576,
    "other": 69_626,
}


@pytest.mark.parametrize(
    ("definition", "strict", "with_transfers"),
    [("teds_all", 42.1438, 63.5954), ("discharged", 42.2315, 63.7277)],
)
def test_national_rates_of_2019(definition, strict, with_transfers):
    """TEDS-D 2019: 42.1438 % and 63.5954 % as published, deaths included; 42.2315 % and 63.7277 % on the same codes by default."""
    names = ("discharge_reason", "observed_days_reached_planned_days")
    counts = Counts.from_cells(names, {(reason, None): n for reason, n in TEDS_2019.items()})
    drafts = {draft.key.estimand: draft.value for draft in find("completion", definition).draft(counts)}
    ending = "_teds_all" if definition == "teds_all" else ""
    assert 100 * drafts[f"completion_strict{ending}"] == pytest.approx(strict, abs=5e-5)
    assert 100 * drafts[f"completion_with_transfers{ending}"] == pytest.approx(with_transfers, abs=5e-5)


# -- levels, intervals and flags ---------------------------------------------------------------------------------


def test_everyone_first_then_each_track_and_a_blank_track_by_its_name():
    """There is always a row All; tracks follow in order; episodes without a track are (missing), never dropped."""
    found = results(
        """
        track  discharge_reason
        su     completed
        mh     completed
        mh     dropped_out
        .      dropped_out
        """,
        "completion",
        by="track",
    )
    assert found.levels == ("All", "mh", "su", "(missing)")
    strict = {e.level: (e.k, e.n) for e in found if e.estimand == "completion_strict"}
    assert strict == {"All": (2, 4), "mh": (1, 2), "su": (1, 1), "(missing)": (0, 1)}


def test_a_track_with_nobody_discharged_is_a_row_with_a_flag():
    """An empty denominator gives no number, no error and no zero."""
    empty = estimates(
        """
        track  discharge_reason
        mh     completed
        su     active
        su     not_started
        """,
        "completion",
        by="track",
        level="su",
    )["completion_strict"]
    assert (empty.n, empty.k, empty.excluded) == (0, 0, 2)
    assert all(math.isnan(value) for value in (empty.value, empty.se, empty.low, empty.high))
    assert "no_episodes" in empty.flag


def test_one_episode_has_a_rate_and_a_wide_interval():
    """One of one is 100 %, and Wilson's interval says how little that means."""
    one = completion("""
        discharge_reason
        completed
    """)["completion_strict"]
    assert (one.value, one.high) == (1.0, 1.0)
    assert one.low == pytest.approx(0.2065, abs=5e-5)
    assert one.method == "Wilson score"


def test_a_rate_of_none_still_has_an_upper_limit():
    """0 of 12 is 0 to 24.25 %."""
    none = completion("discharge_reason\n" + "dropped_out\n" * 12)["completion_strict"]
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(0.2425, abs=5e-5)


def test_the_level_of_confidence_is_that_asked_for():
    """A 99 % interval says so and is wider."""
    text = "discharge_reason\ncompleted\ncompleted\ndropped_out\n"
    narrow, wide = (completion(text, conf_level=level)["completion_strict"] for level in (0.95, 0.99))
    assert (narrow.conf_level, wide.conf_level) == (0.95, 0.99)
    assert wide.low < narrow.low < narrow.high < wide.high


def test_without_patients_independence_is_assumed_and_said():
    """No patient_id: allowed, with the flag independence_assumed."""
    assert completion("discharge_reason\ncompleted\n")["completion_strict"].flag == {"independence_assumed"}


def test_errors_are_by_patient_where_one_repeats():
    """A person with two episodes: the method says so; two patients, 1.8 effective ones, are too few for limits, and flagged."""
    found = completion("""
        patient_id  discharge_reason
        p1          completed
        p1          dropped_out
        p2          completed
    """)
    named = [e for name, e in found.items() if name != "completion_of_admitted"]
    assert {(e.flag, e.method, math.isnan(e.low)) for e in named} == {(frozenset({"few_patients"}), "Wilson score, by patient", True)}


def test_patients_who_came_once_need_no_flag():
    """Every person once, and blank ones a person of their own: nothing to say."""
    found = completion("""
        patient_id  discharge_reason
        p1          completed
        p2          dropped_out
        .           completed
        .           completed
    """)
    assert found["completion_strict"].flag == frozenset()
