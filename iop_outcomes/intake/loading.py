"""Takes a folder, a file or data frames, gives `Data`: checked, counted and locked, or one error with every finding."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import duckdb

from iop_outcomes.columns import COUNTED, KINDS, LAYOUTS, PERIODS, Column
from iop_outcomes.engine import Engine
from iop_outcomes.engine.derive import Tables
from iop_outcomes.engine.duckdb import DuckEngine
from iop_outcomes.errors import DataError, UsageError, choices
from iop_outcomes.intake.adapters import Adapted, find_adapter
from iop_outcomes.intake.adapters.scratch import Scratch
from iop_outcomes.intake.adapters.sources import files_of_layout
from iop_outcomes.intake.casts import Recipe
from iop_outcomes.intake.changes_in_data import changes_in_data
from iop_outcomes.intake.checks import clean_columns, excuse_orphans, leave_out_copies, look_again, once, rules_for
from iop_outcomes.intake.constants import add_constants, words_of_constants
from iop_outcomes.intake.contacts import NEEDED, counted_select, flow_of, kept_select, rolled_select, rule_findings, rule_words
from iop_outcomes.intake.data import Data
from iop_outcomes.intake.date_offers import findings_of_zones, offer_formats
from iop_outcomes.intake.dates import ISO
from iop_outcomes.intake.findings import PRIVACY_RULES, Finding, fatal, refuse
from iop_outcomes.intake.headers import identifiers_not_read, items_not_added, refuse_columns
from iop_outcomes.intake.id_spellings import offer_spellings, written_otherwise
from iop_outcomes.intake.inputs import Input, Lines, each_table, holds_contacts, open_tables, refuse_what_broke
from iop_outcomes.intake.labels import similar_rules, word_rules
from iop_outcomes.intake.layout_names import is_layout_file
from iop_outcomes.intake.layouts import Layout, find_layout, read_as, with_files
from iop_outcomes.intake.locations import find_mapping
from iop_outcomes.intake.mapping import COUNTS_OF, AdapterSettings, ContactRule, Mapping, read_mapping
from iop_outcomes.intake.nearest import offer_nearest
from iop_outcomes.intake.placing import OUTSIDE, UNPLACED, Placed
from iop_outcomes.intake.primary import primary_words
from iop_outcomes.intake.privacy import name_identifiers
from iop_outcomes.intake.recipes import ENDS, TablePlan, plan_table, refuse_unknown_names
from iop_outcomes.intake.row_findings import (
    findings_of_broken,
    findings_of_copies,
    findings_of_fault,
    findings_of_placed,
    findings_of_swallowed,
)
from iop_outcomes.intake.rules import Fault, Rule
from iop_outcomes.intake.shown_codes import name_codes
from iop_outcomes.intake.store import Store
from iop_outcomes.intake.sum_rows import leave_out_rows, pass_over_sums
from iop_outcomes.intake.surveys import scales_there, spread_surveys
from iop_outcomes.intake.targets import named_targets
from iop_outcomes.intake.vocabulary import only
from iop_outcomes.progress import report_step
from iop_outcomes.results import Flow, Provenance, Source
from iop_outcomes.scales import Scale, load_scales

if TYPE_CHECKING:
    import pandas as pd

OnError = Literal["raise", "exclude"]
MAX_CATEGORIES = 50
PERCENT_NAME = re.compile(r"%|(?:^|[^a-z])(pct|perc|percents?|percentage|rate|share|proportion)(?:[^a-z]|$)", re.IGNORECASE)


def load_counts(
    source: str | Path | pd.DataFrame,
    *,
    n: str | None = None,
    mapping: Dictionary[str, Any] | str | Path | None = None,
    on_error: OnError = "raise",
    scales: str | Path | None = None,
) -> Data:
    """Load a table of counts; the public function is `iop_outcomes.load_counts`, which says more."""
    declared = _mapping_of(source, mapping)
    return load(source, mapping=replace(declared, counts=n or declared.counts or "n"), on_error=on_error, scales=scales)


def load(
    source: str | Path | pd.DataFrame | Dictionary[str, pd.DataFrame],
    *,
    mapping: Mapping | Dictionary[str, Any] | str | Path | None = None,
    on_error: OnError = "raise",
    scales: str | Path | None = None,
    layout: str | None = None,
) -> Data:
    """Load a program; the public function is `iop_outcomes.load`, which says more."""
    if on_error not in ("raise", "exclude"):
        raise UsageError(f'on_error: "{on_error}" is not allowed. {choices(str(on_error), ("raise", "exclude"))}')
    store = Store()
    try:
        return _load(store, source, mapping, on_error, scales, layout)
    except duckdb.Error as error:
        try:
            refuse_what_broke(store, error)
        finally:
            store.close()
        raise
    except BaseException:
        store.close()
        raise


def _load(store: Store, source: Any, given: Any, on_error: OnError, folder: str | Path | None, layout: str | None) -> Data:
    declared = _mapping_of(source, given)
    if folder is None and declared.scales:
        folder = (declared.folder or Path()) / declared.scales
    scales = _with_occasions(_with_referral_means(load_scales(folder), declared), declared)
    targets = named_targets(declared.targets, scales, declared.name)
    primary = primary_words(declared.primary, scales, declared.name)
    opened = _opened(store, source, declared, scales, layout)
    inputs, mapping = opened.inputs, opened.mapping
    _refuse_swallowed(inputs)
    _refuse_beside_counts(inputs, mapping)
    raws = {item.table: store.raw.columns(item.table) for item in inputs}
    refuse_unknown_names(raws, mapping, scales)
    plans = {table: plan_table(table, raw, mapping, scales) for table, raw in raws.items()}
    there = scales_there(store, plans, scales)  # tables of whole points stay so, whatever other scales are known
    plans = {table: plan_table(table, raw, mapping, there) if KINDS[table].points else plans[table] for table, raw in raws.items()}
    _refuse_rates(inputs[0], plans[inputs[0].table])
    refuse_columns(inputs, plans, mapping, scales)
    for table in KINDS:
        if table in plans:
            store.check_with(plans[table].recipe)
    findings, excluded = _check(store, inputs, plans, mapping, scales, there)
    placed = {item.table: store.placed(plan.recipe) for item in inputs if (plan := plans[item.table]).recipe.by_patient}
    for item in inputs:
        if item.table in placed:
            otherwise = written_otherwise(store, item.table, "patient_id") if placed[item.table].unplaced.get("no_patient") else 0
            findings += _marked(findings_of_placed(item, placed[item.table], item.lines, otherwise), item.table)
    findings = [*opened.findings, *findings]
    if not mapping.declared:
        hint = 'Declare it in mapping.toml: [data] class = "safe_harbor", "limited_data_set", "synthetic" or "public"'
        findings.append(Finding("class_not_declared", "note", inputs[0].name, "", "no data class is declared; safe_harbor holds", hint))
    if any(item.severity == "error" for item in findings) and (on_error == "raise" or _beyond_repair(findings)):
        refuse(findings)
    report_step("preparing the tables")
    tables = store.prepare({table: plan.recipe for table, plan in plans.items()}, excluded, orphans=bool(inputs[0].broken))
    engine = DuckEngine(store.connection, tables)
    flow = (*_flow(store, inputs, plans, excluded, placed), *opened.flow)
    if flow[0].used == 0:
        hint = "Correct the rows that the other findings name" if findings else "Give a file with at least one episode"
        refuse([Finding("no_rows", "error", inputs[0].name, "", "no usable episode is left", hint), *findings])
    _refuse_free_text(engine, plans, mapping, inputs[0])
    store.lock()
    rules = (*opened.rules, *words_of_constants(declared.constants), *_known_words_rules(mapping), *_rules_of_counts(mapping, tables))
    provenance = _provenance(store, engine, inputs, mapping, rules)
    groups = _groups(tables, plans)
    return Data(
        engine,
        tuple(findings),
        flow,
        provenance,
        scales,
        groups,
        opened.cannot,
        on_error=on_error,
        program=declared.program,
        primary=primary,
        targets=targets,
        changes=changes_in_data(declared, groups, engine),
    )


def _opened(store: Store, source: Any, mapping: Mapping, scales: Dictionary[str, Scale], layout: str | None) -> Adapted:
    """Every canonical table in the store as raw text: our own layout, or another one through its adapter."""
    wanted = layout or mapping.layout
    if not wanted or is_layout_file(wanted):
        if mapping.adapter != AdapterSettings():
            raise DataError(f"{mapping.name} [adapter]: says how to read another layout, and none is named. {choices('layout', LAYOUTS)}")
        export = find_layout(wanted, _folder_of(source, mapping)) if wanted else None
        given = with_files(mapping, export, source) if export else mapping
        read = partial(_tables_as, source=source, given=mapping, export=export, scales=scales)
        if holds_contacts(source, given):
            rolled = _from_contacts(store, given, scales, read)
            return replace(rolled, rules=(*rolled.rules, *_layout_rules(export)))
        inputs, mapping = read(store, given)
        notes = tuple(note for item in inputs for note in item.notes)
        return Adapted(tuple(inputs), mapping, notes, rules=_layout_rules(export))
    adapter = find_adapter(wanted)
    _refuse_text_of_tables(mapping, wanted)
    report_step(f"reading files of {wanted}")
    return adapter(store, files_of_layout(store, source, mapping, wanted), replace(mapping, layout=wanted), scales)


def _folder_of(source: Any, mapping: Mapping) -> Path:
    """Where a layout file of the site stands: beside the mapping, or else with the data."""
    if mapping.folder is not None or not isinstance(source, str | Path):
        return mapping.folder or Path()
    return Path(source) if Path(source).is_dir() else Path(source).parent


def _tables_as(
    store: Store,
    mapping: Mapping,
    tables: Sequence[str] = (),
    *,
    source: Any,
    given: Mapping,
    export: Layout | None,
    scales: Dictionary[str, Scale],
) -> tuple[list[Input], Mapping]:
    """Tables opened, those of a layout file read as it says, surveys laid out as scores."""
    inputs = open_tables(store, source, mapping, tables)
    for item in inputs:
        pass_over_sums(store, item, mapping)
        leave_out_rows(store, item, mapping)
        add_constants(store, item, mapping)
    if export:
        mapping = read_as(store, inputs, mapping, export, scales, given)
    return inputs, spread_surveys(store, inputs, mapping, scales)


def _layout_rules(export: Layout | None) -> tuple[str, ...]:
    """How the tables of a layout file were read, in words."""
    return (f"{' and '.join(export.tables)} are read as layout {export.name}: {export.title} ({export.source[0]})",) if export else ()


def _known_words_rules(mapping: Mapping) -> tuple[str, ...]:
    """That usual words are read, in words."""
    return (
        (f"in {', '.join(mapping.known_words)}, the usual words of record systems are read as what they mean",)
        if mapping.known_words
        else ()
    )


def _refuse_text_of_tables(mapping: Mapping, layout: str) -> None:
    """What a mapping says of our own tables as text, where another layout says how its files are written."""
    other = sorted({f'"{each}"' for each in mapping.date_formats.values() if each != ISO})
    if other:
        raise DataError(
            f"{mapping.name} date_format: {', '.join(other)} with layout {layout}, whose dates are written as {ISO}. Take it out."
        )
    if mapping.text:
        raise DataError(f"{mapping.name} [text]: not with layout {layout}, whose files are UTF-8. Take it out; [data] delimiter may stay.")


def _from_contacts(
    store: Store, given: Mapping, scales: Dictionary[str, Scale], read: Callable[..., tuple[list[Input], Mapping]]
) -> Adapted:
    """Episodes built from contacts; the rows of contacts never reach the store that is kept."""
    scratch = Scratch()
    try:
        (contacts,), given = read(scratch, given, ("contacts",))
        _refuse_swallowed([contacts])
        others, given = read(store, given, [kind.name for kind in KINDS.values() if kind.parent])
        raws = {"contacts": scratch.raw.columns("contacts")} | {item.table: store.raw.columns(item.table) for item in others}
        refuse_unknown_names(raws, given, scales)
        mapping = replace(given, los_convention="last_contact", contacts=given.contacts or ContactRule())
        plan = plan_table("contacts", raws["contacts"], mapping, scales)
        refuse_columns([contacts], {"contacts": plan}, mapping, scales)
        rolled = _rolled(scratch, store, contacts, plan, mapping, scales)
    except duckdb.Error as error:
        refuse_what_broke(scratch, error)
        raise
    finally:
        scratch.close()
    notes = tuple(note for item in others for note in item.notes)
    return replace(rolled, inputs=(*rolled.inputs, *others), findings=(*rolled.findings, *notes))


def _rolled(scratch: Scratch, store: Store, contacts: Input, plan: TablePlan, mapping: Mapping, scales: Dictionary[str, Scale]) -> Adapted:
    """Contacts checked, those with a fault left out, and the rest rolled; loading refuses the faults, or counts them."""
    scratch.check_with(plan.recipe)
    findings, excluded = _check(scratch, [contacts], {"contacts": plan}, mapping, scales, scales)
    rule, has = mapping.contacts or ContactRule(), tuple(plan.fields)
    kept = kept_select(has, rule, mapping.cutoff, excluded["contacts"])
    report_step("building episodes from contacts")
    flow = flow_of(scratch.ask(counted_select(kept)), len(contacts.broken), len(excluded["contacts"]))
    flow = Flow(flow.what, flow.rows_in + sum(contacts.passed_over.values()), {**contacts.passed_over, **flow.excluded})
    if not flow.used and not any(finding.severity == "error" for finding in findings):
        fatal("no_rows", contacts.name, "no contact was attended", "Check the column status, and [codes.status] in mapping.toml.")
    scratch.hand_over(store, "episodes", rolled_select(has, kept, rule), NEEDED)
    return Adapted(
        (Input("episodes", f"episodes from {contacts.name}", "row", sha256=contacts.sha256),),
        replace(  # what was translated and renamed is canonical now
            mapping,
            codes={name: codes for name, codes in mapping.codes.items() if name not in has},
            columns={table: names for table, names in mapping.columns.items() if not KINDS[table].rolled_into},
            date_formats={table: each for table, each in mapping.date_formats.items() if KINDS[table].parent},
        ),
        (*contacts.notes, *findings, *rule_findings(contacts.name, has, rule, mapping.cutoff)),
        flow=(flow,),
        rules=(rule_words(rule, mapping.cutoff),),
    )


def _mapping_of(source: Any, given: Any) -> Mapping:
    """The mapping given, or the one that stands in the folder."""
    if given is None and isinstance(source, str | Path):
        given = find_mapping(Path(source))
    return read_mapping(given)


def _with_referral_means(scales: Dictionary[str, Scale], mapping: Mapping) -> Dictionary[str, Scale]:
    """The scales with the mean of all who are referred, where the mapping declares it."""
    where = f"{mapping.name} [referral_mean]"
    only(mapping.referral_mean, scales, where, "scale")
    for name, mean in mapping.referral_mean.items():
        low, high = scales[name].range
        if not low <= mean <= high:
            raise DataError(f"{where} {name}: outside the range of {scales[name].label}. Allowed: {low} to {high}.")
    return {**scales, **{name: replace(scales[name], referral_mean=mean) for name, mean in mapping.referral_mean.items()}}


def _with_occasions(scales: Dictionary[str, Scale], mapping: Mapping) -> Dictionary[str, Scale]:
    """The scales with the occasions after discharge that the mapping declares, which hold for every scale."""
    return scales if not mapping.occasions else {name: replace(scale, occasions=mapping.occasions) for name, scale in scales.items()}


# -- what is wrong -----------------------------------------------------------------------------------------------


def _refuse_swallowed(inputs: Sequence[Input]) -> None:
    """Lines that swallow others: nothing else of their files can be judged."""
    findings = [finding for item in inputs for finding in findings_of_swallowed(item)]
    if findings:
        refuse(findings)


def _check(
    store: Store,
    inputs: Sequence[Input],
    plans: Dictionary[str, TablePlan],
    mapping: Mapping,
    scales: Dictionary[str, Scale],
    there: Dictionary[str, Scale],
) -> tuple[list[Finding], dict[str, list[int]]]:
    """Every finding, and the rows that errors leave out."""
    report_step("checking labels")
    clean = clean_columns(store, plans, mapping, tuple(there))
    rules = [*rules_for(plans, mapping, there, clean, tuple(scales)), *similar_rules(store, plans), *word_rules(store, plans)]
    broken_rules = _broken(store, rules)
    if leave_out_copies(store, broken_rules, plans):
        broken_rules = _broken(store, rules)
    broken_rules = name_identifiers(store, look_again(store, broken_rules, plans, mapping), plans, mapping)
    faults = offer_nearest(store, offer_formats(store, once(broken_rules), plans, mapping), plans, scales.values())
    faults = offer_spellings(store, name_codes(store, faults))
    nameless = any(
        fault.rule.id == "blank" and fault.rule.columns == ("episode_id",) and KINDS[fault.rule.table].counted for fault in faults
    )
    if nameless or inputs[0].broken:
        faults = excuse_orphans(faults)
    findings: list[Finding] = []
    excluded: dict[str, list[int]] = {}
    for item in inputs:
        table_faults = [fault for fault in faults if fault.rule.table == item.table]
        copies = store.copies.get(item.table, ())
        if table_faults or item.broken or copies:
            lines = Lines(item)
            of_faults = [finding for fault in table_faults for finding in findings_of_fault(item, plans[item.table], fault, lines)]
            of_rows = [*findings_of_copies(copies, lines), *findings_of_broken(item.broken, lines), *of_faults]
            findings += _marked(of_rows, item.table)
        bad = {row for fault in table_faults if fault.rule.severity == "error" for row in fault.rows}
        excluded[item.table] = sorted(bad)
        findings += findings_of_zones(store, item.name, item.table, plans[item.table])
        if plans[item.table].dropped:
            names = ", ".join(plans[item.table].dropped)
            hint = "To use one, map it or declare it under [covariates]"
            findings.append(Finding("not_read", "note", item.name, "", f"columns that are not read: {names}", hint))
            findings += identifiers_not_read(item, plans[item.table], mapping)
            findings += items_not_added(item, plans[item.table], scales) if KINDS[item.table].points else []
    return findings, excluded


def _marked(findings: Sequence[Finding], table: str) -> list[Finding]:
    """Findings in rows of a table, which say whether their number may hide few people."""
    return [replace(finding, many=True) for finding in findings] if KINDS[table].many else list(findings)


def _broken(store: Store, rules: Sequence[Rule]) -> list[Fault]:
    """The rows that break each rule, by table."""
    tables = list(dict.fromkeys(rule.table for rule in rules))
    return [fault for table in each_table("checking", tables) for fault in store.faults([rule for rule in rules if rule.table == table])]


def _beyond_repair(findings: Sequence[Finding]) -> bool:
    """Whether leaving rows out cannot help: the file holds what its class forbids."""
    return any(finding.severity == "error" and finding.rule in PRIVACY_RULES for finding in findings)


def _refuse_free_text(engine: Engine, plans: Dictionary[str, TablePlan], mapping: Mapping, episodes: Input) -> None:
    """A covariate with many different texts is free text, whatever it is called."""
    for name, kind in mapping.covariates.items():
        if kind == "category" and name in plans[COUNTED].fields and len(engine.tally([[Column(name)]])[0]) > MAX_CATEGORIES:
            message = f"a covariate with more than {MAX_CATEGORIES} different texts"
            fatal("free_text", episodes.name, message, "Group it into categories, or leave it out.", column=plans[COUNTED].names[name])


# -- what is kept ------------------------------------------------------------------------------------------------


def _flow(
    store: Store,
    inputs: Sequence[Input],
    plans: Dictionary[str, TablePlan],
    excluded: Dictionary[str, Sequence[int]],
    placed: Dictionary[str, Placed],
) -> tuple[Flow, ...]:
    flows = []
    for item in inputs:
        if plans[item.table].recipe.as_counts:
            flows += _flow_of_counts(store, item, plans[item.table].recipe, len(excluded[item.table]))
            continue
        raw, used = store.raw.rows(item.table), store.kept(plans[item.table].recipe)
        reasons = {**item.passed_over, "lines that cannot be read": len(item.broken), "rows with an error": len(excluded[item.table])}
        reasons["exact copy"] = len(store.copies.get(item.table, ()))
        reasons[UNPLACED] = len(placed[item.table].rows - set(excluded[item.table])) if item.table in placed else 0
        reasons[OUTSIDE] = store.outside_care(plans[item.table].recipe)
        came = raw + len(item.broken) + sum(item.passed_over.values())
        reasons["rows of excluded episodes"] = came - used - sum(reasons.values())
        flows.append(Flow(item.table, came, {reason: n for reason, n in reasons.items() if n}))
    return tuple(flows)


def _flow_of_counts(store: Store, item: Input, recipe: Recipe, faulty: int) -> list[Flow]:
    """What came of the episodes, and of the cells that hold them: how many a cell holds that does not say so, nobody knows."""
    came, used, cells = store.episodes_in_cells(recipe), store.kept(recipe), store.raw.rows(item.table)
    reasons = {"cells with an error": came - used}
    of_cells = {**item.passed_over, "lines that cannot be read": len(item.broken), "cells with an error": faulty}
    return [
        Flow(item.table, came, {reason: n for reason, n in reasons.items() if n}),
        Flow("cells", cells + len(item.broken) + sum(item.passed_over.values()), {reason: n for reason, n in of_cells.items() if n}),
    ]


def _rules_of_counts(mapping: Mapping, tables: Tables) -> tuple[str, ...]:
    """That episodes came as counts, and what that leaves unknown, in words; no number, which a page may have to withhold."""
    if not mapping.counts:
        return ()
    patients = "" if "patient_id" in tables.episodes else "; whether people return is not known, and episodes are taken as independent"
    ended = "; every episode is taken as discharged, as declared" if mapping.counts_of == "discharged" else ""
    return (f"episodes came as counts, each row a cell of them (column {mapping.counts}){patients}{ended}",)


def _refuse_beside_counts(inputs: Sequence[Input], mapping: Mapping) -> None:
    """A table of counts stands by itself: no row belongs to one of its episodes."""
    if mapping.counts_of != COUNTS_OF[0] and not mapping.counts:
        raise DataError(f'{mapping.name} [data] counts_of: goes with counts alone. Add counts = "n", the column that says how many.')
    others = [item for item in inputs if item.table != COUNTED]
    if mapping.counts and others:
        message = f"a table of {others[0].table} beside a table of counts, none of whose episodes has rows of its own"
        hint = "Take it out; scores and events stand in columns of the counts, as phq9_admit and relapse_day with relapse_observed"
        fatal("beside_counts", others[0].name, message, hint)


def _refuse_rates(item: Input, plan: TablePlan) -> None:
    """Percents and nothing that says how episodes ended: no number can be made of them here, and leaving them out would hide it."""
    outcomes = [name for name in plan.fields if name in ENDS or name.endswith(("_admit", "_discharge", "_observed", "_reason"))]
    percents = [name for name in plan.dropped if PERCENT_NAME.search(name)]
    if plan.recipe.as_counts and percents and not outcomes:
        message = "percents of groups, and no column that says how the episodes ended or what became of them"
        hint = (
            "Write one row for each outcome: its word in discharge_reason, and percent x n / 100, rounded, in the column of the number of "
            "episodes; what is left of n is a row too"
        )
        fatal("rates_not_counts", item.name, message, hint, column=percents[0])


def _provenance(store: Store, engine: Engine, inputs: Sequence[Input], mapping: Mapping, rules: tuple[str, ...]) -> Provenance:
    sources = tuple(Source(item.table, item.name, store.raw.rows(item.table), item.sha256) for item in inputs)
    return Provenance(
        *versions_here(),
        sources,
        mapping.sha256,
        mapping.data_class,
        mapping.cutoff,
        mapping.los_convention,
        rules,
        part2_tracks=_part2_tracks(engine, mapping),
    )


def versions_here() -> tuple[str, dict[str, str]]:
    """The version of this package as provenance names it, and of what it computes with."""
    libraries = {name: _version(name) for name in ("duckdb", "numpy", "scipy", "matplotlib")}
    return f"iop_outcomes {_version('iop-outcomes')}", {"python": platform.python_version(), **libraries}


def _part2_tracks(engine: Engine, mapping: Mapping) -> tuple[str, ...]:
    """The tracks that the mapping names and the data hold."""
    if not mapping.part2_tracks:
        return ()
    return tuple(track for track in mapping.part2_tracks if track in engine.tally([[Column("track")]])[0].levels("track"))


@cache
def _version(package: str) -> str:
    return version(package)


def _groups(tables: Tables, plans: Dictionary[str, TablePlan]) -> tuple[str, ...]:
    """Columns that hold categories, whether they came or were made; identifiers, numbers and dates are none."""
    declared = [*plans[COUNTED].fields.values(), *KINDS[COUNTED].fields]
    categories = {each.name for each in declared if each.kind in ("category", "code")}
    return tuple(name for name in tables.episodes if name in categories or name in PERIODS)
