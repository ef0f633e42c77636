"""Takes what is read of each table, gives the rules its rows must keep: checks as data, compiled into one scan."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from iop_outcomes.columns import COUNTED, FIRST_DATE, KINDS, Field, RuleSet
from iop_outcomes.engine.dialect import CELL_SIZE, ROW, literal, quoted
from iop_outcomes.intake.casts import typed_text
from iop_outcomes.intake.contacts import contact_rules
from iop_outcomes.intake.dates import written_as
from iop_outcomes.intake.labels import label_rules, name_labels, suspected_as
from iop_outcomes.intake.mapping import Mapping
from iop_outcomes.intake.privacy import not_plain, privacy_rules, suspect
from iop_outcomes.intake.recipes import TablePlan
from iop_outcomes.intake.rules import Fault, Rule
from iop_outcomes.intake.rules_of_counts import cell_rules, count_rules
from iop_outcomes.intake.rules_of_episodes import (
    CORRECT,
    DUPLICATE,
    LAST_DATE,
    NO_READMISSION,
    OVERLAP,
    duplicate_rule,
    episode_rules,
    overlap_rule,
    readmission_rule,
    readmission_suspicion,
)
from iop_outcomes.intake.rules_of_events import event_rules
from iop_outcomes.intake.rules_of_scores import SHORTER, TWICE, score_rules, twice_rule
from iop_outcomes.intake.rules_of_sessions import session_rules
from iop_outcomes.intake.rules_of_stand_ins import stand_in_rules
from iop_outcomes.intake.store import Store
from iop_outcomes.scales import Scale

ORPHAN = "no_such_episode"
ALL_BLANK = "all_blank"
OF_TABLES = frozenset({ALL_BLANK, NO_READMISSION, SHORTER})  # said of a whole column, and asked at the first row alone


def clean_columns(
    store: Store, plans: Dictionary[str, TablePlan], mapping: Mapping, known: Collection[str] = ()
) -> frozenset[tuple[str, str]]:
    """Tables and columns that need no pattern of identifiers in the scan of all rows.

    Where a table is small, those that hold plain texts alone, which one cheap question tells. Then columns of labels none of which is
    suspected: their few different labels are looked at in the place of all their rows.

    Parameters
    ----------
    store : Store
        Of tables laid out for the checks.
    plans : dict of table to TablePlan
        What is read.
    mapping : Mapping
        The declared class.
    known : collection of str, optional
        Words of this package that data may hold: names of scales.
    """
    fields = {(table, field.name): field for table, plan in plans.items() for field in plan.fields.values()}
    texts: dict[str, dict[str, str]] = {}
    for (table, name), field in fields.items():
        if store.raw.is_small(table):
            texts.setdefault(table, {})[name] = suspect(field)
    plain = {(table, name) for table, of_table in texts.items() for name in of_table} - store.columns_that(texts, not_plain("label", known))
    recipes = {table: plan.recipe for table, plan in plans.items()}
    store.keep_labels(recipes, [column for column, field in fields.items() if field.kind == "category"])
    labels: dict[str, list[tuple[str, str]]] = {}  # one pattern serves all columns that it is asked of, and making it ready is what costs
    for (table, name), field in fields.items():
        if field.kind == "category" and (table, name) not in plain:
            labels.setdefault(suspected_as(table, field, mapping.data_class, "label"), []).append((table, name))
    suspected = {column for condition, columns in labels.items() for column in store.labels_that(recipes, columns, condition)}
    return frozenset(plain | {column for columns in labels.values() for column in columns} - suspected)


def rules_for(
    plans: Dictionary[str, TablePlan],
    mapping: Mapping,
    scales: Dictionary[str, Scale],
    clean: Collection[tuple[str, str]] = (),
    known: Collection[str] = (),
) -> list[Rule]:
    """Every rule for the columns that came: those of privacy first, then those of single columns.

    Parameters
    ----------
    plans : dict of table to TablePlan
        What is read.
    mapping : Mapping
        The declared class and cut-off.
    scales : dict of str to Scale
        Those that the data may hold, with their ranges.
    clean : collection of (str, str), optional
        Tables and columns of labels that need no second look, of `clean_columns`.
    known : collection of str, optional
        Names of every scale, where the data hold only some.
    """
    rules = privacy_rules(plans, mapping, clean)
    for table, plan in plans.items():
        computed = {derived.name for derived in plan.recipe.derived}
        for field in plan.fields.values():
            rules += _of_field(table, field, mapping, computed=field.name in computed)
        if KINDS[table].parent:
            rules.append(_orphan(table))
        for name in KINDS[table].rules:
            rules += _RULE_SETS[name](plans, plan, mapping, (scales, known or tuple(scales)))
        if plan.recipe.as_counts:
            rules += cell_rules(plan.fields.values(), known=plan.fields)
        rules += [*label_rules(table, plan, mapping.data_class, clean), *_blank_columns(table, plan)]
    if COUNTED in plans:
        if any(KINDS[table].points for table in plans):
            rules += stand_in_rules(frozenset(plans[COUNTED].fields), scales)
        rules.append(readmission_suspicion(_no_readmission(plans, mapping)))
    return rules


# Rules over several columns, by the names under which kinds of rows declare them.
_Scales = tuple[Dictionary[str, Scale], Collection[str]]  # those that the data may hold, and the names of all
_RULE_SETS: Dictionary[RuleSet, Callable[[Dictionary[str, TablePlan], TablePlan, Mapping, _Scales], list[Rule]]] = {
    "stays": lambda plans, plan, mapping, _: episode_rules(
        frozenset(plan.fields), frozenset(plan.recipe.names), mapping, grouped=any(KINDS[table].parent for table in plans)
    ),
    "scores": lambda _, plan, __, scales: score_rules(plan.columns, *scales),
    "clocks": lambda plans, plan, mapping, _: event_rules(plan.columns, plans[COUNTED].recipe.names, mapping),
    "sessions": lambda _, plan, *__: session_rules(tuple(plan.fields)),
    "contacts": lambda _, plan, *__: contact_rules(frozenset(plan.fields)),
}


def leave_out_copies(store: Store, faults: Sequence[Fault], plans: Dictionary[str, TablePlan]) -> bool:
    """Keep one of the rows, where their kind has a key, that are alike in every cell; whether any was left out, so that all is to be judged anew.

    Only where something stands twice is there a copy to look for: a file without one pays nothing.
    """
    twice = {fault.rule.id for fault in faults}
    for table, plan in plans.items():
        # Two scores between admission and discharge may be of two days, which nobody told.
        if KINDS[table].key_rule in twice and "moment" not in plan.fields:
            store.leave_out_copies(plan.recipe, plan.recipe.key(KINDS[table].key))
    return bool(store.copies)


def once(faults: Sequence[Fault]) -> list[Fault]:
    """Name each fault once: where an error names a cell of a row, later rules that read this cell do not name the row again."""
    named: dict[tuple[str, str], set[int]] = {}
    first_faults = []
    for fault in faults:
        rule = fault.rule
        cells = [named.setdefault((rule.table, column), set()) for column in rule.columns]
        whole = rule.id in OF_TABLES
        rows = [row for row in fault.rows if whole or not any(row in cell for cell in cells)]
        if rule.severity == "error":
            for cell in cells:
                cell.update(rows)
        if rows:
            first_faults.append(Fault(rule, tuple(rows)))
    return first_faults


def look_again(store: Store, faults: Sequence[Fault], plans: Dictionary[str, TablePlan], mapping: Mapping) -> list[Fault]:
    """Settle what the scan only suspects, so that files without a fault pay for the cheaper question alone.

    A label is named with its column and its fault. A column whose first row is blank is named where it is blank throughout, and
    readmissions are missed only where follow-up would have shown them. Ids are compared where their numbers were. Of episodes that overlap, those of one track are told from
    those of two.
    """
    originals = {}
    faults = name_labels(store, faults, plans)
    for rule in (fault.rule for fault in faults if fault.rule.id == ALL_BLANK):
        never = f"{ROW} = 0 AND NOT EXISTS (SELECT 1 FROM own_{rule.table} WHERE {quoted(rule.columns[0] + '__text')} IS NOT NULL)"
        originals[replace(rule, predicate=never)] = rule
    originals |= {_no_readmission(plans, mapping): fault.rule for fault in faults if fault.rule.id == NO_READMISSION}
    sure = {originals[fault.rule] for fault in store.faults(list(originals))}
    confirmed = []
    for fault in faults:
        if fault.rule.id == TWICE:
            confirmed += [Fault(fault.rule, exact.rows) for exact in store.faults([twice_rule()])]
        elif fault.rule.id == DUPLICATE:
            confirmed += store.faults([replace(fault.rule, predicate=duplicate_rule().predicate)])
        elif fault.rule.id == OVERLAP:
            confirmed += _by_track(store, fault, plans[COUNTED], mapping)
        elif fault.rule.id not in (ALL_BLANK, NO_READMISSION) or fault.rule in sure:
            confirmed.append(fault)
    return confirmed


def _no_readmission(plans: Dictionary[str, TablePlan], mapping: Mapping) -> Rule:
    plan = plans[COUNTED]
    return readmission_rule(frozenset(plan.recipe.names), mapping, events=any(KINDS[table].beside for table in plans))


def _by_track(store: Store, fault: Fault, plan: TablePlan, mapping: Mapping) -> list[Fault]:
    rule = overlap_rule(frozenset(plan.fields), frozenset(plan.recipe.names), mapping, same_track=True)
    same = {row for fault_of_track in store.faults([rule]) for row in fault_of_track.rows}
    parts = [
        Fault(rule, tuple(row for row in fault.rows if row in same)),
        Fault(fault.rule, tuple(row for row in fault.rows if row not in same)),
    ]
    return [part for part in parts if part.rows]


def excuse_orphans(faults: Sequence[Fault]) -> list[Fault]:
    """Where episodes have lost lines or ids, a score or an event without its episode may be no fault of its own."""
    message, hint = "no such episode, or one that cannot be read", "Correct the episodes first; the row is left out with its episode"
    return [
        Fault(replace(fault.rule, message=message, hint=hint, severity="warning"), fault.rows) if fault.rule.id == ORPHAN else fault
        for fault in faults
    ]


def _of_field(table: str, field: Field, mapping: Mapping, *, computed: bool) -> list[Rule]:
    if field.name == CELL_SIZE:
        return count_rules(field)
    text = quoted(field.name + "__text")
    # Where the column is completed from others, the value written in the file is judged and not the one that took its place.
    value = typed_text(text, field.kind) if computed else quoted(field.name)

    def rule(name: str, predicate: str, message: str, hint: str = CORRECT) -> Rule:
        return Rule(name, table, (field.name,), predicate, message, hint, shared=(value,) if computed else ())

    rules = []
    if field.blank == "not allowed":
        rules.append(rule("blank", f"{text} IS NULL", "this column may not be blank"))
    if field.kind == "code":
        allowed = ", ".join(literal(word) for word in field.allowed)
        hint = f"Translate site codes in mapping.toml under [codes.{field.name}]. Allowed: {', '.join(field.allowed)}"
        rules.append(rule("unknown_code", f"{text} NOT IN ({allowed})", "not one of the words allowed", hint))
    if field.kind == "flag":
        rules.append(rule("not_flag", f"{text} NOT IN ('0', '1')", "must be 1 or 0"))
    if field.kind in ("integer", "number"):
        rules += _number(field, value, text, rule)
    if field.kind == "date":
        last = f"CAST({literal(mapping.cutoff)} AS DATE)" if mapping.cutoff else f"CAST({literal(LAST_DATE)} AS DATE)"
        rules.append(
            rule(
                "invalid_date",
                f"{text} IS NOT NULL AND ({value}) IS NULL",
                f"not a date written as {written_as(mapping.date_formats.get(table, ''))}",
            )
        )
        outside = f"({value}) NOT BETWEEN CAST({literal(FIRST_DATE)} AS DATE) AND {last}"
        hint = f'{CORRECT}. A date that means none is declared in mapping.toml, as in [missing] {field.name} = ["..."]'
        rules.append(rule("date_range", outside, f"before {FIRST_DATE} or after the data cut-off", hint))
    return rules


def _number(field: Field, value: str, text: str, rule: Callable[..., Rule]) -> list[Rule]:
    unread = f"{text} IS NOT NULL AND ({value}) IS NULL"
    hint = f'{CORRECT}. A word that means no value is declared in mapping.toml, as in [missing] {field.name} = ["NA"]'
    if field.kind == "number":
        rules = [rule("not_number", unread, "not a number with at most 17 decimals, written as 1.3", hint)]
    else:
        rules = [rule("not_whole_number", unread, "not a whole number", hint)]
    if field.low is not None and field.high is not None:
        hint = f"Allowed: {field.low:,} to {field.high:,}. If it means missing, name the code in mapping.toml under [missing]"
        rules.append(rule("out_of_range", f"({value}) NOT BETWEEN {field.low} AND {field.high}", "outside its range", hint))
    if field.step != 1:
        item = field.name.rpartition("_")[2].isdigit()  # phq9_1, beside phq9_admit
        message = f"between two {'answers to the item' if item else 'scores of its scale'}, which has steps of {field.step}"
        rules.append(rule("score_between_steps", f"({value}) % {field.step} <> 0", message))
    return rules


def _blank_columns(table: str, plan: TablePlan) -> list[Rule]:
    """Columns without any value."""
    rules = []
    for field in plan.fields.values():
        if field.blank != "not allowed" and field.name != CELL_SIZE:
            first = f"{ROW} = 0 AND {quoted(field.name + '__text')} IS NULL"  # the others are looked at only where the first one is
            hint = "Leave it out, or map the column that holds it"
            rules.append(Rule(ALL_BLANK, table, (field.name,), first, "blank in every row", hint, "note"))
    return rules


def _orphan(table: str) -> Rule:
    predicate = "episode_id IS NOT NULL AND episode_known IS NULL"
    return Rule(ORPHAN, table, ("episode_id",), predicate, "no such episode", "Correct the id, or leave the row out")
