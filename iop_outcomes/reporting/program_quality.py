"""Takes data and a column to compare by, gives the program-quality report: every section from released results alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import find
from iop_outcomes.measures.after_discharge import AT
from iop_outcomes.measures.completion import IF_MISSING
from iop_outcomes.measures.reliable_change import PROFILE
from iop_outcomes.release import DEFAULT_POLICY, SUPPRESSED, Policy, Released, Withheld, policy_for, release, release_flow
from iop_outcomes.reporting.blocks import Block, Note, Points, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.methods import methods_blocks, quality_blocks
from iop_outcomes.reporting.outcomes import after_blocks, change_blocks
from iop_outcomes.reporting.report import Report
from iop_outcomes.results import Provenance
from iop_outcomes.show import charts
from iop_outcomes.show.tables import flow_table, mix_table, share_table, stay_table
from iop_outcomes.show.words import change_sentence, count, estimate_value, headline, label, percent, sentence, stay_sentence

AFTER = {"readmission_psychiatric": ("readmission",), "relapse": ("relapse", "any_use")}


def program_quality(
    data: Data, *, by: str = "track", policy: str = DEFAULT_POLICY, title: str = "Program quality report", conf_level: float = 0.95
) -> Report:
    """Build the report; the public function is `iop_outcomes.report`, which says more."""
    chosen = policy_for(policy, data.data_class)

    def released(name: str, definition: str | None = None, group: str = by) -> Released:
        measure = find(name, definition, scales=data.scales)
        return release(evaluate(measure, data, by=group, conf_level=conf_level), policy)

    completion, stay, reasons, recorded = (released(name) for name in ("completion", "length_of_stay", "discharge_reasons", "recorded"))
    scored = [name for name, scale in data.scales.items() if scale.total and data.engine.has_scale(name)]
    scored.sort(key=lambda name: (name != "phq9", name))  # the scale that programs are judged by most often comes first
    changes = {name: released(f"{name}_change") for name in scored}
    profiled = [name for name in scored if any(profile.name == PROFILE for profile in data.scales[name].profiles)]
    reliable = {name: released(f"{name}_reliable_change") for name in profiled}
    by_reason = {name: released(f"{name}_change", group="discharge_reason") for name in changes}
    after = {name: released(*asked) for name, asked in AFTER.items() if data.engine.has_events(name) and data.engine.has_follow_up(name)}
    measures = (completion, stay, reasons, recorded, *changes.values(), *reliable.values(), *after.values())
    provenance = _shown_provenance(data, measures)
    outcomes = [
        section(f"{name}_change", found.definition.title, change_blocks(found, reliable.get(name), by_reason[name], by))
        for name, found in changes.items()
    ]
    outcomes += [section(name.split("_")[0], found.definition.title, after_blocks(found, by, AT)) for name, found in after.items()]
    sections = (
        section("key_points", "Key points", _key_points(completion, stay, changes, after, chosen)),
        section("flow", "Who is counted", _flow(data, provenance, completion, stay, chosen)),
        section("completion", f"Completion by {_group(by)}", _completion(completion, by)),
        section("length_of_stay", f"Length of stay by {_group(by)}", _stay(stay, by)),
        section("discharge_reasons", f"How episodes ended by {_group(by)}", _reasons(reasons, by)),
        *outcomes,
        section("data_quality", "Data quality", quality_blocks(data, recorded, by, chosen)),
        section("methods", "Methods", methods_blocks(data, provenance, measures, chosen)),
    )
    parameters = {"by": by, "conf_level": f"{conf_level:g}", "policy": chosen.name}
    return Report("program_quality", title, _lead(data, by, completion), sections, measures, provenance, chosen, parameters)


def _group(by: str) -> str:
    return by.replace("_", " ")


def _lead(data: Data, by: str, completion: Released) -> str:
    until = f", data up to {data.provenance.cutoff}" if data.provenance.cutoff else ""
    groups = len(completion.levels) - 1
    everyone = completion.flow[0].rows_in
    episodes = "Episodes" if isinstance(everyone, Withheld) else f"{everyone:,} episodes"
    return f"{episodes} in {groups} {'group' if groups == 1 else 'groups'} by {_group(by)}{until}. Ranges are 95% intervals."


# -- sections ------------------------------------------------------------------------------------------------------


def _key_points(
    completion: Released, stay: Released, changes: Mapping[str, Released], after: Mapping[str, Released], policy: Policy
) -> list[Block]:
    points = [sentence(completion, "completion_strict"), stay_sentence(stay), _spread(completion)]
    points += [change_sentence(found) for found in list(changes.values())[:1]]
    points += [sentence(found, "cumulative_incidence", time=90) for found in list(after.values())[:1]]
    hidden = [level for level in completion.levels if isinstance(completion.of("completion_strict", level).n, Withheld)]
    if hidden:
        names = ", ".join(label(level, completion.levels) for level in hidden)
        points.append(
            f"Some groups are not shown, because they or a group beside them hold fewer than {policy.threshold} episodes: {names}."
        )
    return [Points((*(point for point in points if point), _not_known(changes, after)))]


def _not_known(changes: Mapping[str, Released], after: Mapping[str, Released]) -> str:
    """What the report cannot tell: always the last key point."""
    gaps = []
    for found in list(changes.values())[:1]:
        rate = found.of("paired_rate").value
        if isinstance(rate, float) and rate == rate:  # noqa: PLR0124 - NaN is unequal to itself
            gaps.append(f"{percent(1 - rate)} of discharged episodes lack a score at admission or discharge")
    gaps += [] if changes else ["change in symptoms is not measured"]
    gaps += [] if after else ["what happened after discharge is not recorded"]
    gaps.append("tracks treat different people, so that a gap between groups is not a measure of how good a track is")
    return f"What is not known: {'; '.join(gaps)}."


def _spread(completion: Released) -> str:
    """How far apart the groups are, in numbers and without judgement."""
    found = [completion.of("completion_strict", level) for level in completion.levels[1:]]
    values = sorted((row.value, row.level) for row in found if isinstance(row.value, float) and row.value == row.value)
    if len(values) < 2:
        return ""
    (low, lowest), (high, highest) = values[0], values[-1]
    return (
        f"Completion ran from {percent(low)} ({label(lowest, completion.levels)}) to {percent(high)} ({label(highest, completion.levels)}); "
        "whether the gaps are more than chance is not judged here."
    )


def _shown_provenance(data: Data, measures: Sequence[Released]) -> Provenance:
    """Where the numbers come from, without the number of episodes when a measure has to withhold it."""
    shown = all(not isinstance(flow.rows_in, Withheld) for released in measures for flow in released.flow)
    sources = (source if shown or source.table != "episodes" else replace(source, rows=None) for source in data.provenance.sources)
    return replace(data.provenance, sources=tuple(sources))


def _flow(data: Data, provenance: Provenance, completion: Released, stay: Released, policy: Policy) -> list[Block]:
    withheld = {source.table for source in provenance.sources if source.rows is None}
    rows = [release_flow(flow, policy) for flow in data.flow]
    rows = [replace(row, rows_in=SUPPRESSED, used=SUPPRESSED) if row.what in withheld else row for row in rows]
    measures = {"completion_strict": "Completion", "los_median": "Length of stay", "completion_of_admitted": "Completion, of all admitted"}
    named = {flow.what: flow for flow in (*completion.flow, *stay.flow)}
    asked = [replace(named[name], what=words) for name, words in measures.items()]
    return [
        Text("Rows in are rows used plus rows left out, each with its reason."),
        TableBlock(flow_table(rows, caption="From the files to the data used", first="Table")),
        TableBlock(flow_table(asked, caption="From the episodes used to each measure", first="Measure")),
    ]


def _completion(released: Released, by: str) -> list[Block]:
    names = ["completion_strict", "completion_with_transfers"]
    alt = charts.alt_text(released, names[:1], "Dot chart with ranges.")
    subtitle = f"Share of discharged episodes that ended in planned completion, by {_group(by)}, with 95% ranges. Higher is better."
    blocks: list[Block] = [
        figure_block(charts.dot_range(released, names[0]), headline(released, names[0]), subtitle, alt),
        TableBlock(share_table(released, names, caption=f"Completion by {_group(by)}", first=label(by))),
        TableBlock(share_table(released, ["completion_of_admitted"], caption="Completion of all admitted", first=label(by))),
    ]
    none, every = (released.of(name) for name in IF_MISSING)
    missing = released.of(names[0]).n_missing
    if missing != 0 and none.shown and every.shown:
        text = f"The discharge reason is missing in {count(missing)} episodes. If none of them was a completion, {estimate_value(none)} completed; "
        blocks.append(Note(text + f"if all were, {estimate_value(every)}."))
    blocks.append(Note("Tracks treat different people: a gap between groups can come from who is treated, not from how."))
    return blocks


def _stay(released: Released, by: str) -> list[Block]:
    alt = charts.alt_text(released, ["los_median", "los_q1", "los_q3"], "Range chart of the middle stay and the middle half.")
    subtitle = f"Middle stay (dot) and middle half of stays (bar), in days, by {_group(by)}. Neither long nor short is better by itself."
    return [
        figure_block(charts.stay_range(released), headline(released, "los_median"), subtitle, alt),
        TableBlock(stay_table(released, caption=f"Length of stay by {_group(by)}", first=label(by))),
    ]


def _reasons(released: Released, by: str) -> list[Block]:
    names = [definition.name for definition in released.definition.estimands]
    alt = charts.alt_text(released, names, "Stacked bar chart.")
    subtitle = f"Share of discharged episodes by reason, by {_group(by)}. White: not shown, because too few."
    return [
        figure_block(charts.stacked_shares(released, names), headline(released, "reason_dropped_out"), subtitle, alt),
        TableBlock(mix_table(released, names, caption=f"Discharge reasons by {_group(by)}", first=label(by))),
    ]
