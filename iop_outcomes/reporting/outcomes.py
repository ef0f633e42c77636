"""Takes released outcomes, gives their sections: change in symptoms, readmission and relapse."""

from __future__ import annotations

import math
from collections.abc import Sequence

from iop_outcomes.keys import ALL, Flag
from iop_outcomes.release import Released, Withheld
from iop_outcomes.reporting.blocks import Block, Bullets, Figure, Note, TableBlock, Text, figure_block
from iop_outcomes.results import Provenance
from iop_outcomes.show.change import change_sentence, dumbbell
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.comparison import ExtraColumn, difference_table
from iop_outcomes.show.curves import MOST_TOGETHER, cumulative, curve_alt_text
from iop_outcomes.show.stacked_bars import stacked_alt_text, stacked_shares
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
    value_of,
)
from iop_outcomes.units import percent

CHANGE = ("paired_rate", "mean_admit", "mean_discharge", "mean_change")
EXPECTED = "expected_regression_to_mean"
EFFECTS = ("sd_admit", "d_pre_sd", "g_pre_sd", "mean_change_if_missing_unchanged")
RATES = {  # of those with both scores, and of all discharged
    "reliable_improvement": "reliable_improvement_of_discharged",
    "reliable_deterioration": "reliable_deterioration_of_discharged",
    "recovery": "recovery_of_discharged",
    "response": "response_of_discharged",
    "remission": "remission_of_discharged",
}
BESIDE_THE_CURVE = ("transfer_0_2", "planned", "died_first", "events_without_follow_up", "during_care")


def change_blocks(
    change: Released, reliable: Released | None, by_reason: Released, by: str, severity: ExtraColumn | None = None, *, better: str = "lower"
) -> list[Block]:
    """Change on one scale, on which `better` scores are lower or higher: the paired rate first, then who is missing a score."""
    group, title = by.replace("_", " "), change.definition.title
    subtitle = (
        f"Mean score of the episodes with both scores, by {group}; {better} is better on this scale. Change is positive for improvement."
    )
    shown = (*CHANGE, EXPECTED) if change.has(EXPECTED) else CHANGE
    blocks: list[Block] = [
        figure_block(
            dumbbell(change), change_sentence(change), subtitle, alt_text(change, CHANGE[:4], "Chart of two points for each group.")
        ),
        TableBlock(
            value_table(
                change, shown, caption=f"{title} by {group} (points), at admission and discharge of those with both scores", first=label(by)
            )
        ),
        TableBlock(
            value_table(
                change,
                EFFECTS,
                caption=f"{title} by {group}: in standard deviations of the admission scores, and if nobody without a discharge score changed",
                first=label(by),
            )
        ),
        Note(
            "People come when they feel most unwell, and scores then fall back by themselves; by how much is not known here. It is a change, "
            "not a comparison with people who were not treated."
        ),
    ]
    caption = f"Mean change of each {group} against the others together"
    compared = difference_table(change, "mean_change", caption=caption, first=label(by), extra=severity)
    if compared.rows:
        blocks.append(TableBlock(compared))
    if reliable is not None:
        blocks += _reliable_blocks(reliable, group, by)
    caption = "Who is missing a score, by discharge reason"
    blocks.append(TableBlock(value_table(by_reason, ("paired_rate",), caption=caption, first="Discharge reason", filled=True)))
    return blocks


def _reliable_blocks(reliable: Released, group: str, by: str) -> list[Block]:
    names = {definition.name for definition in reliable.definition.estimands}
    observed = [name for name in RATES if name in names]
    every = [RATES[name] for name in observed]
    profile = reliable.definition.notes[0]
    by_chance = reliable.estimate("false_positive_rate")
    blocks: list[Block] = [
        figure_block(
            stacked_shares(reliable, reliable.definition.shown),
            sentence(reliable, "reliable_improvement"),
            f"Share of the episodes with both scores, by {group}. {profile}",
            stacked_alt_text(reliable),
        ),
        TableBlock(
            value_table(reliable, observed, caption=f"{reliable.definition.title} by {group}: of those with both scores", first=label(by))
        ),
        TableBlock(
            value_table(
                reliable,
                every,
                caption=f"{reliable.definition.title} by {group}: of all discharged, a missing score as not met",
                first=label(by),
            )
        ),
    ]
    if has_value(by_chance):
        blocks.append(
            Note(
                f"With no change at all, measurement error alone would make about {percent(value_of(by_chance))} of people count as reliably better."
            )
        )
    return blocks


def after_blocks(released: Released, by: str, times: Sequence[int], severity: ExtraColumn | None, provenance: Provenance) -> list[Block]:
    """An event after discharge: the curve, those still followed, the estimates with simple rates beside them, what else happened."""
    group, title = by.replace("_", " "), released.definition.title
    names = {definition.name for definition in released.definition.estimands}
    counted = [name for name in BESIDE_THE_CURVE if name in names]
    figure: Figure = figure_block(
        cumulative(released),
        sentence(released, "cumulative_incidence", time=_middle(times)),
        f"Share with the event by each day after discharge, by {group}; drawn as far as enough are followed, in whole percents. Lower is better."
        + (" Grey: all episodes together." if len(released.curves) - 1 > MOST_TOGETHER else ""),
        curve_alt_text(released),
    )
    middle = _middle(times)
    caption = f"{title} by day {middle}: each {group} against the others together"
    compared = difference_table(released, "cumulative_incidence", caption=caption, first=label(by), time=middle, extra=severity)
    return [
        figure,
        Text(_known_from(released, provenance)),
        *([TableBlock(compared)] if compared.rows else []),
        *_transfers_compared(released, by, severity),
        TableBlock(_by_time(released, by, times)),
        TableBlock(
            value_table(
                released, ("median_days", "median_follow_up_days"), caption=f"{title}: days from discharge, by {group}", first=label(by)
            )
        ),
        TableBlock(value_table(released, counted, caption=f"{title}: what is counted beside the curve, by {group}", first=label(by))),
        Bullets((*_cautions(released), *_simple_rates(released))),
    ]


def _simple_rates(released: Released) -> tuple[str, ...]:
    """Why there is no simple rate where the data's follow-up stops at the event; nothing where there is one."""
    stops = released.definition.parts["potential_unknown"]
    excluded = [n for flow in released.flow for reason, n in flow.excluded.items() if reason == stops]
    given = any(has_value(rate) for rate in released if (rate.estimand, rate.level) == ("fully_observed_rate", ALL))
    return (f"Simple rates are not assessable: {stops}.",) if any(n != 0 for n in excluded) and not given else ()


def _known_from(released: Released, provenance: Provenance) -> str:
    """Where the events come from, and in how many episodes the end of follow-up is known."""
    source = next((source.name for source in provenance.sources if source.table == "events"), None)
    where = f"the file {source}" if source else "the columns beside each episode"
    followed = released.estimate("cumulative_incidence", time=min(e.time or 0 for e in released if e.estimand == "cumulative_incidence"))
    sentence = f"Events are known from {where}; one that is not in it is not known."
    if isinstance(followed.n, int) and isinstance(followed.n_missing, int) and followed.n + followed.n_missing:
        every = followed.n + followed.n_missing
        share = f" ({percent(followed.n / every)})" if every >= SMALL_BASE else ""
        sentence += f" The curve is of {count(followed.n)} of the {count(every)} episodes that could be part of it{share}: those whose end of follow-up is known."
    return sentence


def _middle(times: Sequence[int]) -> int:
    return 90 if 90 in times else times[0]


def _transfers_compared(released: Released, by: str, severity: ExtraColumn | None) -> list[Block]:
    """Returns on days 0 to 2, an outcome of their own: a group that transfers more people has fewer left to be readmitted."""
    if not released.has("transfer_0_2"):
        return []
    caption = f"In hospital again on days 0 to 2 (transfers, outside the rate): each {by.replace('_', ' ')} against the others together"
    table = difference_table(released, "transfer_0_2", caption=caption, first=label(by), extra=severity)
    return [TableBlock(table)] if table.rows else []


def _by_time(released: Released, by: str, times: Sequence[int]) -> Table:
    """The estimate with those still followed, and the simple rate with its own base, side by side at each time."""
    heads: list[str] = [label(by), "Episodes"]
    simple_too = released.has("fully_observed_rate")
    for time in times:
        heads += [f"By day {time}; still followed then", *([f"Simple rate by day {time}"] if simple_too else [])]
    rows = []
    for level in ordered_levels(released, "cumulative_incidence"):
        cells = [count(released.estimate("cumulative_incidence", level).n)]
        for time in times:
            incidence = released.estimate("cumulative_incidence", level, time)
            words, at_risk = value_with_range(incidence), "" if incidence.n_at_risk is None else count(incidence.n_at_risk)
            cells.append(words if at_risk in ("", words) else f"{words}; {at_risk}")
            if simple_too:
                cells.append(value_with_base(released.estimate("fully_observed_rate", level, time)))
        rows.append((label(level, released.levels), *cells))
    beside = ", with the simple rate of those followed throughout (n: how many they are)" if simple_too else ""
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
