"""Takes released measures, gives the first page: key points, four cards, the comparison, and what the report cannot tell."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.release import Policy, Released, ReleasedEstimate, Withheld
from iop_outcomes.reporting.blocks import Block, Card, Cards, Note, Points, TableBlock, Text, figure_block
from iop_outcomes.show import charts
from iop_outcomes.show.comparison import comparison_sentences, difference_table, different_people, words_of
from iop_outcomes.show.words import (
    NO_RANGE,
    change_sentence,
    count,
    estimate_value,
    label,
    lacking,
    plain_range,
    sentence,
    stay_sentence,
)
from iop_outcomes.units import UNITS

RULE = (
    "Higher and lower are said of a group set against all the others together, exactly when the range of the difference leaves out 0; that "
    "range allows for the number of groups compared. {chance} The ranges beside the dots are those of each group by itself."
)
MIDDLE_DAY = 90


@dataclass(frozen=True)
class Main:
    """The measures of the first page; a change and what happened after discharge where the data bring them."""

    completion: Released
    stay: Released
    stem: str
    change: Released | None
    reliable: Released | None
    after: Released | None


def shown_number(estimate: ReleasedEstimate) -> bool:
    """Whether there is a number to say."""
    return isinstance(estimate.value, float) and not math.isnan(estimate.value)


# -- key points ------------------------------------------------------------------------------------------------------


def key_points(main: Main, by: str, trend_words: str, policy: Policy) -> list[Block]:
    """Four to six sentences, the last of which is what is not known; what is withheld is said under them."""
    points = [sentence(main.completion, "completion_strict"), _differences(main.completion)]
    points.append(change_sentence(main.change) if main.change is not None else stay_sentence(main.stay, stem=main.stem))
    if main.reliable is not None:
        points.append(sentence(main.reliable, "reliable_improvement"))
    if main.after is not None:
        points.append(sentence(main.after, "cumulative_incidence", time=MIDDLE_DAY))
    elif trend_words:
        points.append(trend_words)
    blocks: list[Block] = [Points((*(point for point in points if point), _not_known(main)))]
    own = [level for level in main.completion.levels if level != ALL]
    hidden = [level for level in own if isinstance(main.completion.of("completion_strict", level).n, Withheld)]
    if hidden:
        names = ", ".join(label(level, main.completion.levels) for level in hidden)
        why = f"because they or a group beside them hold fewer than {policy.threshold} episodes"
        fix = f"Merging small groups under [codes.{by}] of the mapping, or a longer period, would show them"
        blocks.append(Note(f"Some groups by {by.replace('_', ' ')} are not shown, {why}: {names}. {fix}."))
    if main.completion.only_grouped:
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
    levels = charts.ordered_levels(completion, "completion_strict")[1:]
    judged = dict(zip(levels, words_of(completion, "completion_strict", levels), strict=True))
    said = []
    for word in ("higher", "lower"):
        names = [
            f"{label(level, completion.levels)} ({estimate_value(completion.of('completion_strict', level))})"
            for level in levels
            if judged[level] == word
        ]
        said += [f"{word} in {_listed(names)}"] if names else []
    if said:
        return f"Completion was {', and '.join(said)} than in the other groups together."
    clear = any(word == "no clear difference" for word in judged.values())
    return comparison_sentences(completion, "completion_strict")[0] if clear else ""


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _not_known(main: Main) -> str:
    """What the report cannot tell, with the shares that say how much: always the last key point."""
    gaps = []
    if main.change is None:
        gaps.append("change in symptoms is not measured")
    elif lack := lacking(main.change.of("paired_rate")):
        gaps.append(
            f"{lack} discharged episodes lack a score at admission or discharge"
            if " of " in lack
            else f"{lack} of discharged episodes lack a score at admission or discharge"
        )
    if main.after is None:
        gaps.append("what happened after discharge is not recorded")
    if len(_groups(main.completion)) > 1:
        gaps.append("whether a gap between groups comes from the care or from the people")
    return (
        f"Not known: {'; '.join(gaps)}."
        if gaps
        else "Not known: what the program itself brought about, because no group here went without care."
    )


def _groups(released: Released) -> list[str]:
    """The levels that are groups."""
    return [level for level in released.levels if level not in (ALL, MISSING_LEVEL)]


# -- cards -----------------------------------------------------------------------------------------------------------


def cards(main: Main) -> list[Block]:
    """Completed, typical stay, change in symptoms with the paired rate, readmitted by day 90: value, range, base."""
    found = [_completed(main.completion), _typical_stay(main.stay, main.stem)]
    found += [_changed(main.change)] if main.change is not None else []
    found += [_readmitted(main.after)] if main.after is not None else []
    return [Cards(tuple(found))]


def _completed(completion: Released) -> Card:
    own = completion.of("completion_strict")
    return Card("Completed", estimate_value(own), _range(own), _of(own, "discharged episode"))


def _typical_stay(stay: Released, stem: str) -> Card:
    middle, low, high = (stay.of(f"{stem}_{name}") for name in ("median", "q1", "q3"))
    unit = UNITS[middle.unit].suffix()
    value = f"{estimate_value(middle)}{unit}" if shown_number(middle) else estimate_value(middle)
    known = shown_number(low) and shown_number(high)
    half = f"middle half {estimate_value(low)} to {estimate_value(high)}{unit}" if known else ""
    return Card("Typical stay", value, half, _of(middle, "discharged episode"))


def _changed(change: Released) -> Card:
    own, rate = change.of("mean_change"), change.of("paired_rate")
    title = change.definition.title
    value = f"{estimate_value(own)}{UNITS[own.unit].suffix()}" if shown_number(own) else estimate_value(own)
    share = estimate_value(rate)
    base = _of(own, "episode", " with both scores")
    base += f" ({share}{' ' if ' of ' in share else ' of '}discharged)" if shown_number(rate) else ""
    return Card(f"{title} (positive is improvement)", value, _range(own), base)


def _readmitted(after: Released) -> Card:
    own = after.of("cumulative_incidence", time=MIDDLE_DAY)
    name = after.definition.estimand("cumulative_incidence").label
    return Card(f"{name} by day {MIDDLE_DAY}", estimate_value(own), _range(own), _of(own, "followed episode"))


def _range(estimate: ReleasedEstimate) -> str:
    words = plain_range(estimate) if shown_number(estimate) else ""
    return words if words.startswith(NO_RANGE) or not words else f"plausible range {words}"


def _of(estimate: ReleasedEstimate, what: str, which: str = "") -> str:
    if isinstance(estimate.n, Withheld):
        return f"of {what}s{which}; how many is not shown"
    return f"of {count(estimate.n)} {what}{'' if estimate.n == 1 else 's'}{which}"


# -- comparison ------------------------------------------------------------------------------------------------------


def comparison(completion: Released, by: str, severity: tuple[str, Mapping[str, str]] | None, chance: str) -> list[Block]:
    """Completion of each group with its range and its word, how ill people were at admission beside it, and how often chance gives a word."""
    group, name = by.replace("_", " "), "completion_strict"
    levels = charts.ordered_levels(completion, name)
    words = words_of(completion, name, levels)
    alt = charts.alt_text(completion, [name], "Dot chart with ranges and a word for each group.")
    said = ". ".join(f"{label(level, levels)}: {word}" for level, word in zip(levels, words, strict=True) if word)
    subtitle = f"Share of discharged episodes that ended in planned completion, by {group}, with 95% ranges. Higher is better."
    headline = _differences(completion) or sentence(completion, name)
    blocks: list[Block] = [
        figure_block(charts.dot_range(completion, name, words=words), headline, subtitle, f"{alt} In a word: {said}." if said else alt)
    ]
    if len(_groups(completion)) < 2:
        return blocks
    if any(words):
        caption = f"Completion of each {group} against the others together"
        blocks.append(TableBlock(difference_table(completion, name, caption=caption, first=label(by), beside=severity)))
    return [*blocks, *([Text(RULE.format(chance=chance))] if chance else []), Note(different_people(by))]


# -- limits ----------------------------------------------------------------------------------------------------------


def limits(main: Main) -> list[Block]:
    """In a few lines, what the report cannot tell."""
    said = [
        "Completion says how care ended, not whether it helped.",
        "No group here went without care, so no figure says what the program itself brought about.",
    ]
    if main.change is not None:
        said.append("Scores are known for those who gave them twice; people who leave early often do not.")
    if main.after is not None:
        said.append("A return to hospital, or a relapse, that nobody recorded looks like none.")
    return [Points(tuple(said)), Text("How each figure is defined, and who is left out of it, stands under Methods.")]
