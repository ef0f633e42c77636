"""Takes the outcomes of a page, gives up to three lines of what to do next: rules as data, the weightiest that hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.contrasts import FEWEST
from iop_outcomes.intake.targets import AT_LEAST
from iop_outcomes.keys import HIGHER, LOWER, TOO_FEW, UNCLEAR
from iop_outcomes.measures.completion import WORDS_OUTSIDE
from iop_outcomes.measures.self_harm_item import AT_DISCHARGE
from iop_outcomes.release import Count, ReleasedEstimate, Withheld
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.chart_periods import ESTIMAND, completion_by_period
from iop_outcomes.reporting.parts.outcomes import Judged, outcome_asks, outcomes_of
from iop_outcomes.reporting.parts.over_time import trend_of_page
from iop_outcomes.reporting.parts.part import Page, Program
from iop_outcomes.reporting.parts.scores_stopped import FEWEST_WITHOUT, PAIRED, scores_stopped_ask, scores_stopped_words
from iop_outcomes.show.comparison import groups_of
from iop_outcomes.show.targets import ABOVE, BELOW, target_word, target_words
from iop_outcomes.show.words import (
    NOT_SHOWN,
    count,
    counted_share,
    episodes,
    estimate_value,
    has_range,
    has_value,
    in_counts,
    label,
    lacking,
    listed,
    number,
    value_of,
)
from iop_outcomes.units import UNITS

MOST_LINES = 3
MOST_NAMES = 4
FOLLOWED = 0.8  # share whose follow-up should be known
SCORED = 0.7  # share with both scores below which figures on symptoms are read with care

NOTHING_STANDS_OUT = "Nothing stands out by the rules of this page. Keep asking for scores and follow-up, and look again next quarter."
NO_REASONS = "Why people were discharged is not recorded, so that nobody can tell who finished. Name the column of reasons in the mapping, or have it exported."
NOBODY_DISCHARGED = "Nothing can be judged before people are discharged. Look again when the first have left."
NOTHING_JUDGED = (
    "Nothing can be judged here: the numbers are not shown, too few, or not recorded. Choose a longer period, or record what is missing."
)


class LookLine(NamedTuple):
    """What is the case and what to do, and the sections that say more."""

    words: str
    see: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Looked:
    """What the rules look at: the page, and its outcomes."""

    page: Page
    outcomes: Sequence[Judged]

    @property
    def group(self) -> str:
        """The grouping column within a sentence."""
        return self.page.program.group


@dataclass(frozen=True, slots=True)
class LookRule:
    """When a line is printed, and what it says.

    Parameters
    ----------
    name : str
        What it looks at.
    weight : int
        The weightiest come first; those of one weight in the order of the list.
    threshold : str
        From when it holds, in words.
    source : str
        Where that threshold comes from.
    sentence : callable
        What is the case, from released numbers; "" where it is not, or nothing may be told.
    next_step : str
        What to do, with `{group}` for the grouping column.
    see : callable
        The sections that say more of it, by name; those that a page has not are passed over.
    """

    name: str
    weight: int
    threshold: str
    source: str
    sentence: Callable[[Looked], str]
    next_step: str
    see: Callable[[Looked], tuple[str, ...]]


# -- what is the case ------------------------------------------------------------------------------------------------------


def _safety(looked: Looked) -> str:
    """Answers to the safety item at discharge, of the first scale with any that is positive."""
    for released in looked.page.answered(asks.safety_items(looked.page.program).values()):
        positive = released.estimate(AT_DISCHARGE)
        if has_value(positive) and value_of(positive) > 0:
            return f"{released.definition.title}, which asks about self-harm, was positive at discharge in {counted_share(positive)}."
    return ""


def all_or_none(judged: Judged, word: str) -> str:
    """That all reach an outcome of which more is better (`word` higher), that none do (lower), or that all have one of which less is better (lower).

    Only of enough to tell anything. That nobody had an event is not told as good: it may be that nobody recorded it.
    """
    estimate = judged.estimate
    share = 1.0 if word == HIGHER or judged.outcome.better == LOWER else 0.0
    if estimate is None or not _enough(estimate) or value_of(estimate) != share or (word == HIGHER and judged.outcome.better == LOWER):
        return ""
    if word == HIGHER and in_counts(estimate):  # its section calls so few too few to judge
        return ""
    n = f" {'' if share else 'of '}{count(estimate.n)}" if isinstance(estimate.n, int) else ""
    who = f"{'all' if share else 'none'}{n}"
    beside = f" ({judged.beside})" if judged.beside else ""
    return f"{judged.outcome.clause.format(value=who)}{beside}"


def _finished_all_or_none(looked: Looked) -> str:
    """That all finished, or none, which more often tells of the codes than of the program."""
    return (
        next((f"{_capital(words)}." for word in (LOWER, HIGHER) if (words := all_or_none(looked.outcomes[0], word))), "")
        if looked.outcomes
        else ""
    )


def _everybodys(looked: Looked) -> list[Judged]:
    """The outcomes of which less is better that everybody had."""
    return [judged for judged in looked.outcomes if judged.outcome.better == LOWER and all_or_none(judged, LOWER)]


def _everybody_had_it(looked: Looked) -> str:
    return next((f"{_capital(all_or_none(judged, LOWER))}." for judged in _everybodys(looked)), "")


def above_error(judged: Judged) -> str:
    """That more are reliably worse than measurement error alone would make; nothing where the scale does not say how many that is."""
    estimate = judged.estimate
    if judged.outcome.tone != "worse" or estimate is None or not judged.is_above_error:
        return ""
    return f"{judged.clause(estimate)}, more than the {judged.by_error_alone} that measurement error alone would give"


def _worse_than_error(looked: Looked) -> str:
    return next((f"{_capital(words)}." for judged in looked.outcomes if (words := above_error(judged))), "")


def groups_worse(judged: Judged) -> list[str]:
    """The groups that are set apart from the others in the direction that is bad news."""
    if judged.released is None:
        return []
    return [level for level in groups_of(judged.released) if judged.word(level) == judged.worse]


def _sections_of_apart(looked: Looked) -> tuple[str, ...]:
    """Who is in each group, then the outcomes in which one is set apart."""
    return ("who", *_sections_of([judged for judged in looked.outcomes if _apart(judged)][:2]))


def _apart(judged: Judged) -> str:
    """These groups with their numbers, and how far they are from the others."""
    released, names = judged.released, []
    for level in groups_worse(judged):
        estimate = judged.at_level(level)
        difference = None if released is None else released.contrast(judged.outcome.estimand, level, time=judged.outcome.time)
        if released is not None and estimate is not None and difference is not None and has_value(difference):
            size = number(abs(value_of(difference)), difference.unit)
            gap = f"{size}{UNITS[difference.unit].suffix(size)} {judged.worse}"
            names.append(f"{label(level, released.levels)} {estimate_value(estimate)}, {gap}")
    return f"{judged.outcome.head}: {several(names, '; ')} than the others together" if names else ""


def several(names: Sequence[str], between: str = "") -> str:
    """Names in a line, the first few of many."""
    shown = names if len(names) <= MOST_NAMES else names[:2]
    if len(shown) == len(names):
        return between.join(shown) if between else listed(shown)
    return f"{(between or ', ').join(shown)} and {len(names) - len(shown)} more"


def _group_worse(looked: Looked) -> str:
    """Of the outcomes in which a group is set apart, the first two in their order."""
    lines = [words for judged in looked.outcomes if (words := _apart(judged))]
    return f"{'. '.join(lines[:2])}." if lines else ""


def _sections_below_target(looked: Looked) -> tuple[str, ...]:
    """The outcomes in which a group misses its target."""
    return _sections_of([judged for judged in looked.outcomes if _below_target([judged])][:2])


def _sections_of(outcomes: Sequence[Judged]) -> tuple[str, ...]:
    """Those that say more of some outcomes, each once."""
    return tuple(dict.fromkeys(name for judged in outcomes for name in judged.sections))


def _group_below_target(looked: Looked) -> str:
    lines = _below_target(looked.outcomes)
    return f"{'. '.join(lines[:2])}." if lines else ""


def _below_target(outcomes: Sequence[Judged]) -> list[str]:
    """Of each outcome, the groups that clearly miss its target."""
    lines = []
    for judged in outcomes:
        released, target = judged.released, judged.target
        if released is None or target is None:
            continue
        estimates = [(level, judged.at_level(level)) for level in groups_of(released)]
        missing = [
            f"{label(level, released.levels)} ({estimate_value(estimate)})"
            for level, estimate in estimates
            if estimate is not None and target_word(estimate, target) in (BELOW, ABOVE)
        ]
        if missing:
            side = "below" if target.direction == AT_LEAST else "above"
            everyone = len(missing) == len(estimates) > MOST_NAMES
            which = f"every {released.group.replace('_', ' ')}" if everyone else several(missing)
            lines.append(f"{judged.outcome.head}, {side} the target of {target_words(target)}: {which}")
    return lines


def _program_below_target(looked: Looked) -> str:
    """The targets that everybody together misses, and no group clearly by itself."""
    lines = [_everybody_below(judged) for judged in looked.outcomes if judged.misses_target and not _below_target([judged])]
    return f"{'. '.join(lines[:2])}." if lines else ""


def _everybody_below(judged: Judged) -> str:
    estimate, target = judged.estimate, judged.target
    if estimate is None or target is None:
        return ""
    side = "below" if target.direction == AT_LEAST else "above"
    return f"{judged.outcome.head}, {side} the target of {target_words(target)}: all episodes together ({estimate_value(estimate)})"


def _sections_of_program_below(looked: Looked) -> tuple[str, ...]:
    return _sections_of([judged for judged in looked.outcomes if judged.misses_target and not _below_target([judged])][:2])


def _behind(looked: Looked) -> list[Judged]:
    """The outcomes of which the latest year is clearly worse than the one before."""
    return [judged for judged in looked.outcomes if judged.year is not None and judged.year.word == judged.worse]


def _behind_the_year(looked: Looked) -> str:
    """What fell behind the year before, with both numbers."""
    lines = [
        f"{judged.outcome.head}: {estimate_value(judged.year.latest)} in the latest year, {estimate_value(judged.year.before)} in the year before"
        for judged in _behind(looked)
        if judged.year is not None
    ]
    return f"{'. '.join(lines[:2])}." if lines else ""


def _who_gave_scores(looked: Looked) -> str:
    """Whom the symptom figures describe: those who finished rather than those who left, or at least not everybody."""
    return _finished_gave_scores(looked) or _some_gave_scores(looked)


def _some_gave_scores(looked: Looked) -> str:
    """Too many without both scores, whoever they are."""
    scores = next((judged.estimate for judged in looked.outcomes if judged.outcome.estimand == PAIRED), None)
    if scores is None or not _enough(scores) or value_of(scores) >= SCORED:
        return ""
    who = "" if in_counts(scores) else " of discharged episodes"
    return f"Both scores are known for {estimate_value(scores)}{who}: the figures on symptoms describe these alone."


def _finished_gave_scores(looked: Looked) -> str:
    """Those who finished gave both scores more often than those who left: the symptom figures describe the former."""
    program = looked.page.program
    released = looked.page.get(asks.by_reason(program.scored[0])) if program.scored else None
    if released is None or not {"completed", "dropped_out"} <= set(released.levels):
        return ""
    left, finished = (released.estimate(PAIRED, level) for level in ("dropped_out", "completed"))
    if not (_enough(left) and _enough(finished)) or value_of(left) >= SCORED or not _clearly_below(left, finished):
        return ""
    return (
        f"Both scores are known for {estimate_value(left)} of those who dropped out and {estimate_value(finished)} of those who finished: "
        "the figures on symptoms describe those who finished."
    )


def _clearly_below(lower: ReleasedEstimate, higher: ReleasedEstimate) -> bool:
    """Whether Newcombe's range of the difference leaves 0 out: 61% and 64% of some hundred are not apart.

    From the ranges of both shares, which allow for people who come back; where a page shows none, from its counts.
    """
    from iop_outcomes.stats.proportion import newcombe

    end, start = lower.high, higher.low
    if has_range(lower) and has_range(higher) and isinstance(end, float) and isinstance(start, float):
        return value_of(higher) - value_of(lower) > math.hypot(value_of(higher) - start, end - value_of(lower))
    counts = (higher.k, higher.n, lower.k, lower.n)
    k1, n1, k2, n2 = (each if isinstance(each, int) else 0 for each in counts)
    return bool(n1 and n2) and newcombe(k1, n1, k2, n2)[0] > 0


def _enough(estimate: ReleasedEstimate) -> bool:
    """Whether there is a number, of enough episodes to tell anything."""
    return has_value(estimate) and not (isinstance(estimate.n, int) and estimate.n < FEWEST)


def _follow_up(looked: Looked) -> str:
    """Too many whose follow-up is not known."""
    known = "recorded_follow_up_days"
    released = looked.page.get(asks.recorded(looked.page.program))
    if released is None or not released.has(known):
        return ""
    rate = released.estimate(known)
    if not has_value(rate) or value_of(rate) >= FOLLOWED:
        return ""
    unknown = "any discharged episode" if not value_of(rate) else f"{lacking(rate)}{' ' if in_counts(rate) else ' of '}discharged episodes"
    return f"Follow-up after discharge is not known for {unknown}."


def _signal(looked: Looked) -> str:
    trend = trend_of_page(looked.page)
    if trend is None or not trend.has_signal:
        return ""
    return f"{trend.title} gives a signal, as told under Over time."


def _too_few(looked: Looked) -> str:
    """Groups of which no outcome can be judged."""
    judged = [each for each in looked.outcomes if each.released is not None]
    first = judged[0].released if judged else None
    if first is None or len(groups_of(first)) < 2:
        return ""
    unsaid = [level for level in groups_of(first) if all(each.word(level) in ("", TOO_FEW, NOT_SHOWN) for each in judged)]
    names = [label(level, first.levels) for level in unsaid]
    return f"Too few to tell, or not shown: {several(names)}." if names else ""


def left_out(page: Page, reason: str) -> Count:
    """How many episodes of the page are in no share of completion for a reason, as it may be shown."""
    flows = [flow for flow in page[asks.completion(page.program)].flow if flow.what == ESTIMAND]
    return flows[0].excluded.get(reason, 0) if flows else 0


def _deaths(looked: Looked) -> str:
    """How many died in care, who are in no share of those who finished."""
    died = left_out(looked.page, WORDS_OUTSIDE["died"])
    if isinstance(died, Withheld) or not died:
        return ""
    return f"Died in care: {episodes(died)}, which the share that finished leaves out."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


RULES = (
    LookRule(
        "the safety item at discharge",
        100,
        "one episode or more with a positive answer",
        "the answer from which the item is positive, in the file of the scale",
        _safety,
        "Check that each had a safety plan and a contact after discharge.",
        lambda _: ("at_risk",),
    ),
    LookRule(
        "deaths in care",
        95,
        "one death in care or more",
        "the definitions of this report: deaths in care leave the rates and are counted beside them",
        _deaths,
        "Review each death as your rules for serious events ask.",
        lambda _: ("at_risk",),
    ),
    LookRule(
        "worsening",
        90,
        "the range of the share reliably worse lies above what measurement error alone gives",
        "Jacobson NS, Truax P (1991), doi:10.1037/0022-006X.59.1.12",
        _worse_than_error,
        "Read the records of those who got worse, and ask when it began.",
        lambda _: ("at_risk",),
    ),
    LookRule(
        "all or nobody finished",
        85,
        "the share that finished is 0 or 100 percent",
        "chosen here: so seldom true that the codes are looked at first",
        _finished_all_or_none,
        "Check first how discharge reasons are recorded, and translated in the mapping.",
        lambda _: ("discharge_reasons",),
    ),
    LookRule(
        "everybody had the event",
        84,
        "the share with an event, or worse, is 100 percent",
        "chosen here: so seldom true that the codes are looked at first",
        _everybody_had_it,
        "Check first how they are recorded, and translated in the mapping.",
        lambda looked: _sections_of(_everybodys(looked)[:1]),
    ),
    LookRule(
        "a group below its target",
        80,
        "the range of the group's share leaves the target out",
        "the target as the mapping declares it",
        _group_below_target,
        "Agree with each such {group} on what would have to change, and by when.",
        _sections_below_target,
    ),
    LookRule(
        "the program below its target",
        79,
        "the range of everybody's share leaves the target out, and that of no group does",
        "the target as the mapping declares it",
        _program_below_target,
        "Agree on what would have to change, and by when.",
        _sections_of_program_below,
    ),
    LookRule(
        "scores that stop",
        75,
        f"both scores of nobody of the last {FEWEST_WITHOUT} or more discharged, after periods with scores",
        "chosen here: where 3 of 10 give both, chance leaves none of 20 once in 1,250 times",
        lambda looked: scores_stopped_words(looked.page),
        "Find out whether asking stopped, or the scores are not in the file.",
        lambda looked: _sections_of([judged for judged in looked.outcomes if judged.outcome.estimand == PAIRED]),
    ),
    LookRule(
        "behind the year before",
        72,
        "the range of the difference between the latest year and the year before leaves 0 out",
        "the rule of comparisons of this report",
        _behind_the_year,
        "Ask what changed between the two years: who came, what was offered, what was recorded.",
        lambda looked: _sections_of(_behind(looked)[:2]),
    ),
    LookRule(
        "a group set apart from the others",
        70,
        "the simultaneous range of the difference from the others leaves 0 out",
        "Sidak Z (1967), doi:10.1080/01621459.1967.10482935",
        _group_worse,
        "Compare first who is in each {group} and when people leave; then ask its staff.",
        _sections_of_apart,
    ),
    LookRule(
        "who gave both scores",
        60,
        f"less than {SCORED:.0%} gave both scores: of those who dropped out, and more of those who finished, or of all discharged",
        "chosen here: no source sets a share",
        _who_gave_scores,
        "Ask for a score at every visit, from the second week on.",
        lambda looked: _sections_of([judged for judged in looked.outcomes if judged.outcome.estimand == PAIRED]),
    ),
    LookRule(
        "follow-up",
        50,
        f"follow-up is known for less than {FOLLOWED:.0%}",
        "SAMHSA, follow-up rate expected of its grantees (GPRA); not verified in a primary source",
        _follow_up,
        "Link the admissions of nearby hospitals once a month.",
        lambda looked: tuple(each.definition.measure for each in looked.page.answered(asks.after_discharge(looked.page.program))),
    ),
    LookRule(
        "a signal over time",
        40,
        "one of the four rules of the control chart, or of the two of the run chart",
        "Laney DB (2002), doi:10.1081/QEN-120006555; Anhøj J, Olesen AV (2014), doi:10.1371/journal.pone.0113825",
        _signal,
        "Ask what was different then, and write it down with its date.",
        lambda _: ("trend",),
    ),
    LookRule(
        "too few to tell",
        10,
        "fewer than 11 episodes, or effective patients under 10, on either side",
        "the rule of comparisons of this report",
        _too_few,
        "Choose a longer period, or put small groups together, to see more.",
        lambda _: (),
    ),
)


def lines_of(looked: Looked, rules: Sequence[LookRule] = RULES) -> list[LookLine]:
    """The lines of the weightiest rules that hold, each with its next step."""
    ordered = sorted(rules, key=lambda rule: -rule.weight)
    holding = [(rule, words) for rule in ordered if (words := rule.sentence(looked))][:MOST_LINES]
    return [LookLine(f"{words} {rule.next_step.format(group=looked.group)}", rule.see(looked)) for rule, words in holding]


def look_at_this(page: Page) -> list[LookLine]:
    """Up to three lines; where no rule holds, one that says so, or that nothing could be judged."""
    looked = Looked(page, outcomes_of(page))
    if nobody_discharged(looked.outcomes):
        return [LookLine(NOBODY_DISCHARGED)]
    if no_reasons(looked.outcomes):
        return [LookLine(NO_REASONS), *lines_of(looked)][:MOST_LINES]
    return lines_of(looked) or [LookLine(NOTHING_STANDS_OUT if any_judged(looked.outcomes) else NOTHING_JUDGED)]


def nobody_discharged(outcomes: Sequence[Judged]) -> bool:
    """Whether nobody of the data has been discharged."""
    finished = outcomes[0].estimate if outcomes else None
    return finished is not None and finished.n == 0 and not no_reasons(outcomes)


def no_reasons(outcomes: Sequence[Judged]) -> bool:
    """Whether people have been discharged, and of none of them is recorded why."""
    finished = outcomes[0].estimate if outcomes else None
    return finished is not None and finished.n == 0 and finished.n_missing not in (0, None)


def any_judged(outcomes: Sequence[Judged]) -> bool:
    """Whether there is any number, of enough episodes, that a word could be told of, or, where policies leave ranges out, is told of."""
    return any(
        judged.estimate is not None and _enough(judged.estimate) and (has_range(judged.estimate) or _is_compared(judged))
        for judged in outcomes
    )


def _is_compared(judged: Judged) -> bool:
    """Whether a word tells how the latest year stands to the one before, or a group to the others."""
    words = {judged.word(level) for level in groups_of(judged.released)} if judged.released is not None else set()
    return not {HIGHER, LOWER, UNCLEAR}.isdisjoint(words | ({judged.year.word} if judged.year is not None else set()))


def rule_asks(program: Program) -> list[Ask]:
    """What the rules look at."""
    by_period, stopped = completion_by_period(program), scores_stopped_ask(program)
    return [
        *outcome_asks(program),
        *asks.safety_items(program).values(),
        *([asks.by_reason(program.scored[0])] if program.scored else []),
        asks.recorded(program),
        *([] if by_period is None else [by_period]),
        *([] if stopped is None else [stopped]),
    ]
