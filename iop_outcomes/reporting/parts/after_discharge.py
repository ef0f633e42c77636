"""Takes a page, gives what happened after discharge, readmission and relapse: the curve, who is still followed, the estimates by day."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.columns import KINDS
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.keys import ALL, Flag
from iop_outcomes.measures.after_discharge import AT
from iop_outcomes.release import Released, Withheld
from iop_outcomes.reporting.blocks import Block, Bullets, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.parts import asks
from iop_outcomes.reporting.parts.part import Page, Part, Program, words_or_table
from iop_outcomes.results import Provenance
from iop_outcomes.show.curves import NONE_DRAWN, cumulative, curve_alt_text, curve_subtitle, is_drawn
from iop_outcomes.show.tables import Table, value_table, value_with_base, value_with_range
from iop_outcomes.show.words import (
    NOT_SHOWN,
    SMALL_BASE,
    count,
    episodes,
    estimate_value,
    has_value,
    label,
    number,
    ordered_levels,
    sentence,
)
from iop_outcomes.units import percent

BESIDE_THE_CURVE = ("transfer_0_2", "planned", "died_first", "events_without_follow_up", "during_care")


def after_blocks(page: Page, released: Released) -> list[Block]:
    """An event after discharge: the curve, where it is known from, and the estimates by day."""
    program, title = page.program, released.definition.title
    headline = sentence(released, "cumulative_incidence", time=asks.MIDDLE_DAY)
    subtitle = curve_subtitle(released, program.group)
    by_day = words_or_table(_by_day(released, f"{title}: estimated share by day after discharge, by {program.group}", program.by))
    in_table = ": the table says what may be shown" if any(isinstance(block, TableBlock) for block in by_day) else ""
    drawing: list[Block] = (
        [figure_block(cumulative(released), headline, subtitle, curve_alt_text(released))]
        if is_drawn(released)
        else [Text(headline), Note(f"{NONE_DRAWN}{in_table}.")]
    )
    return [*drawing, Text(_known_from(released, program.data.provenance)), *by_day]


def _by_day(released: Released, caption: str, by: str) -> Table:
    """The estimate with its range at each time."""
    name = "cumulative_incidence"
    levels = ordered_levels(released, name, time=asks.MIDDLE_DAY)
    rows = tuple(
        (
            label(level, released.levels),
            count(released.estimate(name, level).n),
            *(value_with_range(released.estimate(name, level, time)) for time in AT),
        )
        for level in levels
    )
    return Table(caption, (label(by), "Episodes", *(f"By day {time}" for time in AT)), rows, mark=released.policy.mark)


# -- in full ---------------------------------------------------------------------------------------------------------------


def in_full(page: Page, released: Released) -> list[Block]:
    """Those still followed, the share of those followed throughout, what else happened, the tests between groups."""
    group, title, by = page.program.group, released.definition.title, page.program.by
    names = {definition.name for definition in released.definition.estimands}
    counted = [name for name in BESIDE_THE_CURVE if name in names]
    days = value_table(
        released, ("median_days", "median_follow_up_days"), caption=f"{title}: days from discharge, by {group}", first=label(by)
    )
    beside = value_table(released, counted, caption=f"{title}: what is counted beside the curve, by {group}", first=label(by))
    return [
        TableBlock(_by_time(released, by)),
        TableBlock(days),
        TableBlock(beside),
        Bullets((*_cautions(released), *_followed_throughout(released))),
    ]


def _followed_throughout(released: Released) -> tuple[str, ...]:
    """Why there is no share of those followed throughout, where the data's follow-up stops at the event; nothing where there is one."""
    stops = released.definition.parts["potential_unknown"]
    excluded = [n for flow in released.flow for reason, n in flow.excluded.items() if reason == stops]
    given = any(has_value(rate) for rate in released if (rate.estimand, rate.level) == ("fully_observed_rate", ALL))
    return (f"The share of those followed throughout cannot be given: {stops}.",) if any(n != 0 for n in excluded) and not given else ()


def _known_from(released: Released, provenance: Provenance) -> str:
    """Where the events come from, and in how many episodes the end of follow-up is known."""
    source = next((source.name for source in provenance.sources if KINDS[source.table].beside), None)
    where = f"the file {source}" if source else "the columns beside each episode"
    followed = released.estimate("cumulative_incidence", time=min(e.time or 0 for e in released if e.estimand == "cumulative_incidence"))
    sentence = f"Events come from {where} alone."
    if isinstance(followed.n, int) and isinstance(followed.n_missing, int) and followed.n + followed.n_missing:
        every, what = followed.n + followed.n_missing, "curve" if is_drawn(released) else "figure"
        share = f" ({percent(followed.n / every)})" if every >= SMALL_BASE else ""
        of_them = f"of {count(followed.n)} of the {episodes(every)} that could be part of it{share}: those whose end of follow-up is known"
        sentence += f" The {what} is {of_them if followed.n_missing else f'of every episode that could be part of it ({count(every)})'}."
    return sentence


def _by_time(released: Released, by: str) -> Table:
    """The estimate with those still followed, and the share of those followed throughout with its own base, side by side at each time."""
    heads: list[str] = [label(by), "Episodes"]
    throughout_too = released.has("fully_observed_rate")
    for time in AT:
        heads += [f"By day {time}; still followed then", *([f"Of those followed throughout, by day {time}"] if throughout_too else [])]
    rows = []
    for level in ordered_levels(released, "cumulative_incidence"):
        cells = [count(released.estimate("cumulative_incidence", level).n)]
        for time in AT:
            incidence = released.estimate("cumulative_incidence", level, time)
            words, at_risk = value_with_range(incidence), "" if incidence.n_at_risk is None else count(incidence.n_at_risk)
            cells.append(words if at_risk in ("", words) else f"{words}; {at_risk}")
            if throughout_too:
                cells.append(value_with_base(released.estimate("fully_observed_rate", level, time)))
        rows.append((label(level, released.levels), *cells))
    beside = ", with the share of those followed throughout (n: how many they are)" if throughout_too else ""
    caption = f"{released.definition.title} by day{beside}"
    return Table(caption, tuple(heads), tuple(rows))


TOO_FEW_FOR_P = "no p value, because a group holds fewer than 10 episodes or, where people come back, fewer than 10 effective patients"


def _cautions(released: Released) -> tuple[str, ...]:
    return ("The clock starts at discharge.", *_tests(released), _unknown(released), "An event that nobody recorded looks like no event.")


def _tests(released: Released) -> tuple[str, ...]:
    """The tests over the groups: what each compares, with its statistic, degrees of freedom, p and episodes."""
    compared = {
        "log_rank_chi_squared": "Log-rank test of the event's own (cause-specific) hazard over the groups, clock from discharge",
        "gray_chi_squared": "Gray's test of the cumulative incidence over the groups",
    }
    sentences = []
    for name, words in compared.items():
        if released.has(name):
            test = released.estimate(name)
            if has_value(test):
                p = test.p if isinstance(test.p, float) else math.nan
                judged = TOO_FEW_FOR_P if math.isnan(p) else f"p {number(p, 'p')}"
                df = NOT_SHOWN if isinstance(test.df, Withheld) else f"{test.df:g}"
                sentences.append(
                    f"{words}: chi-squared {estimate_value(test)}, {df} {'degree' if df == '1' else 'degrees'} of freedom, {judged}, n {count(test.n)} ({test.method})."
                )
            elif Flag.PATIENTS_REPEAT in test.flag:
                sentences.append(f"{words}: not assessable, because some patients have more than one episode.")
    return tuple(sentences)


def _unknown(released: Released) -> str:
    """How many episodes stand outside the curves because their follow-up is not known."""
    unknown = released.estimate("cumulative_incidence").n_missing
    if isinstance(unknown, Withheld):
        return "Episodes whose follow-up is not known stand outside the curves; how many is not shown."
    if unknown == 0:
        return "Follow-up is known in every discharged episode."
    return f"Follow-up is not known in {episodes(unknown)}, which {'stands' if unknown == 1 else 'stand'} outside the curves."


def _asks(program: Program) -> list[Ask]:
    return [*asks.after_discharge(program), *asks.people(program)]


def _sections(page: Page) -> Sequence[Section]:
    every = page.answered(asks.after_discharge(page.program))
    return [section(each.definition.measure, each.definition.title, after_blocks(page, each)) for each in every]


def _appendix(page: Page) -> Sequence[Section]:
    every = page.answered(asks.after_discharge(page.program))
    return [section(f"{each.definition.measure}_in_full", f"{each.definition.title}, in full", in_full(page, each)) for each in every]


AFTER_DISCHARGE = Part(_asks, _sections, _appendix)
