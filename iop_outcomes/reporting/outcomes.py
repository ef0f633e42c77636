"""Takes released outcomes, gives their sections: change in symptoms, readmission and relapse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iop_outcomes.release import Released, Withheld
from iop_outcomes.reporting.blocks import Block, Figure, Note, Points, TableBlock, Text, figure_block
from iop_outcomes.results import Provenance
from iop_outcomes.show.change import dumbbell
from iop_outcomes.show.charts import alt_text, ordered_levels, stacked_shares
from iop_outcomes.show.comparison import difference_table
from iop_outcomes.show.curves import MOST_TOGETHER, alt_text_of_curves, cumulative
from iop_outcomes.show.tables import Table, at_risk_table, value_table, value_with_range
from iop_outcomes.show.words import change_sentence, count, estimate_value, label, percent, sentence

CHANGE = ("paired_rate", "mean_admit", "mean_discharge", "mean_change", "expected_regression_to_mean")
EFFECTS = ("sd_admit", "d_pre_sd", "g_pre_sd", "mean_change_if_missing_unchanged")
RELIABLE = ("reliable_improvement", "no_reliable_change", "reliable_deterioration")
RATES = ("reliable_improvement", "recovery", "response", "remission")
BESIDE = ("transfer_0_2", "planned", "died_first", "during_care")


Beside = tuple[str, Mapping[str, str]] | None  # one more column of a comparison: its head, and its words by level


def change_blocks(change: Released, reliable: Released | None, by_reason: Released, by: str, beside: Beside = None) -> list[Block]:
    """Change on one scale: the paired rate first, then the change, then reliable change, then who is missing a score."""
    group, title = by.replace("_", " "), change.definition.title
    subtitle = (
        f"Mean score of the episodes with both scores, by {group}; lower is better on this scale. Change is positive for improvement."
    )
    blocks: list[Block] = [
        figure_block(
            dumbbell(change), change_sentence(change), subtitle, alt_text(change, CHANGE[:4], "Chart of two points for each group.")
        ),
        TableBlock(value_table(change, CHANGE, caption=f"{title} by {group} (points)", first=label(by))),
        TableBlock(
            value_table(
                change,
                EFFECTS,
                caption=f"{title} by {group}: in standard deviations of the admission scores, and if nobody without a discharge score changed",
                first=label(by),
            )
        ),
        Note(
            "People come when they feel most unwell, and scores then fall back by themselves: set the change beside what is expected without "
            "any. It is a change, not a comparison with people who were not treated."
        ),
    ]
    caption = f"Mean change of each {group} against the others together"
    compared = difference_table(change, "mean_change", caption=caption, first=label(by), beside=beside)
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
    every = [f"{name}_of_discharged" for name in observed]
    profile = reliable.definition.notes[0]
    false = reliable.of("false_positive_rate")
    blocks: list[Block] = [
        figure_block(
            stacked_shares(reliable, RELIABLE),
            sentence(reliable, "reliable_improvement"),
            f"Share of the episodes with both scores, by {group}. {profile}",
            alt_text(reliable, RELIABLE, "Stacked bar chart."),
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
    if isinstance(false.value, float) and false.value == false.value:
        blocks.append(
            Note(
                f"With no change at all, measurement error alone would make about {percent(false.value)} of people count as reliably better."
            )
        )
    return blocks


def after_blocks(released: Released, by: str, times: Sequence[int], beside: Beside, provenance: Provenance) -> list[Block]:
    """An event after discharge: the curve, those still followed, the estimates with simple rates beside them, what else happened."""
    group, title = by.replace("_", " "), released.definition.title
    names = {definition.name for definition in released.definition.estimands}
    counted = [name for name in BESIDE if name in names]
    figure: Figure = figure_block(
        cumulative(released),
        sentence(released, "cumulative_incidence", time=_middle(times)),
        f"Share with the event by each day after discharge, by {group}; drawn as far as enough are followed, in whole percents. Lower is better."
        + (" Grey: all episodes together." if len(released.curves) - 1 > MOST_TOGETHER else ""),
        alt_text_of_curves(released),
    )
    middle = _middle(times)
    caption = f"{title} by day {middle}: each {group} against the others together"
    compared = difference_table(released, "cumulative_incidence", caption=caption, first=label(by), time=middle, beside=beside)
    return [
        figure,
        Text(_known_from(released, provenance)),
        *([TableBlock(compared)] if compared.rows else []),
        TableBlock(
            at_risk_table(released, caption=f"Still followed, and neither with the event nor gone otherwise, by {group}", first=label(by))
        ),
        TableBlock(_by_time(released, by, times)),
        TableBlock(value_table(released, ("median_days", "median_follow_up_days"), caption=f"{title}: days, by {group}", first=label(by))),
        TableBlock(value_table(released, counted, caption=f"{title}: what is counted beside the curve, by {group}", first=label(by))),
        Points(_cautions(released)),
    ]


def _known_from(released: Released, provenance: Provenance) -> str:
    """Where the events come from, and in how many episodes the end of follow-up is known."""
    source = next((source.name for source in provenance.sources if source.table == "events"), None)
    where = f"the file {source}" if source else "the columns beside each episode"
    followed = released.of("cumulative_incidence", time=min(e.time or 0 for e in released if e.estimand == "cumulative_incidence"))
    said = f"Events are known from {where}; one that is not in it is not known."
    if isinstance(followed.n, int) and isinstance(followed.n_missing, int) and followed.n + followed.n_missing:
        every = followed.n + followed.n_missing
        share = percent(followed.n / every)
        said += (
            f" The end of follow-up is known in {count(followed.n)} of {count(every)} discharged episodes ({share}); the curve is of these."
        )
    return said


def _middle(times: Sequence[int]) -> int:
    return 90 if 90 in times else times[0]


def _by_time(released: Released, by: str, times: Sequence[int]) -> Table:
    """The estimate and the simple rate side by side at each time."""
    heads: list[str] = [label(by)]
    for time in times:
        heads += [f"By day {time}", "Simple rate"]
    rows = []
    for level in ordered_levels(released, "cumulative_incidence"):
        cells = []
        for time in times:
            found, simple = released.of("cumulative_incidence", level, time), released.of("fully_observed_rate", level, time)
            cells += [value_with_range(found), estimate_value(simple)]
        rows.append((label(level, released.levels), *cells))
    return Table(f"{released.definition.title} by day, with the simple rate of those followed throughout", tuple(heads), tuple(rows))


def _cautions(released: Released) -> tuple[str, ...]:
    unknown = released.of("cumulative_incidence").n_missing
    words = "too few to show" if isinstance(unknown, Withheld) else f"{unknown:,}"
    test = [e for e in released.estimates if e.estimand == "log_rank_p"]
    said = ["The clock starts at discharge."]
    if test and isinstance(test[0].value, float):
        statistic = next(e for e in released.estimates if e.estimand == "log_rank_chi_squared")
        said.append(
            f"Log-rank test over the groups, clock from discharge: chi-squared {estimate_value(statistic)}, p {estimate_value(test[0])}."
        )
    said.append(f"Follow-up is not known in {words} episodes, which stand outside the curves.")
    return (*said, "An event that nobody recorded looks like no event.")
