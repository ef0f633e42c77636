"""Takes released measures, gives the first page: key points, four cards, the comparison, and what the report cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import Policy, Released, ReleasedEstimate, Withheld
from iop_outcomes.reporting.blocks import Block, Bullets, Card, Cards, Note, TableBlock, Text, figure_block
from iop_outcomes.show.change import change_sentence, of_discharged
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.comparison import ExtraColumn, comparison_sentences, comparison_words, difference_table, different_people
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.stays import stay_quartiles, stay_sentence
from iop_outcomes.show.words import (
    count,
    estimate_value,
    has_range,
    has_value,
    in_counts,
    label,
    lacking,
    ordered_levels,
    plain_range,
    sentence,
)
from iop_outcomes.units import UNITS

WORD_RULE = (
    "Higher and lower are said of a group set against all the others together, exactly when the range of the difference leaves out 0; that "
    "range allows for the number of groups compared. {chance} The ranges beside the dots are those of each group by itself."
)
NO_COMPARISON = "what the program itself brought about, because no group here went without care"
MIDDLE_DAY = 90


@dataclass(frozen=True)
class FirstPage:
    """The measures of the first page; a change and what happened after discharge where the data bring them."""

    completion: Released
    stay: Released
    change: Released | None
    reliable: Released | None
    after: Released | None


# -- key points ------------------------------------------------------------------------------------------------------


def key_points(page: FirstPage, by: str, trend_words: str, policy: Policy) -> list[Block]:
    """Four to six sentences, the last of which is what is not known; what is withheld is said under them."""
    points = [sentence(page.completion, "completion_strict"), _differences(page.completion)]
    points.append(change_sentence(page.change) if page.change is not None else stay_sentence(page.stay))
    if page.reliable is not None:
        points.append(sentence(page.reliable, "reliable_improvement"))
    if page.after is not None:
        points.append(sentence(page.after, "cumulative_incidence", time=MIDDLE_DAY))
    elif trend_words:
        points.append(trend_words)
    blocks: list[Block] = [Bullets((*(point for point in points if point), _not_known(page)))]
    groups = [level for level in page.completion.levels if level != ALL]
    hidden = [level for level in groups if isinstance(page.completion.estimate("completion_strict", level).n, Withheld)]
    if hidden:
        names = ", ".join(label(level, page.completion.levels) for level in hidden)
        why = f"because they or a group beside them hold fewer than {policy.threshold} episodes"
        fix = f"Merging small groups under [codes.{by}] of the mapping, or a longer period, would show them"
        blocks.append(Note(f"Some groups by {by.replace('_', ' ')} are not shown, {why}: {names}. {fix}."))
    if page.completion.only_grouped:
        group = by.replace("_", " ")
        blocks.append(
            Note(
                f"Fewer than {policy.threshold} episodes have no {group} recorded. They are left out of every figure of this report, because "
                f"their number could be worked out otherwise. Recording their {group} in the data would count them."
            )
        )
    return blocks


def _differences(completion: Released) -> str:
    """Which groups differ, by the one rule, in one sentence."""
    levels = ordered_levels(completion, "completion_strict")[1:]
    judged = dict(zip(levels, comparison_words(completion, "completion_strict", levels), strict=True))
    parts = []
    for word in ("higher", "lower"):
        names = [
            f"{label(level, completion.levels)} ({estimate_value(completion.estimate('completion_strict', level))})"
            for level in levels
            if judged[level] == word
        ]
        parts += [f"{word} in {_listed(names)}"] if names else []
    if parts:
        return f"Completion was {', and '.join(parts)} than in the other groups together."
    clear = any(word == "no clear difference" for word in judged.values())
    return comparison_sentences(completion, "completion_strict")[0] if clear else ""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _not_known(page: FirstPage) -> str:
    """What the report cannot tell, with the shares that say how much: always the last key point."""
    gaps = []
    if page.change is None:
        gaps.append("change in symptoms is not measured")
    elif lack := lacking(rate := page.change.estimate("paired_rate")):
        gaps.append(f"{lack}{' ' if in_counts(rate) else ' of '}discharged episodes lack a score at admission or discharge")
    if page.after is None:
        gaps.append("what happened after discharge is not recorded")
    if len(_groups(page.completion)) > 1:
        gaps.append("whether a gap between groups comes from the care or from the people")
    return f"Not known: {'; '.join(gaps or [NO_COMPARISON])}."


def _groups(released: Released) -> list[str]:
    """The levels that are groups."""
    return [level for level in released.levels if level not in (ALL, MISSING_LEVEL)]


# -- cards -----------------------------------------------------------------------------------------------------------


def cards(page: FirstPage) -> list[Block]:
    """Completed, typical stay, change in symptoms with the paired rate, readmitted by day 90: value, range, base."""
    card_list = [_completed(page.completion), _typical_stay(page.stay)]
    card_list += [_changed(page.change)] if page.change is not None else []
    card_list += [_readmitted(page.after)] if page.after is not None else []
    return [Cards(tuple(card_list))]


def _completed(completion: Released) -> Card:
    rate = completion.estimate("completion_strict")
    return Card("Completed", estimate_value(rate), _range_words(rate), _base(rate, "discharged episode"))


def _typical_stay(stay: Released) -> Card:
    middle, low, high = stay_quartiles(stay)
    unit = UNITS[middle.unit].suffix()
    value = f"{estimate_value(middle)}{unit}" if has_value(middle) else estimate_value(middle)
    known = has_value(low) and has_value(high)
    half = f"middle half {estimate_value(low)} to {estimate_value(high)}{unit}" if known else ""
    return Card("Typical stay", value, half, _base(middle, "discharged episode"))


def _changed(change: Released) -> Card:
    change_in_points, rate = change.estimate("mean_change"), change.estimate("paired_rate")
    title = change.definition.title
    value = (
        f"{estimate_value(change_in_points)}{UNITS[change_in_points.unit].suffix()}"
        if has_value(change_in_points)
        else estimate_value(change_in_points)
    )
    base = _base(change_in_points, "episode", " with both scores")
    base += f" ({of_discharged(rate)})" if has_value(rate) else ""
    return Card(f"{title} (positive is improvement)", value, _range_words(change_in_points), base)


def _readmitted(after: Released) -> Card:
    incidence = after.estimate("cumulative_incidence", time=MIDDLE_DAY)
    name = after.definition.estimand("cumulative_incidence").label
    return Card(f"{name} by day {MIDDLE_DAY}", estimate_value(incidence), _range_words(incidence), _base(incidence, "followed episode"))


def _range_words(estimate: ReleasedEstimate) -> str:
    words = plain_range(estimate) if has_value(estimate) else ""
    return f"plausible range {words}" if has_range(estimate) else words


def _base(estimate: ReleasedEstimate, what: str, which: str = "") -> str:
    if isinstance(estimate.n, Withheld):
        return f"of {what}s{which}; how many is not shown"
    return f"of {count(estimate.n)} {what}{'' if estimate.n == 1 else 's'}{which}"


# -- comparison ------------------------------------------------------------------------------------------------------


def comparison(completion: Released, by: str, severity: ExtraColumn | None, chance: str) -> list[Block]:
    """Completion of each group with its range and its word, how ill people were at admission beside it, and how often chance gives a word."""
    group, name = by.replace("_", " "), "completion_strict"
    levels = ordered_levels(completion, name)
    words = comparison_words(completion, name, levels)
    description = alt_text(completion, [name], "Dot chart with ranges and a word for each group.")
    words_by_level = ". ".join(f"{label(level, levels)}: {word}" for level, word in zip(levels, words, strict=True) if word)
    subtitle = f"Share of discharged episodes that ended in planned completion, by {group}, with 95% ranges. Higher is better."
    headline = _differences(completion) or sentence(completion, name)
    blocks: list[Block] = [
        figure_block(
            dot_range(completion, name, words=words),
            headline,
            subtitle,
            f"{description} In a word: {words_by_level}." if words_by_level else description,
        )
    ]
    if len(_groups(completion)) < 2:
        return blocks
    if any(words):
        caption = f"Completion of each {group} against the others together"
        blocks.append(TableBlock(difference_table(completion, name, caption=caption, first=label(by), extra=severity)))
    return [*blocks, *([Text(WORD_RULE.format(chance=chance))] if chance else []), Note(different_people(by))]


# -- limits ----------------------------------------------------------------------------------------------------------


def limitations(page: FirstPage) -> list[Block]:
    """In a few lines, what the report cannot tell."""
    sentences = [
        "Completion says how care ended, not whether it helped.",
        "No group here went without care, so no figure says what the program itself brought about.",
    ]
    if page.change is not None:
        sentences.append("Scores are known for those who gave them twice; people who leave early often do not.")
    if page.after is not None:
        sentences.append("A return to hospital, or a relapse, that nobody recorded looks like none.")
    return [Bullets(tuple(sentences)), Text("How each figure is defined, and who is left out of it, stands under Methods.")]
