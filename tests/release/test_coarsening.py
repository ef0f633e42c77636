"""Takes programs with few in some categories, gives proof of which form release chooses, and that what rounding shows tells no few."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from itertools import product

import pytest

import iop_outcomes as iop
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.measures import find
from iop_outcomes.release import POLICIES, Withheld, release
from iop_outcomes.release.coarsening import choose, says_no_number
from iop_outcomes.stats.draft import Population
from iop_outcomes.synthetic import write_program
from iop_outcomes.units import half_up
from tests.spec.tables import loaded

CMS11 = POLICIES["cms11"]
GROUPS = ("All", "(missing)")


def of_reasons(tracks):
    """The results on discharge reasons of a program given as tracks with how many ended in each way, and the names of the form that is chosen."""
    cells = [(track, reason) for track, reasons in tracks.items() for reason, n in reasons.items() for _ in range(n)]
    with loaded("\n".join(["track discharge_reason los_days", *(f"{track} {reason} 9" for track, reason in cells)])) as data:
        results = evaluate(find("discharge_reasons"), data, by="track")
        return results, [item.name.removeprefix("reason_") for item in choose(results, CMS11).form.definition.estimands]


LARGE = {"completed": 40, "transferred_lateral": 20, "dropped_out": 20}
FIVE = ["completed", "transferred", "dropped_out", "ended_by_program", "other"]


# -- which form is chosen ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tracks", "names"),
    [
        ({"a": LARGE | {"terminated_by_program": 15, "other": 15}, "b": LARGE}, FIVE),
        (
            {"a": LARGE | {"terminated_by_program": 6, "other": 7}, "b": LARGE | {"other": 5, "terminated_by_program": 9}},
            [*FIVE[:3], "ended_otherwise"],
        ),
        ({"a": LARGE | {"terminated_by_program": 3, "other": 4}}, ["completed", "transferred", "neither"]),
        ({"a": LARGE | {"other": 3}, **{name: LARGE for name in "bcdef"}}, FIVE),  # more than four cells in five are shown
        ({"a": {"completed": 4, "dropped_out": 3}, "b": LARGE}, FIVE),  # of a group that is itself too small, no form shows anything
        ({"a": {"completed": 4}, "b": {"dropped_out": 3}}, FIVE),
    ],
)
def test_the_finest_form_of_which_enough_is_seen(tracks, names):
    """Two small groups of reasons become one that can be shown; where that is small too, a third joins them."""
    assert of_reasons(tracks)[1] == names


@pytest.mark.parametrize("policy", ["none", "internal"])
def test_a_policy_that_withholds_nothing_looks_at_no_form(policy):
    """The very results that were given."""
    results, _ = of_reasons({"a": LARGE | {"terminated_by_program": 6, "other": 7}})
    assert choose(results, POLICIES[policy]).form is results
    assert release(results, policy).definition == results.definition


def test_results_without_other_forms_stay():
    """Deaths in care have one form."""
    with loaded("track los_days discharge_reason\n" + "a 9 completed\n" * 20) as data:
        results = evaluate(find("deaths_in_care"), data, by="track")
    assert results.coarser is None
    assert choose(results, CMS11).form is results


def test_the_order_of_groups_is_of_no_account():
    """The same groups under other names, and so in another order, give the same form."""
    few, many = LARGE | {"terminated_by_program": 6, "other": 7}, LARGE | {"other": 30}
    assert of_reasons({"a": few, "b": many})[1] == of_reasons({"b": few, "a": many})[1]


# -- a form is the same numbers, coarser ---------------------------------------------------------------------------------


MEASURES = (
    ("completion", None, None),
    ("discharge_reasons", None, None),
    ("symptom_change", None, "phq9"),
    ("reliable_change", None, "gad7"),
    ("readmission", None, None),
    ("relapse", "any_use", None),
)


@pytest.mark.parametrize(("name", "definition", "scale"), MEASURES)
def test_forms_hold_the_numbers_of_the_finest(synthetic, name, definition, scale):
    """What a form gives under the same name with the same people is the same, or is rounded and without error; words stay."""
    finest = evaluate(look_up(synthetic, name, definition, scale=scale), synthetic, by="track", against=Against())
    exact = {(e.level, e.key): e for e in finest}
    forms = list(finest.coarser())
    assert forms
    for form in forms:
        assert form.definition.coarse
        for estimate in form:
            one = exact.get((estimate.level, estimate.key))
            people = form.populations[estimate.level, estimate.key]
            if one is None or people != finest.populations[estimate.level, estimate.key]:
                continue
            digits = form.definition.estimand(estimate.estimand).digits
            if digits is None:
                assert repr(replace(estimate)) == repr(one)
            else:
                assert repr(estimate.value) == repr(half_up(one.value, digits))
                assert (estimate.word, estimate.n) == (one.word, one.n)
                assert all(math.isnan(number) for number in (estimate.se, estimate.p, estimate.p_adjusted, estimate.df))


def computed_anew(measure):
    """The same measure, whose forms repeat nothing of one another: each is computed from the counts."""

    def anew(form):
        return replace(form, finer=None, draft=lambda counts, **wanted: form.draft(counts, **wanted))

    return replace(measure, coarser=lambda divisions: (anew(form) for form in measure.coarser(divisions)))


@pytest.mark.parametrize("by", ["track", ("track", "modality")])
@pytest.mark.parametrize(("name", "definition", "scale"), MEASURES)
def test_a_form_that_repeats_numbers_is_what_computing_it_gives(synthetic, name, definition, scale, by):
    """Every estimate, comparison and population, to the last bit and in the same order, of everyone and within a second column."""
    measure = look_up(synthetic, name, definition, scale=scale)
    quick, slow = (list(evaluate(each, synthetic, by=by, against=Against()).coarser()) for each in (measure, computed_anew(measure)))
    assert len(quick) == len(slow) > 0
    for one, other in zip(quick, slow, strict=True):
        assert (one.definition, one.places, one.class_of) == (other.definition, other.places, other.class_of)
        assert [repr(estimate) for estimate in one] == [repr(estimate) for estimate in other]
        assert list(one.placed_populations.items()) == list(other.placed_populations.items())
        assert [part.curves.keys() for part in one.slices] == [part.curves.keys() for part in other.slices]


def test_reasons_of_a_form_are_sums_of_the_finest(synthetic):
    """Counts of the merged group add up, at every level."""
    finest = evaluate(find("discharge_reasons"), synthetic, by="track")
    k = {(e.level, e.estimand.removeprefix("reason_")): e.k for e in finest}
    _, four, _, three, _ = finest.coarser()
    for level in finest.levels:
        merged = {e.estimand.removeprefix("reason_"): e.k for form in (four, three) for e in form if e.level == level}
        assert merged["ended_otherwise"] == k[level, "ended_by_program"] + k[level, "other"]
        assert merged["neither"] == k[level, "dropped_out"] + merged["ended_otherwise"]


def test_reasons_of_the_episodes_that_completion_is_of_leave_out_deaths_and_blanks(synthetic):
    """The base is that of completion, and every reason but those two keeps its count."""
    finest = evaluate(find("discharge_reasons"), synthetic, by="track")
    completion = evaluate(find("completion"), synthetic, by="track")
    base = {estimate.level: estimate.n for estimate in completion if estimate.estimand == "completion_strict"}
    k = {(estimate.level, estimate.estimand): estimate.k for estimate in finest}
    form = next(finest.coarser())
    assert {(estimate.level, estimate.n) for estimate in form} == set(base.items())
    for level, n in base.items():
        kept = {estimate.estimand: estimate.k for estimate in form if estimate.level == level}
        assert sum(kept.values()) == n
        assert all(kept[name] == k[level, name] for name in kept if name != "reason_other")


def test_forms_need_no_second_scan(synthetic, monkeypatch):
    """Every form comes from the table that was counted for the finest."""
    results = evaluate(look_up(synthetic, "readmission", None), synthetic, by="track")
    monkeypatch.setattr(type(synthetic.engine), "tally", lambda *_: pytest.fail("counted again"))
    assert len(list(results.coarser())) == 2


# -- what rounding may show ----------------------------------------------------------------------------------------------


def test_a_rounded_number_is_shown_without_its_number_only_where_that_tells_nothing():
    """Of 21 asked it would be of at least 11 whoever lacks a value; of 20 it might not, so that to show it would tell."""
    with loaded("track los_days\na 9\n") as data:
        definition = find("length_of_stay").definition.estimands[0]
        assert data.episodes == 1
    coarse = replace(definition, digits=0)

    def people(n, lacking, hits=None):
        return Population("f", {"in": n, "blank": lacking}, frozenset({"in"}), hits, frozenset({"blank"}))

    assert says_no_number(coarse, people(18, 3), 11)
    assert not says_no_number(coarse, people(17, 3), 11)
    assert not says_no_number(coarse, people(10, 30), 11)
    assert not says_no_number(definition, people(18, 3), 11)
    assert not says_no_number(coarse, people(18, 3, frozenset({"in"})), 11)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A synthetic program of 200 episodes, loaded."""
    folder = tmp_path_factory.mktemp("small")
    write_program(folder, n=200)
    with iop.load(folder) as data:
        yield data


def known_pairs(released):
    """Pairs of each track where they may be seen, all discharged episodes, and everyone's pairs."""
    rates = {level: released.estimate("paired_rate", level) for level in released.levels}
    return {level: None if isinstance(rate.k, Withheld) else rate.k for level, rate in rates.items()}


@pytest.mark.parametrize("scale", ["phq9", "gad7"])
def test_no_number_of_pairs_follows_from_rounded_means(small, scale):
    """Tried one by one: several numbers of missing scores of each track fit every rounded mean of the tracks and of everyone."""
    results = evaluate(look_up(small, "symptom_change", None, scale=scale), small, by="track", against=Against(("mean_change",)))
    released = release(results)
    assert "rounded" in released.definition.coarse
    pairs = known_pairs(released)
    hidden = [level for level in released.levels[1:] if pairs[level] is None]
    shown = [level for level in released.levels[1:] if pairs[level] is not None]
    everyone = pairs["All"]
    assert isinstance(everyone, int)
    assert len(hidden) >= 2
    discharged = {level: results.populations[level, results.estimates[0].key].n for level in hidden}  # the worst case: these are known
    ranges = [range(max(11, discharged[level] - 20), discharged[level] + 1) for level in hidden[:-1]]
    fitting = {level: set() for level in hidden}
    for some in product(*ranges):
        last = everyone - sum(some) - sum(pairs[level] for level in shown)
        numbers = dict(zip(hidden, (*some, last), strict=True))
        if 11 <= last <= discharged[hidden[-1]] and all(
            fits(released, name, {**pairs, **numbers}) for name in ("mean_admit", "mean_discharge")
        ):
            for level, n in numbers.items():
                fitting[level].add(n)
    truth = {level: results.populations[level, next(e.key for e in results if e.estimand == "mean_change")].n for level in hidden}
    assert all(truth[level] in fitting[level] for level in hidden)  # the attack tries what is true
    assert all(len(numbers) >= 5 for numbers in fitting.values())


def fits(released, name, pairs):
    """Whether the rounded mean of everyone can be that of the rounded means of the tracks."""
    levels = released.levels[1:]
    half = 0.5 * 10.0 ** -released.definition.estimand(name).digits
    middle = sum(pairs[level] * released.estimate(name, level).value for level in levels)
    return abs(middle - pairs["All"] * released.estimate(name).value) <= 2 * half * pairs["All"]


def test_change_with_missing_as_unchanged_is_as_coarse_as_it_must_be(synthetic, small):
    """Whoever knows the pairs, their exact change and the discharged tries 1 to 10 without an admission score: three at least fit."""
    tried = 0
    for data in (synthetic, small):
        for scale in ("phq9", "gad7"):
            results = evaluate(look_up(data, "symptom_change", None, scale=scale), data, by="track")
            numbers = {(e.level, e.estimand): e for e in results}
            for form in results.coarser():
                digits = form.definition.estimand("mean_change_if_missing_unchanged").digits
                for estimate in form:
                    if estimate.estimand == "mean_change_if_missing_unchanged" and 0 < estimate.n_missing < 11 and digits is not None:
                        change = numbers[estimate.level, "mean_change"]
                        asked = estimate.n + estimate.n_missing
                        fitting = [m for m in range(1, 11) if half_up(change.value * change.n / (asked - m), digits) == estimate.value]
                        assert estimate.n_missing in fitting
                        assert len(fitting) >= 3
                        assert math.isnan(estimate.low)
                        tried += 1
    assert tried >= 10


# -- what the page shows -------------------------------------------------------------------------------------------------


def shown_cells(data):
    """Numbers and contrasts of the tracks on the page: how many are not withheld ("not reached" is not), and how many there are."""
    cells = Counter(
        estimate.shown
        for released in iop.report(data, by="track", policy="cms11").released
        if released.group == "track"
        for estimate in released
        if estimate.level not in GROUPS
    )
    return cells[True], sum(cells.values())


def finest_cells(data):
    """The same without any coarser form."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iop_outcomes.release.coarsening._forms", lambda results: iter([results]))
        return shown_cells(data)


def test_the_page_of_200_episodes_shows_nearly_half_of_its_cells(small):
    """All released together: nearly half of the track cells, and many more than in the finest forms."""
    (seen, cells), (before, _) = shown_cells(small), finest_cells(small)
    assert seen >= before + 100
    # 307 of 610 before what is withheld was bounded, 295 since; page one compares 15 more, of which one is seen; shares free of every end: 3 less
    assert seen / cells >= 0.46


def test_the_page_of_1200_episodes_shows_nearly_two_in_three(synthetic):
    """More than in the finest forms, in number and in share."""
    (seen, cells), (before, finest) = shown_cells(synthetic), finest_cells(synthetic)
    assert seen >= before + 100
    # 466 of 690 before that, 460 since; of the 15 more that page one compares five are seen; shares free of every end: 20 less
    assert seen / cells >= 0.63 > before / finest
