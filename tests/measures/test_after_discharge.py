"""Takes programs of a few kinds of end, gives proof of the limits of curves at 0 %, at 100 % and between, and of medians that rest on enough."""

import math

import pandas as pd
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

import iop_outcomes as iop
from tests.spec.after import PSYCHIATRIC, ask, each, followed, named, of

RELAPSE = {"measure": "relapse", "definition": "any_use"}


Z = norm.ppf(0.975)


def log_log(share, se, z=Z):
    """Log-log limits of a share."""
    reach = math.exp(z * se / abs(share * math.log(share)))
    return share**reach, share ** (1 / reach)


def limits(estimate):
    """Its limits."""
    return estimate.low, estimate.high


def days(*counts):
    """Relapses on days and ends of follow-up, as text and events: (how many, day, whether a relapse, or a word for another event)."""
    follow_up, events, place = [], [], 0
    for n, day, what in counts:
        follow_up += [90 if what else day] * n
        if what:
            events.append(each(range(place, place + n), "relapse" if what is True else what, day))
        place += n
    return followed(*follow_up), "\n".join(events)


# -- everybody and nobody ------------------------------------------------------------------------------------------


def test_everybody_of_100():
    """100 of 100 relapsed: Clopper-Pearson from .9638, not from .03; free of every end is 0 to .0362."""
    found = of(*days((100, 30, True)), **RELAPSE, at=(30, 90))
    for day in (30, 90):
        ended, free = found["cumulative_incidence", day], found["event_free", day]
        assert (ended.value, ended.k, ended.n) == (1, 100, 100)
        assert limits(ended) == pytest.approx((0.025 ** (1 / 100), 1), abs=1e-12)
        assert round(ended.low, 4) == 0.9638
        assert limits(free) == pytest.approx((0, 1 - 0.025 ** (1 / 100)), abs=1e-12)
        assert (ended.method, free.method) == ("exact", "exact")


def test_nobody_of_100():
    """0 of 100: 0 to .0362."""
    found = of(followed(*[90] * 100), **RELAPSE, at=(90,))
    assert limits(found["cumulative_incidence", 90]) == pytest.approx((0, 1 - 0.025 ** (1 / 100)), abs=1e-12)
    assert limits(found["event_free", 90]) == pytest.approx((0.025 ** (1 / 100), 1), abs=1e-12)


def against(n, k, m):
    """The contrasts of a track of n who all relapsed with one of m of whom k did; and its lower limit, written out, at a quantile."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * n + "b 20 90\n" * m
    results = ask(text, each(range(n + k), "relapse", 30), **RELAPSE, by="track", at=(90,), compare=True)

    def low(z):
        share = k / m
        return 1 - share - math.hypot(1 - norm.sf(z) ** (1 / n), log_log(share, math.sqrt(share * (1 - share) / m), z)[1] - share)

    return {e.level: e for e in results if e.contrast and e.estimand == "cumulative_incidence"}, low


def test_everybody_against_half():
    """100 of 100 in one track, 50 of 100 in the other: higher, with a p as small as any that is told apart from 0."""
    found, low = against(100, 50, 100)
    e = found["a"]
    assert (e.value, e.word, found["b"].word) == (0.5, "higher", "lower")
    assert e.low == pytest.approx(low(norm.ppf(0.975)), abs=1e-10)
    assert low(8) > 0
    assert 0 < e.p <= 2 * norm.sf(8)
    assert e.p_adjusted == pytest.approx(e.p, rel=1e-9)


@pytest.mark.parametrize(("n", "k", "m", "word"), [(20, 70, 100, "higher"), (12, 80, 100, "no clear difference")])
def test_the_p_against_everybody_is_where_the_interval_touches_0(n, k, m, word):
    """The exact limit of everybody moves with the level as the other does."""
    found, low = against(n, k, m)
    e = found["a"]
    assert e.low == pytest.approx(low(norm.ppf(0.975)), abs=1e-10)
    assert e.p == pytest.approx(2 * norm.sf(brentq(low, 0.01, 8.2)), rel=1e-6)
    assert e.word == word


def test_only_those_whose_state_is_known_count_at_0_percent():
    """30 followed past day 60, 10 dead before it, 60 lost before it: nobody relapsed of the 40 whose state is known."""
    found = of(*days((60, 20, False), (10, 30, "death"), (30, 90, False)), **RELAPSE, at=(60,))["cumulative_incidence", 60]
    assert (found.value, found.n, found.n_at_risk) == (0, 100, 30)
    assert limits(found) == pytest.approx((0, 1 - 0.025 ** (1 / 40)), abs=1e-12)


def test_somebody_followed_to_the_day_itself_is_known():
    """Follow-up that ends on day 60 tells of day 60."""
    found = of(*days((12, 60, False)), **RELAPSE, at=(60,))["cumulative_incidence", 60]
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 12), abs=1e-12)


def test_losses_after_the_last_end_make_no_tail():
    """Six relapse on day 10 and everybody else ended on day 5 of death: nobody is lost, all is exact; of the relapses it is 60 %."""
    found = of(*days((6, 10, True), (4, 5, "death")), **RELAPSE, at=(30,))
    assert limits(found["event_free", 30]) == pytest.approx((0, 1 - 0.025 ** (1 / 10)), abs=1e-12)
    assert found["cumulative_incidence", 30].value == pytest.approx(0.6)
    assert found["cumulative_incidence", 30].method == "log-log"


def test_everybody_after_losses():
    """Five of 20 relapse on day 10, four are lost on day 15, the other eleven relapse on day 20: the curve ends at 100 %.

    Just before day 20 a share of .75 is left, by Greenwood's error; of eleven at risk none stayed. Upper limits of both make the lower limit.
    """
    found = of(*days((5, 10, True), (4, 15, False), (11, 20, True)), **RELAPSE, at=(19, 20, 60))
    se = 0.75 * math.sqrt(5 / (20 * 15))
    expected = 1 - log_log(0.75, se)[1] * (1 - 0.025 ** (1 / 11))
    for day in (20, 60):
        ended, free = found["cumulative_incidence", day], found["event_free", day]
        assert (ended.value, free.value) == (1, 0)
        assert limits(ended) == pytest.approx((expected, 1), abs=1e-12)
        assert limits(free) == pytest.approx((0, 1 - expected), abs=1e-12)
        assert ended.method == "log-log, last end exact"
    assert (found["event_free", 19].value, found["event_free", 19].se) == pytest.approx((0.75, se))


def test_everybody_on_one_day_after_losses():
    """Eight are lost before anybody relapsed; all twelve left relapse on day 20: only those twelve tell of staying."""
    found = of(*days((8, 5, False), (12, 20, True)), **RELAPSE, at=(30,))["cumulative_incidence", 30]
    assert limits(found) == pytest.approx((0.025 ** (1 / 12), 1), abs=1e-12)


@pytest.mark.parametrize(("patients", "flag"), [(12, False), (9, True)])
def test_where_patients_repeat_effective_patients_take_the_place(patients, flag):
    """36 episodes of 12 patients, all relapsed: exact for 12."""
    text = "patient_id los_days follow_up_days\n" + "\n".join(f"p{i % patients} 20 90" for i in range(36))
    found = of(text, each(range(36), "relapse", 30), **RELAPSE, at=(60,))["cumulative_incidence", 60]
    assert limits(found) == pytest.approx((0.025 ** (1 / patients), 1), abs=1e-12)
    assert found.method == "exact, by patient"
    assert ("few_patients" in found.flag) == flag


# -- between -------------------------------------------------------------------------------------------------------


def test_with_one_kind_of_end_both_shares_have_one_interval():
    """30 of 100 relapsed, nobody died: log-log of .3, and 1 minus it for those free."""
    found = of(*days((30, 10, True), (70, 90, False)), **RELAPSE, at=(60,))
    ended, free = found["cumulative_incidence", 60], found["event_free", 60]
    assert limits(ended) == pytest.approx(log_log(0.3, math.sqrt(0.21 / 100)), abs=1e-12)
    assert limits(free) == pytest.approx((1 - ended.high, 1 - ended.low), abs=1e-15)


def test_with_several_kinds_free_of_every_end_has_its_own():
    """30 relapsed and 20 dead: log-log of .5, from the error of all ends together, which no sum of variances would be."""
    found = of(*days((30, 10, True), (20, 20, "death"), (50, 90, False)), **RELAPSE, at=(15, 60))
    free = found["event_free", 60]
    assert (free.value, free.k, free.n) == (0.5, 50, 100)
    assert free.se == pytest.approx(math.sqrt(0.25 / 100), abs=1e-12)
    assert limits(free) == pytest.approx(log_log(0.5, math.sqrt(0.25 / 100)), abs=1e-12)
    early = found["event_free", 15]  # only relapses by then
    assert limits(early) == pytest.approx(
        (1 - found["cumulative_incidence", 15].high, 1 - found["cumulative_incidence", 15].low), abs=1e-15
    )


def test_free_of_every_end_is_1_minus_the_sum_of_all_incidences():
    """Readmitted, returned as planned, dead and lost on many days: the event-free share and its Greenwood error, by hand."""
    events = f"e000 {PSYCHIATRIC} 10\ne001 {PSYCHIATRIC} 10 1\ne002 death 20\ne003 {PSYCHIATRIC} 40"
    found = of(followed(90, 90, 90, 90, 15, 30, 90, 90), events, at=(9, 10, 20, 40))
    # 8 at risk on day 10, two gone; one lost on day 15, so 5 at risk on day 20; one lost on day 30, so 3 at risk on day 40.
    shares = [1, 6 / 8, 6 / 8 * 4 / 5, 6 / 8 * 4 / 5 * 2 / 3]
    assert [found["event_free", day].value for day in (9, 10, 20, 40)] == pytest.approx(shares, abs=1e-15)
    steps = 2 / (8 * 6) + 1 / (5 * 4) + 1 / (3 * 2)
    assert found["event_free", 40].se == pytest.approx(shares[-1] * math.sqrt(steps), abs=1e-12)
    by_cause = [1 / 8 + 6 / 8 * 4 / 5 * 1 / 3, 1 / 8, 6 / 8 * 1 / 5]
    assert found["cumulative_incidence", 40].value == pytest.approx(by_cause[0], abs=1e-15)
    assert sum(by_cause) == pytest.approx(1 - shares[-1])


def test_k_of_event_free_is_who_is_known_to_be_free():
    """Of ten one is readmitted, one dead, one lost before day 30 and one on day 30: seven are known to be free on day 30, six on day 31."""
    events = f"e000 {PSYCHIATRIC} 10\ne001 death 20"
    found = of(followed(90, 90, 25, 30, *[90] * 6), events, at=(30, 31))
    assert [(found["event_free", day].k, found["event_free", day].n) for day in (30, 31)] == [(7, 10), (6, 10)]
    assert [found["event_free", day].n_at_risk for day in (30, 31)] == [7, 6]


# -- medians -------------------------------------------------------------------------------------------------------


def test_a_median_that_rests_on_4_is_not_given():
    """20 are lost on day 100; three of the four left relapse on day 1,077: no median of 1,077 days, but the reason."""
    text = followed(*[100] * 20, *[1_200] * 4)
    median = of(text, each(range(20, 23), "relapse", 1_077), **RELAPSE)["median_days"]
    assert math.isnan(median.value)
    assert math.isnan(median.low)
    assert "too_few_followed" in median.flag


@pytest.mark.parametrize(("n", "value"), [(11, 6), (10, None)])
def test_a_median_of_everybody_needs_eleven(n, value):
    """All relapse, one a day, nobody lost: eleven give the sixth day, ten none."""
    events = "\n".join(f"e{i:03} relapse {i + 1}" for i in range(n))
    median = of(followed(*[90] * n), events, **RELAPSE)["median_days"]
    assert math.isnan(median.value) if value is None else median.value == value
    assert ("too_few_followed" in median.flag) == (value is None)


@pytest.mark.parametrize(("left", "given"), [(11, True), (10, False)])
def test_after_a_loss_eleven_must_be_at_risk(left, given):
    """Ten are lost on day 5; of the rest most relapse on day 20: eleven at risk that day are enough, ten are not."""
    text, events = days((10, 5, False), (left - 2, 20, True), (2, 90, False))
    median = of(text, events, **RELAPSE)["median_days"]
    assert (median.value == 20) == given
    assert ("too_few_followed" in median.flag) != given


def test_losses_on_the_day_itself_or_later_do_not_matter():
    """Eleven episodes: seven relapse on day 20, one is lost that day and three later; nobody was lost before it."""
    text, events = days((7, 20, True), (1, 20, False), (3, 60, False))
    assert of(text, events, **RELAPSE)["median_days"].value == 20


def test_a_median_is_judged_in_each_track():
    """12 and 4 people with the same curve: a median in the first alone."""
    text = "track los_days follow_up_days\n" + "a 20 90\n" * 12 + "b 20 90\n" * 4
    events = f"{each(range(9), 'relapse', 20)}\n{each(range(12, 15), 'relapse', 20)}"
    results = ask(text, events, **RELAPSE, by="track")
    assert [named(results, level)["median_days"].value for level in ("a", "All")] == [20, 20]
    assert math.isnan(named(results, "b")["median_days"].value)


# -- who is tested ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("follow_up", "family", "n"), [("", "followed", 80), ("90", "tested", 80)])
def test_who_is_tested_is_everyone_followed_where_nobody_followed_lacks_a_group(follow_up, family, n):
    """One name for one number: release withholds it by every column or by none; who lacks a group and is followed makes it another."""
    rows = [(f"E{i}", "ab"[i % 2], 20, "90") for i in range(80)] + [(f"E{i}", None, 20, follow_up) for i in range(80, 95)]
    episodes = pd.DataFrame(rows, columns=["episode_id", "site", "los_days", "follow_up_days"]).assign(
        discharge_reason="completed", track="t"
    )
    events = pd.DataFrame(
        [(f"E{i}", "readmission_psychiatric", 10 + i) for i in range(30)], columns=["episode_id", "event", "days_after_discharge"]
    )
    with iop.load({"episodes": episodes, "events": events}, mapping={"data": {"class": "synthetic"}}) as data:
        results = iop.readmission(data, by="site").results
    people = next(each for (level, key), each in results.populations.items() if level == "All" and key.estimand == "log_rank_chi_squared")
    everyone = results.populations["All", next(key for _, key in results.populations if key.estimand == "cumulative_incidence")]
    assert (people.family, people.count(people.base)) == (family, n)
    assert sum(people.parts.values()) == sum(everyone.parts.values()) == 95
