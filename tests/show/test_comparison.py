"""Takes programs with tracks higher, lower, alike, small and withheld, gives proof that one rule words headline, table, label and chart."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

import iop_outcomes as iop
from iop_outcomes.errors import ReleaseError
from iop_outcomes.show.comparison import (
    comparison_sentences,
    comparison_tables,
    comparison_word,
    comparison_words,
    difference_table,
    pair_table,
)
from iop_outcomes.show.differences import difference_alt_text, forest

NAME = "completion_strict"


def answer(groups, **options):
    """The comparison of tracks: so many completed of so many in each."""
    rows = [(track, "completed" if i < k else "dropped_out") for track, (k, n) in groups.items() for i in range(n)]
    frame = pd.DataFrame({"episode_id": [f"e{i:04}" for i in range(len(rows))], "track": [track for track, _ in rows], "los_days": 20})
    frame["patient_id"] = "p" + frame["episode_id"]
    frame["discharge_reason"] = [reason for _, reason in rows]
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
        return iop.compare(data, estimand=NAME, **options)


MIXED = {"day_program": (75, 100), "evening": (40, 100), "weekend": (62, 100), "virtual": (60, 100)}
SMALL = {"evening": (60, 100), "weekend": (62, 100), "virtual": (2, 5)}


@pytest.fixture(scope="module")
def mixed():
    """One track higher, one lower, two alike."""
    return answer(MIXED).release("none")


def test_headline_table_chart_and_description_use_the_same_word(mixed):
    """Whatever the word of a track, all four say that one."""
    rows = {row[0]: row for row in difference_table(mixed, NAME, caption="c", first="Track").rows}
    labels = {text.get_text().replace("\n", " ") for text in forest(mixed, NAME).texts}
    said, described = comparison_sentences(mixed, NAME), difference_alt_text(mixed, NAME)
    words = {}
    for level, name in (("day_program", "Day program"), ("evening", "Evening"), ("weekend", "Weekend"), ("virtual", "Virtual")):
        judged = words[level] = comparison_word(mixed, NAME, level)
        assert rows[name][-1] == judged
        assert any(label.endswith(f": {judged}") and rows[name][-3] in label for label in labels)
        assert f"{name}: difference {rows[name][-3]} ({rows[name][-2]}), {judged}" in described
        assert any(f": {judged} in {name} than in the others together" in sentence for sentence in said) == (judged in ("higher", "lower"))
    assert words == {"day_program": "higher", "evening": "lower", "weekend": "no clear difference", "virtual": "no clear difference"}
    assert len(said) == 2
    assert comparison_words(mixed, NAME, ("All", *words)) == ["", *words.values()]


def test_a_sentence_gives_value_difference_and_range(mixed):
    """In percent and percentage points, at the rounding of the table; the minus is a minus."""
    (low,) = [sentence for sentence in comparison_sentences(mixed, NAME) if "lower" in sentence]
    limits = confint_proportions_2indep(40, 100, 197, 300, method="newcomb", compare="diff", alpha=1 - 0.95 ** (1 / 4))
    words = " to ".join(f"\u2212{-100 * limit:.0f}" for limit in limits)
    assert low == f"Completed: lower in Evening than in the others together (40%; difference \u221226 percentage points, range {words})."


def test_when_no_track_differs_one_sentence_says_so():
    """Nothing is called better or worse, and not "no difference" either."""
    said = comparison_sentences(answer({"a": (60, 100), "b": (62, 100)}).release("none"), NAME)
    assert said == ("Completed: no track differed from the others by more than chance would easily produce.",)


def test_tracks_that_are_withheld_are_not_said_to_be_alike():
    """Where a track is withheld, the sentence speaks of those shown alone; where all are, it says that they are not shown."""
    part = answer({"a": (60, 100), "b": (62, 100), "c": (61, 100), "d": (2, 5)}).release()
    shown = {level for level in "abcd" if comparison_word(part, NAME, level) == "no clear difference"}
    assert 0 < len(shown) < 4
    assert comparison_sentences(part, NAME) == (
        "Completed: no track that can be compared differed from the others by more than chance would easily produce.",
    )
    none = answer({"a": (3, 40), "b": (2, 40)}).release()
    assert {comparison_word(none, NAME, level) for level in "ab"} == {"not shown"}
    assert comparison_sentences(none, NAME) == ("Completed: no track can be compared with the others: not shown, or too few.",)


def test_a_withheld_track_is_not_shown_anywhere():
    """Under the default policy a track of 5: no difference, no range, no word but "not shown", and no dot on the chart."""
    released = answer(SMALL).release()
    rows = {row[0]: row for row in difference_table(released, NAME, caption="c", first="Track").rows}
    assert rows["Virtual"][-3:] == ("not shown", "not shown", "not shown")
    assert comparison_word(released, NAME, "virtual") == "not shown"
    axes = forest(released, NAME)
    dots = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert len(dots) == sum(comparison_word(released, NAME, level) not in ("not shown", "too few") for level in SMALL)
    assert "40" not in difference_alt_text(released, NAME)


def test_too_few_is_said_where_nothing_can_be_judged():
    """One patient alone behind a track: no interval, so "too few" in the table, on the chart and in its description."""
    rng = np.random.default_rng(1)
    n = 60
    frame = pd.DataFrame(
        {
            "episode_id": [f"e{i:04}" for i in range(n)],
            "patient_id": ["one" if i < 15 else f"p{i}" for i in range(n)],
            "track": ["alone" if i < 15 else "others_too" if i < 40 else "third" for i in range(n)],
            "los_days": 20,
            "discharge_reason": np.where(rng.random(n) < 0.5, "completed", "dropped_out"),
        }
    )
    with iop.load(frame, mapping={"data": {"class": "synthetic"}}) as data:
        released = iop.compare(data, estimand=NAME).release("none")
    assert comparison_word(released, NAME, "alone") == "too few"
    rows = {row[0]: row for row in difference_table(released, NAME, caption="c", first="Track").rows}
    assert rows["Alone"][-1] == "too few"
    assert any(text.get_text() == "too few" for text in forest(released, NAME).texts)


def test_dots_and_ranges_are_drawn_where_the_numbers_are(mixed):
    """Each dot at its difference, each bar from limit to limit, around a line at 0 in the middle."""
    axes = forest(mixed, NAME)
    dots = sorted(line.get_xdata()[0] for line in axes.get_lines() if line.get_marker() == "o")
    found = [mixed.contrast(NAME, level) for level in MIXED]
    assert dots == pytest.approx(sorted(e.value for e in found), abs=1e-6)  # drawn to six digits
    bars = {tuple(line.get_xdata()) for line in axes.get_lines() if line.get_linewidth() == 3}
    assert sorted(bars) == [pytest.approx(limits, abs=1e-6) for limits in sorted((e.low, e.high) for e in found)]
    low, high = axes.get_xlim()
    assert low == pytest.approx(-high)
    assert axes.get_xlabel() == "Group minus the others together (percentage points)"


def test_pairs_are_named_first_minus_second():
    """Six pairs of four tracks, each with its difference and the word for the first."""
    released = answer(MIXED, pairwise=True).release("none")
    table = pair_table(released, NAME, caption="c")
    assert len(table.rows) == 6
    rows = {row[0]: row for row in table.rows}
    low, high = confint_proportions_2indep(75, 100, 40, 100, method="newcomb", compare="diff", alpha=1 - 0.95 ** (1 / 6))
    assert rows["Day program minus Evening"][1:] == ("35", f"{100 * low:.0f} to {100 * high:.0f}", "higher")
    assert rows["Virtual minus Weekend"][-1] == "no clear difference"


def test_pairs_with_a_withheld_track_are_not_shown():
    """Each pair that holds the track of 5."""
    table = pair_table(answer(SMALL, pairwise=True).release(), NAME, caption="c")
    assert all(row[1:] == ("not shown", "not shown", "not shown") for row in table.rows if "Virtual" in row[0])
    assert len(table.rows) == 3


def test_tables_for_each_day(synthetic):
    """Measures of time have one table for each day, with the words of that day; transfers, compared beside them, have one."""
    released = iop.compare(synthetic, measure="readmission", estimand="cumulative_incidence", at=[30, 180]).release()
    tables = comparison_tables(released, "cumulative_incidence")
    assert [table.caption.split(", ")[1] for table in tables] == ["by day 30", "by day 180", "each group against the others together"]
    for time, table in zip((30, 180), tables, strict=False):
        words = [
            comparison_word(released, "cumulative_incidence", level, time=time)
            for level in released.levels
            if level not in ("All", "(missing)")
        ]
        assert sorted(row[-1] for row in table.rows) == sorted(words)


def test_only_released_numbers_are_worded(mixed):
    """Working results are refused by every function of the room."""
    results = answer({"a": (60, 100), "b": (62, 100)}).results
    for call in (comparison_sentences, difference_alt_text, forest, comparison_tables):
        with pytest.raises(ReleaseError):
            call(results, NAME)
    with pytest.raises(ReleaseError):
        comparison_word(results, NAME, "a")
    assert comparison_word(mixed, NAME, "All") == ""
