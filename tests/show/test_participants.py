"""Takes the synthetic program and small ones, gives proof of the table of who is in each group: its words, its numbers, its silence."""

from __future__ import annotations

import math
import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.errors import ReleaseError, UsageError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures.categories import categories
from iop_outcomes.measures.participants import participants
from iop_outcomes.release import Withheld
from iop_outcomes.reporting.blocks import TableBlock, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.who import WHO, who_blocks
from iop_outcomes.show.participants import alike_sentence, difference_words, participants_table
from iop_outcomes.stats.balance import of_categories
from tests.conftest import SYNTHETIC
from tests.pages import page_of
from tests.printed import printed as as_printed
from tests.release.forms import watched_forms
from tests.release.test_protect import Attacker
from tests.reporting.test_page import BANNED, Page

COLUMNS = ("age_group", "sex", "referral_source", "modality")
POLICIES = ["cms11", "none"]


def participants_blocks(data, by, policy):
    """The blocks on who is in each group, and the released numbers behind them."""
    page = page_of(data, WHO, by=by, policy=policy)
    return who_blocks(page), tuple(page.answered(asks.people(page.program)))


def table_of(blocks):
    """The one table."""
    (block,) = (block for block in blocks if isinstance(block, TableBlock))
    return block.table


def cells_of(table):
    """The cells of values: without the names of rows and the differences."""
    return [cell for row in table.rows for cell in row[1:-1]]


def shown(value):
    """A difference as it is printed."""
    return f"{Decimal(repr(value)).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}"


def word_of(printed):
    """The word of a printed difference, by the rule of the report."""
    return "similar" if Decimal(printed) < Decimal("0.10") else "differs" if Decimal(printed) >= Decimal("0.25") else "differs a little"


def program(tracks, column="sex", **columns):
    """A program of one characteristic: how many of each of its values each track holds; None is a blank."""
    rows = [(track, value) for track, values in tracks.items() for value, n in values.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["track", column]).assign(discharge_reason="completed", los_days=9)
    frame.insert(0, "episode_id", [f"E{i}" for i in range(len(frame))])
    for name, make in columns.items():
        frame[name] = make(frame)
    return iop.load({"episodes": frame}, mapping={"data": {"class": "synthetic"}})


# -- the synthetic program ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=POLICIES)
def built(request, synthetic):
    """The blocks by track and the released numbers, under each policy."""
    return participants_blocks(synthetic, "track", request.param)


def test_the_table_holds_the_rows_of_the_file(synthetic):
    """Under the policy that withholds nothing every cell is what pandas counts in the CSV."""
    blocks, _ = participants_blocks(synthetic, "track", "none")
    frame = pd.read_csv(SYNTHETIC / "episodes.csv")
    heads, rows = table_of(blocks).heads, {row[0].strip(): row for row in table_of(blocks).rows}
    for track, part in [("All episodes", frame), *((t.replace("_", " ").capitalize(), f) for t, f in frame.groupby("track"))]:
        place = heads.index(track)
        assert rows["Episodes"][place] == f"{len(part):,}"
        for column in COLUMNS:
            for value, share in part[column].value_counts(normalize=True).items():
                name = value if value[0].isdigit() else value.replace("_", " ").capitalize()
                digits = 1 if share < 0.0995 else 0
                assert rows[name][place] == f"{Decimal(share * 100).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)}%"


def test_at_least_nine_in_ten_cells_are_shown(synthetic):
    """Merging and rounding leave the table useful under the policy of small numbers."""
    blocks, _ = participants_blocks(synthetic, "track", "cms11")
    cells = cells_of(table_of(blocks))
    assert sum(cell == "not shown" for cell in cells) / len(cells) < 0.1
    rows = {row[0].strip(): row[1:-1] for row in table_of(blocks).rows}
    assert "Male or other" in rows  # other sexes are too few in every track to stand alone
    assert "not shown" not in rows["PHQ-9 at admission (mean of all admitted with a score)"]


def test_every_number_of_the_sentence_is_in_the_frame(built):
    """A number belongs to the characteristic it stands behind."""
    blocks, releases = built
    said = re.findall(r"([A-Za-z0-9 -]+) \((\d+\.\d\d)\)", blocks[0].words)
    largest = {r.definition.title.lower(): r.estimate("largest_difference").value for r in releases}
    given = [value for value in largest.values() if isinstance(value, float) and not math.isnan(value)]
    assert len(said) == len(given) > 1  # the others are said in their word alone
    for words, number in said:
        (title,) = [title for title in largest if words.lower().endswith(title)]
        assert number == shown(largest[title])
    assert "age group" in blocks[0].words  # no adolescent is an adult
    assert len(re.findall(r"\d+\.\d+", blocks[0].words)) == len(said)


def test_words_agree_with_numbers(built):
    """In the table and in the sentence, the word is that of the number as printed."""
    blocks, releases = built
    verbs = {"similar": "alike in", "differs a little": "differ a little in", "differs": "differ in"}
    clauses = blocks[0].words.split(";")
    last = [row[-1] for row in table_of(blocks).rows if row[-1]]
    assert len(last) == len(releases) == 5
    for cell, released in zip(last, releases, strict=True):
        number, comma, word = cell.rpartition(", ")
        if cell != "no overlap":
            assert word == (word_of(number) if comma else released.estimate("largest_difference").word)
            (clause,) = [clause for clause in clauses if released.definition.title.lower().removesuffix(" at admission") in clause.lower()]
            assert verbs[word] in clause


def test_a_policy_changes_no_verdict(synthetic):
    """What the groups are called to be alike or different in is computed first; a policy decides only which number stands beside the word."""
    found = {policy: participants_blocks(synthetic, "track", policy)[1] for policy in POLICIES}
    words = {policy: [(r.definition.title, r.estimate("largest_difference").word) for r in releases] for policy, releases in found.items()}
    assert words["cms11"] == words["none"]
    assert all(word for _, word in words["none"])
    exact = {r.definition.title: r.estimate("largest_difference").value for r in found["none"]}
    for released in found["cms11"]:
        value = released.estimate("largest_difference").value
        if isinstance(value, float) and not math.isnan(value):
            assert value == pytest.approx(exact[released.definition.title], abs=0.005)


def test_the_table_comes_as_an_accessible_region(built):
    """A captioned table with scoped heads, one cell for each head in every row, and nothing that a program says for nothing."""
    blocks, _ = built
    page = Page(section("participants", "Who is in each track", blocks)._repr_html_())
    assert page.one("caption")["text"].startswith("Who is in each track")
    assert all(head["attrs"]["scope"] in ("col", "row") and head["text"].strip() for head in page.all("th"))
    assert {len(row) for row in table_of(blocks).rows} == {len(table_of(blocks).heads)}
    assert not re.search(r"\b(nan|None|inf)\b", " ".join(element["text"] for element in page.elements))
    assert not BANNED.search(" ".join(element["text"] for element in page.elements))


def test_the_column_to_compare_by_is_no_characteristic(synthetic):
    """By modality, modality is not a row."""
    _, releases = participants_blocks(synthetic, "modality", "cms11")
    assert [r.definition.title for r in releases] == ["Age group", "Sex", "Referral source", "PHQ-9 at admission"]


def test_more_than_six_groups_have_a_column_each(synthetic):
    """Eleven diagnoses: a column for each, and the last one is the difference."""
    blocks, releases = participants_blocks(synthetic, "primary_dx", "cms11")
    assert len(table_of(blocks).heads) == 2 + len(releases[0].levels) == 14
    assert blocks[0].words.startswith("The groups by primary dx differ in")


# -- what is withheld --------------------------------------------------------------------------------------------------


PROGRAMS = {
    "synthetic": None,
    "few others": {"a": {"f": 45, "m": 30, "x": 2}, "b": {"f": 50, "m": 60, "x": 9}, "c": {"f": 20, "m": 20, "x": 0}},
    "few blanks": {"a": {"f": 45, "m": 30, None: 2}, "b": {"f": 50, "m": 60, None: 5}, "c": {"f": 20, "m": 20, None: 20}},
    "a small track": {"a": {"f": 40, "m": 30}, "b": {"f": 50, "m": 60}, "c": {"f": 4, "m": 5}},
    "two small tracks": {"a": {"f": 40, "m": 30}, "b": {"f": 5, "m": 3}, "c": {"f": 4, "m": 5}, "d": {"f": 60, "m": 12}},
    "nothing but small ones": {"a": {"f": 4, "m": 3}, "b": {"f": 5, "m": 2}},
}


@pytest.fixture(scope="module", params=PROGRAMS)
def attacked(request, synthetic):
    """Blocks, released numbers and the working numbers behind them, with few scores missing in some tracks."""
    cells = PROGRAMS[request.param]
    data = program(cells, phq9_admit=lambda f: [None if i % 19 == 3 else 5 + i % 17 for i in range(len(f))]) if cells else synthetic
    with watched_forms() as forms:
        blocks, releases = participants_blocks(data, "track", "cms11")
    if cells:
        data.close()
    return blocks, releases, [forms.of(released) for released in releases]


class PageAttacker(Attacker):
    """The reader of the whole table, who knows that every characteristic divides the same episodes."""

    def __init__(self, table, seen, families):
        super().__init__(table, seen, knows_zeros=True)
        same = [self.row([level], families[0]) - self.row([level], family) for level in self.levels for family in families[1:]]
        known = np.vstack([self.span, *(np.atleast_2d(row) for row in same)])
        self.span = np.linalg.pinv(known) @ known


def test_no_small_count_follows_from_the_table(attacked):
    """By no adding and subtracting of all that is released do one or two small categories of a track, or over all tracks, come back."""
    _, releases, results = attacked
    table, families, seen = {level: {} for level in releases[0].levels}, [], []
    for found, released in zip(results, releases, strict=True):
        for estimate in released:
            people = found.populations[estimate.level, estimate.key]
            table[estimate.level] |= people.parts
            families.append(tuple(people.parts))
            counted = ((estimate.n, people.base), (estimate.k, people.hits), (estimate.n_missing, people.missing))
            seen += [(estimate.level, tuple(parts)) for count, parts in counted if isinstance(count, int) and parts]
    families = list(dict.fromkeys(families))
    attacker = PageAttacker(table, list(dict.fromkeys(seen)), families)
    sets = [parts for family in families for size in (1, 2) for parts in combinations(family, size)]
    sets += [(*family[:1], *family[2:]) for family in families]
    where = [*((level,) for level in attacker.levels), tuple(attacker.levels)]
    targets = [(levels, parts) for levels in where for parts in sets]
    small = [(levels, parts) for levels, parts in targets if 0 < sum(table[level][part] for level in levels for part in parts) < 11]
    assert attacker.solves(small) == []
    everything = [(level, tuple(parts)) for level in table for family in families for parts in [family, *((part,) for part in family)]]
    assert not small or PageAttacker(table, everything, families).solves(small) != []  # the attacker is able to win


def test_the_largest_difference_says_nothing_that_the_table_does_not(attacked):
    """It is computed here again from released numbers alone: what a track withholds is one category, its total less what is shown."""
    _, releases, _ = attacked
    for released in (r for r in releases if r.definition.shown != ("mean_admit",)):
        shares = released.definition.shown
        known = {}
        for level in released.levels[1:]:
            rows = {name: released.estimate(name, level) for name in shares}
            total = next(iter(rows.values())).n
            counts = {name: row.k for name, row in rows.items() if row.shown and not isinstance(row.k, Withheld)}
            if counts and isinstance(total, int) and total >= 11:
                known[level] = (total, counts)
        found = []
        for (n_one, one), (n_other, other) in combinations(known.values(), 2):
            both = [name for name in shares if name in one and name in other]
            parts = [[counts[name] for name in both] for counts in (one, other)]
            lumps = [total - sum(part) for total, part in zip((n_one, n_other), parts, strict=True)]
            found.append(of_categories(*([*part, lump] for part, lump in zip(parts, lumps, strict=True))))
        printed = released.estimate("largest_difference")
        if printed.shown and not math.isnan(printed.value):
            assert printed.value == as_printed(max(f for f in found if not math.isnan(f)), printed.unit)
        elif printed.shown and "no_overlap" in printed.flag:
            assert max(f for f in found if not math.isnan(f)) == math.inf


def test_a_severity_whose_exact_number_would_tell_is_rounded(attacked):
    """Where a track shows how many lack a score, exact numbers stand; where it may not, nothing finer than a tenth of a point does."""
    _, releases, _ = attacked
    severity = releases[-1]
    assert severity.definition.title == "PHQ-9 at admission"
    coarse = any("rounded" in note for note in severity.definition.notes)
    for row in severity:
        if row.shown and coarse and row.estimand != "largest_difference":
            assert row.value == round(row.value, 1)
            assert math.isnan(row.se)
    totals = [releases[0].estimate(releases[0].definition.estimands[0].name, level).n for level in severity.levels]
    lost = [not severity.estimate("mean_admit", level).shown for level in severity.levels]
    enough = [isinstance(n, int) and n >= 21 for n in totals]  # of fewer, that it is shown would tell how few lack a score
    assert coarse or not any(hidden and n for hidden, n in zip(lost, enough, strict=True))


def test_few_others_are_merged_and_few_blanks_too():
    """The table of a program stays whole: the rare third sex joins the second, two blanks join the rarer of two."""
    for name, words in (("few others", "M or x"), ("few blanks", "M or not recorded")):
        with program(PROGRAMS[name]) as data:
            rows = {row[0].strip(): row for row in table_of(participants_blocks(data, "track", "cms11")[0]).rows}
        assert words in rows
        assert "not shown" not in rows[words]


def test_a_small_track_is_named_and_none_of_its_numbers_is_shown():
    """Nine episodes: the column is there, and everything in it is withheld."""
    with program(PROGRAMS["a small track"]) as data:
        table = table_of(participants_blocks(data, "track", "cms11")[0])
    place = table.heads.index("C")
    assert {row[place] for row in table.rows} == {"not shown"}


# -- what is not there -------------------------------------------------------------------------------------------------


def test_without_characteristics_there_are_words_and_no_table():
    """A program that brings tracks and reasons alone."""
    with program({"a": {"f": 20}, "b": {"m": 20}}, column="ward") as data:
        blocks, releases = participants_blocks(data, "track", "cms11")
    assert releases == ()
    assert [type(block).__name__ for block in blocks] == ["Text"]


def test_severity_alone_makes_a_table():
    """No covariates but scores: the number of episodes is that with a score, and so says the row."""
    scores = {"phq9_admit": lambda f: [5 + i % 13 for i in range(len(f))]}
    with program({"a": {"f": 20}, "b": {"m": 30}}, column="ward", **scores) as data:
        blocks, releases = participants_blocks(data, "track", "cms11")
    assert table_of(blocks).rows[0] == ("Episodes", "50", "20", "30", "")
    assert len(releases) == 1


def test_one_track_has_nothing_to_differ_from():
    """One group: the table stands by itself, and the difference is said to be impossible where it is asked for."""
    with program({"a": {"f": 20, "m": 30}}) as data:
        blocks, releases = participants_blocks(data, "track", "cms11")
    assert difference_words(releases[0]) == "too few groups"
    assert table_of(blocks) is blocks[0].table and not any("Largest difference" in head for head in blocks[0].table.heads)


def test_a_blank_characteristic_is_left_out():
    """A column without a single value is no characteristic."""
    with program({"a": {"f": 20}, "b": {"m": 30}}, age_group=lambda f: pd.Series([None] * len(f), dtype="string")) as data:
        assert [r.definition.title for r in participants_blocks(data, "track", "cms11")[1]] == ["Sex"]


def test_only_released_results_are_shown(synthetic):
    """Working numbers are refused by table, words and sentence alike; nothing at all is refused too."""
    found = categories(synthetic.count([Column("sex")]), "sex")
    working = evaluate(participants("sex", found), synthetic, by="track")
    for show in (
        lambda: participants_table([working], caption="x"),
        lambda: difference_words(working),
        lambda: alike_sentence([working], "track"),
    ):
        with pytest.raises(ReleaseError, match="released"):
            show()
    with pytest.raises(UsageError, match="no characteristic"):
        participants_table([], caption="x")


def test_wild_names_stay_text():
    """A category called after a tag, and one called as a blank is."""
    with program({"a": {"<b>x</b>": 40, "not recorded": 30}, "b": {"<b>x</b>": 50, "not recorded": 20}}) as data:
        blocks, _ = participants_blocks(data, "track", "cms11")
    page = Page(section("participants", "Who", blocks)._repr_html_())
    assert "<b>x</b>" in {element["text"].strip() for element in page.all("th")}


@pytest.mark.parametrize("policy", POLICIES)
def test_twice_the_same(synthetic, policy):
    """Same data, same page."""
    pages = [section("p", "Who", participants_blocks(synthetic, "track", policy)[0])._repr_html_() for _ in range(2)]
    assert pages[0] == pages[1]
