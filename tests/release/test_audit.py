"""Takes tables small enough to try every possible page of, gives proof that no withheld small count must be small after an audit."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pytest

import iop_outcomes as iop
from attacks.programs import drawn
from iop_outcomes.release import POLICIES, Withheld, audit_words, release
from iop_outcomes.release.audit import Audited, Need, audited
from iop_outcomes.release.equations import PageFacts, Ratio, RoundedValue, Total
from iop_outcomes.release.linear import anew
from iop_outcomes.release.protect import Tabulation, is_safe
from iop_outcomes.release.rounding import Rounding
from tests.pages import both_files

ALL, THRESHOLD, MOST = "All", 3, 7
WAYS = (frozenset({"yes", "no"}), frozenset({"early", "late"}))
SETS = (frozenset({"yes", "no"}), frozenset({"yes"}), frozenset({"no"}), frozenset({"early"}), frozenset({"late"}))
KNOWN = PageFacts([(frozenset({"early"}), frozenset({"yes"}))])  # whoever is early is a yes


def drawn_table(seed):
    """Two levels divided in two ways, with every set of both printed."""
    random = np.random.default_rng(seed)
    counts = {}
    for level in ("a", "b"):
        yes, no = random.integers(0, MOST, 2).tolist()
        early = int(random.integers(0, yes + 1))
        counts[level] = {"yes": yes, "no": no, "early": early, "late": yes + no - early}
    counts = {ALL: {part: counts["a"][part] + counts["b"][part] for part in counts["a"]}, **counts}
    return Tabulation(counts, [(level, parts) for parts in SETS for level in counts], WAYS)


def possible_pages():
    """Every page of such a table."""
    of_level = [(yes, no, early, yes + no - early) for yes, no in product(range(2 * MOST + 1), repeat=2) for early in range(yes + 1)]
    return np.array(of_level)


def limits(table, seen):
    """The least and the most of every total over all pages that agree with what is printed: each page is tried."""
    names = ("yes", "no", "early", "late")
    levels = possible_pages()

    def total(of_level, parts):
        return sum(of_level[:, names.index(part)] for part in parts)

    fitting = {}
    for level in ("a", "b"):
        fits = np.ones(len(levels), dtype=bool)
        for parts in SETS:
            if (level, parts) in seen:
                fits &= total(levels, parts) == sum(table.counts[level][part] for part in parts)
        fitting[level] = levels[fits]
    one, other = np.meshgrid(np.arange(len(fitting["a"])), np.arange(len(fitting["b"])), indexing="ij")
    both = np.ones(one.shape, dtype=bool)
    sums = {parts: total(fitting["a"], parts)[one] + total(fitting["b"], parts)[other] for parts in SETS}
    for parts in SETS:
        if (ALL, parts) in seen:
            both &= sums[parts] == sum(table.counts[ALL][part] for part in parts)
    values = {
        **{("a", parts): total(fitting["a"], parts)[one] for parts in SETS},
        **{("b", parts): total(fitting["b"], parts)[other] for parts in SETS},
        **{(ALL, parts): sums[parts] for parts in SETS},
    }
    return {item: (of_item[both].min(), of_item[both].max()) for item, of_item in values.items()}


def closed(table, seen):
    """Withheld small counts that must be small."""
    return [
        item
        for item, (low, high) in limits(table, seen).items()
        if item not in seen and low >= 1 and high < THRESHOLD and 0 < sum(table.counts[item[0]][part] for part in item[1]) < THRESHOLD
    ]


def protected(table, seed=0):
    """What is printed of a table before the audit, four in five of what is no small count, and after it."""
    random = np.random.default_rng(seed)
    safe = [item for item in table.printed if is_safe(sum(table.counts[item[0]][part] for part in item[1]), THRESHOLD)]
    seen = frozenset(item for item in safe if random.random() < 0.8)
    guarded = [Total(0, *item) for item in table.printed]
    return seen, audited([table], KNOWN, [seen], guarded, [Need(frozenset({total}), 1.0) for total in guarded], THRESHOLD).seen[0]


def test_what_is_counted_of_everyone_alone_leaves_no_level_open():
    """20 in all and 12 in one of two levels are 8 in the other, whatever everyone, and no level, is divided by besides."""
    yes, no = frozenset({"yes"}), {"tested": 0, "not tested": 0}
    counts = {
        ALL: {"yes": 20, "no": 80, "tested": 60, "not tested": 40},
        "a": {"yes": 8, "no": 42, **no},
        "b": {"yes": 12, "no": 38, **no},
    }
    printed = [(ALL, yes), ("b", yes)]
    table = Tabulation(counts, printed, [frozenset({"yes", "no"})], ways_of_everyone=[frozenset({"tested", "not tested"})])
    left = audited([table], PageFacts(), [frozenset(printed)], [Total(0, "a", yes)], [], 11).seen[0]
    assert len(left) == 1


@pytest.mark.parametrize("seed", range(16))
def test_no_withheld_small_count_must_be_small(seed):
    """Held against every possible page."""
    table = drawn_table(seed)
    seen, left = protected(table, seed)
    assert left <= seen
    assert closed(table, left) == []


def test_levels_add_up_beside_a_test_of_everyone():
    """Who is tested over all groups is said of everyone alone, and is nobody whom no level holds: bounds that rest on adding up are seen."""
    for seed in range(8):
        table = drawn_table(seed)
        tested = {ALL: sum(table.counts[ALL][part] for part in WAYS[0])}
        counts = {level: parts | {"tested": tested.get(level, 0)} for level, parts in table.counts.items()}
        beside = replace(table, counts=counts, ways_of_everyone=(frozenset({"tested"}),))
        assert closed(beside, protected(beside, seed)[1]) == []


def test_what_goes_does_not_depend_on_how_a_program_is_solved(monkeypatch):
    """Of totals that cost the same, a search that goes on from the last answer and one that begins anew withdraw the same."""
    tables = [drawn_table(seed) for seed in range(6)]
    going_on = [protected(table)[1] for table in tables]
    monkeypatch.setattr("iop_outcomes.release.linear.search", lambda: anew)
    assert [protected(table)[1] for table in tables] == going_on


def test_something_would_come_back_without_the_audit():
    """In some of the same tables: the test above can fail."""
    assert sum(bool(closed(drawn_table(seed), protected(drawn_table(seed), seed)[0])) for seed in range(40)) >= 10


def test_a_table_that_gives_nothing_back_loses_nothing():
    """Large counts stay."""
    counts = {level: {"yes": n, "no": n, "early": n, "late": n} for level, n in ((ALL, 60), ("a", 30), ("b", 30))}
    table = Tabulation(counts, [(level, parts) for parts in SETS for level in counts], WAYS)
    seen, left = protected(table)
    assert left == seen and len(seen) >= 10


def test_a_rounded_mean_is_withheld_that_tells_of_how_many_it_is():
    """The same sum over 30, and over 30 and two more who add nothing: 5.0 and 4.7 tell that these are two."""
    counts = {ALL: {"paired": 30, "lacking": 2, "guarded": 12}}
    everyone, paired, both = frozenset(counts[ALL]), frozenset({"paired"}), frozenset({"paired", "lacking"})
    table = Tabulation(counts, [(ALL, everyone), (ALL, paired), (ALL, both), (ALL, frozenset({"lacking"}))])
    one, other = (RoundedValue(0, (ALL, ""), name) for name in ("mean", "mean of both"))
    ratios = {one: Ratio(Total(0, ALL, paired), "sum", 4.999, 5.001), other: Ratio(Total(0, ALL, both), "sum", 4.6, 4.75)}
    seen, guarded = frozenset({(ALL, everyone), (ALL, paired)}), [Total(0, ALL, frozenset({"lacking"}))]
    alone = audited([table], PageFacts(), [seen], guarded, [], THRESHOLD)
    beside = audited([table], PageFacts(ratios=ratios), [seen], guarded, [], THRESHOLD)
    assert (alone.seen, alone.hidden) == ((seen,), frozenset())
    assert beside.hidden or beside.seen != (seen,)


def test_what_measures_declare_of_their_parts_is_true(monkeypatch):
    """Every inclusion that a report knows holds of everyone and of every group; none is dropped because the counts refute it."""
    pages = []
    monkeypatch.setattr("iop_outcomes.release.releasing.audited", lambda *given: pages.append(given) or audited(*given))
    monkeypatch.setattr("iop_outcomes.release.printed._is_true", lambda *_: True)
    program = drawn(3)
    with iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        iop.report(data, by="track")
    ((tables, known, *_),) = pages
    assert len(known.inclusions) > 40
    for table in tables:
        for counts in table.counts.values():
            for inner, outer in known.inclusions:
                if inner | outer <= counts.keys():
                    assert sum(counts[part] for part in inner) <= sum(counts[part] for part in outer), (inner, outer)


# -- counts that are not bounded -------------------------------------------------------------------------------------------


def alone(**known):
    """One level with two who said yes: everyone, those who said no and all of the level are printed; before and after the audit."""
    counts = {level: {"yes": 2, "no": 30} for level in (ALL, "a")}
    everyone = frozenset(counts[ALL])
    table = Tabulation(counts, [(ALL, everyone), ("a", everyone), ("a", frozenset({"no"}))])
    seen = frozenset({(ALL, everyone), ("a", everyone)})
    return seen, audited([table], PageFacts(**known), [seen], [Total(0, "a", frozenset({"yes"}))], [], THRESHOLD)


def test_what_the_page_says_itself_is_no_leak():
    """Everyone's are said to be few and there is one level: whatever else is printed, its count is none or large on no page."""
    seen, left = alone(few=frozenset({"yes"}), threshold=THRESHOLD)
    assert left == Audited((seen,), frozenset(), "whole")
    assert alone()[1] == Audited((seen,), frozenset(), "whole")


@pytest.mark.parametrize("status", [1, 2, 4])
def test_where_no_program_is_solved_what_holds_the_count_goes(monkeypatch, status):
    """A time limit, a contradiction, trouble with numbers: nothing that holds a count that could not be bounded stays, and the page says so."""
    table = drawn_table(2)
    seen = frozenset(item for item in table.printed if is_safe(sum(table.counts[item[0]][part] for part in item[1]), THRESHOLD))
    guarded = [Total(0, *item) for item in table.printed if item not in seen]
    assert guarded and seen
    monkeypatch.setattr("iop_outcomes.release.linear.search", lambda: anew)
    monkeypatch.setattr("scipy.optimize.milp", lambda *_, **__: SimpleNamespace(status=status, x=None))
    left = audited([table], KNOWN, [seen], guarded, [], THRESHOLD)
    assert left.extent == "part"
    both = [(item, total) for item in seen for total in guarded if item[0] == total.name and item[1] & total.parts]
    assert both and not any(item in left.seen[0] for item, _ in both)


@pytest.mark.parametrize("seed", range(6))
def test_rounded_counts_do_not_narrow_one_another(seed):
    """Of three parts of everyone and their totals, each to the nearest 5: over all that they may be, no count of 1 to 6 lies closer than it is rounded."""
    rounding, random = Rounding(POLICIES["round5"]), np.random.default_rng(seed)
    counts = dict(zip("abc", (2, 1, 20) if not seed else random.integers(0, 9, 3).tolist(), strict=True))
    sets = [frozenset(each) for each in ("a", "b", "ab", "bc", "abc")]
    table = Tabulation({ALL: counts}, [(ALL, each) for each in sets])
    limits = POLICIES["round5"].limits
    known = PageFacts(threshold=7, limits=limits)

    def narrowed(seen):
        """The sets of 1 to 6 that are known too well."""
        cube = np.array(np.meshgrid(*[np.arange(26)] * 3)).reshape(3, -1)
        totals = {each: sum(cube["abc".index(part)] for part in each) for each in sets}
        true = {each: sum(counts[part] for part in each) for each in sets}
        may_be = np.logical_and.reduce(
            [(totals[each] >= limits(true[each])[0]) & (totals[each] <= limits(true[each])[1]) for _, each in seen]
        )
        of_rounding = {each: limits(n)[1] - limits(n)[0] for each, n in true.items() if 0 < n < 7}
        return [each for each, width in of_rounding.items() if np.ptp(totals[each][may_be]) < width]

    every = frozenset(table.printed)
    left = audited([table], known, [every], [Total(0, ALL, each) for each in sets], [], 7, rounding.ways)
    assert left.extent == "whole" and narrowed(left.seen[0]) == [] and left.seen[0]
    assert seed or narrowed(every)  # 2 and 1 are 0, 3 are 5


def test_a_count_is_open_in_whole_numbers():
    """In three rings of three parts each pair is at least 1: in halves all nine are 4.5 together, in whole numbers 6, unless a pair is not printed."""
    rings = ("abc", "def", "ghi")
    table = Tabulation({ALL: dict.fromkeys("abcdefghi", 1)}, [(ALL, frozenset(pair)) for ring in rings for pair in combinations(ring, 2)])
    every = frozenset(table.printed)
    known = PageFacts(threshold=10, limits=lambda n: (1, 9))
    at_most_five = (((-np.inf, 5.0),),)

    def least(ring, seen):
        """The fewest of a ring, over all whole numbers."""
        pages = (dict(zip(ring, each, strict=True)) for each in product(range(3), repeat=3))
        inside = [parts for _, parts in seen if parts <= set(ring)]
        return min(sum(page.values()) for page in pages if all(sum(page[part] for part in pair) >= 1 for pair in inside))

    def all_least(seen):
        return sum(least(ring, seen) for ring in rings)

    left = audited([table], known, [every], [Total(0, ALL, frozenset("abcdefghi"))], [], 10, lambda n: at_most_five)
    assert left.extent == "whole" and all_least(every) == 6 and all_least(left.seen[0]) == 5
    assert len(every - left.seen[0]) == 1


def test_a_page_that_is_too_large_says_that_it_was_not_audited(monkeypatch):
    """Nothing more is withheld, and neither the methods nor the file of provenance say that it was."""
    monkeypatch.setattr("iop_outcomes.release.audit._MOST_WORK", 0)
    table = drawn_table(1)
    seen = frozenset(table.printed)
    guarded = [Total(0, ALL, frozenset({"yes", "early"}))]
    with monkeypatch.context() as patch:
        patch.setattr("iop_outcomes.release.audit.is_safe", lambda *_: False)
        assert audited([table], KNOWN, [seen], guarded, [], THRESHOLD) == Audited((seen,), frozenset(), "none")
    program = drawn(3)
    with iop.load(program.tables, mapping=program.mapping, on_error="exclude") as data:
        report = iop.report(data, by="track")
    assert "Not audited as a whole" in both_files(report) and "Not audited as a whole" in report.to_json()


@pytest.mark.parametrize(
    ("extents", "words"),
    [
        (("whole", "whole"), "Audited: no withheld count of 1 to 10 follows"),
        (("whole", "part"), "Audited in part: of some"),
        (("whole", "none"), "Audited in part: of some"),
        (("none",), "Not audited as a whole"),
        ((), "Not audited as a whole"),
    ],
)
def test_words_say_how_far(extents, words):
    """No more than what was done."""
    assert audit_words(POLICIES["cms11"], extents).startswith(words)
    assert audit_words(POLICIES["internal"], extents) == ""
    rounded = words.replace("no withheld count of 1 to 10 follows", "no count of 1 to 6 is known more closely than its rounding leaves it")
    assert audit_words(POLICIES["round5"], extents).startswith(rounded)
    assert audit_words(POLICIES["nhs"], extents).startswith(words.replace("10", "7"))


@pytest.mark.parametrize(("ask", "options"), [(iop.readmission, {}), (iop.relapse, {"definition": "any_use"})])
def test_who_left_otherwise_is_not_given_back(synthetic, ask, options):
    """Of a curve n, less those with the event and those free of every end, are those who died or were followed no longer: no count of 1 to 10."""
    results = ask(synthetic, by="track", **options).results
    small = {}
    for working, shown in ((results, "truly"), (release(results), "released")):
        counts = {}
        for row in working:
            if row.estimand in ("cumulative_incidence", "event_free") and not row.contrast:
                counts.setdefault((row.level, row.time), []).append((row.n, row.k))
        known = [pair for pair in counts.values() if not any(isinstance(count, Withheld) for each in pair for count in each)]
        small[shown] = sum(1 <= n - first - second <= 10 for (n, first), (_, second) in known)
    assert small["truly"] > 0  # so that the test can fail
    assert small["released"] == 0
