"""Takes a page, gives what is read first: what is counted, three sentences, five cards, the groups in words, a trend, what to look at."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.engine.narrowed import Condition
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.intake.targets import AT_LEAST
from iop_outcomes.keys import ALL, HIGHER, LOWER, MISSING_LEVEL, UNCLEAR
from iop_outcomes.measures.completion import WORDS_OUTSIDE
from iop_outcomes.release import Released, ReleasedEstimate, Withheld
from iop_outcomes.reporting.blocks import (
    Block,
    Bullets,
    Card,
    Cards,
    Note,
    Section,
    SectionReference,
    TableBlock,
    Text,
    figure_block,
    section,
)
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.first_sheet import has_room_for_strip
from iop_outcomes.reporting.parts.look_at_this import (
    above_error,
    all_or_none,
    any_judged,
    groups_worse,
    left_out,
    look_at_this,
    no_reasons,
    nobody_discharged,
    rule_asks,
    several,
)
from iop_outcomes.reporting.parts.outcomes import Judged, has_scores_without_rule, is_replaced, outcomes_of, year_asks
from iop_outcomes.reporting.parts.over_time import trend_of_page
from iop_outcomes.reporting.parts.part import Page, Part, Program
from iop_outcomes.reporting.parts.previous_period import two_years
from iop_outcomes.reporting.span import span_of_conditions, without_periods
from iop_outcomes.show.comparison import different_people, groups_of
from iop_outcomes.show.tables import Table
from iop_outcomes.show.targets import NOT_COMPARED, REACHED, target_words
from iop_outcomes.show.trend import Trend
from iop_outcomes.show.trend_strip import strip_alt_text, strip_subtitle, trend_strip
from iop_outcomes.show.trend_words import trend_sentence
from iop_outcomes.show.words import (
    NOT_SHOWN,
    count,
    estimate_value,
    has_range,
    has_value,
    label,
    lacking_a_score,
    listed,
    plain_range,
    value_of,
)
from iop_outcomes.stats.periods import span_words

FEWEST_DRAWN = 3  # points of a strip: fewer say no more than the cards
MANY_IN_CARE = 0.1  # of all episodes, from which a reader is told (an episode that lasts is no discharge, and long ones are missed first)
MOST_CLAUSES = 2  # in a sentence of the first three
MOST_IN_WORDS = 20  # cells; of more, each would take two lines of the sheet, and what differs would be lost among what does not
SHADES = ((0.2, "far"), (0.1, "apart"), (0.0, "near"))  # from which difference a cell that differs is shaded, darkest first
NO_COMPARISON = "what the program itself brought about, because no group here went without care"
WHAT_NEXT = "What to do next:"
CANNOT_TELL = "What this cannot tell you: whether the program caused any change. {people}"


# -- what is counted -------------------------------------------------------------------------------------------------------


def counted(page: Page, outcomes: Sequence[Judged]) -> str:
    """Which episodes: all of the file, or those that were chosen; the periods in which they were discharged, and why these."""
    trend, conditions = trend_of_page(page), _conditions(page.program)
    others = [str(condition).replace("_", " ") for condition in conditions if without_periods([condition])]
    which = (
        f"episodes with {listed(others)}" if others else "every episode" if _is_period_chosen(page.program) else "every episode of the file"
    )
    periods = [point.period for point in trend.points] if trend is not None else []
    if not periods:
        unknown = "nobody has been discharged yet" if nobody_discharged(outcomes) else "when they were discharged is not known"
        return f"Counted: {which}; {unknown}."
    first, last = periods[0], periods[-1]
    when = f"discharged {f'in {first.words}' if first == last else span_words(first, last)}"
    between = ", " if others or not _is_period_chosen(page.program) else " "
    return f"Counted: {which}{between}{when}{_why_these(page.program, others, outcomes)}.{_in_care(page)}"


def _in_care(page: Page) -> str:
    """How many are still in care, where they are many: no figure of those discharged counts them."""
    active, everyone = left_out(page, WORDS_OUTSIDE["active"]), page[asks.completion(page.program)].flow[0].rows_in
    if isinstance(active, Withheld) or isinstance(everyone, Withheld) or not everyone or active < MANY_IN_CARE * everyone:
        return ""
    return f" Still in care, and in no figure of those discharged: {count(active)} of {count(everyone)}."


def _conditions(program: Program) -> list[Condition]:
    """By what the episodes were chosen."""
    return [condition for step in program.data.narrowings for condition in step]


def _is_period_chosen(program: Program) -> bool:
    return span_of_conditions(_conditions(program)) is not None


def _why_these(program: Program, others: Sequence[str], outcomes: Sequence[Judged]) -> str:
    """Why the periods of a page are those: chosen, or all, without which there were no trend and no year before."""
    if _is_period_chosen(program):
        return ", the period that was chosen"
    if others:
        return ""
    kept = ", so that the trend and the year before can be shown" if any(map(_is_year_known, outcomes)) else ""
    return f"; no period was chosen{kept}"


# -- three sentences -------------------------------------------------------------------------------------------------------


def _because(outcomes: Sequence[Judged]) -> str:
    """Why nothing at all is known of how episodes ended."""
    if no_reasons(outcomes):
        return "no reason for a discharge is recorded"
    return "nobody has been discharged yet" if nobody_discharged(outcomes) else ""


def three_sentences(page: Page, outcomes: Sequence[Judged]) -> Bullets:
    """What went well, what needs a look, what is not known."""
    good, bad = _good(outcomes), [*_bad(outcomes), *_concern_over_time(page)]
    if not any_judged(outcomes):
        because = _because(outcomes) or "the numbers are not shown, too few, or not recorded"
        unjudged = f"nothing can be told here, because {because}"
        return Bullets((f"Going well: {unjudged}.", f"Needs a look: {unjudged}.", not_known(page, outcomes)))
    return Bullets(
        (
            f"Going well: {'; '.join(good[:MOST_CLAUSES]) or _nothing_good(outcomes)}.",
            f"Needs a look: {'; '.join(bad[:MOST_CLAUSES]) or _nothing_bad(outcomes)}.",
            not_known(page, outcomes),
        )
    )


def _has_yardstick(outcomes: Sequence[Judged]) -> bool:
    """Whether there is anything that a figure of everybody can be held against."""
    return any(judged.target or _is_year_known(judged) for judged in outcomes)


def _is_year_known(judged: Judged) -> bool:
    """Whether the latest year and the one before both have a number."""
    return judged.year is not None and has_value(judged.year.latest) and has_value(judged.year.before)


def _nothing_bad(outcomes: Sequence[Judged]) -> str:
    several = any(len(groups_of(judged.released)) > 1 for judged in outcomes if judged.released is not None)
    if _has_yardstick(outcomes):
        every = (
            _if_any_target(outcomes, "misses its target"),
            _if_any_year(outcomes, "falls behind the year before"),
            "sets a group apart" if several and _any_compared(outcomes) else "",
        )
        return f"no figure clearly {listed(list(filter(None, every)), 'or')}"
    alike = (
        f"{'no group is clearly set apart' if _any_compared(outcomes) else 'no group can be compared with the others'}; " if several else ""
    )
    return f"{alike}whether the figures are good enough cannot be said without a target or a year before"


def _any_compared(outcomes: Sequence[Judged]) -> bool:
    """Whether a word is told of any group."""
    judged = ((each, level) for each in outcomes if each.released is not None for level in groups_of(each.released))
    return any(each.word(level) in (HIGHER, LOWER, UNCLEAR) for each, level in judged)


def _nothing_good(outcomes: Sequence[Judged]) -> str:
    if _has_yardstick(outcomes):
        every = (_if_any_target(outcomes, "at its target"), _if_any_year(outcomes, "ahead of the year before"))
        return f"no figure is clearly {listed(list(filter(None, every)), 'or')}"
    return "nothing can be called so yet: no target is declared and no year before is known"


def _if_any_target(outcomes: Sequence[Judged], words: str) -> str:
    return words if any(judged.target for judged in outcomes) else ""


def _if_any_year(outcomes: Sequence[Judged], words: str) -> str:
    return words if any(map(_is_year_known, outcomes)) else ""


def _good(outcomes: Sequence[Judged]) -> list[str]:
    """Outcomes that all reach, targets that are reached, numbers ahead of the year before, and improvement beyond measurement error."""
    reached = [
        f"{_clause(each)}, which {'reaches' if each.target.direction == AT_LEAST else 'keeps to'} the target of {target_words(each.target)}"
        for each in outcomes
        if each.target is not None and each.target_word == REACHED
    ]
    ahead = [
        words for each in outcomes if each.year is not None and each.year.word == each.outcome.better and (words := _against_year(each))
    ]
    beyond = [words for each in outcomes if each.target_word != REACHED and (words := _beyond_error(each))]
    return [*filter(None, (all_or_none(judged, HIGHER) for judged in outcomes)), *reached, *ahead, *beyond]


def _bad(outcomes: Sequence[Judged]) -> list[str]:
    """Outcomes that nobody reaches, targets that are missed, numbers behind the year before, worsening beyond measurement error, and groups set apart."""
    missed = [
        f"{_clause(each)}, and the target is {target_words(each.target)}"
        for each in outcomes
        if each.target is not None and each.misses_target
    ]
    behind = [words for each in outcomes if each.year is not None and each.year.word == each.worse and (words := _against_year(each))]
    extreme = (all_or_none(judged, LOWER) for judged in outcomes)
    return [
        *filter(None, extreme),
        *missed,
        *behind,
        *filter(None, map(above_error, outcomes)),
        *filter(None, map(_group_behind, outcomes)),
    ]


def _concern_over_time(page: Page) -> list[str]:
    """That the trend gives a signal of fewer; "Over time" says when."""
    trend = trend_of_page(page)
    low = trend is not None and any(side < 0 for point in trend.judged for _, side in point.sides)
    return (
        [f"{trend.title[:1].lower()}{trend.title[1:]} gave a signal of concern, told under Over time"] if trend is not None and low else []
    )


def _group_behind(judged: Judged) -> str:
    """In which groups an outcome is set apart from the others, as bad news."""
    levels = groups_worse(judged)
    if not levels or judged.released is None:
        return ""
    more = "more" if judged.worse == HIGHER else "fewer"
    names = [label(level, judged.released.levels) for level in levels]
    return f"{more} {judged.outcome.beyond} in {several(names)} than in the others"


def _clause(judged: Judged) -> str:
    estimate = judged.estimate
    return "" if estimate is None else judged.clause(estimate)


def _against_year(judged: Judged) -> str:
    year = judged.year
    if year is None or not (has_value(year.latest) and has_value(year.before)):
        return ""
    more = "more" if year.word == HIGHER else "fewer"
    way = "up" if year.word == HIGHER else "down"
    return (
        f"{more} {judged.outcome.beyond} than the year before ({estimate_value(year.latest)}, {way} from {estimate_value(year.before)}"
        f"{f'; {year.beside}' if year.beside else ''})"
    )


def _beyond_error(judged: Judged) -> str:
    """That more are reliably better than measurement error alone would make."""
    estimate = judged.estimate
    if estimate is None or judged.outcome.tone == "worse" or not judged.is_above_error:
        return ""
    beside = f" ({judged.beside})" if judged.beside else ""
    return f"{judged.bare_clause(estimate)}, where measurement error alone would give {judged.by_error_alone}{beside}"


def not_known(page: Page, outcomes: Sequence[Judged]) -> str:
    """What the report cannot tell, with the shares that say how much: always the last of the three."""
    if nobody_discharged(outcomes):
        return "Not known: every outcome, until people are discharged."
    gaps, scores = ["who became reliably better or worse"] if has_scores_without_rule(outcomes) else [], outcomes[-1].estimate
    if scores is None:
        gaps.append("change in symptoms is not measured")
    elif not scores.shown:
        gaps.append("how many episodes lack a score is not shown")
    elif lack := lacking_a_score(scores, "discharged episodes"):
        gaps.append(f"{lack} at admission or discharge")
    if asks.first_after_discharge(page) is None:
        gaps.append("what happened after discharge is not recorded")
    elif is_replaced(page.program):
        gaps.append("how many came back to hospital (no return is in the data)")
    if len(groups_of(page[asks.completion(page.program)])) > 1:
        gaps.append("whether a gap between groups comes from the care or from the people")
    return f"Not known: {'; '.join(gaps or [NO_COMPARISON])}."


# -- cards -----------------------------------------------------------------------------------------------------------------


def cards(outcomes: Sequence[Judged]) -> Cards:
    """The five outcomes: value, plausible range, base, target, the year before."""
    return Cards(tuple(_card(judged) for judged in outcomes))


def _card(judged: Judged) -> Card:
    outcome, estimate = judged.outcome, judged.estimate
    if estimate is None:
        value = "not recorded" if judged.without == outcome.without else "cannot be told"
        return Card(judged.name, value, "", judged.without, tone=outcome.tone)
    beside = (_target_line(judged), _year_line(judged), _error_line(judged))
    base = _base(estimate, outcome.base, outcome.which)
    return Card(
        judged.name, estimate_value(estimate), _range_words(estimate, judged.released), base, tuple(filter(None, beside)), outcome.tone
    )


def _target_line(judged: Judged) -> str:
    if judged.target is None:
        return ""
    word = judged.target_word
    return f"Target {target_words(judged.target)}{f': {word}' if word else ''}"


def _year_line(judged: Judged) -> str:
    year = judged.year
    if year is None:
        return ""
    if not (has_value(year.latest) and has_value(year.before)):
        hidden = not (year.latest.shown and year.before.shown)
        return f"The year before: {NOT_SHOWN if hidden else 'no data'}"
    return f"Latest year {estimate_value(year.latest)}, year before {estimate_value(year.before)}{f': {year.word}' if year.word else ''}"


def _error_line(judged: Judged) -> str:
    """What measurement error alone gives, beside those reliably worse, where the scale says it."""
    if judged.outcome.tone != "worse" or not judged.by_error_alone or judged.estimate is None or not has_value(judged.estimate):
        return ""
    return f"Measurement error alone gives {judged.by_error_alone}"


def _range_words(estimate: ReleasedEstimate, released: Released | None) -> str:
    """The range behind its name; nothing of a policy that rounds counts, of which the heading says it once."""
    words = plain_range(estimate) if has_value(estimate) else ""
    if released is not None and released.policy.base and words == NOT_SHOWN:
        return ""
    return f"range {words}" if has_range(estimate) or words == NOT_SHOWN else words


def _base(estimate: ReleasedEstimate, what: str, which: str) -> str:
    if isinstance(estimate.n, Withheld) and not estimate.shown:
        return f"of {what}s{which}"
    if isinstance(estimate.n, Withheld):
        return f"of {what}s{which}; how many is not shown"
    return f"of {count(estimate.n)} {what}{'' if estimate.n == 1 else 's'}{which}"


def under_cards(page: Page, outcomes: Sequence[Judged]) -> list[Block]:
    """Which years are compared, who set the targets, and which targets no card shows."""
    sentences, years = [], two_years(page.program)
    if any(judged.year for judged in outcomes) and years is not None:
        sentences.append(f"Latest year: discharged {years.latest}; year before: {years.before}.")
    else:
        because = (
            "only the chosen period is counted"
            if _is_period_chosen(page.program)
            else "the data do not name two full years of discharge quarters"
        )
        sentences.append(f"No year before is shown, because {because}.")
    on_cards = {judged.outcome.estimand for judged in outcomes}
    sentences += [f"{each.outcome.head}: {each.beside}." for each in outcomes if each.beside and each.outcome.beside not in on_cards]
    declared = [judged for judged in outcomes if judged.target is not None]
    sources: dict[str, list[str]] = {}
    for judged in declared:
        if judged.target is not None:
            sources.setdefault(judged.target.source, []).append(judged.outcome.head.lower())
    sentences += [f"Target for {listed(heads)}: {source}." for source, heads in sources.items()]
    shown = [judged.target for judged in declared]
    rest = [target for target in page.program.data.targets if target not in shown]
    if rest:
        names = listed([f"{target.measure.replace('_', ' ')} ({target.estimand.replace('_', ' ')})" for target in rest])
        sentences.append(f"Declared targets that no card here shows: {names}.")
    return [Text(" ".join(sentences))]


# -- the groups in words ---------------------------------------------------------------------------------------------------


def groups_in_words(page: Page, outcomes: Sequence[Judged]) -> list[Block]:
    """A row for each group, in their usual order: each outcome with the word for how it stands to the others."""
    completion, known = page[asks.completion(page.program)], [judged for judged in outcomes if judged.released is not None]
    groups = groups_of(completion)
    if len(groups) < 2:
        return []
    levels = [*groups, *([MISSING_LEVEL] if MISSING_LEVEL in completion.levels else [])]
    hidden = [judged for judged in known if not any(_has_number(judged, level) for level in levels)]
    known = [judged for judged in known if judged not in hidden]
    once = len(levels) * len(known) > MOST_IN_WORDS
    cells = [[_in_words(judged, level, once=once) for judged in known] for level in levels]
    rows = tuple((label(level, completion.levels), *(words for words, _ in row)) for level, row in zip(levels, cells, strict=True))
    without = listed([judged.outcome.head.lower() for judged in hidden]) if hidden else ""
    remarks = "; ".join(filter(None, (f"{without}: not shown, or no data" if without else "", f"no word: {UNCLEAR}" if once else "")))
    table = Table(
        f"Each {page.program.group} against the others together{f' ({remarks})' if remarks else ''}",
        (label(page.program.by), *(judged.outcome.head for judged in known)),
        rows,
        prose=True,
        shades=tuple(tuple(shade for _, shade in row) for row in cells),
    )
    return [TableBlock(table)] if known else []


def _has_number(judged: Judged, level: str) -> bool:
    estimate = judged.at_level(level)
    return estimate is not None and has_value(estimate)


def _in_words(judged: Judged, level: str, *, once: bool) -> tuple[str, str]:
    """A cell: the number and its word, and how it is shaded; a word that says the number is withheld says it once.

    `once`: that there is no clear difference is said once, over the table, and no word says it in a cell.
    """
    estimate, word = judged.at_level(level), judged.word(level)
    if estimate is None:
        return "no data", ""
    value = estimate_value(estimate)
    if not word or word == value or (once and word == UNCLEAR):
        return value, ""
    return (f"{value}, {NOT_COMPARED}", "") if word == NOT_SHOWN else (f"{value}, {word}", _shade(judged, level, word))


def _shade(judged: Judged, level: str, word: str) -> str:
    """How far a group that is higher or lower is from the others; one colour, whichever way."""
    if judged.released is None or word not in (HIGHER, LOWER):
        return ""
    difference = judged.released.contrast(judged.outcome.estimand, level, time=judged.outcome.time)
    if difference is None or not has_value(difference):
        return ""
    return next(f"shade-{name}" for least, name in SHADES if abs(value_of(difference)) >= least)


def withheld_groups(completion: Released, program: Program) -> list[Block]:
    """Which groups are not shown, and that episodes without a group are left out: why, and what would show them."""
    blocks: list[Block] = []
    groups = [level for level in completion.levels if level != ALL]
    hidden = [level for level in groups if isinstance(completion.estimate("completion_strict", level).n, Withheld)]
    if hidden:
        names = ", ".join(label(level, completion.levels) for level in hidden)
        why = f"because they or a group beside them hold fewer than {program.policy.fewest} episodes"
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


# -- the page --------------------------------------------------------------------------------------------------------------


def page_one(page: Page) -> list[Block]:
    """Everything that is read first, in the order in which it is read."""
    outcomes, trend, program = outcomes_of(page), trend_of_page(page), page.program
    looks = look_at_this(page)
    several = len(groups_of(page[asks.completion(program)])) > 1
    people = different_people(program.by) if several else "No group here went without care."
    above: list[Block] = [
        Text(counted(page, outcomes)),
        three_sentences(page, outcomes),
        cards(outcomes),
        *under_cards(page, outcomes),
        *groups_in_words(page, outcomes),
        *withheld_groups(page[asks.completion(program)], program),
    ]
    below: list[Block] = [
        Text(WHAT_NEXT),
        Bullets(tuple(line.words for line in looks), tuple(tuple(map(SectionReference, line.see)) for line in looks)),
        Text(CANNOT_TELL.format(people=people), (SectionReference("who"),) if several else ()),
    ]
    return [*above, *over_time(trend, [*above, *below], program.data.program), *below]


def over_time(trend: Trend | None, beside: Sequence[Block], name: str) -> list[Block]:
    """The verdict of the trend, over the trend as a strip where its chart is drawn and the sheet has room for it beside the other blocks."""
    if trend is None:
        return []
    verdict = Text(f"Over time: {trend_sentence(trend)}")
    if sum(not math.isnan(point.value) for point in trend.points) < FEWEST_DRAWN or not has_room_for_strip(
        [*beside, verdict], name=name, changes=bool(trend.changes)
    ):
        return [verdict]
    return [figure_block(trend_strip(trend), verdict.words, strip_subtitle(trend), strip_alt_text(trend))]


def _sections(page: Page) -> Sequence[Section]:
    return [section("key_points", "At a glance", page_one(page))]


def _asks(program: Program) -> list[Ask]:
    return [
        asks.completion(program),
        asks.stay(program),
        *asks.changes(program).values(),
        *asks.reliable(program).values(),
        *asks.after_discharge(program),
        *rule_asks(program),
        *year_asks(program),
    ]


PAGE_ONE = Part(_asks, _sections)
