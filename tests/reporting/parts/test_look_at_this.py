"""Takes programs made for it, gives proof of the rules of what to look at: which hold, which come first, and none where nothing stands out."""

from dataclasses import replace

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.reporting.blocks import Figure
from iop_outcomes.reporting.parts.look_at_this import (
    MOST_LINES,
    NOTHING_JUDGED,
    NOTHING_STANDS_OUT,
    RULES,
    Looked,
    LookLine,
    lines_of,
    look_at_this,
)
from iop_outcomes.reporting.parts.outcomes import outcomes_of
from iop_outcomes.reporting.parts.page_one import PAGE_ONE, page_one
from tests.pages import page_of
from tests.reporting.parts.test_page_one import FINISH, blocks, loaded, looks, rows


def test_the_rules_are_whole():
    """Each has a threshold, a source and a next step; weights come from high to low."""
    assert all(rule.name and rule.threshold and rule.source and rule.next_step.endswith(".") for rule in RULES)
    assert [rule.weight for rule in RULES] == sorted((rule.weight for rule in RULES), reverse=True)
    assert len({rule.name for rule in RULES}) == len(RULES) == 14


def test_the_weightiest_rules_come_first_and_no_more_than_three():
    """Rules that always hold, in another order."""
    always = [replace(rule, sentence=lambda _, rule=rule: f"{rule.name}.", next_step="Ask the {group}.") for rule in reversed(RULES)]
    with loaded(rows("a", 60, 40)) as data:
        page = page_of(data, PAGE_ONE)
    assert lines_of(Looked(page, ()), always) == [
        LookLine(f"{rule.name}. Ask the track.", rule.see(Looked(page, ()))) for rule in RULES[:MOST_LINES]
    ]


def rule_lines(data, policy="none"):
    """What each rule says of a program, by its name."""
    page = page_of(data, PAGE_ONE, policy=policy)
    looked = Looked(page, outcomes_of(page))
    return {rule.name: rule.sentence(looked) for rule in RULES if rule.sentence(looked)}


def test_a_group_set_apart():
    """30 of 120 against 150 of 240: lower, with its number and how far."""
    with loaded(rows("a", 30, 90) + rows("b", 75, 45) + rows("c", 75, 45)) as data:
        lines = rule_lines(data)
    assert lines == {"a group set apart from the others": "Finished: A 25%, 38 percentage points lower than the others together."} | {
        key: words for key, words in lines.items() if key == "follow-up"
    }


def test_groups_alike_are_not_set_apart_and_nothing_stands_out():
    """Two groups alike, everybody followed: one sentence."""
    followed = {"follow_up_days": lambda i: 200}
    with loaded(rows("a", 60, 60, **followed) + rows("b", 61, 59, **followed)) as data:
        assert rule_lines(data) == {}
        assert looks(blocks(data)) == (NOTHING_STANDS_OUT,)


def test_nothing_may_be_told_of_four_episodes():
    """Withheld: neither well nor badly, and not that nothing stands out."""
    with loaded(rows("a", 3, 1)) as data:
        page = page_of(data, PAGE_ONE, policy="cms11")
        assert look_at_this(page) == [LookLine(NOTHING_JUDGED)]
        first, second, _ = page_one(page)[1].sentences
    assert "nothing can be told here" in first and "nothing can be told here" in second


def test_a_group_below_its_target():
    """40 of 100 against 55 percent; the other group reaches it."""
    with loaded(rows("a", 40, 60) + rows("b", 70, 30), targets={"completion": FINISH}) as data:
        assert rule_lines(data)["a group below its target"] == "Finished, below the target of at least 55%: A (40%)."


@pytest.mark.parametrize(("known", "holds"), [(79, True), (80, False)])
def test_follow_up_that_is_missing(known, holds):
    """From fewer than 80 of 100."""
    with loaded(rows("a", 60, 40, follow_up_days=lambda i: 200 if i < known else None)) as data:
        lines = rule_lines(data)
    assert lines.get("follow-up", "") == ("Follow-up after discharge is not known for 21% of discharged episodes." if holds else "")


@pytest.mark.parametrize(("kept", "holds"), [(6, True), (27, True), (28, False), (40, False)])
def test_who_gave_both_scores(kept, holds):
    """Of 40 who dropped out so many gave both, and of 60 who finished 54: from fewer than 70 percent on."""
    scored = {"phq9_admit": lambda i: 15, "phq9_discharge": lambda i: 9 if i < 54 or 60 <= i < 60 + kept else None}
    with loaded(rows("a", 60, 40, **scored)) as data:
        assert ("who gave both scores" in rule_lines(data)) == holds


def test_shares_that_chance_alone_parts_are_not_told_apart():
    """61% of those who dropped out and 64% of those who finished: the scores were said to describe those who finished."""
    scored = {"phq9_admit": lambda i: 15, "phq9_discharge": lambda i: 9 if i < 64 or 100 <= i < 161 else None}
    with loaded(rows("a", 100, 100, **scored)) as data:
        said = rule_lines(data)["who gave both scores"]
    assert said == "Both scores are known for 63% of discharged episodes: the figures on symptoms describe these alone."


@pytest.mark.parametrize(("kept", "words"), [(69, "69% of discharged episodes"), (70, "")])
def test_too_few_gave_both_scores_whoever_they_are(kept, words):
    """Of 100 who finished: from fewer than 70 percent on."""
    scored = {"phq9_admit": lambda i: 15, "phq9_discharge": lambda i: 9 if i < kept else None}
    with loaded(rows("a", 100, 0, **scored)) as data:
        said = rule_lines(data).get("who gave both scores", "")
    assert said == (f"Both scores are known for {words}: the figures on symptoms describe these alone." if words else "")


def test_without_a_yardstick_nothing_is_said_to_be_good_enough():
    """Neither a target nor a year before: the second sentence says that it cannot judge."""
    unknown = "whether the figures are good enough cannot be said without a target or a year before."
    for episodes, words in ((rows("a", 5, 95), ""), (rows("a", 5, 95) + rows("b", 5, 95), "no group is clearly set apart; ")):
        with loaded(episodes) as data:
            _, second, _ = blocks(data)[1].sentences
        assert second == f"Needs a look: {words}{unknown}"


@pytest.mark.parametrize(("worse", "holds"), [(20, True), (4, False)])
def test_worsening_beyond_measurement_error(worse, holds):
    """20 of 100 are more than 3.9 percent; 4 are not more than chance gives."""
    scored = {"phq9_admit": lambda i: 12, "phq9_discharge": lambda i: 20 if i < worse else 12}
    with loaded(rows("a", 60, 40, **scored)) as data:
        lines = rule_lines(data)
    said = f"{worse}% were reliably worse, more than the 3.9%† that measurement error alone would give."
    assert lines.get("worsening", "") == (said if holds else "")


@pytest.mark.parametrize("positive", [0, 1, 30])
def test_the_safety_item_comes_first(positive):
    """One positive answer at discharge is enough; none says nothing."""
    items = {f"phq9_{item}": 1 for item in range(1, 9)}
    scores = [
        {"episode_id": f"a{i}", "day": day, "scale": "phq9", **items, "phq9_9": int(day > 0 and i < positive)}
        for i in range(100)
        for day in (0, 24)
    ]
    frames = {"episodes": pd.DataFrame(rows("a", 60, 40)), "scores": pd.DataFrame(scores)}
    with iop.load(frames, mapping={"data": {"class": "synthetic"}}) as data:
        found = looks(blocks(data))
    share = {0: "", 1: "1.0% (1 of 100)", 30: "30% (30 of 100)"}[positive]
    first = f"PHQ-9 item 9, which asks about self-harm, was positive at discharge in {share}. Check that"
    assert found[0].startswith(first) == bool(positive)


def test_a_signal_over_time():
    """Sixteen quarters, the last of which falls: the rule tells of it."""
    quarters = [f"{year}-Q{quarter}" for year in range(2020, 2024) for quarter in range(1, 5)]
    episodes = [
        row for place, quarter in enumerate(quarters) for row in rows("a", 5 if place == 15 else 30 + place % 2, 20, period=quarter)
    ]
    with loaded(episodes) as data:
        said = rule_lines(data)["a signal over time"]
        (verdict,) = [block.headline for block in blocks(data) if isinstance(block, Figure)]
    assert said == "Quarterly completion gives a signal, as told under Over time."
    assert "Over time: Quarterly completion was below its expected range in the fourth quarter of 2023." in verdict
    assert "above its average for 15 quarters in a row" in verdict


def test_groups_too_few_to_tell():
    """Four episodes beside two large groups."""
    with loaded(rows("a", 60, 60) + rows("b", 60, 60) + rows("tiny", 2, 2)) as data:
        assert rule_lines(data)["too few to tell"] == "Too few to tell, or not shown: Tiny."


@pytest.mark.parametrize(
    ("died", "policy", "words"), [(16, "cms11", "16 episodes"), (1, "internal", "1 episode"), (4, "cms11", ""), (0, "internal", "")]
)
def test_deaths_in_care(died, policy, words):
    """Told first of what is told where the number may be shown; no share of completion counts them."""
    deaths = [{"episode_id": f"d{i}", "track": "a", "discharge_reason": "died", "los_days": 20} for i in range(died)]
    with loaded(rows("a", 60, 40) + deaths) as data:
        told = rule_lines(data, policy).get("deaths in care", "")
    assert told == (f"Died in care: {words}, which the share that finished leaves out." if words else "")


def scored(period, n, *, scores):
    """Episodes of a quarter, with both scores or with the first alone."""
    return [row | {"phq9_admit": 15, "phq9_discharge": 8 if scores else None} for row in rows("a", n // 2, n - n // 2, period=period)]


@pytest.mark.parametrize("policy", ["cms11", "internal"])
@pytest.mark.parametrize(("without", "n"), [(2, 24), (1, 19), (0, 0)])
def test_scores_that_stop(without, n, policy):
    """Quarters with scores, then some without: told from 20 discharges on, since when and of how many."""
    quarters = [f"2023-Q{quarter}" for quarter in range(1, 5)]
    episodes = [row for quarter in quarters for row in scored(quarter, 40, scores=True)]
    for place in range(without):
        episodes += scored(f"2024-Q{place + 1}", n // without, scores=False)
    with loaded(episodes) as data:
        told = rule_lines(data, policy).get("scores that stop", "")
    expected = "None of the 24 episodes discharged since the first quarter of 2024 has both PHQ-9 scores."
    assert told == (expected if n == 24 else "")


def test_every_group_below_its_target_is_said_once():
    """Of six tracks all are: no list of some and of how many more."""
    episodes = [row for track in "abcdef" for row in rows(track, 20, 80)]
    with loaded(episodes, targets={"completion": FINISH}) as data:
        told = rule_lines(data)["a group below its target"]
    assert told == "Finished, below the target of at least 55%: every track."
