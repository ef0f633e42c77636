"""Takes data and a column to compare by, gives the program-quality report: every section from released results alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matplotlib.axes import Axes

from iop_outcomes.evaluate import evaluate
from iop_outcomes.intake.data import Data
from iop_outcomes.measures import find
from iop_outcomes.measures.recorded import WHAT
from iop_outcomes.release import DEFAULT_POLICY, Policy, Released, Withheld, policy_for, release, release_flow
from iop_outcomes.reporting.blocks import Block, Figure, Note, Points, TableBlock, Terms, Text, section
from iop_outcomes.reporting.report import Report
from iop_outcomes.show import charts, theme
from iop_outcomes.show.tables import Table, flow_table, mix_table, share_table, stay_table
from iop_outcomes.show.words import count, estimate_value, headline, label, percent, sentence, stay_sentence

_NOT_KNOWN = (
    "What is not known: this report does not yet cover change in symptoms, or readmission, relapse and death after discharge; and tracks "
    "treat different people, so that a gap between tracks is not a measure of how good a track is."
)
_GLOSSARY = (
    ("Episode", "One admission to one track, ended by one discharge, or still active. A person can have several."),
    ("Plausible range", "A 95% interval: it would hold the true value in about 95 of 100 programs like this one."),
    ("Middle stay", "The median: half of stays are shorter and half longer. The middle half runs from the first to the third quartile."),
    ("Not shown", "Withheld by the disclosure policy, because a person might be recognised. It is neither zero nor missing."),
)


def program_quality(
    data: Data, *, by: str = "track", policy: str = DEFAULT_POLICY, title: str = "Program quality report", conf_level: float = 0.95
) -> Report:
    """Build the report; the public function is `iop_outcomes.report`, which says more."""
    chosen = policy_for(policy, data.data_class)

    def released(name: str, definition: str | None = None) -> Released:
        return release(evaluate(find(name, definition), data, by=by, conf_level=conf_level), policy)

    completion, stay, reasons = released("completion"), released("length_of_stay"), released("discharge_reasons")
    recorded = [released("recorded", name) for name in _recorded(data)]
    measures = (completion, stay, reasons, *recorded)
    sections = (
        section("key_points", "Key points", _key_points(completion, stay, chosen)),
        section("flow", "Who is counted", _flow(data, completion, stay, chosen)),
        section("completion", f"Completion by {_group(by)}", _completion(completion, by)),
        section("length_of_stay", f"Length of stay by {_group(by)}", _stay(stay, by)),
        section("discharge_reasons", f"How episodes ended by {_group(by)}", _reasons(reasons, by)),
        section("data_quality", "Data quality", _data_quality(data, recorded, by, chosen)),
        section("methods", "Methods", _methods(data, measures, chosen)),
    )
    parameters = {"by": by, "conf_level": f"{conf_level:g}", "policy": chosen.name}
    return Report("program_quality", title, _lead(data, by, completion), sections, measures, data.provenance, chosen, parameters)


def _group(by: str) -> str:
    return by.replace("_", " ")


def _recorded(data: Data) -> list[str]:
    """What data quality looks at: scores only when the data bring any of that scale."""
    scored = {name for name in WHAT if name.endswith(("_admit", "_discharge"))}
    return [name for name in WHAT if name not in scored or data.engine.has_scale(name.rpartition("_")[0])]


def _lead(data: Data, by: str, completion: Released) -> str:
    until = f", data up to {data.provenance.cutoff}" if data.provenance.cutoff else ""
    groups = len(completion.levels) - 1
    return f"{data.episodes:,} episodes in {groups} groups by {_group(by)}{until}. Ranges are 95% intervals."


# -- sections ------------------------------------------------------------------------------------------------------


def _key_points(completion: Released, stay: Released, policy: Policy) -> list[Block]:
    points = [sentence(completion, "completion_strict"), stay_sentence(stay)]
    points.append(_spread(completion))
    hidden = [level for level in completion.levels if isinstance(completion.of("completion_strict", level).n, Withheld)]
    if hidden:
        names = ", ".join(label(level) for level in hidden)
        points.append(
            f"Some groups are not shown, because they or a group beside them hold fewer than {policy.threshold} episodes: {names}."
        )
    return [Points((*(point for point in points if point), _NOT_KNOWN))]


def _spread(completion: Released) -> str:
    """How far apart the groups are, in numbers and without judgement."""
    found = [completion.of("completion_strict", level) for level in completion.levels[1:]]
    values = sorted((row.value, row.level) for row in found if isinstance(row.value, float) and row.value == row.value)
    if len(values) < 2:
        return ""
    (low, lowest), (high, highest) = values[0], values[-1]
    return (
        f"Completion ran from {percent(low)} ({label(lowest)}) to {percent(high)} ({label(highest)}); "
        "whether the gaps are more than chance is not judged here."
    )


def _flow(data: Data, completion: Released, stay: Released, policy: Policy) -> list[Block]:
    rows = [release_flow(flow, policy) for flow in data.flow]
    measures = {"completion_strict": "Completion", "los_median": "Length of stay", "completion_of_admitted": "Completion, of all admitted"}
    named = {flow.what: flow for flow in (*completion.flow, *stay.flow)}
    asked = [replace(named[name], what=words) for name, words in measures.items()]
    return [
        Text("Rows in are rows used plus rows left out, each with its reason."),
        TableBlock(flow_table(rows, caption="From the files to the data used", first="Table")),
        TableBlock(flow_table(asked, caption="From the episodes used to each measure", first="Measure")),
    ]


def _figure(ax: Axes, headline: str, subtitle: str, alt: str) -> Figure:
    figure = ax.get_figure(root=True)
    if figure is None:
        raise AssertionError("axes without a figure")
    return Figure(headline, subtitle, alt, theme.data_uri(theme.svg(figure)))


def _completion(released: Released, by: str) -> list[Block]:
    names = ["completion_strict", "completion_with_transfers"]
    alt = charts.alt_text(released, names[:1], "Dot chart with ranges.")
    subtitle = f"Share of discharged episodes that ended in planned completion, by {_group(by)}, with 95% ranges. Higher is better."
    blocks: list[Block] = [
        _figure(charts.dot_range(released, names[0]), headline(released, names[0]), subtitle, alt),
        TableBlock(share_table(released, names, caption=f"Completion by {_group(by)}", first=label(by))),
        TableBlock(share_table(released, ["completion_of_admitted"], caption="Completion of all admitted", first=label(by))),
    ]
    worst, best = (released.of(f"completion_strict_{case}_case") for case in ("worst", "best"))
    missing = released.of(names[0]).n_missing
    if missing != 0 and worst.shown and best.shown:
        text = f"The discharge reason is missing in {count(missing)} episodes. If none of them was a completion, {percent(_value(worst))} completed; "
        blocks.append(Note(text + f"if all were, {percent(_value(best))}."))
    blocks.append(Note("Tracks treat different people: a gap between groups can come from who is treated, not from how."))
    return blocks


def _value(estimate: object) -> float:
    value = getattr(estimate, "value", None)
    return float(value) if isinstance(value, float) else float("nan")


def _stay(released: Released, by: str) -> list[Block]:
    alt = charts.alt_text(released, ["los_median", "los_q1", "los_q3"], "Range chart of the middle stay and the middle half.")
    subtitle = f"Middle stay (dot) and middle half of stays (bar), in days, by {_group(by)}. Neither long nor short is better by itself."
    return [
        _figure(charts.stay_range(released), headline(released, "los_median"), subtitle, alt),
        TableBlock(stay_table(released, caption=f"Length of stay by {_group(by)}", first=label(by))),
    ]


def _reasons(released: Released, by: str) -> list[Block]:
    names = [definition.name for definition in released.definition.estimands]
    alt = charts.alt_text(released, names, "Stacked bar chart.")
    subtitle = f"Share of discharged episodes by reason, by {_group(by)}. White: not shown, because too few."
    return [
        _figure(charts.stacked_shares(released, names), headline(released, "reason_dropped_out"), subtitle, alt),
        TableBlock(mix_table(released, names, caption=f"Discharge reasons by {_group(by)}", first=label(by))),
    ]


def _data_quality(data: Data, recorded: Sequence[Released], by: str, policy: Policy) -> list[Block]:
    rows = tuple((f.rule.replace("_", " "), f.severity, f.file, f.column, _findings(f.count, policy), f.message) for f in data.findings)
    heads = ("Finding", "Weight", "File", "Column", "Rows", "What it is")
    found: Block = (
        TableBlock(Table("Findings in the data", heads, rows, prose=True)) if rows else Text("No finding: every rule held in every row.")
    )
    levels = recorded[0].levels
    what = [released.definition.estimands[0] for released in recorded]
    cells = tuple(
        (definition.label, *(estimate_value(released.of(definition.name, level)) for level in levels))
        for released, definition in zip(recorded, what, strict=True)
    )
    caption = f"Share of discharged episodes in which it is known, by {_group(by)}"
    table = Table(caption, ("What", *(label(level) for level in levels)), cells, prose=True)
    return [found, TableBlock(table)]


def _findings(n: int, policy: Policy) -> str:
    if n == 0:
        return "-"
    return f"{n:,}" if n >= policy.threshold else f"fewer than {policy.threshold}"


# -- methods -------------------------------------------------------------------------------------------------------


def _methods(data: Data, measures: Sequence[Released], policy: Policy) -> list[Block]:
    unique = {released.definition.measure: released for released in measures}
    entries = [(released.definition.title, _definition_lines(released)) for released in unique.values()]
    return [
        Text("Day 0 is admission. An episode counts in the group it was admitted to. Intervals are 95% unless they say otherwise."),
        Terms(tuple(entries)),
        Terms(tuple((term, (meaning,)) for term, meaning in _GLOSSARY)),
        Terms(
            (("Disclosure", _disclosure_lines(measures, policy)), ("Repeated patients", (_repeats(data),)), ("Stay", (_convention(data),)))
        ),
        Terms((("Where the numbers come from", _provenance_lines(data)),)),
    ]


def _definition_lines(released: Released) -> tuple[str, ...]:
    definition = released.definition
    lines = [definition.asks]
    lines += [f"{e.label} ({e.name}): {e.counted}, among {e.among}. Interval: {e.interval}." for e in definition.estimands]
    for flow in released.flow[:1]:
        out = "; ".join(f"{reason}: {count(n)}" for reason, n in flow.excluded.items())
        lines.append(f"Left out, of {count(flow.rows_in)} episodes: {out or 'none'}.")
    return (*lines, *definition.notes, *(f"Source: {source}." for source in definition.sources))


def _disclosure_lines(measures: Sequence[Released], policy: Policy) -> tuple[str, ...]:
    return (
        f"Policy {policy.name}: {policy.words}",
        f"Source: {policy.source}.",
        f"Numbers withheld in this report: {sum(r.withheld for r in measures):,}.",
    )


def _repeats(data: Data) -> str:
    repeated = data.engine.repeated_patients()
    if repeated is None:
        return "The data name no patients, so that episodes are taken as independent; ranges are too narrow if people return."
    if repeated == 0:
        return "No patient has more than one episode."
    return "Some patients have more than one episode, and the ranges do not yet allow for it: they are somewhat too narrow."


def _convention(data: Data) -> str:
    return {
        "difference": "Discharge day minus admission day.",
        "inclusive": "The file counts both the first and the last day; one day was taken off.",
        "last_contact": "The file counts to the last contact, which is earlier than the administrative discharge.",
    }[data.provenance.los_convention]


def _provenance_lines(data: Data) -> tuple[str, ...]:
    facts = data.provenance
    lines = [f"{source.table}: {source.name}, {source.rows:,} rows, SHA-256 {source.sha256}" for source in facts.sources]
    lines.append(f"Mapping: SHA-256 {facts.mapping_sha256}" if facts.mapping_sha256 else "Mapping: none; names were canonical already")
    lines.append(f"Class of the data: {facts.data_class}" + (f"; data cut-off {facts.cutoff}" if facts.cutoff else ""))
    versions = ", ".join(f"{name} {number}" for name, number in facts.versions.items())
    return (*lines, f"Made by {facts.package} with {versions}")
