"""Takes data and a column to compare by, gives the program-quality report: every section from released results alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from iop_outcomes.columns import Column
from iop_outcomes.errors import NotAssessableError
from iop_outcomes.evaluate import evaluate
from iop_outcomes.evaluate.contrasts import Against
from iop_outcomes.evaluate.lacking import refuse_lacking
from iop_outcomes.evaluate.lookup import look_up
from iop_outcomes.intake.data import Data
from iop_outcomes.keys import ALL, MISSING_LEVEL
from iop_outcomes.measures import Measure, find
from iop_outcomes.measures.after_discharge import AT
from iop_outcomes.measures.reliable_change import PROFILE
from iop_outcomes.release import DEFAULT_POLICY, Policy, Released, Withheld, policy_for, release, release_flows
from iop_outcomes.release.protect import is_safe
from iop_outcomes.reporting.blocks import Block, Note, Section, TableBlock, Text, marked, section
from iop_outcomes.reporting.ends import completion_blocks, reason_blocks, stay_blocks
from iop_outcomes.reporting.methods import methods_blocks, quality_blocks, shown_provenance
from iop_outcomes.reporting.outcomes import after_blocks, change_blocks
from iop_outcomes.reporting.over_time import NO_PERIOD, completion_trend, over_time_blocks
from iop_outcomes.reporting.page_one import MIDDLE_DAY, FirstPage, cards, comparison, key_points, limitations
from iop_outcomes.reporting.participants import participants_blocks
from iop_outcomes.reporting.previous import Indicator, previous_blocks
from iop_outcomes.reporting.report import Report
from iop_outcomes.show.comparison import ExtraColumn, chance_sentence, judged_outcomes
from iop_outcomes.show.tables import flow_table
from iop_outcomes.show.trend import Trend
from iop_outcomes.show.trend_words import trend_sentence
from iop_outcomes.show.words import estimate_value

AFTER = {"readmission_psychiatric": ("readmission", None), "relapse": ("relapse", "any_use")}
COMPARED = {
    "completion": Against(("completion_strict",)),
    "change": Against(("mean_change",)),
    "after": Against(("cumulative_incidence", "transfer_0_2"), times=(MIDDLE_DAY,)),
}


@dataclass(frozen=True)
class _Evaluation:
    """What a report is made of: data, grouping, policy and confidence, and the one way to a released measure.

    `grouped` is the grouping column where the episodes without a value of it are too few to show: then they leave every table.
    """

    data: Data
    by: str
    policy: str
    conf_level: float
    grouped: str | None

    def find(self, name: str, definition: str | None = None, *, scale: str | None = None) -> Measure:
        """A measure as these data can answer it."""
        return look_up(self.data, name, definition, scale=scale)

    def released(
        self,
        name: str,
        definition: str | None = None,
        *,
        scale: str | None = None,
        by: str | None = None,
        against: Against | None = None,
    ) -> Released:
        """A measure, evaluated and released."""
        measure = self.find(name, definition, scale=scale)
        results = evaluate(measure, self.data, by=by or self.by, against=against, grouped=self.grouped, conf_level=self.conf_level)
        return release(replace(results, among_grouped=None), self.policy)  # one page has one population, by whatever column a table is


@dataclass(frozen=True)
class _Measures:
    """Every released measure of a report, by what it is for, and the sections that the data cannot fill."""

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
    def first_page(self) -> FirstPage:
        """Those of the first page."""
        change = next(iter(self.changes.values()), None)
        reliable = next((self.reliable[name] for name in self.changes if name in self.reliable), None)
        return FirstPage(self.completion, self.stay, change, reliable, next(iter(self.after.values()), None))

    @property
    def defined(self) -> tuple[Released, ...]:
        """Those whose definitions the methods print."""
        spine = (self.completion, self.stay, self.reasons, self.recorded)
        return (*spine, *self.changes.values(), *self.reliable.values(), *self.after.values(), *self.people)


def program_quality(
    data: Data, *, by: str = "track", policy: str = DEFAULT_POLICY, title: str = "Program quality report", conf_level: float = 0.95
) -> Report:
    """Build the report; the public function is `iop_outcomes.report`, which says more."""
    chosen = policy_for(policy, data.data_class)
    grouped = _grouped(data, data.group(by), chosen)
    evaluation = _Evaluation(data, by, policy, conf_level, grouped)
    who, people = participants_blocks(data, by, policy, conf_level, grouped=grouped)
    measures = _measures(evaluation, people)
    provenance = shown_provenance(data, measures.defined)
    trend = completion_trend(data, policy, conf_level=conf_level, grouped=grouped)
    previous, years = previous_blocks(data, _indicators(evaluation, measures.first_page), policy, conf_level, grouped=grouped)
    sections = (
        *_first_page(evaluation, measures, who, trend, chosen),
        *_details(evaluation, measures),
        section("previous_period", "The year before", previous),
        section("data_quality", "Data quality", quality_blocks(data, measures.recorded, by, chosen)),
        section("methods", "Methods", methods_blocks(data, provenance, measures.defined, chosen)),
    )
    released = (*measures.defined, *([] if trend is None else [trend.released]), *years)
    parameters = {"by": by, "conf_level": f"{conf_level:g}", "policy": chosen.name}
    sections = tuple(marked(part, chosen.mark) for part in sections)
    return Report(
        "program_quality", title, _lead(data, by, measures.completion), sections, released, provenance, chosen, parameters, measures.without
    )


def _grouped(data: Data, by: str, policy: Policy) -> str | None:
    """The grouping column, where fewer episodes than may be shown have no value of it."""
    counts = data.engine.tally([Column(by)])
    blank = int(counts.n[counts.is_in(by, [None])].sum())
    return None if is_safe(blank, policy.threshold) else by


def _measures(evaluation: _Evaluation, people: tuple[Released, ...]) -> _Measures:
    """Every measure that the data can answer."""
    data = evaluation.data
    scored = [name for name, scale in data.scales.items() if scale.total and data.engine.has_scale(name)]
    scored.sort(key=lambda name: (name != "phq9", name))  # the scale that programs are judged by most often comes first
    profiled = [name for name in scored if any(profile.name == PROFILE for profile in data.scales[name].profiles)]
    after, without = _after(evaluation)
    return _Measures(
        completion=evaluation.released("completion", against=COMPARED["completion"]),
        stay=evaluation.released("length_of_stay"),
        reasons=evaluation.released("discharge_reasons"),
        recorded=evaluation.released("recorded"),
        changes={name: evaluation.released("symptom_change", scale=name, against=COMPARED["change"]) for name in scored},
        reliable={name: evaluation.released("reliable_change", scale=name) for name in profiled},
        by_reason={name: evaluation.released("symptom_change", scale=name, by="discharge_reason") for name in scored},
        after=after,
        people=people,
        without=(*_not_scored(evaluation, scored), *without),
    )


def _after(evaluation: _Evaluation) -> tuple[dict[str, Released], list[Section]]:
    """What happened after discharge, and the sections that the data cannot fill."""
    after, without = {}, []
    for name, (measure, definition) in AFTER.items():
        try:
            refuse_lacking(evaluation.data, evaluation.find(measure, definition))
            after[name] = evaluation.released(measure, definition, against=COMPARED["after"])
        except NotAssessableError as reason:
            title = find(measure, definition).title
            without.append(section(measure, title, [Note(str(reason))]))
    return after, without


def _not_scored(evaluation: _Evaluation, scored: Sequence[str]) -> list[Section]:
    """The sections of scales that the data hold no score evaluation."""
    without = []
    for name, scale in evaluation.data.scales.items():
        if scale.total and name not in scored:
            try:
                measure = evaluation.find("symptom_change", scale=name)
                refuse_lacking(evaluation.data, measure)
            except NotAssessableError as reason:
                without.append(section(measure.name, measure.title, [Note(str(reason))]))
    return without


def _first_page(evaluation: _Evaluation, measures: _Measures, who: Sequence[Block], trend: Trend | None, policy: Policy) -> list[Section]:
    """What is read first: the key points, and what they rest on."""
    over_time: list[Block] = [Text(NO_PERIOD)] if trend is None else over_time_blocks(evaluation.data, trend)
    points = key_points(measures.first_page, evaluation.by, "" if trend is None else trend_sentence(trend), policy)
    return [
        section("key_points", "Key points", [*points, *cards(measures.first_page)]),
        section("who", f"Who is in each {_group(evaluation.by)}", who),
        section(
            "comparison",
            f"How the {_groups(evaluation.by)} compare",
            comparison(measures.completion, evaluation.by, _severity(measures.people), _chance(measures, evaluation.conf_level)),
        ),
        section("trend", "Over time", over_time),
        section("limits", "What this report cannot tell you", limitations(measures.first_page)),
    ]


def _chance(measures: _Measures, conf_level: float) -> str:
    """How often chance alone would give a word, over all that the page judges."""
    several = {
        key for released in (measures.completion, *measures.changes.values(), *measures.after.values()) for key in judged_outcomes(released)
    }
    return chance_sentence(len(several), conf_level)


def _details(evaluation: _Evaluation, measures: _Measures) -> list[Section]:
    """Each outcome by itself."""
    by, severity = evaluation.by, _severity(measures.people)
    return [
        section("flow", "Who is counted", _flow(evaluation.data, measures)),
        section("discharge_reasons", f"How episodes ended by {_group(by)}", reason_blocks(measures.reasons, by)),
        section("completion", f"Completion by {_group(by)}", completion_blocks(measures.completion, by)),
        section("length_of_stay", f"Length of stay by {_group(by)}", stay_blocks(measures.stay, by)),
        *(
            section(
                change.definition.measure,
                change.definition.title,
                change_blocks(
                    change, measures.reliable.get(name), measures.by_reason[name], by, severity, better=evaluation.data.scales[name].better
                ),
            )
            for name, change in measures.changes.items()
        ),
        *(
            section(AFTER[name][0], after.definition.title, after_blocks(after, by, AT, severity, evaluation.data.provenance))
            for name, after in measures.after.items()
        ),
    ]


def _group(by: str) -> str:
    return by.replace("_", " ")


def _groups(by: str) -> str:
    """The plural in which a heading names the groups."""
    return "tracks" if by == "track" else f"groups by {_group(by)}"


def _severity(people: Sequence[Released]) -> ExtraColumn | None:
    """How ill people were at admission, by level, to stand beside every comparison."""
    released = next((each for each in people if each.definition.has_role("mean")), None)
    if released is None:
        return None
    mean = released.definition.in_role("mean")
    words = {level: estimate_value(released.estimate(mean, level)) for level in released.levels}
    return f"{released.definition.estimand(mean).label}, of everyone admitted with a score", words


def _indicators(evaluation: _Evaluation, page: FirstPage) -> list[Indicator]:
    """What stands beside the year before: the numbers of the cards."""
    stay = evaluation.find("length_of_stay")
    indicators = [
        Indicator("Completed", evaluation.find("completion"), "completion_strict"),
        Indicator("Middle stay (days)", stay, page.stay.definition.in_role("middle")),
    ]
    if page.change is not None:
        measure = evaluation.find(page.change.definition.measure)
        indicators.append(Indicator(f"{page.change.definition.title} (points)", measure, "mean_change"))
        indicators.append(Indicator("Both scores known", measure, "paired_rate"))
    if page.after is not None:
        defined = page.after.definition
        measure = look_up(evaluation.data, defined.measure, page.after.estimates[0].definition, at=(MIDDLE_DAY,))
        title = f"{defined.estimand('cumulative_incidence').label} by day {MIDDLE_DAY}"
        indicators.append(Indicator(title, measure, "cumulative_incidence", MIDDLE_DAY))
    return indicators


def _lead(data: Data, by: str, completion: Released) -> str:
    until = f", data up to {data.provenance.cutoff}" if data.provenance.cutoff else ""
    groups = len([level for level in completion.levels if level not in (ALL, MISSING_LEVEL)])
    without = ", and some without one," if MISSING_LEVEL in completion.levels else ""
    everyone = completion.flow[0].rows_in
    episodes = "Episodes" if isinstance(everyone, Withheld) else f"{everyone:,} episodes"
    return f"{episodes} in {groups} {'group' if groups == 1 else 'groups'} by {_group(by)}{without}{until}. Ranges are 95% intervals."


def _flow(data: Data, measures: _Measures) -> list[Block]:
    rows = release_flows(data.flow, measures.defined)
    completion, stay = measures.completion, measures.stay
    words = {
        "completion_strict": "Completion",
        stay.definition.in_role("middle"): "Length of stay",
        "completion_of_admitted": "Completion, of all admitted",
    }
    named = {flow.what: flow for flow in (*completion.flow, *stay.flow)}
    flows = [replace(named[name], what=title) for name, title in words.items()]
    return [
        Text("Rows in are rows used plus rows left out, each with its reason."),
        TableBlock(flow_table(rows, caption="From the files to the data used", first="Table")),
        TableBlock(flow_table(flows, caption="From the episodes used to each measure", first="Measure")),
    ]
