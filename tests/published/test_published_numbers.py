"""Takes figures of studies, gives the numbers that a program has too, with their intervals, or why they do not stand beside."""

import math
from decimal import Decimal

import pytest
from scipy.stats import t
from statsmodels.stats.proportion import proportion_confint

from iop_outcomes.published.published_numbers import NO_ERROR, PublishedNumber, RefusedNumber, published_numbers
from tests.published.printed_studies import a_figure, a_study

MOMENTS = {"n": 40, "mean_pre": Decimal("15.4"), "sd_pre": Decimal("5.0"), "mean_post": Decimal("9.4"), "sd_post": Decimal("6.0")}


def numbers(figure, *, people="pairs", r=0.5):
    """The numbers of a figure by their quantity."""
    return {each.quantity: each for each in published_numbers(a_study(figure), people=people, r=r)}


def test_means_have_students_interval_and_an_sd_has_none():
    """From SD and n."""
    found = numbers(a_figure(calculation="pre_post", given=MOMENTS))
    known = found["mean_pre"].known(0.95)
    half = t.ppf(0.975, 39) * 5 / math.sqrt(40)
    assert (known.value, known.low, known.high) == pytest.approx((15.4, 15.4 - half, 15.4 + half))
    assert found["mean_pre"].measured == ("mean_admit", None)
    assert (found["sd_pre"].known(0.95).has_limits, NO_ERROR in found["sd_pre"].note) == (False, True)
    assert found["mean_change"].known(0.95).value == pytest.approx(6)
    assert "r = 0.5" in found["mean_change"].note


def test_a_change_of_other_people_is_refused_with_whom():
    """Completers beside pairs; of whom nothing is printed."""
    (other,) = numbers(a_figure(people="completers")).values()
    assert (other.reason, other.question.scale) == ("it is of those who completed; the program's is of those with both scores", "phq9")
    (unknown,) = numbers(a_figure(people="not_printed")).values()
    assert unknown.reason.startswith("whom it is of is not printed")
    assert numbers(a_figure(scale="of their own")) == {}


@pytest.mark.parametrize(("events", "n"), [(30, 40), (0, 40), (40, 40), (1, 1)])
def test_a_share_has_wilsons_interval(events, n):
    """From its counts."""
    figure = a_figure("completion", scale="", definition="completion_strict", calculation="proportion", given={"events": events, "n": n})
    known = numbers(figure)["completion_strict"].known(0.9)
    assert (known.low, known.high) == pytest.approx(proportion_confint(events, n, alpha=0.1, method="wilson"))


def test_a_rate_of_the_nhs_is_asked_by_its_name_and_says_how_it_differs():
    """With Wilson's interval from counts, without one from a percentage; a rate that is counted otherwise is refused."""
    given = {"events": 26_457, "n": 54_672}
    counted = numbers(a_figure("remission", scale="", definition="nhs_reliable_recovery", calculation="proportion", given=given))
    found = counted["nhs_reliable_recovery"]
    assert (found.question.name, found.measured) == ("nhs_reliable_recovery", ("nhs_reliable_recovery", None))
    assert (found.known(0.95).low, found.known(0.95).high) == pytest.approx(proportion_confint(26_457, 54_672, method="wilson"))
    assert "adapted: the NHS counts courses" in found.note
    alone = numbers(a_figure("reliable_change", scale="", definition="nhs_reliable_improvement", printed={"percent": Decimal("66.4")}))
    assert (alone["nhs_reliable_improvement"].known(0.95).value, NO_ERROR in alone["nhs_reliable_improvement"].note) == (0.664, True)
    (other,) = numbers(a_figure("remission", words="PHQ-9 below 5 at 6 months", printed={"percent": 16})).values()
    assert isinstance(other, RefusedNumber) and other.reason.startswith("PHQ-9 below 5 at 6 months; the program counts below both")
    for outcome in ("response", "abstinence"):
        (refused,) = numbers(a_figure(outcome, scale="", printed={"percent": 45})).values()
        assert "differs by paper" in refused.reason


def test_a_percentage_and_a_median_stand_without_an_interval():
    """And say so; a mean stay with its SD has one."""
    share = numbers(a_figure("completion", definition="completion_strict", printed={"percent": Decimal("62.5")}))["completion_strict"]
    assert (share.known(0.95).value, share.known(0.95).has_limits) == (0.625, False)
    assert NO_ERROR in share.note
    median = numbers(a_figure("length_of_stay", definition="los_median", printed={"median": 41}))["los_median"]
    assert (median.known(0.95).value, median.known(0.95).has_limits) == (41, False)
    mean = numbers(a_figure("length_of_stay", definition="los_mean", printed={"mean": 41, "sd": 10, "n": 25}))["los_mean"]
    assert mean.known(0.95).high == pytest.approx(41 + t.ppf(0.975, 24) * 2)


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        (a_figure("completion", definition="completion_of_started"), "completed / started; the program counts completed / discharged"),
        (a_figure("completion", words="stayed to the end"), "stayed to the end; the program counts"),
        (a_figure("completion"), "how it is counted is not printed; the program counts"),
        (a_figure("completion", definition="completion_strict", printed={"percent": "most"}), "it is not printed as a number"),
        (a_figure("length_of_stay", definition="los_mean"), "it is not printed as a number"),
        (a_figure("readmission"), "a rate of readmission has a window, a hospital and a reason"),
        (a_figure("dropout"), "what dropping out is differs by paper"),
    ],
)
def test_what_does_not_stand_beside_a_program(figure, reason):
    """Another denominator, no number, no definition that two papers share."""
    (refused,) = published_numbers(a_study(figure), people="pairs", r=None)
    assert isinstance(refused, RefusedNumber) and refused.reason.startswith(reason)


def test_what_programs_have_no_measure_for_is_not_named():
    """Attendance, methods; and each number keeps where it stands."""
    assert numbers(a_figure("method")) == {}
    (found,) = published_numbers(
        a_study(a_figure("completion", definition="completion_strict", printed={"percent": 50})), people="pairs", r=None
    )
    assert isinstance(found, PublishedNumber)
    assert (found.study, found.figure, found.label) == ("author_2020", "row", "completion_strict: completed / discharged")
