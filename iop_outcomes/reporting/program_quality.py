"""Takes data and a column to compare by, gives the program-quality report: every section from released results alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.columns import Column
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.asked import asked
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.lacking import refuse_lacking
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.measures import Measure, find
from iop_outcomes.measures.after_discharge import AT
from iop_outcomes.measures.completion import IF_MISSING
from iop_outcomes.measures.reliable_change import PROFILE
from iop_outcomes.release import DEFAULT_POLICY, SUPPRESSED, Policy, Released, Withheld, policy_for, release, release_flow
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, figure_block, section
from iop_outcomes.reporting.methods import methods_blocks, quality_blocks
from iop_outcomes.reporting.outcomes import after_blocks, change_blocks
from iop_outcomes.reporting.over_time import NO_PERIOD, completion_trend, over_time_blocks
from iop_outcomes.reporting.page_one import MIDDLE_DAY, Main, cards, comparison, key_points, limits
from iop_outcomes.reporting.participants import participants_blocks
from iop_outcomes.reporting.previous import Figure, previous_blocks
from iop_outcomes.reporting.report import Report
from iop_outcomes.results import Provenance
from iop_outcomes.show import charts
from iop_outcomes.show.comparison import chance_sentence, different_people, judged
from iop_outcomes.show.tables import flow_table, mix_table, share_table, stay_table
from iop_outcomes.show.trend import Trend
from iop_outcomes.show.trend_words import trend_sentence
from iop_outcomes.show.words import episodes, estimate_value, headline, label

AFTER = {"readmission_psychiatric": ("readmission", None), "relapse": ("relapse", "any_use")}
COMPARED = {
    "completion": Against(("completion_strict",)),
    "change": Against(("mean_change",)),
    "after": Against(("cumulative_incidence", "transfer_0_2"), times=(MIDDLE_DAY,)),
}


@dataclass(frozen=True)
class _Asked:
    """What a report is made of: data, grouping, policy and confidence, and the one way to a released measure.

    `grouped` is the grouping column where the episodes without a value of it are too few to show: then they leave every table.
    """

    data: Data
    by: str
    policy: str
    conf_level: float
    grouped: str | None

    def find(self, name: str, definition: str | None = None) -> Measure:
        """A measure as these data can answer it."""
        return asked(self.data, name, definition)

    def released(self, name: str, definition: str | None = None, *, by: str | None = None, against: Against | None = None) -> Released:
        """A measure, evaluated and released."""
        measure = self.find(name, definition)
        found = evaluate(measure, self.data, by=by or self.by, against=against, grouped=self.grouped, conf_level=self.conf_level)
        return release(replace(found, among_grouped=None), self.policy)  # one page has one population, by whatever column a table is


@dataclass(frozen=True)
class _Found:
    """Every released measure of a report, by what it is for."""

    completion: Released
    stay: Released
    reasons: Released
    recorded: Released
    changes: Mapping[str, Released]
    reliable: Mapping[str, Released]
    by_reason: Mapping[str, Released]
    after: Mapping[str, Released]
    people: tuple[Released, ...]
    without: tuple[Section, ...]

    @property
    def main(self) -> Main:
        """Those of the first page."""
        change = next(iter(self.changes.values()), None)
        reliable = next((self.reliable[name] for name in self.changes if name in self.reliable), None)
        return Main(self.completion, self.stay, _stem(self.stay), change, reliable, next(iter(self.after.values()), None))

    @property
    def measures(self) -> tuple[Released, ...]:
        """Those whose definitions the methods print."""
        spine = (self.completion, self.stay, self.reasons, self.recorded)
        return (*spine, *self.changes.values(), *self.reliable.values(), *self.after.values(), *self.people)


def program_quality(
    data: Data, *, by: str = "track", policy: str = DEFAULT_POLICY, title: str = "Program quality report", conf_level: float = 0.95
) -> Report:
    """Build the report; the public function is `iop_outcomes.report`, which says more."""
    chosen = policy_for(policy, data.data_class)
    grouped = _grouped(data, data.group(by), chosen)
    of = _Asked(data, by, policy, conf_level, grouped)
    who, people = participants_blocks(data, by, policy, conf_level, grouped=grouped)
    found = _found(of, people)
    provenance = _shown_provenance(data, found.measures)
    trend = completion_trend(data, policy, conf_level=conf_level, grouped=grouped)
    previous, years = previous_blocks(data, _figures(of, found.main), policy, conf_level, grouped=grouped)
    sections = (
        *_first_page(of, found, who, trend, chosen),
        *_details(of, found, provenance, chosen),
        section("previous_period", "The year before", previous),
        section("data_quality", "Data quality", quality_blocks(data, found.recorded, by, chosen)),
        section("methods", "Methods", methods_blocks(data, provenance, found.measures, chosen)),
    )
    released = (*found.measures, *([] if trend is None else [trend.released]), *years)
    parameters = {"by": by, "conf_level": f"{conf_level:g}", "policy": chosen.name}
    return Report(
        "program_quality", title, _lead(data, by, found.completion), sections, released, provenance, chosen, parameters, found.without
    )


def _grouped(data: Data, by: str, policy: Policy) -> str | None:
    """The grouping column, where fewer episodes than may be shown have no value of it."""
    counts = data.engine.tally([Column(by)])
    blank = int(counts.n[counts.is_in(by, [None])].sum())
    return None if is_safe(blank, policy.threshold) else by


def _found(of: _Asked, people: tuple[Released, ...]) -> _Found:
    """Every measure that the data can answer."""
    data = of.data
    scored = [name for name, scale in data.scales.items() if scale.total and data.engine.has_scale(name)]
    scored.sort(key=lambda name: (name != "phq9", name))  # the scale that programs are judged by most often comes first
    profiled = [name for name in scored if any(profile.name == PROFILE for profile in data.scales[name].profiles)]
    after, without = _after(of)
    return _Found(
        completion=of.released("completion", against=COMPARED["completion"]),
        stay=of.released("length_of_stay"),
        reasons=of.released("discharge_reasons"),
        recorded=of.released("recorded"),
        changes={name: of.released(f"{name}_change", against=COMPARED["change"]) for name in scored},
        reliable={name: of.released(f"{name}_reliable_change") for name in profiled},
        by_reason={name: of.released(f"{name}_change", by="discharge_reason") for name in scored},
        after=after,
        people=people,
        without=(*_not_scored(of, scored), *without),
    )


def _after(of: _Asked) -> tuple[dict[str, Released], list[Section]]:
    """What happened after discharge, and the sections that the data cannot fill."""
    found, without = {}, []
    for name, (measure, definition) in AFTER.items():
        try:
            refuse_lacking(of.data, of.find(measure, definition))
            found[name] = of.released(measure, definition, against=COMPARED["after"])
        except NotAssessableError as reason:
            title = find(measure, definition).title
            without.append(section(measure, title, [Note(str(reason))]))
    return found, without


def _not_scored(of: _Asked, scored: Sequence[str]) -> list[Section]:
    """The sections of scales that the data hold no score of."""
    without = []
    for name, scale in of.data.scales.items():
        if scale.total and name not in scored:
            try:
                refuse_lacking(of.data, of.find(f"{name}_change"))
            except NotAssessableError as reason:
                without.append(section(f"{name}_change", f"Change in {scale.label}", [Note(str(reason))]))
    return without


def _first_page(of: _Asked, found: _Found, who: Sequence[Block], trend: Trend | None, policy: Policy) -> list[Section]:
    """What is read first: the key points, and what they rest on."""
    over_time: list[Block] = [Text(NO_PERIOD)] if trend is None else over_time_blocks(of.data, trend)
    points = key_points(found.main, of.by, "" if trend is None else trend_sentence(trend), policy)
    return [
        section("key_points", "Key points", [*points, *cards(found.main)]),
        section("who", f"Who is in each {_group(of.by)}", who),
        section(
            "comparison",
            f"How the {_groups(of.by)} compare",
            comparison(found.completion, of.by, _severity(found.people), _chance(found, of.conf_level)),
        ),
        section("trend", "Over time", over_time),
        section("limits", "What this report cannot tell you", limits(found.main)),
    ]


def _chance(found: _Found, conf_level: float) -> str:
    """How often chance alone would give a word, over all that the page judges."""
    several = {key for released in (found.completion, *found.changes.values(), *found.after.values()) for key in judged(released)}
    return chance_sentence(len(several), conf_level)


def _details(of: _Asked, found: _Found, provenance: Provenance, policy: Policy) -> list[Section]:
    """Each outcome by itself."""
    by, severity = of.by, _severity(found.people)
    return [
        section("flow", "Who is counted", _flow(of.data, provenance, found.completion, found.stay, policy)),
        section("discharge_reasons", f"How episodes ended by {_group(by)}", _reasons(found.reasons, by)),
        section("completion", f"Completion by {_group(by)}", _completion(found.completion, by)),
        section("length_of_stay", f"Length of stay by {_group(by)}", _stay(found.stay, _stem(found.stay), by)),
        *(
            section(
                f"{name}_change",
                change.definition.title,
                change_blocks(change, found.reliable.get(name), found.by_reason[name], by, severity, better=of.data.scales[name].better),
            )
            for name, change in found.changes.items()
        ),
        *(
            section(AFTER[name][0], after.definition.title, after_blocks(after, by, AT, severity, of.data.provenance))
            for name, after in found.after.items()
        ),
    ]


def _group(by: str) -> str:
    return by.replace("_", " ")


def _groups(by: str) -> str:
    """The plural in which a heading names the groups."""
    return "tracks" if by == "track" else f"groups by {_group(by)}"


def _stem(stay: Released) -> str:
    """What the numbers of the stay begin with: the file's own convention has its own names."""
    return next(e.name for e in stay.definition.estimands if e.name.endswith("_median")).removesuffix("_median")


def _severity(people: Sequence[Released]) -> tuple[str, Mapping[str, str]] | None:
    """How ill people were at admission, by level, to stand beside every comparison."""
    found = next((released for released in people if any(e.estimand == "mean_admit" for e in released)), None)
    if found is None:
        return None
    words = {level: estimate_value(found.of("mean_admit", level)) for level in found.levels}
    return f"{found.definition.estimand('mean_admit').label}, of everyone admitted with a score", words


def _figures(of: _Asked, main: Main) -> list[Figure]:
    """What stands beside the year before: the figures of the cards."""
    stay = of.find("length_of_stay")
    found: list[Figure] = [
        ("Completed", of.find("completion"), "completion_strict", None),
        ("Middle stay (days)", stay, f"{main.stem}_median", None),
    ]
    if main.change is not None:
        measure = of.find(main.change.definition.measure)
        found.append((f"{main.change.definition.title} (points)", measure, "mean_change", None))
        found.append(("Both scores known", measure, "paired_rate", None))
    if main.after is not None:
        defined = main.after.definition
        measure = asked(of.data, defined.measure, main.after.estimates[0].definition, at=(MIDDLE_DAY,))
        found.append((f"{defined.estimand('cumulative_incidence').label} by day {MIDDLE_DAY}", measure, "cumulative_incidence", MIDDLE_DAY))
    return found


def _lead(data: Data, by: str, completion: Released) -> str:
    until = f", data up to {data.provenance.cutoff}" if data.provenance.cutoff else ""
    groups = len([level for level in completion.levels if level not in (ALL, MISSING_LEVEL)])
    without = ", and some without one," if MISSING_LEVEL in completion.levels else ""
    everyone = completion.flow[0].rows_in
    episodes = "Episodes" if isinstance(everyone, Withheld) else f"{everyone:,} episodes"
    return f"{episodes} in {groups} {'group' if groups == 1 else 'groups'} by {_group(by)}{without}{until}. Ranges are 95% intervals."


# -- sections ------------------------------------------------------------------------------------------------------


def _shown_provenance(data: Data, measures: Sequence[Released]) -> Provenance:
    """Where the numbers come from, without the number of episodes when a measure has to withhold it."""
    shown = all(not isinstance(flow.rows_in, Withheld) and not released.only_grouped for released in measures for flow in released.flow)
    sources = (source if shown or source.table != "episodes" else replace(source, rows=None) for source in data.provenance.sources)
    return replace(data.provenance, sources=tuple(sources))


def _flow(data: Data, provenance: Provenance, completion: Released, stay: Released, policy: Policy) -> list[Block]:
    withheld = {source.table for source in provenance.sources if source.rows is None}
    rows = [release_flow(flow, policy) for flow in data.flow]
    rows = [replace(row, rows_in=SUPPRESSED, used=SUPPRESSED) if row.what in withheld else row for row in rows]  # what is left would follow
    asked_of = {
        "completion_strict": "Completion",
        f"{_stem(stay)}_median": "Length of stay",
        "completion_of_admitted": "Completion, of all admitted",
    }
    named = {flow.what: flow for flow in (*completion.flow, *stay.flow)}
    asked = [replace(named[name], what=words) for name, words in asked_of.items()]
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
        text = (
            f"The discharge reason is missing in {episodes(missing)}. If none of them was a completion, {estimate_value(none)} completed; "
        )
        blocks.append(Note(text + f"if all were, {estimate_value(every)}."))
    if len([level for level in released.levels if level not in (ALL, MISSING_LEVEL)]) > 1:
        blocks.append(Note(different_people(by)))
    return blocks


def _stay(released: Released, stem: str, by: str) -> list[Block]:
    if released.definition.chart == "stacked_shares":
        return _stay_in_bands(released, stem, by)
    alt = charts.alt_text(
        released, [f"{stem}_{name}" for name in ("median", "q1", "q3")], "Range chart of the middle stay and the middle half."
    )
    subtitle = f"Middle stay (dot) and middle half of stays (bar), in days, by {_group(by)}. Neither long nor short is better by itself."
    return [
        figure_block(charts.stay_range(released, stem=stem), headline(released, f"{stem}_median"), subtitle, alt),
        TableBlock(stay_table(released, stem=stem, caption=f"Length of stay by {_group(by)}", first=label(by))),
    ]


def _stay_in_bands(released: Released, stem: str, by: str) -> list[Block]:
    """Stays that the files give as bands: shares of each, and no mean."""
    shown = released.definition.shown
    alt = charts.alt_text(released, shown, "Stacked bar chart.")
    subtitle = f"Share of discharged episodes by length of stay, by {_group(by)}.{_white(released, shown)}"
    return [
        figure_block(charts.stacked_shares(released, shown), headline(released, f"{stem}_median"), subtitle, alt),
        TableBlock(mix_table(released, shown, caption=f"Length of stay by {_group(by)}", first=label(by))),
    ]


def _reasons(released: Released, by: str) -> list[Block]:
    names = [definition.name for definition in released.definition.estimands]
    alt = charts.alt_text(released, names, "Stacked bar chart.")
    subtitle = f"Share of discharged episodes by reason, by {_group(by)}.{_white(released, names)}"
    return [
        figure_block(charts.stacked_shares(released, names), headline(released, "reason_dropped_out"), subtitle, alt),
        TableBlock(mix_table(released, names, caption=f"Discharge reasons by {_group(by)}", first=label(by))),
    ]


def _white(released: Released, estimands: Sequence[str]) -> str:
    """What the white parts of bars are, where there are any."""
    withheld = any(not estimate.shown for estimate in released if estimate.estimand in estimands)
    return " White: not shown, because too few." if withheld else ""
