"""Takes a page, gives what is read first: four to six key points, and the cards under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.keys import ALL
from iop_outcomes.release import Released, ReleasedEstimate, Withheld
from iop_outcomes.reporting.blocks import Block, Bullets, Card, Cards, Note, Section, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.over_time import trend_of_page
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.show.change import change_sentence, of_discharged
from iop_outcomes.show.comparison import differing_sentence, groups_of
from iop_outcomes.show.stays import stay_quartiles, stay_sentence
from iop_outcomes.show.trend_words import trend_sentence
from iop_outcomes.show.words import count, estimate_value, has_range, has_value, in_counts, label, lacking, plain_range, sentence
from iop_outcomes.units import UNITS

NO_COMPARISON = "what the program itself brought about, because no group here went without care"


@dataclass(frozen=True)
class Outcomes:
    """What the key points are made of; a change and what happened after discharge where the data bring them."""

    completion: Released
    stay: Released
    change: Released | None
    reliable: Released | None
    after: Released | None


def outcomes_of(page: Page) -> Outcomes:
    """The main outcomes of a page."""
    return Outcomes(
        page[asks.completion(page.program)],
        page[asks.stay(page.program)],
        asks.first_change(page),
        asks.first_reliable(page),
        asks.first_after_discharge(page),
    )


def key_points(page: Page) -> list[Block]:
    """Four to six sentences, the last of which is what is not known; what is withheld is said under them."""
    outcomes, trend = outcomes_of(page), trend_of_page(page)
    points = [sentence(outcomes.completion, "completion_strict"), differing_sentence(outcomes.completion, "completion_strict")]
    points.append(change_sentence(outcomes.change) if outcomes.change is not None else stay_sentence(outcomes.stay))
    if outcomes.reliable is not None:
        points.append(sentence(outcomes.reliable, "reliable_improvement"))
    if outcomes.after is not None:
        points.append(sentence(outcomes.after, "cumulative_incidence", time=asks.MIDDLE_DAY))
    elif trend is not None:
        points.append(trend_sentence(trend))
    return [Bullets((*(point for point in points if point), _not_known(outcomes))), *_withheld(outcomes.completion, page.program)]


def _withheld(completion: Released, program: Program) -> list[Block]:
    """Which groups are not shown, and that episodes without a group are left out: why, and what would show them."""
    blocks: list[Block] = []
    groups = [level for level in completion.levels if level != ALL]
    hidden = [level for level in groups if isinstance(completion.estimate("completion_strict", level).n, Withheld)]
    if hidden:
        names = ", ".join(label(level, completion.levels) for level in hidden)
        why = f"because they or a group beside them hold fewer than {program.policy.threshold} episodes"
        fix = f"Merging small groups under [codes.{program.by}] of the mapping, or a longer period, would show them"
        blocks.append(Note(f"Some groups by {program.group} are not shown, {why}: {names}. {fix}."))
    if completion.only_grouped:
        blocks.append(
            Note(
                f"Fewer than {program.policy.threshold} episodes have no {program.group} recorded. They are left out of every figure of this report, because "
                f"their number could be worked out otherwise. Recording their {program.group} in the data would count them."
            )
        )
    return blocks


def _not_known(outcomes: Outcomes) -> str:
    """What the report cannot tell, with the shares that say how much: always the last key point."""
    gaps = []
    if outcomes.change is None:
        gaps.append("change in symptoms is not measured")
    elif lack := lacking(rate := outcomes.change.estimate("paired_rate")):
        gaps.append(f"{lack}{' ' if in_counts(rate) else ' of '}discharged episodes lack a score at admission or discharge")
    if outcomes.after is None:
        gaps.append("what happened after discharge is not recorded")
    if len(groups_of(outcomes.completion)) > 1:
        gaps.append("whether a gap between groups comes from the care or from the people")
    return f"Not known: {'; '.join(gaps or [NO_COMPARISON])}."


# -- cards -----------------------------------------------------------------------------------------------------------


def cards(outcomes: Outcomes) -> list[Block]:
    """Completed, typical stay, change in symptoms with the paired rate, readmitted by day 90: value, range, base."""
    card_list = [_completed(outcomes.completion), _typical_stay(outcomes.stay)]
    card_list += [_changed(outcomes.change)] if outcomes.change is not None else []
    card_list += [_readmitted(outcomes.after)] if outcomes.after is not None else []
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
    incidence = after.estimate("cumulative_incidence", time=asks.MIDDLE_DAY)
    name = after.definition.estimand("cumulative_incidence").label
    return Card(
        f"{name} by day {asks.MIDDLE_DAY}", estimate_value(incidence), _range_words(incidence), _base(incidence, "followed episode")
    )


def _range_words(estimate: ReleasedEstimate) -> str:
    words = plain_range(estimate) if has_value(estimate) else ""
    return f"plausible range {words}" if has_range(estimate) else words


def _base(estimate: ReleasedEstimate, what: str, which: str = "") -> str:
    if isinstance(estimate.n, Withheld):
        return f"of {what}s{which}; how many is not shown"
    return f"of {count(estimate.n)} {what}{'' if estimate.n == 1 else 's'}{which}"


def _sections(page: Page) -> Sequence[Section]:
    return [section("key_points", "Key points", [*key_points(page), *cards(outcomes_of(page))])]


def _asks(program: Program) -> list[Ask]:
    return [
        asks.completion(program),
        asks.stay(program),
        *asks.changes(program).values(),
        *asks.reliable(program).values(),
        *asks.after_discharge(program),
    ]


KEY_POINTS = Part(_asks, _sections)
