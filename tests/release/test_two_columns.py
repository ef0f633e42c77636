"""Takes programs released by two columns, gives proof that nothing small is given back, in every form and under every policy."""

from __future__ import annotations

import math
import random

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.release import Withheld, release_set
from iop_outcomes.show.tables import estimates_table, share_table
from tests.spec.pairs import ASKS, BOTH, MAPPING, MODALITIES, alike, followed, form_of, program, rows_of

# -- released ----------------------------------------------------------------------------------------------------------

P = 2_147_483_647  # exact arithmetic modulo a large prime: what it finds to follow from sums follows from them


class Solver:
    """What follows from some sums by adding, subtracting and multiplying."""

    def __init__(self):
        self.rows = {}  # by the unknown that each is led by

    def reduce(self, row):
        """What is left of a sum when everything known is taken off."""
        row = {unknown: value % P for unknown, value in row.items() if value % P}
        for lead in sorted(self.rows):
            factor = row.get(lead)
            if factor:
                for unknown, value in self.rows[lead].items():
                    row[unknown] = (row.get(unknown, 0) - factor * value) % P
                row = {unknown: value for unknown, value in row.items() if value}
        return row

    def learn(self, row):
        """Add a sum."""
        rest = self.reduce(row)
        if rest:
            lead = min(rest)
            scale = pow(rest[lead], -1, P)
            self.rows[lead] = {unknown: value * scale % P for unknown, value in rest.items()}

    def knows(self, row):
        """Whether a sum follows."""
        return not self.reduce(row)


def printed_sets(people):
    """The sets of parts that stand beside an estimate, with the column each is printed in."""
    return {"n": people.base, "k": people.hits or frozenset(), "n_missing": people.missing, "excluded": people.excluded_parts}


def attack(results, released):
    """Counts from 1 to 10 that a reader of everything released can work out: of parts of a pair, and of what is printed anywhere."""
    results = form_of(results, released)
    shown = {(e.level, e.level_2, e.key): e for e in released}
    pairs = [place for place in results.places if not place.is_sum]
    solver, sizes = Solver(), {}

    def total(place, family, parts):
        """A sum of parts of a place, as a sum over pairs; nobody there is known to be nobody."""
        cells = ((pair, family, part) for pair in pairs if place.includes(pair) for part in parts)
        return {cell: 1 for cell in cells if sizes[cell]}

    for (place, _), people in results.placed_populations.items():
        for part, n in people.parts.items():
            sizes[place, people.family, part] = n
    families = {people.family: people for people in results.placed_populations.values()}
    first, *others = families
    same = {
        other: [p for p in families[first].parts if all(sizes.get((pair, other, p)) == sizes[pair, first, p] for pair in pairs)]
        for other in others
    }
    for pair in pairs:  # every way of dividing has the same total, and parts of one name that hold as many everywhere are the same
        for other in others:
            both = total(pair, first, families[first].parts)
            for cell, n in total(pair, other, families[other].parts).items():
                both[cell] = -n
            solver.learn(both)
            for part in same[other]:
                if sizes[pair, first, part]:
                    solver.learn({(pair, first, part): 1, (pair, other, part): -1})
    wanted = []
    for (place, key), people in results.placed_populations.items():
        for column, parts in printed_sets(people).items():
            wanted.append((place, people.family, parts))
            number = getattr(shown[*place, key], column)
            if isinstance(number, int):
                assert number == people.count(parts)
                solver.learn(total(place, people.family, parts))
        wanted += [(place, people.family, frozenset({part})) for part in people.parts]
    known = {str(key): people for (place, key), people in results.placed_populations.items() if place == results.places[0]}
    for flow in released.flow:
        people, words = known[flow.what], results.definition.parts
        for n, parts in (
            (flow.rows_in, frozenset(people.parts)),
            (flow.used, people.base),
            *((flow.excluded[words.get(part, part)], frozenset({part})) for part in people.parts if part not in people.base),
        ):
            if isinstance(n, int):
                solver.learn(total(results.places[0], people.family, parts))
    return {
        (place, tuple(sorted(parts)))
        for place, family, parts in wanted
        if 1 <= sum(sizes[place, family, part] for part in parts) <= 10 and solver.knows(total(place, family, parts))
    }


def random_program(seed):
    """A small program: few or many in each pair and reason, and some pairs empty."""
    draw = random.Random(seed)
    tracks, modalities = "abc"[: draw.choice((2, 3))], "xyz"[: draw.choice((2, 3))]
    reasons = ("completed", "dropped_out", "transferred_step_down", "died", None)
    counts = {(t, m, r): draw.choice((0, 0, 1, 2, 4, 7, 10, 11, 12, 15, 25, 40)) for t in tracks for m in modalities for r in reasons}
    return program({key: n for key, n in counts.items() if n and draw.random() > 0.1})


@pytest.mark.parametrize("seed", range(6))
def test_nothing_small_is_given_back(seed):
    """Adding and subtracting over pairs, margins and everyone gives no count from 1 to 10; and something is shown."""
    with random_program(seed) as data:
        for answer in (iop.completion(data, by=BOTH), iop.discharge_reasons(data, by=BOTH)):
            released = answer.release()
            shown = released.policy.threshold == 11 and answer.results.among_grouped is None
            assert shown
            assert attack(answer.results, released) == set()
            assert any(isinstance(e.n, int) and e.n for e in released)


@pytest.mark.parametrize("name", ["readmission", "change", "reliable"])
def test_nothing_small_is_given_back_by_any_measure(synthetic, name):
    """The same of measures whose episodes are divided in many ways, on the synthetic program."""
    options = dict(ASKS.get(name, {"measure": "reliable_change", "scale": "phq9"}))
    answer = iop.measure(synthetic, options.pop("measure"), by=BOTH, **options)
    assert attack(answer.results, answer.release()) == set()


def test_who_is_still_followed_is_not_given_back(synthetic):
    """How many are followed to a day, withheld in one group, does not follow from the others and their sums."""
    hidden = 0
    for data in (synthetic, synthetic.where(modality=["in_person", "virtual"], track=["psychosis", "adolescent"])):
        answer = iop.readmission(data, by=BOTH, at=(30, 90, 365))
        released = answer.release()
        pairs = [place for place in answer.results.places if not place.is_sum]
        for key in {e.key for e in released if e.n_at_risk is not None}:
            shown = {place: n for place, n in followed(released, key).items() if not isinstance(n, Withheld)}
            here = {place: n for place, n in followed(answer.results, key).items() if n}
            solver = Solver()
            for place in shown:
                solver.learn({pair: 1 for pair in pairs if place.includes(pair) and pair in here})
            unseen = [place for place in here if place not in shown]
            assert not any(solver.knows({pair: 1 for pair in pairs if place.includes(pair) and pair in here}) for place in unseen)
            hidden += len(unseen)
    assert hidden


def test_the_solver_finds_what_hiding_small_counts_alone_would_give():
    """Pairs and margins under no rule but "not 1 to 10": a pair of 5 in a row and a column that are shown is the difference."""
    with program({("a", "x"): 40, ("a", "y"): 5, ("b", "x"): 30, ("b", "y"): 50}) as data:
        answer = iop.completion(data, by=BOTH)
        released = answer.release()
        naive = answer.release("none")
        small = {(e.level, e.level_2, e.key) for e in naive if 1 <= e.n <= 10}
    assert small
    assert attack(answer.results, released) == set()

    class OnlySmall:
        """What a rule that looks at each count by itself shows."""

        flow, definition = (), naive.definition

        def __iter__(self):
            return (e for e in (Hidden(e) for e in naive))

    class Hidden:
        """An estimate, its small counts hidden."""

        def __init__(self, estimate):
            self.level, self.level_2, self.key = estimate.level, estimate.level_2, estimate.key
            for column in ("n", "k", "n_missing", "excluded"):
                n = getattr(estimate, column)
                setattr(self, column, n if n is None or not 1 <= n <= 10 else None)

    assert any(place == ("a", "y") for place, _ in attack(answer.results, OnlySmall()))


# -- coarser forms, and other policies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ASKS)
def test_every_coarser_form_is_that_of_the_episodes_of_the_pair(synthetic, name):
    """Merged and rounded alike in everyone and in each modality: each slice of a form is the form of narrower data."""
    options = dict(ASKS[name])
    measure = options.pop("measure")
    forms = list(iop.measure(synthetic, measure, by=BOTH, **options).results.coarser())
    assert forms
    for modality, data in (("All", synthetic), *((m, synthetic.where(modality=m)) for m in MODALITIES)):
        narrow = list(iop.measure(data, measure, by="track", **options).results.coarser())
        for form in forms:
            assert all(part.definition == form.definition for part in form.slices)
            for same in (each for each in narrow if each.definition == form.definition):  # means may need coarser steps in pairs
                alike(rows_of(form.to_frame(), level_2=modality), same.to_frame().drop(columns=["group_2", "level_2"]))
        assert any(each.definition == form.definition for each in narrow for form in forms)


def test_what_is_released_of_two_columns_is_one_form():
    """Few that the program ended in some pairs: they are merged in every pair and margin, and the definition says so."""
    kinds = (("completed", 40), ("dropped_out", 30), ("transferred_step_up", 20), ("terminated_by_program", 2))
    counts = {(t, m, r): n + (5 if m == "x" else 0) for t in "abc" for m in "xy" for r, n in kinds}
    with program(counts) as data:
        answer = iop.discharge_reasons(data, by=BOTH)
        released = answer.release()
    form = form_of(answer.results, released)
    assert form is not answer.results
    assert released.definition.coarse
    assert len({frozenset(e.estimand for e in part.estimates) for part in released.slices}) == 1
    merged = {(e.level, e.level_2): e.n for e in form if e.estimand == "completed"}
    assert merged == {(t, m): sum(n for (a, b, _), n in counts.items() if t in ("All", a) and m in ("All", b)) for t, m in merged}
    assert attack(answer.results, released) == set()


def test_numbers_are_rounded_only_where_every_sum_hides_how_many():
    """Stays of two tracks far apart among few virtual ones: one episode moved would show in their mean, though not in everyone's."""
    stays = {("a", "x"): (20, 200), ("b", "x"): (20, 200), ("a", "y"): (5, 12), ("b", "y"): (60, 12)}
    rows = [
        {"track": t, "modality": m, "los_days": days, "discharge_reason": "completed"}
        for (t, m), (days, n) in stays.items()
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows).assign(episode_id=[f"e{i}" for i in range(len(rows))])
    with iop.load({"episodes": frame}, mapping=MAPPING) as data:
        forms = {by: len(list(iop.length_of_stay(data, by=by).results.coarser())) for by in ("track", BOTH, BOTH[::-1])}
        assert forms == {"track": 1, BOTH: 0, BOTH[::-1]: 0}


def test_no_pair_is_shown_where_crossing_may_not_be(synthetic):
    """Part 2 with such a track: nothing of a pair, not even that nobody is in it; margins are shown as if no pair were wanted."""
    counts = {(t, m, r): 40 for t in "ab" for m in "xy" for r in ("completed", "dropped_out")}
    mapping = {"data": {**MAPPING["data"], "part2_tracks": ["a"]}}
    rows = [{"track": t, "modality": m, "discharge_reason": r, "los_days": 9} for (t, m, r), n in counts.items() for _ in range(n)]
    more = {"follow_up_days": 100, "readmission_psychiatric_day": None, "readmission_psychiatric_observed": 0}
    frame = pd.DataFrame(rows).assign(episode_id=[f"e{i}" for i in range(len(rows))], **more)
    with iop.load({"episodes": frame}, mapping=mapping) as data:
        for released in (
            iop.compare(data, by=BOTH, estimand="completion_strict").release("part2"),
            iop.readmission(data, by=BOTH, at=(30,)).release("part2"),
        ):
            pairs = [e for e in released if "All" not in (e.level, e.level_2)]
            assert pairs
            for e in pairs:
                numbers = (e.value, e.low, e.high, e.n, e.k, e.n_at_risk, e.n_missing, e.excluded)
                assert all(n is None or isinstance(n, Withheld) for n in numbers)
            assert all(e.shown for e in released if "All" in (e.level, e.level_2) and not e.contrast and not math.isnan(e.value))
            assert {level for part in released.within.values() for level in part.curves} <= {"All"}


@pytest.mark.parametrize(("policy", "smallest"), [("round5", 7), ("nhs", 8)])
def test_counts_of_pairs_are_rounded(synthetic, policy, smallest):
    """A policy that rounds: every count of a pair to fives, small groups not at all, and few others, which would narrow them."""
    answer = iop.completion(synthetic, by=BOTH)
    exact = {(e.place, e.key): e for e in answer.results}
    released = answer.release(policy)
    assert any(e.place.is_crossed and e.shown for e in released)
    others = [(e.n, exact[e.place, e.key].n) for e in released if not 0 < exact[e.place, e.key].n < smallest]
    assert all(isinstance(e.n, Withheld) for e in released if 0 < exact[e.place, e.key].n < smallest)
    printed = [(rounded, n) for rounded, n in others if not isinstance(rounded, Withheld)]
    assert all(rounded == 5 * ((n + 2) // 5) for rounded, n in printed)
    assert len(printed) >= 0.9 * len(others)


def test_results_by_the_same_two_columns_are_released_together_and_by_no_others(synthetic):
    """Two measures share their cells; a margin beside the same tracks by themselves would be protected in neither."""
    both = [iop.completion(synthetic, by=BOTH).results, iop.length_of_stay(synthetic, by=BOTH).results]
    for results, released in zip(both, release_set(both), strict=True):
        assert attack(results, released) == set()
    for other in ("track", None, BOTH[::-1]):
        with pytest.raises(iop.UsageError, match="released with results by the same two alone"):
            release_set([both[0], iop.completion(synthetic, by=other).results])


def test_a_difference_within_a_modality_rests_on_the_counts_there():
    """Where everyone in a modality is not shown, no difference from the others in it is."""
    with random_program(3) as data:
        results = iop.compare(data, by=BOTH, estimand="completion_strict").results
        released = iop.compare(data, by=BOTH, estimand="completion_strict").release()
        results = form_of(results, released)
    everyone = {(e.level_2, e.key): e for e in released if e.level == "All" and not e.contrast}
    hidden = [e for e in released if e.contrast and isinstance(everyone[e.level_2, e.key.number].k, Withheld)]
    assert all(not e.shown and e.word == "" for e in hidden)
    assert len(list(released)) == len(list(results))


def test_twelve_tracks_in_three_modalities():
    """Thirty-six pairs, released and drawn: every pair has its row, in a table and on a chart."""
    counts = {
        (f"t{t:02}", m, r): 9 + t + 7 * len(m)
        for t in range(12)
        for m in ("in_person", "virtual", "hybrid")
        for r in ("completed", "other")
    }
    with program(counts) as data:
        answer = iop.compare(data, by=BOTH, estimand="completion_strict")
        released = answer.release()
    assert len(estimates_table(iop.Answer(answer.results).release()).rows) == len(list(released))
    assert len(share_table(released, ["completion_strict"], caption="", first="Track").rows) == 13 * 4
    assert attack(answer.results, released) == set()
    axes = answer.plot()
    assert len(axes.get_yticks()) == 12 * 4
    assert "T00, hybrid" in [label.get_text() for label in axes.get_yticklabels()]
