"""Takes small programs by way of load and the public functions, gives proof of what release withholds and of what it leaves alone."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures import find
from iop_outcomes.release import SUPPRESSED, Withheld, release, release_set
from iop_outcomes.results import COLUMNS
from tests.printed import row_as_printed
from tests.release.forms import watched_forms

NUMBERS = ("value", "se", "low", "high", "n", "k")
COUNTS = ("n", "k", "n_missing", "excluded")
DONE, LEFT = "completed", "dropped_out"


def program(tracks, *, data_class="synthetic"):
    """Load a program given as reasons and their counts by track; a reason of None is blank, stays run 1, 2, 3, ..."""
    rows = [(track, reason) for track, reasons in tracks.items() for reason, n in reasons.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["track", "discharge_reason"])
    frame.insert(0, "episode_id", [f"E{i}" for i in range(len(frame))])
    frame["los_days"] = frame.groupby("track").cumcount() + 1
    frame.loc[frame.discharge_reason == "active", "los_days"] = None
    frame["los_days"] = frame.los_days.astype("Int64")
    return iop.load({"episodes": frame}, mapping={"data": {"class": data_class}})


def same(left, right):
    """Equal bit for bit, NaN included."""
    return left == right or (isinstance(left, float) and isinstance(right, float) and math.isnan(left) and math.isnan(right))


def ask(tracks, function=iop.completion, policy="cms11", **options):
    """Working results and their released form, by level and estimand."""
    with program(tracks) as data:
        answer = function(data, by="track", **options)
        return answer.results, answer.release(policy)


# -- groups ----------------------------------------------------------------------------------------------------------

THREE = {"a": {DONE: 60, LEFT: 40}, "b": {DONE: 30, LEFT: 30}, "c": {DONE: 4, LEFT: 5}}
FUNCTIONS = (iop.completion, iop.length_of_stay, iop.discharge_reasons)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_group_under_11_is_withheld_in_every_number(function):
    """Nine episodes: value, error, limits, n and k are typed as suppressed, and the flag says so."""
    _, released = ask(THREE, function)
    rows = [row for row in released if row.level == "c"]
    assert rows
    for row in rows:
        numbers = [getattr(row, name) for name in NUMBERS if not (name == "k" and row.k is None)]
        if row.n == 0:  # completion_of_admitted has no base without planned lengths: nobody is not a small count
            continue
        assert all(number is SUPPRESSED for number in numbers), row
        assert row.flag == {"suppressed"}
        assert not row.shown
    assert any(row.n is SUPPRESSED for row in rows)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_second_group_is_hidden_where_all_would_give_one_back(function):
    """With "All" shown, "b" goes with "c": the smaller of those that could."""
    _, released = ask(THREE, function)
    name = released.estimates[0].estimand
    assert released.estimate(name).n == 169
    assert released.estimate(name, "a").n == 100
    assert [released.estimate(name, level).n for level in "bc"] == [SUPPRESSED, SUPPRESSED]


def test_ten_is_withheld_and_eleven_is_shown():
    """The threshold of the policy: 1 to 10 are withheld, 11 is not."""
    _, ten = ask({"a": {DONE: 50, LEFT: 50}, "b": {DONE: 10}})
    _, eleven = ask({"a": {DONE: 50, LEFT: 50}, "b": {DONE: 11}})
    assert ten.estimate("completion_strict", "b").n is SUPPRESSED
    assert eleven.estimate("completion_strict", "b").n == 11
    assert eleven.estimate("completion_strict", "b").value == 1.0


def test_groups_of_which_none_is_small_lose_nothing():
    """Every count 0 or at least 11: released numbers are the working ones with the digits of a page, and nothing is withheld."""
    results, released = ask({"a": {DONE: 60, LEFT: 40}, "b": {DONE: 0, LEFT: 30}, "c": {DONE: 11, None: 11, "active": 12, "died": 20}})
    assert released.withheld == 0
    for working, shown in zip(results, released, strict=True):
        expected = row_as_printed({name: getattr(working, name) for name in COLUMNS})
        assert all(same(expected[name], getattr(shown, name)) for name in COLUMNS)


# -- counts and complements ------------------------------------------------------------------------------------------


def test_a_numerator_from_1_to_10_is_withheld_with_its_rate():
    """Three of 100 completed: 3, 3 % and its limits are withheld, 100 is shown."""
    _, released = ask({"a": {DONE: 3, LEFT: 97}})
    row = released.estimate("completion_strict", "a")
    assert (row.n, row.k, row.value, row.se, row.low, row.high) == (100, *[SUPPRESSED] * 5)


def test_a_complement_from_1_to_10_is_withheld_with_its_rate():
    """97 of 100 completed: 97 and 100 would give 3 back, so 97 is withheld."""
    _, released = ask({"a": {DONE: 97, LEFT: 3}})
    row = released.estimate("completion_strict", "a")
    assert (row.n, row.k, row.value) == (100, SUPPRESSED, SUPPRESSED)


def test_none_and_all_of_a_group_are_shown():
    """A numerator of 0, and one that leaves nobody, are no counts of 1 to 10."""
    _, released = ask({"a": {DONE: 0, LEFT: 50}, "b": {DONE: 40}})
    assert [(released.estimate("completion_strict", level).k, released.estimate("completion_strict", level).value) for level in "ab"] == [
        (0, 0.0),
        (40, 1.0),
    ]


def test_a_small_reason_takes_a_second_reason_with_it():
    """Five shares that sum to one: with one withheld alone, it would be 1 less the others."""
    tracks = {"a": {DONE: 50, LEFT: 40, "other": 4, "transferred_step_down": 30}}
    _, released = ask(tracks, iop.discharge_reasons, definition="each")
    hidden = [row.estimand for row in released if row.level == "a" and not row.shown]
    assert "reason_other" in hidden
    assert len(hidden) >= 2


@pytest.mark.parametrize(("policy", "digits"), [("cms11", row_as_printed), ("none", dict)])
def test_what_is_shown_is_what_was_worked_out(synthetic, policy, digits):
    """Release chooses a form, withholds, and writes the digits of a page; where nothing is withheld, every bit. What it was given stays as it was."""
    for measure in ("completion", "length_of_stay", "discharge_reasons"):
        results = evaluate(find(measure), synthetic, by="track")
        before = repr(results)
        with watched_forms() as forms:
            released = release(results, policy)
        assert repr(results) == before
        shown = 0
        for working, row in zip(forms.of(released), released, strict=True):
            expected = digits({name: getattr(working, name) for name in COLUMNS})
            for name in COLUMNS:
                given, seen = expected[name], getattr(row, name)
                assert isinstance(seen, Withheld) or name == "flag" or same(given, seen)
                shown += name == "value" and not isinstance(seen, Withheld)
        assert shown > 0


def test_a_withheld_row_says_nothing_else():
    """Flags such as "one_episode" or an interval that is open tell how few there are: they go with the numbers."""
    results, released = ask({"a": {DONE: 60, LEFT: 40}, "b": {DONE: 1}, "c": {DONE: 40}}, iop.length_of_stay)
    assert any("one_episode" in row.flag for row in results)
    assert {row.flag for row in released if not row.shown} == {frozenset({"suppressed"})}


# -- missing, excluded, flow -----------------------------------------------------------------------------------------


def test_small_missing_and_excluded_counts_are_withheld():
    """Three blank reasons and four people still in care are withheld beside 100 that are shown."""
    _, released = ask({"a": {DONE: 60, LEFT: 40, None: 3, "active": 4}})
    row = released.estimate("completion_strict", "a")
    assert (row.n, row.k, row.n_missing, row.excluded) == (100, 60, SUPPRESSED, SUPPRESSED)
    assert row.shown


def test_large_missing_and_excluded_counts_are_shown():
    """Thirteen blank reasons and fourteen people still in care are no small counts."""
    _, released = ask({"a": {DONE: 60, LEFT: 40, None: 13, "active": 14}})
    row = released.estimate("completion_strict", "a")
    assert (row.n_missing, row.excluded) == (13, 14)


def test_worst_and_best_case_give_no_small_count_of_blanks_back():
    """103 would be the base of the worst case, and 103 - 100 the blanks: a form without it is released."""
    _, released = ask({"a": {DONE: 60, LEFT: 40, None: 3}})
    assert released.estimate("completion_strict", "a").n == 100
    assert not released.has("completion_strict_worst_case")
    assert not released.has("completion_strict_best_case")


def test_a_small_flow_count_is_withheld_and_cannot_be_subtracted():
    """In = used + left out: with three still in care, that number goes, and the rows in with it."""
    _, released = ask({"a": {DONE: 60, LEFT: 40, "active": 3}})
    flow = next(flow for flow in released.flow if flow.what == "completion_strict")
    assert flow.used == 100
    assert flow.excluded["still in care"] is SUPPRESSED
    assert flow.rows_in is SUPPRESSED
    assert flow.excluded["died in care"] == 0


def test_a_flow_of_large_counts_adds_up():
    """Nothing is withheld where nothing is small."""
    _, released = ask({"a": {DONE: 60, LEFT: 40, "active": 12, "died": 20}})
    flow = next(flow for flow in released.flow if flow.what == "completion_strict")
    assert flow.rows_in == 132 == flow.used + sum(flow.excluded.values())


# -- two ways of dividing, several results -----------------------------------------------------------------------------


def rows_of(results):
    """Cells of a joint attack: one variable for each level, family and part."""
    families = {people.family: people for people in results.populations.values()}
    levels = [level for level in results.levels if level != "All"]
    return levels, {family: list(people.parts) for family, people in families.items()}


def recovered(released, everything):
    """Small denominators, complements and left-out groups that follow from every shown count of some results together."""
    cells, rows = {}, []
    for results in everything:
        levels, families = rows_of(results)
        for level in levels:
            for family, parts in families.items():
                for part in parts:
                    cells.setdefault((level, family, part), len(cells))

    def row(level, family, parts):
        out = np.zeros(len(cells))
        for at in levels if level == "All" else [level]:
            for part in parts:
                out[cells[at, family, part]] += 1
        return out

    small = []
    for results, shown in zip(everything, released, strict=True):
        for estimate in shown:
            people = results.populations[estimate.level, estimate.key]
            sets = {"n": people.base, "k": people.hits, "n_missing": people.missing, "excluded": people.excluded_parts}
            for name, parts in sets.items():
                if parts and isinstance(getattr(estimate, name), int):
                    rows.append(row(estimate.level, people.family, parts))
                if parts and 0 < people.count(parts) < 11:
                    small.append((estimate.level, people.family, tuple(sorted(parts))))
            if people.hits is not None and 0 < people.n - people.k < 11:
                small.append((estimate.level, people.family, tuple(sorted(people.base - people.hits))))
    first = next(iter(rows_of(everything[0])[1]))
    for results in everything:
        _, families = rows_of(results)
        for level in levels:
            for family, parts in families.items():
                rows.append(row(level, family, parts) - row(level, first, rows_of(everything[0])[1][first]))
                for part, other in ((part, other) for part in ("active", "not_started") for other in families if part in families[other]):
                    if part in parts and family != other:
                        rows.append(row(level, family, [part]) - row(level, other, [part]))
    known = np.array(rows)
    span = np.linalg.pinv(known) @ known
    return [target for target in dict.fromkeys(small) if np.linalg.norm(row(*target) - row(*target) @ span) < 1e-6]


PAGE = {
    "a": {DONE: 60, LEFT: 40, "died": 4, "not_started": 3},
    "b": {DONE: 30, LEFT: 30, "active": 5, "transferred_step_up": 2},
    "c": {DONE: 14, LEFT: 25, None: 2},
    "d": {DONE: 25, LEFT: 15, "died": 1, "other": 12},
}


def test_two_ways_of_dividing_in_one_measure_give_nothing_back_together(synthetic):
    """Completion divides discharges and admissions; what is left out of one is not found through the other."""
    results = evaluate(find("completion"), synthetic, by="track")
    assert recovered([results], [results]), "the attacker finds nothing even where nothing is withheld"
    assert recovered([release(results)], [results]) == []


def test_results_released_together_give_nothing_back_of_one_another():
    """Denominators that differ by the few who died or lack a reason are not shown side by side."""
    with program(PAGE) as data:
        finest = [evaluate(find(name), data, by="track") for name in ("completion", "length_of_stay", "discharge_reasons")]
        with watched_forms() as forms:
            together, alone = release_set(finest), [release(results) for results in finest]
    assert recovered(together, [forms.of(released) for released in together]) == []
    assert recovered(alone, [forms.of(released) for released in alone]) != []


def test_nothing_released_is_nothing():
    """A page without results."""
    assert release_set([]) == ()


# -- policies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data_class", ["synthetic", "public"])
def test_the_policy_none_shows_every_count_of_data_that_describe_nobody(data_class):
    """Synthetic and public data may be shown whole."""
    with program(THREE, data_class=data_class) as data:
        released = iop.completion(data, by="track").release("none")
    assert released.withheld == 0
    assert released.estimate("completion_strict", "c").k == 4


@pytest.mark.parametrize("data_class", ["safe_harbor", "limited_data_set"])
def test_the_policy_none_is_refused_for_people(data_class):
    """The class of the data decides, in a release, a chart, a sentence and a report alike."""
    with program(THREE, data_class=data_class) as data:
        answer = iop.completion(data, by="track")
        for call in (answer.release, lambda policy: answer.plot(policy=policy), lambda policy: answer.sentence(policy=policy)):
            with pytest.raises(iop.UsageError, match=data_class):
                call("none")
        with pytest.raises(iop.UsageError, match=data_class):
            iop.report(data, policy="none")
        assert answer.release("cms11").withheld > 0


def test_a_policy_that_does_not_exist_is_refused():
    """The message names those there are."""
    with program(THREE) as data, pytest.raises(iop.UsageError, match="cms11"):
        iop.completion(data).release("cms12")


# -- what leaves ---------------------------------------------------------------------------------------------------


def test_records_hold_null_and_a_flag_for_what_is_withheld():
    """JSON: no zero, no word, no NaN stands where a number is withheld."""
    _, released = ask(THREE)
    records = json.loads(json.dumps(released.to_records(), allow_nan=False))
    assert [list(record) for record in records] == [list(COLUMNS)] * len(records)
    hidden = next(record for record in records if record["level"] == "c" and record["estimand"] == "completion_strict")
    assert [hidden[name] for name in NUMBERS] == [None] * 6
    assert hidden["flag"] == "suppressed"
    for record in records:
        assert record["value"] is not None or record["flag"]


def test_frames_hold_missing_values_and_a_flag_for_what_is_withheld():
    """Whole numbers stay whole, and a withheld one is missing."""
    _, released = ask(THREE)
    frame = released.to_frame()
    assert list(frame.columns) == list(COLUMNS)
    hidden = frame[frame.flag.str.startswith("suppressed")]
    assert len(hidden) == released.withheld > 0
    assert hidden[list(NUMBERS[:4])].isna().all(axis=None)
    assert {str(frame[name].dtype) for name in COUNTS} == {"Int64"}


def test_no_small_count_stands_in_what_leaves():
    """The whole numbers of the records of every measure, over the page above: 0 or at least 11."""
    with program(PAGE) as data:
        for function in FUNCTIONS:
            for record in function(data, by="track").release().to_records():
                assert all(record[name] is None or record[name] == 0 or record[name] >= 11 for name in COUNTS)


@pytest.mark.parametrize("policy", ["nhs", "round5"])
def test_where_counts_are_rounded_a_share_that_rests_on_a_small_count_goes_whole(policy):
    """40 pairs of whom 3 did not change: few under nhs; as 5 beside 30, 10 and 40 from 3 to 6, not 7, under round5. What rests on them goes too."""
    changes = [4] * 28 + [0] * 3 + [-2] * 9
    frame = pd.DataFrame({"episode_id": [f"E{i}" for i in range(40)], "track": "a", "discharge_reason": DONE, "los_days": 20})
    frame["phq9_admit"], frame["phq9_discharge"] = 12 + np.arange(40) % 3, 12 + np.arange(40) % 3 - np.array(changes)
    with iop.load({"episodes": frame}, mapping={"data": {"class": "synthetic"}}) as data:
        released = iop.measure(data, "effect_sizes", scale="phq9").release(policy)
    shown = {each.estimand: each.shown for each in released if each.level == "All"}
    assert (shown["no_change"], shown["probability_of_superiority"], shown["improved_at_all"]) == (False, False, True)
