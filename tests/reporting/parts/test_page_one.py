"""Takes programs made for it, gives proof of the first page: its words by the one rule, its rules of what to look at, its edges."""

import re
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Bullets, Cards, Note, TableBlock, Text
from iop_outcomes.reporting.parts.look_at_this import (
    NOBODY_DISCHARGED,
    several,
)
from iop_outcomes.reporting.parts.page_one import PAGE_ONE, page_one
from tests.pages import page_of
from tests.reporting.parts.small import people

QUARTERS = ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]

FINISH = {"value": "55%", "direction": "at_least", "source": "Board, March 2025"}


def rows(track, done, left, *, period=None, start=0, **more):
    """Episodes of a track, each of a patient of its own."""
    made = people(done, left, track=track, start=start, **more)
    return made if period is None else [row | {"episode_id": f"{period}{row['episode_id']}", "period": period} for row in made]


def loaded(episodes, events=None, **mapping):
    """These episodes as data."""
    frames = {"episodes": pd.DataFrame(episodes).convert_dtypes()} | ({} if events is None else {"events": pd.DataFrame(events)})
    return iop.load(frames, mapping={"data": {"class": "synthetic"}, **mapping})


def blocks(data, policy="none", **options):
    """The blocks of the first page."""
    return page_one(page_of(data, PAGE_ONE, policy=policy, **options))


def only(found, kind):
    """The only block of a kind."""
    (block,) = [each for each in found if isinstance(each, kind)]
    return block


def looks(found):
    """The lines of what to look at."""
    return [each for each in found if isinstance(each, Bullets)][1].sentences


def two_years_of(before, latest):
    """Episodes of eight quarters and of one long before: 40 of each in every quarter, so many of them finished a year."""
    episodes = rows("a", 20, 20, period="2021-Q1")
    for k, quarters in ((before, QUARTERS[:4]), (latest, QUARTERS[4:])):
        for place, quarter in enumerate(quarters):
            done = k // 4 + (place < k % 4)
            episodes += rows("a", done, 40 - done, period=quarter)
    return episodes


@pytest.mark.parametrize("latest", range(80, 106))
def test_the_word_for_the_year_before_is_that_of_newcombe(latest):
    """One comparison alone, at the level of the report: higher exactly when Newcombe's interval of 160 against 160 leaves 0 out."""
    with loaded(two_years_of(80, latest)) as data:
        card = only(blocks(data), Cards).cards[0]
    low, high = confint_proportions_2indep(latest, 160, 80, 160, method="newcomb", compare="diff")
    word = "higher" if low > 0 else "lower" if high < 0 else "no clear difference"
    assert card.beside[-1].endswith(f"year before 50%: {word}")


def test_both_words_for_the_year_before_come_out():
    """The test above meets both, and three comparisons instead of one would call another of its programs unclear."""
    words, at_three = set(), set()
    for latest in range(80, 106):
        low, _ = confint_proportions_2indep(latest, 160, 80, 160, method="newcomb", compare="diff")
        strict, _ = confint_proportions_2indep(latest, 160, 80, 160, method="newcomb", compare="diff", alpha=1 - 0.95 ** (1 / 3))
        words.add(low > 0)
        at_three.add((low > 0) != (strict > 0))
    assert words == at_three == {True, False}


def test_without_two_years_the_page_says_so():
    """No quarter is known: one sentence, and no line on the cards."""
    with loaded(rows("a", 60, 40)) as data:
        found = blocks(data)
    assert only(found, Cards).cards[0].beside == ()
    assert any("No year before is shown" in block.words for block in found if isinstance(block, Text))


@pytest.mark.parametrize(("done", "word", "place"), [(70, "reached", 0), (55, "no clear difference", None), (40, "below target", 1)])
def test_a_target_is_on_its_card_and_in_its_sentence(done, word, place):
    """A hundred episodes against 55 percent: the line of the card, the first or the second sentence, and who set it."""
    with loaded(rows("a", done, 100 - done), targets={"completion": FINISH}) as data:
        found = blocks(data)
    assert only(found, Cards).cards[0].beside == (f"Target at least 55%: {word}",)
    sentences = found[1].sentences
    assert [f"{done}% finished" in sentence for sentence in sentences] == [place == i for i in range(3)]
    assert any("Target for finished: Board, March 2025." in block.words for block in found if isinstance(block, Text))


def test_a_target_that_no_card_shows_is_named():
    """One for the other scale is not lost in silence."""
    targets = {"gad7_reliable_change": FINISH}
    with loaded(rows("a", 60, 40), targets=targets) as data:
        words = " ".join(block.words for block in blocks(data) if isinstance(block, Text))
    assert "Declared targets that no card here shows: gad7 reliable change (reliable improvement)." in words


def test_groups_stand_in_their_usual_order_and_their_words_are_those_of_the_comparison():
    """Whatever they reach: never a ranking; and a cell is shaded exactly where its word is higher or lower."""
    episodes = rows("b", 90, 30) + rows("a", 30, 90) + rows("c", 60, 60)
    with loaded(episodes) as data:
        table = only(blocks(data), TableBlock).table
        words = iop.completion(data, by="track").release("none")
        compared = {
            each.level: each.word
            for each in iop.compare(data, measure="completion", by="track").release("none")
            if each.contrast and each.estimand == "completion_strict"
        }
    assert [row[0] for row in table.rows] == ["A", "B", "C"]
    shares = {level: words.estimate("completion_strict", level) for level in "abc"}
    for row, shades in zip(table.rows, table.shades, strict=True):
        level = row[0].lower()
        assert row[1] == f"{100 * shares[level].k / shares[level].n:.0f}%, {compared[level]}"
        assert bool(shades[0]) == (compared[level] in ("higher", "lower"))
    assert set(compared.values()) == {"higher", "lower", "no clear difference"}
    assert [shades[0] for shades in table.shades] == ["shade-far", "shade-far", ""]


def test_five_cards_whatever_is_recorded():
    """Without scores and events three of them say so; no number is made up."""
    with loaded(rows("a", 60, 40)) as data:
        cards = only(blocks(data), Cards).cards
    assert [card.value for card in cards] == ["60%", "not recorded", "not recorded", "not recorded", "not recorded"]
    assert all(card.base for card in cards)


def test_reliably_worse_is_named_wherever_better_is_and_is_neither_green_nor_grey():
    """The colours of that card, by hue: neither without colour nor green."""
    scored = {"phq9_admit": lambda i: 18, "phq9_discharge": lambda i: 24 if i % 10 == 0 else 8}
    with loaded(rows("a", 60, 40, **scored)) as data:
        found = blocks(data)
    for sentence in found[1].sentences:
        assert "reliably better" not in sentence or "reliably worse" in sentence
    (worse,) = [card for card in only(found, Cards).cards if card.tone == "worse"]
    assert worse.name == "Reliably worse, PHQ-9" and 'class="card card-is-worse"' in only(found, Cards)._repr_html_()
    css = (Path(iop.__file__).parent / "reporting" / "templates" / "report.css").read_text(encoding="utf-8")
    colours = re.findall(r"#([0-9a-f]{6})", " ".join(re.findall(r"\.card-is-worse[^}]*\}", css)))
    assert len(colours) == 3
    for colour in colours:
        red, green, blue = (int(colour[i : i + 2], 16) for i in (0, 2, 4))
        assert red > green > blue and red - blue > 10


@pytest.mark.parametrize("policy", ["cms11", "internal"])
def test_page_one_of_many_tracks(policy):
    """Twelve tracks: a row for each, each cell with a word or the words that there is none."""
    episodes = [row for i in range(12) for row in rows(f"track_{i:02d}", 40 + 3 * i, 50)]
    with loaded(episodes) as data:
        table = only(blocks(data, policy=policy), TableBlock).table
    assert len(table.rows) == 12
    assert all(re.fullmatch(r"(\d+%, (higher|lower|no clear difference|too few)|not shown)", row[1]) for row in table.rows)


def test_the_name_of_the_program_is_the_heading():
    """The usual title takes the name; a title of somebody's own keeps it under the heading."""
    with loaded(rows("a", 60, 40), program={"name": "Riverside IOP"}) as data:
        usual, own = iop.report(data), iop.report(data, title="Autumn")
    assert usual.title == "Riverside IOP: program quality report" and not usual.lead.startswith("Riverside")
    assert own.title == "Autumn" and own.lead.startswith("Riverside IOP. 100 episodes")


def test_what_is_counted_names_the_choice():
    """Narrowed data say so; all of the file is called that."""
    episodes = rows("a", 60, 40, period="2024-Q1") + rows("b", 60, 40, period="2024-Q2")
    with loaded(episodes) as data:
        whole, some = blocks(data)[0].words, blocks(data.where(track="a"))[0].words
    assert whole == "Counted: every episode of the file, discharged from Q1 2024 to Q2 2024; no period was chosen."
    assert some == "Counted: episodes with track a, discharged in the first quarter of 2024."


@pytest.mark.parametrize(
    ("narrowed", "words"),
    [
        ({}, "every episode of the file, discharged from Q1 2023 to Q4 2024; no period was chosen"),
        (
            {"period": ("2024-Q1", "2024-Q4")},
            "every episode discharged from Q1 2024 to Q4 2024, the period that was chosen",
        ),
        (
            {"track": "a", "period": ["2024-Q1"]},
            "episodes with track a, discharged in the first quarter of 2024, the period that was chosen",
        ),
    ],
)
def test_the_page_says_why_it_counts_these_periods(narrowed, words):
    """All of two years, for the sake of the year before; one year of them, which has none before, and says why; a quarter of one track."""
    with loaded([row for quarter in QUARTERS for row in rows("a", 20, 20, period=quarter)]) as data:
        found = blocks(data.where(**narrowed) if narrowed else data)
    assert found[0].words == f"Counted: {words}{'' if narrowed else ', so that the trend and the year before can be shown'}."
    under = " ".join(block.words for block in found if isinstance(block, Text))
    assert ("No year before is shown, because only the chosen period is counted." in under) == bool(narrowed)


def test_every_number_with_targets_is_in_a_frame_or_a_target(synthetic):
    """Nothing on the page but released numbers, the targets, and the days, points and years of its labels."""
    targets = {
        "completion": FINISH,
        "phq9_reliable_change": {**FINISH, "value": "45%", "reliable_deterioration": {**FINISH, "value": "5%", "direction": "at_most"}},
        "readmission": {**FINISH, "value": "8%", "direction": "at_most"},
        "phq9_change": {**FINISH, "value": "80%"},
    }
    folder = Path(iop.__file__).parent.parent / "data" / "synthetic"
    mapping = {"data": {"class": "synthetic", "cutoff": "2025-09-30"}, "targets": targets}
    with iop.load(folder, mapping=mapping) as data:
        page = page_of(data, PAGE_ONE, policy="internal")
        records = [record for released in page.released.values() for record in released.to_records()]
        allowed = {"55%", "45%", "5%", "8%", "80%", "90", "0", "2", "12", "11"}
        for record in records:
            allowed |= {f"{record[name]:,}" for name in ("n", "k") if record[name] is not None}
            for name in ("value", "low", "high"):
                if record[name] is not None:
                    allowed |= {f"{abs(100 * record[name]):.{digits}f}{sign}" for digits in (0, 1) for sign in ("%", "")}
            if record["value"] is not None:
                allowed.add(f"{100 * (1 - record['value']):.0f}%")
        html = "".join(block._repr_html_() for block in page_one(page))
    words = unescape(re.sub(r"<[^>]+>", " ", html))
    words = re.sub(r"PHQ-9|Q[1-4] 20\d\d|[A-Z][a-z]+ 20\d\d", "", words)
    numbers = re.findall(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?%?(?![\w-])", words)
    assert len(numbers) > 60
    assert set(numbers) - allowed == set()


def test_a_rule_of_another_name_is_on_the_page_too():
    """The ORS names its rule otherwise than PHQ-9 and GAD-7 do, and higher is better on it: no case is above the cut-off."""
    scored = {"ors_admit": lambda i: 12, "ors_discharge": lambda i: 30 if i < 40 else 12}
    with loaded(rows("a", 60, 40, **scored)) as data:
        (better,) = [card for card in only(blocks(data), Cards).cards if card.name.startswith("Reliably better")]
        labels = [each.label for each in iop.reliable_change(data, scale="ors").definition.estimands]
    assert better.value == "40%"
    assert "Above the cut-off at the end" in labels


@pytest.mark.parametrize(("done", "place", "words"), [(0, 1, "none of 100 finished"), (100, 0, "all 100 finished")])
def test_nobody_and_everybody_are_said_and_the_codes_are_looked_at(done, place, words):
    """Zero is what needs a look whatever the targets, a hundred what goes well; both more often tell of codes than of people."""
    with loaded(rows("a", done, 100 - done)) as data:
        found = blocks(data)
    assert [words in sentence for sentence in found[1].sentences] == [place == i for i in range(3)]
    assert looks(found)[0] == f"{words.capitalize()}. Check first how discharge reasons are recorded, and translated in the mapping."


def test_what_is_said_where_nothing_stands_out_names_what_there_is_to_stand_out_from():
    """No target is missed where none is declared, and nobody is set apart in one group."""
    two_years = [row for quarter in QUARTERS for row in rows("a", 20, 20, period=quarter)]
    with loaded(two_years) as data:
        sentences = blocks(data)[1].sentences
    assert sentences[0] == "Going well: no figure is clearly ahead of the year before."
    assert sentences[1] == "Needs a look: no figure clearly falls behind the year before."
    with loaded(
        two_years + [{**row, "episode_id": f"b{row['episode_id']}", "track": "b"} for row in two_years],
        targets={"completion": {**FINISH, "value": "50%"}},
    ) as data:
        sentences = blocks(data)[1].sentences
    assert sentences[0] == "Going well: no figure is clearly at its target or ahead of the year before."
    assert sentences[1] == "Needs a look: no figure clearly misses its target, falls behind the year before or sets a group apart."


def test_before_anybody_is_discharged_the_page_says_that():
    """All still in care: not that numbers are too few or not shown, and no track is named for it."""
    active = [
        {"episode_id": f"{track}{i}", "track": track, "discharge_reason": "active", "los_days": 30} for track in "abcdef" for i in range(20)
    ]
    with loaded(active) as data:
        found = blocks(data)
    assert all("nobody has been discharged yet" in sentence for sentence in found[1].sentences[:2])
    assert looks(found) == (NOBODY_DISCHARGED,)


@pytest.mark.parametrize(("active", "policy", "words"), [(40, "cms11", "40 of 140"), (10, "internal", ""), (5, "cms11", "")])
def test_many_still_in_care_are_told_of(active, policy, words):
    """From a tenth of all episodes on, where both numbers may be shown: no figure of those discharged counts them."""
    episodes = rows("a", 60, 40, period="2024-Q1")
    episodes += [{"episode_id": f"in{i}", "track": "a", "discharge_reason": "active"} for i in range(active)]
    with loaded(episodes) as data:
        first = blocks(data, policy)[0].words
    assert first.partition(" Still in care, and in no figure of those discharged: ")[2] == (f"{words}." if words else "")


def test_a_year_before_that_is_withheld_is_no_yardstick():
    """Two years of quarters of which no number is shown: nothing is said to be ahead of or behind the year before."""
    episodes = [row for quarter in QUARTERS for row in rows("a", 2, 1, period=quarter)]
    with loaded(episodes) as data:
        found = blocks(data, "cms11")
    assert all(any("The year before: not shown" in line for line in card.beside) for card in only(found, Cards).cards[:1])
    assert "year before" not in found[0].words and not any("ahead of" in words or "falls behind" in words for words in found[1].sentences)


def test_the_first_of_many_names_are_joined_by_commas():
    """Two of six and four more, not one and another and four more."""
    assert several(list("abcdef")) == "a, b and 4 more" and several(list("abc")) == "a, b and c"


@pytest.mark.parametrize(("policy", "fewest"), [("cms11", 11), ("round5", 7), ("nhs", 8)])
def test_a_group_that_is_not_shown_is_said_to_be_smaller_than_its_policy_asks(policy, fewest):
    """Not smaller than what a count has to be: under round5 that is 1."""
    with loaded([*rows("a", 60, 40), *rows("b", 60, 40, start=100), *rows("c", 2, 1, start=200), *rows("d", 1, 1, start=300)]) as data:
        notes = [block.words for block in blocks(data, policy) if isinstance(block, Note)]
    assert f"hold fewer than {fewest} episodes" in " ".join(notes)
