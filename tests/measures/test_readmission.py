"""Takes tiny tables, gives what readmission says of them: one test for each clause of its definition."""

import json
import math

import numpy as np
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from tests.spec.after import PSYCHIATRIC, ask, events_of, followed, named, of
from tests.spec.tables import episodes, loaded, rows

# -- what counts -------------------------------------------------------------------------------------------------


def test_a_return_on_day_2_is_a_transfer_and_on_day_3_a_readmission():
    """Window [3, t]: who is back on days 0 to 2 leaves the denominator as a transfer, counted beside the rate."""
    found = of(followed(90, 90, 90, 90), f"e000 {PSYCHIATRIC} 2\ne001 {PSYCHIATRIC} 3\ne002 {PSYCHIATRIC} 0")
    incidence = found["cumulative_incidence", 30]
    assert (incidence.value, incidence.k, incidence.n, incidence.excluded) == (0.5, 1, 2, 2)
    assert (found["transfer_0_2"].k, found["transfer_0_2"].n, found["transfer_0_2"].value) == (2, 4, 0.5)


def test_who_was_transferred_is_not_readmitted_later():
    """A return on day 20 after one on day 1 is not the event, and not in the denominator."""
    found = of(followed(90, 90), f"e000 {PSYCHIATRIC} 1\ne000 {PSYCHIATRIC} 20")
    assert (found["cumulative_incidence", 30].k, found["cumulative_incidence", 30].n) == (0, 1)


def test_the_named_variant_counts_from_day_0():
    """readmission_from_day_0: the same returns on days 0 to 2 are readmissions, and there is no transfer."""
    found = of(followed(90, 90), f"e000 {PSYCHIATRIC} 0", measure="readmission_from_day_0")
    assert found["cumulative_incidence", 30].value == 0.5
    assert "transfer_0_2" not in found


def test_a_planned_return_competes():
    """Planned: an end of its own, counted beside; a later unplanned one is not the event."""
    found = of(followed(90, 90), f"e000 {PSYCHIATRIC} 10 1\ne000 {PSYCHIATRIC} 20 0")
    assert (found["cumulative_incidence", 30].value, found["planned"].k) == (0, 1)


def test_psychiatric_or_all_cause():
    """By default psychiatric readmissions count; all_cause counts others too."""
    events = "e000 readmission_other 10"
    assert of(followed(90, 90), events)["cumulative_incidence", 30].k == 0
    assert of(followed(90, 90), events, definition="all_cause")["cumulative_incidence", 30].k == 1


def test_other_events_do_not_count():
    """An emergency visit or a contact is no readmission."""
    found = of(followed(90, 90), "e000 emergency_visit 10\ne001 follow_up_contact 5")
    assert found["cumulative_incidence", 30].value == 0


# -- the curve ---------------------------------------------------------------------------------------------------


def test_death_competes():
    """Two of four die on day 10, one of the two left is readmitted on day 20: 1/4, not the 1/2 of 1 - Kaplan-Meier."""
    found = of(followed(90, 90, 90, 90), f"e000 death 10\ne001 death 10\ne002 {PSYCHIATRIC} 20")
    assert found["cumulative_incidence", 30].value == 0.25
    assert found["died_first"].k == 2


def test_event_free_is_free_of_every_end():
    """Of five, one died, one was readmitted, one returned as planned and one was a transfer: of the four followed one is free."""
    events = f"e000 death 10\ne001 {PSYCHIATRIC} 20\ne002 {PSYCHIATRIC} 15 1\ne003 {PSYCHIATRIC} 1"
    found = of(followed(90, 90, 90, 90, 90), events)
    assert (found["event_free", 30].value, found["event_free", 30].k, found["event_free", 30].n) == (0.25, 1, 4)
    ended = [found["cumulative_incidence", 30].value, found["died_first"].value, found["planned"].value]
    assert ended == [0.25, 0.25, 0.25]


def test_those_followed_for_less_leave_the_curve_then():
    """One of four is lost on day 10; of the three left one is readmitted on day 20: 1/3."""
    found = of(followed(10, 90, 90, 90), f"e001 {PSYCHIATRIC} 20")
    assert found["cumulative_incidence", 30].value == pytest.approx(1 / 3, abs=1e-15)
    assert found["fully_observed_rate", 30].value == pytest.approx(1 / 3, abs=1e-15)


def test_an_event_on_the_last_day_observed_is_an_event():
    """Follow-up ends on day 20 and so does the episode, by a readmission."""
    found = of(followed(20, 90), f"e000 {PSYCHIATRIC} 20")
    assert (found["cumulative_incidence", 30].value, found["cumulative_incidence", 30].k) == (0.5, 1)


def test_on_one_day_the_event_comes_before_death():
    """Readmitted and dead on one day: readmitted."""
    found = of(followed(90, 90), f"e000 death 20\ne000 {PSYCHIATRIC} 20")
    assert (found["cumulative_incidence", 30].k, found["died_first"].k) == (1, 0)


def test_nothing_is_said_past_the_last_follow_up():
    """Followed to day 40: a value at 40, none at 41."""
    found = of(followed(40, 40), at=(40, 41))
    assert found["cumulative_incidence", 40].value == 0
    assert math.isnan(found["cumulative_incidence", 41].value)
    assert "past_follow_up" in found["cumulative_incidence", 41].flag


def test_the_median_is_midway_where_the_curve_stands_at_one_half():
    """Twelve readmitted, six by day 20, the next on day 30: 25."""
    days = (5, 10, 12, 15, 18, 20, 30, 40, 50, 60, 70, 80)
    events = "\n".join(f"e{i:03} {PSYCHIATRIC} {day}" for i, day in enumerate(days))
    assert of(followed(*[90] * 12), events)["median_days"].value == 25


def test_a_median_that_is_not_reached_is_flagged():
    """One of four readmitted: no median."""
    median = of(followed(90, 90, 90, 90), f"e000 {PSYCHIATRIC} 10")["median_days"]
    assert math.isnan(median.value)
    assert "not_reached" in median.flag


def test_median_follow_up():
    """Reverse Kaplan-Meier: followed 40, 60 and 90 days, nobody readmitted: 60."""
    assert of(followed(40, 60, 90))["median_follow_up_days"].value == 60


# -- who ---------------------------------------------------------------------------------------------------------


def test_blank_follow_up_is_unknown():
    """Out of the curve and counted as missing; also when an event is known, or a rate would be made of events alone."""
    found = of(followed(90, 90, "."), f"e002 {PSYCHIATRIC} 10\ne000 {PSYCHIATRIC} 10")
    incidence = found["cumulative_incidence", 30]
    assert (incidence.value, incidence.k, incidence.n, incidence.n_missing) == (0.5, 1, 2, 1)
    assert found["fully_observed_rate", 30].n_missing == 1


def test_deaths_in_care_still_in_care_and_not_started_are_out_and_counted():
    """Nobody who died in care, is still there or never started has a time after discharge."""
    found = ask("""
        discharge_reason  los_days  follow_up_days
        completed         20        90
        .                 20        90
        died              20        0
        not_started       0         90
        active            .         .
    """)
    incidence = found.estimates[0]
    assert (incidence.n, incidence.excluded, incidence.n_missing) == (2, 3, 0)
    assert {reason: n for reason, n in found.flow[0].excluded.items() if n} == {"died in care": 1, "never started": 1, "still in care": 1}


def test_the_simple_rate_is_of_those_followed_throughout():
    """Followed 30 days or more, event or not: one of two; a readmission of somebody followed for 20 days is not in it."""
    rate = of(followed(30, 90, 20), f"e000 {PSYCHIATRIC} 30\ne002 {PSYCHIATRIC} 5")["fully_observed_rate", 30]
    assert (rate.k, rate.n, rate.excluded, rate.n_missing) == (1, 2, 1, 0)


def test_without_anyone_followed_so_long_there_is_no_simple_rate():
    """Not assessable, and flagged."""
    rate = of(followed(20, 20))["fully_observed_rate", 30]
    assert math.isnan(rate.value)
    assert "not_assessable" in rate.flag


def test_follow_up_known_nowhere_is_refused_with_the_fix():
    """No follow_up_days: an error that names the column and the rule to declare."""
    with pytest.raises(iop.UsageError, match="follow_up_days") as error:
        ask("los_days\n20\n20", f"e000 {PSYCHIATRIC} 5")
    assert 'rule = "to_cutoff"' in str(error.value)


def test_and_the_command_line_exits_with_2(tmp_path, capsys):
    """The same on the command line: exit code 2 and the message."""
    folder = written(tmp_path, "los_days\n20\n20", f"e000 {PSYCHIATRIC} 5")
    assert run(["summary", str(folder), "--measure", "readmission", "--policy", "none"]) == 2
    assert "follow_up_days" in capsys.readouterr().err


def written(folder, text, events):
    """A program of text as files."""
    episodes(text).to_csv(folder / "episodes.csv", index=False)
    table = rows("episode_id event days_after_discharge\n" + events)
    lines = [",".join(table[0]), *(",".join(map(str, row.values())) for row in table)]
    (folder / "events.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "mapping.toml").write_text('[data]\nclass = "synthetic"\n', encoding="utf-8")
    return folder


# -- times and groups --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", [[], [-1], [-3], [36_501], [30.0], [1.5], ["30"], [True], [30, "90"], [None, 30], "90", 1.5, True, -1])
def test_times_are_whole_days(at):
    """at=: whole days from 0 to 36,500, at least one."""
    with loaded(followed(90)) as data, pytest.raises(iop.UsageError, match=r"at: .*0 to 36,500"):
        iop.readmission(data, at=at)


@pytest.mark.parametrize(
    ("at", "times"),
    [(0, [0]), (36_500, [36_500]), (np.int64(30), [30]), (np.array([90, 30]), [30, 90]), ([np.int32(7), 8], [7, 8]), (range(2), [0, 1])],
)
def test_times_may_be_any_whole_numbers(at, times):
    """A single number, numpy's whole numbers, and the first and the last day there are."""
    found = ask(followed(90), at=at)
    assert [e.time for e in found if e.estimand == "cumulative_incidence"] == times


def test_times_come_in_order_and_once():
    """at=(90, 30, 90) is 30 and 90; by default 30, 90, 180 and 365."""
    times = [e.time for e in ask(followed(400), at=(90, 30, 90)) if e.estimand == "cumulative_incidence"]
    assert times == [30, 90]
    assert [e.time for e in ask(followed(400), at=None) if e.estimand == "event_free"] == [30, 90, 180, 365]


def test_other_measures_take_no_times():
    """at= belongs to measures of time."""
    with loaded(followed(90)) as data, pytest.raises(iop.UsageError, match="at"):
        iop.measure(data, "completion", at=[30])


def test_times_on_the_command_line(tmp_path, capsys):
    """--at 10,40 gives those two days; anything but whole numbers is refused with code 2."""
    folder = written(tmp_path, followed(90, 90), f"e000 {PSYCHIATRIC} 20")
    asked = ["summary", str(folder), "--measure", "readmission", "--policy", "none", "--json", "--at"]
    assert run([*asked, "10,40"]) == 0
    records = [one for one in json.loads(capsys.readouterr().out) if one["estimand"] == "cumulative_incidence"]
    assert [(one["time"], one["value"]) for one in records] == [(10, 0), (40, 0.5)]
    assert run([*asked, "soon"]) == 2
    assert run([*asked, "36501"]) == 2
    assert run([*asked, "0"]) == 0


def test_a_restricted_mean_only_where_all_groups_are_followed():
    """One track is followed to day 40, one to day 90: a mean of the first 30 days for all, of the first 60 for none."""
    text = "track los_days follow_up_days\nmh 20 90\nmh 20 90\nsu 20 40\nsu 20 40"
    found = ask(text, f"e000 {PSYCHIATRIC} 10\ne002 {PSYCHIATRIC} 20", at=(30, 60), by="track")
    means = {(e.level, int(e.time)): e for e in found if e.estimand == "restricted_mean_days"}
    assert {level: means[level, 30].value for level in ("All", "mh", "su")} == {"All": 22.5, "mh": 20, "su": 25}
    assert all(math.isnan(means[level, 60].value) for level in ("All", "mh", "su"))
    assert "not_followed_in_all_groups" in means["mh", 60].flag
    assert "past_follow_up" in means["su", 60].flag
    assert means["mh", 30].unit == "days"


def test_the_log_rank_test_needs_by_and_two_groups():
    """Only with by= and two groups with anybody followed, once, for everyone."""
    two = "track los_days follow_up_days\nmh 20 90\nmh 20 90\nsu 20 90\nsu 20 90"
    one = "track los_days follow_up_days\nmh 20 90\nmh 20 90\nsu 20 .\nsu 20 ."
    events = f"e000 {PSYCHIATRIC} 10\ne001 {PSYCHIATRIC} 20\ne003 {PSYCHIATRIC} 30"
    for text, by, expected in ((two, "track", ["All"]), (two, None, []), (one, "track", [])):
        assert [e.level for e in ask(text, events.replace("e003", "e000"), by=by) if e.estimand == "log_rank_p"] == expected
    found = {e.estimand: e.value for e in ask(two, events, by="track") if "log_rank" in e.estimand}
    # By hand: 10: 1 of 2 and 2; 20: 1 of 1 and 2; 30: 0 and 1 of 2; O - E = 2 - (1/2 + 1/3), V = 1/4 + 2/9.
    assert found["log_rank_chi_squared"] == pytest.approx((2 - 5 / 6) ** 2 / (1 / 4 + 2 / 9), abs=1e-12)


def test_a_readmission_during_care_is_counted_beside():
    """Before discharge: not the event, no error; counted as during care among all who started and ended."""
    text = "discharge_reason los_days follow_up_days\ncompleted 20 90\ncompleted 20 90\ndied 20 0\nactive . ."
    events = f"episode_id event day\ne000 {PSYCHIATRIC} 10\ne002 {PSYCHIATRIC} 19"
    with loaded(text, events=events) as data:
        found = named(iop.readmission(data, at=[30]).results)
    assert found["cumulative_incidence", 30].value == 0
    assert (found["during_care"].k, found["during_care"].n, found["during_care"].excluded) == (2, 3, 1)


def test_a_negative_day_after_discharge_is_an_error():
    """days_after_discharge = -1 stops the load."""
    with pytest.raises(iop.DataError, match="before discharge"):
        of(followed(90), f"e000 {PSYCHIATRIC} -1")


def test_an_event_later_than_follow_up_is_an_error():
    """Readmitted on day 91 of 90 days observed stops the load."""
    with pytest.raises(iop.DataError, match="follow"):
        of(followed(90), f"e000 {PSYCHIATRIC} 91")


def test_who_is_still_followed():
    """at_risk: on each day asked for those not gone before it, events and ends of follow-up so far; beside each incidence too."""
    with loaded(followed(90, 100, 400), events=f"episode_id event days_after_discharge\ne001 {PSYCHIATRIC} 90") as data:
        answer = iop.readmission(data, at=(3, 90, 91, 400))
    table = answer.at_risk
    expected = [[3, 3, 0, 0], [90, 3, 1, 1], [91, 1, 1, 1], [400, 1, 1, 2]]
    assert table[["day", "at_risk", "events", "censored"]].to_numpy().tolist() == expected
    beside = [(int(e.time), e.n_at_risk) for e in answer.results if e.estimand == "cumulative_incidence"]
    assert beside == [(day, at_risk) for day, at_risk, _, _ in expected]
    assert [(int(e.time), e.n_at_risk) for e in answer.results if e.estimand == "event_free"] == beside


def test_the_table_by_default_is_on_the_days_by_default():
    """Without at=: 30, 90, 180 and 365."""
    with loaded(followed(90), events=events_of("")) as data:
        assert iop.readmission(data).at_risk["day"].tolist() == [30, 90, 180, 365]


def test_few_events_are_flagged():
    """Fewer than five events by then: the interval says so; with none it is exact."""
    found = of(followed(*[90] * 12), f"e000 {PSYCHIATRIC} 20", at=(10, 30))
    assert "fewer_than_5_events" in found["cumulative_incidence", 30].flag
    assert found["cumulative_incidence", 10].high == pytest.approx(1 - 0.025 ** (1 / 12))
