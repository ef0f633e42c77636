"""Takes random programs, gives proof that what protect lets through gives no small count back to attackers written here."""

from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

from iop_outcomes.release import protect as protecting
from tests.release import dense

ALL = "All"


def protect(counts, printed, threshold, ways=()):
    """What may be seen of one table."""
    return protecting.protect([protecting.Tabulation(counts, printed, ways)], threshold)[0]


EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True)


# -- random programs -----------------------------------------------------------------------------------------------

IOP_COUNTS = st.one_of(st.just(0), st.integers(1, 10), st.integers(1, 10), st.integers(11, 40), st.integers(41, 400))


@st.composite
def programs(draw, counts=IOP_COUNTS):
    """Counts by level and part with their sum as "All", and printed sets: the same at every level, single parts at "All"."""
    levels = [f"track {i}" for i in range(draw(st.integers(1, 6)))]
    parts = [f"p{i}" for i in range(draw(st.integers(2, 7)))]
    by_level = {level: {part: draw(counts) for part in parts} for level in levels}
    table = {ALL: {part: sum(cells[part] for cells in by_level.values()) for part in parts}, **by_level}
    sets = draw(st.lists(st.frozensets(st.sampled_from(parts), min_size=1), min_size=1, max_size=5, unique=True))
    printed = [(level, chosen) for chosen in sets for level in table]
    printed += [(ALL, frozenset({part})) for part in draw(st.lists(st.sampled_from(parts), max_size=3, unique=True))]
    if draw(st.booleans()):
        printed = draw(st.permutations(printed))
    return table, list(dict.fromkeys(printed))


def subsets(items):
    """Every subset that holds something."""
    items = list(items)
    return chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))


def total(table, level, parts):
    """Episodes in some parts of a level."""
    return sum(table[level][part] for part in parts)


# -- the linear attacker: equations, solved by singular values -------------------------------------------------------


class Attacker:
    """What follows from what was let through, over the cells of the levels that "All" sums."""

    def __init__(self, table, seen, *, knows_zeros):
        self.levels = [level for level in table if level != ALL]
        self.parts = list(table[ALL])
        rows = [self.row(self.levels if level == ALL else [level], parts) for level, parts in seen]
        if knows_zeros:
            rows += [self.row([level], [part]) for level in self.levels for part in self.parts if table[level][part] == 0]
        known = np.array(rows).reshape(len(rows), len(self.levels) * len(self.parts))
        self.span = np.linalg.pinv(known) @ known if rows else np.zeros((known.shape[1],) * 2)

    def row(self, levels, parts):
        """Coefficients of a total."""
        return np.array([float(level in levels and part in parts) for level in self.levels for part in self.parts])

    def solves(self, targets):
        """Which of these (levels, parts) totals follow from the equations."""
        rows = np.array([self.row(levels, parts) for levels, parts in targets])
        if not len(rows):
            return []
        left = np.linalg.norm(rows - rows @ self.span, axis=1)
        return [target for target, size in zip(targets, left, strict=True) if size < 1e-6]


def small_targets(table, printed, threshold):
    """Every small set of parts within a level, and every small printed set or part over some levels."""
    levels = [level for level in table if level != ALL]
    within = [((level,), parts) for level in levels for parts in subsets(table[ALL])] + [
        (tuple(levels), parts) for parts in subsets(table[ALL])
    ]
    over = [(some, tuple(parts)) for parts in {parts for _, parts in printed} for some in subsets(levels)]
    targets = set(within) | set(over)
    return [(some, parts) for some, parts in sorted(targets) if 0 < sum(total(table, level, parts) for level in some) < threshold]


@EXAMPLES
@given(programs())
def test_nothing_from_1_to_10_is_let_through(program):
    """No total that is let through is a count from 1 to 10, and what is let through was asked."""
    table, printed = program
    seen = protect(table, printed, 11)
    assert seen <= set(printed)
    assert [(level, parts) for level, parts in seen if 1 <= total(table, level, parts) <= 10] == []


@EXAMPLES
@given(programs(), st.booleans())
def test_a_linear_attacker_recovers_no_small_count(program, knows_zeros):
    """No small part, no small set of parts of a level, no small printed set over levels follows from the equations."""
    table, printed = program
    attacker = Attacker(table, protect(table, printed, 11), knows_zeros=knows_zeros)
    assert attacker.solves(small_targets(table, printed, 11)) == []


def test_the_linear_attacker_is_able_to_win():
    """Shown everything but the small cells themselves, the attacker of these tests finds them."""
    table = {ALL: {"yes": 43, "no": 40}, "a": {"yes": 23, "no": 35}, "b": {"yes": 20, "no": 5}}
    both, yes = frozenset({"yes", "no"}), frozenset({"yes"})
    naive = [(level, parts) for level in table for parts in (both, yes)]
    targets = small_targets(table, naive, 11)
    assert (("b",), ("no",)) in Attacker(table, naive, knows_zeros=False).solves(targets)
    assert Attacker(table, protect(table, naive, 11), knows_zeros=True).solves(targets) == []


@EXAMPLES
@given(programs())
def test_no_hidden_total_can_be_computed(program):
    """Whatever is hidden, small or as a complement, does not follow from what is shown: hiding it was not in vain."""
    table, printed = program
    seen = protect(table, printed, 11)
    levels = [level for level in table if level != ALL]
    hidden = [(tuple(levels) if level == ALL else (level,), tuple(parts)) for level, parts in set(printed) - seen]
    assert Attacker(table, seen, knows_zeros=True).solves(hidden) == []


@EXAMPLES
@given(programs())
def test_all_never_gives_one_hidden_group_back(program):
    """Where "All" and every level but one are shown, the one level is shown too."""
    table, printed = program
    seen = protect(table, printed, 11)
    levels = [level for level in table if level != ALL]
    for parts in {parts for _, parts in printed}:
        if (ALL, parts) in seen and all((level, parts) in printed for level in levels):
            assert sum((level, parts) not in seen for level in levels) != 1


def test_two_hidden_groups_that_are_small_together_take_a_third_with_them():
    """Groups of 3 and 4 under an "All" would show 7 people; a third group of 50 is hidden, and then nothing small follows."""
    who = frozenset({"in"})
    table = {ALL: {"in": 157}, "a": {"in": 100}, "b": {"in": 50}, "c": {"in": 3}, "d": {"in": 4}}
    assert protect(table, [(level, who) for level in table], 11) == {(ALL, who), ("a", who)}


@EXAMPLES
@given(programs())
def test_a_threshold_of_0_shows_everything(program):
    """The policy `none` withholds nothing."""
    table, printed = program
    assert protect(table, printed, 0) == set(printed)


@EXAMPLES
@given(programs(), st.randoms(use_true_random=False))
def test_the_order_of_keys_is_of_no_account(program, random):
    """Levels and parts in another order, the same printed totals in the same order: the same decision, and again the same."""
    table, printed = program
    seen = protect(table, printed, 11)
    levels, parts = list(table), list(table[ALL])
    random.shuffle(levels)
    random.shuffle(parts)
    assert protect({level: {part: table[level][part] for part in parts} for level in levels}, printed, 11) == seen
    assert protect(table, printed, 11) == seen


@EXAMPLES
@given(programs())
def test_what_is_seen_is_seen_again_when_it_alone_is_asked(program):
    """Idempotent: asked only for what was let through, protect lets all of it through.

    (A lower threshold need not show all that a higher one shows: what is let through early decides what is hidden later.)
    """
    table, printed = program
    seen = protect(table, printed, 11)
    assert protect(table, [item for item in printed if item in seen], 11) == seen


@EXAMPLES
@given(programs(counts=st.one_of(st.just(0), st.integers(11, 400))))
def test_a_program_without_small_counts_loses_nothing(program):
    """Where every count is 0 or at least 11, everything is shown."""
    table, printed = program
    assert protect(table, printed, 11) == set(printed)


def test_a_zero_that_is_shown_gives_nothing_back():
    """Nobody in {b, c} says that nobody is in c, so {c, d} would be d: the reader of a zero is allowed for."""
    table = {ALL: {"a": 30, "b": 0, "c": 0, "d": 5}}
    sets = [frozenset(s) for s in ("bc", "abcd", "abc", "cd")]
    seen = protect(table, [(ALL, parts) for parts in sets], 11)
    assert (ALL, frozenset("bc")) in seen
    assert (ALL, frozenset("cd")) not in seen
    assert len(seen & {(ALL, frozenset("abcd")), (ALL, frozenset("abc"))}) == 1


def test_two_ways_of_dividing_the_same_people_share_their_total():
    """A total that follows from one way of dividing people is known for the other, where 35 less 30 would be 5 people."""
    table = {ALL: {"yes": 20, "no": 15, "early": 5, "late": 30}}
    printed = [(ALL, frozenset(s)) for s in ({"yes", "no"}, {"yes"}, {"late"})]
    ways = (frozenset({"yes", "no"}), frozenset({"early", "late"}))
    assert protect(table, printed, 11, ways) == set(printed[:2])


# -- the slow, obvious version -------------------------------------------------------------------------------------


def several_ways(random):
    """Counts of up to 7 levels, with up to 3 ways of dividing the same episodes, some of which share a part."""
    levels = [f"t{i}" for i in range(random.integers(1, 8))]
    parts = [f"p{i}" for i in range(random.integers(2, 8))]
    kinds = ((0, 0), (1, 10), (1, 10), (11, 40), (41, 400))
    by_level = {level: {part: int(random.integers(*kinds[random.integers(5)], endpoint=True)) for part in parts} for level in levels}
    ways = [frozenset(parts)]
    for number in range(random.integers(0, 3)):
        names, shared = [f"w{number}{i}" for i in range(random.integers(2, 5))], bool(random.integers(2))
        for cells in by_level.values():
            left = sum(cells[part] for part in parts) - (cells["p0"] if shared else 0)
            cuts = np.sort(random.integers(0, left, len(names) - 1, endpoint=True)) * bool(random.integers(3))
            cells.update(zip(names, np.diff([0, *cuts, left]).tolist(), strict=True))
        ways.append(frozenset(names) | ({"p0"} if shared else set()))
    table = {ALL: {part: sum(cells[part] for cells in by_level.values()) for part in by_level[levels[0]]}, **by_level}
    return ({ALL: table[ALL]} if random.random() < 0.1 else table), ways


def many_small(random):
    """Counts of so many small levels or parts that only pairs of them are guarded."""
    several, parts = ((16, 3), (20, 2), (14, 4), (3, 16), (2, 20))[random.integers(5)]
    kinds = ((0, 0), (1, 4), (1, 10), (1, 6), (11, 60))
    by_level = {
        f"t{i}": {f"p{j}": int(random.integers(*kinds[random.integers(5)], endpoint=True)) for j in range(parts)} for i in range(several)
    }
    return {ALL: {part: sum(cells[part] for cells in by_level.values()) for part in by_level["t0"]}, **by_level}, []


def printed_of(table, ways, random):
    """Random sets of the parts of a way at every level, some single parts of everyone, in an order that is sometimes random."""
    sets = []
    for _ in range(random.integers(1, 8)):
        way = sorted(ways[random.integers(len(ways))]) if ways else sorted(table[ALL])
        sets.append(frozenset(random.choice(way, size=random.integers(1, len(way), endpoint=True), replace=False).tolist()))
    printed = [(level, parts) for parts in sets for level in table]
    printed += [(ALL, frozenset({part})) for part in random.choice(sorted(table[ALL]), size=2).tolist()]
    order = random.permutation(len(printed)) if random.random() < 0.4 else range(len(printed))
    return list(dict.fromkeys(printed[i] for i in order))


@pytest.mark.parametrize(("shape", "several"), [(several_ways, 150), (many_small, 15)])
def test_decisions_are_those_of_the_slow_version(shape, several):
    """Several ways, zeros, 1 to 20 levels, several thresholds: what is let through is the same, total by total."""
    random, hidden = np.random.default_rng(26), 0
    for number in range(several):
        table, ways = shape(random)
        printed, threshold = printed_of(table, ways, random), int(random.choice([2, 5, 8, 11, 11, 20]))
        seen = protect(table, printed, threshold, ways)
        assert seen == dense.protect(table, printed, threshold, ways), number
        hidden += len(printed) - len(seen)
    assert hidden > 3 * several


# -- two columns crossed -------------------------------------------------------------------------------------------


def crossed(random):
    """Counts of pairs of two columns, some of them empty, with everyone and both margins as sums of pairs."""
    pairs, ways = several_ways(random)
    while len(pairs) < 3:
        pairs, ways = several_ways(random)
    by_pair = {level: cells for level, cells in pairs.items() if level != ALL}
    width = int(random.integers(1, 5, endpoint=True))
    place = {level: (f"row {number // width}", f"column {number % width}") for number, level in enumerate(by_pair)}
    sums = {ALL: list(by_pair)}
    for margin in dict.fromkeys(each for names in place.values() for each in names):
        sums[margin] = [level for level in by_pair if margin in place[level]]
    table = {name: {part: sum(by_pair[level][part] for level in levels) for part in pairs[ALL]} for name, levels in sums.items()}
    return table | by_pair, ways, sums


def test_decisions_of_two_columns_are_those_of_the_slow_version():
    """Totals of pairs, of both margins and of everyone, in any order: what is let through is the same, total by total."""
    random, hidden, margins = np.random.default_rng(31), 0, 0
    for number in range(120):
        table, ways, sums = crossed(random)
        printed, threshold = printed_of(table, ways, random), int(random.choice([2, 5, 8, 11, 11, 20]))
        (seen,) = protecting.protect([protecting.Tabulation(table, printed, ways, sums=sums)], threshold)
        assert seen == dense.protect(table, printed, threshold, ways, sums), number
        hidden += len(printed) - len(seen)
        margins += len([level for level, _ in printed if level in sums and level != ALL])
    assert hidden > 400
    assert margins > 400


def test_a_pair_is_not_given_back_by_margins():
    """Rows 45 and 80, columns 70 and 55: a pair of 5 takes another of its row and of its column with it, and one where those two meet."""
    who = frozenset({"anyone"})
    pairs = {("a", "x"): 40, ("a", "y"): 5, ("b", "x"): 30, ("b", "y"): 50}
    sums = {ALL: list(pairs)} | {name: [pair for pair in pairs if name in pair] for name in "abxy"}
    table = {name: {"anyone": sum(pairs[pair] for pair in each)} for name, each in sums.items()} | {
        pair: {"anyone": n} for pair, n in pairs.items()
    }
    (seen,) = protecting.protect([protecting.Tabulation(table, [(name, who) for name in table], sums=sums)], 11)
    assert {name for name, _ in seen} == {ALL, "a", "b", "x", "y"}
    (seen,) = protecting.protect([protecting.Tabulation(table, [(name, who) for name in (*pairs, *sums)], sums=sums)], 11)
    assert {name for name, _ in seen} == {("a", "x"), ("b", "x"), ("b", "y"), "b", "x"}


# -- several columns -----------------------------------------------------------------------------------------------


def test_everyone_is_the_same_under_every_column():
    """Of 620 in, 593 used and 26 without a reason, the one who died is not found by the total of another column."""
    parts, used, blank = frozenset({"used", "blank", "died"}), frozenset({"used"}), frozenset({"blank"})
    track = {"a": {"used": 300, "blank": 13, "died": 0}, "b": {"used": 293, "blank": 13, "died": 1}}
    month = {"May": {"used": 593, "blank": 26, "died": 1}}
    tables = []
    for by_level, sets in ((track, (used, blank)), (month, (parts, used, blank))):
        counts = {ALL: {part: sum(cells[part] for cells in by_level.values()) for part in sorted(parts)}, **by_level}
        tables.append(
            protecting.Tabulation(counts, [(ALL, each) for each in sets] + [(level, each) for each in sets for level in by_level])
        )
    together = protecting.protect(tables, 11)
    alone = [protecting.protect([table], 11)[0] for table in tables]
    assert (ALL, parts) in alone[1]
    assert {(ALL, used), (ALL, blank)} <= together[0]
    assert {(ALL, used), (ALL, blank)} <= together[1]
    assert (ALL, parts) not in together[1]
    assert ("May", parts) not in together[1]  # the one level of a column is everyone


def test_what_the_levels_of_a_column_give_away_is_known_under_the_others():
    """Both sexes shown give everyone, who is withheld by track because two small tracks would follow."""
    who = frozenset({"in"})
    track = {ALL: {"in": 157}, "a": {"in": 100}, "b": {"in": 54}, "c": {"in": 3}}
    sex = {ALL: {"in": 157}, "f": {"in": 80}, "m": {"in": 77}}
    first = protecting.Tabulation(track, [(level, who) for level in ("a", "b", ALL)])
    second = protecting.Tabulation(sex, [(level, who) for level in ("f", "m", ALL)])
    seen = protecting.protect([first, second], 11)
    assert seen == (frozenset({("a", who), ("b", who)}), frozenset({("f", who)}))
    assert protecting.protect([second], 11)[0] == set(second.printed)


def test_small_groups_show_nothing_and_are_not_worked_out():
    """A group of 15 where the smallest is 20: neither its counts nor, with everyone, the last of the others."""
    both, yes = frozenset({"yes", "no"}), frozenset({"yes"})
    counts = {"a": {"yes": 30, "no": 30}, "b": {"yes": 40, "no": 20}, "c": {"yes": 15, "no": 0}}
    counts = {ALL: {"yes": 85, "no": 50}, **counts}
    table = protecting.Tabulation(counts, [(level, parts) for parts in (both, yes) for level in counts], (), frozenset({both}))
    (seen,) = protecting.protect([table], 11, smallest=20)
    assert not {("c", both), ("c", yes)} & seen
    assert sum((level, both) in seen for level in "ab") == 1
    assert protecting.protect([table], 11)[0] == set(table.printed)


# -- the attacker with whole numbers -----------------------------------------------------------------------------------

PARTS = ("completed", "transferred", "not_completed", "missing", "died", "active")
BASE = frozenset({"completed", "transferred", "not_completed"})
SETS = (BASE, frozenset({"completed"}), frozenset({"completed", "transferred"}), frozenset({"missing"}), frozenset({"died", "active"}))


def five_tracks(random):
    """A program of five tracks with the shape of the completion measure."""
    shares = random.dirichlet([12, 4, 8, 0.6, 0.3, 0.8])
    by_level = {f"t{i}": dict(zip(PARTS, random.multinomial(random.integers(4, 120), shares).tolist(), strict=True)) for i in range(5)}
    return {ALL: {part: sum(cells[part] for cells in by_level.values()) for part in PARTS}, **by_level}


def least(rows, totals, target):
    """The least that a target can be, for whole numbers that are not negative and fit what is shown."""
    fits = LinearConstraint(rows, totals, totals)
    found = milp(target, constraints=fits, bounds=Bounds(0, 10_000), integrality=np.ones(len(target)))
    assert found.success
    return round(found.fun)


def test_an_attacker_with_whole_numbers_recovers_no_small_count_exactly():
    """100 programs of five tracks: for each small cell, least and greatest differ when solved in whole numbers."""
    random = np.random.default_rng(20240126)
    exact, tried = [], 0
    for number in range(100):
        table = five_tracks(random)
        printed = [(level, parts) for parts in SETS for level in table] + [(ALL, frozenset({p})) for p in ("died", "active")]
        seen = sorted(protect(table, printed, 11), key=lambda item: (item[0], sorted(item[1])))
        attacker = Attacker(table, [], knows_zeros=False)
        rows = np.array([attacker.row(attacker.levels if level == ALL else [level], parts) for level, parts in seen])
        totals = [total(table, level, parts) for level, parts in seen]
        small = [(level, (part,)) for level in attacker.levels for part in PARTS if 0 < table[level][part] < 11]
        small += [(level, tuple(parts)) for level in attacker.levels for parts in SETS if 0 < total(table, level, parts) < 11]
        for level, parts in dict.fromkeys(small):
            tried += 1
            row = attacker.row([level], parts)
            low = least(rows, totals, row)
            assert low <= total(table, level, parts)
            if low == total(table, level, parts) == -least(rows, totals, -row):
                exact.append((number, level, parts))
    assert exact == []
    assert tried > 500
